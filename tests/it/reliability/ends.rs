//! Requests that start, pause or stop a task: each wrong answer to one of them, and that none is sent for a task that nobody named.

use std::process::Command;

use super::network::faults;
use super::scene::{Broken, Converged, Program, Scene, failing};

const KEYS: [&str; 2] = ["autumn", "spring"];

/// An order by hand, with what is usual here.
pub(super) fn order(scene: &Scene, word: &str, keys: &[&str]) -> Command {
    order_waiting(scene, word, keys, "10s")
}

/// The same, which waits so long for the lock.
pub(super) fn order_waiting(scene: &Scene, word: &str, keys: &[&str], lock_timeout: &str) -> Command {
    let mut command = scene.command(&[word, "--auto-approve", "--answer-timeout", "1s"]);
    command
        .args(["--lock-timeout", lock_timeout, "--reconcile-timeout", "0s"])
        .args(keys);
    command
}

/// Applied, with one of the two running, and one wrong answer to come.
async fn begun(fault: &str) -> Result<Scene, Broken> {
    let scene = Scene::with(&KEYS, failing(&[fault]), |_| {}).await;
    let ran = scene.run_and_check(scene.apply())?;
    match ran.code {
        Some(0) => Ok(scene),
        code => Err(format!("exit {code:?}:\n{}", ran.said)),
    }
}

/// Gives an order to one of two tasks, and gives it again after whatever came back.
async fn ordered(word: &str, target: &str, fault: &str) -> Result<(), Broken> {
    let scene = begun(&format!("{target}#1={fault}")).await?;
    scene.allow(&["spring"]);
    scene.own_word(&["spring"]);
    let again = || order(&scene, word, &["spring"]);
    let ran = scene.run_and_check(again())?;
    if !matches!(ran.code, Some(0 | 1 | 3)) {
        return Err(format!("exit {:?}:\n{}", ran.code, ran.said));
    }
    match scene.converge_by(again)? {
        Converged::Done => Ok(()),
        Converged::Unknown(keys) => Err(format!("{keys:?} stayed unknown")),
    }
}

/// Removes one of two running campaigns, and applies again after whatever came back.
async fn removed(fault: &str) -> Result<(), Broken> {
    let scene = begun(&format!("halt#1={fault}")).await?;
    scene.allow(&KEYS);
    let ran = scene.run_and_check(order(&scene, "start", &KEYS))?;
    if ran.code != Some(0) {
        return Err(ran.said);
    }
    scene.note_running();
    scene.own_word(&["spring"]);
    scene.project.remove("spring");
    let line = "removed \"spring\" task=\"halt\"\n";
    scene.project.write("campaigns/removed.kdl", line);
    scene.run_and_check(scene.apply())?;
    match scene.converge()? {
        Converged::Done => Ok(()),
        Converged::Unknown(keys) => Err(format!("{keys:?} stayed unknown")),
    }
}

async fn matrix(every: usize) {
    let mut wrong = Vec::new();
    let mut cases = 0;
    for (index, fault) in faults().iter().enumerate() {
        // No request goes to another server: where it leads, nothing listens.
        let turns = (0..4).filter(|turn| every == 1 || index % 4 == *turn);
        for turn in turns {
            cases += 1;
            let result = match turn {
                0 => ordered("start", "play", fault).await,
                1 => ordered("pause", "pause", fault).await,
                2 => ordered("halt", "halt", fault).await,
                _ => removed(fault).await,
            };
            if let Err(why) = result {
                wrong.push(format!("{fault}, {turn}: {why}"));
            }
        }
    }
    println!("starts, pauses and stops: {} faults, {cases} cases", faults().len());
    assert!(wrong.is_empty(), "{} of {cases}:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_wrong_answer_to_a_start_a_pause_or_a_stop_can_be_followed_by_another() {
    matrix(4).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes: each wrong answer to each of them"]
async fn each_wrong_answer_to_each_start_pause_and_stop_can_be_followed_by_another() {
    matrix(1).await;
}

/// Applied by a program, with one of the two started, and these wrong answers to come.
pub(super) async fn running(program: &Program, faults: &[&str]) -> Result<Scene, Broken> {
    let scene = Scene::with(&KEYS, failing(faults), |_| {}).await.running(program);
    scene.run_and_check(scene.apply())?;
    scene.allow(&["spring"]);
    scene.run_and_check(order(&scene, "start", &["spring"]))?;
    scene.note_running();
    Ok(scene)
}

/// Replaces what runs, with or without the word for it.
pub(super) async fn replaced(program: &Program, faults: &[&str], with_word: bool) -> Result<(), Broken> {
    let scene = running(program, faults).await?;
    scene.project.campaign("spring", "pace \"5/s\"");
    let mut command = scene.apply_with(&["--replace", "spring"]);
    if with_word {
        scene.own_word(&["spring"]);
        command.arg("--replace-running");
    }
    scene.run_and_check(command).map(drop)
}

/// What the harness holds against a program with a mistake, a sound one does right.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_that_runs_is_replaced_with_a_word_only_and_once_its_stop_is_confirmed() {
    let sound = Program::sound();
    for (faults, with_word) in [(&[][..], true), (&[], false), (&["halt=before:503"], true)] {
        let result = replaced(&sound, faults, with_word).await;
        assert_eq!(result, Ok(()), "{faults:?}, {with_word}");
    }
}

/// I7 and I8, where nobody has said a word: an orphan that runs, and a campaign that changed and runs.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_runs_is_left_alone_without_a_word() {
    let scene = begun("login#99=500").await.unwrap();
    scene.allow(&KEYS);
    scene.run_and_check(order(&scene, "start", &KEYS)).unwrap();
    scene.note_running();
    scene.project.remove("spring");
    scene.project.campaign("autumn", "pace \"5/s\"");
    let ran = scene.run_and_check(scene.apply()).unwrap();
    assert_eq!(ran.code, Some(1), "{}", ran.said);
    assert!(ran.said.contains("may go on calling"), "{}", ran.said);
}
