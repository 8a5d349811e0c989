//! The schema of the checks as JSON, whose form `doctor` writes.

use serde_json::{Value, json};

use super::{defined, strict, text};
use crate::doctor::{FORMAT_VERSION, Name, Status};

/// What `doctor --output-format json` prints.
pub(super) fn doctor_report() -> Value {
    let mut report = strict(
        "What was looked at, and how it came out.",
        json!({
            "format_version": { "description": "The version of this form.", "const": FORMAT_VERSION },
            "checks": {
                "description": "In the order in which they were made, each name at most once.",
                "type": "array",
                "items": defined("check"),
            },
        }),
        &[],
    );
    report["$defs"] = json!({
        "check": strict(
            "One thing that was looked at.",
            json!({
                "name": { "description": "What it was.", "enum": Name::ALL.map(Name::word) },
                "status": {
                    "description": "`error`: plan or apply would fail, or could not keep what it promises. `warn`: somebody should look. `skip`: it could not be looked at, or does not matter here.",
                    "enum": Status::ALL.map(Status::word),
                },
                "message": text("What was found."),
                "help": text("What to do about it, where the message does not say so."),
            }),
            &["help"],
        ),
    });
    report
}
