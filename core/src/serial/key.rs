//! What a serial is inside an index, and the order of serials.

use std::cmp::Ordering;

use super::FamilyId;

/// A serial as its family encodes it, or its text where no family fits.
///
/// The order is the order of rows within a namespace: by family and code, then the opaque serials,
/// shortest first and then by byte.
///
/// # Examples
///
/// ```
/// use seriatim::{FamilyId, SerialKey};
///
/// let coded = SerialKey::Coded { family: FamilyId(0), code: 1440 };
/// assert!(coded < SerialKey::Opaque("B-7".into()));
/// assert!(SerialKey::Opaque("B-7".into()) < SerialKey::Opaque("A-10".into()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SerialKey {
    /// A serial of a family.
    Coded {
        /// The family.
        family: FamilyId,
        /// Its code there.
        code: u128,
    },
    /// A serial that fits no family, as it was written.
    Opaque(Box<str>),
}

impl SerialKey {
    /// The family, [`FamilyId::OPAQUE`] where none fits.
    pub fn family(&self) -> FamilyId {
        match self {
            SerialKey::Coded { family, .. } => *family,
            SerialKey::Opaque(_) => FamilyId::OPAQUE,
        }
    }
}

impl Ord for SerialKey {
    fn cmp(&self, other: &Self) -> Ordering {
        use SerialKey::{Coded, Opaque};
        match (self, other) {
            (Coded { family: f, code: c }, Coded { family: g, code: d }) => (f, c).cmp(&(g, d)),
            (Coded { .. }, Opaque(_)) => Ordering::Less,
            (Opaque(_), Coded { .. }) => Ordering::Greater,
            (Opaque(a), Opaque(b)) => opaque_order(a, b),
        }
    }
}

impl PartialOrd for SerialKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The order of serials that fit no family: shortest first, then by byte.
pub(crate) fn opaque_order(a: &str, b: &str) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}
