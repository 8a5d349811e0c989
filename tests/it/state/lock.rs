//! One writer at a time, and readers that never wait.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use dialform::state::{Holder, Record, StateError, StatePaths, StateWriter, load};

use super::site::{Site, at, binding, id, intent};

const CHILD: &str = "DIALFORM_TEST_LOCK";

#[test]
fn a_second_writer_is_told_who_the_first_is() {
    let site = Site::new();
    let first = site.open().unwrap();
    let error = site.open().unwrap_err();
    let StateError::Locked {
        holder: Some(holder), ..
    } = &error
    else {
        panic!("{error}")
    };
    assert_eq!(**holder, Holder::here("dialform apply", at(0)));
    for word in [
        std::process::id().to_string(),
        holder.host.clone(),
        holder.user.clone(),
        at(0).to_string(),
    ] {
        assert!(error.to_string().contains(&word), "{error}");
    }
    drop(first);
    site.open().unwrap();
    assert_eq!(site.files(), ["dialform.state.lock"]);
}

#[test]
fn a_writer_that_waits_gets_its_turn() {
    let site = Site::new();
    let mut first = site.open().unwrap();
    first.append(Record::Intent(intent("spring", 1))).unwrap();
    let paths = site.paths.clone();
    let second = thread::spawn(move || {
        let me = Holder::here("dialform apply", at(1));
        StateWriter::open(&paths, &binding(), &me, Duration::from_secs(60)).map(|store| store.state().last_sequence)
    });
    first.append(Record::Withdrawn { intent: id(1) }).unwrap();
    drop(first);
    assert_eq!(second.join().unwrap().unwrap(), 2);
}

#[test]
fn a_reader_neither_waits_for_a_writer_nor_trips_over_its_commits() {
    let site = Site::new();
    site.run([Record::Intent(intent("spring", 1))]);
    let done = Arc::new(AtomicBool::new(false));
    let (paths, ended) = (site.paths.clone(), Arc::clone(&done));
    let writer = thread::spawn(move || {
        let me = Holder::here("dialform apply", at(1));
        let mut store = StateWriter::open(&paths, &binding(), &me, Duration::ZERO).unwrap();
        for _ in 0..60 {
            store
                .append(Record::NotSent {
                    intent: id(1),
                    nothing_left: true,
                })
                .unwrap();
            store.commit().unwrap();
        }
        ended.store(true, Ordering::Release);
    });
    let mut last = 0;
    while !done.load(Ordering::Acquire) {
        let head = load(&site.paths, Some(&binding())).unwrap().head;
        assert!(head.sequence >= last, "went back from {last} to {}", head.sequence);
        last = head.sequence;
    }
    writer.join().unwrap();
    assert_eq!(site.state().serial, 61);
}

#[test]
fn a_killed_writer_s_lock_ends_with_it() {
    let site = Site::new();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "state::lock::hold_the_lock", "--ignored", "--nocapture"])
        .env(CHILD, &site.paths.snapshot)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.map_while(Result::ok).any(|line| line.contains("lock held")));

    let error = site.open().unwrap_err();
    let StateError::Locked {
        holder: Some(holder), ..
    } = &error
    else {
        panic!("{error}")
    };
    assert_eq!(holder.pid, child.id());
    child.kill().unwrap();
    child.wait().unwrap();
    let store = site.open().unwrap();
    assert_eq!(store.state().intents.len(), 1);
}

#[test]
#[ignore = "the other process of `a_killed_writer_s_lock_ends_with_it`, which starts it"]
fn hold_the_lock() {
    let Ok(snapshot) = std::env::var(CHILD) else { return };
    let paths = StatePaths::new(Path::new(&snapshot));
    let me = Holder::here("dialform apply", at(0));
    let mut store = StateWriter::open(&paths, &binding(), &me, Duration::ZERO).unwrap();
    store.append(Record::Intent(intent("spring", 1))).unwrap();
    println!("lock held");
    // Until the parent kills this process, or ends itself.
    let _ = std::io::stdin().lines().next();
}
