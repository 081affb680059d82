//! Tests of identifiers become rows.
//!
//! The identifiers of a segment are keys as its serials are, but for their rows, which are in
//! another order: a test is answered for the places of the keys first, and then told of their rows.

use std::collections::{BTreeMap, BTreeSet};

use super::answer::{Answer, At, Masks, Part};
use super::ranges::Ranges;
use super::serials::SerialRows;
use crate::bitmap::{Mask, RowSet};
use crate::column::ColumnReader;
use crate::error::Result;
use crate::scope::Truth;
use crate::segment::Identifiers;
use crate::serial::FamilyId;

/// A test of the identifiers of a segment, answered: it is UNKNOWN for the rows that have none.
#[derive(Debug)]
pub(super) struct IdentifierLeaf<'a> {
    /// The rows for which it is TRUE.
    sure: RowSet,
    /// The rows for which it is UNKNOWN though they have an identifier, by its family.
    unknown: Vec<(FamilyId, RowSet)>,
    /// Tells which rows have none; none where all have one.
    missing: Option<&'a ColumnReader>,
}

impl<'a> IdentifierLeaf<'a> {
    /// Takes what a test says of the places of `identifiers`, which are those of `column`.
    pub(super) fn new(
        identifiers: &Identifiers,
        column: &'a ColumnReader,
        found: &SerialRows<'_>,
    ) -> Result<Self> {
        let (mut certain, mut possible) = (RowSet::new(), RowSet::new());
        let mut masks = Masks::default();
        let codes = found.codes.as_ref().map(|leaf| leaf.domain().chunks().collect::<Vec<_>>());
        let texts = found.texts.as_ref().map(|leaf| leaf.rows.chunks().collect::<Vec<_>>());
        let open: BTreeSet<u16> = [codes, texts].into_iter().flatten().flatten().collect();
        for key in open {
            let at = At::of(key, identifiers.keys().rows());
            let mut answer = Answer::all(Truth::False);
            if let Some(leaf) = &found.codes {
                answer.or(leaf.answer(at, &Part::Everything, &mut masks)?, &mut masks);
            }
            if let Some(leaf) = &found.texts {
                answer.or(leaf.answer(at, &Part::Everything, &mut masks)?, &mut masks);
            }
            let (sure, unknown) = answer.split(at.rows, &mut masks);
            add(&mut certain, at, &sure);
            add(&mut possible, at, &unknown);
            masks.put_back(sure);
            masks.put_back(unknown);
        }
        let certain = found.rows.to_row_set().union(&certain);
        let sure = rows_of(identifiers, &certain)?;
        let possible = possible.difference(&certain);
        let mut unknown = Vec::new();
        for group in identifiers.keys().groups() {
            if possible.range_count(group.rows.clone()) > 0 {
                let mut places = RowSet::new();
                places.push_range(group.rows.clone());
                let rows = rows_of(identifiers, &places.intersection(&possible))?;
                unknown.push((group.family, rows));
            }
        }
        let missing = (column.missing_total()? > 0).then_some(column);
        Ok(IdentifierLeaf { sure, unknown, missing })
    }

    /// Whether it is FALSE for all rows.
    pub(super) fn is_false(&self) -> bool {
        self.missing.is_none() && self.sure.is_empty() && self.unknown.is_empty()
    }

    /// The rows for which it is TRUE and UNKNOWN, where every row has an identifier.
    pub(super) fn rows(&self) -> Option<(RowSet, RowSet)> {
        if self.missing.is_some() {
            return None;
        }
        let unknown = self.unknown.iter().map(|(_, rows)| rows);
        let unknown = unknown.fold(RowSet::new(), |all, rows| all.union(rows));
        Some((self.sure.clone(), unknown))
    }

    /// The rows for which it is UNKNOWN though they have an identifier, by its family.
    pub(super) fn unknown(&self) -> impl Iterator<Item = (FamilyId, &RowSet)> {
        self.unknown.iter().map(|(family, rows)| (*family, rows))
    }

