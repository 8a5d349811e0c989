//! Where the bearer token comes from: the environment or a command, never a project's files.

use std::fmt;

use secrecy::SecretString;
use thiserror::Error;

use super::token_error::TokenSource;

/// The variable that holds a bearer token.
const TOKEN: &str = "DIALFORM_TOKEN";
/// The variable that holds the e-mail address of the account.
const EMAIL: &str = "DIALFORM_EMAIL";
/// The variable that holds the password of the account.
const PASSWORD: &str = "DIALFORM_PASSWORD";

/// A token to begin with, a way to get a new one, or both. `Debug` shows which, and nothing of them.
#[derive(Clone)]
pub struct Credentials {
    pub(super) token: Option<SecretString>,
    /// Whether the token is that of a variable that `token-env` names.
    pub(super) is_named: bool,
    pub(super) renewal: Option<Renewal>,
}

/// A way to get a token that the API takes.
#[derive(Clone)]
pub(super) enum Renewal {
    /// The login method, wire fields `email` and `password`.
    Login {
        email: SecretString,
        password: SecretString,
    },
    /// A command whose standard output is the token.
    Command(SecretString),
}

/// Why the environment gives no credentials.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CredentialsError {
    /// Nothing is set.
    #[error(
        "no credentials for the API: set {TOKEN}, or {EMAIL} and {PASSWORD}, or name a token command; \
         to try dialform without an account, use --sandbox"
    )]
    Missing,
    /// The variable that `token-env` names is not set.
    #[error(
        "no credentials for the API: set {variable}, which `token-env` in dialform.kdl names; DIALFORM_TOKEN, DIALFORM_EMAIL and \
         DIALFORM_PASSWORD do not count beside it; to try dialform without an account, use --sandbox"
    )]
    NamedMissing {
        /// The variable.
        variable: String,
    },
    /// One half of the login is set.
    #[error("{present} is set but {missing} is not, and a login needs both; set {missing}")]
    Half {
        /// The variable that is set.
        present: &'static str,
        /// The variable that is not.
        missing: &'static str,
    },
}

impl Credentials {
    /// A token alone, which cannot be renewed when it expires.
    pub fn token(token: impl Into<SecretString>) -> Self {
        Self {
            token: Some(token.into()),
            is_named: false,
            renewal: None,
        }
    }

    /// An account, whose token is got, and renewed, by the login method.
    pub fn login(email: impl Into<SecretString>, password: impl Into<SecretString>) -> Self {
        Self {
            token: None,
            is_named: false,
            renewal: Some(Renewal::Login {
                email: email.into(),
                password: password.into(),
            }),
        }
    }

    /// A shell command whose output, without the blanks around it, is a token; it is run again to renew the token.
    pub fn command(command: impl Into<SecretString>) -> Self {
        Self {
            token: None,
            is_named: false,
            renewal: Some(Renewal::Command(command.into())),
        }
    }

    /// Reads `DIALFORM_TOKEN`, `DIALFORM_EMAIL` and `DIALFORM_PASSWORD` through `variable`; one that is empty counts as
    /// not set.
    ///
    /// A token is used first; `token_command`, or else the login, gives the next one when the API refuses it.
    ///
    /// # Errors
    ///
    /// [`CredentialsError`] where there are none, or only half of a login.
    pub fn from_environment(
        variable: impl Fn(&str) -> Option<String>,
        token_command: Option<String>,
    ) -> Result<Self, CredentialsError> {
        let set = |name| {
            variable(name)
                .filter(|value| !value.trim().is_empty())
                .map(SecretString::from)
        };
        let token = set(TOKEN);
        let renewal = match (token_command, set(EMAIL), set(PASSWORD)) {
            (Some(command), _, _) => Some(Renewal::Command(command.into())),
            (None, Some(email), Some(password)) => Some(Renewal::Login { email, password }),
            (None, Some(_), None) => {
                return Err(CredentialsError::Half {
                    present: EMAIL,
                    missing: PASSWORD,
                });
            }
            (None, None, Some(_)) => {
                return Err(CredentialsError::Half {
                    present: PASSWORD,
                    missing: EMAIL,
                });
            }
            (None, None, None) => None,
        };
        if token.is_none() && renewal.is_none() {
            return Err(CredentialsError::Missing);
        }
        Ok(Self {
            token,
            is_named: false,
            renewal,
        })
    }

    /// The same, but with the variable that `token_env` names in the place of all others, where it names one.
    ///
    /// # Errors
    ///
    /// [`CredentialsError`] where there are none, or only half of a login.
    pub fn of_project(
        variable: impl Fn(&str) -> Option<String>,
        token_command: Option<String>,
        token_env: Option<&str>,
    ) -> Result<Self, CredentialsError> {
        let Some(name) = token_env else {
            return Self::from_environment(variable, token_command);
        };
        let token = variable(name).filter(|value| !value.trim().is_empty());
        if token.is_none() && token_command.is_none() {
            let variable = name.to_owned();
            return Err(CredentialsError::NamedMissing { variable });
        }
        Ok(Self {
            token: token.map(SecretString::from),
            is_named: true,
            renewal: token_command.map(|command| Renewal::Command(command.into())),
        })
    }

    /// Which variable the token is from.
    pub(super) fn of_variable(&self) -> TokenSource {
        match self.is_named {
            true => TokenSource::Named,
            false => TokenSource::Environment,
        }
    }

    /// Where a token comes from, in the order in which the places are asked: the next one is for when the API refuses
    /// the token of the one before. There is at least one, and none of them is asked here.
    pub fn sources(&self) -> Vec<TokenSource> {
        let token = self.token.as_ref().map(|_| self.of_variable());
        let renewal = self.renewal.as_ref().map(|renewal| match renewal {
            Renewal::Login { .. } => TokenSource::Login,
            Renewal::Command(_) => TokenSource::Command,
        });
        token.into_iter().chain(renewal).collect()
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let renewal = match self.renewal {
            Some(Renewal::Login { .. }) => "login",
            Some(Renewal::Command(_)) => "command",
            None => "none",
        };
        f.debug_struct("Credentials")
            .field("token", &self.token.is_some())
            .field("renewal", &renewal)
            .finish()
    }
}
