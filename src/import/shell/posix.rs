//! sh and its kin: quotes, continued lines, here-documents, pipes and `$(…)`.

use super::{Other, ShellCommand, ShellCursor, ShellError, ShellWord, pipes};

/// How deep commands in `$(…)` are read.
const DEEPEST: usize = 4;

/// Why sh cannot read a text.
#[derive(Debug)]
pub(super) enum PosixError {
    Shell(ShellError),
    /// It was written for another shell.
    Written(Other),
}

impl From<ShellError> for PosixError {
    fn from(error: ShellError) -> Self {
        Self::Shell(error)
    }
}

/// Every command of a text, those in `$(…)` in front of the one that they stand in.
pub(super) fn commands(text: &str) -> Result<Vec<ShellCommand>, PosixError> {
    let mut reader = PosixReader::new(ShellCursor::new(text), DEEPEST);
    let read = reader.all(false);
    match reader.other {
        // What has no end here may well have one there.
        Some(other) => Err(PosixError::Written(other)),
        None => read.map(|()| reader.into_commands()).map_err(PosixError::Shell),
    }
}

pub(super) struct PosixReader<'a> {
    pub(super) text: ShellCursor<'a>,
    /// How deep commands in `$(…)` may still be read.
    depth: usize,
    found: Vec<ShellCommand>,
    /// Commands in `$(…)`, and the command that each stands in.
    inner: Vec<(usize, Vec<ShellCommand>)>,
    /// Texts for standard input that begin at the next line.
    waiting: Vec<Waiting>,
    /// The last comment, until a command begins.
    comment: Option<String>,
    /// The shell that the text was written for, where it is not this one.
    pub(super) other: Option<Other>,
}

/// A here-document whose text is still to come.
struct Waiting {
    command: usize,
    /// The line that ends it.
    end: String,
    /// Where `<<` stands.
    start: usize,
    /// `<<-`
    drops_tabs: bool,
    /// Whether a part of the end was quoted: then nothing in the text means anything else.
    is_literal: bool,
}

impl<'a> PosixReader<'a> {
    fn new(text: ShellCursor<'a>, depth: usize) -> Self {
        Self {
            text,
            depth,
            found: vec![ShellCommand::default()],
            inner: Vec::new(),
            waiting: Vec::new(),
            comment: None,
            other: None,
        }
    }

    fn into_commands(self) -> Vec<ShellCommand> {
        let Self {
            mut found, mut inner, ..
        } = self;
        pipes::connect(&mut found);
        let mut all = Vec::new();
        inner.reverse();
        for (at, command) in found.into_iter().enumerate() {
            while let Some((_, commands)) = inner.pop_if(|(within, _)| *within == at) {
                all.extend(commands);
            }
            all.push(command);
        }
        all.retain(|command| !command.words.is_empty());
        all
    }

    /// Reads to the end, or to the `)` that ends a `$(…)`.
    fn all(&mut self, is_inner: bool) -> Result<(), ShellError> {
        let mut open = 0_usize;
        while let Some(c) = self.text.peek() {
            if let Some(other) = self.written_for() {
                self.other = Some(other);
                return Ok(());
            }
            match c {
                '\n' => {
                    self.text.at += 1;
                    self.inputs()?;
                    // `cat <<EOF |` goes on in the next line.
                    if !self
                        .found
                        .last()
                        .is_some_and(|last| last.is_piped && last.words.is_empty())
                    {
                        self.found.push(ShellCommand::default());
                    }
                }
                '|' if !self.text.rest().starts_with("||") => {
                    self.text.at += 1;
                    self.found.push(ShellCommand {
                        is_piped: true,
                        ..ShellCommand::default()
                    });
                }
                '|' => {
                    self.text.at += 2;
                    self.found.push(ShellCommand::default());
                }
                ')' if is_inner && open == 0 => return self.inputs(),
                ';' | '&' | '(' | ')' => {
                    match c {
                        '(' => open += 1,
                        ')' => open = open.saturating_sub(1),
                        _ => {}
                    }
                    self.text.at += 1;
                    self.found.push(ShellCommand::default());
                }
                '#' => {
                    let start = self.text.at;
                    self.text.skip_line();
                    let comment = self.text.text.get(start..self.text.at).unwrap_or_default();
                    self.comment = Some(comment.trim_matches(['#', ' ', '\t']).to_owned());
                }
                '<' => self.input()?,
                '>' => {
                    self.text.at += 1;
                    self.text.eat(">");
                    self.text.eat("&");
                    self.blanks();
                    self.word()?;
                }
                c if c.is_whitespace() => self.text.at += c.len_utf8(),
                _ if self.text.continued('\\') => {}
                _ => {
                    let word = self.word()?;
                    if let Some(command) = self.found.last_mut() {
                        command.comment = command.comment.take().or(self.comment.take());
                        command.words.push(word);
                    }
                }
            }
            if self.other.is_some() {
                return Ok(());
            }
        }
        self.inputs()
    }

