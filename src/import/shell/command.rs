//! A command of a shell text and its words, as every shell's reader makes them.

/// A command.
#[derive(Debug, Default)]
pub(in crate::import) struct ShellCommand {
    pub(in crate::import) words: Vec<ShellWord>,
    /// The text that it reads from standard input, where it stands here.
    pub(in crate::import) input: Option<ShellWord>,
    /// Whether it reads what the command before it prints.
    pub(in crate::import) is_piped: bool,
    /// The comment in front of it.
    pub(in crate::import) comment: Option<String>,
}

/// A word, without its quotes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::import) struct ShellWord {
    pub(in crate::import) text: String,
    /// Whether a shell would put something else in the place of a part: `$NAME`, `$(…)`.
    pub(in crate::import) is_filled_in: bool,
    /// Whether it holds `''`, which is nothing to sh and an apostrophe in PowerShell.
    pub(in crate::import) has_doubled: bool,
}

impl ShellCommand {
    /// Whether it runs curl, by whatever path.
    pub(in crate::import) fn is_curl(&self) -> bool {
        self.words.iter().any(ShellWord::is_curl)
    }

    /// Whether it runs `curl.exe`, as PowerShell needs it where `curl` is something else.
    pub(in crate::import) fn is_curl_exe(&self) -> bool {
        let is_exe = |word: &ShellWord| word.is_curl() && word.text.to_lowercase().ends_with(".exe");
        self.words.iter().any(is_exe)
    }
}

impl ShellWord {
    /// Whether it is the name of curl, or a path to it.
    pub(in crate::import) fn is_curl(&self) -> bool {
        let name = self.text.rsplit(['/', '\\']).next().unwrap_or_default();
        name == "curl" || name.eq_ignore_ascii_case("curl.exe")
    }
}
