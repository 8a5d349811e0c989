#!/usr/bin/env bash
# Works with `dialform server` in a real Emacs with Eglot, without a screen. Needs dialform built (`cargo build`), or DIALFORM=path. Exits with
# 0 and says SKIPPED where Emacs or Eglot is not installed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
DIALFORM=${DIALFORM:-$root/target/debug/dialform}

if ! command -v emacs >/dev/null; then
    echo "emacs-server: SKIPPED, Emacs is not installed"
    exit 0
fi
# Emacs 29 has Eglot; before that it is a package.
begin=(-q --batch --eval "(progn (require 'package) (package-initialize))")
if ! emacs "${begin[@]}" --eval "(require 'eglot)" >/dev/null 2>&1; then
    echo "emacs-server: SKIPPED, Eglot is not installed"
    exit 0
fi
if [ ! -x "$DIALFORM" ]; then
    echo "emacs-server: $DIALFORM is not there; run cargo build first" >&2
    exit 1
fi
emacs --version | head -n 1

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/project" "$work/home" "$work/bin"
# Emacs asks git for the files of a project, to watch them.
git init --quiet "$work/project"
ln -s "$DIALFORM" "$work/bin/dialform"
cp -R "$here/project/." "$work/project"

export HOME="$work/home" LC_ALL=C.UTF-8 DIALFORM_TEST_PROJECT="$work/project" PATH="$work/bin:$PATH"
timeout 120 emacs "${begin[@]}" -L "$root/editors/emacs" -l "$here/emacs-server.el" -f ert-run-tests-batch-and-exit
