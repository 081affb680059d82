//! Which rows of the log are of one registration, so that later ones replace earlier ones.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use super::record::TailRecord;
use super::rows::TailRows;
use crate::error::{Error, Result};
use crate::serial::{Families, SerialKey};

const NONE: u32 = u32::MAX;

/// The registrations among the first rows of the log, by key, and by serial and owner.
///
/// A row with a key replaces the rows of that key; a row without one those of its serial and owner.
#[derive(Default)]
pub(crate) struct Identities {
    /// What the families make of the serial of each row.
    serials: Vec<SerialKey>,
    /// The row of the same serial and owner before each one that may still be in force, or
    /// [`NONE`].
    before: Vec<u32>,
    /// The last row of each serial and owner, and of each key.
    by_owner: HashTable<u32>,
    by_key: HashTable<u32>,
    hasher: DefaultHashBuilder,
    /// Pairs of a row and one that it replaces, ascending by the first.
    replaced: Vec<(u32, u32)>,
}

impl std::fmt::Debug for Identities {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Identities({} rows)", self.serials.len())
    }
}

impl Identities {
    /// How many rows it knows.
    pub(crate) fn len(&self) -> u32 {
        u32::try_from(self.serials.len()).unwrap_or(u32::MAX)
    }

    /// Takes in the rows that it does not know yet.
    pub(crate) fn extend(&mut self, rows: &TailRows, families: &Families) -> Result<()> {
        for row in self.len()..rows.len() {
            let record = rows.record(row)?;
            let serial = families.classify(record.serial)?;
            let earlier = match record.key {
                Some(key) => self.of_key(rows, key).into_iter().collect(),
                None => self.of_owner(rows, (record.namespace, &serial, record.owner)),
            };
            self.replaced.extend(earlier.into_iter().map(|earlier| (row, earlier)));
            self.add(rows, (row, &record), serial);
        }
        Ok(())
    }

