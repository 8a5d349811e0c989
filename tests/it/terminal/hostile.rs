//! Names, texts and answers that were made to do something where they are printed: in no command and no format do they, be
//! it in a pipe, as in the log of a CI job, or on a terminal.

mod running;

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use dialform::state::{Holder, How, Intent, Record, Stage, StatePaths, StateWriter, Task};
use dialform::wire::PackedBody;

use super::pty::{Seen, To, run, talk};
use crate::api::server::{Server, json};
use crate::background::Background;
use crate::common::project::{Project, binding};
use crate::state::site::{at, id, intent, task};

/// What a text must not be able to do: to act on a terminal, to begin a line, to command a runner, to look like another.
fn hidden() -> Vec<char> {
    let mut hidden: Vec<char> = ('\u{1}'..='\u{1f}').chain('\u{7f}'..='\u{9f}').collect();
    hidden.extend("\u{ad}\u{34f}\u{61c}\u{115f}\u{1160}\u{17b4}\u{17b5}\u{180e}\u{3164}\u{feff}\u{ffa0}".chars());
    hidden.extend(
        ('\u{200b}'..='\u{200f}')
            .chain('\u{2028}'..='\u{202e}')
            .chain('\u{2060}'..='\u{206f}'),
    );
    hidden.extend("\u{fe00}\u{fe0e}\u{fe0f}\u{fff9}\u{fffa}\u{fffb}\u{e0001}\u{e0041}\u{e007f}\u{e0100}".chars());
    hidden
}

/// What begins a command of a CI system, or a sequence that a terminal obeys.
const COMMANDS: [&str; 8] = [
    "\n::stop-commands::t1\n",
    "\r\n \t\u{3000}::add-mask::t2\r",
    "##[set-env name=a]b",
    "##vso[task.setvariable variable=a]b\n##teamcity[a]",
    "\u{1b}[2K\u{1b}[1A\u{1b}[8m\u{9b}8m\u{90}q\u{9c}",
    "\u{1b}]8;;http:\u{1b}\\a\u{1b}]8;;\u{1b}\\\u{1b}]0;b\u{7}",
    "section_start:1:a\r\u{1b}[0K",
    "a\nPlan: 0 to create.\n\u{8}\u{8}b",
];

/// Texts of all of them, short enough for names of files.
fn texts() -> Vec<String> {
    let pieces = hidden()
        .into_iter()
        .map(String::from)
        .chain(COMMANDS.map(str::to_owned));
    let mut texts = vec![String::new()];
    for piece in pieces {
        if texts.last().unwrap().len() + piece.len() > 200 {
            texts.push(String::new());
        }
        let text = texts.last_mut().unwrap();
        text.push_str(&piece);
        text.push('x');
    }
    // At the very beginning.
    texts.push("::stop-commands::t3".to_owned());
    texts.push("\n##[error]a".to_owned());
    texts
}

/// A text as KDL writes it where nothing of it may stand there as it is.
fn kdl(text: &str) -> String {
    let escape = |c: char| match c {
        c if c.is_ascii_alphanumeric() => c.to_string(),
        c => c.escape_unicode().to_string(),
    };
    format!("\"{}\"", text.chars().map(escape).collect::<String>())
}

/// Whether a line is one of our annotations.
fn is_annotation(line: &str) -> bool {
    let names = ["::error file=", "::warning file=", "::notice file="];
    names.iter().any(|name| line.starts_with(name)) && line[2..].contains("::")
}

/// Without our own styles and links, which are the only sequences that there may be.
fn unstyled(shown: &str) -> String {
    let mut out = String::new();
    let mut rest = shown;
    while let Some(at) = rest.find('\u{1b}') {
        out.push_str(&rest[..at]);
        let sequence = &rest[at + 1..];
        let length = if let Some(style) = sequence.strip_prefix('[') {
            let end = style.find(|c: char| !c.is_ascii_digit() && c != ';').unwrap();
            assert!(
                style[end..].starts_with('m') && &style[..end] != "8",
                "{:?}",
                &rest[at..]
            );
            end + 2
        } else {
            let link = sequence
                .strip_prefix("]8;;")
                .unwrap_or_else(|| panic!("{:?}", &rest[at..]));
            let end = link.find("\u{1b}\\").unwrap();
            let is_ours = end == 0 || (link.starts_with("file://") && link[..end].is_ascii());
            assert!(is_ours, "{:?}", &rest[at..]);
            end + 6
        };
        rest = &sequence[length..];
    }
    out + rest
}

