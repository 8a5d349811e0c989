//! The vendor's page of `POST …/telephony/autoCall`, restated by hand: the checks of a create request.
//!
//! The order of the checks is the order of the page. A field that the page ties to a condition («да, если …») is
//! refused where the condition does not hold, although the vendor may well ignore it there: the sandbox is for
//! finding mistakes. What the page does not tie is let be.

use std::ops::RangeInclusive;

use serde_json::{Map, Value};

use super::strict::{Complaints, Element, Fields, Presence, Seen};
use super::values::{TaskPace, is_moment, webhook_url_fault};
use crate::fields::Dialect;
use Presence::{If, Optional, Required};

/// Any whole number of seconds; the page sets no upper limit.
const SECONDS: RangeInclusive<u64> = 0..=u64::MAX;
/// How often: a count of none would contradict the switch beside it.
const TIMES: RangeInclusive<u64> = 1..=u64::MAX;
/// Seconds since midnight.
const TIME_OF_DAY: RangeInclusive<u64> = 0..=86399;

/// The outcomes of a call; the page requires all five.
const OUTCOMES: [&str; 5] = ["busy", "noAnswer", "answerMash", "congestion", "answerNoList"];

/// The events that the extended dialect's webhooks choose from.
const EVENTS: [&str; 6] = [
    "CALL_ENDED",
    "CANDIDATE_CHANGED",
    "CALL_REDIRECTED",
    "RECALL_SCHEDULED",
    "EFFICIENCY_REACHED",
    "AUTOCALL_STATUS_CHANGED",
];

/// What the page would have refused in the body of a create request.
pub(super) fn check_create(body: &Map<String, Value>, dialect: Dialect) -> Complaints {
    let mut complaints = Complaints::default();
    Fields::read_all(body, &mut complaints, |task| {
        task.filled("name", Required);
        task.one_of("defaultExec", Required, &["robot"]);
        task.uuid("defaultExecData", Required);
        let second = task.one_of("secondExec", Required, &["end", "ignore", "ch"]);
        task.uuid(
            "secondExecData",
            If(second.holds(|word| word == "ch"), "secondExec is ch"),
        );
        let caller_id = task.one_of("cidType", Required, &["default", "gornum", "pool"]);
        task.uuid(
            "cidData",
            If(caller_id.holds(|word| word != "default"), "cidType is gornum or pool"),
        );
        start(task);
        pace(task);
        task.string("taskComment", Optional);
        task.elements("webhookUrls", Optional, |entry| webhook(entry, dialect));
        task.object("additionalOptions", Required, |options| {
            additional_options(options, dialect)
        });
        normalization(task);
        task.object("redialStrategyOptions", Required, |redial| {
            redial_strategy(redial, dialect)
        });
        if extended(
            task,
            dialect,
            &[
                "callStrategy",
                "lifetime",
                "checkPhone",
                "sendReportAfterFinish",
                "scheduleId",
            ],
        ) {
            task.one_of("callStrategy", Optional, &["STEP_2_STEP", "PARALLEL"]);
            task.integer("lifetime", Optional, SECONDS);
            task.boolean("checkPhone", Optional);
            task.boolean("sendReportAfterFinish", Optional);
            uuid_or_null(task, "scheduleId", Optional);
        }
    });
    complaints
}

/// `startType` and `startMoment`. The page says «да, если startMoment = time», a slip for startType.
fn start(task: &mut Fields<'_, '_>) {
    let start = task.one_of("startType", Required, &["manual", "time"]);
    let moment = task.string(
        "startMoment",
        If(start.holds(|word| word == "time"), "startType is time"),
    );
    if moment.value().is_some_and(|text| !is_moment(text)) {
        task.complain(
            "startMoment",
            "must be a date and time of the calendar, YYYY-MM-DD HH:MM",
        );
    }
}

fn pace(task: &mut Fields<'_, '_>) {
    if let Seen::Is(cps) = task.value("cps", Required) {
        match cps {
            Value::Number(number) if TaskPace::of(number).is_some() => {}
            Value::Number(_) => task.complain(
                "cps",
                "must be exactly 1 + N/100 (N calls a second) or 1 - N/100 (one call in N seconds), N from 1 to 99",
            ),
            _ => task.complain("cps", "must be a number"),
        }
    }
}

