//! `import --live`: a task that exists is taken into state, and nothing that is known is overwritten.

use dialform::apply::adopt_live;
use dialform::state::{How, Record, Stage};
use jiff::Timestamp;

use crate::common::command::Ran;
use crate::common::project::Project;
use crate::state::site::{id, intent};

const TASK: &str = "48a77bd7-8762-4e0f-a277-4ef77e36c41b";
const OTHER: &str = "9a67dee5-398e-4570-9426-fbb3f067b270";

fn live(project: &Project, said: &[&str]) -> Ran {
    let mut arguments = vec!["import", "--sandbox"];
    arguments.extend(said.iter().flat_map(|said| ["--live", said]));
    project.output(&arguments)
}

#[test]
fn a_task_is_taken_and_the_plan_has_nothing_to_do() {
    let project = Project::of(&["spring", "autumn"]);
    let ran = live(
        &project,
        &[&format!("spring={}", TASK.to_uppercase()), &format!("autumn={OTHER}")],
    );
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(
        ran.stdout,
        format!("spring: the task {TASK} is in the state now\nautumn: the task {OTHER} is in the state now\n")
    );
    assert!(
        ran.stderr.contains("the API cannot show a task's settings"),
        "{}",
        ran.stderr
    );
    let plan = project.output(&["plan", "--sandbox", "--detailed-exitcode"]);
    assert_eq!(
        (plan.code, plan.stdout.as_str()),
        (Some(0), "Nothing to do: 2 unchanged.\n"),
        "{}",
        plan.stderr
    );
    // It carries no marker, which doctor does not miss.
    let doctor = project.output(&["doctor", "--sandbox"]);
    assert!(!doctor.stdout.contains("does not show comments"), "{}", doctor.stdout);
    // A later change is a replacement of just that task.
    project.campaign("spring", "pace \"5/s\"");
    let plan = project.output(&["plan", "--sandbox"]);
    assert!(
        plan.stdout.contains("replace spring") && plan.stdout.contains(TASK),
        "{}",
        plan.stdout
    );
    // Neither webhook secret is in the state.
    let state = std::fs::read_to_string(project.path(".dialform/sandbox.state.json")).unwrap();
    assert!(!state.contains("hunter2") && !state.contains("topsecret"));
}

#[test]
fn what_does_not_fit_is_refused_and_nothing_of_it_is_kept() {
    let project = Project::of(&["spring", "autumn", "winter"]);
    assert_eq!(live(&project, &[&format!("spring={TASK}")]).code, Some(0));
    let before = project.output(&["state", "list", "--sandbox"]).stdout;
    for (said, told) in [
        (
            vec![format!("spring={OTHER}")],
            "the campaign `spring` already has the task 48a77bd7",
        ),
        (
            vec![format!("autumn={TASK}")],
            "already belongs to the campaign `spring`",
        ),
        (
            vec![format!("autumn={OTHER}"), format!("winter={OTHER}")],
            "already belongs to the campaign `autumn`",
        ),
        (
            vec![format!("autumn={OTHER}"), format!("autumn={TASK}")],
            "the campaign `autumn` already has the task",
        ),
        (
            vec![format!("autumm={OTHER}")],
            "there is no campaign `autumm`; did you mean `autumn`?",
        ),
    ] {
        let said: Vec<&str> = said.iter().map(String::as_str).collect();
        let ran = live(&project, &said);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{said:?}");
        assert!(ran.stderr.contains(told), "{told}\nis not in\n{}", ran.stderr);
        assert_eq!(
            project.output(&["state", "list", "--sandbox"]).stdout,
            before,
            "{said:?}"
        );
    }
    for said in ["spring", "spring=", "spring=48a77bd7", "spring=../../x"] {
        assert_eq!(live(&project, &[said]).code, Some(2), "{said}");
    }
}

