//! dialform: auto-call campaigns as code.

pub mod fields;
