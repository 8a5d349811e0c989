//! `dialform init`: creates a starter project; existing files are never overwritten.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use thiserror::Error;

use super::state_args::shell_word;
use super::terminal;
use crate::project::discovery::PROJECT_FILE;
use crate::util::boundary::{self, Boundary, named};
use crate::util::folder::Folder;
use crate::util::printable::Text;

/// The files of a first project, by their path in it.
const STARTER: [(&str, &str); 2] = [
    ("campaigns/first.kdl", include_str!("../init/first.kdl")),
    // The file that makes the folder a project comes last, so that a run that fails half-way leaves no project.
    (PROJECT_FILE, include_str!("../init/dialform.kdl")),
];

/// What git should leave out: the sandbox's own state, and files of the state that mean nothing on another machine.
const IGNORED: [&str; 5] = [
    ".dialform/",
    "dialform.state.lock*",
    "dialform.state.json.backup.*",
    "dialform.*.state.lock*",
    "dialform.*.state.json.backup.*",
];

/// How git should treat the state: its line ends stay as they are, and two versions of it are never merged line by line.
const ATTRIBUTES: [&str; 6] = [
    "dialform.state.json -text -merge",
    "dialform.state.journal -text -merge",
    "dialform.state.spill -text -merge",
    "dialform.*.state.json -text -merge",
    "dialform.*.state.journal -text -merge",
    "dialform.*.state.spill -text -merge",
];

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The folder of the new project; created if missing
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
}

/// Why no project was written.
#[derive(Debug, Error)]
enum InitError {
    #[error(
        "{} there already, and init overwrites nothing; move {} away, or name another folder: dialform init DIR",
        standing(.0),
        if .0.len() == 1 { "it" } else { "them" }
    )]
    Conflict(Vec<PathBuf>),
    #[error("{path} cannot be written: {why}; fix that and remove what init wrote before it: {}", listed(.written), path = .path.display())]
    Interrupted {
        path: PathBuf,
        why: io::Error,
        written: Vec<PathBuf>,
    },
    #[error("{path} cannot be written: {why}; nothing was changed", path = .path.display())]
    Unwritable { path: PathBuf, why: io::Error },
}

pub(super) fn run(args: &Args) -> ExitCode {
    // `./dialform.kdl` would read as if the dot mattered.
    let folder = match args.folder.strip_prefix(".") {
        Ok(inner) => inner,
        Err(_) => &args.folder,
    };
    match write(folder) {
        Ok(_) if terminal::is_quiet() => ExitCode::SUCCESS,
        Ok(written) => match terminal::print(told(folder, &written)) {
            Ok(()) => ExitCode::SUCCESS,
            Err(code) => code,
        },
        Err(error) => {
            terminal::note(&format!("error: {error}"));
            ExitCode::from(2)
        }
    }
}

/// Writes the project and gives the paths of what was written or changed.
fn write(folder: &Path) -> Result<Vec<PathBuf>, InitError> {
    let whole = match folder.as_os_str().is_empty() {
        true => Path::new("."),
        false => folder,
    };
    let real = named(whole).map_err(|stop| failed(folder, stop.at(whole), &[]))?;
    let place = NewProject {
        boundary: Boundary::around(&real),
        folder: real,
    };
    let standing: Vec<PathBuf> = STARTER
        .iter()
        .map(|(name, _)| folder.join(name))
        // A dangling link is in the way, too.
        .filter(|path| path.symlink_metadata().is_ok())
        .collect();
    if !standing.is_empty() {
        return Err(InitError::Conflict(standing));
    }
    let mut written = Vec::new();
    for (name, text) in STARTER {
        let path = folder.join(name);
        place.create(name, text).map_err(|why| failed(&path, why, &written))?;
        written.push(path);
    }
    for (name, lines) in [(".gitignore", &IGNORED[..]), (".gitattributes", &ATTRIBUTES)] {
        let path = folder.join(name);
        if place
            .add_lines(name, lines)
            .map_err(|why| failed(&path, why, &written))?
        {
            written.push(path);
        }
    }
    Ok(written)
}

/// The folder of the new project, absolute and without links, and how far links in it reach.
struct NewProject {
    folder: PathBuf,
    boundary: Boundary,
}

impl NewProject {
    /// Makes the file and its folders; a file that has appeared meanwhile is an error.
    fn create(&self, name: &str, text: &str) -> io::Result<()> {
        let (folder, name) = self.open(name)?;
        folder.create(&name, 0o666)?.write_all(text.as_bytes())
    }

    /// Appends the lines that a file for git does not have yet. Says whether any was missing.
    fn add_lines(&self, name: &str, lines: &[&str]) -> io::Result<bool> {
        let (folder, name) = self.open(name)?;
        let mut text = Vec::new();
        match folder.read(&name) {
            Ok(mut file) => drop(file.read_to_end(&mut text)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => drop(folder.create(&name, 0o666)?),
            Err(error) => return Err(error),
        }
        let known = |line: &str| {
            text.split(|byte| *byte == b'\n')
                .any(|have| have.trim_ascii() == line.as_bytes())
        };
        let missing: Vec<&str> = lines.iter().copied().filter(|line| !known(line)).collect();
        if missing.is_empty() {
            return Ok(false);
        }
        let mut lines = missing.join("\n") + "\n";
        if text.last().is_some_and(|last| *last != b'\n') {
            lines.insert(0, '\n');
        }
        folder.append(&name)?.write_all(lines.as_bytes())?;
        Ok(true)
    }

    /// The folder of a file of the project, made if it is not there, and the file's name in it.
    fn open(&self, name: &str) -> io::Result<(Folder, OsString)> {
        let gone = boundary::go(self.folder.clone(), Path::new(name), |_, _, link| {
            self.boundary.follow(link)
        });
        let path = gone.map_err(|stop| stop.at(Path::new(name)))?.path;
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(io::Error::from(io::ErrorKind::IsADirectory));
        };
        fs::create_dir_all(folder)?;
        Ok((Folder::open(folder)?, name.to_owned()))
    }
}

fn failed(path: &Path, why: io::Error, written: &[PathBuf]) -> InitError {
    let path = path.to_owned();
    if written.is_empty() {
        return InitError::Unwritable { path, why };
    }
    let written = written.to_vec();
    InitError::Interrupted { path, why, written }
}

fn told(folder: &Path, written: &[PathBuf]) -> Text {
    let mut out = Text::new();
    out.line(format_args!("Wrote {}.", listed(written))).end().line("Next:");
    if !folder.as_os_str().is_empty() {
        out.line(format_args!("  cd {}", shell_word(folder)));
    }
    out.lines(
        "  dialform lint               # check the campaign, now and after each change\n  \
         dialform plan --sandbox     # see what would be created\n  \
         dialform apply --sandbox    # create it in the built-in sandbox, where nobody is called\n\n\
         Before the first real apply, put the ids of your account into dialform.kdl.\n",
    );
    out
}

fn standing(paths: &[PathBuf]) -> String {
    format!("{} {}", listed(paths), if paths.len() == 1 { "is" } else { "are" })
}

/// `a`, `a and b`, `a, b and c`.
fn listed(paths: &[PathBuf]) -> String {
    let names: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    match names.as_slice() {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [some @ .., last] => format!("{} and {last}", some.join(", ")),
    }
}
