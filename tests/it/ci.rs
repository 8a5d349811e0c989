//! What runs dialform elsewhere: the hooks, the action, the recipes. They name commands and options that there are, and
//! docs/ci.md and docs/ci-branch.md quote them as they stand.

use std::collections::BTreeMap;
use std::fs;

use crate::common::command::{dialform, in_repository};
use crate::common::generated::assert_current;

const DOCUMENT: &str = "docs/ci.md";
const HOOKS: &str = ".pre-commit-hooks.yaml";
const ACTION: &str = "action.yml";
const BRANCH_DOCUMENT: &str = "docs/ci-branch.md";
/// Those with the state in a store, GitHub's first, and those with the state in a branch.
const RECIPES: [&str; 4] = [
    "examples/ci/github/campaigns.yml",
    "examples/ci/gitlab/.gitlab-ci.yml",
    "examples/ci/branch/github/campaigns.yml",
    "examples/ci/branch/gitlab/.gitlab-ci.yml",
];

fn read(path: &str) -> String {
    fs::read_to_string(in_repository(path)).unwrap()
}

/// The value of a key at the beginning of a line, or of an element of a list.
fn value<'t>(line: &'t str, key: &str) -> Option<&'t str> {
    line.trim_start()
        .trim_start_matches("- ")
        .strip_prefix(key)?
        .strip_prefix(": ")
}

/// The hooks as key and value, by their id. The file is flat.
fn hooks() -> BTreeMap<String, BTreeMap<String, String>> {
    let mut hooks: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let mut id = String::new();
    let text = read(HOOKS);
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        if let Some(found) = line.strip_prefix("- id: ") {
            found.clone_into(&mut id);
        }
        let (key, value) = line.trim_start_matches("- ").trim_start().split_once(": ").unwrap();
        let hook = hooks.entry(id.clone()).or_default();
        assert!(hook.insert(key.to_owned(), value.to_owned()).is_none(), "{line}");
    }
    hooks
}

/// Panics unless these words run: the command exists, and each option stands in its help.
fn assert_exists(words: &[&str], whole: &str) {
    let [command, rest @ ..] = words else {
        panic!("{whole}: no command")
    };
    let here = in_repository(".");
    let help = dialform(&here, &[command, "--help"]);
    assert_eq!(help.code, Some(0), "{whole}: {}", help.stderr);
    for option in rest
        .iter()
        .take_while(|word| **word != "--")
        .filter(|word| word.starts_with("--"))
    {
        let option = option.split('=').next().unwrap();
        let stands = |line: &str| line.split([' ', ',']).any(|word| word == option);
        assert!(help.stdout.lines().any(stands), "{whole}: {command} has no {option}");
    }
}

/// The commands of dialform in a text: what stands behind the word up to the end of the line, or of the command.
fn commands(text: &str) -> Vec<Vec<&str>> {
    let mut commands = Vec::new();
    for line in text.lines() {
        let line = line.trim().trim_start_matches("- ").trim_start_matches("run: ");
        if line.starts_with('#') {
            continue;
        }
        let Some(rest) = line
            .strip_prefix("dialform ")
            .or_else(|| line.split_once("=0; dialform ").map(|(_, rest)| rest))
        else {
            continue;
        };
        commands.push(
            rest.split_whitespace()
                .take_while(|word| !matches!(*word, "||" | "&&" | ">" | "|"))
                .collect(),
        );
    }
    commands
}

#[test]
fn each_hook_runs_a_command_that_there_is() {
    let hooks = hooks();
    assert_eq!(hooks.len(), 6, "{hooks:?}");
    for (id, hook) in &hooks {
        let words: Vec<&str> = hook["entry"].split_whitespace().collect();
        assert_eq!(words[0], "dialform", "{id}");
        assert_exists(&words[1..], &hook["entry"]);
        match hook["language"].as_str() {
            "rust" => assert_eq!(hook["language_version"], "system", "{id}: no toolchain is fetched"),
            "system" => assert!(id.ends_with("-system"), "{id}"),
            other => panic!("{id}: {other}"),
        }
    }
}

