//! dialform: auto-call campaigns as code.

pub mod api;
pub mod fields;
