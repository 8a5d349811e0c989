//! The schema of baselines, whose form `baseline` writes.

use serde_json::{Value, json};

use super::{count_from, pattern, strict, text};
use crate::lint::baseline::FORMAT_VERSION;

/// What `lint --write-baseline` writes.
pub(super) fn baseline() -> Value {
    let group = strict(
        "How many findings of a rule are not shown in one place.",
        json!({
            "project": text("The folder of the project, relative to that of the baseline; or the file, where it is in no project."),
            "in": pattern(
                "A campaign, a template, or, relative to the project, the file of what stands outside both.",
                "^(campaign|template|file) .",
            ),
            "rule": pattern("The rule's code.", "^DF[0-9]{3}$"),
            "count": count_from(0, "How many."),
        }),
        &[],
    );
    strict(
        "Findings that a team has decided to live with for now.",
        json!({
            "format_version": { "description": "The version of this form.", "const": FORMAT_VERSION },
            "findings": { "description": "Each rule at most once for one place.", "type": "array", "items": group },
        }),
        &[],
    )
}
