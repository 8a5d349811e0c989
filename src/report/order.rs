//! Renders what `dialform start`, `pause` and `halt` are about to do, and what came of it.

use anstyle::{AnsiColor, Style};
use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::Serialize;

use crate::api::{ListedTask, TaskStatus};
use crate::apply::{Order, OrderCase, OrderReport, OrderResult, OrderedTask};
use crate::util::hint::StateCommand;
use crate::util::printable::Text;
use crate::util::schema_types::{CampaignKey, TaskId};
use crate::wire::{Body, PackedBody, describe};

/// The version of the JSON form.
const FORMAT_VERSION: u32 = 1;

const RED: Style = AnsiColor::Red.on_default().bold();
const GREEN: Style = AnsiColor::Green.on_default();
const DIM: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();

/// One task of an order, with what the list shows of it.
pub struct OrderedLine<'a> {
    /// The task.
    pub task: &'a OrderedTask,
    /// What the order comes to for it.
    pub case: &'a OrderCase,
    /// What the list shows; nothing where it could not be read, or does not have it.
    pub listed: Option<&'a ListedTask>,
}

/// When it is, for whoever asks when the first call can go out.
pub struct Clock {
    /// Now.
    pub now: Timestamp,
    /// The company's time zone, where the project names it.
    pub zone: Option<TimeZone>,
}

