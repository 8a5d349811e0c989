//! Unified diffs.

use std::fmt::Write;
use std::path::Path;

use anstyle::{AnsiColor, Style};
use similar::udiff::UnifiedHunkHeader;
use similar::{ChangeTag, group_diff_ops};

use crate::util::line_diff::{lines, operations};
use crate::util::printable::{self, Text};

const GREEN: Style = AnsiColor::Green.on_default();
const RED: Style = AnsiColor::Red.on_default();
const CYAN: Style = AnsiColor::Cyan.on_default();
const PLAIN: Style = Style::new();
const BOLD: Style = Style::new().bold();

/// Context lines around a change.
const CONTEXT: usize = 3;

/// Renders a unified diff, or nothing if the texts are equal. Invisible characters are escaped; without them the diff is a
/// valid patch.
pub fn unified(path: &Path, before: &str, after: &str) -> Text {
    let mut out = Text::new();
    let (before, after) = (lines(before), lines(after));
    let path = name(path);
    for (index, hunk) in group_diff_ops(operations(&before, &after), CONTEXT)
        .into_iter()
        .enumerate()
    {
        if index == 0 {
            out.source(BOLD, '-', &format!("-- {path}"));
            out.source(BOLD, '+', &format!("++ {path}"));
        }
        out.styled(CYAN, UnifiedHunkHeader::new(&hunk)).end();
        for change in hunk
            .iter()
            .flat_map(|operation| operation.iter_changes(&before[..], &after[..]))
        {
            let (sign, style) = match change.tag() {
                ChangeTag::Delete => ('-', RED),
                ChangeTag::Insert => ('+', GREEN),
                ChangeTag::Equal => (' ', PLAIN),
            };
            match change.value().strip_suffix('\n') {
                Some(line) => out.source(style, sign, line),
                None => out
                    .source(style, sign, change.value())
                    .line("\\ No newline at end of file"),
            };
        }
    }
    out
}

/// A file's name as `patch` and `git apply` read it: quoted where it has characters that would end it or that nobody sees, and
/// with a tab behind it where it has blanks.
fn name(path: &Path) -> String {
    let is_plain =
        |c: char| !matches!(c, '"' | '\\') && printable::path(Path::new(c.encode_utf8(&mut [0; 4]))).chars().eq([c]);
    let bytes = path.as_os_str().as_encoded_bytes();
    if let Some(text) = path.to_str()
        && text.chars().all(is_plain)
    {
        let end = if text.contains(' ') { "\t" } else { "" };
        return format!("{text}{end}");
    }
    let mut quoted = String::from("\"");
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '"' | '\\' => quoted.extend(['\\', c]),
                '\t' => quoted.push_str("\\t"),
                '\n' => quoted.push_str("\\n"),
                '\r' => quoted.push_str("\\r"),
                c if is_plain(c) => quoted.push(c),
                c => octal(c.encode_utf8(&mut [0; 4]).as_bytes(), &mut quoted),
            }
        }
        octal(chunk.invalid(), &mut quoted);
    }
    quoted + "\""
}

fn octal(bytes: &[u8], out: &mut String) {
    for byte in bytes {
        let _ = write!(out, "\\{byte:03o}");
    }
}

/// Why a diff of a text is no patch, if it is none: a carriage return inside of a line is shown and not printed, since terminals and
/// the logs of CI act on it.
pub fn no_patch(path: &Path, text: &str) -> Option<String> {
    let is_lone = |line: &str| line.trim_end_matches('\n').trim_end_matches('\r').contains('\r');
    lines(text).into_iter().any(is_lone).then(|| {
        format!(
            "note: lines of {} end in a carriage return alone, which is shown escaped: `patch` would not take this diff",
            printable::path(path)
        )
    })
}
