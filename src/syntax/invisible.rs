//! Takes the characters that were reported as forbidden or invisible out of what was read, so that nobody complains about
//! a name or value because of a character that is an error of its own. Only in a comment does it change nothing.

use std::borrow::Cow;

use super::Parsed;
use super::chars::{is_disallowed, without_disallowed};
use super::error::SyntaxErrorKind;
use super::tree::{Comment, CommentKind, Scalar, Text, Tree};
use crate::project::source::Span;

impl Parsed<'_> {
    /// Only for the rare text that holds such characters does anybody look at the tree again.
    pub(super) fn remove_invisible(&mut self) {
        let is_one = |kind: &SyntaxErrorKind| {
            matches!(
                kind,
                SyntaxErrorKind::Nul | SyntaxErrorKind::Disallowed(_) | SyntaxErrorKind::Invisible(_)
            )
        };
        if self.errors.iter().any(|error| is_one(&error.kind)) {
            self.tell_comments_apart();
            pass_over(&mut self.tree, self.text);
        }
    }

    /// What `/-` switches off is no such comment: where it ends depends on every character in it.
    fn tell_comments_apart(&mut self) {
        let comments = &self.tree.comments;
        for error in &mut self.errors {
            let SyntaxErrorKind::Invisible(c) = error.kind else {
                continue;
            };
            let behind = comments.partition_point(|comment| comment.span.start <= error.span.start);
            let is_around =
                |comment: &Comment| comment.kind != CommentKind::Slashdash && error.span.end <= comment.span.end;
            if behind.checked_sub(1).is_some_and(|index| is_around(&comments[index])) {
                error.kind = SyntaxErrorKind::InvisibleInComment(c);
            }
        }
    }
}

fn pass_over(tree: &mut Tree<'_>, src: &str) {
    let clean = |text: &mut Cow<'_, str>, span: Span| {
        // What an escape stands for was written on purpose.
        let is_there = src
            .get(span.range())
            .is_some_and(|written| written.contains(is_disallowed));
        if is_there && let Cow::Owned(clean) = without_disallowed(text) {
            *text = Cow::Owned(clean);
        }
    };
    let clean_text = |text: &mut Text<'_>| clean(&mut text.text, text.span);
    for node in &mut tree.nodes {
        clean_text(&mut node.name);
        node.annotation.iter_mut().for_each(|text| clean_text(text));
    }
    for entry in &mut tree.entries {
        entry.name.iter_mut().for_each(clean_text);
        entry.value.annotation.iter_mut().for_each(|text| clean_text(text));
        if let Scalar::String(text) = &mut entry.value.scalar {
            clean(text, entry.value.span);
        }
    }
}
