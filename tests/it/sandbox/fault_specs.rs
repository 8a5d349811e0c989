//! How faults are written, and what is said of those that cannot be read.

use dialform::sandbox::Fault;

#[test]
fn good_specs_are_read() {
    for (spec, word) in [
        ("create=reset", "reset"),
        ("create#3=before:hang", "hang"),
        ("list#3-5=drip", "drip"),
        ("login#3-=after:503", "status"),
        ("halt=400", "status"),
        ("halt=599/empty", "status"),
        ("any=429", "status"),
        ("any=429/0", "status"),
        ("any#1-1=after:429/30", "status"),
        ("create=redirect", "redirect"),
        ("create=before:redirect/https://example.com:8443/a?b=c#d", "redirect"),
        ("create=redirect/http://[::1]/", "redirect"),
        ("create=truncated", "truncated"),
        ("create=wrong", "wrong"),
        ("create=garbage", "garbage"),
        ("create=endless", "endless"),
        ("create=bad-id", "bad-id"),
        ("list=lag/1", "lag"),
        ("list=omit", "omit"),
        ("list=omit/3", "omit"),
        ("list#2-=shift", "shift"),
        ("list=shift/10", "shift"),
        ("create#18446744073709551615=reset", "reset"),
    ] {
        let fault: Fault = spec.parse().unwrap_or_else(|error| panic!("{spec}: {error}"));
        assert_eq!(fault.name(), word, "{spec}");
    }
    // The defaults are what they stand for.
    for (short, long) in [
        ("create=503", "create#1-=before:503"),
        ("any=429", "any=429/1"),
        ("any=redirect", "any=redirect/http://127.0.0.1:1/elsewhere"),
        ("list=omit", "list=omit/1"),
        ("list=shift", "list=shift/2"),
        ("list#3=hang", "list#3-3=hang"),
    ] {
        assert_eq!(short.parse::<Fault>(), long.parse::<Fault>(), "{short}");
    }
}

#[test]
fn bad_specs_are_refused_with_what_to_write() {
    for (spec, words) in [
        ("", "TARGET=FAULT"),
        ("create", "TARGET=FAULT"),
        ("create=", "TARGET=FAULT"),
        ("=503", "TARGET=FAULT"),
        ("crete=503", "no target `crete`: write create"),
        ("Create=503", "no target `Create`: write create"),
        ("everything=503", "write create, list, login, play, pause, halt or any"),
        ("create#0=503", "`#0` does not say which requests: write #3"),
        ("create#=503", "`#` does not say"),
        ("create#-3=503", "`#-3` does not say"),
        ("create#+3=503", "`#+3` does not say"),
        ("create#3-5-7=503", "`#3-5-7` does not say"),
        ("create#18446744073709551616=503", "does not say"),
        ("create#5-3=503", "`#5-3` runs backwards: write #3-5"),
        (
            "create=befor:503",
            "`befor:` does not say when: write before: or after:",
        ),
        ("create=:503", "`:` does not say when"),
        ("create=after:", "no fault ``"),
        ("create=rest", "no fault `rest`: write reset"),
        ("create=bad_id", "no fault `bad_id`: write bad-id"),
        ("create=explode", "write a status from 400 to 599 or one of reset, hang"),
        (
            "create=200",
            "the status 200 is not one of a failure: write one from 400 to 599",
        ),
        ("create=600", "the status 600"),
        ("create=99999999", "the status 99999999"),
        (
            "create=503/full",
            "`503/full` is not understood: write the status by itself or with /empty, /html or /null",
        ),
        (
            "create=429/soon",
            "`429/soon` is not understood: write 429 or 429/SECONDS",
        ),
        ("create=429/", "`429/` is not understood"),
        ("create=429/-1", "`429/-1` is not understood"),
        ("create=429/4294967296", "is not understood"),
        ("create=reset/2", "`reset/2` is not understood: write reset"),
        ("create=redirect/elsewhere", "write redirect/URL"),
        ("create=redirect/ftp://example.com/", "write redirect/URL"),
        ("create=redirect/http://", "write redirect/URL"),
        ("create=redirect/http://a/\r\nB: c", "write redirect/URL"),
        ("create=redirect/http://пример.рф/", "in ASCII"),
        ("list=lag", "`lag` needs a number: write lag/N"),
        ("list=lag/0", "`lag/0` is not understood: write lag/N"),
        ("list=omit/0", "write omit or omit/N"),
        ("list=shift/x", "write shift or shift/SIZE"),
        (
            "create=lag/2",
            "`lag` is a fault of the list only: write list in the place of create",
        ),
        ("any=omit", "in the place of any"),
        ("list=after:lag/2", "`lag` spoils the right answer"),
        ("create=before:drip", "`drip` spoils the right answer"),
        ("create=after:truncated", "without before: or after:"),
    ] {
        let error = spec.parse::<Fault>().expect_err(spec).to_string();
        assert!(error.contains(words), "{spec}: {error}");
    }
}
