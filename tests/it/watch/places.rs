//! `dialform watch`: no place from which a change can come goes unwatched.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::{Bench, campaign};
use crate::background::Background;
use crate::common::command::{command, dialform};
use crate::common::site::write_file;

const PROJECT: &str = "project { timezone \"Europe/Moscow\" }\n";

/// Reads the runs of a watch up to one with this result.
#[track_caller]
fn reach(watch: &Background, result: &str) {
    let end = format!("dialform: {result}. Watching for changes.");
    watch.read_until(|line| line == end);
}

#[test]
fn the_project_file_may_go_and_come_back_above_the_folder_where_it_was_started() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("project");
    let deep = root.join("campaigns/north/spring");
    fs::create_dir_all(root.join(".git")).unwrap();
    write_file(
        &root,
        "dialform.kdl",
        "project { timezone \"Europe/Moscow\" }\naliases { number moscow=\"9a67dee5-398e-4570-9426-fbb3f067b270\" }\n",
    );
    let text = campaign("one", "1/s").replace("\"default\"", "\"number\" id=\"moscow\"");
    write_file(&deep, "one.kdl", &text);
    let watch = Background::start(command(&deep).arg("watch"));
    reach(&watch, "no findings");
    // As a branch without it, and back.
    for _ in 0..2 {
        fs::rename(root.join("dialform.kdl"), folder.path().join("away.kdl")).unwrap();
        reach(&watch, "nothing could be checked");
        fs::rename(folder.path().join("away.kdl"), root.join("dialform.kdl")).unwrap();
        reach(&watch, "no findings");
    }
}

#[test]
fn a_project_file_may_appear_in_any_folder_above() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("project");
    fs::create_dir_all(root.join(".git")).unwrap();
    let text = campaign("one", "1/s").replace("\"default\"", "\"number\" id=\"moscow\"");
    write_file(&root, "a/b/c/one.kdl", &text);
    let watch = Background::start(command(&root).args(["watch", "a/b/c"]));
    reach(&watch, "1 error");
    for folder in ["a/b", "a", ""] {
        let file = root.join(folder).join("dialform.kdl");
        fs::write(
            &file,
            "project { timezone \"Europe/Moscow\"; campaigns \"**/*.kdl\" }\n\
             aliases { number moscow=\"9a67dee5-398e-4570-9426-fbb3f067b270\" }\n",
        )
        .unwrap();
        reach(&watch, "no findings");
        fs::remove_file(&file).unwrap();
        reach(&watch, "nothing could be checked");
    }
}

#[test]
fn the_baseline_is_watched() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let file = root.join("known/baseline.json");
    let arg = file.to_str().unwrap();
    write_file(root, "dialform.kdl", PROJECT);
    write_file(root, "campaigns/one.kdl", campaign("one", "0/s"));
    let watch = Background::start(command(root).args(["watch", "--baseline", arg]));
    reach(&watch, "nothing could be checked");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    let write = || assert_eq!(dialform(root, &["lint", "--write-baseline", arg]).code, Some(0));
    write();
    reach(&watch, "no findings");
    fs::write(&file, "").unwrap();
    reach(&watch, "nothing could be checked");
    write();
    reach(&watch, "no findings");
    fs::remove_file(&file).unwrap();
    reach(&watch, "nothing could be checked");
    write();
    reach(&watch, "no findings");
}

#[test]
fn what_a_link_leads_to_is_watched() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("project");
    fs::create_dir_all(root.join(".git")).unwrap();
    fs::create_dir_all(root.join("campaigns")).unwrap();
    write_file(&root, "dialform.kdl", PROJECT);
    write_file(&root, "lib/shared/one.kdl", campaign("one", "1/s"));
    write_file(&root, "more/folder/two.kdl", campaign("two", "1/s"));
    symlink("shared/one.kdl", root.join("lib/step.kdl")).unwrap();
    symlink("../lib/step.kdl", root.join("campaigns/one.kdl")).unwrap();
    symlink("../more/folder", root.join("campaigns/linked")).unwrap();
    let watch = Background::start(command(&root).arg("watch"));
    reach(&watch, "no findings");
    write_file(&root, "lib/shared/one.kdl", campaign("one", "0/s"));
    reach(&watch, "1 error");
    // A link on the way is pointed elsewhere.
    write_file(&root, "lib/other/one.kdl", campaign("one", "2/s"));
    fs::remove_file(root.join("lib/step.kdl")).unwrap();
    symlink("other/one.kdl", root.join("lib/step.kdl")).unwrap();
    reach(&watch, "no findings");
    write_file(&root, "lib/other/one.kdl", campaign("one", "0/s"));
    reach(&watch, "1 error");
    write_file(&root, "lib/other/one.kdl", campaign("one", "2/s"));
    reach(&watch, "no findings");
    write_file(&root, "more/folder/two.kdl", campaign("two", "0/s"));
    reach(&watch, "1 error");
    fs::remove_file(root.join("campaigns/linked")).unwrap();
    reach(&watch, "no findings");
    // A link to what is not there yet.
    symlink("../later/three.kdl", root.join("campaigns/three.kdl")).unwrap();
    reach(&watch, "1 error");
    write_file(&root, "later/three.kdl", campaign("three", "1/s"));
    reach(&watch, "no findings");
}

