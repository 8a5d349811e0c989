//! Which lines of a text are others in another one.

use similar::algorithms::{Capture, Compact, Replace, myers};
use similar::{DiffOp, DiffTag};

/// Lines that are compared at a time, because a comparison takes up to quadratic time.
const WINDOW: usize = 1_000;

/// The lines of a text as `patch` splits it: a CR alone ends none.
pub(crate) fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// The operations that turn some lines into others, in linear time.
pub(crate) fn operations(before: &[&str], after: &[&str]) -> Vec<DiffOp> {
    let mut operations: Vec<DiffOp> = Vec::new();
    let (mut old, mut new) = (0, 0);
    while old < before.len() || new < after.len() {
        let window = |lines: &[&'_ str], at: usize| at..lines.len().min(at + WINDOW);
        let (olds, news) = (window(before, old), window(after, new));
        let is_last = olds.end == before.len() && news.end == after.len();
        let mut found = compared(&before[olds], &after[news]);
        // A difference at the end of a window may match the beginning of the next one.
        let last_same = found.iter().rposition(|operation| operation.tag() == DiffTag::Equal);
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

/// What `similar::capture_diff_slices` finds by the algorithm of Myers; asked for here, the others are not part of the program.
fn compared(before: &[&str], after: &[&str]) -> Vec<DiffOp> {
    let mut found = Compact::new(Replace::new(Capture::new()), before, after);
    let Ok(()) = myers::diff(&mut found, before, 0..before.len(), after, 0..after.len());
    found.into_inner().into_inner().into_ops()
}

/// An operation with the line numbers of the whole text.
fn moved(operation: DiffOp, old: usize, new: usize) -> DiffOp {
    let (tag, olds, news) = operation.as_tag_tuple();
    let (old_index, new_index) = (olds.start + old, news.start + new);
    let (old_len, new_len) = (olds.len(), news.len());
    match tag {
        DiffTag::Equal => DiffOp::Equal {
            old_index,
            new_index,
            len: old_len,
        },
        DiffTag::Delete => DiffOp::Delete {
            old_index,
            old_len,
            new_index,
        },
        DiffTag::Insert => DiffOp::Insert {
            old_index,
            new_index,
            new_len,
        },
        DiffTag::Replace => DiffOp::Replace {
            old_index,
            old_len,
            new_index,
            new_len,
        },
    }
}

#[cfg(test)]
mod tests {
    use similar::{Algorithm, ChangeTag, capture_diff_slices};

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
        let (before, after) = (lines(&before), lines(&after));
        assert_eq!(
            operations(&before, &after),
            capture_diff_slices(Algorithm::Myers, &before, &after)
        );
    }
}
