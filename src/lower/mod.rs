//! Tree → typed model. Reports what is unknown, misplaced, repeated or mistyped, and keeps it as unknown, so that later rules
//! stay silent about it.

mod account;
mod definition;
mod environment;
mod fixes;
mod head;
mod meant;
mod names;
mod one_line;
mod project;
mod removal;
mod setting;
mod unquoted;
mod value;
mod wire_names;
mod wire_pairs;

use crate::fields::{self, AliasKind, Dialect, SETTINGS, Setting};
use crate::finding::{Fix, Sink};
use crate::model::{Definition, File, FileModel, Swallowed};
use crate::project::source::{FileId, Place, Span};
use crate::rules::duplicate_setting::DuplicateSetting;
use crate::rules::misplaced_setting::MisplacedSetting;
use crate::rules::type_annotation::TypeAnnotation;
use crate::rules::unknown_setting::UnknownSetting;
use crate::rules::wire_name::{Instead, WireName};
use crate::syntax::{Node, Parsed, Scalar, SyntaxError, SyntaxErrorKind, Value};
use crate::util::suggest::closest;
use definition::DefinitionKind;

/// All of a node, from its name to the end of its block.
fn whole(node: Node<'_, '_>) -> Span {
    node.block().map_or(node.head(), |block| node.head().to(block.close))
}

/// What may stand at the top level of a file.
const TOP_LEVEL: [&str; fields::TOP_LEVEL.len()] = {
    let mut names = [""; fields::TOP_LEVEL.len()];
    let mut index = 0;
    while index < names.len() {
        names[index] = fields::TOP_LEVEL[index].name;
        index += 1;
    }
    names
};

/// One file while it is lowered.
pub(crate) struct Lowering<'a> {
    file: FileId,
    text: &'a str,
    sink: &'a mut Sink,
    is_project_file: bool,
    /// What was lowered so far.
    model: &'a mut FileModel,
    /// Where the `project` node stands.
    project_name: Option<Place>,
    /// The first place where names may be declared that could not be read.
    swallowed_in: Option<Span>,
    /// How many findings there were before, about the text as KDL, in its order.
    syntax_findings: usize,
    /// Settings that were read as values of the one before them.
    presumed: Vec<Setting>,
    /// Whether a surplus `}` may have ended a block early, so that nodes of the block follow it.
    spills: bool,
}

impl Lowering<'_> {
    fn place(&self, span: Span) -> Place {
        Place::new(self.file, span)
    }

    /// Reports annotations, which nothing uses, on a node and its entries.
    #[inline]
    fn refuse_annotations(&mut self, node: Node<'_, '_>) {
        if node.may_be_annotated() {
            self.annotations(node);
        }
    }

    #[cold]
    fn annotations(&mut self, node: Node<'_, '_>) {
        let values = node
            .entries()
            .iter()
            .filter_map(|entry| entry.value.annotation.as_deref());
        // `(minutes)20` would be 20 of nothing.
        let is_unitless = node.entries().iter().any(|entry| match &entry.value.scalar {
            Scalar::Number(_) => true,
            Scalar::String(text) => text.bytes().all(|byte| byte.is_ascii_digit()),
            _ => false,
        });
        for annotation in node.annotation().into_iter().chain(values) {
            let violation = TypeAnnotation { text: &annotation.text };
            match with_brackets(self.text, annotation.span) {
                Some((whole, blanks)) => {
                    let finding = self.sink.report(self.place(whole), &violation);
                    if !(is_unitless && fixes::is_unit(&annotation.text)) {
                        finding.fix(Fix::safe(whole.to(blanks), ""));
                    }
                }
                None => drop(self.sink.report(self.place(annotation.span), &violation)),
            }
        }
    }
}

/// The brackets around the name of a type, and the blanks behind them; `None` where a comment is between them.
fn with_brackets(text: &str, name: Span) -> Option<(Span, Span)> {
    let open = text.get(..name.start as usize)?.trim_end().strip_suffix('(')?.len();
    let behind = text.get(name.end as usize..)?.trim_start().strip_prefix(')')?;
    let close = text.len() - behind.len();
    let blanks = behind.len() - behind.trim_start_matches([' ', '\t']).len();
    Some((Span::new(open, close), Span::new(close, close + blanks)))
}

