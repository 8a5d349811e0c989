//! What can go wrong where nothing is changed: setting up, and reading the list.

use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;

use super::unsent::{Doubt, Unsent};

/// Why the client cannot be made, or the list of tasks cannot be read. Nothing was changed at the API.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ApiError {
    /// The file of certificate authorities is of no use.
    #[error("the certificate file {} cannot be used: {why}; name a PEM file with --ca-file", path.display())]
    CaFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The request was not sent.
    #[error("the list of tasks could not be read: {0}")]
    NotSent(Unsent),
    /// The API refused the request.
    #[error(
        "the list of tasks could not be read: the API answered {status}: {words}; check `api` in dialform.kdl and what the \
         account may do"
    )]
    Rejected {
        /// The HTTP status.
        status: u16,
        /// The API's own words.
        words: String,
    },
    /// The API did not take the token.
    #[error(
        "the API did not take the token: {words}; check where it comes from: DIALFORM_TOKEN, DIALFORM_EMAIL and \
         DIALFORM_PASSWORD, or `token-command` in dialform.kdl"
    )]
    Unauthorized {
        /// The API's own words, and why the token could not be renewed.
        words: String,
    },
    /// Too many requests.
    #[error("the list of tasks could not be read: the API asks to wait{}", wait_words(*wait))]
    TooMany {
        /// How long the API asks to wait, if it says so.
        wait: Option<Duration>,
    },
    /// No usable answer.
    #[error("the list of tasks could not be read: {}; try again", .0.of_reading())]
    Unclear(Doubt),
    /// A page of the list cannot be understood, so nothing can be concluded from it.
    #[error(
        "the list of tasks could not be understood: page {page}: {why}; nothing is created on the strength of such a list. \
         Check that `api` in dialform.kdl is the address of the calls service"
    )]
    ListShape {
        /// The page, from 0.
        page: usize,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The list says one thing of itself and shows another, so a task may be left out.
    #[error("the list of tasks contradicts itself: {why}; nothing is created on the strength of such a list")]
    ListContradicts {
        /// What does not agree.
        why: String,
    },
    /// The list does not end.
    #[error(
        "the list of tasks goes on after {tasks} tasks on {pages} pages, which no account should need; nothing is concluded \
         from it"
    )]
    ListEndless {
        /// The pages read.
        pages: usize,
        /// The tasks read.
        tasks: usize,
    },
    /// The list is different each time that it is read.
    #[error("the list of tasks changed each time in {scans} readings; try again when no tasks are being created")]
    ListUnsettled {
        /// The readings made.
        scans: usize,
    },
}

fn wait_words(wait: Option<Duration>) -> String {
    wait.map_or_else(
        || " and does not say how long".to_owned(),
        |wait| format!(" {} s", wait.as_secs()),
    )
}
