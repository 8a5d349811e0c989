//! Which rules count in this run, and what they make of the exit code.

use crate::finding::{Finding, Rule};
use crate::report::Counts;
use crate::rules::{self, RULES};
use crate::util::suggest::closest;

/// Which rules are shown.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct RuleArgs {
    /// Show only these rules: by code, name or group, such as DF402, start-outside-window or DF4
    #[arg(long, value_name = "RULES", value_delimiter = ',', value_parser = selector)]
    select: Vec<String>,
    /// Leave these rules out; where both `--select` and `--ignore` mean a rule, the one that says it more exactly counts
    #[arg(long, value_name = "RULES", value_delimiter = ',', value_parser = selector)]
    ignore: Vec<String>,
}

/// What findings make of the exit code.
#[derive(Debug, clap::Args)]
pub(super) struct ExitArgs {
    /// End with 1 for warnings as well
    #[arg(long, conflicts_with = "exit_zero")]
    error_on_warnings: bool,
    /// End with 0 whatever is found
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
