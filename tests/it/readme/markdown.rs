//! Fenced blocks of a Markdown document.

use std::ops::Range;

/// A fenced block.
#[derive(Clone, Debug)]
pub(super) struct Block<'t> {
    /// The language and the words behind it.
    words: Vec<&'t str>,
    /// What stands between the fences, each line with its end.
    pub(super) body: &'t str,
    /// The line of the opening fence, from 1.
    pub(super) line: usize,
}

impl Block<'_> {
    /// Whether the block is in this language.
    pub(super) fn is(&self, language: &str) -> bool {
        self.words.first() == Some(&language)
    }

    /// Whether this word stands behind the language.
    pub(super) fn has(&self, word: &str) -> bool {
        self.words.iter().skip(1).any(|has| *has == word)
    }

    /// The first word behind the language.
    pub(super) fn name(&self) -> &str {
        self.words.get(1).copied().unwrap_or_default()
    }
}

/// The fenced blocks in order.
pub(super) fn blocks(text: &str) -> impl Iterator<Item = Block<'_>> {
    let mut found = Vec::new();
    let mut open: Option<(Vec<&str>, Range<usize>, usize)> = None;
    let mut at = 0;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let end = at + line.len();
        match (&mut open, line.trim_end().strip_prefix("```")) {
            (Some(_), Some("")) => {
                let (words, body, line) = open.take().unwrap();
                found.push(Block {
                    words,
                    body: &text[body],
                    line,
                });
            }
            (None, Some(info)) => open = Some((info.split_whitespace().collect(), end..end, index + 1)),
            (Some((_, body, _)), _) => body.end = end,
            (None, None) => {}
        }
        at = end;
    }
    assert!(open.is_none(), "a fence is not closed");
    found.into_iter()
}

/// The document with another body in place of this block's.
pub(super) fn replaced(text: &str, block: &Block<'_>, body: &str) -> String {
    let fence = format!("```{}\n", block.words.join(" "));
    let old = format!("{fence}{}```", block.body);
    assert_eq!(
        text.matches(&old).count(),
        1,
        "line {}: the same block twice",
        block.line
    );
    text.replacen(&old, &format!("{fence}{body}```"), 1)
}
