//! Every rule: one file each, with its documentation, its words and, where it looks at whole campaigns, its logic.
//!
//! Mistakes in the text (DF0) and in single values (DF1) are noticed where the text is read (`syntax`, `lower`); their
//! words stand here all the same.

mod circles;
mod context;
mod fixable;
pub mod groups;
mod syntax;
mod words;

// The rules, a file each.
pub mod after_block;
pub mod bad_address;
pub mod bad_annotation;
pub mod bad_count;
pub mod bad_date;
pub mod bad_duration;
pub mod bad_escape;
pub mod bad_glob;
pub mod bad_id;
pub mod bad_key;
pub mod bad_multiline_string;
pub mod bad_name;
pub mod bad_number;
pub mod bad_pace;
pub mod bad_suppression;
pub mod bad_time;
pub mod bad_url;
pub mod bare_keyword;
pub mod bare_value;
pub mod copied_campaign;
pub mod curly_quotes;
pub mod duplicate_name;
pub mod duplicate_setting;
pub mod empty_slashdash;
pub mod empty_text;
pub mod empty_window;
pub mod equals_sign;
pub mod expired_suppression;
pub mod file_too_large;
pub mod forbidden_character;
pub mod foreign_separator;
pub mod glued_punctuation;
pub mod handwritten_marker;
pub mod http_webhook;
pub mod invisible_character;
pub mod kdl1_syntax;
pub mod limit_below_redials;
pub mod machine_undetected;
pub mod misplaced_setting;
pub mod missing_argument;
pub mod missing_brace;
pub mod missing_required;
pub mod missing_required_if;
pub mod missing_space;
pub mod missing_value;
pub mod misused_null;
pub mod moved_fork;
pub mod moved_from_declared;
pub mod moved_to_undeclared;
pub mod no_campaigns;
pub mod not_ignorable;
pub mod not_utf8;
pub mod number_for_text;
pub mod other_language;
pub mod outside_repository;
pub mod redial_without_outcome;
pub mod repeated_property;
pub mod reserved_name;
pub mod same_name;
pub mod secret_in_file;
pub mod set_but_no_effect;
pub mod start_in_past;
pub mod start_outside_window;
pub mod stray_brace;
pub mod suppression_without_reason;
pub mod template_cycle;
pub mod too_deep;
pub mod too_many_patterns;
pub mod too_many_templates;
pub mod too_many_tokens;
pub mod too_many_webhooks;
pub mod type_annotation;
pub mod unclosed_block;
pub mod unclosed_comment;
pub mod unclosed_string;
pub mod unexpected_argument;
pub mod unexpected_block;
pub mod unexpected_character;
pub mod unknown_alias;
pub mod unknown_keyword;
pub mod unknown_property;
pub mod unknown_rule;
pub mod unknown_setting;
pub mod unknown_suppressed_rule;
pub mod unknown_template;
pub mod unknown_value;
pub mod unreadable_file;
pub mod unused_alias;
pub mod unused_suppression;
pub mod unused_template;
pub mod url_cut_by_comment;
pub mod utf16;
pub mod webhook_credentials;
pub mod wire_name;
pub mod wrong_dialect;
pub mod wrong_type;

pub use context::Context;
pub use fixable::{Fixable, fixable};
pub use syntax::report_syntax_error;

use crate::finding::{Finding, Rule, Severity, Sink};
use crate::model::{CampaignEntry, Definition, FileIndex, Resolved};
use crate::project::source::FileId;
use crate::util::threads;

