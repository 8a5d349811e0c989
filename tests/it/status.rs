//! `dialform status` against the sandbox as a server.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use dialform::sandbox::{Config, Handle, Sandbox, Status};
use serde_json::{Value, json};

use crate::common::command::Ran;
use crate::common::project::Project;

/// A project whose API is a sandbox that goes on running.
struct Scene {
    project: Project,
    sandbox: Handle,
    client: reqwest::Client,
}

impl Scene {
    async fn applied(keys: &[&str]) -> Self {
        // Another test may have been first; either way there is one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let sandbox = Sandbox::start(Config::default()).await.unwrap();
        let project = Project::of(keys);
        let base = sandbox.cis_base();
        project.edit(
            "project {",
            &format!("project {{\n    api \"{base}\"\n    login \"{base}\""),
        );
        let scene = Self {
            project,
            sandbox,
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
        };
        let Ran { code, stdout, stderr } = scene.run(&["apply", "--auto-approve"]).await;
        assert_eq!(code, Some(0), "{stdout}{stderr}");
        scene
    }

    async fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = self.project.dialform(arguments);
        command.env("DIALFORM_TOKEN", "any");
        tokio::task::spawn_blocking(move || command.output().unwrap().into())
            .await
            .unwrap()
    }

    /// The status as data, and the exit code of `--detailed-exitcode`.
    async fn status(&self, arguments: &[&str]) -> (i32, Value) {
        let options = ["status", "--output-format", "json", "--detailed-exitcode"];
        let Ran { code, stdout, stderr } = self.run(&[&options, arguments].concat()).await;
        let report = serde_json::from_str(&stdout).unwrap_or_else(|_| panic!("{stdout}{stderr}"));
        (code.unwrap(), report)
    }

    fn id(&self, key: &str) -> String {
        let tasks = self.sandbox.tasks();
        let task = tasks.iter().find(|task| task.key() == Some(key)).unwrap();
        task.id.to_string()
    }

    async fn post(&self, path: &str, body: Value) {
        let url = format!("{}/telephony/{path}", self.sandbox.cis_base());
        let request = self
            .client
            .post(url)
            .bearer_auth("any")
            .header("content-type", "application/json");
        let status = request.body(body.to_string()).send().await.unwrap().status();
        assert_eq!(status, 200);
    }
}

