//! Where a further top-level node can be written so that it is read as one.

use super::position::with_line_ends_of;
use crate::syntax::{Parsed, parse};

/// A text to insert, and where.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Insertion {
    /// The byte.
    pub(super) at: usize,
    pub(super) text: String,
}

/// How to write a node on lines of its own: at the end of a text or, where that end belongs to something else (a `/-`, a `\`, an
/// open block, string or comment), right `behind` another one. Nothing where neither is read as it should.
pub(super) fn insert_node(text: &str, node: &str, behind: Option<usize>) -> Option<Insertion> {
    let before = if text.is_empty() || text.ends_with(['\n', '\r']) {
        ""
    } else {
        "\n"
    };
    let old = parse(text);
    // Where a block is open, the person will close it behind whatever stands there.
    let at_end = old.errors.is_empty().then(|| (text.len(), format!("{before}{node}\n")));
    let is_closed = |at: &usize| {
        let mut roots = old.tree.roots().filter_map(|root| root.block());
        roots.any(|block| block.close.start < block.close.end && block.close.end as usize == *at)
    };
    let behind = behind.filter(is_closed).map(|at| (at, format!("\n{node}")));
    let mut candidates = [at_end, behind].into_iter().flatten();
    candidates.find_map(|(at, inserted)| {
        let inserted = with_line_ends_of(text, &inserted);
        is_read(&old, text, at, &inserted).then_some(Insertion { at, text: inserted })
    })
}

/// Whether an insertion adds one node at the top, and no mistake.
fn is_read(old: &Parsed<'_>, text: &str, at: usize, inserted: &str) -> bool {
    let Some((before, behind)) = text.split_at_checked(at) else {
        return false;
    };
    let whole = [before, inserted, behind].concat();
    let start = at + inserted.len() - inserted.trim_start().len();
    let new = parse(&whole);
    let mut roots = new.tree.roots();
    new.errors.len() <= old.errors.len()
        && new.tree.roots().count() == old.tree.roots().count() + 1
        && roots.any(|node| node.head().start as usize == start)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inserted(text: &str) -> Option<String> {
        let behind = text.find('}').map(|at| at + 1);
        let Insertion { at, text: new } = insert_node(text, "moved from=\"a\" to=\"b\"", behind)?;
        let mut text = text.to_owned();
        text.insert_str(at, &new);
        Some(text)
    }

    #[test]
    fn a_node_goes_where_it_is_read() {
        let moved = "moved from=\"a\" to=\"b\"";
        for (text, expected) in [
            ("", format!("{moved}\n")),
            ("x {}", format!("x {{}}\n{moved}\n")),
            ("x {\r\n}\r\n", format!("x {{\r\n}}\r\n{moved}\r\n")),
            ("x {}\n/-", format!("x {{}}\n{moved}\n/-")),
            ("x {}\ny \\\n", format!("x {{}}\n{moved}\ny \\\n")),
            ("x {} // c\ny {\n", format!("x {{}}\n{moved} // c\ny {{\n")),
            ("x {}\n/* c", format!("x {{}}\n{moved}\n/* c")),
            ("x {}\ny \"c", format!("x {{}}\n{moved}\ny \"c")),
        ] {
            assert_eq!(inserted(text).as_deref(), Some(&*expected), "{text}");
        }
        assert_eq!(inserted("x {"), None);
    }
}
