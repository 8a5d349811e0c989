//! Words that many campaigns of a plan share: they are said once, with the keys.

use std::collections::{HashMap, HashSet};

use crate::plan::{Action, BlockReason, Kind, Plan, Reason};

/// From how many campaigns on the same words are said once.
const MANY: usize = 3;

/// The words of a plan that many campaigns share.
pub(super) struct SharedWords<'p> {
    /// In the order of the plan.
    groups: Vec<SharedGroup<'p>>,
    /// The actions whose reason (`false`) or block (`true`) is said once for many, by their keys and kinds.
    said: HashSet<(&'p str, Kind, bool)>,
}

struct SharedGroup<'p> {
    /// The words as they are of the first campaign.
    words: String,
    /// Whether these name the first campaign, for which they stand as an example.
    names_first: bool,
    is_block: bool,
    actions: Vec<&'p Action>,
}

/// Words that many campaigns share.
pub(super) struct Shared<'p> {
    /// Their keys, in the order of the plan.
    pub(super) keys: Vec<&'p str>,
    /// What holds of each; commands in it are those of the first.
    pub(super) words: String,
    /// Whether it keeps them from being carried out.
    pub(super) is_block: bool,
}

impl<'p> SharedWords<'p> {
    /// Of the actions of a plan that are shown.
    pub(super) fn of(plan: &'p Plan, is_shown: impl Fn(&Action) -> bool) -> Self {
        let mut groups: Vec<SharedGroup<'p>> = Vec::new();
        let mut by_words: HashMap<String, usize> = HashMap::new();
        let mut add = |action: &'p Action, words: String, is_block| {
            let general = general(action, &words);
            // What is refused for want of a word has its example in it.
            let is_own_example = is_block && matches!(action.block, Some(BlockReason::NeedsReplace { .. }));
            let names_first = general != words && !is_own_example;
            let index = *by_words.entry(general).or_insert_with(|| {
                groups.push(SharedGroup {
                    words,
                    names_first,
                    is_block,
                    actions: Vec::new(),
                });
                groups.len() - 1
            });
            groups[index].actions.push(action);
        };
        for action in plan.actions.iter().filter(|action| is_shown(action)) {
            if let Some(reason) = reason_words(action) {
                add(action, reason, false);
            }
            if let Some(block) = block_words(action) {
                add(action, block, true);
            }
        }
        groups.retain(|group| group.actions.len() >= MANY);
        let said = groups.iter().flat_map(|group| {
            let actions = group.actions.iter();
            actions.map(|action| (&*action.key, action.kind, group.is_block))
        });
        Self {
            said: said.collect(),
            groups,
        }
    }

    /// Whether why the action is there is said once for many.
    pub(super) fn has_reason(&self, action: &Action) -> bool {
        self.said.contains(&(&*action.key, action.kind, false))
    }

    /// Whether what keeps it from being carried out is said once for many.
    pub(super) fn has_block(&self, action: &Action) -> bool {
        self.said.contains(&(&*action.key, action.kind, true))
    }

    /// What is said once.
    pub(super) fn said_once(&self) -> impl Iterator<Item = Shared<'p>> {
        self.groups.iter().map(|group| {
            let keys: Vec<&str> = group.actions.iter().map(|action| &*action.key).collect();
            let example = match (group.names_first, keys.first()) {
                (true, Some(first)) => format!("as for `{first}`: "),
                _ => String::new(),
            };
            Shared {
                keys,
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
    let key = &*action.key;
    let mut general = String::with_capacity(words.len());
    let mut end = 0;
    for (start, _) in words.match_indices(key) {
        let behind = start + key.len();
        let around = (words[..start].chars().next_back(), words[behind..].chars().next());
        // In the middle of another word it is something else.
        if let (Some('`'), Some('`')) | (Some('"'), Some('"')) | (Some(' '), Some('`' | ' ')) = around {
            general.push_str(&words[end..start]);
            general.push('\u{1}');
            end = behind;
        }
    }
    general.push_str(&words[end..]);
    match &action.task {
        Some(task) => general.replace(task.as_str(), "\u{2}"),
        None => general,
    }
}
