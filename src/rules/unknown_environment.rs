//! DF318: an environment that the project does not have.

use super::Context;
use crate::fields::Field;
use crate::finding::{Fix, Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};
use crate::model::{Definition, FileIndex, Spanned};
use crate::util::suggest::closest;

pub(crate) static RULE: Rule = Rule {
    code: "DF318",
    name: "unknown-environment",
    group: RuleGroup::Names,
    phase: Phase::Project,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Likely,
    summary: "An `only` that names no environment of the project.",
    why: "The campaign would be left out everywhere, and nobody would be called; or everywhere in, where the project has no environments.",
    about: |field| field.id == Field::Only,
    bad: r#"environment "production"
campaign "a" { only "prodution" "production"; }"#,
    good: r#"environment "production"
campaign "a" { only "production"; }"#,
};

/// An environment that the project does not have.
pub struct UnknownEnvironment<'a> {
    /// The name.
    pub name: &'a str,
    /// What was meant.
    pub suggestion: Option<&'a str>,
    /// Those that there are.
    pub known: Vec<&'a str>,
}

impl Violation for UnknownEnvironment<'_> {
    fn message(&self) -> String {
        match self.known.as_slice() {
            [] => "`only` without environments: the project has none".to_owned(),
            _ => format!("the project has no environment `{}`", self.name),
        }
    }

    fn label(&self) -> String {
        self.suggestion
            .map_or_else(|| "not declared".to_owned(), |name| format!("did you mean \"{name}\"?"))
    }

    fn help(&self) -> Option<String> {
        let declare = format!("declare it in dialform.kdl: environment \"{}\" {{ … }}", self.name);
        Some(match self.known.as_slice() {
            [] => format!("take it out, or {declare}"),
            known => {
                let known: Vec<String> = known.iter().map(|name| format!("\"{name}\"")).collect();
                format!("the project has {}; {declare}", known.join(", "))
            }
        })
    }
}

/// Checks each name behind `only`.
pub(super) fn check(context: &Context<'_>, sink: &mut Sink) {
    let project = context.project;
    // A mistake in dialform.kdl may hide environments.
    let own = context.project_file.map(|place| place.file);
    let hides = |file: &&FileIndex| file.hides_project || (Some(file.file) == own && file.incomplete);
    if project.files().iter().any(hides) {
        return;
    }
    let known: Vec<&str> = project.environments().map(|known| &*known.name.value).collect();
    let check = |name: &Spanned<Box<str>>, sink: &mut Sink| {
        if known.contains(&&*name.value) || project.is_meant(&name.value) {
            return;
        }
        let suggestion = closest(&name.value, known.iter().copied());
        let violation = UnknownEnvironment {
            name: &name.value,
            suggestion,
            known: known.clone(),
        };
        let finding = sink.report(name.place, &violation);
        if let Some(suggestion) = suggestion {
            finding.fix(Fix::likely(name.place.span, format!("\"{suggestion}\"")));
        }
    };
    for name in project.campaigns().flat_map(|campaign| &campaign.only) {
        check(name, sink);
    }
    for name in project.templates().flat_map(Definition::only) {
        check(&name, sink);
    }
}
