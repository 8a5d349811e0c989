//! The KDL of a document, linted as the project that it shows.

use std::fs;
use std::path::Path;

use super::markdown::blocks;
use crate::common::command::dialform;

const CLASSIC: &str = "dialect \"classic\"";

/// Every `kdl` block of the document, in its project, is without any finding.
pub(super) fn check(path: &str, text: &str) {
    let all: Vec<_> = blocks(text).filter(|block| block.is("kdl")).collect();
    let (project, rest) = all.split_first().expect("the first kdl block is the project's file");
    let template = text
        .split_once("\ntemplate \"")
        .and_then(|(_, rest)| rest.split('"').next())
        .expect("a template for blocks in a campaign");
    for is_extended in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let campaigns = folder.path().join("campaigns");
        fs::create_dir(&campaigns).unwrap();
        assert!(
            project.body.contains(CLASSIC),
            "{path}: the first kdl block is a project's file"
        );
        let project = match is_extended {
            true => project.body.replace(CLASSIC, "dialect \"extended\""),
            false => project.body.to_owned(),
        };
        fs::write(folder.path().join("dialform.kdl"), &project).unwrap();
        for block in rest.iter().filter(|block| is_extended || !block.has("extended")) {
            let (line, body) = (block.line, block.body);
            if block.has("in-project") {
                alone(path, line, body);
                continue;
            }
            let body = match block.has("in-campaign") {
                true => {
                    format!("campaign \"line-{line}\" template=\"{template}\" {{\nname \"Line {line}\"\n{body}}}\n")
                }
                false => body.to_owned(),
            };
            fs::write(campaigns.join(format!("line-{line:03}.kdl")), body).unwrap();
        }
        clean(path, folder.path());
    }
}

/// The inside of `project`, in a project of its own beside a campaign that `init` writes.
fn alone(path: &str, line: usize, body: &str) {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(dialform(folder.path(), &["init"]).code, Some(0));
    let file = folder.path().join("dialform.kdl");
    let starter = fs::read_to_string(&file).unwrap();
    let aliases = starter.split_once("aliases {").unwrap().1;
    fs::write(&file, format!("project {{\n{body}}}\naliases {{{aliases}")).unwrap();
    clean(&format!("{path} line {line}"), folder.path());
}

fn clean(what: &str, folder: &Path) {
    let lint = dialform(folder, &["lint", "--output-format", "human"]);
    assert_eq!(lint.code, Some(0), "{what}\n{}", lint.stdout);
    assert!(lint.stderr.starts_with("no findings"), "{what}\n{}", lint.stdout);
}
