//! Messages over a pipe: a header with the length, then JSON. What cannot be read is reported and skipped.

use std::io::{self, BufRead, Read, Write};
use std::path::PathBuf;

use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response, ResponseError};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};

use super::surrogates::without_lone_halves;

/// A longer message is skipped: no client has a file of that size.
const MAX_MESSAGE: u64 = 256 * 1024 * 1024;
/// A longer line of a header is none.
const MAX_HEADER: u64 = 8 * 1024;
/// After so many failures in a row it is not a client that writes.
const MAX_MALFORMED: usize = 1_000;

/// What comes from the client's side.
#[derive(Debug)]
pub(super) enum Incoming {
    /// A message.
    Message(Message),
    /// Something that is no message.
    Malformed(NoMessage),
    /// No message of the client: files have changed, as the system tells; nothing where it does not know which.
    FilesChanged(Vec<PathBuf>),
    /// Nothing comes any more: the input is closed, or the client is gone.
    End,
}

/// Why something is no message, for an answer.
#[derive(Debug)]
pub(super) struct NoMessage {
    /// The id that it has; null where there is none that an answer may have.
    pub(super) id: Value,
    pub(super) code: ErrorCode,
    pub(super) why: String,
}

impl NoMessage {
    fn incoming(why: String) -> Incoming {
        Incoming::Malformed(Self {
            id: Value::Null,
            code: ErrorCode::ParseError,
            why,
        })
    }
}

/// A message before it is known of which kind it is.
#[derive(Deserialize)]
struct RawMessage {
    #[serde(default, deserialize_with = "written_id")]
    id: Option<Value>,
    method: Option<String>,
    #[serde(default)]
    params: Value,
    #[serde(default)]
    result: Value,
    error: Option<Value>,
}

/// An id that is null is one.
fn written_id<'d, D: Deserializer<'d>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl RawMessage {
    fn incoming(self) -> Incoming {
        let Some(id) = self.id else {
            return match self.method {
                Some(method) => Incoming::Message(Message::Notification(Notification {
                    method,
                    params: self.params,
                })),
                None => NoMessage::incoming("it is no message of the protocol: it has no method".to_owned()),
            };
        };
        match (serde_json::from_value::<RequestId>(id.clone()), self.method) {
            (Ok(id), Some(method)) => Incoming::Message(Message::Request(Request {
                id,
                method,
                params: self.params,
            })),
            (Ok(id), None) => {
                let refused = |error: Value| {
                    serde_json::from_value(error.clone()).unwrap_or_else(|_| ResponseError {
                        code: ErrorCode::UnknownErrorCode as i32,
                        message: error.to_string(),
                        data: None,
                    })
                };
                Incoming::Message(Message::Response(Response {
                    id,
                    response_result: self.error.map_or(Ok(self.result), |error| Err(refused(error))),
                }))
            }
            (Err(_), _) => Incoming::Malformed(NoMessage {
                why: format!("the id {id} is neither a text nor a whole number of 32 bits"),
                code: ErrorCode::InvalidRequest,
                // Who waits for the answer finds it by this.
                id: if id.is_number() { id } else { Value::Null },
            }),
        }
    }
}

/// Reads messages until the input ends, and hands each to `take`, which says whether to go on.
pub(super) fn read_all(mut input: impl BufRead, mut take: impl FnMut(Incoming) -> bool) {
    let mut malformed = 0;
    while malformed < MAX_MALFORMED {
        let incoming = match read(&mut input) {
            Ok(incoming) => incoming,
            Err(_) => Incoming::End,
        };
        malformed = match incoming {
            Incoming::Malformed(_) => malformed + 1,
            _ => 0,
        };
        let is_end = matches!(incoming, Incoming::End);
        if !take(incoming) || is_end {
            return;
        }
    }
    take(Incoming::End);
}

fn read(input: &mut impl BufRead) -> io::Result<Incoming> {
    let mut length = None;
    let mut line = Vec::new();
    loop {
        line.clear();
        input.by_ref().take(MAX_HEADER).read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return Ok(Incoming::End);
        }
        let header = String::from_utf8_lossy(&line);
        let header = header.trim_end_matches(['\r', '\n']);
        match (header.split_once(':'), length) {
            (None, Some(length)) if header.is_empty() => return body(input, length),
            // An empty line in front of a header.
            (None, None) if header.is_empty() => {}
            (Some((name, value)), _) if name.eq_ignore_ascii_case("Content-Length") => {
                match value.trim().parse::<u64>() {
                    Ok(value) => length = Some(value),
                    Err(why) => return Ok(NoMessage::incoming(format!("the length in {header:?}: {why}"))),
                }
            }
            (Some((name, _)), _) if name.eq_ignore_ascii_case("Content-Type") => {}
            _ => return Ok(NoMessage::incoming(format!("{header:?} is no line of a header"))),
        }
    }
}

