//! Findings for people, with the source beside them. The only place that knows miette.

use std::fmt;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, SourceCode};

use crate::finding::{Finding, Severity};
use crate::source::{FileId, Place, Sources, Span};

/// How the terminal wants it.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Whether to colour.
    pub color: bool,
    /// Whether the terminal shows box-drawing characters.
    pub unicode: bool,
    /// Columns of the terminal.
    pub width: usize,
}

/// Renders findings, which are in file order.
pub fn render(findings: &[Finding], sources: &Sources, look: Look) -> String {
    let theme = match (look.unicode, look.color) {
        (true, true) => GraphicalTheme::unicode(),
        (true, false) => GraphicalTheme::unicode_nocolor(),
        (false, true) => GraphicalTheme {
            characters: miette::ThemeCharacters::ascii(),
            ..GraphicalTheme::unicode()
        },
        (false, false) => GraphicalTheme::none(),
    };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(look.width)
        .with_links(false)
        .with_context_lines(1);
    let mut out = String::new();
    for (shown, left_out) in super::limited(findings) {
        for finding in shown {
            // Writing to a string does not fail.
            let _ = handler.render_report(&mut out, &Shown::new(finding, sources));
            out.push('\n');
        }
        if let (Some(first), 1..) = (shown.first(), left_out) {
            let path = sources.file(first.place.file).path().display();
            out.push_str(&format!("{path}: {left_out} more findings are not shown\n\n"));
        }
    }
    out
}

/// A finding as miette wants it. Labels in other files become related reports, since miette shows one source a report.
#[derive(Debug)]
struct Shown {
    code: Option<String>,
    severity: miette::Severity,
    message: String,
    help: Option<String>,
    source: NamedSource<std::sync::Arc<str>>,
    labels: Vec<LabeledSpan>,
    related: Vec<Shown>,
}

impl Shown {
    fn new(finding: &Finding, sources: &Sources) -> Self {
        let file = finding.place.file;
        let mut labels = Vec::new();
        // A file that could not be read has nothing to show.
        if !sources.file(file).text().is_empty() {
            let label = (!finding.label.is_empty()).then(|| finding.label.clone());
            labels.push(LabeledSpan::new_primary_with_span(label, range(finding.place.span)));
        }
        let here = finding.labels.iter().filter(|label| label.place.file == file);
        labels.extend(here.map(|label| LabeledSpan::new_with_span(Some(label.text.clone()), range(label.place.span))));
        let elsewhere = finding.labels.iter().filter(|label| label.place.file != file);
        let severity = match finding.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        };
        let mut message = finding.message.clone();
        if labels.is_empty() {
            message = format!("{}: {message}", sources.file(file).path().display());
        }
        Self {
            code: Some(format!(
                "{}[{}] {}",
                finding.severity.word(),
                finding.rule.code,
                finding.rule.name
            )),
            severity,
            message,
            help: finding.help.clone(),
            source: named(file, sources),
            labels,
            related: elsewhere
                .map(|label| Self::aside(label.place, &label.text, sources))
                .collect(),
        }
    }

    fn aside(place: Place, text: &str, sources: &Sources) -> Self {
        Self {
            code: None,
            severity: miette::Severity::Advice,
            message: text.to_owned(),
            help: None,
            source: named(place.file, sources),
            labels: vec![LabeledSpan::new_primary_with_span(None, range(place.span))],
            related: Vec::new(),
        }
    }
}

fn named(file: FileId, sources: &Sources) -> NamedSource<std::sync::Arc<str>> {
    let file = sources.file(file);
    NamedSource::new(file.path().display().to_string(), std::sync::Arc::clone(file.text()))
}

fn range(span: Span) -> (usize, usize) {
    (span.start as usize, (span.end - span.start) as usize)
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Shown {}

impl Diagnostic for Shown {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.code.as_ref().map(|code| Box::new(code) as Box<dyn fmt::Display>)
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        (!self.labels.is_empty()).then_some(&self.source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        if self.related.is_empty() {
            return None;
        }
        Some(Box::new(self.related.iter().map(|shown| shown as &dyn Diagnostic)))
    }
}
