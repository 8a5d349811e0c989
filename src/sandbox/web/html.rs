//! Text that is safe in the page, whatever a task holds.

use std::fmt::{self, Display, Write};

use crate::util::printable::{Medium, shown};

/// Text in HTML, between tags or in a quoted attribute; each line of it is one.
pub(super) struct HtmlText<'a>(pub(super) &'a str);

impl Display for HtmlText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, line) in self.0.split('\n').enumerate() {
            if index > 0 {
                f.write_char('\n')?;
            }
            f.write_str(&shown(line, Medium::Html))?;
        }
        Ok(())
    }
}
