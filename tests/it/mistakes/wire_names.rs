//! The API's own names and values, each answered with what the language writes. The names are restated here from the
//! API's page, on purpose.

use super::harness::{Planted, classic, extended, prove};

pub(super) const CASES: &[Planted] = &[
    // In the place of a setting.
    classic("DF108", "    scenario \"promo\"", "    ‹defaultExecData› \"promo\""),
    classic(
        "DF108",
        "    on-transfer \"channel\" channel",
        "    ‹secondExec› \"channel\" channel",
    ),
    classic("DF108", "    caller-id \"number\" id", "    ‹cidType› \"number\" id"),
    classic("DF108", "    start \"manual\"", "    ‹startType› \"manual\""),
    classic("DF108", "    pace \"3/s\"", "    ‹cps› 1.03"),
    classic("DF108", "    comment \"Lapsed", "    ‹taskComment› \"Lapsed"),
    classic("DF108", "    webhook \"https", "    ‹webhookUrls› \"https"),
    classic("DF108", "    effective-after \"12s\"", "    ‹fullListTime› 12"),
    classic(
        "DF108",
        "    call-window from=\"09:10\" to=\"19:50\"",
        "    ‹allowCallTimeFrom› 33000",
    ),
    classic("DF108", "    record #true", "    ‹recordCall› #true"),
    classic("DF108", "    detect-robot \"back\"", "    ‹detectRobotMode› \"back\""),
    classic("DF108", "    detect-robot \"back\"", "    ‹detectRobot› #true"),
    classic("DF108", "    trunk \"own\"", "    ‹providerId› \"own\""),
    classic("DF108", "    normalize \"RU\" on", "    ‹phoneNormalization› \"RU\" on"),
    classic("DF108", "    redial {", "    ‹redialStrategyOptions› {"),
    classic("DF108", "    redial #false", "    ‹redialStrategyEn› #false"),
    classic("DF108", "        max-per-candidate 7", "        ‹candidateLimit› 7"),
    classic("DF108", "        max-per-number 6", "        ‹numberLimit› 6"),
    classic("DF108", "        no-answer after", "        ‹noAnswer› after"),
    classic("DF108", "        answering-machine after", "        ‹answerMash› after"),
    classic("DF108", "        ineffective after", "        ‹answerNoList› after"),
    extended("DF108", "    strategy \"seq", "    ‹callStrategy› \"seq"),
    extended("DF108", "    check-phones #true", "    ‹checkPhone› #true"),
    extended("DF108", "    email-report #false", "    ‹sendReportAfterFinish› #false"),
    extended("DF108", "    schedule \"office\"", "    ‹scheduleId› \"office\""),
    extended("DF108", "    comply \"230-fz\"", "    ‹fz230› #true"),
    // Beside the settings.
    classic(
        "DF108",
        "    trunk \"own\"",
        "    trunk \"own\"\n    ‹defaultExec› \"robot\"",
    ),
    classic(
        "DF108",
        "    trunk \"own\"",
        "    trunk \"own\"\n    ‹fullListMethod› \"reject\"",
    ),
    classic(
        "DF108",
        "    record #false",
        "    ‹additionalOptions› {\n        recordCall #false\n    }",
    ),
    classic(
        "DF108",
        "    trunk \"own\"",
        "    trunk \"own\"\n    ‹additionalOptions.providerId› \"own\"",
    ),
    classic("DF108", "    trunk \"own\"", "    trunk \"own\"\n    ‹useTr› #true"),
    classic(
        "DF108",
        "    trunk \"own\"",
        "    trunk \"own\"\n    ‹secondExecData› \"sales\"",
    ),
    classic(
        "DF108",
        "    trunk \"own\"",
        "    trunk \"own\"\n    ‹cidData› \"moscow\"",
    ),
    classic(
        "DF108",
        "    trunk \"own\"",
        "    trunk \"own\"\n    ‹startMoment› \"2030-12-02 10:00\"",
    ),
    classic("DF108", "    trunk \"own\"", "    trunk \"own\"\n    ‹recTrimLeft› 1"),
    classic(
        "DF108",
        "    trunk \"own\"",
        "    trunk \"own\"\n    ‹normalizationErrorAction› \"skip\"",
    ),
    classic("DF108", "moved from", "‹cidType› \"default\"\nmoved from"),
    classic(
        "DF108",
        "campaign \"reminders\" {",
        "campaign \"reminders\" ‹cidType›=\"pool\" {",
    ),
    // As properties.
    classic("DF108", " channel=\"sales\"", " ‹secondExecData›=\"sales\""),
    classic("DF108", " id=\"moscow\"", " ‹cidData›=\"moscow\""),
    classic(
        "DF108",
        " at=\"2030-12-02 10:00\"",
        " ‹startMoment›=\"2030-12-02 10:00\"",
    ),
    classic("DF108", "from=\"09:10\"", "‹allowCallTimeFrom›=\"09:10\""),
    classic("DF108", "to=\"19:50\"", "‹allowCallTimeTo›=\"19:50\""),
    classic("DF108", " clock=\"company\"", " ‹useTr›=#false"),
    classic("DF108", "trim-left=\"1s\"", "‹recTrimLeft›=\"1s\""),
    classic("DF108", "on-error=\"skip\"", "‹normalizationErrorAction›=\"skip\""),
    classic("DF108", "after=\"20m\"", "‹time›=\"20m\""),
    classic("DF108", "times=4", "‹count›=4"),
    classic(
        "DF108",
        "busy after=\"20m\" times=3",
        "busy ‹redial›=#true after=\"20m\" times=3",
    ),
    extended("DF108", "greeting=\"hello\"", "‹detectRobotGreeting›=\"hello\""),
    extended("DF108", "partial=#false", "‹partialResults›=#false"),
    extended(
        "DF108",
        "webhook \"https://example.com/all\"",
        "webhook ‹url›=\"https://example.com/all\"",
    ),
    // As values.
    classic("DF108", "on-transfer \"channel\"", "on-transfer ‹\"ch\"›"),
    classic("DF108", "on-transfer \"channel\"", "on-transfer ‹ch›"),
    classic("DF108", "caller-id \"number\"", "caller-id ‹\"gornum\"›"),
    extended("DF108", "strategy \"sequential\"", "strategy ‹\"STEP_2_STEP\"›"),
    extended("DF108", "strategy \"sequential\"", "strategy ‹\"PARALLEL\"›"),
    extended("DF108", "\"call-ended\"", "‹\"CALL_ENDED\"›"),
    extended("DF108", "\"call-ended\"", "‹\"CANDIDATE_CHANGED\"›"),
    extended("DF108", "\"call-ended\"", "‹\"CALL_REDIRECTED\"›"),
    extended("DF108", "\"recall-scheduled\"", "‹\"RECALL_SCHEDULED\"›"),
    extended("DF108", "\"call-ended\"", "‹\"EFFICIENCY_REACHED\"›"),
    extended("DF108", "\"call-ended\"", "‹\"AUTOCALL_STATUS_CHANGED\"›"),
];

