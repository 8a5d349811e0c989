//! `dialform watch`: a run at once, and one for each change that matters.

mod events;
#[cfg(unix)]
mod places;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::background::Background;
use crate::common::command::{command, dialform};
use crate::common::site::write_file;

const BEGIN: &str = "dialform: checking...";
const END: &str = ". Watching for changes.";

fn campaign(key: &str, pace: &str) -> String {
    format!(
        "campaign \"{key}\" {{\n    name \"{key}\"\n    scenario \"228cc4fa-92f2-4709-94e3-7344a96a5903\"\n    \
         on-transfer \"end\"\n    caller-id \"default\"\n    start \"manual\"\n    pace \"{pace}\"\n    \
         effective-after \"12s\"\n    record #false\n    redial #false\n}}\n"
    )
}

/// A project with one good campaign, and a watch on it.
struct Bench {
    watch: Background,
    root: PathBuf,
    _folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        Self::watching(|_| Vec::new())
    }

    fn watching(paths: impl Fn(&Path) -> Vec<PathBuf>) -> Self {
        let project = ("dialform.kdl", "project { timezone \"Europe/Moscow\" }\n");
        Self::with(&[project, ("campaigns/one.kdl", &campaign("one", "1/s"))], paths)
    }

    fn with(files: &[(&str, &str)], paths: impl Fn(&Path) -> Vec<PathBuf>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("project");
        // Whatever lies above the folder for such things is none of this project.
        fs::create_dir_all(root.join(".git")).unwrap();
        for (path, text) in files {
            write_file(&root, path, text);
            // As of old: what was changed just now is read again to be on the safe side.
            let file = fs::File::options().append(true).open(root.join(path)).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_secs(3600))
                .unwrap();
        }
        let watch = Background::start(command(&root).arg("watch").args(paths(&root)));
        let bench = Self {
            watch,
            root,
            _folder: folder,
        };
        assert_eq!(bench.next(), [BEGIN, "dialform: no findings. Watching for changes."]);
        bench
    }

    fn write(&self, path: &str, text: &str) {
        write_file(&self.root, path, text);
    }

    /// The lines of the next run.
    #[track_caller]
    fn next(&self) -> Vec<String> {
        let lines = self.watch.read_until(|line| line.ends_with(END));
        assert_eq!(lines[0], BEGIN, "{lines:#?}");
        lines
    }

    /// Reads runs up to one with this result. A change of several steps may be seen halfway.
    #[track_caller]
    fn reaches(&self, result: &str) -> Vec<String> {
        let end = format!("dialform: {result}{END}");
        let lines = self.watch.read_until(|line| line == end);
        let last_run = lines.iter().rposition(|line| line == BEGIN).unwrap();
        lines[last_run..].to_vec()
    }
}

#[test]
fn a_file_written_anew_is_checked_anew() {
    let bench = Bench::new();
    bench.write("campaigns/one.kdl", &campaign("one", "0/s"));
    let lines = bench.reaches("1 error");
    assert_eq!(lines.len(), 3);
    assert!(lines[1].starts_with("campaigns/one.kdl:7:10: error[DF1"), "{lines:#?}");
    bench.write("campaigns/one.kdl", &campaign("one", "2/s"));
    bench.reaches("no findings");
}

