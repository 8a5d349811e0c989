//! The summary, `--quiet` and `--verbose`.

use std::fs;

use super::pty::{Seen, To, run, talk};
use super::{broken, clean, dialform, spring};

const TERMINAL: To = To::Terminal(100);

fn piped(folder: &std::path::Path, arguments: &[&str]) -> Seen {
    run(dialform(folder, arguments), To::Pipe, To::Pipe)
}

/// `1 error in 2 files (3 ms)` → `1 error in 2 files (TIME)`
fn timeless(line: &str) -> String {
    let Some((words, time)) = line.trim_end().rsplit_once(" (") else {
        return line.trim_end().to_owned();
    };
    let time = time.strip_suffix(')').unwrap();
    let (number, unit) = time.split_once(' ').unwrap();
    assert!(
        number.parse::<f64>().is_ok() && ["µs", "ms", "s"].contains(&unit),
        "{line}"
    );
    format!("{words} (TIME)")
}

#[test]
fn the_summary_tells_the_time_to_people_and_not_to_logs() {
    let (broken, clean) = (broken(), clean());
    let lint = |folder, out, err| run(dialform(folder, &["lint"]), out, err).err;
    assert_eq!(
        timeless(&lint(broken.path(), TERMINAL, TERMINAL)),
        "1 error in 2 files (TIME)"
    );
    assert_eq!(
        timeless(&lint(clean.path(), TERMINAL, TERMINAL)),
        "no findings in 2 files (TIME)"
    );
    assert_eq!(lint(broken.path(), To::Pipe, To::Pipe), "1 error in 2 files\n");
    assert_eq!(lint(clean.path(), To::Pipe, To::Pipe), "");
    let fmt = run(dialform(clean.path(), &["fmt"]), TERMINAL, TERMINAL).err;
    assert_eq!(timeless(&fmt), "2 files already formatted (TIME)");
    assert_eq!(piped(clean.path(), &["fmt"]).err, "2 files already formatted\n");
}

#[test]
fn quiet_leaves_the_results() {
    let (broken, clean) = (broken(), clean());
    for flag in ["-q", "--quiet"] {
        let seen = piped(broken.path(), &["lint", flag]);
        assert_eq!((seen.code, seen.err.as_str()), (Some(1), ""));
        assert!(seen.out.starts_with("campaigns/spring.kdl:7:10: error["), "{seen:?}");
        let seen = run(dialform(clean.path(), &[flag, "lint"]), TERMINAL, TERMINAL);
        assert_eq!((seen.code, seen.out.as_str(), seen.err.as_str()), (Some(0), "", ""));
    }
    let seen = piped(clean.path(), &["-q", "fmt"]);
    assert_eq!((seen.code, seen.err.as_str()), (Some(0), ""));
    let seen = piped(clean.path(), &["-q", "plan", "--sandbox"]);
    assert!(
        seen.out.ends_with("Plan: 1 to create.\n") && seen.err.is_empty(),
        "{seen:?}"
    );
    let seen = piped(clean.path(), &["-q", "state", "list", "--sandbox"]);
    assert_eq!((seen.code, seen.out.as_str(), seen.err.as_str()), (Some(0), "", ""));
}

#[test]
fn quiet_holds_for_import_and_fixes() {
    let folder = clean();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("body.json", "{\"name\": \"Autumn\"}");
    let seen = piped(folder.path(), &["-q", "import", "body.json", "--write", "campaigns"]);
    assert_eq!((seen.code, seen.out.as_str()), (Some(0), ""), "{seen:?}");
    assert!(
        seen.err.lines().all(|line| line.starts_with("warning: ")) && !seen.err.is_empty(),
        "{seen:?}"
    );
    fs::remove_file(folder.path().join("campaigns/autumn.kdl")).unwrap();
    let live = "spring-promo=48a77bd7-8762-4e0f-a277-4ef77e36c41b";
    let seen = piped(folder.path(), &["-q", "import", "--sandbox", "--live", live]);
    assert_eq!((seen.code, seen.err.as_str()), (Some(0), ""), "{seen:?}");
    // This fix is left out, since a property would be missing.
    write(
        "campaigns/spring.kdl",
        &spring().replace("record #false", "record true"),
    );
    let seen = piped(folder.path(), &["-q", "lint", "--fix"]);
    assert_eq!((seen.code, seen.err.as_str()), (Some(1), ""), "{seen:?}");
    assert!(seen.out.contains("DF010"), "{seen:?}");
}

#[test]
fn quiet_hides_no_error() {
    let folder = broken();
    let seen = piped(folder.path(), &["-q", "lint", "nothing.kdl"]);
    assert!(seen.err.starts_with("error: nothing.kdl does not exist"), "{seen:?}");
    let seen = piped(folder.path(), &["-q", "plan", "--sandbox"]);
    assert!(
        seen.err.contains("error[") && seen.err.contains("error: the project has errors"),
        "{seen:?}"
    );
    let seen = piped(folder.path(), &["-q", "fmt", "-"]);
    assert_eq!(seen.code, Some(0), "{seen:?}");
    let seen = piped(folder.path(), &["-q", "render", "--curl"]);
    assert!(seen.err.contains("error"), "{seen:?}");
}

