//! The editor packages: their lists of words are generated from the table, their files are what they say, and their commands exist.

use std::collections::BTreeSet;
use std::fs;

use dialform::fields::{AliasKind, FIELDS, PROJECT, SETTINGS, Slot, TOP_LEVEL};
use dialform::report::schema::SchemaName;
use serde_json::{Map, Value, json};

use crate::common::command::{dialform, in_repository};
use crate::common::generated::assert_current;

fn read(path: &str) -> String {
    fs::read_to_string(in_repository(path)).unwrap_or_else(|why| panic!("{path}: {why}"))
}

/// Names in their order, each once.
fn unique(names: impl Iterator<Item = &'static str>) -> Vec<&'static str> {
    let mut seen = BTreeSet::new();
    names.filter(|name| seen.insert(*name)).collect()
}

/// The words of a list, by the name that stands behind `generated:` in an editor's file.
fn words(list: &str) -> Vec<&'static str> {
    let settings = unique(SETTINGS.iter().map(|spec| spec.name).chain(FIELDS.iter().filter_map(
        |spec| match spec.slot {
            Slot::Child(name) => Some(name),
            _ => None,
        },
    )));
    let aliases = AliasKind::ALL.map(AliasKind::word);
    match list {
        "top-level" => TOP_LEVEL.iter().map(|spec| spec.name).collect(),
        "settings" => settings,
        "project" => PROJECT.iter().map(|spec| spec.name).collect(),
        "lint" => {
            let lint = PROJECT.iter().find(|spec| spec.name == "lint").unwrap();
            lint.takes.iter().map(|(word, _)| *word).collect()
        }
        "aliases" => aliases.to_vec(),
        // Where a query finds a word in both lists, that of the settings is enough.
        "other-aliases" => aliases.into_iter().filter(|word| !settings.contains(word)).collect(),
        "properties" => {
            let outside = TOP_LEVEL.iter().chain(&PROJECT).flat_map(|spec| spec.takes);
            let outside = outside.filter_map(|(word, _)| word.strip_suffix('='));
            unique(outside.chain(FIELDS.iter().filter_map(|spec| spec.property())))
        }
        _ => panic!("no list is called {list}"),
    }
}

/// How the files of an editor write a list of words.
struct Format {
    path: &'static str,
    /// What comes before the first word, one piece somewhere behind the other.
    opening: &'static [&'static str],
    quote: &'static str,
    separator: &'static str,
    closing: &'static str,
    lists: usize,
}

const QUERY: Format = Format {
    path: "",
    opening: &["#any-of? ", " "],
    quote: "\"",
    separator: " ",
    closing: ")",
    lists: 5,
};

const FORMATS: [Format; 5] = [
    Format {
        path: "editors/vscode/syntaxes/dialform.tmLanguage.json",
        opening: &["(?:"],
        quote: "",
        separator: "|",
        closing: ")",
        lists: 6,
    },
    Format {
        path: "editors/neovim/syntax/dialform.vim",
        opening: &["syntax keyword ", " "],
        quote: "",
        separator: " ",
        closing: "\n",
        lists: 5,
    },
    Format {
        path: "editors/emacs/dialform.el",
        opening: &["'("],
        quote: "\"",
        separator: " ",
        closing: ")",
        lists: 5,
    },
    Format {
        path: "editors/helix/queries/dialform/highlights.scm",
        ..QUERY
    },
    Format {
        path: "editors/zed/languages/dialform/highlights.scm",
        ..QUERY
    },
];

#[test]
fn the_generated_lists_of_words_are_current() {
    for format in &FORMATS {
        let text = read(format.path);
        let mut sections = text.split("generated: ");
        let mut generated = sections.next().unwrap().to_owned();
        let mut lists = 0;
        for section in sections {
            let end = section.find(|c: char| c != '-' && !c.is_ascii_lowercase()).unwrap();
            let after = |at: usize, piece: &&str| at + section[at..].find(piece).unwrap() + piece.len();
            let start = format.opening.iter().fold(end, after);
            let rest = start + section[start..].find(format.closing).unwrap();
            let quoted = |word: &str| format!("{0}{word}{0}", format.quote);
            let words: Vec<String> = words(&section[..end]).into_iter().map(quoted).collect();
            generated += &format!(
                "generated: {}{}{}",
                &section[..start],
                words.join(format.separator),
                &section[rest..]
            );
            lists += 1;
        }
        assert_eq!(lists, format.lists, "{}", format.path);
        assert_current(format.path, &generated);
    }
}

#[test]
fn the_words_of_lint_are_those_that_the_language_takes() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join(".git")).unwrap();
    let known = words("lint").into_iter().map(|word| (word, true));
    for (word, is_known) in known.chain([("hint", false)]) {
        let text = format!("project {{ timezone \"Europe/Moscow\"; lint {{ {word} \"http-webhook\" }} }}\n");
        fs::write(folder.path().join("dialform.kdl"), text).unwrap();
        let ran = dialform(folder.path(), &["lint"]);
        assert_eq!(ran.code, Some(i32::from(!is_known)), "{word}: {}", ran.stdout);
    }
}

