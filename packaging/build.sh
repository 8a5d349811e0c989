#!/usr/bin/env bash
# Builds the packages of this checkout: packaging/build.sh wheel OUT, or packaging/build.sh npm|deb BINARY OUT.
#   wheel  needs maturin and ziglang (PyPI); the binary in it runs with glibc 2.17 and newer; with DIALFORM_PROFILE=dev it is
#          the binary of `cargo build`, for this machine only, and ziglang is not needed
#   npm    needs node and npm: the main package, and that of Linux on x86-64
#   deb    needs cargo-deb (crates.io)
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)

case "${1:-} $#" in
    "wheel 2")
        cp LICENSE packaging/pypi/LICENSE
        trap 'rm -f packaging/pypi/LICENSE' EXIT
        # maturin reads the pyproject.toml of the folder in which it is run.
        out=$(mkdir -p "$2" && cd "$2" && pwd)
        how=(--release --zig --compatibility manylinux2014)
        if [ "${DIALFORM_PROFILE:-}" = dev ]; then how=(--profile dev --compatibility linux); fi
        (cd packaging/pypi && maturin build --locked "${how[@]}" --out "$out")
        ;;
    "npm 3")
        node packaging/npm/pack.mjs "$version" linux-x64 "$2" "$3"
        ;;
    "deb 3")
        generated=target/deb
        rm -rf "$generated"
        mkdir -p "$generated" "$3"
        install -m 755 "$2" "$generated/dialform"
        "$2" man --out "$generated/man"
        for shell in bash zsh fish; do "$2" completions "$shell" >"$generated/dialform.$shell"; done
        # The date of the last commit, so that the same commit makes the same package.
        date=$(date -R -u -d "@$(git log -1 --format=%ct 2>/dev/null || date +%s)")
        {
            printf 'dialform (%s-1) unstable; urgency=medium\n\n' "$version"
            printf '  * See CHANGELOG.md in the source for what changed.\n\n'
            printf ' -- the dialform authors <dialform@example.com>  %s\n' "$date"
        } >"$generated/changelog"
        cargo deb --no-build --no-strip --output "$3"
        ;;
    *)
        sed -n '2,6s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
        exit 2
        ;;
esac
