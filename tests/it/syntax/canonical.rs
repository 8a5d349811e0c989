//! Prints a tree the way the official suite's `expected_kdl` is printed.

use std::collections::BTreeMap;

use dialform::syntax::{Node, Nodes, Scalar, Tree, Value};

/// The canonical form of a document. A document without nodes is one empty line.
pub(crate) fn print(tree: &Tree<'_>) -> String {
    let mut out = String::new();
    nodes(tree.roots(), 0, &mut out);
    if out.is_empty() {
        out.push('\n');
    }
    out
}

fn nodes(siblings: Nodes<'_, '_>, depth: usize, out: &mut String) {
    for sibling in siblings {
        node(sibling, depth, out);
    }
}

/// Arguments in their order, then properties by name, the last of a name alone, then the block unless it is empty.
fn node(node: Node<'_, '_>, depth: usize, out: &mut String) {
    let indent = " ".repeat(4 * depth);
    out.push_str(&indent);
    annotation(node.annotation().map(|text| text.text.as_ref()), out);
    out.push_str(&string(&node.name().text));
    for argument in node.arguments() {
        out.push(' ');
        value(argument, out);
    }
    let mut properties = BTreeMap::new();
    for entry in node.entries() {
        if let Some(name) = &entry.name {
            properties.insert(name.text.as_ref(), &entry.value);
        }
    }
    for (name, property) in properties {
        out.push(' ');
        out.push_str(&string(name));
        out.push('=');
        value(property, out);
    }
    if node.children().next().is_some() {
        out.push_str(" {\n");
        nodes(node.children(), depth + 1, out);
        out.push_str(&indent);
        out.push('}');
    }
    out.push('\n');
}

fn annotation(name: Option<&str>, out: &mut String) {
    if let Some(name) = name {
        out.push('(');
        out.push_str(&string(name));
        out.push(')');
    }
}

fn value(value: &Value<'_>, out: &mut String) {
    annotation(value.annotation.as_ref().map(|text| text.text.as_ref()), out);
    match &value.scalar {
        Scalar::String(text) => out.push_str(&string(text)),
        Scalar::Number(written) => out.push_str(&number(written)),
        Scalar::Bool(true) => out.push_str("#true"),
        Scalar::Bool(false) => out.push_str("#false"),
        Scalar::Null => out.push_str("#null"),
        Scalar::Invalid => out.push_str("<invalid>"),
    }
}

/// Bare where it can be.
fn string(text: &str) -> String {
    if is_bare(text) {
        return text.to_owned();
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{C}' => out.push_str("\\f"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn is_bare(text: &str) -> bool {
    let is_keyword = matches!(text, "true" | "false" | "null" | "inf" | "-inf" | "nan");
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let undotted = unsigned.strip_prefix('.').unwrap_or(unsigned);
    let is_number = undotted.starts_with(|c: char| c.is_ascii_digit());
    let is_foreign = |c: char| c.is_whitespace() || c.is_control() || "\\/(){};[]\"#=\u{FEFF}".contains(c);
    !text.is_empty() && !is_keyword && !is_number && !text.contains(is_foreign)
}

/// In decimal, without `_`, `+` and leading zeros, with `E+` or `E-`.
fn number(written: &str) -> String {
    if written.starts_with('#') {
        return written.to_owned();
    }
    let plain = written.replace('_', "");
    let minus = if plain.starts_with('-') { "-" } else { "" };
    let digits = plain.trim_start_matches(['+', '-']);
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(digits) = digits.strip_prefix(prefix) {
            let value = u128::from_str_radix(digits, radix).unwrap_or_else(|why| panic!("{written}: {why}"));
            return format!("{minus}{value}");
        }
    }
    let (mantissa, exponent) = digits
        .split_once(['e', 'E'])
        .map_or((digits, None), |(a, b)| (a, Some(b)));
    let (whole, fraction) = mantissa.split_once('.').map_or((mantissa, None), |(a, b)| (a, Some(b)));
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        whole => whole,
    };
    let mut out = format!("{minus}{whole}");
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    if let Some(exponent) = exponent {
        let sign = if exponent.starts_with('-') { '-' } else { '+' };
        out.push('E');
        out.push(sign);
        out.push_str(exponent.trim_start_matches(['+', '-']));
    }
    out
}
