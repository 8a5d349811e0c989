//! What one command of a shell text hands to the next: by a pipe, or by a variable that holds a body. Nothing is run; only
//! `cat`, `echo` and `printf` of a text that stands there are understood.

use std::collections::BTreeMap;

use super::shell::{Command, Word};

/// Gives each command the text that the one before it pipes into it, and the bodies that variables stand for.
pub(super) fn over(commands: &mut [Command]) {
    for at in 1..commands.len() {
        let (before, behind) = commands.split_at_mut(at);
        if let (Some(from), Some(to)) = (before.last(), behind.first_mut())
            && to.is_piped
            && to.input.is_none()
        {
            to.input = output(from);
        }
    }
    let mut bodies: BTreeMap<String, Word> = BTreeMap::new();
    for command in commands {
        for word in &mut command.words {
            if let Some(body) = variable(&word.text).and_then(|name| bodies.get(name)) {
                *word = body.clone();
            }
        }
        let words = command.words.iter().skip_while(|word| word.text == "export");
        bodies.extend(words.map_while(assignment).flatten());
    }
}

/// What a command prints, where that stands in it.
pub(super) fn output(command: &Command) -> Option<Word> {
    let (name, words) = command.words.split_first()?;
    let words: Vec<&Word> = words.iter().collect();
    match (name.text.as_str(), words.as_slice()) {
        ("cat", []) => command.input.clone(),
        ("echo", words) => {
            let is_option = |word: &&&Word| matches!(word.text.as_str(), "-n" | "-e" | "-E");
            let said: Vec<&Word> = words.iter().skip_while(is_option).copied().collect();
            let texts: Vec<&str> = said.iter().map(|word| word.text.as_str()).collect();
            Some(Word {
                text: texts.join(" "),
                is_filled_in: said.iter().any(|word| word.is_filled_in),
            })
        }
        ("printf", [form, word]) if matches!(form.text.as_str(), "%s" | "%s\\n") => Some((*word).clone()),
        ("printf", [word]) if !word.text.contains(['%', '\\']) => Some((*word).clone()),
        _ => None,
    }
}

/// `NAME={"…": …}`; nothing for the variables that hold something else, such as a token.
#[expect(clippy::option_option, reason = "no assignment, and one that is passed over")]
fn assignment(word: &Word) -> Option<Option<(String, Word)>> {
    let (name, text) = word.text.split_once('=').filter(|(name, _)| is_name(name))?;
    let body = text.trim_start().starts_with(['{', '[']).then(|| {
        let (text, is_filled_in) = (text.to_owned(), word.is_filled_in);
        (name.to_owned(), Word { text, is_filled_in })
    });
    Some(body)
}

/// The name in a word that is `$NAME` or `${NAME}` and nothing else.
fn variable(text: &str) -> Option<&str> {
    let name = text.strip_prefix('$')?;
    let inner = name.strip_prefix('{').and_then(|name| name.strip_suffix('}'));
    Some(inner.unwrap_or(name)).filter(|name| is_name(name))
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
