//! The marker: what it looks like, where it is found, and how it comes off.

use std::collections::BTreeSet;

use dialform::state::Marker;

#[test]
fn random_markers_are_well_formed_and_differ() {
    let markers: BTreeSet<_> = (0..1000).map(|_| Marker::random("spring-promo")).collect();
    assert_eq!(markers.len(), 1000);
    for marker in markers {
        assert_eq!(marker.random_part().len(), 12);
        assert!(
            marker
                .random_part()
                .chars()
                .all(|c| "0123456789ABCDEFGHJKMNPQRSTVWXYZ".contains(c))
        );
        assert_eq!(marker.to_string().parse(), Ok(marker.clone()));
        assert_eq!(
            marker.to_string(),
            format!("[dialform spring-promo {}]", marker.random_part())
        );
    }
}

#[test]
fn a_comment_gets_its_words_back() {
    let marker = Marker::random("spring");
    for words in [
        "a",
        "two\nlines",
        "ends with a break\n",
        "Первая волна ",
        "[dialform spring",
        "[dialform a b]",
    ] {
        let comment = marker.append_to(Some(words));
        assert_eq!(comment.lines().last(), Some(marker.to_string().as_str()));
        assert_eq!(Marker::strip(&comment).as_deref(), Some(words));
    }
    for none in [None, Some("")] {
        assert_eq!(marker.append_to(none), marker.to_string());
        assert_eq!(Marker::strip(&marker.append_to(none)), None);
    }
}

#[test]
fn a_comment_that_a_form_has_reflowed_is_stripped_too() {
    let marker = Marker::random("spring");
    for comment in [
        format!("words {marker}"),
        format!("words\r\n{marker}"),
        format!("words\n{marker}\n"),
    ] {
        assert_eq!(Marker::strip(&comment).as_deref(), Some("words"));
    }
    assert_eq!(Marker::strip("only words").as_deref(), Some("only words"));
    let inside = format!("{marker} and words after it");
    assert_eq!(Marker::strip(&inside).as_deref(), Some(inside.as_str()));
}

#[test]
fn every_whole_marker_is_found_and_nothing_like_it() {
    let (a, b) = (Marker::random("a"), Marker::random("b_2-c"));
    let text = format!("x[dialform {a}]{b}[dialform a 7K3M9Q2XVT4I][dialform -a 7K3M9Q2XVT4B][dialform a 7K3M9Q2XVT4");
    assert_eq!(Marker::find_in(&text).collect::<Vec<_>>(), [a.clone(), b]);
    assert!(a.is_in(&format!("anything {} anything", a.random_part())));
    for not in [
        "",
        "[dialform a 7K3M9Q2XVT4]",
        "[dialform A 7K3M9Q2XVT4B]",
        "[dialform a 7k3m9q2xvt4b]",
    ] {
        assert!(not.parse::<Marker>().is_err(), "{not}");
    }
}
