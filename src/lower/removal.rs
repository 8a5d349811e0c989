//! `removed`: the top-level node that takes the place of a deleted campaign.

use super::{Lowering, fixes};
use crate::model::{Removal, RemovedTask, Spanned};
use crate::project::source::Place;
use crate::rules::bad_key::InvalidKey;
use crate::rules::missing_argument::MissingArgument;
use crate::rules::unexpected_argument::UnexpectedArgument;
use crate::rules::unexpected_block::UnexpectedBlock;
use crate::rules::unknown_property::UnknownProperty;
use crate::rules::unknown_value::UnknownValue;
use crate::syntax::{Entry, Node, Scalar};
use crate::util::suggest::{closest, is_key};

/// How `removed` is written.
const TAKES: &str = "removed \"old-key\" task=\"halt\", or task=\"keep\"";

impl Lowering<'_> {
    /// `removed "city-07" task="halt"`
    pub(super) fn removed(&mut self, node: Node<'_, '_>) -> Option<Removal> {
        self.refuse_annotations(node);
        let (mut key, mut task) = (None, None);
        let mut whole = !node.is_damaged();
        for entry in node.entries() {
            let place = self.place(entry.span());
            match entry.name.as_ref().map(|name| &*name.text) {
                None if key.is_some() => {
                    whole = false;
                    let (setting, takes) = ("removed", TAKES);
                    self.sink.report(
                        place,
                        &UnexpectedArgument {
                            setting,
                            takes,
                            suggestion: None,
                        },
                    );
                }
                None => match &entry.value.scalar {
                    Scalar::String(text) if is_key(text) => {
                        let place = Place::new(self.file, entry.value.span);
                        key = Some(Spanned::new(Box::<str>::from(text.as_ref()), place));
                    }
                    Scalar::String(text) => {
                        whole = false;
                        let violation = InvalidKey {
                            kind: "campaign",
                            written: text,
                            instead: None,
                        };
                        self.sink.report(place, &violation);
                    }
                    _ => whole &= self.text_value(&entry.value, "removed").is_some(),
                },
                Some("task") if task.is_some() => self.repeated_property("task", node, entry),
                Some("task") => {
                    task = self.removed_task(entry);
                    whole &= task.is_some();
                }
                Some(name) => {
                    whole = false;
                    let known = ["task"];
                    let suggestion = closest(name, known);
                    let violation = UnknownProperty {
                        setting: "removed",
                        name,
                        suggestion,
                        known: &known,
                        extended: &[],
                    };
                    let span = entry.name.as_ref().map_or(place.span, |name| name.span);
                    let finding = self.sink.report(self.place(span), &violation);
                    if let Some(suggestion) = suggestion {
                        finding.fix(fixes::suggested(span, name, suggestion, suggestion));
                    }
                }
            }
        }
        if let Some(block) = node.block() {
            let (setting, takes) = ("removed", TAKES);
            self.sink
                .report(self.place(block.open), &UnexpectedBlock { setting, takes });
        }
        match (key, task) {
            (Some(key), Some(task)) => Some(Removal { key, task }),
            _ => {
                if whole {
                    let (setting, takes) = ("removed", TAKES);
                    let place = self.place(node.name().span);
                    self.sink.report(
                        place,
                        &MissingArgument {
                            setting,
                            takes,
                            suggestion: None,
                        },
                    );
                }
                None
            }
        }
    }

    fn removed_task(&mut self, entry: &Entry<'_>) -> Option<RemovedTask> {
        let word = self.text_value(&entry.value, "removed.task")?;
        let known = RemovedTask::ALL.map(RemovedTask::word);
        let meant = RemovedTask::ALL.into_iter().find(|task| task.word() == &*word.value);
        if meant.is_none() {
            let suggestion = closest(&word.value, known);
            let violation = UnknownValue {
                path: "removed.task",
                value: &word.value,
                suggestion: suggestion.map(|word| format!("\"{word}\"")),
                known: known.map(|word| format!("\"{word}\"")).to_vec(),
                takes: None,
            };
            let finding = self.sink.report(word.place, &violation);
            if let Some(suggestion) = suggestion {
                let written = format!("\"{suggestion}\"");
                finding.fix(fixes::suggested(word.place.span, &word.value, suggestion, written));
            }
        }
        meant
    }
}
