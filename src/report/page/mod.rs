//! Pages of documentation, for a terminal and as Markdown.

mod markdown;
mod rules_document;
mod terminal;

pub use markdown::{markdown, section};
pub use rules_document::rules_document;
pub use terminal::terminal;
