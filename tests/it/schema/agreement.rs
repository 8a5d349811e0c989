//! The schema and the sandbox restate the same page in two ways: the schema by the table of fields, the sandbox by
//! hand. Bodies changed in every place in many ways have to be taken by both or refused by both.

use dialform::fields::Dialect;
use dialform::sandbox::{Config, Handle, Sandbox};
use jsonschema::Validator;
use serde_json::{Value, json};

use super::{Project, of_dialect, validator};

/// Where the two may differ, and why. Each has to be met, so that none outlives its reason.
const EXCEPTIONS: &[Exception] = &[
    Exception {
        taken_by: Side::Sandbox,
        why: "The page takes null for a switched-off option; dialform leaves the option out.",
        covers: |case| {
            let nullable = ["providerId", "detectRobotGreeting", "scheduleId", "phoneNormalization"];
            case.value == Some(Value::Null) && nullable.iter().any(|name| case.pointer.ends_with(name))
        },
    },
    Exception {
        taken_by: Side::Sandbox,
        why: "dialform says `useTr` and both ends of a window, or none of the three; the page lets the others be.",
        covers: |case| {
            let options = &case.body["additionalOptions"];
            let given = ["useTr", "allowCallTimeFrom", "allowCallTimeTo"].map(|name| options.get(name).is_some());
            given.contains(&true) && given.contains(&false)
        },
    },
    Exception {
        taken_by: Side::Sandbox,
        why: "Limits and redials have no effect without `redialStrategyEn`, which dialform reports; the page does not say so.",
        covers: |case| case.body["redialStrategyOptions"]["redialStrategyEn"] == false,
    },
    Exception {
        taken_by: Side::Sandbox,
        why: "`comply` can only be switched on; dialform leaves out what is off.",
        covers: |case| case.pointer.ends_with("fz230") && case.value == Some(json!(false)),
    },
    Exception {
        taken_by: Side::Schema,
        why: "To a JSON Schema 12.0 is an integer.",
        covers: |case| case.value == Some(json!(12.0)),
    },
    Exception {
        taken_by: Side::Schema,
        why: "A JSON Schema cannot compare the two ends of a window; `empty-window` does.",
        covers: |case| {
            let options = &case.body["additionalOptions"];
            options["allowCallTimeFrom"].as_u64() >= options["allowCallTimeTo"].as_u64()
        },
    },
];

struct Exception {
    taken_by: Side,
    why: &'static str,
    covers: fn(&Case) -> bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Sandbox,
    Schema,
}

/// A good body with one change.
#[derive(Debug)]
struct Case {
    pointer: String,
    /// `None` takes it away.
    value: Option<Value>,
    body: Value,
}

/// Values that fit somewhere and are wrong elsewhere.
fn values(pointer: &str) -> Vec<Value> {
    let texts: &[&str] = match pointer {
        _ if pointer.ends_with("startMoment") => &MOMENTS,
        _ if pointer.starts_with("/webhookUrls") => &URLS,
        _ => &WORDS,
    };
    let numbers = [
        json!(-1),
        json!(0),
        json!(12),
        json!(12.0),
        json!(1.03),
        json!(1.005),
        json!(86399),
        json!(86400),
    ];
    let others = [Value::Null, json!(true), json!(false), json!([]), json!([1]), json!({})];
    let parts = if pointer.starts_with("/redialStrategyOptions") {
        vec![
            json!({ "redial": false }),
            json!({ "redial": false, "time": 60 }),
            json!({ "redial": true }),
            json!({ "redial": true, "count": 2 }),
            json!({ "redial": true, "time": 60, "count": 0 }),
            json!({ "redial": true, "time": 60, "count": 2 }),
        ]
    } else {
        vec![json!({ "url": "https://example.com/" }), json!({ "url": "https://" })]
    };
    let texts = texts.iter().copied().map(Value::from);
    texts.chain(numbers).chain(others).chain(parts).collect()
}

const WORDS: [&str; 8] = [
    "",
    "  ",
    "word",
    "end",
    "ch",
    "RU",
    "228cc4fa-92f2-4709-94e3-7344a96a5903",
    "228cc4fa92f2470994e37344a96a5903",
];

const MOMENTS: [&str; 10] = [
    "",
    "2028-02-29 00:00",
    "2030-02-29 10:00",
    "2000-02-29 10:00",
    "2100-02-29 10:00",
    "2030-04-31 10:00",
    "2030-12-31 23:59",
    "2030-12-02 24:00",
    "2030-12-02T10:00",
    "2030-12-02",
];

const URLS: [&str; 11] = [
    "",
    "CALL_ENDED",
    "https://example.com/hook?a=b",
    "https://u:p@example.com:8080/",
    "HTTP://[::1]/",
    "https://пример.рф/хук",
    "https:///hook",
    "https://:443/",
    "https://user@/hook",
    "https://exa mple.com/",
    "ftp://example.com/",
];

