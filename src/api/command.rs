//! The token command: runs in the system's shell, which gives the token by what it prints until it ends.

use std::io::{ErrorKind, IsTerminal, PipeReader, PipeWriter, Read, Write};
use std::process::{ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tokio::process::{Child, Command};
use tokio::sync::oneshot;
use uuid::Uuid;

use super::token_error::{LONGEST, NoToken, TokenError, TokenSource};

/// The most output that is read, in bytes: a token, and blanks around it.
const MOST: usize = 2 * LONGEST;

/// Runs the token command; what it prints on standard output is the token, and what it says on standard error is not
/// shown. Dropped before its end, it takes the command with it.
pub(super) async fn run(command: &SecretString, within: Duration) -> Result<SecretString, TokenError> {
    let output = tokio::time::timeout(within, output(command))
        .await
        .map_err(|_| TokenError::CommandTimedOut { within })??;
    String::from_utf8(output)
        .map(SecretString::from)
        .map_err(|_| malformed(NoToken::Characters))
}

fn malformed(why: NoToken) -> TokenError {
    TokenError::Malformed {
        source_of_token: TokenSource::Command,
        why,
    }
}

/// What the command prints before the shell ends. A program that it leaves running, such as an agent, may keep its
/// standard output open, so that the end of the file never comes: a mark written behind what was printed ends it.
async fn output(command: &SecretString) -> Result<Vec<u8>, TokenError> {
    let not_run = |error: std::io::Error| TokenError::CommandNotRun {
        why: error.kind().to_string(),
    };
    let (reader, mut writer) = std::io::pipe().map_err(not_run)?;
    let stdout = writer.try_clone().map_err(not_run)?;
    let mut running = Running::start(command, stdout).map_err(not_run)?;
    let mark = Uuid::new_v4().into_bytes();
    let (sender, mut printed) = oneshot::channel();
    // A thread of its own, for which nobody waits: a read from a pipe cannot be broken off.
    thread::spawn(move || {
        let mut reader = reader;
        // Told before the pipe is closed, which may end the command.
        sender.send(read_until(&mut reader, &mark))
    });
    let status = tokio::select! {
        biased;
        // Before the mark, it ends only where there is too much of it.
        _ = &mut printed => return Err(malformed(NoToken::Long)),
        status = running.child.wait() => status.map_err(not_run)?,
    };
    if !status.success() {
        return Err(TokenError::CommandFailed { ended: words(status) });
    }
    writer.write_all(&mark).map_err(not_run)?;
    match printed.await {
        Ok(Some(output)) => Ok(output),
        Ok(None) | Err(_) => Err(malformed(NoToken::Long)),
    }
}

/// What comes before the mark; nothing where that is too long.
fn read_until(pipe: &mut PipeReader, mark: &[u8]) -> Option<Vec<u8>> {
    let mut read = Vec::new();
    let mut chunk = [0; 4096];
    while read.len() <= MOST.saturating_add(mark.len()) {
        match pipe.read(&mut chunk) {
            Ok(0) => return None,
            Ok(length) => read.extend_from_slice(chunk.get(..length)?),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
        if let Some(end) = read.windows(mark.len()).position(|window| window == mark) {
            read.truncate(end);
            return Some(read);
        }
    }
    None
}

fn words(status: ExitStatus) -> String {
    let hint = match status.code() {
        Some(127) => ": the shell does not find a command in it",
        Some(126) => ": the shell may not run a command in it",
        _ => "",
    };
    format!("{status}{hint}")
}

/// A command, which ends with everything that it has started once this is dropped before its end.
struct Running {
    child: Child,
    /// Whether it is the first of a process group of its own.
    #[cfg(unix)]
    leads: bool,
}

impl Running {
    fn start(command: &SecretString, stdout: PipeWriter) -> std::io::Result<Self> {
        let (shell, option) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
        let mut shell = Command::new(shell);
        shell
            .args([option, command.expose_secret()])
            .stdin(Stdio::null())
            .stdout(stdout)
            .stderr(Stdio::null())
            .kill_on_drop(true);
        // On a terminal it stays in the group that Ctrl-C reaches, and may ask there for a password: in a group of its
        // own, the terminal would stop it.
        #[cfg(unix)]
        let leads = !std::io::stdin().is_terminal();
        #[cfg(unix)]
        if leads {
            shell.process_group(0);
        }
        Ok(Self {
            child: shell.spawn()?,
            #[cfg(unix)]
            leads,
        })
    }
}

#[cfg(unix)]
impl Drop for Running {
    fn drop(&mut self) {
        use rustix::process::{Pid, Signal, kill_process_group};
        // A child that was waited for has no id any more: then its group may be somebody else's, or live on by intent.
        let leader = self.child.id().filter(|_| self.leads);
        let group = leader.and_then(|id| Pid::from_raw(id.try_into().ok()?));
        if let Some(group) = group {
            // It may have ended by itself.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}
