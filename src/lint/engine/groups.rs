//! Which files of a project say something about the same thing, kept up to date file by file: after a key stroke only these
//! are checked again. Made where a second check follows, and never for `lint`.

use std::collections::{BTreeSet, HashSet};
use std::hash::Hash;

use foldhash::HashMap;
use foldhash::fast::FixedState;
use uuid::Uuid;

use super::FILES_PER_THREAD;
use crate::fields::AliasKind;
use crate::finding::Sink;
use crate::model::{CampaignBody, CampaignEntry, Definition, FileIndex, Project, Swallowed, hash_of_id};
use crate::project::source::Place;
use crate::rules;
use crate::util::threads;

/// More files than these are not worth telling apart from all of them.
const MAX_RELATED: usize = 512;

/// A file, by its position in the order of the paths.
type Position = u32;

/// Files that say something about one thing.
#[derive(Debug)]
enum Members {
    One(Position),
    Many(BTreeSet<Position>),
}

impl Members {
    fn first(&self) -> Option<Position> {
        match self {
            Self::One(only) => Some(*only),
            Self::Many(several) => several.first().copied(),
        }
    }

    fn extend(&self, files: &mut BTreeSet<Position>) {
        match self {
            Self::One(only) => drop(files.insert(*only)),
            Self::Many(several) => files.extend(several),
        }
    }

    fn insert(&mut self, file: Position) {
        match self {
            Self::One(only) if *only == file => {}
            Self::One(only) => *self = Self::Many(BTreeSet::from([*only, file])),
            Self::Many(several) => drop(several.insert(file)),
        }
    }

    /// Returns whether any is left.
    fn remove(&mut self, file: Position) -> bool {
        match self {
            Self::One(only) => *only != file,
            Self::Many(several) => {
                several.remove(&file);
                if let (1, Some(only)) = (several.len(), several.first()) {
                    *self = Self::One(*only);
                }
                true
            }
        }
    }
}

/// How a name is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Usage {
    /// As that of a template.
    Template,
    /// As that of an alias of this kind, where the field alone would take the second one.
    Alias(AliasKind, AliasKind),
}

