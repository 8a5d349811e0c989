//! `environment "NAME" { … }`: one of the accounts that the same campaigns are for.

use super::{Lowering, TOP_LEVEL, whole};
use crate::fields::{PROJECT, Setting, TopLevelSpec, in_environment, in_project};
use crate::model::{AccountNode, EnvironmentNode, Spanned};
use crate::project::source::Span;
use crate::rules::bad_key::InvalidKey;
use crate::rules::misplaced_setting::MisplacedSetting;
use crate::rules::missing_argument::MissingArgument;
use crate::rules::unexpected_argument::UnexpectedArgument;
use crate::syntax::Node;
use crate::util::suggest::is_key;

/// How an environment is written.
const TAKES: &str = "environment \"name\" { … }";

impl Lowering<'_> {
    pub(super) fn environment_node(&mut self, node: Node<'_, '_>) {
        let place = self.place(node.name().span);
        if !self.is_project_file {
            let violation = MisplacedSetting {
                name: "environment",
                belongs: "in `dialform.kdl`",
            };
            self.sink.report(place, &violation);
            self.presume_names(node);
            return;
        }
        self.refuse_annotations(node);
        let name = self.environment_name(node);
        let mut account = AccountNode::default();
        let mut aliases = Vec::new();
        let mut seen: Vec<(&str, Span)> = Vec::new();
        for child in node.children() {
            let written = &*child.name().text;
            if written == "aliases" {
                self.aliases(child, &mut aliases);
                continue;
            }
            let Some(TopLevelSpec {
                name: known,
                usage: takes,
                ..
            }) = in_environment(written).copied()
            else {
                account.hides_dialect |= account.dialect.is_none();
                self.unknown_in_environment(child);
                continue;
            };
            if known != "wire-value" && self.is_second(node, child, known, &mut seen) {
                account.hides_dialect |= known == "dialect";
                continue;
            }
            self.refuse_annotations(child);
            self.account_setting(child, known, takes, &mut account);
            account.hides_dialect |= known == "dialect" && account.dialect.is_none();
        }
        account.hides_dialect |= node.is_damaged() && account.dialect.is_none();
        let whole = self.place(whole(node));
        match name {
            Some(name) => self.model.environments.push(EnvironmentNode {
                name,
                whole,
                account,
                aliases,
            }),
            None => {
                self.model.incomplete = true;
                self.presume_names(node);
            }
        }
    }

    fn environment_name(&mut self, node: Node<'_, '_>) -> Option<Spanned<Box<str>>> {
        let mut entries = node.entries().iter();
        let first = entries.next();
        let Some(first) = first.filter(|entry| entry.name.is_none()) else {
            let violation = MissingArgument {
                setting: "environment",
                takes: TAKES,
                suggestion: None,
            };
            if !node.is_damaged() {
                self.sink.report(self.place(node.name().span), &violation);
            }
            return None;
        };
        if let Some(surplus) = entries.next() {
            let violation = UnexpectedArgument {
                setting: "environment",
                takes: TAKES,
                suggestion: None,
            };
            self.sink.report(self.place(surplus.span()), &violation);
        }
        let name = self.text_value(&first.value, "environment")?;
        if is_key(&name.value) {
            return Some(name);
        }
        let violation = InvalidKey {
            kind: "environment",
            written: &name.value,
            instead: None,
        };
        self.sink.report(name.place, &violation);
        None
    }

    #[cold]
    fn unknown_in_environment(&mut self, node: Node<'_, '_>) {
        let (name, span) = (&*node.name().text, node.name().span);
        if self.is_unread(name, span) {
            return;
        }
        let belongs = match name {
            _ if in_project(name).is_some() => Some("in the `project { … }` of dialform.kdl"),
            _ if TOP_LEVEL.contains(&name) => Some("at the top level of a file"),
            _ if Setting::find(name, None).is_some() => Some("in `campaign \"…\" { … }` or a template"),
            _ => None,
        };
        if let Some(belongs) = belongs {
            self.misplaced(node, belongs);
            return;
        }
        let account = PROJECT.iter().filter(|spec| spec.of_account);
        let known: Vec<&str> = account.map(|spec| spec.name).chain(["aliases"]).collect();
        self.unknown_name(name, span, "`environment`", &known);
    }
}
