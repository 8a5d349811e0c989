//! Selects the state that a command works on, and adds that selection to the commands in its messages.

use std::path::{Path, PathBuf};

use super::environment;
use crate::util::hint;
use crate::util::printable::{self, Medium};

/// Which state to use, and whether the sandbox takes the place of the API.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct StateArgs {
    /// The state's file, or the address of a store [default: what `state` says, or dialform.state.json next to dialform.kdl]
    #[arg(long, value_name = "FILE|ADDRESS", conflicts_with = "sandbox")]
    pub(super) state: Option<PathBuf>,
    /// Use the built-in sandbox instead of the API, with its own state under .dialform/
    #[arg(long)]
    pub(super) sandbox: bool,
    /// A PEM file with additional certificate authorities to trust
    #[arg(long, value_name = "FILE")]
    pub(super) ca_file: Option<PathBuf>,
}

impl StateArgs {
    /// Adds these flags to the commands that messages tell to run, which would find another state without them.
    pub(super) fn show_in_commands(&self) {
        let environment = environment::chosen().map(|name| format!("--env {}", shell_word(Path::new(name))));
        let state = match &self.state {
            Some(file) => Some(format!("--state {}", shell_word(file))),
            None if self.sandbox => Some("--sandbox".to_owned()),
            None => None,
        };
        let flags: Vec<String> = environment.into_iter().chain(state).collect();
        hint::set_state_flags(flags.join(" "));
    }
}

/// A path as one word of a shell command. What nobody sees is written by its bytes, as most shells read them.
pub(super) fn shell_word(path: &Path) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+:@%=,".contains(c);
    match path.to_str() {
        Some(text) if !text.is_empty() && text.chars().all(is_plain) => text.to_owned(),
        Some(text) if printable::shown(text, Medium::Line) == text => format!("'{}'", text.replace('\'', r"'\''")),
        _ => {
            let bytes = path.as_os_str().as_encoded_bytes().iter();
            let bytes: String = bytes
                .map(|byte| match byte {
                    b'\'' | b'\\' | 0..b' ' | 0x7f.. => format!("\\x{byte:02x}"),
                    byte => char::from(*byte).to_string(),
                })
                .collect();
            format!("$'{bytes}'")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_word_of_a_shell_is_seen_and_read_back() {
        use std::os::unix::ffi::OsStrExt;
        let names: [&[u8]; 5] = [
            b"a\nb",
            "a'\u{202e} \\b".as_bytes(),
            b"\xff",
            b"",
            "Скидки 1".as_bytes(),
        ];
        for name in names {
            let word = shell_word(Path::new(std::ffi::OsStr::from_bytes(name)));
            assert_eq!(printable::shown(&word, Medium::Line), word);
            let told = std::process::Command::new("bash")
                .args(["-c", &format!("printf %s {word}")])
                .output()
                .unwrap();
            assert_eq!(told.stdout, name, "{word}");
        }
    }
}
