//! Parses the spec of a fault.

use std::str::FromStr;

use super::{Distortion, ErrorBody, Fault, FaultAction, FaultTarget, Maiming, Replacement, RequestRange, Side};
use crate::util::suggest::closest;

/// Where `redirect` leads without a URL: to a port on which nothing listens.
const ELSEWHERE: &str = "http://127.0.0.1:1/elsewhere";

/// The names of faults other than statuses.
const WORDS: [&str; 14] = [
    "reset",
    "hang",
    "drip",
    "redirect",
    "truncated",
    "wrong",
    "garbage",
    "endless",
    "bad-id",
    "lag",
    "omit",
    "cap",
    "same",
    "shift",
];

/// What is wrong with the spec of a fault, and what to write; the message does not repeat the whole spec.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FaultError {
    /// There is no `=`, or nothing on one side of it.
    #[error("it is not of the form TARGET=FAULT: write for example create=503 or create#2=after:reset")]
    Form,
    /// An unknown target.
    #[error("there is no target `{word}`: write {}", advice(.meant, "create, list, login, play, pause, halt or any"))]
    FaultTarget {
        /// What was written.
        word: String,
        /// What was probably meant.
        meant: Option<&'static str>,
    },
    /// There is no number or range after `#`.
    #[error("`#{text}` does not say which requests: write #3 for the third only, #3-5 or #3-, counted from 1")]
    RequestRange {
        /// What was written behind the `#`.
        text: String,
    },
    /// The last request comes before the first.
    #[error("`#{from}-{to}` runs backwards: write #{to}-{from}")]
    Backwards {
        /// The first request.
        from: u64,
        /// The last request.
        to: u64,
    },
    /// The part before the colon is neither `before` nor `after`.
    #[error("`{word}:` does not say when: write before: or after:, or neither, which means before:")]
    Side {
        /// What was written before the colon.
        word: String,
    },
    /// An unknown fault.
    #[error("there is no fault `{word}`: write {}", advice(.meant, &every_fault()))]
    Word {
        /// What was written.
        word: String,
        /// What was probably meant.
        meant: Option<&'static str>,
    },
    /// The status is not one of a failure.
    #[error("the status {code} is not one of a failure: write one from 400 to 599")]
    Status {
        /// What was written.
        code: String,
    },
    /// The part after the slash does not fit the fault.
    #[error("`{word}/{argument}` is not understood: write {form}")]
    Argument {
        /// The fault.
        word: String,
        /// What was written behind the slash.
        argument: String,
        /// What may be written.
        form: &'static str,
    },
    /// The fault needs a number behind a slash.
    #[error("`{word}` needs a number: write {form}")]
    NoArgument {
        /// The fault.
        word: String,
        /// What may be written.
        form: &'static str,
    },
    /// A fault of the list, with another target.
    #[error("`{word}` is a fault of the list only: write list in the place of {target}")]
    ListOnly {
        /// The fault.
        word: String,
        /// The target that was written.
        target: &'static str,
    },
    /// The fault distorts the response, so it takes no `before:` or `after:`.
    #[error("`{word}` spoils the right answer, so the request always takes effect: write it without before: or after:")]
    NoSide {
        /// The fault.
        word: String,
    },
}

fn every_fault() -> String {
    format!("a status from 400 to 599 or one of {}", WORDS.join(", "))
}