/// Every rule, by code.
pub static RULES: &[&Rule] = &[
    &not_utf8::RULE,
    &utf16::RULE,
    &unclosed_block::RULE,
    &stray_brace::RULE,
    &missing_brace::RULE,
    &unclosed_string::RULE,
    &unclosed_comment::RULE,
    &bad_escape::RULE,
    &bad_multiline_string::RULE,
    &bare_keyword::RULE,
    &kdl1_syntax::RULE,
    &bare_value::RULE,
    &bad_number::RULE,
    &foreign_separator::RULE,
    &equals_sign::RULE,
    &missing_value::RULE,
    &missing_space::RULE,
    &after_block::RULE,
    &empty_slashdash::RULE,
    &bad_annotation::RULE,
    &other_language::RULE,
    &forbidden_character::RULE,
    &unexpected_character::RULE,
    &unknown_keyword::RULE,
    &bad_name::RULE,
    &curly_quotes::RULE,
    &invisible_character::RULE,
    &url_cut_by_comment::RULE,
    &repeated_property::RULE,
    &type_annotation::RULE,
    &number_for_text::RULE,
    &glued_punctuation::RULE,
    &too_deep::RULE,
    &too_many_tokens::RULE,
    &unreadable_file::RULE,
    &file_too_large::RULE,
    &too_many_templates::RULE,
    &too_many_patterns::RULE,
    &too_many_webhooks::RULE,
    &unknown_setting::RULE,
    &misplaced_setting::RULE,
    &duplicate_setting::RULE,
    &unknown_property::RULE,
    &unexpected_argument::RULE,
    &unexpected_block::RULE,
    &missing_argument::RULE,
    &wire_name::RULE,
    &wrong_type::RULE,
    &unknown_value::RULE,
    &bad_duration::RULE,
    &bad_time::RULE,
    &bad_date::RULE,
    &bad_pace::RULE,
    &bad_id::RULE,
    &bad_count::RULE,
    &bad_url::RULE,
    &bad_key::RULE,
    &misused_null::RULE,
    &reserved_name::RULE,
    &empty_text::RULE,
    &handwritten_marker::RULE,
    &bad_address::RULE,
    &bad_glob::RULE,
    &unknown_rule::RULE,
    &outside_repository::RULE,
    &missing_required_if::RULE,
    &missing_required::RULE,
    &set_but_no_effect::RULE,
    &wrong_dialect::RULE,
    &unknown_alias::RULE,
    &unknown_template::RULE,
    &template_cycle::RULE,
    &duplicate_name::RULE,
    &moved_from_declared::RULE,
    &moved_to_undeclared::RULE,
    &moved_fork::RULE,
    &unused_alias::RULE,
    &unused_template::RULE,
    &no_campaigns::RULE,
    &copied_campaign::RULE,
    &same_name::RULE,
    &start_in_past::RULE,
    &start_outside_window::RULE,
    &empty_window::RULE,
    &machine_undetected::RULE,
    &limit_below_redials::RULE,
    &redial_without_outcome::RULE,
    &http_webhook::RULE,
    &webhook_credentials::RULE,
    &secret_in_file::RULE,
    &unused_suppression::RULE,
    &expired_suppression::RULE,
    &suppression_without_reason::RULE,
    &unknown_suppressed_rule::RULE,
    &bad_suppression::RULE,
    &not_ignorable::RULE,
];

/// Runs the rules that need nothing but a file's text.
pub fn check_text(file: FileId, text: &str, sink: &mut Sink) {
    secret_in_file::scan(file, text, sink);
}

/// Runs the rules about what one campaign or template states by itself.
pub fn check_definition(definition: &Definition, sink: &mut Sink) {
    missing_required_if::check(definition, sink);
    set_but_no_effect::check(definition, sink);
    empty_window::check(definition, sink);
    http_webhook::check(definition, sink);
    webhook_credentials::check(definition, sink);
}

/// Runs the rules about one campaign with all that it inherits.
pub fn check_campaign(campaign: &Resolved<'_>, sink: &mut Sink) {
    missing_required::check(campaign, sink);
    start_outside_window::check(campaign, sink);
    machine_undetected::check(campaign, sink);
    limit_below_redials::check(campaign, sink);
    redial_without_outcome::check(campaign, sink);
}

/// Files of some campaigns each that are worth a thread.
const LEAST: usize = 256;

/// Runs the rules about the whole project, but for those of [`check_unused`].
pub fn check_project(context: &Context<'_>, sink: &mut Sink) {
    let checks = [
        template_cycle::check,
        too_many_templates::check,
        moved_from_declared::check,
        moved_to_undeclared::check,
        moved_fork::check,
        unknown_alias::check,
        unknown_template::check,
        wrong_dialect::check,
        start_in_past::check,
        duplicate_name::check,
        copied_campaign::check,
    ];
    for check in checks {
        check(context, sink);
    }
    let check_inheriting = |files: &[&FileIndex]| {
        let mut sink = Sink::default();
        let campaigns = files.iter().flat_map(|file| &file.campaigns);
        for campaign in campaigns.filter_map(CampaignEntry::inheriting) {
            check_campaign(&context.project.resolve(campaign), &mut sink);
        }
        sink
    };
    for found in threads::in_parts(context.project.files(), LEAST, check_inheriting) {
        sink.absorb(found);
    }
}

