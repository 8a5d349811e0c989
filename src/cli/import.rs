//! `dialform import`: converts request bodies to campaigns, or adopts existing tasks.

use std::ffi::OsStr;
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use jiff::Timestamp;

use super::context::LockArgs;
use super::import_live::{self, Live};
use super::state_args::StateArgs;
use super::targets::{words, working_folder};
use super::terminal;
use crate::fields::Dialect;
use crate::import::{self, Campaign, ImportContext, Imported, InputError, MAX_INPUT, Verifier, Weight};
use crate::lint::engine::Checker;
use crate::project::discovery::root_of;
use crate::project::read_file::{MAX_FILE, open_named};
use crate::util::atomic_write::make_folder;
use crate::util::boundary::named;
use crate::util::folder::Folder;
use crate::util::plural::counted;
use crate::util::suggest::is_key;

/// Exit code when nothing could be imported at all.
const COULD_NOT_RUN: u8 = 2;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A file with JSON request bodies or curl commands; use `-` for standard input
    #[arg(value_name = "FILE", required_unless_present = "live")]
    file: Option<PathBuf>,
    /// The dialect of the request, outside a project [default: classic]
    #[arg(long, value_name = "DIALECT", value_parser = ["classic", "extended"], conflicts_with = "live")]
    dialect: Option<String>,
    /// The key of the campaign, if there is only one body [default: derived from its name]
    #[arg(long, value_name = "KEY", value_parser = key, conflicts_with = "live")]
    key: Option<String>,
    /// Write each campaign to DIR/KEY.kdl instead of standard output; existing files are kept
    #[arg(long, value_name = "DIR", conflicts_with = "live")]
    write: Option<PathBuf>,
    /// Adopt the existing task ID as the task of campaign KEY; may be given several times
    #[arg(long, value_name = "KEY=ID", conflicts_with = "file")]
    live: Vec<Live>,
    #[command(flatten)]
    state_args: StateArgs,
    #[command(flatten)]
    lock: LockArgs,
}

fn key(text: &str) -> Result<String, String> {
    match is_key(text) {
        true => Ok(text.to_owned()),
        false => {
            Err("a key has small letters a-z, digits, `-` and `_`, and begins with a letter or a digit".to_owned())
        }
    }
}

pub(super) fn run(args: &Args) -> ExitCode {
    let Some(file) = &args.file else {
        return import_live::run(&args.live, &args.state_args, &args.lock);
    };
    match import(args, file) {
        Ok(code) => code,
        Err(message) => {
            terminal::note(&format!("error: {message}"));
            ExitCode::from(COULD_NOT_RUN)
        }
    }
}

