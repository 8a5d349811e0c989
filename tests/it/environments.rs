//! Environments: the same campaigns for two accounts, from lint to the requests that each service gets.

use std::process::Command;

use serde_json::Value;
use uuid::Uuid;

use crate::api::server::{Received, Server, json};
use crate::common::command::Ran;
use crate::common::project::Project;
use crate::stores::postgres::{PASSWORD, PostgresServer, USER};

const STAGING: &str = "c6a1fe50-5c5e-4d43-9f6a-0e7b5b3a2a11";
const PRODUCTION: &str = "1f0c7f5e-6a0b-4e54-9d3c-0d6f2b0f8a11";

/// A service that creates what it is asked to, and lists nothing.
fn service() -> Server {
    Server::start(|_, request: &Received| match request.line.split(' ').next() {
        Some("GET") => json(200, r#"{"items":[]}"#),
        _ => json(200, &format!(r#"{{"id":{{"identity":"{}"}}}}"#, Uuid::new_v4())),
    })
}

/// A project with the environments `staging` and `production`, each with a service of its own.
struct Company {
    project: Project,
    staging: Server,
    production: Server,
}

/// The scenario that only the environments have.
const COMMON_ALIAS: &str = "    scenario promo=\"228cc4fa-92f2-4709-94e3-7344a96a5903\"\n";

impl Company {
    fn new(keys: &[&str]) -> Self {
        let (project, staging, production) = (Project::of(keys), service(), service());
        project.edit(COMMON_ALIAS, "");
        let company = Self {
            project,
            staging,
            production,
        };
        let environment = |name: &str, server: &Server, id: &str| {
            format!(
                "environment \"{name}\" {{\n    api \"{0}\"\n    login \"{0}\"\n    token-env \"TWIN_{1}_TOKEN\"\n    \
                 aliases {{ scenario promo=\"{id}\"; }}\n}}\n",
                server.origin,
                name.to_uppercase(),
            )
        };
        let both = environment("staging", &company.staging, STAGING)
            + &environment("production", &company.production, PRODUCTION);
        company
            .project
            .edit("template \"common\"", &format!("{both}template \"common\""));
        company
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.project.dialform(arguments);
        command
            .env("TWIN_STAGING_TOKEN", "token-of-staging")
            .env("TWIN_PRODUCTION_TOKEN", "token-of-production")
            .env("DIALFORM_TOKEN", "token-of-nobody");
        command
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        self.command(arguments).output().unwrap().into()
    }

    #[track_caller]
    fn done(&self, arguments: &[&str]) -> Ran {
        let ran = self.run(arguments);
        assert_eq!(ran.code, Some(0), "{arguments:?}: {ran:?}");
        ran
    }

    #[track_caller]
    fn refused(&self, arguments: &[&str], words: &[&str]) {
        let ran = self.run(arguments);
        assert_ne!(ran.code, Some(0), "{arguments:?}: {ran:?}");
        let said = ran.stdout + &ran.stderr;
        for word in words {
            assert!(said.contains(word), "{arguments:?}: no {word:?} in {said}");
        }
    }

    fn state(&self, name: &str) -> Value {
        let text = std::fs::read_to_string(self.project.path(name)).unwrap();
        serde_json::from_str::<Value>(&text).unwrap()["content"]["state"].clone()
    }
}

/// The creates that a service got: the token and the body of each.
fn creates(server: &Server) -> Vec<(String, String)> {
    let received = server.received();
    let creates = received.iter().filter(|request| request.line.starts_with("POST"));
    let create = |request: &Received| {
        let token = request.header("authorization").unwrap_or_default();
        (token.to_owned(), request.body.clone())
    };
    creates.map(create).collect()
}

#[test]
fn an_edit_goes_to_staging_then_to_production_and_an_alias_that_is_missing_there_is_found_by_lint() {
    let company = Company::new(&["spring"]);
    company.done(&["lint"]);
    company.done(&["apply", "--env", "staging", "--auto-approve"]);
    let sent = creates(&company.staging);
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].0, "Bearer token-of-staging");
    assert!(sent[0].1.contains(STAGING), "{}", sent[0].1);
    assert_eq!(company.production.received().len(), 0);

    company.done(&["apply", "--env", "production", "--auto-approve"]);
    let sent = creates(&company.production);
    assert_eq!((sent.len(), sent[0].0.as_str()), (1, "Bearer token-of-production"));
    assert!(sent[0].1.contains(PRODUCTION), "{}", sent[0].1);
    assert_eq!(creates(&company.staging).len(), 1);
    assert_eq!(
        company.state("dialform.staging.state.json")["binding"]["environment"],
        "staging"
    );
    assert_eq!(
        company.state("dialform.production.state.json")["binding"]["environment"],
        "production"
    );
    assert!(!company.project.path("dialform.state.json").exists());

    // The edit, with an alias that staging has and production lacks.
    let id = "5d1c2b51-4a3e-4f43-9c62-0f6f2b0a7a11";
    company.project.edit(
        &format!("aliases {{ scenario promo=\"{STAGING}\"; }}"),
        &format!("aliases {{ scenario promo=\"{STAGING}\" winback=\"{id}\"; }}"),
    );
    company.project.campaign("summer", "scenario \"winback\"");
    company.refused(
        &["lint"],
        &["no scenario is called `winback` in the environment `production`"],
    );
    company.done(&["lint", "--env", "staging"]);
    company.done(&["apply", "--env", "staging", "--auto-approve"]);
    assert!(creates(&company.staging)[1].1.contains(id));
    company.refused(&["apply", "--env", "production", "--auto-approve"], &["`winback`"]);
    assert_eq!(creates(&company.production).len(), 1);
    company.project.edit(
        &format!("aliases {{ scenario promo=\"{PRODUCTION}\"; }}"),
        &format!("aliases {{ scenario promo=\"{PRODUCTION}\" winback=\"6c94a15d-f372-4a50-bb86-d90a47283523\"; }}"),
    );
    company.done(&["lint"]);
    company.done(&["apply", "--env", "production", "--auto-approve"]);
    assert_eq!(creates(&company.production).len(), 2);
}

#[test]
fn a_command_about_the_account_has_to_be_told_its_environment() {
    let company = Company::new(&["spring"]);
    for arguments in [
        &["plan"][..],
        &["apply", "--auto-approve"],
        &["render"],
        &["status"],
        &["state", "list"],
        &["state", "rm", "spring"],
        &["resolve", "spring"],
        &["start", "spring"],
        &["pause", "spring"],
        &["halt", "spring"],
        &["doctor"],
        &["import", "--live", "spring=48a77bd7-8762-4e0f-a277-4ef77e36c41b"],
    ] {
        let words = ["`staging` and `production`", "--env staging", "DIALFORM_ENV"];
        company.refused(arguments, &words);
        let unknown: Vec<&str> = arguments.iter().copied().chain(["--env", "prodction"]).collect();
        company.refused(&unknown, &["did you mean `production`?", "`staging`"]);
    }
    company.refused(&["lint", "--env", "stagin"], &["did you mean `staging`?"]);
    let by_variable = |name: &str, arguments: &[&str]| -> Ran {
        company
            .command(arguments)
            .env("DIALFORM_ENV", name)
            .output()
            .unwrap()
            .into()
    };
    assert_eq!(by_variable("staging", &["plan"]).code, Some(0));
    assert!(by_variable("stagin", &["plan"]).stderr.contains("DIALFORM_ENV=stagin"));
    // The word on the command line counts before the variable.
    assert!(
        by_variable("staging", &["render", "--env", "production"])
            .stdout
            .contains(PRODUCTION)
    );
    assert_eq!(
        company.staging.received().len() + company.production.received().len(),
        0
    );

    let plain = Project::of(&["spring"]);
    for arguments in [&["plan", "--env", "staging"][..], &["lint", "--env", "staging"]] {
        let ran: Ran = plain.dialform(arguments).output().unwrap().into();
        assert_ne!(ran.code, Some(0));
        assert!(ran.stderr.contains("has no environments"), "{}", ran.stderr);
    }
}

#[test]
fn the_name_is_in_the_plan_the_saved_plan_and_the_commands_that_messages_tell() {
    let company = Company::new(&["spring"]);
    let plan = company.done(&["plan", "--env", "staging", "--out", "plan.json"]);
    assert!(plan.stdout.contains("in the environment staging"), "{}", plan.stdout);
    assert!(
        plan.stderr.contains("`dialform apply plan.json --env staging`"),
        "{}",
        plan.stderr
    );
    let json = company.done(&["plan", "--env", "staging", "--output-format", "json"]);
    assert_eq!(json.json()["environment"], "staging");
    let comment = company.done(&["plan", "--env", "staging", "--output-format", "markdown"]);
    assert!(
        comment
            .stdout
            .starts_with("<!-- dialform plan staging -->\n### dialform plan: staging\n"),
        "{}",
        comment.stdout
    );
    company.refused(
        &["apply", "plan.json", "--env", "production"],
        &["the environment is another one"],
    );
    assert_eq!(company.production.received().len(), 0);
    company.done(&["apply", "plan.json", "--env", "staging"]);
    assert_eq!(creates(&company.staging).len(), 1);
}

#[test]
fn the_state_of_one_environment_is_refused_in_another() {
    let company = Company::new(&["spring"]);
    company.done(&["apply", "--env", "staging", "--auto-approve"]);
    let before = company.staging.received().len();
    // Even where both are one service in one dialect: only the tokens differ.
    let (staging, production) = (
        company.staging.origin.to_string(),
        company.production.origin.to_string(),
    );
    company.project.edit(&production, &staging);
    for arguments in [
        &["plan"][..],
        &["apply", "--auto-approve"],
        &["status"],
        &["state", "list"],
        &["state", "rm", "spring"],
        &["halt", "spring", "--auto-approve"],
        &["resolve", "spring", "--recreate"],
        &["doctor"],
    ] {
        let foreign = ["--env", "production", "--state", "dialform.staging.state.json"];
        let arguments: Vec<&str> = arguments.iter().copied().chain(foreign).collect();
        company.refused(&arguments, &["environment `staging`", "`production`"]);
    }
    // Nor by a word of consent: none of its tasks is in the list.
    let foreign = [
        "apply",
        "--auto-approve",
        "--accept-binding",
        "--env",
        "production",
        "--state",
        "dialform.staging.state.json",
    ];
    company.refused(&foreign, &["another service or account"]);
    assert_eq!(
        company.state("dialform.staging.state.json")["binding"]["environment"],
        "staging"
    );
    assert_eq!(creates(&company.staging).len(), 1);
    assert!(company.staging.received().len() >= before);
}

#[test]
fn a_state_of_before_there_were_environments_is_not_begun_anew_and_is_adopted() {
    let company = Company::new(&["spring"]);
    let own = std::fs::read_to_string(company.project.path("dialform.kdl")).unwrap();
    // As it was before: the account of production, without environments.
    let (start, end) = (
        own.find("environment \"staging\"").unwrap(),
        own.find("template \"common\"").unwrap(),
    );
    let before = format!(
        "{}aliases {{ scenario promo=\"{PRODUCTION}\"; }}\n{}",
        own[..start].replace(
            "project {",
            &format!(
                "project {{\n    api \"{0}\"\n    login \"{0}\"\n    token-env \"TWIN_PRODUCTION_TOKEN\"",
                company.production.origin
            )
        ),
        &own[end..]
    );
    company.project.write("dialform.kdl", &before);
    company.done(&["apply", "--auto-approve"]);
    assert_eq!(creates(&company.production).len(), 1);

    company.project.write("dialform.kdl", &own);
    company.refused(
        &["plan", "--env", "production"],
        &["would be created again", "state \"dialform.state.json\""],
    );
    company.project.edit(
        "environment \"production\" {",
        "environment \"production\" {\n    state \"dialform.state.json\"",
    );
    let plan = company.done(&["plan", "--env", "production"]);
    assert!(plan.stdout.contains("1 unchanged"), "{}", plan.stdout);
    assert_eq!(
        company.state("dialform.state.json")["binding"]["environment"],
        Value::Null
    );
    company.project.campaign("summer", "");
    company.done(&["apply", "--env", "production", "--auto-approve"]);
    assert_eq!(
        company.state("dialform.state.json")["binding"]["environment"],
        "production"
    );
    assert_eq!(creates(&company.production).len(), 2);
    company.refused(
        &["plan", "--env", "staging", "--state", "dialform.state.json"],
        &["environment `production`"],
    );
}

#[test]
fn only_the_variable_that_token_env_names_counts_and_another_one_is_refused() {
    let company = Company::new(&["spring"]);
    let without: Ran = company
        .command(&["apply", "--env", "staging", "--auto-approve"])
        .env_remove("TWIN_STAGING_TOKEN")
        .output()
        .unwrap()
        .into();
    assert_ne!(without.code, Some(0));
    assert!(without.stderr.contains("set TWIN_STAGING_TOKEN"), "{}", without.stderr);
    assert_eq!(company.staging.received().len(), 0);

    company.done(&["apply", "--env", "staging", "--auto-approve"]);
    let before = company.staging.received().len();
    company.project.edit("TWIN_STAGING_TOKEN", "TWIN_PRODUCTION_TOKEN");
    company.project.campaign("summer", "");
    company.refused(
        &["apply", "--env", "staging", "--auto-approve"],
        &[
            "`token-env` is TWIN_PRODUCTION_TOKEN",
            "bound to TWIN_STAGING_TOKEN",
            "--accept-binding",
        ],
    );
    assert_eq!(company.staging.received().len(), before);
    company.done(&["apply", "--env", "staging", "--auto-approve", "--accept-binding"]);
    assert_eq!(
        creates(&company.staging).last().unwrap().0,
        "Bearer token-of-production"
    );
}

#[test]
fn only_leaves_campaigns_out_and_a_task_that_is_there_is_to_be_decided() {
    let company = Company::new(&["spring"]);
    company.project.campaign("summer", "only \"production\"");
    let staging = company
        .done(&["plan", "--env", "staging", "--output-format", "json"])
        .json();
    assert_eq!(staging["summary"]["create"], 1);
    let production = company
        .done(&["plan", "--env", "production", "--output-format", "json"])
        .json();
    assert_eq!(production["summary"]["create"], 2);
    assert!(!company.done(&["render", "--env", "staging"]).stdout.contains("summer"));
    company.refused(
        &["render", "summer", "--env", "staging"],
        &["there is no campaign `summer`"],
    );

    company.done(&["apply", "--env", "staging", "--auto-approve"]);
    company.project.campaign("spring", "only \"production\"");
    let plan = company.done(&["plan", "--env", "staging"]);
    assert!(plan.stdout.contains("`only` leaves it out"), "{}", plan.stdout);
    assert!(
        plan.stdout.contains("`dialform state rm spring --env staging`"),
        "{}",
        plan.stdout
    );
    company.done(&["apply", "--env", "staging", "--auto-approve"]);
    assert_eq!(creates(&company.staging).len(), 1);
    company.done(&["state", "rm", "spring", "--env", "staging"]);
    let plan = company.done(&["plan", "--env", "staging"]);
    assert!(plan.stdout.contains("Nothing to do"), "{}", plan.stdout);
}

#[test]
fn the_sandbox_has_a_state_for_each_environment() {
    let company = Company::new(&["spring"]);
    company.done(&["apply", "--sandbox", "--env", "staging", "--auto-approve"]);
    assert!(company.project.path(".dialform/sandbox.staging.state.json").exists());
    let plan = company.done(&["plan", "--sandbox", "--env", "production"]);
    assert!(plan.stdout.contains("1 to create"), "{}", plan.stdout);
    assert_eq!(
        company.staging.received().len() + company.production.received().len(),
        0
    );
}

#[test]
fn a_state_is_pushed_and_migrated_into_its_own_environment_only() {
    let Some(server) = PostgresServer::get() else { return };
    let company = Company::new(&["spring"]);
    let database = server.database();
    let address = |state: &str| server.address(&database, state) + "&sslmode=verify-full";
    let ca_file = server.ca_file().display().to_string();
    let run = |arguments: &[&str]| -> Ran {
        let mut command = company.command(arguments);
        command.env("PGUSER", USER).env("PGPASSWORD", PASSWORD);
        command.output().unwrap().into()
    };
    company.done(&["apply", "--env", "staging", "--auto-approve"]);
    let file = "dialform.staging.state.json";
    let before = std::fs::read(company.project.path(file)).unwrap();
    let migrate = |environment: &str| {
        let to = address("staging");
        run(&[
            "state",
            "migrate",
            file,
            &to,
            "--ca-file",
            &ca_file,
            "--env",
            environment,
        ])
    };
    let refused = migrate("production");
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(
        refused
            .stderr
            .contains("environment `staging`, and `production` is chosen"),
        "{refused:?}"
    );
    assert_eq!(std::fs::read(company.project.path(file)).unwrap(), before);
    let moved = migrate("staging");
    assert_eq!(moved.code, Some(0), "{moved:?}");

    // Each of these reads the store over TLS, whose authority only the file knows.
    let stranger = run(&["state", "list", "--env", "staging", "--state", &address("staging")]);
    assert!(
        stranger.code == Some(1) && stranger.stderr.contains("--ca-file"),
        "{stranger:?}"
    );
    let of = |command: &[&str], environment: &str, more: &[&str]| {
        let to = address(environment);
        let place = ["--env", environment, "--state", &to, "--ca-file", &ca_file];
        run(&[&["state"], command, &place, more].concat())
    };
    for command in [
        &["list"][..],
        &["show", "spring"],
        &["pull"],
        &["lock"],
        &["mv", "spring", "summer"],
    ] {
        let ran = of(command, "staging", &[]);
        assert_eq!(ran.code, Some(0), "{command:?}: {ran:?}");
        if command == ["pull"] {
            company.project.write("pulled.json", &ran.stdout);
        }
    }

    let push = |environment: &str, more: &[&str]| of(&["push", "pulled.json"], environment, more);
    let refused = push("production", &[]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    for word in [
        "environment `staging`",
        "environment `production`",
        "Nothing was written",
    ] {
        assert!(refused.stderr.contains(word), "{refused:?}");
    }
    let listed = of(&["list"], "production", &[]);
    assert!(listed.stderr.contains("there is no state"), "{listed:?}");
    // Older than the rename, and of the right environment.
    let older = push("staging", &[]);
    assert!(older.stderr.contains("older"), "{older:?}");
    let pushed = push("staging", &["--force"]);
    assert_eq!(pushed.code, Some(0), "{pushed:?}");
    // By force it goes anywhere, and stays what it is.
    assert_eq!(push("production", &["--force"]).code, Some(0));
    let listed = of(&["list"], "production", &[]);
    assert!(
        listed.code == Some(1) && listed.stderr.contains("environment `staging`"),
        "{listed:?}"
    );
}
