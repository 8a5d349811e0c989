//! The parts of a project that were not read, and the patterns that name some of them.

use crate::finding::Sink;
use crate::model::Project;
use crate::project::source::FileId;
use crate::rules::outside_repository::PatternOutside;
use crate::util::boundary::{Extent, PathError};

/// The parts of a project that were not read.
pub(super) struct Unread<'a> {
    pub(super) unreadable: &'a [(FileId, &'a PathError)],
    pub(super) outside: Option<&'a (Extent, Vec<String>)>,
}

impl Unread<'_> {
    pub(super) fn report_patterns(&self, project: &Project<'_>, sink: &mut Sink) {
        let (Some((extent, patterns)), Some(node)) = (self.outside, project.node()) else {
            return;
        };
        let are_outside = |written: &str| patterns.iter().any(|pattern| pattern == written);
        for pattern in node.campaigns.iter().filter(|pattern| are_outside(&pattern.value)) {
            let (written, extent) = (&*pattern.value, *extent);
            sink.report(pattern.place, &PatternOutside { written, extent });
        }
    }
}
