//! The few words that are read out of the XML of S3 and STS.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;

/// The texts of all elements of that name, wherever they stand; none where the XML is broken.
pub(super) fn elements(xml: &[u8], name: &str) -> Vec<String> {
    let mut reader = Reader::from_reader(xml);
    let mut found = Vec::new();
    let mut inside: Option<String> = None;
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) if start.local_name().as_ref() == name.as_bytes() => inside = Some(String::new()),
            Ok(Event::Empty(start)) if start.local_name().as_ref() == name.as_bytes() => found.push(String::new()),
            Ok(Event::End(end)) if end.local_name().as_ref() == name.as_bytes() => found.extend(inside.take()),
            Ok(Event::Text(text)) => {
                if let (Some(inside), Ok(text)) = (&mut inside, text.decode()) {
                    inside.push_str(&text);
                }
            }
            Ok(Event::GeneralRef(reference)) => {
                let Some(inside) = &mut inside else { continue };
                match (reference.resolve_char_ref(), reference.decode()) {
                    (Ok(Some(c)), _) => inside.push(c),
                    (_, Ok(name)) => inside.push_str(resolve_predefined_entity(&name).unwrap_or_default()),
                    _ => {}
                }
            }
            Ok(Event::Eof) => return found,
            Err(_) => return Vec::new(),
            Ok(_) => {}
        }
    }
}

/// The text of the first element of that name.
pub(super) fn element(xml: &[u8], name: &str) -> Option<String> {
    elements(xml, name).into_iter().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_wherever_they_stand() {
        let xml = b"<?xml version=\"1.0\"?><a:R xmlns:a=\"x\"><C><Key>p/a&amp;b&#x2B;</Key></C><Key/><C><Key>c</Key></C></a:R>";
        assert_eq!(elements(xml, "Key"), ["p/a&b+", "", "c"]);
        assert_eq!(element(xml, "None"), None);
        assert_eq!(element(b"<Key>a</Wrong>", "Key"), None);
        assert_eq!(element(b"\xff not xml", "Key"), None);
    }
}
