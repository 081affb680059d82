//! A field of the serial as what units are counted by.

use super::tally::Slot;
use crate::column::number_ordinal;
use crate::error::{Error, Result};
use crate::limits::GROUPS_MAX;
use crate::serial::{Families, FamilyId, SerialField, SerialKey};

/// A field of the serial, family by family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FieldKeys {
    families: Vec<Option<FieldPlace>>,
    /// What ordinals are places in, sorted; none where values are numbers.
    texts: Option<Vec<String>>,
}

/// Where one family has the field.
#[derive(Clone, Debug, PartialEq, Eq)]
struct FieldPlace {
    weight: u128,
    /// The greatest number of a value.
    last: u128,
    ordinals: Ordinals,
}

/// The ordinals of the numbers of values.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Ordinals {
    /// Of values that are numbers, from this one on.
    From(i64),
    /// Number by number.
    Listed(Vec<u64>),
}

impl FieldKeys {
    /// Finds a field of the serial or of an identifier by name.
    ///
    /// # Errors
    ///
    /// `not_found` when no family has it; `invalid_argument` when it has too many texts.
    pub(super) fn new((of, families): (&str, &Families), name: &str) -> Result<Self> {
        let fields: Vec<_> = families.iter().map(|(_, family)| family.field(name)).collect();
        if fields.iter().all(Option::is_none) {
            return Err(Error::not_found(format!(
                "no family of `{of}` has a field `{name}` to count by"
            )));
        }
        let first = |field: &SerialField<'_>| field.values_between().map(|(first, _)| first);
        if fields.iter().flatten().all(|field| first(field).is_some()) {
            let place = |field: &SerialField<'_>| {
                let ordinals = Ordinals::From(first(field)?);
                Some(FieldPlace { weight: field.weight(), last: field.last(), ordinals })
            };
            let families = fields.iter().map(|field| field.as_ref().and_then(place)).collect();
            return Ok(FieldKeys { families, texts: None });
        }
        let mut labels = Vec::with_capacity(fields.len());
        for field in &fields {
            labels.push(field.as_ref().map(|it| all_labels(it, (of, name))).transpose()?);
        }
        let mut texts: Vec<String> = labels.iter().flatten().flatten().cloned().collect();
        texts.sort_unstable();
        texts.dedup();
        let place = |(field, labels): (&Option<SerialField<'_>>, Option<Vec<String>>)| {
            let (field, labels) = field.as_ref().zip(labels)?;
            let place = |label: String| texts.partition_point(|it| *it < label) as u64;
            let ordinals = Ordinals::Listed(labels.into_iter().map(place).collect());
            Some(FieldPlace { weight: field.weight(), last: field.last(), ordinals })
        };
        let families = fields.iter().zip(labels).map(place).collect();
        Ok(FieldKeys { families, texts: Some(texts) })
    }

    /// Whether the values are texts.
    pub(super) fn has_texts(&self) -> bool {
        self.texts.is_some()
    }

    /// The text of an ordinal.
    pub(super) fn text(&self, ordinal: u64) -> Result<&str> {
        let texts = self.texts.as_deref().unwrap_or_default();
        let text = usize::try_from(ordinal).ok().and_then(|at| texts.get(at));
        text.map(String::as_str).ok_or_else(|| Error::corrupt("a field has a value without a text"))
    }

    /// What a serial has.
    pub(super) fn slot(&self, key: &SerialKey) -> Slot {
        match key {
            SerialKey::Opaque(_) => Slot::Missing,
            SerialKey::Coded { family, code } => match self.family(*family) {
                None => Slot::Missing,
                Some(place) => place.slot(*code),
            },
        }
    }

    /// What two serials of a family and all between them have, where that is the same.
    pub(super) fn common(&self, family: FamilyId, first: u128, last: u128) -> Option<Slot> {
        match self.family(family) {
            None => Some(Slot::Missing),
            Some(place) => (first / place.weight == last / place.weight).then(|| place.slot(first)),
        }
    }

    /// Appends what the codes of a family have.
    pub(super) fn slots_into(&self, family: FamilyId, codes: &[u128], out: &mut Vec<Slot>) {
        match self.family(family) {
            None => out.resize(out.len() + codes.len(), Slot::Missing),
            Some(place) => out.extend(codes.iter().map(|code| place.slot(*code))),
        }
    }

    fn family(&self, family: FamilyId) -> Option<&FieldPlace> {
        self.families.get(usize::from(family.0))?.as_ref()
    }
}

impl FieldPlace {
    #[inline]
    fn slot(&self, code: u128) -> Slot {
        let divided = |a: u128, b: u128| match (u64::try_from(a), u64::try_from(b)) {
            (Ok(a), Ok(b)) => (u128::from(a / b), u128::from(a % b)),
            _ => (a / b, a % b),
        };
        let number = divided(code, self.weight).0;
        let number = match self.last.checked_add(1) {
            Some(count) if number >= count => divided(number, count).1,
            _ => number,
        };
        match &self.ordinals {
            // Values fit 64 bits with their sign.
            Ordinals::From(first) => match i64::try_from(number) {
                Ok(number) => Slot::Value(number_ordinal(first.saturating_add(number))),
                Err(_) => Slot::Missing,
            },
            Ordinals::Listed(ordinals) => {
                let place = usize::try_from(number).ok().and_then(|at| ordinals.get(at));
                place.map_or(Slot::Missing, |it| Slot::Value(*it))
            }
        }
    }
}

/// The texts of all values of a field.
fn all_labels(field: &SerialField<'_>, (of, name): (&str, &str)) -> Result<Vec<String>> {
    if field.last() >= GROUPS_MAX as u128 {
        return Err(Error::invalid(format!(
            "field `{of}.{name}` has more than {GROUPS_MAX} texts; count by a shorter field"
        )));
    }
    Ok((0..=field.last()).map(|number| field.label(number)).collect())
}
