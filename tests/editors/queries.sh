#!/usr/bin/env bash
# Runs the tree-sitter queries of editors/helix and editors/zed by the grammar that they are for, from PyPI. Exits with 0
# and says SKIPPED where that cannot be installed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if ! python3 -m pip --version >/dev/null 2>&1; then
    echo "queries: SKIPPED, python3 with pip is not installed"
    exit 0
fi
# Into a folder of its own; nothing of the machine's changes.
if ! timeout 100 python3 -m pip install --quiet --disable-pip-version-check --no-cache-dir --no-compile --no-deps --only-binary :all: \
    --root-user-action ignore --target "$work/lib" tree-sitter==0.26.1 tree-sitter-kdl==2.0.0; then
    echo "queries: SKIPPED, tree-sitter cannot be installed"
    exit 0
fi
PYTHONPATH="$work/lib" timeout 60 python3 -B "$here/queries.py"
