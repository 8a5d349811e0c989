//! A campaign is deleted from the files: with `removed`, and without.

use dialform::sandbox::Status;

use super::Account;

fn removed(account: &Account, key: &str, task: &str) {
    let line = format!("removed \"{key}\" task=\"{task}\"\n");
    account.project.write("campaigns/removed.kdl", &line);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_removed_campaign_is_halted_even_if_it_runs_and_leaves_a_tombstone() {
    let account = Account::applied(&["autumn", "city-07"]).await;
    account.done(&["start", "city-07", "--auto-approve"]);
    account.project.remove("city-07");
    removed(&account, "city-07", "halt");

    let plan = account.ends(2, &["plan", "--detailed-exitcode"]).stdout;
    assert!(plan.contains("halt city-07"), "{plan}");
    assert!(plan.contains("Plan: 1 to halt, 1 unchanged."), "{plan}");
    let json = account.run(&["plan", "--output-format", "json"]).json();
    assert_eq!(
        (&json["summary"]["halt"], &json["actions"][0]["kind"]),
        (&1.into(), &"halt".into())
    );
    let comment = account.done(&["plan", "--output-format", "markdown"]);
    assert!(comment.contains("- **halt** `city-07`"), "{comment}");

    account.done(&["plan", "--out", "saved"]);
    let applied = account.done(&["apply", "saved"]);
    assert!(applied.contains("Apply: 1 halted."), "{applied}");
    assert_eq!(account.status("city-07"), Status::Halted);
    assert_eq!(account.actions(), ["play city-07", "halted city-07"]);

    let plan = account.ends(0, &["plan", "--detailed-exitcode"]).stdout;
    assert!(plan.contains("the line may be deleted"), "{plan}");
    account.project.remove("removed");
    account.ends(0, &["plan", "--detailed-exitcode"]);
    // The key stays blocked, and nothing is stopped twice.
    account.project.campaign("city-07", "");
    let plan = account.done(&["plan"]);
    assert!(plan.contains("is stopped for good; `--create city-07`"), "{plan}");
    assert!(!plan.contains("may still exist"), "{plan}");
    account.ends(1, &["apply", "--auto-approve"]);
    assert_eq!(account.actions().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_that_is_let_go_calls_on_and_is_no_longer_known() {
    let account = Account::applied(&["autumn", "city-07"]).await;
    account.done(&["start", "city-07", "--auto-approve"]);
    account.project.remove("city-07");
    removed(&account, "city-07", "keep");

    let plan = account.ends(2, &["plan", "--detailed-exitcode"]).stdout;
    assert!(plan.contains("let go city-07"), "{plan}");
    let applied = account.done(&["apply", "--auto-approve"]);
    assert!(applied.contains("Apply: 1 let go."), "{applied}");
    assert_eq!(account.status("city-07"), Status::Process);
    assert_eq!(account.actions(), ["play city-07"]);
    account.ends(0, &["plan", "--detailed-exitcode"]);

    // A second campaign of the same name would call the same people.
    account.project.named_campaign("city-07b", "Campaign city-07", "");
    let plan = account.done(&["plan"]);
    assert!(plan.contains("! create city-07b"), "{plan}");
    account.project.remove("city-07b");

    // It can still be stopped: by hand, or by another answer.
    removed(&account, "city-07", "halt");
    account.done(&["apply", "--auto-approve"]);
    assert_eq!(account.status("city-07"), Status::Halted);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_orphan_is_something_to_decide_and_is_left_alone() {
    let account = Account::applied(&["autumn", "city-07"]).await;
    account.done(&["start", "city-07", "--auto-approve"]);
    account.project.remove("city-07");

    let plan = account.ends(2, &["plan", "--detailed-exitcode"]).stdout;
    assert!(plan.starts_with("? orphan city-07"), "{plan}");
    for remedy in ["removed \"city-07\" task=\"halt\"", "removed \"city-07\" task=\"keep\""] {
        assert!(plan.contains(remedy), "{plan}");
    }
    let applied = account.done(&["apply", "--auto-approve"]);
    assert!(applied.contains("may go on calling"), "{applied}");
    assert_eq!(account.status("city-07"), Status::Process);

    // Stopped by hand, it is nothing to decide any more, and blocks nobody.
    account.done(&["halt", "city-07", "--auto-approve"]);
    account.ends(0, &["plan", "--detailed-exitcode"]);
    account.project.named_campaign("city-07b", "Campaign city-07", "");
    account.done(&["apply", "--auto-approve"]);
    assert_eq!(account.status("city-07b"), Status::Blank);
    assert_eq!(account.actions(), ["play city-07", "halted city-07"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_campaign_of_the_same_name_waits_for_the_halt() {
    let account = Account::failing(&["city-07"], &["halt#1-4=before:500"]).await;
    account.project.remove("city-07");
    removed(&account, "city-07", "halt");
    account
        .project
        .named_campaign("town-07", "Campaign city-07", "pace \"1/s\"");
    let plan = account.done(&["plan"]);
    assert!(plan.contains("town-07 is created only after"), "{plan}");

    let failed = account
        .ends(1, &["apply", "--auto-approve", "--reconcile-timeout", "2s"])
        .stdout;
    assert!(failed.contains("not confirmed as stopped"), "{failed}");
    assert_eq!(account.sandbox.tasks().len(), 1, "{failed}");

    account.done(&["apply", "--auto-approve", "--reconcile-timeout", "20s"]);
    assert_eq!(account.status("city-07"), Status::Halted);
    assert_eq!(account.status("town-07"), Status::Blank);
    let received = account.sandbox.received();
    let halted = received
        .iter()
        .rposition(|request| request.path.ends_with("/halted"))
        .unwrap();
    let created = received.iter().rposition(|request| request.body.is_some()).unwrap();
    assert!(halted < created);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_removal_beside_an_unknown_create_is_blocked() {
    let account = Account::failing(&["autumn"], &["create#2=before:500", "list#2-=omit"]).await;
    account.project.campaign("city-07", "");
    account.ends(3, &["apply", "--auto-approve", "--reconcile-timeout", "0s"]);
    account.project.remove("city-07");
    removed(&account, "city-07", "halt");
    let plan = account.done(&["plan"]);
    assert!(plan.contains("! halt city-07"), "{plan}");
    account.ends(3, &["apply", "--auto-approve", "--reconcile-timeout", "0s"]);
    assert_eq!(account.actions(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn contradictions_are_errors_and_an_unknown_key_is_a_note() {
    let account = Account::applied(&["autumn"]).await;
    removed(&account, "nobody", "halt");
    let plan = account.ends(0, &["plan", "--detailed-exitcode"]).stdout;
    assert!(plan.contains("`removed` of nobody does nothing"), "{plan}");
    for (text, code) in [
        ("removed \"autumn\" task=\"halt\"\n", "DF314"),
        (
            "removed \"old\" task=\"halt\"\nmoved from=\"old\" to=\"autumn\"\n",
            "DF315",
        ),
        (
            "removed \"old\" task=\"halt\"\nremoved \"old\" task=\"keep\"\n",
            "DF316",
        ),
        ("removed \"old\"\n", "DF107"),
        ("removed \"old\" task=\"hlat\"\n", "DF110"),
        ("removed \"Old Key\" task=\"halt\"\n", "DF118"),
    ] {
        account.project.write("campaigns/removed.kdl", text);
        let linted = account.ends(1, &["lint"]);
        assert!(linted.stdout.contains(code), "{text}: {linted:#?}");
        account.ends(1, &["apply", "--auto-approve"]);
    }
    assert_eq!(account.actions(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_tasks_that_had_a_removed_key_are_halted_in_one_apply_and_a_create_waits_for_each() {
    // The stop of one of them fails in the first apply.
    let account = Account::failing(&["city-07"], &["halt#2-5=before:500"]).await;
    for _ in 0..2 {
        account.done(&["state", "rm", "city-07"]);
        account.done(&["apply", "--auto-approve", "--create", "city-07"]);
    }
    account.project.remove("city-07");
    removed(&account, "city-07", "halt");
    account
        .project
        .named_campaign("town-07", "Campaign city-07", "pace \"1/s\"");
    let plan = account.done(&["plan"]);
    assert_eq!(plan.matches("× halt city-07").count(), 3, "{plan}");
    assert!(
        plan.contains("town-07 is created only after the task of city-07"),
        "{plan}"
    );

    let apply = ["apply", "--auto-approve", "--parallelism", "1", "--reconcile-timeout"];
    let failed = account.ends(1, &[&apply[..], &["0s"]].concat()).stdout;
    assert!(failed.contains("nothing was created"), "{failed}");
    assert_eq!(account.sandbox.tasks().len(), 3, "{failed}");
    let done = account.done(&[&apply[..], &["20s"]].concat());
    assert!(done.contains("1 created"), "{done}");
    let tasks = account.sandbox.tasks();
    let halted = tasks.iter().filter(|task| task.key() == Some("city-07"));
    assert_eq!(halted.filter(|task| task.status == Status::Halted).count(), 3);
    assert_eq!(account.status("town-07"), Status::Blank);
    account.ends(0, &["plan", "--detailed-exitcode"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_create_is_held_back_by_the_one_of_several_removed_tasks_that_has_its_name() {
    let account = Account::failing(&["city-07", "city-08"], &["halt#1=before:500"]).await;
    account.done(&["state", "rm", "city-07"]);
    account.done(&["state", "rm", "city-08"]);
    account.done(&["state", "mv", "city-08", "city-07"]);
    account.project.remove("city-07");
    account.project.remove("city-08");
    removed(&account, "city-07", "halt");
    account
        .project
        .named_campaign("town-08", "Campaign city-08", "pace \"1/s\"");
    let apply = [
        "apply",
        "--auto-approve",
        "--parallelism",
        "1",
        "--reconcile-timeout",
        "0s",
    ];
    let failed = account.ends(1, &apply).stdout;
    assert!(failed.contains("nothing was created, since the task"), "{failed}");
    assert!(failed.contains("1 halted"), "{failed}");
    assert_eq!(account.sandbox.tasks().len(), 2, "{failed}");
    account.done(&apply);
    assert_eq!(account.status("town-08"), Status::Blank);
}
