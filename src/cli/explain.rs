//! `dialform explain`: explains settings by their names in the language or in the API.

use std::process::ExitCode;

use super::rule::{DocFormat, render};
use super::{rule, terminal};
use crate::explain::{self, DocPage, Hit, Topic};
use crate::rules;
use crate::util::printable::Text;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Settings, properties or values, by their names in the language (caller-id) or in the API (cidType), or rules
    /// [default: list all settings]
    #[arg(value_name = "WORD")]
    words: Vec<String>,
    /// The output format
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = DocFormat::Human)]
    output_format: DocFormat,
}

pub(super) fn run(args: &Args) -> ExitCode {
    let text = match found(&args.words).and_then(|found| text(&found, args.output_format)) {
        Ok(text) => text,
        Err(message) => {
            terminal::note(&format!("error: {message}"));
            return ExitCode::from(2);
        }
    };
    terminal::print(text).err().unwrap_or(ExitCode::SUCCESS)
}

/// What each word means.
fn found(words: &[String]) -> Result<Vec<(&str, Vec<Hit>)>, String> {
    let mut found = Vec::new();
    for word in words {
        let hits = explain::find(word);
        if hits.is_empty() && rules::looks_like_code(word) {
            return Err(rule::unknown(word));
        }
        if hits.is_empty() {
            return Err(match explain::suggestion(word) {
                Some(meant) => format!("unknown name `{word}`; did you mean `{meant}`?"),
                None => format!("unknown name `{word}`; `dialform explain` lists all settings"),
            });
        }
        found.push((word.as_str(), hits));
    }
    Ok(found)
}

fn text(found: &[(&str, Vec<Hit>)], form: DocFormat) -> Result<Text, String> {
    if form == DocFormat::Json {
        return json(found).map(|document| Text::of(&document));
    }
    if found.is_empty() {
        return Ok(render(&[explain::contents()], form));
    }
    let mut pages: Vec<DocPage> = Vec::new();
    for (word, hits) in found {
        match hits.as_slice() {
            [hit] => pages.push(page(hit)),
            hits if hits.iter().all(|hit| matches!(hit.topic, Topic::Rule(_))) => {
                pages.extend(hits.iter().map(page));
            }
            hits => pages.push(explain::choice_of(word, hits)),
        }
    }
    Ok(render(&pages, form))
}

/// A topic's page, which first says what the word is there.
fn page(hit: &Hit) -> DocPage {
    let mut page = explain::page(hit.topic);
    if let Some(note) = hit.note.as_ref() {
        page.blocks.insert(0, explain::PageBlock::Text(note.clone()));
    }
    page
}

/// Rules have a form of their own, so that a report holds either them or parts of the language.
fn json(found: &[(&str, Vec<Hit>)]) -> Result<String, String> {
    let topics = found.iter().flat_map(|(_, hits)| hits.iter().map(|hit| hit.topic));
    let topics: Vec<Topic> = topics.collect();
    let rules: Vec<_> = topics
        .iter()
        .filter_map(|topic| match topic {
            Topic::Rule(rule) => Some(*rule),
            _ => None,
        })
        .collect();
    match rules.len() {
        0 if topics.is_empty() => Ok(explain::json::topics(&explain::topics().collect::<Vec<_>>())),
        0 => Ok(explain::json::topics(&topics)),
        all if all == topics.len() => Ok(explain::json::rules(&rules)),
        _ => Err("rules and other words have different forms in JSON; ask for them one after the other".to_owned()),
    }
}
