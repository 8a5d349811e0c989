//! Rule selection (`--select`, `--ignore`) and exit-code flags of lint.

use crate::finding::{Finding, Rule};
use crate::report::Counts;
use crate::rules::{self, RULES};
use crate::util::suggest::closest;

/// Which rules are reported.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct RuleArgs {
    /// Only report these rules, by code, name or group: DF402, start-outside-window or DF4
    #[arg(long, value_name = "RULES", value_delimiter = ',', value_parser = selector)]
    select: Vec<String>,
    /// Do not report these rules; the more specific of `--select` and `--ignore` wins
    #[arg(long, value_name = "RULES", value_delimiter = ',', value_parser = selector)]
    ignore: Vec<String>,
}

/// How findings affect the exit code.
#[derive(Debug, clap::Args)]
pub(super) struct ExitArgs {
    /// Exit with 1 if there are warnings, too
    #[arg(long, conflicts_with = "exit_zero")]
    error_on_warnings: bool,
    /// Exit with 0 even if there are errors
    #[arg(long)]
    exit_zero: bool,
}

/// A code, name or group that means at least one rule. Codes may be written in small letters.
fn selector(text: &str) -> Result<String, String> {
    let text = text.trim();
    let upper = text.to_ascii_uppercase();
    if let Some(known) = [text, &upper].into_iter().find(|text| rules::selects_any(text)) {
        return Ok(known.to_owned());
    }
    let suggestion = closest(text, RULES.iter().map(|rule| rule.name));
    let meant = suggestion
        .map(|name| format!(" Did you mean `{name}`?"))
        .unwrap_or_default();
    Err(format!(
        "there is no such rule; rules are named by code (DF402), by name (start-outside-window) or by group (DF4).{meant}"
    ))
}

/// How exactly the selectors mean a rule; nothing where they do not.
fn exactness(selectors: &[String], rule: &Rule) -> Option<usize> {
    let meant = selectors.iter().filter(|selector| rules::selects(selector, rule));
    meant
        .map(|selector| {
            if rules::is_exact(selector) {
                usize::MAX
            } else {
                selector.len()
            }
        })
        .max()
}

impl RuleArgs {
    /// Whether findings of some rules are left out.
    pub(super) fn is_narrow(&self) -> bool {
        !self.select.is_empty() || !self.ignore.is_empty()
    }

    /// Whether a finding is shown. What the project enforces is, unless other rules were asked for.
    pub(super) fn keeps(&self, finding: &Finding) -> bool {
        let selected = match self.select.as_slice() {
            [] => Some(0),
            selectors => exactness(selectors, finding.rule),
        };
        let Some(selected) = selected else { return false };
        finding.enforced || exactness(&self.ignore, finding.rule).is_none_or(|ignored| ignored < selected)
    }
}

impl ExitArgs {
    /// Whether the run ends with 0 whatever is found.
    pub(super) fn is_zero(&self) -> bool {
        self.exit_zero
    }

    /// Whether what was found fails the run.
    pub(super) fn fails(&self, counts: Counts) -> bool {
        let is_bad = counts.errors > 0 || (self.error_on_warnings && counts.warnings > 0);
        is_bad && !self.exit_zero
    }
}
