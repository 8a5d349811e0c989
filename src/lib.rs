//! dialform: auto-call campaigns as code.
//!
//! The modules stand in the order in which data flows: each knows only those above it. `rules` stands before `lower`,
//! because the words of every finding live there, those about single values included.

// What every part needs.
pub mod util;

// The one table: what the language says, and what becomes of it on the wire.
pub mod fields;

// From text to campaigns: files → KDL → tree → typed model → request body, checked against the one table and the rules.
pub mod project;
pub mod finding;
pub mod syntax;
pub mod model;
pub mod wire;
pub mod rules;
pub mod lower;
pub mod lint;
pub mod explain;

// From campaigns to tasks: what is known of earlier ones, what to do, and doing it.
pub mod state;
pub mod plan;
pub mod import;
pub mod api;
pub mod apply;
pub mod status;
pub mod doctor;

// The stand-in for the vendor's service. It restates the API page and shares nothing with the table above.
pub mod sandbox;

// What people and tools see.
pub mod report;
pub mod server;
pub mod cli;
