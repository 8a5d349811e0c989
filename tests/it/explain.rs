//! `dialform explain`: every row of the table explained, under every name that it has, with examples that lint clean.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use dialform::explain::{Topic, alias_example, example, example_of, examples_of, find, page, topics};
use dialform::fields::{AliasKind, Dialect, FIELDS, PROJECT, SETTINGS, Slot, TOP_LEVEL};
use dialform::report::schema::{SchemaName, schema};
use serde_json::Value;

use crate::common::command::{Ran, command, dialform, in_repository};
use crate::common::schema::assert_valid;

fn explain(arguments: &[&str]) -> Ran {
    dialform(Path::new("."), &[&["explain"], arguments].concat())
}

/// What is found in an example, as `CODE: message`.
fn found(text: &str, dialect: Dialect) -> Vec<String> {
    let (findings, _) = example::check(&example::project_of_dialect(text, dialect));
    let said = findings
        .iter()
        .map(|finding| format!("{}: {}", finding.rule.code, finding.message));
    said.collect()
}

#[track_caller]
fn assert_clean(text: &str, dialect: Dialect) {
    let found = found(text, dialect);
    assert!(found.is_empty(), "{found:?}\n{text}");
}

/// The words by which the topics of a word are known.
fn words(word: &str) -> Vec<String> {
    find(word).iter().map(|hit| hit.topic.word()).collect()
}

#[test]
fn every_topic_has_a_word_of_its_own() {
    let mut seen = BTreeSet::new();
    for topic in topics() {
        let word = topic.word();
        assert!(seen.insert(word.clone()), "{word} is two topics");
        assert_eq!(words(&word), [word.as_str()], "{word} does not lead to its topic alone");
        assert_eq!(page(topic).title, word);
        assert!(topic.doc().ends_with(['.', ')']), "{word}: {}", topic.doc());
    }
}

#[test]
fn every_row_is_found_by_its_path_and_by_its_names_on_the_wire() {
    for row in FIELDS {
        let topic = match row.slot {
            Slot::Argument => Topic::Setting(row.setting),
            _ => Topic::Field(row.id),
        };
        let word = topic.word();
        if row.slot != Slot::Constant {
            assert_eq!(words(&row.path()), [word.as_str()], "{}", row.path());
        }
        for wire in row.wire {
            // What the language calls so as well is that, `name` and `redialStrategyOptions.busy` aside.
            assert!(
                words(wire).contains(&word) || words(wire) == [*wire],
                "{wire} → {:?}",
                words(wire)
            );
            let last = wire.rsplit('.').next().unwrap();
            let hits = words(last);
            assert!(
                hits.contains(&word) || SETTINGS.iter().any(|spec| spec.name == last),
                "{last} → {hits:?}"
            );
        }
        let shown = format!("{:?}", page(topic));
        for wire in row.wire {
            assert!(shown.contains(wire), "{word} does not tell of {wire}");
        }
        assert!(!row.doc.is_empty(), "{word}");
        assert_eq!(row.page.is_empty(), !row.is_sent(), "{word}");
        assert!(!row.kind.takes().is_empty());
        for choice in row.choices() {
            assert!(!choice.doc.is_empty(), "{word} {}", choice.written.word());
            let is_sent = row.slot == Slot::Constant;
            assert!(
                is_sent || shown.contains(choice.doc),
                "{word} {}",
                choice.written.word()
            );
        }
    }
}

#[test]
fn every_row_has_an_example_and_each_lints_clean_in_its_dialect() {
    for spec in SETTINGS {
        for (dialect, text) in examples_of(spec) {
            assert_clean(text, dialect);
            if dialect == Dialect::Extended {
                let found = found(text, Dialect::Classic);
                assert!(
                    found.iter().all(|found| found.starts_with("DF204")),
                    "{found:?}\n{text}"
                );
                assert!(!found.is_empty(), "needs no extended dialect: {text}");
            }
        }
        let rows = FIELDS
            .iter()
            .filter(|row| row.setting == spec.id && row.slot != Slot::Constant);
        for row in rows {
            let written = row.written();
            assert!(
                examples_of(spec).any(|(_, text)| text.contains(&written)),
                "no example of {}",
                row.path()
            );
        }
    }
}

#[test]
fn examples_of_all_else_lint_clean() {
    for spec in TOP_LEVEL.iter().chain(&PROJECT) {
        assert_clean(&example_of(spec), Dialect::Classic);
        assert!(example_of(spec).contains(spec.name), "{}", spec.name);
    }
    for kind in AliasKind::ALL {
        let (dialect, text) = alias_example(kind);
        assert_clean(&text, dialect);
    }
}

