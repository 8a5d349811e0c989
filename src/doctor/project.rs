//! The campaign files: whether they lint without errors, and whether they say for sure where the API is.

use super::{CheckResult, Name};
use crate::finding::Severity;
use crate::lint::engine::Checked;
use crate::util::plural::counted;

/// Whether the project lints without errors.
pub fn project(checked: &Checked<'_>) -> CheckResult {
    let of = |severity| {
        let found = checked.findings.iter().filter(|finding| finding.severity == severity);
        found.count()
    };
    let (errors, warnings) = (checked.errors().count(), of(Severity::Warning));
    let campaigns = counted(checked.project().campaigns().count(), "campaign");
    let files = counted(checked.files.len(), "file");
    if errors > 0 {
        let message = format!(
            "{campaigns} in {files}: {}, which stop plan and apply",
            counted(errors, "error")
        );
        return CheckResult::error(Name::Project, message).help("`dialform lint` shows them");
    }
    let warned = match warnings {
        0 => String::new(),
        some => format!(", {}", counted(some, "warning")),
    };
    CheckResult::ok(Name::Project, format!("{campaigns} in {files}, no errors{warned}"))
}

/// Whether the addresses and the token command are the ones that are meant. Where a mistake may hide them, the defaults
/// stand in their place, and credentials would go to somebody else.
pub fn are_addresses_sure(checked: &Checked<'_>) -> bool {
    let own = checked.scope.project_file();
    let is_own = |file| own.is_some() && checked.path(file) == own.as_deref();
    let is_hidden = checked.files.iter().any(|file| file.hides_project);
    !is_hidden && !checked.errors().any(|finding| is_own(finding.place.file))
}
