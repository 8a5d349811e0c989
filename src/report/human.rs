//! The human format: findings with source excerpts, drawn by miette. No other file uses miette.

use std::collections::HashMap;
use std::{fmt, io};

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};

use super::excerpt::{CONTEXT, Excerpt, quoting};
use crate::finding::{Finding, Severity};
use crate::project::source::{Place, Sources, Span};
use crate::util::printable::{Text, TextStream, path};
use crate::util::threads::in_parts;

/// The most related places of a finding that are shown in its file.
const MOST_LABELS: usize = 10;

/// What the terminal supports.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Whether to colour.
    pub color: bool,
    /// Whether the terminal shows box-drawing characters.
    pub unicode: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// Whether the terminal opens links.
    pub links: bool,
}

/// Renders findings, which are in file order.
///
/// # Errors
///
/// Where the report could not leave.
pub fn render(findings: &[Finding], sources: &Sources, look: Look, out: &mut TextStream<'_>) -> io::Result<()> {
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
        // The name of the source says where the place is.
        .without_primary_span_start()
        .with_wrap_lines(false)
        .with_context_lines(CONTEXT);
    let pieces = super::limited(findings).flat_map(|(shown, left_out)| {
        let rest = shown.first().filter(|_| left_out > 0);
        let shown = shown.iter().map(Piece::Finding);
        shown.chain(rest.map(|first| Piece::LeftOut(first, left_out)))
    });
    let pieces: Vec<Piece<'_>> = pieces.collect();
    for some in pieces.chunks(AT_ONCE) {
        let drawn = in_parts(some, LEAST, |part| {
            let mut helps = HelpTexts::default();
            let (mut text, mut drawing) = (Text::new(), String::new());
            for piece in part {
                match piece {
                    Piece::Finding(finding) => {
                        let report = MietteReport::new(finding, sources, look, &mut helps);
                        drawing.clear();
                        // Writing to a string does not fail.
                        let _ = handler.render_report(&mut drawing, &report);
                        text.drawn(&drawing).end();
                    }
                    Piece::LeftOut(first, many) => {
                        let path = path(sources.file(first.place.file).path());
                        text.line(format_args!("{path}: {many} more findings are not shown"))
                            .end();
                    }
                }
            }
            text
        });
        for text in drawn {
            out.text()?.append(&text);
        }
    }
    Ok(())
}

/// So many findings are drawn before the next ones, which bounds what is held of them.
const AT_ONCE: usize = 4096;
/// So many findings are worth a thread of their own.
const LEAST: usize = 64;

/// What is drawn by itself.
enum Piece<'f> {
    Finding(&'f Finding),
    /// So many findings of a file are not shown, behind those that are, of which this is the first.
    LeftOut(&'f Finding, usize),
}

/// The columns that miette puts before each line of a message.
const MESSAGE_INDENT: usize = 4;
/// The same for help.
const HELP_INDENT: usize = 8;

/// The help of findings in lines. All findings of a rule mostly have the same, and it is long.
#[derive(Default)]
struct HelpTexts {
    /// The last one of each rule: as it is, and in lines.
    last: HashMap<&'static str, (String, String)>,
}

impl HelpTexts {
    fn of(&mut self, finding: &Finding, help: &str, look: Look) -> String {
        let last = self.last.entry(finding.rule.code).or_default();
        if last.0 != help {
            *last = (help.to_owned(), wrapped(quoting(help), HELP_INDENT, look));
        }
        last.1.clone()
    }
}

/// Words of one line in as many lines as they need beside an indentation.
fn wrapped(words: String, indent: usize, look: Look) -> String {
    let width = look.width.saturating_sub(2);
    // No character has more columns than bytes.
    if indent + words.len() <= width && words.trim_end().len() == words.len() {
        return words;
    }
    let blanks = " ".repeat(indent);
    let options = textwrap::Options::new(width)
        .initial_indent(&blanks)
        .subsequent_indent(&blanks);
    let lines = textwrap::wrap(&words, options);
    let lines: Vec<&str> = lines
        .iter()
        .map(|line| line.get(indent..).unwrap_or_default())
        .collect();
    lines.join("\n")
}

/// A finding as a miette diagnostic. Labels in other files become related diagnostics, because miette shows one source per
/// diagnostic.
#[derive(Debug)]
struct MietteReport {
    code: Option<String>,
    severity: miette::Severity,
    message: String,
    help: Option<String>,
    source: Excerpt,
    labels: Vec<LabeledSpan>,
    related: Vec<MietteReport>,
}

impl MietteReport {
    fn new(finding: &Finding, sources: &Sources, look: Look, helps: &mut HelpTexts) -> Self {
        let Place { file: id, span } = finding.place;
        let file = sources.file(id);
        let here = finding.labels.iter().filter(|label| label.place.file == id);
        let left_out = here.clone().count().saturating_sub(MOST_LABELS);
        let here = here.take(MOST_LABELS);
        let spans: Vec<Span> = std::iter::once(span)
            .chain(here.clone().map(|label| label.place.span))
            .collect();
        let source = Excerpt::new(file, &spans, look.width, look.links);
        let mut labels = Vec::new();
        // A file that could not be read has nothing to show.
        if !file.text().is_empty() {
            let label = (!finding.label.is_empty()).then(|| quoting(&finding.label));
            labels.push(LabeledSpan::new_primary_with_span(label, source.span(0)));
        }
        labels.extend(here.enumerate().map(|(index, label)| {
            let mut words = quoting(&label.text);
            if left_out > 0 && index + 1 == MOST_LABELS {
                words = format!("{words} ({left_out} more are not shown)");
            }
            LabeledSpan::new_with_span(Some(words), source.span(index + 1))
        }));
        let elsewhere = finding.labels.iter().filter(|label| label.place.file != id);
        let severity = match finding.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        };
        let mut message = quoting(&finding.message);
        if labels.is_empty() {
            message = format!("{}: {message}", path(file.path()));
        }
        Self {
            code: Some(format!(
                "{}[{}] {}",
                finding.severity.as_str(),
                finding.rule.code,
                finding.rule.name
            )),
            severity,
            message: wrapped(message, MESSAGE_INDENT, look),
            help: finding.help.as_deref().map(|help| helps.of(finding, help, look)),
            source,
            labels,
            related: elsewhere
                .map(|label| Self::aside(label.place, &label.text, sources, look))
                .collect(),
        }
    }

    fn aside(place: Place, text: &str, sources: &Sources, look: Look) -> Self {
        let source = Excerpt::new(sources.file(place.file), &[place.span], look.width, look.links);
        Self {
            code: None,
            severity: miette::Severity::Advice,
            message: wrapped(quoting(text), MESSAGE_INDENT, look),
            help: None,
            labels: vec![LabeledSpan::new_primary_with_span(None, source.span(0))],
            source,
            related: Vec::new(),
        }
    }
}

impl fmt::Display for MietteReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for MietteReport {}

impl Diagnostic for MietteReport {
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
