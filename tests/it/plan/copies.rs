//! A create that could be a second copy: of a task that the state let go of, whatever key its campaign has now, or of one
//! that no campaign manages any more.

use dialform::plan::{BlockReason, Kind, Likeness, Options, Plan, PlanView, Unmanaged};
use dialform::report::plan::render;
use dialform::state::Record;
use jiff::Timestamp;

use super::{file, intend, outline, plan};
use crate::common::project::{Project, create};

fn removed(key: &str) -> Record {
    let (key, at) = (key.to_owned(), Timestamp::UNIX_EPOCH);
    Record::Removed { key, at }
}

fn moved(from: &str, to: &str) -> Record {
    let (from, to) = (from.to_owned(), to.to_owned());
    Record::Moved { from, to }
}

fn halted(key: &str) -> Record {
    Record::Halted {
        key: key.to_owned(),
        identity: format!("task-{key}"),
        at: Timestamp::UNIX_EPOCH,
    }
}

/// The block of the create of a campaign.
fn block<'p>(plan: &'p Plan, key: &str) -> Option<&'p BlockReason> {
    let of = |kind| {
        plan.actions
            .iter()
            .find(|action| action.key == key && action.kind == kind)
    };
    of(Kind::Create)
        .unwrap_or_else(|| panic!("{key} is not to be created: {plan:?}"))
        .block
        .as_ref()
}

/// A project whose campaign `from` has been removed from the state, and is now called `to`.
fn renamed(from: &str, to: &str, name: &str, settings: &str, moves: &[(&str, &str)]) -> Project {
    let project = Project::new();
    project.named_campaign(from, "One name", "");
    file(&project, from, &format!("task-{from}"));
    project.record([removed(from)]);
    project.remove(from);
    project.named_campaign(to, name, settings);
    let moves: String = moves
        .iter()
        .map(|(from, to)| format!("moved from=\"{from}\" to=\"{to}\"\n"))
        .collect();
    project.write("campaigns/moved.kdl", &moves);
    project
}

#[test]
fn a_block_follows_every_chain_of_moves_whatever_else_changes() {
    let chains: &[&[(&str, &str)]] = &[
        &[("a", "z")],
        &[("a", "b"), ("b", "z")],
        &[("b", "z"), ("a", "b")],
        &[("c", "z"), ("a", "b"), ("d", "e"), ("b", "c")],
    ];
    for moves in chains {
        for (name, settings) in [
            ("One name", ""),
            ("One name", "pace \"5/s\""),
            ("Another name", "pace \"5/s\"; comment \"Other\""),
        ] {
            let moves: Vec<_> = moves.iter().copied().filter(|(from, _)| *from != "d").collect();
            let project = renamed("a", "z", name, settings, &moves);
            let blocked = plan(&project);
            assert_eq!(
                outline(&blocked),
                [("z", Kind::Move, false), ("z", Kind::Create, true)],
                "{moves:?} {settings}"
            );
            let expected = BlockReason::Removed {
                key: "z".into(),
                under: "a".into(),
            };
            assert_eq!(block(&blocked, "z"), Some(&expected));
            let free = project.plan(&create("z"));
            assert_eq!(outline(&free), [("z", Kind::Move, false), ("z", Kind::Create, false)]);

            // What apply records for the move; after it, `moved` may go.
            project.record([moved("a", "z")]);
            assert_eq!(outline(&plan(&project)), [("z", Kind::Create, true)]);
            project.remove("moved");
            assert_eq!(outline(&plan(&project)), [("z", Kind::Create, true)]);
            assert_eq!(outline(&project.plan(&create("z"))), [("z", Kind::Create, false)]);
        }
    }
}

#[test]
fn blocks_that_change_places_stay_with_their_campaigns() {
    for settings in ["", "pace \"5/s\""] {
        let project = Project::of(&["a", "b"]);
        file(&project, "a", "task-a");
        file(&project, "b", "task-b");
        project.record([removed("a"), moved("a", "tmp"), moved("b", "a"), moved("tmp", "b")]);
        project.named_campaign("a", "Campaign b", "");
        project.named_campaign("b", "Another name", settings);
        assert_eq!(
            outline(&plan(&project)),
            [("a", Kind::Unchanged, false), ("b", Kind::Create, true)]
        );
    }
}

#[test]
fn a_block_joins_a_task_and_goes_on_with_it() {
    let project = Project::of(&["a", "b"]);
    file(&project, "a", "task-a");
    file(&project, "b", "task-b");
    project.record([removed("a"), moved("a", "b"), moved("b", "c")]);
    let state = project.state();
    assert_eq!(state.blocked_keys().collect::<Vec<_>>(), ["c"]);
    assert!(state.tasks.contains_key("c"));
}

/// A plan in all its forms says what is in the way, and all three ways out.
fn says_all(plan: &Plan, key: &str, orphan: &str) {
    let json = serde_json::to_string(&PlanView::of(plan, false))
        .unwrap()
        .replace("\\\"", "\"");
    for shown in [
        render(plan, false).to_string(),
        json,
        dialform::report::markdown::render(plan, false),
    ] {
        for way in [
            format!("moved from=\"{orphan}\" to=\"{key}\""),
            format!("dialform state mv {orphan} {key}"),
            format!("--create {key}"),
        ] {
            assert!(shown.contains(&way), "{way} is not in {shown}");
        }
    }
}

