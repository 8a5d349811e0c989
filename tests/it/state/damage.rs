//! Files that were damaged, mixed up or planted: refused with words, never read as something else.

use std::fs;

use dialform::fields::Dialect;
use dialform::state::{Binding, How, Record, StateError, load};

use super::site::{Site, at, binding, id, intent, task};

/// A state with a snapshot that holds a task and a journal that holds two records.
fn filled() -> Site {
    let site = Site::new();
    site.run([Record::Adopted {
        key: "spring".into(),
        task: task("task-1", "spring", 1),
    }]);
    let mut store = site.open().unwrap();
    store.append(Record::Intent(intent("autumn", 2))).unwrap();
    store.append(Record::Sending { intent: id(2) }).unwrap();
    drop(store);
    site
}

fn refusal(site: &Site) -> StateError {
    let refused = load(&site.paths, Some(&binding())).unwrap_err();
    let writer = site.open().unwrap_err();
    assert_eq!(writer.to_string(), refused.to_string());
    refused
}

#[test]
fn no_flipped_bit_of_the_snapshot_goes_unseen() {
    let site = filled();
    let expected = site.state();
    let bytes = fs::read(&site.paths.snapshot).unwrap();
    let mut refused = 0;
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << bit;
            site.put(&site.paths.snapshot, &flipped);
            match load(&site.paths, Some(&binding())) {
                Ok(loaded) => assert_eq!(loaded.state.as_ref(), Some(&expected), "byte {at}, bit {bit}"),
                Err(_) => refused += 1,
            }
        }
    }
    assert!(refused > bytes.len() * 4, "{refused} of {}", bytes.len() * 8);
}

#[test]
fn no_flipped_bit_of_the_journal_goes_unseen() {
    let site = filled();
    let bytes = fs::read(&site.paths.journal).unwrap();
    let last = bytes.len() - 1;
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << bit;
            site.put(&site.paths.journal, &flipped);
            match load(&site.paths, Some(&binding())) {
                // Without its newline the last line is one whose writing did not end.
                Ok(loaded) if at == last => assert_eq!(loaded.notes.len(), 1),
                Ok(loaded) => panic!("byte {at}, bit {bit} was not seen: {loaded:?}"),
                Err(_) => {}
            }
        }
    }
}

#[test]
fn a_snapshot_cut_anywhere_is_refused() {
    let site = filled();
    let bytes = fs::read(&site.paths.snapshot).unwrap();
    for len in 0..bytes.len() - 1 {
        site.put(&site.paths.snapshot, &bytes[..len]);
        let refused = load(&site.paths, Some(&binding())).unwrap_err();
        assert!(
            matches!(refused, StateError::DamagedSnapshot { .. }),
            "{len}: {refused}"
        );
    }
}

#[test]
fn an_unfinished_last_line_is_left_out_by_readers_and_cut_by_the_writer() {
    let site = filled();
    let bytes = fs::read(&site.paths.journal).unwrap();
    let start = bytes[..bytes.len() - 1]
        .iter()
        .rposition(|byte| *byte == b'\n')
        .unwrap()
        + 1;
    // One byte more, and it lacks nothing but its newline.
    let mut tails: Vec<_> = (start + 1..bytes.len() - 1).map(|len| bytes[..len].to_vec()).collect();
    tails.push([&bytes[..start], &[0; 300]].concat());
    for torn in tails {
        site.put(&site.paths.journal, &torn);
        let loaded = load(&site.paths, Some(&binding())).unwrap();
        assert_eq!(loaded.head.sequence, 2);
        assert_eq!(loaded.notes.len(), 1, "{:?}", loaded.notes);
        assert_eq!(fs::read(&site.paths.journal).unwrap(), torn);

        let store = site.open().unwrap();
        assert_eq!(store.notes(), loaded.notes);
        assert_eq!(store.head(), loaded.head);
        drop(store);
        assert_eq!(fs::read(&site.paths.journal).unwrap(), bytes[..start]);
    }
    let mut store = site.open().unwrap();
    assert_eq!(store.append(Record::Sending { intent: id(2) }).unwrap(), 3);
    drop(store);
    assert_eq!(fs::read(&site.paths.journal).unwrap(), bytes);
}

