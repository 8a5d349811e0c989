//! curl commands → the bodies that they send. Headers, credentials and addresses are skipped and never kept.

use super::shell::{ShellCommand, ShellWord};
use crate::util::suggest::is_key;

/// What a curl command sends.
#[derive(Debug, Default)]
pub(super) struct Curl {
    /// The text of the body.
    pub(super) data: Vec<Data>,
    /// The campaign's key, where `dialform render --curl` wrote the command.
    pub(super) key: Option<String>,
    /// The method, where one is named.
    method: Option<String>,
    /// Whether the address is that of the create method; `None` where it is unknown.
    is_create: Option<bool>,
    /// Whether something was skipped that can hold a token.
    pub(super) has_credentials: bool,
    /// Whether its quotes are those of a text for people, which a shell does not know.
    pub(super) is_typographic: bool,
}

/// One piece of a body.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Data {
    /// It stands in the command.
    Text(ShellWord),
    /// `@FILE`
    File(String),
    /// A form, a query or an upload: an option that sends no JSON.
    Other(&'static str),
}

/// Short options with a value behind them.
const SHORT: &str = "AbcCdDeEFHKmoPQrtTuUwxXyYz";

/// Long options with a value behind them. An unknown one is taken for a switch; its value is then taken for an address,
/// which does no harm.
const LONG: &[&str] = &[
    "abstract-unix-socket",
    "aws-sigv4",
    "cacert",
    "capath",
    "cert",
    "cert-type",
    "ciphers",
    "config",
    "connect-timeout",
    "connect-to",
    "continue-at",
    "cookie",
    "cookie-jar",
    "curves",
    "data",
    "data-ascii",
    "data-binary",
    "data-raw",
    "data-urlencode",
    "dns-servers",
    "doh-url",
    "dump-header",
    "form",
    "form-string",
    "header",
    "interface",
    "json",
    "keepalive-time",
    "key",
    "key-type",
    "limit-rate",
    "local-port",
    "max-filesize",
    "max-redirs",
    "max-time",
    "noproxy",
    "oauth2-bearer",
    "output",
    "output-dir",
    "pass",
    "pinnedpubkey",
    "preproxy",
    "proto",
    "proxy",
    "proxy-header",
    "proxy-user",
    "range",
    "rate",
    "referer",
    "request",
    "request-target",
    "resolve",
    "retry",
    "retry-delay",
    "retry-max-time",
    "socks5",
    "stderr",
    "tls-max",
    "trace",
    "trace-ascii",
    "upload-file",
    "url",
    "url-query",
    "user",
    "user-agent",
];

/// What editors and chats make of `'` and `"`.
const TYPOGRAPHIC: [char; 6] = ['‘', '’', '“', '”', '„', '«'];

/// The last part of the create method's address.
const METHOD: &str = "autoCall";

impl Curl {
    /// Whether this command creates no task.
    pub(super) fn is_other(&self) -> bool {
        let is_other_method = self
            .method
            .as_deref()
            .is_some_and(|method| !method.eq_ignore_ascii_case("post"));
        self.is_create == Some(false) || is_other_method
    }
}

/// Reads a command, where it is one of curl: one request, or several with `--next` between them.
pub(super) fn read(command: &ShellCommand) -> Vec<Curl> {
    let Some(at) = command.words.iter().position(ShellWord::is_curl) else {
        return Vec::new();
    };
    let words = command.words.get(at + 1..).unwrap_or_default();
    let requests = words.split(|word| matches!(word.text.as_str(), "--next" | "-:"));
    let mut requests: Vec<Curl> = requests.map(|words| request(words, command.input.as_ref())).collect();
    let is_rendered = words.iter().any(|word| word.text.contains("$DIALFORM_TOKEN"));
    if let ([request], true) = (requests.as_mut_slice(), is_rendered) {
        request.key = command.comment.clone().filter(|key| is_key(key));
    }
    requests
}