#[track_caller]
fn harmless(what: &str, shown: &str, to: To) {
    assert!(to != To::Pipe || !shown.contains('\u{1b}'), "{what}: {shown:?}");
    let plain = unstyled(shown);
    let hidden = hidden();
    for line in plain.split('\n') {
        // A diff of harmless lines is a patch: they keep their tabs and their ends.
        let line = match what.contains("--diff") {
            true => line.strip_suffix('\r').unwrap_or(line).replace('\t', " "),
            false => line.to_owned(),
        };
        let bad = line
            .chars()
            .find(|c| !matches!(c, ' '..='~') && (c.is_control() || hidden.contains(c)));
        assert_eq!(bad, None, "{what}: {line:?}");
        let is_command = line.trim().starts_with("::") && !(what.contains("github") && is_annotation(&line));
        assert!(!is_command, "{what}: {line:?}");
        for opening in ["##[", "##vso[", "##teamcity["] {
            assert!(!line.contains(opening), "{what}: {line:?}");
        }
        assert!(line.trim_end() != "Plan: 0 to create.", "{what}: {plain}");
    }
}

/// The program in a project, as a CI job runs it.
fn program(root: &Path, arguments: &[OsString]) -> Command {
    let mut command = super::dialform(root, &[]);
    command.args(arguments);
    command
}

/// Runs it with both streams in pipes, then with both on terminals; gives what the pipes got.
#[track_caller]
fn both(root: &Path, arguments: &[OsString], more: &[(&str, &str)]) -> Seen {
    let what = format!("{arguments:?}");
    let mut command = program(root, arguments);
    command.envs(more.iter().copied());
    let piped = run(command, To::Pipe, To::Pipe);
    let mut command = program(root, arguments);
    command.env("TERM", "xterm-256color").env("FORCE_HYPERLINK", "1");
    command.envs(more.iter().copied());
    // The bar of an apply moves the cursor.
    if arguments[0] == "apply" {
        command.arg("--quiet");
    }
    let terminal = To::Terminal(120);
    let shown = run(command, terminal, terminal);
    for (seen, to) in [(&piped, To::Pipe), (&shown, terminal)] {
        assert!(seen.code.is_some_and(|code| code < 3), "{what}: {seen:?}");
        assert!(!seen.err.contains("panicked"), "{what}: {}", seen.err);
        harmless(&what, &seen.out, to);
        harmless(&what, &seen.err, to);
    }
    piped
}

fn words(line: &str) -> Vec<OsString> {
    line.split_whitespace().map(OsString::from).collect()
}

/// A line of arguments with a text at its end.
fn with(line: &str, text: &str) -> Vec<OsString> {
    let mut arguments = words(line);
    arguments.push(text.into());
    arguments
}

const LINT_FORMATS: [&str; 8] = [
    "human", "concise", "json", "sarif", "github", "gitlab", "junit", "rdjson",
];

/// A project without mistakes whose files, folders, names and comments are all such texts.
fn clean() -> Project {
    let project = Project::new();
    project.edit("project {", "project {\n    campaigns \"**/*.kdl\"");
    for (index, text) in texts().iter().enumerate() {
        let folder = project.root().join("campaigns").join(text);
        fs::create_dir_all(&folder).unwrap();
        let campaign = format!(
            "campaign \"spring-{index}\" template=\"common\" {{\n    name {0}\n    comment {0}\n}}\n",
            kdl(text)
        );
        fs::write(folder.join(format!("{text}.kdl")), campaign).unwrap();
    }
    let odd = OsString::from_vec(b"\xff\n::stop-commands::t4\r\x1b[2K.kdl".to_vec());
    let campaign = "campaign \"odd\" template=\"common\" {\n name \"Odd\"\n}\n";
    fs::write(project.path("campaigns").join(odd), campaign).unwrap();
    project
}

