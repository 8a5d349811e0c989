//! Lines that keep their breaks: a comment that hides findings covers a line, so what is on that line stays together.

use std::ops::Range;

use crate::project::source::Span;
use crate::syntax::{Comment, CommentLines, Nodes, Parsed, is_directive};

/// Whole lines that are laid out as they are broken, in the order of the text.
pub(super) fn pinned(parsed: &Parsed<'_>) -> Vec<Span> {
    let mut pinned: Vec<Span> = Vec::new();
    let mut lines = None;
    for comment in directives(parsed) {
        let lines = lines.get_or_insert_with(|| CommentLines::new(parsed.text, &parsed.tree));
        let covered = lines.covered(*comment);
        let all = if covered.start == covered.end {
            comment.span
        } else {
            comment.span.to(covered)
        };
        let all = Span::new(lines.line_start(all.start as usize), lines.line_end(all.end as usize));
        match pinned.last_mut().filter(|last| last.end >= all.start) {
            Some(last) => *last = last.to(all),
            None => pinned.push(all),
        }
    }
    pinned
}

/// For each comment to dialform, which of the names and values it covers, counted from the start of the text.
pub(super) fn coverage(parsed: &Parsed<'_>) -> Vec<(Span, Range<usize>)> {
    let mut directives = directives(parsed).peekable();
    if directives.peek().is_none() {
        return Vec::new();
    }
    let mut starts = Vec::new();
    collect_starts(parsed.tree.roots(), &mut starts);
    starts.sort_unstable();
    let mut lines = CommentLines::new(parsed.text, &parsed.tree);
    let covered = directives.map(|comment| {
        let covered = lines.covered(*comment);
        let first = starts.partition_point(|start| *start < covered.start);
        let behind = starts.partition_point(|start| *start < covered.end);
        // All that cover nothing are alike.
        let covered = if first < behind { first..behind } else { 0..0 };
        (comment.span, covered)
    });
    covered.collect()
}

fn directives<'p>(parsed: &'p Parsed<'_>) -> impl Iterator<Item = &'p Comment> {
    let comments = parsed.tree.comments.iter();
    comments.filter(|comment| is_directive(parsed.text, comment))
}

/// Blocks are never deeper than [`crate::syntax::MAX_DEPTH`].
fn collect_starts(nodes: Nodes<'_, '_>, starts: &mut Vec<u32>) {
    for node in nodes {
        starts.push(node.name().span.start);
        starts.extend(node.entries().iter().map(|entry| entry.value.span.start));
        collect_starts(node.children(), starts);
    }
}
