//! Settings that are missing, misspelt, misplaced, stated twice, or stand with too little or too much.

use super::harness::{Planted, classic, extended, prove};

const KEY: &str = "campaign ‹\"reminders\"› {";
const SURVEY: &str = "campaign ‹\"survey\"› {";

pub(super) const CASES: &[Planted] = &[
    // Missing.
    classic("DF202", "    name \"Напоминания о визите\"\n", "").at(KEY),
    classic("DF202", "    on-transfer \"ignore\"\n", "").at(KEY),
    classic("DF202", "    start \"manual\"\n", "").at(KEY),
    classic("DF202", "    pace \"1/60s\"\n", "").at(KEY),
    classic("DF202", "    effective-after \"5s\"\n", "").at(KEY),
    classic("DF202", "    record #false\n", "").at(KEY),
    classic("DF202", "    redial #false\n", "").at(KEY),
    classic("DF202", "    caller-id \"pool\" id=\"regions\"\n", "").at(KEY),
    classic("DF202", "    scenario \"promo\"\n", "").at("campaign ‹\"spring-promo\"› template"),
    extended("DF202", "    scenario \"poll\"\n", "").at(SURVEY),
    extended("DF202", "    record #true trim-left=\"0s\"\n", "").at(SURVEY),
    extended("DF202", "    effective-after \"20s\"\n", "// effective-after \"20s\"\n").at(SURVEY),
    extended("DF202", "    pace \"1/min\"\n", "/- pace \"1/min\"\n").at(SURVEY),
    // A template less leaves several out at once: one mistake.
    classic(
        "DF202",
        "campaign \"spring-promo\" template=\"weekday\" {",
        "campaign ‹\"spring-promo\"› {",
    ),
    classic("DF202", "    record #true trim-left=\"1s\"\n", "").at("campaign ‹\"spring-promo\"› template"),
    classic(
        "DF202",
        "moved from=\"winter-promo\"",
        "campaign ‹\"b\"› {}\nmoved from=\"winter-promo\"",
    ),
    classic(
        "DF202",
        "moved from=\"winter-promo\"",
        "campaign ‹\"b\"›\nmoved from=\"winter-promo\"",
    ),
    // Misspelt.
    classic("DF101", "    name \"Spring", "    ‹nane› \"Spring"),
    classic("DF101", "    scenario \"promo\"", "    ‹scenaro› \"promo\""),
    classic("DF101", "    on-transfer \"channel\"", "    ‹on_tranfer› \"channel\""),
    classic("DF101", "    caller-id \"number\"", "    ‹callerId› \"number\""),
    classic("DF101", "    start \"time\"", "    ‹strat› \"time\""),
    classic("DF101", "    pace \"3/s\"", "    ‹pase› \"3/s\""),
    classic("DF101", "    effective-after \"12s\"", "    ‹efective-afer› \"12s\""),
    classic("DF101", "    comment \"Lapsed", "    ‹coment› \"Lapsed"),
    classic("DF101", "    webhook \"https", "    ‹webhok› \"https"),
    classic("DF101", "    detect-robot \"back\"", "    ‹detect-robots› \"back\""),
    classic("DF101", "    normalize \"RU\"", "    ‹normalise› \"RU\""),
    classic("DF101", "    trunk \"own\"", "    ‹trunc› \"own\""),
    classic(
        "DF101",
        "    call-window from=\"09:10\"",
        "    ‹Call-Window› from=\"09:10\"",
    ),
    classic("DF101", "    record #true", "    ‹recrod› #true"),
    classic("DF101", "    redial {", "    ‹redail› {"),
    classic("DF101", "        max-per-candidate 7", "        ‹max-per-canidate› 7"),
    classic("DF101", "        max-per-number 6", "        ‹max-per-numer› 6"),
    classic("DF101", "        busy after", "        ‹bussy› after"),
    classic("DF101", "        no-answer after", "        ‹noanswer› after"),
    classic(
        "DF101",
        "        answering-machine after",
        "        ‹answer-machine› after",
    ),
    classic("DF101", "        congestion after", "        ‹congetsion› after"),
    classic("DF101", "        ineffective after", "        ‹inefective› after"),
    extended("DF101", "    strategy \"seq", "    ‹startegy› \"seq"),
    extended("DF101", "    lifetime \"2d\"", "    ‹life-time› \"2d\""),
    extended("DF101", "    check-phones #true", "    ‹check-phone› #true"),
    extended("DF101", "    email-report #false", "    ‹mail-report› #false"),
    extended("DF101", "    schedule \"office\"", "    ‹shedule› \"office\""),
    extended("DF101", "    comply \"230-fz\"", "    ‹compli› \"230-fz\""),
    extended("DF101", "        events \"call", "        ‹event› \"call"),
    // A name that nobody can guess may stand for the setting that is missing.
    classic("DF101", "    pace \"3/s\"", "    ‹speed› \"3/s\""),
    classic("DF101", "    scenario \"promo\"", "    ‹bot› \"promo\""),
    classic("DF101", "    record #false", "    ‹tape› #false"),
    classic("DF101", "        busy after", "        ‹engaged› after"),
    classic("DF101", "    trunk \"own\"", "    ‹provider› \"own\""),
    extended("DF101", "    schedule \"office\"", "    ‹hours› \"office\""),
    // Misplaced.
    classic(
        "DF102",
        "    record #true trim",
        "    ‹busy› after=\"1m\" times=1\n    record #true trim",
    ),
    classic(
        "DF102",
        "    redial #false",
        "    redial #false\n    ‹max-per-number› 3",
    ),
    classic(
        "DF102",
        "        max-per-candidate 7",
        "        max-per-candidate 7\n        ‹trunk› \"own\"",
    ),
    classic("DF102", "    pace \"3/s\"\n", "")
        .at("        ‹pace› \"5/s\"")
        .with(
            "        max-per-number 6",
            "        max-per-number 6\n        pace \"5/s\"",
        ),
    classic("DF102", "moved from=\"winter", "‹pace› \"3/s\"\nmoved from=\"winter"),
    classic(
        "DF102",
        "moved from=\"winter",
        "‹busy› after=\"1m\" times=1\nmoved from=\"winter",
    ),
    classic("DF102", "moved from=\"winter", "‹project› {\n}\nmoved from=\"winter"),
    extended(
        "DF102",
        "aliases {",
        "‹project› {\n    dialect \"extended\"\n}\naliases {",
    )
    .with("project {\n    dialect \"extended\"\n}\n", ""),
    classic(
        "DF102",
        "    trunk \"own\"\n",
        "    trunk \"own\"\n    ‹campaign› \"inner\" {\n        name \"x\"\n    }\n",
    ),
    classic(
        "DF102",
        "    trunk \"own\"\n",
        "    trunk \"own\"\n    ‹aliases› {\n        trunk spare=\"f3b0a5de-6a6e-4c3f-8f0e-0e8a4f1c2d3b\"\n    }\n",
    ),
    classic(
        "DF102",
        "    trunk \"own\"\n",
        "    trunk \"own\"\n    ‹moved› from=\"a\" to=\"b\"\n",
    ),
    classic(
        "DF102",
        "    trunk \"own\"\n",
        "    trunk \"own\"\n    ‹project› {\n    }\n",
    ),
    classic(
        "DF102",
        "    dialect \"classic\"\n",
        "    dialect \"classic\"\n    ‹pace› \"3/s\"\n",
    ),
    classic(
        "DF102",
        "campaign \"spring-promo\" template=\"weekday\" {",
        "campaign \"spring-promo\" {\n    ‹template› \"weekday\"",
    ),
    classic(
        "DF102",
        "campaign \"reminders\" {\n    name \"Напоминания о визите\"",
        "campaign \"reminders\" ‹name›=\"Напоминания о визите\" {",
    ),
    classic(
        "DF102",
        "moved from=\"winter",
        "‹api› \"https://cis.twin24.ai/api/v1\"\nmoved from=\"winter",
    ),
    classic(
        "DF102",
        "    trunk \"own\"",
        "    trunk \"own\"\n    ‹timezone› \"Europe/Moscow\"",
    ),
    // Stated twice.
    classic("DF103", "    pace \"3/s\"", "    pace \"3/s\"\n    ‹pace› \"5/s\""),
    classic(
        "DF103",
        "    scenario \"promo\"",
        "    scenario \"promo\"\n    ‹scenario› \"other\"",
    ),
    classic(
        "DF103",
        "    start \"manual\"",
        "    start \"manual\"\n    ‹start› \"time\" at=\"2020-01-01 00:00\"",
    ),
    classic(
        "DF103",
        "    redial #false",
        "    redial #false\n    ‹redial› {\n        busy after=\"1m\" times=100\n    }",
    ),
    classic(
        "DF103",
        "        busy after=\"20m\" times=3",
        "        busy after=\"20m\" times=3\n        ‹busy› #false",
    ),
    classic(
        "DF103",
        "        max-per-number 6",
        "        max-per-number 6\n        ‹max-per-number› 1",
    ),
    classic("DF103", "    trunk \"own\"", "    trunk \"own\"\n    ‹trunk› #null"),
    classic(
        "DF103",
        "    dialect \"classic\"\n",
        "    dialect \"classic\"\n    ‹dialect› \"extended\"\n",
    ),
    classic(
        "DF103",
        "    timezone \"Europe/Moscow\"\n",
        "    timezone \"Europe/Moscow\"\n    ‹timezone› \"UTC\"\n",
    ),
    extended(
        "DF103",
        "    dialect \"extended\"\n",
        "    dialect \"classic\"\n    ‹dialect› \"extended\"\n",
    ),
    extended(
        "DF103",
        "project {\n    dialect \"extended\"\n}\n",
        "project {\n}\n‹project› {\n    dialect \"extended\"\n}\n",
    ),
    extended(
        "DF103",
        "        events \"call-ended\" \"recall-scheduled\"",
        "        events \"call-ended\"\n        ‹events› \"recall-scheduled\"",
    ),
    classic(
        "DF103",
        "    wire-value \"on-error.skip\" \"SKIP\"\n",
        "    wire-value \"on-error.skip\" \"SKIP\"\n    ‹wire-value \"on-error.skip\" \"S\"›\n",
    ),
    // Properties: misspelt, unknown, twice.
    classic("DF104", " channel=\"sales\"", " ‹chanel›=\"sales\""),
    classic("DF104", " channel=\"sales\"", " ‹to›=\"sales\""),
    classic("DF104", " id=\"moscow\"", " ‹di›=\"moscow\""),
    classic("DF104", " id=\"moscow\"", " ‹number›=\"moscow\""),
    classic("DF104", " at=\"2030-12-02 10:00\"", " ‹moment›=\"2030-12-02 10:00\""),
    classic("DF104", "from=\"09:10\"", "‹form›=\"09:10\""),
    classic("DF104", "to=\"19:50\"", "‹until›=\"19:50\""),
    classic("DF104", "clock=\"company\"", "‹clok›=\"company\""),
    classic("DF104", "trim-left=\"1s\"", "‹trim›=\"1s\""),
    classic("DF104", "trim-left=\"1s\"", "‹trim_lef›=\"1s\""),
    classic("DF104", "on-error=\"skip\"", "‹on-eror›=\"skip\""),
    classic("DF104", "after=\"20m\"", "‹aftr›=\"20m\""),
    classic("DF104", "after=\"2h\"", "‹wait›=\"2h\""),
    classic("DF104", "times=4", "‹tiems›=4"),
    classic("DF104", "times=4", "‹retries›=4"),
    classic("DF104", "    pace \"3/s\"", "    pace \"3/s\" ‹burst›=5"),
    classic("DF104", "    redial {", "    redial ‹limit›=5 {"),
    classic("DF104", " template=\"weekday\"", " ‹templte›=\"weekday\""),
    classic(
        "DF104",
        "campaign \"reminders\" {",
        "campaign \"reminders\" ‹owner›=\"me\" {",
    ),
    extended("DF104", "partial=#false", "‹partal›=#false"),
    extended("DF104", "delay=\"5s\"", "‹dely›=\"5s\""),
    extended("DF104", "greeting=\"hello\"", "‹greting›=\"hello\""),
    extended("DF104", "events \"call-ended\" ", "events \"call-ended\" ‹x›=#true "),
    classic("DF053", "to=\"19:50\"", "to=\"19:50\" ‹to=\"21:00\"›"),
    classic("DF053", "times=4", "times=4 ‹times=400›"),
    classic("DF053", " id=\"moscow\"", " id=\"moscow\" ‹id=\"spb\"›"),
    classic(
        "DF053",
        " template=\"weekday\"",
        " template=\"weekday\" ‹template=\"other\"›",
    ),
    // Too many values, too few, and blocks.
    classic("DF105", "    scenario \"promo\"", "    scenario \"promo\" ‹\"other\"›"),
    classic(
        "DF105",
        "    name \"Spring promo 2030\"",
        "    name Spring ‹promo› wave",
    ),
    classic("DF105", " at=\"2030-12-02 10:00\"", " ‹\"2030-12-02 10:00\"›"),
    classic("DF105", " channel=\"sales\"", " ‹\"sales\"›"),
    classic("DF105", " id=\"moscow\"", " ‹\"moscow\"›"),
    classic("DF105", "from=\"09:10\" to=\"19:50\"", "‹\"09:10\"› \"19:50\""),
    classic(
        "DF105",
        "campaign \"reminders\" {",
        "campaign \"reminders\" ‹\"again\"› {",
    ),
    classic(
        "DF105",
        "campaign \"spring-promo\" template=\"weekday\"",
        "campaign \"spring-promo\" template=\"weekday\" ‹\"weekday\"›",
    ),
    classic("DF110", "after=\"20m\" times=3", "after=\"20m\" times=3 ‹#true›"),
    classic("DF105", "aliases {", "aliases ‹\"all\"› {"),
    classic(
        "DF105",
        "    scenario promo=\"228cc4fa",
        "    scenario ‹\"promo\"› promo=\"228cc4fa",
    ),
    classic(
        "DF105",
        "from=\"winter-promo\" to=\"spring-promo\"",
        "‹\"winter-promo\"› \"spring-promo\"",
    ),
    classic("DF106", "    pace \"3/s\"", "    pace \"3/s\" ‹{›\n    }"),
    classic("DF106", " channel=\"sales\"", " ‹{›\n        channel \"sales\"\n    }"),
    classic(
        "DF106",
        "call-window from=\"09:10\" to=\"19:50\"",
        "call-window ‹{›\n        from \"09:10\"\n        to \"19:50\"\n    }",
    ),
    classic(
        "DF106",
        "busy after=\"20m\" times=3",
        "busy ‹{›\n            after \"20m\"\n            times 3\n        }",
    ),
    classic(
        "DF106",
        "    record #false",
        "    record #false ‹{›\n        trim-left \"0s\"\n    }",
    ),
    classic(
        "DF106",
        "moved from=\"winter-promo\" to=\"spring-promo\"",
        "moved from=\"winter-promo\" to=\"spring-promo\" ‹{›\n}",
    ),
    extended(
        "DF106",
        "events \"call-ended\" \"recall-scheduled\"",
        "events \"call-ended\" ‹{›\n        }",
    ),
    classic("DF107", "    pace \"3/s\"", "    ‹pace›"),
    classic("DF107", "    scenario \"promo\"", "    ‹scenario›"),
    classic(
        "DF107",
        "    on-transfer \"channel\" channel",
        "    ‹on-transfer› channel",
    ),
    classic("DF107", "    caller-id \"number\" id", "    ‹caller-id› id"),
    classic("DF107", "    start \"time\" at", "    ‹start› at"),
    classic("DF107", "    record #true trim-left", "    ‹record› trim-left"),
    classic("DF107", "    normalize \"RU\" on-error", "    ‹normalize› on-error"),
    classic("DF107", "    detect-robot \"back\"", "    ‹detect-robot›"),
    classic(
        "DF107",
        "    webhook \"https://example.com/hooks/twin\"",
        "    ‹webhook›",
    ),
    classic("DF107", "    redial #false", "    ‹redial›"),
    classic("DF107", "        max-per-number 6", "        ‹max-per-number›"),
    classic("DF107", "campaign \"reminders\" {", "‹campaign› {"),
    classic("DF107", "template \"weekday\" {", "‹template› {"),
    classic(
        "DF107",
        "    trunk own=\"f3b0a5de-6a6e-4c3f-8f0e-0e8a4f1c2d3b\"",
        "    ‹trunk›",
    ),
    extended(
        "DF107",
        "        events \"call-ended\" \"recall-scheduled\"",
        "        ‹events›",
    ),
    extended("DF107", "    comply \"230-fz\"", "    ‹comply›"),
    // Annotations.
    classic("DF054", "effective-after \"12s\"", "effective-after ‹(seconds)›\"12s\""),
    classic("DF054", "    pace \"3/s\"", "    ‹(rate)›pace \"3/s\""),
    classic("DF054", "times=4", "times=‹(u8)›4"),
    classic(
        "DF054",
        "campaign \"reminders\" {",
        "‹(hidden)›campaign \"reminders\" {",
    ),
    classic("DF054", "    dialect \"classic\"\n", "    dialect ‹(d)›\"classic\"\n"),
    classic("DF054", "aliases {", "‹(all)›aliases {"),
    classic("DF054", "allow \"DF310\"", "allow ‹(code)›\"DF310\""),
    extended("DF054", "events \"call-ended\"", "events ‹(e)›\"call-ended\""),
];

#[test]
fn settings_missing_misspelt_misplaced_or_twice() {
    prove(CASES);
}
