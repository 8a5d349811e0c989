//! What a task's request says, in words.

use serde_json::Value;

use super::Names;
use super::next_call::CallWindow;
use crate::sandbox::values::TaskPace;

/// How it begins.
pub(super) fn start(body: &Value) -> String {
    match body["startMoment"].as_str() {
        Some(moment) => format!("at {moment}, company time"),
        None => "by hand".to_owned(),
    }
}

/// The number that people see.
pub(super) fn caller_id(body: &Value, names: &Names) -> String {
    let id = names.of(body["cidData"].as_str().unwrap_or_default());
    match body["cidType"].as_str() {
        Some("gornum") => format!("number {id}"),
        Some("pool") => format!("pool {id}"),
        _ => "the trunk's own".to_owned(),
    }
}

/// How fast it calls, as campaign files write it.
pub(super) fn pace(body: &Value) -> String {
    match body["cps"].as_number().and_then(TaskPace::of) {
        Some(TaskPace::PerSecond(1) | TaskPace::EverySeconds(1)) => "1/s".to_owned(),
        Some(TaskPace::PerSecond(calls)) => format!("{calls}/s"),
        Some(TaskPace::EverySeconds(seconds)) => format!("1/{seconds}s"),
        None => String::new(),
    }
}

/// When people may be called, and by whose clock.
pub(super) fn window(body: &Value) -> String {
    match CallWindow::of(body) {
        Some(window) => {
            let whose = if window.is_recipients {
                "recipient's"
            } else {
                "company's"
            };
            format!("{} to {}, {whose}", time_of_day(window.from), time_of_day(window.to))
        }
        None => "any time".to_owned(),
    }
}

/// When people are called again.
pub(super) fn redials(body: &Value) -> String {
    let strategy = &body["redialStrategyOptions"];
    if strategy["redialStrategyEn"] != true {
        return "none".to_owned();
    }
    let outcomes = [
        ("busy", "busy"),
        ("no answer", "noAnswer"),
        ("answering machine", "answerMash"),
        ("call error", "congestion"),
        ("not effective", "answerNoList"),
    ];
    let each: Vec<String> = outcomes
        .into_iter()
        .map(|(word, field)| (word, &strategy[field]))
        .filter(|(_, outcome)| outcome["redial"] == true)
        .map(|(word, outcome)| {
            format!(
                "{word} {}× after {}",
                outcome["count"],
                duration(outcome["time"].as_u64().unwrap_or(0))
            )
        })
        .collect();
    if each.is_empty() {
        "after no outcome".to_owned()
    } else {
        each.join("; ")
    }
}

/// Seconds since midnight as `09:10`, with the seconds where there are some.
pub(super) fn time_of_day(seconds: u64) -> String {
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if rest == 0 {
        format!("{hours:02}:{minutes:02}")
    } else {
        format!("{hours:02}:{minutes:02}:{rest:02}")
    }
}

/// Seconds as `1h30m`.
fn duration(seconds: u64) -> String {
    let units = [(seconds / 3600, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s")];
    let text: String = units
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, unit)| format!("{number}{unit}"))
        .collect();
    if text.is_empty() { "0s".to_owned() } else { text }
}
