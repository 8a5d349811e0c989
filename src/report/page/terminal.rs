//! Renders a page for a terminal, with ANSI colors that the printer drops where they are not wanted.

use anstyle::{AnsiColor, Style};
use textwrap::core::display_width;
use textwrap::{Options, WordSplitter, wrap};

use crate::explain::{DocPage, PageBlock};

const BOLD: Style = Style::new().bold();
const HEADING: Style = AnsiColor::Yellow.on_default().bold();
const CODE: Style = AnsiColor::Cyan.on_default();
const DIM: Style = Style::new().dimmed();

/// The widest lines that are easy to read, and the narrowest that hold anything.
const WIDTHS: (usize, usize) = (40, 100);
/// Terms that are longer stand on a line of their own.
const LONGEST_TERM: usize = 48;
/// Where less is left for the words behind terms, each term has a line of its own.
const LEAST_WORDS: usize = 32;

/// Renders a page into lines of at most `width` columns; source text is not wrapped.
pub fn terminal(page: &DocPage, width: usize) -> String {
    let width = width.clamp(WIDTHS.0, WIDTHS.1);
    let DocPage { title, about, blocks } = page;
    let mut out = format!("{BOLD}{title}{BOLD:#}\n");
    paragraph(&mut out, about, "", width, DIM);
    let mut was_heading = false;
    for block in blocks {
        if !was_heading {
            out.push('\n');
        }
        was_heading = matches!(block, PageBlock::Heading(_));
        match block {
            PageBlock::Heading(text) => paragraph(&mut out, text, "", width, HEADING),
            PageBlock::Text(text) => paragraph(&mut out, text, "  ", width, Style::new()),
            PageBlock::Code(text) => verbatim(&mut out, text, CODE),
            PageBlock::Output(text) => {
                for line in text.lines() {
                    let indent = line.len() - line.trim_start().len();
                    paragraph(
                        &mut out,
                        line.trim_start(),
                        &" ".repeat(4 + indent),
                        width,
                        Style::new(),
                    );
                }
            }
            PageBlock::Items(items) => self::items(&mut out, items, width),
        }
    }
    out
}

fn verbatim(out: &mut String, text: &str, style: Style) {
    for line in text.lines() {
        out.push_str(&format!("    {style}{line}{style:#}\n"));
    }
}

fn paragraph(out: &mut String, text: &str, indent: &str, width: usize, style: Style) {
    let lines = wrapped(text, width.saturating_sub(indent.len()));
    out.push_str(&styled(&lines, indent, style));
}

fn items(out: &mut String, items: &[(String, String)], width: usize) {
    let terms = items.iter().map(|(term, _)| display_width(&plain(term)));
    let column = terms.filter(|width| *width <= LONGEST_TERM).max().unwrap_or(0);
    let hangs = column + 4 + LEAST_WORDS <= width;
    for (term, words) in items {
        let term_width = display_width(&plain(term));
        let term = plain(term);
        if hangs && term_width <= column {
            let indent = " ".repeat(column + 4);
            let text = styled(
                &wrapped(words, width.saturating_sub(indent.len())),
                &indent,
                Style::new(),
            );
            let first = format!("  {CODE}{term}{CODE:#}{}", " ".repeat(column - term_width + 2));
            out.push_str(&first);
            out.push_str(text.strip_prefix(&indent).unwrap_or(&text));
        } else {
            out.push_str(&format!("  {CODE}{term}{CODE:#}\n"));
            paragraph(out, words, "      ", width, Style::new());
        }
    }
}

fn plain(term: &str) -> String {
    term.replace('`', "")
}

/// Lines of a text; nothing is broken within a word, since most long ones are code.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let options = Options::new(width)
        .word_splitter(WordSplitter::NoHyphenation)
        .break_words(false);
    wrap(text, options).into_iter().map(|line| line.into_owned()).collect()
}

/// Lines with an indent, in a style; code between backticks in its own style, across lines as well.
fn styled(lines: &[String], indent: &str, style: Style) -> String {
    let mut out = String::new();
    let mut is_code = false;
    for line in lines {
        out.push_str(indent);
        let now = |is_code: bool| if is_code { CODE } else { style };
        out.push_str(&now(is_code).render().to_string());
        for (index, part) in line.split('`').enumerate() {
            if index > 0 {
                let was = now(is_code);
                if is_code {
                    out.push('`');
                }
                out.push_str(&format!("{was:#}"));
                is_code = !is_code;
                out.push_str(&now(is_code).render().to_string());
                if is_code {
                    out.push('`');
                }
            }
            out.push_str(part);
        }
        out.push_str(&format!("{:#}\n", now(is_code)));
    }
    out
}
