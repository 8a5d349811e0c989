//! The pages of the nodes outside campaigns: the project's settings, the nodes at the top level, aliases.

use super::page::DocPage;
use super::setting::sentence;
use super::topic::Topic;
use crate::fields::{AliasKind, Dialect, FIELDS, FieldSpec, PROJECT, Setting, TOP_LEVEL, TopLevelSpec, in_project};

/// The page of a node at the top level of a file or in `project`.
pub(super) fn top_level_page(spec: &'static TopLevelSpec) -> DocPage {
    let TopLevelSpec {
        name,
        usage,
        doc,
        more,
        default,
        repeats,
        of_account,
        takes,
        example: _,
    } = *spec;
    let is_in_project = in_project(name).is_some();
    let mut page = DocPage::new(Topic::TopLevel(spec).word(), sentence(doc));
    let written = match is_in_project {
        true => format!("project {{ {usage} }}\n"),
        false => format!("{usage}\n"),
    };
    page.heading("Written").code(written);
    if !more.is_empty() {
        page.text(more);
    }
    let mut facts: Vec<(String, String)> = takes
        .iter()
        .map(|(word, doc)| (format!("`{word}`"), (*doc).to_owned()))
        .collect();
    if let Some(default) = default {
        facts.push(("by default".to_owned(), format!("`\"{default}\"`")));
    }
    if repeats {
        facts.push(("repeats".to_owned(), "may stand several times".to_owned()));
    }
    if of_account {
        let words = "may stand in an `environment` too, where it goes before what `project` says";
        facts.push(("environments".to_owned(), words.to_owned()));
    }
    page.items(facts);
    match name {
        "project" => drop(page.heading("In its block").items(listed(&PROJECT))),
        "environment" => {
            let of_account = PROJECT.iter().filter(|spec| spec.of_account).copied();
            let aliases = TOP_LEVEL.iter().filter(|spec| spec.name == "aliases").copied();
            let nodes: Vec<TopLevelSpec> = of_account.chain(aliases).collect();
            page.heading("In its block").items(listed(&nodes));
        }
        "aliases" => {
            let kinds = AliasKind::ALL.into_iter();
            let kinds = kinds.map(|kind| (format!("`{}`", kind.word()), taken_by(kind)));
            page.heading("Its kinds").items(kinds.collect());
        }
        "campaign" | "template" => drop(
            page.heading("In its block")
                .text("Settings, in any order: `dialform explain` without a word lists them."),
        ),
        _ => {}
    }
    page.heading("Example").code(format!("{}\n", example_of(spec)));
    page
}

/// The example of a node, inside a `project` where it belongs in one.
pub fn example_of(spec: &TopLevelSpec) -> String {
    if in_project(spec.name).is_none() {
        return spec.example.to_owned();
    }
    let lines: Vec<String> = spec.example.lines().map(|line| format!("    {line}")).collect();
    format!("project {{\n{}\n}}", lines.join("\n"))
}

/// The page of a kind of aliases.
pub(super) fn alias_page(kind: AliasKind) -> DocPage {
    let word = kind.word();
    let mut page = DocPage::new(
        format!("aliases.{word}"),
        sentence(&format!("a name for {}", kind.doc())),
    );
    page.heading("Written")
        .code(format!("aliases {{ {word} NAME=\"UUID\" }}\n"));
    page.text(taken_by(kind));
    let (dialect, example) = alias_example(kind);
    page.heading(match dialect {
        Dialect::Classic => "Example",
        Dialect::Extended => "Example, in the extended dialect",
    });
    page.code(format!("{example}\n"));
    page
}

/// An alias and something that uses it, with the dialect that this needs.
pub fn alias_example(kind: AliasKind) -> (Dialect, String) {
    let word = kind.word();
    let name = format!("my-{word}");
    let using = match kind {
        AliasKind::Scenario => format!("scenario \"{name}\""),
        AliasKind::Channel => format!("on-transfer \"channel\" channel=\"{name}\""),
        AliasKind::Number | AliasKind::Pool | AliasKind::NumberOrPool => {
            format!("caller-id \"{word}\" id=\"{name}\"")
        }
        AliasKind::Trunk => format!("trunk \"{name}\""),
        AliasKind::Schedule => format!("schedule \"{name}\""),
        AliasKind::Sound => format!("detect-robot \"block\" greeting=\"{name}\""),
    };
    let takes = |spec: &&FieldSpec| spec.kind.alias().is_some_and(|wanted| wanted.takes(kind));
    let dialect = FIELDS.iter().find(takes).map_or(Dialect::Classic, |spec| spec.dialect);
    let text = format!(
        "aliases {{\n    {word} {name}=\"6d9d3c0b-4f7c-4a57-8d7a-5a4d3a0f6f1e\"\n}}\n\
         template \"weekday\" {{\n    {using}\n}}\ncampaign \"spring-promo\" template=\"weekday\" {{}}"
    );
    (dialect, text)
}

/// The settings that take aliases of a kind.
fn taken_by(kind: AliasKind) -> String {
    let takes = |spec: &&FieldSpec| spec.kind.alias().is_some_and(|wanted| wanted.takes(kind));
    let fields: Vec<String> = FIELDS
        .iter()
        .filter(takes)
        .map(|spec| format!("`{}`", spec.path()))
        .collect();
    let doc = sentence(kind.doc());
    format!("{doc} Taken by {}.", fields.join(" and "))
}

/// Nodes, and what each is for.
pub(super) fn listed(specs: &[TopLevelSpec]) -> Vec<(String, String)> {
    let item = |spec: &TopLevelSpec| (format!("`{}`", spec.name), sentence(spec.doc));
    specs.iter().map(item).collect()
}

/// Settings, and what each is for, with their names on the wire.
pub(super) fn listed_settings(settings: impl Iterator<Item = Setting>) -> Vec<(String, String)> {
    let item = |setting: Setting| {
        let rows = FIELDS.iter().filter(|row| row.setting == setting);
        let wires: Vec<&str> = rows.flat_map(super::setting::wire_names).collect();
        let words = format!("{} `{}`", sentence(setting.spec().doc), wires.join("`, `"));
        (format!("`{}`", setting.path()), words)
    };
    settings.map(item).collect()
}
