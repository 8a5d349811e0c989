//! Lines on their way out: code, the comment after it, and the column in which comments of consecutive lines begin.

/// One line, or several where a string or comment in it has line ends of its own.
#[derive(Debug, Default)]
pub(super) struct Line<'s> {
    /// All but the comment after it, indented. Empty for a blank line.
    pub(super) code: String,
    /// A `//` comment after the code.
    pub(super) comment: Option<Trailing<'s>>,
}

/// A `//` comment after code.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trailing<'s> {
    pub(super) text: &'s str,
    /// Where it began before, in characters from the start of its line.
    pub(super) column: usize,
}

impl Line<'_> {
    /// Characters of the code's last line.
    pub(super) fn width(&self) -> usize {
        let last = self.code.rfind(['\n', '\r']).map_or(0, |end| end + 1);
        self.code[last..].chars().count()
    }

    /// Whether its comment began right below that of the line above.
    fn is_aligned_with(&self, above: &Self) -> bool {
        let column = |line: &Self| line.comment.map(|comment| comment.column);
        column(self).is_some() && column(self) == column(above) && !self.code.contains(['\n', '\r'])
    }
}

/// Puts lines together.
pub(super) fn join(lines: &[Line<'_>], line_end: &str) -> String {
    let mut out = String::new();
    for run in lines.chunk_by(|above, line| line.is_aligned_with(above)) {
        let has_comments = run.iter().any(|line| line.comment.is_some());
        let column = if has_comments { widest(run) + 1 } else { 0 };
        for line in run {
            out.push_str(&line.code);
            if let Some(comment) = line.comment {
                out.extend(std::iter::repeat_n(' ', column - line.width()));
                out.push_str(comment.text);
            }
            out.push_str(line_end);
        }
    }
    out
}

fn widest(run: &[Line<'_>]) -> usize {
    run.iter().map(Line::width).max().unwrap_or_default()
}
