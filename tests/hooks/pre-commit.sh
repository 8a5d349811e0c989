#!/usr/bin/env bash
# The hooks of .pre-commit-hooks.yaml, run by the real pre-commit in a repository of its own. The hooks come from a clone
# of HEAD, as a person gets them. Without arguments the `-system` hooks run, with the dialform of this checkout on the
# path; with `--rust` those that pre-commit builds itself, which compiles all dependencies.
set -euo pipefail
# shellcheck source=tests/hooks/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

suffix=-system
if [ "${1:-}" = --rust ]; then suffix=; fi

if ! pre_commit=$(tool pre-commit pre-commit); then
    skip "pre-commit is not here and cannot be installed"
    summary
    exit
fi
"$pre_commit" --version
identity
export PRE_COMMIT_HOME=$scratch/pre-commit PRE_COMMIT_COLOR=never

if [ -n "$(git -C "$repository" status --porcelain)" ]; then
    echo "note: the hooks are those of HEAD, without the changes in this checkout that are not committed"
fi
git clone --quiet --no-hardlinks "$repository" "$scratch/hooks"
head=$(git -C "$scratch/hooks" rev-parse HEAD)

if [ -n "$suffix" ]; then
    program=$(build)
    PATH="$(dirname "$program"):$PATH"
else
    # What is tried is the way, not the speed: the smallest build that the hook can make.
    export CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16
    export CARGO_TARGET_DIR=${DIALFORM_HOOK_TARGET:-$scratch/target}
fi
export PATH

project=$scratch/project
mkdir "$project"
cp -R "$repository/examples/large/." "$project"
rm -rf "$project/.dialform"
cd "$project"
git init --quiet
configure() { # configure ARGS…: the hooks of this run, lint with these arguments.
    cat >.pre-commit-config.yaml <<END
repos:
  - repo: $scratch/hooks
    rev: $head
    hooks:
      - id: dialform-fmt$suffix
      - id: dialform-lint$suffix
        args: [$*]
END
}
configure
git add --all
git commit --quiet --message "A project"

run() { "$pre_commit" run "$@" >"$scratch/run.log" 2>&1; }
refused() { fails run "$@"; }
campaign=$(git ls-files 'campaigns/*.kdl' | head -n 1)
template=$(git grep -l '^template ' -- '*.kdl' | head -n 1)

check "validate-manifest" "$pre_commit" validate-manifest "$repository/.pre-commit-hooks.yaml"
started=$SECONDS
check "the hooks are installed" "$pre_commit" install --install-hooks
echo "        in $((SECONDS - started)) s"
if [ "$failed" -gt 0 ]; then summary; exit; fi

check "good files pass" run --all-files
check "both hooks ran" test "$(grep -c Passed "$scratch/run.log")" -eq 2

sed -i.old 's/^\( *\)pace .*/\1pace "fast"/' "$campaign" "$template" && rm -f ./*.old ./*/*.old
git add --all
check "a campaign with a mistake is refused" refused
check "the finding is printed with its place" grep -qE '^[^ ]+\.kdl:[0-9]+:[0-9]+: error\[DF[0-9]+\]' "$scratch/run.log"
check "git commit is refused" fails git commit --quiet --message "A mistake"
git reset --quiet --hard

# The mistake shows in files that nobody staged.
sed -i.old 's/^template "\(.*\)" /template "\1-renamed" /' "$template" && rm -f ./*.old ./*/*.old
git add --all
check "a template that goes breaks the campaigns in other files" refused --files "$template"
check "and they are named" grep -q 'error\[DF' "$scratch/run.log"
git reset --quiet --hard

printf '\n\n%s\n' "// The end" >>"$campaign"
sed -i.old 's/^    /          /' "$campaign" && rm -f ./*/*.old
git add --all
check "a file out of layout is refused" refused
check "because the hook changed it" has "$scratch/run.log" "files were modified by this hook"
check "it is laid out now" fails grep -q '^          [a-z]' "$campaign"
git add --all
check "and passes once it is staged" run
git reset --quiet --hard

printf 'campaign "x" {\n' >campaigns/broken.kdl
git add --all
check "a file that is not KDL is refused" refused
check "by fmt too, with words" has "$scratch/run.log" "campaigns/broken.kdl"
check "and is left alone" test "$(cat campaigns/broken.kdl)" = 'campaign "x" {'
git reset --quiet --hard

echo "Words" >README.md
git add --all
check "a commit without KDL files runs neither" run
check "and says so" test "$(grep -c Skipped "$scratch/run.log")" -eq 2
git reset --quiet --hard

configure --output-format, json
git add --all
sed -i.old 's/^\( *\)pace .*/\1pace "fast"/' "$campaign" "$template" && rm -f ./*.old ./*/*.old
git add --all
check "arguments of one's own" refused
check "reach lint" has "$scratch/run.log" '"diagnostics"'
git reset --quiet --hard

# It would build once more what is installed.
if [ -n "$suffix" ]; then
    check "try-repo runs lint" "$pre_commit" try-repo "$scratch/hooks" "dialform-lint$suffix" --all-files
    check "try-repo runs fmt" "$pre_commit" try-repo "$scratch/hooks" "dialform-fmt$suffix" --all-files
fi
git status --porcelain >"$scratch/status"
check "nothing is left changed" test ! -s "$scratch/status"

summary
