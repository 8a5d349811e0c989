//! Another language in place of KDL is one error, at its beginning.

use super::super::*;

/// A text with `‹` and `›` around the place of its one error, and the language that it names.
#[track_caller]
fn is(language: &str, marked: &str) {
    for marked in [
        marked.to_owned(),
        marked.replace('\n', "\r\n"),
        format!("\u{FEFF}{marked}"),
    ] {
        let (start, end) = (
            marked.find('‹').expect("a place"),
            marked.find('›').expect("its end") - '‹'.len_utf8(),
        );
        let text = marked.replace(['‹', '›'], "");
        let parsed = parse(&text);
        let [error] = parsed.errors.as_slice() else {
            panic!("{text}\n{:#?}", parsed.errors);
        };
        assert!(
            matches!(error.kind, SyntaxErrorKind::OtherLanguage(named) if named == language),
            "{text}\n{error:?}"
        );
        assert_eq!(error.span.range(), start..end, "{text}");
    }
}

#[test]
fn a_whole_file() {
    is("JSON", "‹{›\"campaign\": {\"name\": \"Spring\"}}");
    is("JSON", "‹{›\n  // ours\n  campaign: {name: \"Spring\"}\n}\n");
    is("JSON", "‹[›{\"name\": \"Spring\"}]");
    is(
        "YAML",
        "‹campaign:›\n  name: \"Spring\"\n  pace: 3/s\n  busy:\n    - 20m\n",
    );
    is("YAML", "# ours\n\n‹name:› Spring promo\npace: 3/s\n");
    is("YAML", "‹имя:› Весна\nтемп: 3\n");
    is("YAML", "‹---›\nname: Spring\n");
    is("YAML", "‹-› name: Spring\n  pace: 3/s\n- name: Autumn\n");
    is("YAML", "‹a:›\n  comment: |\n    Long text,\n    over (two) lines\n");
    is("TOML", "‹[›campaign]\nname = \"Spring\"\n");
    is("TOML", "# ours\n‹[›[campaign]]\nname = \"Spring\"\n");
    is("TOML", "‹name =› \"Spring\"\npace = \"3/s\"\nhooks = [\n  \"a\",\n]\n");
    is("TOML", "‹title=›\"Spring\"\n\n[campaign]\npace = \"3/s\"\n");
}

#[test]
fn a_block() {
    let campaign = "campaign \"a\" {\n    name \"A\"\n}\n";
    for block in [
        "‹aliases:›\n    scenario:\n        promo: 228cc4fa\n",
        "‹aliases:›\n  - scenario: promo\n",
        "‹aliases:› # ours\n    scenario promo=\"a\"\n",
    ] {
        is("YAML", &format!("{campaign}{block}{campaign}"));
        is("YAML", &format!("{block}{campaign}"));
    }
    for block in [
        "‹\"aliases\":› {\n  \"scenario\": {\"promo\": \"22{8\"},\n  \"a\": [1]\n}\n",
        "‹\"aliases\"  :› {\"scenario\": {}},\n",
        "‹\"a\":› 1,\n\"b\": \"c,d\",\n\"e\": true\n",
    ] {
        is("JSON", &format!("{campaign}{block}{campaign}"));
        is("JSON", &format!("{block}{campaign}"));
    }
    for block in [
        "‹[›aliases]\nscenario.promo = \"a\"\n# ours\n\"b c\" = 1\n[more]\n",
        "‹[›[aliases]]\n",
    ] {
        is("TOML", &format!("{campaign}{block}{campaign}"));
        is("TOML", &format!("{block}{campaign}"));
    }
}

#[test]
fn a_block_in_a_block() {
    let around = |block: &str| format!("campaign \"a\" {{\n    name \"A\"\n{block}    pace \"3/s\"\n}}\n");
    is(
        "YAML",
        &around("    ‹redial:›\n        busy:\n            after: 20m\n"),
    );
    is("YAML", &around("    ‹redial:›\n        busy after=\"20m\"\n"));
    is(
        "YAML",
        "campaign \"a\" {\n    ‹redial:›\n        busy after=\"20m\"\n    }\n}\n",
    );
    is("JSON", &around("    ‹\"redial\":› {\"busy\": {\"times\": 3}},\n"));
    is("JSON", &around("    ‹\"name\":› \"A\",\n    \"record\": true\n"));
    is("JSON", "campaign \"a\" { ‹\"name\":› \"A\", \"record\": true }\n");
    is("JSON", "campaign \"a\" { ‹\"redial\":› { \"busy\": [ }\n");
}

/// One sign of another language in a KDL file does not make it a file in that language.
#[test]
fn a_campaign_with_colons_is_kdl() {
    for text in [
        "name: \"Spring\"\n",
        "campaign: \"a\" {\n    name: \"A\"\n}\n",
        "name: \"A\"\ncampaign \"a\" {\n}\n",
        "name = \"A\"\ncampaign \"a\" {\n}\n",
        "campaign \"a\" {\n    name: \"A\"\n    pace: \"3/s\"\n}\n",
    ] {
        let parsed = parse(text);
        let is_other = |error: &SyntaxError| matches!(error.kind, SyntaxErrorKind::OtherLanguage(_));
        assert!(!parsed.errors.iter().any(is_other), "{text}: {:?}", parsed.errors);
    }
}

#[test]
fn comments_of_other_languages() {
    for text in [
        "# ours\na b\n",
        "a {\n    # ours, \"and {\n    b\n}\n",
        "a b # ours\nc\n",
        "a { # ours\n    b\n}\n",
        "a b\n#",
    ] {
        let parsed = parse(text);
        let kinds: Vec<_> = parsed.errors.iter().map(|error| &error.kind).collect();
        assert_eq!(kinds, [&SyntaxErrorKind::Unexpected('#')], "{text}");
        assert_eq!(parsed.errors[0].span.start as usize, text.find('#').expect("a sign"));
    }
}

#[test]
fn nodes_that_are_called_dash_are_kdl() {
    for text in ["\n-\n\n-\n\n", "- a\n- b\n- c\n", "- 1\n- 2\n-\n- - -\n"] {
        assert!(parse(text).is_kdl(), "{text:?}");
    }
    is("YAML", "‹-› name: a\n  pace: b\n- name: c\n");
}

#[test]
fn a_line_of_many_dashes_costs_no_stack() {
    let text = format!("{}a\n", "- ".repeat(100_000)).repeat(3);
    assert!(parse(&text).is_kdl());
}
