//! Further members of the kinds of mistakes that once misled: five or more of each, thought up without a look at the code.

use super::harness::{Planted, classic, extended, prove};

/// The campaign of the base without redials, with a block of these lines.
macro_rules! redial {
    ($lines:literal) => {
        concat!("    redial {\n", $lines, "\n    }\n")
    };
}

const WEBHOOK: &str = "webhook \"https://example.com/hooks/twin\"";
const CALLER: &str = "caller-id \"number\" id=\"moscow\"";
const PACE: &str = "pace \"3/s\"";
const LATER: &str = "effective-after \"12s\"";

pub(super) const CASES: &[Planted] = &[
    // A telephone number, as people write it, where the id of a number belongs: quotation marks do not help.
    classic("DF055", CALLER, "caller-id \"number\" id=‹+7 495 123-45-67›"),
    classic("DF055", CALLER, "caller-id \"number\" id=‹8(495)123-45-67›"),
    classic("DF055", CALLER, "caller-id \"number\" id=‹+7-495-123-45-67›"),
    classic("DF055", CALLER, "caller-id \"number\" id=‹8-800-555-35-35›"),
    classic("DF055", CALLER, "caller-id \"number\" id=‹8 800 555 35 35›"),
    classic("DF055", "id=\"regions\"", "id=‹7-921-000-11-22›"),
    classic(
        "DF055",
        "number moscow=\"9a67dee5-398e-4570-9426-fbb3f067b270\"",
        "number moscow=‹+7 495 123-45-67›",
    ),
    classic(
        "DF055",
        "pool regions=\"5d1c2b51-4a3e-4f43-9c62-0f6f2b0a7a11\"",
        "pool regions=‹8(495)123-45-67›",
    ),
    classic("DF055", "scenario \"promo\"", "scenario ‹123-456›"),
    // An id that quotation marks do not make one.
    classic(
        "DF115",
        "scenario \"promo\"",
        "scenario ‹228cc4fa-92f2-4709-94e3-7344a96a59›",
    ),
    classic(
        "DF115",
        "scenario \"promo\"",
        "scenario ‹228cc4fa92f2470994e37344a96a5903›",
    ),
    classic(
        "DF115",
        "channel=\"sales\"",
        "channel=‹48a77bd7-8762-4e0f-a277-4ef77e36c4›",
    ),
    classic("DF115", "id=\"moscow\"", "id=‹9a67dee5398e45709426fbb3f067b270›"),
    classic(
        "DF115",
        "trunk own=\"f3b0a5de-6a6e-4c3f-8f0e-0e8a4f1c2d3b\"",
        "trunk own=‹3b0a5de-6a6e-4c3f-8f0e-0e8a4f1c2d3b›",
    ),
    // A pace with blanks in it.
    classic("DF114", PACE, "pace ‹3 / s›"),
    classic("DF114", PACE, "pace ‹3 /s›"),
    classic("DF114", PACE, "pace ‹3/ s›"),
    classic("DF114", PACE, "pace ‹1 / 30 s›"),
    classic("DF114", PACE, "pace ‹2 per second›"),
    classic("DF114", PACE, "pace ‹5 calls a second›"),
    classic("DF114", PACE, "pace ‹4 в секунду›"),
    classic("DF114", PACE, "pace ‹\"2 per second\"›"),
    // A pace that quotation marks do not make one.
    classic("DF114", PACE, "pace ‹100/s›"),
    classic("DF114", PACE, "pace ‹3/hour›"),
    classic("DF114", PACE, "pace ‹0/s›"),
    classic("DF114", PACE, "pace ‹3/sec›"),
    classic("DF114", PACE, "pace ‹2/m›"),
    // A duration with blanks in it.
    classic("DF111", LATER, "effective-after ‹12 s›"),
    classic("DF111", LATER, "effective-after ‹12 sec›"),
    classic("DF111", LATER, "effective-after ‹1 m 30 s›"),
    classic("DF111", LATER, "effective-after ‹12 сек›"),
    classic("DF111", "after=\"20m\"", "after= ‹5 m›"),
    classic("DF111", "after=\"20m\"", "after=‹20 min›"),
    classic("DF111", "after=\"2h\"", "after=‹1h 30m›"),
    classic("DF111", "trim-left=\"1s\"", "trim-left= ‹1 s›"),
    // A duration that quotation marks do not make one.
    classic("DF111", LATER, "effective-after ‹1.5s›"),
    classic("DF111", LATER, "effective-after ‹500ms›"),
    classic("DF111", LATER, "effective-after ‹12с›"),
    classic("DF111", "after=\"20m\"", "after=‹20мин›"),
    classic("DF111", "after=\"20m\"", "after=‹30m1h›"),
    // Dates and times that quotation marks do not make one.
    classic("DF113", "at=\"2030-12-02 10:00\"", "at=‹02.12.2030›"),
    classic("DF113", "at=\"2030-12-02 10:00\"", "at=‹2030-12-02›"),
    classic("DF113", "at=\"2030-12-02 10:00\"", "at=‹12/02/2030›"),
    classic("DF113", "at=\"2030-12-02 10:00\"", "at=‹2030-12-02T10:00›"),
    classic("DF113", "at=\"2030-12-02 10:00\"", "at=‹02.12.2030 10:00›"),
    classic("DF113", "at=\"2030-12-02 10:00\"", "at=‹2030-02-30 10:00›"),
    classic("DF112", "from=\"09:10\"", "from=‹9:10›"),
    classic("DF112", "from=\"09:10\"", "from=‹25:00›"),
    classic("DF112", "to=\"19:50\"", "to=‹24:01›"),
    classic("DF112", "to=\"18:00\"", "to=‹18:60›"),
    classic("DF112", "from=\"10:00\"", "from=‹24:00›"),
    // Addresses that quotation marks do not make one.
    classic("DF117", WEBHOOK, "webhook ‹example.com/hooks/twin›"),
    classic("DF117", WEBHOOK, "webhook ‹ftp://example.com/hooks›"),
    classic("DF117", WEBHOOK, "webhook ‹https:/example.com/hooks›"),
    classic("DF117", WEBHOOK, "webhook ‹http://почта.рф/hooks›"),
    classic("DF117", WEBHOOK, "webhook ‹https://example.com:99999/hooks›"),
    // An address with something glued to it: one finding, and the address is not cut where it may go on.
    classic("DF052", WEBHOOK, "webhook ‹https://example.com/hooks›/* the CRM */"),
    classic(
        "DF052",
        WEBHOOK,
        "webhook ‹https://example.com/hooks/›/* old one */ /* two */",
    ),
    classic("DF052", WEBHOOK, "webhook ‹https://example.com/hooks?id={call}›"),
    classic("DF052", WEBHOOK, "webhook ‹https://example.com/{a}/{b}›"),
    classic("DF052", WEBHOOK, "webhook ‹https://example.com/a/*b*/c›"),
    classic("DF052", WEBHOOK, "webhook ‹https://example.com/a//b›"),
    classic("DF052", WEBHOOK, "webhook ‹https://example.com/a,›// note: the CRM"),
    // Words for a switch where the setting has none.
    classic("DF109", "detect-robot \"back\"", "detect-robot ‹true›"),
    classic("DF110", "redial #false", "redial ‹true›"),
    classic("DF110", "busy after=\"20m\" times=3", "busy ‹true›"),
    classic(
        "DF110",
        "congestion after=\"15m\" times=4",
        "congestion ‹true› after=\"15m\" times=4",
    ),
    classic("DF109", "name \"Spring promo 2030\"", "name ‹true›"),
    classic("DF109", "effective-after \"5s\"", "effective-after ‹false›"),
    classic("DF109", PACE, "pace ‹true›"),
    classic("DF119", PACE, "pace ‹null›"),
    classic("DF119", CALLER, "caller-id ‹null›"),
    classic("DF119", "id=\"moscow\"", "id=‹null›"),
    classic("DF119", "trim-left=\"1s\"", "trim-left=‹null›"),
    classic("DF119", "name \"Spring promo 2030\"", "name ‹null›"),
    classic("DF010", "trunk \"own\"", "trunk ‹null›")
        .with("    trunk own=\"f3b0a5de-6a6e-4c3f-8f0e-0e8a4f1c2d3b\"\n", ""),
    classic(
        "DF010",
        "call-window from=\"10:00\" to=\"18:00\" clock=\"company\"",
        "call-window ‹null›",
    ),
    // The moment in the place of the word for it.
    classic("DF110", "start \"manual\"", "start ‹\"2030-12-02 10:00\"›"),
    classic(
        "DF110",
        "start \"time\" at=\"2030-12-02 10:00\"",
        "start ‹\"2030-12-02 10:00\"›",
    ),
    // No `;` between settings on a line.
    classic(
        "DF105",
        "busy after=\"20m\" times=3\n",
        "busy after=\"20m\" times=3 ‹max-per-number› 6\n",
    )
    .with("        max-per-number 6\n", ""),
    classic(
        "DF105",
        "record #false\n    redial #false",
        "record #false ‹redial› #false",
    ),
    classic(
        "DF105",
        "name \"Spring promo 2030\"\n    scenario \"promo\"",
        "name \"Spring promo 2030\" ‹scenario› \"promo\"",
    ),
    classic(
        "DF105",
        "start \"manual\"\n    pace \"1/60s\"\n    effective-after \"5s\"",
        "start \"manual\" ‹pace› \"1/60s\" effective-after \"5s\"",
    ),
    classic(
        "DF105",
        "call-window from=\"09:10\" to=\"19:50\"\n    record #true",
        "call-window from=\"09:10\" to=\"19:50\" ‹record› #true",
    ),
    classic(
        "DF105",
        "record #true trim-left=\"1s\"\n    redial {",
        "record #true trim-left=\"1s\" ‹redial› {",
    ),
    classic(
        "DF105",
        "no-answer after=\"2h\" times=5\n        answering-machine after",
        "no-answer after=\"2h\" times=5 ‹answering-machine› after",
    ),
    // The key of a campaign in another form.
    classic("DF107", "campaign \"reminders\"", "campaign ‹key›=\"Напоминания\""),
    classic(
        "DF107",
        "campaign \"reminders\"",
        "campaign ‹name›=\"Напоминания о визите\"",
    ),
    classic("DF107", "campaign \"reminders\"", "campaign ‹id›=\"REMINDERS\""),
    classic("DF107", "campaign \"reminders\"", "campaign ‹key›=\"reminders 2030\""),
    classic("DF107", "campaign \"reminders\"", "campaign ‹title›=\"reminders\""),
    // The template of a campaign in another form.
    classic(
        "DF105",
        "\"spring-promo\" template=\"weekday\"",
        "\"spring-promo\" ‹template \"weekday\"›",
    ),
    classic(
        "DF105",
        "\"spring-promo\" template=\"weekday\"",
        "\"spring-promo\" ‹\"weekday\"›",
    ),
    classic(
        "DF105",
        "\"spring-promo\" template=\"weekday\"",
        "\"spring-promo\" ‹weekday›",
    ),
    classic(
        "DF105",
        "\"spring-promo\" template=\"weekday\"",
        "\"spring-promo\" ‹template weekday›",
    ),
    classic(
        "DF105",
        "\"spring-promo\" template=\"weekday\"",
        "\"spring-promo\" template=\"weekday\" ‹\"evening\"›",
    ),
    // Webhooks that nobody reaches from outside.
    classic("DF604", WEBHOOK, "webhook ‹\"https://crm/hooks\"›"),
    classic("DF604", WEBHOOK, "webhook ‹\"https://bitrix-prod:8443/hooks\"›"),
    classic("DF604", WEBHOOK, "webhook ‹\"https://crm.local/hooks\"›"),
    classic("DF604", WEBHOOK, "webhook ‹\"https://crm.corp/hooks\"›"),
    classic("DF604", WEBHOOK, "webhook ‹\"https://box.home.arpa/hooks\"›"),
    classic("DF604", WEBHOOK, "webhook ‹\"https://127.5.5.5/hooks\"›"),
    classic("DF604", WEBHOOK, "webhook ‹\"https://169.254.169.254/latest\"›"),
    classic("DF604", WEBHOOK, "webhook ‹\"https://100.100.1.1/hooks\"›"),
    classic("DF604", WEBHOOK, "webhook ‹\"https://0.0.0.0/hooks\"›"),
    classic("DF604", WEBHOOK, "webhook ‹\"https://[fc00::7]/hooks\"›"),
    classic("DF604", WEBHOOK, "webhook ‹\"https://[::ffff:10.0.0.1]/hooks\"›"),
    // One id for two kinds of things, written in campaigns.
    classic(
        "DF317",
        "on-transfer \"ignore\"",
        "on-transfer \"channel\" channel=‹\"228cc4fa-92f2-4709-94e3-7344a96a5903\"›",
    ),
    classic(
        "DF317",
        "on-transfer \"ignore\"",
        "on-transfer \"channel\" channel=‹\"9a67dee5-398e-4570-9426-fbb3f067b270\"›",
    ),
    classic(
        "DF317",
        "id=\"moscow\"",
        "id=‹\"5d1c2b51-4a3e-4f43-9c62-0f6f2b0a7a11\"›",
    )
    .with("    number moscow=\"9a67dee5-398e-4570-9426-fbb3f067b270\"\n", ""),
    classic(
        "DF317",
        "    redial #false\n",
        "    redial #false\n    trunk ‹\"48a77bd7-8762-4e0f-a277-4ef77e36c41b\"›\n",
    ),
    classic(
        "DF317",
        "    redial #false\n",
        "    redial #false\n    trunk ‹\"7b1c2b51-4a3e-4f43-9c62-0f6f2b0a7a11\"›\n",
    )
    .with(
        "on-transfer \"ignore\"",
        "on-transfer \"channel\" channel=\"7b1c2b51-4a3e-4f43-9c62-0f6f2b0a7a11\"",
    ),
    extended(
        "DF317",
        "greeting=\"hello\"",
        "greeting=‹\"48a77bd7-8762-4e0f-a277-4ef77e36c41b\"›",
    )
    .with("    sound hello=\"9a67dee5-398e-4570-9426-fbb3f067b270\"\n", ""),
    // Redials so late that the unit must be wrong.
    classic(
        "DF504",
        "    redial #false\n",
        redial!("        busy after=‹\"20d\"› times=2"),
    ),
    classic(
        "DF504",
        "    redial #false\n",
        redial!("        no-answer after=‹\"2000h\"› times=1"),
    ),
    classic(
        "DF504",
        "    redial #false\n",
        redial!("        ineffective after=‹\"15d\"› times=3"),
    ),
    classic("DF504", "after=\"15m\" times=4", "after=‹\"21600m\"› times=4"),
    extended("DF504", "no-answer after=\"3h\"", "no-answer after=‹\"3000h\"›"),
    // A limit does not hide how absurd what is left is.
    classic(
        "DF504",
        "    redial #false\n",
        redial!("        max-per-candidate 200\n        busy after=\"20m\" times=‹500›"),
    ),
    classic(
        "DF504",
        "    redial #false\n",
        redial!("        max-per-number 90\n        congestion after=\"1h\" times=‹90›"),
    ),
    // One value that two rules fault.
    classic("DF601", WEBHOOK, "webhook ‹\"http://localhost/hooks\"›")
        .with("lint { warn \"http-webhook\"; allow", "lint { allow"),
    classic("DF601", WEBHOOK, "webhook ‹\"http://192.168.0.7/hooks\"›")
        .with("lint { warn \"http-webhook\"; allow", "lint { allow"),
    classic("DF601", WEBHOOK, "webhook ‹\"http://crm/hooks\"›"),
    classic("DF601", WEBHOOK, "webhook ‹\"http://crm.internal/hooks\"›"),
    classic("DF601", WEBHOOK, "webhook ‹\"http://[::1]:8080/hooks\"›"),
    classic(
        "DF503",
        "    redial #false\n",
        "    ‹redial› {\n        max-per-candidate 4\n        max-per-number 6\n    }\n",
    ),
];

#[test]
fn each_further_member_gives_its_finding() {
    prove(CASES);
}
