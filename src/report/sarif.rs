//! SARIF 2.1.0, which code-scanning services and editors read.
//!
//! Every rule is listed, so that a clean run says what was checked, too. Columns count UTF-16 code units, as the report
//! declares: what most viewers count in, those that overlook the declaration included. It has no snippets of files, since a
//! report goes to more people than the files do.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io;

use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};

use super::fingerprint::Fingerprints;
use super::line_hash::line_hashes;
use super::run::Uri;
use super::{Counts, LintRun, limited, words};
use crate::finding::{Applicability, Edit, Finding, Fix, Rule, Severity};
use crate::project::source::{FileId, Place, SourceFile, Span};
use crate::rules::RULES;
use crate::util::printable::TextStream;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// The name of the folder that relative URIs start from; services put the repository's root there.
const BASE: &str = "%SRCROOT%";

/// Renders findings, which are in file order, with a newline at the end.
///
/// # Errors
///
/// Where the report could not leave.
pub fn render(run: &LintRun<'_>, out: &mut TextStream<'_>) -> io::Result<()> {
    let root = run.root_uri();
    let counts = Counts::of(run.findings);
    let version = env!("CARGO_PKG_VERSION");
    out.json(&SarifLog {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [SarifRun {
            tool: Tool {
                driver: Driver {
                    name: "dialform",
                    version,
                    semantic_version: version,
                    rules: RULES.iter().map(|rule| Descriptor::of(rule)).collect(),
                },
            },
            invocations: [Invocation {
                execution_successful: true,
                tool_execution_notifications: notifications(run),
            }],
            original_uri_base_ids: BaseIds {
                root: BaseUri { uri: &root },
            },
            column_kind: "utf16CodeUnits",
            results: Results(run),
            properties: RunProperties {
                error_count: counts.errors,
                warning_count: counts.warnings,
            },
        }],
    })
}

#[derive(Serialize)]
struct SarifLog<'r> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [SarifRun<'r>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifRun<'r> {
    tool: Tool,
    invocations: [Invocation; 1],
    original_uri_base_ids: BaseIds<'r>,
    column_kind: &'static str,
    results: Results<'r>,
    properties: RunProperties,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    version: &'static str,
    semantic_version: &'static str,
    rules: Vec<Descriptor>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct BaseIds<'r> {
    /// Under the name that [`BASE`] is.
    #[serde(rename = "%SRCROOT%")]
    root: BaseUri<'r>,
}

#[derive(Serialize)]
struct BaseUri<'r> {
    uri: &'r str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RunProperties {
    error_count: usize,
    warning_count: usize,
}

/// What is said besides results.
#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Message<'static>,
    locations: [FileLocation; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FileLocation {
    physical_location: PhysicalFile,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalFile {
    artifact_location: Artifact,
}

/// How many findings of a file are left out.
fn notifications(run: &LintRun<'_>) -> Vec<Notification> {
    let left_out = results_of_files(run.findings).filter(|(_, _, left_out)| *left_out > 0);
    let notifications = left_out.map(|(file, _, left_out)| Notification {
        level: "note",
        message: Message::of(format!("{left_out} more findings are not shown")),
        locations: [FileLocation {
            physical_location: PhysicalFile {
                artifact_location: Artifact::of(file, run),
            },
        }],
    });
    notifications.collect()
}

/// A rule.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    id: &'static str,
    name: &'static str,
    short_description: Message<'static>,
    full_description: Message<'static>,
    help: Help,
    default_configuration: RuleDefaults,
    properties: RuleProperties,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Serialize)]
struct RuleDefaults {
    level: &'static str,
}

#[derive(Serialize)]
struct RuleProperties {
    tags: [&'static str; 2],
    #[serde(rename = "problem.severity")]
    severity: &'static str,
}

impl Descriptor {
    fn of(rule: &'static Rule) -> Self {
        let mut plain = format!("{}\n\n{}", rule.summary, rule.why);
        let mut markdown = plain.clone();
        for (title, example) in [("Wrong", rule.bad), ("Right", rule.good)] {
            if !example.is_empty() {
                plain.push_str(&format!("\n\n{title}:\n\n{example}"));
                markdown.push_str(&format!("\n\n{title}:\n\n```kdl\n{example}\n```"));
            }
        }
        let severity = rule.severity.as_str();
        Self {
            id: rule.code,
            name: rule.name,
            short_description: Message::of(rule.summary),
            full_description: Message::of(format!("{} {}", rule.summary, rule.why)),
            help: Help { text: plain, markdown },
            default_configuration: RuleDefaults { level: severity },
            properties: RuleProperties {
                tags: ["dialform", rule.group.tag()],
                severity,
            },
        }
    }
}

/// A text for people.
#[derive(Serialize)]
struct Message<'f> {
    text: Cow<'f, str>,
}

impl<'f> Message<'f> {
    fn of(text: impl Into<Cow<'f, str>>) -> Self {
        Self { text: text.into() }
    }

    /// Doubles braces, which are placeholders in the messages of results.
    fn doubled(text: impl Into<Cow<'f, str>>) -> Self {
        let text: Cow<'f, str> = text.into();
        match text.contains(['{', '}']) {
            true => Self::of(text.replace('{', "{{").replace('}', "}}")),
            false => Self { text },
        }
    }
}

/// GitHub refuses a run with more results.
const MAX_RESULTS: usize = 25_000;

/// Each file, its findings that are results, and how many of it are not.
fn results_of_files(findings: &[Finding]) -> impl Iterator<Item = (FileId, &[Finding], usize)> {
    let mut room = MAX_RESULTS;
    limited(findings).filter_map(move |(shown, left_out)| {
        let fitting = shown.len().min(room);
        room -= fitting;
        let file = shown.first()?.place.file;
        Some((file, &shown[..fitting], left_out + shown.len() - fitting))
    })
}