#[test]
fn a_config_map_is_swapped() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("project");
    let campaigns = root.join("campaigns");
    fs::create_dir_all(root.join(".git")).unwrap();
    write_file(&root, "dialform.kdl", PROJECT);
    write_file(&campaigns, "..2035_01/one.kdl", campaign("one", "1/s"));
    symlink("..2035_01", campaigns.join("..data")).unwrap();
    symlink("..data/one.kdl", campaigns.join("one.kdl")).unwrap();
    let watch = Background::start(command(&root).arg("watch"));
    reach(&watch, "no findings");
    for (version, pace, result) in [("..2035_02", "0/s", "1 error"), ("..2035_03", "2/s", "no findings")] {
        write_file(&campaigns, &format!("{version}/one.kdl"), campaign("one", pace));
        symlink(version, campaigns.join("..data_tmp")).unwrap();
        fs::rename(campaigns.join("..data_tmp"), campaigns.join("..data")).unwrap();
        reach(&watch, result);
    }
}

#[test]
fn a_link_that_was_named_may_be_pointed_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_owned();
    write_file(&place, "first/one.kdl", campaign("one", "1/s"));
    write_file(&place, "second/one.kdl", campaign("one", "0/s"));
    symlink("first", place.join("current")).unwrap();
    let watch = Background::start(command(&place).args(["watch", "current"]));
    reach(&watch, "no findings");
    symlink("second", place.join("next")).unwrap();
    fs::rename(place.join("next"), place.join("current")).unwrap();
    reach(&watch, "1 error");
    write_file(&place, "second/one.kdl", campaign("one", "2/s"));
    reach(&watch, "no findings");
}

#[test]
fn a_folder_far_above_may_go_and_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let top = folder.path().join("top");
    let root = top.join("middle/project");
    fs::create_dir_all(root.join(".git")).unwrap();
    write_file(&root, "dialform.kdl", PROJECT);
    write_file(&root, "campaigns/one.kdl", campaign("one", "1/s"));
    let watch = Background::start(command(folder.path()).arg("watch").arg(&root));
    reach(&watch, "no findings");
    fs::rename(&top, folder.path().join("away")).unwrap();
    reach(&watch, "nothing could be checked");
    write_file(
        folder.path(),
        "away/middle/project/campaigns/one.kdl",
        campaign("one", "0/s"),
    );
    fs::rename(folder.path().join("away"), &top).unwrap();
    reach(&watch, "1 error");
    write_file(&root, "campaigns/one.kdl", campaign("one", "1/s"));
    reach(&watch, "no findings");
}

