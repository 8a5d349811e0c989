//! Settings on one line without a `;` between them: `busy after="20m" times=3 no-answer #false`.

use super::Lowering;
use super::setting::SettingBuilder;
use crate::fields::Setting;
use crate::finding::{Edit, Fix};
use crate::project::source::Span;
use crate::rules::unexpected_argument::MissingSemicolon;
use crate::syntax::{Entry, Node};

impl Lowering<'_> {
    /// Whether a setting of its own begins with the first of `rest`, an argument that the node does not take. Reports it, and
    /// presumes the settings behind it.
    #[cold]
    pub(super) fn begins_setting(
        &mut self,
        node: Node<'_, '_>,
        rest: &[Entry<'_>],
        stated: &mut SettingBuilder<'_>,
    ) -> bool {
        let parent = stated.setting.spec().parent;
        let mut starts: Vec<(Setting, Span)> = Vec::new();
        for (index, entry) in rest.iter().enumerate() {
            let written = self.text.get(entry.value.span.range()).unwrap_or_default();
            let is_last = index + 1 == rest.len();
            let is_followed = !is_last || node.block().is_some();
            if let Some(setting) = Setting::find(written, parent).filter(|_| entry.name.is_none() && is_followed) {
                starts.push((setting, entry.value.span));
            } else if index == 0 {
                return false;
            }
        }
        let Some((first, place)) = starts.first().copied() else {
            return false;
        };
        // What was reported of it as a value.
        self.sink.take_last_at(place);
        let violation = MissingSemicolon {
            setting: stated.setting.spec().name,
            next: first.spec().name,
        };
        let text = self.text;
        let edits = starts.iter().map(|(_, span)| {
            let before = text.get(..span.start as usize).unwrap_or_default();
            let blanks = before.trim_end_matches([' ', '\t']).len();
            Edit {
                span: Span::new(blanks, span.start as usize),
                text: "; ".to_owned(),
            }
        });
        let mut fix = Fix::safe(place, "");
        fix.edits = edits.collect();
        self.sink.report(self.place(place), &violation).fix(fix);
        stated.incomplete = true;
        self.presumed.extend(starts.into_iter().map(|(setting, _)| setting));
        true
    }
}
