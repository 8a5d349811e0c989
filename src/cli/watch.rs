//! `dialform watch`: lints now and after each change.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;
use jiff::Timestamp;

use super::baseline::BaselineReadArgs;
use super::environment;
use super::interrupt::{Signals, reader_gone, wait_for};
use super::lint::{LintResult, check_all};
use super::output::OutputFormat;
use super::selection::RuleArgs;
use super::targets::{Beside, Target, TargetError, targets, tell, working_folder};
use super::terminal;
use crate::lint::engine::Checker;
use crate::lint::watch::{Watch, WatchedPlaces};
use crate::project::discovery::{PROJECT_FILE, Wanted, absolute, kdl_files, relative};
use crate::project::source::Sources;
use crate::project::walk::Listings;
use crate::report::events;
use crate::util::printable::Text;

/// Before each run. Editors' problem matchers look for this line and for the end of [`end_line`]: neither may change.
const BEGIN_LINE: &str = "dialform: checking...";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Files or folders to check [default: the working folder]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The output format [default: human on a terminal, concise otherwise]
    #[arg(long, value_enum, value_name = "FORMAT")]
    output_format: Option<WatchFormat>,
    #[command(flatten)]
    rules: RuleArgs,
    #[command(flatten)]
    baseline: BaselineReadArgs,
}

/// The formats of `watch`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum WatchFormat {
    /// Diagnostics with source excerpts
    Human,
    /// One line per finding
    Concise,
    /// One JSON object per line
    JsonLines,
}

impl WatchFormat {
    /// The default format.
    fn usual() -> Self {
        if terminal::stdout_is_terminal() {
            Self::Human
        } else {
            Self::Concise
        }
    }

    /// The text before a run.
    fn begin(self) -> Text {
        match self {
            Self::Human | Self::Concise => Text::of(&format!("{BEGIN_LINE}\n")),
            Self::JsonLines => Text::of(&events::begin()),
        }
    }

    /// The findings of a run, and its last line.
    fn report(self, report: &LintResult, sources: &Sources) -> Text {
        let findings = &report.findings;
        let mut found = match self {
            Self::Human => OutputFormat::Human.render(findings, sources),
            Self::Concise => OutputFormat::Concise.render(findings, sources),
            Self::JsonLines => return Text::of(&events::report(findings, report.files, sources)),
        };
        found.line(end_line(&report.counts.words()));
        found
    }

    /// The last line of a run that could not check anything.
    fn error(self, message: &str) -> Text {
        match self {
            Self::Human | Self::Concise => Text::of(&(end_line("nothing could be checked") + "\n")),
            Self::JsonLines => Text::of(&events::error(message)),
        }
    }
}

/// The line after each run.
fn end_line(result: &str) -> String {
    format!("dialform: {result}. Watching for changes.")
}

pub(super) fn run(args: &Args) -> ExitCode {
    match watch(args) {
        Ok(code) => code,
        Err(message) => {
            terminal::note(&format!("error: {message}"));
            // Whoever reads events learns here why no more will come; that it could not be said changes nothing.
            if args.output_format == Some(WatchFormat::JsonLines) {
                let _ = terminal::print_document(&events::error(&message));
            }
            ExitCode::from(2)
        }
    }
}

fn watch(args: &Args) -> Result<ExitCode, String> {
    let folder = working_folder()?;
    let named = match args.paths.as_slice() {
        [] => vec![folder.clone()],
        paths => paths.to_vec(),
    };
    let besides = named.iter().map(PathBuf::as_path).chain(args.baseline.file());
    let besides = besides.map(|path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned()));
    let mut session = WatchSession {
        watched: besides.collect(),
        checker: Checker::new(&folder, Some(Timestamp::now())),
        format: args.output_format.unwrap_or_else(WatchFormat::usual),
        watch: Watch::new(),
        rules: args.rules.clone(),
        baseline: args.baseline.clone(),
        folder,
        named,
        has_warned: false,
        roots: BTreeSet::new(),
    };
    session.checker.keep_stamps();
    // A name that is wrong from the start is a slip; one that goes later may come back.
    session.look().map_err(|error| error.to_string())?;
    Signals::listen(0)?;
    wait_for(session.run())?
}

/// One run of the command.
struct WatchSession {
    checker: Checker,
    format: WatchFormat,
    rules: RuleArgs,
    baseline: BaselineReadArgs,
    watch: Watch,
    folder: PathBuf,
    /// The paths of the command line.
    named: Vec<PathBuf>,
    /// The same paths and that of the baseline, absolute.
    watched: Vec<PathBuf>,
    /// Whether it was said that folders are polled.
    has_warned: bool,
    /// The folders of the projects that were there.
    roots: BTreeSet<PathBuf>,
}

