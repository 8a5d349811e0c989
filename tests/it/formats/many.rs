//! More findings in a file than anybody reads: the rest is counted, and each form says so in its way.

use super::{gitlab, junit, parsed, rdjson, sarif};
use crate::common::site::Site;

#[test]
fn what_is_not_shown_is_counted() {
    let text = format!("campaign \"a\" {{\n{}}}\n", "    pase 1\n".repeat(1_234));
    let site = Site::now(&[("a.kdl", &text)]);
    let all: usize = parsed(&site.all("json"))["error_count"].as_u64().unwrap() as usize;
    assert!(all >= 1_234);
    let words = format!("{} more findings are not shown", all - 1_000);

    let log = site.json("sarif");
    sarif::assert_valid(&log);
    assert_eq!(sarif::results(&log).len(), 1_000);
    let run = &log["runs"][0];
    assert_eq!(run["properties"]["errorCount"], all);
    let note = &run["invocations"][0]["toolExecutionNotifications"][0];
    assert_eq!(note["message"]["text"], words);

    let report = site.json("gitlab");
    gitlab::assert_valid(&report);
    let issues = report.as_array().unwrap();
    assert_eq!(issues.len(), 1_001);
    assert_eq!(
        (&issues[1_000]["description"], &issues[1_000]["severity"]),
        (&words.as_str().into(), &"info".into())
    );

    let report = site.json("rdjson");
    rdjson::assert_valid(&report);
    let diagnostics = report["diagnostics"].as_array().unwrap();
    assert_eq!(diagnostics.len(), 1_001);
    assert_eq!(diagnostics[1_000]["message"], words);

    let report = site.all("junit");
    junit::assert_valid(&report);
    assert_eq!(report.matches("<testcase ").count(), 1_001);
    assert!(report.contains(&format!(
        "<property name=\"findings-not-shown\" value=\"{}\"/>",
        all - 1_000
    )));

    let printed = site.all("github");
    assert_eq!(printed.lines().count(), 1_001);
    assert_eq!(
        printed.lines().last(),
        Some(format!("::notice file=a.kdl,title=dialform::{words}").as_str())
    );
}

/// GitHub refuses a run with more results than this.
#[test]
fn a_sarif_log_has_no_more_results_than_github_takes() {
    let text = format!("campaign \"a\" {{\n{}}}\n", "    pase 1\n".repeat(1_100));
    let files: Vec<(String, &str)> = (0..27).map(|file| (format!("{file:02}.kdl"), text.as_str())).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    let log = Site::now(&files).json("sarif");
    assert_eq!(sarif::results(&log).len(), 25_000);
    let run = &log["runs"][0];
    let notes = run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
    let counted: u64 = notes
        .iter()
        .map(|note| {
            let words = note["message"]["text"].as_str().unwrap();
            words.split(' ').next().unwrap().parse::<u64>().unwrap()
        })
        .sum();
    assert_eq!(Some(25_000 + counted), run["properties"]["errorCount"].as_u64());
}
