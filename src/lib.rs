//! dialform: auto-call campaigns as code.

pub mod api;
pub mod fields;
pub mod finding;
pub mod rules;
pub mod source;
pub mod syntax;
pub mod sandbox;
pub mod state;
