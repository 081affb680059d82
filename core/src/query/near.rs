//! Which serials the ones that fit no family may be.

use super::order::Unit;
use crate::serial::{Families, FamilyId, SerialKey};

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
