//! Whatever bytes become of a campaign file, nothing panics: not the parser, not the checks, not what people see of
//! them, and not the formatter.

use std::fs;

use dialform::finding::Finding;
use dialform::lint::engine::{Checker, Overlay};
use dialform::project::source::Sources;
use dialform::report::{concise, human, json};
use dialform::syntax::format;
use dialform::util::printable::gather;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::base::{CLASSIC, EXTENDED};
use crate::common::sample::generated;

/// What is put into a file: signs that mean something, and bytes that mean nothing.
const PIECES: &[&[u8]] = &[
    b"{",
    b"}",
    b"(",
    b")",
    b"[",
    b"]",
    b"\"",
    b"\"\"\"",
    b"#\"",
    b"#",
    b"\\",
    b"\\u{",
    b"/*",
    b"*/",
    b"//",
    b"/-",
    b"=",
    b";",
    b",",
    b":",
    b"\n",
    b"\r\n",
    b" ",
    b"\0",
    b"\xFF",
    b"\xC2",
    b"\xE2\x80\x8B",
    b"\xEF\xBB\xBF",
    b"\xE2\x80\x9C",
    b"true",
    b"null",
    b"-",
    b"8 (495) 1",
    b"r\"",
    b"name:\n  ",
    b"\"a\": {",
    b"[a]\n",
    b"# ",
    b"\xD1\x8F",
    b"\xF0\x9F\x98\x80",
];

/// One change of a file's bytes, at places that are told by their share of the file.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    Put(Index, &'static [u8]),
    Byte(Index, u8),
    Cut(Index, usize),
    Repeat(Index, usize),
    End(Index),
}

pub(crate) fn change() -> impl Strategy<Value = Change> {
    let at = any::<Index>;
    prop_oneof![
        6 => (at(), select(PIECES)).prop_map(|(at, piece)| Change::Put(at, piece)),
        2 => (at(), any::<u8>()).prop_map(|(at, byte)| Change::Byte(at, byte)),
        4 => (at(), 1..40_usize).prop_map(|(at, length)| Change::Cut(at, length)),
        2 => (at(), 1..80_usize).prop_map(|(at, length)| Change::Repeat(at, length)),
        1 => at().prop_map(Change::End),
    ]
}

pub(crate) fn changed(bytes: &mut Vec<u8>, change: &Change) {
    let place = |at: &Index, bytes: &[u8]| at.index(bytes.len() + 1);
    match change {
        Change::Put(at, piece) => {
            let at = place(at, bytes);
            bytes.splice(at..at, piece.iter().copied());
        }
        Change::Byte(at, byte) => {
            if !bytes.is_empty() {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
        }
        Change::Cut(at, length) => {
            let at = place(at, bytes);
            let end = bytes.len().min(at + length);
            bytes.drain(at..end);
        }
        Change::Repeat(at, length) => {
            let at = place(at, bytes);
            let piece = bytes[at..bytes.len().min(at + length)].to_vec();
            bytes.splice(at..at, piece);
        }
        Change::End(at) => bytes.truncate(place(at, bytes)),
    }
}

/// Shows findings in every way there is.
fn show(findings: &[Finding], sources: &Sources) {
    let look = human::Look {
        color: false,
        unicode: true,
        width: 100,
        links: false,
    };
    gather(|out| {
        human::render(findings, sources, look, out)?;
        concise::render(findings, sources, false, out)?;
        json::render(findings, sources, out)
    });
}

#[test]
fn no_bytes_make_anything_panic() {
    let folders: Vec<_> = [CLASSIC, EXTENDED]
        .into_iter()
        .map(|files| {
            let folder = tempfile::tempdir().unwrap();
            for (path, text) in files {
                let path = folder.path().join(path);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
            (folder, files)
        })
        .collect();
    let config = ProptestConfig {
        cases: generated(700, 2_000),
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    proptest!(config, |(which in any::<Index>(), file in any::<Index>(), changes in vec(change(), 1..6))| {
        let (folder, files) = &folders[which.index(folders.len())];
        let (path, text) = files[file.index(files.len())];
        let mut content = text.as_bytes().to_vec();
        for change in &changes {
            changed(&mut content, change);
        }
        if let Ok(text) = std::str::from_utf8(&content)
            && let Ok(laid_out) = format::format(text)
        {
            let again = format::format(&laid_out).ok();
            prop_assert_eq!(again, Some(laid_out), "laid out twice");
        }
        let overlay = Overlay { path: folder.path().join(path), content };
        let mut checker = Checker::new(folder.path(), Some("2030-01-01T00:00:00Z".parse().unwrap()));
        let scope = checker.project_scope(folder.path(), std::slice::from_ref(&overlay));
        let checked = checker.check(&scope, std::slice::from_ref(&overlay));
        for finding in &checked.findings {
            let text = checked.sources.file(finding.place.file).text();
            let edits = finding.fix.iter().flat_map(|fix| &fix.edits).map(|edit| edit.span);
            let labels = finding.labels.iter().filter(|label| label.place.file == finding.place.file);
            let spans = edits.chain(labels.map(|label| label.place.span)).chain([finding.place.span]);
            for span in spans {
                prop_assert!(text.get(span.range()).is_some(), "{:?}: {}", span, finding.message);
            }
        }
        show(&checked.findings, checked.sources);
    });
}
