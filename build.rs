//! Tells a release build which commit it is made from: by the environment, else by git where this folder is its checkout.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    for name in ["DIALFORM_COMMIT", "DIALFORM_COMMIT_DATE"] {
        println!("cargo::rerun-if-env-changed={name}");
    }
    let told = env::var("DIALFORM_COMMIT")
        .ok()
        .zip(env::var("DIALFORM_COMMIT_DATE").ok());
    if let Some((commit, date)) = told.or_else(of_checkout) {
        println!("cargo::rustc-env=DIALFORM_BUILT_FROM={commit} of {date}");
    }
}

/// The commit and its date. Other builds than releases do not ask, since each commit would build them anew.
fn of_checkout() -> Option<(String, String)> {
    if env::var("PROFILE").ok()? != "release" {
        return None;
    }
    let here = fs::canonicalize(env::var_os("CARGO_MANIFEST_DIR")?).ok()?;
    // A repository around this folder says nothing about it.
    if fs::canonicalize(git(&["rev-parse", "--show-toplevel"])?).ok()? != here {
        return None;
    }
    let head = git(&["rev-parse", "--git-path", "HEAD"])?;
    let branch = git(&["symbolic-ref", "HEAD"]).and_then(|name| git(&["rev-parse", "--git-path", &name]));
    for file in [Some(head), branch].into_iter().flatten() {
        if Path::new(&file).exists() {
            println!("cargo::rerun-if-changed={file}");
        }
    }
    let date = git(&["log", "-1", "--format=%cs"])?;
    Some((git(&["rev-parse", "--short=12", "HEAD"])?, date))
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    let said = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| said.trim().to_owned())
}
