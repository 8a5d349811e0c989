#!/usr/bin/env bash
# Compiles editors/emacs/dialform.el, opens a broken project in a real Emacs, without a screen, and looks at what it shows.
# Needs dialform built (`cargo build`), or DIALFORM=path. Exits with 0 and says SKIPPED where Emacs is not installed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
DIALFORM=${DIALFORM:-$root/target/debug/dialform}
export DIALFORM

if ! command -v emacs >/dev/null; then
    echo "emacs: SKIPPED, it is not installed"
    exit 0
fi
if [ ! -x "$DIALFORM" ]; then
    echo "emacs: $DIALFORM is not there; run cargo build first" >&2
    exit 1
fi
emacs --version | head -n 1

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/project/.git" "$work/project/campaigns" "$work/lisp" "$work/home"
cat >"$work/project/dialform.kdl" <<'KDL'
project { timezone "Europe/Moscow" }
aliases { scenario promo="228cc4fa-92f2-4709-94e3-7344a96a5903" }
KDL
cp "$root/editors/emacs/dialform.el" "$work/lisp/"

export HOME="$work/home" LC_ALL=C.UTF-8 DIALFORM_TEST_PROJECT="$work/project"
emacs -Q --batch --eval '(setq byte-compile-error-on-warn t)' -f batch-byte-compile "$work/lisp/dialform.el"
timeout 120 emacs -Q --batch -L "$work/lisp" -l "$here/emacs.el" -f ert-run-tests-batch-and-exit
