#!/usr/bin/env bash
# Works with `dialform server` in a real Neovim, without a screen: in Debian's, or in NVIM=path. Then kills it, and the server has to end.
# Needs dialform built (`cargo build`), or DIALFORM=path. Exits with 0 and says SKIPPED where Neovim is not installed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
DIALFORM=${DIALFORM:-$root/target/debug/dialform}
NVIM=${NVIM:-nvim}
export DIALFORM

if ! command -v "$NVIM" >/dev/null; then
    echo "neovim-server: SKIPPED, Neovim is not installed"
    exit 0
fi
if [ ! -x "$DIALFORM" ]; then
    echo "neovim-server: $DIALFORM is not there; run cargo build first" >&2
    exit 1
fi
"$NVIM" --version | head -n 1

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/project/.git" "$work/home" "$work/bin"
ln -s "$DIALFORM" "$work/bin/dialform"
cd "$work/project"
cp -R "$here/project/." .
sed 's/"one"/"two"/; s/Весна/Лето/' campaigns/one.kdl >campaigns/two.kdl

# Nothing of the person's own configuration, and no file left behind.
export HOME="$work/home" XDG_CONFIG_HOME="$work/config" XDG_DATA_HOME="$work/data" XDG_RUNTIME_DIR="$work/run"
export XDG_STATE_HOME="$work/state" XDG_CACHE_HOME="$work/cache" NVIM_LOG_FILE="$work/log" PATH="$work/bin:$PATH"
mkdir -p "$XDG_RUNTIME_DIR"
nvim() {
    timeout 120 "$NVIM" --headless --clean -i NONE -n --cmd "set runtimepath^=$root/editors/neovim" \
        -c "filetype plugin on" "$@" </dev/null 2>&1
}
cp -r . ../fresh
nvim -c "luafile $here/neovim-server.lua"
cd ../fresh
WAY=own nvim -c "luafile $here/neovim-server.lua"

# An editor that is killed says no goodbye.
fifo=$work/fifo
mkfifo "$fifo"
ORPHAN=$fifo nvim -c "luafile $here/neovim-server.lua" 2>/dev/null &
read -r editor server <"$fifo"
kill -KILL "$editor"
wait || true
for _ in $(seq 1000); do
    # A process that nobody waited for is no longer one.
    state=$(sed -n 's/^State:\t\(.\).*/\1/p' "/proc/$server/status" 2>/dev/null || true)
    if [ -z "$state" ] || [ "$state" = Z ]; then
        echo "ok   the server ends with an editor that is killed"
        exit 0
    fi
    read -r -t 0.02 _ <> <(:) || true
done
echo "FAIL the server $server lives on after its editor was killed"
kill "$server"
exit 1
