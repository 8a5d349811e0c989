//! Sessions in `console` blocks, played again.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::markdown::Block;
use crate::common::command::{Ran, command, copy_folder, in_repository};

/// The folders of a document's sessions, by name.
#[derive(Default)]
pub(super) struct Sessions {
    folders: BTreeMap<String, TempDir>,
}

impl Sessions {
    /// Runs the block's commands and gives the session as it looks now.
    pub(super) fn replay(&mut self, block: &Block<'_>) -> String {
        let name = block.name().to_owned();
        let folder = self.folders.entry(name).or_insert_with_key(|name| {
            let folder = tempfile::tempdir().unwrap();
            if name != "new" {
                let example = in_repository("examples").join(name);
                assert!(example.is_dir(), "line {}: there is no examples/{name}", block.line);
                copy_folder(&example, folder.path());
            }
            folder
        });
        let mut session = String::new();
        let mut last_code = 0;
        for line in block.body.lines().filter_map(|line| line.strip_prefix("$ ")) {
            session.push_str(&format!("$ {line}\n"));
            if line == "echo $?" {
                session.push_str(&format!("{last_code}\n"));
                continue;
            }
            let (printed, code) = run(folder.path(), line);
            session.push_str(&printed);
            if !printed.is_empty() && !printed.ends_with('\n') {
                session.push('\n');
            }
            last_code = code;
        }
        assert!(!session.is_empty(), "line {}: no command", block.line);
        session
    }
}

/// What a terminal would show of a command line, and its exit code.
fn run(folder: &Path, line: &str) -> (String, i32) {
    let (line, head) = match line.split_once(" | head -") {
        Some((line, count)) => (line, Some(count.parse::<usize>().unwrap())),
        None => (line, None),
    };
    let mut command = match line.split_once(' ') {
        Some(("dialform", arguments)) => {
            let mut command = command(folder);
            command.args(arguments.split(' '));
            command
        }
        Some(("sed", _)) => {
            let mut shell = Command::new("sh");
            shell.args(["-c", line]).current_dir(folder);
            shell
        }
        _ => panic!("only dialform and sed are run here, not: {line}"),
    };
    command.stdin(Stdio::null());
    if let Some(count) = head {
        let ran: Ran = command.output().unwrap().into();
        let shown: String = ran.stdout.split_inclusive('\n').take(count).collect();
        return (shown + &ran.stderr, 0);
    }
    // One pipe for both, so that lines come in the order in which a terminal would show them.
    let (mut reader, writer) = std::io::pipe().unwrap();
    command.stdout(writer.try_clone().unwrap()).stderr(writer);
    let mut child = command.spawn().unwrap();
    // The command holds the writing end; the reader would wait for it for ever.
    drop(command);
    let mut printed = String::new();
    reader.read_to_string(&mut printed).unwrap();
    (printed, child.wait().unwrap().code().unwrap())
}

/// The text with what differs from run to run made equal: the ids of tasks, and when they were created.
pub(super) fn stable(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let words: Vec<String> = line.split(' ').map(stable_word).collect();
        words.join(" ")
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn stable_word(word: &str) -> String {
    let core = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    if core.len() == 36 && uuid::Uuid::try_parse(core).is_ok() {
        return word.replace(core, "UUID");
    }
    if core.parse::<jiff::Timestamp>().is_ok() {
        return word.replace(core, "TIME");
    }
    word.to_owned()
}
