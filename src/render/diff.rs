//! Two versions of a file as a unified diff. The colours are ANSI; whoever prints it drops them where they do not belong.

use std::fmt::Write;
use std::path::Path;

use anstyle::{AnsiColor, Style};
use similar::{ChangeTag, TextDiff};

const GREEN: Style = AnsiColor::Green.on_default();
const RED: Style = AnsiColor::Red.on_default();
const CYAN: Style = AnsiColor::Cyan.on_default();
const PLAIN: Style = Style::new();
const BOLD: Style = Style::new().bold();

/// Lines around a change that are shown with it.
const CONTEXT: usize = 3;

/// Renders what differs; nothing where the two are equal.
pub fn unified(path: &Path, before: &str, after: &str) -> String {
    let mut out = String::new();
    let diff = TextDiff::from_lines(before, after);
    let mut unified = diff.unified_diff();
    let path = path.display();
    for (index, hunk) in unified.context_radius(CONTEXT).iter_hunks().enumerate() {
        if index == 0 {
            let _ = writeln!(out, "{BOLD}--- {path}{BOLD:#}\n{BOLD}+++ {path}{BOLD:#}");
        }
        let _ = writeln!(out, "{CYAN}{}{CYAN:#}", hunk.header());
        for change in hunk.iter_changes() {
            let (sign, style) = match change.tag() {
                ChangeTag::Delete => ('-', RED),
                ChangeTag::Insert => ('+', GREEN),
                ChangeTag::Equal => (' ', PLAIN),
            };
            // The line's own end stays, so that the diff of a CRLF file can be applied.
            let line = change.value().trim_end_matches(['\r', '\n']);
            let end = &change.value()[line.len()..];
            let _ = write!(out, "{style}{sign}{line}{style:#}{end}");
            if end.is_empty() {
                out.push_str("\n\\ No newline at end of file\n");
            }
        }
    }
    out
}
