//! An edit that is merged: what becomes of the task, as the built binary does it against the sandbox, and in which order.

use dialform::api::{Identity, TaskAction};
use dialform::sandbox::{Config, Handle, Sandbox, Status};
use serde_json::{Value, json};

use crate::common::command::Ran;
use crate::common::project::{Project, client};

/// A project of campaigns that are started by hand, against a sandbox that stands for the service.
struct Merging {
    project: Project,
    sandbox: Handle,
}

impl Merging {
    async fn of(keys: &[&str]) -> Self {
        let sandbox = Sandbox::start(Config::default()).await.unwrap();
        let project = Project::of(keys);
        project.edit(r#"start "time" at="2036-12-02 10:00""#, r#"start "manual""#);
        let (api, login) = (sandbox.cis_base(), sandbox.iam_base());
        project.edit(
            "project {\n",
            &format!("project {{\n    api \"{api}\"\n    login \"{login}\"\n"),
        );
        let merging = Self { project, sandbox };
        assert_eq!(merging.merge().code, Some(0));
        merging
    }

    fn ran(&self, arguments: &[&str]) -> Ran {
        let mut command = self.project.dialform(arguments);
        command.env("DIALFORM_TOKEN", "sandbox-token").output().unwrap().into()
    }

    /// What a job runs on merge.
    fn merge(&self) -> Ran {
        self.ran(&["apply", "--auto-approve"])
    }

    fn plan(&self) -> Ran {
        self.ran(&["plan", "--detailed-exitcode"])
    }

    /// The requests so far that change something: `create Campaign spring`, `halted`.
    fn sent(&self) -> Vec<String> {
        let received = self.sandbox.received().into_iter();
        let changes = received.filter(|request| {
            request.method == "POST"
                && !request.path.contains("andidate")
                && !request.path.contains("/auth")
                && !request.path.ends_with("/play")
        });
        changes
            .map(
                |request| match request.body.as_ref().and_then(|body| body["name"].as_str()) {
                    Some(name) => format!("create {name}"),
                    None => request.path.rsplit('/').next().unwrap().to_owned(),
                },
            )
            .collect()
    }

    /// What is sent from here on.
    fn since(&self, before: usize) -> Vec<String> {
        self.sent().split_off(before)
    }

    /// The statuses of the tasks of this name, the oldest first.
    fn statuses(&self, name: &str) -> Vec<Status> {
        let tasks = self.sandbox.tasks().into_iter();
        tasks
            .filter(|task| task.name() == name)
            .map(|task| task.status)
            .collect()
    }

    async fn act(&self, action: TaskAction) {
        let client = client(&self.sandbox.cis_base());
        for task in self.sandbox.tasks() {
            let identity: Identity = task.id.to_string().parse().unwrap();
            // A task that is over refuses, which is as well.
            let _ = client.action(&identity, action).await;
        }
    }

    async fn add_people(&self, number: usize) {
        let task = self.sandbox.tasks()[0].id;
        let people: Vec<Value> = (0..number)
            .map(|n| json!({ "phone": [format!("7900{n:07}")], "autoCallId": task, "variables": {} }))
            .collect();
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = format!("{}/telephony/autoCallCandidate/batch", self.sandbox.cis_base());
        let sent = http
            .post(url)
            .bearer_auth("sandbox-token")
            .header("content-type", "application/json")
            .body(json!({ "batch": people, "forceStart": false }).to_string())
            .send()
            .await
            .unwrap();
        assert!(sent.status().is_success(), "{}", sent.text().await.unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_is_refused_until_the_file_or_the_command_says_what_becomes_of_the_task() {
    let merging = Merging::of(&["spring"]).await;
    merging.project.campaign("spring", "pace \"5/s\"");
    let before = merging.sent().len();
    let refused = merging.merge();
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(
        refused.stdout.contains("refused without `--replace spring`"),
        "{refused:?}"
    );
    assert!(refused.stdout.contains("`on-change \"replace\"`"), "{refused:?}");
    assert_eq!(merging.since(before), Vec::<String>::new());
    assert_eq!(merging.plan().code, Some(2));

    merging
        .project
        .campaign("spring", "pace \"5/s\"; on-change \"replace\"");
    let replaced = merging.merge();
    assert_eq!(replaced.code, Some(0), "{replaced:?}");
    assert_eq!(merging.since(before), ["halted", "create Campaign spring"]);
    assert_eq!(merging.statuses("Campaign spring"), [Status::Halted, Status::Blank]);
    assert_eq!(merging.plan().code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_and_an_accepted_difference_are_nothing_to_do() {
    let merging = Merging::of(&["autumn", "spring"]).await;
    merging.project.campaign("autumn", "pace \"5/s\"; on-change \"keep\"");
    merging.project.campaign("spring", "pace \"4/s\"");
    let before = merging.sent().len();
    let accepted = merging.ran(&["state", "accept", "spr*"]);
    assert_eq!(accepted.code, Some(0), "{accepted:?}");
    assert!(accepted.stdout.contains("pace: \"3/s\" → \"4/s\""), "{accepted:?}");
    let plan = merging.plan();
    assert_eq!(plan.code, Some(0), "{plan:?}");
    for said in [
        "differs, kept",
        "pace: \"3/s\" → \"5/s\"",
        "accepted, differs",
        "pace: \"3/s\" → \"4/s\"",
    ] {
        assert!(plan.stdout.contains(said), "{said}: {plan:?}");
    }
    assert_eq!(merging.merge().code, Some(0));
    assert_eq!(merging.since(before), Vec::<String>::new());

    // A later edit is one again, and so is the way back to what the task has.
    merging.project.campaign("spring", "pace \"6/s\"");
    assert_eq!(merging.plan().code, Some(2));
    merging.project.campaign("spring", "");
    assert_eq!(merging.plan().code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_of_27_campaigns_is_one_edit() {
    let keys: Vec<String> = (1..=27).map(|number| format!("city-{number:02}")).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let merging = Merging::of(&keys).await;
    let before = merging.sent().len();
    assert_eq!(before, 27);
    merging.project.edit("pace \"3/s\"", "pace \"2/s\"");
    // One city is left as it is, by its own word.
    merging.project.campaign("city-07", "on-change \"keep\"");
    let unknown = merging.ran(&["plan", "--replace", "town-*"]);
    assert_eq!(unknown.code, Some(1));
    assert!(
        unknown
            .stderr
            .contains("no campaign that has a task matches this pattern"),
        "{unknown:?}"
    );
    let refused = merging.merge();
    assert_eq!(refused.code, Some(1));
    assert!(refused.stdout.contains("26 blocked"), "{refused:?}");

    merging
        .project
        .edit("record #true", "on-change \"replace\"\n    record #true");
    let merged = merging.merge();
    assert_eq!(merged.code, Some(0), "{merged:?}");
    assert!(merged.stdout.ends_with("Apply: 26 replaced.\n"), "{merged:?}");
    let sent = merging.since(before);
    assert_eq!(sent.iter().filter(|one| *one == "halted").count(), 26);
    assert_eq!(sent.len(), 52);
    assert_eq!(merging.statuses("Campaign city-07"), [Status::Blank]);
    assert_eq!(merging.statuses("Campaign city-08"), [Status::Halted, Status::Blank]);
    assert_eq!(merging.plan().code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_task_with_people_is_replaced_with_its_own_word_only() {
    let merging = Merging::of(&["spring"]).await;
    merging.add_people(200).await;
    merging.act(TaskAction::Play).await;
    merging
        .project
        .campaign("spring", "pace \"5/s\"; on-change \"replace\"");
    let before = merging.sent().len();
    for arguments in [
        &["apply", "--auto-approve"][..],
        &["apply", "--auto-approve", "--replace", "spring"],
    ] {
        let refused = merging.ran(arguments);
        assert_eq!(refused.code, Some(1), "{refused:?}");
        for said in [
            "runs, created ",
            "200 people, 0 calls made",
            "they do not move to the new task, which nobody starts",
            "--replace-running",
            "running=#true",
        ] {
            assert!(refused.stdout.contains(said), "{said}: {refused:?}");
        }
        assert_eq!(merging.since(before), Vec::<String>::new());
        assert_eq!(merging.statuses("Campaign spring"), [Status::Process]);
    }
    let replaced = merging.ran(&["apply", "--auto-approve", "--replace-running"]);
    assert_eq!(replaced.code, Some(0), "{replaced:?}");
    assert_eq!(merging.since(before), ["halted", "create Campaign spring"]);

    // In the file, it is a word for every merge.
    merging.act(TaskAction::Play).await;
    merging
        .project
        .campaign("spring", "pace \"6/s\"; on-change \"replace\" running=#true");
    let before = merging.sent().len();
    assert_eq!(merging.merge().code, Some(0));
    assert_eq!(merging.since(before), ["halted", "create Campaign spring"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn people_in_a_task_that_was_not_started_count_as_well() {
    let merging = Merging::of(&["spring"]).await;
    merging.add_people(1).await;
    merging
        .project
        .campaign("spring", "pace \"5/s\"; on-change \"replace\"");
    let refused = merging.merge();
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(
        refused.stdout.contains("not started") && refused.stdout.contains("1 person"),
        "{refused:?}"
    );
    assert_eq!(merging.statuses("Campaign spring"), [Status::Blank]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_is_over_is_replaced_by_its_very_key_alone() {
    let merging = Merging::of(&["spring"]).await;
    merging.act(TaskAction::Halt).await;
    merging
        .project
        .campaign("spring", "pace \"5/s\"; on-change \"replace\"");
    let before = merging.sent().len();
    let left = merging.merge();
    assert_eq!(left.code, Some(0), "{left:?}");
    assert!(left.stdout.contains("is over (halted"), "{left:?}");
    for arguments in [&["--replace-all"][..], &["--replace", "s*"]] {
        let left = merging.ran(&[&["apply", "--auto-approve"], arguments].concat());
        assert_eq!(left.code, Some(0), "{left:?}");
        assert_eq!(merging.since(before), Vec::<String>::new());
    }
    let replaced = merging.ran(&["apply", "--auto-approve", "--replace", "spring"]);
    assert_eq!(replaced.code, Some(0), "{replaced:?}");
    assert_eq!(merging.since(before), ["halted", "create Campaign spring"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn patterns_mean_what_has_changed_and_a_saved_plan_carries_them() {
    let merging = Merging::of(&["city-01", "city-02", "shop"]).await;
    for key in ["city-02", "shop"] {
        merging.project.campaign(key, "pace \"5/s\"");
    }
    let before = merging.sent().len();
    let planned = merging.ran(&["plan", "--replace", "nobody,city-*"]);
    assert_eq!(planned.code, Some(1));
    assert!(
        planned.stderr.contains("`--replace nobody`: no campaign has this key"),
        "{planned:?}"
    );
    let planned = merging.ran(&["plan", "--replace", "city-*", "--replace-running", "--out", "plan.json"]);
    assert_eq!(planned.code, Some(0), "{planned:?}");
    assert!(
        planned.stdout.contains("~ replace city-02") && planned.stdout.contains("! replace shop"),
        "{planned:?}"
    );
    let applied = merging.ran(&["apply", "plan.json"]);
    assert_eq!(applied.code, Some(1), "shop is refused: {applied:?}");
    assert_eq!(merging.since(before), ["halted", "create Campaign city-02"]);

    // Nothing of the rest has changed but the shop; the very key of an unchanged one is its own word.
    let before = merging.sent().len();
    assert_eq!(merging.ran(&["apply", "--auto-approve", "--replace-all"]).code, Some(0));
    assert_eq!(merging.since(before), ["halted", "create Campaign shop"]);
    let before = merging.sent().len();
    assert_eq!(
        merging.ran(&["apply", "--auto-approve", "--replace", "*"]).code,
        Some(0)
    );
    assert_eq!(merging.since(before), Vec::<String>::new());
    assert_eq!(
        merging.ran(&["apply", "--auto-approve", "--replace", "city-01"]).code,
        Some(0)
    );
    assert_eq!(merging.since(before), ["halted", "create Campaign city-01"]);
}

/// The reading that permits a stop is no earlier one: nothing is sent between them.
#[tokio::test(flavor = "multi_thread")]
async fn each_stop_of_a_few_follows_a_reading_of_its_own() {
    let keys = ["autumn", "spring", "winter"];
    let merging = Merging::of(&keys).await;
    for key in keys {
        merging.project.campaign(key, "pace \"5/s\"");
    }
    let before = merging.sandbox.received().len();
    let arguments = [
        "apply",
        "--auto-approve",
        "--parallelism",
        "1",
        "--replace-all",
        "--replace-running",
    ];
    let replaced = merging.ran(&arguments);
    assert_eq!(replaced.code, Some(0), "{replaced:?}");
    let received = merging.sandbox.received().split_off(before);
    let stops = (1..received.len()).filter(|at| received[*at].path.ends_with("/halted"));
    let preceding: Vec<&str> = stops.map(|at| &*received[at - 1].method).collect();
    assert_eq!(preceding, ["GET"; 3], "{received:?}");
}
