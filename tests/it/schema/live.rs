//! The plans and the state that the program itself writes, from the first task to every kind of action.

use std::collections::BTreeSet;
use std::fs;

use dialform::report::schema::SchemaName;
use serde_json::Value;

use super::{CLASSIC, PROJECT, Project, assert_valid, json, validator};
use crate::common::command::dialform;

/// A campaign with the settings of `least`, under its own key, name and pace.
fn campaign(key: &str, name: &str, pace: &str) -> String {
    let (_, least) = CLASSIC.split_once("campaign \"least\"").unwrap();
    let least = format!("campaign \"{key}\"{least}");
    least.replace("Отклики", name).replace("1/min", pace)
}

impl Project {
    fn campaigns(&self, campaigns: &[String]) {
        fs::write(self.path().join("campaigns/all.kdl"), campaigns.join("\n")).unwrap();
    }

    /// The plan, which is checked with and without its bodies.
    fn plan(&self) -> Value {
        let mut plan = Value::Null;
        for more in [&[][..], &["--full"]] {
            let args = [&["plan", "--sandbox", "--output-format", "json"], more].concat();
            plan = json(&dialform(self.path(), &args));
            assert_valid(&validator(SchemaName::Plan), &plan);
        }
        plan
    }

    /// The state's snapshot, which is checked.
    fn state(&self) -> Value {
        let state = fs::read_to_string(self.path().join(".dialform/sandbox.state.json")).unwrap();
        let state = serde_json::from_str(&state).unwrap();
        assert_valid(&validator(SchemaName::State), &state);
        state
    }

    fn runs(&self, args: &[&str]) {
        let ran = dialform(self.path(), args);
        assert_eq!(ran.code, Some(0), "{args:?}: {ran:#?}");
    }
}

/// `create`, or `create needs-replace` where it is blocked.
fn kinds(plan: &Value) -> BTreeSet<String> {
    let actions = plan["actions"].as_array().unwrap().iter();
    let kind = |action: &Value| match action["blocked"]["code"].as_str() {
        Some(code) => format!("{} {code}", action["kind"].as_str().unwrap()),
        None => action["kind"].as_str().unwrap().to_owned(),
    };
    actions.map(kind).collect()
}

fn set<const N: usize>(kinds: [&str; N]) -> BTreeSet<String> {
    kinds.map(str::to_owned).into()
}

#[test]
fn plans_and_states_of_a_life_are_valid() {
    let project = Project::with(&[
        ("dialform.kdl", &PROJECT.replace("DIALECT", "classic")),
        ("campaigns/all.kdl", ""),
    ]);
    let keys = ["same", "changed", "gone", "old", "let-go"];
    project.campaigns(&keys.map(|key| campaign(key, key, "1/s")));
    assert_eq!(kinds(&project.plan()), set(["create"]));
    project.runs(&["apply", "--sandbox", "--auto-approve"]);
    assert_eq!(kinds(&project.plan()), set(["unchanged"]));
    project.state();

    project.runs(&["state", "rm", "let-go", "--sandbox"]);
    project.campaigns(&[
        campaign("same", "same", "1/s"),
        campaign("changed", "changed", "2/s"),
        campaign("again", "gone", "1/s"),
        campaign("new", "old", "1/s"),
        campaign("let-go", "let-go", "1/s"),
        "moved from=\"old\" to=\"new\"\n".to_owned(),
    ]);
    assert_eq!(
        kinds(&project.plan()),
        set([
            "create removed",
            "create same-as-orphan",
            "move",
            "orphan",
            "replace needs-replace",
            "unchanged",
        ])
    );

    project.runs(&[
        "apply",
        "--sandbox",
        "--auto-approve",
        "--replace",
        "changed",
        "--replace-running",
        "--create",
        "again",
        "--create",
        "let-go",
    ]);
    assert_eq!(kinds(&project.plan()), set(["orphan", "unchanged"]));
    let state = &project.state()["content"]["state"];
    assert!(state["tasks"]["changed"]["previous"].is_array(), "{state:#}");
    assert!(state["tombstones"]["let-go"].is_array(), "{state:#}");
}