/// Lowers one parsed file, and reports what is wrong with it to `sink`. `is_project_file` says whether it may have a
/// `project` node. Each campaign goes through `keep` as soon as it is lowered, so that large files need not be held whole.
pub fn lower<C>(
    file: FileId,
    parsed: &Parsed<'_>,
    is_project_file: bool,
    sink: &mut Sink,
    mut keep: impl FnMut(Definition, &mut Sink) -> C,
) -> File<C> {
    let mut model = FileModel::new(file);
    let mut campaigns = Vec::new();
    let is_stray = |mistake: &SyntaxError| mistake.kind == SyntaxErrorKind::StrayBrace;
    let mut lowering = Lowering {
        syntax_findings: sink.len(),
        presumed: Vec::new(),
        file,
        text: parsed.text,
        sink,
        is_project_file,
        model: &mut model,
        project_name: None,
        swallowed_in: None,
        spills: parsed.errors.iter().any(is_stray),
    };
    if let Some(mistake) = parsed.swallows_nodes() {
        lowering.swallow(Swallowed::ALL, mistake.span);
    }
    for node in parsed.tree.roots() {
        if let Some(campaign) = lowering.top_level(node) {
            campaigns.push(keep(campaign, lowering.sink));
        }
    }
    lowering.finish();
    campaigns.shrink_to_fit();
    model.with_campaigns(campaigns)
}

impl Lowering<'_> {
    /// Lowers a node of the top level. A campaign is returned, everything else goes into the model.
    fn top_level(&mut self, node: Node<'_, '_>) -> Option<Definition> {
        match &*node.name().text {
            "campaign" => return Some(self.definition(node, DefinitionKind::Campaign)),
            "template" => {
                let template = self.definition(node, DefinitionKind::Template);
                self.model.templates.push(template);
            }
            "aliases" => {
                let mut aliases = std::mem::take(&mut self.model.aliases);
                self.aliases(node, &mut aliases);
                self.model.aliases = aliases;
            }
            "moved" => match self.moved(node) {
                Some(moved) => self.model.moves.push(moved),
                None => self.unread_move(node),
            },
            "removed" => match self.removed(node) {
                Some(removal) => self.model.removals.push(removal),
                None => self.unread_move(node),
            },
            "project" => self.project_node(node),
            "environment" => self.environment_node(node),
            _ => {
                self.model.incomplete = true;
                self.presume_names(node);
                if node.is_damaged() {
                    self.swallow(Swallowed::ALL, whole(node));
                }
                self.unknown_top_level(node);
            }
        }
        self.model.incomplete |= node.is_damaged();
        None
    }

    /// Records that a span may declare names of these kinds that could not be read.
    fn swallow(&mut self, kinds: Swallowed, span: Span) {
        self.model.incomplete = true;
        self.model.swallowed = self.model.swallowed.or(kinds);
        self.swallowed_in.get_or_insert(span);
    }

    /// Counts every name in a node as declared, where the node may be a misplaced or misspelt declaration: its texts, its
    /// properties, and those of the nodes in its block.
    #[cold]
    fn presume_names(&mut self, node: Node<'_, '_>) {
        self.model.incomplete = true;
        // A setting declares nothing by its values.
        let is_setting = SETTINGS.iter().any(|spec| spec.name == node.name().text);
        for entry in node.entries() {
            match (&entry.name, &entry.value.scalar) {
                (Some(name), _) => self.model.meant.push(name.text.as_ref().into()),
                (None, Scalar::String(text)) if !is_setting => self.model.meant.push(text.as_ref().into()),
                (None, _) => {}
            }
        }
        for child in node.children() {
            self.presume_names(child);
        }
    }

    /// The keys of a `moved` or a `removed` that cannot be read whole are no mistake elsewhere.
    #[cold]
    fn unread_move(&mut self, node: Node<'_, '_>) {
        self.model.incomplete = true;
        for entry in node.entries() {
            if let Scalar::String(text) = &entry.value.scalar {
                self.model.meant.push(text.as_ref().into());
            }
        }
        if node.is_damaged() {
            let kinds = Swallowed {
                keys: true,
                ..Swallowed::default()
            };
            self.swallow(kinds, node.head());
        }
    }

    fn project_node(&mut self, node: Node<'_, '_>) {
        let place = self.place(node.name().span);
        if !self.is_project_file {
            let violation = MisplacedSetting {
                name: "project",
                belongs: "in `dialform.kdl`",
            };
            self.sink.report(place, &violation);
            self.model.hides_project = true;
            return;
        }
        match self.project_name {
            Some(first) => {
                self.model.hides_project = true;
                self.sink
                    .report(place, &DuplicateSetting { name: "project" })
                    .label(first, "first stated here");
            }
            None => {
                self.project_name = Some(place);
                self.model.project = Some(Box::new(self.project(node)));
            }
        }
    }

    /// Finishes the model, once every node was lowered.
    fn finish(self) {
        let model = self.model;
        model.hides_project |= self.is_project_file && self.spills;
        model.hides_project |= self.is_project_file && model.incomplete && model.project.is_none();
        if let Some(finding) = self.swallowed_in.and_then(|span| self.sink.first_in(span)) {
            finding.add_help(model.swallowed.words());
        }
    }
}

