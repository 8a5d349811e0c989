//! What can be wrong with a text as KDL, before anybody asks what it means.

use crate::project::source::Span;

/// One error, at the smallest span that is wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct SyntaxError {
    /// What is wrong.
    pub kind: SyntaxErrorKind,
    /// Where.
    pub span: Span,
    /// A second place that explains the first: the brace or quote that stayed open.
    pub related: Option<Span>,
}

impl SyntaxError {
    pub(super) fn new(kind: SyntaxErrorKind, span: Span) -> Self {
        Self {
            kind,
            span,
            related: None,
        }
    }

    pub(super) fn related(mut self, span: Span) -> Self {
        self.related = Some(span);
        self
    }
}

/// The kinds of errors. Those for which [`SyntaxErrorKind::is_legal`] holds are legal KDL that is hardly meant.
#[derive(Clone, Debug, PartialEq)]
pub enum SyntaxErrorKind {
    /// `true`, `false`, `null`, `inf`, `-inf`, `nan` without `#`.
    BareKeyword(&'static str),
    /// `#something` that is no keyword.
    UnknownKeyword(String),
    /// `r"…"` or `r#"…"#` of KDL 1.
    Kdl1RawString,
    /// A value of this kind without quotes.
    BareValue(BareValue),
    /// Typographic or single quotation marks in place of `"` (legal: they are part of a bare string).
    CurlyQuotes {
        /// Whether KDL reads it as one plain word, marks and all.
        is_word: bool,
    },
    /// A text that begins with a typographic mark and ends with `"`.
    MixedQuotes,
    /// A quoted string that does not end on its line.
    UnclosedString,
    /// A `"""` or `#"` string that never ends.
    UnclosedLongString,
    /// A `/*` that never ends.
    UnclosedComment,
    /// A `(` that is not closed on the same line, or holds no name.
    BadAnnotation,
    /// A `{` that is never closed; `span` is where the `}` was due, `related` the brace.
    UnclosedBlock,
    /// Indented lines that look like a block whose `{` is missing.
    MissingBrace,
    /// A `{` on a line below its node, which ends at `head`.
    BraceBelow {
        /// The end of the node's last value.
        head: u32,
    },
    /// A `}` that closes nothing.
    StrayBrace,
    /// An escape that KDL does not have.
    BadEscape,
    /// `"""` with text on its first line.
    LongStringOnOneLine,
    /// A line of a `"""` string that does not begin with the closing line's white space.
    BadIndentation,
    /// Text before the closing `"""` on its line.
    TextBeforeClose,
    /// Digits that make no number.
    BadNumber,
    /// A comma or other sign that separates nothing in KDL; every place of it in one node.
    Separator(char, Vec<Span>),
    /// A comma between two settings on a line; every place of it in one block.
    CommaBetweenNodes(Vec<Span>),
    /// An unquoted word that ends in `:` or `,` (legal: the sign is part of the word), or that is nothing else.
    GluedSign(GluedSign),
    /// A value, or a keyword, at the place of a node's name.
    BadName,
    /// `name = value`, where a setting takes its value after a blank.
    EqualsAfterName,
    /// A property without its value.
    MissingValue,
    /// Two values without a blank between them.
    MissingSpace,
    /// Something after a block's `}` on the same line.
    AfterBlock,
    /// `/-` with nothing after it.
    EmptySlashdash,
    /// An argument or property after a block.
    EntryAfterBlock,
    /// A second block on one node.
    SecondBlock,
    /// The document is JSON, YAML or TOML.
    OtherLanguage(&'static str),
    /// `/- kdl-version 1`.
    Kdl1Version,
    /// A NUL byte.
    Nul,
    /// A character that KDL does not allow anywhere.
    Disallowed(char),
    /// A character that nobody sees, in a name, a value or between them: legal, but what is read is not what is seen.
    Invisible(char),
    /// The same in a comment, where it changes nothing.
    InvisibleInComment(char),
    /// A character that can begin nothing here.
    Unexpected(char),
    /// More nested blocks than the limit.
    TooDeep,
    /// More nodes, values, comments and errors than the limit.
    TooManyTokens,
    /// More errors than the limit.
    TooManyErrors,
}

impl SyntaxErrorKind {
    /// Whether the text is KDL all the same.
    pub fn is_legal(&self) -> bool {
        matches!(
            self,
            Self::CurlyQuotes { is_word: true }
                | Self::Invisible(_)
                | Self::InvisibleInComment(_)
                | Self::GluedSign(_)
                | Self::BareValue(BareValue::Url)
        )
    }

    pub(super) fn separator(sign: char, at: usize) -> Self {
        Self::Separator(sign, vec![Span::new(at, at + sign.len_utf8())])
    }

    /// Whether more than the one value may have been lost to it.
    pub(super) fn swallows(&self) -> bool {
        matches!(
            self,
            Self::UnclosedString | Self::UnclosedLongString | Self::BadAnnotation | Self::Kdl1RawString
        )
    }

    pub(super) fn is_about_braces(&self) -> bool {
        matches!(self, Self::UnclosedBlock | Self::StrayBrace | Self::MissingBrace)
    }
}

/// What an unquoted word that KDL cannot read looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BareValue {
    /// `09:10`
    Time,
    /// `2026-12-02`, with or without a time
    Date,
    /// `20m`
    Duration,
    /// `3/s`
    Pace,
    /// `228cc4fa-…`
    Uuid,
    /// `8 (495)…`, `+7-…`
    Phone,
    /// `https://…`: legal, but the comment sign cuts it short
    Url,
    /// Anything else that starts like a number.
    Other,
}

/// A sign of another language that KDL takes as part of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GluedSign {
    /// `name: "x"`
    ColonAfterName,
    /// `from: "09:10"`, where KDL has `from="09:10"`
    ColonAfterProperty,
    /// `a, b`
    Comma,
}