#[test]
fn one_setting_is_told_whole() {
    let ran = explain(&["record"]);
    assert_eq!(
        ran.stdout,
        r#"record
Whether calls are recorded.

Written
    record #true trim-left="12s"
    record #false

Its value
  takes     one of these
  #true     calls are recorded → `recordCall`: `true`
  #false    calls are not recorded → `recordCall`: `false`
  required  in every campaign, by itself or by its template

  additionalOptions.recordCall  boolean
  the API page                  Записывать ли звонки

`trim-left=`
  How much is cut off the start of the recording.

  takes      a duration in `d`, `h`, `m` and `s`, the largest unit first: `"12s"`, `"20m"`,
             `"1h30m"`, `"0s"`
  required   with `record #true`
  only with  `record #true`

  additionalOptions.recTrimLeft  integer, seconds
  the API page                   На сколько обрезать начало записи. Задается в секундах

Example
    record #true trim-left="0s"

    record #false

Checked by
  DF010 bare-keyword         `true`, `false` and `null` are written with a `#` in front.
  DF012 bare-value           Times, dates, durations, paces, ids and numbers to call are written in
                             quotation marks.
  DF110 unknown-value        A word that is none of the values the setting takes.
  DF111 bad-duration         A duration without a unit, or in a form that is not read.
  DF201 missing-required-if  A property that the API requires because of another value.
  DF202 missing-required     Required settings that neither the campaign nor its templates state.
  DF203 set-but-no-effect    A property or setting that has no effect beside another value.
  DF205 long-trim            A `trim-left` of more than five minutes.
"#
    );
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
}

#[test]
fn words_of_the_wire_and_values_lead_to_their_settings() {
    for (word, expected) in [
        ("cidType", &["caller-id"][..]),
        ("CIDTYPE", &["caller-id"]),
        ("cidData", &["caller-id.id"]),
        ("secondExecData", &["on-transfer.channel"]),
        ("additionalOptions.recTrimLeft", &["record.trim-left"]),
        ("trim-left=", &["record.trim-left"]),
        ("redialStrategyOptions.busy.time", &["redial.busy.after"]),
        ("busy", &["redial.busy"]),
        ("webhookUrls[].url", &["webhook"]),
        (
            "webhookUrls",
            &["webhook", "webhook.partial", "webhook.delay", "webhook.events"],
        ),
        (
            "answerMash",
            &[
                "redial.answering-machine",
                "redial.answering-machine.after",
                "redial.answering-machine.times",
            ],
        ),
        ("gornum", &["caller-id"]),
        ("ch", &["on-transfer"]),
        ("STEP_2_STEP", &["strategy"]),
        ("CALL_ENDED", &["webhook.events"]),
        ("robot", &["defaultExec"]),
        ("on-error.skip", &["normalize.on-error"]),
        ("recipient", &["call-window.clock"]),
        ("number", &["aliases.number", "caller-id"]),
        ("extended", &["dialect"]),
        ("allow", &["lint"]),
        ("project.timezone", &["timezone"]),
        ("moved", &["moved"]),
        ("df201", &["DF201"]),
        ("missing-required-if", &["DF201"]),
    ] {
        let mut found = words(word);
        if word == "on-error.skip" {
            found.retain(|found| found != "wire-value");
        }
        assert_eq!(found, expected, "{word}");
    }
    let gornum = explain(&["gornum"]).stdout;
    let note = "  `gornum` on the wire is `caller-id \"number\"` here: the one number in `id=`.\n";
    assert!(gornum.contains(note), "{gornum}");
    assert!(explain(&["cidType"]).stdout.contains("  On the wire: `cidType`.\n"));
}

#[test]
fn a_word_of_several_places_lists_them() {
    assert_eq!(
        explain(&["number"]).stdout,
        r#"number
This word stands in several places; each has a longer name.

  dialform explain aliases.number  A name for a number that people see.
  dialform explain caller-id       The number that people see. `caller-id "number"`: the one number
                                   in `id=`.
"#
    );
    let after = explain(&["after"]).stdout;
    assert_eq!(after.matches("dialform explain redial.").count(), 5, "{after}");
}

#[test]
fn without_a_word_all_is_listed() {
    let list = explain(&[]).stdout;
    let names = TOP_LEVEL.iter().chain(&PROJECT).map(|spec| spec.name.to_owned());
    let settings = SETTINGS.iter().map(|spec| spec.id.path());
    let aliases = AliasKind::ALL.map(|kind| format!("aliases.{}", kind.word()));
    for name in names.chain(settings).chain(aliases) {
        assert!(
            list.lines()
                .any(|line| line.trim_start().split(' ').next() == Some(&name)),
            "{name}"
        );
    }
    assert!(
        list.contains("  caller-id        The number that people see. `cidType`, `cidData`\n"),
        "{list}"
    );
}

#[test]
fn rules_are_explained_as_well() {
    let folder = Path::new(".");
    assert_eq!(explain(&["DF201"]).stdout, dialform(folder, &["rule", "DF201"]).stdout);
    assert_eq!(explain(&["df4"]).stdout, dialform(folder, &["rule", "DF4"]).stdout);
}

