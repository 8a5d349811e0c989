//! Unified diffs.

use std::fmt::Write;
use std::path::Path;

use anstyle::{AnsiColor, Style};
use similar::udiff::UnifiedHunkHeader;
use similar::{Algorithm, ChangeTag, DiffOp, capture_diff_slices, group_diff_ops};

use crate::util::printable::{self, Text};

const GREEN: Style = AnsiColor::Green.on_default();
const RED: Style = AnsiColor::Red.on_default();
const CYAN: Style = AnsiColor::Cyan.on_default();
const PLAIN: Style = Style::new();
const BOLD: Style = Style::new().bold();

/// Context lines around a change.
const CONTEXT: usize = 3;

/// Lines that are compared at a time, because a comparison takes up to quadratic time.
const WINDOW: usize = 1_000;

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

/// The lines of a text as `patch` splits it: a CR alone ends none.
fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
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

/// The operations that turn some lines into others, in linear time.
fn operations(before: &[&str], after: &[&str]) -> Vec<DiffOp> {
    let mut operations: Vec<DiffOp> = Vec::new();
    let (mut old, mut new) = (0, 0);
    while old < before.len() || new < after.len() {
        let window = |lines: &[&'_ str], at: usize| at..lines.len().min(at + WINDOW);
        let (olds, news) = (window(before, old), window(after, new));
        let is_last = olds.end == before.len() && news.end == after.len();
        let mut found = capture_diff_slices(Algorithm::Myers, &before[olds], &after[news]);
        // A difference at the end of a window may match the beginning of the next one.
        let last_same = found
            .iter()
            .rposition(|operation| operation.tag() == similar::DiffTag::Equal);
        if let Some(last) = last_same.filter(|_| !is_last)
            && found[last].old_range().end.max(found[last].new_range().end) >= WINDOW / 2
        {
            found.truncate(last + 1);
        }
        let (first_old, first_new) = (old, new);
        for operation in found {
            let operation = moved(operation, first_old, first_new);
            (old, new) = (operation.old_range().end, operation.new_range().end);
            match (operations.last_mut(), operation) {
                (Some(DiffOp::Equal { len, .. }), DiffOp::Equal { len: more, .. }) => *len += more,
                (_, operation) => operations.push(operation),
            }
        }
    }
    operations
}

/// An operation with the line numbers of the whole text.
fn moved(operation: DiffOp, old: usize, new: usize) -> DiffOp {
    let (tag, olds, news) = operation.as_tag_tuple();
    let (old_index, new_index) = (olds.start + old, news.start + new);
    let (old_len, new_len) = (olds.len(), news.len());
    match tag {
        similar::DiffTag::Equal => DiffOp::Equal {
            old_index,
            new_index,
            len: old_len,
        },
        similar::DiffTag::Delete => DiffOp::Delete {
            old_index,
            old_len,
            new_index,
        },
        similar::DiffTag::Insert => DiffOp::Insert {
            old_index,
            new_index,
            new_len,
        },
        similar::DiffTag::Replace => DiffOp::Replace {
            old_index,
            old_len,
            new_index,
            new_len,
        },
    }
}

#[cfg(test)]
mod tests {
    use similar::TextDiff;

    use super::*;

    #[test]
    fn a_long_diff_leads_from_one_text_to_the_other() {
        let before: Vec<String> = (0..5_000).map(|line| format!("{}\n", line % 97)).collect();
        let mut after = before.clone();
        for line in (0..5_000).step_by(7) {
            after[line] = format!("new {line}\n");
        }
        after.drain(2_000..2_600);
        after.splice(100..100, (0..1_500).map(|line| format!("more {line}\n")));
        let (before, after) = (before.concat(), after.concat());
        let (old, new) = (lines(&before), lines(&after));
        let mut made = Vec::new();
        let mut kept = Vec::new();
        for operation in operations(&old, &new) {
            for change in operation.iter_changes(&old[..], &new[..]) {
                made.extend((change.tag() != ChangeTag::Delete).then(|| change.value()));
                kept.extend((change.tag() != ChangeTag::Insert).then(|| change.value()));
            }
        }
        assert!(made == new && kept == old);
    }

    #[test]
    fn a_short_diff_is_that_of_the_library() {
        let before: String = (0..400).map(|line| format!("{line}\n")).collect();
        let after = before.replace("7\n", "x\ny\n");
        let ours = operations(&lines(&before), &lines(&after));
        assert_eq!(ours, TextDiff::from_lines(&before, &after).ops());
    }
}
