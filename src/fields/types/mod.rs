//! The types of values: what people write, what the wire carries, and how the two convert exactly.

mod moment;
mod pace;
mod seconds;
mod time_of_day;
mod url;

pub use moment::{BadMoment, Moment};
pub use pace::{BadPace, Pace};
pub use seconds::{BadDuration, Seconds};
pub use time_of_day::{BadTime, TimeOfDay};
pub use url::{BadUrl, WebhookUrl};