/// Runs the rules about what nothing uses. Only for a project without errors: each of them may hide a use.
pub fn check_unused(context: &Context<'_>, sink: &mut Sink) {
    if context.project.campaigns().next().is_none() {
        // Then nothing is used by anything, which one finding says well enough.
        no_campaigns::check(context, sink);
        return;
    }
    unused_alias::check(context, sink);
    unused_template::check(context, sink);
}

/// Whether a rule is one of [`check_unused`].
pub fn is_about_unused(rule: &Rule) -> bool {
    let unused = [&unused_alias::RULE, &unused_template::RULE, &no_campaigns::RULE];
    unused.iter().any(|known| known.code == rule.code)
}

/// Whether a rule is asked only where no error is in its way, as those of [`check_unused`] are: what it finds once the last
/// error is mended was there before.
pub fn waits_for_errors(rule: &Rule) -> bool {
    is_about_unused(rule) || rule.code == unused_suppression::RULE.code
}

/// The rule of this code or name.
pub fn find(code_or_name: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| selects(code_or_name, rule))
}

/// Whether a code (`DF402`), a name (`start-outside-window`) or a group (`DF4`) means this rule.
pub fn selects(selector: &str, rule: &Rule) -> bool {
    let is_group = selector.len() >= 3 && selector.len() < rule.code.len() && selector.starts_with("DF");
    selector == rule.code || selector == rule.name || (is_group && rule.code.starts_with(selector))
}

/// Whether any of several codes, names and groups means this rule.
pub fn selected_by(selectors: &[Box<str>], rule: &Rule) -> bool {
    selectors.iter().any(|selector| selects(selector, rule))
}

/// Whether a word looks like the code of a rule or group, be there one or not.
pub fn looks_like_code(word: &str) -> bool {
    let number = word
        .get(..2)
        .filter(|start| start.eq_ignore_ascii_case("DF"))
        .map(|_| &word[2..]);
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether a code or name means this one rule, and no group.
pub fn is_exact(selector: &str) -> bool {
    RULES.iter().any(|rule| selector == rule.code || selector == rule.name)
}

/// Whether a rule is about comments that hide findings. Nothing hides such a finding.
pub fn is_about_suppressions(rule: &Rule) -> bool {
    rule.code.starts_with("DF9")
}

/// Whether a rule is about the text, so that a part of the file may not have been read.
pub fn is_about_text(rule: &Rule) -> bool {
    rule.code.starts_with("DF0")
}

/// Whether a rule asks for the present moment.
pub fn needs_now(rule: &Rule) -> bool {
    rule.code == start_in_past::RULE.code
}

/// Whether plan and apply need a finding of this rule mended, whatever lint is told of it: the request would lack a part, or
/// say something else than the file.
pub fn is_needed(rule: &Rule) -> bool {
    // A value without effect is not sent, which harms nobody. The request of a copy is what its file says: whoever ignores
    // that means it.
    let is_structural = ["DF0", "DF1", "DF2", "DF3"]
        .iter()
        .any(|group| rule.code.starts_with(group));
    let dispensable = [set_but_no_effect::RULE.code, copied_campaign::RULE.code];
    rule.severity == Severity::Error && is_structural && !dispensable.contains(&rule.code)
}

/// Whether a finding stops plan and apply, whatever lint is told of its rule.
pub fn is_unavoidable(finding: &Finding) -> bool {
    finding.severity == Severity::Error && is_needed(finding.rule)
}

/// Whether a selector means a rule that asks about several settings at once, and is silent where one of them is missing.
pub fn means_settings_together(selector: &str) -> bool {
    let is_asked = |rule: &Rule| ["DF2", "DF4", "DF5"].iter().any(|group| rule.code.starts_with(group));
    RULES.iter().any(|rule| is_asked(rule) && selects(selector, rule))
}

/// Whether a selector means any rule at all.
pub fn selects_any(selector: &str) -> bool {
    RULES.iter().any(|rule| selects(selector, rule))
}