#[test]
fn a_journal_line_missing_doubled_or_swapped_is_refused() {
    let site = filled();
    let text = fs::read_to_string(&site.paths.journal).unwrap();
    let [header, first, second] = text.lines().collect::<Vec<_>>()[..] else {
        panic!("{text}")
    };
    for (lines, line) in [
        (vec![header, second], 2),
        (vec![header, first, first, second], 3),
        (vec![header, second, first], 2),
        (vec![header, first, "", second], 3),
        (vec![header, first, second, "{}"], 4),
    ] {
        site.put(&site.paths.journal, format!("{}\n", lines.join("\n")).as_bytes());
        let refused = refusal(&site);
        assert!(
            matches!(&refused, StateError::DamagedJournal { line: found, .. } if *found == line),
            "{refused}"
        );
        assert!(refused.to_string().contains("dialform.state.journal"), "{refused}");
    }
    for broken in ["", "\n", "{}", &header[..header.len() - 1]] {
        site.put(&site.paths.journal, broken.as_bytes());
        assert!(matches!(
            refusal(&site),
            StateError::DamagedJournal { line: 1, .. } | StateError::NotOurs { .. }
        ));
    }
}

/// What git's autocrlf, editors and shells do to a text file: line ends of either kind in each line, with and without
/// the last one.
#[test]
fn line_ends_of_any_kind_change_nothing_that_was_recorded() {
    let site = filled();
    let expected = site.state();
    let (journal, snapshot) = (
        fs::read_to_string(&site.paths.journal).unwrap(),
        fs::read_to_string(&site.paths.snapshot).unwrap(),
    );
    let lines: Vec<&str> = journal.lines().collect();
    for kept in 1..=lines.len() {
        for ends in 0..1 << kept {
            for last in ["\n", "\r\n", "\r", ""] {
                let mut text = String::new();
                for (number, line) in lines[..kept].iter().enumerate() {
                    let end = if ends & (1 << number) == 0 { "\n" } else { "\r\n" };
                    text.push_str(line);
                    text.push_str(if number + 1 == kept { last } else { end });
                }
                site.put(&site.paths.journal, text.as_bytes());
                let loaded = load(&site.paths, Some(&binding())).unwrap();
                assert_eq!(loaded.notes, Vec::<String>::new(), "{text:?}");
                assert_eq!(loaded.head.sequence, u64::try_from(kept).unwrap(), "{text:?}");
                if kept == lines.len() {
                    assert_eq!(loaded.state.as_ref(), Some(&expected), "{text:?}");
                }
                // The writer puts the newline back before anything else, and what it appends is read again.
                let mut store = site.open().unwrap();
                assert_eq!(store.head(), loaded.head);
                let ended = fs::read_to_string(&site.paths.journal).unwrap();
                assert_eq!(ended, format!("{}\n", text.strip_suffix('\n').unwrap_or(&text)));
                store
                    .append(Record::Disowned {
                        key: "winter".into(),
                        marker: super::site::marker("winter", 7),
                        identity: None,
                        at: at(9),
                    })
                    .unwrap();
                assert_eq!(site.state(), *store.state(), "{text:?}");
            }
        }
    }
    site.put(&site.paths.journal, journal.as_bytes());
    for changed in [snapshot.replace('\n', "\r\n"), snapshot.trim_end().to_owned()] {
        site.put(&site.paths.snapshot, changed.as_bytes());
        assert_eq!(site.state(), expected);
        site.open().unwrap();
    }
}

#[test]
fn a_broken_line_that_has_its_newline_is_refused_whatever_the_newline() {
    let site = filled();
    let journal = fs::read_to_string(&site.paths.journal).unwrap();
    let lines: Vec<&str> = journal.lines().collect();
    for end in ["\n", "\r\n"] {
        for (number, line) in lines.iter().enumerate() {
            let mut broken: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
            broken[number] = line.replacen(':', ": ", 1);
            let text: String = broken.iter().map(|line| format!("{line}{end}")).collect();
            site.put(&site.paths.journal, text.as_bytes());
            let refused = refusal(&site);
            assert!(
                matches!(&refused, StateError::DamagedJournal { line, .. } if *line == number + 1),
                "{text:?}: {refused}"
            );
        }
    }
}

#[test]
fn a_damaged_snapshot_is_restored_by_the_copy_that_the_message_names() {
    let site = filled();
    let expected = site.state();
    site.put(&site.paths.snapshot, b"");
    let refused = refusal(&site).to_string();
    let backup = site.paths.backup(1);
    assert!(refused.contains(&backup.display().to_string()), "{refused}");
    fs::copy(backup, &site.paths.snapshot).unwrap();
    assert_eq!(site.state(), expected);
}

#[test]
fn a_merge_in_the_snapshot_is_named_as_such() {
    let site = filled();
    let text = fs::read_to_string(&site.paths.snapshot).unwrap();
    site.put(
        &site.paths.snapshot,
        format!("<<<<<<< HEAD\n{text}=======\n{text}>>>>>>> other\n").as_bytes(),
    );
    assert!(refusal(&site).to_string().contains("conflict marks"));
}

