//! What is limited so that no input costs more than it is long: each limit is a finding, and all else goes on.

use crate::mistakes::harness::{Files, check};

fn codes(files: &Files) -> Vec<&'static str> {
    check(files).into_iter().map(|found| found.code).collect()
}

fn project(says: &str, text: &str) -> Files {
    let file = |path: &str, text: String| (path.to_owned(), text);
    vec![
        file("dialform.kdl", format!("project {{\n{says}\n}}\n")),
        file("campaigns/c.kdl", text.to_owned()),
    ]
}

/// Templates of which each takes settings from the next, up to the one of this number.
fn chain(last: usize) -> String {
    let mut text = String::new();
    for index in 0..last {
        text.push_str(&format!("template \"t{index}\" template=\"t{}\" {{}}\n", index + 1));
    }
    text + &format!("template \"t{last}\" {{}}\n")
}

#[test]
fn a_chain_of_templates_has_an_end() {
    let with_campaign = |last: usize| chain(last) + "campaign \"c\" template=\"t0\" {}\n";
    assert!(!codes(&project("", &with_campaign(63))).contains(&"DF094"));
    for last in [64, 65, 200] {
        let found = check(&project("", &with_campaign(last)));
        let [only] = found.as_slice() else {
            panic!("{last}: {found:?}")
        };
        assert_eq!(only.code, "DF094", "{last}");
    }
    // A long circle is a circle.
    let circle = chain(99) + "template \"t100\" template=\"t0\" {}\n";
    let circle = circle.replace("template \"t99\" {}", "template \"t99\" template=\"t100\" {}");
    assert_eq!(codes(&project("", &circle)), ["DF304"]);
}

#[test]
fn what_a_pattern_cannot_name_another_does() {
    let mut says = format!("campaigns \"{}\"\ncampaigns \"campaigns/*.kdl\"\n", "?".repeat(200_000));
    let text = "campaign \"c\" { nonsense 1; }";
    let found = codes(&project(&says, text));
    assert!(found.contains(&"DF124") && found.contains(&"DF101"), "{found:?}");
    for index in 0..199 {
        says.push_str(&format!("campaigns \"elsewhere/{index}-*.kdl\"\n"));
    }
    let found = codes(&project(&says, text));
    assert!(!found.contains(&"DF095") && found.contains(&"DF101"), "{found:?}");
    says.push_str("campaigns \"more/*.kdl\"\n");
    let found = codes(&project(&says, text));
    assert_eq!(found.iter().filter(|code| **code == "DF095").count(), 1, "{found:?}");
    assert!(found.contains(&"DF101"), "{found:?}");
}

#[test]
fn a_campaign_has_at_most_a_hundred_webhooks() {
    let hooks = |count: usize| {
        let hooks: String = (0..count)
            .map(|index| format!("webhook \"https://example.com/{index}\"; "))
            .collect();
        codes(&project("", &format!("template \"t\" {{ {hooks} }}\n")))
    };
    assert!(!hooks(100).contains(&"DF096"));
    assert_eq!(hooks(150).iter().filter(|code| **code == "DF096").count(), 50);
}

#[test]
fn the_right_name_is_suggested_among_thousands() {
    let known: String = (0..3_000)
        .map(|index| format!("template \"weekday-{index}-morning\" {{}}\n"))
        .collect();
    let text = known + "campaign \"c\" template=\"wekday-1234-morning\" {}\n";
    let found = check(&project("", &text));
    let unknown = found.iter().find(|found| found.code == "DF303").unwrap();
    assert!(unknown.label.contains("weekday-1234-morning"), "{unknown:?}");
}
