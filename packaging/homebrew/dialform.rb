# The formula of a tap; the release workflow prints the digest for `sha256`. Untried: no Homebrew was at hand where this was written.
class Dialform < Formula
  desc "Auto-call campaigns as code: lint, plan and apply campaigns described in KDL"
  homepage "https://github.com/dialform/dialform"
  url "https://github.com/dialform/dialform/archive/refs/tags/v0.1.0.tar.gz"
  sha256 "0000000000000000000000000000000000000000000000000000000000000000"
  license "MIT"

  depends_on "rust" => :build

  def install
    system "cargo", "install", *std_cargo_args
    generate_completions_from_executable(bin/"dialform", "completions")
    system bin/"dialform", "man", "--out", man1
  end

  test do
    system bin/"dialform", "init", "calls"
    system bin/"dialform", "lint", "calls"
    assert_match version.to_s, shell_output("#{bin}/dialform --version")
  end
end
