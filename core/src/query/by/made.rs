//! When serials say that they were made, as what units are counted by.

use super::calendar::Unit;
use super::tally::Slot;
use crate::column::number_ordinal;
use crate::error::{Error, Result};
use crate::serial::{Families, FamilyId, SerialFamily, SerialField, SerialKey};

/// The period in which a serial says that it was made, family by family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MadeKeys {
    families: Families,
    unit: Unit,
    /// By family, what a code counts in for each part of its date: by how much it grows with the
    /// part, and how many there are. Nothing where a family does not say when.
    parts: Vec<Vec<(u128, u128)>>,
}

impl MadeKeys {
    /// # Errors
    ///
    /// `not_found` when no family says when a serial was made.
    pub(super) fn new((of, families): (&str, &Families), unit: Unit) -> Result<Self> {
        let part = |it: SerialField<'_>| {
            it.is_date_part().then(|| (it.weight(), it.last().saturating_add(1)))
        };
        let dated = |family: &SerialFamily| family.fields().filter_map(part).collect();
        let parts = families.iter().map(
            |(_, family)| {
                if family.has_made() { dated(family) } else { Vec::new() }
            },
        );
        let parts: Vec<Vec<_>> = parts.collect();
        if parts.iter().all(Vec::is_empty) {
            return Err(Error::not_found(format!(
                "no family of `{of}` says when a unit was made, to count by"
            )));
        }
        Ok(MadeKeys { families: families.clone(), unit, parts })
    }

    pub(super) fn unit(&self) -> Unit {
        self.unit
    }

    /// What a serial has: nothing where it names days of several periods.
    pub(super) fn slot(&self, key: &SerialKey) -> Slot {
        match key {
            SerialKey::Opaque(_) => Slot::Missing,
            SerialKey::Coded { family, code } => self.slot_of(*family, *code),
        }
    }

    fn slot_of(&self, family: FamilyId, code: u128) -> Slot {
        let made = self.families.family(family).and_then(|family| family.made(code));
        let period = made.map(|(first, last)| (self.unit.first(first), self.unit.first(last)));
        match period {
            Some((first, last)) if first == last => {
                Slot::Value(number_ordinal(i64::from(first.days())))
            }
            _ => Slot::Missing,
        }
    }

    /// What two serials of a family and all between them have, where that is the same.
    pub(super) fn common(&self, family: FamilyId, first: u128, last: u128) -> Option<Slot> {
        let parts = self.parts_of(family);
        let same = parts.iter().all(|(weight, _)| first / weight == last / weight);
        same.then(|| self.slot_of(family, first))
    }

    /// Appends what the codes of a family have.
    pub(super) fn slots_into(&self, family: FamilyId, codes: &[u128], out: &mut Vec<Slot>) {
        let parts = self.parts_of(family);
        let numbers = |code: u128| parts.iter().map(move |(weight, count)| code / weight % count);
        // Neighbours were mostly made at the same time.
        let mut last: Option<(u128, Slot)> = None;
        for code in codes {
            let known = last.filter(|(other, _)| numbers(*other).eq(numbers(*code)));
            let slot = known.map_or_else(|| self.slot_of(family, *code), |(_, slot)| slot);
            last = Some((*code, slot));
            out.push(slot);
        }
    }

    fn parts_of(&self, family: FamilyId) -> &[(u128, u128)] {
        self.parts.get(usize::from(family.0)).map(Vec::as_slice).unwrap_or_default()
    }
}
