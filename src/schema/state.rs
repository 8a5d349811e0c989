//! The schema of the state's snapshot, whose form `state::snapshot` and `state::model` write.

use serde_json::{Value, json};

use super::{FINGERPRINT, KEY, TIMESTAMP, UUID, count_from, defined, pattern, strict, text};

/// The file `dialform.state.json`.
pub(super) fn state() -> Value {
    let mut file = strict(
        "What dialform knows of the tasks that it made. Written by dialform only: the checksum gives away any other hand.",
        json!({
            "format": { "const": "dialform-state" },
            "format_version": { "const": 1 },
            "checksum": pattern("The SHA-256 of `content` in compact form.", "^[0-9a-f]{64}$"),
            "content": strict(
                "The state and where it stands in the journal.",
                json!({
                    "last_sum": pattern(
                        "The checksum of the last journal line that is included; empty where none is.",
                        "^([0-9a-f]{16})?$",
                    ),
                    "state": defined("state"),
                }),
                &[],
            ),
        }),
        &[],
    );
    file["$defs"] = json!({
        "state": whole(),
        "task": task(),
        "previous": previous(),
        "intent": intent(),
        "stage": stage(),
        "tombstone": tombstone(),
        "identity": pattern("The API's id of the task (`id.identity`).", "\\S"),
        "fingerprint": pattern("The fingerprint of the body.", FINGERPRINT),
        "marker": pattern(
            "The last line of the task's comment, by which the task is found again.",
            "^\\[dialform [a-z0-9][a-z0-9_-]* [0-9A-HJKMNP-TV-Z]{12}\\]$",
        ),
        "moment": pattern("A moment in UTC.", TIMESTAMP),
        "body": {
            "description": "A request body in which user info and query values of webhook URLs are hashes, and wire-values stand under their names.",
            "type": "object",
        },
    });
    file
}

fn whole() -> Value {
    strict(
        "The whole state.",
        json!({
            "lineage": pattern("Names this history; drawn when the state is first written.", UUID),
            "binding": strict(
                "The account's side: a state made against one API, or in one dialect, says nothing about another.",
                json!({
                    "origin": text("The base URL of the calls API."),
                    "dialect": { "enum": ["classic", "extended"] },
                    "access": strict(
                        "What else sees credentials; absent in states of older versions.",
                        json!({
                            "login": text("The base URL of the login service."),
                            "token_command": pattern(
                                "A hash of the token command, keyed by the lineage; absent where there is none.",
                                "^[0-9a-f]{64}$",
                            ),
                        }),
                        &["token_command"],
                    ),
                }),
                &["access"],
            ),
            "serial": count_from(0, "How many times the journal has been folded in."),
            "last_sequence": count_from(0, "The number of the last journal record that is included."),
            "tasks": by("The task of each campaign, by the campaign's key.", KEY, defined("task")),
            "intents": by("Creates whose outcome is not recorded, by the intent's id.", UUID, defined("intent")),
            "tombstones": by(
                "Tasks let go of, by the key that they had.",
                KEY,
                json!({ "type": "array", "items": defined("tombstone") }),
            ),
        }),
        &[],
    )
}

fn task() -> Value {
    strict(
        "A task that exists at the API.",
        json!({
            "identity": defined("identity"),
            "fingerprint": defined("fingerprint"),
            "body": defined("body"),
            "marker": defined("marker"),
            "created_at": defined("moment"),
            "halting": defined("moment"),
            "halted_at": defined("moment"),
            "previous": {
                "description": "The tasks that this one replaced, oldest first.",
                "type": "array",
                "minItems": 1,
                "items": defined("previous"),
            },
        }),
        &["halting", "halted_at", "previous"],
    )
}

fn previous() -> Value {
    strict(
        "A task that was stopped and replaced.",
        json!({
            "identity": defined("identity"),
            "marker": defined("marker"),
            "fingerprint": defined("fingerprint"),
            "halted_at": defined("moment"),
        }),
        &["halted_at"],
    )
}

fn intent() -> Value {
    strict(
        "A create that was decided on and whose outcome is not recorded.",
        json!({
            "id": pattern("Names the intent.", UUID),
            "key": pattern("The campaign's key.", KEY),
            "fingerprint": defined("fingerprint"),
            "body": defined("body"),
            "marker": defined("marker"),
            "at": defined("moment"),
            "replaces": defined("identity"),
            "stage": defined("stage"),
            "sent_before": {
                "description": "Whether it was sent and refused (401, 429) before; where it is absent, that is not known.",
                "type": "boolean",
            },
        }),
        &["replaces", "sent_before"],
    )
}

fn stage() -> Value {
    json!({
        "description": "How far the create got: `recorded` was never sent, or was refused and may be sent again, `sending` may have been, `unknown` was, and what came back says neither yes nor no.",
        "anyOf": [
            { "enum": ["recorded", "sending"] },
            strict(
                "The outcome was never learnt.",
                json!({ "unknown": strict("Why.", json!({ "reason": text("What came back instead of an answer.") }), &[]) }),
                &[],
            ),
        ],
    })
}

fn tombstone() -> Value {
    strict(
        "A task, or a create, that the state let go of.",
        json!({
            "identity": defined("identity"),
            "marker": defined("marker"),
            "name": text("Wire field `name` of the task, where it is known."),
            "fingerprint": defined("fingerprint"),
            "halted_at": defined("moment"),
            "removed_at": defined("moment"),
            "blocks": { "description": "Whether it still stops a create of the same key.", "type": "boolean" },
        }),
        &["identity", "name", "fingerprint", "halted_at"],
    )
}

/// An object whose names match a pattern and whose values are all alike.
fn by(description: &str, names: &str, values: Value) -> Value {
    json!({
        "description": description,
        "type": "object",
        "propertyNames": { "pattern": names },
        "additionalProperties": values,
    })
}