/// What is known of tasks, with such texts wherever the state has any: an edited file, or another program's.
fn told(project: &Project) {
    let mut records = Vec::new();
    for (index, text) in texts().iter().enumerate() {
        let number = index as u64 * 10;
        let body = serde_json::json!({ "name": text, "taskComment": text, "cps": 1.03 });
        let body: PackedBody = serde_json::from_value(body).unwrap();
        let known = |key: &str, number: u64| Task {
            body: body.clone(),
            ..task(text, key, number)
        };
        let open = |number: u64| Intent {
            body: body.clone(),
            stage: Stage::Recorded,
            ..intent("spring", number)
        };
        let key = format!("{text}{index}");
        records.extend([
            Record::Adopted {
                key: format!("spring-{index}"),
                task: known("spring", number + 1),
            },
            Record::Adopted {
                key: key.clone(),
                task: Task {
                    identity: format!("{text}2"),
                    ..known("spring", number + 2)
                },
            },
            Record::Adopted {
                key: format!("gone-{index}"),
                task: Task {
                    identity: format!("{text}3"),
                    ..known("spring", number + 3)
                },
            },
            Record::Removed {
                key: format!("gone-{index}"),
                at: at(1),
            },
            Record::Intent(Intent {
                key: format!("{key}4"),
                ..open(number + 4)
            }),
            Record::Sending { intent: id(number + 4) },
            Record::Unknown {
                intent: id(number + 4),
                reason: text.clone(),
            },
            Record::Intent(Intent {
                key: format!("{key}5"),
                ..open(number + 5)
            }),
            Record::Sending { intent: id(number + 5) },
            Record::Created {
                intent: id(number + 5),
                identity: format!("{text}5"),
                at: at(2),
                how: How::Answered,
            },
        ]);
    }
    let paths = sandbox_state(project);
    fs::create_dir_all(&paths.folder).unwrap();
    let holder = Holder::here("dialform apply", at(0));
    let mut store = StateWriter::open(&paths, &binding(), &holder, Duration::ZERO).unwrap();
    for record in records {
        store.append(record).unwrap();
    }
    store.commit().unwrap();
}

/// Where `--sandbox` looks for its state.
fn sandbox_state(project: &Project) -> StatePaths {
    StatePaths::new(&project.path(".dialform/sandbox.state.json"))
}

#[test]
fn a_clean_project_through_every_command() {
    let project = clean();
    let root = project.root();
    let seen = both(root, &words("plan --sandbox"), &[]);
    assert_eq!(seen.code, Some(0), "{}", seen.err);
    assert!(seen.out.contains("+ create spring-0"), "{}", seen.out);
    for format in ["human", "json", "markdown"] {
        both(
            root,
            &words(&format!("plan --sandbox --full --output-format {format}")),
            &[],
        );
        both(
            root,
            &words(&format!("plan --sandbox -v --output-format {format}")),
            &[],
        );
    }
    let bodies = both(root, &words("render"), &[]);
    let bodies: Vec<serde_json::Value> = serde_json::from_str(&bodies.out).unwrap();
    for (index, text) in texts().iter().enumerate() {
        let key = format!("spring-{index}");
        let body = bodies.iter().find(|body| body["key"] == *key).unwrap();
        assert_eq!(body["body"]["name"], *text, "what is printed is the same value");
        both(root, &words(&format!("render {key}")), &[]);
        both(root, &words(&format!("render {key} --curl")), &[]);
    }
    for format in LINT_FORMATS {
        both(root, &words(&format!("lint -v --output-format {format}")), &[]);
    }
    both(root, &words("fmt --check -v"), &[]);
    both(root, &words("fmt --diff"), &[]);
    both(root, &words("doctor --sandbox -v"), &[]);
    both(
        root,
        &words("doctor --output-format json --state none/at-all.json"),
        &[],
    );
    let applied = both(root, &words("apply --sandbox --auto-approve -v"), &[]);
    assert!(applied.out.contains("created"), "{}", applied.out);
    for command in [
        "list",
        "show spring-0",
        "rm spring-0",
        "list",
        "mv spring-1 spring-99",
        "rm spring-99",
    ] {
        both(root, &words(&format!("state {command} --sandbox")), &[]);
    }
    both(root, &words("plan --sandbox"), &[]);
    both(root, &words("fmt -v"), &[]);
}

