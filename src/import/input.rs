//! The input of an import → request bodies: JSON documents, or curl commands.

use std::collections::BTreeSet;

use serde_json::Value;
use thiserror::Error;

use super::curl::{self, Curl, Data};
use super::json::{self, Document, JsonError};
use super::redact;
use super::remark::Remark;
use super::shell::{self, ShellError};
use crate::fields::FIELDS;
use crate::project::read_file::{self, FileContent};
use crate::wire::Body;

/// The most bytes that are read: more than any project renders to.
pub const MAX_INPUT: u64 = 1 << 30;

/// One request body.
#[derive(Debug)]
pub struct Item {
    /// Where in the input: `$`, `$[1].body`, `curl 2: $`.
    pub(super) at: String,
    /// Its key in what `render` prints.
    pub(super) key: Option<String>,
    /// The body, or why there is none.
    pub(super) body: Result<Body, String>,
}

/// The whole input.
#[derive(Debug, Default)]
pub struct Input {
    /// The bodies, in order.
    pub(super) items: Vec<Item>,
    /// Remarks about the input itself.
    pub(super) remarks: Vec<Remark>,
    /// How many requests of an export create no task, and how many answers look like requests that do.
    pub(super) passed_over: usize,
}

/// Why nothing can be imported.
#[derive(Debug, Error)]
pub enum InputError {
    /// Nothing but white space.
    #[error("there is nothing in it; give a JSON request body, a list of them, or a curl command")]
    Empty,
    /// Not UTF-8.
    #[error("it is not UTF-8 (byte {0}); save it as UTF-8 and try again")]
    NotUtf8(usize),
    /// UTF-16, as PowerShell writes.
    #[error("it is UTF-16; save it as UTF-8 and try again (in PowerShell: `| Out-File -Encoding utf8`)")]
    Utf16,
    /// More than [`MAX_INPUT`].
    #[error("it is larger than {} MiB, which no list of request bodies is", MAX_INPUT >> 20)]
    TooLarge,
    /// Neither of the two forms.
    #[error(
        "it is neither JSON (which begins with `{{` or `[`) nor a curl command; from a command of another tool, such as HTTPie, \
         Invoke-RestMethod or Python, give the JSON body that it sends"
    )]
    Neither,
    /// Begins like JSON, and is none.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// Words of a shell that have no end.
    #[error(transparent)]
    Shell(#[from] ShellError),
    /// Well-formed, and empty.
    #[error("there is no request body in it{0}")]
    NoBody(String),
}

impl Input {
    /// How many bodies there are.
    pub fn count(&self) -> usize {
        self.items.len()
    }
}

/// Parses the input.
///
/// # Errors
///
/// [`InputError`] where there is no body in it at all. A body of several that cannot be read is an item of its own.
pub fn read(bytes: &[u8]) -> Result<Input, InputError> {
    let text = match read_file::decode(bytes, MAX_INPUT) {
        FileContent::Text(text) => text,
        FileContent::NotUtf8 { offset, .. } => return Err(InputError::NotUtf8(offset)),
        FileContent::Utf16 => return Err(InputError::Utf16),
        FileContent::TooLarge { .. } | FileContent::Unreadable { .. } => return Err(InputError::TooLarge),
    };
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let unfenced = unfenced(text);
    let text = unfenced.as_deref().unwrap_or(text);
    let mut input = Input::default();
    match text.trim_start().chars().next() {
        None => return Err(InputError::Empty),
        Some('{' | '[') => input.json(text, "")?,
        Some(_) => input.commands(text)?,
    }
    input.tell_passed_over();
    if input.items.is_empty() {
        // What stands at no place is no reason.
        let told = input.remarks.iter().filter(|remark| !remark.at.is_empty());
        let why = told.map(|remark| format!("; {}: {}", remark.at, remark.text));
        return Err(InputError::NoBody(why.collect()));
    }
    Ok(input)
}

/// The text in ``` fences, as it is copied from a page of documentation; nothing where there are none.
fn unfenced(text: &str) -> Option<String> {
    let is_fence = |line: &&str| line.trim_start().starts_with("```");
    text.trim_start().starts_with("```").then(|| {
        let lines = text.lines().filter(|line| !is_fence(line));
        lines.collect::<Vec<_>>().join("\n")
    })
}

impl Input {
    /// One or more JSON documents; `label` names the command that they come from.
    fn json(&mut self, text: &str, label: &str) -> Result<(), JsonError> {
        let documents = json::documents(text);
        let is_single = documents.len() == 1;
        let is_broken = documents.iter().all(Result::is_err);
        for (index, document) in documents.into_iter().enumerate() {
            let label = match is_single {
                true => label.to_owned(),
                false => format!("{label}document {}: ", index + 1),
            };
            match document {
                Ok(document) => self.document(document, &label),
                Err(error) if is_broken => return Err(error),
                Err(error) => self.items.push(Item {
                    at: format!("{label}$"),
                    key: None,
                    body: Err(error.to_string()),
                }),
            }
        }
        Ok(())
    }

    fn document(&mut self, Document { value, repeated }: Document, label: &str) {
        for path in repeated {
            let text = "this name stands twice in one object; the last one is taken";
            self.remarks.push(Remark::warning(format!("{label}${path}"), text));
        }
        match value {
            Value::Array(items) => {
                for (index, item) in items.into_iter().enumerate() {
                    self.wrapped(item, format!("{label}$[{index}]"));
                }
            }
            value => self.wrapped(value, format!("{label}$")),
        }
    }

