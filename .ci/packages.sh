#!/usr/bin/env bash
# Builds each package, installs it into an empty place, and lints, plans and applies into the sandbox with it. The tools come
# from PyPI, npm, crates.io and Debian; what cannot be had is said. The wheel is a release build,
# which takes minutes; with DIALFORM_PROFILE=dev it is the build that the tests made already, and no tool is compiled. Not tried: other platforms than this one, the Dockerfile, the Homebrew formula, and anything that is
# published. Ends with `N passed, N failed`.
set -euo pipefail
# shellcheck source=tests/hooks/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../tests/hooks/lib.sh"
cd "$repository"

echo "not run here, only written: packaging/Dockerfile, packaging/homebrew/dialform.rb"
if [ "$(uname -s)-$(uname -m)" != Linux-x86_64 ]; then
    skip "the packages: they are tried on Linux on x86-64 only"
    summary
    exit
fi
dist=$scratch/dist
is_quick=false
if [ "${DIALFORM_PROFILE:-}" = dev ]; then
    is_quick=true
    echo "the build of \`cargo build\`, not that of a release: that it says its commit and runs with glibc 2.17 is SKIPPED"
fi

# seconds WORDS COMMAND…: as check, and says how long it took.
seconds() {
    local started=$SECONDS
    check "$@"
    echo "        in $((SECONDS - started)) s"
}

# works PROGRAM…: a new project is made, linted, planned and applied, and then there is nothing left to do.
works() {
    local place
    place=$(mktemp -d -p "$scratch")
    (
        cd "$place"
        export HOME=$place
        "$@" init calls
        cd calls
        "$@" lint
        "$@" plan --sandbox
        "$@" apply --sandbox --auto-approve
        "$@" plan --sandbox --detailed-exitcode
        "$@" status --sandbox --detailed-exitcode
    )
}

# newest FILE: the newest version of glibc that a program asks for.
newest() { grep -aoE 'GLIBC_[0-9]+\.[0-9]+' "$1" | sort -u -V | tail -n 1; }

# DIALFORM_WHEEL names a wheel that is there already.
wheel=${DIALFORM_WHEEL:-}
builder=$scratch/builder
tools=(maturin)
$is_quick || tools+=(ziglang)
if [ -n "$wheel" ]; then
    mkdir -p "$dist" && cp "$wheel" "$dist"
    echo "not built: $wheel is tried"
elif ! { python3 -m venv "$builder" && "$builder/bin/python" -m pip install --quiet --only-binary :all: "${tools[@]}"; } \
    >"$scratch/log" 2>&1; then
    skip "all packages: maturin or ziglang cannot be installed from PyPI"
    summary
    exit
fi

