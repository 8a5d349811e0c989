//! From the parser's mistakes to findings: which rule words which mistake.

use super::bare_keyword::BareKeyword;
use crate::finding::{Fix, Sink};
use crate::source::{FileId, Place};
use crate::syntax::{Mistake, MistakeKind};

/// Reports one mistake of a file.
pub fn report_mistake(file: FileId, _text: &str, mistake: &Mistake, sink: &mut Sink) {
    let place = Place::new(file, mistake.span);
    if let MistakeKind::BareKeyword(right) = &mistake.kind {
        sink.report(place, &BareKeyword { right })
            .fix(Fix::safe(mistake.span, *right));
    }
}
