//! `dialform schema`: prints or writes JSON Schemas.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;
use clap::builder::PossibleValue;

use super::terminal;
use crate::report::schema::SchemaName;
use crate::util::atomic_write::{make_folder, write_whole};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The schema to print [default: list all schemas]
    #[arg(value_enum)]
    name: Option<SchemaName>,
    /// Write the schema, or all schemas, to a folder instead
    #[arg(long, value_name = "DIR")]
    write: Option<PathBuf>,
}

impl ValueEnum for SchemaName {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.as_str()).help(self.about()))
    }
}

pub(super) fn run(args: &Args) -> ExitCode {
    let printed = match (&args.write, args.name) {
        (Some(folder), name) => match write(folder, name) {
            Ok(()) => return ExitCode::SUCCESS,
            Err(message) => {
                terminal::note(&format!("error: {message}"));
                return ExitCode::from(2);
            }
        },
        (None, Some(name)) => terminal::print_document(name.text()),
        (None, None) => terminal::print_document(&list()),
    };
    printed.err().unwrap_or(ExitCode::SUCCESS)
}

fn list() -> String {
    let line = |name: &SchemaName| format!("{:<18}{}\n", name.as_str(), name.about());
    SchemaName::ALL.iter().map(line).collect()
}

fn write(folder: &Path, name: Option<SchemaName>) -> Result<(), String> {
    let cannot = |path: &Path, why: std::io::Error| {
        format!("{} cannot be written: {why}; name a folder that can be", path.display())
    };
    make_folder(folder).map_err(|why| cannot(folder, why))?;
    for name in SchemaName::ALL
        .into_iter()
        .filter(|each| name.is_none_or(|name| name == *each))
    {
        let path = folder.join(name.file_name());
        write_whole(&path, name.text()).map_err(|why| cannot(&path, why))?;
        terminal::remark(&path.display());
    }
    Ok(())
}
