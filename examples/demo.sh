#!/usr/bin/env bash
# The main job from end to end, without an account: builds dialform, then lints, plans and applies a copy of
# examples/large into the built-in sandbox, and plans again, when nothing is left to do.
set -euo pipefail

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$repository"
# Cargo says where it has put the program, also where CARGO_TARGET_DIR moves it.
program=$(cargo build --locked --bin dialform --message-format=json | sed -n 's/.*"executable":"\([^"]*\)".*/\1/p')

project=$(mktemp -d)
trap 'rm -rf "$project"' EXIT
cp -R examples/large/. "$project"
# What an earlier apply in the example itself may have left.
rm -rf "$project/.dialform"
cd "$project"

dialform() {
    printf '\n$ dialform %s\n' "$*"
    "$program" "$@"
}

dialform lint --output-format human
dialform plan --sandbox
dialform apply --sandbox --auto-approve
# 0 says that nothing is left to do; 2 would say that something is.
dialform plan --sandbox --detailed-exitcode
