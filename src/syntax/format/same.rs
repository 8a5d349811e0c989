//! Whether two texts say the same, in the same words, but for where these are: checked before anything is written.

use crate::project::source::Span;
use crate::syntax::{Comment, CommentKind, Entry, Node, Nodes, Parsed, Text};

/// A text and what parsing it gave.
type Read<'a, 's> = (&'a str, &'a Parsed<'s>);

/// The first place in `before` that `after` has not, or has otherwise; nothing where the two are equal.
pub(super) fn first_difference(before: Read<'_, '_>, after: Read<'_, '_>) -> Option<Span> {
    let texts = Texts {
        before: before.0,
        after: after.0,
    };
    if !after.1.is_kdl() {
        return Some(Span::point(0));
    }
    let (before, after) = (&before.1.tree, &after.1.tree);
    texts
        .nodes(before.roots(), after.roots(), Span::point(0))
        .or_else(|| texts.comments(&before.comments, &after.comments))
}

#[derive(Clone, Copy)]
struct Texts<'a> {
    before: &'a str,
    after: &'a str,
}

impl Texts<'_> {
    /// Compares siblings. Blocks are never deeper than [`crate::syntax::MAX_DEPTH`].
    fn nodes(self, before: Nodes<'_, '_>, mut after: Nodes<'_, '_>, owner: Span) -> Option<Span> {
        for node in before {
            let place = node.name().span;
            let Some(other) = after.next() else { return Some(place) };
            let difference = self.node(node, other);
            if difference.is_some() {
                return difference;
            }
        }
        after.next().map(|_| owner)
    }

    fn node(self, before: Node<'_, '_>, after: Node<'_, '_>) -> Option<Span> {
        let place = before.name().span;
        let is_head_equal = self.is_same_text(Some(before.name()), Some(after.name()))
            && self.is_same_text(before.annotation(), after.annotation())
            && before.entries().len() == after.entries().len()
            && before.block().is_some() == after.block().is_some();
        if !is_head_equal {
            return Some(place);
        }
        let mut entries = before.entries().iter().zip(after.entries());
        entries
            .find(|(before, after)| !self.is_same_entry(before, after))
            .map(|(before, _)| before.span())
            .or_else(|| self.nodes(before.children(), after.children(), place))
    }

    fn is_same_entry(self, before: &Entry<'_>, after: &Entry<'_>) -> bool {
        self.is_same_text(before.name.as_ref(), after.name.as_ref())
            && self.is_same_text(before.value.annotation.as_deref(), after.value.annotation.as_deref())
            && before.value.scalar == after.value.scalar
            && self.is_written_the_same(before.value.span, after.value.span)
    }

    fn is_same_text(self, before: Option<&Text<'_>>, after: Option<&Text<'_>>) -> bool {
        match (before, after) {
            (Some(before), Some(after)) => {
                before.text == after.text && self.is_written_the_same(before.span, after.span)
            }
            (before, after) => before.is_none() && after.is_none(),
        }
    }

    /// Also the quoting and the form of a number are the author's.
    fn is_written_the_same(self, before: Span, after: Span) -> bool {
        self.before.get(before.range()) == self.after.get(after.range())
    }

    fn comments(self, before: &[Comment], after: &[Comment]) -> Option<Span> {
        let differing = before.iter().enumerate().find(|(index, comment)| {
            let other = after.get(*index);
            other.is_none_or(|other| words(self.before, comment) != words(self.after, other))
        });
        match differing {
            Some((_, comment)) => Some(comment.span),
            None if after.len() > before.len() => Some(Span::point(0)),
            None => None,
        }
    }
}

/// A comment's text. Nobody sees the blanks at the end of a line.
fn words<'a>(text: &'a str, comment: &Comment) -> (CommentKind, &'a str) {
    let words = text.get(comment.span.range()).unwrap_or_default();
    match comment.kind {
        CommentKind::Line => (comment.kind, words.trim_end()),
        kind => (kind, words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::parse;

    fn difference(before: &str, after: &str) -> Option<u32> {
        let (read_before, read_after) = (parse(before), parse(after));
        first_difference((before, &read_before), (after, &read_after)).map(|span| span.start)
    }

    #[test]
    fn places_and_blanks_do_not_differ() {
        assert_eq!(difference("a{b;c}//x ", "a {\n    b\n    c\n} //x\n"), None);
        assert_eq!(difference("a k = 1 /* x */ /- b", "a k=1 /* x */ /- b\n"), None);
    }

    #[test]
    fn every_part_of_the_tree_and_every_comment_counts() {
        for (before, after, place) in [
            ("a 1", "b 1", 0),
            ("a 1", "a 2", 2),
            ("a 1", "a 0x1", 2),
            ("a x", "a \"x\"", 2),
            ("a x", "\"a\" x", 0),
            ("a 1 2", "a 2 1", 2),
            ("a 1", "a 1 2", 0),
            ("a k=1", "a j=1", 2),
            ("a k=1", "a k 1", 0),
            ("a (t)1", "a 1", 5),
            ("a (t)1", "a (u)1", 5),
            ("(t)a", "a", 3),
            ("a {}", "a", 0),
            ("a {\nb\n}", "a {\nc\n}", 4),
            ("a {\nb\n}", "a {}\nb", 4),
            ("a\nb", "a b", 0),
            ("a\nb", "a", 2),
            ("a {}", "a {\nb\n}", 0),
            ("a // x", "a", 2),
            ("a // x", "a // y", 2),
            ("a // x", "a /* x */", 2),
            ("// x\n// y\na", "// y\n// x\na", 0),
            ("a /- 1", "a /-1", 2),
            ("a", "a // x", 0),
            ("a", "a {", 0),
        ] {
            assert_eq!(difference(before, after), Some(place), "{before:?} and {after:?}");
        }
    }
}
