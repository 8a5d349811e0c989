//! `dialform rule`: explains rules.

use std::process::ExitCode;

use clap::ValueEnum;

use super::terminal;
use crate::explain::{self, DocPage};
use crate::finding::Rule;
use crate::report::page;
use crate::rules::{self, RULES};
use crate::util::printable::Text;
use crate::util::suggest::closest;

/// How documentation is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum DocFormat {
    /// Human-readable text
    #[default]
    Human,
    /// Markdown
    Markdown,
    /// JSON
    Json,
}

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Rules by code (DF201), name (missing-required-if) or group (DF4) [default: list all rules]
    #[arg(value_name = "RULE", conflicts_with = "all")]
    rules: Vec<String>,
    /// Explain all rules; in Markdown, this is docs/rules.md
    #[arg(long)]
    all: bool,
    /// The output format
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = DocFormat::Human)]
    output_format: DocFormat,
}

pub(super) fn run(args: &Args) -> ExitCode {
    let rules = match selected(args) {
        Ok(rules) => rules,
        Err(message) => {
            terminal::note(&format!("error: {message}"));
            return ExitCode::from(2);
        }
    };
    let is_list = rules.is_empty();
    let text = match args.output_format {
        DocFormat::Json if is_list => Text::of(&explain::json::rules(RULES)),
        DocFormat::Json => Text::of(&explain::json::rules(&rules)),
        DocFormat::Markdown if args.all => Text::of(&page::rules_document()),
        form if is_list => render(&[explain::rules_contents()], form),
        form => {
            let pages: Vec<DocPage> = rules.into_iter().map(explain::rule_page).collect();
            render(&pages, form)
        }
    };
    terminal::print(text).err().unwrap_or(ExitCode::SUCCESS)
}

/// The rules that are named, in the order in which they are, each once; none for the list.
fn selected(args: &Args) -> Result<Vec<&'static Rule>, String> {
    if args.all {
        return Ok(RULES.to_vec());
    }
    let mut selected: Vec<&'static Rule> = Vec::new();
    for word in &args.rules {
        let (code, name) = (word.to_ascii_uppercase(), word.to_ascii_lowercase());
        let of_word = |rule: &&&Rule| rules::selects(&code, rule) || rules::selects(&name, rule);
        let mut is_known = false;
        for rule in RULES.iter().filter(of_word) {
            is_known = true;
            if !selected.iter().any(|known| known.code == rule.code) {
                selected.push(rule);
            }
        }
        if !is_known {
            return Err(unknown(word));
        }
    }
    Ok(selected)
}

pub(super) fn unknown(word: &str) -> String {
    if !explain::find(word).is_empty() {
        return format!("`{word}` is no rule but a word of the language or the API; try `dialform explain {word}`");
    }
    let code = word.to_ascii_uppercase();
    let group = code.get(..3).filter(|_| code.len() == 5);
    if let Some(group) = group.filter(|group| rules::selects_any(group)) {
        return format!("no rule has the code `{code}`; `dialform rule {group}` shows all that begin so");
    }
    match closest(word, RULES.iter().map(|rule| rule.name)) {
        Some(meant) => format!("no rule is called `{word}`; did you mean `{meant}`?"),
        None => format!("no rule is called `{word}`; `dialform rule` lists them all"),
    }
}

/// Pages for people or as Markdown.
pub(super) fn render(pages: &[DocPage], form: DocFormat) -> Text {
    let width = terminal::look().width;
    let mut out = Text::new();
    for (index, each) in pages.iter().enumerate() {
        if index > 0 {
            out.end();
        }
        match form {
            DocFormat::Human => out.drawn(&page::terminal(each, width)),
            DocFormat::Markdown | DocFormat::Json => out.lines(&page::markdown(each)),
        };
    }
    out
}
