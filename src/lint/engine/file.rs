//! Lints one file by itself, from nothing but its text: its findings, and its part of the project's index.

use std::borrow::Cow;
use std::sync::Arc;

use crate::finding::{Finding, Sink};
use crate::lint::suppress;
use crate::lower::lower;
use crate::model::{CampaignEntry, Definition, File, FileIndex, FileModel, Resolved, Swallowed};
use crate::project::read_file::FileContent;
use crate::project::source::{FileId, Place, Span};
use crate::rules::file_too_large::FileTooLarge;
use crate::rules::not_utf8::NotUtf8;
use crate::rules::unreadable_file;
use crate::rules::utf16::Utf16;
use crate::rules::{self, report_syntax_errors};
use crate::syntax::{self, ParseBuffers};
use crate::util::boundary::PathError;

/// The result of linting one file.
#[derive(Debug)]
pub struct FileResult {
    /// The text that was linted.
    pub content: Arc<str>,
    /// Its part of the project's index.
    pub index: FileIndex,
    /// The findings in it by itself.
    pub findings: Vec<Finding>,
}

/// Lints files one by one, reusing the parser's buffers.
#[derive(Default)]
pub struct FileLinter {
    buffers: ParseBuffers,
}

impl FileLinter {
    /// Lints a file that was read. `is_project_file` says whether `project` is allowed in it.
    pub fn lint(&mut self, file: FileId, loaded: FileContent<&str>, is_project_file: bool) -> FileResult {
        let (text, problem) = match loaded {
            FileContent::Text(text) => return self.lint_text(file, text, is_project_file),
            FileContent::NotUtf8 { text, offset, byte } => (Cow::Owned(text), Problem::NotUtf8 { offset, byte }),
            FileContent::Utf16 => (Cow::default(), Problem::Utf16),
            FileContent::TooLarge { bytes, limit } => (Cow::default(), Problem::TooLarge { bytes, limit }),
            FileContent::Unreadable { why } => (Cow::default(), Problem::Unreadable { why }),
        };
        let mut sink = Sink::default();
        let index = FileIndex {
            // Nobody knows what it declares.
            incomplete: true,
            swallowed: Swallowed::ALL,
            hides_project: is_project_file,
            ..FileIndex::new(file)
        };
        report_problem(file, &text, problem, &mut sink);
        if let Some(finding) = sink.first_in(Span::point(0)) {
            finding.add_help(Swallowed::ALL.words());
        }
        FileResult {
            content: Arc::from(text),
            index,
            findings: sink.into_findings(),
        }
    }

    /// Lints the text of a file.
    pub fn lint_text(&mut self, file: FileId, text: &str, is_project_file: bool) -> FileResult {
        let mut sink = Sink::default();
        let mut has_partial_campaign = false;
        let keep = |campaign: Definition, sink: &mut Sink| {
            has_partial_campaign |= campaign.is_partial();
            rules::check_definition(&campaign, sink);
            if campaign.template.is_none() {
                rules::check_campaign(&Resolved::alone(&campaign), sink);
            }
            CampaignEntry::new(campaign)
        };
        let (index, is_kdl) = self.lower(file, text, is_project_file, &mut sink, keep);
        for template in &index.templates {
            rules::check_definition(template, &mut sink);
        }
        rules::check_text(file, text, &mut sink);
        account_for_gaps(!is_kdl || has_partial_campaign || index.is_partial(), file, &mut sink);
        FileResult {
            content: Arc::from(text),
            index,
            findings: sink.into_findings(),
        }
    }

    /// The full model of a text that was linted before.
    pub(super) fn relower(&mut self, file: FileId, text: &str, is_project_file: bool) -> FileModel {
        let keep = |campaign: Definition, _: &mut Sink| campaign;
        self.lower(file, text, is_project_file, &mut Sink::default(), keep).0
    }

    /// Parses and lowers a text. Also returns whether it is KDL, so that all of it could be read.
    fn lower<C>(
        &mut self,
        file: FileId,
        text: &str,
        is_project_file: bool,
        sink: &mut Sink,
        keep: impl FnMut(Definition, &mut Sink) -> C,
    ) -> (File<C>, bool) {
        let parsed = syntax::parse_in(text, &mut self.buffers);
        report_syntax_errors(file, text, &parsed.errors, sink);
        let mut model = lower(file, &parsed, is_project_file, sink, keep);
        model.incomplete |= parsed.hides_names();
        model.suppressions = suppress::read(file, &parsed, sink);
        let is_kdl = parsed.is_kdl();
        self.buffers.recycle(parsed);
        (model, is_kdl)
    }
}

/// Why a file has no text to parse.
enum Problem {
    NotUtf8 { offset: usize, byte: u8 },
    Utf16,
    TooLarge { bytes: u64, limit: u64 },
    Unreadable { why: PathError },
}

/// Reports why a file has no text to parse.
fn report_problem(file: FileId, content: &str, problem: Problem, sink: &mut Sink) {
    let start = Place::new(file, Span::point(0));
    match problem {
        Problem::NotUtf8 { offset, byte } => {
            let end = offset
                + content
                    .get(offset..)
                    .and_then(|rest| rest.chars().next())
                    .map_or(0, char::len_utf8);
            sink.report(Place::new(file, Span::new(offset, end)), &NotUtf8 { offset, byte });
        }
        Problem::Utf16 => drop(sink.report(start, &Utf16)),
        Problem::TooLarge { bytes, limit } => drop(sink.report(start, &FileTooLarge { bytes, limit })),
        Problem::Unreadable { why } => unreadable_file::report(start, &why, sink),
    }
}

/// Makes sure that a finding blocks plan and apply where a part of the file is missing in the model: nothing after this would
/// notice. Where there is such a finding already, this does nothing.
fn account_for_gaps(is_partial: bool, file: FileId, sink: &mut Sink) {
    if is_partial && !sink.has(Finding::always_blocks_apply) {
        let why = "a part of it was not understood, and nothing says which: this is a fault of dialform";
        unreadable_file::report(
            Place::new(file, Span::point(0)),
            &PathError::System(why.to_owned()),
            sink,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Severity;
    use crate::rules::invisible_character::InvisibleCharacter;

    #[test]
    fn a_gap_without_an_error_is_one() {
        let file = FileId::at(0);
        let mut sink = Sink::default();
        account_for_gaps(false, file, &mut sink);
        assert!(sink.is_empty());
        account_for_gaps(true, file, &mut sink);
        assert!(sink.has(Finding::always_blocks_apply));
        sink = Sink::default();

        let place = Place::new(file, Span::point(0));
        sink.report(place, &InvisibleCharacter { character: '\u{200B}' })
            .severity = Severity::Warning;
        account_for_gaps(true, file, &mut sink);
        assert!(sink.has(Finding::always_blocks_apply), "a warning is not enough");
        let found = sink.len();
        account_for_gaps(true, file, &mut sink);
        assert_eq!(sink.len(), found);
    }
}
