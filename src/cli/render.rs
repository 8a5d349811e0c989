//! `dialform render`: prints request bodies exactly as apply would send them.

use std::process::ExitCode;
use std::time::Instant;

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use super::targets::working_folder;
use super::{environment, targets, terminal};
use crate::finding::Finding;
use crate::lint::engine::{Checked, Checker};
use crate::model::{Definition, Project};
use crate::util::printable;
use crate::util::suggest::closest;
use crate::wire::{self, Body};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The key of a campaign [default: all campaigns]
    key: Option<String>,
    /// Print curl commands that take the token from $DIALFORM_TOKEN
    #[arg(long)]
    curl: bool,
}

pub(super) fn run(args: &Args) -> ExitCode {
    match render(args) {
        Ok(code) => code,
        Err(message) => {
            terminal::note(&format!("error: {message}"));
            ExitCode::from(2)
        }
    }
}

fn render(args: &Args) -> Result<ExitCode, String> {
    let folder = working_folder()?;
    let mut checker = Checker::new(&folder, Some(Timestamp::now()));
    let scope = targets::project(&mut checker, &folder).map_err(|error| error.to_string())?;
    terminal::detail(|| targets::words(&scope, &folder));
    environment::required(&mut checker, &scope)?;
    let began = Instant::now();
    let checked = checker.check(&scope, &[]);
    terminal::detail(|| format!("read and checked in {}", terminal::took(began.elapsed())));
    if checked.has_errors() {
        return Ok(refuse(&checked));
    }
    let project = checked.project();
    let campaigns = checked.campaigns(|key| args.key.as_deref().is_none_or(|wanted| wanted == key));
    if let (Some(key), []) = (&args.key, campaigns.as_slice()) {
        return Err(no_such_campaign(&project, key));
    }
    let bodies = RenderedBodies {
        project: &project,
        campaigns: &campaigns,
    };
    let text = match (&args.key, campaigns.as_slice()) {
        _ if args.curl => curl(&project, bodies.each()),
        (Some(_), [campaign]) => printable::json(&bodies.of(campaign)),
        _ => printable::json(&bodies),
    };
    if args.curl {
        terminal::note(&"warning: a task created by curl is not in the state: apply would create it again");
    }
    Ok(terminal::print_document(&text).err().unwrap_or(ExitCode::SUCCESS))
}

/// Bodies of campaigns with mistakes in them would be wrong: the errors are shown instead.
pub(super) fn refuse(checked: &Checked<'_>) -> ExitCode {
    terminal::note_findings(&errors(checked), checked.sources);
    terminal::note(&"error: the project has errors; fix them first (`dialform lint`)");
    ExitCode::from(1)
}

/// What stops plan and apply.
pub(super) fn errors(checked: &Checked<'_>) -> Vec<Finding> {
    checked.errors().cloned().collect()
}

/// Words for a key that no campaign has.
pub(super) fn no_such_campaign(project: &Project<'_>, key: &str) -> String {
    let keys: Vec<&str> = project.campaigns().map(|campaign| campaign.title()).collect();
    match closest(key, keys.iter().copied()) {
        _ if keys.is_empty() => format!("there is no campaign `{key}`: the project declares none"),
        Some(meant) => format!(
            "there is no campaign `{key}`; did you mean `{meant}`? {}",
            listed(&keys)
        ),
        None => format!("there is no campaign `{key}`; {}", listed(&keys).to_lowercase()),
    }
}

/// Keys for a person to choose from; more than fit a few lines are counted.
fn listed(keys: &[&str]) -> String {
    const SHOWN: usize = 20;
    let more = match keys.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let shown = keys.iter().take(SHOWN).copied().collect::<Vec<_>>();
    format!("There are: {}{more}", shown.join(", "))
}

/// The bodies of campaigns, each of which is made when it is written.
struct RenderedBodies<'p> {
    project: &'p Project<'p>,
    campaigns: &'p [Definition],
}

#[derive(Serialize)]
struct RenderedBody<'p> {
    key: &'p str,
    body: Body,
}

impl<'p> RenderedBodies<'p> {
    fn of(&self, campaign: &Definition) -> Body {
        wire::body(self.project, &self.project.resolve(campaign))
    }

    fn each(&self) -> impl Iterator<Item = RenderedBody<'p>> {
        self.campaigns.iter().map(|campaign| RenderedBody {
            key: campaign.title(),
            body: self.of(campaign),
        })
    }
}

impl Serialize for RenderedBodies<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.each())
    }
}

fn curl<'p>(project: &Project<'_>, bodies: impl Iterator<Item = RenderedBody<'p>>) -> String {
    let (api, token) = (project.api(), project.token_env().unwrap_or("DIALFORM_TOKEN"));
    let mut out = String::new();
    for RenderedBody { key, body } in bodies {
        let json = printable::json(&body);
        // Inside single quotes a shell changes nothing but the quote itself.
        let quoted = |text: &str| text.replace('\'', r"'\''");
        let (body, api) = (quoted(json.trim_end()), quoted(api.trim_end_matches('/')));
        let url = format!("{api}/telephony/autoCall");
        out.push_str(&format!(
            "# {key}\ncurl --request POST '{url}' \\\n  --header \"Authorization: Bearer ${token}\" \\\n  --header 'Content-Type: application/json' \\\n  --data-raw '{body}'\n"
        ));
    }
    out
}
