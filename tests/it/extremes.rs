//! Numbers and times from outside at their extremes: on the command line, in the files, in the state, in the API's answers.
//! Words come of them, never the end of the process.

#[cfg(unix)]
mod journal;
#[cfg(unix)]
mod sandbox;

use std::collections::BTreeSet;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::api::server::{Received, Reply, Server, answer, json};
use crate::common::command::Ran;
use crate::common::project::Project;
use crate::common::sample::every;

/// Every number and text that arithmetic goes wrong with.
const NUMBERS: [&str; 21] = [
    "0",
    "-0",
    "-1",
    "1",
    "59",
    "127",
    "255",
    "65536",
    "2147483647",
    "2147483648",
    "4294967295",
    "4294967296",
    "9007199254740993",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "340282366920938463463374607431768211456",
    "1e400",
    "-1e400",
    "1e-400",
];
/// The same for dates.
const MOMENTS: [&str; 12] = [
    "0000-01-01T00:00:00Z",
    "-009999-01-02T01:59:59Z",
    "9999-12-30T22:00:00.999999999Z",
    "9999-12-31T23:59:59Z",
    "99999-01-01T00:00:00Z",
    "1970-01-01T00:00:00Z",
    "2026-02-30T10:00:00Z",
    "2026-11-27T24:00:00Z",
    "2026-11-27T10:00:60Z",
    "NaN",
    "",
    "18446744073709551615",
];

/// It ended by itself, with words and one of its exit codes.
fn assert_in_words(ran: &Ran, context: &str) {
    assert!(matches!(ran.code, Some(0..=3)), "{context}: {ran:?}");
    for sign in ["panicked", "attempt to", "RUST_BACKTRACE"] {
        assert!(!ran.stderr.contains(sign), "{context}: {ran:?}");
    }
}

fn run(project: &Project, arguments: &[&str]) -> Ran {
    let mut command = project.dialform(arguments);
    command
        .env("DIALFORM_TOKEN", "planted-token-3f9c1b77")
        .output()
        .unwrap()
        .into()
}

fn huge() -> String {
    "9".repeat(4_000)
}

/// Every option that takes a number or a time, with a command that has it, and an argument that is none. Those of `sandbox`
/// are fed where it is asked something.
const FLAGS: [(&[&str], &str); 26] = [
    (&["apply", "--sandbox", "--auto-approve"], "--reconcile-timeout"),
    (&["apply", "--sandbox", "--auto-approve"], "--answer-timeout"),
    (&["apply", "--sandbox", "--auto-approve"], "--lock-timeout"),
    (&["apply", "--sandbox", "--auto-approve"], "--parallelism"),
    (&["plan", "--refresh", "--sandbox"], "--answer-timeout"),
    (&["plan", "--refresh", "--sandbox"], "--lock-timeout"),
    (&["status", "--sandbox"], "--answer-timeout"),
    (&["status", "--sandbox"], "--lock-timeout"),
    (&["start", "spring", "--sandbox"], "--answer-timeout"),
    (&["start", "spring", "--sandbox"], "--reconcile-timeout"),
    (&["start", "spring", "--sandbox"], "--lock-timeout"),
    (&["pause", "spring", "--sandbox"], "--answer-timeout"),
    (&["pause", "spring", "--sandbox"], "--reconcile-timeout"),
    (&["pause", "spring", "--sandbox"], "--lock-timeout"),
    (&["halt", "spring", "--sandbox"], "--answer-timeout"),
    (&["halt", "spring", "--sandbox"], "--reconcile-timeout"),
    (&["halt", "spring", "--sandbox"], "--lock-timeout"),
    (&["doctor", "--sandbox"], "--answer-timeout"),
    (&["doctor", "--sandbox"], "--reconcile-timeout"),
    (&["resolve", "spring", "--recreate", "--sandbox"], "--answer-timeout"),
    (&["resolve", "spring", "--recreate", "--sandbox"], "--lock-timeout"),
    (&["state", "mv", "a", "b", "--sandbox"], "--lock-timeout"),
    (
        &[
            "import",
            "--live",
            "spring=48a77bd7-8762-4e0f-a277-4ef77e36c41b",
            "--sandbox",
        ],
        "--lock-timeout",
    ),
    (&["lint"], "--max-file-size"),
    (&["lint"], "--now"),
    (&["rule"], ""),
];

