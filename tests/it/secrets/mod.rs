//! Secrets: what servers send back is never kept or shown, and credentials go nowhere that the state is not bound to.

#[cfg(unix)]
mod binding;
mod canary;
mod saved_plan;
pub(crate) mod writings;

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::common::command::Ran;
use crate::common::project::Project;

/// A token with all the signs that are written in other ways.
const TOKEN: &str = "eyJhbGciOi/JIUzI1+NiJ9.c2Vjcm_V0LXBheWxvYWQ=.Zm9v-YmFyYmF6";

/// Names the services in the project's own file.
fn address(project: &Project, api: &str, login: &str) {
    project.edit(
        "project {",
        &format!("project {{\n    api \"{api}\"\n    login \"{login}\""),
    );
}

fn run(project: &Project, arguments: &[&str]) -> Ran {
    let mut command: Command = project.dialform(arguments);
    command.env("DIALFORM_TOKEN", TOKEN).output().unwrap().into()
}

/// Every file below a folder, as text.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
            found.push((path.display().to_string(), text));
        }
    }
    found
}