fn import(args: &Args, file: &Path) -> Result<ExitCode, String> {
    let StateArgs {
        state,
        sandbox,
        ca_file,
    } = &args.state_args;
    if *sandbox || state.is_some() || ca_file.is_some() {
        return Err(
            "`--state`, `--sandbox` and `--ca-file` go with `--live`: importing a body touches no state".to_owned(),
        );
    }
    let bytes = load(file)?;
    let name = if is_stdin(file) {
        "standard input".to_owned()
    } else {
        file.display().to_string()
    };
    let input = import::read(&bytes).map_err(|error| format!("{name}: {error}"))?;
    terminal::detail(|| format!("{name}: {}", bodies(input.count())));
    if args.key.is_some() && input.count() != 1 {
        return Err(format!(
            "`--key` names one campaign, and {name} holds {} bodies",
            input.count()
        ));
    }

    let folder = working_folder()?;
    let target = match &args.write {
        Some(folder) => {
            named(folder).map_err(|stop| format!("{} cannot be written to: {}", folder.display(), stop.at(folder)))?
        }
        None => folder.clone(),
    };
    let mut checker = Checker::new(&folder, Some(Timestamp::now()));
    let (context, mut verifier) = context(args, &mut checker, &folder, &target)?;
    if let Some(key) = args.key.as_deref().filter(|key| context.has(key)) {
        return Err(format!("the project has a campaign `{key}` already; name another key"));
    }
    let imported = import::import(input, context, &mut verifier, &mut checker, args.key.as_deref());
    let unwritten = match &args.write {
        Some(folder) => write_all(folder, &target, &imported.campaigns)?,
        None => {
            let texts: Vec<&str> = imported
                .campaigns
                .iter()
                .map(|campaign| campaign.text.as_str())
                .collect();
            let text = texts.join("\n");
            if text.len() as u64 > MAX_FILE {
                let why = "warning: these campaigns are more than one file may hold (8 MiB): `--write DIR` makes a file of each";
                terminal::note(&why);
            }
            if let Err(code) = terminal::heard_or_not(terminal::print_document(&text)) {
                return Ok(code);
            }
            0
        }
    };
    report(&imported);
    let is_whole = imported.failed + unwritten == 0;
    Ok(if is_whole { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn is_stdin(file: &Path) -> bool {
    file.as_os_str() == "-"
}

fn load(file: &Path) -> Result<Vec<u8>, String> {
    let limit = MAX_INPUT + 1; // One byte more than the limit is enough to know.
    let mut bytes = Vec::new();
    if is_stdin(file) {
        let read = std::io::stdin().take(limit).read_to_end(&mut bytes);
        read.map_err(|why| format!("standard input cannot be read: {why}"))?;
        return Ok(bytes);
    }
    let opened = open_named(file).and_then(|opened| {
        if opened.metadata()?.len() > MAX_INPUT {
            return Err(io::Error::other(InputError::TooLarge));
        }
        opened.take(limit).read_to_end(&mut bytes)
    });
    match opened {
        Ok(_) => Ok(bytes),
        Err(why) if why.kind() == ErrorKind::NotFound => Err(format!("{} does not exist", file.display())),
        Err(why) => Err(format!("{} cannot be read: {why}", file.display())),
    }
}

/// The project that the campaigns are for; outside any project, only the dialect.
fn context(
    args: &Args,
    checker: &mut Checker,
    folder: &Path,
    target: &Path,
) -> Result<(ImportContext, Verifier), String> {
    let named = args.dialect.as_deref().map(|word| match word {
        "extended" => Dialect::Extended,
        _ => Dialect::Classic,
    });
    // A folder that is yet to be made belongs to the project above it.
    let standing = target.ancestors().find(|folder| folder.is_dir());
    let Some(root) = standing.and_then(root_of) else {
        let dialect = named.unwrap_or_default();
        terminal::detail(|| format!("outside any project: the {dialect} dialect"));
        return Ok((
            ImportContext::without_project(dialect),
            Verifier::standalone(target, dialect),
        ));
    };
    let scope = checker.project_scope(&root, &[]);
    terminal::detail(|| words(&scope, folder));
    let checked = checker.check(&scope, &[]);
    let project = checked.project();
    if let Some(named) = named.filter(|named| *named != project.dialect()) {
        let spoken = project.dialect();
        return Err(format!(
            "the project in {} speaks the {spoken} dialect and would refuse what `--dialect {named}` writes; leave \
             `--dialect` out, or run this outside the project",
            root.display()
        ));
    }
    if project.known_dialect().is_none() {
        terminal::note(&format!(
            "warning: a mistake hides the project's dialect, so {} is assumed; `dialform lint` shows it",
            project.dialect()
        ));
    }
    let context = ImportContext::from_project(&checked);
    let verifier = Verifier::project(&scope, &root);
    Ok((context, verifier))
}

/// Writes each campaign to its own file in a folder, which is `target` without links; returns the number of failures.
fn write_all(folder: &Path, target: &Path, campaigns: &[Campaign]) -> Result<usize, String> {
    let made = make_folder(target).and_then(|target| Folder::open(&target));
    let target = made.map_err(|why| format!("{} cannot be made: {why}", folder.display()))?;
    let mut failed = 0;
    for Campaign { key, text, .. } in campaigns {
        let name = format!("{key}.kdl");
        let opened = target.create(OsStr::new(&name), 0o666);
        let path = folder.join(name);
        let path = path.display();
        match opened.and_then(|mut file| file.write_all(text.as_bytes())) {
            Ok(()) => terminal::remark(&format!("wrote {path}")),
            Err(why) => {
                failed += 1;
                let why = match why.kind() {
                    ErrorKind::AlreadyExists => {
                        "it is there already, and import overwrites nothing; move it away, or name another folder"
                            .to_owned()
                    }
                    _ => why.to_string(),
                };
                terminal::note(&format!("error: {path} was not written: {why}"));
            }
        }
    }
    Ok(failed)
}

/// `1 body`, `2 bodies`.
fn bodies(number: usize) -> String {
    match number {
        1 => "1 body".to_owned(),
        more => format!("{more} bodies"),
    }
}

fn report(imported: &Imported) {
    for remark in &imported.remarks {
        terminal::note(remark);
    }
    let of = |weight| imported.remarks.iter().filter(|remark| remark.weight == weight).count();
    let mut line = format!(
        "{} imported, {}",
        counted(imported.campaigns.len(), "campaign"),
        counted(of(Weight::Warning), "warning")
    );
    if imported.failed > 0 {
        line.push_str(&format!(", {} not imported", bodies(imported.failed)));
    }
    let unfinished: Vec<&str> = imported
        .campaigns
        .iter()
        .filter(|campaign| campaign.is_unfinished)
        .map(|campaign| campaign.key.as_str())
        .collect();
    if !unfinished.is_empty() {
        line.push_str(&format!("; finish these by hand: {}", unfinished.join(", ")));
    }
    terminal::remark(&line);
    if !imported.campaigns.is_empty() {
        terminal::remark(
            &"apply would create a new task for each; where a task exists, `dialform import --live KEY=ID` adopts it instead",
        );
    }
}
