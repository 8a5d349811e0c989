//! Renders a page as a section of a Markdown document.

use crate::explain::{DocPage, PageBlock};

/// A page as a document of its own.
pub fn markdown(page: &DocPage) -> String {
    section(page, 1)
}

/// A page as a section whose title is a heading of this level. The page's own headings are paragraphs, so that a table of
/// contents lists pages only.
pub fn section(page: &DocPage, level: usize) -> String {
    let DocPage { title, about, blocks } = page;
    let mut out = format!("{} {title}\n\n{about}\n", "#".repeat(level));
    for block in blocks {
        out.push('\n');
        match block {
            PageBlock::Heading(text) => out.push_str(&format!("**{text}**\n")),
            PageBlock::Text(text) => out.push_str(&format!("{text}\n")),
            PageBlock::Code(text) => out.push_str(&fenced("kdl", text)),
            PageBlock::Output(text) => out.push_str(&fenced("text", text)),
            PageBlock::Items(items) => {
                for (term, words) in items {
                    out.push_str(&format!("- {term}: {words}\n"));
                }
            }
        }
    }
    out
}

fn fenced(language: &str, text: &str) -> String {
    let end = if text.ends_with('\n') { "" } else { "\n" };
    format!("```{language}\n{text}{end}```\n")
}
