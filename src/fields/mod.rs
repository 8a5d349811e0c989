//! The one table: every setting of the language and the wire field behind it, written once, as data.
//!
//! Lowering, the request body, the rules about what is required and what has no effect, the JSON Schemas and the
//! documentation all read it. Adding an API field is adding a row to `rows.rs` (and a node to `settings.rs`).

pub mod base_url;
mod condition;
mod dialect;
mod kinds;
mod nodes;
mod top_level;
mod rows;
mod settings;
mod spec;
pub mod types;
mod usage;
mod value;

pub use condition::{Condition, Facts, Known};
pub use dialect::Dialect;
pub(crate) use kinds::MADE_UP_START;
pub use kinds::{
    Decoded, DecodedValue, Kind, Literal, SourceText, UUID_PATTERN, Unreadable, WireContext, is_made_up_id, parse_uuid,
};
pub use nodes::fields_of;
pub use rows::{FIELDS, Field};
pub use settings::{SETTINGS, Setting, SettingSpec};
pub use spec::{AliasKind, Choice, FieldSpec, Json, Slot, Written};
pub use top_level::{
    DEFAULT_API, DEFAULT_CAMPAIGNS, DEFAULT_LOGIN, DEFAULT_STATE, PROJECT, TOP_LEVEL, TopLevelSpec, in_environment,
    in_project,
};
pub use usage::{choices_beside, least_dialect, properties_with, usage, usage_with, usages};
pub use value::{IdValue, Value};
