//! Which files of a project say something about the same thing, kept up to date file by file: after a key stroke only these
//! are checked again. Made where a second check follows, and never for `lint`.

use std::collections::{BTreeSet, HashSet};
use std::hash::Hash;

use foldhash::HashMap;

use super::FILES_PER_THREAD;
use super::mentions::{EnvironmentViews, IdUse, Inherited, Mentions, Usage, key_hash};
use crate::fields::AliasKind;
use crate::model::{FileIndex, Swallowed};
use crate::util::threads;

/// More files than these are not worth telling apart from all of them.
pub(super) const MAX_RELATED: usize = 512;

/// A file, by its position in the order of the paths.
pub(super) type Position = u32;

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

/// What of a sorted list is not in another one.
fn without<'l, T: Ord>(list: &'l [T], other: &'l [T]) -> impl Iterator<Item = &'l T> {
    list.iter().filter(|item| other.binary_search(item).is_err())
}

/// Files by what they say of one thing.
type ByUse<T> = Vec<(T, Members)>;

fn add_use<T: PartialEq>(uses: &mut ByUse<T>, of: T, file: Position) {
    match uses.iter_mut().find(|(known, _)| *known == of) {
        Some((_, members)) => members.insert(file),
        None => uses.push((of, Members::One(file))),
    }
}

fn take_out<K: Eq + Hash>(map: &mut HashMap<K, Members>, key: &K, file: Position) {
    if map.get_mut(key).is_some_and(|members| !members.remove(file)) {
        map.remove(key);
    }
}

/// Which files say something about the same thing.
#[derive(Debug, Default)]
pub(super) struct Groups {
    /// The files with each key and name, by its hash.
    own: HashMap<u64, Members>,
    /// The hashes that several files have.
    shared: HashSet<u64>,
    /// The files that use an id, by its hash.
    ids: HashMap<u32, ByUse<IdUse>>,
    /// The ids that are used as several kinds of thing.
    ids_of_two_kinds: BTreeSet<u32>,
    /// The files that use a name.
    uses: HashMap<Box<str>, ByUse<Usage>>,
    /// The files that inherit what a rule reports.
    inherited: HashMap<Inherited, Members>,
    /// The files that say more than campaigns: whatever changes anywhere may be about them.
    declaring: BTreeSet<Position>,
    /// The files with campaigns.
    with_campaigns: BTreeSet<Position>,
    /// The files with comments that hide findings.
    commented: BTreeSet<Position>,
}

/// The files to look at after a change.
#[derive(Debug, Default)]
pub(super) struct Related {
    /// Those whose findings may be others now.
    pub(super) touched: BTreeSet<Position>,
    /// Those without which it cannot be said: they have a key, use an id or inherit first.
    pub(super) witnesses: BTreeSet<Position>,
}

/// Whether a file says more than campaigns.
pub(super) fn is_declaring(file: &FileIndex) -> bool {
    !file.templates.is_empty()
        || !file.aliases.is_empty()
        || !file.moves.is_empty()
        || !file.removals.is_empty()
        || !file.environments.is_empty()
        || file.project.is_some()
        || file.swallowed != Swallowed::default()
        || !file.meant.is_empty()
        || file.hides_project
}

impl Groups {
    /// Collects what the files of a project say, which are in path order.
    pub(super) fn new(files: &[&FileIndex]) -> Self {
        let declaring = files.iter().filter(|file| is_declaring(file));
        let views = EnvironmentViews::new(declaring.copied().collect());
        let numbered: Vec<(Position, &FileIndex)> = (0..).zip(files.iter().copied()).collect();
        let said = threads::in_parts(&numbered, FILES_PER_THREAD, |files| {
            let mut said = Vec::with_capacity(files.len());
            for (position, file) in files {
                said.push((*position, Mentions::new(file, &views)));
            }
            said
        });
        let (mut groups, nothing) = (Self::default(), Mentions::default());
        for (position, said) in said.into_iter().flatten() {
            groups.add(position, &said, &nothing);
        }
        for (position, file) in numbered {
            groups.note(position, file);
        }
        groups
    }

    /// The files that say more than campaigns.
    pub(super) fn declaring(&self) -> &BTreeSet<Position> {
        &self.declaring
    }

    /// The files with comments that hide findings.
    pub(super) fn commented(&self) -> &BTreeSet<Position> {
        &self.commented
    }

    /// Whether any file uses the name of an alias of this kind.
    pub(super) fn uses_alias(&self, kind: AliasKind, name: &str) -> bool {
        let takes = |usage: &Usage| matches!(usage, Usage::Alias(_, widest) if widest.takes(kind));
        self.usages(name).any(|(usage, _)| takes(usage))
    }

    /// Whether any file uses the name of a template.
    pub(super) fn uses_template(&self, name: &str) -> bool {
        self.usages(name).any(|(usage, _)| *usage == Usage::Template)
    }

    fn usages(&self, name: &str) -> impl Iterator<Item = &(Usage, Members)> {
        self.uses.get(name).into_iter().flatten()
    }

