//! Two valid projects that use the whole language, one in each dialect.

/// A file of a project: its path and its text.
pub(crate) type File = (&'static str, &'static str);

/// Everything that the classic dialect has.
pub(crate) const CLASSIC: &[File] = &[
    (
        "dialform.kdl",
        r#"project {
    api "https://cis.twin24.ai/api/v1"
    login "https://iam.twin24.ai/api/v1"
    dialect "classic"
    timezone "Europe/Moscow"
    campaigns "campaigns/**/*.kdl"
    token-command "pass show twin"
    wire-value "on-error.skip" "SKIP"
    lint { warn "http-webhook"; allow "DF310"; error "start-in-past"; }
}
"#,
    ),
    (
        "campaigns/shared.kdl",
        r#"aliases {
    scenario promo="228cc4fa-92f2-4709-94e3-7344a96a5903"
    channel sales="48a77bd7-8762-4e0f-a277-4ef77e36c41b"
    number moscow="9a67dee5-398e-4570-9426-fbb3f067b270"
    pool regions="5d1c2b51-4a3e-4f43-9c62-0f6f2b0a7a11"
    trunk own="f3b0a5de-6a6e-4c3f-8f0e-0e8a4f1c2d3b"
}

template "weekday" {
    call-window from="09:10" to="19:50"
    record #true trim-left="1s"
    redial {
        max-per-candidate 7
        max-per-number 6
        busy after="20m" times=3
        no-answer after="2h" times=5
        answering-machine after="30m" times=1
        congestion after="15m" times=4
        ineffective after="1h" times=2
    }
}

moved from="winter-promo" to="spring-promo"
"#,
    ),
    (
        "campaigns/spring.kdl",
        r#"campaign "spring-promo" template="weekday" {
    name "Spring promo 2030"
    scenario "promo"
    on-transfer "channel" channel="sales"
    caller-id "number" id="moscow"
    start "time" at="2030-12-02 10:00"
    pace "3/s"
    effective-after "12s"
    comment "Lapsed customers, first wave"
    webhook "https://example.com/hooks/twin"
    detect-robot "back"
    normalize "RU" on-error="skip"
    trunk "own"
}

campaign "reminders" {
    name "Напоминания о визите"
    scenario "228cc4fa-92f2-4709-94e3-7344a96a5903"
    on-transfer "ignore"
    caller-id "pool" id="regions"
    start "manual"
    pace "1/60s"
    effective-after "5s"
    call-window from="10:00" to="18:00" clock="company"
    record #false
    redial #false
}
"#,
    ),
];

/// Everything that the extended dialect adds.
pub(crate) const EXTENDED: &[File] = &[
    (
        "dialform.kdl",
        r#"project {
    dialect "extended"
}

environment "production"
"#,
    ),
    (
        "campaigns/survey.kdl",
        r#"aliases {
    scenario poll="228cc4fa-92f2-4709-94e3-7344a96a5903"
    schedule office="48a77bd7-8762-4e0f-a277-4ef77e36c41b"
    sound hello="9a67dee5-398e-4570-9426-fbb3f067b270"
}

campaign "survey" {
    name "Опрос после визита"
    scenario "poll"
    on-transfer "end"
    caller-id "default"
    start "time" at="2030-06-03 11:00"
    pace "1/min"
    effective-after "20s"
    call-window from="09:10" to="21:50" clock="recipient"
    record #true trim-left="0s"
    detect-robot "block" greeting="hello"
    normalize "RU" on-error="mark"
    redial {
        max-per-candidate 2
        max-per-number 2
        no-answer after="3h" times=1
        busy #false
    }
    strategy "sequential"
    lifetime "2d"
    check-phones #true
    email-report #false
    schedule "office"
    comply "230-fz"
    only "production"
    on-change "replace" running=#true
    webhook "https://example.com/all"
    webhook "https://example.com/some" partial=#false delay="5s" {
        events "call-ended" "recall-scheduled"
    }
}
"#,
    ),
];
