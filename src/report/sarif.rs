//! SARIF 2.1.0, which code-scanning services and editors read.
//!
//! Every rule is listed, so that a clean run says what was checked, too. Columns count UTF-16 code units, as the report
//! declares: what most viewers count in, those that overlook the declaration included. It has no snippets of files, since a
//! report goes to more people than the files do.

use serde_json::{Map, Value, json};

use super::fingerprint::Fingerprints;
use super::line_hash::line_hashes;
use super::{Counts, LintRun, limited, words};
use crate::finding::{Applicability, Finding, Fix, Label, Rule, Severity};
use crate::project::source::{FileId, Place, SourceFile, Span};
use crate::rules::RULES;
use crate::util::printable;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// The name of the folder that relative URIs start from; services put the repository's root there.
const BASE: &str = "%SRCROOT%";

/// Renders findings, which are in file order, with a newline at the end.
pub fn render(run: &LintRun<'_>) -> String {
    let mut fingerprints = Fingerprints::default();
    let (mut results, mut notifications) = (Vec::new(), Vec::new());
    for (shown, left_out) in limited(run.findings) {
        let Some(first) = shown.first() else { continue };
        let lines = line_hashes(run.sources.file(first.place.file).text());
        results.extend(shown.iter().map(|finding| {
            let prints = json!({
                "dialformFinding/v1": fingerprints.next(finding, run.sources),
                "primaryLocationLineHash": line_hash(finding.place, &lines, run),
            });
            result(finding, prints, run)
        }));
        if left_out > 0 {
            notifications.push(json!({
                "level": "note",
                "message": { "text": format!("{left_out} more findings are not shown") },
                "locations": [{ "physicalLocation": { "artifactLocation": artifact(first.place.file, run) } }],
            }));
        }
    }
    let counts = Counts::of(run.findings);
    let mut invocation = json!({ "executionSuccessful": true });
    if !notifications.is_empty() {
        invocation["toolExecutionNotifications"] = notifications.into();
    }
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "dialform",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": RULES.iter().map(|rule| descriptor(rule)).collect::<Value>(),
            } },
            "invocations": [invocation],
            "originalUriBaseIds": { BASE: { "uri": run.root_uri() } },
            "columnKind": "utf16CodeUnits",
            "results": results,
            "properties": { "errorCount": counts.errors, "warningCount": counts.warnings },
        }],
    });
    printable::json(&log)
}

fn descriptor(rule: &Rule) -> Value {
    let mut plain = format!("{}\n\n{}", rule.summary, rule.why);
    let mut markdown = plain.clone();
    for (title, example) in [("Wrong", rule.bad), ("Right", rule.good)] {
        if !example.is_empty() {
            plain.push_str(&format!("\n\n{title}:\n\n{example}"));
            markdown.push_str(&format!("\n\n{title}:\n\n```kdl\n{example}\n```"));
        }
    }
    json!({
        "id": rule.code,
        "name": rule.name,
        "shortDescription": { "text": rule.summary },
        "fullDescription": { "text": format!("{} {}", rule.summary, rule.why) },
        "help": { "text": plain, "markdown": markdown },
        "defaultConfiguration": { "level": rule.severity.as_str() },
        "properties": {
            "tags": ["dialform", rule.group.tag()],
            "problem.severity": rule.severity.as_str(),
        },
    })
}

/// The hash of the line that a place begins in, which GitHub uses to match findings between runs.
fn line_hash<'a>(place: Place, lines: &'a [String], run: &LintRun<'_>) -> Option<&'a str> {
    let line = run.sources.file(place.file).position(place.span.start).line;
    lines.get(line - 1).map(String::as_str)
}

fn result(finding: &Finding, fingerprints: Value, run: &LintRun<'_>) -> Value {
    let Finding {
        rule,
        severity,
        place,
        within,
        enforced: _,
        message: _,
        label,
        help: _,
        labels,
        fix,
    } = finding;
    let mut main = location(*place, run);
    if !label.is_empty() {
        main["message"] = message(label);
    }
    if let Some(within) = within {
        main["logicalLocations"] = json!([{
            "name": within.name,
            "fullyQualifiedName": format!("{} {}", within.keyword, within.name),
            "kind": within.keyword,
        }]);
    }
    let mut result = Map::new();
    result.insert("ruleId".to_owned(), json!(rule.code));
    if let Some(index) = RULES.iter().position(|known| known.code == rule.code) {
        result.insert("ruleIndex".to_owned(), json!(index));
    }
    let level = match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    result.insert("level".to_owned(), json!(level));
    result.insert("message".to_owned(), message(&words(finding)));
    result.insert("locations".to_owned(), json!([main]));
    if !labels.is_empty() {
        let related = labels
            .iter()
            .enumerate()
            .map(|(index, label)| related(index, label, run));
        result.insert("relatedLocations".to_owned(), related.collect());
    }
    result.insert("partialFingerprints".to_owned(), fingerprints);
    if let Some(fix) = fix {
        result.insert("fixes".to_owned(), json!([one_fix(fix, place.file, run)]));
    }
    Value::Object(result)
}

/// Doubles braces, which are placeholders in SARIF messages.
fn message(text: &str) -> Value {
    json!({ "text": text.replace('{', "{{").replace('}', "}}") })
}

fn related(index: usize, label: &Label, run: &LintRun<'_>) -> Value {
    let mut related = location(label.place, run);
    related["id"] = json!(index + 1);
    related["message"] = message(&label.text);
    related
}

fn location(place: Place, run: &LintRun<'_>) -> Value {
    json!({ "physicalLocation": {
        "artifactLocation": artifact(place.file, run),
        "region": region(place.span, run.sources.file(place.file)),
    } })
}

fn artifact(file: FileId, run: &LintRun<'_>) -> Value {
    let uri = run.uri(run.sources.file(file).path());
    if uri.is_below_root {
        json!({ "uri": uri.text, "uriBaseId": BASE })
    } else {
        json!({ "uri": uri.text })
    }
}

/// A region; its end is behind the last character.
fn region(span: Span, file: &SourceFile) -> Value {
    let (start, end) = (file.position(span.start), file.position(span.end));
    json!({
        "startLine": start.line,
        "startColumn": start.column_utf16,
        "endLine": end.line,
        "endColumn": end.column_utf16,
    })
}

fn one_fix(fix: &Fix, file: FileId, run: &LintRun<'_>) -> Value {
    let description = match fix.applicability {
        Applicability::Safe => "Keeps what was meant",
        Applicability::Unsafe => "Probably what was meant: look at it first",
    };
    let replacements = fix.edits.iter().map(|edit| {
        let deleted = region(edit.span, run.sources.file(file));
        if edit.text.is_empty() {
            json!({ "deletedRegion": deleted })
        } else {
            json!({ "deletedRegion": deleted, "insertedContent": { "text": edit.text } })
        }
    });
    json!({
        "description": { "text": description },
        "artifactChanges": [{
            "artifactLocation": artifact(file, run),
            "replacements": replacements.collect::<Value>(),
        }],
    })
}
