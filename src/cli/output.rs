//! Output formats of findings and their destinations: `--output-format` (repeatable) and `--output-file`.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::builder::{EnumValueParser, PossibleValue, StringValueParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Arg, Command, ValueEnum};

use super::terminal;
use crate::finding::Finding;
use crate::project::discovery::absolute;
use crate::project::source::Sources;
use crate::report::human::Look;
use crate::report::{LintRun, concise, github, gitlab, human, json, junit, rdjson, sarif};
use crate::util::atomic_write::write_streamed;
use crate::util::boundary::{is_open_already, named};
use crate::util::printable::{Medium, Text, TextStream, gather, shown};

/// Exit code when a file could not be written.
const COULD_NOT_RUN: u8 = 2;

/// The names of standard output and standard error as files. To put a new file in their place would take from the person
/// what they lead to, a log for instance.
const STDOUT: [&str; 4] = ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];
const STDERR: [&str; 3] = ["/dev/stderr", "/dev/fd/2", "/proc/self/fd/2"];

/// Where services say that the checkout is; they take paths from there.
const CHECKOUTS: [&str; 2] = ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"];

/// A format of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum OutputFormat {
    /// Diagnostics with source excerpts
    Human,
    /// One line per finding
    Concise,
    /// A JSON report
    Json,
    /// SARIF 2.1.0, for code scanning and editors
    Sarif,
    /// GitHub Actions annotations
    Github,
    /// A GitLab Code Quality report
    Gitlab,
    /// A JUnit report with one suite per file
    Junit,
    /// The Reviewdog Diagnostic Format
    Rdjson,
}

impl OutputFormat {
    /// The format where none is asked for.
    pub(super) fn usual() -> Self {
        if terminal::stdout_is_terminal() {
            Self::Human
        } else {
            Self::Concise
        }
    }

    /// Renders findings, which are in file order, for standard output or error.
    pub(super) fn render(self, findings: &[Finding], sources: &Sources) -> Text {
        let run = LintRun {
            findings,
            sources,
            folder: Path::new(""),
            root: Path::new(""),
            files: &[],
            projects: &[],
        };
        gather(|out| self.stream(&run, terminal::look(), out))
    }

    fn stream(self, run: &LintRun<'_>, look: Look, out: &mut TextStream<'_>) -> io::Result<()> {
        match self {
            Self::Human => human::render(run.findings, run.sources, look, out),
            Self::Concise => concise::render(run.findings, run.sources, look.links, out),
            Self::Github => github::render(run, out),
            Self::Json => json::render(run.findings, run.sources, out),
            Self::Sarif => sarif::render(run, out),
            Self::Gitlab => gitlab::render(run, out),
            Self::Junit => junit::render(run, out),
            // It takes paths from the folder that it is run in, as this is.
            Self::Rdjson => {
                let root = run.folder;
                rdjson::render(&LintRun { root, ..*run }, out)
            }
        }
    }

    /// Its name on the command line.
    fn name(self) -> String {
        let value = self.to_possible_value();
        value.map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// Whether people read it, and not only programs.
    fn is_text(self) -> bool {
        matches!(self, Self::Human | Self::Concise | Self::Github)
    }
}

/// The arguments that say it.
#[derive(Debug, clap::Args)]
pub(super) struct OutputArgs {
    /// The output format; FORMAT=FILE writes to a file; may be given several times [default: human on a terminal, concise
    /// otherwise]
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = OutputRequestParser)]
    output_format: Vec<OutputRequest>,
    /// Write the report to a file instead of standard output
    #[arg(long, value_name = "FILE")]
    output_file: Option<PathBuf>,
}

/// One `--output-format`.
#[derive(Clone, Debug)]
struct OutputRequest {
    format: OutputFormat,
    file: Option<PathBuf>,
}

/// Reads `FORMAT` and `FORMAT=FILE`. About a format that there is not, clap says what it says about all values.
#[derive(Clone, Debug)]
struct OutputRequestParser;

