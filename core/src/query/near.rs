//! Which serials the ones that fit no family may be.

use std::collections::BTreeMap;

use super::order::Unit;
use super::plan::{CaseBook, Kind, Plan};
use super::ranges::Ranges;
use super::select::select_node;
use super::serials::Doubtful;
use super::{Selection, UnitSet};
use crate::bitmap::RowSet;
use crate::error::Result;
use crate::scope::{BoundNode, NodeId, SerialTest};
use crate::serial::{Families, FamilyId, KeyRange, SerialKey};

/// A serial that fits no declared family and nearly fits one.
///
/// # Examples
///
/// ```
/// use seriatim::io::MemoryDirectory;
/// use seriatim::{Families, Index, LoadOptions, Record, Schema, SerialFamily, Units};
///
/// let families = Families::new(vec![SerialFamily::new("laptop", "LJ-{n:D4}")?])?;
/// let index =
///     Index::create_in(MemoryDirectory::new(), Schema::default().with_families(families))?;
/// index.load_units(Units::records([Record::of_serial("LJ-1440")]), LoadOptions::default())?;
///
/// let answer = index.snapshot().lookup(&["LJ-1440", "lj 144O", "LJ-14x7", "something"])?;
/// assert_eq!(answer.invalid, [1, 2, 3]);
/// let [found, resembles] = &answer.near_misses[..] else { panic!() };
/// assert_eq!((found.place, found.family.as_str()), (1, "laptop"));
/// assert_eq!(found.unit.as_ref().map(|unit| unit.serial()), Some("LJ-1440"));
/// assert_eq!((resembles.place, &resembles.unit), (2, &None));
/// # Ok::<(), seriatim::Error>(())
/// ```
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearMiss {
    /// The place of the serial in the list that was asked.
    pub place: usize,
    /// The name of the family that it nearly fits.
    pub family: String,
    /// The unit that it would be, were case, spaces, dashes, dots, slashes and underscores, O for 0
    /// and I for 1 overlooked; none where that is no unit, or is not the only one.
    pub unit: Option<Unit>,
}

impl Selection {
    /// The undetermined units whose serials, or whose identifiers where the scope has ranges of
    /// them, fit no family and may be misread ones of a range, or begin between the ends of a range
    /// that fit no family.
    ///
    /// Reads the serials and identifiers that fit no family, once for each family of a range.
    ///
    /// # Errors
    ///
    /// `corrupt` when a file is damaged where it is read; `io`.
    ///
    /// # Examples
    ///
    /// ```
    /// use seriatim::io::MemoryDirectory;
    /// use seriatim::{Families, Index, LoadOptions, Record, Schema, SerialFamily, Units};
    ///
    /// let families = Families::new(vec![SerialFamily::new("bike", "{n:D8}")?])?;
    /// let schema = Schema::default().with_families(families);
    /// let index = Index::create_in(MemoryDirectory::new(), schema)?;
    /// let units = ["00042500", "00046A00", "42500"].map(Record::of_serial);
    /// let options = LoadOptions::default().declared_families_only();
    /// index.load_units(Units::records(units), options)?;
    ///
    /// let scope = "serial BETWEEN '00042500' AND '00047800'".parse()?;
    /// let near = index.snapshot().select(&scope)?.near_misses()?;
    /// assert_eq!((near.len(), near.contains("", "00046A00")?), (1, true));
    /// # Ok::<(), seriatim::Error>(())
    /// ```
    pub fn near_misses(&self) -> Result<UnitSet> {
        let snapshot = self.affected.snapshot();
        let bound = self.scope();
        let mut near =
            UnitSet::of(snapshot.clone(), vec![RowSet::new(); snapshot.segments().len()]);
        let mut coded = BTreeMap::<FamilyId, Vec<(u128, u128)>>::new();
        let mut of_identifiers = Vec::new();
        for (node, it) in bound.nodes() {
            match it {
                BoundNode::Serial(SerialTest::Range(KeyRange::Coded { family, first, last })) => {
                    coded.entry(*family).or_default().push((*first, *last));
                }
                BoundNode::Serial(SerialTest::Range(_)) => {
                    let found = select_node(snapshot, bound, node, None)?.undetermined;
                    near = near.union(&UnitSet::of(snapshot.clone(), found))?;
                }
                BoundNode::Identifier { test: SerialTest::Range(_), .. } => {
                    of_identifiers.push(node);
                }
                _ => {}
            }
        }
        let mut rows = Vec::new();
        for segment in snapshot.segments() {
            let mut parts = Vec::new();
            for (family, ranges) in &coded {
                let Some(family) = bound.schema().families().family(*family) else { continue };
                let doubtful = Doubtful::new(segment.units.keys(), family)?;
                parts.extend(ranges.iter().map(|(first, last)| doubtful.of_range(*first, *last)));
            }
            rows.push(Ranges::join(parts, Ranges::union).unwrap_or_default().to_row_set());
        }
        near = near.union(&UnitSet::of(snapshot.clone(), rows))?;
        near = near.union(&self.identifiers_in_doubt(&of_identifiers)?)?;
        near.intersection(&self.undetermined)
    }

    /// The units that have an identifier for which one of these ranges is UNKNOWN.
    fn identifiers_in_doubt(&self, ranges: &[NodeId]) -> Result<UnitSet> {
        let (snapshot, bound) = (self.affected.snapshot(), self.scope());
        let book = CaseBook::new(bound);
        let mut rows = Vec::new();
        for segment in snapshot.segments() {
            let mut of_segment = RowSet::new();
            for node in ranges {
                let plan = Plan::new(segment, bound, &book, *node)?;
                if let Kind::Identifiers(leaf) = &plan.root.kind {
                    of_segment = leaf.unknown().fold(of_segment, |all, (_, rows)| all.union(rows));
                }
            }
            rows.push(of_segment);
        }
        Ok(UnitSet::of(snapshot.clone(), rows))
    }
}

/// What an invalid serial may be.
#[derive(Clone, Debug)]
pub(super) struct Guess {
    pub(super) family: FamilyId,
    /// The serial that it would be, with everything overlooked.
    pub(super) key: Option<SerialKey>,
}

/// What a text that fits no family may be; none where it is like no serial.
pub(super) fn guess(families: &Families, text: &str) -> Option<Guess> {
    let read = families.iter().find_map(|(family, it)| Some((family, it.misread(text)?)));
    if let Some((family, code)) = read {
        return Some(Guess { family, key: Some(SerialKey::Coded { family, code }) });
    }
    let (family, _) = families.iter().find(|(_, it)| it.resembles(text))?;
    Some(Guess { family, key: None })
}
