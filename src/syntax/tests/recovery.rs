//! One error planted in a campaign file is one error, and costs no more of the file than its own line.

use super::super::*;
use crate::project::source::Span;

const FILE: &str = r#"// dialform: the spring campaigns
aliases {
    scenario promo="228cc4fa-92f2-4709-94e3-7344a96a5903"
    channel sales="48a77bd7-8762-4e0f-a277-4ef77e36c41b"
}

template "weekday" {
    call-window from="09:10" to="19:50"
    record #true trim-left="0s"
    redial {
        max-per-candidate 6
        busy after="20m" times=3
        answering-machine #false
    }
}

campaign "spring-promo" template="weekday" {
    name "Spring promo 2026"
    scenario "promo"
    on-transfer "channel" channel="sales"
    start "time" at="2026-12-02 10:00" // Moscow
    pace "3/s"
    comment "Lapsed customers, first wave"
    webhook "https://example.com/hooks/twin"
    lint { warn "http-webhook"; allow "unused-alias" }
}

campaign "autumn" template="weekday" {
    name "Autumn"
    pace "1/60s"
}
"#;

/// The names of all nodes, each with its depth.
fn outline(parsed: &Parsed<'_>) -> Vec<String> {
    fn walk(nodes: Nodes<'_, '_>, depth: usize, out: &mut Vec<String>) {
        for node in nodes {
            out.push(format!("{depth} {}", node.name().text));
            walk(node.children(), depth + 1, out);
        }
    }
    let mut out = Vec::new();
    walk(parsed.tree.roots(), 0, &mut out);
    out
}

/// Plants `bad` for `good`, and demands one error of this kind, on the line of the change, and the same outline but
/// for the `lost` nodes.
#[track_caller]
fn plant(good: &str, bad: &str, is_kind: impl Fn(&SyntaxErrorKind) -> bool, lost: &[&str]) {
    for text in [FILE.to_owned(), FILE.replace("    ", "\t"), FILE.replace('\n', "\r\n")] {
        let is_tabs = text.contains('\t');
        let is_crlf = text.contains('\r');
        let adapt = |piece: &str| match (is_tabs, is_crlf) {
            (true, _) => piece.replace("    ", "\t"),
            (_, true) => piece.replace('\n', "\r\n"),
            _ => piece.to_owned(),
        };
        let (good, bad) = (adapt(good), adapt(bad));
        assert_eq!(text.matches(good.as_str()).count(), 1, "{good:?} is not unique");
        let broken = text.replacen(&good, &bad, 1);
        let parsed = parse(&broken);
        assert_eq!(parsed.errors.len(), 1, "{bad}\n{:#?}", parsed.errors);
        let error = &parsed.errors[0];
        assert!(is_kind(&error.kind), "{bad}\n{error:?}");
        let mut expected = outline(&parse(&text));
        for name in lost {
            let index = expected
                .iter()
                .position(|node| node == name)
                .expect("a node of the file");
            expected.remove(index);
        }
        assert_eq!(outline(&parsed), expected, "{bad}");
    }
}

macro_rules! planted {
    ($($test:ident: $good:expr => $bad:expr $(=> $($lost:literal)+)?, $kind:pat,)*) => {
        $(#[test]
        fn $test() {
            let lost: &[&str] = &[$($($lost),+)?];
            plant($good, $bad, |kind| matches!(kind, $kind), lost);
        })*
    };
}

use SyntaxErrorKind as M;

