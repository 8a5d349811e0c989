//! The documentation behind `dialform explain` and `dialform rule`: from a word to the pages about it. Everything is generated
//! from the field table and the rules.

pub mod example;
pub mod json;
mod top_level;
mod page;
mod rule;
mod setting;
mod topic;

pub use page::{DocPage, PageBlock};
pub use rule::{ExampleFinding, FieldWords, RuleDoc, page as rule_page, rule};
pub use setting::examples_of;
pub use top_level::{alias_example, example_of};
pub use topic::{Hit, Topic, find, suggestion, topics};

use crate::fields::{AliasKind, PROJECT, SETTINGS, TOP_LEVEL};
use crate::finding::{RuleGroup, Severity};
use crate::rules::{in_group, selectors_of};

/// The page of a topic.
pub fn page(topic: Topic) -> DocPage {
    match topic {
        Topic::Setting(setting) => setting::setting_page(setting),
        Topic::Field(field) => setting::field_page(field),
        Topic::TopLevel(spec) => top_level::top_level_page(spec),
        Topic::Alias(kind) => top_level::alias_page(kind),
        Topic::Rule(rule) => rule::page(rule),
    }
}

/// A list of everything that has a page.
pub fn contents() -> DocPage {
    let mut page = DocPage::new(
        "The language",
        "`dialform explain WORD` says all about one: by its name here or on the wire, or by a value.",
    );
    page.heading("At the top level of a file")
        .items(top_level::listed(&TOP_LEVEL));
    page.heading("In `project`").items(top_level::listed(&PROJECT));
    let directly = SETTINGS.iter().filter(|spec| spec.parent.is_none());
    let settings = top_level::listed_settings(directly.map(|spec| spec.id));
    page.heading("In a campaign or template").items(settings);
    let inner = SETTINGS.iter().filter(|spec| spec.parent.is_some());
    let inner = top_level::listed_settings(inner.map(|spec| spec.id));
    page.heading("In `redial`").items(inner);
    let kinds = AliasKind::ALL.into_iter();
    let kinds = kinds.map(|kind| (format!("`aliases.{}`", kind.word()), setting::sentence(kind.doc())));
    page.heading("In `aliases`").items(kinds.collect());
    page
}

/// Every rule in a list, by group.
pub fn rules_contents() -> DocPage {
    let mut page = DocPage::new(
        "The rules",
        "`dialform rule CODE` says all about one; a name or a group does as well. What they find is an error where \
         nothing else is said.",
    );
    for group in RuleGroup::ALL {
        let rules = in_group(group).map(|rule| {
            let words = match rule.severity {
                Severity::Error => rule.summary.to_owned(),
                Severity::Warning => format!("{} (warning)", rule.summary),
            };
            (format!("{} {}", rule.code, rule.name), words)
        });
        let rules: Vec<_> = rules.collect();
        if !rules.is_empty() {
            let selectors: Vec<&str> = selectors_of(group).collect();
            page.heading(format!("{} ({})", group.title(), selectors.join(", ")))
                .items(rules);
        }
    }
    page
}

/// The page of a word that means several topics: it lists the longer word of each.
pub fn choice_of(word: &str, hits: &[Hit]) -> DocPage {
    let mut page = DocPage::new(word, "This word stands in several places; each has a longer name.");
    let items = hits.iter().map(|hit| {
        let about = match &hit.note {
            Some(note) => format!("{} {note}", hit.topic.doc()),
            None => hit.topic.doc(),
        };
        (format!("dialform explain {}", hit.topic.word()), about)
    });
    page.items(items.collect());
    page
}
