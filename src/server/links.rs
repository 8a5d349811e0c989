//! Links in a document: a template's name leads to the template, a webhook's address to its host. Nothing is asked of the host.

use serde_json::{Value, json};
use url::Url;

use super::diagnostics::Converter;
use super::document::Document;
use super::outline::each_value;
use super::position::Encoding;
use crate::fields::Setting;
use crate::model::Project;
use crate::syntax::{Scalar, parse};

/// The links of a document.
pub(super) fn links(
    document: &Document,
    project: &Project<'_>,
    converter: &Converter<'_>,
    encoding: Encoding,
) -> Vec<Value> {
    let parsed = parse(document.text());
    let mut links = Vec::new();
    each_value(parsed.tree.roots(), &mut Vec::new(), &mut |names, entry| {
        let Scalar::String(text) = &entry.value.scalar else {
            return;
        };
        let name = entry.name.as_ref().map(|name| &*name.text);
        let (target, tooltip) = match (names, name) {
            (["campaign" | "template"], Some("template")) => {
                let Some(template) = project.template(text) else { return };
                let Some(uri) = converter.uri_of(template.keyword.file) else {
                    return;
                };
                let line = converter.range(template.keyword.file, template.keyword.span).start.line + 1;
                (format!("{}#L{line}", uri.as_ref()), format!("the template {text:?}"))
            }
            (["campaign" | "template", setting], None) if Setting::find(setting, None) == Some(Setting::Webhook) => {
                let Some(host) = host(text) else { return };
                (host, "the webhook's host; its address is not opened".to_owned())
            }
            _ => return,
        };
        let range = document.range(entry.value.span, encoding);
        links.push(json!({ "range": range, "target": target, "tooltip": tooltip }));
    });
    links
}

/// The address of a host alone: opening the whole one would be a call of the webhook.
fn host(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https");
    is_web.then(|| url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_holds_no_path_and_no_secret() {
        let host = |address| host(address);
        assert_eq!(
            host("https://u:p@example.com:8443/hook?token=x").as_deref(),
            Some("https://example.com:8443")
        );
        assert_eq!(host("javascript:alert(1)"), None);
        assert_eq!(host("not an address"), None);
    }
}
