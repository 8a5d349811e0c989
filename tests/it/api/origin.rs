//! Which addresses are taken, and which ids.

use dialform::api::{BaseUrl, BaseUrlError, Identity};
use dialform::fields::types::Unclear;

#[test]
fn equal_addresses_have_equal_text() {
    for (written, text) in [
        ("https://cis.twin24.ai/api/v1", "https://cis.twin24.ai/api/v1"),
        ("HTTPS://CIS.twin24.ai:443/api/v1///", "https://cis.twin24.ai/api/v1"),
        ("https://calls.example:8443", "https://calls.example:8443"),
        ("http://localhost:8787/", "http://localhost:8787"),
        ("http://127.0.0.9:1", "http://127.0.0.9:1"),
        ("http://[::1]:1/x", "http://[::1]:1/x"),
    ] {
        assert_eq!(written.parse::<BaseUrl>().unwrap().to_string(), text);
    }
}

#[test]
fn what_could_leak_the_token_is_refused_without_repeating_it() {
    for (written, error) in [
        ("", BaseUrlError::NotUrl),
        ("cis.twin24.ai/api/v1", BaseUrlError::NotUrl),
        ("https://", BaseUrlError::NotUrl),
        ("https://cis.twin24.ai/api/v1 ", BaseUrlError::NotUrl),
        ("https://cis.twin\n24.ai", BaseUrlError::NotUrl),
        ("http://cis.twin24.ai/api/v1", BaseUrlError::NotHttps),
        ("http://localhost.example.com", BaseUrlError::NotHttps),
        ("http://127.0.0.1.example.com", BaseUrlError::NotHttps),
        ("http://10.0.0.1", BaseUrlError::NotHttps),
        ("ftp://cis.twin24.ai", BaseUrlError::NotHttps),
        ("file:///etc/passwd", BaseUrlError::NotHttps),
        ("https://anna:planted@cis.twin24.ai", BaseUrlError::UserInfo),
        ("https://planted@cis.twin24.ai", BaseUrlError::UserInfo),
        ("http://localhost@planted.example.com", BaseUrlError::UserInfo),
        ("https://cis.twin24.ai?key=planted", BaseUrlError::Query),
        ("https://cis.twin24.ai/api#planted", BaseUrlError::Query),
        (
            "https://planted.example\\@cis.twin24.ai/",
            BaseUrlError::Unclear(Unclear::Backslash),
        ),
        ("https://%70lanted.example/", BaseUrlError::Unclear(Unclear::Percent)),
        ("https://cis.twin24.ai/%61pi", BaseUrlError::Unclear(Unclear::Percent)),
        ("https://planted.рф/", BaseUrlError::Unclear(Unclear::NotAscii)),
        ("https://0x7f.1/planted", BaseUrlError::Unclear(Unclear::Number)),
        (
            "https://cis.twin24.ai./planted",
            BaseUrlError::Unclear(Unclear::EmptyLabel),
        ),
        (
            "https://cis.twin24.ai/planted/../v1",
            BaseUrlError::Unclear(Unclear::Dots),
        ),
        ("https:planted.example", BaseUrlError::NotUrl),
        ("https:/planted.example", BaseUrlError::NotUrl),
        ("https:///planted.example", BaseUrlError::NotUrl),
    ] {
        let refused = written.parse::<BaseUrl>().unwrap_err();
        assert_eq!(refused, error, "{written}");
        assert!(!refused.to_string().contains("planted"));
    }
}

#[test]
fn an_id_must_look_like_one() {
    for id in ["48a77bd7-8762-4e0f-a277-4ef77e36c41b", "12345678", &"a".repeat(64)] {
        assert_eq!(id.parse::<Identity>().unwrap().to_string(), id);
        let json = serde_json::to_string(&id.parse::<Identity>().unwrap()).unwrap();
        assert_eq!(serde_json::from_str::<Identity>(&json).unwrap().as_str(), id);
    }
    for id in [
        "",
        "1234567",
        "-2345678",
        "12345678/",
        "1234 5678",
        "12345678\n",
        "ид-ид-ид-ид",
        "..%2f..%2f",
        &"a".repeat(65),
    ] {
        assert!(id.parse::<Identity>().is_err(), "{id}");
        assert!(serde_json::from_value::<Identity>(id.into()).is_err(), "{id}");
    }
}
