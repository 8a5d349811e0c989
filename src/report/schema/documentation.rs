//! The JSON Schemas of `rule` and `explain`, which `explain::json` writes.

use serde_json::{Value, json};

use super::{defined, pattern, strict, text};
use crate::explain::json::FORMAT_VERSION;

/// What `rule --output-format json` prints.
pub(super) fn rules() -> Value {
    let mut report = strict(
        "Rules, and all that there is to say of each.",
        json!({ "format_version": version(), "rules": list("By code, or in the order in which they were asked for.", "rule") }),
        &[],
    );
    report["$defs"] = json!({
        "rule": strict(
            "One rule.",
            json!({
                "code": code(),
                "name": text("The rule's name, which can be used wherever its code can."),
                "severity": severity("How bad a finding is where a project says nothing else."),
                "group": text("What the rules of its group are about."),
                "summary": text("What it checks."),
                "why": text("Why it matters to the people who are called, or to the bill."),
                "bad": text("An example that breaks it: lines of a campaign, or top-level nodes; empty where it is about files as such."),
                "good": text("The same, fixed."),
                "says": list("What lint says of the bad example.", "said"),
                "fix": {
                    "description": "Whether lint can fix the bad example: `--fix` applies `safe` fixes, `--unsafe-fixes` also `unsafe` ones.",
                    "enum": ["safe", "unsafe", null],
                },
                "fields": list("The fields that it is about.", "field"),
            }),
            &[],
        ),
        "said": strict(
            "A finding in the bad example.",
            json!({
                "severity": severity("How bad it is."),
                "message": text("What is wrong."),
                "at": text("The source text of the place, where it is short."),
                "label": text("A few words for the place."),
                "help": text_or_null("What to write instead."),
            }),
            &[],
        ),
        "field": strict(
            "A field, and what the API page says of it.",
            json!({
                "path": text("Its name in the language: `caller-id.id`."),
                "wire": texts("Its paths in the request body."),
                "page": text("The API page's words."),
            }),
            &[],
        ),
    });
    report
}

/// What `explain --output-format json` prints.
pub(super) fn explain() -> Value {
    let mut report = strict(
        "Parts of the language, and all that there is to say of each. Where rules are asked for, the form is that of the schema `rules`.",
        json!({ "format_version": version(), "topics": list("In the order of the language, or in which they were asked for.", "topic") }),
        &[],
    );
    report["$defs"] = json!({
        "topic": strict(
            "One node, field or kind of aliases.",
            json!({
                "kind": {
                    "description": "Where it is written: `setting` and `field` in campaigns, `project` in that node.",
                    "enum": ["setting", "field", "top-level", "project", "alias"],
                },
                "path": text("Its name: `caller-id`, `caller-id.id`, `redial.busy`, `timezone`, `aliases.number`."),
                "doc": text("What it is for."),
                "usage": texts("Every way to write it."),
                "default": text_or_null("What holds where a node outside campaigns is not written."),
                "repeats": boolean("Whether it may stand several times."),
                "fields": list("What it sets, for settings and fields.", "field"),
                "takes": list("The words and properties of a node outside campaigns.", "word"),
                "examples": list("Each of them lints clean.", "example"),
                "rules": { "description": "The rules that check it.", "type": "array", "items": code() },
            }),
            &[],
        ),
        "field": strict(
            "One field of the API page.",
            json!({
                "path": text("Its name in the language."),
                "written": text_or_null("How it is written in its node: `id=`, or the node's name; `null` where it is not written."),
                "doc": text("What it means."),
                "takes": text("What values it takes, with their units."),
                "values": list("Each value, where there are only some.", "value"),
                "required": text("When it has to be set."),
                "allowed_with": text_or_null("Beside what it has an effect; `null` where it always has."),
                "default": text_or_null("What is sent where it is not written."),
                "dialect": dialect("The dialect that it needs; a classic field is in both."),
                "wire": list("Its path in the request body.", "wire"),
                "page": text("The API page's words."),
            }),
            &[],
        ),
        "value": strict(
            "One value.",
            json!({
                "written": text_or_null("Its source text; `null` where writing no argument says it."),
                "doc": text("What it means."),
                "wire": {
                    "description": "What it becomes at each of the field's paths; `null` where nothing is sent there.",
                    "type": "array",
                    "items": { "type": ["string", "boolean", "null"] },
                },
            }),
            &[],
        ),
        "wire": strict(
            "One place in the request body.",
            json!({
                "path": text("Dotted; `[]` is each element of an array."),
                "type": text("The JSON type there, in words, with its unit."),
            }),
            &[],
        ),
        "word": strict(
            "A word, property or node that a node outside campaigns takes.",
            json!({ "written": text("How it is written."), "doc": text("What it means.") }),
            &[],
        ),
        "example": strict(
            "An example: lines of a campaign, or top-level nodes.",
            json!({ "dialect": dialect("The dialect that it needs."), "text": text("Its source text.") }),
            &[],
        ),
    });
    report
}

fn version() -> Value {
    json!({ "description": "The version of this form.", "const": FORMAT_VERSION })
}

fn code() -> Value {
    pattern("A rule's code.", "^DF[0-9]{3}$")
}

fn severity(description: &str) -> Value {
    json!({ "description": description, "enum": ["error", "warning"] })
}

fn dialect(description: &str) -> Value {
    json!({ "description": description, "enum": ["classic", "extended"] })
}

fn boolean(description: &str) -> Value {
    json!({ "description": description, "type": "boolean" })
}

fn list(description: &str, of: &str) -> Value {
    json!({ "description": description, "type": "array", "items": defined(of) })
}

fn texts(description: &str) -> Value {
    json!({ "description": description, "type": "array", "items": { "type": "string" } })
}

fn text_or_null(description: &str) -> Value {
    json!({ "description": description, "type": ["string", "null"] })
}
