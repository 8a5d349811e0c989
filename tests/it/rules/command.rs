//! `dialform rule`, as a person runs it.

use std::path::Path;

use dialform::report::schema::{SchemaName, schema};
use dialform::rules::RULES;
use serde_json::Value;

use crate::common::command::{Ran, command, dialform};
use crate::common::schema::assert_valid;

fn rule(arguments: &[&str]) -> Ran {
    dialform(Path::new("."), &[&["rule"], arguments].concat())
}

#[track_caller]
fn json(arguments: &[&str]) -> Value {
    let ran = rule(&[arguments, &["--output-format", "json"]].concat());
    assert_eq!(ran.code, Some(0), "{ran:?}");
    serde_json::from_str(&ran.stdout).unwrap()
}

#[test]
fn one_rule_is_told_whole() {
    let ran = rule(&["DF402"]);
    assert_eq!(
        ran.stdout,
        r#"DF402 start-outside-window
warning by default · DF4: Schedule

  A start time outside the hours in which people may be called.

Why it matters
  Nobody is called before the window opens. (The start is in the company's time, the window usually
  in the recipient's.)

Fails
    call-window from="09:10" to="19:50"
    start "time" at="2090-12-02 21:00"

    warning[DF402]: the start 2090-12-02 21:00 is outside the call window 09:10 to 19:50
      at `"2090-12-02 21:00"`: nobody may be called then
      help: calling begins when the window opens; the start is in the company's time zone, the
      window on the clock that `clock=` names

Passes
    call-window from="09:10" to="19:50"
    start "time" at="2090-12-02 10:00"

In the words of the API page
  startMoment        Дата и время начала обзвона. Принимает значения: ГГГГ-ММ-ДД чч:мм. Используется
                     часовой пояс компании
  allowCallTimeFrom  Начало интервала доступного для дозвона. Задается в секундах
  allowCallTimeTo    Конец интервала доступного для дозвона. Задается в секундах

Turning and ignoring it
  lint { error "start-outside-window" }  in `project`: an error in the whole project; `allow`
                                         instead hides it
  // dialform: ignore[DF402] why         above the line or at its end: hides it there; `file-ignore`
                                         instead, in the whole file
"#
    );
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
}

#[test]
fn a_code_in_any_case_a_name_and_a_group_select() {
    let by_code = rule(&["DF201"]).stdout;
    assert_eq!(rule(&["df201"]).stdout, by_code);
    assert_eq!(rule(&["missing-required-if"]).stdout, by_code);
    assert_eq!(rule(&["Missing-Required-If", "DF201"]).stdout, by_code, "each once");
    let group = rule(&["df4"]).stdout;
    let titles: Vec<&str> = group.lines().filter(|line| line.starts_with("DF")).collect();
    assert_eq!(
        titles,
        [
            "DF401 start-in-past",
            "DF402 start-outside-window",
            "DF403 empty-window",
            "DF404 window-at-night",
            "DF405 start-off-the-clock",
            "DF406 no-call-window"
        ]
    );
    let both = rule(&["DF503", "DF403"]).stdout;
    assert!(
        both.find("DF503").unwrap() < both.find("DF403 empty").unwrap(),
        "as asked for"
    );
}

#[test]
fn without_a_rule_all_are_listed_by_group() {
    let list = rule(&[]);
    assert_eq!(list.code, Some(0));
    for rule in RULES {
        let line = format!("  {} {} ", rule.code, rule.name);
        assert!(list.stdout.contains(&line), "{line}");
    }
    assert!(
        list.stdout.contains("\nConditions and dialect (DF2)\n  DF201 "),
        "{}",
        list.stdout
    );
    let all = rule(&["--all"]).stdout;
    assert_eq!(all.matches("\nWhy it matters\n").count(), RULES.len());
}

#[test]
fn json_has_every_part() {
    let one = json(&["DF201"]);
    assert_eq!(one["format_version"], "1.0");
    let rule = &one["rules"][0];
    for (name, expected) in [
        ("code", "DF201"),
        ("name", "missing-required-if"),
        ("severity", "error"),
        ("group", "Conditions and dialect"),
        ("bad", "on-transfer \"channel\""),
    ] {
        assert_eq!(rule[name], expected);
    }
    assert_eq!(rule["says"][0]["at"], "\"channel\"");
    assert_eq!(
        rule["fields"][0],
        serde_json::json!({
            "path": "on-transfer.channel",
            "wire": ["secondExecData"],
            "page": "uuid канала для перевода. Параметр нужен, если предыдущий параметр в значении ch",
        })
    );
    let codes = |document: &Value| -> Vec<String> {
        let rules = document["rules"].as_array().unwrap().iter();
        rules.map(|rule| rule["code"].as_str().unwrap().to_owned()).collect()
    };
    let every: Vec<&str> = RULES.iter().map(|rule| rule.code).collect();
    assert_eq!(codes(&json(&["--all"])), every);
    assert_eq!(codes(&json(&[])), every);
    for rule in json(&["--all"])["rules"].as_array().unwrap() {
        let has_example = rule["bad"] != "";
        assert_eq!(has_example, !rule["says"].as_array().unwrap().is_empty(), "{rule}");
    }
}

#[test]
fn json_is_as_its_schema_says() {
    let validator = jsonschema::draft202012::new(&schema(SchemaName::Rules)).unwrap();
    let all = json(&["--all"]);
    assert_valid(&validator, &all);
}

#[test]
fn a_fix_is_told_where_lint_has_one() {
    assert_eq!(json(&["DF010"])["rules"][0]["fix"], "safe");
    assert_eq!(json(&["DF101"])["rules"][0]["fix"], "unsafe");
    // The wire's name states the setting, so that nothing stands twice once it is fixed.
    assert_eq!(json(&["DF108"])["rules"][0]["fix"], "safe");
    assert_eq!(json(&["DF403"])["rules"][0]["fix"], Value::Null);
    assert!(rule(&["DF010"]).stdout.contains("`dialform lint --fix` fixes"));
}

#[test]
fn what_is_no_rule_is_answered_with_what_may_be_meant() {
    for (word, expected) in [
        (
            "missing-requird-if",
            "error: no rule is called `missing-requird-if`; did you mean `missing-required-if`?\n",
        ),
        (
            "DF299",
            "error: no rule has the code `DF299`; `dialform rule DF2` shows all that begin so\n",
        ),
        ("df", "error: no rule is called `df`; `dialform rule` lists them all\n"),
        ("", "error: no rule is called ``; `dialform rule` lists them all\n"),
        (
            "DF8",
            "error: no rule is called `DF8`; `dialform rule` lists them all\n",
        ),
        (
            "cidType",
            "error: `cidType` is no rule but a word of the language or the API; try `dialform explain cidType`\n",
        ),
        (
            "caller-id",
            "error: `caller-id` is no rule but a word of the language or the API; try `dialform explain caller-id`\n",
        ),
    ] {
        let ran = rule(&["DF201", word]);
        assert_eq!(
            (ran.code, ran.stdout.as_str(), ran.stderr.as_str()),
            (Some(2), "", expected)
        );
    }
    assert_eq!(rule(&["--all", "DF201"]).code, Some(2));
}

#[test]
fn the_terminal_is_kept_to() {
    let mut narrow = command(Path::new("."));
    let narrow: Ran = narrow
        .args(["rule", "DF402"])
        .env("COLUMNS", "60")
        .output()
        .unwrap()
        .into();
    let prose = narrow.stdout.lines().filter(|line| !line.starts_with("    "));
    for line in prose {
        assert!(line.chars().count() <= 60, "{line}");
    }
    let coloured = dialform(Path::new("."), &["rule", "DF402", "--color", "always"]).stdout;
    assert!(
        coloured.starts_with("\u{1b}[1mDF402 start-outside-window\u{1b}[0m\n"),
        "{coloured:?}"
    );
    let mut plain = String::new();
    let mut is_style = false;
    for c in coloured.chars() {
        match c {
            '\u{1b}' => is_style = true,
            'm' if is_style => is_style = false,
            c if !is_style => plain.push(c),
            _ => {}
        }
    }
    assert_eq!(plain, rule(&["DF402"]).stdout, "colour changes nothing else");
}
