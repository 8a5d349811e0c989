//! A page of documentation as data: what it says, not how it looks.

/// One page: about a rule, a setting, a field…
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocPage {
    /// What it is about: `DF201 missing-required-if`, `caller-id`.
    pub title: String,
    /// A line below the title.
    pub about: String,
    /// The rest.
    pub blocks: Vec<PageBlock>,
}

/// A part of a page. In its sentences, text between backticks is code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageBlock {
    /// Opens a new part of the page.
    Heading(String),
    /// A paragraph.
    Text(String),
    /// Source text, verbatim.
    Code(String),
    /// Output of the program, verbatim.
    Output(String),
    /// Terms, and what there is to say of each.
    Items(Vec<(String, String)>),
}

impl DocPage {
    /// A page without anything on it yet.
    pub fn new(title: impl Into<String>, about: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            about: about.into(),
            blocks: Vec::new(),
        }
    }

    pub(super) fn heading(&mut self, text: impl Into<String>) -> &mut Self {
        self.blocks.push(PageBlock::Heading(text.into()));
        self
    }

    pub(super) fn text(&mut self, text: impl Into<String>) -> &mut Self {
        self.blocks.push(PageBlock::Text(text.into()));
        self
    }

    pub(super) fn code(&mut self, text: impl Into<String>) -> &mut Self {
        self.blocks.push(PageBlock::Code(text.into()));
        self
    }

    pub(super) fn items(&mut self, items: Vec<(String, String)>) -> &mut Self {
        if !items.is_empty() {
            self.blocks.push(PageBlock::Items(items));
        }
        self
    }
}
