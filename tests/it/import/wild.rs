//! Mistakes seen in the wild: each is read, fixed and told, or kept in a comment.

use serde_json::{Value, json};

use super::{classic, import, rendered, with, without};
use crate::common::command::Ran;

/// Imports a body of which nothing has to be left to a person.
fn fixed(body: &Value, told: &str) -> Value {
    let ran = import(&[], &body.to_string());
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stderr.contains(told), "{told}\nis not in\n{}", ran.stderr);
    rendered("classic", &ran.stdout).remove(0)
}

/// Imports a body of which something is kept in a comment.
fn kept(body: &Value, comment: &str, dialect: &str) -> Ran {
    let ran = import(&["--dialect", dialect], &body.to_string());
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let line = ran
        .stdout
        .lines()
        .find(|line| line.contains("// not imported:") && line.contains(comment));
    assert!(line.is_some(), "{comment}\nis not in\n{}", ran.stdout);
    let path = comment.split('"').nth(1).unwrap();
    assert!(
        ran.stderr.contains(&format!("warning: $.{path}: ")),
        "{path}\nis not in\n{}",
        ran.stderr
    );
    ran
}

#[test]
fn values_in_the_wrong_dress_are_read_and_told() {
    let id = "228cc4fa-92f2-4709-94e3-7344a96a5903";
    let cases: [(&str, Value, Value, &str); 36] = [
        (
            "/cps",
            json!("0.97"),
            json!(0.97),
            r#"warning: $.cps: "0.97" is read as 0.97"#,
        ),
        ("/cps", json!("1,03"), json!(1.03), r#"$.cps: "1,03" is read as 1.03"#),
        (
            "/cps",
            json!(0.9299999999999999),
            json!(0.93),
            "$.cps: 0.9299999999999999 is read as 0.93",
        ),
        ("/cps", json!("3/s"), json!(1.03), r#"$.cps: "3/s" is read as 1.03"#),
        (
            "/additionalOptions/recTrimLeft",
            json!(true),
            json!(1),
            "recTrimLeft: true is read as 1",
        ),
        (
            "/additionalOptions/recTrimLeft",
            json!(false),
            json!(0),
            "recTrimLeft: false is read as 0",
        ),
        (
            "/additionalOptions/allowCallTimeFrom",
            json!("36000"),
            json!(36000),
            r#""36000" is read as 36000"#,
        ),
        (
            "/additionalOptions/allowCallTimeFrom",
            json!("10:00"),
            json!(36000),
            r#""10:00" is read as 36000"#,
        ),
        (
            "/additionalOptions/allowCallTimeFrom",
            json!("9:10"),
            json!(33000),
            r#""9:10" is read as 33000"#,
        ),
        (
            "/additionalOptions/allowCallTimeTo",
            json!(86400),
            json!(86399),
            "86400 is read as 86399",
        ),
        (
            "/additionalOptions/allowCallTimeTo",
            json!("24:00"),
            json!(86399),
            r#""24:00" is read as 86399"#,
        ),
        (
            "/additionalOptions/fullListTime",
            json!("12"),
            json!(12),
            r#""12" is read as 12"#,
        ),
        (
            "/additionalOptions/fullListTime",
            json!(12.0),
            json!(12),
            "12.0 is read as 12",
        ),
        (
            "/additionalOptions/fullListTime",
            json!("12s"),
            json!(12),
            r#""12s" is read as 12"#,
        ),
        (
            "/additionalOptions/useTr",
            json!("true"),
            json!(true),
            r#""true" is read as true"#,
        ),
        (
            "/additionalOptions/recordCall",
            json!(1),
            json!(true),
            "recordCall: 1 is read as true",
        ),
        (
            "/additionalOptions/detectRobot",
            json!("1"),
            json!(true),
            r#"detectRobot: "1" is read as true"#,
        ),
        (
            "/redialStrategyOptions/redialStrategyEn",
            json!(1),
            json!(true),
            "redialStrategyEn: 1 is read as true",
        ),
        (
            "/redialStrategyOptions/candidateLimit",
            json!("6"),
            json!(6),
            r#"candidateLimit: "6" is read as 6"#,
        ),
        (
            "/redialStrategyOptions/candidateLimit",
            json!({ "redial": true, "count": 6 }),
            json!(6),
            r#"candidateLimit: {"redial":true,"count":6} is read as 6"#,
        ),
        (
            "/redialStrategyOptions/busy/time",
            json!("1200"),
            json!(1200),
            r#"busy.time: "1200" is read as 1200"#,
        ),
        (
            "/redialStrategyOptions/busy/redial",
            json!("true"),
            json!(true),
            r#"busy.redial: "true" is read as true"#,
        ),
        (
            "/defaultExecData",
            json!(id.to_uppercase()),
            json!(id),
            "is read as \"228cc4fa",
        ),
        (
            "/defaultExecData",
            json!(format!("{{{id}}}")),
            json!(id),
            "is read as \"228cc4fa",
        ),
        (
            "/defaultExecData",
            json!(id.replace('-', "")),
            json!(id),
            "is read as \"228cc4fa",
        ),
        (
            "/secondExec",
            json!("CH"),
            json!("ch"),
            r#"secondExec: "CH" is read as "ch""#,
        ),
        (
            "/phoneNormalization",
            json!("ru"),
            json!("RU"),
            r#""ru" is read as "RU""#,
        ),
        (
            "/startMoment",
            json!("2036-12-02T10:00:00"),
            json!("2036-12-02 10:00"),
            "is read as \"2036-12-02 10:00\"",
        ),
        (
            "/startMoment",
            json!("02.12.2036 10:00"),
            json!("2036-12-02 10:00"),
            "is read as \"2036-12-02 10:00\"",
        ),
        ("/name", json!(2036), json!("2036"), r#"name: 2036 is read as "2036""#),
        (
            "/taskComment",
            json!("Two\nlines\n[dialform spring-promo 7K3M9Q2XVT4B]"),
            json!("Two\nlines"),
            "dialform's marker is taken out",
        ),
        (
            "/taskComment",
            json!("One [dialform a 7K3M9Q2XVT4B] [dialform b 7K3M9Q2XVT4C]"),
            json!("One"),
            "dialform's marker is taken out",
        ),
        (
            "/webhookUrls",
            json!("https://example.com/x"),
            json!(["https://example.com/x"]),
            "read as a list of one",
        ),
        (
            "/webhookUrls",
            json!([{ "url": "https://example.com/x" }]),
            json!(["https://example.com/x"]),
            "the address alone",
        ),
        (
            "/webhookUrls",
            json!([null, " https://example.com/x "]),
            json!(["https://example.com/x"]),
            "is read as",
        ),
        (
            "/redialStrategyOptions/answerMash",
            Value::Null,
            json!({ "redial": false }),
            "answerMash: null is left out",
        ),
    ];
    for (pointer, wrong, right, told) in cases {
        let rendered = fixed(&with(classic(), pointer, wrong.clone()), told);
        assert_eq!(rendered, with(classic(), pointer, right), "{pointer}: {wrong}");
    }
}

#[test]
fn what_is_left_out_is_read_as_the_api_reads_it() {
    let company = with(classic(), "/additionalOptions/useTr", json!(false));
    let told = "$.additionalOptions.useTr: it is missing, and taken for false, which is `clock=\"company\"` here";
    assert_eq!(fixed(&without(classic(), "/additionalOptions/useTr"), told), company);

    let bare = with(classic(), "/redialStrategyOptions", json!({ "redialStrategyEn": true }));
    let off = json!({ "redial": false });
    let all = json!({
        "redialStrategyEn": true, "busy": off, "noAnswer": off, "answerMash": off, "congestion": off, "answerNoList": off,
    });
    let rendered = fixed(&bare, "missing, and sent as false: redialStrategyOptions.busy.redial, ");
    assert_eq!(rendered, with(classic(), "/redialStrategyOptions", all));

    let told = "redialStrategyEn: it is missing, and taken for true, which is `redial { … }` here";
    assert_eq!(
        fixed(&without(classic(), "/redialStrategyOptions/redialStrategyEn"), told),
        classic()
    );
    assert_eq!(
        fixed(&without(classic(), "/defaultExec"), "sent as \"robot\": defaultExec"),
        classic()
    );

    let mut nulls = classic();
    for pointer in [
        "/taskComment",
        "/webhookUrls",
        "/phoneNormalization",
        "/normalizationErrorAction",
    ] {
        nulls = with(nulls, pointer, Value::Null);
    }
    let expected = [
        "taskComment",
        "webhookUrls",
        "phoneNormalization",
        "normalizationErrorAction",
    ]
    .iter()
    .fold(classic(), |body, name| without(body, &format!("/{name}")));
    assert_eq!(fixed(&nulls, "note: $.taskComment: null is left out"), expected);
}

#[test]
fn what_the_language_cannot_say_is_kept_in_a_comment() {
    let unknown = r#""foo": {"a":[1,"*/ \n x"]} (the API page has no such field)"#;
    let cases: [(&str, Value, &str); 14] = [
        ("/foo", json!({ "a": [1, "*/ \n x"] }), unknown),
        (
            "/cidTyp",
            json!(1),
            r#""cidTyp": 1 (the API page has no such field; did you mean `cidType`?)"#,
        ),
        (
            "/additionalOptions/speed",
            json!("fast"),
            r#""additionalOptions.speed": "fast""#,
        ),
        (
            "/defaultExec",
            json!("human"),
            r#""defaultExec": "human" (it is always "robot", and sent so)"#,
        ),
        (
            "/additionalOptions/fullListMethod",
            json!("accept"),
            r#""additionalOptions.fullListMethod": "accept""#,
        ),
        ("/cps", json!(1), r#""cps": 1 (1 encodes no rate"#),
        ("/cps", json!(1.0), r#""cps": 1.0 (1 encodes no rate"#),
        ("/cps", json!(1.035), r#""cps": 1.035 (it encodes no rate"#),
        (
            "/additionalOptions/fullListTime",
            json!(12.5),
            r#""additionalOptions.fullListTime": 12.5"#,
        ),
        (
            "/secondExec",
            json!("transfer"),
            r#""secondExec": "transfer" (known are "end", "ignore", "ch")"#,
        ),
        (
            "/normalizationErrorAction",
            json!("drop"),
            "with `wire-value` in the project",
        ),
        ("/cidData", json!("12345"), r#""cidData": "12345" (an id is a UUID)"#),
        (
            "/redialStrategyOptions/candidateLimit",
            json!(0),
            r#""redialStrategyOptions.candidateLimit": 0"#,
        ),
        (
            "/lifetime",
            json!(60),
            "(only the extended dialect has `lifetime`, and this is classic)",
        ),
    ];
    for (pointer, value, comment) in cases {
        let comment = if comment.starts_with('"') {
            comment.to_owned()
        } else {
            // Only the reason is told; the path belongs to it.
            format!(
                "\"{}\": {value} ({}",
                pointer.trim_start_matches('/'),
                comment.trim_start_matches('(')
            )
            .replace(
                "(with",
                "(known are \"skip\", \"mark\"; if the API takes this value, say what it stands for with",
            )
        };
        kept(&with(classic(), pointer, value), &comment, "classic");
    }
    let body = with(classic(), "/additionalOptions/fz230", json!("maybe"));
    kept(&body, r#""additionalOptions.fz230": "maybe""#, "extended");
}

#[test]
fn what_has_no_effect_would_be_an_error_and_is_kept_in_a_comment() {
    let body = with(classic(), "/secondExec", json!("end"));
    let ran = kept(
        &body,
        r#""secondExecData": "48a77bd7-8762-4e0f-a277-4ef77e36c41b" (it has no effect"#,
        "classic",
    );
    let expected = without(with(classic(), "/secondExec", json!("end")), "/secondExecData");
    assert_eq!(rendered("classic", &ran.stdout), [expected]);

    let mut window = classic();
    for name in ["allowCallTimeFrom", "allowCallTimeTo"] {
        window = without(window, &format!("/additionalOptions/{name}"));
    }
    kept(
        &window,
        r#""additionalOptions.useTr": true (it has no effect"#,
        "classic",
    );

    // Zeros and empty texts beside what is off say nothing.
    let body = with(
        classic(),
        "/redialStrategyOptions/answerMash",
        json!({ "redial": false, "time": 0, "count": 0 }),
    );
    assert_eq!(
        fixed(&body, "note: $.redialStrategyOptions.answerMash.time: 0 is left out"),
        classic()
    );
}

#[test]
fn webhooks_that_cannot_be_called_are_kept_without_their_secrets() {
    for url in [
        "https:///hooks?token=canary",
        "https://u:canary@/x",
        "ftp://canary@example.com/",
        "//x?canary",
        "example.com/x?t=canary",
    ] {
        let body = with(classic(), "/webhookUrls", json!([url, "https://example.com/good"]));
        let ran = kept(&body, r#""webhookUrls[0]""#, "classic");
        let rendered = rendered("classic", &ran.stdout);
        assert_eq!(rendered[0]["webhookUrls"], json!(["https://example.com/good"]));
        assert!(
            !format!("{}{}", ran.stdout, ran.stderr).contains("canary"),
            "{}",
            ran.stdout
        );
    }
    let hook = json!([{ "url": "https://example.com/x", "delay": 5 }]);
    kept(
        &with(classic(), "/webhookUrls", hook),
        r#""webhookUrls[0].delay": 5 (only the extended"#,
        "classic",
    );
}

#[test]
fn what_the_linter_says_of_the_result_is_told() {
    let body = with(classic(), "/redialStrategyOptions/candidateLimit", json!(2));
    let told = fixed(
        &body,
        "warning: vesennyaya-aktsiya: DF502: `max-per-candidate 2` cuts the redials of 4 outcomes short",
    );
    assert_eq!(told, body);
    let machine = json!({ "redial": true, "time": 60, "count": 1 });
    let body = with(classic(), "/redialStrategyOptions/answerMash", machine);
    let body = without(
        with(body, "/additionalOptions/detectRobot", json!(false)),
        "/additionalOptions/detectRobotMode",
    );
    assert_eq!(
        fixed(
            &body,
            "warning: vesennyaya-aktsiya: DF501: answering machines are not detected"
        ),
        body
    );

    let ran = import(&[], &with(classic(), "/cps", json!(1)).to_string());
    assert!(ran.stderr.contains("so write the `pace` yourself"), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("; finish these by hand: vesennyaya-aktsiya"),
        "{}",
        ran.stderr
    );
    let ran = import(
        &[],
        &json!({ "name": "x", "redialStrategyOptions": { "busy": { "redial": true } } }).to_string(),
    );
    assert!(
        ran.stderr.contains("DF201: `busy` needs `after=` and `times=`"),
        "{}",
        ran.stderr
    );
}

#[test]
fn the_texts_of_strangers_turn_nothing_around() {
    let hostile = "a\u{202E}b\u{2028}\u{85}\u{0}\u{1b}[2J */ // \" \\ {";
    let mut body = with(with(classic(), "/name", json!(hostile)), "/taskComment", json!(hostile));
    body = with(body, &format!("/{}", hostile.replace('/', "")), json!(hostile));
    let ran = import(&[], &body.to_string());
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    for text in [&ran.stdout, &ran.stderr] {
        let bad = text
            .chars()
            .find(|c| *c != '\n' && (c.is_control() || "\u{202E}\u{2028}".contains(*c)));
        assert_eq!(bad, None, "{text:?}");
    }
    let rendered = rendered("classic", &ran.stdout).remove(0);
    assert_eq!(
        (&rendered["name"], &rendered["taskComment"]),
        (&json!(hostile), &json!(hostile))
    );
}
