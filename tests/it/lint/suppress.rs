//! Comments that hide findings: what they hide, how long, and what is said of them.

use crate::common::site::{CLEAN, Site, keyed};

/// A campaign whose webhook is not encrypted, as it stands in its line.
const HOOK: &str = "    webhook \"http://example.com/hook\"";

/// A project with one campaign whose last lines are these.
fn site(lines: &str) -> Site {
    site_in("project { timezone \"Europe/Moscow\"; }", lines)
}

fn site_in(project: &str, lines: &str) -> Site {
    let campaign = CLEAN.trim_end().strip_suffix('}').unwrap();
    let campaign = format!("{campaign}{lines}\n}}\n");
    Site::new(&[("dialform.kdl", project), ("campaigns/a.kdl", &campaign)])
}

/// `LINE:COLUMN CODE` of every finding.
fn found(site: &Site) -> Vec<String> {
    found_on(site, "2026-11-25T12:00:00Z")
}

fn found_on(site: &Site, now: &str) -> Vec<String> {
    let report = site.lint(&["--output-format", "json", "--now", now]).json();
    let diagnostics = report["diagnostics"].as_array().unwrap();
    let one = |finding: &serde_json::Value| {
        let at = &finding["range"]["start"];
        format!("{}:{} {}", at["line"], at["column"], finding["code"].as_str().unwrap())
    };
    diagnostics.iter().map(one).collect()
}

