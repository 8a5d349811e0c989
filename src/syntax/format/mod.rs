//! Campaign files laid out in the one way: text → text, with the same tree.
//!
//! What stays as it was: names, values and comments, with their quoting, number forms and inner lines; the order of
//! everything; and what `/-` switches off. What is laid out anew:
//!
//! - a node begins on a line of its own, indented by four blanks a block; there is one blank between its parts, none
//!   around `=` and inside `(type)`, and ` {` precedes a block;
//! - a block that was written on one line stays on it, as `{ a; b }`, while the line is no longer than [`MAX_LINE`]; a
//!   block with nothing in it is `{}`;
//! - several blank lines become one; none stays at the start or the end of a block or of the file;
//! - a line continued with `\` stays continued before a value or comment, one step deeper than its node;
//! - a comment stays on the line of what it follows, one blank after it; comments on consecutive lines that began
//!   in the same column still do;
//! - what a comment to dialform covers, since it is on its line or below it, keeps its line breaks;
//! - lines end as most of them did, with LF or CRLF; the last one ends too; a byte-order mark is dropped.

mod layout;
mod lines;
mod pins;
mod same;

use thiserror::Error;

use crate::project::source::Span;
use crate::syntax::{Parsed, parse, tokens};

/// A block that would make its line longer than this, in characters, is broken into lines.
pub const MAX_LINE: usize = 120;

/// Why a text is left as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FormatError {
    /// There is no telling what its author meant. `lint` says what is wrong.
    #[error("it cannot be read as KDL, so it was left as it is; fix what is shown above and format it again")]
    NotKdl,
    /// Formatted, it would say something else: an error in dialform, noticed before it did harm.
    #[error(
        "formatting would change what line {line} says, so it was left as it is; this is an error in dialform, \
         not in the file: please report it with the lines around"
    )]
    WouldChange {
        /// The first line that would change, 1-based.
        line: usize,
    },
}

/// Lays a text out.
///
/// # Errors
///
/// Where the text is not KDL 2.0, or where its formatted form would not give an equal tree.
pub fn format(text: &str) -> Result<String, FormatError> {
    let before = parse(text);
    if !before.is_kdl() {
        return Err(FormatError::NotKdl);
    }
    let formatted = layout::lay_out(text, &tokens(text, &before.tree), &pins::pinned(&before));
    let after = parse(&formatted);
    let difference = same::first_difference((text, &before), (&formatted, &after));
    match difference.or_else(|| other_coverage(&before, &after)) {
        None => Ok(formatted),
        Some(Span { start, .. }) => {
            let before = text.get(..start as usize).unwrap_or(text);
            Err(FormatError::WouldChange {
                line: before.matches('\n').count() + 1,
            })
        }
    }
}

/// The first comment that covers other names and values afterwards, so that it would hide other findings.
fn other_coverage(before: &Parsed<'_>, after: &Parsed<'_>) -> Option<Span> {
    let (before, after) = (pins::coverage(before), pins::coverage(after));
    let mut both = before.iter().zip(&after);
    both.find(|((_, before), (_, after))| before != after)
        .map(|((comment, _), _)| *comment)
}
