//! A stand-in for S3 that keeps objects, whose conditions and pace are those of whoever uses it.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use super::web::{WebAnswer, WebRequest, WebServer};

pub(crate) fn s3_error(status: u16, code: &str) -> WebAnswer {
    WebAnswer::new(
        status,
        format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>m</Message></Error>"),
    )
}

/// Whether the condition of a request holds for what is there.
pub(crate) fn holds(request: &WebRequest, etag: Option<&str>) -> bool {
    match (request.header("if-none-match"), request.header("if-match")) {
        (Some(_), _) => etag.is_none(),
        (None, expected) => expected.is_none() || expected == etag,
    }
}

#[derive(Default)]
struct Objects {
    /// By their paths, with their ETags.
    held: BTreeMap<String, (String, Vec<u8>)>,
    written: usize,
}

/// Starts one that takes so long for everything, and asks `may_put` whether an object may be put in the place of the one with
/// that ETag. Nothing keeps that and the write of one request together.
pub(crate) fn keeping_s3(
    latency: Duration,
    may_put: impl Fn(&WebRequest, Option<&str>) -> bool + Send + Sync + 'static,
) -> WebServer {
    let objects: Mutex<Objects> = Mutex::default();
    WebServer::start(move |request| {
        thread::sleep(latency);
        let (key, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        let key = key.to_owned();
        let etag = objects.lock().unwrap().held.get(&key).map(|(etag, _)| etag.clone());
        if request.method == "PUT" && !may_put(request, etag.as_deref()) {
            return s3_error(412, "PreconditionFailed");
        }
        let mut objects = objects.lock().unwrap();
        match request.method.as_str() {
            "GET" if query.contains("list-type=2") => WebAnswer::new(200, list(objects.held.keys())),
            "GET" => match objects.held.get(&key) {
                Some((etag, object)) => WebAnswer::new(200, object.clone()).header("etag", etag),
                None => s3_error(404, "NoSuchKey"),
            },
            "PUT" => {
                objects.written += 1;
                let etag = format!("\"{}\"", objects.written);
                objects.held.insert(key, (etag.clone(), request.body.clone()));
                WebAnswer::new(200, "").header("etag", etag)
            }
            _ => {
                objects.held.remove(&key);
                WebAnswer::new(204, "")
            }
        }
    })
}

/// All objects; who asks picks those below the prefix.
fn list<'k>(paths: impl Iterator<Item = &'k String>) -> String {
    // Behind the bucket.
    let keys = paths.filter_map(|path| path.splitn(3, '/').nth(2));
    let keys: String = keys
        .map(|key| format!("<Contents><Key>{key}</Key></Contents>"))
        .collect();
    format!("<ListBucketResult>{keys}<IsTruncated>false</IsTruncated></ListBucketResult>")
}
