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

pub use context::Context;
pub use fixable::{Fixable, fixable};
pub use syntax::report_syntax_error;

use crate::finding::{Finding, Rule, Severity, Sink};
use crate::model::{CampaignEntry, Definition, FileIndex, Resolved};
use crate::project::source::FileId;
use crate::util::threads;

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
    repeated_property,
    type_annotation,
    number_for_text,
    glued_punctuation,
    too_deep,
    too_many_tokens,
    unreadable_file,
    file_too_large,
    too_many_templates,
    too_many_patterns,
    too_many_webhooks,
    unknown_setting,
    misplaced_setting,
    duplicate_setting,
    unknown_property,
    unexpected_argument,
    unexpected_block,
    missing_argument,
    wire_name,
    wrong_type,
    unknown_value,
    bad_duration,
    bad_time,
    bad_date,
    bad_pace,
    bad_id,
    bad_count,
    bad_url,
    bad_key,
    misused_null,
    reserved_name,
    empty_text,
    handwritten_marker,
    bad_address,
    bad_glob,
    unknown_rule,
    outside_repository,
    missing_required_if,
    missing_required,
    set_but_no_effect,
    wrong_dialect,
    unknown_alias,
    unknown_template,
    template_cycle,
    duplicate_name,
    moved_from_declared,
    moved_to_undeclared,
    moved_fork,
    unused_alias,
    unused_template,
    no_campaigns,
    copied_campaign,
    same_name,
    start_in_past,
    start_outside_window,
    empty_window,
    machine_undetected,
    limit_below_redials,
    redial_without_outcome,
    http_webhook,
    webhook_credentials,
    secret_in_file,
    unused_suppression,
    expired_suppression,
    suppression_without_reason,
    unknown_suppressed_rule,
    bad_suppression,
    not_ignorable,
}

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
