//! By what services know a finding again.

use super::{FIRST, PROJECT, SECOND, gitlab, sarif};
use crate::common::site::Site;

#[test]
fn fingerprints_stay_when_lines_move() {
    let site = Site::sample();
    let before = (site.json("sarif"), site.json("gitlab"));
    let moved = format!("// A line more.\n\n{}", FIRST.replace("; pase", "\n\n\tpase"));
    site.write("campaigns/a.kdl", moved);
    let after = (site.json("sarif"), site.json("gitlab"));
    assert_eq!(sarif::fingerprints(&before.0), sarif::fingerprints(&after.0));
    assert_ne!(sarif::places(&before.0), sarif::places(&after.0));
    assert_eq!(gitlab::fingerprints(&before.1), gitlab::fingerprints(&after.1));
    // Both are of one making.
    assert_eq!(sarif::fingerprints(&after.0), gitlab::fingerprints(&after.1));
}

/// Neither the place of the checkout nor the folder that the program runs in, nor the file's name, counts.
#[test]
fn fingerprints_are_the_same_in_every_checkout() {
    let (one, other) = (Site::sample(), Site::sample());
    let prints = sarif::fingerprints(&one.json("sarif"));
    assert_eq!(sarif::fingerprints(&other.json("sarif")), prints);
    let inside = other.lint_in("campaigns", &["..", "--output-format", "sarif"]);
    assert_eq!(sarif::fingerprints(&super::parsed(&inside.stdout)), prints);
    std::fs::rename(other.path("campaigns/a.kdl"), other.path("campaigns/aa.kdl")).unwrap();
    assert_eq!(sarif::fingerprints(&other.json("sarif")), prints);
}

#[test]
fn other_findings_have_other_fingerprints() {
    let site = Site::sample();
    let before = sarif::fingerprints(&site.json("sarif"));
    for (old, new) in [("pase", "pasce"), ("record false", "record true")] {
        site.write("campaigns/a.kdl", FIRST.replace(old, new));
        let after = sarif::fingerprints(&site.json("sarif"));
        let changed = before.iter().zip(&after).filter(|(a, b)| a != b).count();
        assert_eq!((before.len(), after.len(), changed), (4, 4, 1), "{old}");
    }
}

/// Equal ones are counted: the third that comes is new, and the two that were there are not.
#[test]
fn equal_findings_are_told_apart() {
    let campaign = |times: usize| format!("campaign \"a\" {{\n{}}}\n", "    pase 1\n".repeat(times));
    let site = Site::now(&[("a.kdl", &campaign(2))]);
    let prints = |site: &Site| {
        let log = site.json("sarif");
        sarif::assert_valid(&log);
        gitlab::assert_valid(&site.json("gitlab"));
        let all = sarif::results(&log).iter().zip(sarif::fingerprints(&log));
        all.filter(|(result, _)| result["ruleId"] == "DF101")
            .map(|(_, print)| print)
            .collect::<Vec<_>>()
    };
    let two = prints(&site);
    site.write("a.kdl", campaign(3));
    let three = prints(&site);
    assert_eq!((two.len(), three.len()), (2, 3));
    assert_eq!(three[..2], two);
}

/// Two projects of one repository may have equal campaigns.
#[test]
fn equal_campaigns_of_two_projects_are_told_apart() {
    let site = Site::now(&[
        ("one/dialform.kdl", PROJECT),
        ("one/campaigns/b.kdl", SECOND),
        ("two/dialform.kdl", PROJECT),
        ("two/campaigns/b.kdl", SECOND),
    ]);
    let log = site.json("sarif");
    sarif::assert_valid(&log);
    let prints = sarif::fingerprints(&log);
    assert_eq!(prints.len(), 2);
    assert_ne!(prints[0], prints[1]);
    // What is fixed in one of them does not change the other's.
    let issues = site.json("gitlab");
    gitlab::assert_valid(&issues);
    let both = gitlab::fingerprints(&issues);
    site.write("one/campaigns/b.kdl", SECOND.replace("\"spring\"", "\"c\""));
    let after = gitlab::fingerprints(&site.json("gitlab"));
    assert_eq!(both.last(), after.last());
    // A project by itself has the same ones as with the others, from wherever it is checked.
    let alone = site.lint_in("two", &["--output-format", "gitlab"]);
    assert_eq!(gitlab::fingerprints(&super::parsed(&alone.stdout)), both[1..]);
}

/// The hash of a short secret gives it away, and a report goes to more people than the file does.
#[test]
fn no_fingerprint_is_of_a_secret() {
    let webhook = |secret: &str| {
        let text = SECOND.replace(
            "record #false",
            &format!("record #false\n    webhook \"https://user:{secret}@example.com/\""),
        );
        Site::now(&[("dialform.kdl", PROJECT), ("campaigns/b.kdl", &text)]).json("sarif")
    };
    let (one, other) = (webhook("hunter2"), webhook("swordfish"));
    let has_secret = sarif::results(&one).iter().any(|result| result["ruleId"] == "DF602");
    assert!(has_secret, "{one:#}");
    assert_eq!(sarif::fingerprints(&one), sarif::fingerprints(&other));
    assert!(!one.to_string().contains("hunter2"));
}
