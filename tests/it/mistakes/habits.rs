//! Habits from elsewhere, each written as people write it: one finding for one mistake, and a fix where it is plain what was meant.

use super::harness::{Planted, classic, extended, prove};

pub(super) const CASES: &[Planted] = &[
    // A telephone number where its id belongs.
    classic("DF055", "id=\"moscow\"", "id=‹74951234567›"),
    classic("DF301", "id=\"moscow\"", "id=‹\"74951234567\"›"),
    classic("DF301", "id=\"moscow\"", "id=‹\"+74951234567\"›"),
    classic("DF301", "id=\"moscow\"", "id=‹\"+7 (495) 123-45-67\"›"),
    classic("DF301", "id=\"regions\"", "id=‹\"88005553535\"›"),
    classic("DF301", "trunk \"own\"", "trunk ‹\"12\"›"),
    classic("DF301", "scenario \"promo\"", "scenario ‹\"48211\"›"),
    classic(
        "DF115",
        "moscow=\"9a67dee5-398e-4570-9426-fbb3f067b270\"",
        "moscow=‹\"+74951234567\"›",
    ),
    classic(
        "DF055",
        "moscow=\"9a67dee5-398e-4570-9426-fbb3f067b270\"",
        "moscow=‹74951234567›",
    ),
    // `{` on a line of its own.
    classic("DF005", "campaign \"reminders\" {", "campaign \"reminders\"\n‹{›"),
    classic("DF005", "template \"weekday\" {", "template \"weekday\"\n‹{›"),
    classic("DF005", "aliases {", "aliases\n\n‹{›"),
    classic("DF005", "project {", "project\r\n‹{›"),
    classic("DF005", "    redial {", "    redial\n    ‹{›"),
    classic(
        "DF005",
        "template=\"weekday\" {",
        "template=\"weekday\" // the usual hours\n‹{›",
    ),
    classic("DF005", "    lint {", "    lint\n    ‹{›"),
    extended("DF005", "delay=\"5s\" {", "delay=\"5s\"\n    ‹{›"),
    // Commas between settings on a line.
    classic(
        "DF014",
        "    redial #false\n",
        "    redial { busy after=\"20m\" times=3‹,› no-answer after=\"2h\" times=2 }\n",
    ),
    classic(
        "DF014",
        "    redial #false\n",
        "    redial { max-per-candidate 6‹,› busy after=\"20m\" times=3 }\n",
    ),
    classic(
        "DF014",
        "    redial #false\n",
        "    redial { busy after=\"20m\" times=3‹,› no-answer #false, congestion #false }\n",
    ),
    classic(
        "DF014",
        "    effective-after \"5s\"\n    call-window",
        "    effective-after \"5s\"‹,› call-window",
    ),
    classic(
        "DF014",
        "    record #false\n    redial #false\n",
        "    record #false‹,› redial #false\n",
    ),
    extended(
        "DF014",
        "    strategy \"sequential\"\n    lifetime \"2d\"\n",
        "    strategy \"sequential\"‹,› lifetime \"2d\"\n",
    ),
    // A sign of another language, and behind it a value without its quotes.
    classic("DF056", "pace \"3/s\"", "pace‹:› 3/s"),
    classic("DF056", "effective-after \"12s\"", "effective-after‹:› 12s"),
    classic("DF056", "record #false", "record‹:› false"),
    classic("DF015", "pace \"3/s\"", "pace ‹=› 3/s"),
    classic("DF015", "record #false", "record ‹=› false"),
    classic("DF015", "effective-after \"12s\"", "effective-after‹=›12s"),
    extended("DF056", "lifetime \"2d\"", "lifetime‹:› 2d"),
    classic("DF056", "from=\"10:00\"", "from‹:› 10:00"),
    // The key as a property.
    classic("DF107", "campaign \"reminders\"", "campaign ‹key›=\"reminders\""),
    classic("DF107", "campaign \"reminders\"", "campaign ‹name›=\"reminders\""),
    classic("DF107", "campaign \"reminders\"", "campaign ‹id›=\"reminders\""),
    classic(
        "DF107",
        "campaign \"spring-promo\" template",
        "campaign ‹key›=\"spring-promo\" template",
    ),
    classic("DF107", "template \"weekday\" {", "template ‹name›=\"weekday\" {"),
    classic("DF107", "template \"weekday\" {", "template ‹key›=\"weekday\" {"),
    // The value as a property.
    classic("DF109", "detect-robot \"back\"", "detect-robot ‹#true› mode=\"back\""),
    classic("DF104", "detect-robot \"back\"", "detect-robot ‹mode›=\"back\""),
    classic("DF110", "detect-robot \"back\"", "detect-robot ‹\"on\"› mode=\"back\""),
    classic(
        "DF109",
        "on-transfer \"ignore\"",
        "on-transfer ‹#true› action=\"ignore\"",
    ),
    classic("DF109", "start \"manual\"", "start ‹1› mode=\"manual\""),
    extended("DF109", "comply \"230-fz\"", "comply ‹#true› law=\"230-fz\""),
    // A text that is not closed on its line, but on a later one.
    classic(
        "DF006",
        "comment \"Lapsed customers, first wave\"",
        "comment ‹\"Lapsed customers,\n    first wave\"›",
    ),
    classic(
        "DF006",
        "comment \"Lapsed customers, first wave\"",
        "comment ‹\"Lapsed customers,\n        first wave,\n        since May\"›",
    ),
    classic(
        "DF006",
        "name \"Spring promo 2030\"",
        "name ‹\"Spring promo\n        2030\"›",
    ),
    classic(
        "DF006",
        "name \"Напоминания о визите\"",
        "name ‹\"Напоминания\n    о визите\"›",
    ),
    classic(
        "DF006",
        "comment \"Lapsed customers, first wave\"",
        "comment ‹\"Lapsed customers: campaign 1\n\n    template B\"›",
    ),
    classic(
        "DF006",
        "comment \"Lapsed customers, first wave\"",
        "comment ‹\"Lapsed customers›",
    ),
    // Keys in another script.
    classic("DF118", "campaign \"reminders\"", "campaign ‹\"весна\"›"),
    classic("DF118", "campaign \"reminders\"", "campaign ‹\"Напоминания о визите\"›"),
    classic("DF118", "campaign \"reminders\"", "campaign ‹\"весна-2030\"›"),
    classic("DF118", "campaign \"reminders\"", "campaign ‹\"щедрый_объём\"›"),
    classic("DF118", "campaign \"reminders\"", "campaign ‹\"їжаки\"›"),
    // Switched on with what is not said by `#true`.
    classic("DF110", "redial #false", "redial ‹#true›"),
    classic("DF110", "redial {", "redial ‹#true› {"),
    classic("DF110", "busy after=\"20m\"", "busy ‹#true› after=\"20m\""),
    classic("DF110", "no-answer after=\"2h\"", "no-answer ‹#true› after=\"2h\""),
    extended("DF110", "no-answer after=\"3h\"", "no-answer ‹#true› after=\"3h\""),
    classic("DF109", "record #false", "record ‹да›"),
    classic("DF109", "record #false", "record ‹нет›"),
    classic("DF109", "record #false", "record ‹off›"),
    extended("DF109", "check-phones #true", "check-phones ‹yes›"),
    extended("DF109", "email-report #false", "email-report ‹нет›"),
    // The value that the properties tell.
    classic("DF107", "start \"time\" at", "‹start› at"),
    classic("DF107", "on-transfer \"channel\" channel", "‹on-transfer› channel"),
    classic("DF107", "record #true trim-left", "‹record› trim-left"),
    classic("DF107", "caller-id \"number\" id", "‹caller-id› id"),
    classic("DF107", "normalize \"RU\" on-error", "‹normalize› on-error"),
    // The property that the value tells.
    classic("DF105", " channel=\"sales\"", " ‹\"sales\"›"),
    classic("DF105", " id=\"moscow\"", " ‹\"moscow\"›"),
    classic("DF105", " at=\"2030-12-02 10:00\"", " ‹\"2030-12-02 10:00\"›"),
    classic("DF105", " trim-left=\"1s\"", " ‹\"1s\"›"),
    classic("DF105", " on-error=\"skip\"", " ‹\"skip\"›"),
    classic("DF105", "from=\"09:10\" to=\"19:50\"", "‹\"09:10\"› \"19:50\""),
    classic(
        "DF105",
        "\"https://example.com/hooks/twin\"",
        "\"https://example.com/hooks/twin\" ‹\"https://example.com/b\"›",
    ),
];

