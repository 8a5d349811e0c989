//! The one table: every setting of the language and the wire field behind it.

mod dialect;

pub use dialect::Dialect;
