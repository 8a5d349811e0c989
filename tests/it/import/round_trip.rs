//! Good bodies come back as they went in, without a word.

use std::path::Path;

use dialform::fields::Dialect;
use dialform::import::{ImportContext, Imported, Verifier, import, read};
use dialform::lint::engine::{Checker, Overlay};
use dialform::project::discovery::Scope;
use dialform::wire;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

use super::{classic, rendered};
use crate::common::command::{dialform, in_repository};

const CASES: u32 = 192;

fn imported(bodies: &Value, dialect: Dialect) -> Imported {
    let folder = Path::new("/nowhere");
    let input = read(bodies.to_string().as_bytes()).unwrap();
    let mut checker = Checker::new(folder, None);
    import(
        input,
        ImportContext::without_project(dialect),
        &mut Verifier::standalone(folder, dialect),
        &mut checker,
        None,
    )
}

/// What a text renders to, without anything of the import.
fn render(text: &str, dialect: Dialect) -> (Vec<Value>, Vec<String>) {
    let root = Path::new("/elsewhere");
    let mut scope = Scope {
        root: Some(root.to_owned()),
        ..Scope::default()
    };
    let project = format!("project {{ dialect \"{dialect}\"; }}\n");
    let overlays = [("dialform.kdl", project.as_str()), ("all.kdl", text)].map(|(name, text)| Overlay {
        path: root.join(name),
        content: text.as_bytes().to_vec(),
    });
    for overlay in &overlays {
        scope.add(overlay.path.clone());
    }
    let mut checker = Checker::new(root, None);
    let checked = checker.check(&scope, &overlays);
    let project = checked.project();
    let campaigns = checked.all_campaigns();
    let bodies = campaigns
        .iter()
        .map(|campaign| Value::Object(wire::body(&project, &project.resolve(campaign))));
    // Warnings are about choices that a body may well make.
    let errors = checked
        .findings
        .iter()
        .filter(|finding| finding.severity == dialform::finding::Severity::Error);
    (
        bodies.collect(),
        errors.map(|finding| finding.message.clone()).collect(),
    )
}

fn comes_back(body: &Value, dialect: Dialect) -> Result<(), TestCaseError> {
    let imported = imported(body, dialect);
    let of_the_body: Vec<String> = imported
        .remarks
        .iter()
        .filter(|remark| remark.at.starts_with('$'))
        .map(ToString::to_string)
        .collect();
    prop_assert_eq!(of_the_body, Vec::<String>::new());
    prop_assert_eq!(imported.campaigns.len(), 1);
    let text = &imported.campaigns[0].text;
    prop_assert_eq!(dialform::syntax::format::format(text).unwrap(), text.clone());
    let (bodies, errors) = render(text, dialect);
    prop_assert_eq!(errors, Vec::<String>::new(), "{}", text);
    prop_assert_eq!(bodies, vec![body.clone()], "{}", text);
    Ok(())
}

fn id() -> impl Strategy<Value = String> {
    any::<u128>().prop_map(|bits| uuid::Uuid::from_u128(bits).hyphenated().to_string())
}

/// Anything that a person can type, and much that nobody can.
fn text() -> impl Strategy<Value = String> {
    let lines = vec(prop_oneof!["[a-zа-я \"\\\\#{}/*;]{0,12}", any::<String>()], 1..4);
    lines
        .prop_map(|lines| lines.join("\n"))
        .prop_filter("no empty text, no marker", |text| {
            !text.trim().is_empty() && !text.contains("[dialform ")
        })
}

fn cps() -> impl Strategy<Value = f64> {
    (1..200_u8)
        .prop_filter("no rate", |n| *n != 100)
        .prop_map(|n| f64::from(n) / 100.0)
}

fn seconds() -> impl Strategy<Value = u32> {
    prop_oneof![0..100_u32, 0..=i32::MAX as u32, Just(86_399), Just(3_600)]
}

