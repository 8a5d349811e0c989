//! The projects under `examples/`: clean, now and later; between them they show the whole language; the sandbox takes
//! every body; and the broken one is broken in many ways.

use std::collections::BTreeSet;
use std::path::Path;

use dialform::fields::{Dialect, FIELDS, FieldSpec, Slot, Value as Stated};
use dialform::lint::engine::{Checked, Checker};
use dialform::project::discovery;
use dialform::project::walk::Listings;
use dialform::sandbox::{Config, Sandbox};
use serde_json::Value;

use crate::common::command::{dialform, in_repository};

const CLEAN: [&str; 4] = ["small", "large", "extended", "environments"];

fn example<T>(name: &str, look: impl FnOnce(&Checked<'_>) -> T) -> T {
    let root = in_repository("examples").join(name);
    let mut checker = Checker::new(&root, None);
    let scope = checker.project_scope(&root, &[]);
    look(&checker.check(&scope, &[]))
}

/// All campaigns of an example as they are sent, each with its key; in its first environment where it has any.
pub(crate) fn bodies(folder: &Path) -> Vec<Value> {
    let arguments: &[&str] = match folder.ends_with("environments") {
        true => &["render", "--env", "staging"],
        false => &["render"],
    };
    let render = dialform(folder, arguments);
    assert_eq!(render.code, Some(0), "{}", render.stderr);
    let Value::Array(bodies) = serde_json::from_str(&render.stdout).unwrap() else {
        panic!("no array: {}", render.stdout);
    };
    bodies
}

#[test]
fn the_clean_examples_have_no_findings_and_will_have_none_for_years() {
    for name in CLEAN {
        let folder = in_repository("examples").join(name);
        for arguments in [&["lint"][..], &["lint", "--now", "2034-12-31T23:59:59Z"]] {
            let lint = dialform(&folder, arguments);
            assert_eq!((lint.code, lint.stdout.as_str()), (Some(0), ""), "{name}");
        }
    }
}

#[test]
fn every_file_of_an_example_is_part_of_its_project() {
    for name in CLEAN.into_iter().chain(["broken"]) {
        let root = in_repository("examples").join(name);
        let below = discovery::kdl_files(&root, &mut Listings::default()).files;
        example(name, |checked| assert_eq!(checked.scope.files, below, "{name}"));
    }
}

#[test]
fn the_large_example_is_large() {
    example("large", |checked| {
        let project = checked.project();
        assert!(project.campaigns().count() >= 12);
        let of_a_template = project.templates().filter(|template| template.template.is_some());
        assert!(of_a_template.count() >= 1, "a template of a template");
    });
}

/// What one field can be seen to be: `detect-robot: back` for each word of a choice, `pace` for any other value.
fn shown(spec: &FieldSpec, words: &[&str]) -> Vec<String> {
    if spec.choices().is_empty() {
        return vec![spec.path()];
    }
    words.iter().map(|word| format!("{}: {word}", spec.path())).collect()
}

/// All that the campaigns and templates of an example state.
fn stated(name: &str) -> BTreeSet<String> {
    example(name, |checked| {
        let project = checked.project();
        let campaigns = checked.all_campaigns();
        let definitions = campaigns.iter().chain(project.templates());
        let values = definitions.flat_map(|definition| definition.stated.values());
        values
            .filter_map(|stated| {
                let spec = stated.field.spec();
                let words = match stated.value? {
                    Stated::Choices(several) => several
                        .iter()
                        .map(|index| spec.choices()[usize::from(*index)].written.word())
                        .collect(),
                    value => vec![value.word(spec)],
                };
                Some(shown(spec, &words))
            })
            .flatten()
            .collect()
    })
}

#[test]
fn between_them_they_state_every_field_and_every_word() {
    let classic: BTreeSet<String> = ["small", "large", "environments"]
        .into_iter()
        .flat_map(stated)
        .collect();
    let extended = stated("extended");
    let mut missing = Vec::new();
    for spec in FIELDS.iter().filter(|spec| spec.slot != Slot::Constant) {
        let seen = match spec.dialect {
            Dialect::Classic => &classic,
            Dialect::Extended => &extended,
        };
        let words: Vec<&str> = spec.choices().iter().map(|choice| choice.written.word()).collect();
        missing.extend(shown(spec, &words).into_iter().filter(|one| !seen.contains(one)));
    }
    assert_eq!(missing, [""; 0], "no example shows these");
}

#[tokio::test]
async fn the_sandbox_takes_every_body() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    for name in CLEAN {
        let dialect = match name {
            "extended" => Dialect::Extended,
            _ => Dialect::Classic,
        };
        let sandbox = Sandbox::start(Config {
            dialect,
            ..Config::default()
        })
        .await
        .unwrap();
        let url = format!("http://{}/api/v1/telephony/autoCall", sandbox.addr());
        for campaign in bodies(&in_repository("examples").join(name)) {
            let request = client.post(&url).bearer_auth("token");
            let request = request
                .header("content-type", "application/json")
                .body(campaign["body"].to_string());
            let answer = request.send().await.unwrap();
            let status = answer.status().as_u16();
            assert_eq!(
                status,
                200,
                "{name} {}: {}",
                campaign["key"],
                answer.text().await.unwrap()
            );
        }
    }
}

#[test]
fn the_broken_example_shows_many_kinds_of_mistake() {
    let lint = dialform(&in_repository("examples/broken"), &["lint", "--output-format", "json"]);
    assert_eq!(lint.code, Some(1));
    let report: Value = serde_json::from_str(&lint.stdout).unwrap();
    let codes: Vec<&str> = report["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["code"].as_str().unwrap())
        .collect();
    let kinds: BTreeSet<&str> = codes.iter().copied().collect();
    assert!(kinds.len() >= 8, "{codes:?}");
    assert_eq!(kinds.len(), codes.len(), "each is shown once: {codes:?}");
}
