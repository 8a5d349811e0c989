//! dialform: auto-call campaigns as code.
//!
//! The modules stand in the order in which data flows: each knows only those above it. `rules` stands before `lower`,
//! because the words of every finding live there, those about single values included.

// The one table: what the language says, and what becomes of it on the wire.
pub mod fields;

// What is said to anybody: it says something and does nothing.
pub mod printable;

// Files and what can be wrong with them.
pub mod source;
pub mod boundary;
mod folder;
pub mod load;
pub mod walk;
pub mod project_files;
pub mod finding;
pub mod names;
mod plural;
pub mod replace;
pub mod origin;
mod threads;
mod hashed;
pub mod failpoint;

// From text to campaigns: KDL → tree → typed model → request body, checked against the one table and the rules.
pub mod syntax;
pub mod fmt;
pub mod model;
pub mod wire;
pub mod rules;
pub mod lower;
pub mod suppress;
pub mod check;
pub mod baseline;
pub mod explain;
pub mod fix;

// From campaigns to tasks: what is known of earlier ones, what to do, and doing it.
pub mod state;
pub mod desired;
pub mod import;
pub mod plan;
pub mod interrupt;
pub mod api;
pub mod apply;
pub mod doctor;

// The stand-in for the vendor's service. It restates the API page and shares nothing with the table above.
pub mod sandbox;

// What people and tools see.
pub mod schema;
pub mod render;
pub mod watch;
pub mod cli;
