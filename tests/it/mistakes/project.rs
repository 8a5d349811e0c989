//! The `project` node, and whole files.

use super::base::CLASSIC;
use super::harness::{Planted, check, classic, extended, files, prove};

pub(super) const CASES: &[Planted] = &[
    classic("DF101", "    api \"https", "    ‹apii› \"https"),
    classic("DF101", "    login \"https", "    ‹logn› \"https"),
    classic("DF101", "    dialect \"classic\"", "    ‹dialct› \"classic\""),
    extended("DF101", "    dialect \"extended\"", "    ‹dialct› \"extended\""),
    extended("DF101", "    dialect \"extended\"", "    ‹language› \"extended\""),
    classic("DF101", "    timezone \"Europe", "    ‹time-zone› \"Europe"),
    classic("DF101", "    campaigns \"camp", "    ‹campains› \"camp"),
    classic("DF101", "    token-command \"pass", "    ‹token-comand› \"pass"),
    classic("DF101", "    wire-value \"on", "    ‹wire-values› \"on"),
    classic("DF101", "    lint {", "    ‹lints› {"),
    classic("DF101", "    lint {", "    ‹password› \"x\"\n    lint {"),
    classic("DF128", "token-command \"pass show twin\"", "token-env ‹\"PASS\"›"),
    classic("DF129", "token-command \"pass show twin\"", "state ‹\"../a.json\"›"),
    classic(
        "DF129",
        "token-command \"pass show twin\"",
        "state ‹\"s3://key:secret@bucket/a\"›",
    ),
    classic(
        "DF104",
        "token-command \"pass show twin\"",
        "state \"s3://bucket/a\" ‹regon›=\"eu\"",
    ),
    extended("DF318", "only \"production\"", "only ‹\"prodction\"›"),
    extended("DF318", "environment \"production\"\n", "").at("only ‹\"production\"›"),
    extended(
        "DF319",
        "campaign \"survey\" {",
        "template \"t\" {\n    only \"other\"\n    record #false\n}\n\ncampaign \"survey\" template=‹\"t\"› {",
    )
    .with(
        "environment \"production\"",
        "environment \"production\"\nenvironment \"other\"",
    ),
    extended(
        "DF320",
        "environment \"production\"",
        "environment \"production\" {\n    state \"a.json\"\n}\nenvironment ‹\"other\"› {\n    state \"a.json\"\n}",
    ),
    extended(
        "DF305",
        "environment \"production\"",
        "environment \"production\"\nenvironment ‹\"production\"›",
    ),
    extended("DF118", "environment \"production\"", "environment ‹\"Production\"›"),
    extended("DF107", "environment \"production\"", "‹environment›"),
    extended("DF101", "environment \"production\"", "‹enviroment› \"production\""),
    extended(
        "DF102",
        "environment \"production\"",
        "environment \"production\" {\n    ‹campaigns› \"x.kdl\"\n}",
    ),
    extended(
        "DF101",
        "environment \"production\"",
        "environment \"production\" {\n    ‹timezon› \"UTC\"\n}",
    ),
    classic("DF101", "project {", "‹projekt› {"),
    extended("DF101", "project {", "‹projekt› {"),
    extended("DF101", "project {", "‹settings› {"),
    extended("DF110", "dialect \"extended\"", "dialect ‹\"extendd\"›"),
    extended("DF110", "dialect \"extended\"", "dialect ‹\"new\"›"),
    classic("DF110", "dialect \"classic\"", "dialect ‹\"Classic\"›"),
    extended("DF121", "dialect \"extended\"", "dialect ‹\"\"›"),
    extended("DF109", "dialect \"extended\"", "dialect ‹#true›"),
    extended("DF107", "    dialect \"extended\"", "    ‹dialect›"),
    extended("DF105", "dialect \"extended\"", "dialect \"extended\" ‹\"classic\"›"),
    classic("DF110", "\"Europe/Moscow\"", "‹\"Europe/Moskow\"›"),
    classic("DF110", "\"Europe/Moscow\"", "‹\"Moscow\"›"),
    classic("DF110", "\"Europe/Moscow\"", "‹\"MSK+3\"›"),
    classic("DF110", "\"Europe/Moscow\"", "‹3›"),
    classic("DF121", "\"Europe/Moscow\"", "‹\"\"›"),
    classic(
        "DF123",
        "\"https://cis.twin24.ai/api/v1\"",
        "‹\"http://cis.twin24.ai/api/v1\"›",
    ),
    classic(
        "DF123",
        "\"https://cis.twin24.ai/api/v1\"",
        "‹\"cis.twin24.ai/api/v1\"›",
    ),
    classic("DF123", "\"https://cis.twin24.ai/api/v1\"", "‹\"https://\"›"),
    classic("DF123", "\"https://iam.twin24.ai/api/v1\"", "‹\"ftp://iam.twin24.ai\"›"),
    classic("DF109", "\"https://iam.twin24.ai/api/v1\"", "‹#null›"),
    classic("DF121", "\"https://iam.twin24.ai/api/v1\"", "‹\"\"›"),
    classic("DF124", "\"campaigns/**/*.kdl\"", "‹\"campaigns/[*.kdl\"›"),
    classic("DF124", "\"campaigns/**/*.kdl\"", "‹\"campaigns/{a,b\"›"),
    classic("DF121", "\"campaigns/**/*.kdl\"", "‹\"\"›"),
    classic("DF311", "\"campaigns/**/*.kdl\"", "‹\"elsewhere/*.kdl\"›"),
    classic("DF311", "\"campaigns/**/*.kdl\"", "‹\"campaigns\"›"),
    classic(
        "DF105",
        "\"campaigns/**/*.kdl\"",
        "\"campaigns/**/*.kdl\" ‹\"more/*.kdl\"›",
    ),
    classic("DF121", "\"pass show twin\"", "‹\"\"›"),
    classic("DF110", "\"on-error.skip\"", "‹\"on-error.skp\"›"),
    classic("DF110", "\"on-error.skip\"", "‹\"something\"›"),
    classic(
        "DF107",
        "    wire-value \"on-error.skip\" \"SKIP\"",
        "    ‹wire-value› \"on-error.skip\"",
    ),
    classic("DF121", "\"SKIP\"", "‹\"\"›"),
    classic("DF105", "\"SKIP\"", "\"SKIP\" ‹\"MORE\"›"),
    classic("DF106", "    dialect \"classic\"", "    dialect \"classic\" ‹{›\n    }"),
    classic("DF105", "    dialect \"classic\"", "    dialect ‹name=\"classic\"›"),
    classic("DF105", "project {", "project ‹\"acme\"› {"),
    classic("DF125", "\"http-webhook\"", "‹\"http-webhok\"›"),
    classic("DF125", "\"http-webhook\"", "‹\"DF999\"›"),
    classic("DF125", "\"DF310\"", "‹\"DF\"›"),
    classic("DF101", "warn \"http", "‹wran› \"http"),
    classic("DF101", "warn \"http", "‹ignore› \"http"),
    classic("DF107", "warn \"http-webhook\"", "‹warn›"),
    classic("DF105", "warn \"http-webhook\"", "warn ‹rule=\"http-webhook\"›"),
    classic("DF055", "warn \"http-webhook\"", "warn ‹601›"),
    classic("DF109", "warn \"http-webhook\"", "warn ‹#true›"),
    classic("DF106", "warn \"http-webhook\";", "warn \"http-webhook\" ‹{› };"),
    classic("DF105", "lint {", "lint ‹\"strict\"› {"),
    classic(
        "DF107",
        "lint { warn \"http-webhook\"; allow \"DF310\"; error \"start-in-past\"; }",
        "‹lint›",
    ),
];

#[test]
fn mistakes_in_the_project_node_are_found_where_they_are() {
    prove(CASES);
}

#[test]
fn line_ends_tabs_and_a_byte_order_mark_change_nothing() {
    for change in [
        |text: &str| text.replace('\n', "\r\n"),
        |text: &str| text.replace("    ", "\t"),
        |text: &str| format!("\u{feff}{text}"),
        |text: &str| format!("// first\n\n/* {text} */\n{text}\n\n// last"),
    ] {
        let changed = files(CLASSIC)
            .into_iter()
            .map(|(path, text)| (path, change(&text)))
            .collect();
        let found = check(&changed);
        assert!(found.is_empty(), "{found:#?}");
    }
}

#[test]
fn a_mistake_keeps_its_place_under_crlf_and_a_byte_order_mark() {
    let mut files = files(CLASSIC);
    files[2].1 = format!(
        "\u{feff}{}",
        files[2].1.replace("pace \"3/s\"", "pace \"0/s\"").replace('\n', "\r\n")
    );
    let start = files[2].1.find("\"0/s\"").unwrap();
    let found = check(&files);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!((found[0].code, found[0].at.1), ("DF114", start));
}
