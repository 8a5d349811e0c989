//! What a stranger puts into a repository in the place of files: links that lead out of it, pipes, sockets, devices. Nothing
//! outside is read or written because of them, and no command waits for them.

mod attributes;
mod states;
mod writers;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{FileTypeExt, MetadataExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tempfile::TempDir;

use crate::common::command::{Ran, command};
use crate::common::site::{CLEAN, keyed, write_file};

/// Stands in everything outside of the repository, and is never to be seen.
const CANARY: &str = "CANARY";

/// What takes longer waits for something that never comes.
const FOREVER: Duration = Duration::from_secs(120);

/// A repository with a project, and a folder outside.
struct Site {
    folder: TempDir,
    before: BTreeMap<PathBuf, String>,
}

impl Site {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let body = format!(r#"{{"name": "{CANARY}", "scenarioId": "228cc4fa-92f2-4709-94e3-7344a96a5903"}}"#);
        let ugly = format!(
            "campaign  \"{}\" {{\n  name \"{CANARY}\"\n  pace \"0/s\"\n}}\n",
            CANARY.to_lowercase()
        );
        for (path, text) in [
            ("outside/x.kdl", ugly.as_str()),
            ("outside/deep/y.kdl", &ugly),
            (
                "outside/dialform.kdl",
                &format!("project {{\n  timezone \"{CANARY}\"\n}}\n"),
            ),
            ("outside/campaigns/first.kdl", &ugly),
            ("outside/secret.env", &format!("TOKEN={CANARY}")),
            ("outside/body.json", &body),
            ("outside/sandbox-tasks.jsonl", CANARY),
            ("repo/.git/HEAD", "ref: refs/heads/main"),
            ("repo/dialform.kdl", ""),
            ("repo/campaigns/good.kdl", CLEAN),
            ("repo/shared/team/b.kdl", &keyed("b")),
        ] {
            write_file(&root, path, text);
        }
        let before = state_of(&root.join("outside"));
        Self { folder, before }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join("repo").join(path)
    }

    /// Puts something in the place of a path of the repository; says whether it could be.
    fn put(&self, path: &str, what: &Thing) -> bool {
        let place = self.path(path);
        // What was put before may be a link that leads out: nothing is put there.
        let above = place.ancestors().skip(1).find(|above| above.exists());
        if !above.is_some_and(|above| above.canonicalize().unwrap().starts_with(self.path(""))) {
            return false;
        }
        let made = fs::create_dir_all(place.parent().unwrap());
        if made.is_err() || place.symlink_metadata().is_ok_and(|known| known.is_dir()) {
            return false;
        }
        let _ = fs::remove_file(&place);
        match what {
            Thing::Outside(target) => symlink(
                self.folder.path().canonicalize().unwrap().join("outside").join(target),
                place,
            ),
            Thing::Link(target) => symlink(target, place),
            Thing::Pipe => {
                assert!(Command::new("mkfifo").arg(&place).status().unwrap().success());
                Ok(())
            }
            // Its name stays when nobody listens any more.
            Thing::Socket => match place.as_os_str().len() < 100 {
                true => UnixListener::bind(place).map(drop),
                false => Ok(()),
            },
        }
        .is_ok()
    }

    /// Runs a command in the repository, and looks at what must not have happened.
    fn run(&self, arguments: &[&str]) -> Ran {
        let ran = bounded(command(&self.path("")).args(arguments));
        assert!(
            !ran.stdout.contains(CANARY) && !ran.stderr.contains(CANARY),
            "{arguments:?}: {ran:?}"
        );
        assert!(!ran.stderr.contains("panicked"), "{arguments:?}: {ran:?}");
        assert_eq!(
            state_of(&self.folder.path().join("outside")),
            self.before,
            "{arguments:?}: {ran:?}"
        );
        ran
    }

