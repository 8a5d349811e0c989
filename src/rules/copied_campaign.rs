//! DF312: two campaigns that ask for the same task.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::Context;
use super::same_name::SameName;
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};
use crate::model::{CampaignEntry, Project, Spanned, Suppression};
use crate::project::source::{FileId, Place, Span};

pub(crate) static RULE: Rule = Rule {
    code: "DF312",
    name: "copied-campaign",
    group: RuleGroup::Names,
    phase: Phase::Project,
    severity: Severity::Error,
    always_blocks_apply: false,
    fixable: Fixable::Never,
    summary: "Two campaigns that are equal in all that is sent, `name` included: only their keys differ.",
    why: "Each gets a task of its own, so the same people are called twice. Mostly a file was copied and not all of it changed. Where two equal tasks are meant, a comment at one of the two says so.",
    about: |_| false,
    bad: r#"campaign "spring" { name "Spring" }
campaign "spring-2" { name "Spring" }"#,
    good: r#"campaign "spring" { name "Spring" }
campaign "summer" { name "Summer" }"#,
};

/// A campaign that equals another one except for its key.
pub(super) struct CopiedCampaign<'a> {
    key: &'a str,
    first: &'a str,
}

impl Violation for CopiedCampaign<'_> {
    fn message(&self) -> String {
        let Self { key, first } = self;
        format!(
            "the campaign `{key}` is a copy of `{first}`: the same task would be created twice, and people called twice"
        )
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

/// Reports campaigns that are equal, or have equal names, at the later one in path order, with the first as a label.
pub(super) fn check(context: &Context<'_>, sink: &mut Sink) {
    if context.fingerprints.is_empty() {
        return;
    }
    let project = context.project;
    let namesakes = project.namesakes();
    let commented = project.files().iter().filter(|file| !file.suppressions.is_empty());
    let commented: Commented = commented
        .map(|file| (file.file, ignored_parts(&file.suppressions)))
        .collect();
    for namesakes in namesakes.chunk_by(|(a, _), (b, _)| a == b) {
        check_namesakes(context, namesakes, &commented, sink);
    }
}

/// The parts of files in which comments ignore this rule, in the order of the text, merged where they touch.
type Commented = HashMap<FileId, Vec<Span>>;

fn ignored_parts(suppressions: &[Suppression]) -> Vec<Span> {
    let is_meant = |comment: &&Suppression| comment.rules.iter().any(|rule| super::selects(&rule.value, &RULE));
    let part = |comment: &Suppression| match comment.whole_file {
        true => Span::new(0, usize::MAX),
        false => comment.covers,
    };
    let mut parts: Vec<Span> = suppressions.iter().filter(is_meant).map(part).collect();
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

/// Checks campaigns of one name. Those without a fingerprint have errors, and are left out.
fn check_namesakes(context: &Context<'_>, namesakes: &[(u64, &CampaignEntry)], commented: &Commented, sink: &mut Sink) {
    let project = context.project;
    let known = namesakes.iter().filter_map(|(_, campaign)| {
        let key = campaign.key.as_ref()?;
        Some((*campaign, key, *context.fingerprints.get(&campaign.whole)?))
    });
    let mut known: Vec<(&CampaignEntry, &Key, u64)> = known.collect();
    let Some((first_of_all, first_key, first_body)) = known.first().copied() else {
        return;
    };
    // A comment at either of two copies hides the finding: the campaign without one counts as the first.
    known.sort_by_cached_key(|(_, key, _)| is_ignored(commented, key.place));
    let mut firsts: HashMap<u64, &Key> = HashMap::new();
    for (campaign, key, body) in known {
        let first = match firsts.entry(body) {
            Entry::Occupied(first) => *first.get(),
            Entry::Vacant(entry) => {
                entry.insert(key);
                if body != first_body {
                    let same = SameName {
                        key: &key.value,
                        first: &first_key.value,
                    };
                    let first = name_place(project, first_of_all, first_key);
                    sink.report(name_place(project, campaign, key), &same)
                        .label(first, "the first one");
                }
                continue;
            }
        };
        // DF305 reports a key that is declared twice.
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

/// The place of a campaign's own name, or else of its key.
fn name_place(project: &Project<'_>, campaign: &CampaignEntry, key: &Key) -> Place {
    project
        .facts(campaign)
        .name
        .and_then(|name| name.place)
        .unwrap_or(key.place)
}

/// Whether a comment ignores this rule at a campaign's key.
fn is_ignored(commented: &Commented, key: Place) -> bool {
    let parts = commented.get(&key.file).map_or(&[][..], Vec::as_slice);
    let at = key.span.start;
    let begun = parts.partition_point(|part| part.start <= at);
    parts[..begun].last().is_some_and(|part| at < part.end)
}
