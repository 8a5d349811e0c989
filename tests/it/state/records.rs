//! What each record does to the state, and which are refused.

use dialform::state::{How, InvalidTransition, Marker, Record, Stage, State};
use uuid::Uuid;

use super::site::{at, binding, every_kind, id, intent, marker, replacement, replayed, task};

#[test]
fn replay_is_deterministic_and_idempotent() {
    let records = every_kind();
    let state = replayed(&records);
    assert_eq!(state, replayed(&records));

    let mut again = state.clone();
    for (sequence, record) in (1..).zip(&records) {
        assert!(!again.replay(sequence, record).unwrap());
    }
    assert_eq!(again, state);
}

#[test]
fn no_marker_is_ever_forgotten() {
    let state = replayed(&every_kind());
    let mut held: Vec<u64> = (1..=8)
        .filter(|n| state.markers().any(|(_, held)| *held == marker_of(*n)))
        .collect();
    held.sort_unstable();
    // 3 was never sent and 4 was refused: no task carries either.
    assert_eq!(held, [1, 2, 5, 6, 7, 8]);
    let key_of = |n| {
        state
            .markers()
            .find(|(_, held)| **held == marker_of(n))
            .map(|(key, _)| key)
    };
    assert_eq!(
        [key_of(1), key_of(6), key_of(9)],
        [Some("summer"), Some("winter"), None]
    );
}

fn marker_of(n: u64) -> Marker {
    let key = match n {
        1 | 2 => "spring",
        3 | 4 => "autumn",
        8 => "summer",
        _ => "winter",
    };
    marker(key, n)
}

#[test]
fn a_replacement_keeps_what_it_replaced() {
    let state = replayed(&every_kind()[..13]);
    let task = &state.tasks["spring"];
    assert_eq!((task.identity.as_str(), task.halted_at), ("task-2", None));
    let [previous] = task.previous.as_slice() else {
        panic!("{task:?}")
    };
    assert_eq!(
        (previous.identity.as_str(), previous.halted_at),
        ("task-1", Some(at(13)))
    );
}

#[test]
fn an_intent_is_sendable_only_while_provably_unsent() {
    let mut state = State::new(Uuid::from_u128(42), binding());
    state.apply(&Record::Intent(intent("spring", 1))).unwrap();
    assert!(!state.intent_for("spring").unwrap().may_have_left());
    state.apply(&Record::Sending { intent: id(1) }).unwrap();
    assert!(state.intent_for("spring").unwrap().may_have_left());
    assert!(matches!(
        state.apply(&Record::Sending { intent: id(1) }),
        Err(InvalidTransition::WrongStage { .. })
    ));
    let reason = "timeout".to_owned();
    state.apply(&Record::Unknown { intent: id(1), reason }).unwrap();
    for record in [
        Record::Sending { intent: id(1) },
        Record::NotSent {
            intent: id(1),
            nothing_left: true,
        },
        Record::Withdrawn { intent: id(1) },
        Record::Rejected {
            intent: id(1),
            status: 404,
            reason: "absence is no proof".into(),
        },
    ] {
        assert!(
            matches!(state.apply(&record), Err(InvalidTransition::WrongStage { .. })),
            "{record:?}"
        );
    }
    assert!(matches!(
        state.intent_for("spring").unwrap().stage,
        Stage::Unknown { .. }
    ));
}

#[test]
fn what_cannot_follow_is_refused_and_changes_nothing() {
    let spring = || "spring".to_owned();
    let created = |intent, identity: &str| {
        let identity = identity.to_owned();
        Record::Created {
            intent: id(intent),
            identity,
            at: at(20),
            how: How::Answered,
        }
    };
    // Campaign `spring` has task-1; `winter` is being created; `autumn` was removed.
    let state = replayed(&[
        Record::Adopted {
            key: spring(),
            task: task("task-1", "spring", 1),
        },
        Record::Adopted {
            key: "autumn".into(),
            task: task("task-2", "autumn", 2),
        },
        Record::Removed {
            key: "autumn".into(),
            at: at(9),
        },
        Record::Intent(intent("winter", 3)),
        Record::Sending { intent: id(3) },
    ]);
    type Case = (Record, fn(&InvalidTransition) -> bool);
    let cases: Vec<Case> = vec![
        (Record::Intent(intent("spring", 4)), |why| {
            matches!(why, InvalidTransition::TaskExists { .. })
        }),
        (Record::Intent(intent("winter", 4)), |why| {
            matches!(why, InvalidTransition::IntentOpen { .. })
        }),
        (Record::Intent(intent("other", 3)), |why| {
            matches!(why, InvalidTransition::IntentOpen { .. })
        }),
        (Record::Intent(intent("autumn", 4)), |why| {
            matches!(why, InvalidTransition::Blocked { .. })
        }),
        (Record::Intent(replacement("spring", 4, "task-1")), |why| {
            matches!(why, InvalidTransition::StillRunning { .. })
        }),
        (Record::Intent(replacement("spring", 4, "task-9")), |why| {
            matches!(why, InvalidTransition::OtherTask { .. })
        }),
        (Record::Intent(replacement("new", 4, "task-9")), |why| {
            matches!(why, InvalidTransition::NoTask { .. })
        }),
        (created(9, "task-9"), |why| {
            matches!(why, InvalidTransition::NoIntent { .. })
        }),
        (created(3, "task-1"), |why| {
            matches!(why, InvalidTransition::IdentityTaken { .. })
        }),
        (created(3, " "), |why| {
            matches!(why, InvalidTransition::EmptyIdentity { .. })
        }),
        (Record::Withdrawn { intent: id(3) }, |why| {
            matches!(why, InvalidTransition::WrongStage { .. })
        }),
        (
            Record::Halted {
                key: spring(),
                identity: "task-9".into(),
                at: at(1),
            },
            |why| matches!(why, InvalidTransition::OtherTask { .. }),
        ),
        (
            Record::Moved {
                from: spring(),
                to: "winter".into(),
            },
            |why| matches!(why, InvalidTransition::IntentOpen { .. }),
        ),
        (
            Record::Moved {
                from: "none".into(),
                to: "new".into(),
            },
            |why| matches!(why, InvalidTransition::NoTask { .. }),
        ),
        (
            Record::Removed {
                key: "winter".into(),
                at: at(1),
            },
            |why| matches!(why, InvalidTransition::NoTask { .. }),
        ),
        (Record::ClearedTombstone { key: spring() }, |why| {
            matches!(why, InvalidTransition::NotBlocked { .. })
        }),
        (
            Record::Adopted {
                key: "new".into(),
                task: task("task-1", "new", 5),
            },
            |why| matches!(why, InvalidTransition::IdentityTaken { .. }),
        ),
    ];
    for (record, expected) in cases {
        let mut after = state.clone();
        let why = after.apply(&record).unwrap_err();
        assert!(expected(&why), "{record:?}: {why}");
        assert_eq!(after, state);
    }
}