impl TypedValueParser for OutputRequestParser {
    type Value = OutputRequest;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<OutputRequest, clap::Error> {
        let text = StringValueParser::new().parse_ref(command, arg, value)?;
        let (format, file) = match text.split_once('=') {
            Some((format, file)) => (format, Some(file)),
            None => (text.as_str(), None),
        };
        let format = EnumValueParser::<OutputFormat>::new().parse_ref(command, arg, OsStr::new(format))?;
        if file == Some("") {
            let text = shown(&text, Medium::Line);
            let words = format!("`{text}` names no file; write {text}FILE, or {} alone\n", format.name());
            return Err(clap::Error::raw(ErrorKind::InvalidValue, words).with_cmd(command));
        }
        let file = file.map(PathBuf::from);
        Ok(OutputRequest { format, file })
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let formats = OutputFormat::value_variants().iter();
        Some(Box::new(formats.filter_map(ValueEnum::to_possible_value)))
    }
}

/// Which form goes where.
#[derive(Debug)]
pub(super) struct Outputs {
    /// What goes to standard output.
    stdout: Option<OutputFormat>,
    files: Vec<ToFile>,
    /// The folder that paths in reports start from.
    root: PathBuf,
}

/// A form that goes to a file.
#[derive(Debug)]
struct ToFile {
    format: OutputFormat,
    /// As it was written.
    named: PathBuf,
    /// Absolute, without links.
    path: PathBuf,
}

impl OutputArgs {
    /// Sorts out what was asked for, before anything is checked.
    ///
    /// # Errors
    ///
    /// Where two forms would go to one place, or a form over a campaign file.
    pub(super) fn outputs(&self, folder: &Path) -> Result<Outputs, String> {
        let is_stdout = |file: &Path| STDOUT.iter().any(|name| file.as_os_str() == *name);
        let output_file = self.output_file.as_deref().filter(|file| !is_stdout(file));
        let mut stdout = None;
        let mut files: Vec<ToFile> = Vec::new();
        for OutputRequest { format, file } in &self.output_format {
            match file.as_deref().filter(|file| !is_stdout(file)) {
                Some(file) => add(&mut files, *format, file, folder)?,
                None => {
                    if let Some(other) = stdout.replace(*format) {
                        let (place, one, two) = (place(output_file), other.name(), format.name());
                        return Err(format!(
                            "`{one}` and `{two}` would both go to {place}; give one of them a file: `--output-format \
                             {two}=FILE`"
                        ));
                    }
                }
            }
        }
        match (output_file, stdout) {
            (Some(file), None) if !files.is_empty() => {
                return Err(format!(
                    "nothing is left for `--output-file {}`: each `--output-format` has a file of its own",
                    file.display()
                ));
            }
            (Some(file), format) => {
                // A person's terminal does not come into what is in a file.
                add(&mut files, format.unwrap_or(OutputFormat::Concise), file, folder)?;
                stdout = None;
            }
            (None, None) if files.is_empty() => stdout = Some(OutputFormat::usual()),
            (None, _) => {}
        }
        let root = checkout(folder);
        Ok(Outputs { stdout, files, root })
    }
}

fn place(output_file: Option<&Path>) -> String {
    match output_file {
        Some(file) => file.display().to_string(),
        None => "standard output".to_owned(),
    }
}

fn add(files: &mut Vec<ToFile>, format: OutputFormat, file: &Path, folder: &Path) -> Result<(), String> {
    // What is open is written to under this name. Under its own it would be replaced.
    let is_open = ["/dev/fd", "/proc"].iter().any(|folder| file.starts_with(folder)) || is_open_already(file);
    let path = match is_open {
        true => file.to_owned(),
        false => named(&folder.join(file)).map_err(|stop| cannot_be_written(file, &stop))?,
    };
    if path.extension().is_some_and(|extension| extension == "kdl") {
        return Err(format!(
            "{} would be overwritten with findings; name a file that does not end in .kdl",
            file.display()
        ));
    }
    if let Some(other) = files.iter().find(|other| other.path == path) {
        return Err(format!(
            "`{}` and `{}` would both go to {}; name a file for each",
            other.format.name(),
            format.name(),
            file.display()
        ));
    }
    files.push(ToFile {
        format,
        named: file.to_owned(),
        path,
    });
    Ok(())
}

