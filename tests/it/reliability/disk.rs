//! Every call of the write path fails once, or from then on; and a file system that is really full.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use super::crash::{Story, is_call, trace_of, with};
use super::scene::{Broken, Converged, Scene};

/// Lets one call fail, and what follows run on a sound disk.
pub(super) async fn fail(story: Story, fault: &str) -> Result<Converged, Broken> {
    let scene = story.begin().await;
    let ran = scene.run_and_check(with(story.apply(&scene), &[("DIALFORM_DISK_FAULT", fault)]))?;
    if ran.said.contains("panicked") {
        return Err(format!("it panicked:\n{}", ran.said));
    }
    scene.converge_by(|| story.apply(&scene))
}

async fn matrix(story: Story, choose: impl Fn(&[&str]) -> Vec<(usize, &'static str)>) {
    let scene = story.begin().await;
    let points = trace_of(&scene, story.apply(&scene));
    let calls: Vec<&str> = points
        .iter()
        .map(String::as_str)
        .filter(|point| is_call(point))
        .collect();
    let mut wrong = Vec::new();
    let mut cases = 0;
    for (number, how) in choose(&calls) {
        cases += 1;
        let fault = format!("{number}{how}");
        if let Err(why) = fail(story, &fault).await {
            wrong.push(format!("{} {fault}: {why}", calls[number - 1]));
        }
    }
    println!("{story:?} on a failing disk: {} calls, {cases} cases", calls.len());
    assert!(wrong.is_empty(), "{} of {cases}:\n{}", wrong.len(), wrong.join("\n"));
}

/// How a call fails: once, or it and all later ones, in two ways that are the other ones for each second call.
const HOW: [[&str; 2]; 2] = [[":ENOSPC", "+:EIO"], [":EIO", "+:ENOSPC"]];

/// The first of each kind of call, in two ways.
fn kinds(calls: &[&str]) -> Vec<(usize, &'static str)> {
    let mut seen = BTreeSet::new();
    let firsts = (1..).zip(calls).filter(|(_, call)| seen.insert(**call));
    let both = |(turn, (number, _)): (usize, (usize, &&str))| HOW[turn % 2].map(|how| (number, how));
    firsts.enumerate().flat_map(both).collect()
}

/// Every call in every way.
fn every_call(calls: &[&str]) -> Vec<(usize, &'static str)> {
    let all = |number| HOW.into_iter().flatten().map(move |how| (number, how));
    (1..=calls.len()).flat_map(all).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_kind_of_call_may_fail() {
    matrix(Story::First, kinds).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_kind_of_call_may_fail_where_tasks_are_stopped() {
    matrix(Story::Removed, kinds).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes: every call of every story"]
async fn every_call_may_fail() {
    for story in Story::WRITING {
        matrix(story, every_call).await;
    }
}

/// A file system of so many kilobytes over a folder, for as long as this lives.
struct Small<'a>(&'a Path);

impl<'a> Small<'a> {
    fn over(folder: &'a Path, kilobytes: usize) -> Option<Self> {
        let size = format!("size={kilobytes}k,mode=700");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "dialform-test"])
            .arg(folder)
            .output();
        mounted
            .is_ok_and(|output| output.status.success())
            .then_some(Self(folder))
    }
}

impl Drop for Small<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0).output();
    }
}

/// The state lies on a file system that is full sooner or later, and is then given room.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_system_that_is_really_full_loses_nothing() {
    let mut cases = 0;
    for kilobytes in (4..=64).step_by(4) {
        let scene = Scene::of(&["autumn", "spring"]).await;
        let folder = scene.project.path("small");
        std::fs::create_dir(&folder).unwrap();
        let Some(small) = Small::over(&folder, kilobytes) else {
            eprintln!("SKIPPED: no tmpfs can be mounted here, so nothing was tried on a full file system");
            return;
        };
        cases += 1;
        let state = folder.join("dialform.state.json");
        let apply = || {
            let mut command = scene.apply();
            command.args(["--state", state.to_str().unwrap()]);
            command
        };
        let ran = scene.run(apply());
        assert!(matches!(ran.code, Some(0 | 1 | 3)), "{kilobytes} KiB: {ran:?}");
        let made = scene.sandbox.tasks().len();
        assert!(made <= 2, "{kilobytes} KiB: {made} tasks");
        assert!(ran.code == Some(0) || !ran.said.is_empty(), "{kilobytes} KiB");
        let resized = Command::new("mount")
            .args(["-o", "remount,size=1024k"])
            .arg(&folder)
            .status()
            .unwrap();
        assert!(resized.success());
        let mut code = None;
        for _ in 0..2 {
            let ran = scene.run(apply());
            code = ran.code;
            assert!(matches!(code, Some(0 | 3)), "{kilobytes} KiB: {ran:?}");
        }
        let tasks = scene.sandbox.tasks();
        let keys: BTreeSet<&str> = tasks.iter().filter_map(|task| task.key()).collect();
        assert_eq!(keys.len(), tasks.len(), "{kilobytes} KiB: a campaign has two tasks");
        // Whatever was made was made known: nothing is in doubt once there is room.
        assert_eq!((code, tasks.len()), (Some(0), 2), "{kilobytes} KiB");
        drop(small);
    }
    println!("full file system: {cases} sizes");
}
