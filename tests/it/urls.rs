//! Every URL that is taken is one that all programs read alike, wherever it is taken.

use dialform::api::BaseUrl;
use dialform::fields::types::{Address, BadUrl, WebhookUrl};
use proptest::prelude::*;
use url::Url;

/// The parts of a URL by the regular expression of RFC 3986, appendix B, and its rules for what stands in an authority.
#[derive(Debug, PartialEq)]
struct Read {
    scheme: String,
    user_info: String,
    host: String,
    port: u16,
}

fn by_rfc_3986(text: &str) -> Option<Read> {
    let (scheme, rest) = text.split_once(':')?;
    if scheme.is_empty() || scheme.contains(['/', '?', '#']) {
        return None;
    }
    let rest = rest.strip_prefix("//")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    // A user name holds no `@`, so that the first one ends it.
    let (user_info, place) = authority.split_once('@').unwrap_or(("", authority));
    let end = place.find(']').map_or(0, |at| at + 1);
    let colon = place[end..].find(':').map_or(place.len(), |at| end + at);
    let port = match place[colon..].trim_start_matches(':') {
        "" => default_port(scheme)?,
        port => port.parse().ok()?,
    };
    Some(Read {
        scheme: scheme.to_ascii_lowercase(),
        user_info: user_info.to_owned(),
        host: canonical(&place[..colon]),
        port,
    })
}

fn by_the_url_standard(text: &str) -> Option<Read> {
    let url = Url::parse(text).ok()?;
    let user_info = match url.password() {
        Some(password) => format!("{}:{password}", url.username()),
        None => url.username().to_owned(),
    };
    Some(Read {
        scheme: url.scheme().to_owned(),
        user_info,
        host: canonical(url.host_str()?),
        port: url.port_or_known_default()?,
    })
}

fn default_port(scheme: &str) -> Option<u16> {
    match scheme.to_ascii_lowercase().as_str() {
        "https" => Some(443),
        "http" => Some(80),
        _ => None,
    }
}

/// An IPv6 address has many spellings; a name has two.
fn canonical(host: &str) -> String {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse::<std::net::IpAddr>().map(|address| address.to_string());
    address.unwrap_or_else(|_| host.to_ascii_lowercase())
}

/// What the program itself reads.
fn by_dialform(text: &str) -> Option<Read> {
    let Address {
        is_https,
        user_info,
        host,
        port,
        query: _,
    } = Address::parse(text).ok()?;
    let scheme = if is_https { "https" } else { "http" };
    Some(Read {
        scheme: scheme.to_owned(),
        user_info: user_info.map_or("", |range| &text[range]).to_owned(),
        host: canonical(&text[host]),
        port: port.or(default_port(scheme))?,
    })
}

fn check(text: &str) {
    // Nothing else reads URLs.
    assert_eq!(
        WebhookUrl::parse(text).is_ok(),
        Address::parse(text).is_ok(),
        "{text:?}"
    );
    if let Ok(origin) = text.parse::<BaseUrl>() {
        assert!(Address::parse(text).is_ok(), "{text:?}");
        assert_eq!(by_rfc_3986(&origin.to_string()), by_rfc_3986(text), "{text:?}");
    }
    if let Err(BadUrl::Unclear {
        instead: Some(instead), ..
    }) = Address::parse(text)
    {
        assert!(WebhookUrl::parse(&instead).is_ok(), "{text:?} -> {instead:?}");
    }
    let Some(mut ours) = by_dialform(text) else { return };
    let (mut rfc, mut standard) = (by_rfc_3986(text).unwrap(), by_the_url_standard(text).unwrap());
    for read in [&mut ours, &mut rfc, &mut standard] {
        // An empty password is none.
        read.user_info = read.user_info.trim_end_matches(':').to_owned();
    }
    assert_eq!((&ours, &ours), (&rfc, &standard), "{text:?}");
}