#[test]
fn a_comment_hides_a_finding_of_its_own_line_or_of_the_next() {
    let reason = "until the gateway has a certificate";
    for lines in [
        format!("{HOOK} // dialform: ignore[DF601] {reason}"),
        format!("    // dialform: ignore[DF601] {reason}\n{HOOK}"),
        format!("{HOOK} // dialform: ignore[http-webhook] {reason}"),
        format!("{HOOK} // dialform: ignore[DF6] {reason}"),
        format!("{HOOK} // dialform:ignore[DF601]: {reason}"),
        format!("{HOOK} /* dialform: ignore[DF601] {reason} */"),
        format!("    /* dialform: ignore[DF601] {reason} */ webhook \"http://example.com/hook\""),
        format!("{HOOK} // dialform: ignore[ DF601 ] until=2026-11-25 {reason}"),
        format!("    // dialform: ignore[DF601] {reason}\n    // and a note for colleagues\n{HOOK}"),
        format!("    // dialform: ignore[DF601] {reason}\n    webhook \\\n        \"http://example.com/hook\""),
        format!("    // dialform: ignore[DF601] {reason}\r\n{HOOK}\r"),
        format!("    // Dialform: ignore[DF601] {reason}\n{HOOK}"),
        format!("    //\u{A0}dialform:\u{A0}ignore[DF601]\u{A0}{reason}\n{HOOK}"),
        format!("    /*\n     * dialform: ignore[DF601] {reason}\n     */\n{HOOK}"),
        format!("{HOOK} // dialform: ignore[DF601] until: {reason}"),
        format!("{HOOK}\n    // dialform: file-ignore[DF601] {reason}"),
        format!("    // dialform: file-ignore[DF601] {reason}\n\n{HOOK}\n    webhook \"http://example.com/second\""),
    ] {
        assert_eq!(found(&site(&lines)), Vec::<String>::new(), "{lines}");
    }
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_line() {
    let text = format!(
        "\u{FEFF}// dialform: ignore[DF202] later\n{}",
        CLEAN.replace("    pace \"3/s\"\n", "")
    );
    let site = Site::new(&[("dialform.kdl", ""), ("campaigns/a.kdl", &text)]);
    assert_eq!(found(&site), Vec::<String>::new());
}

#[test]
fn taking_one_out_leaves_the_lines_around_it_as_they_were() {
    let unused = "// dialform: ignore[DF402] x";
    for (text, fixed) in [
        (format!("\u{FEFF}{unused}\r\n{CLEAN}"), format!("\u{FEFF}{CLEAN}")),
        (format!("{CLEAN}{unused}"), CLEAN.trim_end().to_owned()),
        (format!("{CLEAN}\r\n{unused}"), CLEAN.to_owned()),
        (format!("{CLEAN}\n{unused}\n"), format!("{CLEAN}\n")),
        (unused.to_owned(), String::new()),
    ] {
        let site = Site::new(&[
            ("dialform.kdl", ""),
            ("campaigns/a.kdl", &text),
            ("campaigns/b.kdl", &keyed("b")),
        ]);
        site.lint(&["--fix"]);
        assert_eq!(
            std::fs::read_to_string(site.path("campaigns/a.kdl")).unwrap(),
            fixed,
            "{text:?}"
        );
    }
}

#[test]
fn what_it_is_not_about_stays() {
    // Behind an empty line; two lines below; another rule.
    let reason = "a reason";
    for (lines, expected) in [
        (
            format!("    // dialform: ignore[DF601] {reason}\n\n{HOOK}"),
            ["11:5 DF901", "13:13 DF601"],
        ),
        (
            format!("    // dialform: ignore[DF601] {reason}\n    comment \"x\"\n{HOOK}"),
            ["11:5 DF901", "13:13 DF601"],
        ),
        (
            format!("{HOOK} // dialform: ignore[DF402] {reason}"),
            ["11:13 DF601", "11:39 DF901"],
        ),
        (
            format!("{HOOK}\n/- webhook \"http://example.com/off\" // dialform: ignore[DF601] {reason}"),
            ["11:13 DF601", "12:37 DF901"],
        ),
    ] {
        assert_eq!(found(&site(&lines)), expected, "{lines}");
    }
}

#[test]
fn a_last_day_is_the_companys_and_ends_with_it() {
    let site = site(&format!(
        "{HOOK} // dialform: ignore[DF601] until=2027-01-31 the gateway"
    ));
    // Moscow is three hours ahead.
    assert_eq!(found_on(&site, "2027-01-31T20:59:59Z"), Vec::<String>::new());
    let over = ["11:13 DF601", "11:66 DF902"];
    assert_eq!(found_on(&site, "2027-01-31T21:00:00Z"), over);
    // What it hid may be gone by then: that it is over is all there is to say.
    site.write(
        "campaigns/a.kdl",
        CLEAN.replace("record", "// dialform: ignore[DF601] until=2020-01-01 x\n    record"),
    );
    assert_eq!(found(&site), ["9:32 DF902"]);
}

#[test]
fn each_part_of_it_is_checked() {
    for (comment, expected) in [
        (
            "ignore[DF601]",
            "11:39: warning[DF903] this does not say why it is to be ignored",
        ),
        (
            "ignore[DF601] until=2099-01-01",
            "11:39: warning[DF903] this does not say why it is to be ignored",
        ),
        (
            "ignore[DF601] --",
            "11:39: warning[DF903] this does not say why it is to be ignored",
        ),
        ("ignore[DF601, DF999] x", "11:66: error[DF904] there is no rule `DF999`"),
        (
            "ignore[DF601, unused-alas] x",
            "11:66: error[DF904] there is no rule `unused-alas`; did you mean `unused-alias`?",
        ),
        (
            "ignore[DF601, df402] x",
            "11:66: error[DF904] there is no rule `df402`; did you mean `DF402`?",
        ),
        (
            "ignore[DF601, DF402] x",
            "11:66: warning[DF901] there is nothing of `DF402` to ignore here",
        ),
    ] {
        let ran = site(&format!("{HOOK} // dialform: {comment}")).lint(&[]);
        assert_eq!(ran.stdout, format!("campaigns/a.kdl:{expected}\n"), "{comment}");
    }
    // Of one that is misspelt as well, nobody knows what it was to hide.
    let ran = site("    comment \"x\" // dialform: ignore[DF402, df601] x").lint(&[]);
    let unused = "campaigns/a.kdl:11:37: warning[DF901] there is nothing of `DF402` to ignore here";
    assert_eq!(ran.stdout.lines().next(), Some(unused), "{ran:?}");
    // These hide nothing.
    for comment in [
        "ignore the gateway has no certificate",
        "ignore[] x",
        "ignore[DF601 x",
        "ignor[DF601] x",
        "ignore-file[DF601] x",
        "disable[DF601] x",
        "[DF601] x",
        "ignore[DF601] until=2027-02-30 x",
        "ignore[DF601] until=soon x",
        "ignore[DF601] until = 2099-01-31 x",
        "ignore[DF601] until= 2099-01-31 x",
        "ignore[DF601] until 2099-01-31 x",
        "ignore[DF601] until:2099-01-31 x",
        "ignore[DF601] until: 2099-01-31 x",
        "ignore[DF601] Until=2099-01-31 x",
        "ignore[DF601] until=2099-01-31 until=2099-02-28 x",
    ] {
        let ran = site(&format!("{HOOK} // dialform: {comment}")).lint(&[]);
        let codes: Vec<&str> = ran
            .stdout
            .lines()
            .filter_map(|line| line.split(['[', ']']).nth(1))
            .collect();
        assert_eq!(codes, ["DF601", "DF905"], "{comment}: {ran:?}");
    }
    for (comment, fixed) in [
        ("dialform ignore[DF601] x", "dialform: ignore[DF601] x"),
        ("dialform-ignore[DF601] x", "dialform: ignore[DF601] x"),
        ("dialform: Ignore[DF601] x", "dialform: ignore[DF601] x"),
    ] {
        let site = site(&format!("{HOOK} // {comment}"));
        let codes = found(&site).join(" ");
        assert!(
            codes.starts_with("11:13 DF601 11:") && codes.ends_with("DF905"),
            "{comment}: {codes}"
        );
        assert_eq!(site.lint(&["--fix", "--unsafe-fixes"]).code, Some(0), "{comment}");
        let text = std::fs::read_to_string(site.path("campaigns/a.kdl")).unwrap();
        assert!(text.contains(fixed), "{text}");
    }
    // Whoever writes about dialform is left in peace.
    for comment in [
        "// dialform: campaigns as code",
        "// dialform ignores this [for now]",
        "// see dialform: ignore[DF601]",
        "// ignore[DF601] x",
    ] {
        assert_eq!(found(&site(&format!("{HOOK} {comment}"))), ["11:13 DF601"], "{comment}");
    }
}

/// Nobody is told to take out what a mistake keeps from being used.
#[test]
fn nothing_counts_as_unused_while_a_mistake_keeps_rules_silent() {
    let unused = "    comment \"x\" // dialform: ignore[DF601] a reason";
    assert_eq!(found(&site(unused)), ["11:17 DF901"]);
    assert_eq!(
        found(&site(&format!("{unused}\n    webhook \"x")))
            .iter()
            .filter(|found| found.contains("DF901"))
            .count(),
        0
    );
    assert_eq!(
        found(&site(&format!("{unused}\n    call-window from=\"9\" to=\"18:00\""))),
        ["12:22 DF112"]
    );
    // A missing setting hides nothing.
    assert_eq!(
        found(&site(&format!("{unused}\n    call-window from=\"09:00\""))),
        ["11:17 DF901", "12:5 DF201"]
    );
    // What nothing uses is looked for in projects without errors only.
    let aliases = "aliases {\n    // dialform: ignore[unused-alias] for the next season\n    number a=\"9a67dee5-398e-4570-9426-fbb3f067b270\"\n}\n";
    let mistaken = Site::new(&[
        ("dialform.kdl", aliases),
        ("campaigns/a.kdl", &CLEAN.replace("3/s", "0/s")),
    ]);
    assert_eq!(found(&mistaken), ["7:10 DF114"]);
    mistaken.write("campaigns/a.kdl", CLEAN);
    assert_eq!(found(&mistaken), Vec::<String>::new());
}

/// A fix that takes such a comment out would lose the reason that somebody wrote, and bring the finding back later.
#[test]
fn a_mistake_in_a_template_keeps_rules_silent_about_its_heirs() {
    let start = r#"start "time" at="2035-12-02 07:00" // dialform: ignore[DF402] they asked for it"#;
    let campaign = CLEAN
        .replace("campaign \"a\"", "campaign \"a\" template=\"w\"")
        .replace("start \"manual\"", start);
    let template = |lines: &str| format!("template \"w\" {{\n    {lines}\n}}\n");
    let window = template(r#"call-window from="09:00" to="18:00""#);
    let site = Site::new(&[
        ("dialform.kdl", "project { timezone \"Europe/Moscow\"; }"),
        ("campaigns/a.kdl", &campaign),
        ("campaigns/t.kdl", &window),
    ]);
    assert_eq!(found(&site), Vec::<String>::new());
    for (lines, expected) in [
        (template(r#"call-window from="09:00" to="18;00""#), "2:33 DF112"),
        (template(r#"call-window from="09:00""#), "2:5 DF201"),
        (template(r#"call-window from="09:00" to="18:00"#), "2:33 DF006"),
        (window.replace("\"w\"", "\"w\" template=\"w\""), "1:23 DF304"),
        (window.replace("\"w\"", "\"v\""), "1:23 DF303"),
    ] {
        site.write("campaigns/t.kdl", &lines);
        let found = found(&site);
        assert!(found.contains(&expected.to_owned()), "{lines}: {found:?}");
        assert!(!found.iter().any(|found| found.contains("DF901")), "{lines}: {found:?}");
    }
    // The other way round, and a setting that is missing where the comment stands.
    site.write("campaigns/t.kdl", template(start));
    for line in [r#"call-window from="09:00" to="18;00""#, r#"call-window from="09:00""#] {
        let campaign = campaign.replace(start, line);
        site.write("campaigns/a.kdl", campaign);
        assert_eq!(found(&site).len(), 1, "{line}: {:?}", found(&site));
    }
    site.write("campaigns/t.kdl", window);
    site.write("campaigns/a.kdl", campaign.replace(r#" at="2035-12-02 07:00""#, ""));
    assert_eq!(found(&site), ["6:11 DF201"]);
    // What has nothing to do with the mistake is unused all the same.
    let other = campaign.replace("a\" template=\"w\"", "b\"");
    site.write(
        "campaigns/t.kdl",
        template(r#"call-window from="09:00" to="18;00""#).as_bytes(),
    );
    site.write("campaigns/b.kdl", other);
    assert_eq!(found(&site), ["6:11 DF201", "6:21 DF406", "6:40 DF901", "2:33 DF112"]);
}

#[test]
fn what_a_project_enforces_is_not_ignored() {
    let enforcing = "project { lint { enforce \"http-webhook\"; warn \"DF6\"; }; }";
    let site = site_in(enforcing, &format!("{HOOK} // dialform: ignore[DF601] a reason"));
    let ran = site.lint(&[]);
    assert_eq!(
        ran.stdout,
        "campaigns/a.kdl:11:13: warning[DF601] the webhook to `example.com` is not encrypted\n\
         campaigns/a.kdl:11:59: error[DF906] DF601 http-webhook cannot be ignored in this project\n"
    );
    // A group serves for what else is in it.
    let both = "    webhook \"http://example.com/hook?token=0123456789abcdef\" // dialform: ignore[DF6] a reason";
    let site = site_in(enforcing, both);
    assert_eq!(found(&site), ["11:13 DF601", "11:82 DF906"]);
    // It need not be at work to be refused.
    let site = site_in(
        enforcing,
        "    comment \"x\" // dialform: ignore[http-webhook] a reason",
    );
    assert_eq!(found(&site), ["11:37 DF906"]);
}

/// A comment quiets the linter. It does not make a request that lacks a field.
#[test]
fn plan_and_apply_still_need_what_the_request_needs() {
    let missing = CLEAN.replace("    pace \"3/s\"\n", "");
    let ignored = format!("// dialform: ignore[DF202] the vendor is asked\n{missing}");
    let site = Site::new(&[("dialform.kdl", ""), ("campaigns/a.kdl", &ignored)]);
    let ran = site.lint(&[]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""), "{ran:?}");
    for arguments in [&["plan"][..], &["render"], &["apply", "--sandbox", "--auto-approve"]] {
        let ran = site.run(arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{arguments:?}");
        assert!(ran.stderr.contains("campaigns/a.kdl:2:10: error[DF202]"), "{ran:?}");
    }
    for turned in ["allow \"DF202\"", "warn \"DF2\"", "allow \"missing-required\""] {
        let site = Site::new(&[
            ("dialform.kdl", &format!("project {{ lint {{ {turned}; }}; }}")),
            ("campaigns/a.kdl", &missing),
        ]);
        assert_eq!(site.lint(&[]).code, Some(0), "{turned}");
        let ran = site.run(&["plan"]);
        assert_eq!(ran.code, Some(1), "{turned}: {ran:?}");
        assert!(ran.stderr.contains("error[DF202]"), "{ran:?}");
    }
    // Quiet for two reasons, it is one error all the same.
    let site = Site::new(&[
        ("dialform.kdl", "project { lint { warn \"DF2\"; }; }"),
        ("campaigns/a.kdl", &ignored),
    ]);
    assert_eq!(site.run(&["plan"]).stderr.matches("DF202").count(), 1);
    // What is a matter of judgement is the project's to judge.
    let judged = CLEAN.replace(
        "record",
        "webhook \"http://example.com/a\" // dialform: ignore[DF601] inside our network\n    record",
    );
    let site = Site::new(&[("dialform.kdl", ""), ("campaigns/a.kdl", &judged)]);
    assert_eq!(site.run(&["plan"]).code, Some(0));
}

/// Behind the brace that closes several lines, a comment is about them, and about what they belong to.
#[test]
fn a_comment_behind_a_block_is_about_the_block() {
    let text = |comment: &str| {
        let block = format!("    redial {{\n        busy after=\"20m\" times=3\n    }}{comment}\n");
        let window = "    call-window from=\"09:10\" to=\"19:50\"\n";
        CLEAN.replace("    redial #false\n", &format!("{window}    redial #false\n{block}"))
    };
    let site = Site::new(&[("dialform.kdl", ""), ("campaigns/a.kdl", &text(""))]);
    assert_eq!(found(&site), ["12:5 DF103"]);
    site.write(
        "campaigns/a.kdl",
        text(" // dialform: ignore[DF103] the first one counts"),
    );
    assert_eq!(found(&site), Vec::<String>::new());
    // What is in the block as well, and nothing behind it.
    let inside = text(" // dialform: ignore[DF504] so agreed")
        .replace("redial #false\n    redial", "redial")
        .replace("times=3", "times=99");
    site.write("campaigns/a.kdl", inside);
    assert_eq!(found(&site), Vec::<String>::new());
}
