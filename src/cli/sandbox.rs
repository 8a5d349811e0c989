//! `dialform sandbox`: runs the sandbox server until Ctrl-C.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::ValueEnum;
use uuid::Uuid;

use super::context::sandbox_data;
use super::environment;
use super::interrupt::{Signals, wait_for};
use super::targets::working_folder;
use super::terminal;
use crate::fields::Dialect;
use crate::lint::engine::Checker;
use crate::project::discovery::root_of;
use crate::sandbox::{Config, Exchange, FAULT_GRAMMAR, Fault, Handle, Names, Sandbox};
use crate::util::interrupt::interrupt;
use crate::util::printable;

/// Where the tasks of a project are kept, beside those of `--sandbox`, which is a server of its own.
const DATA: &str = ".dialform/sandbox-server";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The port on 127.0.0.1; 0 picks a free one
    #[arg(long, default_value_t = 8787)]
    port: u16,
    /// The folder to store tasks in [default: with `--project` that of `apply --sandbox`, else .dialform/sandbox-server in a
    /// project, otherwise in memory]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The dialect of the API [default: the project's, otherwise classic]
    #[arg(long, value_enum)]
    dialect: Option<DialectWord>,
    /// Inject a fault, such as create#2=after:reset; may be given several times (see --help)
    #[arg(long = "fault", value_name = "SPEC", long_help = FAULT_GRAMMAR)]
    faults: Vec<Fault>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum DialectWord {
    /// The classic method
    Classic,
    /// The extended method
    Extended,
}

impl From<DialectWord> for Dialect {
    fn from(word: DialectWord) -> Self {
        match word {
            DialectWord::Classic => Self::Classic,
            DialectWord::Extended => Self::Extended,
        }
    }
}

/// Runs the sandbox. With `project`, the folder that was named and that this runs in, it shows and serves the tasks of
/// `apply --sandbox`.
pub(super) fn run(args: &Args, project: Option<&Path>) -> ExitCode {
    match wait_for(serve(args, project)) {
        Ok(Ok(code)) => code,
        Ok(Err(message)) | Err(message) => {
            terminal::note(&format!("error: {message}"));
            ExitCode::from(2)
        }
    }
}

async fn serve(args: &Args, project: Option<&Path>) -> Result<ExitCode, String> {
    let folder = working_folder()?;
    let root = match (root_of(&folder), project) {
        (None, Some(named)) if args.data.is_none() => return Err(no_project(named)),
        (root, _) => root,
    };
    let own = root.as_ref().map(|root| match project {
        Some(_) => root.join(sandbox_data(environment::chosen())),
        None => root.join(DATA),
    });
    let data = args.data.clone().or(own);
    let (dialect, names) = root.map(|root| stated(&root, &folder)).unwrap_or_default();
    let dialect = args.dialect.map_or(dialect, Dialect::from);
    let config = Config {
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, args.port)),
        data: data.clone(),
        dialect,
        log: Some(Arc::new(log)),
        hook: None,
        faults: args.faults.iter().cloned().collect(),
        names,
    };
    let (trigger, interrupt) = interrupt();
    let signals = Signals::listen(0)?;
    let sandbox = Sandbox::start(config).await.map_err(|error| error.to_string())?;
    let kept = data.map(|data| data.strip_prefix(&folder).map(Path::to_owned).unwrap_or(data));
    let printed = terminal::print_document(&welcome(&sandbox, dialect, kept.as_deref()));
    if printed.is_ok() {
        signals.once(0, move || trigger.pull());
        interrupt.raised().await;
    }
    sandbox.shutdown().await;
    Ok(printed.err().unwrap_or(ExitCode::SUCCESS))
}

fn no_project(named: &Path) -> String {
    format!(
        "--project {}: there is no `dialform.kdl` in this folder or above it; name the folder of a project",
        printable::path(named)
    )
}

/// The dialect that a project states, and what it calls its ids; mistakes in its files are lint's to tell.
fn stated(root: &Path, folder: &Path) -> (Dialect, Names) {
    let mut checker = Checker::new(folder, None);
    let scope = checker.project_scope(root, &[]);
    checker.set_environment(environment::chosen());
    let checked = checker.check(&scope, &[]);
    let project = checked.project();
    let mut names = Names {
        zone: project.timezone(),
        ..Names::default()
    };
    for alias in project.aliases() {
        if let Some(id) = alias.id.as_deref().and_then(|id| Uuid::try_parse(id).ok()) {
            names.aliases.entry(id).or_insert_with(|| alias.name.value.to_string());
        }
    }
    (project.dialect(), names)
}

fn welcome(sandbox: &Handle, dialect: Dialect, data: Option<&Path>) -> String {
    let (api, login) = (sandbox.cis_base(), sandbox.iam_base());
    let page = format!("http://{}/", sandbox.addr());
    let kept = match data {
        Some(folder) => format!("They are kept in {}", printable::path(folder)),
        None => "They are kept in memory only, and gone when it stops".to_owned(),
    };
    format!(
        "The sandbox stands in for the {dialect} API at {api} and calls no one.\n\
         Its tasks are shown at {page}\n\
         {kept}.\n\
         \n\
         To create tasks in it, write into dialform.kdl:\n\
         \n    \
         project {{\n        \
         api \"{api}\"\n        \
         login \"{login}\"\n        \
         dialect \"{dialect}\"\n    \
         }}\n\
         \n\
         and run `dialform apply` with any token: DIALFORM_TOKEN=any\n\
         Ctrl-C stops it.\n"
    )
}

fn log(exchange: &Exchange) {
    terminal::note(&exchange.to_string());
}
