#!/usr/bin/env bash
# Speaks to `dialform server` as editors of several kinds and ages would, by pytest-lsp from PyPI, which knows what each of them says that it
# can do. Needs dialform built (`cargo build`), or DIALFORM=path. Exits with 0 and says SKIPPED where pytest-lsp cannot be installed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
DIALFORM=${DIALFORM:-$root/target/debug/dialform}
export DIALFORM

if [ ! -x "$DIALFORM" ]; then
    echo "clients: $DIALFORM is not there; run cargo build first" >&2
    exit 1
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if ! python3 -m pip --version >/dev/null 2>&1; then
    echo "clients: SKIPPED, python3 with pip is not installed"
    exit 0
fi
# Into a folder of its own; nothing of the machine's changes.
if ! timeout 100 python3 -m pip install --quiet --disable-pip-version-check --no-compile --only-binary :all: --root-user-action ignore \
    --target "$work/lib" pytest==9.2.0 pytest-asyncio==1.5.0 pytest-lsp==1.0.1; then
    echo "clients: SKIPPED, pytest-lsp cannot be installed"
    exit 0
fi
PYTHONPATH="$work/lib" timeout 60 python3 -B -m pytest -q -p no:cacheprovider --basetemp "$work/tmp" \
    -W error::pytest_lsp.checks.LspSpecificationWarning -o asyncio_mode=strict -o asyncio_default_fixture_loop_scope=function "$here/clients.py"