/// The campaign files that are opened while something is done.
#[cfg(target_os = "linux")]
fn opened_during(folder: &Path, act: impl FnOnce()) -> BTreeSet<String> {
    use notify::{RecursiveMode, Watcher};

    let (sender, events) = std::sync::mpsc::channel();
    let mut watcher = notify::recommended_watcher(sender).unwrap();
    watcher.watch(folder, RecursiveMode::Recursive).unwrap();
    act();
    fs::write(folder.join("the.end"), "").unwrap();
    let mut opened = BTreeSet::new();
    loop {
        let event = events.recv_timeout(Duration::from_secs(30)).unwrap().unwrap();
        let names = event
            .paths
            .iter()
            .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned());
        if names.clone().any(|name| name == "the.end") {
            return opened;
        }
        if matches!(
            event.kind,
            notify::EventKind::Access(notify::event::AccessKind::Open(_))
        ) {
            opened.extend(names.filter(|name| name.ends_with(".kdl")));
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn only_what_changed_is_read_again() {
    let mut files = vec![(
        "dialform.kdl".to_owned(),
        "project { timezone \"Europe/Moscow\" }\n".to_owned(),
    )];
    files.extend((0..40).map(|n| (format!("campaigns/n{n}.kdl"), campaign(&format!("n{n}"), "1/s"))));
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    let bench = Bench::with(&files, |_| Vec::new());
    let opened = opened_during(&bench.root, || {
        bench.write("campaigns/n7.kdl", &campaign("n7", "0/s"));
        bench.reaches("1 error");
    });
    assert_eq!(opened, BTreeSet::from(["n7.kdl".to_owned()]));
    // As many bytes as before: only the time tells.
    let opened = opened_during(&bench.root, || {
        bench.write("campaigns/n8.kdl", &campaign("n8", "0/s"));
        bench.reaches("2 errors");
        bench.write("campaigns/n8.kdl", &campaign("n8", "3/s"));
        bench.reaches("1 error");
    });
    // The first may have been changed again within one tick of the clock that stamps files.
    assert!(
        opened.is_subset(&BTreeSet::from(["n7.kdl".to_owned(), "n8.kdl".to_owned()])),
        "{opened:?}"
    );
}

#[test]
fn a_file_renamed_over_another_is_checked() {
    let bench = Bench::new();
    for (pace, result) in [("0/s", "1 error"), ("3/s", "no findings"), ("100/s", "1 error")] {
        bench.write("campaigns/.one.kdl.new", &campaign("one", pace));
        fs::rename(
            bench.root.join("campaigns/.one.kdl.new"),
            bench.root.join("campaigns/one.kdl"),
        )
        .unwrap();
        bench.reaches(result);
    }
}

#[test]
fn new_files_and_folders_are_seen() {
    let bench = Bench::new();
    bench.write("campaigns/two.kdl", &campaign("two", "0/s"));
    bench.reaches("1 error");
    bench.write("campaigns/deep/er/three.kdl", &campaign("three", "0/s"));
    bench.reaches("2 errors");
    bench.write("campaigns/deep/er/three.kdl", &campaign("three", "1/s"));
    bench.reaches("1 error");
    fs::remove_file(bench.root.join("campaigns/two.kdl")).unwrap();
    bench.reaches("no findings");
}

#[test]
fn what_is_deleted_may_come_back() {
    let bench = Bench::new();
    bench.write("campaigns/two.kdl", &campaign("two", "0/s"));
    bench.reaches("1 error");
    fs::remove_dir_all(bench.root.join("campaigns")).unwrap();
    bench.reaches("1 warning");
    bench.write("campaigns/two.kdl", &campaign("two", "0/s"));
    bench.reaches("1 error");
    bench.write("campaigns/two.kdl", &campaign("two", "1/s"));
    bench.reaches("no findings");
}

#[test]
fn a_folder_that_is_moved_away_and_replaced_is_watched_anew() {
    let bench = Bench::new();
    bench.write("campaigns/deep/two.kdl", &campaign("two", "0/s"));
    bench.reaches("1 error");
    fs::rename(bench.root.join("campaigns"), bench.root.join("..").join("away")).unwrap();
    bench.reaches("1 warning");
    bench.write("campaigns/deep/two.kdl", &campaign("two", "1/s"));
    bench.reaches("no findings");
    bench.write("campaigns/deep/two.kdl", &campaign("two", "0/s"));
    bench.reaches("1 error");
}

#[test]
fn the_whole_project_may_go_and_come_back() {
    let bench = Bench::new();
    fs::remove_dir_all(&bench.root).unwrap();
    bench.reaches("nothing could be checked");
    bench.write("campaigns/one.kdl", &campaign("one", "0/s"));
    bench.write("dialform.kdl", "project { timezone \"Europe/Moscow\" }\n");
    bench.reaches("1 error");
}

#[test]
fn the_project_file_says_anew_what_is_checked() {
    let bench = Bench::new();
    bench.write("more/two.kdl", &campaign("two", "0/s"));
    bench.write(
        "dialform.kdl",
        "project { timezone \"Europe/Moscow\"; campaigns \"campaigns/*.kdl\"; campaigns \"more/**/*.kdl\" }\n",
    );
    bench.reaches("1 error");
    bench.write("more/two.kdl", &campaign("two", "1/s"));
    bench.reaches("no findings");
    bench.write("more/in/three.kdl", &campaign("three", "0/s"));
    bench.reaches("1 error");
}

#[test]
fn broken_files_do_not_end_it() {
    let bench = Bench::new();
    fs::write(bench.root.join("campaigns/one.kdl"), [0xFF, 0x00]).unwrap();
    bench.reaches("1 error");
    bench.write("campaigns/one.kdl", "campaign \"one\" { name \"");
    let lines = bench.next();
    assert!(lines.iter().any(|line| line.contains("error[DF0")), "{lines:#?}");
    bench.write("dialform.kdl", "project {");
    bench.next();
    bench.write("dialform.kdl", "project { timezone \"Europe/Moscow\" }\n");
    bench.write("campaigns/one.kdl", &campaign("one", "1/s"));
    bench.reaches("no findings");
}

#[test]
fn a_burst_gives_no_run_for_each_change() {
    let bench = Bench::new();
    for n in 0..20 {
        bench.write(&format!("campaigns/n{n}.kdl"), &campaign(&format!("n{n}"), "0/s"));
    }
    let lines = bench
        .watch
        .read_until(|line| line == "dialform: 20 errors. Watching for changes.");
    // One, if nothing else keeps the machine busy.
    let runs = lines.iter().filter(|line| *line == BEGIN).count();
    assert!(runs < 5, "{runs} runs for 20 changes");
    // The silence is what is tested: checking reads files, which must not count as a change of theirs.
    assert!(bench.watch.is_silent_for(Duration::from_millis(400)));
}

#[test]
fn what_is_no_campaign_file_starts_nothing() {
    let bench = Bench::new();
    bench.write("dialform.state.json", "{}");
    bench.write("campaigns/notes.txt", "x");
    bench.write("campaigns/.one.kdl.swp", "x");
    bench.write(".dialform/cache/one.kdl", "x");
    bench.write("campaigns/one.kdl", &campaign("one", "0/s"));
    // The first run that there is comes from the last change.
    assert_eq!(bench.next().last().unwrap(), "dialform: 1 error. Watching for changes.");
    assert!(bench.watch.is_silent_for(Duration::from_millis(400)));
}

#[test]
fn only_the_named_paths_are_shown() {
    let bench = Bench::watching(|root| vec![root.join("campaigns/one.kdl")]);
    bench.write("campaigns/two.kdl", &campaign("two", "0/s"));
    bench.reaches("no findings");
    bench.write("campaigns/one.kdl", &campaign("one", "0/s"));
    bench.reaches("1 error");
    fs::remove_file(bench.root.join("campaigns/one.kdl")).unwrap();
    bench.reaches("nothing could be checked");
    bench.write("campaigns/one.kdl", &campaign("one", "1/s"));
    bench.reaches("no findings");
}

#[test]
fn files_outside_a_project_are_watched_and_may_become_one() {
    let bench = Bench::with(&[("one.kdl", &campaign("one", "1/s"))], |_| Vec::new());
    bench.write("deep/two.kdl", &campaign("two", "0/s"));
    bench.reaches("1 error");
    // None of them is among the project's campaigns, and it has no others.
    bench.write("dialform.kdl", "project { timezone \"Europe/Moscow\" }\n");
    bench.reaches("1 warning");
    // Its files are not checked each by itself: the names that others declare would be unknown.
    fs::remove_file(bench.root.join("dialform.kdl")).unwrap();
    bench.reaches("nothing could be checked");
    bench.write("dialform.kdl", "project { timezone \"Europe/Moscow\" }\n");
    bench.reaches("1 warning");
}

#[test]
fn a_name_that_is_wrong_from_the_start_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let ran = dialform(folder.path(), &["watch", "campaign"]);
    assert_eq!(ran.code, Some(2));
    let words = ran.stderr;
    assert!(words.starts_with("error: campaign does not exist"), "{words}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it_quietly() {
    let mut bench = Bench::new();
    assert_eq!(bench.watch.interrupt().code(), Some(0));
}
