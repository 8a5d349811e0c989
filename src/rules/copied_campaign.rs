//! DF312: two campaigns that ask for the same task.

use std::collections::HashMap;

use super::Context;
use super::same_name::SameName;
use crate::fields::{Field, Setting};
use crate::finding::{Rule, Severity, Sink, Violation};
use crate::util::hashed::BuildHashed;
use crate::model::{FileModel, Definition, Part, Project, Spanned, Suppression, name_hash};
use crate::project::source::{FileId, Place, Span};
use crate::wire;

/// The rule.
pub static RULE: Rule = Rule {
    code: "DF312",
    name: "copied-campaign",
    severity: Severity::Error,
    summary: "Two campaigns that are equal in all that is sent, `name` included: only their keys differ.",
    why: "Each gets a task of its own, so the same people are called twice. Mostly a file was copied and not all of it changed. Where two equal tasks are meant, a comment at one of the two says so.",
    about: |_| false,
    bad: r#"campaign "spring" { name "Spring" }
campaign "spring-2" { name "Spring" }"#,
    good: r#"campaign "spring" { name "Spring" }
campaign "summer" { name "Summer" }"#,
};

/// A campaign that is another but for its key.
struct CopiedCampaign<'a> {
    key: &'a str,
    first: &'a str,
}

impl Violation for CopiedCampaign<'_> {
    fn rule() -> &'static Rule {
        &RULE
    }

    fn message(&self) -> String {
        let Self { key, first } = self;
        format!("the campaign `{key}` is a copy of `{first}`: the same task would be created twice, and people called twice")
    }

    fn label(&self) -> String {
        "equal in all settings, `name` included".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some(
            "take one of the two out, or give this one a `name` of its own; where two equal tasks are meant, write `// \
             dialform: ignore[DF312]` and the reason above one of them"
                .to_owned(),
        )
    }
}

/// A campaign and its `name`.
#[derive(Clone, Copy)]
pub(super) struct Named<'a> {
    owner: &'a Definition,
    hash: u64,
}

/// Every campaign of a file whose name is known, but for settled ones: those share their names with none.
pub(super) fn named<'a>(project: &Project<'a>, part: Part<'a>) -> impl Iterator<Item = Named<'a>> {
    part.campaigns().iter().filter_map(|owner| {
        let hash = name_hash(project.name(owner)?)?.get();
        Some(Named { owner, hash })
    })
}

/// Reports campaigns that are equal, or have equal names, at the later one in path order, with the first as a label.
pub(super) fn check(context: &Context<'_>, named: &[Vec<Named<'_>>], sink: &mut Sink) {
    let mut firsts: HashMap<u64, Named<'_>, BuildHashed> = HashMap::default();
    firsts.reserve(named.iter().map(Vec::len).sum());
    let mut groups: HashMap<u64, Vec<Named<'_>>, BuildHashed> = HashMap::default();
    // In path order.
    let mut order = Vec::new();
    for one in named.iter().flatten() {
        match firsts.get(&one.hash) {
            None => {
                firsts.insert(one.hash, *one);
            }
            Some(first) => {
                let group = groups.entry(one.hash).or_insert_with(|| {
                    order.push(one.hash);
                    vec![*first]
                });
                group.push(*one);
            }
        }
    }
    if order.is_empty() {
        return;
    }
    let commented = context.project.files().filter(|file| !file.suppressions.is_empty());
    let commented: Commented = commented.map(|file| (file.file, asked(file))).collect();
    for hash in order {
        check_group(context.project, &groups[&hash], &commented, sink);
    }
}

/// The parts of files for which comments ask to ignore this rule, in the order of the text; none touches the next.
type Commented = HashMap<FileId, Vec<Span>>;

fn asked(file: &FileModel) -> Vec<Span> {
    let is_meant = |comment: &&Suppression| comment.rules.iter().any(|rule| super::selects(&rule.value, &RULE));
    let part = |comment: &Suppression| match comment.whole_file {
        true => Span::new(0, usize::MAX),
        false => comment.covers,
    };
    let mut parts: Vec<Span> = file.suppressions.iter().filter(is_meant).map(part).collect();
    parts.sort_unstable();
    parts.dedup_by(|next, last| {
        let meets = next.start <= last.end;
        if meets {
            *last = last.to(*next);
        }
        meets
    });
    parts
}

/// Checks campaigns of one name. What is not wholly known is left alone: another mistake stands there.
fn check_group(project: &Project<'_>, group: &[Named<'_>], commented: &Commented, sink: &mut Sink) {
    let known = group.iter().filter_map(|Named { owner, hash: _ }| {
        let (campaign, key) = (project.effective(owner), owner.name.as_ref()?);
        let is_known = campaign.is_known(project);
        is_known.then(|| (*owner, key, wire::fingerprint(&wire::body(project, &campaign))))
    });
    let mut known: Vec<(&Definition, &Key, String)> = known.collect();
    let Some((first_of_all, first_key, first_body)) = known.first().cloned() else {
        return;
    };
    // A comment at either of two copies is about both: the one without it counts as the first.
    known.sort_by_cached_key(|(_, key, _)| says_so(commented, key.place));
    let mut firsts: HashMap<&str, &Key> = HashMap::new();
    for (owner, key, body) in &known {
        let first = match firsts.get(body.as_str()) {
            Some(first) => *first,
            None => {
                firsts.insert(body, key);
                if *body != first_body {
                    let same = SameName {
                        key: &key.value,
                        first: &first_key.value,
                    };
                    let (place, first) = (own_name(owner, key), own_name(first_of_all, first_key));
                    sink.report(place, &same).label(first, "the first one");
                }
                continue;
            }
        };
        // A key that is declared twice is reported as such.
        if key.value != first.value {
            let copied = CopiedCampaign {
                key: &key.value,
                first: &first.value,
            };
            sink.report(key.place, &copied).label(first.place, "the first one");
        }
    }
}

type Key = Spanned<Box<str>>;

/// Where a campaign states its name itself, or else its key.
fn own_name(owner: &Definition, key: &Key) -> Place {
    let stated = owner.stated.find(Setting::Name);
    let stated = stated.and_then(|stated| Some(stated.get(Field::Name)?.place));
    stated.unwrap_or(key.place)
}

/// Whether a comment at a campaign's key asks to ignore this rule.
fn says_so(commented: &Commented, key: Place) -> bool {
    let parts = commented.get(&key.file).map_or(&[][..], Vec::as_slice);
    let at = key.span.start;
    let begun = parts.partition_point(|part| part.start <= at);
    parts[..begun].last().is_some_and(|part| at < part.end)
}
