//! Where the front end and the `kdl` crate part, and why that is right. Everything else that differs is a mistake.

use dialform::syntax::{self, BareValue, CommentKind, Mistake, MistakeKind};
use kdl::KdlDocument;

use super::document::{self, Node};

/// What comparing two readers on a text gave.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// Both accept, and read the same.
    Same,
    /// Neither accepts.
    BothReject,
    /// They part.
    Differ(Difference),
}

/// How two readers part on a text.
#[derive(Debug)]
pub(crate) enum Difference {
    /// The front end accepts, the `kdl` crate does not.
    OnlyOurs(String),
    /// The other way round.
    OnlyTheirs(Vec<MistakeKind>),
    /// Both accept, and read something else.
    Meaning(Vec<Node>, Vec<Node>),
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::OnlyOurs(why) => write!(f, "only the kdl crate rejects: {why}"),
            Self::OnlyTheirs(mistakes) => write!(f, "only dialform rejects: {mistakes:?}"),
            Self::Meaning(ours, theirs) => write!(f, "read as\n{ours:?}\nand by the kdl crate as\n{theirs:?}"),
        }
    }
}

/// A difference that is known.
pub(crate) struct Deviation {
    /// Why it is right that they part.
    pub(crate) reason: &'static str,
    /// A text on which they do.
    pub(crate) example: &'static str,
    kind: Kind,
}

/// How a difference is told from one that is not known.
enum Kind {
    /// The front end reads legal KDL that is hardly meant in its own way, and says so with such a mistake.
    Doubt(fn(&MistakeKind) -> bool),
    /// The `kdl` crate misses a mistake such as this one.
    Missed(fn(&str, &Mistake) -> bool),
    /// The `kdl` crate rejects something: without it, both agree.
    Refused(fn(&str) -> String),
}

/// Every known difference.
pub(crate) const DEVIATIONS: &[Deviation] = &[
    Deviation {
        reason: "a word that ends in `:` or `,` loses the sign, which the finding says and the fix takes out",
        example: "name: a",
        kind: Kind::Doubt(|kind| matches!(kind, MistakeKind::GluedSign(_))),
    },
    Deviation {
        reason: "a text in typographic quotes is no value but a finding, with a fix",
        example: "name “a”",
        kind: Kind::Doubt(|kind| matches!(kind, MistakeKind::CurlyQuotes)),
    },
    Deviation {
        reason: "a bare URL is no value but a finding: `//` would begin a comment",
        example: "webhook https://a",
        kind: Kind::Doubt(|kind| matches!(kind, MistakeKind::BareValue(BareValue::Url))),
    },
    Deviation {
        reason: "a document that says it is KDL 1 is not read as KDL 2",
        example: "/- kdl-version 1\na",
        kind: Kind::Missed(|_, mistake| mistake.kind == MistakeKind::Kdl1Version),
    },
    Deviation {
        reason: "the specification disallows some characters in comments and strings too",
        example: "// \u{7}",
        kind: Kind::Missed(|_, mistake| matches!(mistake.kind, MistakeKind::Disallowed(_) | MistakeKind::Nul)),
    },
    Deviation {
        reason: "`-inf` is a keyword without its `#`",
        example: "-inf",
        kind: Kind::Missed(|text, mistake| text.get(mistake.span.range()) == Some("-inf")),
    },
    Deviation {
        reason: "`/-` needs no white space in front of it (the official cases zero_space_before_slashdash_*)",
        example: "a/-b",
        kind: Kind::Refused(|text| {
            in_slashdashes(
                text,
                |before, piece| piece == '/' && before.is_some_and(|c| c != ' '),
                " /",
            )
        }),
    },
    Deviation {
        reason: "a node behind `/-` may end in `;`",
        example: "/-a;",
        kind: Kind::Refused(|text| in_slashdashes(text, |_, piece| piece == ';', "\n")),
    },
    Deviation {
        reason: "an integer may have more than 128 bits",
        example: "a 170141183460469231731687303715884105728",
        kind: Kind::Refused(|text| {
            let is_digit = |c: char| c.is_ascii_hexdigit() || c == '_';
            let mut out = text.to_owned();
            for digits in text.split(|c| !is_digit(c)).filter(|digits| digits.len() > 30) {
                out = out.replace(digits, &digits[..30]);
            }
            out
        }),
    },
];

