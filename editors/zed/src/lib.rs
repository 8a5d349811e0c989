//! Tells Zed how `dialform server` is started.

use zed_extension_api::settings::LspSettings;
use zed_extension_api::{Command, Extension, LanguageServerId, Result, Worktree, register_extension};

struct Dialform;

impl Extension for Dialform {
    fn new() -> Self {
        Self
    }

    fn language_server_command(&mut self, id: &LanguageServerId, worktree: &Worktree) -> Result<Command> {
        let set = LspSettings::for_worktree(id.as_ref(), worktree).ok();
        let (path, arguments) = match set.and_then(|set| set.binary) {
            Some(binary) => (binary.path, binary.arguments),
            None => (None, None),
        };
        let command = path.or_else(|| worktree.which("dialform")).ok_or(
            "`dialform` is not on the PATH: install it, or name it in Zed's settings, \
             \"lsp\": { \"dialform\": { \"binary\": { \"path\": \"/path/to/dialform\" } } }",
        )?;
        Ok(Command {
            command,
            args: arguments.unwrap_or_else(|| vec!["server".to_owned()]),
            env: worktree.shell_env(),
        })
    }
}

register_extension!(Dialform);