/// The word that was meant, or else all that may be written.
fn advice(meant: &Option<&'static str>, all: &str) -> String {
    meant.map_or_else(|| all.to_owned(), str::to_owned)
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(spec: &str) -> Result<Self, FaultError> {
        let (which, what) = spec.split_once('=').ok_or(FaultError::Form)?;
        if which.is_empty() || what.is_empty() {
            return Err(FaultError::Form);
        }
        let (target, turns) = match which.split_once('#') {
            Some((word, text)) => (target(word)?, turns(text)?),
            None => (target(which)?, RequestRange::EACH),
        };
        // A colon may also stand in a URL, but that comes behind a slash.
        let (side, what) = match what.split_once(':') {
            Some((word, rest)) if !word.contains('/') => (Some(side(word)?), rest),
            _ => (None, what),
        };
        let (word, argument) = match what.split_once('/') {
            Some((word, argument)) => (word, Some(argument)),
            None => (what, None),
        };
        let action = action(word, argument, side)?;
        match &action {
            FaultAction::Distort(_) if target != FaultTarget::List => {
                return Err(FaultError::ListOnly {
                    word: word.to_owned(),
                    target: target.name(),
                });
            }
            FaultAction::Maim(_) | FaultAction::Distort(_) if side.is_some() => {
                return Err(FaultError::NoSide { word: word.to_owned() });
            }
            _ => {}
        }
        Ok(Self { target, turns, action })
    }
}

fn target(word: &str) -> Result<FaultTarget, FaultError> {
    FaultTarget::ALL
        .into_iter()
        .find(|target| target.name() == word)
        .ok_or_else(|| FaultError::FaultTarget {
            word: word.to_owned(),
            meant: closest(word, FaultTarget::ALL.map(FaultTarget::name)),
        })
}

fn turns(text: &str) -> Result<RequestRange, FaultError> {
    let number = |digits: &str| {
        whole(digits)
            .filter(|number| *number > 0)
            .ok_or_else(|| FaultError::RequestRange { text: text.to_owned() })
    };
    let (from, to) = match text.split_once('-') {
        None => (number(text)?, number(text)?),
        Some((from, "")) => (number(from)?, u64::MAX),
        Some((from, to)) => (number(from)?, number(to)?),
    };
    if from > to {
        return Err(FaultError::Backwards { from, to });
    }
    Ok(RequestRange { from, to })
}

fn side(word: &str) -> Result<Side, FaultError> {
    match word {
        "before" => Ok(Side::Before),
        "after" => Ok(Side::After),
        _ => Err(FaultError::Side { word: word.to_owned() }),
    }
}

