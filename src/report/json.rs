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
pub struct Report<'f> {
    format_version: &'static str,
    valid: bool,
    error_count: usize,
    warning_count: usize,
    diagnostics: Vec<Diagnostic<'f>>,
}

/// One finding, alike in the report and in an event of `watch`.
#[derive(Debug, Serialize)]
pub(super) struct Diagnostic<'f> {
    code: &'static str,
    name: &'static str,
    severity: &'static str,
    message: &'f str,
    help: Option<&'f str>,
    file: String,
    range: Range,
    labels: Vec<Label<'f>>,
    url: Option<String>,
    fix: Option<Fix<'f>>,
}

#[derive(Debug, Serialize)]
struct Label<'f> {
    file: String,
    range: Range,
    text: &'f str,
}

#[derive(Debug, Serialize)]
struct Range {
    start: Point,
    end: Point,
}

#[derive(Debug, Serialize)]
struct Point {
    line: usize,
    column: usize,
    byte: usize,
}

#[derive(Debug, Serialize)]
struct Fix<'f> {
    applicability: &'static str,
    edits: Vec<Edit<'f>>,
}

#[derive(Debug, Serialize)]
struct Edit<'f> {
    range: Range,
    text: &'f str,
}

/// Makes the report. The counts are exact even where findings are left out.
pub fn report<'f>(findings: &'f [Finding], sources: &Sources) -> Report<'f> {
    let counts = Counts::of(findings);
    let shown = super::limited(findings).flat_map(|(shown, _)| shown);
    Report {
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

pub(super) fn diagnostic<'f>(finding: &'f Finding, sources: &Sources) -> Diagnostic<'f> {
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
    Diagnostic {
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
        fix: fix.as_ref().map(|fix| Fix {
            applicability: match fix.applicability {
                Applicability::Safe => "safe",
                Applicability::Unsafe => "unsafe",
            },
            edits: fix
                .edits
                .iter()
                .map(|edit| Edit {
                    range: range(edit.span, file),
                    text: &edit.text,
                })
                .collect(),
        }),
    }
}

fn one_label<'f>(place: Place, text: &'f str, sources: &Sources) -> Label<'f> {
    let file = sources.file(place.file);
    Label {
        file: path(file),
        range: range(place.span, file),
        text,
    }
}

fn path(file: &SourceFile) -> String {
    file.path().display().to_string()
}

fn range(span: Span, file: &SourceFile) -> Range {
    Range {
        start: point(file.position(span.start)),
        end: point(file.position(span.end)),
    }
}

fn point(at: Position) -> Point {
    Point {
        line: at.line,
        column: at.column,
        byte: at.byte,
    }
}
