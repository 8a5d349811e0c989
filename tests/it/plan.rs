//! Plans: what is to be done, why, and what is in the way; saved plans, and when they are stale.

mod comment;
mod copies;

use dialform::plan::{
    BlockReason, FieldChange, Kind, Options, Plan, PlanError, PlanView, Reason, SavedPlan, SavedPlanError, Stale, make,
};
use dialform::report::plan::{render, summary};
use dialform::state::{Head, How, Intent, Marker, Record, Stage, Task, load};
use jiff::Timestamp;
use uuid::Uuid;

use crate::common::project::{Project, binding, create, replace};

/// Key, kind, and whether something is in the way.
fn outline(plan: &Plan) -> Vec<(&str, Kind, bool)> {
    plan.actions
        .iter()
        .map(|action| (action.key.as_str(), action.kind, action.block.is_some()))
        .collect()
}

/// Files a task for a campaign as the files now say.
fn file(project: &Project, key: &str, identity: &str) {
    let mut store = project.open();
    let desired = project.configuration(Some(store.state().lineage));
    let desired = desired.campaign(key).unwrap();
    let (fingerprint, body) = (desired.fingerprint.clone(), desired.redacted.clone());
    let marker = Marker::random(key);
    let task = Task::new(identity.to_owned(), fingerprint, body, marker, Timestamp::UNIX_EPOCH);
    let key = key.to_owned();
    store.append(Record::Adopted { key, task }).unwrap();
}

/// Records an intent for a campaign as the files now say, and gives its id.
fn intend(project: &Project, key: &str, replaces: Option<&str>) -> Uuid {
    let mut store = project.open();
    let desired = project.configuration(Some(store.state().lineage));
    let desired = desired.campaign(key).unwrap();
    let id = Uuid::new_v4();
    let intent = Intent {
        id,
        key: key.into(),
        fingerprint: desired.fingerprint.clone(),
        body: desired.redacted.clone(),
        marker: Marker::random(key),
        at: Timestamp::UNIX_EPOCH,
        replaces: replaces.map(str::to_owned),
        stage: Stage::Recorded,
        sent_before: None,
    };
    store.append(Record::Intent(intent)).unwrap();
    id
}

fn plan(project: &Project) -> Plan {
    project.plan(&Options::default())
}

#[test]
fn a_new_campaign_is_created_and_a_known_one_is_left() {
    let project = Project::of(&["autumn", "spring"]);
    file(&project, "spring", "task-spring");
    let plan = plan(&project);
    assert_eq!(
        outline(&plan),
        [("autumn", Kind::Create, false), ("spring", Kind::Unchanged, false)]
    );
    assert!(plan.has_changes());
    let at = plan.actions[0].at.as_ref().unwrap().to_string();
    assert_eq!(at, "campaigns/autumn.kdl:1:10");
}

#[test]
fn nothing_at_all_reads_well() {
    let project = Project::new();
    project.edit("lint {", "lint { allow \"no-campaigns\";");
    let plan = plan(&project);
    assert!(!plan.has_changes());
    assert_eq!(
        summary(&plan),
        "Nothing to do: no campaigns are declared, and the state holds no tasks."
    );
}

#[test]
fn an_orphan_is_to_be_decided_about_before_anything_else() {
    let project = Project::of(&["spring", "summer"]);
    file(&project, "spring", "task-spring");
    file(&project, "summer", "task-summer");
    project.remove("summer");
    let plan = plan(&project);
    assert_eq!(
        outline(&plan),
        [("summer", Kind::Orphan, false), ("spring", Kind::Unchanged, false)]
    );
    assert!(plan.has_changes());
    assert_eq!(summary(&plan), "Plan: 1 unchanged, 1 orphan (to decide).");
}

