//! Holds comments against edits: after a fix, a comment covers what it covered before, and none is lost.

use std::collections::BTreeSet;

use super::splice::Edits;
use crate::project::source::Span;
use crate::syntax::{Comment, CommentKind, CommentLines, Nodes, Parsed, is_directive, parse};

/// A node, followed from one text to the other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum FollowedNode {
    /// Its name begins here in the text after the edits.
    At(u32),
    /// Its name was replaced by the edit of this index.
    Replaced(usize),
}

/// The comments of a text, and which nodes each covers.
struct CoveredNodes<'t> {
    text: &'t str,
    comments: Vec<(Comment, Span)>,
    /// Where the names of nodes begin.
    names: Vec<u32>,
}

impl<'t> CoveredNodes<'t> {
    fn new(parsed: &Parsed<'t>) -> Self {
        let mut names = Vec::new();
        collect_names(parsed.tree.roots(), &mut names);
        names.sort_unstable();
        let mut lines = CommentLines::new(parsed.text, &parsed.tree);
        let comments = parsed.tree.comments.iter();
        let comments = comments.filter(|comment| comment.kind != CommentKind::Slashdash);
        Self {
            text: parsed.text,
            comments: comments.map(|comment| (*comment, lines.covered(*comment))).collect(),
            names,
        }
    }

    /// The names that begin in a span.
    fn names(&self, span: Span) -> &[u32] {
        let first = self.names.partition_point(|name| *name < span.start);
        let behind = self.names.partition_point(|name| *name < span.end);
        self.names.get(first..behind).unwrap_or_default()
    }
}

/// What of the old text the comments need that these edits would move to another node or remove: spans from the comment to
/// what it covers. `may_remove` says of a comment whether it is meant to go.
pub(super) fn moved_comments(before: &str, after: &str, edits: &Edits, may_remove: impl Fn(Span) -> bool) -> Vec<Span> {
    if !["//", "/*"].iter().any(|mark| before.contains(mark)) {
        return Vec::new();
    }
    let parsed = parse(before);
    if parsed.tree.comments.is_empty() {
        return Vec::new();
    }
    let (old, new) = (CoveredNodes::new(&parsed), CoveredNodes::new(&parse(after)));
    let places = edits.places(before);
    let follow_old = |name: u32| match places.iter().position(|(from, _)| contains(*from, name)) {
        Some(index) => FollowedNode::Replaced(index),
        None => FollowedNode::At(moved(&places, name)),
    };
    let known: BTreeSet<FollowedNode> = old.names.iter().map(|name| follow_old(*name)).collect();
    // A node that could not be read before has no place that a comment could have covered.
    let follow_new = |name: u32| {
        let node = match places.iter().position(|(_, to)| contains(*to, name)) {
            Some(index) => FollowedNode::Replaced(index),
            None => FollowedNode::At(name),
        };
        Some(node).filter(|node| known.contains(node))
    };
    let mut found = Vec::new();
    for (comment, covered) in &old.comments {
        let text = old.text.get(comment.span.range()).unwrap_or_default();
        let needed = comment.span.to(*covered);
        if let Some(index) = places.iter().position(|(from, _)| contains(*from, comment.span.start)) {
            let to = new.text.get(places[index].1.range()).unwrap_or_default();
            if !to.contains(text.trim_end()) && !may_remove(comment.span) {
                found.push(needed);
            }
            continue;
        }
        let start = moved(&places, comment.span.start);
        let Ok(at) = new
            .comments
            .binary_search_by_key(&start, |(comment, _)| comment.span.start)
        else {
            continue;
        };
        let own: BTreeSet<FollowedNode> = old.names(*covered).iter().map(|name| follow_old(*name)).collect();
        let now: BTreeSet<FollowedNode> = new
            .names(new.comments[at].1)
            .iter()
            .filter_map(|name| follow_new(*name))
            .collect();
        let is_moved = if is_directive(old.text, comment) {
            !now.is_subset(&own)
        } else {
            // A note above two settings of which one goes is about the other.
            !own.is_empty() && !now.is_empty() && now.is_disjoint(&own)
        };
        if is_moved {
            found.push(needed);
        }
    }
    found
}

fn contains(span: Span, at: u32) -> bool {
    span.start <= at && at < span.end
}

/// Where a place outside the edits is afterwards. `places` are in the order of the text.
fn moved(places: &[(Span, Span)], at: u32) -> u32 {
    let behind = places.partition_point(|(from, _)| from.end <= at);
    match behind.checked_sub(1).and_then(|last| places.get(last)) {
        Some((from, to)) => to.end + (at - from.end),
        None => at,
    }
}

/// Blocks are never deeper than [`crate::syntax::MAX_DEPTH`].
fn collect_names(nodes: Nodes<'_, '_>, names: &mut Vec<u32>) {
    for node in nodes {
        names.push(node.name().span.start);
        collect_names(node.children(), names);
    }
}
