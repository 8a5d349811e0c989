//! The editor packages: their words are the language's, their files are what they say, and their commands exist.

use std::collections::BTreeSet;
use std::fs;

use dialform::fields::{AliasKind, FIELDS, PROJECT, SETTINGS, Slot, TOP_LEVEL};
use dialform::schema::SchemaName;

use crate::command::{dialform, in_repository};

/// What stands in `lint { … }`.
const LINT: [&str; 4] = ["error", "warn", "allow", "enforce"];
/// The properties of nodes that are no settings.
const OTHER_PROPERTIES: [&str; 3] = ["template", "from", "to"];

fn read(path: &str) -> String {
    fs::read_to_string(in_repository(path)).unwrap_or_else(|why| panic!("{path}: {why}"))
}

/// The settings, and the nodes that stand in them.
fn settings() -> Vec<&'static str> {
    let children = FIELDS.iter().filter_map(|spec| match spec.slot {
        Slot::Child(name) => Some(name),
        _ => None,
    });
    let mut names: Vec<&str> = SETTINGS.iter().map(|spec| spec.name).collect();
    for child in children {
        if !names.contains(&child) {
            names.push(child);
        }
    }
    names
}

fn top_level() -> Vec<&'static str> {
    TOP_LEVEL.iter().map(|spec| spec.name).collect()
}

fn in_project() -> Vec<&'static str> {
    PROJECT.iter().map(|spec| spec.name).collect()
}

fn aliases() -> Vec<&'static str> {
    AliasKind::ALL.map(AliasKind::word).to_vec()
}

/// The kinds of aliases that are no settings besides: where a query finds both, the settings' is enough.
fn aliases_only() -> Vec<&'static str> {
    let settings = settings();
    aliases().into_iter().filter(|word| !settings.contains(word)).collect()
}

/// A package has to say these words, in this form and order: a word that the language gains is missed here.
#[track_caller]
fn says(path: &str, words: &[&str], form: impl Fn(&[&str]) -> String) {
    let wanted = form(words);
    assert!(read(path).contains(&wanted), "{path} does not say\n{wanted}");
}

#[test]
fn the_grammar_of_vs_code_knows_every_word() {
    let path = "editors/vscode/syntaxes/dialform.tmLanguage.json";
    let form = |words: &[&str]| format!("\"begin\": \"(?:{})", words.join("|"));
    says(path, &top_level(), form);
    says(path, &settings(), form);
    says(path, &in_project(), form);
    says(path, &LINT, form);
    says(path, &aliases(), form);

    let grammar: serde_json::Value = serde_json::from_str(&read(path)).unwrap();
    let known = grammar["repository"]["property"]["patterns"][0]["match"]
        .as_str()
        .unwrap();
    let (known, _) = known.trim_start_matches('(').split_once(')').unwrap();
    let known: BTreeSet<&str> = known.split('|').collect();
    let properties = FIELDS.iter().filter_map(|spec| spec.property());
    let wanted: BTreeSet<&str> = properties.chain(OTHER_PROPERTIES).collect();
    assert_eq!(known, wanted);
}

#[test]
fn neovims_syntax_knows_every_word() {
    let path = "editors/neovim/syntax/dialform.vim";
    let keywords =
        |group: &'static str| move |words: &[&str]| format!("\nsyntax keyword {group} {}\n", words.join(" "));
    says(path, &top_level(), keywords("dialformTop"));
    says(path, &settings(), keywords("dialformSetting"));
    says(path, &in_project(), keywords("dialformProject"));
    says(path, &LINT, keywords("dialformLint"));
    says(path, &aliases(), keywords("dialformAlias"));
}

#[test]
fn emacs_knows_every_word() {
    let path = "editors/emacs/dialform.el";
    let list = |name: &'static str| move |words: &[&str]| format!("(defconst {name}\n    '({}))", quoted(words));
    says(path, &top_level(), list("dialform--top"));
    says(path, &settings(), list("dialform--settings"));
    says(path, &in_project(), list("dialform--project"));
    says(path, &LINT, list("dialform--lint"));
    says(path, &aliases(), list("dialform--aliases"));
}

#[test]
fn the_queries_of_helix_and_zed_know_every_word() {
    for path in [
        "editors/helix/queries/dialform/highlights.scm",
        "editors/zed/languages/dialform/highlights.scm",
    ] {
        let among = |words: &[&str]| format!(" {})", quoted(words));
        says(path, &top_level(), among);
        says(path, &settings(), among);
        says(path, &in_project(), among);
        says(path, &LINT, among);
        says(path, &aliases_only(), among);
    }
}

fn quoted(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    words.join(" ")
}

#[test]
fn the_words_of_lint_are_those_that_the_language_takes() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join(".git")).unwrap();
    for (word, is_known) in LINT.map(|word| (word, true)).into_iter().chain([("hint", false)]) {
        let text = format!("project {{ timezone \"Europe/Moscow\"; lint {{ {word} \"http-webhook\" }} }}\n");
        fs::write(folder.path().join("dialform.kdl"), text).unwrap();
        let ran = dialform(folder.path(), &["lint"]);
        assert_eq!(ran.code, Some(i32::from(!is_known)), "{word}: {}", ran.stdout);
    }
}

