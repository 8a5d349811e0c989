//! Renders the status of campaigns for people: a table, and what is out of step below it.

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

use crate::status::{CampaignStatus, StatusReport};
use crate::util::plural::counted;
use crate::util::printable::{Medium, Text, shown};

const BOLD: Style = Style::new().bold();
const YELLOW: Style = AnsiColor::Yellow.on_default();

/// What stands for a value that the list does not show.
const NOT_KNOWN: &str = "?";
/// The widest name that is shown whole, in columns.
const NAME_WIDTH: usize = 40;

/// The table, and each campaign that is out of step.
pub fn render(report: &StatusReport) -> Text {
    let mut out = Text::new();
    let rows: Vec<[String; 6]> = report.campaigns.iter().map(row).collect();
    let head = ["KEY", "STATUS", "PEOPLE", "CALLS", "CREATED", "NAME"].map(str::to_owned);
    let width = |column: usize| {
        let cells = rows.iter().chain([&head]).map(|row| row[column].width());
        cells.max().unwrap_or(0)
    };
    let widths: [usize; 6] = std::array::from_fn(width);
    if !rows.is_empty() {
        out.styled(BOLD, line(&head, &widths)).end();
    }
    for row in &rows {
        out.line(line(row, &widths));
    }
    let mut first = true;
    for campaign in report
        .campaigns
        .iter()
        .filter(|campaign| !campaign.out_of_step.is_empty())
    {
        if std::mem::take(&mut first) {
            out.end();
        }
        for words in &campaign.out_of_step {
            out.styled(YELLOW, format_args!("{}:", campaign.key))
                .push(' ')
                .line(words);
        }
    }
    let off = report
        .campaigns
        .iter()
        .filter(|campaign| !campaign.out_of_step.is_empty())
        .count();
    let all = counted(report.campaigns.len(), "campaign");
    out.styled(
        BOLD,
        match off {
            0 => format!("Status: {all}, all in step."),
            off => format!("Status: {all}, {off} out of step."),
        },
    )
    .end();
    out
}

fn row(campaign: &CampaignStatus) -> [String; 6] {
    let number = |number: Option<u64>| number.map_or_else(|| NOT_KNOWN.to_owned(), |number| number.to_string());
    let has_task = campaign.task.is_some();
    let or_none = |text: String| if has_task { text } else { "-".to_owned() };
    let status = campaign.status.clone().unwrap_or_else(|| NOT_KNOWN.to_owned());
    [
        campaign.key.clone(),
        or_none(shown(&status, Medium::Line).into_owned()),
        or_none(number(campaign.people)),
        or_none(number(campaign.calls)),
        or_none(
            campaign
                .created
                .as_deref()
                .map_or(NOT_KNOWN.to_owned(), |at| shown(at, Medium::Line).into_owned()),
        ),
        clipped(&shown(campaign.name.as_deref().unwrap_or_default(), Medium::Line)),
    ]
}

/// A name that is cut where the table would get too wide.
fn clipped(name: &str) -> String {
    if name.width() <= NAME_WIDTH {
        return name.to_owned();
    }
    let mut kept = String::new();
    for letter in name.chars() {
        if kept.width() + 2 > NAME_WIDTH {
            break;
        }
        kept.push(letter);
    }
    kept + "…"
}

fn line(cells: &[String; 6], widths: &[usize; 6]) -> String {
    let mut line = String::new();
    for (cell, width) in cells.iter().zip(widths) {
        line.push_str(cell);
        line.extend(std::iter::repeat_n(' ', width.saturating_sub(cell.width()) + 2));
    }
    line.trim_end().to_owned()
}