#[test]
fn a_merge_in_the_journal_is_named_as_such_whichever_mark_is_left() {
    let site = filled();
    let journal = fs::read_to_string(&site.paths.journal).unwrap();
    let lines: Vec<&str> = journal.lines().collect();
    for mark in ["<<<<<<< HEAD", "||||||| 18574b9", "=======", ">>>>>>> other"] {
        for end in ["\n", "\r\n"] {
            for place in 0..=lines.len() {
                let mut marked = lines.clone();
                marked.insert(place, mark);
                let text: String = marked.iter().map(|line| format!("{line}{end}")).collect();
                site.put(&site.paths.journal, text.as_bytes());
                let refused = refusal(&site);
                assert!(refused.to_string().contains("conflict marks"), "{text:?}: {refused}");
                assert!(matches!(refused, StateError::DamagedJournal { line, .. } if line == place + 1));
            }
        }
    }
}

#[test]
fn a_formatter_does_no_harm() {
    let site = filled();
    let expected = site.state();
    let text = fs::read_to_string(&site.paths.snapshot).unwrap();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    site.put(&site.paths.snapshot, value.to_string().as_bytes());
    assert_eq!(site.state(), expected);
}

#[test]
fn newer_and_other_formats_are_refused_before_anything_in_them_is_believed() {
    let site = filled();
    let (snapshot, journal) = (
        fs::read(&site.paths.snapshot).unwrap(),
        fs::read(&site.paths.journal).unwrap(),
    );

    site.put(
        &site.paths.snapshot,
        br#"{"format": "dialform-state", "format_version": 2, "anything": [1]}"#,
    );
    assert!(matches!(
        refusal(&site),
        StateError::NewerFormat { found: 2, known: 1, .. }
    ));
    for other in [
        r#"{"version": 4, "serial": 1}"#,
        r#"{"format": "dialform-state", "format_version": 0}"#,
    ] {
        site.put(&site.paths.snapshot, other.as_bytes());
        assert!(matches!(refusal(&site), StateError::NotOurs { .. }));
    }
    site.put(&site.paths.snapshot, &snapshot);
    site.put(
        &site.paths.journal,
        b"{\"format\":\"dialform-journal\",\"format_version\":7}\n",
    );
    assert!(matches!(
        refusal(&site),
        StateError::NewerFormat { found: 7, known: 2, .. }
    ));
    site.put(&site.paths.journal, &snapshot);
    assert!(matches!(refusal(&site), StateError::DamagedJournal { line: 1, .. }));
    site.put(&site.paths.journal, &journal);
    site.state();
}

#[test]
fn another_state_s_journal_is_refused() {
    let (site, other) = (filled(), filled());
    fs::copy(&other.paths.journal, &site.paths.journal).unwrap();
    assert!(matches!(refusal(&site), StateError::OtherLineage { .. }));
}

#[test]
fn a_journal_without_its_snapshot_is_refused() {
    let site = filled();
    fs::remove_file(&site.paths.snapshot).unwrap();
    let refused = refusal(&site);
    assert!(matches!(refused, StateError::SnapshotMissing { .. }));
    assert!(
        refused.to_string().contains("dialform.state.json.backup.1"),
        "{refused}"
    );
}

#[test]
fn a_snapshot_without_its_journal_is_read_and_said_so() {
    let site = filled();
    fs::remove_file(&site.paths.journal).unwrap();
    let loaded = load(&site.paths, Some(&binding())).unwrap();
    assert_eq!(loaded.head.sequence, 1);
    assert_eq!(loaded.notes.len(), 1);
    let mut store = site.open().unwrap();
    assert_eq!(store.append(Record::Intent(intent("autumn", 2))).unwrap(), 2);
}

#[test]
fn two_copies_of_one_state_are_not_mixed() {
    let (site, copy) = (filled(), Site::new());
    for name in site.files() {
        fs::copy(site.path(&name), copy.path(&name)).unwrap();
    }
    // Both copies go on from the same point, each its own way, by as many records.
    site.run([Record::Created {
        intent: id(2),
        identity: "task-2".into(),
        at: at(5),
        how: How::Adopted,
    }]);
    copy.run([Record::Abandoned {
        intent: id(2),
        at: at(5),
    }]);
    assert_eq!(site.state().last_sequence, copy.state().last_sequence);

    fs::copy(&copy.paths.journal, &site.paths.journal).unwrap();
    assert!(matches!(refusal(&site), StateError::Parted { .. }));
}

