//! The account: where the token comes from, whether both services answer, and whether the list of tasks can be read and
//! shows what apply looks for in it.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use super::{CheckResult, Name, some_of, spoken};
use crate::api::{
    ApiError, BaseUrl, Credentials, CredentialsError, ListedTask, Reached, Service, TokenSource, Unreached, Unsent,
};
use crate::state::State;
use crate::util::hint::StateCommand;
use crate::util::plural::counted;

/// Clocks that part by more, in seconds, are worth a word: dates in states and logs are then hard to put together.
const CLOCK_WARNS: i64 = 30;
/// Clocks that part by more, in seconds, make tokens look expired or not yet valid.
const CLOCK_FAILS: i64 = 5 * 60;

/// Where the token comes from; never the token.
pub fn credentials(found: &Result<Credentials, CredentialsError>) -> CheckResult {
    let name = Name::Credentials;
    let sources = match found {
        Ok(credentials) => credentials.sources(),
        Err(CredentialsError::Missing) => {
            return CheckResult::error(name, "there are none").help(
                "set DIALFORM_TOKEN, or DIALFORM_EMAIL and DIALFORM_PASSWORD, or name a `token-command` in dialform.kdl",
            );
        }
        Err(error @ (CredentialsError::Half { .. } | CredentialsError::NamedMissing { .. })) => {
            return CheckResult::error(name, error.to_string());
        }
    };
    let words: Vec<&str> = sources
        .iter()
        .map(|source| match source {
            TokenSource::Environment => "DIALFORM_TOKEN is set",
            TokenSource::Named => "the variable that `token-env` names is set",
            TokenSource::Login => "DIALFORM_EMAIL and DIALFORM_PASSWORD are set",
            TokenSource::Command => "`token-command` gives the token",
        })
        .collect();
    CheckResult::ok(name, words.join("; where that token is refused, "))
}

/// Whether a service answers, and how soon.
pub fn service(service: Service, origin: &BaseUrl, reached: &Result<Reached, Unreached>) -> CheckResult {
    let (name, setting) = match service {
        Service::Calls => (Name::Api, "api"),
        Service::Login => (Name::Login, "login"),
    };
    let check_setting = format!("check `{setting}` in dialform.kdl");
    match reached {
        // It says what to do.
        Err(error @ Unreached::Authorities(_)) => CheckResult::error(name, error.to_string()),
        Err(error) => CheckResult::error(name, format!("{origin} cannot be reached: {error}")).help(format!(
            "{check_setting}, the network and the proxy (for a private certificate authority: --ca-file)"
        )),
        Ok(Reached { status, took, .. }) => {
            let took = spoken(*took);
            match status {
                300..=399 => CheckResult::warn(
                    name,
                    format!(
                        "{origin} answers in {took}, but with {status}, which sends elsewhere; no redirect is followed"
                    ),
                )
                .help(check_setting),
                500.. => CheckResult::warn(name, format!("{origin} answers in {took}, but with {status}"))
                    .help("try again later"),
                _ => CheckResult::ok(name, format!("{origin} answers in {took}")),
            }
        }
    }
}

/// The login service where nobody logs in.
pub fn login_unused() -> CheckResult {
    CheckResult::skip(
        Name::Login,
        "not used: no e-mail address and password are set, or a command comes first",
    )
}

/// Whether the API took the token, by what the reading of the list gave.
pub fn token(read: &Result<Vec<ListedTask>, ApiError>) -> CheckResult {
    let name = Name::Token;
    match read {
        Ok(_)
        | Err(
            ApiError::ListShape { .. }
            | ApiError::ListContradicts { .. }
            | ApiError::ListEndless { .. }
            | ApiError::ListUnsettled { .. },
        ) => CheckResult::ok(name, "the API takes it"),
        Err(error @ ApiError::Unauthorized { .. }) => CheckResult::error(name, error.to_string()),
        Err(ApiError::NotSent(Unsent::Token(error))) => CheckResult::error(name, error.to_string()),
        Err(ApiError::Rejected {
            status: status @ (402 | 403),
            words,
        }) => CheckResult::error(name, format!("the API answered {status}: {words}"))
            .help("check what the account may do"),
        Err(ApiError::TooMany { .. }) => CheckResult::skip(name, "cannot be told, as the API asks to wait"),
        Err(ApiError::CaFile { .. } | ApiError::NotSent(_) | ApiError::Rejected { .. } | ApiError::Unclear(_)) => {
            CheckResult::skip(name, "cannot be told, as the list could not be read")
        }
    }
}

/// This machine's clock against the server's.
pub fn clock(reached: &Reached) -> CheckResult {
    let name = Name::Clock;
    let Some(date) = reached.date else {
        return CheckResult::skip(name, "the API's answer holds no `Date` to compare with");
    };
    let ahead = reached.at.as_second().saturating_sub(date.as_second());
    let apart = ahead.saturating_abs();
    let way = if ahead > 0 { "ahead of" } else { "behind" };
    let message = format!("this machine's clock is {apart} s {way} the server's");
    let help =
        "set this machine's clock, best by NTP: start times are checked against it, and dates in the state are its own";
    if apart <= CLOCK_WARNS {
        CheckResult::ok(name, format!("within {CLOCK_WARNS} s of the server's"))
    } else if apart <= CLOCK_FAILS {
        CheckResult::warn(name, message).help(help)
    } else {
        CheckResult::error(name, message).help(help)
    }
}

