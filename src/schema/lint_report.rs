//! The schema of the lint report, whose form `render::json` writes.

use serde_json::{Value, json};

use super::{count_from, defined, pattern, strict, text};
use crate::report::json::FORMAT_VERSION;

/// What `lint --output-format json` prints.
pub(super) fn lint_report() -> Value {
    let mut report = strict(
        "Every finding of one run. The counts are exact even where a file has so many findings that some are left out.",
        json!({
            "format_version": { "description": "The version of this form.", "const": FORMAT_VERSION },
            "valid": { "description": "Whether there is no error.", "type": "boolean" },
            "error_count": count_from(0, "How many errors there are."),
            "warning_count": count_from(0, "How many warnings there are."),
            "diagnostics": {
                "description": "The findings, by file and place.",
                "type": "array",
                "items": defined("diagnostic"),
            },
        }),
        &[],
    );
    report["$defs"] = definitions();
    report
}

/// A finding, and what it is made of.
pub(super) fn definitions() -> Value {
    json!({
        "diagnostic": diagnostic(),
        "label": strict(
            "A place that belongs to the finding, and what it has to do with it.",
            json!({ "file": file(), "range": defined("range"), "text": text("What is said there.") }),
            &[],
        ),
        "fix": strict(
            "What to write instead.",
            json!({
                "applicability": {
                    "description": "`safe`: certainly what was meant. `unsafe`: probably; a person should look.",
                    "enum": ["safe", "unsafe"],
                },
                "edits": { "description": "All in the finding's own file.", "type": "array", "items": defined("edit") },
            }),
            &[],
        ),
        "edit": strict(
            "The text of a range replaced.",
            json!({ "range": defined("range"), "text": text("What takes its place.") }),
            &[],
        ),
        "range": strict(
            "From the first character to behind the last.",
            json!({ "start": defined("point"), "end": defined("point") }),
            &[],
        ),
        "point": strict(
            "A place in a file.",
            json!({
                "line": count_from(1, "The line, 1-based."),
                "column": count_from(1, "The column in Unicode scalar values, 1-based."),
                "byte": count_from(0, "The byte of the file, 0-based."),
            }),
            &[],
        ),
    })
}

fn diagnostic() -> Value {
    strict(
        "One finding.",
        json!({
            "code": pattern("The rule's code, never used for another.", "^DF[0-9]{3}$"),
            "name": pattern("The rule's name.", "^[a-z0-9]+(-[a-z0-9]+)*$"),
            "severity": { "description": "Errors stop plan and apply.", "enum": ["error", "warning"] },
            "message": text("What is wrong."),
            "help": { "description": "What to do about it.", "type": ["string", "null"] },
            "file": file(),
            "range": defined("range"),
            "labels": {
                "description": "The finding's own label first, where it has one; then other places, perhaps in other files.",
                "type": "array",
                "items": defined("label"),
            },
            "url": { "description": "A page about the rule.", "type": ["string", "null"] },
            "fix": {
                "description": "There is one where it is certain what to write.",
                "anyOf": [defined("fix"), { "type": "null" }],
            },
        }),
        &[],
    )
}

fn file() -> Value {
    text("The path, relative to the working folder where it lies below it.")
}
