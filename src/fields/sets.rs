//! Sets of fields and of settings, as bits: what would be asked of one after the other is asked of all of them at once.

use super::rows::{FIELDS, Field};
use super::settings::{SETTINGS, Setting};

macro_rules! set {
    ($(#[$doc:meta])* $name:ident of $item:ident in $bits:ident, rows $rows:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct $name($bits);

        // Each has its bit.
        const _: () = assert!($rows.len() <= $bits::BITS as usize);

        impl $name {
            /// None of them.
            pub const EMPTY: Self = Self(0);

            /// These and one more.
            #[must_use]
            #[inline]
            pub const fn with(self, item: $item) -> Self {
                Self(self.0 | 1 << item as u8)
            }

            /// Those of these that are not in another set.
            #[must_use]
            #[inline]
            pub const fn without(self, other: Self) -> Self {
                Self(self.0 & !other.0)
            }

            /// Those that one of the sets has.
            #[must_use]
            #[inline]
            pub const fn or(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }

            /// Whether one is among them.
            #[inline]
            pub const fn contains(self, item: $item) -> bool {
                self.0 >> item as u8 & 1 == 1
            }

            /// Whether there are none.
            #[inline]
            pub const fn is_empty(self) -> bool {
                self.0 == 0
            }

            /// Each of them, in the order of the table.
            #[inline]
            pub fn iter(self) -> impl Iterator<Item = $item> {
                let mut left = self.0;
                std::iter::from_fn(move || {
                    // Of nothing, as many bits are zero as no table has rows.
                    let row = $rows.get(left.trailing_zeros() as usize)?;
                    left &= left - 1;
                    Some(row.id)
                })
            }
        }

        impl FromIterator<$item> for $name {
            #[inline]
            fn from_iter<I: IntoIterator<Item = $item>>(items: I) -> Self {
                items.into_iter().fold(Self::EMPTY, Self::with)
            }
        }
    };
}

set! {
    /// Some fields.
    FieldSet of Field in u64, rows FIELDS
}

set! {
    /// Some settings.
    SettingSet of Setting in u32, rows SETTINGS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_put_into_it_in_the_order_of_the_table() {
        let all: FieldSet = FIELDS.iter().map(|row| row.id).collect();
        assert!(all.iter().eq(FIELDS.iter().map(|row| row.id)));
        let last = FIELDS[FIELDS.len() - 1].id;
        let two = FieldSet::EMPTY.with(last).with(Field::Pace);
        assert!(two.iter().eq([Field::Pace, last]) && two.contains(last) && !two.contains(Field::Name));
        assert!(all.without(two).or(two) == all && !all.without(two).contains(last));
        assert!(FieldSet::EMPTY.is_empty() && !two.is_empty());
        assert_eq!(SettingSet::from_iter([Setting::Comply]).iter().count(), 1);
    }
}