/// A project whose files hold such texts wherever there can be a mistake.
fn mistaken() -> Project {
    let project = Project::new();
    for (index, text) in texts().iter().enumerate() {
        let folder = project.root().join("campaigns").join(text);
        fs::create_dir_all(&folder).unwrap();
        let t = kdl(text);
        let broken = format!(
            "{t} {t} {t}={t} {{\n  {t} 1\n}}\nmoved from={t} to={t}\naliases {{\n  scenario {t}={t}\n  {t} a={t}\n}}\n\
             template {t} template={t} {{\n  name {t}\n}}\ncampaign {t} {{\n  {t} {t}\n}}\n\
             campaign \"k{index}\" template={t} {t}={t} {{\n  name {t} {t}\n  scenario {t}\n  start {t} at={t}\n  pace {t}\n  \
             webhook {t}\n  on-transfer \"channel\" channel={t}\n  caller-id {t} {t}=1\n  effective-after {t}\n  \
             call-window from={t} to={t}\n  ({t})record #true\n  start-time {t}\n  normalize {t}\n  redial {{\n    {t} after={t}\n  }}\n}}\n"
        );
        fs::write(folder.join(format!("{text}.kdl")), broken).unwrap();
        // As it is, with what no file may hold.
        let raw = format!(
            "campaign \"r{index}\" {{\n  // dialform: ignore[{text}] {text}\n  name \"{text}\"\n  {text}\n}} {text}\n"
        );
        fs::write(project.path(&format!("campaigns/raw-{index}.kdl")), raw).unwrap();
        fs::write(
            folder.join("late.kdl"),
            format!("  campaign   \"late-{index}\" {{ name {t}\n}}\n"),
        )
        .unwrap();
    }
    let text = &texts()[0];
    let t = kdl(text);
    project.edit(
        "project {",
        &format!(
            "project {{\n campaigns \"**/*.kdl\" {t}\n dialect {t}\n timezone {t}\n api {t}\n login {t}\n {t} {t}\n \
             lint {{ warn {t}; {t} {t} }}\n"
        ),
    );
    project
}

#[test]
fn a_project_full_of_mistakes_through_every_command() {
    let project = mistaken();
    let root = project.root();
    for format in LINT_FORMATS {
        let seen = both(root, &words(&format!("lint -v --output-format {format}")), &[]);
        assert!(!seen.out.is_empty());
    }
    both(
        root,
        &words("lint --output-format human=/dev/stderr --output-format junit"),
        &[],
    );
    both(root, &words("lint --diff --unsafe-fixes"), &[]);
    both(root, &words("fmt --check"), &[]);
    both(root, &words("fmt --diff"), &[]);
    for format in ["human", "json", "markdown"] {
        both(root, &words(&format!("plan --output-format {format}")), &[]);
    }
    for line in [
        "apply --auto-approve",
        "render -v",
        "doctor",
        "doctor --output-format json",
        "resolve spring --recreate",
    ] {
        both(root, &words(line), &[]);
    }
    for format in ["human", "concise", "json-lines"] {
        let mut command = program(root, &words(&format!("watch --output-format {format}")));
        let watch = Background::start(&mut command);
        let is_last = |line: &str| line.ends_with("Watching for changes.") || line.starts_with("{\"event\":\"end\"");
        harmless(format, &watch.read_until(is_last).join("\n"), To::Pipe);
    }
    both(root, &words("lint --fix --unsafe-fixes"), &[]);
}

