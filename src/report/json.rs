//! The lint report as JSON: the contract with other programs.

use std::borrow::Cow;
use std::io;

use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use super::Counts;
use crate::finding::{Applicability, Finding};
use crate::project::source::{Place, Position, SourceFile, Sources, Span};
use crate::util::printable::TextStream;

/// The version of the report's format.
pub const FORMAT_VERSION: &str = "1.0";

/// Every finding of one run. The counts are exact even if a file has so many findings that some are left out.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct JsonReport<'f> {
    /// The version of this format.
    #[schemars(extend("const" = FORMAT_VERSION))]
    format_version: &'static str,
    /// Whether there are no errors.
    valid: bool,
    /// The number of errors.
    error_count: usize,
    /// The number of warnings.
    warning_count: usize,
    /// The findings, by file and place.
    #[schemars(with = "Vec<JsonDiagnostic<'f>>")]
    diagnostics: Diagnostics<'f>,
}

/// The findings of a report, each of which is put into its form when it is written.
#[derive(Debug)]
struct Diagnostics<'f> {
    findings: &'f [Finding],
    sources: &'f Sources,
}

impl Serialize for Diagnostics<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let shown = super::limited(self.findings).flat_map(|(shown, _)| shown);
        serializer.collect_seq(shown.map(|finding| diagnostic(finding, self.sources)))
    }
}

/// A finding, the same in a report and in an event of `watch`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "diagnostic", deny_unknown_fields)]
pub(crate) struct JsonDiagnostic<'f> {
    /// The rule's code, which is never reused.
    #[schemars(regex(pattern = "^DF[0-9]{3}$"))]
    code: &'static str,
    /// The rule's name.
    #[schemars(regex(pattern = "^[a-z0-9]+(-[a-z0-9]+)*$"))]
    name: &'static str,
    /// Errors stop plan and apply.
    #[schemars(extend("enum" = ["error", "warning"]))]
    severity: &'static str,
    /// What is wrong.
    message: &'f str,
    /// What to do about it.
    help: Option<&'f str>,
    /// The path, relative to the working folder if it is below it.
    file: Cow<'f, str>,
    /// Where it is.
    range: JsonRange,
    /// The finding's own label first, if it has one; then other places, possibly in other files.
    labels: Vec<JsonLabel<'f>>,
    /// A page about the rule.
    url: Option<String>,
    /// What to write instead, if that is known.
    fix: Option<JsonFix<'f>>,
}

/// A related place, and how it is related.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "label", deny_unknown_fields)]
struct JsonLabel<'f> {
    /// The path, relative to the working folder if it is below it.
    file: Cow<'f, str>,
    /// Where it is.
    range: JsonRange,
    /// The text of the label.
    text: &'f str,
}

/// From the first character to behind the last.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "range", deny_unknown_fields)]
struct JsonRange {
    /// The first character.
    start: JsonPoint,
    /// Behind the last character.
    end: JsonPoint,
}

/// A place in a file.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "point", deny_unknown_fields)]
struct JsonPoint {
    /// The line, 1-based.
    #[schemars(range(min = 1))]
    line: usize,
    /// The column in Unicode scalar values, 1-based.
    #[schemars(range(min = 1))]
    column: usize,
    /// The byte of the file, 0-based.
    byte: usize,
}

/// What to write instead.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "fix", deny_unknown_fields)]
struct JsonFix<'f> {
    /// `safe`: certainly what was meant. `unsafe`: probably; a person should look.
    #[schemars(extend("enum" = ["safe", "unsafe"]))]
    applicability: &'static str,
    /// The edits, all in the finding's own file.
    edits: Vec<JsonEdit<'f>>,
}

/// A replacement of a range.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "edit", deny_unknown_fields)]
struct JsonEdit<'f> {
    /// What is replaced.
    range: JsonRange,
    /// The new text.
    text: &'f str,
}

/// Makes the report. The counts are exact even where findings are left out.
pub fn report<'f>(findings: &'f [Finding], sources: &'f Sources) -> JsonReport<'f> {
    let counts = Counts::of(findings);
    JsonReport {
        format_version: FORMAT_VERSION,
        valid: counts.errors == 0,
        error_count: counts.errors,
        warning_count: counts.warnings,
        diagnostics: Diagnostics { findings, sources },
    }
}

/// Renders the report, with a newline at its end.
///
/// # Errors
///
/// Where the report could not leave.
pub fn render(findings: &[Finding], sources: &Sources, out: &mut TextStream<'_>) -> io::Result<()> {
    out.json(&report(findings, sources))
}

pub(super) fn diagnostic<'f>(finding: &'f Finding, sources: &'f Sources) -> JsonDiagnostic<'f> {
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
        severity: severity.as_str(),
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

fn one_label<'f>(place: Place, text: &'f str, sources: &'f Sources) -> JsonLabel<'f> {
    let file = sources.file(place.file);
    JsonLabel {
        file: path(file),
        range: range(place.span, file),
        text,
    }
}

fn path(file: &SourceFile) -> Cow<'_, str> {
    file.path().to_string_lossy()
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