#[test]
fn a_journal_that_went_another_way_than_the_snapshot_is_refused() {
    let (site, copy) = (filled(), Site::new());
    for name in site.files() {
        fs::copy(site.path(&name), copy.path(&name)).unwrap();
    }
    site.run([Record::Abandoned {
        intent: id(2),
        at: at(5),
    }]);
    let mut store = copy.open().unwrap();
    store
        .append(Record::NotSent {
            intent: id(2),
            nothing_left: true,
        })
        .unwrap();
    store.append(Record::Withdrawn { intent: id(2) }).unwrap();

    // It has a record of the number that the snapshot ends with, but another one.
    fs::copy(&copy.paths.journal, &site.paths.journal).unwrap();
    assert!(matches!(
        refusal(&site),
        StateError::Parted {
            folded: 4,
            after: 1,
            last: 5,
            ..
        }
    ));
}

#[test]
fn an_older_backup_under_a_newer_journal_is_refused() {
    let site = filled();
    site.run([Record::Abandoned {
        intent: id(2),
        at: at(5),
    }]);
    fs::copy(site.paths.backup(1), &site.paths.snapshot).unwrap();
    let refused = refusal(&site);
    assert!(
        matches!(
            refused,
            StateError::Parted {
                folded: 1,
                after: 4,
                ..
            }
        ),
        "{refused:?}"
    );
    assert!(
        refused.to_string().contains("dialform.state.json.backup.2"),
        "{refused}"
    );
}

#[test]
fn a_stop_between_the_new_snapshot_and_the_new_journal_loses_and_doubles_nothing() {
    let site = filled();
    let old_journal = fs::read(&site.paths.journal).unwrap();
    site.open().unwrap().commit().unwrap();
    let expected = site.state();
    let head = load(&site.paths, None).unwrap().head;
    site.put(&site.paths.journal, &old_journal);

    let loaded = load(&site.paths, Some(&binding())).unwrap();
    assert_eq!(loaded.state, Some(expected.clone()));
    assert_eq!(loaded.head, head);
    assert!(loaded.notes.is_empty());

    let mut store = site.open().unwrap();
    assert_eq!((store.state(), store.head()), (&expected, head));
    assert_eq!(
        store
            .append(Record::Abandoned {
                intent: id(2),
                at: at(5)
            })
            .unwrap(),
        4
    );
    assert_eq!(site.state(), *store.state());
    store.commit().unwrap();
    assert_eq!(store.state().serial, 3);
    assert_eq!(site.state(), *store.state());
}

#[test]
fn a_state_of_another_api_or_dialect_is_refused() {
    let site = filled();
    for other in [
        Binding {
            origin: "https://cis.example.com/cis/api/v1".into(),
            ..binding()
        },
        Binding {
            dialect: Dialect::Extended,
            ..binding()
        },
    ] {
        let refused = load(&site.paths, Some(&other)).unwrap_err();
        assert!(matches!(refused, StateError::OtherBinding { .. }));
        assert!(refused.to_string().contains(&other.origin), "{refused}");
        assert!(refused.to_string().contains(other.dialect.word()), "{refused}");
    }
    assert!(load(&site.paths, None).is_ok());
}

#[test]
fn a_file_that_is_larger_than_any_state_is_refused_unread() {
    for name in ["dialform.state.json", "dialform.state.journal", "dialform.state.spill"] {
        let site = filled();
        // It takes no room on the disk, as one in a repository takes hardly any.
        let file = fs::File::options().write(true).open(site.path(name)).unwrap();
        file.set_len((1 << 30) + 1).unwrap();
        let refused = site.open().unwrap_err();
        assert!(matches!(refused, StateError::TooLarge { .. }), "{name}: {refused}");
        let words = refused.to_string();
        assert!(
            words.contains(name) && words.contains("larger than 1024 MiB"),
            "{words}"
        );
        assert!(
            matches!(load(&site.paths, None), Err(StateError::TooLarge { .. })),
            "{name}"
        );
    }
}

#[cfg(unix)]
#[test]
fn links_folders_and_open_permissions_are_refused() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let names = [
        "dialform.state.json",
        "dialform.state.journal",
        "dialform.state.spill",
        "dialform.state.lock",
    ];
    for name in names {
        let site = filled();
        let path = site.path(name);
        assert!(path.exists(), "{name}");

        fs::set_permissions(&path, PermissionsExt::from_mode(0o620)).unwrap();
        assert!(
            matches!(
                site.open().unwrap_err(),
                StateError::LoosePermissions { mode: 0o620, .. }
            ),
            "{name}"
        );
        fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
        site.open().unwrap();

        let elsewhere = site.path("elsewhere");
        fs::rename(&path, &elsewhere).unwrap();
        symlink(&elsewhere, &path).unwrap();
        assert!(matches!(site.open().unwrap_err(), StateError::Symlink { .. }), "{name}");
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert!(
            matches!(site.open().unwrap_err(), StateError::NotAFile { .. }),
            "{name}"
        );
    }
}
