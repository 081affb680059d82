//! Registrations of segments that rows of the log replace.

use crate::bitmap::RowSet;
use crate::error::Result;
use crate::index::links::{LiveRegistrations, rows_of_keys};
use crate::registry::RegistrationField as Field;
use crate::serial::{Families, SerialKey};
use crate::tail::{Identities, TailRows};

/// What some rows of the log replace: registrations of these keys, and of these serials and owners.
#[derive(Debug, Default)]
pub(in crate::index) struct Replacing<'r> {
    /// Ascending, each once.
    keys: Vec<&'r str>,
    owners: Vec<(Option<&'r str>, &'r SerialKey, &'r str)>,
}

impl<'r> Replacing<'r> {
    /// The registrations of a key.
    pub(in crate::index) fn key(key: &'r str) -> Self {
        Replacing { keys: vec![key], ..Replacing::default() }
    }

    /// The registrations of a serial, as they were made with or without a namespace, and an owner.
    pub(in crate::index) fn owner(identity: (Option<&'r str>, &'r SerialKey, &'r str)) -> Self {
        Replacing { owners: vec![identity], ..Replacing::default() }
    }

    /// What the rows from `start` to `end` replace.
    pub(super) fn of(
        rows: &'r TailRows,
        identities: &'r Identities,
        (start, end): (u32, u32),
    ) -> Result<Self> {
        let mut replacing = Replacing::default();
        for row in start..end {
            let record = rows.record(row)?;
            if let Some(key) = record.key {
                replacing.keys.push(key);
            } else {
                let serial = identities.serial(row)?;
                replacing.owners.push((record.namespace, serial, record.owner));
            }
        }
        replacing.keys.sort_unstable();
        replacing.keys.dedup();
        replacing.owners.sort_unstable();
        replacing.owners.dedup();
        Ok(replacing)
    }

    /// The rows of a segment of registrations that are replaced.
    pub(in crate::index) fn in_segment(
        &self,
        live: &LiveRegistrations,
        families: &Families,
    ) -> Result<RowSet> {
        let mut gone = RowSet::new();
        if let Some(column) = live.segment.field(Field::Key)
            && !self.keys.is_empty()
        {
            let count = u32::try_from(self.keys.len()).unwrap_or(u32::MAX);
            gone = rows_of_keys(self.keys.iter().map(|key| Ok(*key)), count, column)?;
        }
        Ok(gone.union(&self.of_owners(live, families)?))
    }

    fn of_owners(&self, live: &LiveRegistrations, families: &Families) -> Result<RowSet> {
        let segment = &live.segment;
        let (mut coded, mut texts) = (segment.keys().lookup(), segment.keys().lookup());
        let mut wanted: Vec<(u32, &str)> = Vec::new();
        for (namespace, serial, owner) in &self.owners {
            let Some(number) = segment.namespace_number(*namespace) else { continue };
            let mut position = coded.row_of(number, serial)?;
            if position.is_none() && matches!(serial, SerialKey::Coded { .. }) {
                // It may have been kept as text before there was a family for it.
                let text = SerialKey::Opaque(families.text(serial)?.into());
                position = texts.row_of(number, &text)?;
            }
            wanted.extend(position.map(|position| (position, *owner)));
        }
        wanted.sort_unstable();
        let positions: Vec<u32> = wanted.iter().map(|it| it.0).collect();
        let (mut rows, mut owners) = (Vec::new(), wanted.into_iter());
        let mut asked = Vec::new();
        segment.each_span(&positions, |start, end| {
            if let Some((_, owner)) = owners.next() {
                rows.extend(start..end);
                asked.extend((start..end).map(|_| owner));
            }
            Ok(())
        })?;
        let (mut gone, mut places) = (Vec::new(), rows.iter().zip(asked));
        if let Some(column) = segment.field(Field::Owner) {
            column.each_text(&rows, |owner| {
                let place = places.next().filter(|(_, asked)| owner == Some(*asked));
                gone.extend(place.map(|(row, _)| *row));
                Ok(())
            })?;
        }
        gone.sort_unstable();
        Ok(RowSet::from_sorted(gone))
    }
}