#[test]
fn the_toml_files_are_toml_with_what_their_editors_ask_for() {
    for (path, needed) in [
        (
            "editors/helix/languages.toml",
            &["name = \"dialform\"", "grammar = \"kdl\""][..],
        ),
        (
            "editors/zed/extension.toml",
            &["id = \"dialform\"", "schema_version = 1", "[grammars.kdl]"],
        ),
        (
            "editors/zed/languages/dialform/config.toml",
            &[
                "name = \"dialform\"",
                "grammar = \"kdl\"",
                "path_suffixes = [\"dialform.kdl\"]",
            ],
        ),
    ] {
        let text = read(path);
        let arena = toml_spanner::Arena::new();
        if let Err(error) = toml_spanner::parse(&text, &arena) {
            panic!("{path}: {error:?}");
        }
        for line in needed {
            assert!(text.lines().any(|each| each == *line), "{path} has no line {line}");
        }
    }
}

#[test]
fn the_snippets_are_campaigns_that_lint_clean() {
    let snippets: serde_json::Value = serde_json::from_str(&read("editors/vscode/snippets/dialform.json")).unwrap();
    let body = |name: &str| -> String {
        let lines = snippets[name]["body"].as_array().unwrap();
        let lines: Vec<&str> = lines.iter().map(|line| line.as_str().unwrap()).collect();
        filled(&lines.join("\n"))
    };
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir_all(root.join(".git")).unwrap();
    fs::create_dir_all(root.join("campaigns")).unwrap();
    let lint = "lint { allow \"unused-alias\" }";
    fs::write(
        root.join("dialform.kdl"),
        format!(
            "project {{ timezone \"Europe/Moscow\"; {lint} }}\naliases {{\n    scenario promo=\"228cc4fa-92f2-4709-94e3-7344a96a5903\"\n    \
             channel sales=\"48a77bd7-8762-4e0f-a277-4ef77e36c41b\"\n}}\n{}",
            body("aliases").replace("scenario name", "scenario other")
        ),
    )
    .unwrap();
    // The longer pieces take the place of the short ones that the whole campaign has.
    let whole = body("campaign");
    let template = body("template").replace("    \n", &within(&whole));
    let named = |text: String, name: &str| text.replace("Name on the vendor's pages", name);
    let other = named(body("campaign from a template"), "Other").replace("\"key\"", "\"other\"");
    let longer = named(whole.clone(), "Longer")
        .replace("\"key\"", "\"longer\"")
        .replace("    on-transfer \"end\"", &body("transfer to a channel"))
        .replace("    start \"manual\"", &body("start at a time"))
        .replace("    redial #false", &body("redial"));
    let files = [whole, template, other, longer].join("\n");
    fs::write(root.join("campaigns/all.kdl"), files).unwrap();
    let ran = dialform(root, &["lint", "--output-format", "human"]);
    assert_eq!(
        (ran.code, &*ran.stderr),
        (Some(0), "no findings in 2 files\n"),
        "{}",
        ran.stdout
    );
}

/// A snippet with its first suggestions taken.
fn filled(body: &str) -> String {
    let mut out = String::new();
    let mut rest = body;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(inside) = rest.strip_prefix('{') {
            let end = inside.find('}').unwrap();
            let given = inside[..end].trim_start_matches(|c: char| c.is_ascii_digit());
            let given = match given.strip_prefix('|') {
                Some(choices) => choices.split([',', '|']).next().unwrap(),
                None => given.trim_start_matches(':'),
            };
            out.push_str(given);
            rest = &inside[end + 1..];
        } else {
            rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        }
    }
    out + rest
}

/// The settings of a campaign, with the line before them left out.
fn within(campaign: &str) -> String {
    let lines = campaign.lines().filter(|line| line.starts_with("    "));
    lines.map(|line| format!("{line}\n")).collect()
}

#[test]
fn what_the_packages_call_is_there() {
    let folder = tempfile::tempdir().unwrap();
    for (command, options) in [
        ("lint", &["--stdin-filename", "--output-format", "json", "concise"][..]),
        ("fmt", &["--stdin-filename"]),
        ("watch", &["--output-format", "concise", "json-lines"]),
    ] {
        let help = dialform(folder.path(), &[command, "--help"]).stdout;
        for option in options {
            assert!(help.contains(option), "{command} has no {option}");
        }
    }
    assert!(SchemaName::ALL.contains(&SchemaName::WatchEvents));
}

#[test]
fn the_page_about_editors_names_each_package() {
    let page = read("docs/editors.md");
    let mut packages = 0;
    for entry in fs::read_dir(in_repository("editors")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(
            page.contains(&format!("editors/{name}")),
            "docs/editors.md does not name {name}"
        );
        read(&format!("editors/{name}/README.md"));
        packages += 1;
    }
    assert_eq!(packages, 5);
}

#[test]
fn no_package_names_a_registry() {
    let lock = read("editors/vscode/package-lock.json");
    assert!(
        !lock.contains("\"resolved\""),
        "install with --omit-lockfile-registry-resolved"
    );
}
