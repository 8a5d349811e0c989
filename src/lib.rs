//! dialform: auto-call campaigns as code.
//!
//! Data flows downwards; a module knows only those above it.

// What everything is made of.
pub mod finding;
pub mod load;
pub mod names;
pub mod origin;
pub mod project_files;
pub mod source;

// From text to campaigns and findings.
pub mod check;
pub mod fields;
pub mod lower;
pub mod model;
pub mod rules;
pub mod syntax;

// From campaigns to tasks.
pub mod api;
pub mod apply;
pub mod desired;
pub mod plan;
pub mod state;
pub mod wire;

// The stand-in for the vendor's service.
pub mod sandbox;

// What people see and type.
pub mod cli;
pub mod fmt;
pub mod render;
pub mod schema;
pub mod watch;
