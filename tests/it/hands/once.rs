//! What is the same for many campaigns is said once, and with commands that work.

use super::Account;

const KEYS: [&str; 4] = ["city-01", "city-02", "city-03", "city-04"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_of_a_template_is_refused_once_for_all_its_campaigns() {
    let account = Account::applied(&KEYS).await;
    account.project.edit("pace \"3/s\"", "pace \"1/s\"");
    let all = KEYS.join(", ");
    let plan = account.done(&["plan"]);
    assert_eq!(plan.matches("its settings changed").count(), 1, "{plan}");
    assert_eq!(plan.matches("refused without `--replace").count(), 1, "{plan}");
    assert!(plan.contains(&format!("    {all}\n")), "{plan}");
    assert_eq!(plan.matches("! replace city-").count(), 4, "{plan}");
    let comment = account.done(&["plan", "--output-format", "markdown"]);
    assert_eq!(comment.matches("its settings changed").count(), 1, "{comment}");
    assert!(comment.contains("- **blocked**: 4 campaigns: "), "{comment}");
    assert!(
        comment.contains("`city-01`, `city-02`, `city-03`, `city-04`"),
        "{comment}"
    );

    let applied = account.ends(1, &["apply", "--auto-approve"]).stdout;
    // In the plan, and in the report.
    assert_eq!(applied.matches("refused without `--replace").count(), 2, "{applied}");
    assert!(!applied.contains("KEY"), "{applied}");
    // The commands that it names work.
    let one = account
        .ends(1, &["apply", "--auto-approve", "--replace", "city-01"])
        .stdout;
    assert!(one.contains("Apply: 1 replaced, 3 blocked."), "{one}");
    account.done(&["apply", "--auto-approve", "--replace-all"]);
    account.ends(0, &["plan", "--detailed-exitcode"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_refusal_of_many_creates_is_said_once_while_it_happens() {
    let account = Account::failing(&[], &["create=400"]).await;
    for key in KEYS {
        account.project.campaign(key, "");
    }
    let ran = account.ends(1, &["apply", "--auto-approve"]);
    assert_eq!(ran.stderr.matches("the API answered 400").count(), 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("rejected city-04: as city-01"), "{}", ran.stderr);
    assert_eq!(ran.stdout.matches("the API answered 400").count(), 1, "{}", ran.stdout);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orphans_are_to_decide_with_lines_that_can_be_copied() {
    let account = Account::applied(&KEYS).await;
    KEYS[1..].iter().for_each(|key| account.project.remove(key));
    let plan = account.done(&["plan"]);
    assert_eq!(plan.matches("Decide:").count(), 1, "{plan}");
    assert!(plan.contains("as for `city-02`: no longer declared"), "{plan}");
    let doctor = account.run(&["doctor"]).stdout;
    assert!(
        doctor.contains("nobody has said what becomes of the task: city-02, city-03, city-04"),
        "{doctor}"
    );
    let applied = account.done(&["apply", "--auto-approve"]);
    assert!(!applied.contains("\"KEY\""), "{applied}");

    let refused = account.ends(1, &["state", "accept", "city-02"]).stderr;
    assert!(refused.contains("nothing that its task could count as"), "{refused}");
    assert!(!refused.contains("replace"), "{refused}");
    let refused = account.ends(1, &["plan", "--replace", "city-01,"]).stderr;
    assert!(refused.contains("empty word"), "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_kept_or_accepted_is_not_counted_as_unchanged() {
    let account = Account::applied(&KEYS).await;
    account.project.campaign("city-01", "pace \"1/s\"; on-change \"keep\"");
    account.project.campaign("city-02", "pace \"2/s\"");
    account.done(&["state", "accept", "city-02"]);
    let plan = account.ends(0, &["plan", "--detailed-exitcode"]).stdout;
    assert!(
        plan.contains("Nothing to do: 2 unchanged, 1 kept, 1 accepted."),
        "{plan}"
    );
}