/// Pieces whose combinations are what readers of URLs disagree on.
const PIECES: [&str; 62] = [
    "https://",
    "http://",
    "HTTPS://",
    "https:",
    "https:/",
    "https:///",
    "https:\\\\",
    "//",
    "ftp://",
    "javascript:",
    "cis.twin24.ai",
    "evil.example",
    "localhost",
    "a",
    "Z",
    "7",
    "0",
    "127.0.0.1",
    "127.1",
    "0x7f.1",
    "0177.0.0.1",
    "2130706433",
    "1.2.3.4.5",
    "256.1.1.1",
    "xn--e1afmkfd",
    "xn--a",
    "xn--",
    "пример.рф",
    "ａ",
    "ß",
    "。",
    "[::1]",
    "[::ffff:1.2.3.4]",
    "[::1%25eth0]",
    "[",
    "]",
    ".",
    "..",
    "/",
    "/./",
    "/%2e%2E/",
    "\\",
    "@",
    ":",
    ":443",
    ":0443",
    ":+1",
    ":65536",
    ":0",
    "?",
    "#",
    "%",
    "%65",
    "%2f",
    "%zz",
    " ",
    "\t",
    "\n",
    "\u{200b}",
    "\u{feff}",
    "user:pass@",
    "q=1&x='",
];

#[test]
fn every_url_of_two_pieces_is_read_alike_or_refused() {
    let mut taken = 0;
    for one in PIECES {
        for two in PIECES {
            for before in ["", "https://", "https://cis.twin24.ai"] {
                let text = format!("{before}{one}{two}");
                check(&text);
                taken += usize::from(Address::parse(&text).is_ok());
            }
        }
    }
    assert!(taken > 200, "{taken}");
}

#[test]
fn urls_that_lead_somewhere_else_for_some_are_refused() {
    for text in [
        r"https://evil.example\@cis.twin24.ai/",
        r"https://cis.twin24.ai\.evil.example/",
        r"https:\\evil.example/",
        "https://%65vil.example/",
        "https://evil.example%2f@cis.twin24.ai/",
        "https://evil.example%00.twin24.ai/",
        "https:evil.example",
        "https:/evil.example",
        "https:///evil.example",
        "https://cis.twin24.ai@@evil.example/",
        "https://a@b@evil.example/",
        "https://@evil.example/",
        "https://cis.twin24.ai\t.evil.example/",
        " https://cis.twin24.ai/",
        "https://cis.twin24.ai/\n",
        "https://cis.twin24.ai\u{3002}evil.example/",
        "https://ｃis.twin24.ai/",
        "https://cis.twin24.ai\u{2044}evil.example/",
        "https://сis.twin24.ai/",
        "https://straße.example/",
        "https://0x7f.1/",
        "https://0x7f000001/",
        "https://127.1/",
        "https://0177.0.0.1/",
        "https://2130706433/",
        "https://1.2.3/",
        "https://cis.twin24.ai./",
        "https://cis..twin24.ai/",
        "https://.cis.twin24.ai/",
        "https://xn--a/",
        "https://[::1%25lo]/",
        "https://[v1.a]/",
        "https://[::1/",
        "https://cis.twin24.ai:+443/",
        "https://cis.twin24.ai:0443/",
        "https://cis.twin24.ai:/",
        "https://cis.twin24.ai:443:1/",
        "https://cis.twin24.ai:٤٤٣/",
        "https://cis.twin24.ai/a/../b",
        "https://cis.twin24.ai/%2e%2e/b",
        "https://cis.twin24.ai/%2",
        "https://cis.twin24.ai/\"",
        "https://cis.twin24.ai/хук",
    ] {
        assert!(WebhookUrl::parse(text).is_err(), "{text}");
        assert!(text.parse::<BaseUrl>().is_err(), "{text}");
    }
}

#[test]
fn plain_urls_are_taken() {
    for text in [
        "https://example.com",
        "https://example.com/hooks/twin",
        "https://Example.COM:8443/hooks?id=7&list[]=a#top",
        "https://hooks-1.my_host.example.com/a//b/.well-known/{call}",
        "https://xn--e1afmkfd.xn--p1ai/%D1%85%D1%83%D0%BA",
        "https://1password.example/",
        "https://127.0.0.1:1/",
        "http://[::1]:8080/",
        "http://localhost/",
    ] {
        assert!(WebhookUrl::parse(text).is_ok(), "{text}: {:?}", WebhookUrl::parse(text));
        check(text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_alike_or_refused(
        text in "(https?|HTTP|ftp)?:?[/\\\\]{0,3}([ -~]|[а-яａ-ｚß\u{200b}\u{3002}\t\n]|xn--|%[0-9a-f]{2}|0x|\\.){0,24}"
    ) {
        check(&text);
    }

    #[test]
    fn any_pieces_are_read_alike_or_refused(pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 1..8)) {
        check(&pieces.concat());
        check(&format!("https://{}", pieces.concat()));
    }
}