/// Every place of a body, and one in each object that no page knows.
pub(crate) fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                found.push(format!("{at}/{name}"));
                pointers(member, &format!("{at}/{name}"), found);
            }
            found.push(format!("{at}/unheardOf"));
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                found.push(format!("{at}/{index}"));
                pointers(item, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

fn has_parent(body: &Value, pointer: &str) -> bool {
    let (parent, _) = pointer.rsplit_once('/').unwrap();
    body.pointer(parent).is_some_and(Value::is_object)
}

/// The body with one place changed, where that is a change.
pub(crate) fn changed(body: &Value, pointer: &str, value: Option<&Value>) -> Option<Value> {
    let mut changed = body.clone();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match (changed.pointer_mut(parent).unwrap(), value) {
        (Value::Object(members), Some(value)) => {
            members.insert(name.to_owned(), value.clone());
        }
        (Value::Object(members), None) => {
            members.remove(name)?;
        }
        (Value::Array(items), Some(value)) => items[name.parse::<usize>().unwrap()] = value.clone(),
        (Value::Array(items), None) => {
            items.remove(name.parse().unwrap());
        }
        (other, _) => panic!("{pointer} is not in {other}"),
    }
    (changed != *body).then_some(changed)
}

/// Both sides of one dialect.
struct Sides {
    validator: Validator,
    sandbox: Handle,
    client: reqwest::Client,
    met: Vec<bool>,
    cases: usize,
    refused: usize,
}

impl Sides {
    async fn of(dialect: Dialect) -> Self {
        let config = Config {
            dialect,
            ..Config::default()
        };
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self {
            validator: validator(of_dialect(dialect.word())),
            sandbox: Sandbox::start(config).await.unwrap(),
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            met: vec![false; EXCEPTIONS.len()],
            cases: 0,
            refused: 0,
        }
    }

    async fn sandbox_takes(&self, body: &Value) -> bool {
        let url = format!("{}/telephony/autoCall", self.sandbox.cis_base());
        let request = self.client.post(url).bearer_auth("token");
        let request = request
            .header("content-type", "application/json")
            .body(body.to_string());
        match request.send().await.unwrap().status().as_u16() {
            200 => true,
            400 => false,
            other => panic!("{other} for {body}"),
        }
    }

    async fn compare(&mut self, case: Case) {
        let taken = [
            (Side::Schema, self.validator.is_valid(&case.body)),
            (Side::Sandbox, self.sandbox_takes(&case.body).await),
        ];
        self.cases += 1;
        let side = match taken {
            [(_, schema), (_, sandbox)] if schema == sandbox => {
                self.refused += usize::from(!schema);
                return;
            }
            [(side, true), _] | [_, (side, true)] => side,
            _ => unreachable!("both refuse"),
        };
        let covering = EXCEPTIONS
            .iter()
            .position(|exception| exception.taken_by == side && (exception.covers)(&case));
        match covering {
            Some(index) => self.met[index] = true,
            None => panic!("only the {side:?} takes {} = {:?}", case.pointer, case.value),
        }
    }
}

/// Compares every change, and gives the exceptions that were met.
async fn compare_all(dialect: Dialect) -> Vec<bool> {
    let mut sides = Sides::of(dialect).await;
    let project = Project::of_dialect(dialect.word());
    for key in ["full", "least"] {
        let body = project.rendered(key);
        let mut places = Vec::new();
        pointers(&body, "", &mut places);
        if key == "least" {
            // What it has is in the full body too; here it is about what it leaves out.
            let mut of_full = Vec::new();
            pointers(&project.rendered("full"), "", &mut of_full);
            of_full.retain(|place| !places.contains(place) && has_parent(&body, place));
            places = of_full;
            places.extend([
                "/redialStrategyOptions/redialStrategyEn".to_owned(),
                "/startType".to_owned(),
            ]);
        }
        for pointer in places {
            let is_scalar = body
                .pointer(&pointer)
                .is_some_and(|value| !value.is_object() && !value.is_array());
            let values = values(&pointer)
                .into_iter()
                .filter(|value| !is_scalar || !is_whole(value));
            for value in values.map(Some).chain([None]) {
                if let Some(body) = changed(&body, &pointer, value.as_ref()) {
                    let pointer = pointer.clone();
                    sides.compare(Case { pointer, value, body }).await;
                }
            }
        }
    }
    assert!(sides.cases > 1500, "{} cases", sides.cases);
    assert!(sides.refused > 1000, "{} refused by both", sides.refused);
    sides.met
}

/// An outcome, a limit or a webhook, which is of no use in a scalar's place.
fn is_whole(value: &Value) -> bool {
    value.as_object().is_some_and(|members| !members.is_empty())
}

#[tokio::test]
async fn schema_and_sandbox_agree_on_the_classic_page() {
    compare_all(Dialect::Classic).await;
}

#[tokio::test]
async fn schema_and_sandbox_agree_on_the_extended_page() {
    let met = compare_all(Dialect::Extended).await;
    for (exception, met) in EXCEPTIONS.iter().zip(met) {
        assert!(met, "never met: {}", exception.why);
    }
}
