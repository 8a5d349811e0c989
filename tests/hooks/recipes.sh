#!/usr/bin/env bash
# Runs the scripts that stand in the recipes with the state in a branch, and those of the action, word for word, as their
# runners would: against a bare repository on this disk, with a sandbox in the place of the API, from the first run on. What
# the runners themselves do (checking out, secrets, one job at a time) is only linted, by workflows.sh.
set -euo pipefail
# shellcheck source=tests/hooks/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=tests/hooks/runner.sh
source "$(dirname "${BASH_SOURCE[0]}")/runner.sh"

github=$repository/examples/ci/branch/github/campaigns.yml
gitlab=$repository/examples/ci/branch/gitlab/.gitlab-ci.yml
campaigns=14

# arrange: the project in this folder talks to the sandbox.
arrange() { sed -i.old "s|^    api .*|    api \"$api\"|; s|^    login .*|    login \"$api\"|" dialform.kdl; }
# The command that docs/ci-branch.md gives.
make_branch() {
    local command
    command=$(grep -F 'git mktree </dev/null' "$repository/docs/ci-branch.md")
    (cd "$scratch/$1" && bash -e -c "$command")
}
states() { git -C "$origin" rev-list --count dialform-state; }
# planned FILTER: what another runner would plan with the state that was kept.
planned() {
    local look=$scratch/look
    rm -rf "$look"
    git clone --quiet "$origin" "$look"
    git clone --quiet --branch dialform-state "$origin" "$look/.state"
    (cd "$look" && chmod -R go-w .state &&
        dialform plan --state .state/dialform.state.json --output-format json) | jq --raw-output "$1"
}
# in_state TASKS DOUBTS: how many campaigns have their task, and of how many it is not known.
in_state() { test "$(planned '"\(.summary.unchanged) \(.summary.unknown)"')" = "$1 $2" || { planned . && return 1; }; }

# ---- GitHub

# What actions/checkout does with the branch of the state.
checkout_state() { git clone --quiet --branch dialform-state "$origin" .state; }
keep() { (cd .state && github apply "Keep the state"); }
export GITHUB_SHA=0123abc
export DIALFORM_TOKEN=any

echo "GitHub: the second create gets no answer that says anything"
sandbox create#2=500
origin github
runner
check "without the branch the job ends before it does anything" fails checkout_state
check "no task is created" has_tasks 0
check "the branch is made by the command of docs/ci-branch.md" make_branch github
check "it is empty" test -z "$(git -C "$origin" ls-tree dialform-state)"

runner
checkout_state
check "plan runs on the empty branch" github plan Plan
check "the comment begins with the marker" test "$(head -n 1 plan.md)" = "<!-- dialform plan -->"
check "and sums up" has plan.md "**Plan: $campaigns to create.**"
check "the job's summary has it too" has "$GITHUB_STEP_SUMMARY" "$campaigns to create"

comments "<!-- dialform plan -->"
check "a comment is written" github plan Comment
check "and at the next push the same one again" github plan Comment
printf '%s\n' "GET repos/org/calls/issues/7/comments" "POST repos/org/calls/issues/7/comments" \
    "GET repos/org/calls/issues/7/comments" "PATCH repos/org/calls/issues/comments/2" >"$scratch/expected.log"
check "with these requests" diff "$scratch/expected.log" "$GH_FAKE.log"
check "nobody else's is touched" test "$(jq -r 'map(.body[-5:]) | .[0]' "$GH_FAKE")" = $'\nmine'
check "it is the plan" test "$(jq -j '.[1].body' "$GH_FAKE")" = "$(cat plan.md)"

printf 'campaign "broken" {}\n' >campaigns/broken.kdl
check "plan fails on files with mistakes" fails github plan Plan
check "and the comment says so" has plan.md "**No plan: "

runner
checkout_state
check "apply fails where it does not know what became of a create" fails github apply Apply
check "the state is kept all the same" keep
check "it has the tasks that were created, and the one that is in doubt" in_state $((campaigns - 1)) 1
check "neither locks nor copies are kept" test "$(git -C "$origin" ls-tree --name-only dialform-state | grep -c 'lock\|backup')" -eq 0

runner
checkout_state
check "the next apply fails too, on another runner" fails github apply Apply
check "the state is kept again" keep
check "nothing is created twice" has_tasks $((campaigns - 1))
key=$(planned '.actions[] | select(.kind == "unknown").key')
check "a person settles it" dialform resolve "$key" --recreate --state .state/dialform.state.json
check "and pushes that" keep

