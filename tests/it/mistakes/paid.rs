//! What the API takes and people pay for: each is one finding, at the value that costs.

use super::harness::{Planted, classic, extended, prove};

/// The windowless campaign of the base, with these lines.
macro_rules! redial {
    ($lines:literal) => {
        concat!("    redial {\n", $lines, "\n    }\n")
    };
}

pub(super) const CASES: &[Planted] = &[
    // Redials of an absurd number or pace.
    classic("DF504", "    redial #false\n", redial!("        busy after=\"20m\" times=‹1000000›")),
    classic("DF504", "    redial #false\n", redial!("        no-answer after=\"2h\" times=‹51›")),
    classic("DF504", "    redial #false\n", redial!("        busy after=‹\"0s\"› times=5")),
    classic("DF504", "    redial #false\n", redial!("        congestion after=‹\"59s\"› times=20")),
    classic(
        "DF504",
        "    redial #false\n",
        redial!("        max-per-candidate 600\n        busy after=\"0s\" times=‹500›"),
    ),
    classic(
        "DF504",
        "    redial #false\n",
        "    ‹redial› {\n        busy after=\"20m\" times=20\n        no-answer after=\"2h\" times=20\n    }\n",
    ),
    extended("DF504", "        no-answer after=\"3h\" times=1\n", "        no-answer after=\"3h\" times=‹80›\n")
        .with("        max-per-candidate 2\n        max-per-number 2\n", ""),
    // Limits.
    classic("DF505", "max-per-candidate 7", "max-per-candidate 8").with("max-per-number 6", "max-per-number 9").at("max-per-number ‹9›"),
    classic("DF505", "max-per-number 6", "max-per-number ‹8›"),
    classic("DF505", "max-per-number 6", "max-per-number ‹700›"),
    extended("DF505", "max-per-number 2", "max-per-number ‹3›"),
    classic(
        "DF505",
        "    redial #false\n",
        redial!("        max-per-candidate 4\n        max-per-number ‹6›\n        busy after=\"20m\" times=3"),
    ),
    // When a call counts as effective.
    classic("DF506", "effective-after \"12s\"", "effective-after ‹\"0s\"›"),
    classic("DF506", "effective-after \"12s\"", "effective-after ‹\"12h\"›"),
    classic("DF506", "effective-after \"5s\"", "effective-after ‹\"61m\"›"),
    classic("DF506", "effective-after \"5s\"", "effective-after ‹\"5h\"›"),
    extended("DF506", "effective-after \"20s\"", "effective-after ‹\"20h\"›"),
    // Recordings.
    classic("DF205", "trim-left=\"1s\"", "trim-left=‹\"1h\"›"),
    classic("DF205", "trim-left=\"1s\"", "trim-left=‹\"12m\"›"),
    classic("DF205", "trim-left=\"1s\"", "trim-left=‹\"301s\"›"),
    classic("DF205", "    record #false\n", "    record #true trim-left=‹\"10m\"›\n"),
    extended("DF205", "trim-left=\"0s\"", "trim-left=‹\"1h30m\"›"),
    // Webhooks that nobody reaches from outside.
    classic("DF604", "\"https://example.com/hooks/twin\"", "‹\"https://localhost/hooks/twin\"›"),
    classic("DF604", "\"https://example.com/hooks/twin\"", "‹\"https://127.0.0.1:8080/hooks\"›"),
    classic("DF604", "\"https://example.com/hooks/twin\"", "‹\"https://192.168.0.10/hooks\"›"),
    classic("DF604", "\"https://example.com/hooks/twin\"", "‹\"https://10.1.2.3/hooks\"›"),
    classic("DF604", "\"https://example.com/hooks/twin\"", "‹\"https://172.31.0.1/hooks\"›"),
    classic("DF604", "\"https://example.com/hooks/twin\"", "‹\"https://[::1]/hooks\"›"),
    classic("DF604", "\"https://example.com/hooks/twin\"", "‹\"https://crm.internal/hooks\"›"),
    extended("DF604", "\"https://example.com/all\"", "‹\"https://[fd00::1]/all\"›"),
    // Webhooks twice.
    classic(
        "DF206",
        "\"https://example.com/hooks/twin\"\n",
        "\"https://example.com/hooks/twin\"\n    webhook ‹\"https://example.com/hooks/twin\"›\n",
    ),
    classic(
        "DF206",
        "    redial #false\n",
        "    redial #false\n    webhook \"https://example.com/a\"\n    webhook \"https://example.com/b\"\n    webhook ‹\"https://example.com/a\"›\n",
    ),
    classic(
        "DF206",
        "    redial #false\n",
        "    redial #false; webhook \"https://example.com/a\"; webhook ‹\"https://example.com/a\"›\n",
    ),
    extended("DF206", "\"https://example.com/some\"", "‹\"https://example.com/all\"›"),
    extended("DF206", "    strategy", "    webhook \"https://example.com/all\"\n    strategy")
        .at("running=#true\n    webhook ‹\"https://example.com/all\"›")
        .with("    webhook \"https://example.com/some\" partial=#false delay=\"5s\" {\n        events \"call-ended\" \"recall-scheduled\"\n    }\n", ""),
    // Redialling that is switched off everywhere.
    classic("DF503", "    redial #false\n", "    ‹redial› {\n        busy #false\n        no-answer #false\n    }\n"),
    classic("DF503", "    redial #false\n", "    ‹redial› {\n        ineffective #false\n    }\n"),
    // Calls at night.
    classic("DF404", "from=\"09:10\" to=\"19:50\"", "from=‹\"06:00\"› to=\"19:50\""),
    classic("DF404", "from=\"09:10\" to=\"19:50\"", "from=\"09:10\" to=‹\"23:30\"›"),
    classic("DF404", "from=\"09:10\" to=\"19:50\"", "from=‹\"00:00\"› to=\"24:00\""),
    classic("DF404", "from=\"09:10\" to=\"19:50\"", "from=\"09:10\" to=‹\"22:01\"›"),
    classic("DF404", "from=\"09:10\" to=\"19:50\"", "from=‹\"07:59\"› to=\"19:50\" clock=\"recipient\""),
    classic("DF406", "    redial #false\n", "    ‹redial› {\n        busy after=\"20m\" times=3\n    }\n")
        .with("    call-window from=\"10:00\" to=\"18:00\" clock=\"company\"\n", ""),
    classic("DF406", "    redial #false\n", "    ‹redial› {\n        ineffective after=\"2h\" times=1\n    }\n")
        .with("    call-window from=\"10:00\" to=\"18:00\" clock=\"company\"\n", ""),
    classic("DF406", "start \"manual\"", "start \"time\" at=‹\"2030-12-02 23:00\"›")
        .with("    call-window from=\"10:00\" to=\"18:00\" clock=\"company\"\n", ""),
    classic("DF406", "start \"manual\"", "start \"time\" at=‹\"2030-12-02 05:30\"›")
        .with("    call-window from=\"10:00\" to=\"18:00\" clock=\"company\"\n", ""),
    classic("DF406", "start \"manual\"", "start \"time\" at=‹\"2030-12-02 22:15\"›")
        .with("    call-window from=\"10:00\" to=\"18:00\" clock=\"company\"\n", ""),
    // Clocks that are changed.
    classic("DF405", "start \"manual\"\n    pace \"1/60s\"\n    effective-after \"5s\"\n    call-window from=\"10:00\"", "start \"time\" at=‹\"2030-03-31 02:30\"›\n    pace \"1/60s\"\n    effective-after \"5s\"\n    call-window from=\"00:10\"")
        .with("timezone \"Europe/Moscow\"", "timezone \"Europe/Berlin\""),
    classic("DF405", "start \"manual\"\n    pace \"1/60s\"\n    effective-after \"5s\"\n    call-window from=\"10:00\"", "start \"time\" at=‹\"2030-10-27 02:30\"›\n    pace \"1/60s\"\n    effective-after \"5s\"\n    call-window from=\"00:10\"")
        .with("timezone \"Europe/Moscow\"", "timezone \"Europe/Berlin\""),
    classic("DF405", "start \"manual\"\n    pace \"1/60s\"\n    effective-after \"5s\"\n    call-window from=\"10:00\"", "start \"time\" at=‹\"2031-03-30 01:30\"›\n    pace \"1/60s\"\n    effective-after \"5s\"\n    call-window from=\"00:10\"")
        .with("timezone \"Europe/Moscow\"", "timezone \"Europe/London\""),
    classic("DF405", "start \"manual\"\n    pace \"1/60s\"\n    effective-after \"5s\"\n    call-window from=\"10:00\"", "start \"time\" at=‹\"2031-10-26 01:00\"›\n    pace \"1/60s\"\n    effective-after \"5s\"\n    call-window from=\"00:10\"")
        .with("timezone \"Europe/Moscow\"", "timezone \"Europe/London\""),
    classic("DF405", "start \"manual\"\n    pace \"1/60s\"\n    effective-after \"5s\"\n    call-window from=\"10:00\"", "start \"time\" at=‹\"2030-03-10 02:15\"›\n    pace \"1/60s\"\n    effective-after \"5s\"\n    call-window from=\"00:10\"")
        .with("timezone \"Europe/Moscow\"", "timezone \"America/New_York\""),
    // The id of nothing, and one for two things.
    classic(
        "DF127",
        "scenario \"228cc4fa-92f2-4709-94e3-7344a96a5903\"",
        "scenario ‹\"00000000-0000-0000-0000-000000000000\"›",
    ),
    classic("DF127", "promo=\"228cc4fa-92f2-4709-94e3-7344a96a5903\"", "promo=‹\"00000000-0000-0000-0000-000000000000\"›"),
    classic("DF127", "moscow=\"9a67dee5-398e-4570-9426-fbb3f067b270\"", "moscow=‹\"00000000-0000-0000-0000-000000000000\"›"),
    classic("DF127", "own=\"f3b0a5de-6a6e-4c3f-8f0e-0e8a4f1c2d3b\"", "own=‹\"00000000-0000-0000-0000-000000000000\"›"),
    extended("DF127", "office=\"48a77bd7-8762-4e0f-a277-4ef77e36c41b\"", "office=‹\"00000000-0000-0000-0000-000000000000\"›"),
    classic("DF317", "sales=\"48a77bd7-8762-4e0f-a277-4ef77e36c41b\"", "‹sales›=\"228cc4fa-92f2-4709-94e3-7344a96a5903\""),
    classic("DF317", "moscow=\"9a67dee5-398e-4570-9426-fbb3f067b270\"", "‹moscow›=\"48a77bd7-8762-4e0f-a277-4ef77e36c41b\""),
    classic("DF317", "regions=\"5d1c2b51-4a3e-4f43-9c62-0f6f2b0a7a11\"", "‹regions›=\"9a67dee5-398e-4570-9426-fbb3f067b270\""),
    classic("DF317", "own=\"f3b0a5de-6a6e-4c3f-8f0e-0e8a4f1c2d3b\"", "‹own›=\"228CC4FA-92F2-4709-94E3-7344A96A5903\""),
    extended("DF317", "office=\"48a77bd7-8762-4e0f-a277-4ef77e36c41b\"", "‹office›=\"228cc4fa-92f2-4709-94e3-7344a96a5903\""),
];

