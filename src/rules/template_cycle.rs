//! DF304: templates that name one another in a circle.

use super::Context;
use crate::finding::{Rule, Severity, Sink, Violation};
use crate::model::{Chain, Owner};

/// The rule.
pub static RULE: Rule = Rule {
    code: "DF304",
    name: "template-cycle",
    severity: Severity::Error,
    summary: "Templates that take settings from one another in a circle.",
    why: "Nobody can say which value wins: which hours, which caller id, how many calls.",
    about: |_| false,
    bad: r#"template "a" template="b" {}
template "b" template="a" {}"#,
    good: r#"template "a" template="b" {}
template "b" {}
campaign "c" template="a" {}"#,
};

/// A circle of templates.
pub struct TemplateCycle<'a> {
    /// Its members, in order.
    pub names: Vec<&'a str>,
}

impl Violation for TemplateCycle<'_> {
    fn rule() -> &'static Rule {
        &RULE
    }

    fn message(&self) -> String {
        {
            let names: Vec<String> = self.names.iter().chain(self.names.first()).map(|name| format!("`{name}`")).collect();
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

/// Reports each circle once, at its first member in path order.
pub(super) fn check(context: &Context<'_>, sink: &mut Sink) {
    let mut reported: Vec<*const Owner> = Vec::new();
    for template in context.project.templates() {
        let Chain::Cycle(members) = context.project.chain(template) else { continue };
        if members.iter().any(|member| reported.contains(&std::ptr::from_ref(*member))) {
            continue;
        }
        reported.extend(members.iter().map(|member| std::ptr::from_ref(*member)));
        let places = members.iter().filter_map(|member| member.template.as_ref()).map(|name| name.place);
        let mut places: Vec<_> = places.collect();
        places.sort();
        let [first, others @ ..] = places.as_slice() else { continue };
        let names = members.iter().map(|member| member.title()).collect();
        let finding = sink.report(*first, &TemplateCycle { names });
        for other in others {
            finding.label(*other, "goes on here");
        }
    }
}