#[test]
fn a_change_is_refused_without_replace_and_told_in_the_units_of_the_language() {
    let project = Project::of(&["spring"]);
    file(&project, "spring", "task-spring");
    project.campaign(
        "spring",
        r#"call-window from="09:10" to="21:00"; pace "1/60s"; comment #null; redial { busy #false; no-answer after="2h" times=2 }"#,
    );
    let plan = plan(&project);
    let [action] = plan.actions.as_slice() else {
        panic!("{plan:?}")
    };
    assert_eq!(
        action.block,
        Some(BlockReason::NeedsReplace {
            key: "spring".into(),
            task: "task-spring".into()
        })
    );
    let changes: Vec<_> = action
        .changes
        .iter()
        .map(|FieldChange { path, before, after }| (path.as_str(), before.as_deref(), after.as_deref()))
        .collect();
    for expected in [
        ("pace", Some("\"3/s\""), Some("\"1/60s\"")),
        ("comment", Some("\"Lapsed customers\""), None),
        ("call-window.to", Some("\"19:50\""), Some("\"21:00\"")),
        ("redial.busy.after", Some("\"20m\""), None),
        ("redial.no-answer.after", None, Some("\"2h\"")),
    ] {
        assert!(changes.contains(&expected), "{expected:?} is not in {changes:?}");
    }
    assert_eq!(summary(&plan), "Plan: 1 to replace (refused without --replace).");

    let allowed = project.plan(&replace("spring"));
    assert_eq!(outline(&allowed), [("spring", Kind::Replace, false)]);
}

#[test]
fn a_changed_secret_of_a_webhook_is_a_change_that_shows_no_secret() {
    let project = Project::of(&["spring"]);
    file(&project, "spring", "task-spring");
    project.edit("topsecret", "othersecret");
    let plan = plan(&project);
    assert_eq!(outline(&plan), [("spring", Kind::Replace, true)]);
    assert_eq!(plan.actions[0].changes[0].path, "webhook");
    let shown = render(&plan, true).to_string() + &serde_json::to_string(&PlanView::of(&plan, true)).unwrap();
    for secret in ["hunter2", "topsecret", "othersecret"] {
        assert!(!shown.contains(secret), "{secret} is in {shown}");
    }
    assert!(shown.contains("sealed:"));
}

#[test]
fn what_is_not_on_the_wire_changes_nothing() {
    let project = Project::of(&["spring"]);
    file(&project, "spring", "task-spring");
    project.edit("\"common\" {", "\"common\" {\n    // A remark");
    project.edit("promo", "renamed-alias");
    project.edit("lint {", "wire-value \"on-error.skip\" \"DROP\"\n    lint {");
    assert_eq!(outline(&plan(&project)), [("spring", Kind::Unchanged, false)]);
}

#[test]
fn a_default_that_the_vendor_does_not_publish_is_said() {
    let project = Project::of(&["spring"]);
    let told = plan(&project);
    assert!(told.notes[0].contains("on-error.skip"), "{:?}", told.notes);
    project.edit("lint {", "wire-value \"on-error.skip\" \"DROP\"\n    lint {");
    assert_eq!(plan(&project).notes, Vec::<String>::new());
}

#[test]
fn a_campaign_under_a_new_key_is_blocked_until_somebody_says_what_is_meant() {
    let project = Project::new();
    project.named_campaign("spring", "One name", "");
    file(&project, "spring", "task-spring");
    project.remove("spring");
    project.named_campaign("summer", "One name", "");
    let blocked = plan(&project);
    assert_eq!(
        outline(&blocked),
        [("spring", Kind::Orphan, false), ("summer", Kind::Create, true)]
    );
    assert!(matches!(&blocked.actions[1].block, Some(BlockReason::SameAsOrphan { orphan, .. }) if orphan == "spring"));

    let created = project.plan(&create("summer"));
    assert_eq!(
        outline(&created),
        [("spring", Kind::Orphan, false), ("summer", Kind::Create, false)]
    );

    project.write("campaigns/moved.kdl", "moved from=\"spring\" to=\"summer\"\n");
    let moved = plan(&project);
    assert_eq!(
        outline(&moved),
        [("summer", Kind::Move, false), ("summer", Kind::Unchanged, false)]
    );
}