#[test]
fn the_toml_files_have_what_their_editors_ask_for() {
    for (path, needed) in [
        (
            "editors/helix/languages.toml",
            &["name = \"dialform\"", "grammar = \"kdl\""][..],
        ),
        (
            "editors/zed/extension.toml",
            &[
                "id = \"dialform\"",
                "schema_version = 1",
                "[grammars.kdl]",
                "[language_servers.dialform]",
            ],
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
        for line in needed {
            assert!(text.lines().any(|each| each == *line), "{path} has no line {line}");
        }
    }
}

/// A TOML text as JSON.
fn from_toml(path: &str, text: &str) -> Value {
    let arena = toml_spanner::Arena::new();
    let document = toml_spanner::parse(text, &arena).unwrap_or_else(|error| panic!("{path}: {error:?}"));
    let entries = document.table().entries().iter();
    entries
        .map(|(key, item)| (key.name.to_owned(), to_json(item)))
        .collect()
}

fn to_json(item: &toml_spanner::Item<'_>) -> Value {
    match item.value() {
        toml_spanner::Value::String(text) => json!(text),
        toml_spanner::Value::Integer(number) => json!(number.as_i64()),
        toml_spanner::Value::Float(number) => json!(number),
        toml_spanner::Value::Boolean(is_true) => json!(is_true),
        toml_spanner::Value::DateTime(_) => panic!("no editor takes a date"),
        toml_spanner::Value::Array(items) => items.iter().map(to_json).collect(),
        toml_spanner::Value::Table(table) => {
            let entries = table.entries().iter();
            entries
                .map(|(key, item)| (key.name.to_owned(), to_json(item)))
                .collect()
        }
    }
}

/// The blocks of a page that are in a language.
fn blocks<'t>(page: &'t str, language: &str) -> impl Iterator<Item = &'t str> {
    let opening = format!("```{language}\n");
    let after: Vec<&str> = page.split(&opening).skip(1).collect();
    after.into_iter().map(|rest| &rest[..rest.find("```").unwrap()])
}

/// Visits every table in a value.
fn tables(value: &mut Value, found: &mut dyn FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| tables(item, found)),
        Value::Object(table) => {
            table.values_mut().for_each(|item| tables(item, found));
            found(table);
        }
        _ => {}
    }
}

/// The editors that cannot be run here are shown by their formats, which no package has as a schema: ours are written after
/// their pages, and refuse every key that those do not name.
#[test]
fn what_is_written_for_editors_that_are_not_run_is_what_their_pages_say() {
    let page = read("docs/editors.md");
    let mut texts: Vec<(&str, &str, Value)> = [
        ("helix-languages", "editors/helix/languages.toml"),
        ("zed-extension", "editors/zed/extension.toml"),
        ("zed-language", "editors/zed/languages/dialform/config.toml"),
    ]
    .map(|(schema, path)| (schema, path, from_toml(path, &read(path))))
    .into();
    let sublime = "editors/sublime/LSP.sublime-settings";
    texts.push(("sublime-lsp", sublime, serde_json::from_str(&read(sublime)).unwrap()));
    for path in ["docs/editors.md", "editors/sublime/README.md", "editors/zed/README.md"] {
        let page = read(path);
        for block in blocks(&page, "json") {
            let begins = |key: &str| block.starts_with(&format!("{{ \"{key}\""));
            let schema = match begins("clients") {
                true => "sublime-lsp",
                false if begins("file_types") || begins("lsp") => "zed-settings",
                false => continue,
            };
            let value = serde_json::from_str(block).unwrap_or_else(|why| panic!("{path}: {why}\n{block}"));
            texts.push((schema, path, value));
        }
    }
    for block in blocks(&page, "toml").filter(|block| block.contains("language-server")) {
        let mut value = from_toml("docs/editors.md", block);
        // The page names the two lines that belong to a language that is there.
        let servers = value.as_object_mut().unwrap().remove("language-servers").unwrap();
        let language =
            json!({ "name": "dialform", "scope": "source.kdl", "file-types": [], "language-servers": servers });
        value["language"] = json!([language]);
        texts.push(("helix-languages", "docs/editors.md", value));
    }
    assert_eq!(texts.len(), 10, "{texts:#?}");
    for (schema, path, mut value) in texts {
        let schema: Value = serde_json::from_str(&read(&format!("tests/fixtures/editors/{schema}.json"))).unwrap();
        let schema = jsonschema::draft202012::new(&schema).unwrap();
        let problems: Vec<String> = schema
            .iter_errors(&value)
            .map(|why| format!("{} {why}", why.instance_path()))
            .collect();
        assert_eq!(problems, Vec::<String>::new(), "{path}");
        // A key that is misspelt would be seen, wherever it is.
        tables(&mut value, &mut |table| {
            drop(table.insert("mispelt".to_owned(), json!({ "x": 1 })))
        });
        assert!(!schema.is_valid(&value), "{path}");
    }
}

#[test]
fn the_settings_for_sublime_text_name_a_server_and_a_language_that_are_there() {
    let settings: serde_json::Value = serde_json::from_str(&read("editors/sublime/LSP.sublime-settings")).unwrap();
    let client = &settings["clients"]["dialform"];
    assert_eq!(client["enabled"], true);
    let command: Vec<&str> = client["command"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|word| word.as_str())
        .collect();
    assert_eq!(command, ["dialform", "server"]);
    let scope = format!("scope: {}", client["selector"].as_str().unwrap());
    let syntax = read("editors/sublime/dialform.sublime-syntax");
    assert!(syntax.starts_with("%YAML 1.2\n---\n") && syntax.lines().any(|line| line == scope));
    for page in ["editors/sublime/README.md", "docs/editors.md"] {
        let text = read(page);
        let shown = text.lines().find(|line| line.starts_with("{ \"clients\"")).unwrap();
        let shown: serde_json::Value = serde_json::from_str(shown).unwrap();
        assert_eq!(shown, settings, "{page}");
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
    let lint = "lint { allow \"unused-alias\" \"nil-id\" }";
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
        ("server", &["--stdio"]),
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
    assert_eq!(packages, 7);
}

#[test]
fn no_package_names_a_registry() {
    let lock = read("editors/vscode/package-lock.json");
    assert!(
        !lock.contains("\"resolved\""),
        "install with --omit-lockfile-registry-resolved"
    );
}