fn body(input: &mut impl BufRead, length: u64) -> io::Result<Incoming> {
    let mut rest = input.take(length);
    if length > MAX_MESSAGE {
        io::copy(&mut rest, &mut io::sink())?;
        return Ok(NoMessage::incoming(format!(
            "{length} bytes are more than {MAX_MESSAGE}"
        )));
    }
    let mut text = Vec::new();
    rest.read_to_end(&mut text)?;
    if (text.len() as u64) < length {
        return Ok(Incoming::End);
    }
    let read = serde_json::from_slice::<RawMessage>(&text).or_else(|why| {
        let whole = without_lone_halves(&text);
        serde_json::from_slice(&whole).map_err(|_| why)
    });
    Ok(match read {
        Ok(message) => message.incoming(),
        Err(why) => NoMessage::incoming(format!("it is no message of the protocol: {why}")),
    })
}

/// The client's end of the output.
pub(super) struct Outgoing {
    output: Box<dyn Write + Send>,
    /// The id of the next request.
    next: i32,
    /// The last request to tell of changed files.
    registration: Option<RequestId>,
}

impl Outgoing {
    pub(super) fn new(output: Box<dyn Write + Send>) -> Self {
        Self {
            output,
            next: 0,
            registration: None,
        }
    }

    /// Sends a notification.
    pub(super) fn notify(&mut self, method: &str, params: &impl Serialize) {
        self.write(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Sends a request; nobody waits for its answer.
    pub(super) fn request(&mut self, method: &str, params: Value) {
        let id = RequestId::from(self.next);
        self.next = self.next.wrapping_add(1);
        if method == "client/registerCapability" {
            self.registration = Some(id.clone());
        }
        let request = Request {
            id,
            method: method.to_owned(),
            params,
        };
        self.message(Message::Request(request));
    }

    /// Whether an answer is that to the last request to tell of changed files.
    pub(super) fn is_registration(&self, id: &RequestId) -> bool {
        self.registration.as_ref() == Some(id)
    }

    /// Answers a request.
    pub(super) fn respond(&mut self, id: RequestId, result: Result<Value, ResponseError>) {
        self.message(Message::Response(Response {
            id,
            response_result: result,
        }));
    }

    /// Answers something that is no message.
    pub(super) fn refuse(&mut self, refusal: &NoMessage) {
        let error = json!({ "code": refusal.code as i32, "message": refusal.why });
        self.write(&json!({ "jsonrpc": "2.0", "id": refusal.id, "error": error }));
    }

    /// Writes a line to the client's log.
    pub(super) fn log(&mut self, message: &str) {
        const WARNING: u8 = 2;
        self.notify("window/logMessage", &json!({ "type": WARNING, "message": message }));
    }

    fn message(&mut self, message: Message) {
        // A client that does not read any more closes its end of the input as well, which ends the server.
        let _ = message.write(&mut self.output);
    }

    fn write(&mut self, message: &Value) {
        let text = message.to_string();
        let head = format!("Content-Length: {}\r\n\r\n", text.len());
        let written = self.output.write_all(head.as_bytes());
        let _ = written
            .and_then(|()| self.output.write_all(text.as_bytes()))
            .and_then(|()| self.output.flush());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(input: &[u8]) -> Vec<String> {
        let mut seen = Vec::new();
        read_all(input, |incoming| {
            seen.push(match incoming {
                Incoming::Message(Message::Notification(message)) => message.method,
                Incoming::Message(other) => format!("{other:?}"),
                Incoming::Malformed(refusal) => format!("malformed: {} {}", refusal.id, refusal.why),
                Incoming::FilesChanged(_) | Incoming::End => "end".to_owned(),
            });
            true
        });
        seen
    }

    #[test]
    fn what_is_no_message_is_skipped() {
        let good = "{\"jsonrpc\":\"2.0\",\"method\":\"a\"}";
        let framed = format!("Content-Length: {}\r\n\r\n{good}", good.len());
        let input = format!("rubbish\r\n{framed}Content-Length: 3\r\n\r\n{{x}}Content-Length: -1\r\n\r\n{framed}");
        let seen = all(input.as_bytes());
        assert_eq!(seen.len(), 6, "{seen:#?}");
        assert!(seen[0].starts_with("malformed: null \"rubbish\""), "{seen:#?}");
        assert_eq!(seen[1], "a");
        assert!(seen[2].starts_with("malformed: null it is no message"), "{seen:#?}");
        assert!(seen[3].starts_with("malformed: null the length"), "{seen:#?}");
        assert_eq!((&*seen[4], &*seen[5]), ("a", "end"));
        assert_eq!(all(b"Content-Length: 99\r\n\r\n{"), ["end"]);
        assert_eq!(all(&b"x\n".repeat(5_000)).len(), MAX_MALFORMED + 1);
    }
}
