//! Tests of a field of the serial.

use super::Truth;
use crate::serial::{Families, FamilyId, SerialKey};

/// What a field of the serial must be, family by family. A serial of a family without the field has
/// none, and so has one that fits no family.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FieldTest {
    /// As the first family that has it declares it.
    name: Box<str>,
    /// By family, in their order.
    families: Vec<Option<FieldNumbers>>,
}

/// The values of a field of one family that pass.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FieldNumbers {
    /// Which of the family's fields it is, from left to right.
    pub(crate) place: usize,
    /// The numbers of the values: ranges with both ends included, ascending, disjoint.
    pub(crate) numbers: Vec<(u128, u128)>,
}

impl FieldTest {
    pub(super) fn new(name: &str, families: Vec<Option<FieldNumbers>>) -> Self {
        FieldTest { name: name.into(), families }
    }

    /// The name of the field.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What passes in a family; none where the family has no such field.
    pub(crate) fn family(&self, family: FamilyId) -> Option<&FieldNumbers> {
        self.families.get(usize::from(family.0))?.as_ref()
    }

    /// What the test says of a serial; UNKNOWN where the serial has no such field.
    pub(super) fn truth(&self, families: &Families, key: &SerialKey) -> Truth {
        let SerialKey::Coded { family, code } = key else { return Truth::Unknown };
        let asked = self.family(*family).zip(families.family(*family));
        let Some((asked, family)) = asked else { return Truth::Unknown };
        let number = family.fields().nth(asked.place).map(|field| field.number_of(*code));
        Truth::from(number.map(|number| {
            let at = asked.numbers.partition_point(|(_, last)| *last < number);
            asked.numbers.get(at).is_some_and(|(first, _)| *first <= number)
        }))
    }

    /// Whether a serial has no such field.
    pub(super) fn is_missing(&self, key: &SerialKey) -> bool {
        match key {
            SerialKey::Coded { family, .. } => self.family(*family).is_none(),
            SerialKey::Opaque(_) => true,
        }
    }
}