fn outcome() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!({ "redial": false })),
        (seconds(), 1..50_u32).prop_map(|(time, count)| json!({ "redial": true, "time": time, "count": count })),
    ]
}

fn redial(dialect: Dialect) -> impl Strategy<Value = Value> {
    const OUTCOMES: [&str; 5] = ["busy", "noAnswer", "answerMash", "congestion", "answerNoList"];
    let limit = option::of(1..1_000_u32);
    (any::<bool>(), vec(outcome(), 5), limit.clone(), limit).prop_map(move |(on, outcomes, candidate, number)| {
        let mut all = Map::from_iter([("redialStrategyEn".to_owned(), json!(on))]);
        for (name, outcome) in OUTCOMES.into_iter().zip(outcomes) {
            all.insert(name.to_owned(), if on { outcome } else { json!({ "redial": false }) });
        }
        for (name, limit) in [("candidateLimit", candidate), ("numberLimit", number)] {
            if let Some(limit) = limit.filter(|_| on) {
                let limit = match dialect {
                    Dialect::Classic => json!(limit),
                    Dialect::Extended => json!({ "redial": true, "count": limit }),
                };
                all.insert(name.to_owned(), limit);
            }
        }
        Value::Object(all)
    })
}

fn options(dialect: Dialect) -> impl Strategy<Value = Value> {
    let window = option::of((any::<bool>(), 0..86_399_u32, 1..86_399_u32));
    let detection = option::of((select(vec!["back", "block", ""]), option::of(id())));
    let record = option::of(seconds());
    (seconds(), window, record, detection, option::of(id()), any::<bool>()).prop_map(
        move |(effective, window, record, detection, trunk, comply)| {
            let mut all =
                json!({ "fullListMethod": "reject", "fullListTime": effective, "recordCall": record.is_some() });
            if let Some((clock, from, length)) = window {
                all["useTr"] = json!(clock);
                all["allowCallTimeFrom"] = json!(from);
                all["allowCallTimeTo"] = json!((from + length).clamp(from + 1, 86_399));
            }
            if let Some(trim) = record {
                all["recTrimLeft"] = json!(trim);
            }
            if let Some((mode, greeting)) = detection {
                all["detectRobot"] = json!(!mode.is_empty());
                if !mode.is_empty() {
                    all["detectRobotMode"] = json!(mode);
                    if let Some(greeting) = greeting.filter(|_| dialect == Dialect::Extended) {
                        all["detectRobotGreeting"] = json!(greeting);
                    }
                }
            }
            if let Some(trunk) = trunk {
                all["providerId"] = json!(trunk);
            }
            if comply && dialect == Dialect::Extended {
                all["fz230"] = json!(true);
            }
            all
        },
    )
}

fn hooks(dialect: Dialect) -> impl Strategy<Value = Vec<Value>> {
    let events = vec![
        "CALL_ENDED",
        "CANDIDATE_CHANGED",
        "CALL_REDIRECTED",
        "RECALL_SCHEDULED",
        "EFFICIENCY_REACHED",
        "AUTOCALL_STATUS_CHANGED",
    ];
    let hook = (
        "https://[a-z]{1,8}\\.example(/[a-z]{0,5}){0,2}",
        option::of(any::<bool>()),
        option::of(seconds()),
        subsequence(events, 0..6),
    );
    vec(
        hook.prop_map(move |(url, partial, delay, events)| {
            let is_plain = partial.is_none() && delay.is_none() && events.is_empty();
            if dialect == Dialect::Classic || is_plain {
                return json!(url);
            }
            let mut hook = json!({ "url": url });
            if let Some(partial) = partial {
                hook["partialResults"] = json!(partial);
            }
            if let Some(delay) = delay {
                hook["delay"] = json!(delay);
            }
            if !events.is_empty() {
                let events = events
                    .into_iter()
                    .map(|name| (name.to_owned(), json!({ "name": name, "value": true })));
                hook["events"] = Value::Object(events.collect());
            }
            hook
        }),
        0..4,
    )
}