#[test]
fn the_twin_of_a_hook_differs_only_in_where_the_program_comes_from() {
    let hooks = hooks();
    for id in ["dialform-lint", "dialform-fmt"] {
        let same = |id: &str| {
            let mut hook = hooks[id].clone();
            for key in ["id", "language", "language_version", "description"] {
                hook.remove(key);
            }
            hook
        };
        for twin in ["-src", "-system"] {
            assert_eq!(same(id), same(&format!("{id}{twin}")));
        }
    }
    assert_eq!(
        hooks["dialform-lint"]["pass_filenames"], "false",
        "lint reads the project"
    );
    assert_eq!(
        hooks["dialform-fmt"].get("pass_filenames"),
        None,
        "fmt takes the staged files"
    );
}

#[test]
fn the_action_and_the_recipes_use_commands_and_options_that_there_are() {
    let mut count = 0;
    for path in [ACTION].into_iter().chain(RECIPES) {
        let text = read(path);
        for words in commands(&text) {
            assert_exists(&words, &format!("{path}: dialform {}", words.join(" ")));
            count += 1;
        }
        for line in text.lines().filter(|line| line.contains("arguments")) {
            for option in line.split(['(', ' ', ')']).filter(|word| word.starts_with("--")) {
                assert_exists(&["lint", option], line);
            }
        }
    }
    assert!(count >= 5, "{count} commands were found");
}

#[test]
fn the_document_tells_every_hook_input_and_output() {
    let document = read(DOCUMENT);
    for id in hooks().keys() {
        assert!(document.contains(&format!("`{id}`")), "{DOCUMENT} lacks the hook {id}");
    }
    let action = read(ACTION);
    let (_, rest) = action.split_once("\ninputs:\n").unwrap();
    let (inputs, rest) = rest.split_once("\noutputs:\n").unwrap();
    let (outputs, _) = rest.split_once("\nruns:\n").unwrap();
    let names: Vec<&str> = [inputs, outputs]
        .iter()
        .flat_map(|part| part.lines())
        .filter_map(|line| line.strip_prefix("  ")?.strip_suffix(':'))
        .filter(|name| !name.starts_with(' '))
        .collect();
    assert_eq!(names.len(), 7, "{names:?}");
    for name in names {
        assert!(document.contains(&format!("| `{name}` |")), "{DOCUMENT} lacks {name}");
    }
}

#[test]
fn no_recipe_puts_an_expression_into_a_script_or_runs_with_the_rights_of_the_target() {
    for path in [ACTION, RECIPES[0], RECIPES[2]] {
        let text = read(path);
        assert!(!text.contains("pull_request_target"), "{path}");
        let mut script: Option<usize> = None;
        for line in text.lines().filter(|line| !line.is_empty()) {
            let depth = line.len() - line.trim_start().len();
            if script.is_some_and(|outer| depth <= outer) {
                script = None;
            }
            assert!(script.is_none() || !line.contains("${{"), "{path}: {line}");
            if value(line, "run").is_some() {
                script = Some(depth);
            }
        }
    }
}

/// The jobs of a workflow of GitHub, by their names.
fn jobs(text: &str) -> BTreeMap<&str, String> {
    let (_, jobs) = text.split_once("\njobs:\n").unwrap();
    let mut found: BTreeMap<&str, String> = BTreeMap::new();
    let mut name = "";
    for line in jobs.lines() {
        if let Some(job) = line.strip_prefix("  ").and_then(|line| line.strip_suffix(':'))
            && !job.starts_with(' ')
        {
            name = job;
        }
        *found.entry(name).or_default() += &format!("{line}\n");
    }
    found
}