fn campaign<'r>(report: &'r Value, key: &str) -> &'r Value {
    let campaigns = report["campaigns"].as_array().unwrap();
    campaigns.iter().find(|campaign| campaign["key"] == key).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_somebody_did_in_the_vendors_page_is_out_of_step() {
    let scene = Scene::applied(&["autumn", "spring", "winter"]).await;
    let (code, report) = scene.status(&[]).await;
    assert_eq!((code, &report["in_step"]), (0, &json!(true)), "{report}");
    let spring = campaign(&report, "spring");
    assert_eq!(spring["task"], json!(scene.id("spring")));
    assert_eq!(
        (&spring["wire_status"], &spring["people"]),
        (&json!("READY"), &json!(0))
    );

    scene
        .post(&format!("autoCall/{}/halted", scene.id("spring")), json!({}))
        .await;
    scene
        .post(&format!("autoCall/{}/play", scene.id("autumn")), json!({}))
        .await;
    scene.project.campaign("winter", "pace \"5/s\"");
    scene.project.campaign("summer", "");
    let (code, report) = scene.status(&[]).await;
    assert_eq!((code, &report["in_step"]), (2, &json!(false)));
    let words = |key: &str| campaign(&report, key)["out_of_step"].to_string();
    assert!(words("spring").contains("its task is halted"), "{report}");
    assert!(words("spring").contains("dialform apply --replace spring"), "{report}");
    assert_eq!(words("autumn"), "[]");
    assert_eq!(campaign(&report, "autumn")["status"], "runs");
    assert!(words("winter").contains("(pace)"), "{report}");
    assert!(words("summer").contains("not created yet"), "{report}");
    assert_eq!(campaign(&report, "summer")["task"], Value::Null);
    let cases = |key: &str| campaign(&report, key)["cases"].clone();
    assert_eq!(cases("spring"), json!(["over"]));
    assert_eq!(cases("autumn"), json!([]));
    assert_eq!(cases("winter"), json!(["differs"]));
    assert_eq!(cases("summer"), json!(["not-created"]));

    // Plan is offline unless it is asked to look: what it says is what status has seen.
    let requests = scene.sandbox.received().len();
    let offline = scene.run(&["plan"]).await.stdout;
    assert!(offline.contains("it is over: halted, as of 20"), "{offline}");
    assert_eq!(scene.sandbox.received().len(), requests);
    for format in ["human", "json", "markdown"] {
        let Ran { code, stdout, stderr } = scene.run(&["plan", "--refresh", "--output-format", format]).await;
        assert_eq!(code, Some(0), "{stderr}");
        assert!(stdout.contains("it is over: halted, as of 20"), "{format}\n{stdout}");
    }

    let Ran { code, stdout, .. } = scene.run(&["status", "s*"]).await;
    assert_eq!(code, Some(0), "{stdout}");
    assert!(
        stdout.contains("KEY") && stdout.contains("spring") && !stdout.contains("autumn"),
        "{stdout}"
    );
    assert!(stdout.ends_with("Status: 2 campaigns, 2 out of step.\n"), "{stdout}");
    // Nothing but the list is asked for, and the state is as it was.
    assert_eq!(
        scene
            .sandbox
            .tasks()
            .iter()
            .filter(|task| task.status == Status::Halted)
            .count(),
        1
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_state_shows_tasks_that_can_be_adopted() {
    let scene = Scene::applied(&["spring"]).await;
    let id = scene.id("spring");
    for file in ["dialform.state.json", "dialform.state.journal"] {
        let _ = std::fs::remove_file(scene.project.path(file));
    }
    let (code, report) = scene.status(&["spring"]).await;
    assert_eq!(code, 2);
    let words = campaign(&report, "spring")["out_of_step"].to_string();
    assert!(
        words.contains(&format!("dialform resolve spring --adopt {id}")),
        "{report}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_pattern_names_what_is_near() {
    let scene = Scene::applied(&["spring"]).await;
    let Ran { code, stderr, .. } = scene.run(&["status", "sprng"]).await;
    assert_eq!(code, Some(1));
    assert!(
        stderr.contains("`sprng` names no campaign") && stderr.contains("did you mean `spring`?"),
        "{stderr}"
    );
}

fn lose_state(scene: &Scene) {
    for file in ["dialform.state.json", "dialform.state.journal"] {
        let _ = std::fs::remove_file(scene.project.path(file));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_command_takes_back_what_a_lost_state_knew() {
    let keys: Vec<String> = (1..=29).map(|number| format!("city-{number:02}")).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let scene = Scene::applied(&keys).await;
    // After a replacement there are two tasks with markers of one campaign, and one of them is over.
    scene.project.campaign("city-07", "pace \"5/s\"");
    let replaced = scene
        .run(&["apply", "--auto-approve", "--replace", "city-07", "--replace-running"])
        .await;
    assert_eq!(replaced.code, Some(0), "{}{}", replaced.stdout, replaced.stderr);
    lose_state(&scene);

    let Ran { code, stdout, .. } = scene.run(&["resolve", "city-07"]).await;
    assert_eq!(code, Some(0), "{stdout}");
    for words in [
        "halted, 0 people",
        "most likely the one",
        "dialform resolve city-07 --adopt",
        "--recreate",
    ] {
        assert!(stdout.contains(words), "{words}\n{stdout}");
    }
    let Ran { code, stdout, stderr } = scene.run(&["resolve", "--all", "--adopt-found"]).await;
    assert_eq!(code, Some(0), "{stdout}{stderr}");
    assert_eq!(stdout.matches("is in the state now").count(), 29, "{stdout}");
    let created = scene.sandbox.tasks().len();
    let (code, report) = scene.status(&[]).await;
    assert_eq!(code, 0, "{report}");
    assert_eq!(scene.run(&["plan", "--detailed-exitcode"]).await.code, Some(0));
    assert_eq!(scene.run(&["apply", "--auto-approve"]).await.code, Some(0));
    assert_eq!(scene.sandbox.tasks().len(), created);
    let again = scene.run(&["resolve", "--all", "--adopt-found"]).await;
    assert_eq!(
        (again.code, again.stdout.as_str()),
        (Some(0), "there is nothing to resolve\n")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_certain_is_left_to_a_person() {
    let scene = Scene::applied(&["spring"]).await;
    let body = scene.sandbox.tasks()[0].body.clone();
    scene.post("autoCall", Value::Object(body)).await;
    lose_state(&scene);
    let Ran { code, stdout, .. } = scene.run(&["resolve", "--all", "--adopt-found"]).await;
    assert_eq!(code, Some(1), "{stdout}");
    assert!(!stdout.contains("is in the state now"), "{stdout}");
    assert_eq!(stdout.matches("waits for its start").count(), 2, "{stdout}");
    assert!(scene.project.state().tasks.is_empty());
}

/// The records of the journal that tell what was seen.
fn sightings(scene: &Scene) -> Vec<Value> {
    let journal = std::fs::read_to_string(scene.project.path("dialform.state.journal")).unwrap();
    let records = journal
        .lines()
        .skip(1)
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    records
        .map(|line| line["record"].clone())
        .filter(|record| record["kind"] == "seen")
        .collect()
}

impl Scene {
    /// The offline plan as data, and the exit code of `--detailed-exitcode`.
    async fn plan(&self, arguments: &[&str]) -> (i32, Value) {
        let options = ["plan", "--full", "--output-format", "json", "--detailed-exitcode"];
        let requests = self.sandbox.received().len();
        let Ran { code, stdout, stderr } = self.run(&[&options, arguments].concat()).await;
        if !arguments.contains(&"--refresh") {
            assert_eq!(self.sandbox.received().len(), requests, "plan asks nobody");
        }
        let plan = serde_json::from_str(&stdout).unwrap_or_else(|_| panic!("{stdout}{stderr}"));
        (code.unwrap(), plan)
    }

    async fn halt(&self, key: &str) {
        self.post(&format!("autoCall/{}/halted", self.id(key)), json!({})).await;
    }

    fn created(&self) -> usize {
        self.sandbox.tasks().len()
    }
}

fn planned<'p>(plan: &'p Value, key: &str) -> &'p Value {
    let actions = plan["actions"].as_array().unwrap();
    actions.iter().find(|action| action["key"] == key).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_status_has_seen_is_kept_and_planned_by_as_of_then() {
    let scene = Scene::applied(&["autumn", "spring"]).await;
    let (_, plan) = scene.plan(&[]).await;
    assert_eq!(planned(&plan, "spring")["seen"], Value::Null);

    scene
        .post(&format!("autoCall/{}/play", scene.id("autumn")), json!({}))
        .await;
    scene.status(&[]).await;
    let (code, plan) = scene.plan(&[]).await;
    let seen = &planned(&plan, "autumn")["seen"];
    assert_eq!(
        (code, &seen["status"], &seen["wire_status"]),
        (0, &json!("runs"), &json!("PROCESS"))
    );
    let at = seen["at"].as_str().unwrap().to_owned();
    let text = scene.run(&["plan", "--full"]).await.stdout;
    assert!(text.contains("runs, 0 people, 0 calls made, as of 20"), "{text}");

    // Looking again and again writes nothing, as long as nothing happens.
    assert_eq!(sightings(&scene).len(), 1);
    for _ in 0..5 {
        scene.status(&["spring"]).await;
    }
    scene.plan(&["--refresh"]).await;
    assert_eq!(sightings(&scene).len(), 1);
    let (_, plan) = scene.plan(&[]).await;
    assert_eq!(planned(&plan, "autumn")["seen"]["at"], json!(at));

    // Only what has changed is written.
    scene.halt("spring").await;
    scene.plan(&["--refresh"]).await;
    let kept = sightings(&scene);
    assert_eq!(kept.len(), 2, "{kept:?}");
    let tasks = kept[1]["tasks"].as_object().unwrap();
    assert_eq!(tasks.keys().collect::<Vec<_>>(), [&scene.id("spring")]);
    // What was done by dialform since is not told as it was seen before.
    let halted = scene.run(&["halt", "autumn", "--auto-approve"]).await;
    assert_eq!(halted.code, Some(0), "{}", halted.stderr);
    let (_, plan) = scene.plan(&[]).await;
    assert_eq!(planned(&plan, "autumn")["seen"], Value::Null, "{plan}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plan_and_apply_agree_about_a_task_that_is_over() {
    let scene = Scene::applied(&["spring"]).await;
    scene.halt("spring").await;
    scene
        .project
        .campaign("spring", "pace \"5/s\"\n    on-change \"replace\"");
    // Nobody has looked: plan means to replace it, and apply sees that it is over.
    assert_eq!(scene.plan(&[]).await.0, 2);
    let applied = scene.run(&["apply", "--auto-approve"]).await;
    assert_eq!((applied.code, scene.created()), (Some(0), 1), "{}", applied.stderr);
    // Now both know it.
    let (code, plan) = scene.plan(&[]).await;
    let action = planned(&plan, "spring");
    assert_eq!((code, &action["kind"]), (0, &json!("unchanged")), "{plan}");
    let reason = action["reason"].as_str().unwrap();
    assert!(
        reason.contains("its task is over: halted, as of 20") && reason.contains("`--replace spring`"),
        "{reason}"
    );
    let applied = scene.run(&["apply", "--auto-approve"]).await;
    assert_eq!((applied.code, scene.created()), (Some(0), 1), "{}", applied.stdout);
    // A pattern does not mean it; its very key does.
    let all = scene.run(&["apply", "--auto-approve", "--replace-all"]).await;
    assert_eq!((all.code, scene.created()), (Some(0), 1), "{}", all.stdout);
    let named = scene.run(&["apply", "--auto-approve", "--replace", "spring"]).await;
    assert_eq!(
        (named.code, scene.created()),
        (Some(0), 2),
        "{}{}",
        named.stdout,
        named.stderr
    );
    assert_eq!(scene.plan(&[]).await.0, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_orphan_that_was_seen_to_be_over_is_nothing_to_decide() {
    let scene = Scene::applied(&["spring", "winter"]).await;
    scene.project.remove("spring");
    scene.project.named_campaign("summer", "Campaign spring", "");
    let (code, plan) = scene.plan(&[]).await;
    assert_eq!(
        (code, &planned(&plan, "summer")["blocked"]["code"]),
        (2, &json!("same-as-orphan")),
        "{plan}"
    );
    scene.halt("spring").await;
    scene.status(&[]).await;
    let (_, plan) = scene.plan(&[]).await;
    assert_eq!(planned(&plan, "summer")["blocked"], Value::Null, "{plan}");
    let reason = planned(&plan, "spring")["reason"].as_str().unwrap();
    assert!(reason.contains("its task is over (halted, as of 20"), "{reason}");
    let applied = scene.run(&["apply", "--auto-approve"]).await;
    assert_eq!(
        (applied.code, scene.created()),
        (Some(0), 3),
        "{}{}",
        applied.stdout,
        applied.stderr
    );
    let (code, plan) = scene.plan(&[]).await;
    assert_eq!(
        (code, &planned(&plan, "spring")["kind"]),
        (0, &json!("orphan")),
        "{plan}"
    );
}

/// A finished task refuses to be stopped, which is no reason to ask for it for ever.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_removed_task_that_was_seen_to_be_over_is_not_stopped_once_more() {
    let scene = Scene::applied(&["spring"]).await;
    scene.halt("spring").await;
    scene.status(&[]).await;
    scene.project.remove("spring");
    scene
        .project
        .write("campaigns/removed.kdl", "removed \"spring\" task=\"halt\"\n");
    scene.project.named_campaign("summer", "Campaign spring", "");
    let (_, plan) = scene.plan(&[]).await;
    let spring = planned(&plan, "spring");
    assert_eq!(spring["kind"], json!("let-go"), "{plan}");
    assert!(
        spring["reason"].as_str().unwrap().contains("is over: halted, as of 20"),
        "{plan}"
    );
    let requests = scene.sandbox.received().len();
    let applied = scene.run(&["apply", "--auto-approve"]).await;
    assert_eq!(
        (applied.code, scene.created()),
        (Some(0), 2),
        "{}{}",
        applied.stdout,
        applied.stderr
    );
    let received = scene.sandbox.received().split_off(requests);
    assert!(
        !received.iter().any(|request| request.path.ends_with("/halted")),
        "{received:?}"
    );
    assert_eq!(scene.plan(&[]).await.0, 0);
    // Another campaign of that name is not held back by what is left of it either.
    scene.project.named_campaign("summer", "Campaign of summer", "");
    scene.project.named_campaign("autumn", "Campaign spring", "");
    let (_, plan) = scene.plan(&[]).await;
    assert_eq!(planned(&plan, "autumn")["blocked"], Value::Null, "{plan}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn markers_that_the_state_does_not_know_are_remembered() {
    let scene = Scene::applied(&["spring"]).await;
    let mut body = scene.sandbox.tasks()[0].body.clone();
    body.insert("taskComment".into(), json!("[dialform spring 7K3M9Q2X0001]"));
    scene.post("autoCall", Value::Object(body)).await;
    let foreign = scene.sandbox.tasks()[1].id.to_string();
    scene.status(&[]).await;
    for format in ["human", "json", "markdown"] {
        let plan = scene.run(&["plan", "--output-format", format]).await.stdout;
        assert!(
            plan.contains(&foreign) && plan.contains("carries its marker, as of 20"),
            "{format}\n{plan}"
        );
    }
    let kept = sightings(&scene);
    assert_eq!(
        (kept.len(), &kept[0]["foreign"][0]["identity"]),
        (1, &json!(foreign)),
        "{kept:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn looking_makes_no_saved_plan_stale() {
    let scene = Scene::applied(&["spring"]).await;
    scene.project.campaign("summer", "");
    let saved = scene.run(&["plan", "--out", "it.plan"]).await;
    assert_eq!(saved.code, Some(0), "{}", saved.stderr);
    scene
        .post(&format!("autoCall/{}/play", scene.id("spring")), json!({}))
        .await;
    scene.status(&[]).await;
    assert_eq!(sightings(&scene).len(), 1);
    let applied = scene.run(&["apply", "it.plan"]).await;
    assert_eq!((applied.code, scene.created()), (Some(0), 2), "{}", applied.stderr);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_kept_is_said_and_status_goes_on() {
    let scene = Scene::applied(&["spring"]).await;
    let lock = std::fs::File::options()
        .write(true)
        .open(scene.project.path("dialform.state.lock"))
        .unwrap();
    lock.lock().unwrap();
    let Ran { code, stdout, stderr } = scene.run(&["status"]).await;
    assert_eq!(code, Some(0), "{stderr}");
    assert!(stdout.contains("waits for its start"), "{stdout}");
    assert!(stderr.contains("what was seen is not kept"), "{stderr}");
    drop(lock);
    lose_state(&scene);
    assert_eq!(scene.run(&["status"]).await.code, Some(0));
    assert!(
        !scene.project.path("dialform.state.json").exists(),
        "a look makes no state"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plan_says_what_a_replacement_of_a_running_task_loses() {
    let scene = Scene::applied(&["spring"]).await;
    scene
        .post(&format!("autoCall/{}/play", scene.id("spring")), json!({}))
        .await;
    scene
        .project
        .campaign("spring", "pace \"5/s\"\n    on-change \"replace\"");
    for arguments in [&["--refresh"][..], &[]] {
        for format in ["human", "json", "markdown"] {
            let plan = [&["plan", "--output-format", format], arguments].concat();
            let plan = scene.run(&plan).await.stdout;
            let said = [
                "runs",
                "they do not move to the new task",
                "Apply refuses it as long as it is so",
            ];
            assert!(said.iter().all(|words| plan.contains(words)), "{format}\n{plan}");
        }
    }
    let words = scene
        .run(&["plan", "--replace", "spring", "--replace-running"])
        .await
        .stdout;
    assert!(
        words.contains("its people and calls are lost") && !words.contains("Apply refuses it as long"),
        "{words}"
    );
}