/// The options of a command and of those below it that take a number or a time, by its help.
fn numeric(project: &Project, command: &[&str], found: &mut BTreeSet<(String, String)>) {
    let help = run(project, &[command, &["--help"]].concat()).stdout;
    for (at, _) in help.match_indices("--") {
        let words = help[at..].split(['\n', ',', '`']).next().unwrap_or_default();
        if let Some((flag, value)) = words.split_once(" <")
            && ["TIME>", "N>", "BYTES>", "PORT>"]
                .iter()
                .any(|kind| value.starts_with(kind))
        {
            let command = command.first().copied().unwrap_or_default();
            found.insert((command.to_owned(), flag.to_owned()));
        }
    }
    let below = help.split_once("Commands:\n").map_or("", |(_, below)| below);
    for line in below.lines().take_while(|line| !line.is_empty()) {
        // The rest of a description stands further in.
        let name = line
            .strip_prefix("  ")
            .filter(|name| name.starts_with(|c: char| c.is_ascii_lowercase()));
        if let Some(name) = name
            .and_then(|line| line.split(' ').next())
            .filter(|name| *name != "help")
        {
            numeric(project, &[command, &[name]].concat(), found);
        }
    }
}

#[test]
fn no_option_with_a_number_is_left_out() {
    let project = Project::new();
    let mut found = BTreeSet::new();
    numeric(&project, &[], &mut found);
    let fed = FLAGS
        .iter()
        .map(|(arguments, flag)| (arguments[0].to_owned(), (*flag).to_owned()));
    let mut fed: BTreeSet<(String, String)> = fed.filter(|(_, flag)| !flag.is_empty()).collect();
    fed.insert(("sandbox".to_owned(), "--port".to_owned()));
    // It goes on until it is interrupted, so `status` is fed where there is no project.
    fed.insert(("status".to_owned(), "--watch".to_owned()));
    assert_eq!(found, fed);
}

#[test]
fn an_extreme_width_in_the_environment_is_survived() {
    let project = Project::of(&["spring"]);
    let huge = huge();
    for value in NUMBERS.into_iter().chain([huge.as_str(), ""]) {
        for arguments in [&["lint", "--color", "always"][..], &["explain", "pace"]] {
            let mut command = project.dialform(arguments);
            let ran: Ran = command.env("COLUMNS", value).output().unwrap().into();
            assert_in_words(&ran, &format!("COLUMNS={value}"));
        }
    }
}

#[test]
fn extreme_options_are_refused_or_taken() {
    let project = Project::of(&["spring"]);
    let huge = huge();
    for (arguments, flag) in FLAGS {
        let numbers = NUMBERS.into_iter().chain([huge.as_str(), "NaN", "inf", ""]);
        let mut values: Vec<String> = numbers.map(str::to_owned).collect();
        if flag.ends_with("timeout") {
            let units = NUMBERS
                .iter()
                .flat_map(|number| ["s", "m", "h", "d", "ms", "d1s"].map(|unit| format!("{number}{unit}")));
            // One in three is enough, as every number still comes with two units.
            values.extend(units.step_by(3));
        }
        if flag == "--now" {
            values.extend(MOMENTS.map(str::to_owned));
        }
        for value in values {
            let given = format!("{flag}={value}");
            let mut whole = arguments.to_vec();
            whole.push(if flag.is_empty() { &value } else { &given });
            assert_in_words(&run(&project, &whole), &format!("{whole:?}"));
        }
    }
}

#[test]
fn extreme_intervals_of_status_are_refused_or_taken() {
    let nowhere = tempfile::tempdir().unwrap();
    let huge = huge();
    for number in NUMBERS.into_iter().chain([huge.as_str(), "NaN", ""]) {
        for unit in ["", "s", "m", "h", "d", "ms", "d1s"] {
            let given = format!("--watch={number}{unit}");
            let mut command = Project::new().dialform(&["status", "--sandbox", &given]);
            let ran: Ran = command.current_dir(nowhere.path()).output().unwrap().into();
            assert_in_words(&ran, &given);
        }
    }
}