fn body(dialect: Dialect) -> impl Strategy<Value = Value> {
    let ids = (id(), option::of(option::of(id())), option::of((any::<bool>(), id())));
    let start = option::of((2030..2099_u32, 1..13_u32, 1..29_u32, 0..24_u32, 0..60_u32));
    let normal = option::of(option::of(select(vec!["skip", "mark"])));
    let extended = (
        option::of(select(vec!["STEP_2_STEP", "PARALLEL"])),
        option::of(seconds()),
        option::of(any::<bool>()),
        option::of(any::<bool>()),
        option::of(id()),
    );
    let parts = (
        text(),
        ids,
        start,
        cps(),
        option::of(text()),
        hooks(dialect),
        options(dialect),
        normal,
        redial(dialect),
        extended,
    );
    parts.prop_map(
        move |(name, (scenario, transfer, caller), start, cps, comment, hooks, options, normal, redial, extended)| {
            let mut body = json!({
                "name": name, "defaultExec": "robot", "defaultExecData": scenario, "cps": cps,
                "additionalOptions": options, "redialStrategyOptions": redial, "startType": "manual",
            });
            body["secondExec"] = json!(match transfer {
                None => "end",
                Some(None) => "ignore",
                Some(Some(_)) => "ch",
            });
            if let Some(Some(channel)) = transfer {
                body["secondExecData"] = json!(channel);
            }
            body["cidType"] = json!(match caller {
                None => "default",
                Some((true, _)) => "pool",
                Some((false, _)) => "gornum",
            });
            if let Some((_, id)) = caller {
                body["cidData"] = json!(id);
            }
            if let Some((year, month, day, hour, minute)) = start {
                body["startType"] = json!("time");
                body["startMoment"] = json!(format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}"));
            }
            if let Some(comment) = comment {
                body["taskComment"] = json!(comment);
            }
            if !hooks.is_empty() {
                body["webhookUrls"] = json!(hooks);
            }
            if let Some(action) = normal {
                body["phoneNormalization"] = json!("RU");
                if let Some(action) = action {
                    body["normalizationErrorAction"] = json!(action);
                }
            }
            if dialect == Dialect::Extended {
                let (strategy, lifetime, check, report, schedule) = extended;
                let members = [
                    ("callStrategy", json!(strategy)),
                    ("lifetime", json!(lifetime)),
                    ("checkPhone", json!(check)),
                    ("sendReportAfterFinish", json!(report)),
                    ("scheduleId", json!(schedule)),
                ];
                for (name, value) in members.into_iter().filter(|(_, value)| !value.is_null()) {
                    body[name] = value;
                }
            }
            body
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn classic_bodies_come_back(body in body(Dialect::Classic)) {
        comes_back(&body, Dialect::Classic)?;
    }

    #[test]
    fn extended_bodies_come_back(body in body(Dialect::Extended)) {
        comes_back(&body, Dialect::Extended)?;
    }

    /// A body in which anything may be wrong: it is imported all the same, and what it renders to is what was said.
    #[test]
    fn broken_bodies_never_break_it(body in body(Dialect::Extended), pointer in any::<prop::sample::Index>(), value in any_value()) {
        let mut places = Vec::new();
        crate::schema::agreement::pointers(&body, "", &mut places);
        let place = &places[pointer.index(places.len())];
        if let Some(broken) = crate::schema::agreement::changed(&body, place, Some(&value)) {
            for dialect in [Dialect::Classic, Dialect::Extended] {
                let imported = imported(&broken, dialect);
                prop_assert_eq!(imported.failed, 0);
                let text = &imported.campaigns[0].text;
                prop_assert_eq!(dialform::syntax::format::format(text).unwrap(), text.clone());
                let unfaithful = imported.remarks.iter().find(|remark| remark.text.contains("does not render"));
                prop_assert_eq!(unfaithful, None, "{}", text);
            }
        }
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    let plain = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-5..90_000_i64).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        select(vec![
            "",
            "1",
            "12.0",
            "true",
            "10:00",
            "24:00",
            "ch",
            "CALL_ENDED",
            "https://",
            "1,03"
        ])
        .prop_map(Value::from),
    ];
    plain.prop_recursive(2, 8, 3, |inner| {
        let name = select(vec!["redial", "count", "url", "value", "x", "CALL_ENDED"]);
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            vec((name, inner), 0..3).prop_map(|members| {
                Value::Object(
                    members
                        .into_iter()
                        .map(|(name, value)| (name.to_owned(), value))
                        .collect(),
                )
            }),
        ]
    })
}

