//! Any text: what is KDL is formatted, says the same as before, and stays as it is when it is formatted again.
#![no_main]

use dialform::fmt::{FormatError, format};
use dialform::syntax::parse;
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Corpus::Reject;
    };
    match format(text) {
        Ok(once) => assert_eq!(format(&once).as_ref(), Ok(&once), "from {text:?}"),
        Err(FormatError::NotKdl) => {}
        // Laid out, lines that end in `:` may look like YAML, which is then left as it is.
        Err(FormatError::WouldChange { .. }) if !parse(text).mistakes.is_empty() => {}
        // The formatter compares the trees itself, and this is how it says that they differ.
        Err(error) => panic!("{text:?}: {error}"),
    }
    Corpus::Keep
});
