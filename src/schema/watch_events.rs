//! The schema of the lines that `watch --output-format json-lines` prints, whose form `render::events` writes.

use serde_json::{Value, json};

use super::lint_report::definitions;
use super::{count_from, defined, strict, text};
use crate::report::events::FORMAT_VERSION;

/// One line of `watch --output-format json-lines`.
pub(super) fn watch_events() -> Value {
    let mut definitions = definitions();
    let found = &mut definitions["diagnostic"];
    found["description"] = json!("A finding of the run, the same object as in the lint report.");
    if let Value::Array(required) = &mut found["required"] {
        required.insert(0, json!("event"));
    }
    found["properties"]["event"] = json!({ "const": "diagnostic" });
    definitions["begin"] = strict(
        "A run begins: what earlier runs found is about to be told anew.",
        json!({
            "event": { "const": "begin" },
            "format_version": { "description": "The version of this form.", "const": FORMAT_VERSION },
        }),
        &[],
    );
    definitions["end"] = strict(
        "A run ended. The counts are exact even where a file has so many findings that some are left out.",
        json!({
            "event": { "const": "end" },
            "valid": { "description": "Whether there is no error.", "type": "boolean" },
            "error_count": count_from(0, "How many errors there are."),
            "warning_count": count_from(0, "How many warnings there are."),
            "files": count_from(0, "How many files were checked and shown."),
        }),
        &[],
    );
    definitions["error"] = strict(
        "A run ended in which nothing could be checked: what was found earlier is neither confirmed nor gone.",
        json!({ "event": { "const": "error" }, "message": text("Why.") }),
        &[],
    );
    let events = ["begin", "diagnostic", "end", "error"].map(defined);
    json!({
        "description": "One line. A run is a `begin`, then a `diagnostic` a finding and an `end`, or an `error`.",
        "oneOf": events,
        "$defs": definitions,
    })
}