fn cannot_be_written(file: &Path, why: &dyn std::fmt::Display) -> String {
    format!("{} cannot be written: {why}", file.display())
}

/// The checkout that a service runs this in, where the working folder lies in it; otherwise the working folder.
fn checkout(folder: &Path) -> PathBuf {
    let named = CHECKOUTS.iter().filter_map(std::env::var_os).map(PathBuf::from);
    named
        .filter(|path| path.is_absolute())
        .filter_map(|path| absolute(&path).ok())
        .find(|path| folder.starts_with(path))
        .unwrap_or_else(|| folder.to_owned())
}

impl Outputs {
    /// Refuses what a program would wait for, be it in a file or on standard output, where no findings are given out.
    ///
    /// # Errors
    ///
    /// Where a file is named, or a form that is not for people.
    pub(super) fn refuse_reports(&self, flag: &str) -> Result<(), String> {
        if let Some(file) = self.files.first() {
            return Err(format!(
                "`{flag}` prints no findings, so nothing would be written to {}; drop one of the two",
                file.named.display()
            ));
        }
        match self.stdout.filter(|format| !format.is_text()) {
            None => Ok(()),
            Some(format) => Err(format!(
                "`{flag}` prints no findings, so there would be no {}; drop one of the two",
                format.name()
            )),
        }
    }

    /// Whether any of them lists clean files, too.
    pub(super) fn list_files(&self) -> bool {
        let of_files = self.files.iter().map(|file| file.format);
        of_files.chain(self.stdout).any(|format| format == OutputFormat::Junit)
    }

    /// The folder that paths in reports start from.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Whether a line for people belongs beside them: not where a program reads what is printed.
    pub(super) fn leave_room_for_words(&self) -> bool {
        self.stdout.is_none_or(OutputFormat::is_text)
    }

    /// Whether a person waits for words even where nothing was found.
    pub(super) fn are_for_people(&self) -> bool {
        matches!(self.stdout, None | Some(OutputFormat::Human))
    }

    /// Gives everything out, and on standard error what standard output has no place for. Files come first: a reader of
    /// standard output that goes away does not keep them from being written.
    ///
    /// # Errors
    ///
    /// Where anything could not be written. It was said why; what could be written was.
    pub(super) fn write(&self, run: &LintRun<'_>, is_stdout_taken: bool) -> Result<(), ExitCode> {
        let mut written = Ok(());
        for ToFile { format, named, path } in &self.files {
            let look = Look {
                color: false,
                unicode: true,
                links: false,
                ..terminal::look()
            };
            if STDERR.iter().any(|name| named.as_os_str() == *name) {
                let text = gather(|out| format.stream(run, look, out));
                if !text.is_empty() {
                    terminal::note_text(text.trimmed());
                }
                continue;
            }
            let to_file = write_streamed(path, |file| {
                let mut take = |piece: &str| file.write_all(piece.as_bytes());
                let mut out = TextStream::new(&mut take);
                format.stream(run, look, &mut out)?;
                out.finish()
            });
            if let Err(why) = to_file {
                terminal::note(&format!("error: {}", cannot_be_written(named, &why)));
                written = Err(ExitCode::from(COULD_NOT_RUN));
            }
        }
        let printed = match self.stdout {
            Some(format) if is_stdout_taken => {
                let told = gather(|out| format.stream(run, terminal::look(), out));
                if !told.is_empty() {
                    terminal::note_text(told.trimmed());
                }
                Ok(())
            }
            Some(format) => terminal::print_streamed(|out| format.stream(run, terminal::look(), out)),
            None => Ok(()),
        };
        written.and(printed)
    }
}
