//! Where the front end and the `kdl` crate part, and why that is right. Everything else that differs is a mistake.

use dialform::syntax::{
    self, BareValue, CommentKind, Comparison, DifferenceKind, SyntaxError, SyntaxErrorKind, compare,
};

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
    Doubt(fn(&SyntaxErrorKind) -> bool),
    /// The `kdl` crate misses a mistake such as this one.
    Missed(fn(&str, &SyntaxError) -> bool),
    /// The `kdl` crate rejects something: without it, both agree.
    Refused(fn(&str) -> String),
}

/// Every known difference.
pub(crate) const DEVIATIONS: &[Deviation] = &[
    Deviation {
        reason: "a word that ends in `:` or `,` loses the sign, which the finding says and the fix takes out",
        example: "name: a",
        kind: Kind::Doubt(|kind| matches!(kind, SyntaxErrorKind::GluedSign(_))),
    },
    Deviation {
        reason: "a text in typographic quotes is no value but a finding, with a fix",
        example: "name “a”",
        kind: Kind::Doubt(|kind| matches!(kind, SyntaxErrorKind::CurlyQuotes { .. })),
    },
    Deviation {
        reason: "a bare URL is no value but a finding: `//` would begin a comment",
        example: "webhook https://a",
        kind: Kind::Doubt(|kind| matches!(kind, SyntaxErrorKind::BareValue(BareValue::Url))),
    },
    Deviation {
        reason: "a character that nobody sees is no part of what is read, but a finding, with a fix",
        example: "a\u{200B}",
        kind: Kind::Doubt(|kind| matches!(kind, SyntaxErrorKind::Invisible(_))),
    },
    Deviation {
        reason: "a document that says it is KDL 1 is not read as KDL 2",
        example: "/- kdl-version 1\na",
        kind: Kind::Missed(|_, mistake| mistake.kind == SyntaxErrorKind::Kdl1Version),
    },
    Deviation {
        reason: "the specification disallows some characters in comments and strings too",
        example: "// \u{7}",
        kind: Kind::Missed(|_, mistake| is_disallowed(mistake)),
    },
    Deviation {
        reason: "a file or block of YAML or JSON is one finding, though its `name:` and `:` could be a node's name and value",
        example: "a: b\nc: d",
        kind: Kind::Missed(|_, mistake| matches!(mistake.kind, SyntaxErrorKind::OtherLanguage("YAML" | "JSON"))),
    },
    Deviation {
        reason: "`-inf` is a keyword without its `#`",
        example: "-inf",
        kind: Kind::Missed(|text, mistake| text.get(mistake.span.range()) == Some("-inf")),
    },
    Deviation {
        reason: "a raw string begins its text with two quotes only where it goes over several lines",
        example: "a #\"\"\"\"#",
        kind: Kind::Missed(|text, mistake| {
            let is_it = matches!(
                mistake.kind,
                SyntaxErrorKind::LongStringOnOneLine | SyntaxErrorKind::BadAnnotation
            );
            is_it && text[mistake.span.range()].contains("#\"\"\"")
        }),
    },
    Deviation {
        reason: "`/-` cannot switch off another `/-`",
        example: "a /-/-b c",
        kind: Kind::Missed(|_, mistake| mistake.kind == SyntaxErrorKind::EmptySlashdash),
    },
    Deviation {
        reason: "what `/-` switches off must be KDL all the same",
        example: "/-a #truee",
        kind: Kind::Missed(|text, mistake| {
            let mut comments = syntax::parse(text).tree.comments.into_iter();
            comments.any(|comment| {
                let (off, at) = (comment.span.range(), mistake.span.start as usize);
                let is_behind = matches!(
                    mistake.kind,
                    SyntaxErrorKind::AfterBlock | SyntaxErrorKind::EntryAfterBlock
                );
                let is_next = is_behind && text[..at].trim_end().len() == off.end;
                comment.kind == CommentKind::Slashdash && (off.contains(&at) || is_next)
            })
        }),
    },
    Deviation {
        reason: "a node behind `/-` may end in `;`",
        example: "/-a;",
        kind: Kind::Refused(|text| in_slashdashes(text, ";", "\n")),
    },
    Deviation {
        reason: "`/-` needs no white space in front of it (the official cases zero_space_before_slashdash_*)",
        example: "a/-b",
        kind: Kind::Refused(|text| in_slashdashes(text, "/-", " /-")),
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

/// The known difference that this one is, or the first of several.
pub(crate) fn known(text: &str, comparison: &Comparison) -> Option<&'static Deviation> {
    let Comparison::Differ(difference) = comparison else {
        return None;
    };
    let mistakes = syntax::parse(text).errors;
    let doubt = DEVIATIONS.iter().find(|deviation| match deviation.kind {
        Kind::Doubt(is_it) => mistakes.iter().any(|mistake| is_it(&mistake.kind)),
        _ => false,
    });
    if doubt.is_some() {
        return doubt;
    }
    match difference.kind {
        DifferenceKind::OnlyWeReject => missed(text, &mistakes).or_else(|| disallowed(text, &mistakes)),
        DifferenceKind::OnlyTheyReject | DifferenceKind::Meaning => refused(text),
    }
}

/// Every mistake must be one that the `kdl` crate misses.
fn missed(text: &str, mistakes: &[SyntaxError]) -> Option<&'static Deviation> {
    let mut first = None;
    for mistake in mistakes.iter().filter(|mistake| !mistake.kind.is_legal()) {
        // Going on after the first, the front end may take a brace for a part of it.
        if first.is_some() && mistake.kind == SyntaxErrorKind::UnclosedBlock {
            continue;
        }
        let found = DEVIATIONS.iter().find(|deviation| match deviation.kind {
            Kind::Missed(is_it) => is_it(text, mistake),
            _ => false,
        });
        first = first.or(Some(found?));
    }
    first
}

