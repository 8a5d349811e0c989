//! What a row of the table says about one field.

use super::{Condition, Dialect, Field, Kind, Setting};

/// One field of the API page and the place in the language where it is set.
#[derive(Clone, Copy, Debug)]
pub struct FieldSpec {
    /// Its id.
    pub id: Field,
    /// The node that sets it.
    pub setting: Setting,
    /// Where in that node.
    pub slot: Slot,
    /// What values it takes.
    pub kind: Kind,
    /// The dialect that has it; a classic field is in both.
    pub dialect: Dialect,
    /// When it must be set.
    pub required: Condition,
    /// When setting it has an effect.
    pub allowed: Condition,
    /// What is sent when it is not set: a word of its choices, and the condition for sending it.
    pub default: Option<(&'static str, Condition)>,
    /// Dotted paths in the request body. `[]` stands for each element of an array. None where the field is never sent.
    pub wire: &'static [&'static str],
    /// What it means, for people.
    pub doc: &'static str,
    /// The API page's words; empty where the field is never sent.
    pub page: &'static str,
}

/// Where in its node a field is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// The node's argument.
    Argument,
    /// A property of this name.
    Property(&'static str),
    /// All arguments of a child node of this name.
    Child(&'static str),
    /// Nowhere: the wire has a constant.
    Constant,
}

/// The kinds of things that an alias can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AliasKind {
    /// A bot scenario.
    Scenario,
    /// A channel for transfers.
    Channel,
    /// A caller id number.
    Number,
    /// A pool of caller id numbers.
    Pool,
    /// An own trunk.
    Trunk,
    /// A schedule of the company's.
    Schedule,
    /// A sound.
    Sound,
    /// A number or a pool, as the argument of `caller-id` says.
    NumberOrPool,
}

impl AliasKind {
    /// Every kind that `aliases` takes.
    pub const ALL: [Self; 7] = [
        Self::Scenario,
        Self::Channel,
        Self::Number,
        Self::Pool,
        Self::Trunk,
        Self::Schedule,
        Self::Sound,
    ];

    /// The word in `aliases`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Scenario => "scenario",
            Self::Channel => "channel",
            Self::Number => "number",
            Self::Pool => "pool",
            Self::Trunk => "trunk",
            Self::Schedule => "schedule",
            Self::Sound => "sound",
            Self::NumberOrPool => "number or pool",
        }
    }

    /// What the id behind it is of.
    pub const fn doc(self) -> &'static str {
        match self {
            Self::Scenario => "a bot scenario",
            Self::Channel => "a channel that takes over calls",
            Self::Number => "a number that people see",
            Self::Pool => "a pool of numbers that people see",
            Self::Trunk => "an own trunk",
            Self::Schedule => "a schedule of the company's",
            Self::Sound => "a sound",
            Self::NumberOrPool => "a number or a pool of numbers that people see",
        }
    }

    /// Whether an alias of kind `other` may stand where this kind is asked for.
    pub const fn takes(self, other: Self) -> bool {
        match self {
            Self::NumberOrPool => matches!(other, Self::Number | Self::Pool | Self::NumberOrPool),
            kind => kind as u8 == other as u8,
        }
    }
}

/// One value of a choice.
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    /// How it is written.
    pub written: Written,
    /// What it means, in a few words for people.
    pub doc: &'static str,
    /// What it becomes at each of the row's wire paths.
    pub wire: &'static [Json],
}

/// How a choice is written in the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// A word, bare or quoted.
    Word(&'static str),
    /// `#true`
    True,
    /// `#false`
    False,
    /// By writing no argument but the node's properties or block.
    Implied,
}

impl Written {
    /// The word by which conditions name it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Word(word) => word,
            Self::True => "#true",
            Self::False => "#false",
            Self::Implied => "on",
        }
    }

    /// The value as source text.
    pub fn source(self) -> String {
        match self {
            Self::Word(word) => format!("\"{word}\""),
            other => other.word().to_owned(),
        }
    }
}

/// A wire value of a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Json {
    /// `true`
    True,
    /// `false`
    False,
    /// A string.
    Text(&'static str),
    /// A string that the vendor does not publish: a `wire-value` of the project, or this default.
    Configured {
        /// The name in `project { wire-value "…" "…" }`.
        name: &'static str,
        /// What is sent where the project does not say.
        default: &'static str,
    },
    /// The field is left out.
    Absent,
}

impl FieldSpec {
    /// A field that is always allowed and never required; the table says what differs.
    pub(super) const fn new(setting: Setting, slot: Slot, kind: Kind, wire: &'static [&'static str]) -> Self {
        Self {
            // The table overwrites this with the row's own name.
            id: Field::Name,
            setting,
            slot,
            kind,
            dialect: Dialect::Classic,
            required: Condition::Never,
            allowed: Condition::Always,
            default: None,
            wire,
            doc: "",
            page: "",
        }
    }

    pub(super) const fn named(mut self, id: Field) -> Self {
        self.id = id;
        self
    }

    pub(super) const fn required(mut self, when: Condition) -> Self {
        self.required = when;
        self
    }

    /// Required and allowed under one condition.
    pub(super) const fn required_and_allowed(mut self, when: Condition) -> Self {
        self.required = when;
        self.allowed = when;
        self
    }

    pub(super) const fn allowed(mut self, when: Condition) -> Self {
        self.allowed = when;
        self
    }

    pub(super) const fn default(mut self, word: &'static str, when: Condition) -> Self {
        self.default = Some((word, when));
        self
    }

    pub(super) const fn extended(mut self) -> Self {
        self.dialect = Dialect::Extended;
        self
    }

    pub(super) const fn doc(mut self, doc: &'static str, page: &'static str) -> Self {
        self.doc = doc;
        self.page = page;
        self
    }

    /// How the field is called in messages and diffs: `caller-id`, `caller-id.id`, `redial.busy.after`.
    pub fn path(&self) -> String {
        let setting = self.setting.path();
        match self.slot {
            Slot::Property(name) | Slot::Child(name) => format!("{setting}.{name}"),
            Slot::Argument | Slot::Constant => setting,
        }
    }

    /// How the field is written at its place: `id=`, or the node's name.
    pub fn written(&self) -> String {
        match self.slot {
            Slot::Property(name) => format!("{name}="),
            Slot::Child(name) => name.to_owned(),
            Slot::Argument | Slot::Constant => self.setting.spec().name.to_owned(),
        }
    }

    /// The property's name, where the field is one.
    pub fn property(&self) -> Option<&'static str> {
        match self.slot {
            Slot::Property(name) => Some(name),
            _ => None,
        }
    }

    /// The child node's name, where the field is one.
    pub fn child(&self) -> Option<&'static str> {
        match self.slot {
            Slot::Child(name) => Some(name),
            _ => None,
        }
    }

    /// The field's own name on the wire: the last part of its first path.
    pub fn wire_name(&self) -> &'static str {
        self.wire
            .first()
            .map_or("", |path| path.rsplit('.').next().unwrap_or(path))
    }

    /// Whether it is a part of the request. What is not is for dialform itself, and no part of any comparison.
    pub const fn is_sent(&self) -> bool {
        !self.wire.is_empty()
    }

    /// Whether it is switched on and off, by `#true`, `#false` or by being there.
    pub fn is_switch(&self) -> bool {
        self.choices()
            .iter()
            .any(|choice| matches!(choice.written, Written::True | Written::False))
    }

    /// The choices, where it takes any.
    pub fn choices(&self) -> &'static [Choice] {
        self.kind.choices()
    }
}
