//! The Reviewdog Diagnostic Format, which reviewdog turns into review comments.
//!
//! Its reader refuses members that it does not know. Columns count bytes of UTF-8, and ends lie behind the last byte.

use std::io;

use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};

use super::{LintRun, limited, words};
use crate::finding::{Finding, Fix, Severity};
use crate::project::source::{SourceFile, Span};
use crate::util::printable::TextStream;

#[derive(Serialize)]
struct RdjsonReport<'r> {
    source: Source,
    severity: &'static str,
    diagnostics: RdjsonDiagnostics<'r>,
}

#[derive(Debug, Serialize)]
struct Source {
    name: &'static str,
}

#[derive(Debug, Serialize)]
struct RdjsonDiagnostic<'r> {
    message: String,
    location: RdjsonLocation<'r>,
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<Code>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Suggestion>,
}

#[derive(Debug, Serialize)]
struct RdjsonLocation<'r> {
    path: &'r str,
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
///
/// # Errors
///
/// Where the report could not leave.
pub fn render(run: &LintRun<'_>, out: &mut TextStream<'_>) -> io::Result<()> {
    let worst = run.findings.iter().map(|finding| finding.severity).max();
    out.json(&RdjsonReport {
        source: Source { name: "dialform" },
        severity: worst.map_or("INFO", severity),
        diagnostics: RdjsonDiagnostics(run),
    })
}

/// The findings, each of which is put into its form when it is written.
struct RdjsonDiagnostics<'r>(&'r LintRun<'r>);

impl Serialize for RdjsonDiagnostics<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let run = self.0;
        let mut diagnostics = serializer.serialize_seq(None)?;
        for (shown, left_out) in limited(run.findings) {
            let Some(first) = shown.first() else { continue };
            let path = run.path_of(first.place.file);
            for finding in shown {
                diagnostics.serialize_element(&diagnostic(finding, &path, run))?;
            }
            if left_out > 0 {
                diagnostics.serialize_element(&RdjsonDiagnostic {
                    message: format!("{left_out} more findings are not shown"),
                    location: RdjsonLocation {
                        path: &path,
                        range: None,
                    },
                    severity: "INFO",
                    code: None,
                    suggestions: Vec::new(),
                })?;
            }
        }
        diagnostics.end()
    }
}

fn diagnostic<'r>(finding: &Finding, path: &'r str, run: &LintRun<'_>) -> RdjsonDiagnostic<'r> {
    let file = run.sources.file(finding.place.file);
    RdjsonDiagnostic {
        message: words(finding),
        location: RdjsonLocation {
            path,
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
