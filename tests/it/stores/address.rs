//! The addresses of stores, as `state` says them.

use dialform::state::remote::{AddressError, RemoteAddress};

#[track_caller]
fn parsed(text: &str) -> String {
    text.parse::<RemoteAddress>().unwrap().to_string()
}

#[track_caller]
fn refused(text: &str) -> String {
    let why = text.parse::<RemoteAddress>().unwrap_err().to_string();
    assert!(!why.contains("hunter2"), "{why}");
    why
}

#[test]
fn addresses_are_read() {
    assert_eq!(
        parsed("s3://campaigns-state/twin/production/"),
        "s3://campaigns-state/twin/production"
    );
    for text in [
        "postgres://db.example.com/campaigns?state=production",
        "postgres://[::1]:5433/campaigns?state=a",
        "https://gitlab.example.com/api/v4/projects/42/terraform/state/production",
        "https://example.com/gitlab/api/v4/projects/group%2Fproject/terraform/state/production",
    ] {
        assert_eq!(parsed(text), text);
    }
    assert_eq!(
        parsed("postgresql://db.example.com:5432/campaigns?sslmode=verify-full&state=a"),
        "postgres://db.example.com/campaigns?state=a"
    );
}

#[test]
fn only_the_loopback_interface_goes_without_tls() {
    let tls = |text: &str| match text.parse() {
        Ok(RemoteAddress::Postgres(address)) => Ok(address.tls),
        Ok(other) => panic!("{other}"),
        Err(error) => Err(error),
    };
    assert_eq!(tls("postgres://127.0.0.1/d?state=a"), Ok(false));
    assert_eq!(tls("postgres://[::1]/d?state=a"), Ok(false));
    assert_eq!(tls("postgres://localhost/d?state=a&sslmode=require"), Ok(true));
    assert_eq!(tls("postgres://db/d?state=a"), Ok(true));
    assert!(refused("postgres://db/d?state=a&sslmode=disable").contains("sslmode=verify-full"));
    assert!(refused("postgres://127.0.0.1.example.com/d?state=a&sslmode=prefer").contains("not encrypted"));
    assert!(refused("http://gitlab.example.com/api/v4/projects/1/terraform/state/a").contains("https://"));
    let endpoint = RemoteAddress::parse("s3://bucket/a", Some("http://minio.example.com"), None);
    assert!(
        matches!(endpoint, Err(AddressError::NotEncrypted { .. })),
        "{endpoint:?}"
    );
    RemoteAddress::parse("s3://bucket/a", Some("http://127.0.0.1:9000"), Some("garage")).unwrap();
}

#[test]
fn credentials_are_refused_and_not_repeated() {
    for text in [
        "s3://AKIA:hunter2@bucket/prefix",
        "postgres://me:hunter2@db/d?state=a",
        "postgres://db/d?state=a&password=hunter2",
        "postgres://hunter2@db/d?state=a",
        "https://me:hunter2@gitlab.example.com/api/v4/projects/1/terraform/state/a",
    ] {
        assert!(refused(text).contains("environment"), "{}", refused(text));
    }
}

#[test]
fn what_is_no_address_says_how_one_is_written() {
    for (text, word) in [
        ("gs://bucket/prefix", "s3://BUCKET/PREFIX"),
        ("s3://bucket", "prefix"),
        ("s3:///prefix", "bucket"),
        ("s3://Bucket/prefix", "lower-case"),
        ("s3://bucket/a/../b", "slashes"),
        ("postgres://db/d", "state=production"),
        ("postgres:///d?state=a", "host"),
        ("postgres://db?state=a", "database"),
        ("postgres://db/d?state=a&state=b", "twice"),
        ("postgres://db/d?state=a&options=-c", "options="),
        ("postgres://a,b/d?state=a", "one host"),
        ("https://example.com/state", "terraform/state"),
        (
            "https://gitlab.example.com/api/v4/projects/1/terraform/state/a?x=1",
            "?…",
        ),
    ] {
        let why = refused(text);
        assert!(why.contains(word), "{text}: {why}");
    }
    let beside = RemoteAddress::parse(
        "postgres://db.example.com/campaigns?state=production",
        Some("https://example.com"),
        None,
    );
    assert!(matches!(beside, Err(AddressError::Unknown { .. })), "{beside:?}");
    let region = RemoteAddress::parse("s3://campaigns-state/twin/production", None, Some("eu.example.com/"));
    assert!(
        matches!(region, Err(AddressError::Part { what: "region", .. })),
        "{region:?}"
    );
}
