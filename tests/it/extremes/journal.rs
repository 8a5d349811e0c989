//! The journal and the spill file, with sums that are right.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use dialform::state::{Holder, How, Record, StatePaths, StateWriter};

use super::*;
use crate::common::project::binding;
use crate::state::site::{at, id, intent, task};

/// Stands in a record for what is put there.
const HERE: &str = "@here@";

/// A line with its sum, and that sum, as the state seals it.
fn sealed(object: &str, before: &str) -> (String, String) {
    let open = object.strip_suffix('}').unwrap();
    let digest = Sha256::digest(format!("{before}\n{open}").as_bytes());
    let sum: String = digest.iter().map(|byte| format!("{byte:02x}")).take(8).collect();
    (format!("{open},\"sum\":\"{sum}\"}}\n"), sum)
}

/// The object of a sealed line.
fn unsealed(line: &str) -> Value {
    let (open, _) = line.rsplit_once(",\"sum\":").unwrap();
    serde_json::from_str(&format!("{open}}}")).unwrap()
}

fn put(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

/// The places of numbers and of dates in a value.
fn places(value: &Value, at: &str, found: &mut Vec<(String, bool)>) {
    match value {
        Value::Number(_) => found.push((at.to_owned(), false)),
        Value::String(text) if text.parse::<jiff::Timestamp>().is_ok() => found.push((at.to_owned(), true)),
        Value::Array(values) => (0..)
            .zip(values)
            .for_each(|(index, value)| places(value, &format!("{at}/{index}"), found)),
        Value::Object(fields) => fields
            .iter()
            .for_each(|(name, value)| places(value, &format!("{at}/{name}"), found)),
        _ => {}
    }
}

/// What may be put into such a place, as JSON.
fn extremes(is_moment: bool) -> Vec<String> {
    match is_moment {
        true => MOMENTS.iter().map(|moment| format!("\"{moment}\"")).collect(),
        false => NUMBERS
            .iter()
            .map(|number| (*number).to_owned())
            .chain([huge()])
            .collect(),
    }
}

/// Every object that there is with one number or date in it put to an extreme; of places of one kind, the first.
fn changed(objects: &[Value], seen: &mut BTreeSet<String>) -> Vec<(usize, String, String)> {
    let mut changed = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        let mut found = Vec::new();
        places(object, "", &mut found);
        for (place, is_moment) in found {
            if !seen.insert(format!("{} {place}", object["record"]["kind"])) {
                continue;
            }
            let mut with = object.clone();
            *with.pointer_mut(&place).unwrap() = HERE.into();
            // Half of them in each place, so that every one comes up often.
            for value in extremes(is_moment).into_iter().skip(seen.len() % 2).step_by(2) {
                let text = with.to_string().replace(&format!("\"{HERE}\""), &value);
                changed.push((index, text, format!("{place} = {value} in {object}")));
            }
        }
    }
    changed
}

/// A project with a state whose journal holds records of each kind with a number or a date in it.
fn site() -> (Project, StatePaths) {
    let project = Project::of(&["spring"]);
    let paths = StatePaths::new(&project.path(".dialform/sandbox.state.json"));
    let holder = Holder::here("dialform apply", at(0));
    let mut store = StateWriter::open(&paths, &binding(), &holder, Duration::ZERO).unwrap();
    store
        .append(Record::Adopted {
            key: "old".into(),
            task: task("task-0", "old", 9),
        })
        .unwrap();
    store.commit().unwrap();
    drop(store);
    let mut store = StateWriter::open(&paths, &binding(), &holder, Duration::from_secs(10)).unwrap();
    for record in [
        Record::Intent(intent("autumn", 4)),
        Record::Sending { intent: id(4) },
        Record::Rejected {
            intent: id(4),
            status: 422,
            reason: "no".into(),
        },
        Record::Adopted {
            key: "winter".into(),
            task: task("task-6", "winter", 6),
        },
        Record::Halting {
            key: "winter".into(),
            identity: "task-6".into(),
            at: at(11),
            replacing: None,
        },
        Record::Halted {
            key: "winter".into(),
            identity: "task-6".into(),
            at: at(12),
        },
        Record::Removed {
            key: "winter".into(),
            at: at(13),
        },
        Record::Intent(intent("spring", 1)),
        Record::Sending { intent: id(1) },
    ] {
        store.append(record).unwrap();
    }
    drop(store);
    (project, paths)
}

