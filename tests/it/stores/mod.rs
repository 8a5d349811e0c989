//! Stores of a state: what each of them promises, tried on real servers, and what becomes of faults between here and them.
//!
//! The servers are here to be used by other tests, too.

mod address;
mod conformance;
pub(crate) mod postgres;
pub(crate) mod server;

use conformance::conformance;
use dialform::state::remote::{MemoryStore, RemoteStore};

mod memory {
    use super::*;

    fn memory() -> Option<impl Fn() -> Box<dyn RemoteStore>> {
        let store = MemoryStore::new();
        Some(move || -> Box<dyn RemoteStore> { Box::new(store.clone()) })
    }

    conformance!(memory());
}
