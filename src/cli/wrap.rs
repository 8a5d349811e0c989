//! Wraps prose to a number of columns, and leaves alone what is to be copied or parsed.

use textwrap::core::display_width;

/// How much further in the rest of a wrapped line begins.
const HANG: usize = 2;

/// Wraps each line that is wider than `width` at its blanks, with the rest of it indented. What stands between backticks or
/// double quotes stays on one line, however long it is, and so do ids and paths, which have no blanks.
pub(super) fn wrapped(text: &str, width: usize) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    for line in text.split_inclusive('\n') {
        let (words, end) = line.strip_suffix('\n').map_or((line, ""), |words| (words, "\n"));
        if display_width(words) <= width || is_verbatim(words) {
            out.push_str(words);
        } else {
            wrap_line(&mut out, words, width);
        }
        out.push_str(end);
    }
    out
}

/// Whether the line is one of JSON or of a file rather than prose.
fn is_verbatim(line: &str) -> bool {
    let bare = anstream::adapter::strip_str(line).to_string();
    let bare = bare.trim_start();
    let bare = bare.strip_prefix(['+', '-']).map_or(bare, str::trim_start);
    bare.starts_with(['"', '{', '}', '[', ']']) || line.contains(['\t', '\r'])
}

fn wrap_line(out: &mut String, line: &str, width: usize) {
    let own = line.len() - line.trim_start_matches(' ').len();
    let indent = " ".repeat((own + HANG).min(width / 2));
    let mut column = own;
    out.push_str(&line[..own]);
    let mut is_first = true;
    let mut blanks = 0;
    for piece in pieces(&line[own..]) {
        if piece.is_empty() {
            blanks += 1;
            continue;
        }
        let needed = display_width(piece);
        let is_too_wide = column + blanks + needed > width && column > indent.len();
        if !is_first && is_too_wide && !opens_command(piece) {
            out.push('\n');
            out.push_str(&indent);
            column = indent.len();
        } else {
            out.push_str(&" ".repeat(blanks));
            column += blanks;
        }
        out.push_str(piece);
        column += needed;
        is_first = false;
        blanks = 1;
    }
}

/// Whether the word would command the runner of GitHub Actions at the start of a line, blanks before it or not.
fn opens_command(word: &str) -> bool {
    anstream::adapter::strip_str(word).to_string().starts_with("::")
}

/// The line's words: what no line end may come into. Between two that more than one blank parts stand empty ones.
fn pieces(line: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut from, mut at) = (0, 0);
    let bytes = line.as_bytes();
    while let Some(byte) = bytes.get(at) {
        match byte {
            b' ' => {
                pieces.push(&line[from..at]);
                from = at + 1;
            }
            b'`' | b'"' => at += quoted(&bytes[at..]),
            _ => {}
        }
        at += 1;
    }
    pieces.push(&line[from..]);
    pieces
}

/// How far it is from a quote to the one that closes it; 0 where none does.
fn quoted(bytes: &[u8]) -> usize {
    let Some((quote, rest)) = bytes.split_first() else {
        return 0;
    };
    let mut is_escaped = false;
    for (index, byte) in rest.iter().enumerate() {
        if byte == quote && !is_escaped {
            return index + 1;
        }
        is_escaped = *quote == b'"' && *byte == b'\\' && !is_escaped;
    }
    0
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn what_is_to_be_copied_stays_in_one_piece() {
        for (text, expected) in [
            ("  one two three four", "  one two\n    three\n    four"),
            ("say `a b c d e f` now\nshort\n", "say\n  `a b c d e f`\n  now\nshort\n"),
            ("say \"a \\\" b c d\" now", "say\n  \"a \\\" b c d\"\n  now"),
            ("no `end of it here", "no `end of\n  it here"),
            ("aaaaaaaaaaaaaaaaaaaa b", "aaaaaaaaaaaaaaaaaaaa\n  b"),
            ("      + \"key\": \"value\", more", "      + \"key\": \"value\", more"),
            ("\u{1b}[31mred red\u{1b}[0m blue", "\u{1b}[31mred red\u{1b}[0m\n  blue"),
            ("весна весна весна", "весна весна\n  весна"),
            ("", ""),
        ] {
            assert_eq!(wrapped(text, 11), expected, "{text:?}");
        }
    }

    #[test]
    fn no_line_comes_to_begin_with_a_command_of_a_ci_system() {
        for text in ["the service says ::error::x", "the service says \u{1b}[31m::error::x"] {
            for width in 1..40 {
                for line in wrapped(text, width).lines() {
                    assert!(!line.trim_start().starts_with("::"), "{line}");
                    assert!(!line.trim_start().starts_with("\u{1b}[31m::"), "{line}");
                }
            }
        }
    }
}
