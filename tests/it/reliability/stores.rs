//! The same invariants with the state in a store that several machines share: PostgreSQL.

use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

use dialform::sandbox::Config;
use tempfile::TempDir;

use super::crash::{trace_of, with};
use super::scene::{Converged, Scene};
use crate::stores::postgres::PostgresServer;

const KEYS: [&str; 3] = ["autumn", "spring", "summer"];

fn start(mut command: Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// The server, which is set up by a runtime of its own.
fn server() -> Option<&'static PostgresServer> {
    std::thread::spawn(PostgresServer::get).join().unwrap()
}

fn run(program: &str, arguments: &[&str]) {
    assert!(Command::new(program).args(arguments).status().unwrap().success());
}

/// Stops a process, and waits until it is.
fn stop(pid: u32) {
    run("kill", &["-STOP", &pid.to_string()]);
    let is_stopped = || {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
        stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('T'))
    };
    while !is_stopped() {
        std::thread::yield_now();
    }
}

/// Each kind of point that a run reaches, by its first and its last place.
fn kinds(points: &[String]) -> Vec<usize> {
    let mut chosen = Vec::new();
    for (place, point) in points.iter().enumerate() {
        let is_first = !points[..place].contains(point);
        let is_last = !points[place + 1..].contains(point);
        if (point.starts_with("store") || point.starts_with("request")) && (is_first || is_last) {
            chosen.push(place + 1);
        }
    }
    chosen
}

async fn ended_at(server: &PostgresServer, choose: impl Fn(&[String]) -> Vec<usize>) {
    let scene = Scene::of(&KEYS[..2]).await.in_postgres(server);
    let points = trace_of(&scene, scene.apply());
    scene.check().unwrap();
    assert_eq!(scene.sandbox.tasks().len(), 2);
    let chosen = choose(&points);
    assert!(chosen.len() > 5, "{points:#?}");
    for number in &chosen {
        let scene = Scene::of(&KEYS[..2]).await.in_postgres(server);
        let number_text = number.to_string();
        let ran = scene.run(with(scene.apply(), &[("DIALFORM_ABORT_AT", &number_text)]));
        let name = &points[number - 1];
        let in_context = |why: String| format!("point {number}, {name}: {why}\n{}", ran.said);
        assert_eq!(ran.code, None, "{}", in_context("not reached".to_owned()));
        scene.check().map_err(in_context).unwrap();
        let converged = scene.converge().map_err(in_context).unwrap();
        if converged == Converged::Done {
            assert_eq!(scene.sandbox.tasks().len(), 2, "{name}");
        }
    }
    println!("in PostgreSQL: ended at {} of {} points", chosen.len(), points.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_ends_anywhere_loses_nothing_of_a_state_in_postgres() {
    if let Some(server) = server() {
        ended_at(server, kinds).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes: every point"]
async fn a_run_that_ends_at_every_point_loses_nothing_of_a_state_in_postgres() {
    if let Some(server) = server() {
        ended_at(server, |points| (1..=points.len()).collect()).await;
    }
}

/// I9: a run that slept while another took over records nothing and sends nothing; what its request became is not lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_was_taken_over_from_in_its_sleep_sends_nothing_more() {
    let Some(server) = server() else {
        return;
    };
    let (started, pid) = channel::<u32>();
    let (stopped, is_stopped) = channel();
    let pid = Mutex::new(Some(pid));
    // It falls asleep when its first create has arrived, and before that is answered.
    let scene = Scene::with(&KEYS, Config::default(), move |request| {
        let comment = request.body.as_ref().map(|body| &body["taskComment"]);
        if comment.is_some_and(|comment| comment.is_string())
            && let Some(pid) = pid.lock().unwrap().take()
        {
            let pid = pid.recv().unwrap();
            stop(pid);
            stopped.send(()).unwrap();
        }
    })
    .await
    .in_postgres(server);
    let sleeper = start(scene.apply_with(&["--parallelism", "1", "--answer-timeout", "60s"]));
    started.send(sleeper.id()).unwrap();
    is_stopped.recv().unwrap();

    let machine = TempDir::new().unwrap();
    let busy = scene.run(scene.elsewhere(machine.path(), scene.apply_with(&["--lock-timeout", "0s"])));
    assert_eq!(busy.code, Some(1), "{}", busy.said);
    assert!(busy.said.contains("state lock --break"), "{}", busy.said);
    let broken = scene.run(scene.elsewhere(machine.path(), scene.command(&["state", "lock", "--break"])));
    assert_eq!(broken.code, Some(0), "{}", broken.said);
    let other = scene.run(scene.elsewhere(machine.path(), scene.apply()));
    assert_eq!(other.code, Some(0), "{}", other.said);
    assert_eq!(scene.sandbox.tasks().len(), KEYS.len());
    scene.check().unwrap();

    run("kill", &["-CONT", &sleeper.id().to_string()]);
    let slept = scene.took(sleeper.wait_with_output().unwrap());
    assert_ne!(slept.code, Some(0), "{}", slept.said);
    assert!(slept.said.contains("was taken over by"), "{}", slept.said);
    assert_eq!(scene.sandbox.tasks().len(), KEYS.len());
    scene.check().unwrap();
    // The next run on the machine that slept takes its outcome up.
    assert_eq!(scene.converge(), Ok(Converged::Done));
    assert_eq!(scene.sandbox.tasks().len(), KEYS.len());
}

/// A request whose record is so old that another run may have decided about it does not leave.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_create_whose_time_is_over_does_not_leave() {
    let Some(server) = server() else {
        return;
    };
    let scene = Scene::of(&KEYS).await.in_postgres(server);
    let late = scene.run(with(scene.apply(), &[("DIALFORM_SENDS_WITHIN", "0")]));
    assert_ne!(late.code, Some(0), "{}", late.said);
    assert!(late.said.contains("nothing was sent"), "{}", late.said);
    assert!(scene.sandbox.tasks().is_empty());
    assert_eq!(scene.converge(), Ok(Converged::Done));
    assert_eq!(scene.sandbox.tasks().len(), KEYS.len());
}

async fn rounds(number: usize) {
    let Some(server) = server() else {
        return;
    };
    for round in 0..number {
        let scene = Arc::new(Scene::of(&KEYS).await.in_postgres(server));
        let machines: Vec<TempDir> = (0..8).map(|_| TempDir::new().unwrap()).collect();
        let run = |machine: &TempDir| {
            let apply = scene.apply_with(&["--lock-timeout", "3s", "--parallelism", "2"]);
            start(scene.elsewhere(machine.path(), apply))
        };
        let mut children: Vec<Child> = machines.iter().map(run).collect();
        // Some are killed wherever they are.
        for child in children.iter_mut().skip(round % 2).step_by(3) {
            let _ = child.kill();
        }
        for child in children {
            scene.took(child.wait_with_output().unwrap());
        }
        scene.check().unwrap_or_else(|why| panic!("round {round}: {why}"));
        scene.run(scene.command(&["state", "lock", "--break"]));
        match scene.converge().unwrap_or_else(|why| panic!("round {round}: {why}")) {
            Converged::Done => assert_eq!(scene.sandbox.tasks().len(), KEYS.len()),
            Converged::Unknown(_) => assert!(scene.sandbox.tasks().len() <= KEYS.len()),
        }
    }
    println!("in PostgreSQL: {number} rounds of 8 machines");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_machines_on_one_state_make_each_task_once() {
    rounds(1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes: fifty rounds"]
async fn eight_machines_on_one_state_make_each_task_once_fifty_times() {
    rounds(50).await;
}
