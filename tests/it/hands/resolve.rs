//! `dialform resolve KEY --adopt ID`: which ids are not taken, and what is shown while nobody has answered.

use dialform::sandbox::Status;

use super::Account;

/// `city-01`, whose create is lost after it was carried out, and which no list has shown yet; beside it campaigns in order.
async fn lost(others: &[&str]) -> Account {
    let create = format!("create#{}=after:500", others.len() + 1);
    // Two readings agree before a create, and two after it.
    let from = if others.is_empty() { 1 } else { 3 };
    let list = format!("list#{from}-{}=omit", from + 3);
    let account = Account::failing(others, &[&create, &list]).await;
    account.project.campaign("city-01", "");
    let ran = account.ends(3, &["apply", "--auto-approve", "--reconcile-timeout", "0s"]);
    assert!(ran.stdout.contains("unknown"), "{ran:#?}");
    account
}

fn id(account: &Account, key: &str) -> String {
    let tasks = account.sandbox.tasks();
    let task = tasks.iter().rfind(|task| task.key() == Some(key)).unwrap();
    task.id.to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_create_takes_only_a_task_that_can_be_its_own() {
    let account = lost(&["city-02"]).await;
    // Nothing says that it is to be created.
    let plan = account.ends(2, &["plan", "--detailed-exitcode"]).stdout;
    assert!(plan.contains("? unknown city-01"), "{plan}");
    assert!(!plan.contains("create city-01"), "{plan}");
    let json = account.run(&["plan", "--output-format", "json"]).json();
    assert_eq!(json["summary"]["unknown"], 1, "{json}");

    let (own, other) = (id(&account, "city-01"), id(&account, "city-02"));
    let nobody = "48a77bd7-8762-4e0f-a277-4ef77e36c41b";
    let adopt = |id: &str| account.ends(1, &["resolve", "city-01", "--adopt", id]).stderr;
    let refused = adopt(nobody);
    assert!(refused.contains("does not have"), "{refused}");
    assert!(refused.contains(&own) && refused.contains("--force`"), "{refused}");
    let refused = adopt(&other);
    assert!(refused.contains("is that of `city-02` in the state"), "{refused}");
    account.ends(1, &["resolve", "city-01", "--adopt", &other, "--force"]);
    // A task that was removed from the state is known by its marker.
    account.done(&["state", "rm", "city-02"]);
    let refused = adopt(&other);
    assert!(refused.contains("carries the marker of `city-02`"), "{refused}");
    let plan = account.done(&["plan"]);
    assert!(plan.contains("? unknown city-01"), "{plan}");

    // Broken files do not matter.
    account.project.write("campaigns/broken.kdl", "campaign {\n");
    let adopted = account.done(&["resolve", "city-01", "--adopt", &own]);
    assert!(adopted.contains("is in the state now"), "{adopted}");
    account.project.remove("broken");
    let plan = account.done(&["plan"]);
    assert!(!plan.contains("unknown city-01"), "{plan}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_halted_task_is_adopted_only_by_force() {
    let account = lost(&[]).await;
    let own = id(&account, "city-01");
    let client = crate::common::project::client(&account.sandbox.cis_base());
    let _ = client
        .action(&own.parse().unwrap(), dialform::api::TaskAction::Halt)
        .await;
    assert_eq!(account.status("city-01"), Status::Halted);
    let refused = account.ends(1, &["resolve", "city-01", "--adopt", &own]).stderr;
    assert!(refused.contains("is halted and never calls again"), "{refused}");
    assert!(refused.contains("--recreate"), "{refused}");
    account.done(&["resolve", "city-01", "--adopt", &own, "--force"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_state_takes_only_a_task_that_can_be_its_own() {
    let account = Account::applied(&["city-01", "city-02"]).await;
    let (own, other) = (id(&account, "city-01"), id(&account, "city-02"));
    for name in ["dialform.state.json", "dialform.state.journal"] {
        std::fs::remove_file(account.project.path(name)).unwrap();
    }
    let adopt = |id: &str| account.ends(1, &["resolve", "city-01", "--adopt", id]).stderr;
    assert!(adopt(&other).contains("carries the marker of `city-02`"));
    let nobody = "48a77bd7-8762-4e0f-a277-4ef77e36c41b";
    assert!(adopt(nobody).contains("does not have"));
    account.done(&["resolve", "city-01", "--adopt", &own]);
    let plan = account.done(&["plan"]);
    assert!(plan.contains("1 to create, 1 unchanged"), "{plan}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_list_only_force_adopts() {
    let account = Account::failing(&[], &["create#1=after:500", "list#3-=500"]).await;
    account.project.campaign("city-01", "");
    account.ends(3, &["apply", "--auto-approve", "--reconcile-timeout", "0s"]);
    let own = id(&account, "city-01");
    let refused = account.ends(1, &["resolve", "city-01", "--adopt", &own]).stderr;
    assert!(refused.contains("Nothing was adopted"), "{refused}");
    account.done(&["resolve", "city-01", "--adopt", &own, "--force"]);
}
