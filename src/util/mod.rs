//! What every part of the program needs and no part owns: files that are replaced whole, the boundary of what may be
//! read and written, text that is safe to print, the lines that differ, suggestions for misspelt names, HTTP
//! clients, commands in messages, threads.

pub mod atomic_write;
pub mod boundary;
pub(crate) mod compact_json;
pub(crate) mod failpoint;
pub(crate) mod folder;
pub(crate) mod hex;
pub mod hint;
pub(crate) mod https;
pub mod interrupt;
pub mod key_pattern;
pub(crate) mod line_diff;
pub(crate) mod passed_on;
pub(crate) mod plural;
pub mod printable;
pub(crate) mod schema_types;
pub(crate) mod stopwatch;
pub mod suggest;
pub(crate) mod threads;