#[test]
fn extreme_numbers_in_files_are_findings_or_values() {
    let project = Project::new();
    let huge = huge();
    let numbers = || {
        NUMBERS
            .into_iter()
            .chain([huge.as_str(), "#inf", "#nan", "0x7fffffffffffffffffff", "1_000"])
    };
    let mut campaigns = String::new();
    let mut add = |settings: String| {
        let key = campaigns.len();
        campaigns.push_str(&format!(
            "campaign \"c{key}\" template=\"common\" {{ name \"C {key}\"; {settings} }}\n"
        ));
    };
    for number in numbers() {
        for setting in [
            format!("redial {{ busy after=\"20m\" times={number} }}"),
            format!("redial {{ max-per-number {number} }}"),
            format!("redial {{ max-per-candidate {number}; busy after=\"20m\" times={number} }}"),
            format!("effective-after {number}"),
            format!("effective-after \"{number}s\""),
            format!("effective-after \"{number}d\""),
            format!("effective-after \"1d{number}s\""),
            format!("pace \"{number}/s\""),
            format!("pace \"1/{number}s\""),
            format!("pace \"{number}/{number}min\""),
            format!("pace {number}"),
            format!("call-window from=\"{number}:00\" to=\"{number}:{number}:{number}\""),
            format!("start \"time\" at=\"{number}-{number}-{number} {number}:{number}\""),
            format!("webhook \"https://example.com:{number}/\""),
        ] {
            add(setting);
        }
    }
    for moment in MOMENTS {
        add(format!("start \"time\" at=\"{moment}\""));
    }
    for moment in [
        "0000-01-01 00:00",
        "9999-12-31 23:59",
        "-001-01-01 00:00",
        "9999-99-99 99:99",
    ] {
        add(format!("start \"time\" at=\"{moment}\""));
    }
    project.write("campaigns/all.kdl", &campaigns);
    for arguments in [
        &["lint"][..],
        &["lint", "--output-format", "json"],
        &["lint", "--now", "9999-12-30T22:00:00Z"],
        &["lint", "--now=-009999-01-02T02:00:00Z"],
        &["lint", "--fix", "--diff"],
        &["render"],
        &["plan"],
    ] {
        assert_in_words(&run(&project, arguments), &format!("{arguments:?}"));
    }
}

