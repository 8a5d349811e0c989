#!/usr/bin/env bash
# Runs the scripts that stand in the recipes of docs/ci.md, word for word, as their runners would: GitHub's with the states
# in a PostgreSQL, GitLab's with the states in an S3. A runner is killed while creates are under way, two pipelines run at
# once, and an edit goes to staging and then to production. `.ci/stores.sh` installs both stores.
set -euo pipefail
# shellcheck source=tests/hooks/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=tests/hooks/runner.sh
source "$(dirname "${BASH_SOURCE[0]}")/runner.sh"

github=$repository/examples/ci/github/campaigns.yml
gitlab=$repository/examples/ci/gitlab/.gitlab-ci.yml
campaigns=14
target=${CARGO_TARGET_DIR:-$repository/target}
export DIALFORM_TOKEN=any
# As many images have it. No recipe changes the rights of what it checks out.
umask 0002

# arrange: two accounts, each with a state in $store.
arrange() {
    local name
    sed -i.old '/^    api /d; /^    login /d' dialform.kdl
    for name in staging production; do
        printf '\nenvironment "%s" {\n    api "%s"\n    login "%s"\n    state "%s"\n}\n' \
            "$name" "${!name}" "${!name}" "$store$name" >>dialform.kdl
    done
}
# accounts: two services; at that of staging, the fifth to eighth create take effect, and are never answered.
# shellcheck disable=SC2034 # They are read by their names.
accounts() {
    sandbox create#5-8=after:hang
    staging=$api
    sandbox
    production=$api
}
# in_account NAME COMMAND…: what the service of that environment has.
in_account() { local api=${!1} && shift && "$@"; }
each_once() { test "$(tasks 'map(.key) | unique | length')" -eq "$1" && has_tasks "$1"; }
# until_true COMMAND…: waits for something to happen, at most a minute.
until_true() {
    for _ in $(seq 600); do
        if "$@" >/dev/null 2>&1; then return; fi
        sleep 0.1
    done
    "$@"
}

# apply NAME: the job of that environment, on the forge that is $on.
apply() {
    local script
    script=$(apply_script "$1") && CI_ENVIRONMENT_NAME=$1 bash -e "$script"
}
apply_script() {
    case $on in
        github) script_of "$github" "$1" Apply ;;
        gitlab) script_of "$gitlab" .apply script ;;
    esac
}
# killed NAME: a runner in that folder is killed while creates are under way.
killed() {
    runner_in "$1"
    script=$(apply_script staging)
    CI_ENVIRONMENT_NAME=staging setsid bash -e "$script" >"$scratch/killed.log" 2>&1 &
    local process=$!
    until_true in_account staging has_tasks 8 || { cat "$scratch/killed.log" && return 1; }
    # All of them have reached the service, and four of them wait for their answer.
    kill -KILL -- "-$process"
    wait "$process" || true
    rm -rf "${scratch:?}/$1"
}
# at_once: two pipelines that nothing keeps apart.
at_once() {
    local one other code=0
    runner_in one
    (apply staging >"$scratch/one.log" 2>&1) &
    one=$!
    runner_in other
    (apply staging >"$scratch/other.log" 2>&1) &
    other=$!
    wait "$one" || code=1
    wait "$other" || code=1
    [ "$code" -eq 0 ] || { cat "$scratch/one.log" "$scratch/other.log" && return 1; }
}
# ends PROCESS: the next pipeline does, and well.
ends() { wait "$1" || { cat "$scratch/next.log" && return 1; }; }
# says TEXT COMMAND…: the command succeeds and prints that.
says() {
    local text=$1
    shift
    "$@" >"$scratch/said.log" 2>&1 || { cat "$scratch/said.log" && return 1; }
    has "$scratch/said.log" "$text"
}

# What both forges go through, once a state has been begun or not: a runner is killed, the next pipeline goes on.
story() {
    check "a runner is killed while four creates have no answer yet" killed dead
    runner
    check "the state says who was at work, and on what" says "in the environment staging" dialform state lock --env staging
    check "a next run that may not wait is turned away" fails dialform apply --env staging --auto-approve
    check "that one sends nothing" in_account staging has_tasks 8
    (apply staging >"$scratch/next.log" 2>&1) &
    local next=$!
    check "a person says that it is dead" says "let go of the state" dialform state lock --break --env staging
    check "the next pipeline, which may wait, goes on" ends "$next"
    check "each campaign has one task" in_account staging each_once $campaigns
    check "and nothing is left to do" says "$campaigns unchanged" dialform plan --env staging --full
    check "then production gets them" apply production
    check "each once" in_account production each_once $campaigns
    check "staging has no more than before" in_account staging has_tasks $campaigns
}