fn webhook(entry: &mut Element<'_, '_>, dialect: Dialect) {
    match (entry.value(), dialect) {
        (Value::String(url), _) => {
            if let Some(fault) = webhook_url_fault(url) {
                entry.complain(fault);
            }
        }
        (Value::Object(_), Dialect::Classic) => {
            entry.complain("must be a string: webhooks as objects belong to the extended API");
        }
        (_, Dialect::Classic) => entry.complain("must be a string"),
        (Value::Object(_), Dialect::Extended) => entry.object(|webhook| {
            if let Seen::Is(url) = webhook.string("url", Required)
                && let Some(fault) = webhook_url_fault(url)
            {
                webhook.complain("url", fault);
            }
            webhook.boolean("partialResults", Optional);
            webhook.integer("delay", Optional, SECONDS);
            webhook.object("events", Optional, webhook_events);
        }),
        (_, Dialect::Extended) => entry.complain("must be a string or an object"),
    }
}

/// `{NAME: {name: NAME, value: bool}}`
fn webhook_events(events: &mut Fields<'_, '_>) {
    for event in events.names().filter(|name| EVENTS.contains(name)) {
        events.object(event, Required, |chosen| {
            chosen.one_of("name", Required, &[event]);
            chosen.boolean("value", Required);
        });
    }
}

fn additional_options(options: &mut Fields<'_, '_>, dialect: Dialect) {
    options.one_of("fullListMethod", Required, &["reject"]);
    options.integer("fullListTime", Required, SECONDS);
    call_window(options);
    let record = options.boolean("recordCall", Required);
    options.integer("recTrimLeft", If(record.holds(|on| on), "recordCall is true"), SECONDS);
    let detect = options.boolean("detectRobot", Optional).holds(|on| on);
    options.one_of("detectRobotMode", If(detect, "detectRobot is true"), &["back", "block"]);
    uuid_or_null(options, "providerId", Optional);
    if extended(options, dialect, &["detectRobotGreeting", "fz230"]) {
        // No page says that a detection needs a greeting; only that a greeting is played while detection listens.
        let greeting = if detect == Some(false) {
            If(detect, "detectRobot is true")
        } else {
            Optional
        };
        uuid_or_null(options, "detectRobotGreeting", greeting);
        options.boolean("fz230", Optional);
    }
}

/// `useTr` with the daily window. Without `useTr` the page requires no window, yet does not say that one is void:
/// it then counts in the company's time. Half a window is refused either way.
fn call_window(options: &mut Fields<'_, '_>) {
    let recipients_time = options.boolean("useTr", Optional).holds(|on| on);
    let any = options.has("allowCallTimeFrom") || options.has("allowCallTimeTo");
    let needed = match recipients_time {
        Some(true) => If(Some(true), "useTr is true"),
        _ if any => If(Some(true), "the other end of the window is given"),
        _ => Optional,
    };
    let from = options.integer("allowCallTimeFrom", needed, TIME_OF_DAY);
    let to = options.integer("allowCallTimeTo", needed, TIME_OF_DAY);
    if let (Seen::Is(from), Seen::Is(to)) = (from, to)
        && from >= to
    {
        options.complain("allowCallTimeTo", "must be later than allowCallTimeFrom");
    }
}

fn normalization(task: &mut Fields<'_, '_>) {
    let form = if task.is_null("phoneNormalization") {
        Seen::Absent
    } else {
        task.one_of("phoneNormalization", Optional, &["RU"])
    };
    // The values of the action are not public, so that any word is taken.
    task.filled(
        "normalizationErrorAction",
        match form.holds(|_| true) {
            Some(false) => If(Some(false), "phoneNormalization is RU"),
            _ => Optional,
        },
    );
}

fn redial_strategy(redial: &mut Fields<'_, '_>, dialect: Dialect) {
    redial.boolean("redialStrategyEn", Required);
    for limit in ["candidateLimit", "numberLimit"] {
        match dialect {
            Dialect::Classic => {
                redial.integer(limit, Optional, TIMES);
            }
            Dialect::Extended => redial.object(limit, Optional, |limit| {
                let on = limit.boolean("redial", Required).holds(|on| on);
                limit.integer("count", If(on, "redial is true"), TIMES);
            }),
        }
    }
    for outcome in OUTCOMES {
        redial.object(outcome, Required, |outcome| {
            let on = outcome.boolean("redial", Required).holds(|on| on);
            outcome.integer("time", If(on, "redial is true"), SECONDS);
            outcome.integer("count", If(on, "redial is true"), TIMES);
        });
    }
}

/// Whether the dialect has these fields; if not, complains of those that are there.
fn extended<'a>(fields: &mut Fields<'a, '_>, dialect: Dialect, names: &[&'a str]) -> bool {
    if dialect == Dialect::Classic {
        for name in names {
            if fields.has(name) {
                fields.complain(
                    name,
                    "belongs to the extended API, and this account speaks the classic one",
                );
            }
        }
    }
    dialect == Dialect::Extended
}

fn uuid_or_null<'a>(fields: &mut Fields<'a, '_>, name: &'a str, presence: Presence<'_>) {
    if !fields.is_null(name) {
        fields.uuid(name, presence);
    }
}
