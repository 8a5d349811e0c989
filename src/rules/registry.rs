//! The one list of rules, with the phase in which each is checked, and the phases that run over it.

use jiff::Timestamp;

use super::*;
use crate::finding::{Phase, Registered, Rule, Sink};
use crate::model::{CampaignEntry, Definition, FileIndex, Resolved};
use crate::project::source::FileId;
use crate::util::threads;

/// How a rule is checked. Those without a function are reported by the code of their phase, where it notices them.
enum Check {
    Reading,
    Syntax,
    Value,
    Text(fn(FileId, &str, &mut Sink)),
    Definition(fn(&Definition, &mut Sink)),
    Campaign(fn(&Resolved<'_>, &mut Sink)),
    Project(fn(&Context<'_>, &mut Sink)),
    Now(fn(&Context<'_>, Timestamp, &mut Sink)),
    Unused(fn(&Context<'_>, &mut Sink)),
    Suppression,
    UnusedSuppression,
    /// By the function of another rule.
    With(&'static Rule),
}

impl Check {
    const fn phase(&self) -> Phase {
        match self {
            Self::Reading => Phase::Reading,
            Self::Syntax => Phase::Syntax,
            Self::Value => Phase::Value,
            Self::Text(_) => Phase::Text,
            Self::Definition(_) => Phase::Definition,
            Self::Campaign(_) => Phase::Campaign,
            Self::Project(_) => Phase::Project,
            Self::Now(_) => Phase::Now,
            Self::Unused(_) => Phase::Unused,
            Self::Suppression => Phase::Suppression,
            Self::UnusedSuppression => Phase::UnusedSuppression,
            Self::With(rule) => rule.phase,
        }
    }
}

/// `module: Violation => Check`: registers the rule of a module, and the violations that are reported under it.
macro_rules! registry {
    ($($module:ident: $($violation:ident $(<$lifetime:lifetime>)?),+ => $check:expr;)*) => {
        $($(
            impl Registered for $module::$violation $(<$lifetime>)? {
                fn rule() -> &'static Rule {
                    &$module::RULE
                }
            }
        )+)*

        /// Every rule, by code.
        pub static RULES: &[&Rule] = &[$(&$module::RULE),*];

        /// The check of each rule, in the same order.
        static CHECKS: &[Check] = &[$($check),*];

        // A row that names another phase than the check is one of does not compile.
        $(const _: () = assert!($check.phase() as u8 == $module::RULE.phase as u8);)*
    };
}

registry! {
    not_utf8: NotUtf8 => Check::Reading;
    utf16: Utf16 => Check::Reading;
    unclosed_block: UnclosedBlock => Check::Syntax;
    stray_brace: StrayBrace => Check::Syntax;
    missing_brace: MissingBrace => Check::Syntax;
    unclosed_string: UnclosedString => Check::Syntax;
    unclosed_comment: UnclosedComment => Check::Syntax;
    bad_escape: BadEscape => Check::Syntax;
    bad_multiline_string: BadMultilineString => Check::Syntax;
    bare_keyword: BareKeyword => Check::Syntax;
    kdl1_syntax: Kdl1Syntax => Check::Syntax;
    bare_value: BareValue => Check::Syntax;
    bad_number: BadNumber => Check::Syntax;
    foreign_separator: ForeignSeparator => Check::Syntax;
    equals_sign: EqualsSign => Check::Syntax;
    missing_value: MissingValue => Check::Syntax;
    missing_space: MissingSpace => Check::Syntax;
    after_block: AfterBlock => Check::Syntax;
    empty_slashdash: EmptySlashdash => Check::Syntax;
    bad_annotation: BadAnnotation => Check::Syntax;
    other_language: OtherLanguage => Check::Syntax;
    forbidden_character: ForbiddenCharacter => Check::Syntax;
    unexpected_character: UnexpectedCharacter => Check::Syntax;
    unknown_keyword: UnknownKeyword => Check::Syntax;
    bad_name: BadName => Check::Syntax;
    curly_quotes: CurlyQuotes => Check::Syntax;
    invisible_character: InvisibleCharacter => Check::Syntax;
    url_cut_by_comment: UrlCutByComment => Check::Syntax;
    repeated_property: RepeatedProperty<'_> => Check::Value;
    type_annotation: TypeAnnotation<'_> => Check::Value;
    number_for_text: NumberForText<'_> => Check::Value;
    glued_punctuation: GluedPunctuation => Check::Syntax;
    too_deep: TooDeep => Check::Syntax;
    too_many_tokens: TooManyTokens => Check::Syntax;
    unreadable_file: UnreadableFile<'_> => Check::Reading;
    file_too_large: FileTooLarge => Check::Reading;
    too_many_templates: TooManyTemplates => Check::Project(too_many_templates::check);
    too_many_patterns: TooManyPatterns => Check::Value;
    too_many_webhooks: TooManyWebhooks => Check::Value;
    unknown_setting: UnknownSetting<'_> => Check::Value;
    misplaced_setting: MisplacedSetting<'_> => Check::Value;
    duplicate_setting: DuplicateSetting<'_> => Check::Value;
    unknown_property: UnknownProperty<'_> => Check::Value;
    unexpected_argument: UnexpectedArgument<'_> => Check::Value;
    unexpected_block: UnexpectedBlock<'_> => Check::Value;
    missing_argument: MissingArgument<'_> => Check::Value;
    wire_name: WireName<'_> => Check::Value;
    wrong_type: WrongType<'_> => Check::Value;
    unknown_value: UnknownValue<'_> => Check::Value;
    bad_duration: InvalidDuration<'_> => Check::Value;
    bad_time: InvalidTime<'_> => Check::Value;
    bad_date: InvalidMoment<'_> => Check::Value;
    bad_pace: InvalidPace<'_> => Check::Value;
    bad_id: InvalidId<'_> => Check::Value;
    bad_count: InvalidCount<'_> => Check::Value;
    bad_url: InvalidUrl<'_> => Check::Value;
    bad_key: InvalidKey<'_> => Check::Value;
    misused_null: MisusedNull<'_> => Check::Value;
    reserved_name: ReservedName<'_> => Check::Value;
    empty_text: EmptyText<'_> => Check::Value;
    handwritten_marker: HandwrittenMarker => Check::Value;
    bad_address: InvalidAddress<'_> => Check::Value;
    bad_glob: InvalidGlob<'_> => Check::Value;
    unknown_rule: UnknownRule<'_> => Check::Value;
    outside_repository: PatternOutside<'_>, LinkOutside<'_> => Check::Reading;
    missing_required_if: MissingRequiredIf<'_> => Check::Definition(missing_required_if::check);
    missing_required: MissingRequired<'_> => Check::Campaign(missing_required::check);
    set_but_no_effect: NoEffect => Check::Definition(set_but_no_effect::check);
    wrong_dialect: WrongDialect<'_> => Check::Project(wrong_dialect::check);
    unknown_alias: UnknownAlias<'_> => Check::Project(unknown_alias::check);
    unknown_template: UnknownTemplate<'_> => Check::Project(unknown_template::check);
    template_cycle: TemplateCycle<'_> => Check::Project(template_cycle::check);
    duplicate_name: DuplicateName<'_> => Check::Project(duplicate_name::check);
    moved_from_declared: MovedFromDeclared<'_> => Check::Project(moved_from_declared::check);
    moved_to_undeclared: MovedToUndeclared<'_> => Check::Project(moved_to_undeclared::check);
    moved_fork: MovedFork<'_> => Check::Project(moved_fork::check);
    unused_alias: UnusedAlias<'_> => Check::Unused(unused_alias::check);
    unused_template: UnusedTemplate<'_> => Check::Unused(unused_template::check);
    no_campaigns: NoCampaigns<'_> => Check::Unused(no_campaigns::check);
    copied_campaign: CopiedCampaign<'_> => Check::Project(copied_campaign::check);
    same_name: SameName<'_> => Check::With(&copied_campaign::RULE);
    start_in_past: StartInPast => Check::Now(start_in_past::check);
    start_outside_window: StartOutsideWindow => Check::Campaign(start_outside_window::check);
    empty_window: EmptyWindow => Check::Definition(empty_window::check);
    machine_undetected: MachineUndetected => Check::Campaign(machine_undetected::check);
    limit_below_redials: LimitBelowRedials<'_> => Check::Campaign(limit_below_redials::check);
    redial_without_outcome: RedialWithoutOutcome => Check::Campaign(redial_without_outcome::check);
    http_webhook: HttpWebhook<'_> => Check::Definition(http_webhook::check);
    webhook_credentials: WebhookCredentials => Check::Definition(webhook_credentials::check);
    secret_in_file: SecretInFile<'_> => Check::Text(secret_in_file::scan);
    unused_suppression: UnusedSuppression<'_> => Check::UnusedSuppression;
    expired_suppression: ExpiredSuppression => Check::Suppression;
    suppression_without_reason: SuppressionWithoutReason => Check::Suppression;
    unknown_suppressed_rule: UnknownSuppressedRule<'_> => Check::Suppression;
    bad_suppression: BadSuppression<'_> => Check::Suppression;
    not_ignorable: NotIgnorable => Check::Suppression;
}

/// Runs the rules that need nothing but a file's text.
pub fn check_text(file: FileId, text: &str, sink: &mut Sink) {
    for check in CHECKS {
        if let Check::Text(check) = check {
            check(file, text, sink);
        }
    }
}

/// Runs the rules about what one campaign or template states by itself.
pub fn check_definition(definition: &Definition, sink: &mut Sink) {
    for check in CHECKS {
        if let Check::Definition(check) = check {
            check(definition, sink);
        }
    }
}

/// Runs the rules about one campaign with all that it inherits.
pub fn check_campaign(campaign: &Resolved<'_>, sink: &mut Sink) {
    for check in CHECKS {
        if let Check::Campaign(check) = check {
            check(campaign, sink);
        }
    }
}

/// How many files make a thread worth starting.
const FILES_PER_THREAD: usize = 256;

/// Runs the rules about the whole project, and those about campaigns that inherit from templates.
pub fn check_project(context: &Context<'_>, sink: &mut Sink) {
    for check in CHECKS {
        match (check, context.now) {
            (Check::Project(check), _) => check(context, sink),
            (Check::Now(check), Some(now)) => check(context, now, sink),
            _ => {}
        }
    }
    let check_inheriting = |files: &[&FileIndex]| {
        let mut sink = Sink::default();
        let campaigns = files.iter().flat_map(|file| &file.campaigns);
        for campaign in campaigns.filter_map(CampaignEntry::inheriting) {
            check_campaign(&context.project.resolve(campaign), &mut sink);
        }
        sink
    };
    for found in threads::in_parts(context.project.files(), FILES_PER_THREAD, check_inheriting) {
        sink.absorb(found);
    }
}

/// Runs the rules about what nothing uses. Only for a project without errors: each of them may hide a use.
pub fn check_unused(context: &Context<'_>, sink: &mut Sink) {
    for check in CHECKS {
        if let Check::Unused(check) = check {
            check(context, sink);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULES;
    use crate::finding::{RuleGroup, Severity};
    use crate::rules::selects;

    /// The numbers of a group's first code, and of the last that it may ever have.
    fn codes(group: RuleGroup) -> (u16, u16) {
        match group {
            RuleGroup::NotKdl => (1, 49),
            RuleGroup::DubiousKdl => (50, 89),
            RuleGroup::Limits => (90, 99),
            RuleGroup::Values => (100, 199),
            RuleGroup::Conditions => (200, 299),
            RuleGroup::Names => (300, 399),
            RuleGroup::Schedule => (400, 499),
            RuleGroup::Redial => (500, 599),
            RuleGroup::Security => (600, 699),
            RuleGroup::Compliance => (700, 799),
            RuleGroup::Suppressions => (900, 999),
        }
    }

    #[test]
    fn each_rule_has_a_code_of_its_group_and_the_selectors_select_the_group_and_nothing_else() {
        for rule in RULES {
            let number: u16 = rule.code.strip_prefix("DF").unwrap().parse().unwrap();
            let (first, last) = codes(rule.group);
            assert!((first..=last).contains(&number), "{} in {:?}", rule.code, rule.group);
            for group in RuleGroup::ALL {
                let is_selected = group.selectors().iter().any(|selector| selects(selector, rule));
                assert_eq!(is_selected, group == rule.group, "{} {group:?}", rule.code);
            }
        }
    }

    #[test]
    fn only_errors_block_apply_whatever_lint_is_told() {
        for rule in RULES.iter().filter(|rule| rule.always_blocks_apply) {
            assert_eq!(rule.severity, Severity::Error, "{}", rule.code);
        }
    }
}
