//! What other tools export (Postman, Insomnia, HAR files of browsers, logs of requests) → the bodies of the requests in it
//! that create tasks. One that cannot be read is an item with its reason, never left out.

use serde_json::Value;

use super::curl::creates_task;
use super::input::{Input, Item, is_body, is_surely_body};
use super::json::{self, Document};
use super::redact;
use super::remark::Remark;
use crate::fields::FIELDS;
use crate::wire::Body;

/// How often a text in JSON may be JSON itself.
const DEEPEST: usize = 3;
/// The most skipped requests that are named; the rest is counted.
const NAMED: usize = 10;

/// Where tools keep the body of a request, in its object.
const BODIES: [&str; 6] = ["postData", "body", "rawModeData", "data", "json", "payload"];
/// Where they keep the text of a body, in the body's object.
const TEXTS: [&str; 5] = ["raw", "text", "json", "body", "content"];

/// What a request sends.
enum Sent<'a> {
    Nothing,
    /// A text, and where it stands below the request.
    Text(&'a str, String),
    /// A body, not in a text.
    Body(&'a Body, String),
    /// Something that is no JSON, in words.
    Other(&'static str, String),
}

/// A request as tools keep it: an object with an address.
struct ExportedRequest<'a> {
    /// Whether its method is POST, or unknown.
    is_post: bool,
    /// Whether its address is that of the create method; `None` where it is unknown.
    creates: Option<bool>,
    sent: Sent<'a>,
}

impl<'a> ExportedRequest<'a> {
    fn from_members(members: &'a Body) -> Option<Self> {
        let address = ["url", "endpoint"].iter().find_map(|name| members.get(*name))?;
        let address = match (address, address.get("raw"), address.get("path")) {
            (Value::String(text), ..) | (_, Some(Value::String(text)), _) => text.clone(),
            (_, _, Some(Value::Array(parts))) => parts
                .iter()
                .filter_map(Value::as_str)
                .map(|part| format!("/{part}"))
                .collect(),
            _ => return None,
        };
        let method = members.get("method").and_then(Value::as_str);
        let body = BODIES.iter().find_map(|name| {
            let value = members.get(*name).filter(|value| !value.is_null())?;
            Some((value, redact::step(name)))
        });
        let sent = body.map_or(Sent::Nothing, |(value, at)| sent(value, at));
        Some(Self {
            is_post: method.is_none_or(|method| method.eq_ignore_ascii_case("post")),
            creates: creates_task(&address),
            sent,
        })
    }
}

fn sent(value: &Value, at: String) -> Sent<'_> {
    let members = match value {
        Value::String(text) if text.trim().is_empty() => return Sent::Nothing,
        Value::String(text) => return Sent::Text(text, at),
        Value::Object(members) if is_body(members) => return Sent::Body(members, at),
        Value::Object(members) => members,
        _ => return Sent::Other("something that is no object", at),
    };
    let is_on = |name| members.get(name) == Some(&Value::Bool(true));
    let word = |name| members.get(name).and_then(Value::as_str).unwrap_or_default();
    let mode = format!("{} {} {}", word("mode"), word("mimeType"), word("contentType")).to_lowercase();
    let inner = TEXTS
        .iter()
        .find_map(|name| Some((members.get(*name)?, redact::step(name))));
    // Tools take JSON without a content type for a form.
    let is_json = inner
        .as_ref()
        .and_then(|(inner, _)| inner.as_str())
        .is_some_and(|text| text.trim_start().starts_with('{'));
    if members.is_empty() || is_on("disabled") {
        Sent::Nothing
    } else if mode.contains("graphql") {
        Sent::Other("a GraphQL query", at)
    } else if (mode.contains("form") || mode.contains("urlencoded")) && !is_json {
        Sent::Other("a form", at)
    } else if word("encoding").eq_ignore_ascii_case("base64") {
        Sent::Other("a text in base64, which has to be decoded first", at)
    } else if word("mode") == "file" || members.contains_key("fileName") {
        Sent::Other("a file; give that file to import instead", at)
    } else {
        match inner {
            Some((Value::String(text), _)) if text.trim().is_empty() => Sent::Nothing,
            Some((Value::String(text), step)) => Sent::Text(text, at + &step),
            Some((Value::Object(body), step)) => Sent::Body(body, at + &step),
            _ => Sent::Nothing,
        }
    }
}

impl Input {
    /// The bodies in an object that is none.
    pub(super) fn search(&mut self, members: &Body, at: &str, texts: usize) {
        if let Some(request) = ExportedRequest::from_members(members) {
            return self.request(request, at);
        }
        let is_exchange = members.get("request").is_some_and(Value::is_object);
        for (name, value) in members {
            let at = format!("{at}{}", redact::step(name));
            if is_exchange && name.starts_with("response") {
                self.answer(value, &at, texts);
            } else {
                self.search_in(value, at, texts);
            }
        }
    }

    /// A response is no request, but may look like one, which is reported.
    fn answer(&mut self, value: &Value, at: &str, texts: usize) {
        let mut aside = Self::default();
        aside.search_in(value, at.to_owned(), texts);
        if !aside.items.is_empty() {
            self.pass_over(
                at,
                "it is an answer or a saved example, and no request of its own, so it is passed over",
            );
        }
    }

    fn pass_over(&mut self, at: &str, why: &str) {
        self.passed_over += 1;
        if self.passed_over <= NAMED {
            self.remarks.push(Remark::note(at, why));
        }
    }