#[test]
fn an_open_create_and_a_move_come_first() {
    let project = Project::of(&["spring", "autumn"]);
    let said = format!("spring={TASK}");
    let take = |project: &Project| project.output(&["import", "--live", &said, "--state", "dialform.state.json"]);
    project.edit("project {", "project {\n    api \"https://example.com/api/v1\"");
    let bound = project.state();
    assert!(bound.tasks.is_empty());
    // Through the sandbox's own binding, as the helper's store has it.
    project.record([
        Record::Intent(intent("spring", 1)),
        Record::Sending { intent: id(1) },
        Record::Unknown {
            intent: id(1),
            reason: "a timeout".to_owned(),
        },
    ]);
    assert!(matches!(project.state().intents[&id(1)].stage, Stage::Unknown { .. }));
    // Another API's state is not written to either.
    let ran = take(&project);
    assert_eq!(ran.code, Some(1), "{}", ran.stdout);
    std::fs::create_dir_all(project.path(".dialform")).unwrap();
    for name in ["json", "journal"] {
        let from = project.path(&format!("dialform.state.{name}"));
        std::fs::copy(from, project.path(&format!(".dialform/sandbox.state.{name}"))).unwrap();
    }
    let ran = live(&project, &[&said]);
    assert_eq!(ran.code, Some(1), "{}", ran.stdout);
    assert!(
        ran.stderr.contains("a create of the campaign `spring` is still open"),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr.contains("`dialform resolve spring --sandbox`"),
        "{}",
        ran.stderr
    );

    assert_eq!(live(&project, &[&format!("autumn={OTHER}")]).code, Some(0));
    project.remove("autumn");
    project.campaign("winter", "");
    project.write("campaigns/moves.kdl", "moved from=\"autumn\" to=\"winter\"\n");
    let ran = live(&project, &[&format!("winter={TASK}")]);
    assert_eq!(ran.code, Some(1), "{}", ran.stdout);
    assert!(ran.stderr.contains("`winter` adopts the task"), "{}", ran.stderr);
}

#[test]
fn a_task_that_was_let_go_of_comes_back() {
    let project = Project::of(&["spring"]);
    let said = format!("spring={TASK}");
    assert_eq!(live(&project, &[&said]).code, Some(0));
    assert_eq!(project.output(&["state", "rm", "spring", "--sandbox"]).code, Some(0));
    assert_eq!(live(&project, &[&said]).code, Some(0));
    let plan = project.output(&["plan", "--sandbox"]);
    assert_eq!(plan.stdout, "Nothing to do: 1 unchanged.\n", "{}", plan.stderr);
    let listed = project.output(&["state", "list", "--sandbox"]).stdout;
    assert!(
        listed.contains(TASK) && listed.contains(&Timestamp::now().strftime("created %Y-").to_string()),
        "{listed}"
    );
}

#[test]
fn mistakes_in_the_files_come_first_and_the_lock_is_kept() {
    let project = Project::of(&["spring"]);
    let said = format!("spring={TASK}");
    project.campaign("spring", "nonsense 1");
    let ran = live(&project, &[&said]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("the project has errors"), "{}", ran.stderr);
    assert!(!project.path(".dialform/sandbox.state.json").exists());
    project.campaign("spring", "");
    let held = project.open();
    let ran = project.output(&["import", "--live", &said, "--state", "dialform.state.json"]);
    assert_eq!(ran.code, Some(1), "{}", ran.stdout);
    drop(held);
    for arguments in [["import", "--sandbox", "x.json"], ["import", "--live", "spring"]] {
        assert_eq!(project.output(&arguments).code, Some(2));
    }
}

/// The one task of the sandbox's state.
fn only_task(project: &Project) -> String {
    let listed = project.output(&["state", "list", "--sandbox"]).stdout;
    listed.split_whitespace().nth(1).unwrap().to_owned()
}

