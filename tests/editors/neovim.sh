#!/usr/bin/env bash
# Opens a broken project in a real Neovim, without a screen, and looks at what the plugin in editors/neovim shows.
# Needs dialform built (`cargo build`), or DIALFORM=path. Exits with 0 and says SKIPPED where Neovim is not installed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
DIALFORM=${DIALFORM:-$root/target/debug/dialform}
export DIALFORM

if ! command -v nvim >/dev/null; then
    echo "neovim: SKIPPED, it is not installed"
    exit 0
fi
if [ ! -x "$DIALFORM" ]; then
    echo "neovim: $DIALFORM is not there; run cargo build first" >&2
    exit 1
fi
nvim --version | head -n 1

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/project/.git" "$work/project/campaigns/deep" "$work/project/elsewhere"
cd "$work/project"
cat >dialform.kdl <<'KDL'
project { timezone "Europe/Moscow" }
aliases { scenario promo="228cc4fa-92f2-4709-94e3-7344a96a5903" }
KDL
cat >campaigns/deep/one.kdl <<'KDL'
campaign "one" {
    name "Весна"
    scenario "prommo"
    on-transfer "end"
    caller-id "default"
    start "manual"
    pace "0/s"
    effective-after "12s"
    record #false
    call-window from="09:10" to="19:50"
    redial #false
}
KDL
echo 'node 1' >elsewhere/config.kdl

# Nothing of the person's own configuration, and no file left behind.
export HOME="$work/home" XDG_CONFIG_HOME="$work/config" XDG_DATA_HOME="$work/data"
export XDG_STATE_HOME="$work/state" XDG_CACHE_HOME="$work/cache" NVIM_LOG_FILE="$work/log"
mkdir -p "$HOME"
timeout 120 nvim --headless --clean -i NONE -n \
    --cmd "set runtimepath^=$root/editors/neovim" \
    -c "filetype plugin on" -c "syntax on" \
    -c "luafile $here/neovim.lua" </dev/null 2>&1
