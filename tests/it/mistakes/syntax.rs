//! Mistakes in the text itself: what follows one is read all the same, so each is the only finding.

use super::harness::{Planted, classic, extended, prove};

pub(super) const CASES: &[Planted] = &[
    // Values that need quotes or a sign.
    classic("DF012", "pace \"3/s\"", "pace ‹3/s›"),
    classic("DF012", "effective-after \"12s\"", "effective-after ‹12s›"),
    classic("DF012", "from=\"10:00\"", "from=‹10:00›"),
    classic("DF012", "at=\"2030-12-02 10:00\"", "at=‹2030-12-02 10:00›"),
    classic("DF012", "after=\"20m\"", "after=‹20m›"),
    classic(
        "DF012",
        "scenario \"228cc4fa-92f2-4709-94e3-7344a96a5903\"",
        "scenario ‹228cc4fa-92f2-4709-94e3-7344a96a5903›",
    ),
    classic("DF012", "\"Lapsed customers, first wave\"", "‹+7-495-123-45-67›"),
    extended("DF012", "lifetime \"2d\"", "lifetime ‹2d›"),
    extended("DF012", "comply \"230-fz\"", "comply ‹230-fz›"),
    classic("DF109", "record #true", "record ‹True›"),
    classic("DF010", "comment \"Lapsed customers, first wave\"", "comment ‹null›"),
    classic("DF024", "record #false", "record ‹#no›"),
    classic("DF012", "\"Lapsed customers, first wave\"", "‹8 (495) 123-45-67›"),
    classic("DF012", "\"Lapsed customers, first wave\"", "‹+7 495 123-45-67›"),
    // Comments that stay open in front of something.
    classic("DF007", "    pace \"3/s\"", "    ‹/*› calls pace \"3/s\""),
    classic("DF007", "    redial {", "    ‹/*› again redial {"),
    classic("DF007", "aliases {", "‹/*› names aliases {"),
    classic(
        "DF007",
        "template \"weekday\" {",
        "‹/*› the usual template \"weekday\" {",
    ),
    // Types.
    classic("DF054", "pace \"3/s\"", "pace ‹(rate)›\"3/s\""),
    classic("DF054", "pace \"3/s\"", "‹( \"rate\" )› pace \"3/s\""),
    classic("DF054", "at=\"2030-12-02 10:00\"", "at=‹(date)› \"2030-12-02 10:00\""),
    classic("DF054", "sales=\"48a", "sales=‹(id)›\"48a"),
    // Names that are written and empty.
    classic("DF101", "    pace \"3/s\"\n", "    ‹\"\"› 5\n    pace \"3/s\"\n"),
    classic("DF101", "aliases {\n", "‹#\"\"#› 5\naliases {\n"),
    classic("DF104", "pace \"3/s\"", "pace \"3/s\" ‹\"\"›=5"),
    classic("DF101", "    dialect", "    ‹\"\"› 5\n    dialect"),
    // Characters that nobody sees.
    classic("DF051", "pace \"3/s\"", "pa‹\u{200B}›ce \"3/s\""),
    classic(
        "DF051",
        "\"spring-promo\" template",
        "\"spring-‹\u{2060}›promo\" template",
    ),
    classic("DF051", "Europe/Moscow", "Europe/‹\u{200B}›Moscow"),
    classic("DF022", "\"spring-promo\" template", "\"spring-‹\0›promo\" template"),
    classic("DF022", "Europe/Moscow", "Europe/‹\u{202E}›Moscow"),
    // Quotes.
    classic("DF050", "\"3/s\"", "‹“3/s”›"),
    classic(
        "DF050",
        "\"Lapsed customers, first wave\"",
        "‹«Клиенты (первая волна); осень, 2030»›",
    ),
    classic("DF050", "\"Spring promo 2030\"", "‹“Spring promo 2030”›"),
    classic("DF050", "\"Spring promo 2030\"", "‹«Spring promo 2030»›"),
    classic("DF050", "\"Spring promo 2030\"", "‹'Spring promo 2030'›"),
    // Blocks of other languages.
    classic(
        "DF021",
        "    redial {\n        max-per-candidate 7\n",
        "    ‹\"redial\":› {\n        \"max-per-candidate\": 7, \"more\": {\n",
    )
    .with(
        "ineffective after=\"1h\" times=2\n    }",
        "ineffective after=\"1h\" times=2\n    }}",
    ),
    classic("DF021", "    redial {\n", "    ‹redial:›\n"),
    classic(
        "DF021",
        "    dialect \"classic\"\n",
        "    ‹\"dialect\":› \"classic\",\n",
    ),
    classic("DF023", "    pace \"3/s\"", "    ‹#› calls a second\n    pace \"3/s\""),
    classic("DF023", "pace \"3/s\"", "pace \"3/s\" ‹#› calls a second"),
    // Signs of other languages.
    classic("DF014", "from=\"10:00\" to", "from=\"10:00\"‹,› to"),
    classic("DF056", "from=\"10:00\" to", "from=\"10:00\" ‹,› to"),
    classic("DF015", "pace \"3/s\"", "pace ‹=› \"3/s\""),
    classic("DF015", "pace \"3/s\"", "pace‹=›\"3/s\""),
];

#[test]
fn syntax_errors_are_found_where_they_are() {
    prove(CASES);
}

/// What a brace more or less, or a quote that stays open, does to the rest of a file is for the parser to tell; here it
/// only counts that nobody complains about what it swallowed.
#[test]
fn a_broken_text_gives_one_finding() {
    let wrong: Vec<String> = [
        ("    redial #false\n}\n", "    redial #false\n"),
        ("    redial #false\n}\n", "    redial #false\n}\n}\n"),
        (
            "        ineffective after=\"1h\" times=2\n    }\n",
            "        ineffective after=\"1h\" times=2\n",
        ),
        ("    redial {\n", "    redial\n"),
        ("campaign \"reminders\" {\n", "campaign \"reminders\"\n"),
        ("name \"Spring promo 2030\"", "name \"Spring promo 2030"),
        ("name \"Spring promo 2030\"", "name Spring promo 2030\""),
        (
            "comment \"Lapsed customers, first wave\"",
            "comment \"Lapsed\\qcustomers\"",
        ),
        ("pace \"3/s\"", "pace \"3/s\" }"),
        ("channel=\"sales\"", "channel="),
        ("on-transfer \"channel\" channel", "on-transfer \"channel\"channel"),
        ("start \"manual\"", "start: \"manual\""),
        ("aliases {", "/*\naliases {"),
        ("trim-left=\"1s\"", "trim-left=\"1s\" }"),
        ("    dialect \"classic\"", "    dialect \"classic\" }"),
        (
            "webhook \"https://example.com/hooks/twin\"",
            "webhook https://example.com/hooks/twin",
        ),
        (
            "webhook \"https://example.com/hooks/twin\"",
            "webhook r\"https://example.com/hooks/twin\"",
        ),
        ("normalize \"RU\" on-error", "normalize (\"RU\" on-error"),
        ("detect-robot \"back\"", "detect-robot \"back\"\u{200B}"),
        ("times=4", "times=4 5 6"),
        ("times=4", "times==4"),
        ("campaign \"reminders\" {", "campaign reminders {"),
        ("aliases {", "aliases {{"),
    ]
    .into_iter()
    .filter_map(|(old, new)| {
        let found = super::harness::changed(old, new);
        let is_clean = old.contains("\"reminders\" {") && new.ends_with("reminders {");
        (found.len() != usize::from(!is_clean)).then(|| format!("{old} → {new}: {found:#?}"))
    })
    .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
