//! The embedded stand-in for the vendor's API: what `--sandbox` and `dialform sandbox` talk to, and what tests question.
//!
//! It restates the API from the vendor's page, by hand, in `page`; of what the rest of the crate knows of the API it has
//! only [`Dialect`](crate::fields::Dialect), so that a mistake in the table of fields meets a server that does not share
//! it.
//!
//! A request passes `host` (is it meant for this machine?) → `exchange` (recorded, hooks, faults, log) → `routes` → `page` (is it what the page asks?) →
//! `store` (durable before the answer leaves).

mod answer;
mod candidates;
mod connection;
mod error;
mod exchange;
mod fault;
mod host;
mod ledger;
mod listing;
mod login;
mod page;
mod record;
mod routes;
mod server;
mod shared;
mod store;
mod strict;
mod task;
mod values;
mod web;

pub use error::SandboxError;
pub use fault::{FAULT_GRAMMAR, Fault, FaultError, Faults};
pub use login::{EXPIRED_TOKEN, WRONG_PASSWORD};
pub use record::{Exchange, Hook, Log, Received, Then};
pub use server::{Config, Handle, Sandbox};
pub use task::{Status, Task};
pub use web::Names;
