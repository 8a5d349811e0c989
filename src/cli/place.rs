//! Which state a command works on, and how the commands that its messages tell to run find the same one.

use std::path::{Path, PathBuf};

use crate::util::printable::{self, Medium};

/// Commands that take [`Where`].
const ABOUT_THE_STATE: [&str; 5] = ["plan", "apply", "state", "resolve", "doctor"];

/// Which state, and which API.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Where {
    /// The state file [default: dialform.state.json beside dialform.kdl]
    #[arg(long, value_name = "FILE", conflicts_with = "sandbox")]
    pub(super) state: Option<PathBuf>,
    /// Use the built-in stand-in for the API, with a state of its own under .dialform/
    #[arg(long)]
    pub(super) sandbox: bool,
}

impl Where {
    /// A message with `--sandbox` or `--state FILE` in each command that it tells to run, where this one was run so: the
    /// library, which words it, does not know of them, and without them the command would work on another state.
    pub(super) fn in_commands(&self, message: &str) -> String {
        const OPENING: &str = "`dialform ";
        let place = match &self.state {
            Some(file) => format!(" --state {}", shell_word(file)),
            None if self.sandbox => " --sandbox".to_owned(),
            None => return message.to_owned(),
        };
        let mut out = String::new();
        let mut rest = message;
        while let Some(at) = rest.find(OPENING) {
            let (before, command_on) = rest.split_at(at + OPENING.len());
            let (command, after) = command_on.split_at(command_on.find('`').unwrap_or(command_on.len()));
            out.push_str(before);
            out.push_str(command);
            if ABOUT_THE_STATE
                .iter()
                .any(|name| command.split(' ').next() == Some(name))
            {
                out.push_str(&place);
            }
            // The closing quote goes along, lest it be taken for an opening one.
            let closing = after.len().min(1);
            out.push_str(&after[..closing]);
            rest = &after[closing..];
        }
        out.push_str(rest);
        out
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

    const MESSAGE: &str =
        "`dialform resolve spring --adopt ID`, or `dialform state rm spring`; `dialform lint` and `moved`";

    fn at(state: Option<&str>, sandbox: bool) -> Where {
        Where {
            state: state.map(PathBuf::from),
            sandbox,
        }
    }

    #[test]
    fn commands_about_the_state_name_the_one_in_use() {
        assert_eq!(at(None, false).in_commands(MESSAGE), MESSAGE);
        assert_eq!(
            at(None, true).in_commands(MESSAGE),
            "`dialform resolve spring --adopt ID --sandbox`, or `dialform state rm spring --sandbox`; `dialform lint` and \
             `moved`"
        );
        assert_eq!(
            at(Some("my states/it's.json"), false).in_commands("see `dialform state list`"),
            r"see `dialform state list --state 'my states/it'\''s.json'`"
        );
    }

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

    #[test]
    fn text_without_commands_stays_as_it_is() {
        for text in ["", "`", "`dialform ", "`dialform lint", "Привет, `dialform`!"] {
            assert_eq!(at(None, true).in_commands(text), text);
        }
    }
}
