#!/usr/bin/env bash
# Installs the version of this checkout: packaging/install.sh ROOT puts the program into ROOT/bin. It takes the wheel where that version
# is on PyPI, and builds with cargo otherwise.
set -euo pipefail

mkdir -p "$1"
root=$(cd "$1" && pwd)
# The folder in which it is started may be a stranger's.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)

wheel() {
    grep -qx yes packaging/pypi/published &&
        python3 -I -m venv "$root/python" &&
        "$root/python/bin/python" -I -m pip install --quiet --no-deps --only-binary :all: "dialform==$version" &&
        mkdir -p "$root/bin" && ln -sf ../python/bin/dialform "$root/bin/dialform"
}

if wheel; then
    echo "installed from the wheel of dialform $version"
else
    cargo install --quiet --locked --force --path . --root "$root"
fi