#[test]
fn a_state_of_others_through_every_command() {
    let project = clean();
    let root = project.root();
    told(&project);
    for format in ["human", "json", "markdown"] {
        for full in ["", "--full"] {
            let seen = both(
                root,
                &words(&format!("plan --sandbox {full} --output-format {format}")),
                &[],
            );
            assert!(
                format == "json" || seen.out.contains("orphan"),
                "{} {}",
                seen.out,
                seen.err
            );
        }
    }
    for line in ["state list --sandbox", "doctor --sandbox", "apply --sandbox"] {
        both(root, &words(line), &[]);
    }
    for (index, text) in texts().iter().enumerate() {
        let key = format!("{text}{index}");
        for key in [
            &key,
            &format!("{key}4"),
            &format!("spring-{index}"),
            &format!("gone-{index}"),
        ] {
            let mut arguments = with("state show", key);
            arguments.push("--sandbox".into());
            both(root, &arguments, &[]);
        }
        for line in ["resolve --recreate", "state rm"] {
            let mut arguments = with(line, &format!("{key}4"));
            arguments.push("--sandbox".into());
            both(root, &arguments, &[]);
        }
    }
    // What a person approves, on one terminal; the answer is no.
    let (code, shown) = talk(program(root, &words("apply --sandbox")), "n\n");
    assert_eq!(code, Some(1), "{shown}");
    // A terminal echoes what is typed.
    harmless("apply", &shown.replacen("n\n", "", 1), To::Terminal(100));
    let saved = both(root, &words("plan --sandbox --out saved.plan"), &[]);
    assert_eq!(saved.code, Some(0), "{}", saved.err);
    both(root, &words("state rm spring-0 --sandbox"), &[]);
    let stale = both(root, &words("apply saved.plan --sandbox"), &[]);
    assert!(stale.err.contains("\n  - "), "{}", stale.err);
}

#[test]
fn arguments_are_repeated_as_words() {
    let project = Project::of(&["spring"]);
    let root = project.root();
    let lines = [
        "",
        "lint",
        "lint --",
        "lint --output-format",
        "lint --select",
        "lint --baseline",
        "lint --max-file-size",
        "lint --now",
        "lint - --stdin-filename",
        "lint --output-format json --output-file",
        "lint --color",
        "fmt",
        "fmt --check",
        "fmt - --diff --stdin-filename",
        "render",
        "import",
        "import --key",
        "import --dialect",
        "import --live",
        "import --write",
        "plan --create",
        "plan --replace",
        "plan --out",
        "plan --state",
        "plan --output-format",
        "plan --sandbox --create",
        "apply",
        "apply --sandbox",
        "apply --parallelism",
        "apply --reconcile-timeout",
        "apply --ca-file",
        "apply --state",
        "state",
        "state list --state",
        "state show --sandbox",
        "state rm --sandbox",
        "state mv --sandbox spring",
        "resolve --recreate",
        "resolve --recreate --sandbox",
        "resolve spring --adopt",
        "doctor --probe --auto-approve",
        "doctor --state",
        "doctor --sandbox --ca-file",
        "watch",
        "sandbox --fault",
        "sandbox --port",
        "sandbox --dialect",
        "rule",
        "explain",
        "schema",
        "completions",
        "man",
        "help",
        "schema --write",
        "man --out",
    ];
    let token = [("DIALFORM_TOKEN", "a-token-of-no-one")];
    for (line, text) in lines.iter().zip(texts().iter().cycle()) {
        both(root, &with(line, text), &token);
    }
    for text in texts() {
        both(root, &[OsString::from(&text)], &[]);
        both(root, &with("lint", &format!("--{text}")), &[]);
        both(root, &with("lint", &format!("--output-format={text}=")), &[]);
        both(root, &with("lint", &format!("--output-format=json={text}/none")), &[]);
        both(root, &with("init", &format!("./{text}new")), &[]);
    }
}

