//! Every rule: one file each, with its documentation, its words and, where it looks at whole campaigns, its logic.
//!
//! Mistakes in the text (DF0) and in single values (DF1) are noticed where the text is read (`syntax`, `lower`); their
//! words stand here all the same.

use crate::finding::Rule;

mod syntax;

pub use syntax::report_mistake;

/// Declares the rule modules and collects their rules: the only list of rules there is.
macro_rules! rules {
    ($($module:ident),* $(,)?) => {
        $(pub mod $module;)*

        /// Every rule, by code.
        pub static RULES: &[&Rule] = &[$(&$module::RULE),*];
    };
}

rules! {
    bare_keyword,
}

/// The rule of this code or name.
pub fn find(code_or_name: &str) -> Option<&'static Rule> {
    RULES
        .iter()
        .copied()
        .find(|rule| rule.code.eq_ignore_ascii_case(code_or_name) || rule.name == code_or_name)
}
