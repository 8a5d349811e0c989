//! Any text: what is KDL is formatted, says the same as before, and stays as it is when it is formatted again.
#![no_main]

use dialform::syntax::format::{FormatError, format};
use dialform::syntax::parse;
use libfuzzer_sys::{Corpus, fuzz_target};

/// Signs of other languages, which are recognized by their layout.
const LAYOUT: &[&str] = &[":", "=", "kdl-version"];

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Corpus::Reject;
    };
    if !parse(text).errors.is_empty() {
        // Legal or not, lint rejects it, and the formatter may refuse it.
        return Corpus::Reject;
    }
    match format(text) {
        Ok(once) => assert_eq!(format(&once).as_ref(), Ok(&once), "from {text:?}"),
        Err(FormatError::NotKdl) => {}
        // Whether a text is YAML, TOML or KDL 1 is guessed by its layout, and what may look so is left as it is.
        Err(FormatError::WouldChange { .. }) if LAYOUT.iter().any(|sign| text.contains(sign)) => {}
        // The formatter compares the trees itself, and this is how it says that they differ.
        Err(error) => panic!("{text:?}: {error}"),
    }
    Corpus::Keep
});