/// A project whose campaign `spring` has a task that carries a marker.
fn applied() -> (Project, String) {
    let project = Project::of(&["spring"]);
    let ran = project.output(&["apply", "--sandbox", "--auto-approve"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let task = only_task(&project);
    (project, task)
}

fn is_replaced(project: &Project, task: &str) {
    project.campaign("spring", "pace \"5/s\"");
    let ran = project.output(&[
        "apply",
        "--sandbox",
        "--auto-approve",
        "--replace",
        "spring",
        "--replace-running",
    ]);
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
    assert!(
        ran.stdout.contains("Apply: 1 replaced.") && ran.stdout.contains(task),
        "{}",
        ran.stdout
    );
    let plan = project.output(&["plan", "--sandbox"]);
    assert_eq!(plan.stdout, "Nothing to do: 1 unchanged.\n", "{}", plan.stderr);
}

#[test]
fn a_marked_task_that_was_let_go_of_comes_back_with_its_marker() {
    let (project, task) = applied();
    assert_eq!(project.output(&["state", "rm", "spring", "--sandbox"]).code, Some(0));
    assert_eq!(
        live(&project, &[&format!("spring={}", task.to_uppercase())]).code,
        Some(0)
    );
    is_replaced(&project, &task);
}

#[test]
fn a_marked_task_of_a_lost_state_can_be_replaced() {
    let (project, task) = applied();
    for name in std::fs::read_dir(project.path(".dialform")).unwrap() {
        let path = name.unwrap().path();
        if path.is_file() {
            std::fs::remove_file(path).unwrap();
        }
    }
    assert_eq!(live(&project, &[&format!("spring={task}")]).code, Some(0));
    is_replaced(&project, &task);
}

#[test]
fn a_key_that_was_blocked_stays_so_when_its_task_comes_back_under_another() {
    let (project, task) = applied();
    assert_eq!(project.output(&["state", "rm", "spring", "--sandbox"]).code, Some(0));
    project.campaign("summer", "");
    assert_eq!(live(&project, &[&format!("summer={task}")]).code, Some(0));
    let plan = project.output(&["plan", "--sandbox"]);
    assert!(plan.stdout.contains("Plan: 1 to create (blocked)"), "{}", plan.stdout);
}

#[test]
fn a_run_that_was_ended_in_the_middle_can_be_given_again() {
    let project = Project::of(&["spring", "autumn"]);
    let (spring, autumn) = (format!("spring={TASK}"), format!("autumn={OTHER}"));
    assert_eq!(live(&project, &[&spring]).code, Some(0));
    let again = live(&project, &[&spring, &autumn]);
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    assert_eq!(
        again.stdout,
        format!(
            "spring: the task {TASK} is in the state already, and stays as it is\nautumn: the task {OTHER} is in the state \
             now\n"
        )
    );
    let third = live(&project, &[&spring]);
    assert_eq!(
        (third.code, third.stderr.contains("note: the API cannot")),
        (Some(0), false)
    );
}

#[test]
fn an_open_create_of_a_key_that_moves_here_comes_first() {
    let project = Project::of(&["winter"]);
    project.write("campaigns/moves.kdl", "moved from=\"autumn\" to=\"winter\"\n");
    project.record([Record::Intent(intent("autumn", 1)), Record::Sending { intent: id(1) }]);
    let mut store = project.open();
    let wanted = [("winter".to_owned(), TASK.parse().unwrap())];
    let error = adopt_live(&mut store, &project.configuration(None), &wanted).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("a create of the campaign `autumn` is still open"),
        "{error}"
    );
    assert!(store.state().tasks.is_empty());
}

#[test]
fn a_task_is_the_same_in_capitals() {
    let project = Project::of(&["spring", "autumn"]);
    project.record([
        Record::Intent(intent("spring", 1)),
        Record::Sending { intent: id(1) },
        Record::Created {
            intent: id(1),
            identity: TASK.to_uppercase(),
            at: Timestamp::now(),
            how: How::Answered,
        },
    ]);
    let mut store = project.open();
    let wanted = [("autumn".to_owned(), TASK.parse().unwrap())];
    let error = adopt_live(&mut store, &project.configuration(None), &wanted).unwrap_err();
    assert!(
        error.to_string().contains("already belongs to the campaign `spring`"),
        "{error}"
    );
}
