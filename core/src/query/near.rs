//! Which serials the ones that fit no family may be.

use super::order::Unit;
use crate::serial::{Families, FamilyId, Normaliser, SerialFamily, SerialKey};

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

/// Guesses what invalid serials may be.
pub(super) struct Guesser<'a> {
    families: &'a Families,
    /// Each family as one that overlooks much, and the separators it then still has; none where it
    /// cannot.
    lenient: Vec<Option<(SerialFamily, Vec<char>)>>,
}

impl<'a> Guesser<'a> {
    pub(super) fn new(families: &'a Families) -> Self {
        let lenient = |family: &SerialFamily| {
            let letters = Normaliser::new().upper_case().zero_for_o().one_for_i();
            let all = letters.without_spaces().without_dashes();
            // Without its dashes a layout may no longer tell where a field ends.
            let lenient = [all, letters].map(|it| family.clone().with_normaliser(it).ok());
            let lenient = lenient.into_iter().flatten().next()?;
            let separators = SEPARATORS.into_iter().filter(|it| family.layout().contains(*it));
            Some((lenient, separators.collect()))
        };
        Guesser { families, lenient: families.iter().map(|(_, it)| lenient(it)).collect() }
    }

    /// What a text that fits no family may be; none where it is like no serial.
    pub(super) fn guess(&self, text: &str) -> Option<Guess> {
        for ((family, exact), lenient) in self.families.iter().zip(&self.lenient) {
            let Some((lenient, separators)) = lenient else { continue };
            let code = lenient.encode(text);
            let code = code.or_else(|| separators.iter().find_map(|it| with(lenient, text, *it)));
            let code = code.or_else(|| lenient.encode(&bare(text)));
            if let Some(code) = code.and_then(|code| recoded(lenient, exact, code)) {
                return Some(Guess { family, key: Some(SerialKey::Coded { family, code }) });
            }
        }
        let like = self.families.iter().find(|(_, exact)| exact.resembles(text))?;
        Some(Guess { family: like.0, key: None })
    }
}

/// What separates the parts of serials, besides dashes and spaces.
const SEPARATORS: [char; 3] = ['.', '/', '_'];
/// Characters of a text in which a separator that is left out is looked for.
const SHORT_MAX: usize = 32;

/// The text without separators.
fn bare(text: &str) -> String {
    text.chars().filter(|it| !SEPARATORS.contains(it)).collect()
}

/// The code of a text whose separators are all this one, or which has it in one more place.
fn with(family: &SerialFamily, text: &str, separator: char) -> Option<u128> {
    let other =
        |it: char| SEPARATORS.contains(&it) || matches!(it, ' ' | '-' | '\u{2010}'..='\u{2015}');
    let same: String = text.chars().map(|it| if other(it) { separator } else { it }).collect();
    if same.contains(separator) {
        return family.encode(&same);
    }
    if text.len() > SHORT_MAX {
        return None;
    }
    let places = text.char_indices().map(|(at, _)| at).skip(1);
    places.into_iter().find_map(|at| {
        let (head, tail) = text.split_at_checked(at)?;
        family.encode(&format!("{head}{separator}{tail}"))
    })
}

/// The code that a serial of one family has in another of the same fields.
fn recoded(from: &SerialFamily, to: &SerialFamily, code: u128) -> Option<u128> {
    let mut sum = 0_u128;
    for (ours, theirs) in from.fields().zip(to.fields()) {
        let number = theirs.number_of_text(&ours.label(ours.number_of(code)))?;
        sum = sum.checked_add(number.checked_mul(theirs.weight())?)?;
    }
    to.decode(sum).is_ok().then_some(sum)
}
