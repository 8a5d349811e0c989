//! The line before a place, read as far as it is written: completion is asked for where the text is not whole.

/// What stands before a place on its line, or behind the last `;` or brace on it.
#[derive(Debug)]
pub(super) struct Line<'t> {
    /// Where that begins.
    pub(super) start: usize,
    /// Where the word begins that is being written.
    pub(super) word_start: usize,
    /// Where it ends, behind the place.
    pub(super) word_end: usize,
    /// Whether that word stands in quotes.
    pub(super) is_quoted: bool,
    /// What the word is.
    pub(super) slot: Slot<'t>,
}

/// What is being written.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Slot<'t> {
    /// The name of a node.
    Node,
    /// An argument or a property of a node that has these already.
    Argument {
        node: &'t str,
        arguments: Vec<&'t str>,
        properties: Vec<&'t str>,
    },
    /// The value of a property, behind these arguments.
    Property {
        node: &'t str,
        property: &'t str,
        arguments: Vec<&'t str>,
    },
    /// A rule in a comment that ignores some.
    Rules,
    /// Something that has no name: a comment.
    Nothing,
}

impl<'t> Line<'t> {
    /// The line before a byte.
    pub(super) fn before(text: &'t str, byte: usize) -> Self {
        let line_start = text
            .get(..byte)
            .and_then(|before| before.rfind(['\n', '\r']))
            .map_or(0, |end| end + 1);
        let line = text.get(line_start..byte).unwrap_or_default();
        let mut words = Words::default();
        let mut chars = line.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' if words.in_quotes => {
                    words.in_quotes = false;
                    words.end(at + 1);
                }
                '\\' if words.in_quotes => drop(chars.next()),
                _ if words.in_quotes => {}
                '"' => {
                    words.begin(at);
                    words.in_quotes = true;
                }
                '/' if line.get(at..).is_some_and(|rest| rest.starts_with("//")) => {
                    return Self::comment(text, line_start + at, byte);
                }
                '{' | '}' | ';' => {
                    words = Words {
                        start: at + 1,
                        ..Words::default()
                    }
                }
                c if c.is_whitespace() => words.end(at),
                _ => words.begin(at),
            }
        }
        let is_quoted = words.in_quotes;
        let current = words.current.take().unwrap_or(line.len());
        let finished: Vec<&str> = words
            .done
            .iter()
            .filter_map(|(from, to)| line.get(*from..*to))
            .collect();
        let word = line.get(current..).unwrap_or_default();
        let (property, value_at) = match word.split_once('=') {
            Some((name, _)) if !name.starts_with('"') => (Some(name), current + name.len() + 1),
            _ => (None, current),
        };
        let is_property = |word: &&&str| word.contains('=') && !word.starts_with('"');
        let slot = match (finished.split_first(), property) {
            (None, _) => Slot::Node,
            (Some((node, others)), Some(property)) => Slot::Property {
                node,
                property,
                arguments: others.iter().filter(|word| !is_property(word)).copied().collect(),
            },
            (Some((node, others)), None) => Slot::Argument {
                node,
                arguments: others.iter().filter(|word| !is_property(word)).copied().collect(),
                properties: others
                    .iter()
                    .filter(is_property)
                    .filter_map(|word| Some(word.split_once('=')?.0))
                    .collect(),
            },
        };
        let opened = line.get(value_at..).is_some_and(|value| value.starts_with('"'));
        let word_start = line_start + value_at + usize::from(is_quoted && opened);
        Self {
            start: line_start + words.start,
            word_start,
            word_end: byte + rest_of_word(text.get(byte..).unwrap_or_default(), is_quoted, word_start == byte),
            is_quoted,
            slot,
        }
    }

    /// A comment: rules stand between its brackets.
    fn comment(text: &'t str, start: usize, byte: usize) -> Self {
        let comment = text.get(start..byte).unwrap_or_default();
        let open = comment.rfind('[').filter(|open| {
            let is_directive = comment.contains("dialform:") && comment.contains("ignore");
            is_directive && !comment.get(*open..).is_some_and(|rest| rest.contains(']'))
        });
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
        Self {
            start,
            word_start: start + comment.trim_end_matches(is_part).len(),
            word_end: byte,
            is_quoted: false,
            slot: match open {
                Some(_) => Slot::Rules,
                None => Slot::Nothing,
            },
        }
    }
}

/// How much of a text still belongs to a word that begins before it.
fn rest_of_word(rest: &str, is_quoted: bool, is_new: bool) -> usize {
    let line = rest.split(['\n', '\r']).next().unwrap_or_default();
    match is_quoted {
        // Of a text without an end nobody knows how much was meant.
        true => line
            .find('"')
            .filter(|end| !line[..*end].contains('\\'))
            .unwrap_or_default(),
        // What stands behind a new word is another one.
        false if is_new => 0,
        false => {
            let ends = |c: char| c.is_whitespace() || "\"{};=()/\\".contains(c);
            line.find(ends).unwrap_or(line.len())
        }
    }
}

/// The words of a line while they are read.
#[derive(Default)]
struct Words {
    start: usize,
    in_quotes: bool,
    current: Option<usize>,
    done: Vec<(usize, usize)>,
}

impl Words {
    fn begin(&mut self, at: usize) {
        self.current.get_or_insert(at);
    }

    fn end(&mut self, at: usize) {
        if let Some(from) = self.current.take() {
            self.done.push((from, at));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(text: &str) -> (Slot<'_>, &str) {
        let line = Line::before(text, text.len());
        (line.slot, &text[line.word_start..])
    }

    #[test]
    fn the_word_goes_on_behind_the_place() {
        for (text, word) in [
            ("pa¦ce \"3/s\"", "pace"),
            ("¦pace", ""),
            ("scenario \"mos¦cow\" x", "moscow"),
            ("scenario \"¦moscow\"", "moscow"),
            ("scenario \"mos¦cow\nx \"", "mos"),
            ("caller-id i¦d=\"x\"", "id"),
            ("record #t¦rue}", "#true"),
        ] {
            let byte = text.find('¦').unwrap();
            let text = text.replace('¦', "");
            let line = Line::before(&text, byte);
            assert_eq!(&text[line.word_start..line.word_end], word, "{text}");
        }
    }

    #[test]
    fn half_a_line_is_read() {
        assert_eq!(slot("a \"x\"\n  pa"), (Slot::Node, "pa"));
        assert_eq!(slot("campaign \"a\" { redial { bu"), (Slot::Node, "bu"));
        let property = |node, property, argument: &'static str| Slot::Property {
            node,
            property,
            arguments: vec![argument],
        };
        assert_eq!(
            slot("caller-id \"number\" id=\"mo"),
            (property("caller-id", "id", "\"number\""), "mo")
        );
        assert_eq!(
            slot("campaign \"a{b\" template="),
            (property("campaign", "template", "\"a{b\""), "")
        );
        let argument = |node, arguments: &[&'static str], properties: &[&'static str]| Slot::Argument {
            node,
            arguments: arguments.to_vec(),
            properties: properties.to_vec(),
        };
        assert_eq!(slot("pace \""), (argument("pace", &[], &[]), ""));
        assert_eq!(slot("x; record #t"), (argument("record", &[], &[]), "#t"));
        assert_eq!(slot("busy after=\"20 m\" "), (argument("busy", &[], &["after"]), ""));
        assert_eq!(slot("name \"й\" // dialform: ignore[DF1, ba"), (Slot::Rules, "ba"));
        assert_eq!(slot("// a"), (Slot::Nothing, "a"));
    }
}
