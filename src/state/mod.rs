//! What the tool knows to exist at the API: a snapshot and a journal on disk, between the wire bodies and the plan.
//!
//! | file here | holds |
//! | --- | --- |
//! | `binding` | the account that a state is bound to, and what sees its credentials |
//! | `model` | [`State`] and its parts |
//! | `record` | [`Record`]: one fact, as the journal keeps it |
//! | `transition` | what each record does to the state, and when it is refused (`invalid_transition`) |
//! | `seen` | what was last seen of the tasks at the service |
//! | `index` | what is asked for with every record, found without looking through the state |
//! | `tombstone` | what stays of a task that was replaced or removed |
//! | `paths` | the names of the files |
//! | `disk` | every system call of the write path |
//! | `trusted` | reading a file that may not be a link, a pipe or open to others |
//! | `checksum`, `snapshot`, `journal`, `spill` | the three formats and what guards them |
//! | `lock` | one writer at a time |
//! | `load` | reading, without a lock |
//! | `writer` | writing, under the lock |
//! | `recover` | outcomes that an earlier run had to spill |
//! | `group` | records that share one fsync |
//! | `place` | files, or a store that several machines share |
//! | `head`, `head_writer` | the head of a store: its text, and its replacement |
//! | `take_over` | opening the state in a store, which shuts out who wrote before |
//! | `transfer` | the state as a whole: pulled, pushed and moved |
//! | `remote/` | stores away from this machine: what they offer, and what is durable when |
//!
//! # The files, beside each other
//!
//! * `dialform.state.json`, the snapshot, replaced as a whole by [`StateWriter::commit`];
//! * `dialform.state.json.backup.N`, a second copy of snapshot number `N`, of those that a run began or ended with; the newest
//!   ten stay;
//! * `dialform.state.journal`, the facts since that snapshot, one a line, or those on one line that became durable together;
//!   each line is appended and fsynced before anything in it counts;
//! * `dialform.state.spill`, room reserved for outcomes that the journal could not take;
//! * `dialform.state.lock` and `dialform.state.lock.holder`, the lock, never deleted, and who holds it.

// Numbers and times come from outside: nothing may overflow, wrap or panic.
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

mod binding;
mod checksum;
mod disk;
mod error;
mod fold;
mod group;
mod head;
mod head_writer;
mod index;
mod invalid_transition;
mod journal;
mod load;
mod lock;
mod model;
mod paths;
mod place;
mod record;
mod recover;
pub mod remote;
mod restore;
mod seen;
mod snapshot;
mod spill;
mod take_over;
mod tombstone;
mod transfer;
mod transition;
mod trusted;
#[cfg(feature = "failpoints")]
mod undo;
#[cfg(feature = "failpoints")]
mod watched;
mod writer;

pub use crate::fields::types::{Marker, NotAMarker};
pub use binding::{Access, Binding, BindingChange};
pub use disk::{Disk, OsDisk, Step};
pub use error::StateError;
pub(crate) use group::{Group, Joined};
pub(crate) use head::SENDS_WITHIN;
pub(crate) use index::SameId;
pub use invalid_transition::InvalidTransition;
pub use load::{Head, LoadedState, load};
pub use lock::Holder;
pub use model::{
    Acceptance, ByHand, HandAction, Intent, Previous, Stage, State, Task, Tombstone, comparable_id, is_same_task,
};
pub use paths::{StatePaths, default_file};
pub use place::{StatePlace, StoreAt};
pub use record::{How, Record};
pub use seen::{SeenMarker, SeenTask, Sightings};
pub(crate) use snapshot::SnapshotFile;
pub use take_over::{AtWork, at_work, break_lock};
pub use transfer::{PushError, migrate, pull, push};
pub use writer::StateWriter;

pub(crate) use checksum::whole as checksum_of;