impl Lowering<'_> {
    #[cold]
    fn unknown_top_level(&mut self, node: Node<'_, '_>) {
        let name = &*node.name().text;
        if self.is_unread(name, node.name().span) {
            return;
        }
        let place = self.place(node.name().span);
        let is_of_a_block = SETTINGS.iter().any(|spec| spec.name == name)
            || project::is_setting(name)
            || AliasKind::ALL.iter().any(|kind| kind.word() == name);
        if self.spills && is_of_a_block {
            // The brace was reported.
            return;
        }
        if let Some(setting) = Setting::find(name, None) {
            let violation = MisplacedSetting {
                name: setting.spec().name,
                belongs: "in `campaign \"…\" { … }` or a template",
            };
            self.sink.report(place, &violation);
            return;
        }
        if Setting::find(name, Some(Setting::Redial)).is_some() {
            self.sink.report(
                place,
                &MisplacedSetting {
                    name,
                    belongs: "in the `redial { … }` of a campaign",
                },
            );
            return;
        }
        if let Some(spec) = wire_names::field_of_wire(name) {
            let written = format!("campaign \"…\" {{ {} … }}", wire_names::instead_of_wire(spec));
            let violation = WireName {
                wire: name,
                instead: Instead::Write(&written),
            };
            self.sink.report(place, &violation);
            return;
        }
        if project::is_setting(name) {
            let violation = MisplacedSetting {
                name,
                belongs: "in the `project { … }` of dialform.kdl",
            };
            self.sink.report(place, &violation);
            return;
        }
        self.unknown_name(name, place.span, "the top level of a file", &TOP_LEVEL);
    }

    /// Whether a name could not be read, which the parser reported; `""` can be a name as well.
    #[inline]
    fn is_unread(&self, name: &str, span: Span) -> bool {
        name.is_empty() && !self.is_written_empty(span)
    }

    #[cold]
    fn is_written_empty(&self, span: Span) -> bool {
        let is_quote = |c: char| matches!(c, '"' | '#') || c.is_whitespace();
        let written = self.text.get(span.range());
        written.is_some_and(|written| written.trim_matches(is_quote).is_empty())
    }

    /// Reports a name that `owner` (as people call it) does not have, and suggests the closest one.
    fn unknown_name<'k>(&mut self, name: &str, span: Span, owner: &str, known: &[&'k str]) -> Option<&'k str> {
        let (extended, known): (Vec<&str>, Vec<&str>) = known.iter().partition(|name| is_extended(name));
        self.unknown_name_of(name, span, owner, &known, &extended)
    }

    /// The same, with the names of the extended dialect by themselves.
    fn unknown_name_of<'k>(
        &mut self,
        name: &str,
        span: Span,
        owner: &str,
        known: &[&'k str],
        extended: &[&'k str],
    ) -> Option<&'k str> {
        let suggestion = closest(name, known.iter().chain(extended).copied());
        let violation = UnknownSetting {
            name,
            owner,
            suggestion,
            known,
            extended,
        };
        let finding = self.sink.report(self.place(span), &violation);
        if let Some(suggestion) = suggestion {
            finding.fix(fixes::suggested(span, name, suggestion, suggestion));
        }
        suggestion
    }
}

/// Whether only the extended dialect has a setting of this name.
fn is_extended(name: &str) -> bool {
    let spec = SETTINGS.iter().find(|spec| spec.name == name);
    spec.is_some_and(|spec| fields::least_dialect(spec.id) == Dialect::Extended)
}

/// What a value is, for people.
fn describe(value: &Value<'_>) -> &'static str {
    match value.scalar {
        Scalar::String(_) => "a text",
        Scalar::Number(_) => "a number",
        Scalar::Bool(true) => "#true",
        Scalar::Bool(false) => "#false",
        Scalar::Null => "#null",
        Scalar::Invalid => "something unreadable",
    }
}