# one_more SCENARIO: a campaign more, in this folder.
one_more() {
    sed -n '/^campaign "courier-call-back"/,/^}/p' campaigns/hr/recruiting.kdl |
        sed "s/^campaign \"[^\"]*\"/campaign \"one-more\"/; s/^    scenario .*/    scenario \"$1\"/" >campaigns/more.kdl
}
# only_in NAME ID: the scenario `more` of one account, in this folder.
only_in() {
    sed -i.old "/^environment \"$1\" {/a\\    aliases { scenario more=\"$2\"; }" dialform.kdl
    rm -f dialform.kdl.old
}

# ---- GitHub, PostgreSQL

free_port() { "$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# postgres: a server of this script's own, as nobody, since it refuses to run as root; sets $port.
postgres() {
    local programs folder=$scratch/postgres as=()
    programs=$(compgen -G "/usr/lib/postgresql/*/bin" | tail -n 1) || programs=$(dirname "$(command -v initdb)")
    [ -x "$programs/initdb" ] && [ -x "$programs/psql" ] || return 1
    port=$(free_port)
    psql=$programs/psql
    mkdir "$folder"
    printf secret >"$folder/password"
    if [ "$(id -u)" -eq 0 ]; then
        chmod 711 "$scratch"
        chown -R 65534:65534 "$folder"
        as=(setpriv --reuid 65534 --regid 65534 --clear-groups)
    fi
    ${as[@]+"${as[@]}"} "$programs/initdb" -D "$folder/data" -U admin -A scram-sha-256 --no-locale -E UTF8 --no-sync \
        --pwfile "$folder/password" >"$scratch/postgres.log" 2>&1 || { cat "$scratch/postgres.log" && return 1; }
    ${as[@]+"${as[@]}"} "$programs/postgres" -D "$folder/data" -p "$port" -c listen_addresses=127.0.0.1 \
        -c unix_socket_directories= >"$scratch/postgres.log" 2>&1 &
    postgres=$!
    # It keeps its folder until it has ended.
    trap 'kill -QUIT "$postgres" && wait "$postgres" || true; finish' EXIT
    until_true admin postgres "SELECT 1"
}
admin() { PGPASSWORD=secret "$psql" --host 127.0.0.1 --port "$port" --username admin --no-psqlrc --quiet --set ON_ERROR_STOP=1 --dbname "$1" --command "$2"; }
as_planner() { PGUSER=planner PGPASSWORD=reads "$@"; }
plan_on_github() { as_planner env "DIALFORM_ENV=$1" bash -e "$(script_of "$github" plan "${2:-Plan}")"; }

if command -v setsid >/dev/null && postgres; then
    echo "GitHub, with the states in PostgreSQL"
    on=github
    admin postgres "CREATE DATABASE campaigns"
    admin campaigns "CREATE ROLE dialform LOGIN PASSWORD 'writes'; CREATE ROLE planner LOGIN PASSWORD 'reads';
        GRANT CREATE ON DATABASE campaigns TO dialform"
    export PGHOST=127.0.0.1 PGUSER=dialform PGPASSWORD=writes
    store="postgres://127.0.0.1:$port/campaigns?state="
    accounts
    origin github
    runner
    check "plan runs before there is a state" plan_on_github staging
    check "the comment begins with the marker of its environment" \
        test "$(head -n 1 plan.md)" = "<!-- dialform plan staging -->"
    check "and sums up" has plan.md "**Plan in the environment staging: $campaigns to create.**"
    comments "<!-- dialform plan staging -->"
    for _ in 1 2; do
        for name in staging production; do
            check "the plan of $name is made" plan_on_github $name
            check "and written as a comment" plan_on_github $name Comment
        done
    done
    check "each environment has one comment, and nobody else's is touched" \
        test "$(jq -c 'map(.body | split("\n")[0][19:-4])' "$GH_FAKE")" = '["staging","staging","production"]'
    check "what plan holds is not enough to apply" fails as_planner apply staging
    check "and creates nothing" in_account staging has_tasks 0

    story
    admin campaigns "GRANT USAGE ON SCHEMA dialform TO planner; GRANT SELECT ON ALL TABLES IN SCHEMA dialform TO planner"
    runner
    check "the next pull request is planned by who can only read" plan_on_github staging
    check "and finds nothing to do" has plan.md "**Nothing to do in the environment staging: $campaigns unchanged.**"
    check "who can only read applies nothing still" fails as_planner apply staging
    (cd "$scratch/github" && one_more interview)
    merge github "One more"
    check "two pipelines at once both end well" at_once
    check "and the new campaign has one task" in_account staging each_once $((campaigns + 1))
    unset PGHOST PGUSER PGPASSWORD
else
    skip "PostgreSQL is not here (Debian has it as \`postgresql\`): GitHub's recipe does not run"
fi

# ---- GitLab, S3

# moto: an S3 of this script's own, which answers one request after another; sets $endpoint.
moto() {
    local candidate found=
    for candidate in "$target/moto/bin/python3" "$(dirname "$(command -v moto_server || echo /none/none)")/python3"; do
        if [ -x "$candidate" ] && "$candidate" -c 'import moto.server' 2>/dev/null; then found=$candidate && break; fi
    done
    [ -n "$found" ] || return 1
    port=$(free_port)
    endpoint=http://127.0.0.1:$port
    "$found" -c "from werkzeug.serving import run_simple
from moto.server import DomainDispatcherApplication, create_backend_app
run_simple('127.0.0.1', $port, DomainDispatcherApplication(create_backend_app), threaded=False)" >"$scratch/moto.log" 2>&1 &
    background+=($!)
    until_true curl --silent --fail --request PUT "$endpoint/campaigns-state" || { cat "$scratch/moto.log" && return 1; }
}
plan_on_gitlab() { DIALFORM_ENV=$1 gitlab plan script; }
lint_says() {
    ! gitlab lint script >"$scratch/lint.log" 2>&1 && has "$scratch/lint.log" "$1"
}

if command -v setsid >/dev/null && moto; then
    echo "GitLab, with the states in S3"
    on=gitlab
    export AWS_ENDPOINT_URL_S3=$endpoint AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=AKIDEXAMPLE AWS_SECRET_ACCESS_KEY=hunter2hunter2
    store=s3://campaigns-state/twin/
    accounts
    origin gitlab
    forge "<!-- dialform plan staging -->"
    runner
    check "plan runs before there is a state, without a token for comments" plan_on_gitlab staging
    check "and leaves the plan as a file" has plan.md "**Plan in the environment staging: $campaigns to create.**"
    export PLAN_TOKEN=plan-token
    for _ in 1 2; do
        for name in staging production; do check "plan writes the comment of $name" plan_on_gitlab $name; done
    done
    curl --silent "$forge/log" >"$scratch/forge.json"
    check "once each, and then over it" \
        test "$(jq -c .log "$scratch/forge.json")" = '["POST","POST","PUT /2","PUT /3"]'
    check "nobody else's is touched" test "$(jq -r '.notes[0].body[-4:]' "$scratch/forge.json")" = hand

    story
    echo "an edit, to staging and then to production"
    of_staging=0d3c5f0e-6c1b-4a55-9d5b-6c2b7f9a1eff of_production=1f0c7f5e-6a0b-4e54-9d3c-0d6f2b0f8aff
    scenario='map(select(.key == "one-more").body.defaultExecData)[0]'
    cd "$scratch/gitlab"
    one_more more
    only_in staging "$of_staging"
    check "lint finds in the pull request that production lacks an alias" lint_says "in the environment \`production\`"
    check "and names it" has "$scratch/lint.log" more
    check "no plan is made of it" fails plan_on_gitlab production
    only_in production "$of_production"
    check "with the alias lint finds nothing" gitlab lint script
    check "the plan of production creates it" plan_on_gitlab production
    check "and nothing else" has plan.md "1 to create"
    rm -f plan.md gl-code-quality-report.json
    merge gitlab "One more"
    check "two pipelines at once both bring it to staging" at_once
    check "where it has one task" in_account staging each_once $((campaigns + 1))
    check "production has it not yet" in_account production has_tasks $campaigns
    runner
    check "then production gets it" apply production
    check "once" in_account production each_once $((campaigns + 1))
    check "each has the scenario of its account" \
        test "$(for name in staging production; do in_account $name tasks "$scenario"; done)" = "\"$of_staging\""$'\n'"\"$of_production\""
else
    skip "moto is not here (PyPI has it as \`moto[s3]\`): GitLab's recipe does not run"
fi

summary