#[test]
fn what_people_pay_for_is_one_finding() {
    prove(CASES);
}

/// Beside what is too much stands what is not.
#[test]
fn what_is_usual_is_not_reported() {
    for (old, new) in [
        ("    redial #false\n", redial!("        busy after=\"1m\" times=5")),
        ("    redial #false\n", redial!("        busy after=\"30s\" times=4")),
        (
            "    redial #false\n",
            redial!("        max-per-candidate 60\n        busy after=\"20m\" times=50"),
        ),
        ("effective-after \"5s\"", "effective-after \"0s\""),
        ("effective-after \"12s\"", "effective-after \"60m\""),
        ("trim-left=\"1s\"", "trim-left=\"5m\""),
        ("from=\"09:10\" to=\"19:50\"", "from=\"08:00\" to=\"22:00\""),
        ("from=\"10:00\" to=\"18:00\"", "from=\"00:00\" to=\"24:00\""),
        ("    call-window from=\"10:00\" to=\"18:00\" clock=\"company\"\n", ""),
        ("\"https://example.com/hooks/twin\"", "\"https://172.32.0.1/hooks\""),
        (
            "\"https://example.com/hooks/twin\"",
            "\"https://localhost.example.com/hooks\"",
        ),
        ("max-per-number 6", "max-per-number 7"),
    ] {
        let found = super::harness::changed(old, new);
        assert!(found.is_empty(), "{new}: {found:#?}");
    }
}

