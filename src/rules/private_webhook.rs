//! DF604: a webhook to this machine or a private network.

use std::net::{IpAddr, Ipv4Addr};

use super::http_webhook::webhook_urls;
use crate::fields::Kind;
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};
use crate::model::Definition;

pub(crate) static RULE: Rule = Rule {
    code: "DF604",
    name: "private-webhook",
    group: RuleGroup::Security,
    phase: Phase::Definition,
    severity: Severity::Warning,
    always_blocks_apply: false,
    fixable: Fixable::Never,
    summary: "A webhook to this machine or to a private network.",
    why: "The vendor sends from outside and reaches nothing there: the results of every call are lost, and in the worst case a service of the vendor's own network gets them.",
    about: |field| matches!(field.kind, Kind::Url),
    bad: r#"webhook "https://192.168.0.10/hooks/twin""#,
    good: r#"webhook "https://example.com/hooks/twin""#,
};

/// A webhook that the vendor cannot reach.
pub struct PrivateWebhook<'a> {
    /// Its host.
    pub host: &'a str,
    /// Whether it is the machine itself.
    pub is_own: bool,
}

impl Violation for PrivateWebhook<'_> {
    fn message(&self) -> String {
        let place = match self.is_own {
            true => "is this machine itself",
            false => "is an address of a private network",
        };
        format!("`{}` {place}: the vendor cannot send events there", self.host)
    }

    fn label(&self) -> String {
        "not reached from outside".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some(
            "write an address that is reached from the internet, as in `webhook \"https://example.com/hooks/twin\"`"
                .to_owned(),
        )
    }
}

/// Checks every webhook as written.
pub(super) fn check(owner: &Definition, sink: &mut Sink) {
    for (place, url) in webhook_urls(owner) {
        let host = url.host();
        if let Some(is_own) = is_private(&host) {
            sink.report(place, &PrivateWebhook { host: &host, is_own });
        }
    }
}

/// Whether a host is not reached from the internet, and whether it is the machine itself.
fn is_private(host: &str) -> Option<bool> {
    let name = host.trim_end_matches('.');
    let plain = name.trim_start_matches('[').trim_end_matches(']');
    match plain.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => of_v4(address),
        Ok(IpAddr::V6(address)) => match address.to_ipv4_mapped() {
            Some(address) => of_v4(address),
            None if address.is_loopback() || address.is_unspecified() => Some(true),
            // Unique local and link-local addresses.
            None => matches!(address.octets(), [0xFC | 0xFD, ..] | [0xFE, 0x80..=0xBF, ..]).then_some(false),
        },
        Err(_) if name == "localhost" || name.ends_with(".localhost") => Some(true),
        Err(_) => [".local", ".internal", ".lan"]
            .iter()
            .any(|end| name.ends_with(end))
            .then_some(false),
    }
}

fn of_v4(address: Ipv4Addr) -> Option<bool> {
    match address {
        _ if address.is_loopback() || address.is_unspecified() => Some(true),
        _ if address.is_private() || address.is_link_local() => Some(false),
        // Carriers' own networks.
        _ => matches!(address.octets(), [100, 64..=127, ..]).then_some(false),
    }
}
