//! `dialform lint`: checks files, applies fixes, and prints or writes reports.

use std::collections::{BTreeSet, HashSet};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use jiff::Timestamp;

use super::baseline::{BaselineArgs, BaselineEffect, KnownFindings};
use super::environment;
use super::fix;
use super::output::OutputArgs;
use super::selection::{ExitArgs, RuleArgs};
use super::targets::{Beside, Target, path_in_project, targets, tell, working_folder};
use super::terminal;
use crate::finding::Finding;
use crate::lint::engine::{Checker, Overlay};
use crate::project::read_file::MAX_FILE;
use crate::report::{Counts, LintRun};
use crate::rules;
use crate::util::boundary::named_campaigns;
use crate::util::plural::counted;

/// Exit code if nothing could be checked.
const COULD_NOT_RUN: u8 = 2;

/// The upper limit of `--max-file-size`: places in a file have 32 bits.
const LARGEST: u64 = u32::MAX as u64 - 1;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Files or folders to check; use `-` for standard input [default: the working folder]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The path that standard input is checked as
    #[arg(long, value_name = "FILE")]
    stdin_filename: Option<PathBuf>,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    rules: RuleArgs,
    #[command(flatten)]
    exit: ExitArgs,
    #[command(flatten)]
    baseline: BaselineArgs,
    /// The current time to assume, such as 2026-12-02T10:00:00Z [default: now]
    #[arg(long, value_name = "TIME", value_parser = moment)]
    now: Option<Timestamp>,
    /// The maximum size of a file; larger ones are not read and are reported
    #[arg(long, value_name = "BYTES", default_value_t = MAX_FILE, value_parser = clap::value_parser!(u64).range(1..=LARGEST))]
    max_file_size: u64,
    #[command(flatten)]
    fixes: fix::FixArgs,
}

fn moment(text: &str) -> Result<Timestamp, &'static str> {
    let moment = text.trim().parse();
    moment
        .map_err(|_| "a moment is a date, a time and a zone, such as 2026-12-02T10:00:00Z or 2026-12-02T10:00:00+03:00")
}

pub(super) fn run(args: &Args) -> ExitCode {
    match lint(args) {
        Ok(code) => code,
        Err(message) => {
            terminal::note(&format!("error: {message}"));
            ExitCode::from(COULD_NOT_RUN)
        }
    }
}