fn action(word: &str, argument: Option<&str>, side: Option<Side>) -> Result<FaultAction, FaultError> {
    let wants = |form| match argument {
        Some(argument) => FaultError::Argument {
            word: word.to_owned(),
            argument: argument.to_owned(),
            form,
        },
        None => FaultError::NoArgument {
            word: word.to_owned(),
            form,
        },
    };
    let replace = |replacement| FaultAction::Replace(side.unwrap_or(Side::Before), replacement);
    // A fault that takes nothing behind a slash.
    let bare = |action: FaultAction, form| {
        if argument.is_none() {
            Ok(action)
        } else {
            Err(wants(form))
        }
    };
    let count = |default: Option<u64>, form| match (argument, default) {
        (None, Some(default)) => Ok(default),
        (text, _) => text
            .and_then(whole)
            .filter(|number| *number > 0)
            .ok_or_else(|| wants(form)),
    };
    // More than there are places in memory is more than there are tasks.
    let places = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    match word {
        "reset" => bare(replace(Replacement::Reset), "reset"),
        "hang" => bare(replace(Replacement::Hang), "hang"),
        "wrong" => bare(replace(Replacement::Wrong), "wrong"),
        "garbage" => bare(replace(Replacement::Garbage), "garbage"),
        "endless" => bare(replace(Replacement::Endless), "endless"),
        "bad-id" => bare(replace(Replacement::BadId), "bad-id"),
        "drip" => bare(FaultAction::Maim(Maiming::Drip), "drip"),
        "truncated" => bare(FaultAction::Maim(Maiming::Truncated), "truncated"),
        "redirect" => {
            let url = argument.unwrap_or(ELSEWHERE);
            if !is_location(url) {
                return Err(wants("redirect/URL with a whole http:// or https:// URL in ASCII"));
            }
            Ok(replace(Replacement::Redirect { url: url.to_owned() }))
        }
        "lag" => Ok(FaultAction::Distort(Distortion::Lag(count(
            None,
            "lag/N with N of 1 or more, such as lag/2",
        )?))),
        "omit" => {
            let each = count(Some(1), "omit or omit/N with N of 1 or more, such as omit/3")?;
            Ok(FaultAction::Distort(Distortion::Omit(places(each))))
        }
        "cap" => {
            let size = count(None, "cap/SIZE with SIZE of 1 or more, such as cap/20")?;
            Ok(FaultAction::Distort(Distortion::Cap(places(size))))
        }
        "same" => {
            let size = count(None, "same/SIZE with SIZE of 1 or more, such as same/20")?;
            Ok(FaultAction::Distort(Distortion::Same(places(size))))
        }
        "shift" => {
            let size = count(Some(2), "shift or shift/SIZE with SIZE of 1 or more, such as shift/10")?;
            Ok(FaultAction::Distort(Distortion::Shift(places(size))))
        }
        "429" if argument.and_then(said).is_none() => {
            let seconds = match argument {
                None => Some(1),
                Some(text) => whole(text).and_then(|seconds| u32::try_from(seconds).ok()),
            };
            let seconds = seconds.ok_or_else(|| wants("429 or 429/SECONDS with whole seconds, such as 429/5"))?;
            Ok(replace(Replacement::TooMany { seconds }))
        }
        code if code.bytes().all(|byte| byte.is_ascii_digit()) && !code.is_empty() => {
            let code = code
                .parse()
                .ok()
                .filter(|code| (400..=599).contains(code))
                .ok_or_else(|| FaultError::Status { code: code.to_owned() })?;
            let said = match argument {
                None => ErrorBody::Message,
                Some(word) => said(word)
                    .ok_or_else(|| wants("the status by itself or with /empty, /html or /null, such as 503/empty"))?,
            };
            Ok(replace(Replacement::Status { code, said }))
        }
        _ => Err(FaultError::Word {
            word: word.to_owned(),
            meant: closest(word, WORDS),
        }),
    }
}

/// What a status is answered with, by its word.
fn said(word: &str) -> Option<ErrorBody> {
    match word {
        "empty" => Some(ErrorBody::Empty),
        "html" => Some(ErrorBody::Html),
        "null" => Some(ErrorBody::Null),
        _ => None,
    }
}

/// A number in digits only: no sign, which `parse` would take.
fn whole(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// Whether a text can stand in a `Location` header as it is.
fn is_location(url: &str) -> bool {
    let whole = url.starts_with("http://") || url.starts_with("https://");
    whole && url.bytes().all(|byte| byte.is_ascii_graphic()) && reqwest::Url::parse(url).is_ok()
}

#[cfg(test)]
mod tests {
    use super::super::FAULT_GRAMMAR;
    use super::*;

    #[test]
    fn every_word_is_in_the_grammar_and_read() {
        for word in WORDS {
            let line = |line: &str| line.trim_start_matches("FAULT  =").trim_start().starts_with(word);
            assert!(FAULT_GRAMMAR.lines().any(line), "{word}");
            let spec = match word {
                "lag" | "cap" | "same" => format!("{word}/1"),
                word => word.to_owned(),
            };
            assert_eq!(
                format!("list={spec}").parse::<Fault>().map(|fault| fault.name()),
                Ok(word)
            );
        }
        for target in FaultTarget::ALL {
            assert!(FAULT_GRAMMAR.contains(target.name()), "{target:?}");
        }
    }

    #[test]
    fn the_examples_of_the_grammar_are_read() {
        let examples = FAULT_GRAMMAR
            .lines()
            .filter_map(|line| line.trim().strip_prefix("--fault "));
        let specs: Vec<&str> = examples.filter_map(|line| line.split(' ').next()).collect();
        assert_eq!(specs.len(), 2);
        for spec in specs {
            assert!(spec.parse::<Fault>().is_ok(), "{spec}");
        }
    }
}
