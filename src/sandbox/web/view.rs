//! The part of the page that changes: the tasks, how many there are of each status, and the latest requests.

use std::fmt::{self, Write};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::html::HtmlText;
use super::next_call::next_call;
use super::words::{caller_id, pace, redials, start, window};
use super::{Names, heading};
use crate::sandbox::record::Exchange;
use crate::sandbox::task::{Status, Task};
use crate::util::printable;

/// What the page is made of at one moment.
pub(super) struct View<'a> {
    pub(super) tasks: &'a [Task],
    pub(super) requests: &'a [(Timestamp, Exchange)],
    pub(super) names: &'a Names,
    pub(super) zone: Option<&'a TimeZone>,
    pub(super) now: Timestamp,
    /// The base URL of the API, for a project that is to be told of it.
    pub(super) base: &'a str,
}

impl View<'_> {
    pub(super) fn write(&self, page: &mut String) -> fmt::Result {
        let heading = heading(self.tasks.len());
        writeln!(
            page,
            "<div class=\"parts\" data-heading=\"{heading}\" data-title=\"{heading} · dialform sandbox\">\n<section class=\"card\">"
        )?;
        if self.tasks.is_empty() {
            self.write_empty(page)?;
        } else {
            self.write_tasks(page)?;
        }
        page.push_str("</section>\n");
        self.write_requests(page)?;
        page.push_str("</div>\n");
        Ok(())
    }

    fn write_empty(&self, page: &mut String) -> fmt::Result {
        write!(
            page,
            "<p>In the folder of a project, <code>dialform apply --sandbox</code> creates its campaigns in the project's own \
             sandbox, and <code>dialform sandbox --project .</code> shows them.</p>\n<p>To create them in this one, let \
             <code>dialform.kdl</code> name it, then run <code>dialform apply</code>:</p>\n\
             <pre>project {{\n    api \"{0}\"\n    login \"{0}\"\n}}</pre>\n",
            HtmlText(self.base),
        )
    }

    fn write_tasks(&self, page: &mut String) -> fmt::Result {
        page.push_str("<ul class=\"totals\">\n");
        for status in Status::ALL {
            let count = self.tasks.iter().filter(|task| task.status == status).count();
            if count > 0 {
                writeln!(page, "<li>{} {count}</li>", StatusBadge(status))?;
            }
        }
        page.push_str("</ul>\n");
        // The latest first.
        let (ended, living): (Vec<&Task>, Vec<&Task>) =
            self.tasks.iter().rev().partition(|task| task.status.is_final());
        self.write_table(page, &living)?;
        if !ended.is_empty() {
            writeln!(page, "<details id=\"ended\"><summary>{} ended</summary>", ended.len())?;
            self.write_table(page, &ended)?;
            page.push_str("</details>\n");
        }
        Ok(())
    }

    fn write_table(&self, page: &mut String, tasks: &[&Task]) -> fmt::Result {
        if tasks.is_empty() {
            return Ok(());
        }
        page.push_str(
            "<table>\n<thead><tr><th>Key</th><th>Name</th><th>Status</th><th class=\"number\">People</th><th>Window</th>\
             <th>Pace</th><th>Next call</th><th></th></tr></thead>\n<tbody>\n",
        );
        for task in tasks {
            self.write_row(page, task)?;
        }
        page.push_str("</tbody>\n</table>\n");
        Ok(())
    }

    fn write_row(&self, page: &mut String, task: &Task) -> fmt::Result {
        let body = Value::Object(task.body.clone());
        let key = task.key().unwrap_or_default();
        let searched = format!("{key} {} {} {}", task.name(), task.status, task.id).to_lowercase();
        writeln!(page, "<tr id=\"{}\" data-text=\"{}\">", task.id, HtmlText(&searched))?;
        let mut cell = |label: &str, class: &str, html: fmt::Arguments<'_>| {
            writeln!(
                page,
                "<td data-label=\"{label}\" class=\"{class}\"><div>{html}</div></td>"
            )
        };
        cell("Key", "key", format_args!("{}", HtmlText(key)))?;
        let (id, name) = (task.id, HtmlText(task.name()));
        let rows = self.details(task, &body)?;
        let json = printable::json(&body);
        cell(
            "Name",
            "",
            format_args!(
                "<details id=\"more-{id}\"><summary class=\"name\">{name}</summary>\n<dl>\n{rows}</dl>\n\
                 <details id=\"body-{id}\"><summary>Request body</summary>\n<pre>{}</pre>\n</details>\n</details>",
                HtmlText(json.trim_end())
            ),
        )?;
        cell("Status", "", format_args!("{}", StatusBadge(task.status)))?;
        cell("People", "number", format_args!("{}", task.candidates))?;
        cell("Window", "", format_args!("{}", HtmlText(&window(&body))))?;
        cell("Pace", "", format_args!("{}", HtmlText(&pace(&body))))?;
        let next = next_call(task, &body, self.now, self.zone);
        cell("Next call", "", format_args!("{}", HtmlText(&next)))?;
        cell("", "actions", format_args!("{}", buttons(task)?))?;
        page.push_str("</tr>\n");
        Ok(())
    }

    fn details(&self, task: &Task, body: &Value) -> Result<String, fmt::Error> {
        let mut rows = String::new();
        let mut row = |term: &str, text: &str| writeln!(rows, "<dt>{term}</dt><dd>{}</dd>", HtmlText(text));
        row("Created", &self.time(task.created_at, "%Y-%m-%d %H:%M:%S %Z"))?;
        row(
            "Scenario",
            self.names.of(body["defaultExecData"].as_str().unwrap_or_default()),
        )?;
        row("Start", &start(body))?;
        row("Caller id", &caller_id(body, self.names))?;
        row("Redials", &redials(body))?;
        row("Id", &task.id.to_string())?;
        Ok(rows)
    }

    fn write_requests(&self, page: &mut String) -> fmt::Result {
        page.push_str("<section class=\"card log\">\n<h2>Requests</h2>\n");
        if self.requests.is_empty() {
            page.push_str("<p>None yet.</p>\n");
        }
        page.push_str("<ol>\n");
        for (at, exchange) in self.requests.iter().rev() {
            let class = match exchange.fault {
                Some(_) => " class=\"fault\"",
                None => "",
            };
            let (at, text) = (self.time(*at, "%H:%M:%S"), exchange.to_string());
            writeln!(page, "<li{class}><time>{at}</time> {}</li>", HtmlText(&text))?;
        }
        page.push_str("</ol>\n</section>\n");
        Ok(())
    }

    /// A moment in the company's time zone, or in UTC.
    fn time(&self, at: Timestamp, format: &str) -> String {
        let zone = self.zone.cloned().unwrap_or(TimeZone::UTC);
        at.to_zoned(zone).strftime(format).to_string()
    }
}

/// What can be done with a task by hand.
fn buttons(task: &Task) -> Result<String, fmt::Error> {
    let actions: &[(&str, &str)] = match task.status {
        Status::Blank | Status::Ready | Status::Paused => &[("play", "Start"), ("halted", "Halt")],
        Status::Process => &[("pause", "Pause"), ("halted", "Halt")],
        Status::Halted | Status::Completed => &[],
    };
    let mut html = String::new();
    for (action, word) in actions {
        let (id, name) = (task.id, HtmlText(task.name()));
        write!(
            html,
            "<button type=\"button\" id=\"{action}-{id}\" data-action=\"{action}\" data-task=\"{id}\" data-name=\"{name}\">{word}</button> "
        )?;
    }
    Ok(html)
}

/// A status as the page shows it.
struct StatusBadge(Status);

impl fmt::Display for StatusBadge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = self.0.name();
        write!(f, "<span class=\"status {}\">{word}</span>", word.to_ascii_lowercase())
    }
}