/// Renders what is about to happen.
pub fn preview(order: Order, lines: &[OrderedLine<'_>], clock: &Clock) -> Text {
    let mut out = Text::new();
    for OrderedLine { task, case, listed } in lines {
        let (word, style) = match case {
            OrderCase::Send => (order.word(), GREEN),
            OrderCase::Already(_) => ("already", DIM),
            OrderCase::Refused(_) => ("refused", RED),
        };
        out.styled(style, format_args!("{word} {}", task.key));
        if let Some(name) = &task.name {
            out.push(format_args!("  {name:?}"));
        }
        out.end();
        let mut facts = vec![format!("task {}", task.identity), status(*listed)];
        if task.is_removed {
            facts.push("removed from the state".to_owned());
        }
        out.push("    ").styled(DIM, facts.join(", ")).end();
        let body = match task.body.as_ref().map(PackedBody::unpack).transpose() {
            Ok(body) => body,
            Err(why) => {
                out.push("    ").styled(RED, why).end();
                None
            }
        };
        if let Some(body) = &body {
            out.push("    ").styled(DIM, settings(body)).end();
        }
        match case {
            OrderCase::Send => drop(out.push("    ").line(effect(order, body.as_ref(), clock))),
            OrderCase::Already(status) => drop(out.push("    ").line(already(status))),
            OrderCase::Refused(why) => drop(out.push("    ").line(why)),
        }
    }
    out
}

/// Why nothing has to be done.
fn already(status: &TaskStatus) -> String {
    format!("nothing to do: {status}")
}

/// The status of a task in words, with its people and calls where the list shows them.
fn status(listed: Option<&ListedTask>) -> String {
    let status = listed.and_then(ListedTask::task_status);
    let status = status.map_or_else(|| "status not shown".to_owned(), |status| status.to_string());
    let people = listed.and_then(|listed| listed.people);
    let people = people.map_or_else(
        || "people not shown".to_owned(),
        |people| match people {
            1 => "1 person".to_owned(),
            people => format!("{people} people"),
        },
    );
    let calls = listed.and_then(|listed| listed.calls);
    let calls = calls.map_or_else(String::new, |calls| match calls {
        1 => ", 1 call made".to_owned(),
        calls => format!(", {calls} calls made"),
    });
    format!("{status}, {people}{calls}")
}

/// What a body says in the language, without the quotes of a text.
fn value(body: &Body, path: &str) -> Option<String> {
    let found = describe(body).into_iter().find(|field| field.path == path)?;
    Some(found.value.trim_matches('"').to_owned())
}

/// When a task may call, and how fast.
fn settings(body: &Body) -> String {
    let pace = value(body, "pace").map(|pace| format!("pace {pace}"));
    let window = window(body).map(|(from, to, is_company)| {
        let clock = if is_company {
            "the company's clock"
        } else {
            "the clock of whoever is called"
        };
        format!("window {from} to {to} by {clock}")
    });
    let parts: Vec<String> = [window.or_else(|| Some("no call window".to_owned())), pace]
        .into_iter()
        .flatten()
        .collect();
    parts.join(", ")
}

/// The call window: its ends, and whether they are in the company's time.
fn window(body: &Body) -> Option<(String, String, bool)> {
    let is_company = value(body, "call-window.clock").is_some_and(|clock| clock == "company");
    Some((
        value(body, "call-window.from")?,
        value(body, "call-window.to")?,
        is_company,
    ))
}

/// What the order does to the task.
fn effect(order: Order, body: Option<&Body>, clock: &Clock) -> String {
    match order {
        Order::Halt => "it is stopped for good: no further call goes out, and nothing starts it again".to_owned(),
        Order::Pause => "no further call goes out until it is started again".to_owned(),
        Order::Start => format!("first call: {}", first_call(body, clock)),
    }
}

/// When the first call of a task that is started now can go out.
fn first_call(body: Option<&Body>, clock: &Clock) -> String {
    let Some(body) = body else {
        return "not known, since the state no longer has its settings".to_owned();
    };
    let Some((from, to, is_company)) = window(body) else {
        return "at once".to_owned();
    };
    if !is_company {
        return format!("as soon as it is between {from} and {to} where somebody is called; that may be at once");
    }
    let time = |text: &str| match text {
        "24:00" => Some(Time::MAX),
        text => text.parse::<Time>().ok(),
    };
    let (Some(zone), Some(opens), Some(closes)) = (&clock.zone, time(&from), time(&to)) else {
        return format!("as soon as it is between {from} and {to} in the company's time");
    };
    let now = clock.now.to_zoned(zone.clone()).time();
    if now < opens {
        format!("today at {from}, when the window opens")
    } else if now < closes {
        "at once, since the window is open".to_owned()
    } else {
        format!("tomorrow at {from}, when the window opens")
    }
}

/// What came of an order, as data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "order")]
pub struct OrderView {
    /// The version of this form.
    pub format_version: u32,
    /// The command: `start`, `pause` or `halt`.
    pub order: &'static str,
    /// The exit code: 0 where everything is done or was so already, 1 where something was refused or failed, 3 where an
    /// outcome is not known.
    pub exit_code: u8,
    /// Each task that was named.
    pub tasks: Vec<OrderedTaskView>,
    /// Why nothing more was sent, where something stopped it.
    pub stopped: Option<String>,
}

/// One task of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "task")]
pub struct OrderedTaskView {
    /// The key that it has, or had.
    #[schemars(with = "CampaignKey")]
    pub key: String,
    /// The API's id of it.
    #[schemars(with = "TaskId")]
    pub task: String,
    /// Its `name`, where the state knows it.
    pub name: Option<String>,
    /// Whether it was removed from the state.
    pub removed: bool,
    /// Its status before, in words; nothing where the list does not show it.
    pub status: Option<String>,
    /// Its status before, as the API writes it, such as `PROCESS`.
    pub wire_status: Option<String>,
    /// How many people it has; nothing where the list does not show it.
    pub people: Option<u64>,
    /// How many calls were made; nothing where the list does not show it.
    pub calls: Option<u64>,
    /// What came of it.
    pub result: OrderResultView,
    /// Why, where it is neither done nor not reached.
    pub why: Option<String>,
}

/// What came of an order for one task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "result")]
pub enum OrderResultView {
    /// It is done.
    Done,
    /// It was so already, and nothing was sent.
    Already,
    /// It was not sent, since it cannot be done.
    Refused,
    /// The API refused it, or it could not be sent.
    Failed,
    /// Whether it was done is not known.
    Unknown,
    /// The run was stopped before it came to this.
    NotReached,
}

impl OrderView {
    /// `of_task` gives what the list showed of a task before.
    pub fn new<'l>(
        order: Order,
        report: &OrderReport,
        of_task: impl Fn(&OrderedTask) -> Option<&'l ListedTask>,
    ) -> Self {
        let tasks = report.tasks.iter().map(|(task, result)| {
            let listed = of_task(task);
            let (result, why) = match result {
                OrderResult::Done => (OrderResultView::Done, None),
                OrderResult::Already(status) => (OrderResultView::Already, Some(status.to_string())),
                OrderResult::Refused(why) => (OrderResultView::Refused, Some(why.clone())),
                OrderResult::Failed(why) => (OrderResultView::Failed, Some(why.clone())),
                OrderResult::Unknown(why) => (OrderResultView::Unknown, Some(why.clone())),
                OrderResult::NotReached => (OrderResultView::NotReached, None),
            };
            OrderedTaskView {
                key: task.key.clone(),
                task: task.identity.clone(),
                name: task.name.clone(),
                removed: task.is_removed,
                status: listed
                    .and_then(ListedTask::task_status)
                    .map(|status| status.to_string()),
                wire_status: listed.and_then(|listed| listed.status.clone()),
                people: listed.and_then(|listed| listed.people),
                calls: listed.and_then(|listed| listed.calls),
                result,
                why,
            }
        });
        Self {
            format_version: FORMAT_VERSION,
            order: order.word(),
            exit_code: report.status().exit_code(),
            tasks: tasks.collect(),
            stopped: report.stop.as_ref().map(ToString::to_string),
        }
    }
}

