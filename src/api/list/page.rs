//! One answer of the list: its items, and what it says of those that it does not hold.

use reqwest::Url;
use serde_json::{Map, Value};

use super::{ListedTask, ListedText};
use crate::api::identity::Identity;
use crate::api::outcome::Content;
use crate::api::redact::Redactor;

/// Names of the list itself, in the answer or one level down.
const ITEMS: [&str; 3] = ["items", "data", "results"];
/// Names of the number of all tasks, without `_`, `-` and capitals.
const TOTALS: [&str; 9] = [
    "total",
    "count",
    "totalcount",
    "totalitems",
    "totalelements",
    "totalresults",
    "totalrecords",
    "recordstotal",
    "itemscount",
];
/// Names of the number of all pages.
const PAGES: [&str; 5] = ["pages", "totalpages", "pagestotal", "pagecount", "lastpage"];
/// Names of what is there, or true, where more follows.
const MORE: [&str; 15] = [
    "more",
    "hasmore",
    "hasnext",
    "hasnextpage",
    "morepages",
    "next",
    "nextpage",
    "nextpageurl",
    "nextpagetoken",
    "nexturl",
    "nextlink",
    "nexthref",
    "nexttoken",
    "nextcursor",
    "nextoffset",
];
/// Names of what is false where more follows.
const LAST: [&str; 4] = ["last", "islast", "lastpage", "islastpage"];

/// One answer of the list.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) tasks: Vec<ListedTask>,
    /// How many tasks it says there are on all pages together; `count` may be those of this page.
    pub(super) total: Option<u64>,
    /// How many pages it says there are.
    pub(super) pages: Option<u64>,
    /// Whether it says that another page follows.
    pub(super) says_more: bool,
    /// Where it says that the next page is, below the list's own address; other addresses are never asked.
    pub(super) next: Option<Url>,
}

impl Page {
    /// Reads an answer from `base`, or says what is wrong with it.
    pub(super) fn read(content: Content, base: &Url, redactor: &Redactor) -> Result<Self, &'static str> {
        let answer: Value = serde_json::from_slice(&content.body).map_err(|_| "it is not JSON")?;
        let items = items(&answer).ok_or("it holds no list")?;
        let tasks: Option<Vec<ListedTask>> = items.iter().map(|item| task(item, redactor)).collect();
        let mut page = Self {
            tasks: tasks.ok_or("an item has no usable id")?,
            ..Self::default()
        };
        for object in around(&answer) {
            for (name, value) in object {
                page.hear(&plain(name), value, base);
            }
        }
        page.claim(content.total.as_deref().and_then(whole));
        for link in content.links.iter().flat_map(|links| links.split(',')) {
            page.hear_link(link, base);
        }
        Ok(page)
    }

    fn hear(&mut self, name: &str, value: &Value, base: &Url) {
        if TOTALS.contains(&name) {
            self.claim(number(value));
        }
        if PAGES.contains(&name) {
            self.pages = self.pages.max(number(value));
        }
        if LAST.contains(&name) && *value == Value::Bool(false) {
            self.says_more = true;
        }
        if MORE.contains(&name) && is_something(value) {
            self.says_more = true;
            let text = value.as_str().or_else(|| value.get("href")?.as_str());
            self.follow(text, base);
        }
    }

    /// `<https://…?page=2>; rel="next"`, one of a header `Link`.
    fn hear_link(&mut self, link: &str, base: &Url) {
        let mut parts = link.split(';').map(str::trim);
        let target = parts
            .next()
            .and_then(|target| target.strip_prefix('<')?.strip_suffix('>'));
        let is_next = parts.any(|part| {
            let value = part
                .split_once('=')
                .filter(|(name, _)| name.trim().eq_ignore_ascii_case("rel"));
            value.is_some_and(|(_, value)| {
                let mut words = value.trim().trim_matches('"').split_whitespace();
                words.any(|word| word.eq_ignore_ascii_case("next"))
            })
        });
        if is_next {
            self.says_more = true;
            self.follow(target, base);
        }
    }

    fn claim(&mut self, total: Option<u64>) {
        self.total = self.total.max(total);
    }

    fn follow(&mut self, target: Option<&str>, base: &Url) {
        let url = target.and_then(|target| base.join(target).ok());
        let url = url.filter(|url| {
            let is_ours = url.origin() == base.origin() && url.path() == base.path();
            is_ours && url.username().is_empty() && url.password().is_none() && url.query().is_some()
        });
        self.next = self.next.take().or(url);
    }
}

/// The items of a page: the answer itself, or what stands under one of the usual names, one level down at most.
fn items(answer: &Value) -> Option<&Vec<Value>> {
    let inner = below(answer);
    [Some(answer), inner, inner.and_then(below)]
        .into_iter()
        .flatten()
        .find_map(Value::as_array)
}

fn below(value: &Value) -> Option<&Value> {
    ITEMS.iter().find_map(|name| value.get(name))
}

/// The objects in which an answer speaks of the whole list: itself, and those one level below it and below what holds the
/// items (`meta`, `pagination`, `links`).
fn around(answer: &Value) -> Vec<&Map<String, Value>> {
    let holders = [Some(answer), below(answer)].into_iter().flatten();
    let holders = holders.filter_map(Value::as_object);
    holders
        .flat_map(|holder| std::iter::once(holder).chain(holder.values().filter_map(Value::as_object)))
        .collect()
}

/// A name without what differs between one service and the next.
fn plain(name: &str) -> String {
    let letters = name.chars().filter(|c| !matches!(c, '_' | '-'));
    letters.flat_map(char::to_lowercase).collect()
}

/// A whole number, be it as a text, with a fraction of nothing, or in an object of its own (`{"value": 40}`).
fn number(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64().or_else(|| whole(&number.to_string())),
        Value::String(text) => whole(text),
        Value::Object(object) => object.get("value").and_then(Value::as_u64),
        _ => None,
    }
}

fn whole(text: &str) -> Option<u64> {
    let text = text.trim();
    // A number too great for any list is a number all the same.
    let float = || text.parse::<f64>().ok().filter(|number| *number >= 0.0);
    text.parse().ok().or_else(|| float().map(|number| number as u64))
}

/// Whether a word that more follows is meant: a link, a number, `true`.
fn is_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(is_so) => *is_so,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(values) => !values.is_empty(),
        Value::Object(values) => values.values().any(is_something),
    }
}

fn task(item: &Value, redactor: &Redactor) -> Option<ListedTask> {
    let mut text = Vec::new();
    collect_text(item, &mut text);
    let field = |name| Some(redactor.text(item.get(name)?.as_str()?));
    Some(ListedTask {
        identity: Identity::of(item).filter(|identity| !redactor.is_in(identity.as_str().as_bytes()))?,
        name: field("name"),
        status: field("status"),
        text: ListedText::new(text),
    })
}

fn collect_text(value: &Value, text: &mut Vec<String>) {
    match value {
        Value::String(one) => text.push(one.clone()),
        Value::Array(values) => values.iter().for_each(|value| collect_text(value, text)),
        Value::Object(values) => values.values().for_each(|value| collect_text(value, text)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
