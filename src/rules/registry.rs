//! The one list of rules, with the phase in which each is checked, and the phases that run over it.

use std::sync::LazyLock;

use jiff::Timestamp;

use super::*;
use crate::finding::{Phase, Registered, Rule, Sink};
use crate::model::{Definition, Resolved};
use crate::project::source::FileId;
use crate::util::threads;

type TextCheck = fn(FileId, &str, &mut Sink);
type DefinitionCheck = fn(&Definition, &mut Sink);
type CampaignCheck = fn(&Resolved<'_>, &mut Sink);

/// How a rule is checked. Those without a function are reported by the code of their phase, where it notices them.
enum RuleCheck {
    Reading,
    Syntax,
    Value,
    Text(TextCheck),
    Definition(DefinitionCheck),
    Campaign(CampaignCheck),
    Project(fn(&Context<'_>, &mut Sink)),
    /// In each environment by itself.
    Environment(fn(&Context<'_>, &mut Sink)),
    /// The same.
    Now(fn(&Context<'_>, Timestamp, &mut Sink)),
    Unused(fn(&Context<'_>, &mut Sink)),
    Suppression,
    UnusedSuppression,
    /// By the function of another rule.
    With(&'static Rule),
}

impl RuleCheck {
    const fn phase(&self) -> Phase {
        match self {
            Self::Reading => Phase::Reading,
            Self::Syntax => Phase::Syntax,
            Self::Value => Phase::Value,
            Self::Text(_) => Phase::Text,
            Self::Definition(_) => Phase::Definition,
            Self::Campaign(_) => Phase::Campaign,
            Self::Project(_) | Self::Environment(_) => Phase::Project,
            Self::Now(_) => Phase::Now,
            Self::Unused(_) => Phase::Unused,
            Self::Suppression => Phase::Suppression,
            Self::UnusedSuppression => Phase::UnusedSuppression,
            Self::With(rule) => rule.phase,
        }
    }
}

/// `module: Violation => RuleCheck`: registers the rule of a module, and the violations that are reported under it.
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
        static CHECKS: &[RuleCheck] = &[$($check),*];

        // A row that names another phase than the check is one of does not compile.
        $(const _: () = assert!($check.phase() as u8 == $module::RULE.phase as u8);)*
    };
}

registry! {
    not_utf8: NotUtf8 => RuleCheck::Reading;
    utf16: Utf16 => RuleCheck::Reading;
    unclosed_block: UnclosedBlock => RuleCheck::Syntax;
    stray_brace: StrayBrace => RuleCheck::Syntax;
    missing_brace: MissingBrace, BraceBelow => RuleCheck::Syntax;
    unclosed_string: UnclosedString => RuleCheck::Syntax;
    unclosed_comment: UnclosedComment => RuleCheck::Syntax;
    bad_escape: BadEscape => RuleCheck::Syntax;
    bad_multiline_string: BadMultilineString => RuleCheck::Syntax;
    bare_keyword: BareKeyword => RuleCheck::Syntax;
    kdl1_syntax: Kdl1Syntax => RuleCheck::Syntax;
    bare_value: UnquotedValue => RuleCheck::Syntax;
    bad_number: BadNumber => RuleCheck::Syntax;
    foreign_separator: ForeignSeparator, CommaBetweenSettings => RuleCheck::Syntax;
    equals_sign: EqualsSign => RuleCheck::Syntax;
    missing_value: MissingValue => RuleCheck::Syntax;
    missing_space: MissingSpace => RuleCheck::Syntax;
    after_block: AfterBlock => RuleCheck::Syntax;
    empty_slashdash: EmptySlashdash => RuleCheck::Syntax;
    bad_annotation: BadAnnotation => RuleCheck::Syntax;
    other_language: OtherLanguage => RuleCheck::Syntax;
    forbidden_character: ForbiddenCharacter => RuleCheck::Syntax;
    unexpected_character: UnexpectedCharacter => RuleCheck::Syntax;
    unknown_keyword: UnknownKeyword => RuleCheck::Syntax;
    bad_name: BadName => RuleCheck::Syntax;
    curly_quotes: CurlyQuotes => RuleCheck::Syntax;
    invisible_character: InvisibleCharacter => RuleCheck::Syntax;
    url_cut_by_comment: UrlCutByComment => RuleCheck::Syntax;
    repeated_property: RepeatedProperty<'_> => RuleCheck::Value;
    type_annotation: TypeAnnotation<'_> => RuleCheck::Value;
    number_for_text: NumberForText<'_> => RuleCheck::Value;
    glued_punctuation: GluedPunctuation => RuleCheck::Syntax;
    too_deep: TooDeep => RuleCheck::Syntax;
    too_many_tokens: TooManyTokens => RuleCheck::Syntax;
    unreadable_file: UnreadableFile<'_> => RuleCheck::Reading;
    file_too_large: FileTooLarge => RuleCheck::Reading;
    too_many_templates: TooManyTemplates => RuleCheck::Project(too_many_templates::check);
    too_many_patterns: TooManyPatterns => RuleCheck::Value;
    too_many_webhooks: TooManyWebhooks => RuleCheck::Value;
    unknown_setting: UnknownSetting<'_> => RuleCheck::Value;
    misplaced_setting: MisplacedSetting<'_> => RuleCheck::Value;
    duplicate_setting: DuplicateSetting<'_> => RuleCheck::Value;
    unknown_property: UnknownProperty<'_> => RuleCheck::Value;
    unexpected_argument: UnexpectedArgument<'_>, MissingSemicolon<'_> => RuleCheck::Value;
    unexpected_block: UnexpectedBlock<'_> => RuleCheck::Value;
    missing_argument: MissingArgument<'_> => RuleCheck::Value;
    wire_name: WireName<'_>, WireBody => RuleCheck::Value;
    wrong_type: WrongType<'_> => RuleCheck::Value;
    unknown_value: UnknownValue<'_> => RuleCheck::Value;
    bad_duration: InvalidDuration<'_> => RuleCheck::Value;
    bad_time: InvalidTime<'_> => RuleCheck::Value;
    bad_date: InvalidMoment<'_> => RuleCheck::Value;
    bad_pace: InvalidPace<'_> => RuleCheck::Value;
    bad_id: InvalidId<'_> => RuleCheck::Value;
    bad_count: InvalidCount<'_> => RuleCheck::Value;
    bad_url: InvalidUrl<'_> => RuleCheck::Value;
    bad_key: InvalidKey<'_> => RuleCheck::Value;
    misused_null: MisusedNull<'_> => RuleCheck::Value;
    empty_text: EmptyText<'_> => RuleCheck::Value;
    handwritten_marker: HandwrittenMarker => RuleCheck::Value;
    bad_address: InvalidAddress<'_> => RuleCheck::Value;
    bad_glob: InvalidGlob<'_> => RuleCheck::Value;
    unknown_rule: UnknownRule<'_> => RuleCheck::Value;
    outside_repository: PatternOutside<'_>, LinkOutside<'_> => RuleCheck::Reading;
    nil_id: NilId<'_> => RuleCheck::Value;
    bad_token_env: InvalidTokenEnv<'_> => RuleCheck::Value;
    bad_state_address: InvalidStateAddress => RuleCheck::Value;
    missing_required_if: MissingRequiredIf<'_> => RuleCheck::Definition(missing_required_if::check);
    missing_required: MissingRequired<'_> => RuleCheck::Campaign(missing_required::check);
    set_but_no_effect: NoEffect => RuleCheck::Definition(set_but_no_effect::check);
    wrong_dialect: WrongDialect<'_> => RuleCheck::Environment(wrong_dialect::check);
    long_trim: LongTrim => RuleCheck::Definition(long_trim::check);
    repeated_webhook: RepeatedWebhook => RuleCheck::Definition(repeated_webhook::check);
    unknown_alias: UnknownAlias<'_> => RuleCheck::Environment(unknown_alias::check);
    unknown_template: UnknownTemplate<'_> => RuleCheck::Project(unknown_template::check);
    template_cycle: TemplateCycle<'_> => RuleCheck::Project(template_cycle::check);
    duplicate_name: DuplicateName<'_> => RuleCheck::Project(duplicate_name::check);
    moved_from_declared: MovedFromDeclared<'_> => RuleCheck::Project(moved_from_declared::check);
    moved_to_undeclared: MovedToUndeclared<'_> => RuleCheck::Project(moved_to_undeclared::check);
    moved_fork: MovedFork<'_> => RuleCheck::Project(moved_fork::check);
    unused_alias: UnusedAlias<'_> => RuleCheck::Unused(unused_alias::check);
    unused_template: UnusedTemplate<'_> => RuleCheck::Unused(unused_template::check);
    no_campaigns: NoCampaigns<'_> => RuleCheck::Unused(no_campaigns::check);
    copied_campaign: CopiedCampaign<'_> => RuleCheck::Environment(copied_campaign::check);
    same_name: SameName<'_> => RuleCheck::With(&copied_campaign::RULE);
    removed_declared: RemovedDeclared<'_> => RuleCheck::Project(removed_declared::check);
    removed_moved: RemovedMoved<'_> => RuleCheck::Project(removed_moved::check);
    removed_twice: RemovedTwice<'_> => RuleCheck::Project(removed_twice::check);
    id_of_two_kinds: IdOfTwoKinds<'_> => RuleCheck::Environment(id_of_two_kinds::check);
    unknown_environment: UnknownEnvironment<'_> => RuleCheck::Project(unknown_environment::check);
    template_left_out: TemplateLeftOut<'_> => RuleCheck::Project(template_left_out::check);
    shared_state: SharedState<'_> => RuleCheck::Project(shared_state::check);
    start_in_past: StartInPast => RuleCheck::Now(start_in_past::check);
    start_outside_window: StartOutsideWindow => RuleCheck::Campaign(start_outside_window::check);
    empty_window: EmptyWindow => RuleCheck::Definition(empty_window::check);
    window_at_night: WindowAtNight => RuleCheck::Definition(window_at_night::check);
    start_off_the_clock: StartOffTheClock => RuleCheck::Environment(start_off_the_clock::check);
    no_call_window: NoCallWindow => RuleCheck::Campaign(no_call_window::check);
    machine_undetected: MachineUndetected => RuleCheck::Campaign(machine_undetected::check);
    limit_below_redials: LimitBelowRedials<'_> => RuleCheck::Campaign(limit_below_redials::check);
    redial_without_outcome: RedialWithoutOutcome => RuleCheck::Campaign(redial_without_outcome::check);
    excessive_redials: ExcessiveRedials<'_> => RuleCheck::Campaign(excessive_redials::check);
    uneven_limits: UnevenLimits => RuleCheck::Campaign(uneven_limits::check);
    odd_effective_after: OddEffectiveAfter => RuleCheck::Campaign(odd_effective_after::check);
    http_webhook: HttpWebhook<'_> => RuleCheck::Definition(http_webhook::check);
    webhook_credentials: WebhookCredentials => RuleCheck::Definition(webhook_credentials::check);
    secret_in_file: SecretInFile<'_> => RuleCheck::Text(secret_in_file::scan);
    private_webhook: PrivateWebhook<'_> => RuleCheck::Definition(private_webhook::check);
    unused_suppression: UnusedSuppression<'_> => RuleCheck::UnusedSuppression;
    expired_suppression: ExpiredSuppression => RuleCheck::Suppression;
    suppression_without_reason: SuppressionWithoutReason => RuleCheck::Suppression;
    unknown_suppressed_rule: UnknownSuppressedRule<'_> => RuleCheck::Suppression;
    bad_suppression: BadSuppression<'_> => RuleCheck::Suppression;
    not_ignorable: NotIgnorable => RuleCheck::Suppression;
}

/// A code is never used twice.
impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.code == other.code
    }
}

/// The functions of the checks that `is_one` picks: asked once, as each file and campaign goes through them.
fn functions<F>(is_one: impl Fn(&RuleCheck) -> Option<F>) -> Vec<F> {
    CHECKS.iter().filter_map(is_one).collect()
}

/// Runs the rules that need nothing but a file's text.
pub fn check_text(file: FileId, text: &str, sink: &mut Sink) {
    static TEXT: LazyLock<Vec<TextCheck>> = LazyLock::new(|| {
        functions(|check| match check {
            RuleCheck::Text(check) => Some(*check),
            _ => None,
        })
    });
    for check in TEXT.iter() {
        check(file, text, sink);
    }
}

/// Runs the rules about what one campaign or template states by itself.
pub fn check_definition(definition: &Definition, sink: &mut Sink) {
    static DEFINITION: LazyLock<Vec<DefinitionCheck>> = LazyLock::new(|| {
        functions(|check| match check {
            RuleCheck::Definition(check) => Some(*check),
            _ => None,
        })
    });
    for check in DEFINITION.iter() {
        check(definition, sink);
    }
}

/// Runs the rules about one campaign with all that it inherits.
pub fn check_campaign(campaign: &Resolved<'_>, sink: &mut Sink) {
    static CAMPAIGN: LazyLock<Vec<CampaignCheck>> = LazyLock::new(|| {
        functions(|check| match check {
            RuleCheck::Campaign(check) => Some(*check),
            _ => None,
        })
    });
    for check in CAMPAIGN.iter() {
        check(campaign, sink);
    }
}

/// How many campaigns make a thread worth starting.
const CAMPAIGNS_PER_THREAD: usize = 256;

/// Runs the rules about the whole project, and those about campaigns that inherit from templates.
pub fn check_project(context: &Context<'_>, sink: &mut Sink) {
    // Where there are environments, `check_environment` checks each of them.
    let is_one_account = context.project.environments().next().is_none();
    // The rules do not see one another's findings, so that each may run on any thread.
    let check = |check: &RuleCheck| {
        let mut sink = Sink::default();
        match (check, context.now) {
            (RuleCheck::Project(check), _) => check(context, &mut sink),
            (RuleCheck::Environment(check), _) if is_one_account => check(context, &mut sink),
            (RuleCheck::Now(check), Some(now)) if is_one_account => check(context, now, &mut sink),
            _ => {}
        }
        sink
    };
    let threads = context.project.campaigns().count() / CAMPAIGNS_PER_THREAD;
    for found in threads::each(CHECKS, threads, check) {
        sink.absorb(found);
    }
    let check_inheriting = |campaigns: &[&Definition]| {
        let mut sink = Sink::default();
        for campaign in campaigns {
            check_campaign(&context.project.resolve(campaign), &mut sink);
        }
        sink
    };
    for found in threads::in_parts(context.project.inheriting(), CAMPAIGNS_PER_THREAD, check_inheriting) {
        sink.absorb(found);
    }
}

/// Runs the rules about the account that campaigns are for: its aliases, its dialect, its clock. The context is that of one
/// environment.
pub fn check_environment(context: &Context<'_>, sink: &mut Sink) {
    for check in CHECKS {
        match (check, context.now) {
            (RuleCheck::Environment(check), _) => check(context, sink),
            (RuleCheck::Now(check), Some(now)) => check(context, now, sink),
            _ => {}
        }
    }
}

/// Runs the rules about what nothing uses. Only for a project without errors: each of them may hide a use.
pub fn check_unused(context: &Context<'_>, sink: &mut Sink) {
    for check in CHECKS {
        if let RuleCheck::Unused(check) = check {
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