#[test]
fn a_quiet_apply_tells_what_went_wrong_and_what_it_did() {
    let folder = clean();
    let apply = ["-q", "apply", "--sandbox", "--auto-approve"];
    let seen = piped(folder.path(), &apply);
    assert_eq!((seen.code, seen.err.as_str()), (Some(0), ""), "{seen:?}");
    assert!(seen.out.ends_with("Apply: 1 created.\n"), "{seen:?}");
    // A journal that was broken off in mid-line is told of, however quiet the run.
    let journal = folder.path().join(".dialform/sandbox.state.journal");
    let text = fs::read(&journal).unwrap();
    fs::write(&journal, [&text[..], b"{\"half"].concat()).unwrap();
    let seen = piped(folder.path(), &["-q", "plan", "--sandbox"]);
    assert!(seen.err.contains("is unfinished and was left out"), "{seen:?}");
    let seen = piped(folder.path(), &["-q", "apply", "--sandbox"]);
    assert_eq!(seen.code, Some(0), "nothing is left to do: {seen:?}");
    fs::write(
        folder.path().join("campaigns/spring.kdl"),
        spring().replace("3/s", "4/s"),
    )
    .unwrap();
    let seen = piped(
        folder.path(),
        &["-q", "apply", "--sandbox", "--replace", "spring-promo"],
    );
    assert_eq!(seen.code, Some(1));
    assert!(seen.err.contains("there is no terminal to ask"), "{seen:?}");
}

#[test]
fn verbose_says_what_is_used() {
    let folder = clean();
    fs::write(folder.path().join("body.json"), "{\"name\": \"Autumn\"}").unwrap();
    for (arguments, words) in [
        (
            &["-v", "lint"][..],
            &[
                "project in the working folder: 2 files",
                "campaigns/spring.kdl",
                "read and checked in",
            ][..],
        ),
        (
            &["fmt", "-v"],
            &["project in the working folder: 2 files", "2 files already formatted ("],
        ),
        (&["render", "--verbose"], &["read and checked in"]),
        (
            &["-v", "import", "body.json"],
            &["body.json: 1 body", "project in the working folder: 2 files"],
        ),
        (
            &["-v", "plan", "--sandbox"],
            &[
                "state: .dialform/sandbox.state.json, which is not there yet",
                "API: sandbox, dialect classic",
            ],
        ),
        (&["-v", "plan", "--state", "elsewhere.json"], &["state: elsewhere.json"]),
        (
            &["-v", "state", "list", "--sandbox"],
            &["state: .dialform/sandbox.state.json"],
        ),
        (
            &["-v", "apply", "--sandbox", "--auto-approve"],
            &["state: ", "created spring-promo", "note: this is the sandbox"],
        ),
        (&["-v", "doctor", "--sandbox"], &["state: .dialform/sandbox.state.json"]),
    ] {
        let seen = piped(folder.path(), arguments);
        for words in words {
            assert!(seen.err.contains(words), "{arguments:?} {words:?} {}", seen.err);
        }
    }
    let quietly = piped(folder.path(), &["lint"]);
    let loudly = piped(folder.path(), &["lint", "-v", "--output-format", "json"]);
    assert!(
        quietly.err.is_empty() && loudly.out.starts_with('{'),
        "results stay apart: {loudly:?}"
    );
}

#[test]
fn a_quiet_apply_still_asks() {
    for (typed, code, words) in [("n\n", 1, "nothing was done"), ("y\n", 0, "Apply: 1 created.")] {
        let folder = clean();
        let mut command = dialform(folder.path(), &["-q", "apply", "--sandbox"]);
        command.env("TERM", "dumb");
        let (ended, shown) = talk(command, typed);
        assert_eq!(ended, Some(code), "{shown}");
        assert!(
            shown.contains("+ create spring-promo") && shown.contains("Carry this out? [y/N] "),
            "{shown}"
        );
        assert!(shown.contains(words), "{shown}");
    }
}

#[test]
fn the_version_with_verbose_says_the_commit_wherever_the_flag_stands() {
    let folder = clean();
    let version = format!("dialform {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(piped(folder.path(), &["--version"]).out, version);
    for arguments in [&["--version", "-v"][..], &["--verbose", "-V"], &["-vV"], &["-Vv"]] {
        let out = piped(folder.path(), arguments).out;
        let commit = out.strip_prefix(&version);
        assert!(
            commit.is_some_and(|line| line.starts_with("commit ")),
            "{arguments:?}: {out}"
        );
    }
}
