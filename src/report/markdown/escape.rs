//! Escapes untrusted text in a Markdown comment: no markup, no mentions, no links.

use std::borrow::Cow;

use crate::util::printable::{Medium, shown};

/// The text in backticks. Inside them there are neither mentions nor links nor HTML.
pub(super) fn code(text: &str) -> String {
    let text = visible(text);
    let fence = "`".repeat(longest_run(&text) + 1);
    let at_edge = |c: char| c == '`' || c == ' ';
    // Markdown strips one blank on each side.
    let blank = if text.is_empty() || text.starts_with(at_edge) || text.ends_with(at_edge) {
        " "
    } else {
        ""
    };
    format!("{fence}{blank}{text}{blank}{fence}")
}

/// Escapes a message of ours: code between backticks may contain untrusted text.
pub(super) fn prose(message: &str) -> String {
    let parts: Vec<&str> = message.split('`').collect();
    let is_paired = parts.len() % 2 == 1 && parts.iter().skip(1).step_by(2).all(|code| !code.is_empty());
    if !is_paired {
        return plain(message).into_owned();
    }
    let parts = parts.iter().enumerate();
    parts
        .map(|(index, part)| {
            if index % 2 == 1 {
                code(part)
            } else {
                plain(part).into_owned()
            }
        })
        .collect()
}

/// Text outside code.
fn plain(text: &str) -> Cow<'_, str> {
    shown(text, Medium::Markdown)
}

/// Text inside HTML.
pub(super) fn html(text: &str) -> Cow<'_, str> {
    shown(text, Medium::Html)
}

/// A code block whose fence is longer than any in its lines.
pub(super) fn fenced(language: &str, lines: &str) -> String {
    let fence = "`".repeat((longest_run(lines) + 1).max(3));
    format!("{fence}{language}\n{lines}{fence}\n")
}

/// The text in one line, with invisible and bidirectional characters escaped.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    shown(text, Medium::Line)
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_fenced_by_more_backticks_than_it_has() {
        assert_eq!(code("spring"), "`spring`");
        assert_eq!(code("a`b``c"), "```a`b``c```");
        assert_eq!(code("`a`"), "`` `a` ``");
        assert_eq!(code(""), "`  `");
        assert_eq!(code("a\nb\r\u{202e}c"), r"`a\nb\r\u{202e}c`");
        assert_eq!(code("Скидки 🎉 | @all"), "`Скидки 🎉 | @all`");
    }

    #[test]
    fn prose_calls_no_one_and_links_to_nothing() {
        assert_eq!(prose("see `dialform lint`: it is"), "see `dialform lint`: it is");
        assert_eq!(
            prose("@ann #12 :tada: <b> *x* [a](b)"),
            "@&#8203;ann #&#8203;12 :&#8203;tada: &lt;b&gt; \\*x\\* \\[&#8203;a\\](b)"
        );
        assert_eq!(prose("http://a.b www.c.d"), "http:&#8203;//a.b www&#8203;.c.d");
        assert_eq!(prose("an odd ` and `` more"), "an odd \\` and \\`\\` more");
        assert_eq!(prose("from 19:50 to 21:00"), "from 19:50 to 21:00");
        assert_eq!(prose("a$b$"), "a<span>$</span>b<span>$</span>");
    }

    #[test]
    fn a_fence_is_longer_than_any_in_it() {
        assert_eq!(fenced("diff", "+ a\n"), "```diff\n+ a\n```\n");
        assert_eq!(fenced("diff", "+ ````\n"), "`````diff\n+ ````\n`````\n");
    }
}
