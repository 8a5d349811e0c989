//! The linter: it runs every file through the parser, the lowering and the rules, and decides what becomes of the findings.

pub mod baseline;
pub mod engine;
pub mod fix;
mod severity;
pub mod suppress;
pub mod watch;
