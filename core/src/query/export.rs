//! Sets of units as standard bitmaps, for other tools.

use super::UnitSet;
use crate::bitmap::RowSet;
use crate::error::{Error, Result};
use crate::index::Snapshot;

/// The rows of one segment that are in a set, as portable Roaring bytes, with the segment's id.
///
/// Row numbers mean nothing outside their segment, so the id goes with them.
///
/// # Examples
///
/// ```
/// use seriatim::io::MemoryDirectory;
/// use seriatim::{Index, LoadOptions, Record, Schema, Units};
///
/// let index = Index::create_in(MemoryDirectory::new(), Schema::new(vec![])?)?;
/// let units = (1..=9).map(|n| Record::of_serial(format!("A{n:03}")));
/// index.load_units(Units::records(units), LoadOptions::default())?;
/// let snapshot = index.snapshot();
///
/// let late = snapshot.select(&"serial >= 'A007'".parse()?)?.affected;
/// let bytes = late.to_roaring();
/// assert_eq!(snapshot.set_from_roaring(&bytes)?.len(), 3);
/// # Ok::<(), seriatim::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentRows {
    /// The id of the segment, 32 hexadecimal digits.
    pub segment: String,
    /// The rows, as portable Roaring bytes with runs where they are smaller.
    pub rows: Vec<u8>,
}

impl UnitSet {
    /// The rows of each segment that has units of the set.
    pub fn to_roaring(&self) -> Vec<SegmentRows> {
        let segments = self.snapshot().segments().iter().zip(self.rows());
        segments
            .filter(|(_, rows)| !rows.is_empty())
            .map(|(segment, rows)| SegmentRows {
                segment: segment.units.id().to_string(),
                rows: rows.to_portable(),
            })
            .collect()
    }
}

impl Snapshot {
    /// The set of units that these rows are.
    ///
    /// # Errors
    ///
    /// `conflict` when the rows are of a segment that this snapshot does not have, come twice for
    /// one segment, or name a unit that a later one has replaced: the set was made on another
    /// version. `corrupt` when the bytes are no bitmap or name rows that the segment does not have.
    pub fn set_from_roaring(&self, parts: &[SegmentRows]) -> Result<UnitSet> {
        let mut sets: Vec<Option<RowSet>> = vec![None; self.segments().len()];
        for part in parts {
            let place =
                self.segments().iter().position(|it| it.units.id().to_string() == part.segment);
            let (segment, slot) =
                place.and_then(|at| self.segments().get(at).zip(sets.get_mut(at))).ok_or_else(
                    || Error::conflict("the rows are of a segment that this version does not have"),
                )?;
            if slot.is_some() {
                return Err(Error::conflict("the rows of a segment come twice; join them first"));
            }
            let rows = RowSet::from_portable(&part.rows)?;
            if rows.range_count(segment.units.rows()..u64::MAX) > 0 {
                return Err(Error::corrupt("the bitmap names rows that the segment does not have"));
            }
            if !rows.intersection(&segment.retired).is_empty() {
                return Err(Error::conflict(
                    "the rows name a unit that a later one has replaced; take the set anew",
                ));
            }
            *slot = Some(rows);
        }
        Ok(UnitSet::of(self.clone(), sets.into_iter().map(Option::unwrap_or_default).collect()))
    }
}

#[cfg(test)]
mod tests {
    use roaring::RoaringBitmap;

    use super::SegmentRows;
    use crate::error::ErrorKind;
    use crate::index::{DuplicatePolicy, Index, LoadOptions, Snapshot, Units};
    use crate::io::MemoryDirectory;
    use crate::schema::{Record, Schema};

    fn snapshot(replaced: bool) -> Snapshot {
        let index = Index::create_in(MemoryDirectory::new(), Schema::default()).unwrap();
        let units = |range: std::ops::Range<u32>| {
            Units::records(range.map(|it| Record::of_serial(format!("A{it:05}"))))
        };
        let options = || LoadOptions::default().segment_rows_max(400);
        index.load_units(units(0..1_000), options()).unwrap();
        if replaced {
            let latest = options().duplicates(DuplicatePolicy::LatestWins);
            index.load_units(units(5..6), latest).unwrap();
        }
        index.snapshot()
    }

    #[test]
    fn sets_go_out_and_come_back_and_other_tools_read_them() {
        let snapshot = snapshot(false);
        let scope = "serial BETWEEN 'A00300' AND 'A00499' OR serial = 'A00001'";
        let set = snapshot.select(&scope.parse().unwrap()).unwrap().affected;
        let bytes = set.to_roaring();
        let counts: Vec<u64> = bytes
            .iter()
            .map(|it| RoaringBitmap::deserialize_from(it.rows.as_slice()).unwrap().len())
            .collect();
        assert_eq!(counts, [101, 100]);
        let again = snapshot.set_from_roaring(&bytes).unwrap();
        assert!(again.difference(&set).unwrap().is_empty());
        assert_eq!(again.len(), set.len());
        assert!(snapshot.set_from_roaring(&[]).unwrap().is_empty());
    }

    #[test]
    fn rows_of_another_segment_or_version_are_refused() {
        let (before, after) = (snapshot(false), snapshot(true));
        let bytes = before.all().to_roaring();
        let kind = |parts: &[SegmentRows]| after.set_from_roaring(parts).unwrap_err().kind();
        assert_eq!(kind(&bytes), ErrorKind::Conflict); // A00005 was replaced
        let other = SegmentRows { segment: "0".repeat(32), rows: bytes[0].rows.clone() };
        assert_eq!(kind(&[other]), ErrorKind::Conflict);
        let twice = [bytes[1].clone(), bytes[1].clone()];
        assert_eq!(kind(&twice), ErrorKind::Conflict);
        let cut = SegmentRows { segment: bytes[1].segment.clone(), rows: vec![1, 2, 3] };
        assert_eq!(kind(&[cut]), ErrorKind::Corrupt);
        let mut far = Vec::new();
        RoaringBitmap::from([400]).serialize_into(&mut far).unwrap();
        let far = SegmentRows { segment: bytes[1].segment.clone(), rows: far };
        assert_eq!(kind(&[far]), ErrorKind::Corrupt);
    }
}