#[test]
fn a_chain_of_moves_ends_at_its_last_key_and_a_taken_key_blocks() {
    let project = Project::of(&["a"]);
    file(&project, "a", "task-a");
    project.remove("a");
    project.named_campaign("c", "Campaign a", "");
    project.write(
        "campaigns/moved.kdl",
        "moved from=\"a\" to=\"b\"\nmoved from=\"b\" to=\"c\"\n",
    );
    assert_eq!(
        outline(&plan(&project)),
        [("c", Kind::Move, false), ("c", Kind::Unchanged, false)]
    );

    file(&project, "c", "task-c");
    let taken = plan(&project);
    assert_eq!(
        outline(&taken),
        [("c", Kind::Move, true), ("c", Kind::Unchanged, false)]
    );
}

#[test]
fn a_removed_task_blocks_its_key_until_create() {
    let project = Project::of(&["spring"]);
    file(&project, "spring", "task-spring");
    project.record([Record::Removed {
        key: "spring".into(),
        at: Timestamp::UNIX_EPOCH,
    }]);
    let blocked = plan(&project);
    assert_eq!(outline(&blocked), [("spring", Kind::Create, true)]);
    assert_eq!(
        blocked.actions[0].block,
        Some(BlockReason::Removed {
            key: "spring".into(),
            under: "spring".into(),
        })
    );
    assert_eq!(
        outline(&project.plan(&create("spring"))),
        [("spring", Kind::Create, false)]
    );
}

#[test]
fn an_unsent_intent_is_a_create_and_one_that_may_have_left_is_unknown() {
    let project = Project::of(&["spring"]);
    let intent = intend(&project, "spring", None);
    let unsent = plan(&project);
    assert_eq!(outline(&unsent), [("spring", Kind::Create, false)]);
    assert_eq!(unsent.actions[0].reason, Reason::NeverSent);
    project.record([Record::Sending { intent }]);
    assert_eq!(outline(&plan(&project)), [("spring", Kind::Unknown, false)]);
    // Whatever is said: only `resolve` settles it.
    assert_eq!(
        outline(&project.plan(&create("spring"))),
        [("spring", Kind::Unknown, false)]
    );

    // Neither a new key nor none lets it be created a second time.
    project.remove("spring");
    project.named_campaign("summer", "Campaign spring", "");
    assert_eq!(
        outline(&plan(&project)),
        [("summer", Kind::Create, true), ("spring", Kind::Unknown, false)]
    );
    project.write("campaigns/moved.kdl", "moved from=\"spring\" to=\"summer\"\n");
    assert_eq!(outline(&plan(&project)), [("summer", Kind::Unknown, false)]);
}

#[test]
fn an_interrupted_replacement_goes_on_without_being_asked_for_again() {
    let project = Project::of(&["spring"]);
    file(&project, "spring", "task-spring");
    project.campaign("spring", "pace \"5/s\"");
    let halted = Record::Halted {
        key: "spring".into(),
        identity: "task-spring".into(),
        at: Timestamp::UNIX_EPOCH,
    };
    project.record([halted]);
    assert_eq!(outline(&plan(&project)), [("spring", Kind::Unchanged, false)]);
    intend(&project, "spring", Some("task-spring"));
    let resumed = plan(&project);
    assert_eq!(outline(&resumed), [("spring", Kind::Replace, false)]);
    assert_eq!(resumed.actions[0].reason, Reason::Resumed);
}

#[test]
fn options_that_name_no_campaign_are_refused_and_idle_ones_are_said() {
    let project = Project::of(&["spring"]);
    let refused = |options| make(&project.configuration(None), &project.state(), &options).unwrap_err();
    let nothing = |is_near, keys: &[&str]| PlanError::NothingToReplace {
        written: "sprin".into(),
        is_orphan: false,
        is_near,
        keys: keys.iter().map(|key| (*key).to_owned()).collect(),
    };
    assert_eq!(refused(replace("sprin")), nothing(false, &[]));
    let unknown = PlanError::NoSuchCampaign {
        option: "--create",
        key: "sprin".into(),
        suggestion: Some("spring".into()),
    };
    assert_eq!(refused(create("sprin")), unknown);
    let idle = project.plan(&replace("spring"));
    file(&project, "spring", "task-spring");
    assert_eq!(refused(replace("sprin")), nothing(true, &["spring"]));
    assert!(
        idle.notes
            .iter()
            .any(|note| note.contains("`--replace spring` changes nothing"))
    );
}