impl WatchSession {
    async fn run(mut self) -> Result<ExitCode, String> {
        let mut is_first = true;
        loop {
            if let Err(code) = self.check(is_first) {
                return Ok(code);
            }
            is_first = false;
            tokio::select! {
                () = self.watch.changed() => {}
                () = reader_gone() => return Ok(ExitCode::SUCCESS),
            }
        }
    }

    /// Finds the targets. They are watched before they are read, so that no change is missed.
    fn look(&mut self) -> Result<Vec<Target>, TargetError> {
        loop {
            let found = targets(&mut self.checker, &self.folder, &self.named, &[], Beside::Project);
            let places = places(found.as_deref().unwrap_or_default(), &self.watched);
            let (is_new, unwatched) = self.watch.set(places);
            if let Some(unwatched) = unwatched.filter(|_| !self.has_warned) {
                self.has_warned = true;
                terminal::note(&format!("warning: {unwatched}"));
            }
            if !is_new {
                return found;
            }
        }
    }

    /// The targets, unless the project of some of their files has gone: then each would be checked alone, and the names that
    /// the others declare would be unknown.
    fn with_its_project(&mut self, found: Vec<Target>) -> Result<Vec<Target>, String> {
        let alone = found.iter().filter(|target| target.scope.root.is_none());
        let alone = alone.flat_map(|target| target.scope.files.iter());
        let has_gone = |root: &&PathBuf| {
            root.join(PROJECT_FILE).symlink_metadata().is_err() && alone.clone().any(|file| file.starts_with(root))
        };
        if let Some(root) = self.roots.iter().find(has_gone) {
            let file = relative(&root.join(PROJECT_FILE), &self.folder);
            return Err(format!(
                "{} is gone: its campaigns are checked again when it is back; to check them without it, start `dialform watch` again",
                file.display()
            ));
        }
        self.roots
            .extend(found.iter().filter_map(|target| target.scope.root.clone()));
        Ok(found)
    }

    /// One run, from its first fixed line to its last.
    fn check(&mut self, is_first: bool) -> Result<(), ExitCode> {
        if !is_first && self.format != WatchFormat::JsonLines && terminal::stdout_is_terminal() {
            terminal::clear()?;
        }
        terminal::print(self.format.begin())?;
        self.checker.set_now(Some(Timestamp::now()));
        let found = self.look().map_err(|error| error.to_string());
        let found = match found.and_then(|found| self.with_its_project(found)) {
            Ok(found) => found,
            Err(message) => {
                terminal::note(&format!("error: {message}"));
                return terminal::print(self.format.error(&message));
            }
        };
        tell(&found, &self.folder);
        if let Err(message) = environment::narrow(&mut self.checker, &found) {
            terminal::note(&format!("error: {message}"));
            return terminal::print(self.format.error(&message));
        }
        let mut report = check_all(&mut self.checker, &found, &[]);
        if self.rules.is_narrow() {
            report.retain(|finding| self.rules.keeps(finding));
        }
        let left_out = self
            .baseline
            .leave_out(&mut report, &self.checker, self.rules.is_narrow());
        if let Err(message) = left_out {
            terminal::note(&format!("error: {message}"));
            return terminal::print(self.format.error(&message));
        }
        report.merge_overlaps();
        terminal::print(self.format.report(&report, self.checker.sources()))
    }
}

/// The places to watch: where files may change or appear. `named` are the paths of the command line.
fn places(targets: &[Target], named: &[PathBuf]) -> WatchedPlaces {
    let mut places = WatchedPlaces::default();
    for path in named {
        places.add(path);
    }
    for Target { scope, .. } in targets {
        if let Some(root) = &scope.root {
            places.add(root);
            places.wanted.push(Wanted::new(root, &scope.patterns));
        }
        let named = scope.named.iter().map(PathBuf::as_path);
        let links = scope.files.iter().filter(|file| file.real().ok() != Some(file));
        let folders = scope.folders.iter().filter(|folder| folder.is_symlink());
        let unreadable = scope.unreadable.iter().map(|(path, _)| path.as_path());
        for path in named
            .chain(links.map(|file| &**file))
            .chain(folders.map(PathBuf::as_path))
            .chain(unreadable)
        {
            places.add(path);
        }
        places.folders.extend(scope.folders.iter().cloned());
    }
    let is_in_project = |path: &Path| {
        let mut roots = targets.iter().filter_map(|target| target.scope.root.as_deref());
        roots.any(|root| path.starts_with(root))
    };
    for folder in named.iter().filter(|path| path.is_dir()) {
        let Ok(folder) = absolute(folder) else { continue };
        if !is_in_project(&folder) {
            places
                .folders
                .extend(kdl_files(&folder, &mut Listings::default()).folders);
        }
    }
    places
}
