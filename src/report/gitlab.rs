//! GitLab's Code Quality report; GitLab matches findings between branches by fingerprint.

use std::io;

use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};

use super::fingerprint::Fingerprints;
use super::{LintRun, last, limited};
use crate::finding::{Finding, Severity};
use crate::project::source::{Position, SourceFile, Span};
use crate::util::printable::TextStream;

#[derive(Debug, Serialize)]
struct Issue<'r> {
    description: String,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: GitlabLocation<'r>,
}

#[derive(Debug, Serialize)]
struct GitlabLocation<'r> {
    path: &'r str,
    positions: Positions,
}

/// GitLab reads the first line. What columns count, and whether the end is the last character or lies behind it, is
/// written nowhere: these count Unicode scalar values, and the end is the last character.
#[derive(Debug, Serialize)]
struct Positions {
    begin: GitlabPoint,
    end: GitlabPoint,
}

#[derive(Debug, Serialize)]
struct GitlabPoint {
    line: usize,
    column: usize,
}

impl Positions {
    fn of(span: Span, file: &SourceFile) -> Self {
        let point = |at: Position| GitlabPoint {
            line: at.line,
            column: at.column,
        };
        Self {
            begin: point(file.position(span.start)),
            end: point(last(span, file)),
        }
    }
}

/// Renders findings, which are in file order, with a newline at the end.
///
/// # Errors
///
/// Where the report could not leave.
pub fn render(run: &LintRun<'_>, out: &mut TextStream<'_>) -> io::Result<()> {
    out.json(&Issues(run))
}

/// The issues, each of which is put into its form when it is written.
struct Issues<'r>(&'r LintRun<'r>);

impl Serialize for Issues<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let run = self.0;
        let mut fingerprints = Fingerprints::new(run);
        let mut issues = serializer.serialize_seq(None)?;
        for (shown, left_out) in limited(run.findings) {
            let Some(first) = shown.first() else { continue };
            let path = run.path_of(first.place.file);
            for finding in shown {
                issues.serialize_element(&issue(finding, &path, run, &mut fingerprints))?;
            }
            if left_out > 0 {
                let file = run.sources.file(first.place.file);
                issues.serialize_element(&Issue {
                    description: format!("{left_out} more findings are not shown"),
                    check_name: "not-shown",
                    // There is one such issue a file at most.
                    fingerprint: format!("not-shown:{path}"),
                    severity: "info",
                    location: GitlabLocation {
                        path: &path,
                        positions: Positions::of(Span::point(0), file),
                    },
                })?;
            }
        }
        issues.end()
    }
}

fn issue<'r>(finding: &Finding, path: &'r str, run: &LintRun<'_>, fingerprints: &mut Fingerprints) -> Issue<'r> {
    let file = run.sources.file(finding.place.file);
    let mut description = format!("{}: {}", finding.rule.code, finding.message);
    if !finding.label.is_empty() {
        description.push_str(&format!(" ({})", finding.label));
    }
    Issue {
        // GitLab shows nothing else, in one line.
        description: description.replace(['\n', '\r'], " "),
        check_name: finding.rule.name,
        fingerprint: fingerprints.next(finding, run.sources),
        severity: match finding.severity {
            Severity::Error => "major",
            Severity::Warning => "minor",
        },
        location: GitlabLocation {
            path,
            positions: Positions::of(finding.place.span, file),
        },
    }
}
