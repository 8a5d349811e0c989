//! Whether two readings of one file say the same of the project, but for where in the text they say it: after most key
//! strokes they do, and then no other file has to be looked at.

use super::{Alias, CampaignBody, CampaignEntry, FileIndex, Moved, OwnBody, Removal, Spanned};
use super::{AliasUse, CampaignFacts, ExtendedUse, NameFact};
use crate::project::source::{FileId, Place, Span};

/// Where things stood in a file, and where they stand now.
#[derive(Debug)]
pub struct MovedPlaces {
    file: FileId,
    /// By where they stood.
    pairs: Vec<(Span, Span)>,
}

impl MovedPlaces {
    /// Where something stands now; nothing where it is not known. What is in another file has not moved.
    pub fn now(&self, place: Place) -> Option<Place> {
        if place.file != self.file {
            return Some(place);
        }
        let index = self.pairs.binary_search_by_key(&place.span, |(old, _)| *old).ok()?;
        Some(Place::new(self.file, self.pairs[index].1))
    }

    fn new(file: FileId, mut pairs: Vec<(Span, Span)>) -> Option<Self> {
        // The beginning of the file is a place as well.
        pairs.push((Span::point(0), Span::point(0)));
        pairs.sort_unstable();
        pairs.dedup();
        let is_one_to_one = |pairs: &[(Span, Span)]| pairs.windows(2).all(|two| two[0].0 != two[1].0);
        let mut back: Vec<(Span, Span)> = pairs.iter().map(|(old, new)| (*new, *old)).collect();
        back.sort_unstable();
        (is_one_to_one(&pairs) && is_one_to_one(&back)).then_some(Self { file, pairs })
    }
}

impl FileIndex {
    /// Where everything that it says stands in a new reading of the file; nothing where that says something else, or where a
    /// template, a comment that hides findings or the project's own settings are part of it.
    pub fn moved_places(&self, new: &Self) -> Option<MovedPlaces> {
        // Named, so that a further field is not forgotten.
        let Self {
            file,
            campaigns,
            templates,
            aliases,
            moves,
            removals,
            project,
            suppressions,
            incomplete,
            swallowed,
            meant,
            hides_project,
        } = self;
        let mut pairs = Vec::new();
        let is_far_reaching =
            |index: &Self| !index.templates.is_empty() || index.project.is_some() || !index.suppressions.is_empty();
        let says_the_same = !is_far_reaching(self)
            && !is_far_reaching(new)
            && templates.len() == new.templates.len()
            && project.is_some() == new.project.is_some()
            && suppressions.len() == new.suppressions.len()
            && *file == new.file
            && (incomplete, swallowed, meant, hides_project)
                == (&new.incomplete, &new.swallowed, &new.meant, &new.hides_project)
            && campaigns.is_same(&new.campaigns, &mut pairs)
            && aliases.is_same(&new.aliases, &mut pairs)
            && moves.is_same(&new.moves, &mut pairs)
            && removals.is_same(&new.removals, &mut pairs);
        if says_the_same {
            MovedPlaces::new(*file, pairs)
        } else {
            None
        }
    }
}

/// What says the same as another one, whose places are put beside its own.
trait SameButPlaces {
    fn is_same(&self, new: &Self, places: &mut Vec<(Span, Span)>) -> bool;
}

impl SameButPlaces for Place {
    fn is_same(&self, new: &Self, places: &mut Vec<(Span, Span)>) -> bool {
        places.push((self.span, new.span));
        self.file == new.file
    }
}

impl<T: SameButPlaces> SameButPlaces for [T] {
    fn is_same(&self, new: &Self, places: &mut Vec<(Span, Span)>) -> bool {
        self.len() == new.len() && self.iter().zip(new).all(|(old, new)| old.is_same(new, places))
    }
}

impl<T: SameButPlaces> SameButPlaces for Vec<T> {
    fn is_same(&self, new: &Self, places: &mut Vec<(Span, Span)>) -> bool {
        self.as_slice().is_same(new, places)
    }
}

impl<T: SameButPlaces> SameButPlaces for Option<T> {
    fn is_same(&self, new: &Self, places: &mut Vec<(Span, Span)>) -> bool {
        match (self, new) {
            (Some(old), Some(new)) => old.is_same(new, places),
            (None, None) => true,
            _ => false,
        }
    }
}

impl<T: PartialEq> SameButPlaces for Spanned<T> {
    fn is_same(&self, new: &Self, places: &mut Vec<(Span, Span)>) -> bool {
        let Self { value, place } = self;
        *value == new.value && place.is_same(&new.place, places)
    }
}

impl SameButPlaces for CampaignEntry {
    fn is_same(&self, new: &Self, places: &mut Vec<(Span, Span)>) -> bool {
        let Self {
            key,
            keyword,
            whole,
            body,
        } = self;
        let (CampaignBody::Own(body), CampaignBody::Own(new_body)) = (body, &new.body) else {
            return false;
        };
        key.is_same(&new.key, places)
            && keyword.is_same(&new.keyword, places)
            && whole.is_same(&new.whole, places)
            && body.is_same(new_body, places)
    }
}

impl SameButPlaces for OwnBody {
    fn is_same(&self, new: &Self, places: &mut Vec<(Span, Span)>) -> bool {
        let Self {
            facts,
            alias_uses,
            ids,
            extended,
        } = self;
        *ids == new.ids
            && facts.is_same(&new.facts, places)
            && alias_uses.is_same(&new.alias_uses, places)
            && extended.is_same(&new.extended, places)
    }
}

impl SameButPlaces for CampaignFacts {
    fn is_same(&self, new: &Self, places: &mut Vec<(Span, Span)>) -> bool {
        let Self { name, start } = self;
        let starts = match (start, &new.start) {
            (Some((at, place)), Some((new_at, new_place))) => at == new_at && place.is_same(new_place, places),
            (None, None) => true,
            _ => false,
        };
        starts && name.is_same(&new.name, places)
    }
}

impl SameButPlaces for NameFact {
    fn is_same(&self, new: &Self, places: &mut Vec<(Span, Span)>) -> bool {
        let Self { hash, place } = self;
        *hash == new.hash && place.is_same(&new.place, places)
    }
}

impl SameButPlaces for AliasUse<Box<str>> {
    fn is_same(&self, new: &Self, places: &mut Vec<(Span, Span)>) -> bool {
        let Self {
            name,
            field,
            kind,
            place,
            has_effect,
        } = self;
        (name, field, kind, has_effect) == (&new.name, &new.field, &new.kind, &new.has_effect)
            && place.is_same(&new.place, places)
    }
}

impl SameButPlaces for ExtendedUse {
    fn is_same(&self, new: &Self, places: &mut Vec<(Span, Span)>) -> bool {
        let Self { field, place } = self;
        *field == new.field && place.is_same(&new.place, places)
    }
}

impl SameButPlaces for Alias {
    fn is_same(&self, new: &Self, places: &mut Vec<(Span, Span)>) -> bool {
        let Self { kind, name, id } = self;
        (kind, id) == (&new.kind, &new.id) && name.is_same(&new.name, places)
    }
}

impl SameButPlaces for Moved {
    fn is_same(&self, new: &Self, places: &mut Vec<(Span, Span)>) -> bool {
        let Self { from, to } = self;
        from.is_same(&new.from, places) && to.is_same(&new.to, places)
    }
}

impl SameButPlaces for Removal {
    fn is_same(&self, new: &Self, places: &mut Vec<(Span, Span)>) -> bool {
        let Self { key, task } = self;
        *task == new.task && key.is_same(&new.key, places)
    }
}
