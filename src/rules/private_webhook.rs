//! DF604: a webhook to this machine or a private network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

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
    // Only an address has brackets, or a digit at its end.
    let is_address = name.ends_with(|c: char| c == ']' || c.is_ascii_digit());
    let address = || name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    match is_address.then(address) {
        Some(Ok(IpAddr::V4(address))) => of_v4(address),
        Some(Ok(IpAddr::V6(address))) => of_v6(address),
        _ => of_name(name),
    }
}

/// The last labels of names that no public name server knows.
const PRIVATE: [&str; 9] = [
    "local",
    "internal",
    "lan",
    "home",
    "corp",
    "intranet",
    "private",
    "localdomain",
    "test",
];

fn of_name(name: &str) -> Option<bool> {
    let Some((before, last)) = name.rsplit_once('.') else {
        // A name without a dot is one of the writer's own network.
        return Some(name == "localhost");
    };
    match last {
        "localhost" => Some(true),
        "arpa" => (before == "home" || before.ends_with(".home")).then_some(false),
        last => PRIVATE.contains(&last).then_some(false),
    }
}

fn of_v6(address: Ipv6Addr) -> Option<bool> {
    match address.octets() {
        _ if address.is_loopback() || address.is_unspecified() => Some(true),
        // An address of IPv4, as it is, mapped, and as gateways translate it.
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 | 0xFF, 0 | 0xFF, a, b, c, d]
        | [0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0, a, b, c, d] => of_v4(Ipv4Addr::new(a, b, c, d)),
        // Unique local, link-local and site-local addresses.
        [0xFC | 0xFD, ..] | [0xFE, 0x80..=0xFF, ..] => Some(false),
        _ => None,
    }
}

fn of_v4(address: Ipv4Addr) -> Option<bool> {
    match address {
        _ if address.is_loopback() || matches!(address.octets(), [0, ..]) => Some(true),
        _ if address.is_private() || address.is_link_local() => Some(false),
        // Carriers' own networks, and those of test devices.
        _ => matches!(
            address.octets(),
            [100, 64..=127, ..] | [198, 18 | 19, ..] | [192, 0, 0, _]
        )
        .then_some(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_that_nobody_reaches_from_outside() {
        for own in [
            "localhost",
            "crm.localhost",
            "127.0.0.1",
            "127.8.9.1",
            "0.0.0.0",
            "0.1.2.3",
            "[::1]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "localhost.",
        ] {
            assert_eq!(is_private(own), Some(true), "{own}");
        }
        for private in [
            "crm",
            "bitrix24-prod",
            "crm.local",
            "crm.internal",
            "crm.corp",
            "box.home.arpa",
            "nas.localdomain",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "100.127.255.1",
            "198.18.0.1",
            "[fc00::1]",
            "[fd12:3456::1]",
            "[fe80::1]",
            "[64:ff9b::a00:1]",
            "[::ffff:10.0.0.1]",
        ] {
            assert_eq!(is_private(private), Some(false), "{private}");
        }
        for public in [
            "example.com",
            "local.example.com",
            "internal.example.com",
            "172.32.0.1",
            "100.63.0.1",
            "100.128.0.1",
            "8.8.8.8",
            "192.169.0.1",
            "[2606:4700::1111]",
            "[64:ff9b::808:808]",
            "xn--e1afmkfd.xn--p1ai",
            "corp.ru",
            "1.example.com",
        ] {
            assert_eq!(is_private(public), None, "{public}");
        }
    }
}