planted! {
    text_without_its_closing_quote: "name \"Autumn\"" => "name \"Autumn", M::UnclosedString,
    text_without_its_opening_quote: "name \"Autumn\"" => "name Autumn\"", M::MissingSpace,
    first_of_two_texts_without_its_closing_quote: "from=\"09:10\"" => "from=\"09:10", M::MissingSpace,
    key_without_its_closing_quote: "\"spring-promo\" " => "\"spring-promo ", M::MissingSpace,
    last_text_before_a_brace_without_its_closing_quote:
        "\"autumn\" template=\"weekday\"" => "\"autumn\" template=\"weekday", M::UnclosedString,
    text_without_its_closing_quote_in_a_block_of_one_line:
        "\"unused-alias\" }" => "\"unused-alias }", M::UnclosedString,
    inner_quotes: "\"Spring promo 2026\"" => "\"Spring \"promo\" 2026\"", M::MissingSpace,
    inner_quotes_before_a_brace: "campaign \"autumn\"" => "campaign \"au\"tu\"mn\"", M::MissingSpace,

    campaign_without_its_opening_brace: "\"autumn\" template=\"weekday\" {" => "\"autumn\" template=\"weekday\"", M::MissingBrace,
    template_without_its_opening_brace: "template \"weekday\" {" => "template \"weekday\"", M::MissingBrace,
    redial_without_its_opening_brace: "redial {" => "redial", M::MissingBrace,
    aliases_without_their_opening_brace: "aliases {" => "aliases", M::MissingBrace,
    redial_without_its_closing_brace: "        answering-machine #false\n    }\n" => "        answering-machine #false\n", M::UnclosedBlock,
    template_without_its_closing_brace: "    }\n}\n\ncampaign" => "    }\n\ncampaign", M::UnclosedBlock,
    aliases_without_their_closing_brace: "}\n\ntemplate" => "\ntemplate", M::UnclosedBlock,
    last_campaign_without_its_closing_brace: "\"1/60s\"\n}\n" => "\"1/60s\"\n", M::UnclosedBlock,
    block_of_one_line_without_its_closing_brace: "\"unused-alias\" }" => "\"unused-alias\"", M::UnclosedBlock,
    closing_brace_too_many_in_a_campaign: "    pace \"3/s\"\n" => "    pace \"3/s\"\n    }\n", M::StrayBrace,
    closing_brace_too_many_at_the_end: "\"1/60s\"\n}\n" => "\"1/60s\"\n}\n}\n", M::StrayBrace,
    closing_brace_too_many_between_campaigns: "\n\ncampaign \"autumn\"" => "\n}\n\ncampaign \"autumn\"", M::StrayBrace,

    comma_between_properties: "from=\"09:10\" to" => "from=\"09:10\", to", M::Separator(',', _),
    commas_between_texts: "warn \"http-webhook\"" => "warn \"a\", \"b\", \"c\"", M::Separator(',', _),
    comma_behind_a_number: "times=3" => "times=3,", M::Separator(',', _),
    comma_behind_a_keyword: "record #true " => "record #true, ", M::Separator(',', _),
    comma_behind_a_block: "    }\n}\n\ncampaign" => "    },\n}\n\ncampaign", M::Separator(',', _),
    comma_at_the_end_of_a_line: "name \"Autumn\"" => "name \"Autumn\",", M::Separator(',', _),
    comma_on_a_line_of_its_own: "    pace \"3/s\"" => "    ,\n    pace \"3/s\"", M::GluedSign(GluedSign::Comma),
    comma_between_blanks: "from=\"09:10\" to" => "from=\"09:10\" , to", M::GluedSign(GluedSign::Comma),
    comma_between_words: "warn \"http-webhook\"" => "warn a, b", M::GluedSign(GluedSign::Comma),
    colon_behind_a_name: "name \"Autumn\"" => "name: \"Autumn\"", M::GluedSign(GluedSign::ColonAfterName),
    colon_behind_a_property: "channel=\"sales\"" => "channel: \"sales\"", M::GluedSign(GluedSign::ColonAfterProperty),
    equals_sign_behind_a_name: "name \"Autumn\"" => "name = \"Autumn\"", M::EqualsAfterName,
    equals_sign_between_name_and_value: "name \"Autumn\"" => "name=\"Autumn\"", M::EqualsAfterName,
    equals_sign_before_a_block: "redial {" => "redial = {", M::EqualsAfterName,
    value_that_is_missing_before_another: "from=\"09:10\" to" => "from= to", M::MissingValue,
    value_that_is_missing: "to=\"19:50\"" => "to=", M::MissingValue,

    bare_pace: "pace \"3/s\"" => "pace 3/s", M::BareValue(BareValue::Pace),
    bare_time: "from=\"09:10\"" => "from=09:10", M::BareValue(BareValue::Time),
    bare_moment: "\"2026-12-02 10:00\"" => "2026-12-02 10:00", M::BareValue(BareValue::Date),
    bare_duration: "\"20m\"" => "20m", M::BareValue(BareValue::Duration),
    bare_id: "\"48a77bd7-8762-4e0f-a277-4ef77e36c41b\"" => "48a77bd7-8762-4e0f-a277-4ef77e36c41b", M::BareValue(BareValue::Uuid),
    bare_address: "\"https://example.com/hooks/twin\"" => "https://example.com/hooks/twin", M::BareValue(BareValue::Url),
    phone_with_blanks: "\"Autumn\"" => "+7 495 123-45-67", M::BareValue(BareValue::Phone),
    phone_with_brackets: "\"Autumn\"" => "8 (495) 123-45-67", M::BareValue(BareValue::Phone),
    phone_with_tight_brackets: "\"Autumn\"" => "+7(495)123-45-67", M::BareValue(BareValue::Phone),
    phone_in_a_property: "times=3" => "times=8 (495) 123-45-67", M::BareValue(BareValue::Phone),
    bare_keyword: "#true" => "true", M::BareKeyword("#true"),
    unknown_keyword: "#true" => "#yes", M::UnknownKeyword(_),
    number_that_is_none: "max-per-candidate 6" => "max-per-candidate 6.", M::BadNumber,
    value_in_place_of_a_name: "pace \"3/s\"" => "3/s" => "1 pace", M::BadName,
    parentheses: "\"Lapsed customers, first wave\"" => "Lapsed (first wave)", M::BadAnnotation,
    parentheses_that_stay_open: "\"Lapsed customers, first wave\"" => "Lapsed (first", M::BadAnnotation,
    list_in_brackets: "warn \"http-webhook\";" => "warn [\"http-webhook\"];" => "2 allow", M::Unexpected('['),

    escape_that_is_none: "\"Autumn\"" => "\"Aut\\umn\"", M::BadEscape,
    long_text_on_one_line: "\"Autumn\"" => "\"\"\"Autumn\"\"\"", M::LongStringOnOneLine,
    long_text_that_begins_on_its_first_line:
        "\"Autumn\"\n" => "\"\"\"Autumn\n    and winter\"\"\"\n", M::LongStringOnOneLine,
    long_text_that_ends_on_its_last_line:
        "\"Autumn\"\n" => "\"\"\"\n        Autumn\n        and winter\"\"\"\n", M::TextBeforeClose,
    long_text_with_bad_indentation:
        "\"Autumn\"\n" => "\"\"\"\n    Autumn\n        \"\"\"\n", M::BadIndentation,
    long_text_that_never_ends:
        "\"Autumn\"\n" => "\"\"\"\n        Autumn, (and) winter\n        \"and\" so on\n", M::UnclosedLongString,
    raw_text_of_kdl_1: "\"Autumn\"" => "r\"C:\\lists\"", M::Kdl1RawString,
    raw_text_of_kdl_1_with_hashes: "\"Autumn\"" => "r#\"a \"b\" c\"#", M::Kdl1RawString,
    raw_text_that_stays_open: "\"Autumn\"" => "#\"Autumn\"", M::UnclosedString,
    version_of_kdl_1: "// dialform: the spring campaigns" => "/- kdl-version 1", M::Kdl1Version,

    curly_quotes: "\"Spring promo 2026\"" => "“Spring promo 2026”", M::CurlyQuotes { .. },
    guillemets: "\"Spring promo 2026\"" => "«Весна 2026»", M::CurlyQuotes { .. },
    german_quotes: "\"Spring promo 2026\"" => "„Frühling 2026“", M::CurlyQuotes { .. },
    curly_quotes_around_signs: "\"3/s\"" => "“3/s”", M::CurlyQuotes { .. },
    curly_quotes_around_brackets: "\"Autumn\"" => "«Осень (первая; вторая), 2026»", M::CurlyQuotes { .. },
    curly_and_straight_quotes: "\"Spring promo 2026\"" => "“Spring promo\"", M::MixedQuotes,
    single_quotes: "\"Spring promo 2026\"" => "'Spring promo'", M::CurlyQuotes { .. },
    equals_sign_twice: "to=\"19:50\"" => "to=\"19:50\"=\"20:00\"", M::Unexpected('='),
    curly_quotes_in_a_property: "channel=\"sales\"" => "channel=“sales”", M::CurlyQuotes { .. },
    curly_quotes_that_stay_open: "\"Spring promo 2026\"" => "“Spring promo", M::CurlyQuotes { .. },

    nul_in_a_name: "on-transfer" => "on-\0transfer", M::Nul,
    nul_in_a_text: "\"Autumn\"" => "\"Aut\0umn\"", M::Nul,
    nul_in_a_number: "times=3" => "times=\x003", M::Nul,
    control_character_in_a_keyword: "#true" => "#tr\u{7}ue", M::Disallowed('\u{7}'),
    direction_in_a_comment: "// Moscow" => "// Mos\u{202E}cow", M::Disallowed('\u{202E}'),
    mark_in_the_middle: "    pace \"3/s\"" => "    \u{FEFF}pace \"3/s\"", M::Disallowed('\u{FEFF}'),
    space_without_width: "\"Autumn\"" => "\"Aut\u{200B}umn\"", M::Invisible('\u{200B}'),

    comment_that_stays_open: "// Moscow" => "/* Moscow", M::UnclosedComment,
    comment_line_that_stays_open: "    pace \"3/s\"" => "    /* calls (a second)\n    pace \"3/s\"", M::UnclosedComment,
    comment_in_a_comment: "// Moscow" => "/* Moscow /* time */", M::UnclosedComment,
    comment_that_stays_open_before_a_setting:
        "    pace \"3/s\"" => "    /* calls pace \"3/s\"" => "1 pace", M::UnclosedComment,
    comment_that_stays_open_before_a_block:
        "    redial {" => "    /* again redial {" => "1 redial" "2 max-per-candidate" "2 busy" "2 answering-machine",
        M::UnclosedComment,
    comment_that_stays_open_before_the_aliases:
        "aliases {" => "/* names aliases {" => "0 aliases" "1 scenario" "1 channel", M::UnclosedComment,
    slashdash_at_the_end_of_a_block: "\"1/60s\"\n}\n" => "\"1/60s\"\n    /-\n}\n", M::EmptySlashdash,
    slashdash_at_the_end_of_the_file: "\"1/60s\"\n}\n" => "\"1/60s\"\n}\n/-", M::EmptySlashdash,
    property_behind_a_block: "\"1/60s\"\n}\n" => "\"1/60s\"\n} priority=\"high\"\n", M::EntryAfterBlock,
    block_behind_a_block: "answering-machine #false\n    }" => "answering-machine #false\n    } { busy #false; }", M::SecondBlock,
    slashdash_behind_a_block: "    }\n}\n\ncampaign" => "    }\n} /- off x=1 { e; }\ncampaign", M::AfterBlock,
    setting_behind_a_block: "    }\n}\n\ncampaign" => "    }\n} campaign", M::AfterBlock,
}