/// What several campaigns inherit, and a rule reports at the first of them: the rule and the place.
type Inherited = (&'static str, Place);

/// What one file says that concerns others. Each list is sorted, and has nothing twice.
#[derive(Default)]
struct Mentions<'a> {
    /// Hashes of keys and names: no two campaigns should have the same.
    own: Vec<u64>,
    /// Hashes of ids, and the kind of thing that each is used as.
    ids: Vec<(u32, usize)>,
    uses: Vec<(&'a str, Usage)>,
    inherited: Vec<Inherited>,
}

impl<'a> Mentions<'a> {
    /// Reads a file. `project` has all templates.
    fn new(file: &'a FileIndex, project: &Project<'_>) -> Self {
        let mut said = Self::default();
        for campaign in &file.campaigns {
            said.campaign(campaign, project);
        }
        for template in &file.templates {
            said.definition(template);
        }
        for alias in &file.aliases {
            let id = alias.id.as_deref().and_then(|id| Uuid::try_parse(id).ok());
            let id = id.filter(|id| !id.is_nil());
            said.ids.extend(id.map(|id| (hash_of_id(id), alias.kind as usize)));
        }
        sort(&mut said.own);
        sort(&mut said.ids);
        sort(&mut said.uses);
        said.inherited.retain(|(_, place)| place.file != file.file);
        sort(&mut said.inherited);
        said
    }

    fn campaign(&mut self, campaign: &'a CampaignEntry, project: &Project<'_>) {
        let facts = project.facts(campaign);
        self.own.extend(campaign.key.as_ref().map(|key| key_hash(&key.value)));
        self.own.extend(facts.name.map(|name| hash(&("name", name.hash))));
        // Two rules look at starts.
        self.inherited.extend(facts.start.map(|(_, place)| ("start", place)));
        match &campaign.body {
            CampaignBody::Own(body) => {
                let ids = body.ids.iter().enumerate().filter(|(_, id)| **id != 0);
                self.ids.extend(ids.map(|(kind, id)| (*id, kind)));
                let uses = body.alias_uses.iter();
                self.uses
                    .extend(uses.map(|used| (&*used.name, Usage::Alias(used.kind, used.widest_kind()))));
            }
            CampaignBody::Inheriting(definition) => {
                self.definition(definition);
                let mut sink = Sink::default();
                rules::check_campaign(&project.resolve(definition), &mut sink);
                let found = sink.into_findings().into_iter();
                self.inherited
                    .extend(found.map(|finding| (finding.rule.code, finding.place)));
            }
        }
    }

    fn definition(&mut self, definition: &'a Definition) {
        let ids = definition.inline_ids();
        self.ids
            .extend(ids.map(|inline| (hash_of_id(inline.id), inline.kind as usize)));
        let uses = definition.alias_uses();
        self.uses
            .extend(uses.map(|used| (used.name, Usage::Alias(used.kind, used.widest_kind()))));
        let template = definition.template.as_ref();
        self.uses.extend(template.map(|name| (&*name.value, Usage::Template)));
    }
}

fn sort<T: Ord>(list: &mut Vec<T>) {
    list.sort_unstable();
    list.dedup();
}

fn hash(item: &impl Hash) -> u64 {
    use std::hash::BuildHasher as _;
    FixedState::with_seed(0).hash_one(item)
}

fn key_hash(key: &str) -> u64 {
    hash(&("key", key))
}

/// What of a sorted list is not in another one.
fn without<'l, T: Ord>(list: &'l [T], other: &'l [T]) -> impl Iterator<Item = &'l T> {
    list.iter().filter(|item| other.binary_search(item).is_err())
}

/// Which files say something about the same thing.
#[derive(Debug, Default)]
pub(super) struct Groups {
    /// The files with each key and name, by its hash.
    own: HashMap<u64, Members>,
    /// The hashes that several files have.
    shared: HashSet<u64>,
    /// In how many files an id is used as each kind of thing, by its hash.
    ids: HashMap<u32, [u32; AliasKind::ALL.len()]>,
    /// How many ids are used as several kinds of thing.
    ids_of_two_kinds: usize,
    /// The files that use a name.
    uses: HashMap<Box<str>, Vec<(Usage, Members)>>,
    /// The files that inherit what a rule reports.
    inherited: HashMap<Inherited, Members>,
    /// The files that say more than campaigns: whatever changes anywhere may be about them.
    declaring: BTreeSet<Position>,
    /// The files with campaigns.
    with_campaigns: BTreeSet<Position>,
}

/// What one change is about.
#[derive(Debug, Default)]
pub(super) struct Disturbed {
    /// Files that share with it what the file no longer says.
    files: BTreeSet<Position>,
    /// Whether names may be declared now that were not, or the other way round.
    declares: bool,
    /// Whether an id was or is used as two kinds of thing: nobody knows which file is told of it.
    has_ids_of_two_kinds: bool,
}

/// The files to look at after a change.
#[derive(Debug, Default)]
pub(super) struct Related {
    /// Those whose findings may be others now.
    pub(super) touched: BTreeSet<Position>,
    /// Those without which it cannot be said: they use or declare a name first.
    pub(super) witnesses: BTreeSet<Position>,
}

/// Whether a file says more than campaigns.
fn is_declaring(file: &FileIndex) -> bool {
    !file.templates.is_empty()
        || !file.aliases.is_empty()
        || !file.moves.is_empty()
        || !file.removals.is_empty()
        || file.project.is_some()
        || file.swallowed != Swallowed::default()
        || !file.meant.is_empty()
        || file.hides_project
}

impl Groups {
    /// Collects what the files of a project say, which are in path order.
    pub(super) fn new(files: &[&FileIndex]) -> Self {
        let declaring = files.iter().filter(|file| is_declaring(file));
        let project = Project::new(declaring.copied().collect());
        let numbered: Vec<(Position, &FileIndex)> = (0..).zip(files.iter().copied()).collect();
        let said = threads::in_parts(&numbered, FILES_PER_THREAD, |files| {
            let mut said = Vec::with_capacity(files.len());
            for (position, file) in files {
                said.push((*position, Mentions::new(file, &project)));
            }
            said
        });
        let mut groups = Self::default();
        for (position, said) in said.into_iter().flatten() {
            groups.add(position, &said, None);
        }
        for (position, file) in numbered {
            groups.note(position, file);
        }
        groups
    }

    /// The files that say more than campaigns.
    pub(super) fn declaring(&self) -> impl Iterator<Item = Position> {
        self.declaring.iter().copied()
    }

    /// Takes in that a file says something else now. `project` has all templates, and these have not changed.
    pub(super) fn replace(
        &mut self,
        position: Position,
        old: &FileIndex,
        new: &FileIndex,
        project: &Project<'_>,
    ) -> Disturbed {
        let before = self.ids_of_two_kinds;
        let (said, says) = (Mentions::new(old, project), Mentions::new(new, project));
        let mut disturbed = Disturbed {
            declares: is_declaring(old) || is_declaring(new),
            ..Disturbed::default()
        };
        self.take_out(position, &said, &says);
        self.add(position, &says, Some(&said));
        self.note(position, new);
        for hash in without(&said.own, &says.own) {
            if let Some(members) = self.own.get(hash) {
                members.extend(&mut disturbed.files);
            }
        }
        disturbed.has_ids_of_two_kinds = before > 0 || self.ids_of_two_kinds > 0;
        disturbed
    }

    /// The files to look at again; nothing where that is as good as all of them. `project` is that of the declaring files.
    pub(super) fn related(&self, position: Position, disturbed: &Disturbed, project: &Project<'_>) -> Option<Related> {
        if disturbed.has_ids_of_two_kinds || self.declaring.len() > MAX_RELATED {
            return None;
        }
        let mut touched = disturbed.files.clone();
        touched.insert(position);
        touched.extend(&self.declaring);
        if disturbed.declares {
            for (name, usages) in &self.uses {
                let is_undeclared = |usage: &Usage| match usage {
                    Usage::Template => project.template(name).is_none(),
                    Usage::Alias(kind, _) => project.alias(*kind, name).is_none(),
                };
                for (_, members) in usages.iter().filter(|(usage, _)| is_undeclared(usage)) {
                    members.extend(&mut touched);
                }
            }
        }
        // Whoever shares something with one of them is judged together with it.
        let shared = || self.shared.iter().filter_map(|hash| self.own.get(hash));
        let mut known = 0;
        while known < touched.len() {
            known = touched.len();
            for members in shared() {
                if let Members::Many(several) = members
                    && several.iter().any(|file| touched.contains(file))
                {
                    if several.len() > MAX_RELATED {
                        return None;
                    }
                    touched.extend(several);
                }
            }
        }
        let witnesses = self.witnesses(project);
        (touched.len() + witnesses.len() <= 2 * MAX_RELATED).then_some(Related { touched, witnesses })
    }

    /// The files that show that what is declared is used, that keys are declared, and what is reported of what is inherited.
    fn witnesses(&self, project: &Project<'_>) -> BTreeSet<Position> {
        let mut witnesses: BTreeSet<Position> = self.inherited.values().filter_map(Members::first).collect();
        witnesses.extend(self.with_campaigns.first());
        let user = |name: &str, is_it: &dyn Fn(&Usage) -> bool| {
            let usages = self.uses.get(name)?;
            let (_, members) = usages.iter().find(|(usage, _)| is_it(usage))?;
            members.first()
        };
        for alias in project.aliases() {
            let takes = |usage: &Usage| matches!(usage, Usage::Alias(_, widest) if widest.takes(alias.kind));
            witnesses.extend(user(&alias.name.value, &takes));
        }
        for name in project.templates().filter_map(|template| template.name.as_ref()) {
            witnesses.extend(user(&name.value, &|usage| *usage == Usage::Template));
        }
        let moves = project.moves().flat_map(|moved| [&moved.from.value, &moved.to.value]);
        let removals = project.removals().map(|removal| &removal.key.value);
        for key in moves.chain(removals) {
            witnesses.extend(self.own.get(&key_hash(key)).and_then(Members::first));
        }
        witnesses
    }

    /// Notes what kind of file it is.
    fn note(&mut self, position: Position, file: &FileIndex) {
        let lists = [
            (&mut self.declaring, is_declaring(file)),
            (&mut self.with_campaigns, !file.campaigns.is_empty()),
        ];
        for (list, is_in) in lists {
            if is_in {
                list.insert(position);
            } else {
                list.remove(&position);
            }
        }
    }

    /// Adds what a file says that it did not say `before`.
    fn add(&mut self, position: Position, said: &Mentions<'_>, before: Option<&Mentions<'_>>) {
        let nothing = Mentions::default();
        let before = before.unwrap_or(&nothing);
        for hash in without(&said.own, &before.own) {
            let members = self.own.entry(*hash).or_insert(Members::One(position));
            members.insert(position);
            if matches!(members, Members::Many(_)) {
                self.shared.insert(*hash);
            }
        }
        for (id, kind) in without(&said.ids, &before.ids) {
            self.count_id(*id, *kind, |count| *count += 1);
        }
        for (name, usage) in without(&said.uses, &before.uses) {
            if !self.uses.contains_key(*name) {
                self.uses.insert((*name).into(), Vec::new());
            }
            let Some(usages) = self.uses.get_mut(*name) else {
                continue;
            };
            match usages.iter_mut().find(|(known, _)| known == usage) {
                Some((_, members)) => members.insert(position),
                None => usages.push((*usage, Members::One(position))),
            }
        }
        for inherited in without(&said.inherited, &before.inherited) {
            let members = self.inherited.entry(*inherited).or_insert(Members::One(position));
            members.insert(position);
        }
    }

    /// Takes out what a file said and does not say `after`.
    fn take_out(&mut self, position: Position, said: &Mentions<'_>, after: &Mentions<'_>) {
        for hash in without(&said.own, &after.own) {
            if self.own.get_mut(hash).is_some_and(|members| !members.remove(position)) {
                self.own.remove(hash);
            }
            if !matches!(self.own.get(hash), Some(Members::Many(_))) {
                self.shared.remove(hash);
            }
        }
        for (id, kind) in without(&said.ids, &after.ids) {
            self.count_id(*id, *kind, |count| *count = count.saturating_sub(1));
        }
        for (name, usage) in without(&said.uses, &after.uses) {
            let Some(usages) = self.uses.get_mut(*name) else {
                continue;
            };
            usages.retain_mut(|(known, members)| known != usage || members.remove(position));
            if usages.is_empty() {
                self.uses.remove(*name);
            }
        }
        for inherited in without(&said.inherited, &after.inherited) {
            let members = self.inherited.get_mut(inherited);
            if members.is_some_and(|members| !members.remove(position)) {
                self.inherited.remove(inherited);
            }
        }
    }

    fn count_id(&mut self, id: u32, kind: usize, change: impl FnOnce(&mut u32)) {
        let kinds = self.ids.entry(id).or_default();
        let has_several = |kinds: &[u32]| kinds.iter().filter(|count| **count > 0).count() > 1;
        let before = has_several(kinds);
        if let Some(count) = kinds.get_mut(kind) {
            change(count);
        }
        let now = has_several(kinds);
        if kinds.iter().all(|count| *count == 0) {
            self.ids.remove(&id);
        }
        match (before, now) {
            (false, true) => self.ids_of_two_kinds += 1,
            (true, false) => self.ids_of_two_kinds -= 1,
            _ => {}
        }
    }
}