/// Whether the list of tasks can be read, and how long that takes.
pub fn list(read: &Result<Vec<ListedTask>, ApiError>, took: Duration) -> CheckResult {
    let name = Name::List;
    match read {
        Ok(tasks) => CheckResult::ok(
            name,
            format!("{} read in {}", counted(tasks.len(), "task"), spoken(took)),
        ),
        // What they say is told of the token.
        Err(ApiError::Unauthorized { .. } | ApiError::Rejected { status: 402 | 403, .. }) => {
            CheckResult::skip(name, "not read, as the token was not taken")
        }
        Err(ApiError::NotSent(Unsent::Token(_))) => CheckResult::skip(name, "not read, as there is no token"),
        Err(error @ ApiError::TooMany { .. }) => CheckResult::warn(name, error.to_string()).help("try again later"),
        Err(error) => CheckResult::error(name, error.to_string()),
    }
}

/// Whether the list shows the markers and names of the tasks that the state knows: where it does not, apply cannot find
/// a task whose create was not answered.
pub fn markers(list: &[ListedTask], state: Option<&State>) -> CheckResult {
    let name = Name::Markers;
    let known: Vec<Shown<'_>> = state.map(|state| shown(list, state)).unwrap_or_default();
    if known.is_empty() {
        let has_any = list.iter().any(|task| task.text.has_any_marker());
        return if has_any {
            CheckResult::ok(
                name,
                "the list shows comments: it has markers of dialform, of tasks that this state does not know",
            )
        } else {
            CheckResult::skip(name, "cannot be told: the state knows no task to look for").help(format!(
                "{} creates one of its own, looks for it and stops it",
                StateCommand(&["doctor", "--probe"])
            ))
        };
    }
    let keys = |is_meant: fn(&Shown<'_>) -> bool| -> Vec<&str> {
        let meant = known.iter().filter(|shown| is_meant(shown));
        meant.map(|shown| shown.key).collect()
    };
    let found = keys(|shown| shown.marker);
    let hidden = keys(|shown| shown.item && !shown.marker);
    let absent = keys(|shown| !shown.item && !shown.marker);
    let nameless = keys(|shown| shown.item && !shown.name);
    let message = format!(
        "the list shows the markers of {} of {} that the state knows",
        found.len(),
        counted(known.len(), "task"),
    );
    if found.is_empty() && !hidden.is_empty() {
        return CheckResult::error(name, format!("{message}: it does not show comments")).help(format!("keep the state safe: a create that is not answered stays unknown until {}, and a lost state cannot be noticed", StateCommand(&["resolve"])));
    }
    let mut faults = Vec::new();
    let mut help = None;
    if !hidden.is_empty() {
        faults.push(format!("listed without its marker: {}", some_of(&hidden)));
        help = Some("somebody may have changed the comment of that task; put the marker back".to_owned());
    }
    if let Some(first) = absent.first() {
        faults.push(format!("not listed: {}", some_of(&absent)));
        help = Some(format!(
            "look for it on the vendor's pages; {} removes a task that is gone",
            StateCommand(&["state", "rm", first])
        ));
    }
    if !nameless.is_empty() {
        faults.push(format!("listed without its name: {}", some_of(&nameless)));
    }
    if faults.is_empty() {
        return CheckResult::ok(name, message);
    }
    let check = CheckResult::warn(name, format!("{message}; {}", faults.join("; ")));
    match help {
        Some(help) => check.help(help),
        None => check,
    }
}

/// What the list shows of a task that the state knows.
struct Shown<'a> {
    key: &'a str,
    /// An item of its id.
    item: bool,
    /// Its name in that item.
    name: bool,
    /// Its marker, in whatever item.
    marker: bool,
}

fn shown<'a>(list: &[ListedTask], state: &'a State) -> Vec<Shown<'a>> {
    let mut by_identity: HashMap<&str, &ListedTask> = HashMap::new();
    let mut random_parts: HashSet<&str> = HashSet::new();
    for item in list {
        by_identity.entry(item.identity.as_str()).or_insert(item);
        random_parts.extend(item.text.random_parts());
    }
    // A task that was made elsewhere and taken by `import --live` carries no marker.
    let live = state
        .tasks
        .iter()
        .filter(|(_, task)| task.halted_at.is_none() && !task.marker.may_be_of_none());
    live.map(|(key, task)| {
        let item = by_identity.get(task.identity.as_str());
        let name = task.name().unwrap_or_default();
        Shown {
            key,
            item: item.is_some(),
            name: item.is_some_and(|item| item.text.contains(&name)),
            marker: random_parts.contains(task.marker.random_part()),
        }
    })
    .collect()
}