runner
checkout_state
check "then apply creates the last" github apply Apply
check "the state is kept" keep
check "each campaign has one task" has_tasks $campaigns
check "each of a campaign of its own" test "$(tasks 'map(.key) | unique | length')" -eq $campaigns
check "and all are in the state" in_state $campaigns 0
before=$(states)
runner
checkout_state
check "one more apply has nothing to do" github apply Apply
check "and keeps nothing new" keep
check "so that there is no commit more" test "$(states)" -eq "$before"

# ---- GitLab

echo "GitLab: the second create is refused"
sandbox create#2=400
origin gitlab
export CI_REPOSITORY_URL=$origin STATE=$origin CI_COMMIT_SHA=0123abc
runner
check "without the branch apply does nothing" fails gitlab apply script
check "no task is created" has_tasks 0
check "the branch is made" make_branch gitlab

forge "<!-- dialform plan -->"
runner
check "plan runs without a token for comments" gitlab plan script
check "and leaves the plan as a file" has plan.md "**Plan: $campaigns to create.**"
export PLAN_TOKEN=plan-token
for _ in 1 2; do
    runner
    check "plan writes its comment" gitlab plan script
done
curl --silent "$forge/log" >"$scratch/forge.json"
check "once, and then over it" test "$(jq -c .log "$scratch/forge.json")" = '["POST","PUT /2"]'
check "nobody else's is touched" test "$(jq -r '.notes[0].body[-4:]' "$scratch/forge.json")" = hand
check "it is the plan" test "$(jq -j '.notes[1].body' "$scratch/forge.json")" = "$(cat plan.md)"
printf 'campaign "broken" {}\n' >campaigns/broken.kdl
rm -rf .state
check "plan fails on files with mistakes" fails gitlab plan script
check "and the comment says so" bash -c "curl --silent '$forge/log' | jq -e '.notes[1].body | contains(\"No plan: \")'"

runner
check "apply fails where a create was refused" fails gitlab apply script
check "the state is kept all the same" in_state $((campaigns - 1)) 0
check "once more after the job is no harm" gitlab apply after_script
runner
check "the next apply creates the last" gitlab apply script
check "each campaign has one task" has_tasks $campaigns
check "and all are in the state" in_state $campaigns 0

# ---- The action

echo "The action: its scripts, with a dialform that tells what it is asked for"
mkdir "$scratch/fake" "$scratch/runner" "$scratch/temp"
# shellcheck disable=SC2016 # They expand where it runs.
printf '#!/bin/sh\nfor word in "$@"; do printf "<%%s>" "$word"; done >>"%s"\nexit "${FAKE_CODE:-0}"\n' "$scratch/asked" \
    >"$scratch/fake/dialform"
chmod +x "$scratch/fake/dialform"
cp -R "$repository/Cargo.toml" "$repository/Cargo.lock" "$repository/build.rs" "$repository/packaging" "$repository/src" \
    "$repository/schemas" "$scratch/runner"
export GITHUB_ACTION_PATH=$scratch/runner RUNNER_TEMP=$scratch/temp GITHUB_PATH=$scratch/path
# action STEP, in the shell that `shell: bash` is.
action() {
    export GITHUB_OUTPUT=$scratch/output
    rm -f "$scratch/asked" "$GITHUB_OUTPUT"
    "$python" "$repository/tests/hooks/step.py" "$repository/action.yml" runs "$1" >"$scratch/step.sh" &&
        PATH="$scratch/fake:$PATH" bash --noprofile --norc -eo pipefail "$scratch/step.sh"
}
asked() { test "$(cat "$scratch/asked")" = "$1" || { cat "$scratch/asked" && return 1; }; }

check "it tells what would be built" action "Tell what would be built"
check "by a digest" grep -qE '^digest=[0-9a-f]{32}$' "$scratch/output"
cp "$scratch/output" "$scratch/digest"
check "once more" action "Tell what would be built"
check "it is the same" diff "$scratch/digest" "$scratch/output"
echo >>"$scratch/runner/src/lib.rs"
check "with another source" action "Tell what would be built"
check "it is another" fails diff "$scratch/digest" "$scratch/output"

# A checkout that names programs of its own. Each says where it was run, and is no compiler.
hostile=$scratch/hostile
mkdir -p "$hostile/bin" "$hostile/.cargo" "$scratch/evil/bin"
for program in cargo rustc; do
    # shellcheck disable=SC2016 # It expands where it runs.
    printf '#!/bin/sh\necho "$0" >>"%s"\nexit 1\n' "$scratch/hostile.log" >"$scratch/evil/bin/$program"
    chmod +x "$scratch/evil/bin/$program"
