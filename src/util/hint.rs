//! Commands that messages tell people to run. One about the state is printed with the flags by which this run found its
//! state, so that it works on the same one.

use std::fmt;
use std::sync::{PoisonError, RwLock};

/// `--sandbox` or `--state FILE`, as this run was given them.
static STATE_FLAGS: RwLock<String> = RwLock::new(String::new());

/// Sets the flags of every command about the state that is printed from now on.
pub fn set_state_flags(flags: String) {
    *STATE_FLAGS.write().unwrap_or_else(PoisonError::into_inner) = flags;
}

/// A command that takes `--state` and `--sandbox`: its name and arguments, as one types them.
#[derive(Clone, Copy, Debug)]
pub struct StateCommand<'a>(pub &'a [&'a str]);

impl fmt::Display for StateCommand<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`dialform {}", self.0.join(" "))?;
        let flags = STATE_FLAGS.read().unwrap_or_else(PoisonError::into_inner);
        if !flags.is_empty() {
            write!(f, " {flags}")?;
        }
        f.write_str("`")
    }
}
