//! Finds the topics that a word means: names of the language and of the wire, values of both, codes of rules.

use super::setting::sentence;
use crate::fields::{
    AliasKind, Choice, FIELDS, Field, FieldSpec, Json, PROJECT, SETTINGS, Setting, Slot, TOP_LEVEL, TopLevelSpec,
    Written,
};
use crate::finding::Rule;
use crate::rules::{self, RULES};
use crate::util::suggest::closest;

/// Something that has a page.
#[derive(Clone, Copy, Debug)]
pub enum Topic {
    /// A node of a campaign, with all its fields.
    Setting(Setting),
    /// A property or child node, or a field that always has one value.
    Field(Field),
    /// A node outside campaigns.
    TopLevel(&'static TopLevelSpec),
    /// A kind of aliases.
    Alias(AliasKind),
    /// A rule.
    Rule(&'static Rule),
}

/// A topic that a word means.
#[derive(Clone, Debug)]
pub struct Hit {
    /// The topic.
    pub topic: Topic,
    /// What the word means there, where it is not the topic's own name.
    pub note: Option<String>,
}

impl Topic {
    /// The word that means this topic and no other.
    pub fn word(self) -> String {
        match self {
            Self::Setting(setting) => setting.path(),
            Self::Field(field) if field.spec().slot == Slot::Constant => field.spec().wire_name().to_owned(),
            Self::Field(field) => field.spec().path(),
            // A default of the project for a setting of campaigns.
            Self::TopLevel(spec) if Setting::find(spec.name, None).is_some() => format!("project.{}", spec.name),
            Self::TopLevel(spec) => spec.name.to_owned(),
            Self::Alias(kind) => format!("aliases.{}", kind.word()),
            Self::Rule(rule) => rule.code.to_owned(),
        }
    }

    /// What it is about, in a sentence.
    pub fn doc(self) -> String {
        match self {
            Self::Setting(setting) => sentence(setting.spec().doc),
            Self::Field(field) => field.spec().doc.to_owned(),
            Self::TopLevel(spec) => sentence(spec.doc),
            Self::Alias(kind) => sentence(&format!("a name for {}", kind.doc())),
            Self::Rule(rule) => rule.summary.to_owned(),
        }
    }

    fn of(row: &FieldSpec) -> Self {
        match row.slot {
            Slot::Argument => Self::Setting(row.setting),
            Slot::Property(_) | Slot::Child(_) | Slot::Constant => Self::Field(row.id),
        }
    }
}

/// Every topic but the rules, in the order of the contents.
pub fn topics() -> impl Iterator<Item = Topic> {
    let top_level = TOP_LEVEL.iter().chain(&PROJECT).map(Topic::TopLevel);
    let settings = SETTINGS.iter().flat_map(|spec| {
        let rows = FIELDS.iter().filter(|row| row.setting == spec.id);
        let fields = rows.map(Topic::of).filter(|topic| matches!(topic, Topic::Field(_)));
        std::iter::once(Topic::Setting(spec.id)).chain(fields)
    });
    top_level
        .chain(settings)
        .chain(AliasKind::ALL.into_iter().map(Topic::Alias))
}

/// The topics that a word means. A name of the language wins; all other meanings are listed together.
pub fn find(word: &str) -> Vec<Hit> {
    let word = word.trim().trim_end_matches(['=', ':']).trim_matches('"');
    if word.is_empty() {
        return Vec::new();
    }
    let code = word.to_ascii_uppercase();
    let rules: Vec<Hit> = RULES
        .iter()
        .filter(|rule| rules::selects(&code, rule) || rules::selects(&word.to_ascii_lowercase(), rule))
        .map(|rule| named(Topic::Rule(rule)))
        .collect();
    if !rules.is_empty() {
        return rules;
    }
    let own = topics().filter(|topic| topic.word().eq_ignore_ascii_case(word) || is_name(*topic, word));
    let own: Vec<Hit> = own.map(named).collect();
    if !own.is_empty() {
        return own;
    }
    let mut hits = Hits::default();
    let alias = AliasKind::ALL.into_iter().find(|kind| kind.word() == word);
    hits.extend(alias.map(|kind| named(Topic::Alias(kind))));
    hits.extend(
        FIELDS
            .iter()
            .filter(|row| is_part(row, word))
            .map(|row| named(Topic::of(row))),
    );
    hits.extend(FIELDS.iter().filter_map(|row| wire_name(row, word)));
    hits.extend(FIELDS.iter().flat_map(|row| values(row, word)));
    hits.extend(top_level_words(word));
    hits.0
}

/// The known word that a misspelt one is most likely meant to be.
pub fn suggestion(word: &str) -> Option<String> {
    let mut known: Vec<String> = topics().map(Topic::word).collect();
    known.extend(
        FIELDS
            .iter()
            .flat_map(|row| row.wire.iter().map(|wire| last(wire).to_owned())),
    );
    known.extend(
        FIELDS
            .iter()
            .filter_map(|row| Some(row.property().or(row.child())?.to_owned())),
    );
    known.extend(FIELDS.iter().flat_map(|row| row.choices()).flat_map(|choice| {
        let wires = choice.wire.iter().filter_map(|wire| wire.source());
        wires.map(|source| source.trim_matches('"').to_owned())
    }));
    known.extend(SETTINGS.iter().map(|spec| spec.name.to_owned()));
    known.extend(RULES.iter().map(|rule| rule.name.to_owned()));
    let code = word.to_ascii_uppercase();
    closest(word, known.iter().map(String::as_str))
        .map(str::to_owned)
        .or_else(|| {
            Some(closest(&code, RULES.iter().map(|rule| rule.code))?.to_owned()).filter(|_| code.starts_with("DF"))
        })
}

fn named(topic: Topic) -> Hit {
    Hit { topic, note: None }
}

/// Whether a topic has this name at its place: `busy` in `redial`, `timezone` in `project`.
fn is_name(topic: Topic, word: &str) -> bool {
    match topic {
        Topic::Setting(setting) => setting.spec().name.eq_ignore_ascii_case(word),
        Topic::TopLevel(spec) => word
            .strip_prefix("project.")
            .is_some_and(|name| name == spec.name && crate::fields::in_project(name).is_some()),
        Topic::Field(_) | Topic::Alias(_) | Topic::Rule(_) => false,
    }
}

/// Whether a row is the property or child node of this name.
fn is_part(row: &FieldSpec, word: &str) -> bool {
    let name = row.property().or(row.child());
    name.is_some_and(|name| name.eq_ignore_ascii_case(word))
}

/// A row whose wire path, or any end or beginning of it, is this word.
fn wire_name(row: &'static FieldSpec, word: &str) -> Option<Hit> {
    let plain = |path: &str| path.replace("[]", "").to_ascii_lowercase();
    let word = plain(word);
    let wire = row.wire.iter().find(|wire| {
        let wire = plain(wire);
        let is_end = wire
            .strip_suffix(&word)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        let is_beginning = wire.strip_prefix(&word).is_some_and(|rest| rest.starts_with('.'));
        let is_within = wire.contains(&format!(".{word}."));
        is_end || is_beginning || is_within
    })?;
    Some(Hit {
        topic: Topic::of(row),
        note: Some(format!("On the wire: `{wire}`.")),
    })
}

/// Whether one of a row's values is written so, here or on the wire.
fn values(row: &'static FieldSpec, word: &str) -> Option<Hit> {
    let is_meant = |choice: &&Choice| {
        let is_written = matches!(choice.written, Written::Word(written) if written == word);
        let is_sent = choice.wire.iter().any(|wire| match wire {
            Json::Text(text) => *text == word,
            Json::Configured { name, .. } => *name == word,
            _ => false,
        });
        (is_written && row.slot != Slot::Constant) || is_sent
    };
    let choice = row.choices().iter().find(is_meant)?;
    let source = choice.written.source();
    let written = match row.slot {
        Slot::Property(name) => format!("{name}={source}"),
        Slot::Child(name) => format!("{name} {source}"),
        Slot::Argument | Slot::Constant => format!("{} {source}", row.setting.spec().name),
    };
    let is_own_word = choice.written.word() == word;
    let note = match row.slot {
        Slot::Constant => format!("`{word}` is always sent as `{}`: it is not written.", row.wire_name()),
        _ if is_own_word => format!("`{written}`: {}.", choice.doc),
        _ => format!("`{word}` on the wire is `{written}` here: {}.", choice.doc),
    };
    Some(Hit {
        topic: Topic::of(row),
        note: Some(note),
    })
}

/// Words that nodes outside campaigns take.
fn top_level_words(word: &str) -> impl Iterator<Item = Hit> {
    TOP_LEVEL.iter().chain(&PROJECT).filter_map(move |spec| {
        let (taken, doc) = spec
            .takes
            .iter()
            .find(|(taken, _)| taken.trim_end_matches('=') == word)?;
        Some(Hit {
            topic: Topic::TopLevel(spec),
            note: Some(format!("`{taken}` in `{}`: {doc}.", spec.name)),
        })
    })
}

fn last(wire: &'static str) -> &'static str {
    wire.rsplit('.').next().unwrap_or(wire).trim_end_matches("[]")
}

/// Hits, each topic once.
#[derive(Default)]
struct Hits(Vec<Hit>);

impl Hits {
    fn extend(&mut self, hits: impl IntoIterator<Item = Hit>) {
        for hit in hits {
            if !self.0.iter().any(|known| known.topic.word() == hit.topic.word()) {
                self.0.push(hit);
            }
        }
    }
}