#[test]
fn extreme_numbers_in_imported_bodies_are_reported_or_taken() {
    let project = Project::new();
    let mut bodies = Vec::new();
    for number in NUMBERS.into_iter().filter(|number| !number.starts_with("-0")) {
        for field in [
            format!(r#""cps": {number}"#),
            format!(r#""cps": "{number}""#),
            format!(
                r#""additionalOptions": {{"fullListTime": {number}, "allowCallTimeFrom": {number}, "allowCallTimeTo": {number}, "recTrimLeft": {number}}}"#
            ),
            format!(
                r#""redialStrategyOptions": {{"redialStrategyEn": {number}, "candidateLimit": {number}, "busy": {{"redial": {number}, "time": {number}, "count": {number}}}}}"#
            ),
            format!(r#""startMoment": "{number}-{number}-{number} {number}:{number}""#),
            format!(
                r#""lifetime": {number}, "webhookUrls": [{{"url": "https://a.example:{number}/", "delay": {number}}}]"#
            ),
        ] {
            bodies.push(format!("{{\"name\": \"n\", {field}}}"));
        }
    }
    for (number, body) in bodies.iter().enumerate() {
        project.write("body.json", body);
        let dialect = if number % 2 == 0 { "classic" } else { "extended" };
        let ran = run(&project, &["import", "body.json", "--dialect", dialect]);
        assert_in_words(&ran, body);
    }
}

/// A state of one task, and its content for a test to change.
fn state() -> (Project, Value) {
    let project = Project::of(&["spring"]);
    let ran = run(&project, &["apply", "--sandbox", "--auto-approve"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let text = std::fs::read_to_string(project.path(".dialform/sandbox.state.json")).unwrap();
    (project, serde_json::from_str(&text).unwrap())
}

/// Writes a state with a checksum that is right, as whoever means harm would.
fn write(project: &Project, mut state: Value) {
    let digest = Sha256::digest(state["content"].to_string().as_bytes());
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    state["checksum"] = hex.into();
    let _ = std::fs::remove_file(project.path(".dialform/sandbox.state.journal"));
    std::fs::write(project.path(".dialform/sandbox.state.json"), state.to_string()).unwrap();
}

#[test]
fn extreme_numbers_in_the_state_are_refused_or_read() {
    let (project, sound) = state();
    let mut changes = Vec::new();
    for number in NUMBERS
        .into_iter()
        .filter(|number| !number.contains('e') && !number.starts_with("-0"))
    {
        let number: Value = serde_json::from_str(number).unwrap();
        for place in [
            "/content/state/serial",
            "/content/state/last_sequence",
            "/format_version",
            "/content/state/tasks/spring/body/cps",
            "/content/state/tasks/spring/body/additionalOptions/fullListTime",
            "/content/state/tasks/spring/body/additionalOptions/allowCallTimeTo",
            "/content/state/tasks/spring/body/redialStrategyOptions/candidateLimit",
        ] {
            changes.push((place, number.clone()));
        }
    }
    for moment in MOMENTS {
        changes.push(("/content/state/tasks/spring/created_at", moment.into()));
        changes.push(("/content/state/tasks/spring/body/startMoment", moment.into()));
    }
    let reads = [
        &["plan", "--sandbox", "--full"][..],
        &["state", "show", "spring", "--sandbox"],
        &["state", "mv", "spring", "summer", "--sandbox"],
    ];
    for (number, (place, value)) in changes.into_iter().enumerate() {
        let mut state = sound.clone();
        *state.pointer_mut(place).unwrap() = value.clone();
        write(&project, state);
        // One command that reads for each value in turn; all of them with `EVERY_CASE=1`.
        let reads = reads.into_iter().skip(number % every(3)).step_by(every(3));
        for arguments in reads.chain([&["apply", "--sandbox", "--auto-approve"][..]]) {
            let context = format!("{place} = {value}, {arguments:?}");
            assert_in_words(&run(&project, arguments), &context);
        }
    }
}

/// What the server says of itself and of what it has.
fn hostile(
    create: impl Fn() -> Reply + Send + Sync + 'static,
    list: impl Fn() -> Reply + Send + Sync + 'static,
) -> Server {
    Server::start(move |_, request: &Received| match request.line.starts_with("GET") {
        true => list(),
        false => create(),
    })
}

fn apply(server: &Server, patience: &str) -> Ran {
    let project = Project::of(&["spring"]);
    let origin = &server.origin;
    project.edit(
        "project {",
        &format!("project {{\n    api \"{origin}\"\n    login \"{origin}\""),
    );
    run(&project, &["apply", "--auto-approve", "--reconcile-timeout", patience])
}

#[test]
fn in_the_answers_of_the_api() {
    let huge = huge();
    let values: Vec<String> = NUMBERS
        .into_iter()
        .chain(MOMENTS)
        .chain([
            huge.as_str(),
            "NaN",
            "inf",
            "Fri, 31 Dec 9999 23:59:59 GMT",
            "Thu, 01 Jan 0000 00:00:00 GMT",
            "Thu, 01 Jan 1970 00:00:00 GMT",
            "Sun, 31 Dec 99999 23:59:59 GMT",
        ])
        .map(str::to_owned)
        .collect();
    // Each waits for a second, and many can wait at once.
    std::thread::scope(|scope| {
        for part in values.chunks(values.len().div_ceil(12)) {
            scope.spawn(move || part.iter().for_each(|value| in_an_answer(value)));
        }
    });
}

/// Puts a value wherever an answer of the API has a number or a date.
fn in_an_answer(value: &str) {
    let empty = || json(200, r#"{"items":[]}"#);
    let refusal = r#"{"message":"slow down"}"#;
    for (retry_after, date) in [(value, "Fri, 27 Nov 2026 10:00:00 GMT"), (value, value)] {
        let headers = [format!("retry-after: {retry_after}"), format!("date: {date}")];
        let (one, other) = (headers.clone(), headers.clone());
        let wait = move |headers: &[String; 2]| answer(429, &[&headers[0], &headers[1]], refusal);
        let server = hostile(move || wait(&one), empty);
        assert_in_words(&apply(&server, "1s"), &format!("create: {headers:?}"));
        let server = hostile(|| json(500, "{}"), move || wait(&other));
        assert_in_words(&apply(&server, "0s"), &format!("list: {headers:?}"));
    }
    let number = serde_json::from_str::<Value>(value).unwrap_or_else(|_| value.into());
    for list in [
        serde_json::json!({ "items": [], "total": number, "count": number }),
        serde_json::json!({ "items": [], "page": number, "limit": number, "offset": number, "hasMore": false }),
        serde_json::json!({ "items": [{ "id": number, "createdAt": number }] }),
    ] {
        let text = list.to_string();
        let server = hostile(|| json(500, "{}"), move || json(200, &text));
        assert_in_words(&apply(&server, "0s"), &list.to_string());
    }
}

#[test]
fn a_wait_without_end_is_cut_by_patience() {
    for forever in ["18446744073709551615", "99999999999999999999999"] {
        let headers = format!("retry-after: {forever}");
        let server = hostile(
            move || answer(429, &[&headers], r#"{"message":"slow down"}"#),
            || json(200, r#"{"items":[]}"#),
        );
        let ran = apply(&server, "1s");
        assert_in_words(&ran, forever);
        // A create that was refused for a time is not known to be refused.
        assert_eq!(ran.code, Some(3), "{ran:?}");
    }
}
