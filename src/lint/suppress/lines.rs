//! Which lines a comment covers, and what is removed together with it.

use crate::project::source::Span;
use crate::syntax::{Comment, CommentKind, Nodes, Tree};

/// The lines and comments of one file.
pub(super) struct CommentLines<'a> {
    text: &'a str,
    comments: &'a [Comment],
    /// Where lines end.
    ends: Vec<usize>,
    /// A cache of one entry: a place, and the first character from there on that is no blank. A line may hold thousands of
    /// comments.
    indent: (usize, usize),
    /// Nodes whose name and values span several lines, which a comment covers together.
    long_heads: Vec<Span>,
    /// A cache of one entry: a run of comment lines, and the line that they cover.
    passed: Option<(Span, Option<Span>)>,
}

impl<'a> CommentLines<'a> {
    pub(super) fn new(text: &'a str, tree: &'a Tree<'_>) -> Self {
        let mut long_heads = Vec::new();
        collect_long(tree.roots(), text, &mut long_heads);
        Self {
            text,
            comments: &tree.comments,
            ends: text.match_indices(['\n', '\r']).map(|(at, _)| at).collect(),
            indent: (usize::MAX, 0),
            long_heads,
            passed: None,
        }
    }

    /// The span in which the findings begin that a comment covers: its own line if there is anything else on it, otherwise the
    /// next line that is no comment. Empty where that line is.
    pub(super) fn covered(&mut self, comment: Comment) -> Span {
        let (start, end) = (comment.span.start as usize, comment.span.end as usize);
        let is_alone = self.is_first(start) && is_blank(&self.text[end..self.line_end(end)]);
        let line = if is_alone {
            self.next_code_of_many(end)
        } else {
            Some(Span::new(self.line_start(start), self.line_end(end)))
        };
        let Some(mut covered) = line else {
            return Span::point(end);
        };
        // In the order of the text, and none inside another.
        let first = self.long_heads.partition_point(|head| head.end < covered.start);
        for head in &self.long_heads[first..] {
            if head.start > covered.end {
                break;
            }
            covered = covered.to(*head);
        }
        // A finding may point at the end of the line.
        let end = self.line_end(covered.end as usize);
        Span::new(self.behind_blanks(covered.start as usize).min(end), end)
    }

    /// [`CommentLines::next_code`], cached for a run of comments: each of a thousand above one line covers that line.
    fn next_code_of_many(&mut self, at: usize) -> Option<Span> {
        match self.passed {
            Some((passed, line)) if (passed.start as usize..passed.end as usize).contains(&at) => line,
            _ => {
                let (line, end) = self.next_code(at);
                self.passed = Some((Span::new(at, end), line));
                line
            }
        }
    }

    /// The next line with something other than comments on it, and where the run of comments ends.
    fn next_code(&self, mut at: usize) -> (Option<Span>, usize) {
        loop {
            let Some(start) = self.next_line(at) else {
                return (None, self.text.len() + 1);
            };
            at = start;
            loop {
                at += self.text[at..].len() - self.text[at..].trim_start_matches([' ', '\t']).len();
                match self.comment_at(at) {
                    Some(comment) => at = comment.span.end as usize,
                    None => break,
                }
            }
            let end = self.line_end(at);
            if at < end {
                return (Some(Span::new(start, end)), start);
            }
            if is_blank(&self.text[start..end]) {
                return (None, start);
            }
        }
    }

    fn comment_at(&self, at: usize) -> Option<&Comment> {
        let index = self
            .comments
            .partition_point(|comment| (comment.span.start as usize) < at);
        let here = self.comments.get(index)?;
        (here.span.start as usize == at && here.kind != CommentKind::Slashdash).then_some(here)
    }

    /// The span that removes a comment: its whole line if nothing else is on it, otherwise also the blanks in front of it.
    pub(super) fn removal(&mut self, comment: Comment) -> Span {
        let (start, end) = (comment.span.start as usize, comment.span.end as usize);
        let line_start = self.line_start(start);
        let is_first = self.is_first(start);
        let behind = &self.text[end..self.line_end(end)];
        match (is_first, is_blank(behind)) {
            (true, true) => match self.next_line(end) {
                Some(next) => Span::new(line_start, next),
                // The last line of a file without a final line break: the file keeps having none.
                None => Span::new(self.without_line_end(line_start), self.text.len()),
            },
            (true, false) => Span::new(start, end + behind.len() - behind.trim_start().len()),
            (false, _) => {
                let before = &self.text[line_start..start];
                Span::new(line_start + before.trim_end().len(), end)
            }
        }
    }

    /// Whether only blanks precede a place on its line.
    fn is_first(&mut self, at: usize) -> bool {
        self.behind_blanks(self.line_start(at)) >= at
    }

    /// Where the blanks behind a place end.
    fn behind_blanks(&mut self, at: usize) -> usize {
        if self.indent.0 != at {
            self.indent = (at, self.text.len() - self.text[at..].trim_start().len());
        }
        self.indent.1
    }

    fn line_start(&self, at: usize) -> usize {
        let lines = self.ends.partition_point(|end| *end < at);
        match lines.checked_sub(1) {
            Some(before) => self.ends[before] + 1,
            // A byte order mark is no part of the first line.
            None => at.min(self.text.len() - self.text.trim_start_matches('\u{FEFF}').len()),
        }
    }

    /// The place without the line break before it.
    fn without_line_end(&self, at: usize) -> usize {
        let before = &self.text[..at];
        let signs = ["\r\n", "\n", "\r"];
        let before = signs.into_iter().find_map(|sign| before.strip_suffix(sign));
        before.map_or(at, str::len)
    }

    fn line_end(&self, at: usize) -> usize {
        let next = self.ends.partition_point(|end| *end < at);
        self.ends.get(next).copied().unwrap_or(self.text.len())
    }

    /// Where the line behind this one begins.
    fn next_line(&self, at: usize) -> Option<usize> {
        let end = self.line_end(at);
        let rest = &self.text[end..];
        let sign = ["\r\n", "\n", "\r"].into_iter().find(|sign| rest.starts_with(sign))?;
        Some(end + sign.len())
    }
}

fn is_blank(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

/// Blocks are never deeper than [`crate::syntax::MAX_DEPTH`].
fn collect_long(nodes: Nodes<'_, '_>, text: &str, long: &mut Vec<Span>) {
    for node in nodes {
        let head = node.head();
        if text.get(head.range()).is_some_and(|head| head.contains(['\n', '\r'])) {
            long.push(head);
        }
        collect_long(node.children(), text, long);
    }
}
