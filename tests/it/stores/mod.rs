//! Stores of a state: what each of them promises, tried on real servers, and what becomes of faults between here and them.
//!
//! The servers are here to be used by other tests, too.

mod address;
mod conformance;
mod faults;
pub(crate) mod gitlab;
pub(crate) mod kind;
pub(crate) mod moto;
mod objects;
mod pgbouncer;
pub(crate) mod postgres;
pub(crate) mod proxy;
pub(crate) mod rclone;
pub(crate) mod server;
pub(crate) mod web;

use conformance::conformance;
use dialform::state::remote::{MemoryStore, RemoteAddress, RemoteError, RemoteStore, StoreEnvironment};

fn open(
    address: &RemoteAddress,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Box<dyn RemoteStore>, RemoteError> {
    address.open(&StoreEnvironment::new(variable, None))
}

mod memory {
    use super::*;

    fn memory() -> Option<impl Fn() -> Box<dyn RemoteStore>> {
        let store = MemoryStore::new();
        Some(move || -> Box<dyn RemoteStore> { Box::new(store.clone()) })
    }

    conformance!(memory());
}