fn lint(args: &Args) -> Result<ExitCode, String> {
    let fixes = args.fixes.mode()?;
    let folder = working_folder()?;
    let outputs = args.output.outputs(&folder)?;
    args.baseline.refuse_misplaced()?;
    if let Some(fix::FixMode::Show(_)) = fixes {
        outputs.refuse_reports("--diff")?;
    }
    if args.baseline.is_written() {
        outputs.refuse_reports("--write-baseline")?;
    }
    let mut checker = Checker::new(&folder, Some(args.now.unwrap_or_else(Timestamp::now)));
    checker.set_max_file(args.max_file_size);
    let mut overlays: Vec<Overlay> = overlay(args, &folder, &mut checker)?.into_iter().collect();
    let paths: Vec<PathBuf> = args
        .paths
        .iter()
        .filter(|path| path.as_os_str() != "-")
        .cloned()
        .collect();
    let mut targets = find(&mut checker, &folder, &paths, &overlays)?;
    tell(&targets, &folder);
    environment::narrow(&mut checker, &targets)?;
    let mut fixed = None;
    if let Some(mode) = fixes {
        fix::refuse_half(&overlays, args.max_file_size)?;
        let mut known = KnownFindings::default();
        // Only a baseline has to know beforehand how many findings there are.
        if args.baseline.is_read() {
            let mut report = check_all(&mut checker, &targets, &overlays);
            report.retain(|finding| args.rules.keeps(finding));
            known = args.baseline.known(&report, &checker)?;
        }
        let shows = |target: &Target, path: &Path, finding: &Finding| {
            let root = target.scope.root.as_deref();
            target.shows(path) && args.rules.keeps(finding) && !known.hides(finding, root, path)
        };
        let work = fix::FixInput {
            folder: &folder,
            targets: &targets,
            overlays: &overlays,
        };
        let done = match mode {
            fix::FixMode::Show(most) => {
                return Ok(match fix::show(&work, &mut checker, most, shows)? {
                    fix::DiffOutcome::Changes if !args.exit.is_zero() => ExitCode::from(1),
                    fix::DiffOutcome::Changes | fix::DiffOutcome::Nothing => ExitCode::SUCCESS,
                    fix::DiffOutcome::Not(code) => code,
                });
            }
            fix::FixMode::Write(most) => fix::write(&work, &mut checker, most, shows)?,
        };
        overlays = done.overlays();
        targets = find(&mut checker, &folder, &paths, &overlays)?;
        fixed = Some(done);
    }
    let mut report = check_all(&mut checker, &targets, &overlays);
    if args.rules.is_narrow() {
        report.retain(|finding| args.rules.keeps(finding));
    }
    let mut summary = LintSummary {
        fixed: fixed.as_ref().map(|fixed| fixed.findings),
        ..LintSummary::default()
    };
    match args.baseline.apply(&mut report, &checker, args.rules.is_narrow())? {
        BaselineEffect::Hidden(findings) => summary.in_baseline = findings,
        BaselineEffect::Written => return Ok(ExitCode::SUCCESS),
    }
    report.merge_overlaps();
    let files: Vec<PathBuf> = match outputs.list_files() {
        true => targets.iter().flat_map(|target| target.files(&folder)).collect(),
        false => Vec::new(),
    };
    let run = LintRun {
        findings: &report.findings,
        sources: checker.sources(),
        folder: &folder,
        root: outputs.root(),
        files: &files,
        projects: &report.parts,
    };
    let began = Instant::now();
    let fixed_stdin = fixed.as_ref().and_then(fix::FixedFiles::print);
    let is_taken = fixed_stdin.is_some();
    let printed = fixed_stdin.unwrap_or(Ok(())).and(outputs.write(&run, is_taken));
    if let Err(code) = terminal::heard_or_not(printed) {
        return Ok(code);
    }
    terminal::detail(|| format!("printed in {}", terminal::took(began.elapsed())));
    if outputs.leave_room_for_words() {
        summarise(outputs.are_for_people(), &report, &summary);
    }
    if fixed.is_some_and(|fixed| fixed.has_failed) {
        return Ok(ExitCode::from(COULD_NOT_RUN));
    }
    let fails = args.exit.fails(report.counts);
    // The process exits next: freeing thousands of models would take about as long as building them did.
    std::mem::forget((checker, targets, report));
    Ok(if fails { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

fn find(checker: &mut Checker, folder: &Path, paths: &[PathBuf], overlays: &[Overlay]) -> Result<Vec<Target>, String> {
    targets(checker, folder, paths, overlays, Beside::Project).map_err(|error| error.to_string())
}

/// The findings of all targets.
pub(super) struct LintResult {
    pub(super) findings: Vec<Finding>,
    pub(super) counts: Counts,
    /// The number of files that were checked and reported on.
    pub(super) files: usize,
    /// The projects of the findings: the folder of each, and the end of its findings among all.
    parts: Vec<(Option<PathBuf>, usize)>,
    /// Whether each project is reported on as a whole.
    pub(super) is_whole: bool,
}

impl LintResult {
    /// Each finding, with the folder of its project.
    pub(super) fn with_roots(&self) -> impl Iterator<Item = (&Finding, Option<&Path>)> {
        let mut parts = self.parts.iter().peekable();
        self.findings.iter().enumerate().map(move |(index, finding)| {
            while parts.next_if(|(_, end)| *end <= index).is_some() {}
            let root = parts.peek().and_then(|(root, _)| root.as_deref());
            (finding, root)
        })
    }

    /// The folder of each project that was checked.
    pub(super) fn roots(&self) -> impl Iterator<Item = &Path> {
        self.parts.iter().filter_map(|(root, _)| root.as_deref())
    }

    /// Makes one finding of two about one value.
    pub(super) fn merge_overlaps(&mut self) {
        let left_over = rules::merge_overlaps(&mut self.findings);
        if !left_over.is_empty() {
            let mut index = 0;
            self.retain(|_| {
                index += 1;
                left_over.binary_search(&(index - 1)).is_err()
            });
        }
    }

    /// Keeps the findings that the predicate accepts.
    pub(super) fn retain(&mut self, mut is_kept: impl FnMut(&Finding) -> bool) {
        let mut parts = std::mem::take(&mut self.parts);
        let (mut index, mut left, mut part) = (0, 0, 0);
        self.findings.retain(|finding| {
            while parts.get(part).is_some_and(|(_, end)| *end <= index) {
                parts[part].1 = left;
                part += 1;
            }
            index += 1;
            let keeps = is_kept(finding);
            left += usize::from(keeps);
            keeps
        });
        for (_, end) in parts.iter_mut().skip(part) {
            *end = left;
        }
        self.parts = parts;
        self.counts = Counts::of(&self.findings);
    }
}

/// Checks all targets and keeps the findings to report.
pub(super) fn check_all(checker: &mut Checker, targets: &[Target], overlays: &[Overlay]) -> LintResult {
    let began = Instant::now();
    let mut findings = Vec::new();
    let mut parts = Vec::new();
    let mut known = BTreeSet::new();
    for target in targets {
        let mut checked = checker.check(&target.scope, overlays);
        let mut found = std::mem::take(&mut checked.findings);
        if !target.is_whole() {
            // They are in the order of the files, so each file is looked up once.
            let mut last = None;
            found.retain(|Finding { place, .. }| match last {
                Some((file, shows)) if file == place.file => shows,
                _ => {
                    let shows = checked.path(place.file).is_some_and(|path| target.shows(path));
                    last = Some((place.file, shows));
                    shows
                }
            });
        }
        if targets.len() > 1 {
            // Projects may share files: what all of them say is said once.
            found.retain(|finding| known.insert((finding.place, finding.rule.code, finding.message.clone())));
        }
        findings.append(&mut found);
        parts.push((target.scope.root.clone(), findings.len()));
    }
    let files = match targets {
        [one] => one.count(),
        many => many.iter().flat_map(Target::shown).collect::<HashSet<&Path>>().len(),
    };
    terminal::detail(|| format!("read and checked in {}", terminal::took(began.elapsed())));
    LintResult {
        counts: Counts::of(&findings),
        findings,
        files,
        parts,
        is_whole: targets.iter().all(Target::is_whole),
    }
}

fn overlay(args: &Args, folder: &Path, checker: &mut Checker) -> Result<Option<Overlay>, String> {
    let from_stdin = args.paths.iter().any(|path| path.as_os_str() == "-");
    if !from_stdin {
        return match &args.stdin_filename {
            Some(_) => {
                Err("`--stdin-filename` requires `-`: dialform lint - --stdin-filename campaigns/spring.kdl".to_owned())
            }
            None => Ok(None),
        };
    }
    let name = args
        .stdin_filename
        .clone()
        .unwrap_or_else(|| PathBuf::from("stdin.kdl"));
    let named = folder.join(name);
    let path =
        named_campaigns(&named).map_err(|stop| format!("the path of `--stdin-filename` cannot be used: {stop}"))?;
    let path = path_in_project(&named, &path, checker).unwrap_or(path);
    let mut content = Vec::new();
    std::io::stdin()
        .take(args.max_file_size + 1) // One byte more than the limit is enough to know.
        .read_to_end(&mut content)
        .map_err(|why| format!("standard input cannot be read: {why}"))?;
    Ok(Some(Overlay { path, content }))
}

/// Counts for the summary.
#[derive(Debug, Default)]
struct LintSummary {
    /// How many were fixed, with `--fix`.
    fixed: Option<usize>,
    /// How many the baseline hides.
    in_baseline: usize,
}

/// Prints the summary line, unless there is nothing to report and the format is not for people.
fn summarise(is_for_people: bool, report: &LintResult, summary: &LintSummary) {
    let files = counted(report.files, "file");
    let baseline = match summary.in_baseline {
        0 => String::new(),
        some => format!(", {some} in the baseline"),
    };
    let fixed = summary
        .fixed
        .map(|count| format!(", {count} fixed"))
        .unwrap_or_default();
    let time = terminal::time().map(|time| format!(" ({time})")).unwrap_or_default();
    if is_for_people || report.counts != Counts::default() || summary.fixed.is_some() {
        terminal::remark(&format!("{} in {files}{fixed}{baseline}{time}", report.counts.words()));
    }
    if summary.fixed.is_none() {
        fix::tell_fixable(&report.findings);
    }
}