/// Runs a command that reads the state; each in its turn, as all read it in one way.
fn read_by(project: &Project, number: usize, context: &str) {
    let commands = [
        &["plan", "--sandbox", "--full"][..],
        &["state", "list", "--sandbox"],
        &["apply", "--sandbox", "--auto-approve", "--reconcile-timeout", "0s"],
        &["doctor", "--sandbox"],
    ];
    let arguments = commands[number % commands.len()];
    assert_in_words(&run(project, arguments), &format!("{context}, {arguments:?}"));
}

/// What stands beside the state, for a run to begin with.
fn kept(paths: &StatePaths) -> [(std::path::PathBuf, Vec<u8>); 2] {
    [&paths.snapshot, &paths.journal].map(|path| (path.clone(), fs::read(path).unwrap()))
}

#[test]
fn extreme_values_in_the_journal_are_refused_or_read() {
    let (project, paths) = site();
    let kept = kept(&paths);
    let text = fs::read_to_string(&paths.journal).unwrap();
    let objects: Vec<Value> = text.lines().map(unsealed).collect();
    let mut seen = BTreeSet::new();
    let changes = changed(&objects, &mut seen);
    for place in [
        "/after",
        "/seq",
        "/record/at",
        "/record/status",
        "/record/task/created_at",
        "/format_version",
    ] {
        assert!(
            seen.iter().any(|one| one.ends_with(&format!(" {place}"))),
            "{place} is not in {seen:?}"
        );
    }
    for (number, (index, text, context)) in changes.iter().enumerate() {
        for (path, bytes) in &kept {
            fs::write(path, bytes).unwrap();
        }
        let _ = fs::remove_file(&paths.spill);
        let (mut whole, mut before) = (String::new(), String::new());
        for (at, object) in objects.iter().enumerate() {
            let object = if at == *index { text.clone() } else { object.to_string() };
            let (line, sum) = sealed(&object, &before);
            whole.push_str(&line);
            before = sum;
        }
        put(&paths.journal, &whole);
        read_by(&project, number, context);
    }
    // What nothing was changed in is read.
    for (path, bytes) in &kept {
        fs::write(path, bytes).unwrap();
    }
    let mut before = String::new();
    let lines = objects.iter().map(|object| {
        let (line, sum) = sealed(&object.to_string(), &before);
        before = sum;
        line
    });
    put(&paths.journal, &lines.collect::<String>());
    let ran = run(&project, &["state", "list", "--sandbox"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

#[test]
fn extreme_values_in_the_spill_file_are_refused_or_read() {
    let (project, paths) = site();
    let kept = kept(&paths);
    let journal = fs::read_to_string(&paths.journal).unwrap();
    let header = unsealed(journal.lines().next().unwrap());
    let line = |record: Record| {
        serde_json::json!({
            "format": "dialform-spill", "format_version": 1, "lineage": header["lineage"], "after": 10, "record": record,
        })
    };
    let created = Record::Created {
        intent: id(1),
        identity: "task-1".into(),
        at: at(14),
        how: How::Answered,
    };
    let lines = [
        line(created),
        line(Record::Rejected {
            intent: id(1),
            status: 422,
            reason: "no".into(),
        }),
    ];
    let mut seen = BTreeSet::new();
    let changes = changed(&lines, &mut seen);
    assert_eq!(seen.len(), 6, "{seen:?}");
    let sound = (usize::MAX, lines[0].to_string(), "nothing".to_owned());
    for (number, (index, text, context)) in changes.iter().chain([&sound]).enumerate() {
        for (path, bytes) in &kept {
            fs::write(path, bytes).unwrap();
        }
        put(&paths.spill, &sealed(text, "").0);
        if *index == usize::MAX {
            // Whoever writes takes it over.
            assert_eq!(
                run(&project, &["state", "mv", "old", "older", "--sandbox"]).code,
                Some(0)
            );
            let ran = run(&project, &["state", "list", "--sandbox"]);
            assert!(ran.code == Some(0) && ran.stdout.contains("task-1"), "{ran:?}");
        } else {
            read_by(&project, number, context);
        }
    }
}