#[test]
fn secrets_are_in_environments_and_the_accounts_in_those_of_apply_only() {
    for path in [RECIPES[0], RECIPES[2]] {
        let text = read(path);
        let jobs = jobs(&text);
        let applying = jobs.values().filter(|job| job.contains("dialform apply")).count();
        assert!(applying > 0 && jobs.len() == applying + 2, "{path}: {:?}", jobs.keys());
        for (name, job) in &jobs {
            let applies = job.contains("dialform apply");
            assert_eq!(job.contains("secrets.DIALFORM_TOKEN"), applies, "{path}: {name}");
            assert_eq!(job.contains("cancel-in-progress: false"), applies, "{path}: {name}");
            assert!(
                !job.contains("secrets.") || job.contains("\n    environment: "),
                "{path}: {name}"
            );
            assert!(
                !job.contains("secrets.") || applies || job.contains("head.repo.full_name"),
                "{path}: {name}"
            );
        }
    }
}

/// What can be moved to other code by whoever publishes it, among the actions and images that a text names.
fn unpinned(text: &str) -> Vec<&str> {
    let is_hex = |digest: &str, length| digest.len() == length && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_pinned = |line: &&str| match (value(line, "uses"), value(line, "image")) {
        (Some(action), _) => {
            let Some((name, version)) = action.split_once('@') else {
                return false;
            };
            // It stands for this repository, whatever its name is, and whatever version people want.
            name == "tools/dialform"
                || matches!(version.split_once(" # v"), Some((commit, tag)) if is_hex(commit, 40) && tag.contains('.'))
        }
        (None, Some(image)) => matches!(image.split_once("@sha256:"), Some((_, digest)) if is_hex(digest, 64)),
        (None, None) => true,
    };
    text.lines().filter(|line| !is_pinned(line)).collect()
}

#[test]
fn what_others_publish_is_pinned() {
    for path in [ACTION, DOCUMENT, BRANCH_DOCUMENT, "docs/formats.md", "README.md"]
        .into_iter()
        .chain(RECIPES)
    {
        assert_eq!(unpinned(&read(path)), Vec::<&str>::new(), "{path}");
    }
    let commit = "11d5960a326750d5838078e36cf38b85af677262";
    for line in [
        "- uses: actions/checkout@v4".to_owned(),
        format!("- uses: actions/checkout@{commit}"),
        "uses: ./action".to_owned(),
        "  image: rust:1.95".to_owned(),
        format!("  image: rust:1.95@sha256:{commit}"),
    ] {
        assert_eq!(unpinned(&line).len(), 1, "{line}");
    }
}

#[test]
fn cargo_runs_in_no_folder_that_a_stranger_fills() {
    for path in [ACTION, RECIPES[1], RECIPES[3]] {
        let text = read(path);
        for line in text.lines().filter(|line| !line.trim_start().starts_with('#')) {
            if let Some(before) = line.find("cargo install").map(|at| &line[..at]) {
                let step = text.split_once(line).unwrap().0.rsplit("- name:").next().unwrap();
                let is_elsewhere = before.contains("(cd / && ") || step.contains("cd \"$GITHUB_ACTION_PATH\"\n");
                assert!(is_elsewhere, "{path}: {line}");
            }
        }
    }
}

#[test]
fn the_marker_in_the_recipes_is_the_one_that_plan_writes() {
    for (path, environment) in RECIPES.into_iter().zip([true, true, false, false]) {
        let marker = match environment {
            // What the shell puts there is a name.
            true => dialform::report::markdown::marker(Some("NAME")).replace("NAME", "$DIALFORM_ENV"),
            false => dialform::report::markdown::MARKER.to_owned(),
        };
        let text = read(path).replace("\\\"", "\"");
        assert!(text.contains(&format!("startswith(\"{marker}\")")), "{path}");
    }
}

#[test]
fn the_generated_quotes_of_the_recipes_are_current() {
    for (document, recipes) in [(DOCUMENT, &RECIPES[..2]), (BRANCH_DOCUMENT, &RECIPES[2..])] {
        let mut now = read(document);
        for path in recipes {
            let fence = format!("```yaml {path}\n");
            let (before, rest) = now.split_once(&fence).unwrap();
            let (_, after) = rest.split_once("\n```\n").unwrap();
            now = format!("{before}{fence}{}```\n{after}", read(path));
        }
        assert_current(document, &now);
    }
}