#[test]
fn bodies_of_others_become_campaigns() {
    let project = Project::new();
    let root = project.root();
    for text in texts() {
        let body = serde_json::json!({
            "name": text, "taskComment": text, "defaultExec": text, "webhookUrls": [text, format!("https://a.example/{text}")],
            text.as_str(): text, "additionalOptions": { text.as_str(): [text] }, "startMoment": text, "cps": text,
        });
        fs::write(project.path("body.json"), body.to_string()).unwrap();
        both(root, &words("import body.json"), &[]);
        both(root, &words("import -v body.json"), &[]);
        for (name, broken) in [
            ("a.json", format!("{{ {text}")),
            ("b.sh", format!("curl {text} --data '{text}'")),
        ] {
            fs::write(project.path(name), broken).unwrap();
            both(root, &words(&format!("import {name}")), &[]);
        }
    }
}

#[test]
fn answers_are_repeated_as_words() {
    let statuses = [400_u16, 401, 403, 422, 500];
    for (text, status) in texts().into_iter().zip(statuses.into_iter().cycle()) {
        let body = serde_json::json!({ "message": text, "errors": { text.as_str(): [text] } }).to_string();
        let item =
            serde_json::json!([{ "id": text, "name": text, "comment": text, "status": text, text.as_str(): text }]);
        let item = item.to_string();
        let server = Server::start(move |_, request| match request.line.starts_with("GET") {
            true => json(200, &item),
            false => json(status, &body),
        });
        let project = Project::of(&["spring"]);
        let address = server.origin.to_string();
        project.edit(
            "project {",
            &format!("project {{\n    api \"{address}\"\n    login \"{address}\"\n"),
        );
        let token = [("DIALFORM_TOKEN", "a-token-of-no-one")];
        for line in [
            "apply --auto-approve --reconcile-timeout 0s",
            "doctor",
            "doctor --output-format json",
            "plan",
        ] {
            both(project.root(), &words(line), &token);
        }
    }
}

#[test]
fn what_others_left_beside_the_state_is_repeated_as_words() {
    for text in texts() {
        let project = Project::of(&["spring"]);
        let root = project.root();
        assert_eq!(both(root, &words("apply --sandbox --auto-approve"), &[]).code, Some(0));
        let StatePaths {
            snapshot: state,
            journal,
            ..
        } = sandbox_state(&project);
        let whole = fs::read_to_string(&state).unwrap();
        let lines = [
            "plan --sandbox",
            "apply --sandbox --auto-approve",
            "state list --sandbox",
            "doctor --sandbox",
        ];
        for broken in [
            text.clone(),
            whole.replace("spring", &text.escape_default().to_string()),
            format!("{{\"{text}\": 1}}"),
            serde_json::json!({ "format": text, "version": text, text.as_str(): text }).to_string(),
        ] {
            fs::write(&state, &broken).unwrap();
            lines.iter().for_each(|line| drop(both(root, &words(line), &[])));
        }
        fs::write(&state, &whole).unwrap();
        fs::write(&journal, format!("{text}\n")).unwrap();
        lines.iter().for_each(|line| drop(both(root, &words(line), &[])));
        fs::write(project.path("saved.plan"), &text).unwrap();
        both(root, &words("apply saved.plan"), &[]);
        fs::write(project.path("known.json"), &text).unwrap();
        both(root, &words("lint --baseline known.json"), &[]);
    }
}

/// Whoever holds the lock says so in a file that anybody may have written.
#[test]
fn who_holds_the_lock_is_repeated_as_words() {
    for text in texts() {
        let project = Project::of(&["spring"]);
        let root = project.root();
        assert_eq!(both(root, &words("apply --sandbox --auto-approve"), &[]).code, Some(0));
        let paths = sandbox_state(&project);
        let lock = fs::File::open(&paths.lock).unwrap();
        lock.lock().unwrap();
        let holder = serde_json::json!({
            "pid": 1, "host": text, "user": text, "since": "2026-01-01T00:00:00Z", "command": text,
        });
        fs::write(&paths.holder, holder.to_string()).unwrap();
        fs::set_permissions(&paths.holder, fs::Permissions::from_mode(0o600)).unwrap();
        let seen = both(root, &words("apply --sandbox --auto-approve"), &[]);
        assert!(seen.err.contains("process 1 of "), "{}", seen.err);
        both(root, &words("doctor --sandbox"), &[]);
    }
}