done
printf '[toolchain]\npath = "%s"\n' "$scratch/evil" >"$hostile/rust-toolchain.toml"
printf '[build]\nrustc = "%s"\nrustc-wrapper = "%s"\n' "$scratch/evil/bin/rustc" "$scratch/evil/bin/rustc" \
    >"$hostile/.cargo/config.toml"
# A package that is built in a moment, in the place of dialform's own.
mkdir -p "$scratch/small/src" "$scratch/small/schemas"
printf '[package]\nname = "dialform"\nversion = "9.9.9"\nedition = "2021"\n' >"$scratch/small/Cargo.toml"
printf 'fn main() { println!("dialform 9.9.9"); }\n' >"$scratch/small/src/main.rs"
printf 'fn main() {}\n' >"$scratch/small/build.rs"
cp -R "$repository/packaging" "$scratch/small"
(cd "$scratch/small" && cargo generate-lockfile --quiet --offline)
in_hostile() { (cd "$hostile" && GITHUB_ACTION_PATH=$scratch/small IS_CACHED=false RUSTUP_TOOLCHAIN=stable action "$1"); }
check "in a hostile checkout it tells what would be built" in_hostile "Tell what would be built"
check "it installs" in_hostile Install
check "its own" has "$scratch/output" "version=dialform 9.9.9"
check "and runs nothing of the checkout's" test ! -e "$scratch/hostile.log"
install_on_gitlab() {
    git -C "$scratch/small" init --quiet
    git -C "$scratch/small" add --all
    git -C "$scratch/small" commit --quiet --message "A version"
    git -C "$scratch/small" tag v9.9.9
    "$python" "$repository/tests/hooks/step.py" "$gitlab" .dialform before_script >"$scratch/step.sh" &&
        (cd "$hostile" && DIALFORM=file://$scratch/small DIALFORM_TAG=v9.9.9 bash -eo pipefail "$scratch/step.sh")
}
check "on GitLab it installs as well" install_on_gitlab
check "its own there too" test "$("$hostile/.tools/bin/dialform")" = "dialform 9.9.9"
check "and runs nothing of the checkout's there" test ! -e "$scratch/hostile.log"

# A wheel of that package, on a shelf in the place of PyPI.
"$python" - "$scratch/shelf" <<'PYTHON'
import pathlib, sys, zipfile

shelf = pathlib.Path(sys.argv[1])
shelf.mkdir()
info = "dialform-9.9.9.dist-info"
files = {
    "dialform-9.9.9.data/scripts/dialform": "#!/bin/sh\necho dialform 9.9.9 of the wheel\n",
    f"{info}/METADATA": "Metadata-Version: 2.1\nName: dialform\nVersion: 9.9.9\n",
    f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
}
files[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"])
with zipfile.ZipFile(shelf / "dialform-9.9.9-py3-none-any.whl", "w") as wheel:
    for name, text in files.items():
        entry = zipfile.ZipInfo(name)
        entry.external_attr = 0o100755 << 16
        wheel.writestr(entry, text)
PYTHON
from_shelf() { PIP_NO_INDEX=1 PIP_FIND_LINKS=$scratch/shelf in_hostile Install; }
rm -rf "$scratch/temp/dialform"
check "a wheel of nobody knows whom is left where it is" from_shelf
check "and cargo builds" fails has "$scratch/output" "of the wheel"
rm -rf "$scratch/temp/dialform"
echo yes >"$scratch/small/packaging/pypi/published"
check "a published version is installed from its wheel" from_shelf
check "and that is what runs" has "$scratch/output" "version=dialform 9.9.9 of the wheel"
rm -rf "$scratch/temp/dialform" "$scratch"/shelf/*.whl
check "a version that is not published is built with cargo" from_shelf
check "and that is what runs then" fails has "$scratch/output" "of the wheel"
check "nothing of the checkout's was run" test ! -e "$scratch/hostile.log"

export FOLDER=. MORE="" SARIF=""
check "lint runs" action Lint
check "with annotations" asked '<lint><--output-format><github><--><.>'
check "its exit code is an output" has "$scratch/output" "exit-code=0"
# shellcheck disable=SC2016 # That nothing expands it is what is tried.
export FOLDER="my calls" MORE=$'--max-file-size\n\n$(touch x) *' SARIF="a b.sarif"
check "lint runs with arguments" action Lint
# shellcheck disable=SC2016
check "each a line, and none split or expanded" \
    asked '<lint><--output-format><github><--output-format><sarif=a b.sarif><--max-file-size><$(touch x) *><--><my calls>'
check "where the report is, is an output" has "$scratch/output" "sarif=a b.sarif"
export FAKE_CODE=1
check "findings fail the step" fails action Lint
check "and the exit code is an output all the same" has "$scratch/output" "exit-code=1"

summary
