//! Every rule: one file each, with its documentation, its words and, where it looks at whole campaigns, its logic.
//!
//! Mistakes in the text (DF0) and in single values (DF1) are noticed where the text is read (`syntax`, `lower`); their
//! words stand here all the same.

use crate::finding::Rule;

mod syntax;
mod words;

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
    not_utf8,
    utf16,
    unclosed_block,
    stray_brace,
    missing_brace,
    unclosed_string,
    unclosed_comment,
    bad_escape,
    bad_multiline_string,
    bare_keyword,
    kdl1_syntax,
    bare_value,
    bad_number,
    foreign_separator,
    equals_sign,
    missing_value,
    missing_space,
    after_block,
    empty_slashdash,
    bad_annotation,
    other_language,
    forbidden_character,
    unexpected_character,
    unknown_keyword,
    bad_name,
    curly_quotes,
    invisible_character,
    url_cut_by_comment,
    glued_punctuation,
    too_deep,
}

/// The rule of this code or name.
pub fn find(code_or_name: &str) -> Option<&'static Rule> {
    RULES
        .iter()
        .copied()
        .find(|rule| rule.code.eq_ignore_ascii_case(code_or_name) || rule.name == code_or_name)
}
