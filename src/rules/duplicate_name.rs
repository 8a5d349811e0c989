//! DF305: a key, template or alias that is declared twice.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::finding::{Rule, Severity, Sink, Violation};
use crate::util::hashed::BuildHashed;
use crate::model::{Part, Spanned};

/// The rule.
pub static RULE: Rule = Rule {
    code: "DF305",
    name: "duplicate-name",
    severity: Severity::Error,
    summary: "The same campaign key, template name or alias twice in a project.",
    why: "State and references go by these names: of two campaigns with one key only one would be created, and either could be taken for the other's task.",
    about: |_| false,
    bad: r#"campaign "a" {}
campaign "a" {}"#,
    good: r#"campaign "a" {}
campaign "b" {}"#,
};

/// A name declared twice.
pub struct DuplicateName<'a> {
    /// What it names.
    pub kind: &'a str,
    /// The name.
    pub name: &'a str,
}

impl Violation for DuplicateName<'_> {
    fn rule() -> &'static Rule {
        &RULE
    }

    fn message(&self) -> String {
        format!("{} `{}` is declared twice", self.kind, self.name)
    }

    fn label(&self) -> String {
        "declared again".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some(format!("give one {} another name", self.kind))
    }
}

/// A name that must be the only one of its kind in a project. Two are equal if they clash.
pub(super) struct Declared<'a> {
    kind: &'static str,
    name: &'a Spanned<Box<str>>,
    /// Of kind and name. Found out where the name is at hand, on whatever thread: the names of thousands of files lie far
    /// apart in memory.
    hash: u64,
}

impl<'a> Declared<'a> {
    fn new(kind: &'static str, name: &'a Spanned<Box<str>>) -> Self {
        let mut hasher = DefaultHasher::new();
        (kind, &name.value).hash(&mut hasher);
        let hash = hasher.finish();
        Self { kind, name, hash }
    }

    fn identity(&self) -> (&str, &str) {
        (self.kind, &self.name.value)
    }
}

impl PartialEq for Declared<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash && self.identity() == other.identity()
    }
}

impl Eq for Declared<'_> {}

impl Hash for Declared<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

/// Every name that a file declares.
pub(super) fn declared<'a>(part: Part<'a>) -> impl Iterator<Item = Declared<'a>> {
    let campaigns = part.keys().map(|key| ("campaign", key));
    let (templates, aliases) = part.file().map_or((&[][..], &[][..]), |file| (&*file.templates, &*file.aliases));
    let templates = templates.iter().filter_map(|template| Some(("template", template.name.as_ref()?)));
    let aliases = aliases.iter().map(|alias| (alias.kind.word(), &alias.name));
    campaigns.chain(templates).chain(aliases).map(|(kind, name)| Declared::new(kind, name))
}

/// Reports the later place in path order, with the first as a label.
pub(super) fn check(names: &[Vec<Declared<'_>>], sink: &mut Sink) {
    let mut known: HashSet<&Declared<'_>, BuildHashed> = HashSet::default();
    known.reserve(names.iter().map(Vec::len).sum());
    for declared in names.iter().flatten() {
        let Some(first) = known.replace(declared) else { continue };
        let (kind, name) = declared.identity();
        let finding = sink.report(declared.name.place, &DuplicateName { kind, name });
        finding.label(first.name.place, "first declared here");
        known.replace(first);
    }
}