#[test]
fn a_create_with_the_name_of_an_orphan_is_blocked() {
    for settings in ["", "pace \"5/s\"", "pace \"5/s\"; comment \"Other\"; redial #false"] {
        for name in ["One name", "One name  "] {
            let project = Project::new();
            project.named_campaign("spring", "One name", "");
            file(&project, "spring", "task-spring");
            project.remove("spring");
            project.named_campaign("summer", name, settings);
            let blocked = plan(&project);
            let likeness = match (settings, name) {
                ("", "One name") => Likeness::Settings,
                _ => Likeness::Name,
            };
            let expected = BlockReason::SameAsOrphan {
                key: "summer".into(),
                orphan: "spring".into(),
                likeness,
                what: Unmanaged::Orphan,
            };
            assert_eq!(block(&blocked, "summer"), Some(&expected), "{settings}");
            says_all(&blocked, "summer", "spring");
            assert_eq!(block(&project.plan(&create("summer")), "summer"), None);

            // One that calls nobody is in nobody's way.
            project.record([halted("spring")]);
            assert_eq!(block(&plan(&project), "summer"), None);
        }
    }
}

#[test]
fn a_create_with_the_name_of_a_task_that_was_let_go_of_is_blocked() {
    for settings in ["", "pace \"5/s\""] {
        let project = renamed("spring", "summer", "One name", settings, &[]);
        let blocked = plan(&project);
        assert!(
            matches!(block(&blocked, "summer"), Some(BlockReason::SameAsOrphan { orphan, what: Unmanaged::Removed, .. }) if orphan == "spring"),
            "{blocked:?}"
        );
        says_all(&blocked, "summer", "spring");
        assert_eq!(block(&project.plan(&create("summer")), "summer"), None);
    }
    // It was stopped before: nobody is called twice.
    let project = Project::new();
    project.named_campaign("spring", "One name", "");
    file(&project, "spring", "task-spring");
    project.record([halted("spring"), removed("spring")]);
    project.remove("spring");
    project.named_campaign("summer", "One name", "");
    assert_eq!(block(&plan(&project), "summer"), None);
}

#[test]
fn a_create_with_the_name_of_one_in_doubt_is_blocked() {
    let project = Project::new();
    project.named_campaign("spring", "One name", "");
    let intent = intend(&project, "spring", None);
    project.record([Record::Sending { intent }]);
    project.remove("spring");
    project.named_campaign("summer", "One name", "pace \"5/s\"");
    assert!(matches!(
        block(&plan(&project), "summer"),
        Some(BlockReason::SameAsOrphan {
            what: Unmanaged::InDoubt,
            ..
        })
    ));
}

/// The notes about orphans.
fn near(plan: &Plan) -> Vec<&String> {
    plan.notes
        .iter()
        .filter(|note| note.contains("equal to the orphan"))
        .collect()
}

#[test]
fn a_create_that_is_an_orphan_but_for_its_name_and_one_setting_names_it() {
    let cases = [
        ("", Some(" but for its name, ")),
        ("pace \"5/s\"", Some("its name and `pace`")),
        ("comment #null", Some("its name and `comment`")),
        (
            "call-window from=\"10:00\" to=\"11:00\"",
            Some("its name and `call-window`"),
        ),
        ("redial { busy after=\"30m\" times=2; }", Some("its name and `busy`")),
        ("webhook \"https://example.com/other\"", Some("its name and `webhook`")),
        ("pace \"5/s\"; comment \"Other\"", None),
    ];
    for (settings, expected) in cases {
        let project = Project::of(&["spring"]);
        file(&project, "spring", "task-spring");
        project.remove("spring");
        project.campaign("summer", settings);
        let told = plan(&project);
        assert_eq!(block(&told, "summer"), None);
        match (near(&told).as_slice(), expected) {
            ([note], Some(words)) => {
                assert!(note.contains(words) && note.contains("`spring`"), "{note}");
                assert!(render(&told, false).to_string().contains(words));
            }
            ([], None) => {}
            (notes, _) => panic!("{settings}: {notes:?}"),
        }
        // Neither by word nor beside one that calls nobody.
        assert_eq!(near(&project.plan(&create("summer"))), Vec::<&String>::new());
        project.record([halted("spring")]);
        assert_eq!(near(&plan(&project)), Vec::<&String>::new());
    }
}

#[test]
fn campaigns_that_a_template_makes_alike_but_for_their_names_are_not_bothered() {
    let project = Project::of(&["autumn", "spring"]);
    file(&project, "autumn", "task-autumn");
    file(&project, "spring", "task-spring");
    project.remove("spring");
    project.campaign("summer", "");
    assert_eq!(near(&plan(&project)), Vec::<&String>::new());
    assert_eq!(
        outline(&project.plan(&Options::default())),
        [
            ("spring", Kind::Orphan, false),
            ("autumn", Kind::Unchanged, false),
            ("summer", Kind::Create, false)
        ]
    );
}
