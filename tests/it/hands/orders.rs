//! `dialform start`, `pause` and `halt`.

use dialform::sandbox::Status;

use super::Account;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_tasks_are_started_paused_and_halted_and_nothing_is_done_twice() {
    let account = Account::applied(&["city-01", "city-02", "town-01"]).await;
    let refused = account.ends(1, &["start", "city-*"]);
    assert!(refused.stderr.contains("--auto-approve"), "{refused:#?}");
    assert_eq!(account.actions(), Vec::<String>::new());

    let shown = account.done(&["start", "city-*", "town-01", "--auto-approve"]);
    for words in [
        "start city-01  \"Campaign city-01\"",
        "not started, ",
        "window 09:10 to 19:50",
        "pace 3/s",
        "first call:",
        "Start: 3 started.",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let shown = account.done(&["start", "city-*", "--auto-approve"]);
    assert!(shown.contains("Start: 2 already so."), "{shown}");
    account.done(&["pause", "city-*", "--auto-approve"]);
    let shown = account.done(&["halt", "city-01", "town-01", "--auto-approve"]);
    assert!(shown.contains("for good"), "{shown}");
    let shown = account.done(&["halt", "city-01", "--auto-approve"]);
    assert!(shown.contains("Halt: 1 already so."), "{shown}");
    assert_eq!(
        account.actions(),
        [
            "play city-01",
            "play city-02",
            "play town-01",
            "pause city-01",
            "pause city-02",
            "halted city-01",
            "halted town-01"
        ]
    );
    let plan = account.ends(0, &["plan", "--detailed-exitcode"]).stdout;
    assert!(plan.contains("--replace city-01"), "{plan}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_halted_behind_our_back_is_not_started() {
    let account = Account::applied(&["city-01", "city-02"]).await;
    let tasks = account.sandbox.tasks();
    let first = tasks.iter().find(|task| task.key() == Some("city-01")).unwrap();
    let id = first.id.to_string().parse().unwrap();
    let client = crate::common::project::client(&account.sandbox.cis_base());
    let halted = client.action(&id, dialform::api::TaskAction::Halt).await;
    assert!(matches!(halted, dialform::api::ApiOutcome::Done(())), "{halted:?}");

    let refused = account.ends(1, &["start", "city-*", "--auto-approve"]).stdout;
    assert!(refused.contains("refused city-01"), "{refused}");
    assert!(refused.contains("Start: 1 started, 1 refused."), "{refused}");
    assert_eq!(account.actions(), ["halted city-01", "play city-02"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_needs_files_that_say_what_the_task_is() {
    let account = Account::applied(&["city-01"]).await;
    account.project.campaign("city-01", "pace \"1/s\"");
    let refused = account.ends(1, &["start", "city-01", "--auto-approve"]).stdout;
    assert!(refused.contains("differs in pace"), "{refused}");
    account.project.campaign("city-01", "pase \"1/s\"");
    let refused = account.ends(1, &["start", "city-01", "--auto-approve"]).stdout;
    assert!(
        refused.contains("have errors, the first at campaigns/city-01.kdl:3:"),
        "{refused}"
    );
    assert!(refused.contains("`dialform start --anyway city-01`"), "{refused}");
    assert_eq!(account.actions(), Vec::<String>::new());
    // To pause and to stop needs no files.
    account.done(&["start", "city-01", "--auto-approve", "--anyway"]);
    account.done(&["pause", "city-01", "--auto-approve"]);
    account.done(&["halt", "city-01", "--auto-approve"]);
    assert_eq!(account.actions(), ["play city-01", "pause city-01", "halted city-01"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_error_in_the_files_of_others_keeps_no_task_from_its_start() {
    let account = Account::applied(&["city-01", "city-02"]).await;
    let other = "campaign \"other\" template=\"commn\" {\n    name \"Other\"\n}\n";
    account.project.write("campaigns/other.kdl", other);
    account.ends(1, &["lint"]);
    account.done(&["start", "city-01", "--auto-approve"]);
    // A campaign that no file declares may be declared where the error is.
    account.project.remove("city-02");
    let refused = account.ends(1, &["start", "city-02", "--auto-approve"]).stdout;
    assert!(refused.contains("campaigns/other.kdl"), "{refused}");
    assert_eq!(account.actions(), ["play city-01"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_came_of_an_order_is_printed_as_json() {
    let account = Account::applied(&["city-01", "city-02"]).await;
    let json = ["--output-format", "json"];
    let refused = account.ends(1, &[&["start", "city-*"][..], &json].concat());
    assert!(
        refused.stderr.contains("--auto-approve") && refused.stdout.is_empty(),
        "{refused:#?}"
    );
    account.done(&["halt", "city-02", "--auto-approve"]);
    let report = account
        .ends(1, &[&["start", "city-*", "--auto-approve"][..], &json].concat())
        .json();
    assert_eq!((&report["order"], &report["exit_code"]), (&"start".into(), &1.into()));
    let tasks = report["tasks"].as_array().unwrap();
    assert_eq!(
        (&tasks[0]["result"], &tasks[0]["status"]),
        (&"done".into(), &"not started".into())
    );
    assert_eq!(
        (&tasks[1]["result"], &tasks[1]["wire_status"]),
        (&"refused".into(), &"HALTED".into())
    );
    assert!(tasks[1]["why"].as_str().unwrap().contains("halted"), "{report}");
    let schema = dialform::report::schema::schema(dialform::report::schema::SchemaName::Order);
    let validator = jsonschema::validator_for(&schema).unwrap();
    crate::common::schema::assert_valid(&validator, &report);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_earlier_task_that_may_run_is_halted_beside_the_campaigns_own() {
    let account = Account::applied(&["city-01"]).await;
    account.done(&["start", "city-01", "--auto-approve"]);
    account.done(&["state", "rm", "city-01"]);
    account.done(&["apply", "--auto-approve", "--create", "city-01"]);
    // A start is about the campaign's own task alone.
    account.done(&["start", "city-01", "--auto-approve"]);
    assert_eq!(account.actions(), ["play city-01", "play city-01"]);
    let shown = account.done(&["halt", "city-01", "--auto-approve"]);
    assert!(
        shown.contains("removed from the state") && shown.contains("Halt: 2 halted."),
        "{shown}"
    );
    assert!(account.sandbox.tasks().iter().all(|task| task.status == Status::Halted));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_of_unknown_outcome_is_shown_until_it_is_known() {
    let account = Account::failing(&["city-01"], &["halt#1=before:500"]).await;
    let halt = ["halt", "city-01", "--auto-approve", "--reconcile-timeout", "0s"];
    account.ends(3, &halt);
    let plan = account.done(&["plan"]);
    assert!(
        plan.contains("has no known outcome") && plan.contains("`dialform halt city-01`"),
        "{plan}"
    );
    let checked = account.run(&["doctor"]).stdout;
    assert!(checked.contains("stop of unknown outcome: city-01"), "{checked}");
    account.done(&halt);
    let plan = account.done(&["plan"]);
    assert!(!plan.contains("no known outcome"), "{plan}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_outcome_is_looked_for_and_the_command_can_be_given_again() {
    // Every answer is lost, of a request that does nothing; then one that does what it is asked for.
    let account = Account::failing(&["city-01"], &["play#1=before:500", "play#2=after:500"]).await;
    let patience = ["--reconcile-timeout", "0s", "--auto-approve"];
    let with = |command: &[&'static str]| [command, &patience[..]].concat();
    let unknown = account.ends(3, &with(&["start", "city-01"])).stdout;
    assert!(unknown.contains("`dialform start city-01` asks again"), "{unknown}");
    assert_eq!(account.status("city-01"), Status::Blank);
    let state = account.done(&["state", "show", "city-01"]);
    assert!(state.contains("start"), "{state}");
    // It blocks nothing.
    account.ends(0, &["plan", "--detailed-exitcode"]);

    let shown = account.done(&with(&["start", "city-01"]));
    assert!(shown.contains("Start: 1 started."), "{shown}");
    assert_eq!(account.status("city-01"), Status::Process);
    assert_eq!(account.actions(), ["play city-01", "play city-01"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orphans_and_removed_tasks_take_orders_and_a_wrong_key_says_what_there_is() {
    let account = Account::applied(&["city-01", "city-02", "town-01"]).await;
    account.project.remove("city-01");
    account.done(&["state", "rm", "city-02"]);
    account.done(&["pause", "town-01", "--auto-approve"]);
    account.done(&["halt", "city-*", "--auto-approve"]);
    assert_eq!(account.actions(), ["halted city-01", "halted city-02"]);
    assert_eq!(account.status("city-02"), Status::Halted);
    let refused = account.ends(1, &["halt", "city-3", "--auto-approve"]).stderr;
    assert!(
        refused.contains("did you mean `city-01`?") || refused.contains("did you mean `city-02`?"),
        "{refused}"
    );
    let refused = account.ends(1, &["halt", "village-*", "--auto-approve"]).stderr;
    assert!(refused.contains("town-01"), "{refused}");
    assert_eq!(account.actions().len(), 2);
}

#[test]
fn orders_work_in_the_built_in_sandbox() {
    let project = crate::common::project::Project::of(&["city-01"]);
    for arguments in [
        &["apply", "--sandbox", "--auto-approve"][..],
        &["start", "city-01", "--sandbox", "--auto-approve"],
        &["pause", "city-01", "--sandbox", "--auto-approve"],
        &["halt", "city-01", "--sandbox", "--auto-approve"],
    ] {
        let ran = project.output(arguments);
        assert_eq!(ran.code, Some(0), "{arguments:?}: {ran:#?}");
    }
    let ran = project.output(&["start", "city-01", "--sandbox", "--auto-approve"]);
    assert_eq!(ran.code, Some(1), "{ran:#?}");
}
