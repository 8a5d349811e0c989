//! `dialform lint`

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use jiff::Timestamp;

use super::fix;
use super::output::OutputFormat;
use super::targets::{Target, targets, working_folder};
use super::terminal;
use crate::check::{Checker, Overlay};
use crate::finding::Finding;
use crate::load::MAX_FILE;
use crate::project_files::absolute;
use crate::render::Counts;

/// Exit code when there was nothing that could be checked.
const COULD_NOT_RUN: u8 = 2;

/// No file may be larger, whatever is asked for: places in it are counted in 32 bits.
const LARGEST: u64 = u32::MAX as u64 - 1;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Files and folders to check, `-` for standard input; the working folder if none is named
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The file whose place standard input takes
    #[arg(long, value_name = "FILE")]
    stdin_filename: Option<PathBuf>,
    /// How to print findings [default: human on a terminal, concise elsewhere]
    #[arg(long, value_enum, value_name = "FORMAT")]
    output_format: Option<OutputFormat>,
    /// The moment that start times are compared with, such as 2026-12-02T10:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    now: Option<Timestamp>,
    /// Larger files are not read: each of them is a finding
    #[arg(long, value_name = "BYTES", default_value_t = MAX_FILE, value_parser = clap::value_parser!(u64).range(1..=LARGEST))]
    max_file_size: u64,
    #[command(flatten)]
    fixes: fix::FixArgs,
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
    let mut checker = Checker::new(&folder, Some(args.now.unwrap_or_else(Timestamp::now)));
    checker.set_max_file(args.max_file_size);
    if fixes.is_none() {
        checker.forget_clean_texts();
    }
    let mut overlays: Vec<Overlay> = overlay(args, &folder)?.into_iter().collect();
    let paths: Vec<PathBuf> = args
        .paths
        .iter()
        .filter(|path| path.as_os_str() != "-")
        .cloned()
        .collect();
    let mut targets = find(&mut checker, &folder, &paths, &overlays)?;
    let mut fixed = None;
    if let Some(mode) = fixes {
        fix::refuse_half(&overlays, args.max_file_size)?;
        let work = fix::Work {
            folder: &folder,
            targets: &targets,
            overlays: &overlays,
        };
        let done = match mode {
            fix::Mode::Show(most) => return fix::show(&work, &mut checker, most, is_shown),
            fix::Mode::Write(most) => fix::write(&work, &mut checker, most, is_shown)?,
        };
        overlays = done.overlays();
        targets = find(&mut checker, &folder, &paths, &overlays)?;
        fixed = Some(done);
    }
    let format = args.output_format.unwrap_or_else(OutputFormat::usual);
    let report = check_all(&mut checker, &targets, &overlays);
    let rendered = format.render(&report.findings, checker.sources());
    let printed = match fixed.as_ref().and_then(fix::Fixed::print) {
        // Standard output has the mended text.
        Some(printed) => {
            if !rendered.is_empty() {
                terminal::note(&rendered.trim_end());
            }
            printed
        }
        None => terminal::print(&rendered),
    };
    if let Err(code) = printed {
        return Ok(code);
    }
    if format != OutputFormat::Json {
        summarise(format, &report, fixed.as_ref().map(|fixed| fixed.findings));
    }
    if fixed.is_some_and(|fixed| fixed.has_failed) {
        return Ok(ExitCode::from(COULD_NOT_RUN));
    }
    let has_errors = report.counts.errors > 0;
    // The program ends here. Freeing thousands of models one by one would take about as long as it took to make them.
    std::mem::forget((checker, targets, report));
    Ok(if has_errors {
        ExitCode::from(1)
    } else {
        ExitCode::SUCCESS
    })
}

fn find(checker: &mut Checker, folder: &Path, paths: &[PathBuf], overlays: &[Overlay]) -> Result<Vec<Target>, String> {
    targets(checker, folder, paths, overlays).map_err(|error| error.to_string())
}

/// Whether a finding in the file of this path is one that was asked about.
fn is_shown(target: &Target, path: &Path, _finding: &Finding) -> bool {
    target.shows(path)
}

/// What all targets together gave.
pub(super) struct Report {
    pub(super) findings: Vec<Finding>,
    pub(super) counts: Counts,
    /// How many files were checked and shown.
    pub(super) files: usize,
}

/// Checks every target and keeps what is shown of each.
pub(super) fn check_all(checker: &mut Checker, targets: &[Target], overlays: &[Overlay]) -> Report {
    let mut findings = Vec::new();
    let mut files = 0;
    for target in targets {
        let mut checked = checker.check(&target.scope, overlays);
        files += target.count();
        let found = std::mem::take(&mut checked.findings).into_iter();
        let is_shown = |finding: &Finding| {
            let path = checked.path(finding.place.file);
            path.is_some_and(|path| is_shown(target, path, finding))
        };
        findings.extend(found.filter(is_shown));
    }
    let counts = Counts::of(&findings);
    Report {
        findings,
        counts,
        files,
    }
}

fn overlay(args: &Args, folder: &Path) -> Result<Option<Overlay>, String> {
    let from_stdin = args.paths.iter().any(|path| path.as_os_str() == "-");
    if !from_stdin {
        return match &args.stdin_filename {
            Some(_) => Err(
                "`--stdin-filename` goes with `-`: dialform lint - --stdin-filename campaigns/spring.kdl".to_owned(),
            ),
            None => Ok(None),
        };
    }
    let name = args
        .stdin_filename
        .clone()
        .unwrap_or_else(|| PathBuf::from("stdin.kdl"));
    let path = absolute(&folder.join(name))
        .map_err(|why| format!("the file named by `--stdin-filename` has no place: {why}"))?;
    let mut content = Vec::new();
    std::io::stdin()
        .take(args.max_file_size + 1) // One byte more than the limit is enough to know.
        .read_to_end(&mut content)
        .map_err(|why| format!("standard input cannot be read: {why}"))?;
    Ok(Some(Overlay { path, content }))
}

fn summarise(format: OutputFormat, report: &Report, fixed: Option<usize>) {
    let Report {
        findings,
        counts,
        files,
    } = report;
    let files = if *files == 1 {
        "1 file".to_owned()
    } else {
        format!("{files} files")
    };
    let fixed = fixed.map_or_else(String::new, |count| format!(", {count} fixed"));
    let line = format!("{} in {files}{fixed}", counts.words());
    if format == OutputFormat::Human || *counts != Counts::default() || !fixed.is_empty() {
        terminal::note(&line);
    }
    if fixed.is_empty() {
        fix::tell_fixable(findings);
    }
}
