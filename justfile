# The five things that one does daily; `just --list` shows them. Each is one command that can be typed without `just`.

# Everything CI runs.
ci:
    bash .ci/run

# All tests, or those whose name contains a word: `just test lint::`.
test *words:
    cargo test -- {{ words }}

# Formatting and clippy, as CI checks them.
check:
    cargo fmt
    cargo clippy --all-targets -- -D warnings

# Write again what is generated from the code: docs/rules.md, README's output, the schemas, the editors' word lists.
generate:
    UPDATE=1 cargo test --test it -- generated

# The benchmarks, and how the cost grows (needs valgrind).
bench:
    cargo bench
    cargo test --bench growth
