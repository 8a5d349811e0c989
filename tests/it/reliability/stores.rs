//! The same invariants with the state in each of the stores that several machines share.

use std::collections::BTreeSet;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;

use dialform::sandbox::Config;
use dialform::state::break_lock;
use tempfile::TempDir;

use super::crash::{trace_of, with};
use super::scene::{Converged, Ran, Scene};
use crate::stores::kind::{StoreKind, StoredState};
use crate::stores::proxy::{ProxyFault, listen};
use crate::stores::rclone::overwriting_state;

const KEYS: [&str; 3] = ["autumn", "spring", "summer"];

/// The tests of each store, one after the other by name, and side by side.
macro_rules! stores {
    ($($store:ident: $kind:ident;)*) => { $( mod $store {
        use super::*;

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn a_run_that_ends_anywhere_loses_nothing() {
            ended_at(StoreKind::$kind, kinds).await;
        }

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        #[ignore = "takes minutes: every point"]
        async fn a_run_that_ends_at_every_point_loses_nothing() {
            ended_at(StoreKind::$kind, |points| (1..=points.len()).collect()).await;
        }

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn a_run_that_was_taken_over_from_in_its_sleep_sends_nothing_more() {
            taken_over_in_its_sleep(StoreKind::$kind).await;
        }

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn a_create_whose_time_is_over_does_not_leave() {
            overslept(StoreKind::$kind).await;
        }

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn eight_machines_on_one_state_make_each_task_once() {
            rounds(StoreKind::$kind, 1).await;
        }

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        #[ignore = "takes minutes: fifty rounds"]
        async fn eight_machines_on_one_state_make_each_task_once_fifty_times() {
            rounds(StoreKind::$kind, 50).await;
        }
    } )* };
}

stores! {
    postgres: Postgres;
    s3: S3;
    gitlab: Gitlab;
}

