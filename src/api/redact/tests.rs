//! A secret in every writing, and texts without one.

use super::*;
use writings::writings;

const TOKEN: &str = "eyJhbGciOi/JIUzI1+NiJ9.c2Vjcm_V0LXBheWxvYWQ=.Zm9v-YmFyYmF6";

fn redactor(secret: &str) -> Redactor {
    let redactor = Redactor::default();
    redactor.learn(&SecretString::from(secret));
    redactor
}

#[test]
fn a_secret_is_taken_out_in_whatever_writing() {
    let redactor = redactor(TOKEN);
    for (name, written) in writings(TOKEN) {
        for text in [
            written.clone(),
            format!("the token {written} is not known"),
            format!("{{\"sent\":\"{written}\"}}"),
            format!("https://example.com/?authorization={written}&page=1"),
            format!("<p>Authorization:Bearer {written}</p>"),
        ] {
            assert!(redactor.is_in(text.as_bytes()), "{name}: {text}");
            let shown = redactor.text(&text);
            assert!(
                !redactor.is_in(shown.as_bytes()) && shown.contains(HIDDEN),
                "{name}: {shown}"
            );
            let value = redactor.json(serde_json::json!({ &text: [&text, { "message": &text }] }));
            assert!(!redactor.is_in(value.to_string().as_bytes()), "{name}: {value}");
        }
    }
}

#[test]
fn the_rest_can_still_be_read() {
    let redactor = redactor(TOKEN);
    for (text, shown) in [
        (format!("the token \"{TOKEN}\" is bad"), "the token \"[token]\" is bad"),
        (format!("{} is bad", TOKEN.to_uppercase()), "[token] is bad"),
        (format!("got {} there", TOKEN.replace('/', "%2F")), "got [token] there"),
    ] {
        assert_eq!(redactor.text(&text), shown);
    }
    let value = serde_json::json!({ "message": format!("no: {TOKEN}"), "code": 7 });
    assert_eq!(
        redactor.json(value),
        serde_json::json!({ "message": "no: [token]", "code": 7 })
    );
}

#[test]
fn other_texts_stay_as_they_are() {
    let redactor = redactor(TOKEN);
    redactor.learn(&SecretString::from("sesame"));
    redactor.learn_whole("anna@example.com");
    for text in [
        "",
        "cps must be a number",
        "сценарий не найден: 228cc4fa-92f2-4709-94e3-7344a96a5903",
        "[dialform spring-promo 7K3M9Q2XVT4B]",
        "https://example.com/hooks/twin?source=spring%20promo&list[]=1",
        "example.com is not anna's",
        "sesameseed, opensesame",
        "eyJ0eXAiOiJ",
    ] {
        assert_eq!(redactor.text(text), text);
    }
    assert_eq!(redactor.text("open sesame!"), "open [token]");
    assert_eq!(redactor.text("open Sesame!"), "open [token]");
    assert_eq!(redactor.text("<anna@example.com>"), "<[token]>");
    assert_eq!(Redactor::default().text(TOKEN), TOKEN);
}

#[test]
fn the_work_is_bounded() {
    let redactor = redactor(TOKEN);
    let nested = (0..30).fold(TOKEN.to_owned(), |text, _| text.replace('%', "%25").replace('/', "%2F"));
    for text in [
        "A".repeat(8_000),
        "%25".repeat(10_000),
        "\\\\".repeat(10_000),
        "&amp;".repeat(8_000),
        "=3D".repeat(10_000),
        "4141".repeat(10_000),
        nested,
    ] {
        // It ends, and what it gives holds no secret.
        assert!(!redactor.is_in(redactor.text(&text).as_bytes()));
    }
}
