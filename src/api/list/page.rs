//! One answer of the list: its items, and what it says of those that it does not hold.

use reqwest::Url;

use super::ListedTask;
use crate::api::identity::Identity;
use crate::api::outcome::AnswerContent;
use crate::api::untrusted::{UntrustedName, UntrustedValue};

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
pub(super) struct ListPage {
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

impl ListPage {
    /// Reads an answer from `base`, or says what is wrong with it.
    pub(super) fn read(content: AnswerContent, base: &Url) -> Result<Self, &'static str> {
        let AnswerContent { body, links, total } = content;
        let answer = body.json().ok_or("it is not JSON")?;
        let items = items(answer.root()).ok_or("it holds no list")?;
        let tasks: Option<Vec<ListedTask>> = items.map(task).collect();
        let mut page = Self {
            tasks: tasks.ok_or("an item has no usable id")?,
            ..Self::default()
        };
        for object in around(answer.root()) {
            for (name, value) in object.fields() {
                page.hear(name, value, base);
            }
        }
        page.claim(total);
        for link in links.iter().flat_map(|links| links.split(',')) {
            page.hear_link(link, base);
        }
        Ok(page)
    }

    fn hear(&mut self, name: UntrustedName<'_>, value: UntrustedValue<'_>, base: &Url) {
        if name.is_any_of(&TOTALS) {
            self.claim(value.number());
        }
        if name.is_any_of(&PAGES) {
            self.pages = self.pages.max(value.number());
        }
        if name.is_any_of(&LAST) && value.as_bool() == Some(false) {
            self.says_more = true;
        }
        if name.is_any_of(&MORE) && value.is_something() {
            self.says_more = true;
            let text = value.text().or_else(|| value.get("href")?.text());
            self.follow(text.as_deref(), base);
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
fn items(answer: UntrustedValue<'_>) -> Option<impl Iterator<Item = UntrustedValue<'_>>> {
    let inner = below(answer);
    [Some(answer), inner, inner.and_then(below)]
        .into_iter()
        .flatten()
        .find_map(UntrustedValue::elements)
}

fn below(value: UntrustedValue<'_>) -> Option<UntrustedValue<'_>> {
    ITEMS.iter().find_map(|name| value.get(name))
}

/// The objects in which an answer speaks of the whole list: itself, and those one level below it and below what holds the
/// items (`meta`, `pagination`, `links`).
fn around(answer: UntrustedValue<'_>) -> impl Iterator<Item = UntrustedValue<'_>> {
    let holders = [Some(answer), below(answer)].into_iter().flatten();
    holders
        .flat_map(|holder| std::iter::once(holder).chain(holder.fields().map(|(_, value)| value)))
        .filter(|value| value.is_object())
}

fn task(item: UntrustedValue<'_>) -> Option<ListedTask> {
    Some(ListedTask {
        identity: Identity::of(item)?,
        name: item.get("name").and_then(UntrustedValue::text),
        status: item.get("status").and_then(UntrustedValue::text),
        people: item.get("candidateCount").and_then(UntrustedValue::number),
        calls: item.get("callCount").and_then(UntrustedValue::number),
        created: item.get("createdAt").and_then(UntrustedValue::text),
        text: item.searchable(),
    })
}
