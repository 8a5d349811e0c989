# shellcheck shell=bash
# shellcheck disable=SC2154 # lib.sh sets where things are, and whoever sources this names the recipes.
# Sourced behind lib.sh by the scripts that run recipes: what a runner, the forges and the service are for them.

with_yaml() {
    local python
    for python in "${DIALFORM_TOOLS:-$scratch/tools}/bin/python" python3; do
        if "$python" -c 'import yaml' 2>/dev/null; then echo "$python" && return; fi
    done
    tool pre-commit pre-commit >/dev/null && python=${DIALFORM_TOOLS:-$scratch/tools}/bin/python &&
        "$python" -c 'import yaml' && echo "$python"
}
if ! python=$(with_yaml) || ! command -v jq >/dev/null || ! command -v curl >/dev/null; then
    skip "python3 with PyYAML, jq and curl are not all here: the recipes' scripts do not run"
    summary
    exit
fi
program=$(build)
PATH="$(dirname "$program"):$PATH"
export PATH
identity

# sandbox FAULT…: starts one that fails so, and sets $api to where it is.
sandbox() {
    local faults=() log
    for fault in "$@"; do faults+=(--fault "$fault"); done
    log=$(mktemp "$scratch/sandbox.XXXXXX")
    (cd "$scratch" && exec dialform sandbox --port 0 ${faults[@]+"${faults[@]}"}) >"$log" 2>&1 &
    background+=($!)
    for _ in $(seq 100); do
        api=$(sed -n 's|^The sandbox stands in .* at \(http[^ ]*\) .*|\1|p' "$log")
        if [ -n "$api" ]; then return; fi
        sleep 0.1
    done
    cat "$log" && exit 1
}
# The tasks that the API has.
tasks() { curl --silent --fail "${api%/api/v1}/tasks.json" | jq ".tasks | ${1:-length}"; }
has_tasks() { test "$(tasks)" -eq "$1" || { tasks . && return 1; }; }

# origin NAME: a bare repository with the large example, as `arrange` leaves it.
origin() {
    origin=$scratch/$1.git
    git init --quiet --bare "$origin"
    git clone --quiet "$origin" "$scratch/$1" 2>/dev/null
    cp -R "$repository/examples/large/." "$scratch/$1"
    rm -rf "$scratch/$1/.dialform"
    (cd "$scratch/$1" && arrange)
    rm -f "$scratch/$1"/*.old
    merge "$1" "A project"
}
# merge NAME WORDS: what was changed in that clone is on the main branch.
merge() {
    git -C "$scratch/$1" add --all
    git -C "$scratch/$1" commit --quiet --message "$2"
    git -C "$scratch/$1" push --quiet origin HEAD:main
}
# A runner has nothing of the one before.
runner() { runner_in job; }
# runner_in NAME: one in a folder of that name.
runner_in() {
    job=$scratch/$1
    cd "$scratch" || return
    rm -rf "$job"
    git clone --quiet "$origin" "$job"
    cd "$job" || return
}

# script_of FILE JOB STEP: a file with that script.
script_of() {
    local script
    script=$(mktemp "$scratch/step.XXXXXX")
    "$python" "$repository/tests/hooks/step.py" "$@" >"$script" && echo "$script"
}
# github JOB STEP, in the shell that GitHub takes where a step names none.
github() {
    local script
    script=$(script_of "$github" "$@") && bash -e "$script"
}
# gitlab JOB STEP, in the shell of GitLab's runner.
gitlab() {
    local script
    script=$(script_of "$gitlab" "$@") && bash -eo pipefail "$script"
}
export GITHUB_STEP_SUMMARY=$scratch/summary.md GITHUB_REPOSITORY=org/calls NUMBER=7 GH_TOKEN=token
export CI_PROJECT_ID=1 CI_MERGE_REQUEST_IID=7

# comments MARKER: a pull request on GitHub, where somebody has quoted the marker.
comments() {
    mkdir "$scratch/bin"
    cat >"$scratch/bin/gh" <<'END_OF_GH'
#!/usr/bin/env bash
# GitHub's gh, as far as the recipe needs it: comments are in a file, --field body=@FILE reads one.
set -euo pipefail
method=GET
while [ $# -gt 0 ]; do
    case $1 in
        --method) method=$2 && shift ;;
        --jq) filter=$2 && shift ;;
        --field) body=${2#body=@} && shift ;;
        repos/*) path=$1 ;;
    esac
    shift
done
echo "$method $path" >>"$GH_FAKE.log"
case $method in
    GET) jq --raw-output "$filter" "$GH_FAKE" ;;
    POST)
        jq --rawfile body "$body" '. + [{ id: (length + 1), user: { login: "github-actions[bot]" }, body: $body }]' \
            "$GH_FAKE" >"$GH_FAKE.new" && mv "$GH_FAKE.new" "$GH_FAKE"
        ;;
    PATCH)
        jq --rawfile body "$body" --argjson id "${path##*/}" 'map(if .id == $id then .body = $body else . end)' \
            "$GH_FAKE" >"$GH_FAKE.new" && mv "$GH_FAKE.new" "$GH_FAKE"
        ;;
esac
END_OF_GH
    chmod +x "$scratch/bin/gh"
    PATH="$scratch/bin:$PATH"
    export GH_FAKE=$scratch/comments.json
    jq --null-input --arg marker "$1" '[{ id: 1, user: { login: "ann" }, body: ($marker + "\nmine") }]' >"$GH_FAKE"
}

# forge MARKER: GitLab with a merge request, where somebody has quoted the marker; sets $forge to where it is.
forge() {
    "$python" "$repository/tests/hooks/forge.py" "$1" >"$scratch/forge" &
    background+=($!)
    for _ in $(seq 100); do
        if [ -s "$scratch/forge" ]; then break; fi
        sleep 0.1
    done
    forge=$(cat "$scratch/forge")
    export CI_API_V4_URL=$forge/api/v4
}