    /// A body, or an object around one.
    fn wrapped(&mut self, value: Value, at: String) {
        if let Value::String(text) = &value {
            return self.text(text, at);
        }
        let Value::Object(mut members) = value else {
            let body = Err("a request body is an object".to_owned());
            return self.items.push(Item { at, key: None, body });
        };
        // Some tools keep the body as they sent it.
        let is_around =
            |value: &&Value| value.is_object() || value.as_str().is_some_and(|text| !text.trim().is_empty());
        let is_wrapper = !is_body(&members)
            && !members.contains_key("url")
            && members.get("body").is_some_and(|body| is_around(&body));
        if !is_wrapper {
            if !is_surely_body(&members) && self.export(&members, &at) {
                let text = "it is no request body, but holds some; what stands around them is passed over";
                self.remarks.push(Remark::note(at, text));
                return;
            }
            let body = match is_body(&members) {
                true => Ok(members),
                false => Err("this is no request body of a call task: it has none of its fields".to_owned()),
            };
            return self.items.push(Item { at, key: None, body });
        }
        let body = match members.remove("body") {
            Some(Value::Object(body)) => body,
            Some(Value::String(text)) => return self.text(&text, format!("{at}.body")),
            _ => return,
        };
        let key = members.get("key").and_then(Value::as_str).map(str::to_owned);
        members.shift_remove("key");
        if !members.is_empty() {
            let names: String = members
                .keys()
                .map(|name| redact::step(name))
                .collect::<Vec<_>>()
                .join(", ");
            self.remarks.push(Remark::note(
                at.as_str(),
                format!("what stands beside the body is passed over: {names}"),
            ));
        }
        let at = format!("{at}.body");
        let body = match is_body(&body) {
            true => Ok(body),
            false => Err("this is no request body of a call task: it has none of its fields".to_owned()),
        };
        self.items.push(Item { at, key, body });
    }

    fn commands(&mut self, text: &str) -> Result<(), InputError> {
        if !text.contains("curl") {
            // Something like `{'a': 1}` in a comment, or the words of another tool.
            return Err(InputError::Neither);
        }
        let commands = shell::commands(text)?;
        let found: Vec<Curl> = commands.iter().flat_map(curl::read).collect();
        if found.is_empty() {
            return Err(InputError::Neither);
        }
        let is_single = found.len() == 1;
        let mut has_credentials = false;
        for (index, curl) in found.into_iter().enumerate() {
            has_credentials |= curl.has_credentials;
            let label = match is_single {
                true => "curl: ".to_owned(),
                false => format!("curl {}: ", index + 1),
            };
            self.command(curl, &label);
        }
        if has_credentials {
            let text = "headers and credentials are left out; dialform takes its token from the environment";
            self.remarks.push(Remark::note("", text));
        }
        Ok(())
    }

    fn command(&mut self, curl: Curl, label: &str) {
        let at = label.trim_end_matches([':', ' ']).to_owned();
        if curl.is_typographic {
            let why = "its quotes are typographic (‘ ’ “ ”), as editors and chats put in; write ' or \" in their place";
            let (key, body) = (None, Err(why.to_owned()));
            return self.items.push(Item { at, key, body });
        }
        if curl.is_other() {
            let text = "it creates no task (that is a POST to …/telephony/autoCall), so it is passed over";
            self.remarks.push(Remark::note(at, text));
            return;
        }
        let failed = |why: String| Item {
            at: at.clone(),
            key: None,
            body: Err(why),
        };
        let item = match curl.data.as_slice() {
            [] => failed("it sends no body (`--data`)".to_owned()),
            [Data::Other(option), ..] => failed(format!("`{option}` sends no JSON body")),
            [Data::File(file), ..] if file == "-" => {
                failed("its body comes from another command; give that text to import instead".to_owned())
            }
            [Data::File(file), ..] => {
                let file = redact::text(file);
                failed(format!(
                    "its body is in the file {file}; give that file to import instead"
                ))
            }
            [_, _, ..] => failed("it has several bodies, which curl sends as a form, not as JSON".to_owned()),
            [Data::Text(word)] => {
                if word.is_filled_in {
                    let text = "the shell would fill in a part of the body (`$…`, `%…%`); it is taken as it stands";
                    self.remarks.push(Remark::warning(at.as_str(), text));
                }
                if word.has_doubled {
                    let text = "`''` stands in the body: sh, as which the command is read, drops it; if it was written for \
                                PowerShell, put the apostrophe into the campaign by hand";
                    self.remarks.push(Remark::warning(at.as_str(), text));
                }
                match self.json(&word.text, label) {
                    Ok(()) => {
                        if let (Some(key), Some(item)) = (curl.key, self.items.last_mut()) {
                            item.key = Some(key);
                        }
                        return;
                    }
                    Err(error) => failed(format!("its body cannot be read: {error}")),
                }
            }
        };
        self.items.push(item);
    }
}

/// Whether an object has a field of the table.
pub(super) fn is_body(members: &Body) -> bool {
    let names = FIELDS.iter().flat_map(|spec| spec.wire);
    names
        .filter_map(|path| path.split(['.', '[']).next())
        .any(|name| members.contains_key(name))
}

/// Whether an object can be nothing else: many things have a name.
pub(super) fn is_surely_body(members: &Body) -> bool {
    let names = FIELDS.iter().filter_map(|spec| spec.wire.first());
    let top: BTreeSet<&str> = names.filter_map(|path| path.split(['.', '[']).next()).collect();
    top.into_iter().filter(|name| members.contains_key(*name)).count() > 2
}
