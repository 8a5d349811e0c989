//! The environment that a command works on: `--env NAME`, or DIALFORM_ENV. It is never remembered, and there is no default.

use std::sync::OnceLock;

use super::targets::Target;
use crate::lint::engine::Checker;
use crate::project::discovery::Scope;
use crate::util::suggest::closest;

/// The variable that stands for `--env`.
const VARIABLE: &str = "DIALFORM_ENV";

/// What the command line or the variable says.
static CHOSEN: OnceLock<ChosenEnvironment> = OnceLock::new();

/// A chosen environment, which the project may or may not have.
#[derive(Clone, Debug)]
struct ChosenEnvironment {
    name: String,
    is_flag: bool,
}

impl ChosenEnvironment {
    /// How it was chosen, for messages.
    fn words(&self) -> String {
        match self.is_flag {
            true => format!("`--env {}`", self.name),
            false => format!("{VARIABLE}={}", self.name),
        }
    }
}

/// Keeps what the command line says, or else the variable.
pub(super) fn choose(flag: Option<&str>) {
    let variable = || std::env::var(VARIABLE).ok().filter(|name| !name.is_empty());
    let chosen = match flag {
        Some(name) => Some((name.to_owned(), true)),
        None => variable().map(|name| (name, false)),
    };
    if let Some((name, is_flag)) = chosen {
        // Set once, at the start.
        let _ = CHOSEN.set(ChosenEnvironment { name, is_flag });
    }
}

/// The name that was chosen, whether or not the project has it.
pub(super) fn chosen() -> Option<&'static str> {
    CHOSEN.get().map(|chosen| chosen.name.as_str())
}

/// Chooses the environment of a project for a command about its account: it has to be said where there are several, and must not
/// be said where there are none.
///
/// # Errors
///
/// Words for the person, with the environments that there are.
pub(super) fn required(checker: &mut Checker, scope: &Scope) -> Result<Option<String>, String> {
    let known = checker.environments_of(scope);
    match (CHOSEN.get(), known.names.as_slice()) {
        (None, []) => {}
        (None, names) => {
            return Err(format!(
                "this project has {}, and none is chosen: say `--env {}`, or set {VARIABLE}",
                listed(names),
                names.first().map_or("NAME", String::as_str)
            ));
        }
        (Some(chosen), _) => refuse_unknown(chosen, &known.names, known.is_whole)?,
    }
    let name = chosen();
    checker.set_environment(name);
    Ok(name.map(str::to_owned))
}

/// Narrows a lint to the chosen environment, which each project of it must have; without one, all are checked.
pub(super) fn narrow(checker: &mut Checker, targets: &[Target]) -> Result<(), String> {
    let Some(chosen) = CHOSEN.get() else { return Ok(()) };
    for target in targets.iter().filter(|target| target.scope.root.is_some()) {
        let known = checker.environments_of(&target.scope);
        // Lint says what is wrong with a file that cannot be read whole.
        if known.is_whole {
            refuse_unknown(chosen, &known.names, true)?;
        }
    }
    checker.set_environment(Some(&chosen.name));
    Ok(())
}

fn refuse_unknown(chosen: &ChosenEnvironment, known: &[String], is_whole: bool) -> Result<(), String> {
    let ChosenEnvironment { name, .. } = chosen;
    if known.contains(name) {
        return Ok(());
    }
    let chosen = chosen.words();
    if !is_whole {
        return Err(format!(
            "{chosen}: dialform.kdl has errors, so it is not known which environments there are; `dialform lint` shows them"
        ));
    }
    if known.is_empty() {
        return Err(format!(
            "{chosen}: this project has no environments; leave it out, or declare one in dialform.kdl: environment \"{name}\" {{ … }}"
        ));
    }
    let known_words = listed(known);
    Err(match closest(name, known.iter().map(String::as_str)) {
        Some(meant) => format!(
            "{chosen}: this project has no environment of that name; did you mean `{meant}`? It has {known_words}"
        ),
        None => format!("{chosen}: this project has no environment of that name; it has {known_words}"),
    })
}

/// "the environments `staging` and `production`"
fn listed(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [] => "no environments".to_owned(),
        [one] => format!("the environment {one}"),
        [others @ .., last] => format!("the environments {} and {last}", others.join(", ")),
    }
}

/// A question, with the environment in which something is about to happen.
pub(super) fn question(words: &str, environment: Option<&str>) -> String {
    match (words.strip_suffix('?'), environment) {
        (Some(words), Some(name)) => format!("{words} in the environment `{name}`?"),
        _ => words.to_owned(),
    }
}

/// An address, with the environment that was chosen.
pub(super) fn place(address: &str) -> String {
    match chosen() {
        Some(name) => format!("{address}, in the environment `{name}`,"),
        None => address.to_owned(),
    }
}