#[test]
fn what_is_unknown_is_answered_with_what_may_be_meant() {
    for (word, expected) in [
        (
            "cller-id",
            "error: unknown name `cller-id`; did you mean `caller-id`?\n",
        ),
        ("cidTyp", "error: unknown name `cidTyp`; did you mean `cidType`?\n"),
        ("gornumm", "error: unknown name `gornumm`; did you mean `gornum`?\n"),
        (
            "nonsense-of-all-kinds",
            "error: unknown name `nonsense-of-all-kinds`; `dialform explain` lists all settings\n",
        ),
        (
            "DF299",
            "error: no rule has the code `DF299`; `dialform rule DF2` shows all that begin so\n",
        ),
        ("", "error: unknown name ``; `dialform explain` lists all settings\n"),
    ] {
        let ran = explain(&["pace", word]);
        assert_eq!(
            (ran.code, ran.stdout.as_str(), ran.stderr.as_str()),
            (Some(2), "", expected)
        );
    }
}

#[test]
fn json_has_every_topic_and_row() {
    let json = |arguments: &[&str]| -> Value {
        let ran = explain(&[arguments, &["--output-format", "json"]].concat());
        serde_json::from_str(&ran.stdout).unwrap_or_else(|why| panic!("{why}: {ran:?}"))
    };
    let all = json(&[]);
    assert_eq!(all["format_version"], "1.0");
    let list = all["topics"].as_array().unwrap();
    assert_eq!(list.len(), topics().count());
    for row in FIELDS {
        let fields = list.iter().flat_map(|topic| topic["fields"].as_array().unwrap());
        let mut of_row = fields.filter(|field| field["doc"] == row.doc && field["path"] == row.path());
        let field = of_row.next().unwrap_or_else(|| panic!("no {}", row.path()));
        assert_eq!(
            (field["page"].as_str(), field["doc"].as_str()),
            (Some(row.page), Some(row.doc))
        );
    }
    let validator = jsonschema::draft202012::new(&schema(SchemaName::Explain)).unwrap();
    assert_valid(&validator, &all);
    let topic = &json(&["cidData"])["topics"][0];
    assert_eq!(
        (topic["kind"].as_str(), topic["path"].as_str()),
        (Some("field"), Some("caller-id.id"))
    );
    assert_eq!(
        topic["fields"][0]["required"],
        "with `caller-id \"number\"` or `caller-id \"pool\"`"
    );
    assert_eq!(json(&["DF201"])["rules"][0]["code"], "DF201");
    // Neither is left out in silence.
    let both = explain(&["caller-id", "DF201", "--output-format", "json"]);
    assert_eq!((both.code, both.stdout.as_str()), (Some(2), ""));
    assert!(
        both.stderr.contains("ask for them one after the other"),
        "{}",
        both.stderr
    );
}

#[test]
fn the_page_about_the_language_says_the_same_of_projects() {
    let document = fs::read_to_string(in_repository("docs/language.md")).unwrap();
    for spec in &PROJECT {
        let row = document
            .lines()
            .find(|line| line.starts_with(&format!("| `{}` |", spec.name)));
        let row = row.unwrap_or_else(|| panic!("docs/language.md lacks `{}`", spec.name));
        assert!(spec.default.is_none_or(|default| row.contains(default)), "{row}");
        assert!(row.contains(spec.doc), "`{}`: {}\n{row}", spec.name, spec.doc);
    }
    for spec in &TOP_LEVEL {
        assert!(document.contains(&format!("{} ", spec.name)), "{}", spec.name);
    }
    for kind in AliasKind::ALL {
        assert!(document.contains(&format!("`{}`", kind.word())), "{}", kind.word());
    }
    for row in FIELDS.iter().filter(|row| row.dialect == Dialect::Extended) {
        let (classic, extended) = document.split_once("### Extended dialect").unwrap();
        let written = format!("`{}", row.setting.spec().name);
        let is_shared = row.slot != Slot::Argument;
        assert!(extended.contains(&written), "{}", row.path());
        assert!(
            is_shared || !classic.contains(&format!("\n| {written}")),
            "{}",
            row.path()
        );
    }
}

#[test]
fn what_the_words_outside_campaigns_take_is_what_is_read() {
    let takes = |name: &str| -> Vec<&str> {
        let spec = TOP_LEVEL.iter().chain(&PROJECT).find(|spec| spec.name == name).unwrap();
        spec.takes.iter().map(|(word, _)| *word).collect()
    };
    assert_eq!(takes("dialect"), [Dialect::Classic.word(), Dialect::Extended.word()]);
    let project = |line: String| found(&format!("project {{\n{line}\n}}"), Dialect::Classic);
    for word in takes("wire-value") {
        assert_eq!(project(format!("wire-value \"{word}\" \"x\"")), [""; 0]);
    }
    for word in takes("lint") {
        assert_eq!(project(format!("lint {{ {word} \"DF4\" }}")), [""; 0]);
    }
    let wrong = project("lint { nothing \"DF4\" }".to_owned());
    assert!(wrong[0].starts_with("DF101"), "{wrong:?}");
}

#[test]
fn a_narrow_terminal_is_kept_to() {
    let mut narrow = command(Path::new("."));
    let narrow: Ran = narrow.args(["explain"]).env("COLUMNS", "50").output().unwrap().into();
    for line in narrow.stdout.lines() {
        let has_long_word = line.split(' ').any(|word| word.len() > 40);
        assert!(line.chars().count() <= 50 || has_long_word, "{line}");
    }
}
