//! Text that anybody may have written, made safe in a comment: it stays text, calls no one by `@`, and links to nothing.

/// Breaks up what GitHub and GitLab make links, mentions and emoji of. Nobody sees it.
const BREAK: char = '\u{200b}';

/// The text in backticks. Inside them there are neither mentions nor links nor HTML.
pub(super) fn code(text: &str) -> String {
    let text = visible(text);
    let fence = "`".repeat(longest_run(&text) + 1);
    let at_edge = |c: char| c == '`' || c == ' ';
    // One blank on each side is taken off again.
    let blank = if text.is_empty() || text.starts_with(at_edge) || text.ends_with(at_edge) {
        " "
    } else {
        ""
    };
    format!("{fence}{blank}{text}{blank}{fence}")
}

/// A message of ours, which has code between single backticks, and in it or beside it words of others.
pub(super) fn prose(message: &str) -> String {
    let parts: Vec<&str> = message.split('`').collect();
    let is_paired = parts.len() % 2 == 1 && parts.iter().skip(1).step_by(2).all(|code| !code.is_empty());
    if !is_paired {
        return plain(message);
    }
    let parts = parts.iter().enumerate();
    parts
        .map(|(index, part)| if index % 2 == 1 { code(part) } else { plain(part) })
        .collect()
}

/// Text outside code.
fn plain(text: &str) -> String {
    let text = visible(text);
    let mut out = String::new();
    let mut before = ' ';
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // GitHub's own way to write one that does not begin a formula.
            '$' => out.push_str("<span>$</span>"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' => out.extend(['\\', c]),
            '.' if matches!(before, 'w' | 'W') => out.extend([BREAK, c]),
            _ => out.push(c),
        }
        let refers = match c {
            '@' | '#' | '!' | '~' | '%' | '&' | '^' | '[' => true,
            // Not the one of a time of day.
            ':' => !before.is_ascii_digit(),
            _ => false,
        };
        if refers && chars.peek().is_some_and(|next| !next.is_whitespace()) {
            out.push(BREAK);
        }
        before = c;
    }
    out
}

/// Text inside HTML.
pub(super) fn html(text: &str) -> String {
    let mut out = String::new();
    for c in visible(text).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
    out
}

/// Lines in a fence that none of them can close.
pub(super) fn fenced(language: &str, lines: &str) -> String {
    let fence = "`".repeat((longest_run(lines) + 1).max(3));
    format!("{fence}{language}\n{lines}{fence}\n")
}

/// The text in one line, with what nobody can see, or what turns text around, as escapes.
pub(super) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}

fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
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
            "@\u{200b}ann #\u{200b}12 :\u{200b}tada: &lt;b&gt; \\*x\\* \\[\u{200b}a\\](b)"
        );
        assert_eq!(prose("http://a.b www.c.d"), "http:\u{200b}//a.b www\u{200b}.c.d");
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