    /// The shell that what begins here was written for, if it is another one: by the quote that opens an argument, the
    /// sign that continues a line, or the way in which a variable is set.
    fn written_for(&self) -> Option<Other> {
        let (rest, command) = (self.text.rest(), self.found.last()?);
        let opens_text = |quote| {
            rest.strip_prefix(quote)
                .is_some_and(|rest| rest.trim_start_matches([' ', '\t']).starts_with('\n'))
        };
        let sets = || {
            let name = rest.strip_prefix('$')?;
            let behind = name.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':'));
            let is_set = behind.len() < name.len() && behind.trim_start_matches([' ', '\t']).starts_with('=');
            is_set.then_some(())
        };
        let is_continued = |sign| self.text.end_of_continued(sign).is_some();
        if command.is_curl() && (rest.starts_with("^\"") || is_continued('^')) {
            Some(Other::Cmd)
        } else if is_continued('`')
            || opens_text("@'")
            || opens_text("@\"")
            || (command.words.is_empty() && sets().is_some())
        {
            Some(Other::PowerShell)
        } else {
            None
        }
    }

    /// Notes what no sh would be given.
    pub(super) fn looks_like_powershell(&mut self) {
        if self.found.last().is_some_and(ShellCommand::is_curl_exe) {
            self.other = Some(Other::PowerShell);
        }
    }

    fn blanks(&mut self) {
        while self.text.eat(" ") || self.text.eat("\t") || self.text.eat("\\\n") {}
    }

    /// `<<EOF`, `<<<"text"` or `<file`.
    fn input(&mut self) -> Result<(), ShellError> {
        let start = self.text.at;
        let command = self.found.len() - 1;
        if self.text.eat("<<<") {
            self.blanks();
            let word = self.word()?;
            self.found[command].input = Some(word);
        } else if self.text.eat("<<") {
            let drops_tabs = self.text.eat("-");
            self.blanks();
            let begin = self.text.at;
            let end = self.word()?.text;
            let written = self.text.text.get(begin..self.text.at).unwrap_or_default();
            let is_literal = written.contains(['\'', '"', '\\']);
            self.waiting.push(Waiting {
                command,
                end,
                start,
                drops_tabs,
                is_literal,
            });
        } else {
            self.text.at += 1;
            self.blanks();
            self.word()?;
        }
        Ok(())
    }

    /// The texts that begin where a line has ended.
    fn inputs(&mut self) -> Result<(), ShellError> {
        for waiting in std::mem::take(&mut self.waiting) {
            let mut text = String::new();
            loop {
                if self.text.rest().is_empty() {
                    let line = self.text.line(waiting.start);
                    return Err(ShellError::NoEnd { line });
                }
                let line = self.line(&waiting);
                if line.trim_end_matches('\n') == waiting.end {
                    break;
                }
                text.push_str(&line);
            }
            self.found[waiting.command].input = Some(match waiting.is_literal {
                true => ShellWord {
                    text,
                    ..ShellWord::default()
                },
                false => unescaped(&text),
            });
        }
        Ok(())
    }

    /// One line of a here-document, joined with the next one where a backslash says so.
    fn line(&mut self, waiting: &Waiting) -> String {
        let mut line = String::new();
        loop {
            let rest = self.text.rest();
            let whole = rest.find('\n').map_or(rest, |at| &rest[..=at]);
            self.text.at += whole.len();
            let shown = match waiting.drops_tabs && line.is_empty() {
                true => whole.trim_start_matches('\t'),
                false => whole,
            };
            line.push_str(shown);
            let bare = line.strip_suffix('\n').unwrap_or(&line);
            let backslashes = bare.len() - bare.trim_end_matches('\\').len();
            let is_joined = !waiting.is_literal && backslashes % 2 == 1 && bare.len() < line.len();
            if !is_joined || self.text.rest().is_empty() {
                return line;
            }
            line.truncate(line.len() - 2);
        }
    }

    pub(super) fn word(&mut self) -> Result<ShellWord, ShellError> {
        let mut word = ShellWord::default();
        while let Some(c) = self.text.peek() {
            match c {
                '\'' => self.single(&mut word)?,
                '"' => self.double(&mut word)?,
                '$' if self.text.eat("$'") => self.ansi(&mut word)?,
                // A translated string, which here is as good as any.
                '$' if self.text.rest().starts_with("$\"") => self.text.at += 1,
                '$' | '`' => self.filled_in(&mut word)?,
                '\\' if !self.text.rest().starts_with("\\\n") && self.text.continued('\\') => break,
                '\\' => {
                    self.text.at += 1;
                    match self.text.next() {
                        Some('\n') | None => {}
                        Some(c) => word.text.push(c),
                    }
                }
                ';' | '&' | '|' | '<' | '>' | '(' | ')' => break,
                c if c.is_whitespace() => break,
                c => {
                    self.text.at += c.len_utf8();
                    word.text.push(c);
                }
            }
        }
        Ok(word)
    }

    /// What a shell would put something else in the place of. It is kept as it stands.
    pub(super) fn filled_in(&mut self, word: &mut ShellWord) -> Result<(), ShellError> {
        let start = self.text.at;
        let Some(opening) = self.text.next() else { return Ok(()) };
        if opening == '`' {
            let rest = self.text.rest();
            self.text.at += rest.find('`').map_or(rest.len(), |at| at + 1);
        } else if self.text.eat("(") {
            let commands = self.commands_inside()?;
            if let [command] = commands.as_slice()
                && let Some(said) = pipes::output(command)
            {
                word.text.push_str(said.text.trim_end_matches('\n'));
                word.is_filled_in |= said.is_filled_in;
                return Ok(());
            }
            self.inner.push((self.found.len() - 1, commands));
        } else if !is_name_start(self.text.peek()) {
            // A dollar sign alone is itself.
            word.text.push('$');
            return Ok(());
        }
        word.is_filled_in = true;
        word.text
            .push_str(self.text.text.get(start..self.text.at).unwrap_or_default());
        Ok(())
    }

    /// The commands of a `$(…)` whose beginning was read, up to its end.
    fn commands_inside(&mut self) -> Result<Vec<ShellCommand>, ShellError> {
        let start = self.text.at;
        let Some(depth) = self.depth.checked_sub(1) else {
            let rest = self.text.rest();
            self.text.at += rest.find(')').map_or(rest.len(), |at| at + 1);
            return Ok(Vec::new());
        };
        let mut reader = PosixReader::new(self.text, depth);
        reader.all(true)?;
        self.text.at = reader.text.at;
        self.other = self.other.or(reader.other);
        if !self.text.eat(")") && self.other.is_none() {
            return Err(self.text.unclosed("$(", start));
        }
        Ok(reader.into_commands())
    }
}

/// The text of a here-document as the command reads it.
fn unescaped(text: &str) -> ShellWord {
    let mut word = ShellWord::default();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek().copied()) {
            ('\\', Some(next @ ('\\' | '$' | '`'))) => {
                chars.next();
                word.text.push(next);
            }
            ('`', _) | ('$', Some('(')) => {
                word.is_filled_in = true;
                word.text.push(c);
            }
            ('$', next) => {
                word.is_filled_in |= is_name_start(next);
                word.text.push(c);
            }
            _ => word.text.push(c),
        }
    }
    word
}

/// Whether a `$` in front of this is that of `$NAME`, `${NAME}` or `$1`.
fn is_name_start(c: Option<char>) -> bool {
    c.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '{' | '@' | '*' | '?'))
}