/// What an error may have swallowed must not be called missing: the block that held it says so.
#[test]
fn a_block_that_lost_a_setting_is_damaged() {
    for text in [
        "campaign a {\n    = \"x\"\n    pace y\n}\n",
        "campaign a {\n    \"name x\n    pace y\n}\n",
        "campaign a {\n    09:10 {\n        b\n    }\n    pace y\n}\n",
        "campaign a {\n    /*\n    pace y\n}\n",
    ] {
        let parsed = parse(text);
        assert_eq!(parsed.errors.len(), 1, "{text}: {:?}", parsed.errors);
        let campaign = parsed.tree.roots().next().expect("a campaign");
        assert!(campaign.is_damaged(), "{text}");
    }
    let parsed = parse("campaign a {\n    name 09:10\n}\n");
    assert!(!parsed.tree.roots().next().expect("a campaign").is_damaged());
}

/// They are an error of their own; what they are in is read as if they were not there.
#[test]
fn characters_that_nobody_sees_are_passed_over() {
    for unseen in ["\u{200B}", "\u{2060}", "\0", "\u{7}", "\u{202E}", "\u{FEFF}"] {
        for with in [
            " name \"Au~tumn\" times=3 #true\n",
            " ~name \"Autumn\" times=3 #true\n",
            " na~me \"Autumn\" times=3 #true\n",
            " name~ \"Autumn\" times=3 #true\n",
            " name \"Autumn\"~ times=3 #true\n",
            " name \"Autumn\" ti~mes=3 #true\n",
            " name \"Autumn\" times~=3 #true\n",
            " name \"Autumn\" times=~3 #true\n",
            " name \"Autumn\" times=3 ~#true\n",
            " name \"Autumn\" times=3 #true\n ~\n",
            " name \"Aut\\u{75}~mn\" times=3 #true\n",
        ] {
            let text = with.replace('~', unseen);
            let parsed = parse(&text);
            assert_eq!(parsed.errors.len(), 1, "{text:?}: {:?}", parsed.errors);
            let at = with.find('~').expect("a place");
            assert_eq!(parsed.errors[0].span, Span::new(at, at + unseen.len()), "{text:?}");
            assert_eq!(outline(&parsed), ["0 name"], "{text:?}");
            let entries: Vec<_> = parsed.tree.roots().flat_map(|node| node.entries()).collect();
            let [name, times, yes] = entries.as_slice() else {
                panic!("{text:?}: {entries:?}");
            };
            assert_eq!(name.value.scalar, Scalar::String("Autumn".into()), "{text:?}");
            assert_eq!(times.name.as_ref().expect("a name").text, "times", "{text:?}");
            assert_eq!(times.value.scalar, Scalar::Number("3"), "{text:?}");
            assert_eq!(yes.value.scalar, Scalar::Bool(true), "{text:?}");
        }
    }
}

/// The closing quotes that are missing must not be found at the beginning of the next text.
#[test]
fn a_long_text_does_not_end_where_the_next_one_begins() {
    let text = "campaign a {\n    comment \"\"\"\n        One (first\n    pace \"3/s\"\n    name \"\"\"\n        Two\n        \"\"\"\n}\n";
    let parsed = parse(text);
    assert_eq!(parsed.errors.len(), 1, "{:?}", parsed.errors);
    assert_eq!(parsed.errors[0].kind, M::UnclosedLongString);
    assert_eq!(outline(&parsed), ["0 campaign", "1 comment", "1 pace", "1 name"]);
}

#[test]
fn comments_are_listed_once() {
    let parsed = parse("a b /* c */ d // e\n/- f /* g */\nh=2026-12-02 /* i */ j // k\n");
    let comments: Vec<_> = parsed.tree.comments.iter().map(|comment| comment.kind).collect();
    assert_eq!(
        comments,
        [
            CommentKind::Block,
            CommentKind::Line,
            CommentKind::Slashdash,
            CommentKind::Block,
            CommentKind::Line
        ]
    );
}
