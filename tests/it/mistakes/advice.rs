//! No advice may be text that lint refuses: whatever a message tells people to write is written, and linted.

use std::collections::BTreeMap;

use dialform::explain::example;
use dialform::fields::{AliasKind, Dialect, SETTINGS, TOP_LEVEL};
use dialform::finding::Severity;

use super::all;
use super::harness::found;

/// What stands in advice for what only the reader knows.
const ID: &str = "228cc4fa-92f2-4709-94e3-7344a96a5903";

/// What a text tells people to write: what is quoted in it, and what follows the words that announce it.
fn advice(text: &str) -> Vec<String> {
    const ANNOUNCED: [&str; 4] = [
        "it is written: ",
        "declare it: ",
        "gives it a name: ",
        "turn this rule: ",
    ];
    let mut all: Vec<&str> = text.split('`').skip(1).step_by(2).collect();
    for words in ANNOUNCED {
        if let Some((_, written)) = text.split_once(words) {
            all.push(written.lines().next().unwrap_or_default());
        }
    }
    let forms = all.into_iter().flat_map(|text| text.split(", or "));
    forms.filter(|text| is_kdl(text)).map(str::to_owned).collect()
}

/// Whether a text is a node of the language with something behind its name, and no piece of the file that is wrong.
fn is_kdl(text: &str) -> bool {
    let Some((name, rest)) = text.split_once(' ') else {
        return false;
    };
    let is_top = TOP_LEVEL.iter().any(|spec| spec.name == name);
    let is_known = is_top || is_setting(name) || is_alias(name);
    // `redial { busy … }` says where, not what.
    let has_gap = rest
        .replace("{ … }", "")
        .replace("\"…\"", "")
        .replace("events \"call-ended\" …", "")
        .contains('…');
    is_known && !rest.trim().is_empty() && !has_gap && !rest.starts_with(['=', ':'])
}

fn is_setting(name: &str) -> bool {
    SETTINGS.iter().any(|spec| spec.name == name)
}

fn is_alias(name: &str) -> bool {
    AliasKind::ALL.iter().any(|kind| kind.word() == name)
}

/// The advice as somebody would write it: every alternative, with values for what only the reader knows.
fn written(advice: &str) -> Vec<String> {
    let filled = advice
        .replace("\"UUID or alias\"", &format!("\"{ID}\""))
        .replace("\"UUID\"", &format!("\"{ID}\""))
        .replace("\"…\"", "\"a\"")
        .replace("campaign \"key\" template=\"name\" { … }", "campaign \"key\" {}")
        .replace("events \"call-ended\" … }", "events \"call-ended\" }")
        .replace("{ … }", "{\n}");
    let Some((before, behind)) = filled.split_once('|') else {
        return vec![filled];
    };
    // The words on both sides of the first `|`.
    let (head, first) = before.rsplit_once(' ').unwrap_or_default();
    let end = behind.find([' ', '|']).unwrap_or(behind.len());
    let (second, tail) = behind.split_at(end);
    let property = first.find('=').map_or("", |at| &first[..=at]);
    let second = format!("{property}{second}");
    let is_last = !tail.starts_with('|');
    let mut all = written(&format!("{head} {second}{tail}"));
    let rest = tail.split_once(' ').map_or("", |(_, rest)| rest);
    let rest = if is_last { tail.to_owned() } else { format!(" {rest}") };
    all.extend(written(&format!("{head} {first}{rest}")));
    all
}

/// The text in the place where it belongs.
fn in_place(text: &str) -> String {
    let name = text.split(' ').next().unwrap_or_default();
    let below = SETTINGS
        .iter()
        .find(|spec| spec.name == name)
        .and_then(|spec| spec.parent);
    match below {
        Some(parent) => format!("{} {{\n    {text}\n}}", parent.spec().name),
        None if is_alias(name) && (!is_setting(name) || is_declaration(text)) => format!("aliases {{\n    {text}\n}}"),
        None => text.to_owned(),
    }
}

/// `scenario promo="UUID"`
fn is_declaration(text: &str) -> bool {
    let behind = text.split(' ').nth(1).unwrap_or_default();
    behind
        .split_once('=')
        .is_some_and(|(name, _)| !name.is_empty() && !name.contains('"'))
}

#[test]
fn no_message_advises_what_lint_refuses() {
    let mut seen: BTreeMap<String, &'static str> = BTreeMap::new();
    for planted in all() {
        for found in found(planted) {
            for text in [Some(&found.label), found.help.as_ref()].into_iter().flatten() {
                for advice in advice(text) {
                    seen.entry(advice).or_insert(found.code);
                }
            }
        }
    }
    assert!(seen.len() >= 40, "{} pieces of advice: {seen:#?}", seen.len());
    let mut wrong = Vec::new();
    for (advice, code) in &seen {
        for text in written(advice) {
            let files = example::project_of_dialect(&in_place(&text), Dialect::Extended);
            // What else the reader's campaign has, and the names that the project declares, are not known here.
            let is_open = |code: &str| matches!(code, "DF201" | "DF202") || code.starts_with("DF3");
            let is_refused = |code: &str| !is_open(code);
            let findings = example::check(&files).0;
            let refused = findings
                .iter()
                .filter(|finding| finding.severity == Severity::Error && is_refused(finding.rule.code));
            wrong.extend(refused.map(|finding| {
                format!(
                    "{code}: {advice}\n  {text}\n  {} {}",
                    finding.rule.code, finding.message
                )
            }));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} pieces of advice:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// The value that a finding says to write, as source text: of its label, or of its help.
fn value_to_write(text: &str) -> Option<&str> {
    let value = text.strip_prefix("write ")?;
    let value = value
        .strip_prefix('`')
        .and_then(|value| value.strip_suffix('`'))
        .unwrap_or(value);
    let is_text = value.starts_with('"') && value.ends_with('"') && value.matches('"').count() == 2;
    (is_text || matches!(value, "#true" | "#false" | "#null")).then_some(value)
}

/// Whoever writes the value that a message names in the place that it names is not told off the next time.
#[test]
fn no_message_names_a_value_that_its_field_refuses() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for planted in all() {
        let mut files = super::harness::files(planted.base());
        if !planted.plant_into(&mut files) {
            continue;
        }
        for found in super::harness::check(&files) {
            let words = [Some(found.label.as_str()), found.help.as_deref()];
            let Some(value) = words.into_iter().flatten().find_map(value_to_write) else {
                continue;
            };
            count += 1;
            let mut written = files.clone();
            let (path, start, end) = &found.at;
            let (_, text) = written.iter_mut().find(|(known, _)| known == path).unwrap();
            text.replace_range(*start..*end, value);
            let again = super::harness::check(&written);
            let is_here = |later: &&super::harness::Found| later.at.0 == *path && later.at.1 == *start;
            // Which names there are, the message cannot know.
            let is_name = |later: &&super::harness::Found| later.code.starts_with("DF3") || later.code == "DF125";
            if let Some(later) = again.iter().find(is_here).filter(|later| !is_name(later)) {
                wrong.push(format!("{} {value}: {} {}", found.code, later.code, later.message));
            }
        }
    }
    assert!(count >= 60, "{count}");
    assert!(
        wrong.is_empty(),
        "{} of {count} values:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
