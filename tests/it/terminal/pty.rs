//! A real terminal for each of the program's streams, as far as the program can tell.

use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread::{JoinHandle, spawn};
use std::time::Duration;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

/// What one of the program's streams leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum To {
    Pipe,
    /// A terminal of so many columns; 0 is one that does not know.
    Terminal(u16),
}

/// What the program did.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) code: Option<i32>,
    pub(super) out: String,
    pub(super) err: String,
}

/// Runs a command to its end. Standard input is empty.
pub(super) fn run(mut command: Command, out: To, err: To) -> Seen {
    command.stdin(Stdio::null());
    let out = attach(out, |stdio| _ = command.stdout(stdio));
    let err = attach(err, |stdio| _ = command.stderr(stdio));
    let mut child = command.spawn().unwrap();
    // The command holds the program's ends, for which the readers would wait for ever.
    drop(command);
    let code = child.wait().unwrap().code();
    Seen {
        code,
        out: out.join().unwrap(),
        err: err.join().unwrap(),
    }
}

/// Runs a command on one terminal, where somebody types; gives the exit code and all that the terminal shows.
pub(super) fn talk(mut command: Command, typed: &str) -> (Option<i32>, String) {
    let (mut ours, theirs) = open(100);
    // The terminal keeps it until it is asked for.
    ours.write_all(typed.as_bytes()).unwrap();
    command.stdin(theirs.try_clone().unwrap());
    command.stdout(theirs.try_clone().unwrap()).stderr(theirs);
    let mut child = command.spawn().unwrap();
    drop(command);
    let shown = spawn(move || read(ours).replace("\r\n", "\n"));
    let code = child.wait().unwrap().code();
    (code, shown.join().unwrap())
}

/// What a person does once a running program has shown a text: the next one counts from there.
pub(super) type Step<'a> = (&'a str, Box<dyn FnOnce(&str) + 'a>);

/// Runs a command that waits on one terminal, until the steps are done and Ctrl-C has ended it; gives the exit code and all
/// that the terminal shows.
pub(super) fn watch(mut command: Command, steps: Vec<Step<'_>>) -> (Option<i32>, String) {
    let (mut ours, theirs) = open(120);
    command.stdin(theirs.try_clone().unwrap());
    command.stdout(theirs.try_clone().unwrap()).stderr(theirs);
    let mut child = command.spawn().unwrap();
    drop(command);
    let (sender, chunks) = channel();
    spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = ours.read(&mut buffer) {
            let _ = sender.send(buffer[..count].to_vec());
        }
    });
    let (mut shown, mut from) = (Vec::new(), 0);
    let mut steps = steps.into_iter().peekable();
    let mut is_over = false;
    loop {
        match chunks.recv_timeout(Duration::from_secs(60)) {
            Ok(chunk) => shown.extend(chunk),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                let _ = child.kill();
                panic!("nothing more comes: {}", String::from_utf8_lossy(&shown));
            }
        }
        // A character may be cut at the end of what has come so far.
        let new = String::from_utf8_lossy(&shown[from..]).into_owned();
        if let Some((_, act)) = steps.next_if(|(text, _)| new.contains(text)) {
            from = shown.len();
            act(&new);
        }
        if steps.peek().is_none() && !is_over {
            is_over = true;
            let mut kill = Command::new("kill");
            assert!(kill.arg("-INT").arg(child.id().to_string()).status().unwrap().success());
        }
    }
    let code = child.wait().unwrap().code();
    assert!(is_over, "it has ended by itself: {}", String::from_utf8_lossy(&shown));
    (code, String::from_utf8(shown).unwrap().replace("\r\n", "\n"))
}

fn attach(to: To, mut give: impl FnMut(Stdio)) -> JoinHandle<String> {
    match to {
        To::Pipe => {
            let (reader, writer) = std::io::pipe().unwrap();
            give(writer.into());
            spawn(move || read(reader))
        }
        To::Terminal(columns) => {
            let (ours, theirs) = open(columns);
            give(theirs.into());
            // A terminal ends lines in its own way.
            spawn(move || read(ours).replace("\r\n", "\n"))
        }
    }
}

/// Everything until the other end is closed, which a terminal tells as an error.
fn read(mut from: impl Read) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        bytes.extend_from_slice(&buffer[..count]);
    }
    String::from_utf8(bytes).unwrap()
}

fn open(columns: u16) -> (File, File) {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let name = ptsname(&ours, Vec::new()).unwrap();
    let path = OsStr::from_bytes(name.to_bytes());
    let theirs = OpenOptions::new().read(true).write(true).open(path).unwrap();
    let size = Winsize {
        ws_row: 50,
        ws_col: columns,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    tcsetwinsize(&theirs, size).unwrap();
    (ours.into(), theirs)
}
