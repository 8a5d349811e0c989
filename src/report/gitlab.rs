//! GitLab's Code Quality report; GitLab matches findings between branches by fingerprint.

use serde::Serialize;

use super::fingerprint::Fingerprints;
use super::{LintRun, last, limited};
use crate::finding::{Finding, Severity};
use crate::project::source::{Position, SourceFile, Span};
use crate::util::printable::json;

#[derive(Debug, Serialize)]
struct Issue {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: GitlabLocation,
}

#[derive(Debug, Serialize)]
struct GitlabLocation {
    path: String,
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
pub fn render(run: &LintRun<'_>) -> String {
    let mut fingerprints = Fingerprints::default();
    let mut issues = Vec::new();
    for (shown, left_out) in limited(run.findings) {
        issues.extend(shown.iter().map(|finding| issue(finding, run, &mut fingerprints)));
        if let (Some(first), 1..) = (shown.first(), left_out) {
            let path = run.path_of(first.place.file);
            let file = run.sources.file(first.place.file);
            issues.push(Issue {
                description: format!("{left_out} more findings are not shown"),
                check_name: "not-shown".to_owned(),
                // There is one such issue a file at most.
                fingerprint: format!("not-shown:{path}"),
                severity: "info",
                location: GitlabLocation {
                    path,
                    positions: Positions::of(Span::point(0), file),
                },
            });
        }
    }
    json(&issues)
}

fn issue(finding: &Finding, run: &LintRun<'_>, fingerprints: &mut Fingerprints) -> Issue {
    let file = run.sources.file(finding.place.file);
    let mut description = format!("{}: {}", finding.rule.code, finding.message);
    if !finding.label.is_empty() {
        description.push_str(&format!(" ({})", finding.label));
    }
    Issue {
        // GitLab shows nothing else, in one line.
        description: description.replace(['\n', '\r'], " "),
        check_name: finding.rule.name.to_owned(),
        fingerprint: fingerprints.next(finding, run.sources),
        severity: match finding.severity {
            Severity::Error => "major",
            Severity::Warning => "minor",
        },
        location: GitlabLocation {
            path: run.path_of(finding.place.file),
            positions: Positions::of(finding.place.span, file),
        },
    }
}