fn start(mut command: Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn signal(pid: u32, name: &str) {
    let status = Command::new("kill").args([name, &pid.to_string()]).status();
    assert!(status.unwrap().success());
}

/// Stops a process, and waits until it is.
fn stop(pid: u32) {
    signal(pid, "-STOP");
    let is_stopped = || {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
        stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('T'))
    };
    while !is_stopped() {
        thread::yield_now();
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

async fn ended_at(kind: StoreKind, choose: impl Fn(&[String]) -> Vec<usize>) {
    let Some(stored) = StoredState::new(kind) else { return };
    let scene = Scene::of(&KEYS[..2]).await.in_store(&stored);
    let points = trace_of(&scene, scene.apply());
    scene.check().unwrap();
    assert_eq!(scene.sandbox.tasks().len(), 2);
    let chosen = choose(&points);
    assert!(chosen.len() > 5, "{points:#?}");
    for number in &chosen {
        let stored = StoredState::new(kind).unwrap();
        let scene = Scene::of(&KEYS[..2]).await.in_store(&stored);
        let number_text = number.to_string();
        let ran = scene.run(with(scene.apply(), &[("DIALFORM_ABORT_AT", &number_text)]));
        let name = &points[number - 1];
        let in_context = |why: String| format!("{kind:?}, point {number}, {name}: {why}\n{}", ran.said);
        assert_eq!(ran.code, None, "{}", in_context("not reached".to_owned()));
        scene.check().map_err(in_context).unwrap();
        let converged = scene.converge().map_err(in_context).unwrap();
        if converged == Converged::Done {
            assert_eq!(scene.sandbox.tasks().len(), 2, "{name}");
        }
    }
    println!("{kind:?}: ended at {} of {} points", chosen.len(), points.len());
}

/// I10: a run that slept while another took over records nothing and sends nothing; what its request became is not lost.
async fn taken_over_in_its_sleep(kind: StoreKind) {
    let Some(stored) = StoredState::new(kind) else { return };
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
    .in_store(&stored);
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

    signal(sleeper.id(), "-CONT");
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
async fn overslept(kind: StoreKind) {
    let Some(stored) = StoredState::new(kind) else { return };
    let scene = Scene::of(&KEYS).await.in_store(&stored);
    let late = scene.run(with(scene.apply(), &[("DIALFORM_SENDS_WITHIN", "0")]));
    assert_ne!(late.code, Some(0), "{}", late.said);
    assert!(late.said.contains("nothing was sent"), "{}", late.said);
    assert!(scene.sandbox.tasks().is_empty());
    assert_eq!(scene.converge(), Ok(Converged::Done));
    assert_eq!(scene.sandbox.tasks().len(), KEYS.len());
}

/// A store that lets two runs believe to be alone is refused before anything is sent.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_overwrites_is_refused() {
    let Some(stored) = overwriting_state() else { return };
    let scene = Scene::of(&KEYS).await.in_store(&stored);
    let ran = scene.run(scene.apply());
    assert_eq!(ran.code, Some(1), "{}", ran.said);
    for words in ["cannot keep a state", "ignores conditions", "docs/stores.md"] {
        assert!(ran.said.contains(words), "{words} is not in {}", ran.said);
    }
    assert!(scene.sandbox.tasks().is_empty());
}

const MACHINES: usize = 8;
/// The last machines have no accidents.
const SOUND_FROM: usize = 6;

/// What befalls a machine in the middle of its run.
#[derive(Clone, Copy, Debug)]
enum Accident {
    None,
    /// It is killed when so many things were asked of the store, the last of which takes effect.
    KilledAsking(usize),
    /// It ends at a point of its own.
    EndedAt(usize),
    /// Somebody shuts it out when it asks so many things of the store, before the last takes effect.
    ShutOutAsking(usize),
}

impl Accident {
    /// The same for each round and machine whenever it is asked.
    fn of(round: usize, machine: usize) -> Self {
        let seed = u64::try_from(round * MACHINES + machine).unwrap();
        // Numbers that look random, of two neighbours too (SplitMix64).
        let mixed = (seed + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let random = usize::try_from((mixed ^ (mixed >> 31)) % 1_000_000).unwrap();
        // A whole run asks some 30 things and reaches some 100 points.
        match machine {
            SOUND_FROM.. => Self::None,
            // So much is asked by a run that finds nothing to do, too: one accident of each round is certain.
            0 => Self::KilledAsking(3),
            3 => Self::KilledAsking(3 + random % 24),
            1 | 4 => Self::EndedAt(10 + random % 90),
            _ => Self::ShutOutAsking(3 + random % 24),
        }
    }
}

/// What became of the machines of all rounds.
#[derive(Debug, Default)]
struct Accidents {
    killed: usize,
    shut_out: usize,
    unknown: usize,
    wrong: BTreeSet<String>,
}

async fn rounds(kind: StoreKind, number: usize) {
    let mut accidents = Accidents::default();
    for round in 0..number {
        let Some(stored) = StoredState::new(kind) else { return };
        let scene = Scene::of(&KEYS).await.in_store(&stored);
        for ran in eight_machines(&scene, &stored, round) {
            accidents.killed += usize::from(ran.code.is_none());
            accidents.shut_out += usize::from(ran.said.contains("was taken over by"));
            if ran.said.contains("panicked") {
                accidents.wrong.insert(ran.said);
            }
        }
        let in_context = |why| format!("{kind:?}, round {round}: {why}");
        scene.check().map_err(in_context).unwrap();
        break_lock(&stored.at(scene.project.root())).unwrap();
        match scene.converge().map_err(in_context).unwrap() {
            Converged::Done => assert_eq!(scene.sandbox.tasks().len(), KEYS.len(), "round {round}"),
            Converged::Unknown(_) => {
                accidents.unknown += 1;
                assert!(scene.sandbox.tasks().len() <= KEYS.len(), "round {round}");
            }
        }
    }
    println!("{kind:?}: {number} rounds of {MACHINES} machines: {accidents:?}");
    assert!(accidents.wrong.is_empty(), "{accidents:?}");
    assert!(accidents.killed + accidents.shut_out >= number, "{accidents:?}");
}

/// Runs on eight machines at once, with accidents; whoever finds a machine dead lets the others begin.
fn eight_machines(scene: &Scene, stored: &StoredState, round: usize) -> Vec<Ran> {
    let (ended, has_ended) = channel();
    let ended = &ended;
    thread::scope(|scope| {
        let machine = |number: usize| {
            let folder = TempDir::new().unwrap();
            // No connection to the store outlives what it is opened for.
            let (state, at) = (stored.clone(), folder.path().to_owned());
            let shut_out = move || drop(break_lock(&state.at(&at)).unwrap());
            let accident = Accident::of(round, number);
            let pid: Arc<OnceLock<u32>> = Arc::default();
            let (victim, shut_out_now) = (Arc::clone(&pid), shut_out.clone());
            let port = listen(stored.port, move |asked| {
                match accident {
                    Accident::KilledAsking(last) if asked == last => signal(*victim.wait(), "-KILL"),
                    Accident::ShutOutAsking(last) if asked == last => shut_out_now(),
                    _ => {}
                }
                ProxyFault::None
            });
            let arguments = ["--lock-timeout", "20s", "--parallelism", "2"];
            let mut apply = scene.apply_elsewhere(folder.path(), port, &arguments);
            if let Accident::EndedAt(point) = accident {
                apply.env("DIALFORM_ABORT_AT", point.to_string());
            }
            let child = start(apply);
            pid.set(child.id()).unwrap();
            let ran = scene.took(child.wait_with_output().unwrap());
            if ran.code.is_none() {
                shut_out();
            }
            let _ = ended.send(());
            ran
        };
        let spawn = |number: usize| scope.spawn(move || machine(number));
        let mut running: Vec<_> = (0..SOUND_FROM).map(spawn).collect();
        // Those that come through would leave nothing to do for the others.
        let _ = has_ended.recv();
        running.extend((SOUND_FROM..MACHINES).map(spawn));
        running.into_iter().map(|machine| machine.join().unwrap()).collect()
    })
}
