//! A real kill: the program ends at any moment, is run again, and nobody is called twice.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use dialform::sandbox::{Config, Sandbox, Task};
use dialform::state::{Marker, State, StatePaths, load};

use crate::common::project::Project;

const CAMPAIGNS: usize = 30;
const APPLY: [&str; 3] = ["apply", "--sandbox", "--auto-approve"];

/// Ends the program a little after it has said so many lines, or lets it end by itself.
fn kill_after(mut command: Command, lines: usize, delay: Duration) {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let said = BufReader::new(child.stderr.take().unwrap());
    for line in said.lines().take(lines) {
        line.unwrap();
    }
    // Not to wait for anything, but to end at another moment of the work each time.
    thread::sleep(delay);
    child.kill().unwrap();
    child.wait().unwrap();
}

async fn tasks(project: &Project) -> Vec<Task> {
    let sandbox = Sandbox::start(Config {
        data: Some(project.path(".dialform/sandbox")),
        ..Config::default()
    })
    .await
    .unwrap();
    let tasks = sandbox.tasks();
    sandbox.shutdown().await;
    tasks
}

fn state(project: &Project) -> State {
    let paths = StatePaths::new(&project.path(".dialform/sandbox.state.json"));
    load(&paths, None).unwrap().state.unwrap()
}

#[tokio::test]
async fn killed_at_any_moment_and_run_again_it_creates_none_twice() {
    let keys: Vec<String> = (0..CAMPAIGNS).map(|number| format!("c{number:02}")).collect();
    let project = Project::of(&keys.iter().map(String::as_str).collect::<Vec<_>>());
    for (round, lines) in [1, 2, 3, 5, 4, 6, 3, 2].into_iter().enumerate() {
        let delay = Duration::from_micros(700 * u64::try_from(round).unwrap());
        kill_after(project.dialform(&APPLY), lines, delay);
    }
    // The sandbox lists what it has created without a lag, so at most two runs settle everything.
    let codes: Vec<i32> = (0..2)
        .map(|_| {
            let arguments = [&APPLY[..], &["--reconcile-timeout", "1s"]].concat();
            let output = project.dialform(&arguments).output().unwrap();
            output.status.code().unwrap()
        })
        .collect();

    let (state, tasks) = (state(&project), tasks(&project).await);
    let markers: Vec<Marker> = tasks.iter().flat_map(|task| Marker::find_in(task.comment())).collect();
    let distinct: BTreeSet<&Marker> = markers.iter().collect();
    assert_eq!(
        (markers.len(), distinct.len()),
        (tasks.len(), tasks.len()),
        "a marker stands twice"
    );
    let created: BTreeSet<&str> = tasks.iter().filter_map(Task::key).collect();
    assert_eq!(created.len(), tasks.len(), "a campaign was created twice");
    for task in &tasks {
        let held = &state.tasks[task.key().unwrap()];
        assert_eq!(held.identity, task.id.to_string());
    }
    // The embedded sandbox died with each run, so what it does not have was never taken: nothing stays unknown.
    let open: Vec<&str> = state.intents.values().map(|intent| intent.key.as_str()).collect();
    assert!(open.is_empty(), "{open:?}");
    assert_eq!(tasks.len(), CAMPAIGNS);
    assert_eq!(codes[1], 0, "{codes:?}");
}
