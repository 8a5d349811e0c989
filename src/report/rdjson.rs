//! The Reviewdog Diagnostic Format, which reviewdog turns into review comments.
//!
//! Its reader refuses members that it does not know. Columns count bytes of UTF-8, and ends lie behind the last byte.

use serde::Serialize;

use super::{LintRun, limited, words};
use crate::finding::{Finding, Fix, Severity};
use crate::project::source::{SourceFile, Span};
use crate::util::printable::json;

#[derive(Debug, Serialize)]
struct RdjsonReport {
    source: Source,
    severity: &'static str,
    diagnostics: Vec<RdjsonDiagnostic>,
}

#[derive(Debug, Serialize)]
struct Source {
    name: &'static str,
}

#[derive(Debug, Serialize)]
struct RdjsonDiagnostic {
    message: String,
    location: RdjsonLocation,
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<Code>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Suggestion>,
}

#[derive(Debug, Serialize)]
struct RdjsonLocation {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<RdjsonRange>,
}

#[derive(Debug, Serialize)]
struct RdjsonRange {
    start: RdjsonPoint,
    end: RdjsonPoint,
}

#[derive(Debug, Serialize)]
struct RdjsonPoint {
    line: usize,
    column: usize,
}

#[derive(Debug, Serialize)]
struct Code {
    value: &'static str,
}

#[derive(Debug, Serialize)]
struct Suggestion {
    range: RdjsonRange,
    text: String,
}

/// Renders findings, which are in file order, with a newline at the end.
pub fn render(run: &LintRun<'_>) -> String {
    let mut diagnostics = Vec::new();
    for (shown, left_out) in limited(run.findings) {
        diagnostics.extend(shown.iter().map(|finding| diagnostic(finding, run)));
        if let (Some(first), 1..) = (shown.first(), left_out) {
            diagnostics.push(RdjsonDiagnostic {
                message: format!("{left_out} more findings are not shown"),
                location: RdjsonLocation {
                    path: run.path_of(first.place.file),
                    range: None,
                },
                severity: "INFO",
                code: None,
                suggestions: Vec::new(),
            });
        }
    }
    let worst = run.findings.iter().map(|finding| finding.severity).max();
    let report = RdjsonReport {
        source: Source { name: "dialform" },
        severity: worst.map_or("INFO", severity),
        diagnostics,
    };
    json(&report)
}

fn diagnostic(finding: &Finding, run: &LintRun<'_>) -> RdjsonDiagnostic {
    let file = run.sources.file(finding.place.file);
    RdjsonDiagnostic {
        message: words(finding),
        location: RdjsonLocation {
            path: run.path_of(finding.place.file),
            range: Some(range(finding.place.span, file)),
        },
        severity: severity(finding.severity),
        code: Some(Code {
            value: finding.rule.code,
        }),
        suggestions: finding.fix.iter().filter_map(|fix| suggestion(fix, file)).collect(),
    }
}

const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "ERROR",
        Severity::Warning => "WARNING",
    }
}

/// Reviewers accept suggestions one by one, so the edits of a fix are merged into one, with the text between them.
fn suggestion(fix: &Fix, file: &SourceFile) -> Option<Suggestion> {
    let mut edits: Vec<_> = fix.edits.iter().collect();
    edits.sort_by_key(|edit| edit.span);
    let (first, last) = (edits.first()?.span, edits.last()?.span);
    let mut text = String::new();
    let mut at = first.start;
    for edit in edits {
        text.push_str(file.slice(Span {
            start: at,
            end: edit.span.start,
        }));
        text.push_str(&edit.text);
        at = edit.span.end;
    }
    Some(Suggestion {
        range: range(first.to(last), file),
        text,
    })
}

fn range(span: Span, file: &SourceFile) -> RdjsonRange {
    let point = |byte| {
        let at = file.position(byte);
        RdjsonPoint {
            line: at.line,
            column: at.column_utf8,
        }
    };
    RdjsonRange {
        start: point(span.start),
        end: point(span.end),
    }
}
