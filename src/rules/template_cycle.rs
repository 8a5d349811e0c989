//! DF304: templates that name one another in a circle.

use super::Context;
use super::cycles::cycles;
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF304",
    name: "template-cycle",
    group: RuleGroup::Names,
    phase: Phase::Project,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Never,
    summary: "Templates that take settings from one another in a circle.",
    why: "Nobody can say which value wins: which hours, which caller id, how many calls.",
    about: |_| false,
    bad: r#"template "a" template="b" {}
template "b" template="a" {}"#,
    good: r#"template "a" template="b" {}
template "b" {}
campaign "c" template="a" {}"#,
};

/// A cycle of templates.
pub struct TemplateCycle<'a> {
    /// Its members, in order.
    pub names: Vec<&'a str>,
}

impl Violation for TemplateCycle<'_> {
    fn message(&self) -> String {
        {
            let names: Vec<String> = self
                .names
                .iter()
                .chain(self.names.first())
                .map(|name| format!("`{name}`"))
                .collect();
            format!("templates name one another in a circle: {}", names.join(" → "))
        }
    }

    fn label(&self) -> String {
        "closes the circle".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("take the `template=` off one of them".to_owned())
    }
}

/// Reports each cycle once, at its first member in path order.
pub(super) fn check(context: &Context<'_>, sink: &mut Sink) {
    let project = context.project;
    let names = project.templates().filter_map(|template| template.name.as_ref());
    let next = |name: &str| {
        let next = &*project.template(name)?.template.as_ref()?.value;
        project.template(next).map(|_| next)
    };
    for names in cycles(names.map(|name| &*name.value), next) {
        let members = names
            .iter()
            .filter_map(|name| project.template(name)?.template.as_ref());
        let mut places: Vec<_> = members.map(|name| name.place).collect();
        places.sort();
        let [first, others @ ..] = places.as_slice() else {
            continue;
        };
        let finding = sink.report(*first, &TemplateCycle { names });
        for other in others {
            finding.label(*other, "goes on here");
        }
    }
}
