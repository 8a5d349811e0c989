//! Aliases, templates, keys and moves.

use super::harness::{Planted, classic, extended, prove};

const TEMPLATE: &str = "template \"weekday\" {";
const MOVED: &str = "moved from=\"winter-promo\" to=\"spring-promo\"";

pub(super) const CASES: &[Planted] = &[
    // Aliases.
    classic("DF301", "scenario \"promo\"", "scenario ‹\"promoo\"›"),
    classic("DF301", "scenario \"promo\"", "scenario ‹\"another\"›"),
    classic("DF301", "scenario \"promo\"", "scenario ‹\"sales\"›"),
    classic("DF301", "scenario \"promo\"", "scenario ‹Promo›"),
    classic("DF301", "channel=\"sales\"", "channel=‹\"moscow\"›"),
    classic("DF301", "id=\"moscow\"", "id=‹\"regions\"›"),
    classic("DF301", "id=\"regions\"", "id=‹\"moscow\"›"),
    classic("DF301", "id=\"moscow\"", "id=‹\"moskow\"›"),
    classic("DF301", "id=\"moscow\"", "id=‹\"+74951234567\"›"),
    classic("DF301", "trunk \"own\"", "trunk ‹\"owm\"›"),
    classic("DF301", "scenario promo=", "scenario prom=").at("scenario ‹\"promo\"›"),
    classic(
        "DF301",
        "scenario promo=\"228cc4fa-92f2",
        "channel promo=\"338cc4fa-92f2",
    )
    .at("scenario ‹\"promo\"›"),
    classic(
        "DF301",
        "    scenario promo=\"228cc4fa-92f2-4709-94e3-7344a96a5903\"\n",
        "",
    )
    .at("scenario ‹\"promo\"›"),
    classic("DF101", "    scenario promo=", "    ‹scenaro› promo="),
    classic("DF101", "    scenario promo=", "    ‹bot› promo="),
    classic("DF101", "aliases {", "‹alias› {"),
    extended("DF301", "schedule \"office\"", "schedule ‹\"offise\"›"),
    extended("DF301", "greeting=\"hello\"", "greeting=‹\"office\"›"),
    extended("DF301", "greeting=\"hello\"", "greeting=‹\"hello.wav\"›"),
    classic(
        "DF305",
        "    trunk own=",
        "    scenario ‹promo›=\"48a77bd7-8762-4e0f-a277-4ef77e36c41b\"\n    trunk own=",
    ),
    classic(
        "DF305",
        "promo=\"228cc4fa-92f2-4709-94e3-7344a96a5903\"",
        "promo=\"228cc4fa-92f2-4709-94e3-7344a96a5903\" ‹promo›=\"48a77bd7-8762-4e0f-a277-4ef77e36c41b\"",
    ),
    classic(
        "DF309",
        "    trunk own=",
        "    scenario ‹spare›=\"6c1f0d3e-5a8b-4d7c-9e2f-1b3a5c7d9e0f\"\n    trunk own=",
    ),
    classic("DF309", "    trunk \"own\"\n", "").at("    trunk ‹own›="),
    classic(
        "DF309",
        "trunk \"own\"",
        "trunk \"38a77bd7-8762-4e0f-a277-4ef77e36c41b\"",
    )
    .at("    trunk ‹own›="),
    classic("DF309", "    trunk \"own\"\n", "    trunk #null\n").at("    trunk ‹own›="),
    // Templates.
    classic("DF303", "template=\"weekday\"", "template=‹\"wekday\"›"),
    classic("DF303", "template=\"weekday\"", "template=‹\"holidays\"›"),
    classic("DF303", TEMPLATE, "template \"weekdays\" {").at("template=‹\"weekday\"›"),
    classic("DF303", TEMPLATE, "template \"weekday\" template=‹\"base\"› {"),
    classic("DF101", TEMPLATE, "‹templat› \"weekday\" {"),
    classic("DF101", TEMPLATE, "‹mixin› \"weekday\" {"),
    classic("DF109", "template=\"weekday\"", "template=‹#true›"),
    classic("DF109", "template=\"weekday\"", "template=‹#null›"),
    classic("DF121", "template=\"weekday\"", "template=‹\"\"›"),
    classic("DF055", "template=\"weekday\"", "template=‹5›"),
    classic("DF304", TEMPLATE, "template \"weekday\" template=‹\"weekday\"› {"),
    classic(
        "DF304",
        TEMPLATE,
        "template \"b\" template=‹\"weekday\"› {\n}\n\ntemplate \"weekday\" template=\"b\" {",
    ),
    classic(
        "DF304",
        TEMPLATE,
        "template \"b\" template=‹\"c\"› {\n}\ntemplate \"c\" template=\"weekday\" {\n}\ntemplate \"weekday\" template=\"b\" {",
    ),
    classic("DF305", MOVED, "template ‹\"weekday\"› {\n    record #false\n}"),
    classic("DF310", MOVED, "template ‹\"spare\"› {\n    record #false\n}").with("allow \"DF310\"; ", ""),
    classic("DF111", "trim-left=\"1s\"", "trim-left=‹\"1\"›"),
    // Keys.
    classic("DF305", "campaign \"reminders\"", "campaign ‹\"spring-promo\"›"),
    classic("DF101", "campaign \"reminders\"", "‹campain› \"reminders\""),
    classic("DF101", "campaign \"reminders\"", "‹task› \"reminders\""),
    // Moves.
    classic("DF306", "from=\"winter-promo\"", "from=‹\"reminders\"›"),
    classic("DF306", "from=\"winter-promo\"", "from=‹\"spring-promo\"›"),
    classic("DF307", "to=\"spring-promo\"", "to=‹\"spring-promos\"›"),
    classic("DF307", "to=\"spring-promo\"", "to=‹\"autumn\"›"),
    classic("DF307", "to=\"spring-promo\"", "to=‹\"winter-promo\"›"),
    classic("DF307", MOVED, "moved from=\"a\" to=\"b\"\nmoved from=\"b\" to=‹\"c\"›"),
    classic("DF307", MOVED, "moved from=\"a\" to=‹\"b\"›\nmoved from=\"b\" to=\"a\""),
    classic(
        "DF307",
        MOVED,
        "moved from=\"a\" to=‹\"b\"›\nmoved from=\"b\" to=\"c\"\nmoved from=\"c\" to=\"a\"",
    ),
    classic(
        "DF306",
        MOVED,
        "moved from=\"a\" to=\"spring-promo\"\nmoved from=‹\"spring-promo\"› to=\"a\"",
    ),
    classic(
        "DF306",
        MOVED,
        "moved from=\"a\" to=\"spring-promo\"\nmoved from=‹\"spring-promo\"› to=\"reminders\"",
    ),
    classic(
        "DF308",
        MOVED,
        "moved from=\"a\" to=\"spring-promo\"\nmoved from=‹\"a\"› to=\"reminders\"",
    ),
    classic(
        "DF308",
        MOVED,
        "moved from=\"a\" to=\"spring-promo\"\nmoved from=\"b\" to=‹\"spring-promo\"›",
    ),
    classic(
        "DF308",
        MOVED,
        "moved from=\"a\" to=\"spring-promo\"\nmoved from=‹\"a\"› to=\"spring-promo\"",
    ),
    classic("DF107", MOVED, "‹moved› from=\"winter-promo\""),
    classic("DF107", MOVED, "‹moved› to=\"spring-promo\""),
    classic("DF107", MOVED, "‹moved›"),
    classic("DF104", "from=\"winter-promo\"", "‹form›=\"winter-promo\""),
    classic("DF104", "from=\"winter-promo\"", "‹old›=\"winter-promo\""),
    classic(
        "DF053",
        "from=\"winter-promo\"",
        "from=\"winter-promo\" ‹from=\"autumn\"›",
    ),
    classic("DF118", "from=\"winter-promo\"", "from=‹\"Winter\"›"),
    classic("DF118", "to=\"spring-promo\"", "to=‹\"весна\"›"),
    classic("DF055", "to=\"spring-promo\"", "to=‹5›"),
    classic("DF109", "to=\"spring-promo\"", "to=‹#null›"),
    classic("DF101", MOVED, "‹move› from=\"winter-promo\" to=\"spring-promo\""),
];

#[test]
fn names_that_lead_nowhere_or_are_taken() {
    prove(CASES);
}