#[test]
fn names_of_the_wire_are_found_where_they_are() {
    prove(CASES);
}

/// Whole bodies, as people type them from the API's page: whatever else is wrong with their words, it is one finding.
#[test]
fn a_body_typed_as_kdl_is_one_finding() {
    for body in [
        "name \"A\"\n defaultExec \"robot\"\n defaultExecData \"228cc4fa-92f2-4709-94e3-7344a96a5903\"\n secondExec \"end\"\n cidType \"gornum\"\n \
         cidData \"9a67dee5-398e-4570-9426-fbb3f067b270\"\n startType \"manual\"\n cps 1.03\n additionalOptions {\n fullListTime 12\n \
         recordCall true\n recTrimLeft 0\n useTr true\n }",
        "defaultExec robot\n defaultExecData 228cc4fa-92f2-4709-94e3-7344a96a5903\n secondExec end\n cidType default\n startType manual\n cps 1.03\n \
         fullListTime 12\n recordCall false\n redialStrategyEn false",
        "defaultExec \"robot\"\n secondExec \"end\"\n cidType \"default\"\n startType \"manual\"\n cps 1.5\n additionalOptions {\n fullListTime 12\n \
         recordCall true\n detectRobot true\n }\n redialStrategyOptions {\n redialStrategyEn true\n busy { redial true; time 1200; count 3; }\n }",
        "cps 1.03\n cidType default\n secondExec ignore\n startType manual\n defaultExec robot\n defaultExecData null\n taskComment null\n providerId null",
        "startType AUTO\n startMoment \"2030-12-02 10:00\"\n allowCallTimeFrom 32400\n allowCallTimeTo 72000\n cps 1.1\n cidType default\n secondExec end\n \
         useTr false\n recordCall false",
    ] {
        let text = format!("campaign \"a\" {{\n{body}\n}}\n");
        let found = super::harness::check(&vec![
            ("dialform.kdl".to_owned(), String::new()),
            ("campaigns/a.kdl".to_owned(), text),
        ]);
        let said: Vec<String> = found
            .iter()
            .map(|found| format!("{} {}", found.code, found.message))
            .collect();
        assert_eq!(said.len(), 1, "{body}\n{said:#?}");
        assert!(
            found[0]
                .help
                .as_ref()
                .is_some_and(|help| help.contains("dialform import")),
            "{:?}",
            found[0].help
        );
    }
}
