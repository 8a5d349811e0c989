#!/usr/bin/env bash
# The hooks, the action and the recipes: run by the real pre-commit, in shells, and through the linters of what cannot run
# here. Tools come from PyPI, npm and Debian; what cannot be had is said. The hooks that pre-commit builds itself compile all
# dependencies anew, in about a minute and a half on two cores: DIALFORM_CI_SLOW=0 leaves them out. Ends with `N passed,
# N failed`.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

tools=$(mktemp -d)
log=$(mktemp)
trap 'rm -rf "$tools" "$log"' EXIT
export DIALFORM_TOOLS=$tools/python
if python3 -m venv "$DIALFORM_TOOLS" >"$tools/log" 2>&1; then
    for package in pre-commit check-jsonschema zizmor; do
        # Only wheels: what builds or fetches its program while it is installed is not what is wanted here.
        "$DIALFORM_TOOLS/bin/python" -m pip install --quiet --only-binary :all: "$package" >"$tools/log" 2>&1 ||
            echo "$package cannot be installed from PyPI"
    done
else
    echo "python3 cannot make an environment"
fi
wanted=()
for program in jq curl shellcheck; do
    command -v "$program" >/dev/null || wanted+=("$program")
done
if [ "${#wanted[@]}" -gt 0 ] && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    { apt-get update -qq && apt-get install -qq --no-install-recommends "${wanted[@]}"; } >"$tools/log" 2>&1 ||
        echo "${wanted[*]} cannot be installed from Debian"
fi

scripts=("tests/hooks/workflows.sh" "tests/hooks/pre-commit.sh" "tests/hooks/recipes.sh" "tests/hooks/pipelines.sh")
if [ "${DIALFORM_CI_SLOW:-1}" = 0 ]; then
    echo "SKIPPED the hooks that pre-commit builds itself: DIALFORM_CI_SLOW is 0"
else
    scripts+=("tests/hooks/pre-commit.sh --rust")
fi
passed=0
failed=0
for script in "${scripts[@]}"; do
    printf '\n-- %s\n' "$script"
    started=$SECONDS
    code=0
    # shellcheck disable=SC2086 # The arguments are words.
    bash $script 2>&1 | tee "$log" || code=$?
    echo "   $((SECONDS - started)) s"
    last=$(tail -n 1 "$log")
    if [[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
        passed=$((passed + BASH_REMATCH[1]))
        failed=$((failed + BASH_REMATCH[2]))
        if [ "$code" -eq 0 ] || [ "${BASH_REMATCH[2]}" -gt 0 ]; then continue; fi
    fi
    echo "$script broke off with exit code $code"
    failed=$((failed + 1))
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