    /// All rows for which it is not FALSE, though they have an identifier.
    fn found(&self) -> impl Iterator<Item = &RowSet> {
        std::iter::once(&self.sure).chain(self.unknown.iter().map(|(_, rows)| rows))
    }

    /// The chunks that have a row for which it can be other than FALSE, all their rows; none stands
    /// for all.
    pub(super) fn domain(&self) -> Option<Ranges> {
        if self.missing.is_some() {
            return None;
        }
        let keys: BTreeSet<u16> = self.found().flat_map(RowSet::chunks).map(|it| it.0).collect();
        let mut domain = Ranges::new();
        for key in keys {
            let base = u64::from(key) << 16;
            domain.push(base..base + (1 << 16));
        }
        Some(domain)
    }

    pub(super) fn outlook(&self, at: At) -> Result<Option<Truth>> {
        let found = self.found().any(|rows| rows.chunk(at.key).is_some());
        let missing = match self.missing {
            Some(column) => column.chunk(usize::from(at.key))?.missing_count(),
            None => 0,
        };
        Ok(match missing {
            0 if !found => Some(Truth::False),
            all if all == at.rows => Some(Truth::Unknown),
            _ => None,
        })
    }

    pub(super) fn answer(&self, at: At, masks: &mut Masks) -> Result<Answer> {
        if let Some(truth) = self.outlook(at)? {
            return Ok(Answer::all(truth));
        }
        let (mut sure, mut possible) = (masks.empty(), masks.empty());
        self.missing_into(at, &mut possible)?;
        for rows in self.found().filter_map(|rows| rows.chunk(at.key)) {
            rows.or_into(&mut possible);
        }
        if let Some(rows) = self.sure.chunk(at.key) {
            rows.or_into(&mut sure);
        }
        Ok(Answer { sure: masks.part(sure), possible: Some(masks.part(possible)) })
    }

    /// Adds the rows of a chunk that have no identifier.
    pub(super) fn missing_into(&self, at: At, out: &mut Mask) -> Result<()> {
        match self.missing {
            Some(column) => column.chunk(usize::from(at.key))?.missing_into(out),
            None => Ok(()),
        }
    }
}

/// Adds a part of a chunk to a set.
fn add(set: &mut RowSet, at: At, part: &Part) {
    match part {
        Part::Nothing => {}
        Part::Everything => set.push_range(at.range()),
        Part::Rows(mask) => set.push_mask(at.key, mask),
    }
}

/// The rows of places.
fn rows_of(identifiers: &Identifiers, places: &RowSet) -> Result<RowSet> {
    let (mut walk, mut rows) = (identifiers.walk(), Gathered::default());
    for range in places.ranges() {
        walk.each_row(range, |row| rows.add(row))?;
    }
    Ok(rows.finish())
}

/// Rows that come in any order.
#[derive(Default)]
struct Gathered {
    few: Vec<u32>,
    /// By chunk, where there are many.
    many: BTreeMap<u16, Mask>,
}

/// Rows that are held before they become bits.
const FEW_MAX: usize = 1 << 16;

impl Gathered {
    fn add(&mut self, row: u32) {
        if self.few.len() == FEW_MAX {
            self.settle();
        }
        self.few.push(row);
    }

    /// Makes bits of the rows that are held.
    #[expect(clippy::cast_possible_truncation, reason = "the halves of 32 bits are 16 bits")]
    fn settle(&mut self) {
        for row in self.few.drain(..) {
            self.many.entry((row >> 16) as u16).or_insert_with(Mask::new).set(row as u16);
        }
    }

    fn finish(mut self) -> RowSet {
        if self.many.is_empty() {
            self.few.sort_unstable();
            self.few.dedup();
            return RowSet::from_sorted(self.few);
        }
        self.settle();
        let mut rows = RowSet::new();
        for (key, mask) in &self.many {
            rows.push_mask(*key, mask);
        }
        rows
    }
}