#[test]
fn files_of_any_name_that_a_pattern_names_are_watched() {
    let project = "project { timezone \"Europe/Moscow\"; campaigns \"calls/*.campaign\"; campaigns \"calls/*.KDL\"; \
                   campaigns \".hidden/*.kdl\" }\n";
    let bench = Bench::with(
        &[
            ("dialform.kdl", project),
            ("calls/one.campaign", &campaign("one", "1/s")),
            ("calls/UP.KDL", &campaign("two", "1/s")),
            (".hidden/three.kdl", &campaign("three", "1/s")),
        ],
        |_| Vec::new(),
    );
    for (file, key) in [
        ("calls/one.campaign", "one"),
        ("calls/UP.KDL", "two"),
        (".hidden/three.kdl", "three"),
    ] {
        bench.write(file, &campaign(key, "0/s"));
        bench.reaches("1 error");
        bench.write(file, &campaign(key, "2/s"));
        bench.reaches("no findings");
    }
    for (file, key) in [
        ("calls/new.campaign", "four"),
        ("calls/NEW.KDL", "five"),
        (".hidden/new.kdl", "six"),
    ] {
        bench.write(file, &campaign(key, "0/s"));
        bench.reaches("1 error");
        fs::remove_file(bench.root.join(file)).unwrap();
        bench.reaches("no findings");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn after_an_overflow_of_the_events_a_folder_that_was_made_anew_is_watched() {
    let limit = fs::read_to_string("/proc/sys/fs/inotify/max_queued_events").unwrap();
    let limit: usize = limit.trim().parse().unwrap();
    if limit > 100_000 {
        println!("SKIPPED: the system keeps {limit} events, too many to make");
        return;
    }
    let bench = Bench::new();
    bench.write("campaigns/deep/two.kdl", &campaign("two", "1/s"));
    bench.reaches("no findings");
    bench.watch.signal("STOP");
    // Two files in turn, since the system joins the same event of one file.
    for n in 0..=limit {
        bench.write(&format!("campaigns/n{}.txt", n % 2), "");
    }
    fs::remove_dir_all(bench.root.join("campaigns/deep")).unwrap();
    bench.write("campaigns/deep/two.kdl", &campaign("two", "0/s"));
    bench.watch.signal("CONT");
    bench.reaches("1 error");
    bench.write("campaigns/deep/two.kdl", &campaign("two", "2/s"));
    bench.reaches("no findings");
    bench.write("campaigns/deep/two.kdl", &campaign("two", "0/s"));
    bench.reaches("1 error");
}

/// A command that runs `dialform watch` behind `unshare` with these options and a shell's words before it; nothing, and a word
/// on the output, where this system does not allow that.
#[cfg(target_os = "linux")]
#[allow(clippy::print_stdout)] // What is skipped.
fn unshared(options: &[&str], before: &str, folder: &Path) -> Option<Command> {
    let unshare = |script: &str| {
        let mut unshare = Command::new("unshare");
        unshare
            .args(options)
            .args(["sh", "-c", script, "sh"])
            .current_dir(folder);
        unshare
    };
    let tried = unshare(before).output();
    if !tried.is_ok_and(|tried| tried.status.success()) {
        println!("SKIPPED: `unshare {}` is not allowed here", options.join(" "));
        return None;
    }
    let mut command = unshare(&format!("{before}\nexec \"$@\""));
    command.arg(env!("CARGO_BIN_EXE_dialform")).arg("watch");
    Some(command)
}

#[cfg(target_os = "linux")]
#[test]
fn folders_beyond_the_limit_of_the_system_are_polled() {
    let folder = tempfile::tempdir().unwrap();
    let root = &folder.path().join("project");
    fs::create_dir_all(root.join(".git")).unwrap();
    write_file(root, "dialform.kdl", PROJECT);
    write_file(root, "campaigns/deep/one.kdl", campaign("one", "1/s"));
    // The one folder that is watched is the one around: whatever happens there, the others are polled.
    let noise = folder.path().join("noise");
    let goes_on = Arc::new(());
    let is_wanted = Arc::downgrade(&goes_on);
    let noisy = thread::spawn(move || {
        while is_wanted.strong_count() > 0 {
            fs::write(&noise, "").unwrap();
            thread::sleep(Duration::from_millis(100));
        }
    });
    for limit in [
        "echo 1 > /proc/sys/user/max_inotify_watches",
        "echo 0 > /proc/sys/user/max_inotify_instances",
    ] {
        let Some(mut command) = unshared(&["--user", "--map-root-user"], limit, root) else {
            return;
        };
        let watch = Background::start(&mut command);
        reach(&watch, "no findings");
        let warned = watch.next_error();
        assert!(
            warned.starts_with("warning: ") && warned.contains("not watched, as "),
            "{warned}"
        );
        assert!(warned.ends_with("changes there are seen every 2 seconds"), "{warned}");
        write_file(root, "campaigns/deep/one.kdl", campaign("one", "0/s"));
        reach(&watch, "1 error");
        write_file(root, "campaigns/deep/one.kdl", campaign("one", "1/s"));
        reach(&watch, "no findings");
    }
    drop(goes_on);
    noisy.join().unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn as_the_first_process_of_a_container_it_ends_when_it_is_told_to() {
    let folder = tempfile::tempdir().unwrap();
    write_file(folder.path(), "dialform.kdl", PROJECT);
    write_file(folder.path(), "campaigns/one.kdl", campaign("one", "1/s"));
    let options = ["--user", "--map-root-user", "--pid", "--fork", "--kill-child"];
    let Some(mut command) = unshared(&options, ":", folder.path()) else {
        return;
    };
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().ends_with("Watching for changes.")));
    let children = format!("/proc/{0}/task/{0}/children", child.id());
    let watching = fs::read_to_string(children).unwrap();
    let killed = Command::new("kill").args(["-TERM", watching.trim()]).status().unwrap();
    assert!(killed.success());
    assert_eq!(ended(&mut child), Some(0));
}

#[test]
fn it_ends_when_nobody_reads_it_any_more() {
    let folder = tempfile::tempdir().unwrap();
    write_file(folder.path(), "dialform.kdl", PROJECT);
    write_file(folder.path(), "campaigns/one.kdl", campaign("one", "1/s"));
    for format in ["concise", "json-lines"] {
        let mut watch = command(folder.path());
        watch
            .args(["watch", "--output-format", format])
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = watch.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(lines.next().is_some() && lines.next().is_some());
        drop(lines);
        assert_eq!(ended(&mut child), Some(0), "{format}");
    }
}

/// The exit code of a program that is about to end.
#[track_caller]
fn ended(child: &mut std::process::Child) -> Option<i32> {
    let deadline = Instant::now() + Duration::from_secs(30);
    while Instant::now() < deadline {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        std::thread::yield_now();
    }
    let _ = child.kill();
    panic!("it does not end");
}
