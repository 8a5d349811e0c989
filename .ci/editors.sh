#!/usr/bin/env bash
# Runs the editor packages under editors/ in the editors themselves, where those can be had, and says aloud what was
# skipped. Neovim and Emacs come from Debian, as root; the rest from npm and PyPI. Needs dialform built.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DIALFORM=${DIALFORM:-$PWD/target/debug/dialform}

step() { printf '\n== %s\n' "$*"; }

missing=()
command -v nvim >/dev/null || missing+=(neovim)
command -v emacs >/dev/null || missing+=(emacs-nox)
if [ "${#missing[@]}" -gt 0 ]; then
    step "set-up: ${missing[*]}"
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
        export DEBIAN_FRONTEND=noninteractive
        log=$(mktemp)
        if ! { timeout 60 apt-get update && timeout 150 apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
            tail -n 5 "$log"
            echo "apt-get could not install ${missing[*]}: what needs them is SKIPPED"
        fi
        rm -f "$log"
    else
        echo "not root on Debian: ${missing[*]} cannot be installed, and what needs them is SKIPPED"
    fi
fi

failed=()
skipped=()
run() {
    step "$1"
    local log
    log=$(mktemp)
    "${@:2}" 2>&1 | tee "$log" || failed+=("$1")
    if grep -q SKIPPED "$log"; then skipped+=("$1"); fi
    rm -f "$log"
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
        cd "$work/editors/vscode"
        if ! timeout 150 npm ci --ignore-scripts --no-audit --no-fund --loglevel=error; then
            echo "vscode: SKIPPED, its packages cannot be installed"
            exit 0
        fi
        npm test && npm run build
    )
    local code=$?
    rm -rf "$work"
    return "$code"
}

run neovim tests/editors/neovim.sh
run emacs tests/editors/emacs.sh
run queries tests/editors/queries.sh
run vscode vscode

step "summary"
if [ "${#failed[@]}" -gt 0 ]; then
    echo "failed: ${failed[*]}"
    exit 1
fi
if [ "${#skipped[@]}" -gt 0 ]; then
    echo "SKIPPED, as said above: ${skipped[*]}; the rest is as it should be"
else
    echo "the editor packages are as they should be; VS Code, Helix and Zed themselves were not run"
fi