/// A saved plan of a project, and what tells whether it is stale.
struct Saving {
    project: Project,
    saved: SavedPlan,
}

impl Saving {
    fn new() -> Self {
        let project = Project::of(&["autumn", "spring"]);
        file(&project, "spring", "task-spring");
        let (head, plan) = (head(&project), plan(&project));
        let configuration = project.configuration(head.lineage);
        let saved = SavedPlan::new(&plan, head, &configuration, &binding(), Timestamp::UNIX_EPOCH);
        Self { project, saved }
    }

    fn stale(&self) -> Vec<Stale> {
        let head = head(&self.project);
        let configuration = self.project.configuration(head.lineage);
        self.saved
            .stale(&plan(&self.project), &head, &configuration, &binding())
    }
}

fn head(project: &Project) -> Head {
    load(project.paths(), Some(&binding())).unwrap().head
}

#[test]
fn a_saved_plan_comes_back_as_it_was_and_is_its_owners_alone() {
    let saving = Saving::new();
    let path = saving.project.path("plan.json");
    saving.saved.write(&path).unwrap();
    assert_eq!(SavedPlan::read(&path).unwrap(), saving.saved);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(!text.contains("hunter2") && !text.contains("topsecret"), "{text}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
    }
    assert_eq!(saving.stale(), []);
    saving.project.edit("\"common\" {", "\"common\" {\n    // A remark");
    assert_eq!(saving.stale(), []);
}

#[test]
fn a_stale_plan_says_what_moved() {
    let saving = Saving::new();
    saving.project.campaign("autumn", "pace \"5/s\"");
    assert_eq!(saving.stale(), [Stale::Configuration]);

    let saving = Saving::new();
    saving.project.edit("topsecret", "othersecret");
    assert_eq!(saving.stale(), [Stale::Configuration]);

    let saving = Saving::new();
    saving
        .project
        .edit("lint {", "wire-value \"on-error.skip\" \"DROP\"\n    lint {");
    assert_eq!(saving.stale(), [Stale::Configuration]);

    let saving = Saving::new();
    intend(&saving.project, "autumn", None);
    assert_eq!(saving.stale(), [Stale::State]);

    let saving = Saving::new();
    let (head, other) = (head(&saving.project), binding());
    let configuration = saving.project.configuration(head.lineage);
    let other = dialform::state::Binding {
        origin: "https://other.example/api".into(),
        ..other
    };
    let stale = saving
        .saved
        .stale(&plan(&saving.project), &head, &configuration, &other);
    assert_eq!(stale, [Stale::Origin]);

    let foreign = Head {
        lineage: Some(Uuid::from_u128(7)),
        ..head
    };
    let stale = saving
        .saved
        .stale(&plan(&saving.project), &foreign, &configuration, &binding());
    assert_eq!(stale, [Stale::Lineage]);
}

#[test]
fn a_file_that_is_no_plan_is_refused_by_name() {
    let project = Project::new();
    let path = project.path("plan.json");
    let refused = |text: &str| {
        std::fs::write(&path, text).unwrap();
        SavedPlan::read(&path).unwrap_err()
    };
    assert!(matches!(refused("{}"), SavedPlanError::NotAPlan { .. }));
    assert!(matches!(refused("plan"), SavedPlanError::NotAPlan { .. }));
    assert!(matches!(
        refused(r#"{"format": "dialform-plan", "version": 3, "more": true}"#),
        SavedPlanError::Newer { version: 3, .. }
    ));
    let missing = SavedPlan::read(&project.path("none.json")).unwrap_err().to_string();
    assert!(missing.contains("none.json"), "{missing}");
}

#[test]
fn an_adopted_task_counts_as_any_other() {
    let project = Project::of(&["spring"]);
    let intent = intend(&project, "spring", None);
    project.record([
        Record::Sending { intent },
        Record::Created {
            intent,
            identity: "task-spring".into(),
            at: Timestamp::UNIX_EPOCH,
            how: How::Adopted,
        },
    ]);
    assert_eq!(outline(&plan(&project)), [("spring", Kind::Unchanged, false)]);
}
