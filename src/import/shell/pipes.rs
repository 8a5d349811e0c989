//! What one command of a shell text passes to the next: by a pipe, or by a variable that holds a body. Nothing is run; only
//! `cat`, `echo` and `printf` of a literal text are understood.

use std::collections::BTreeMap;

use super::command::{ShellCommand, ShellWord};

/// Gives each command the text that the one before it pipes into it, and the bodies that variables stand for.
pub(super) fn connect(commands: &mut [ShellCommand]) {
    let mut bodies: BTreeMap<String, ShellWord> = BTreeMap::new();
    let mut printed = None;
    for command in commands {
        if command.is_piped && command.input.is_none() {
            command.input = printed;
        }
        for word in command.words.iter_mut().chain(&mut command.input) {
            if let Some(body) = variable(word).and_then(|name| bodies.get(name)) {
                *word = body.clone();
            }
        }
        let words = command.words.iter().skip_while(|word| word.text == "export");
        bodies.extend(words.map_while(assignment).flatten());
        printed = output(command);
    }
}

/// What a command prints, where that stands in it.
pub(super) fn output(command: &ShellCommand) -> Option<ShellWord> {
    let (name, words) = command.words.split_first()?;
    let words: Vec<&ShellWord> = words.iter().collect();
    match (name.text.as_str(), words.as_slice()) {
        ("cat", []) => command.input.clone(),
        ("echo", words) => {
            let is_option = |word: &&&ShellWord| matches!(word.text.as_str(), "-n" | "-e" | "-E" | "-ne" | "-en");
            let said: Vec<&ShellWord> = words.iter().skip_while(is_option).copied().collect();
            let options = words.iter().take_while(is_option);
            let is_escaped = options.filter(|word| word.text.contains('e')).count() > 0;
            if is_escaped && said.iter().any(|word| word.text.contains('\\')) {
                return None;
            }
            let texts: Vec<&str> = said.iter().map(|word| word.text.as_str()).collect();
            Some(ShellWord {
                text: texts.join(" "),
                is_filled_in: said.iter().any(|word| word.is_filled_in),
                has_doubled: said.iter().any(|word| word.has_doubled),
            })
        }
        ("printf", [form, word]) if matches!(form.text.as_str(), "%s" | "%s\\n") => Some((*word).clone()),
        ("printf", [word]) if !word.text.contains(['%', '\\']) => Some((*word).clone()),
        _ => None,
    }
}

/// `NAME={"…": …}`; nothing for the variables that hold something else, such as a token.
#[expect(clippy::option_option, reason = "no assignment, and one that is passed over")]
fn assignment(word: &ShellWord) -> Option<Option<(String, ShellWord)>> {
    let (name, text) = word.text.split_once('=').filter(|(name, _)| is_name(name))?;
    let body = text.trim_start().starts_with(['{', '[']).then(|| {
        let text = text.to_owned();
        (name.to_owned(), ShellWord { text, ..word.clone() })
    });
    Some(body)
}

/// The name in a word that is `$NAME` or `${NAME}` and nothing else.
fn variable(word: &ShellWord) -> Option<&str> {
    let name = word.text.strip_prefix('$').filter(|_| word.is_filled_in)?;
    let inner = name.strip_prefix('{').and_then(|name| name.strip_suffix('}'));
    Some(inner.unwrap_or(name)).filter(|name| is_name(name))
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
