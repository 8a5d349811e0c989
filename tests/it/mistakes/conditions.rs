//! What another value makes necessary or meaningless, dialects, and the rules about schedule, redial and security.

use super::harness::{Planted, classic, extended, prove};

pub(super) const CASES: &[Planted] = &[
    // Necessary.
    classic(
        "DF201",
        "on-transfer \"channel\" channel=\"sales\"",
        "on-transfer ‹\"channel\"›",
    ),
    classic("DF201", "caller-id \"number\" id=\"moscow\"", "caller-id ‹\"number\"›"),
    classic("DF201", "caller-id \"pool\" id=\"regions\"", "caller-id ‹\"pool\"›"),
    classic("DF201", "start \"time\" at=\"2030-12-02 10:00\"", "start ‹\"time\"›"),
    classic("DF201", "start \"manual\"", "start ‹\"time\"›"),
    classic("DF201", "on-transfer \"ignore\"", "on-transfer ‹channel›"),
    classic("DF201", "record #true trim-left=\"1s\"", "record ‹#true›"),
    classic("DF201", "record #false", "record ‹#true›"),
    classic(
        "DF201",
        "call-window from=\"09:10\" to=\"19:50\"",
        "‹call-window› from=\"09:10\"",
    ),
    classic(
        "DF201",
        "call-window from=\"09:10\" to=\"19:50\"",
        "‹call-window› to=\"19:50\"",
    ),
    classic("DF201", "call-window from=\"09:10\" to=\"19:50\"", "‹call-window›"),
    classic(
        "DF201",
        "call-window from=\"10:00\" to=\"18:00\" clock",
        "‹call-window› clock",
    ),
    classic("DF201", "busy after=\"20m\" times=3", "‹busy› after=\"20m\""),
    classic("DF201", "busy after=\"20m\" times=3", "‹busy› times=3"),
    classic("DF201", "busy after=\"20m\" times=3", "‹busy›"),
    classic("DF201", "no-answer after=\"2h\" times=5", "‹no-answer› after=\"2h\""),
    classic(
        "DF201",
        "answering-machine after=\"30m\" times=1",
        "‹answering-machine› times=1",
    ),
    classic("DF201", "congestion after=\"15m\" times=4", "‹congestion›"),
    classic("DF201", "ineffective after=\"1h\" times=2", "‹ineffective› times=2"),
    extended("DF201", "caller-id \"default\"", "caller-id ‹\"number\"›"),
    extended("DF201", "no-answer after=\"3h\" times=1", "‹no-answer› after=\"3h\""),
    // Without effect.
    classic(
        "DF203",
        "on-transfer \"channel\" channel=\"sales\"",
        "on-transfer \"end\" ‹channel=\"sales\"›",
    ),
    classic(
        "DF203",
        "on-transfer \"ignore\"",
        "on-transfer \"ignore\" ‹channel=\"sales\"›",
    ),
    classic(
        "DF203",
        "caller-id \"pool\" id=\"regions\"",
        "caller-id \"default\" ‹id=\"regions\"›",
    ),
    classic(
        "DF203",
        "start \"manual\"",
        "start \"manual\" ‹at=\"2020-12-02 23:00\"›",
    ),
    classic("DF203", "record #false", "record #false ‹trim-left=\"0s\"›"),
    classic(
        "DF203",
        "busy after=\"20m\" times=3",
        "busy #false ‹after=\"20m\"› times=3",
    ),
    classic("DF203", "busy after=\"20m\" times=3", "busy #false ‹times=300›"),
    classic("DF203", "redial {", "redial #false {").at("        ‹max-per-candidate› 7"),
    classic(
        "DF203",
        "redial #false",
        "redial #false {\n        ‹busy› after=\"1m\" times=1\n    }",
    ),
    extended(
        "DF203",
        "detect-robot \"block\" greeting=\"hello\"",
        "detect-robot #false ‹greeting=\"hello\"›",
    ),
    // The dialect.
    classic(
        "DF204",
        "    trunk \"own\"",
        "    trunk \"own\"\n    ‹strategy› \"parallel\"",
    ),
    classic("DF204", "    trunk \"own\"", "    trunk \"own\"\n    ‹lifetime› \"2d\""),
    classic(
        "DF204",
        "    trunk \"own\"",
        "    trunk \"own\"\n    ‹check-phones› #true",
    ),
    classic(
        "DF204",
        "    trunk \"own\"",
        "    trunk \"own\"\n    ‹email-report› #true",
    ),
    classic(
        "DF204",
        "    trunk \"own\"",
        "    trunk \"own\"\n    ‹schedule› \"38a77bd7-8762-4e0f-a277-4ef77e36c41b\"",
    ),
    classic(
        "DF204",
        "    trunk \"own\"",
        "    trunk \"own\"\n    ‹comply› \"230-fz\"",
    ),
    classic(
        "DF204",
        "detect-robot \"back\"",
        "detect-robot \"back\" ‹greeting=\"38a77bd7-8762-4e0f-a277-4ef77e36c41b\"›",
    ),
    classic("DF204", "hooks/twin\"", "hooks/twin\" ‹partial=#true› delay=\"5s\""),
    classic("DF204", "hooks/twin\"", "hooks/twin\" ‹delay=\"5s\"›"),
    classic(
        "DF204",
        "hooks/twin\"",
        "hooks/twin\" {\n        ‹events \"call-ended\"›\n    }",
    ),
    classic(
        "DF204",
        "    record #true trim-left=\"1s\"",
        "    record #true trim-left=\"1s\"\n    ‹comply› \"230-fz\"",
    ),
    // Schedule.
    classic("DF401", "\"2030-12-02 10:00\"", "‹\"2029-12-02 10:00\"›"),
    extended("DF401", "\"2030-06-03 11:00\"", "‹\"2020-06-03 11:00\"›"),
    classic("DF402", "\"2030-12-02 10:00\"", "‹\"2030-12-02 21:00\"›"),
    classic("DF402", "\"2030-12-02 10:00\"", "‹\"2030-12-02 09:09\"›"),
    classic("DF403", "from=\"10:00\" to=\"18:00\"", "from=\"18:00\" to=‹\"10:00\"›"),
    classic("DF403", "from=\"10:00\" to=\"18:00\"", "from=\"10:00\" to=‹\"10:00\"›"),
    classic("DF403", "from=\"09:10\" to=\"19:50\"", "from=\"22:00\" to=‹\"06:00\"›"),
    // Redial.
    classic("DF501", "detect-robot \"back\"", "detect-robot #false").at("        ‹answering-machine› after"),
    classic("DF501", "    detect-robot \"back\"\n", "").at("        ‹answering-machine› after"),
    classic("DF501", "detect-robot \"back\"", "detect-robot #null").at("        ‹answering-machine› after"),
    classic("DF502", "times=5", "times=‹6›"),
    classic("DF502", "times=4", "times=‹400›"),
    classic("DF502", "max-per-candidate 7", "max-per-candidate ‹1›"),
    classic("DF502", "max-per-number 6", "max-per-number ‹3›"),
    classic("DF502", "max-per-number 6", "max-per-number 5").at("        no-answer after=\"2h\" times=‹5›"),
    extended("DF502", "times=1", "times=‹2›"),
    classic("DF503", "    redial #false\n", "    ‹redial› {}\n"),
    classic(
        "DF503",
        "    redial #false\n",
        "    ‹redial› {\n        max-per-candidate 2\n    }\n",
    ),
];

#[test]
fn conditions_dialects_and_sense() {
    prove(CASES);
}
