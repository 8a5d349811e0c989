//! Which of the vendor's two pages an account speaks.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The form of the create request that an account accepts.
///
/// `classic` is the vendor's page kept in this project's reference; `extended` is the newer public page, which has
/// more fields and writes the two redial limits as objects.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Dialect {
    /// The page of the classic method.
    #[default]
    Classic,
    /// The newer page.
    Extended,
}

impl Dialect {
    /// The word that stands in `project { dialect "…" }`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Classic => "classic",
            Self::Extended => "extended",
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