    fn search_in(&mut self, value: &Value, at: String, texts: usize) {
        match value {
            Value::Object(members) if is_surely_body(members) => self.found(members.clone(), at),
            Value::Object(members) => self.search(members, &at, texts),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.search_in(item, format!("{at}[{index}]"), texts);
                }
            }
            Value::String(text) if text.trim_start().starts_with(['{', '[']) => match one(text) {
                Ok(Document { value, .. }) if texts > 0 => self.search_in(&value, at, texts - 1),
                _ if !looks_like_body(text) => {}
                Ok(_) => self.failed(at, "this text holds a body, but within too many others".to_owned()),
                Err(why) => self.failed(at, why),
            },
            _ => {}
        }
    }

    /// The bodies anywhere in an object that is none; whether there are any, or why not.
    pub(super) fn export(&mut self, members: &Body, at: &str) -> bool {
        let (items, passed_over) = (self.items.len(), self.passed_over);
        self.search(members, at, DEEPEST);
        (items, passed_over) != (self.items.len(), self.passed_over)
    }

    fn request(&mut self, request: ExportedRequest<'_>, at: &str) {
        let ExportedRequest { is_post, creates, sent } = request;
        let is_body_text =
            |text: &str| looks_like_body(text) || one(text).is_ok_and(|document| is_sure(&document.value));
        let is_meant = match (creates, &sent) {
            _ if !is_post => false,
            (Some(true), _) => true,
            // A page of the vendor's own may have another address for it.
            (_, Sent::Text(text, _)) => is_body_text(text),
            (_, Sent::Body(body, _)) => is_surely_body(body),
            _ => false,
        };
        if !is_meant {
            let why = "it creates no task (that is a POST to …/telephony/autoCall), so it is passed over";
            return self.pass_over(at, why);
        }
        match sent {
            Sent::Nothing => self.failed(at.to_owned(), "it sends no body".to_owned()),
            Sent::Other(what, step) => self.failed(format!("{at}{step}"), format!("it sends {what}, not JSON")),
            Sent::Body(body, step) => self.found(body.clone(), format!("{at}{step}")),
            Sent::Text(text, step) => self.text(text, format!("{at}{step}")),
        }
    }

    /// A body in a text of its own.
    pub(super) fn text(&mut self, text: &str, at: String) {
        match one(text) {
            Ok(Document { value, repeated }) => {
                for path in repeated {
                    let text = "this name stands twice in one object; the last one is taken";
                    self.remarks.push(Remark::warning(format!("{at}{path}"), text));
                }
                match value {
                    Value::Object(body) => self.found(body, at),
                    _ => self.failed(at, "a request body is an object".to_owned()),
                }
            }
            Err(why) => self.failed(at, why),
        }
    }

    fn found(&mut self, body: Body, at: String) {
        if holds_variable(&body) {
            let text = "a variable (`{{…}}`) stands in a value of the body; it is taken as it stands";
            self.remarks.push(Remark::warning(at.as_str(), text));
        }
        let body = match is_body(&body) {
            true => Ok(body),
            false => Err("this is no request body of a call task: it has none of its fields".to_owned()),
        };
        self.items.push(Item { at, key: None, body });
    }

    fn failed(&mut self, at: String, why: String) {
        let (key, body) = (None, Err(why));
        self.items.push(Item { at, key, body });
    }

    /// Reports how many more requests were skipped.
    pub(super) fn tell_passed_over(&mut self) {
        let more = self.passed_over.saturating_sub(NAMED);
        if more > 0 {
            let text = format!("{more} more that create no task are passed over");
            self.remarks.push(Remark::note("$", text));
        }
    }
}

/// The one document of a text; why it cannot be read.
fn one(text: &str) -> Result<Document, String> {
    let mut documents = json::documents(text);
    match (documents.pop(), documents.is_empty()) {
        (Some(Ok(document)), true) => Ok(document),
        (Some(Err(error)), true) => Err(format!("the body cannot be read: {error}")),
        _ => Err("the body cannot be read: it is not one JSON object".to_owned()),
    }
}

fn is_sure(value: &Value) -> bool {
    value.as_object().is_some_and(is_surely_body)
}

/// Whether a text that may be no JSON was meant as a body: it holds the names of several fields.
fn looks_like_body(text: &str) -> bool {
    let tops = FIELDS
        .iter()
        .filter_map(|spec| spec.wire.first()?.split(['.', '[']).next());
    let tops: std::collections::BTreeSet<&str> = tops.collect();
    let is_named = |name: &&str| {
        ["\"", "'", "\\\""]
            .iter()
            .any(|quote| text.contains(&format!("{quote}{name}{quote}")))
    };
    tops.into_iter().filter(is_named).count() > 2
}

/// `{{name}}` of Postman and Insomnia, `{% … %}` of Insomnia.
fn holds_variable(body: &Body) -> bool {
    fn holds(value: &Value) -> bool {
        match value {
            Value::String(text) => {
                let is_pair =
                    |(open, close): &(&str, &str)| text.split_once(open).is_some_and(|(_, rest)| rest.contains(close));
                [("{{", "}}"), ("{%", "%}")].iter().any(is_pair)
            }
            Value::Array(items) => items.iter().any(holds),
            Value::Object(members) => members.values().any(holds),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }
    body.values().any(holds)
}