    fn lint(&self, arguments: &[&str]) -> Ran {
        self.run(&[&["lint", "--output-format", "concise"], arguments].concat())
    }
}

/// Something that is no file.
#[derive(Clone, Debug)]
enum Thing {
    /// A link to a path outside.
    Outside(&'static str),
    /// A link to this very path.
    Link(&'static str),
    Pipe,
    Socket,
}

/// Waits for a command, and fails where it does not end.
fn bounded(command: &mut Command) -> Ran {
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let id = child.id().to_string();
    let (sender, receiver) = channel();
    thread::spawn(move || sender.send(child.wait_with_output()));
    match receiver.recv_timeout(FOREVER) {
        Ok(output) => output.unwrap().into(),
        Err(_) => {
            let _ = Command::new("kill").args(["-9", &id]).status();
            panic!("it waits for something: {command:?}");
        }
    }
}

/// Everything in a folder: names, kinds, permissions, content, and when it was changed.
fn state_of(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(path) = waiting.pop() {
        let known = path.symlink_metadata().unwrap();
        let mut words = format!("{:o} {:?}", known.mode(), known.modified().unwrap());
        if known.is_file() {
            words.push_str(&String::from_utf8_lossy(&fs::read(&path).unwrap()));
        } else if known.is_dir() {
            waiting.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        }
        found.insert(path, words);
    }
    found
}

/// The codes of a report, each with its file.
fn codes(ran: &Ran) -> Vec<String> {
    let code = |line: &str| {
        let (file, rest) = line.split_once(":1:1: error[")?;
        Some(format!("{file} {}", rest.split_once(']')?.0))
    };
    ran.stdout.lines().filter_map(code).collect()
}

#[test]
fn what_is_no_file_of_the_repository_is_a_finding() {
    use Thing::{Link, Outside, Pipe, Socket};
    for (path, what, code) in [
        ("campaigns/a.kdl", Outside("secret.env"), "DF126"),
        ("campaigns/a.kdl", Outside("x.kdl"), "DF126"),
        ("campaigns/a.kdl", Link("../../outside/x.kdl"), "DF126"),
        ("campaigns/a.kdl", Link("/dev/zero"), "DF126"),
        ("campaigns/a.kdl", Link("/dev/stdin"), "DF126"),
        ("campaigns/a.kdl", Link("/proc/self/fd/0"), "DF126"),
        ("campaigns/a.kdl", Link("/proc/self/environ"), "DF126"),
        ("campaigns/a.kdl", Link("a.kdl"), "DF092"),
        ("campaigns/a.kdl", Link("nowhere"), "DF092"),
        ("campaigns/a.kdl", Pipe, "DF092"),
        ("campaigns/a.kdl", Socket, "DF092"),
        ("dialform.kdl", Outside("dialform.kdl"), "DF126"),
        ("dialform.kdl", Pipe, "DF092"),
        ("dialform.kdl", Socket, "DF092"),
        ("dialform.kdl", Link("/dev/zero"), "DF126"),
        ("dialform.kdl", Link("nowhere"), "DF092"),
        ("team/dialform.kdl", Outside("dialform.kdl"), "DF126"),
        ("team/dialform.kdl", Pipe, "DF092"),
        ("campaigns/sub", Outside(""), "DF126"),
        ("campaigns/sub", Link("/"), "DF126"),
        ("campaigns/sub", Link("sub"), "DF092"),
    ] {
        let site = Site::new();
        assert!(site.put(path, &what));
        let expected = format!("{path} {code}");
        for arguments in [&[][..], &["."], &[path], &["--fix"]] {
            let ran = site.lint(arguments);
            assert_eq!(ran.code, Some(1), "{what:?} {arguments:?}: {ran:?}");
            assert_eq!(codes(&ran), [expected.as_str()], "{what:?} {arguments:?}: {ran:?}");
        }
        for arguments in [&["fmt"][..], &["fmt", "--check"]] {
            let ran = site.run(arguments);
            assert_eq!(ran.code, Some(2), "{what:?} {arguments:?}: {ran:?}");
            assert!(
                ran.stderr.contains(&format!("error: {path}: it cannot be read: ")),
                "{what:?}: {ran:?}"
            );
        }
    }
}

/// A path by a link that leads out is refused at the link, however much of it is named.
#[test]
fn a_name_that_goes_by_a_link_out_is_refused_at_the_link() {
    let site = Site::new();
    site.put("campaigns/sub", &Thing::Outside(""));
    for named in [
        "campaigns/sub",
        "campaigns/sub/x.kdl",
        "campaigns/sub/deep",
        "campaigns/sub/../x.kdl",
    ] {
        let ran = site.lint(&[named]);
        if ran.code != Some(2) {
            assert_eq!(codes(&ran), ["campaigns/sub DF126"], "{named}: {ran:?}");
        }
    }
    let ran = site.run(&["lint", "-", "--stdin-filename", "campaigns/sub/x.kdl"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("leads out of the repository"), "{ran:?}");
}

#[test]
fn a_pattern_that_leads_out_is_a_finding_at_the_pattern() {
    for (pattern, found) in [
        ("../outside/*.kdl", "dialform.kdl:1:21: error[DF126]"),
        ("campaigns/../../outside/*.kdl", "dialform.kdl:1:21: error[DF126]"),
        ("../../../../../../../../etc/*", "dialform.kdl:1:21: error[DF126]"),
        ("/etc/*.kdl", "dialform.kdl:1:21: error[DF124]"),
        ("*/../../outside/*.kdl", "dialform.kdl:1:21: error[DF124]"),
        ("../repo/campaigns/*.kdl", ""),
        ("campaigns/../shared/**/*.kdl", ""),
    ] {
        let site = Site::new();
        fs::write(
            site.path("dialform.kdl"),
            format!("project {{ campaigns \"{pattern}\" }}\n"),
        )
        .unwrap();
        let ran = site.lint(&[]);
        assert!(ran.stdout.starts_with(found), "{pattern}: {ran:?}");
        assert_eq!(ran.code, Some(i32::from(!found.is_empty())), "{pattern}: {ran:?}");
        // What is turned down is not read all the same, and plan stops at it.
        if found.contains("DF126") {
            let text = format!("project {{ campaigns \"{pattern}\"\n lint {{ allow \"outside-repository\" }} }}\n");
            fs::write(site.path("dialform.kdl"), text).unwrap();
            assert_eq!(site.run(&["plan", "--sandbox"]).code, Some(1), "{pattern}");
        }
    }
}

/// Inside of the repository a project takes what it wants.
#[test]
fn links_and_patterns_inside_of_the_repository_work() {
    let site = Site::new();
    site.put("campaigns/team", &Thing::Link("../shared/team"));
    site.put("campaigns/again.kdl", &Thing::Link("good.kdl"));
    site.put("campaigns/up", &Thing::Link(".."));
    let ran = site.run(&["render"]);
    assert!(ran.stdout.contains("\"A\""), "{ran:?}");
    let ran = site.lint(&["-v"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""), "{ran:?}");
    assert!(
        ran.stderr.contains("campaigns/team/b.kdl") && !ran.stderr.contains("again.kdl"),
        "{ran:?}"
    );
    // A worktree's `.git` is a file, and a nested project is as free as the repository.
    fs::remove_dir_all(site.path(".git")).unwrap();
    fs::write(site.path(".git"), "gitdir: elsewhere").unwrap();
    fs::create_dir_all(site.path("nested/campaigns")).unwrap();
    fs::write(
        site.path("nested/dialform.kdl"),
        "project {\n campaigns \"campaigns/**/*.kdl\"\n campaigns \"../shared/*/*.kdl\"\n}",
    )
    .unwrap();
    site.put("nested/campaigns/a.kdl", &Thing::Link("../../campaigns/good.kdl"));
    let ran = site.lint(&["nested"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""), "{ran:?}");
    // Without a repository, the project's folder is where links end.
    fs::remove_file(site.path(".git")).unwrap();
    let ran = site.lint(&["nested"]);
    assert!(ran.stdout.contains("leads out of the project's folder"), "{ran:?}");
    assert!(ran.stdout.contains("`../shared/*/*.kdl` leads out"), "{ran:?}");
}

/// What a shell hands over as a pipe is read; `mkfifo`'s is not.
#[test]
fn pipes_that_are_open_already_are_read() {
    let site = Site::new();
    let shell = |line: &str| {
        let mut shell = Command::new("bash");
        shell
            .args(["-c", line, env!("CARGO_BIN_EXE_dialform")])
            .current_dir(site.path(""));
        bounded(&mut shell)
    };
    let ran = shell("\"$0\" lint <(sed s,3/s,0/s, campaigns/good.kdl)");
    assert!(ran.code == Some(1) && ran.stdout.contains("error[DF114]"), "{ran:?}");
    let ran = shell("sed s,3/s,0/s, campaigns/good.kdl | \"$0\" lint /dev/stdin");
    assert!(ran.code == Some(1) && ran.stdout.contains("error[DF114]"), "{ran:?}");
    let ran = shell("\"$0\" lint /dev/stdin < campaigns/good.kdl");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let ran = shell("\"$0\" lint --baseline <(echo \"{}\")");
    assert!(ran.stderr.contains("it is not a baseline"), "{ran:?}");
}

/// Two links a folder lead to 2^40 paths.
#[test]
fn a_folder_is_entered_once_however_many_links_lead_to_it() {
    let site = Site::new();
    for depth in 0..40 {
        for name in ["l", "m"] {
            let link = format!("d/{depth}/{name}");
            fs::create_dir_all(site.path(&format!("d/{depth}"))).unwrap();
            symlink(format!("../{}", depth + 1), site.path(&link)).unwrap();
        }
    }
    fs::create_dir_all(site.path("d/40")).unwrap();
    fs::write(site.path("d/40/x.kdl"), keyed("deep")).unwrap();
    site.put("campaigns/in", &Thing::Link("../d/0"));
    let ran = site.lint(&["-v"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""), "{ran:?}");
    assert_eq!(ran.stderr.matches("/x.kdl").count(), 1, "{ran:?}");
    // Every folder has links to every folder.
    for from in 0..30 {
        for to in 0..30 {
            fs::create_dir_all(site.path(&format!("campaigns/n/{from}"))).unwrap();
            symlink(format!("../{to}"), site.path(&format!("campaigns/n/{from}/to-{to}"))).unwrap();
        }
    }
    assert_eq!(site.lint(&[]).code, Some(0));
}

fn thing() -> impl Strategy<Value = Thing> {
    prop_oneof![
        proptest::sample::select(vec![
            "",
            "x.kdl",
            "secret.env",
            "dialform.kdl",
            "deep",
            "sandbox-tasks.jsonl",
            "new",
            "body.json"
        ])
        .prop_map(Thing::Outside),
        proptest::sample::select(vec![
            "..",
            ".",
            "/",
            "/dev/zero",
            "/dev/null",
            "/dev/tty",
            "/proc/self/fd/0",
            "nowhere",
            "good.kdl",
            "../shared",
            "../campaigns",
            "../../outside",
            "../../../outside/x.kdl",
            "a.kdl",
            "team",
            "/proc/self/root",
            "/proc/self/cwd",
        ])
        .prop_map(Thing::Link),
        Just(Thing::Pipe),
        Just(Thing::Socket),
    ]
}

/// All paths that some command reads or writes by itself or is told to below.
const PLACES: [&str; 28] = [
    "dialform.kdl",
    "campaigns/a.kdl",
    "campaigns/team",
    "campaigns/team/b.kdl",
    "campaigns/new.kdl",
    "team",
    "team/dialform.kdl",
    "shared/team/a.kdl",
    "shared/link",
    "report.sarif",
    "reports",
    "reports/r.json",
    "baseline.json",
    "plan.bin",
    "plans",
    "body.json",
    "imported",
    "imported/a.kdl",
    ".dialform",
    ".dialform/sandbox",
    ".dialform/sandbox/sandbox-tasks.jsonl",
    ".dialform/sandbox/sandbox.lock",
    ".dialform/sandbox.state.json",
    ".dialform/sandbox.state.lock",
    "fresh/campaigns",
    "fresh/.gitignore",
    "pages/dialform.1",
    "schemas/plan.json",
];

/// Everything that reads or writes files, but for what runs until it is stopped.
const COMMANDS: [&[&str]; 26] = [
    &["lint"],
    &["lint", "--fix", "--unsafe-fixes"],
    &["lint", "--diff"],
    &["lint", "campaigns/a.kdl", "team", "shared/link"],
    &["lint", "--fix", "campaigns/a.kdl", "campaigns/team/b.kdl"],
    &[
        "lint",
        "--output-format",
        "sarif=report.sarif",
        "--output-format",
        "json=reports/r.json",
    ],
    &["lint", "--output-file", "report.sarif"],
    &["lint", "--baseline", "baseline.json"],
    &["lint", "--write-baseline", "baseline.json"],
    &["lint", "--baseline", "baseline.json", "--write-baseline"],
    &["fmt", "--diff"],
    &["fmt"],
    &["fmt", "campaigns/a.kdl", "campaigns/team/b.kdl"],
    &["render"],
    &["plan", "--sandbox"],
    &["plan", "--sandbox", "--out", "plan.bin"],
    &["plan", "--sandbox", "--out", "plans/plan.bin"],
    &["apply", "--sandbox", "--auto-approve"],
    &["apply", "--sandbox", "plan.bin"],
    &["doctor", "--sandbox"],
    &["state", "list", "--sandbox"],
    &["import", "body.json", "--write", "imported"],
    &["import", "baseline.json"],
    &["init", "fresh"],
    &["schema", "--write", "schemas"],
    &["man", "--out", "pages"],
];

/// Any of these things in any places: nothing outside is seen or changed by any command, and each ends.
#[test]
fn nothing_outside_is_seen_or_changed_by_any_command() {
    let config = Config {
        cases: 12,
        failure_persistence: None,
        ..Config::default()
    };
    let places = proptest::collection::vec((proptest::sample::select(PLACES.to_vec()), thing()), 1..8);
    let commands = proptest::sample::subsequence(COMMANDS.to_vec(), 6);
    let mut runner = TestRunner::new(config);
    let ran = runner.run(&(places, commands), |(places, commands)| {
        let site = Site::new();
        for (path, what) in &places {
            site.put(path, what);
        }
        for arguments in commands {
            let ran = site.run(arguments);
            prop_assert!(ran.code.is_some_and(|code| code < 4), "{:?}: {:?}", arguments, ran);
        }
        Ok(())
    });
    ran.unwrap();
}

/// Each thing in each place that a command is told to write to, one by one.
#[test]
fn nothing_is_written_by_a_link_that_leads_out() {
    for path in PLACES {
        for what in [Thing::Outside("new"), Thing::Outside("secret.env"), Thing::Outside("")] {
            let site = Site::new();
            if !site.put(path, &what) {
                continue;
            }
            for arguments in COMMANDS {
                let first = path.split('/').next().unwrap();
                let is_about_it = arguments.iter().any(|argument| argument.contains(first));
                let is_sandbox = first == ".dialform" && arguments[0] == "apply";
                let is_project =
                    matches!(first, "campaigns" | "dialform.kdl" | "shared" | "team") && arguments.len() < 2;
                if is_about_it || is_sandbox || is_project {
                    site.run(arguments);
                }
            }
            let place = site.path(path);
            let kind = place.symlink_metadata().map(|known| known.file_type());
            assert!(kind.is_ok_and(|kind| !kind.is_fifo()), "{path}");
        }
    }
}