/// Whoever types a request body as KDL gets one answer.
#[test]
fn a_request_body_is_one_finding() {
    let lines = [
        "secondExec \"end\"\n    secondExecData #null\n    cidType \"default\"\n    cidData #null\n    startType \"manual\"\n    startMoment #null",
        "defaultExec \"robot\"\n    defaultExecData \"228cc4fa-92f2-4709-94e3-7344a96a5903\"\n    secondExec \"end\"\n    cidType \"gornum\"\n    cps 1\n    webhookUrls\n    additionalOptions {\n        recordCall #true\n    }",
        "cps 1; cidType \"default\"; startType \"manual\"; secondExec \"end\"; taskComment \"x\"; defaultExecData \"promo\"",
        "additionalOptions { useTr #true }; redialStrategyOptions { redialStrategyEn #false }; cps 1; cidType \"pool\"; cidData \"x\"; startType \"time\"",
        "additionalOptions.recordCall #true; additionalOptions.detectRobot #true; cps 1; cidType \"pool\"; cidData \"x\"; startType \"time\"",
    ];
    for lines in lines {
        let files = vec![(
            "campaigns/a.kdl".to_owned(),
            format!("campaign \"a\" {{\n    name \"A\"\n    {lines}\n}}\n"),
        )];
        let found = super::harness::check(&files);
        let words: Vec<&str> = found
            .iter()
            .map(|found| found.code)
            .filter(|code| *code == "DF108")
            .collect();
        assert_eq!(words, ["DF108"], "{lines}: {found:#?}");
        let import = found.iter().any(|found| {
            found
                .help
                .as_deref()
                .is_some_and(|help| help.contains("dialform import"))
        });
        assert!(import, "{lines}: {found:#?}");
    }
}
