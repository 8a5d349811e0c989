//! Which lines a comment covers, and what is removed together with it.

use super::chars::{is_newline, is_space};
use super::tree::{Comment, CommentKind, Nodes, Tree};
use crate::project::source::Span;

/// The lines and comments of one file.
#[derive(Debug)]
pub struct CommentLines<'a> {
    text: &'a str,
    comments: &'a [Comment],
    /// Where lines end.
    ends: Vec<usize>,
    /// A cache of one entry: a place, and the first character from there on that is no blank. A line may hold thousands of
    /// comments.
    indent: (usize, usize),
    /// Nodes whose name and values span several lines, which a comment covers together.
    long_heads: Vec<Span>,
    /// Nodes whose block spans several lines, from the name to the `}`, in the order of these.
    long_blocks: Vec<Span>,
    /// A cache of one entry: a run of comment lines, and the line that they cover.
    passed: Option<(Span, Option<Span>)>,
}

impl<'a> CommentLines<'a> {
    /// The lines of a text and of its tree.
    pub fn new(text: &'a str, tree: &'a Tree<'_>) -> Self {
        let (mut long_heads, mut long_blocks) = (Vec::new(), Vec::new());
        collect_long(tree.roots(), text, &mut long_heads, &mut long_blocks);
        Self {
            text,
            comments: &tree.comments,
            ends: text.match_indices(is_newline).map(|(at, _)| at).collect(),
            indent: (usize::MAX, 0),
            long_heads,
            long_blocks,
            passed: None,
        }
    }

    /// The span in which the findings begin that a comment covers: its own line if there is anything else on it, otherwise the
    /// next line that is no comment. Empty where that line is. Right behind the `}` of several lines, it covers these.
    pub fn covered(&mut self, comment: Comment) -> Span {
        let (start, end) = (comment.span.start as usize, comment.span.end as usize);
        // A `;` or a `\` says nothing beside a comment: the formatter drops it.
        let ends_nothing = |text: &str| text.chars().all(|c| matches!(c, ';' | '\\') || c.is_whitespace());
        let is_first = self.is_first(start) || ends_nothing(&self.text[self.line_start(start)..start]);
        let is_alone = is_first && ends_nothing(&self.text[end..self.line_end(end)]);
        let line = if is_alone {
            self.next_code_of_many(end)
        } else {
            Some(Span::new(self.line_start(start), self.line_end(end)))
        };
        let Some(mut covered) = line else {
            return Span::point(end);
        };
        if !is_alone && let Some(block) = self.block_before(start) {
            covered = covered.to(block);
        }
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

    /// The node whose `}` a comment is right behind, where its block spans several lines.
    fn block_before(&self, comment: usize) -> Option<Span> {
        let behind = self.long_blocks.partition_point(|block| block.end as usize <= comment);
        let block = self.long_blocks.get(behind.checked_sub(1)?)?;
        let between = self.text.get(block.end as usize..comment)?;
        between.chars().all(|c| c == ';' || is_space(c)).then_some(*block)
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
                at += self.text[at..].len() - self.text[at..].trim_start_matches([' ', '\t', '\\']).len();
                match self.comment_at(at) {
                    Some(comment) => at = comment.span.end as usize,
                    None => break,
                }
            }
            let end = self.line_end(at);
            if at < end {
                return (Some(Span::new(start, end)), start);
            }
            // Between nodes, a `\` is a blank.
            if self.text[start..end].chars().all(|c| c == '\\' || c.is_whitespace()) {
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
    pub fn removal(&mut self, comment: Comment) -> Span {
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

    /// Where the line of a place begins.
    pub fn line_start(&self, at: usize) -> usize {
        let lines = self.ends.partition_point(|end| *end < at);
        match lines.checked_sub(1) {
            Some(before) => {
                let end = self.ends[before];
                end + self.text[end..].chars().next().map_or(0, char::len_utf8)
            }
            // A byte order mark is no part of the first line.
            None => at.min(self.text.len() - self.text.trim_start_matches('\u{FEFF}').len()),
        }
    }

    /// The place without the line break before it.
    fn without_line_end(&self, at: usize) -> usize {
        let before = &self.text[..at];
        let before = before.strip_suffix("\r\n").or_else(|| before.strip_suffix(is_newline));
        before.map_or(at, str::len)
    }

    /// Where the line of a place ends, its line break not included.
    pub fn line_end(&self, at: usize) -> usize {
        let next = self.ends.partition_point(|end| *end < at);
        self.ends.get(next).copied().unwrap_or(self.text.len())
    }

    /// Where the line behind this one begins.
    fn next_line(&self, at: usize) -> Option<usize> {
        let end = self.line_end(at);
        let rest = &self.text[end..];
        let behind = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix(is_newline))?;
        Some(self.text.len() - behind.len())
    }
}

/// Whether a comment is addressed to dialform: it may hide findings.
pub fn is_directive(text: &str, comment: &Comment) -> bool {
    const MARK: &str = "dialform";
    let text = text.get(comment.span.range()).unwrap_or_default();
    let text = text.trim_start_matches(|c: char| matches!(c, '/' | '*') || c.is_whitespace());
    let start = text.get(..MARK.len()).unwrap_or_default();
    comment.kind != CommentKind::Slashdash && start.eq_ignore_ascii_case(MARK)
}

fn is_blank(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

/// Blocks are never deeper than [`super::MAX_DEPTH`].
fn collect_long(nodes: Nodes<'_, '_>, text: &str, heads: &mut Vec<Span>, blocks: &mut Vec<Span>) {
    let is_long = |span: Span| text.get(span.range()).is_some_and(|part| part.contains(is_newline));
    for node in nodes {
        let head = node.head();
        if is_long(head) {
            heads.push(head);
        }
        collect_long(node.children(), text, heads, blocks);
        if let Some(block) = node.block()
            && is_long(block.open.to(block.close))
        {
            blocks.push(head.to(block.close));
        }
    }
}
