//! In which order things reach the disk and the wire, as the system saw it, and an end at every system call.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use super::crash::{Story, trace_of};
use super::scene::{Broken, Scene};

/// The calls that write, make durable, and name.
const WRITE_PATH: [&str; 7] = ["openat", "write", "fsync", "fdatasync", "ftruncate", "rename", "unlink"];

pub(super) fn has_strace() -> bool {
    Command::new("strace")
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success())
}

/// `command` under strace.
fn traced(command: &Command, options: &[&str]) -> Command {
    let mut traced = Command::new("strace");
    traced
        .args(["-f", "-qq", "-y", "-s", "64"])
        .args(options)
        .arg(command.get_program())
        .args(command.get_args());
    traced.current_dir(command.get_current_dir().unwrap());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => traced.env(name, value),
            None => traced.env_remove(name),
        };
    }
    traced
}

/// What happened, as far as order matters.
#[derive(Debug, PartialEq, Eq)]
enum Happening {
    Write(String),
    Sync(String),
    Rename(String, String),
    Post,
}

/// The name of a file without its folders.
fn name(path: &str) -> String {
    Path::new(path)
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// Between the brackets behind a file's number: `fsync(5</a/b>)`.
fn path_of(call: &str) -> Option<&str> {
    let start = call.find('<')? + 1;
    let end = start + call[start..].find('>')?;
    Some(&call[start..end])
}

fn happening(line: &str) -> Option<Happening> {
    // `[pid 12] ` stands in front, or the number alone.
    let call = line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
    let quoted = || {
        let parts: Vec<&str> = call.split('"').collect();
        Some((name(parts.get(1)?), name(parts.get(3)?)))
    };
    let (word, _) = call.split_once('(')?;
    match word {
        "sendto" | "write" | "writev" | "sendmsg" if call.contains("\"POST /") => Some(Happening::Post),
        "write" => Some(Happening::Write(name(path_of(call)?))),
        "fsync" | "fdatasync" => Some(Happening::Sync(name(path_of(call)?))),
        "rename" => quoted().map(|(from, to)| Happening::Rename(from, to)),
        _ => None,
    }
}

/// Holds what happened to the order that the protocol asks for.
fn judge(happenings: &[Happening], folder: &str) -> Result<usize, Broken> {
    let mut unsynced: BTreeSet<&str> = BTreeSet::new();
    let mut nameless = false;
    let mut posts = 0;
    for happening in happenings {
        match happening {
            Happening::Write(file) if file.starts_with("dialform.state") => drop(unsynced.insert(file)),
            Happening::Write(_) => {}
            Happening::Sync(file) => {
                unsynced.remove(&**file);
                nameless &= file != folder;
            }
            Happening::Rename(from, to) => {
                if unsynced.contains(&**from) {
                    return Err(format!("{from} became {to} before it was durable"));
                }
                nameless = true;
            }
            Happening::Post => {
                posts += 1;
                let open: Vec<&&str> = unsynced.iter().filter(|file| !file.ends_with(".holder")).collect();
                if !open.is_empty() || nameless {
                    return Err(format!("create {posts} left while {open:?} or a name was not durable"));
                }
            }
        }
    }
    if nameless {
        return Err("the folder was not made durable after the last rename".to_owned());
    }
    Ok(posts)
}

/// One run as the system saw it.
pub(super) async fn seen_by_the_system(variables: &[(&str, &str)]) -> Result<usize, Broken> {
    let scene = Scene::of(&["autumn", "spring"]).await;
    let file = scene.project.paths().last_resort.join("calls");
    let mut command = scene.apply();
    command.envs(variables.iter().copied());
    let only = "trace=write,writev,sendto,sendmsg,fsync,fdatasync,rename";
    let ran = scene.run(traced(&command, &["-o", file.to_str().unwrap(), "-e", only]));
    let calls = fs::read_to_string(&file).unwrap();
    fs::remove_file(file).unwrap();
    if ran.code != Some(0) {
        return Err(format!("exit {:?}:\n{}", ran.code, ran.said));
    }
    let happenings: Vec<Happening> = calls.lines().filter_map(happening).collect();
    judge(&happenings, &name(scene.project.root().to_str().unwrap()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_system_sees_the_intent_durable_before_its_post_and_a_file_before_its_name() {
    if !has_strace() {
        eprintln!("SKIPPED: strace is not here, so the order of system calls was not looked at");
        return;
    }
    assert_eq!(seen_by_the_system(&[]).await, Ok(2));
}

/// The same by the points that the program itself reaches, which needs nothing to be installed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_write_is_durable_before_the_request_that_follows_it_may_leave() {
    for story in Story::WRITING {
        let scene = story.begin().await;
        let points = trace_of(&scene, story.apply(&scene));
        let mut unsynced: BTreeMap<&str, usize> = BTreeMap::new();
        let mut requests = 0;
        for (number, point) in (1..).zip(&points) {
            match point.split_once(' ') {
                Some(("Lock", _)) => {}
                Some((step, "write: done")) => drop(unsynced.insert(step, number)),
                Some((step, "sync: done")) => drop(unsynced.remove(step)),
                Some((step, "rename: before")) => assert!(!unsynced.contains_key(step), "{story:?}: {number} {point}"),
                Some(("request:", "may leave")) => {
                    requests += 1;
                    assert!(unsynced.is_empty(), "{story:?}: at {number}: {unsynced:?}");
                }
                _ => {}
            }
        }
        assert!(requests > 1, "{story:?}: {points:?}");
    }
}

/// Kills a run at each of its calls of one kind in turn, counted in each thread, until none is left.
async fn killed_at_each(story: Story, call: &str, most: usize) -> usize {
    for number in 1..=most {
        let scene = story.begin().await;
        let paths = scene.project.paths();
        let inject = format!("inject={call}:signal=SIGKILL:when={number}");
        let only = format!("trace={call}");
        let mut options = vec!["-e".to_owned(), only, "-e".to_owned(), inject];
        let root = scene.project.root();
        let files = [
            "dialform.state.json",
            "dialform.state.journal",
            "dialform.state.spill",
            "dialform.state.lock",
        ];
        let temporary = [
            "dialform.state.json.tmp",
            "dialform.state.json.backup.0.tmp",
            "dialform.state.journal.tmp",
        ];
        for file in files.iter().chain(&temporary) {
            // The program names files from the folder in which it is started, and files by number are whole paths.
            options.extend(["-P".to_owned(), root.join(file).display().to_string()]);
            options.extend(["-P".to_owned(), (*file).to_owned()]);
        }
        options.extend(["-o".to_owned(), paths.last_resort.join("calls").display().to_string()]);
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        let ran = scene.run(traced(&scene.apply(), &options));
        let _ = fs::remove_file(paths.last_resort.join("calls"));
        let was_killed = ran.code != Some(0);
        let converged = scene.check().and_then(|()| scene.converge());
        converged.unwrap_or_else(|why| panic!("{story:?}, killed at {call} {number}: {why}"));
        if !was_killed {
            return number - 1;
        }
    }
    most
}

async fn killed_at_every_call(most: usize) {
    if !has_strace() {
        eprintln!("SKIPPED: strace is not here, so nothing was killed at a system call");
        return;
    }
    for story in [Story::First, Story::Recovery] {
        for call in WRITE_PATH {
            let kills = killed_at_each(story, call, most).await;
            println!("{story:?}: killed at {call}: {kills} times");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_the_first_calls_of_each_kind() {
    killed_at_every_call(3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes: every system call of the write path"]
async fn killed_at_every_system_call() {
    killed_at_every_call(1_000).await;
}