/// Reads a text both ways.
pub(crate) fn compare(text: &str) -> Verdict {
    let ours = syntax::parse(text);
    match (ours.is_kdl(), KdlDocument::parse(text)) {
        (false, Err(_)) => Verdict::BothReject,
        (true, Err(why)) => {
            let why = why.diagnostics.iter().filter_map(|one| one.message.clone());
            Verdict::Differ(Difference::OnlyOurs(why.collect::<Vec<_>>().join("; ")))
        }
        (false, Ok(_)) => {
            let kinds = ours.mistakes.into_iter().map(|mistake| mistake.kind);
            Verdict::Differ(Difference::OnlyTheirs(kinds.filter(|kind| !kind.is_legal()).collect()))
        }
        (true, Ok(theirs)) => {
            let (ours, theirs) = (document::ours(&ours.tree), document::theirs(&theirs));
            if ours == theirs {
                Verdict::Same
            } else {
                Verdict::Differ(Difference::Meaning(ours, theirs))
            }
        }
    }
}

/// The known difference that this one is, or the first of several.
pub(crate) fn known(text: &str, verdict: &Verdict) -> Option<&'static Deviation> {
    let Verdict::Differ(difference) = verdict else {
        return None;
    };
    let mistakes = syntax::parse(text).mistakes;
    let doubt = DEVIATIONS.iter().find(|deviation| match deviation.kind {
        Kind::Doubt(is_it) => mistakes.iter().any(|mistake| is_it(&mistake.kind)),
        _ => false,
    });
    if doubt.is_some() {
        return doubt;
    }
    match difference {
        Difference::OnlyTheirs(_) => missed(text, &mistakes),
        Difference::OnlyOurs(_) | Difference::Meaning(..) => refused(text),
    }
}

/// Every mistake must be one that the `kdl` crate misses.
fn missed(text: &str, mistakes: &[Mistake]) -> Option<&'static Deviation> {
    let mut first = None;
    for mistake in mistakes.iter().filter(|mistake| !mistake.kind.is_legal()) {
        let found = DEVIATIONS.iter().find(|deviation| match deviation.kind {
            Kind::Missed(is_it) => is_it(text, mistake),
            _ => false,
        });
        first = first.or(Some(found?));
    }
    first
}

/// Without all that the `kdl` crate refuses, both must read the same.
fn refused(text: &str) -> Option<&'static Deviation> {
    let mut first = None;
    let mut rest = text.to_owned();
    for deviation in DEVIATIONS {
        if let Kind::Refused(without) = deviation.kind {
            let next = without(&rest);
            if next != rest {
                first = first.or(Some(deviation));
            }
            rest = next;
        }
    }
    first.filter(|_| matches!(compare(&rest), Verdict::Same))
}

/// Replaces characters of all that `/-` switches off: those for which the test holds, given the one in front as well.
fn in_slashdashes(text: &str, is_it: impl Fn(Option<char>, char) -> bool, replacement: &str) -> String {
    let comments = syntax::parse(text).tree.comments;
    let off = comments.iter().filter(|comment| comment.kind == CommentKind::Slashdash);
    let mut out = String::new();
    let mut copied = 0;
    for span in off.map(|comment| comment.span.range()) {
        for (at, c) in text[span.clone()].char_indices().map(|(at, c)| (span.start + at, c)) {
            let before = text[..at].chars().next_back();
            if at >= copied && is_it(before, c) && (c != '/' || text[at..].starts_with("/-")) {
                out.push_str(&text[copied..at]);
                out.push_str(replacement);
                copied = at + c.len_utf8();
            }
        }
    }
    out + &text[copied..]
}