#[test]
fn the_vendors_page_comes_back_through_the_program() {
    let ran = super::import(&[], &classic().to_string());
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("\n1 campaign imported, 1 warning\n") && ran.stderr.contains(": DF404: "),
        "{}",
        ran.stderr
    );
    assert_eq!(rendered("classic", &ran.stdout), [classic()]);
    assert_eq!(
        ran.stdout,
        r#"campaign "vesennyaya-aktsiya" {
    name "Весенняя акция"
    scenario "228cc4fa-92f2-4709-94e3-7344a96a5903"
    on-transfer "channel" channel="48a77bd7-8762-4e0f-a277-4ef77e36c41b"
    caller-id "number" id="9a67dee5-398e-4570-9426-fbb3f067b270"
    start "time" at="2036-12-02 10:00"
    pace "3/s"
    comment "Lapsed customers"
    webhook "https://example.com/hooks/twin"
    webhook "https://example.com/other"
    effective-after "12s"
    call-window from="09:10" to="24:00"
    record #true trim-left="0s"
    detect-robot "back"
    trunk "0c7a39bd-8b34-4bb0-ba0c-9b4c4a3c7ee4"
    normalize "RU" on-error="skip"
    redial {
        max-per-candidate 6
        max-per-number 6
        busy after="20m" times=3
        no-answer after="1h30m" times=5
        congestion after="15m" times=5
        ineffective after="1h" times=2
    }
}
"#
    );
}

#[test]
fn what_render_prints_of_the_examples_comes_back() {
    for (name, dialect) in [("small", "classic"), ("large", "classic"), ("extended", "extended")] {
        let printed = dialform(&in_repository("examples").join(name), &["render"]).stdout;
        let ran = super::import(&["--dialect", dialect], &printed);
        assert_eq!(ran.code, Some(0), "{name}: {}", ran.stderr);
        assert!(
            ran.stderr.matches("warning:").count() == usize::from(name == "large") && !ran.stderr.contains("note:"),
            "{name}: {}",
            ran.stderr
        );
        let before: Value = serde_json::from_str(&printed).unwrap();
        let before: Vec<Value> = before
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["body"].clone())
            .collect();
        assert_eq!(rendered(dialect, &ran.stdout), before, "{name}");
        let keys = serde_json::from_str::<Value>(&printed).unwrap();
        for one in keys.as_array().unwrap() {
            assert!(
                ran.stdout.contains(&format!("campaign {} {{", one["key"])),
                "{name}: {one}"
            );
        }
    }
}

#[test]
fn in_its_own_project_an_example_is_written_with_aliases_and_told_to_be_there() {
    let folder = in_repository("examples/small");
    let printed = dialform(&folder, &["render"]).stdout;
    let ran = super::import_in(&folder, &[], printed.as_bytes());
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stdout.contains("campaign \"visit-reminder-2\""), "{}", ran.stdout);
    assert!(
        !ran.stdout.contains("228cc4fa"),
        "no id where there is an alias: {}",
        ran.stdout
    );
    assert!(
        ran.stderr
            .contains("the project's campaign `visit-reminder` renders to the same body"),
        "{}",
        ran.stderr
    );
}
