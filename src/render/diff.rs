//! Two versions of a file as a unified diff.

use std::path::Path;

use anstyle::{AnsiColor, Style};
use similar::{ChangeTag, TextDiff};

use crate::printable::{self, Text};

const GREEN: Style = AnsiColor::Green.on_default();
const RED: Style = AnsiColor::Red.on_default();
const CYAN: Style = AnsiColor::Cyan.on_default();
const PLAIN: Style = Style::new();
const BOLD: Style = Style::new().bold();

/// Lines around a change that are shown with it.
const CONTEXT: usize = 3;

/// Renders what differs; nothing where the two are equal. It is for people: a character that nobody sees is shown as an
/// escape. Without such characters it is a patch.
pub fn unified(path: &Path, before: &str, after: &str) -> Text {
    let mut out = Text::new();
    let diff = TextDiff::from_lines(before, after);
    let mut unified = diff.unified_diff();
    let path = printable::path(path);
    for (index, hunk) in unified.context_radius(CONTEXT).iter_hunks().enumerate() {
        if index == 0 {
            out.styled(BOLD, format_args!("--- {path}")).end();
            out.styled(BOLD, format_args!("+++ {path}")).end();
        }
        out.styled(CYAN, hunk.header()).end();
        for change in hunk.iter_changes() {
            let (sign, style) = match change.tag() {
                ChangeTag::Delete => ('-', RED),
                ChangeTag::Insert => ('+', GREEN),
                ChangeTag::Equal => (' ', PLAIN),
            };
            match change.value().strip_suffix('\n') {
                Some(line) => out.source(style, sign, line),
                // An end of a line as well, to those who split texts into lines.
                None if change.value().ends_with('\r') => out.source(style, sign, change.value()),
                None => out
                    .source(style, sign, change.value())
                    .line("\\ No newline at end of file"),
            };
        }
    }
    out
}