    fn add(&mut self, rows: &TailRows, (row, record): (u32, &TailRecord<'_>), serial: SerialKey) {
        let hash = self.hasher.hash_one((record.namespace, &serial, record.owner));
        let found = self.last_of_owner(rows, (record.namespace, &serial, record.owner));
        self.serials.push(serial);
        // A row without a key replaces all that are before it.
        self.before.push(found.filter(|_| record.key.is_some()).unwrap_or(NONE));
        let (hasher, serials) = (&self.hasher, &self.serials);
        if let Some(last) = found.and_then(|it| self.by_owner.find_mut(hash, |last| *last == it)) {
            *last = row;
        } else {
            let rehash = |row: &u32| match (serials.get(*row as usize), rows.record(*row)) {
                (Some(serial), Ok(it)) => hasher.hash_one((it.namespace, serial, it.owner)),
                _ => hash,
            };
            self.by_owner.insert_unique(hash, row, rehash);
        }
        let Some(key) = record.key else { return };
        let key_of = |row: &u32| rows.record(*row).map_or(None, |it| it.key);
        let hash = hasher.hash_one(key);
        if let Some(last) = self.by_key.find_mut(hash, |row| key_of(row) == Some(key)) {
            *last = row;
        } else {
            let rehash = |row: &u32| key_of(row).map_or(hash, |key| hasher.hash_one(key));
            self.by_key.insert_unique(hash, row, rehash);
        }
    }

    /// The last row of a key. A row without a key may have replaced it.
    pub(crate) fn of_key(&self, rows: &TailRows, key: &str) -> Option<u32> {
        let same = |row: &u32| rows.record(*row).is_ok_and(|it| it.key == Some(key));
        self.by_key.find(self.hasher.hash_one(key), same).copied()
    }

    /// The rows of a serial and owner, last first. Rows with the same keys may have replaced some.
    pub(crate) fn of_owner(
        &self,
        rows: &TailRows,
        identity: (Option<&str>, &SerialKey, &str),
    ) -> Vec<u32> {
        let mut next = self.last_of_owner(rows, identity);
        let mut found = Vec::new();
        while let Some(row) = next {
            found.push(row);
            next = self.before.get(row as usize).copied().filter(|it| *it != NONE);
        }
        found
    }

    fn last_of_owner(
        &self,
        rows: &TailRows,
        (namespace, serial, owner): (Option<&str>, &SerialKey, &str),
    ) -> Option<u32> {
        let same = |row: &u32| {
            self.serials.get(*row as usize) == Some(serial)
                && rows.record(*row).is_ok_and(|it| (it.namespace, it.owner) == (namespace, owner))
        };
        self.by_owner.find(self.hasher.hash_one((namespace, serial, owner)), same).copied()
    }

    /// What the families make of the serial of a row.
    pub(crate) fn serial(&self, row: u32) -> Result<&SerialKey> {
        let serial = self.serials.get(row as usize);
        serial.ok_or_else(|| Error::corrupt(format!("the log has no row {row}")))
    }

    /// Pairs of a row from `start` to `end` and one that it replaces.
    pub(crate) fn replaced_by(&self, start: u32, end: u32) -> &[(u32, u32)] {
        let at = |row: u32| self.replaced.partition_point(|it| it.0 < row);
        self.replaced.get(at(start)..at(end)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::registry::Entry;

    /// Which of some rows are in force: the rule, over a plain list.
    fn in_force(entries: &[Entry]) -> BTreeSet<u32> {
        let mut live: BTreeSet<usize> = BTreeSet::new();
        for (row, entry) in entries.iter().enumerate() {
            live.retain(|earlier| {
                let earlier = &entries[*earlier];
                match &entry.key {
                    Some(key) => earlier.key.as_ref() != Some(key),
                    None => {
                        (&earlier.namespace, &earlier.serial, &earlier.owner)
                            != (&entry.namespace, &entry.serial, &entry.owner)
                    }
                }
            });
            live.insert(row);
        }
        live.into_iter().map(|it| u32::try_from(it).unwrap()).collect()
    }

    prop_compose! {
        fn entries()(
            (serial, namespace) in ("A[12]", proptest::option::of("n")),
            (key, owner) in (proptest::option::of("k[123]"), "o[12]"),
        ) -> Entry {
            Entry { serial, namespace, key, owner, ..Entry::default() }
        }
    }

    proptest! {
        #[test]
        fn later_rows_replace_earlier_ones(
            entries in proptest::collection::vec(entries(), 0..60),
            steps in proptest::collection::vec(1..20_usize, 1..60),
        ) {
            let (mut rows, mut identities) = (TailRows::default(), Identities::default());
            let (mut done, mut steps) = (0, steps.into_iter());
            while done < entries.len() {
                let end = entries.len().min(done + steps.next().unwrap_or(1));
                for entry in &entries[done..end] {
                    rows.push(&TailRecord::of(entry, None, None).encode()).unwrap();
                }
                identities.extend(&rows, &Families::default()).unwrap();
                done = end;
            }
            for count in 0..=rows.len() {
                let replaced = identities.replaced_by(0, count).iter().map(|it| it.1);
                let replaced: BTreeSet<u32> = replaced.collect();
                let live = (0..count).filter(|it| !replaced.contains(it)).collect::<BTreeSet<_>>();
                prop_assert_eq!(live, in_force(&entries[..count as usize]));
            }
        }
    }

    #[test]
    fn a_registration_that_changes_all_day_is_not_walked_again() {
        let entry = |key: Option<&str>| Entry {
            serial: "A1".into(),
            owner: "o".into(),
            key: key.map(str::to_owned),
            ..Entry::default()
        };
        let (mut rows, mut identities) = (TailRows::default(), Identities::default());
        for _ in 0..100 {
            rows.push(&TailRecord::of(&entry(None), None, None).encode()).unwrap();
        }
        identities.extend(&rows, &Families::default()).unwrap();
        assert_eq!(identities.replaced_by(0, 100).len(), 99);
    }
}