fn is_disallowed(mistake: &SyntaxError) -> bool {
    matches!(mistake.kind, SyntaxErrorKind::Disallowed(_) | SyntaxErrorKind::Nul)
}

/// The front end passes over what no document may hold, and may miss it where it is all that a name consists of. With
/// letters in its place, there must be no other difference than known ones.
fn disallowed(text: &str, mistakes: &[SyntaxError]) -> Option<&'static Deviation> {
    let first = mistakes.iter().find(|mistake| is_disallowed(mistake))?;
    let first = missed(text, std::slice::from_ref(first))?;
    let spans = mistakes
        .iter()
        .filter(|mistake| is_disallowed(mistake))
        .map(|mistake| mistake.span.range());
    let signs: Vec<char> = spans.filter_map(|span| text.get(span)?.chars().next()).collect();
    let plain = text.replace(signs.as_slice(), "x");
    match compare(&plain) {
        comparison @ Comparison::Differ(_) => known(&plain, &comparison).map(|_| first),
        Comparison::Same | Comparison::BothReject => Some(first),
    }
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
    first.filter(|_| matches!(compare(&rest), Comparison::Same))
}

/// Replaces a sign in all that `/-` switches off, but for strings and comments.
fn in_slashdashes(text: &str, sign: &str, replacement: &str) -> String {
    let comments = syntax::parse(text).tree.comments;
    let off = comments.iter().filter(|comment| comment.kind == CommentKind::Slashdash);
    let off: Vec<_> = off.map(|comment| comment.span.range()).collect();
    let mut out = String::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let opaque = opaque(rest);
        if opaque > 0 {
            out.push_str(&rest[..opaque]);
            at += opaque;
        } else if rest.starts_with(sign) && off.iter().any(|span| span.contains(&at)) {
            out.push_str(replacement);
            at += sign.len();
        } else {
            out.push(c);
            at += c.len_utf8();
        }
    }
    out
}

/// The length of the string or comment that begins a text, zero where none does. Told without the front end, roughly.
fn opaque(text: &str) -> usize {
    let end_of = |from: usize, end: &str| text[from..].find(end).map_or(text.len(), |at| from + at + end.len());
    if text.starts_with("//") {
        return text
            .find(['\n', '\r', '\u{85}', '\u{C}', '\u{B}', '\u{2028}', '\u{2029}'])
            .unwrap_or(text.len());
    }
    if text.starts_with("/*") {
        let mut depth = 0_usize;
        for (at, pair) in text.as_bytes().windows(2).enumerate() {
            // `/*/` opens and does not close; nothing else overlaps in what is accepted.
            match pair {
                b"/*" => depth += 1,
                b"*/" if depth == 1 && at > 1 => return at + 2,
                b"*/" if at > 1 => depth -= 1,
                _ => {}
            }
        }
        return text.len();
    }
    let hashes = text.len() - text.trim_start_matches('#').len();
    let body = &text[hashes..];
    let quotes = if body.starts_with("\"\"\"") { "\"\"\"" } else { "\"" };
    if !body.starts_with('"') {
        return 0;
    }
    if hashes > 0 {
        return end_of(hashes + quotes.len(), &format!("{quotes}{}", "#".repeat(hashes)));
    }
    let mut at = quotes.len();
    while let Some(c) = text[at..].chars().next() {
        if text[at..].starts_with(quotes) {
            return at + quotes.len();
        }
        at += c.len_utf8();
        if c == '\\' {
            at += text[at..].chars().next().map_or(0, char::len_utf8);
        }
    }
    text.len()
}
