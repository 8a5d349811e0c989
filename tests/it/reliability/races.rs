//! Several runs on one state at the same time, and one that is stopped while it holds the lock.

use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::time::Duration;

use super::crash::{Story, first, with};
use super::ends::order_waiting;
use super::scene::{Broken, Converged, Program, Scene, failing};

const KEYS: [&str; 3] = ["autumn", "spring", "summer"];
const PROCESSES: usize = 8;
/// Only a program that hangs takes so long.
const LONG: Duration = Duration::from_secs(30);

fn start(mut command: Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Eight runs at once. Each must end well, or say who was in its way; together they make each task once.
pub(super) async fn round(program: &Program, lock_timeout: &str) -> Result<(), Broken> {
    let scene = Scene::of(&KEYS).await.running(program);
    let apply = || scene.apply_with(&["--lock-timeout", lock_timeout]);
    let children: Vec<Child> = (0..PROCESSES).map(|_| start(apply())).collect();
    let mut done = 0;
    for child in children {
        let ran = scene.took(child.wait_with_output().unwrap());
        match ran.code {
            Some(0) => done += 1,
            // Whoever has only just taken the lock has not introduced itself yet.
            Some(1) if lock_timeout == "0s" && ran.said.contains("is in use by ") => {}
            code => return Err(format!("exit {code:?}:\n{}", ran.said)),
        }
    }
    scene.check()?;
    if done == 0 || (lock_timeout != "0s" && done != PROCESSES) {
        return Err(format!("{done} of {PROCESSES} ended well"));
    }
    match scene.converge()? {
        Converged::Done if scene.sandbox.tasks().len() == KEYS.len() => Ok(()),
        converged => Err(format!("{converged:?}, {} tasks", scene.sandbox.tasks().len())),
    }
}

async fn rounds(number: usize) {
    for round_number in 0..number {
        let lock_timeout = if round_number % 2 == 0 { "60s" } else { "0s" };
        round(&Program::sound(), lock_timeout)
            .await
            .unwrap_or_else(|why| panic!("round {round_number}: {why}"));
    }
    println!("races: {number} rounds of {PROCESSES} processes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_runs_at_once_make_each_task_once() {
    rounds(6).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes: fifty rounds"]
async fn eight_runs_at_once_make_each_task_once_fifty_times() {
    rounds(50).await;
}

/// Eight people give the same order at once, or apply: each task is sent it once, and whoever comes later hears so.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_order_given_eight_times_at_once_is_sent_once() {
    let scene = Scene::of(&KEYS).await;
    assert_eq!(scene.run(scene.apply()).code, Some(0));
    scene.allow(&KEYS);
    let mut expected = Vec::new();
    for (order, word) in [("start", "play"), ("pause", "pause"), ("halt", "halted")] {
        scene.note_running();
        scene.own_word(&KEYS);
        let give = |number: usize| match number % 4 {
            3 => scene.apply_with(&["--lock-timeout", "60s"]),
            _ => order_waiting(&scene, order, &KEYS, "60s"),
        };
        let children: Vec<Child> = (0..PROCESSES).map(|number| start(give(number))).collect();
        for child in children {
            let ran = scene.took(child.wait_with_output().unwrap());
            assert_eq!(ran.code, Some(0), "{order}: {}", ran.said);
        }
        expected.extend([word; KEYS.len()]);
        let sent: Vec<String> = scene.ordered().into_iter().map(|ordered| ordered.word).collect();
        assert_eq!(sent, expected);
        scene.check().unwrap();
    }
    assert_eq!(scene.converge(), Ok(Converged::Done));
    assert_eq!(scene.sandbox.tasks().len(), KEYS.len());
}

/// A copy of the state from any moment of a run (a backup, another runner's) is put back when all is done: what it calls
/// not sent is looked for before it is sent.
async fn copies_put_back(choose: impl Fn(usize, &str) -> bool) {
    let points = first().await;
    let mut cases = 0;
    for number in (1..=points.len()).filter(|number| choose(*number, &points[number - 1])) {
        let scene = Story::First.begin().await;
        let abort = number.to_string();
        scene.run(with(scene.apply(), &[("DIALFORM_ABORT_AT", &abort)]));
        let copy = scene.copied();
        let name = &points[number - 1];
        let in_context = |why| format!("copied at point {number}, {name}: {why}");
        if scene.converge().map_err(in_context).unwrap() != Converged::Done {
            continue;
        }
        cases += 1;
        scene.forget(&copy);
        for _ in 0..2 {
            let ran = scene.run(scene.apply());
            assert!(
                matches!(ran.code, Some(0 | 3)),
                "copied at point {number}, {name}: {}",
                ran.said
            );
            scene.once().map_err(in_context).unwrap();
        }
    }
    println!("copies put back: {cases} cases");
    assert!(cases > 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_old_copy_of_the_state_makes_nothing_again() {
    copies_put_back(|_, name| name == "Append sync: done" || name == "request: connected").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes: a copy from every point"]
async fn an_old_copy_of_the_state_from_any_moment_makes_nothing_again() {
    copies_put_back(|_, _| true).await;
}

fn signal(child: &Child, name: &str) {
    let status = Command::new("kill")
        .args([name, &child.id().to_string()])
        .status()
        .unwrap();
    assert!(status.success());
}

/// A run that is stopped (SIGSTOP) while it waits for an answer keeps its lock: others are told, readers go on, and
/// when it is killed nothing is lost.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_holder_is_named_and_does_not_stop_readers() {
    let (ring, heard) = channel();
    let ring = Mutex::new(ring);
    let scene = Scene::with(&KEYS, failing(&["create#1=after:hang"]), move |request| {
        if request.body.is_some() {
            let _ = ring.lock().unwrap().send(());
        }
    })
    .await;
    let mut holder = start(scene.apply_with(&["--answer-timeout", "60s", "--parallelism", "1"]));
    heard.recv_timeout(LONG).unwrap();
    signal(&holder, "-STOP");

    let second = scene.run(scene.apply_with(&["--lock-timeout", "0s"]));
    assert_eq!(second.code, Some(1), "{}", second.said);
    for word in ["dialform apply", &format!("process {}", holder.id()), "since "] {
        assert!(second.said.contains(word), "{word} is not in {}", second.said);
    }
    for reader in [&["plan"][..], &["state", "list"]] {
        let ran = scene.run(scene.command(reader));
        assert_eq!(ran.code, Some(0), "{reader:?}: {}", ran.said);
    }
    signal(&holder, "-CONT");
    holder.kill().unwrap();
    scene.took(holder.wait_with_output().unwrap());
    scene.check().unwrap();
    assert_eq!(scene.converge(), Ok(Converged::Done));
    assert_eq!(scene.sandbox.tasks().len(), KEYS.len());
}
