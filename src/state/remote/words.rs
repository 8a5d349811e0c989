//! What a server or the system says, as it may stand in a message: short, printable, and without the secrets of the store.

use std::error::Error;
use std::fmt;

use secrecy::{ExposeSecret, SecretString};

use crate::util::https;
use crate::util::printable::{Medium, shown};

/// The longest words of a server in a message.
const LONGEST: usize = 300;

/// What must not be repeated.
#[derive(Clone, Default)]
pub(super) struct Secrets(Vec<SecretString>);

impl Secrets {
    pub(super) fn add(&mut self, secret: &SecretString) {
        // What is shorter would be found in words that have nothing to do with it.
        if secret.expose_secret().len() >= 4 {
            self.0.push(secret.clone());
        }
    }

    /// Words for a message.
    pub(super) fn clean(&self, words: &str) -> String {
        let mut words = words.to_owned();
        for secret in &self.0 {
            words = words.replace(secret.expose_secret(), "***");
        }
        let shown = shown(words.trim(), Medium::Line);
        match shown.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("{}…", shown.get(..end).unwrap_or_default()),
            None => shown.into_owned(),
        }
    }

    /// The words of an error's innermost cause.
    pub(super) fn cause(&self, error: &(dyn Error + 'static)) -> String {
        self.clean(&https::innermost(error))
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} secrets", self.0.len())
    }
}
