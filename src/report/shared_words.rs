//! Words that many campaigns of a plan share: they are said once, with the keys.

use std::collections::HashMap;

use crate::plan::{Action, BlockReason, Kind, Plan, Reason};

/// From how many campaigns on the same words are said once.
const MANY: usize = 3;

/// The words of a plan that many campaigns share.
pub(super) struct SharedWords {
    /// By the words, without what differs from campaign to campaign.
    groups: HashMap<String, SharedGroup>,
    /// The same words, in the order of the plan.
    order: Vec<String>,
}

struct SharedGroup {
    /// The words as they are of the first campaign.
    words: String,
    /// Whether these name the first campaign, for which they stand as an example.
    names_first: bool,
    is_block: bool,
    keys: Vec<String>,
}

/// Words that many campaigns share.
pub(super) struct Shared<'s> {
    /// Their keys, in the order of the plan.
    pub(super) keys: &'s [String],
    /// What holds of each; commands in it are those of the first.
    pub(super) words: String,
    /// Whether it keeps them from being carried out.
    pub(super) is_block: bool,
}

impl SharedWords {
    /// Of the actions of a plan that are shown.
    pub(super) fn of(plan: &Plan, is_shown: impl Fn(&Action) -> bool) -> Self {
        let mut all = Self {
            groups: HashMap::new(),
            order: Vec::new(),
        };
        for action in plan.actions.iter().filter(|action| is_shown(action)) {
            if let Some(reason) = reason_words(action) {
                all.add(action, reason, false);
            }
            if let Some(block) = block_words(action) {
                all.add(action, block, true);
            }
        }
        all.groups.retain(|_, group| group.keys.len() >= MANY);
        all.order.retain(|words| all.groups.contains_key(words));
        all
    }

    fn add(&mut self, action: &Action, words: String, is_block: bool) {
        let general = general(action, &words);
        let is_own_example = is_block && matches!(action.block, Some(BlockReason::NeedsReplace { .. }));
        let group = self.groups.entry(general.clone()).or_insert_with(|| {
            // What is refused for want of a word has its example in it.
            let names_first = general != words && !is_own_example;
            self.order.push(general);
            SharedGroup {
                words,
                names_first,
                is_block,
                keys: Vec::new(),
            }
        });
        group.keys.push(action.key.clone());
    }

    /// Whether why the action is there is said once for many.
    pub(super) fn has_reason(&self, action: &Action) -> bool {
        reason_words(action).is_some_and(|words| self.groups.contains_key(&general(action, &words)))
    }

    /// Whether what keeps it from being carried out is said once for many.
    pub(super) fn has_block(&self, action: &Action) -> bool {
        block_words(action).is_some_and(|words| self.groups.contains_key(&general(action, &words)))
    }

    /// What is said once.
    pub(super) fn said_once(&self) -> impl Iterator<Item = Shared<'_>> {
        let groups = self.order.iter().filter_map(|words| self.groups.get(words));
        groups.map(|group| {
            let example = match (group.names_first, group.keys.first()) {
                (true, Some(first)) => format!("as for `{first}`: "),
                _ => String::new(),
            };
            Shared {
                keys: &group.keys,
                words: format!("{example}{}", group.words),
                is_block: group.is_block,
            }
        })
    }
}

/// Why the action is there, in words that can hold for many. For a new campaign it is obvious.
fn reason_words(action: &Action) -> Option<String> {
    (action.reason != Reason::NotInState || action.kind != Kind::Create).then(|| action.reason.to_string())
}

/// What keeps the action from being carried out, in words that can hold for many.
fn block_words(action: &Action) -> Option<String> {
    Some(match action.block.as_ref()? {
        BlockReason::NeedsReplace { .. } => many_replacements(&action.key),
        block => block.to_string(),
    })
}

/// What to say of changed campaigns that nobody has a word for.
pub(super) fn many_replacements(first: &str) -> String {
    format!(
        "refused without `--replace-all`, or `--replace {first}` for one of them, which stops the old task for good"
    )
}

/// The words without the key and the task that they are about.
fn general(action: &Action, words: &str) -> String {
    let key = &action.key;
    let mut general = words.to_owned();
    for (open, close) in [("`", "`"), ("\"", "\""), (" ", "`"), (" ", " ")] {
        if !general.contains(key) {
            break;
        }
        general = general.replace(&format!("{open}{key}{close}"), &format!("{open}\u{1}{close}"));
    }
    match &action.task {
        Some(task) => general.replace(task.as_str(), "\u{2}"),
        None => general,
    }
}
