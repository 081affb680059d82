//! Serials that a segment of registrations has in common with another segment.

use std::ops::Range;

use crate::error::Result;
use crate::keys::{GroupInfo, Keys, Lookup};
use crate::segment::RegistrationSegment;
use crate::serial::{Families, FamilyId, SerialKey};

/// Serials decoded at a time.
const STRIDE: u64 = 1 << 16;

/// The segment to find serials in.
pub(in crate::index) struct Side<'s> {
    pub(in crate::index) keys: &'s Keys,
    /// The numbers there of the namespaces in which to look for serials of a namespace, or for
    /// serials that came without one.
    pub(in crate::index) namespaces: &'s dyn Fn(Option<&str>) -> Vec<u32>,
    /// Whether it may hold serials as opaque that a family has come to fit since.
    pub(in crate::index) grew_families: bool,
}

/// A serial of registrations that is in the other segment too.
#[derive(Clone, Copy, Debug)]
pub(in crate::index) struct Match {
    /// The place of the serial among those of the registrations.
    pub(in crate::index) position: u32,
    /// Whether it came without a namespace.
    pub(in crate::index) bare: bool,
    /// Its row in the other segment.
    pub(in crate::index) row: u32,
}

/// Calls back with every serial that is in both segments, group by group, ascending in each.
///
/// A serial that was opaque when it was loaded is looked for as what the families make of it now.
pub(in crate::index) fn each_match(
    ours: &RegistrationSegment,
    theirs: &Side<'_>,
    families: &Families,
    mut call: impl FnMut(Match) -> Result<()>,
) -> Result<()> {
    for (number, group) in ours.keys().groups().iter().enumerate() {
        let name = ours.namespace(group.namespace);
        for namespace in (theirs.namespaces)(name) {
            let search = Search { ours, theirs, families, number, group, namespace };
            let found = |position: u64, row: u32| {
                let position = u32::try_from(position).unwrap_or(u32::MAX);
                call(Match { position, bare: name.is_none(), row })
            };
            if group.family == FamilyId::OPAQUE {
                search.texts(found)?;
            } else {
                search.codes(found)?;
            }
        }
    }
    Ok(())
}

/// One group of serials, looked for in one namespace of the other segment.
struct Search<'s> {
    ours: &'s RegistrationSegment,
    theirs: &'s Side<'s>,
    families: &'s Families,
    number: usize,
    group: &'s GroupInfo,
    namespace: u32,
}

impl Search<'_> {
    fn codes(&self, mut found: impl FnMut(u64, u32) -> Result<()>) -> Result<()> {
        let family = self.group.family;
        let their_texts = self.theirs.grew_families && self.their_group(FamilyId::OPAQUE).is_some();
        let within = match self.their_group(family) {
            _ if their_texts => self.group.rows.clone(),
            Some(theirs) => self.overlap(theirs)?,
            None => return Ok(()),
        };
        let (mut lookup, mut texts) = (self.theirs.keys.lookup(), self.theirs.keys.lookup());
        let mut codes = Vec::new();
        let mut start = within.start;
        while start < within.end {
            let end = within.end.min(start + STRIDE);
            codes.clear();
            self.ours.keys().codes_into(self.number, start..end, &mut codes)?;
            for (position, code) in (start..end).zip(&codes) {
                let key = SerialKey::Coded { family, code: *code };
                let mut row = lookup.row_of(self.namespace, &key)?;
                if row.is_none() && their_texts {
                    row = self.as_text(&key, &mut texts)?;
                }
                row.map_or(Ok(()), |row| found(position, row))?;
            }
            start = end;
        }
        Ok(())
    }

    fn as_text(&self, key: &SerialKey, lookup: &mut Lookup<'_>) -> Result<Option<u32>> {
        let text = SerialKey::Opaque(self.families.text(key)?.into());
        lookup.row_of(self.namespace, &text)
    }

    fn texts(&self, mut found: impl FnMut(u64, u32) -> Result<()>) -> Result<()> {
        let (mut lookup, mut codes) = (self.theirs.keys.lookup(), self.theirs.keys.lookup());
        self.ours.keys().for_each_text(self.number, self.group.rows.clone(), |position, text| {
            let opaque = SerialKey::Opaque(text.into());
            let mut row = lookup.row_of(self.namespace, &opaque)?;
            if row.is_none() {
                let key = self.families.classify(text)?;
                if key != opaque {
                    row = codes.row_of(self.namespace, &key)?;
                }
            }
            row.map_or(Ok(()), |row| found(position, row))
        })
    }

    fn their_group(&self, family: FamilyId) -> Option<&GroupInfo> {
        let same = |it: &&GroupInfo| it.namespace == self.namespace && it.family == family;
        self.theirs.keys.groups().iter().find(same)
    }

    /// Our serials from their first to their last.
    fn overlap(&self, theirs: &GroupInfo) -> Result<Range<u64>> {
        let key = |row: u64| {
            let row = u32::try_from(row).unwrap_or(u32::MAX);
            self.theirs.keys.key_at(row).map(|(_, key)| key)
        };
        let (first, last) = (key(theirs.rows.start)?, key(theirs.rows.end.saturating_sub(1))?);
        self.ours.keys().rows_between(self.group.namespace, &first, &last)
    }
}