    /// Adds the files that use these names.
    pub(super) fn extend_by_users<'n>(
        &self,
        names: impl Iterator<Item = &'n str>,
        is_it: impl Fn(&Usage) -> bool,
        files: &mut BTreeSet<Position>,
    ) {
        for (usage, members) in names.flat_map(|name| self.usages(name)) {
            if is_it(usage) {
                members.extend(files);
            }
        }
    }

    /// Adds the files that use names which nobody declares.
    pub(super) fn extend_by_undeclared(&self, views: &EnvironmentViews<'_>, files: &mut BTreeSet<Position>) {
        for (name, usages) in &self.uses {
            let is_undeclared = |usage: &Usage| match usage {
                Usage::Template => views.whole.template(name).is_none(),
                Usage::Environment => views.whole.environment_of(name).is_none(),
                Usage::Alias(kind, _) => {
                    let mut accounts = views.accounts().iter();
                    accounts.any(|account| account.alias(*kind, name).is_none())
                }
            };
            for (_, members) in usages.iter().filter(|(usage, _)| is_undeclared(usage)) {
                members.extend(files);
            }
        }
    }

    /// Adds the files that use one of the ids of a file, where it is used as several kinds of thing.
    pub(super) fn extend_by_ids(&self, says: &Mentions<'_>, files: &mut BTreeSet<Position>) {
        for (id, _) in says.ids.iter().filter(|(id, _)| self.ids_of_two_kinds.contains(id)) {
            for (_, members) in self.ids.get(id).into_iter().flatten() {
                members.extend(files);
            }
        }
    }

    /// Takes in that a file says something else now. Adds the files that share with it what it no longer says.
    pub(super) fn replace(
        &mut self,
        position: Position,
        said: &Mentions<'_>,
        says: &Mentions<'_>,
        files: &mut BTreeSet<Position>,
    ) {
        self.remove(position, said, says);
        self.add(position, says, said);
        for hash in without(&said.own, &says.own) {
            if let Some(members) = self.own.get(hash) {
                members.extend(files);
            }
        }
    }

    /// The files to look at again where these are; nothing where that is as good as all of them.
    pub(super) fn related(&self, files: &BTreeSet<Position>, views: &EnvironmentViews<'_>) -> Option<Related> {
        if self.declaring.len() > MAX_RELATED {
            return None;
        }
        let mut touched = files.clone();
        touched.extend(&self.declaring);
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
        let witnesses = self.witnesses(views);
        (touched.len() + witnesses.len() <= 2 * MAX_RELATED).then_some(Related { touched, witnesses })
    }

    /// The files that show that keys are declared, as what ids are used, and what is reported of what is inherited.
    fn witnesses(&self, views: &EnvironmentViews<'_>) -> BTreeSet<Position> {
        let mut witnesses: BTreeSet<Position> = self.inherited.values().filter_map(Members::first).collect();
        witnesses.extend(self.with_campaigns.first());
        let of_two_kinds = self.ids_of_two_kinds.iter().filter_map(|id| self.ids.get(id));
        witnesses.extend(of_two_kinds.flatten().filter_map(|(_, members)| members.first()));
        let moves = views
            .whole
            .moves()
            .flat_map(|moved| [&moved.from.value, &moved.to.value]);
        let removals = views.whole.removals().map(|removal| &removal.key.value);
        for key in moves.chain(removals) {
            witnesses.extend(self.own.get(&key_hash(key)).and_then(Members::first));
        }
        witnesses
    }

    /// Notes what kind of file it is.
    pub(super) fn note(&mut self, position: Position, file: &FileIndex) {
        let lists = [
            (&mut self.declaring, is_declaring(file)),
            (&mut self.with_campaigns, !file.campaigns.is_empty()),
            (&mut self.commented, !file.suppressions.is_empty()),
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
    fn add(&mut self, position: Position, says: &Mentions<'_>, before: &Mentions<'_>) {
        for hash in without(&says.own, &before.own) {
            let members = self.own.entry(*hash).or_insert(Members::One(position));
            members.insert(position);
            if matches!(members, Members::Many(_)) {
                self.shared.insert(*hash);
            }
        }
        for (id, id_use) in without(&says.ids, &before.ids) {
            match self.ids.get_mut(id) {
                Some(uses) => add_use(uses, *id_use, position),
                // Most ids are used once, and there are many: `push` would make place for four.
                None => drop(self.ids.insert(*id, vec![(*id_use, Members::One(position))])),
            }
            self.note_kinds(*id);
        }
        for (name, usage) in without(&says.uses, &before.uses) {
            match self.uses.get_mut(*name) {
                Some(uses) => add_use(uses, *usage, position),
                None => drop(self.uses.insert((*name).into(), vec![(*usage, Members::One(position))])),
            }
        }
        for inherited in without(&says.inherited, &before.inherited) {
            let members = self.inherited.entry(*inherited).or_insert(Members::One(position));
            members.insert(position);
        }
    }

    /// Takes out what a file said and does not say `after`.
    fn remove(&mut self, position: Position, said: &Mentions<'_>, after: &Mentions<'_>) {
        for hash in without(&said.own, &after.own) {
            take_out(&mut self.own, hash, position);
            if !matches!(self.own.get(hash), Some(Members::Many(_))) {
                self.shared.remove(hash);
            }
        }
        for (id, id_use) in without(&said.ids, &after.ids) {
            let Some(uses) = self.ids.get_mut(id) else { continue };
            uses.retain_mut(|(known, members)| known != id_use || members.remove(position));
            if uses.is_empty() {
                self.ids.remove(id);
            }
            self.note_kinds(*id);
        }
        for (name, usage) in without(&said.uses, &after.uses) {
            let Some(uses) = self.uses.get_mut(*name) else { continue };
            uses.retain_mut(|(known, members)| known != usage || members.remove(position));
            if uses.is_empty() {
                self.uses.remove(*name);
            }
        }
        for inherited in without(&said.inherited, &after.inherited) {
            take_out(&mut self.inherited, inherited, position);
        }
    }

    /// Notes whether an id is used as several kinds of thing.
    fn note_kinds(&mut self, id: u32) {
        let uses = self.ids.get(&id).map_or(&[][..], Vec::as_slice);
        let mut kinds = uses.iter().map(|((kind, _), _)| kind);
        let first = kinds.next();
        if kinds.any(|kind| Some(kind) != first) {
            self.ids_of_two_kinds.insert(id);
        } else {
            self.ids_of_two_kinds.remove(&id);
        }
    }
}
