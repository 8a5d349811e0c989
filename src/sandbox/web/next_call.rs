//! When a task's next call can go out, as far as its request and the clock tell.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::Value;

use super::words::time_of_day;
use crate::sandbox::task::{Status, Task};

/// The hours in which people may be called, in seconds since midnight.
pub(super) struct CallWindow {
    pub(super) from: u64,
    pub(super) to: u64,
    /// Whether they are counted in the recipient's time, and not in the company's.
    pub(super) is_recipients: bool,
}

impl CallWindow {
    /// The window of a request, where it has one.
    pub(super) fn of(body: &Value) -> Option<Self> {
        let options = &body["additionalOptions"];
        Some(Self {
            from: options["allowCallTimeFrom"].as_u64()?,
            to: options["allowCallTimeTo"].as_u64()?,
            is_recipients: options["useTr"] == true,
        })
    }
}

/// When the next call can go out. Without the company's time zone, only what the request says is told.
pub(super) fn next_call(task: &Task, body: &Value, now: Timestamp, zone: Option<&TimeZone>) -> String {
    let start = body["startMoment"].as_str();
    match (task.status, start) {
        (Status::Halted | Status::Completed, _) => "none".to_owned(),
        (Status::Blank, _) => "when started".to_owned(),
        (Status::Paused, _) => "when started again".to_owned(),
        (Status::Ready, Some(start)) => format!("from {start}"),
        (Status::Process | Status::Ready, _) if task.candidates == 0 => "when it has people".to_owned(),
        (Status::Process | Status::Ready, _) => match (CallWindow::of(body), zone) {
            (None, _) => "now".to_owned(),
            (Some(window), Some(zone)) if !window.is_recipients => in_company_time(&window, now, zone),
            (Some(window), _) => format!(
                "now, where it is {} to {}",
                time_of_day(window.from),
                time_of_day(window.to)
            ),
        },
    }
}

fn in_company_time(window: &CallWindow, now: Timestamp, zone: &TimeZone) -> String {
    let now = now.to_zoned(zone.clone());
    let seconds = u64::try_from(now.time().duration_since(Time::midnight()).as_secs()).unwrap_or(0);
    let opens = time_of_day(window.from);
    if seconds < window.from {
        format!("today, {opens}")
    } else if seconds <= window.to {
        "now".to_owned()
    } else {
        match now.date().checked_add(1.day()) {
            Ok(tomorrow) => format!("tomorrow, {tomorrow} {opens}"),
            Err(_) => format!("tomorrow, {opens}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_window_in_company_time_opens_today_now_or_tomorrow() {
        let body = json!({ "additionalOptions": { "allowCallTimeFrom": 33_000, "allowCallTimeTo": 71_400 } });
        let window = CallWindow::of(&body).unwrap();
        let zone = TimeZone::get("Europe/Moscow").unwrap();
        let at = |text: &str| in_company_time(&window, text.parse().unwrap(), &zone);
        assert_eq!(at("2026-11-28T05:00:00Z"), "today, 09:10");
        assert_eq!(at("2026-11-28T06:10:00Z"), "now");
        assert_eq!(at("2026-11-28T17:00:00Z"), "tomorrow, 2026-11-29 09:10");
    }
}
