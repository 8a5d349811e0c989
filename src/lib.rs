//! dialform: auto-call campaigns as code.

pub mod fields;
pub mod state;
