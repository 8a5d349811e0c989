#!/usr/bin/env bash
# Reads editors/kakoune/dialform.kak in a real Kakoune, without a screen, and looks at the options of the files that it opens. Exits with 0 and
# says SKIPPED where Kakoune is not installed.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
if ! command -v kak >/dev/null; then
    echo "kakoune: SKIPPED, it is not installed"
    exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/campaigns/deep" "$work/elsewhere" "$work/run"
echo 'project { timezone "Europe/Moscow" }' >"$work/dialform.kdl"
echo 'campaign "one" { }' | tee "$work/campaigns/deep/one.kdl" >"$work/elsewhere/config.kdl"
export HOME=$work XDG_RUNTIME_DIR=$work/run

# look FILE SETUP: the file's type, its comments, and the servers for it.
look() {
    rm -f "$work/seen"
    timeout 60 kak -n -ui dummy -e "try %{ $2 }; source $root/editors/kakoune/dialform.kak; edit $1
        evaluate-commands -save-regs x %{ try %{ set-register x %opt{lsp_servers} } catch %{ set-register x none }
        echo -to-file $work/seen -- seen %opt{filetype} %opt{comment_line} %reg{x} }
        kill! 0" "$work/start" </dev/null >"$work/log" 2>&1 || true
    tr -s ' \n' ' ' <"$work/seen" || cat "$work/log"
}
failed=0
same() { # same WHAT FOUND WANTED
    if [ "$2" = "$3" ]; then
        echo "ok   $1"
    else
        printf 'FAIL %s: %s\n     wanted %s\n' "$1" "$2" "$3"
        failed=1
    fi
}
declares="declare-option str comment_line; declare-option str comment_block_begin; declare-option str comment_block_end"
server='[dialform] root_globs = ["dialform.kdl"] command = "dialform" args = ["server"] '
same "a campaign is dialform's, and kakoune-lsp is told of the server" \
    "$(look "$work/campaigns/deep/one.kdl" "$declares; declare-option str lsp_servers")" "seen dialform // $server"
same "so is the project's file" "$(look "$work/dialform.kdl" "$declares; declare-option str lsp_servers")" "seen dialform // $server"
same "without kakoune-lsp, the rest holds" "$(look "$work/dialform.kdl" "$declares")" "seen dialform // none"
same "another KDL file is not" "$(look "$work/elsewhere/config.kdl" "$declares; declare-option str lsp_servers")" 'seen '
exit "$failed"