fn request(words: &[ShellWord], input: Option<&ShellWord>) -> Curl {
    let mut curl = Curl {
        is_typographic: words.iter().any(|word| word.text.starts_with(TYPOGRAPHIC)),
        ..Curl::default()
    };
    let mut words = words.iter();
    let mut are_options = true;
    while let Some(word) = words.next() {
        let text = word.text.as_str();
        if !are_options || !text.starts_with('-') || text == "-" {
            curl.address(text);
        } else if text == "--" {
            are_options = false;
        } else if let Some(name) = text.strip_prefix("--") {
            let (name, glued) = match name.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (name, None),
            };
            if LONG.contains(&name) {
                let value = match glued {
                    Some(value) => Some(ShellWord {
                        text: value.to_owned(),
                        ..word.clone()
                    }),
                    None => words.next().cloned(),
                };
                curl.option(name, value, input);
            } else {
                curl.option(name, None, None);
            }
        } else {
            curl.short(word, &mut words, input);
        }
    }
    curl
}

impl Curl {
    /// `-sSXPOST`: switches, and at last an option with a value.
    fn short<'w>(
        &mut self,
        word: &ShellWord,
        words: &mut impl Iterator<Item = &'w ShellWord>,
        input: Option<&ShellWord>,
    ) {
        for (at, c) in word.text.char_indices().skip(1) {
            if !SHORT.contains(c) {
                if c == 'G' {
                    self.data.push(Data::Other("--get"));
                }
                continue;
            }
            let glued = word.text.get(at + c.len_utf8()..).filter(|rest| !rest.is_empty());
            let value = match glued {
                Some(rest) => Some(ShellWord {
                    text: rest.to_owned(),
                    ..word.clone()
                }),
                None => words.next().cloned(),
            };
            let name = match c {
                'd' => "data",
                'F' => "form",
                'H' => "header",
                'T' => "upload-file",
                'X' => "request",
                'u' | 'U' => "user",
                'b' => "cookie",
                _ => "",
            };
            self.option(name, value, input);
            return;
        }
    }

    fn option(&mut self, name: &str, value: Option<ShellWord>, input: Option<&ShellWord>) {
        match (name, value) {
            ("data" | "data-ascii" | "data-binary" | "json", Some(value)) => self.piece(value, input),
            ("data-raw", Some(value)) => self.data.push(Data::Text(value)),
            ("data-urlencode", _) => self.data.push(Data::Other("--data-urlencode")),
            ("form" | "form-string", _) => self.data.push(Data::Other("--form")),
            ("upload-file", _) => self.data.push(Data::Other("--upload-file")),
            ("get", _) => self.data.push(Data::Other("--get")),
            ("request", Some(value)) => self.method = Some(value.text),
            ("url", Some(value)) => self.address(&value.text),
            ("header" | "user" | "cookie" | "oauth2-bearer" | "proxy-user" | "proxy-header" | "config", _) => {
                self.has_credentials = true;
            }
            _ => {}
        }
    }

    /// `@FILE`, `@-`, or the text itself.
    fn piece(&mut self, value: ShellWord, input: Option<&ShellWord>) {
        let piece = match (value.text.strip_prefix('@'), input) {
            (Some("-"), Some(input)) => Data::Text(input.clone()),
            (Some(file), _) => Data::File(file.to_owned()),
            (None, _) => Data::Text(value),
        };
        self.data.push(piece);
    }

    fn address(&mut self, text: &str) {
        if path_of(text).contains('@') {
            self.has_credentials = true;
        }
        if self.is_create != Some(true) {
            self.is_create = creates_task(text).or(self.is_create);
        }
    }
}

fn path_of(address: &str) -> &str {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    path.trim_end_matches('/')
}

/// Whether an address is that of the create method; `None` where it is unknown: neither a lone variable nor the value of an
/// unknown option is an address.
pub(super) fn creates_task(address: &str) -> Option<bool> {
    let path = path_of(address.trim());
    path.contains('/').then(|| path.rsplit('/').next() == Some(METHOD))
}