build_wheel() { PATH=$builder/bin:$PATH packaging/build.sh wheel "$dist"; }
if [ -z "$wheel" ]; then seconds "the wheel is built" build_wheel; fi
if [ "$failed" -gt 0 ]; then summary; exit; fi
file=$(ls "$dist"/*.whl)
echo "        $(basename "$file"), $(du -k "$file" | cut -f 1) KiB"

environment=$scratch/environment
python3 -m venv "$environment"
seconds "pip installs it" "$environment/bin/python" -m pip install --quiet --no-index "$file"
program=$environment/bin/dialform
check "the installed program works" works "$program"
check "python -m dialform works" works "$environment/bin/python" -m dialform
if ! $is_quick; then check "it says its commit" bash -c "'$program' --version --verbose | grep -E '^commit [0-9a-f]{12} of [0-9-]{10}$'"; fi
old_enough() { test "$(printf '%s\n' "$(newest "$program")" GLIBC_2.17 | sort -V | tail -n 1)" = GLIBC_2.17; }
if ! $is_quick; then check "it runs with glibc 2.17" old_enough; fi
gone() { rm "$scratch/gone/bin/dialform" && fails "$scratch/gone/bin/python" -m dialform lint 2>"$scratch/gone.log"; }
python3 -m venv "$scratch/gone" && "$scratch/gone/bin/python" -m pip install --quiet --no-index "$file"
check "python -m dialform without the binary fails" gone
check "and says what is missing" has "$scratch/gone.log" "pip install --force-reinstall dialform"

if uvx=$(tool uvx uv); then
    check "uvx runs it" "$uvx" --no-config --offline --cache-dir "$scratch/uv" --no-index --from "$file" dialform --version
else
    skip "uvx: uv is not here and cannot be installed"
fi

if pre_commit=$(tool pre-commit pre-commit); then
    identity
    export PRE_COMMIT_HOME=$scratch/pre-commit PIP_FIND_LINKS=$dist
    mirror=$scratch/mirror
    cp -R packaging/pre-commit "$mirror"
    version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
    check "the mirror asks for this version" has "$mirror/pyproject.toml" "dialform==$version"
    check "the mirror's hooks fit pre-commit's schema" "$pre_commit" validate-manifest "$mirror/.pre-commit-hooks.yaml"
    git -C "$mirror" init --quiet && git -C "$mirror" add --all && git -C "$mirror" commit --quiet --message mirror
    mkdir "$scratch/hooked" && cp -R examples/large/. "$scratch/hooked" && rm -rf "$scratch/hooked/.dialform"
    cd "$scratch/hooked"
    git init --quiet
    printf 'repos:\n  - repo: %s\n    rev: %s\n    hooks: [{id: dialform-fmt}, {id: dialform-lint}]\n' \
        "$mirror" "$(git -C "$mirror" rev-parse HEAD)" >.pre-commit-config.yaml
    git add --all && git commit --quiet --message "A project"
    seconds "pre-commit installs the mirror's hooks" "$pre_commit" install-hooks
    check "good files pass" "$pre_commit" run --all-files
    campaign=$(git ls-files 'campaigns/*.kdl' | head -n 1)
    echo 'campaign "unfinished" { pace fast }' >>"$campaign" && git add --all
    check "a mistake is refused" fails "$pre_commit" run
    cd "$repository"
    unset PIP_FIND_LINKS
else
    skip "the mirror of pre-commit: pre-commit is not here and cannot be installed"
fi

if command -v npm >/dev/null; then
    seconds "the packages for npm are packed" packaging/build.sh npm "$program" "$dist/npm"
    mkdir "$scratch/node" && echo '{ "private": true }' >"$scratch/node/package.json"
    npm_install() {
        (cd "$scratch/node" && npm install --no-audit --no-fund --ignore-scripts "$dist"/npm/dialform-cli-*.tgz \
            "$(ls "$dist"/npm/dialform-[0-9]*.tgz)")
    }
    seconds "npm installs them" npm_install
    check "what npm installed works" works "$scratch/node/node_modules/.bin/dialform"
    exits() { local code=0; "$scratch/node/node_modules/.bin/dialform" lint --no-such-option || code=$?; test "$code" -eq 2; }
    check "the exit code comes through" exits
    missing() {
        rm -rf "$scratch/node/node_modules/@dialform"
        fails "$scratch/node/node_modules/.bin/dialform" --version 2>"$scratch/missing.log"
    }
    check "without the platform's package it fails" missing
    check "and says what to do" has "$scratch/missing.log" "@dialform/cli-linux-x64, which holds the program for this platform, is not installed"
else
    skip "npm: it is not here"
fi

if ! $is_quick && ! command -v cargo-deb >/dev/null; then
    timeout 420 cargo install --quiet --locked --root "$scratch/cargo" cargo-deb >"$scratch/log" 2>&1 || true
    PATH=$PATH:$scratch/cargo/bin
fi
if command -v cargo-deb >/dev/null; then
    seconds "the Debian package is built" packaging/build.sh deb "$program" "$dist"
    deb=$(ls "$dist"/*.deb)
    mkdir "$scratch/root" && dpkg-deb -x "$deb" "$scratch/root"
    check "what it installs works" works "$scratch/root/usr/bin/dialform"
    for path in share/man/man1/dialform.1.gz share/man/man1/dialform-apply.1.gz share/bash-completion/completions/dialform; do
        check "it has usr/$path" test -s "$scratch/root/usr/$path"
    done
    if ! $is_quick && ! command -v lintian >/dev/null && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
        { apt-get update -qq && timeout 240 apt-get install -qq --no-install-recommends lintian; } >"$scratch/log" 2>&1 || true
    fi
    if command -v lintian >/dev/null; then
        check "lintian finds nothing" lintian --allow-root --fail-on error,warning "$deb"
    else
        skip "lintian is not here and cannot be installed"
    fi
else
    skip "the Debian package: cargo-deb is not here and cannot be installed"
fi

summary
