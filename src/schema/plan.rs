//! The schema of the plan as JSON, whose form `plan::view` writes.

use serde_json::{Value, json};

use super::{KEY, count_from, defined, pattern, strict, text};

/// What `plan --output-format json` prints.
pub(super) fn plan() -> Value {
    let mut plan = strict(
        "What is to be done to get from the state to the files.",
        json!({
            "format_version": { "description": "The version of this form.", "const": 1 },
            "summary": defined("summary"),
            "actions": {
                "description": "Moves, then campaigns in path order, then what is no longer declared.",
                "type": "array",
                "items": defined("action"),
            },
            "notes": {
                "description": "What a person should know besides.",
                "type": "array",
                "items": { "type": "string" },
            },
        }),
        &[],
    );
    plan["$defs"] = json!({
        "summary": summary(),
        "action": action(),
        "blocked": strict(
            "What keeps an action from being carried out.",
            json!({
                "code": { "enum": ["needs-replace", "same-as-orphan", "removed", "target-taken"] },
                "message": text("What is in the way, and what to write."),
            }),
            &[],
        ),
        "location": strict(
            "A place in a file.",
            json!({
                "file": text("The path, relative to the working folder where it lies below it."),
                "line": count_from(1, "The line, 1-based."),
                "column": count_from(1, "The column in Unicode scalar values, 1-based."),
            }),
            &[],
        ),
        "change": change(),
        "body": {
            "description": "A request body in which user info and query values of webhook URLs are hashes, and wire-values stand under their names.",
            "type": "object",
        },
    });
    plan
}

fn summary() -> Value {
    strict(
        "How many actions of each kind there are.",
        json!({
            "create": count_from(0, "Tasks to be created."),
            "move": count_from(0, "Entries of the state that get another key."),
            "replace": count_from(0, "Tasks to be stopped and created anew."),
            "unchanged": count_from(0, "Campaigns whose task is as the files say."),
            "orphan": count_from(0, "Entries of the state that are no longer declared."),
            "unknown": count_from(0, "Creates whose outcome is not known."),
            "blocked": count_from(0, "Actions among these that are not carried out as things stand."),
        }),
        &[],
    )
}

fn action() -> Value {
    strict(
        "What is to be done about one campaign.",
        json!({
            "key": pattern("The campaign's key; of a move, the new one.", KEY),
            "kind": { "enum": ["create", "unchanged", "move", "replace", "orphan", "unknown"] },
            "reason": text("Why, in words."),
            "blocked": defined("blocked"),
            "name": text("The campaign's name (`name`)."),
            "at": defined("location"),
            "task": text("The API's id of the task that the state holds."),
            "changes": {
                "description": "What differs, for a replacement.",
                "type": "array",
                "minItems": 1,
                "items": defined("change"),
            },
            "before": defined("body"),
            "after": defined("body"),
        }),
        &["blocked", "name", "at", "task", "changes", "before", "after"],
    )
}

fn change() -> Value {
    let mut change = strict(
        "One setting that differs, in the language's own units.",
        json!({
            "path": text("The setting, such as `redial.busy.after`."),
            "before": text("As the task has it; absent where it is not set."),
            "after": text("As the files have it; absent where it is not set."),
        }),
        &["before", "after"],
    );
    change["anyOf"] = json!([{ "required": ["before"] }, { "required": ["after"] }]);
    change
}
