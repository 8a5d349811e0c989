//! dialform: auto-call campaigns as code.

pub mod source;
pub mod syntax;
pub mod fields;
