//! The types of values: what people write, what the wire carries, and how the two convert exactly.

// What stands here works on numbers and times from outside: nothing may overflow, wrap or panic.
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

mod address;
mod authority;
mod endpoint;
mod marker;
mod moment;
mod pace;
mod seconds;
mod state_address;
mod store_address;
mod task_status;
mod time_of_day;
mod url;

pub use address::{Address, BadUrl, Unclear};
pub(crate) use authority::{Authority, is_loopback};
pub use endpoint::Endpoint;
pub use marker::{Marker, NotAMarker};
pub use moment::{BadMoment, Moment};
pub use pace::{BadPace, Pace};
pub use seconds::{BadDuration, Seconds};
pub use state_address::{BadStateAddress, StateAddress};
pub(crate) use store_address::is_region;
pub use store_address::{AddressError, GitlabAddress, PostgresAddress, RemoteAddress, S3Address};
pub use task_status::TaskStatus;
pub use time_of_day::{BadTime, TimeOfDay};
pub use url::WebhookUrl;
