//! The lint report as JSON: the contract for tools.

use serde::Serialize;

use super::Counts;
use crate::finding::{Applicability, Finding};
use crate::project::source::{Place, Position, SourceFile, Sources, Span};
use crate::util::printable::json;

/// The version of the report's form.
pub const FORMAT_VERSION: &str = "1.0";

/// The whole report.
#[derive(Debug, Serialize)]
pub struct JsonReport<'f> {
    format_version: &'static str,
    valid: bool,
    error_count: usize,
    warning_count: usize,
    diagnostics: Vec<JsonDiagnostic<'f>>,
}

/// One finding, alike in the report and in an event of `watch`.
#[derive(Debug, Serialize)]
pub(super) struct JsonDiagnostic<'f> {
    code: &'static str,
    name: &'static str,
    severity: &'static str,
    message: &'f str,
    help: Option<&'f str>,
    file: String,
    range: JsonRange,
    labels: Vec<JsonLabel<'f>>,
    url: Option<String>,
    fix: Option<JsonFix<'f>>,
}

#[derive(Debug, Serialize)]
struct JsonLabel<'f> {
    file: String,
    range: JsonRange,
    text: &'f str,
}

#[derive(Debug, Serialize)]
struct JsonRange {
    start: JsonPoint,
    end: JsonPoint,
}

#[derive(Debug, Serialize)]
struct JsonPoint {
    line: usize,
    column: usize,
    byte: usize,
}

#[derive(Debug, Serialize)]
struct JsonFix<'f> {
    applicability: &'static str,
    edits: Vec<JsonEdit<'f>>,
}

#[derive(Debug, Serialize)]
struct JsonEdit<'f> {
    range: JsonRange,
    text: &'f str,
}

/// Makes the report. The counts are exact even where findings are left out.
pub fn report<'f>(findings: &'f [Finding], sources: &Sources) -> JsonReport<'f> {
    let counts = Counts::of(findings);
    let shown = super::limited(findings).flat_map(|(shown, _)| shown);
    JsonReport {
        format_version: FORMAT_VERSION,
        valid: counts.errors == 0,
        error_count: counts.errors,
        warning_count: counts.warnings,
        diagnostics: shown.map(|finding| diagnostic(finding, sources)).collect(),
    }
}

/// Renders the report, with a newline at its end.
pub fn render(findings: &[Finding], sources: &Sources) -> String {
    json(&report(findings, sources))
}

pub(super) fn diagnostic<'f>(finding: &'f Finding, sources: &Sources) -> JsonDiagnostic<'f> {
    let Finding {
        rule,
        severity,
        place,
        within: _,
        enforced: _,
        message,
        label,
        help,
        labels,
        fix,
    } = finding;
    let file = sources.file(place.file);
    let own = (!label.is_empty()).then(|| one_label(*place, label, sources));
    JsonDiagnostic {
        code: rule.code,
        name: rule.name,
        severity: severity.word(),
        message,
        help: help.as_deref(),
        file: path(file),
        range: range(place.span, file),
        labels: own
            .into_iter()
            .chain(labels.iter().map(|label| one_label(label.place, &label.text, sources)))
            .collect(),
        // The rules are documented with the program (`dialform rule CODE`); they have no page yet.
        url: None,
        fix: fix.as_ref().map(|fix| JsonFix {
            applicability: match fix.applicability {
                Applicability::Safe => "safe",
                Applicability::Unsafe => "unsafe",
            },
            edits: fix
                .edits
                .iter()
                .map(|edit| JsonEdit {
                    range: range(edit.span, file),
                    text: &edit.text,
                })
                .collect(),
        }),
    }
}

fn one_label<'f>(place: Place, text: &'f str, sources: &Sources) -> JsonLabel<'f> {
    let file = sources.file(place.file);
    JsonLabel {
        file: path(file),
        range: range(place.span, file),
        text,
    }
}

fn path(file: &SourceFile) -> String {
    file.path().display().to_string()
}

fn range(span: Span, file: &SourceFile) -> JsonRange {
    JsonRange {
        start: point(file.position(span.start)),
        end: point(file.position(span.end)),
    }
}

fn point(at: Position) -> JsonPoint {
    JsonPoint {
        line: at.line,
        column: at.column,
        byte: at.byte,
    }
}
