//! Before the first request, every file that decides what is sent is read once more by the `kdl` crate, and the two trees
//! are compared.

use std::collections::BTreeSet;
use std::io;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::Builder;

use crate::model::Project;
use crate::plan::desired_state::Location;
use crate::plan::{Kind, Plan};
use crate::project::source::{FileId, Place, Sources, Span};
use crate::syntax::{self, Comparison};
use crate::util::threads;

/// The result of reading files a second time.
#[derive(Debug)]
pub struct SecondReading {
    /// How many files were read.
    pub files: usize,
    /// In each file that is read differently, the first place where it is.
    pub disagreements: Vec<Disagreement>,
}

/// A place that two readers read differently.
#[derive(Debug)]
pub struct Disagreement {
    /// Where.
    pub at: Location,
    /// What dialform reads there.
    pub ours: String,
    /// What the `kdl` crate reads there.
    pub theirs: String,
}

/// Reads every file again that decides what the plan does: those of the campaigns that it creates or replaces, of their
/// templates and aliases, those with a `removed` that it carries out, and the project's own. Their text is the one from which the plan was made, so a file that
/// changes meanwhile makes no difference.
///
/// Holds one file's tree a processor in memory, some fifty times as large as the file.
///
/// # Errors
///
/// The system starts no thread.
pub fn read_again(plan: &Plan, project: &Project<'_>, sources: &Sources) -> io::Result<SecondReading> {
    let creates = |kind| matches!(kind, Kind::Create | Kind::Replace);
    let keys: BTreeSet<&str> = plan
        .executable()
        .filter(|action| creates(action.kind))
        .map(|action| &*action.key)
        .collect();
    let campaigns = project.campaigns().filter(|campaign| keys.contains(campaign.title()));
    let mut files = project.files_behind(campaigns);
    let removed: BTreeSet<&str> = plan
        .executable()
        .filter(|action| matches!(action.kind, Kind::Halt | Kind::LetGo))
        .map(|action| &*action.key)
        .collect();
    let removals = project
        .removals()
        .filter(|removal| removed.contains(&*removal.key.value));
    files.extend(removals.map(|removal| removal.key.place.file));
    let files: Vec<FileId> = files.into_iter().collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut found = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(file) = files.get(index) else { return found };
            found.extend(disagreement(*file, sources).map(|disagreement| (index, disagreement)));
        }
    };
    let mut found = std::thread::scope(|scope| {
        let threads = 0..threads::processors().min(files.len());
        let threads = threads.map(|_| Builder::new().stack_size(syntax::STACK).spawn_scoped(scope, work));
        let threads = threads.collect::<io::Result<Vec<_>>>()?;
        let mut found = Vec::new();
        for thread in threads {
            match thread.join() {
                Ok(part) => found.extend(part),
                Err(panic) => resume_unwind(panic),
            }
        }
        io::Result::Ok(found)
    })?;
    found.sort_by_key(|(index, _)| *index);
    Ok(SecondReading {
        files: files.len(),
        disagreements: found.into_iter().map(|(_, disagreement)| disagreement).collect(),
    })
}

fn disagreement(file: FileId, sources: &Sources) -> Option<Disagreement> {
    let text = sources.file(file).text();
    let start = Span::point(0);
    let (span, ours, theirs) = match syntax::compare(text) {
        // Settings of a campaign were read from it.
        _ if text.is_empty() => (
            start,
            "settings".to_owned(),
            "nothing: the text is not there any more".to_owned(),
        ),
        Comparison::Same => return None,
        Comparison::BothReject => (start, "settings".to_owned(), "no KDL".to_owned()),
        Comparison::Differ(difference) => (difference.span, difference.ours, difference.theirs),
    };
    Some(Disagreement {
        at: Location::of(Place::new(file, span), sources),
        ours,
        theirs,
    })
}