/// Renders what came of an order. What was done was said while it was done.
pub fn render(order: Order, report: &OrderReport) -> Text {
    let mut out = Text::new();
    for (task, result) in &report.tasks {
        let (word, why) = match result {
            // What was refused was said before anything was sent.
            OrderResult::Done | OrderResult::Already(_) | OrderResult::Refused(_) | OrderResult::NotReached => continue,
            OrderResult::Failed(why) => ("failed", why.clone()),
            OrderResult::Unknown(why) => (
                "unknown",
                format!(
                    "whether it was carried out is not known: {why}. The list of tasks does not show it; {} asks again, which \
                     does no harm",
                    StateCommand(&[order.word(), &task.key])
                ),
            ),
        };
        out.styled(RED, word);
        out.line(format_args!(": `{}`, task {}: {why}", task.key, task.identity));
    }
    if let Some(stop) = &report.stop {
        out.styled(RED, "stopped").push(": ").line(stop);
    }
    out.styled(BOLD, summary(order, report)).end();
    out
}

/// `Halt: 3 halted, 1 already so, 1 unknown.`
fn summary(order: Order, report: &OrderReport) -> String {
    let count = |is_so: fn(&OrderResult) -> bool| report.tasks.iter().filter(|(_, result)| is_so(result)).count();
    let (title, done) = match order {
        Order::Start => ("Start", "started"),
        Order::Pause => ("Pause", "paused"),
        Order::Halt => ("Halt", "halted"),
    };
    let parts: Vec<String> = [
        (count(|result| *result == OrderResult::Done), done),
        (count(|result| matches!(result, OrderResult::Already(_))), "already so"),
        (count(|result| matches!(result, OrderResult::Refused(_))), "refused"),
        (count(|result| matches!(result, OrderResult::Failed(_))), "failed"),
        (count(|result| matches!(result, OrderResult::Unknown(_))), "unknown"),
        (count(|result| *result == OrderResult::NotReached), "not reached"),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, word)| format!("{number} {word}"))
    .collect();
    format!("{title}: {}.", parts.join(", "))
}