#[test]
fn each_habit_is_one_finding() {
    prove(CASES);
}

/// Names of templates reach nobody but the files.
#[test]
fn templates_may_be_named_in_any_script() {
    for name in ["будни", "Будни", "рабочие-дни", "平日", "ημέρες", "будни_2"] {
        let found = super::harness::changed_all(&[
            ("template \"weekday\" {", &format!("template \"{name}\" {{")),
            ("template=\"weekday\"", &format!("template=\"{name}\"")),
        ]);
        assert!(found.is_empty(), "{name}: {found:#?}");
    }
    for name in ["будни дня", "-будни", "будни!", "Weekday", ""] {
        let found = super::harness::changed_all(&[
            ("template \"weekday\" {", &format!("template \"{name}\" {{")),
            ("template=\"weekday\"", &format!("template=\"{name}\"")),
        ]);
        assert!(found.iter().any(|found| found.code == "DF118"), "{name}: {found:#?}");
    }
}

/// What only the extended dialect has is no advice for a classic project.
#[test]
fn advice_is_of_the_dialect_that_most_accounts_have() {
    for (old, new) in [
        (
            "\"https://example.com/hooks/twin\"",
            "\"https://example.com/hooks/twin\" \"https://example.com/b\"",
        ),
        ("webhook \"https://example.com/hooks/twin\"", "webhook"),
        ("    pace \"3/s\"", "    frobnicate 3\n    pace \"3/s\""),
        (
            "webhook \"https://example.com/hooks/twin\"",
            "webhook \"https://example.com/hooks/twin\" x=1",
        ),
        ("detect-robot \"back\"", "detect-robot \"back\" 5"),
    ] {
        let found = super::harness::changed(old, new);
        assert_eq!(found.len(), 1, "{new}: {found:#?}");
        let help = found[0].help.as_deref().unwrap_or_default();
        let own = help.split("in the extended dialect").next().unwrap_or_default();
        for word in ["partial=", "delay=", "events", "strategy", "lifetime", "greeting="] {
            assert!(!own.contains(word), "{new}: {help}");
        }
    }
}