/// The findings, each of which is put into its form when it is written.
struct Results<'r>(&'r LintRun<'r>);

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let run = self.0;
        let indexes: HashMap<&str, usize> = RULES
            .iter()
            .enumerate()
            .map(|(index, rule)| (rule.code, index))
            .collect();
        let mut fingerprints = Fingerprints::new(run);
        let mut results = serializer.serialize_seq(None)?;
        for (id, shown, _) in results_of_files(run.findings) {
            if shown.is_empty() {
                break;
            }
            let artifact = Artifact::of(id, run);
            let file = InFile { run, id, artifact };
            let lines = line_hashes(run.sources.file(file.id).text());
            for finding in shown {
                let prints = PartialFingerprints {
                    own: fingerprints.next(finding, run.sources),
                    line: line_hash(finding.place, &lines, run),
                };
                results.serialize_element(&file.result(finding, indexes.get(finding.rule.code).copied(), prints))?;
            }
        }
        results.end()
    }
}

/// The hash of the line that a place begins in, which GitHub uses to match findings between runs.
fn line_hash<'a>(place: Place, lines: &'a [String], run: &LintRun<'_>) -> Option<&'a str> {
    let line = run.sources.file(place.file).position(place.span.start).line;
    lines.get(line - 1).map(String::as_str)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult<'f> {
    rule_id: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: &'static str,
    message: Message<'f>,
    locations: [ResultLocation<'f>; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<ResultLocation<'f>>,
    partial_fingerprints: PartialFingerprints<'f>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fixes: Option<[SarifFix<'f>; 1]>,
}

#[derive(Serialize)]
struct PartialFingerprints<'f> {
    #[serde(rename = "dialformFinding/v1")]
    own: String,
    #[serde(rename = "primaryLocationLineHash")]
    line: Option<&'f str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResultLocation<'f> {
    physical_location: PhysicalLocation<'f>,
    /// Of a related place.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message<'f>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logical_locations: Option<[LogicalLocation<'f>; 1]>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation<'f> {
    artifact_location: Cow<'f, Artifact>,
    region: Region,
}

/// The campaign or template around a place.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation<'f> {
    name: &'f str,
    fully_qualified_name: String,
    kind: &'static str,
}

/// A file.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri_base_id: Option<&'static str>,
}

impl Artifact {
    fn of(file: FileId, run: &LintRun<'_>) -> Self {
        let Uri { text, is_below_root } = run.uri(run.sources.file(file).path());
        Self {
            uri: text,
            uri_base_id: is_below_root.then_some(BASE),
        }
    }
}

/// A part of a file; its end is behind the last character.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

impl Region {
    fn of(span: Span, file: &SourceFile) -> Self {
        let (start, end) = (file.position(span.start), file.position(span.end));
        Self {
            start_line: start.line,
            start_column: start.column_utf16,
            end_line: end.line,
            end_column: end.column_utf16,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifFix<'f> {
    description: Message<'static>,
    artifact_changes: [ArtifactChange<'f>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactChange<'f> {
    artifact_location: &'f Artifact,
    replacements: Vec<SarifReplacement<'f>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifReplacement<'f> {
    deleted_region: Region,
    #[serde(skip_serializing_if = "Option::is_none")]
    inserted_content: Option<Message<'f>>,
}

/// What the results of one file share.
struct InFile<'r> {
    run: &'r LintRun<'r>,
    id: FileId,
    artifact: Artifact,
}

impl InFile<'_> {
    fn result<'f>(
        &'f self,
        finding: &'f Finding,
        rule_index: Option<usize>,
        partial_fingerprints: PartialFingerprints<'f>,
    ) -> SarifResult<'f> {
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
        let message = (!label.is_empty()).then(|| Message::doubled(label.as_str()));
        let related = labels.iter().enumerate().map(|(index, label)| ResultLocation {
            physical_location: self.location(label.place),
            id: Some(index + 1),
            message: Some(Message::doubled(label.text.as_str())),
            logical_locations: None,
        });
        SarifResult {
            rule_id: rule.code,
            rule_index,
            level: match severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            },
            message: Message::doubled(words(finding)),
            locations: [ResultLocation {
                physical_location: self.location(*place),
                id: None,
                message,
                logical_locations: within.as_ref().map(|within| {
                    [LogicalLocation {
                        name: &within.name,
                        fully_qualified_name: format!("{} {}", within.keyword, within.name),
                        kind: within.keyword,
                    }]
                }),
            }],
            related_locations: related.collect(),
            partial_fingerprints,
            fixes: fix.as_ref().map(|fix| [self.fix(fix)]),
        }
    }

    fn location(&self, place: Place) -> PhysicalLocation<'_> {
        PhysicalLocation {
            artifact_location: match place.file == self.id {
                true => Cow::Borrowed(&self.artifact),
                false => Cow::Owned(Artifact::of(place.file, self.run)),
            },
            region: Region::of(place.span, self.run.sources.file(place.file)),
        }
    }

    fn fix<'f>(&'f self, fix: &'f Fix) -> SarifFix<'f> {
        let description = match fix.applicability {
            Applicability::Safe => "Keeps what was meant",
            Applicability::Unsafe => "Probably what was meant: look at it first",
        };
        let file = self.run.sources.file(self.id);
        let replacement = |edit: &'f Edit| SarifReplacement {
            deleted_region: Region::of(edit.span, file),
            inserted_content: (!edit.text.is_empty()).then(|| Message::of(edit.text.as_str())),
        };
        SarifFix {
            description: Message::of(description),
            artifact_changes: [ArtifactChange {
                artifact_location: &self.artifact,
                replacements: fix.edits.iter().map(replacement).collect(),
            }],
        }
    }
}
