//! Why there is no bearer token, and where one comes from.

use std::time::Duration;

use thiserror::Error;

/// The longest token taken, in bytes; servers refuse longer headers.
pub(super) const LONGEST: usize = 8 * 1024;

/// Where a token came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenSource {
    /// `DIALFORM_TOKEN`.
    Environment,
    /// The variable that `token-env` names.
    Named,
    /// The login method.
    Login,
    /// The token command.
    Command,
}

impl std::fmt::Display for TokenSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Environment => "the token in DIALFORM_TOKEN",
            Self::Named => "the token in the variable that `token-env` names",
            Self::Login => "the token that the login method gave",
            Self::Command => "the output of the token command",
        })
    }
}

/// Why there is no token. No message repeats a secret, an answer of the login method, or output of the command.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TokenError {
    /// The text is not a token.
    #[error("{source_of_token} {why}; give the token alone, without \"Bearer\"")]
    Malformed {
        /// Where the text came from.
        source_of_token: TokenSource,
        /// What is wrong with it.
        why: NoToken,
    },
    /// The login method refused the e-mail address and password.
    #[error(
        "the login at {iam} was refused ({status}); check DIALFORM_EMAIL, DIALFORM_PASSWORD and `login` in dialform.kdl"
    )]
    LoginRefused {
        /// The base address of the login service.
        iam: String,
        /// The HTTP status.
        status: u16,
    },
    /// The login method gave no usable answer.
    #[error("no token could be had from the login at {iam}: {why}; try again later")]
    LoginFailed {
        /// The base address of the login service.
        iam: String,
        /// What happened.
        why: String,
    },
    /// The command could not be run.
    #[error("the token command cannot be run, as the system's shell cannot be started: {why}")]
    CommandNotRun {
        /// What the system says.
        why: String,
    },
    /// The command failed.
    #[error(
        "the token command failed ({ended}); run it by hand to see why, as nothing that it prints is shown here, and check \
         `token-command` in dialform.kdl"
    )]
    CommandFailed {
        /// How it ended, its exit status for example.
        ended: String,
    },
    /// The command did not end.
    #[error(
        "the token command did not end within {within:?}, and was stopped; run it by hand to see what it waits for: here \
         it cannot ask for anything on standard input"
    )]
    CommandTimedOut {
        /// The time allowed.
        within: Duration,
    },
}

impl TokenError {
    /// Whether asking again in the same run is of no use, or does harm: repeated logins with a wrong password lock
    /// accounts.
    pub(super) fn is_final(&self) -> bool {
        !matches!(self, Self::LoginFailed { .. })
    }
}

/// What is wrong with a text that is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NoToken {
    /// Nothing, or nothing but blanks.
    #[error("is empty")]
    Empty,
    /// Servers refuse such headers.
    #[error("is longer than 8 KiB")]
    Long,
    /// More than one line.
    #[error("has several lines")]
    Lines,
    /// Something else that no header carries.
    #[error("holds a character that an HTTP header cannot carry (a blank, a letter that is not ASCII)")]
    Characters,
}

impl NoToken {
    /// What is wrong with this text, from which the blanks around it are taken.
    pub(super) fn find_in(text: &str) -> Option<Self> {
        if text.is_empty() {
            Some(Self::Empty)
        } else if text.len() > LONGEST {
            Some(Self::Long)
        } else if text.contains(['\n', '\r']) {
            Some(Self::Lines)
        } else {
            (!text.bytes().all(|byte| byte.is_ascii_graphic())).then_some(Self::Characters)
        }
    }
}
