//! Serials by the million, as keys.

use std::fmt;

use crate::error::Result;
use crate::serial::{Families, FamilyId, SerialFamily, SerialKey};

/// A set of serials, ascending and unique. A code takes 8 bytes where its family has no more than
/// 2^64 serials.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct BoundSerials {
    /// By family, ascending.
    coded: Vec<(FamilyId, Codes)>,
    /// In the order of opaque keys.
    opaque: Vec<SerialKey>,
}

/// The codes of one family, ascending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Codes {
    Narrow(Vec<u64>),
    Wide(Vec<u128>),
}

impl BoundSerials {
    /// The keys of serials. An error comes with the number of the serial at fault, from 1.
    pub(super) fn new<'a>(
        serials: impl Iterator<Item = &'a str>,
        families: &Families,
    ) -> Result<Self, (crate::error::Error, usize)> {
        let mut coded: Vec<(FamilyId, Codes)> =
            families.iter().map(|(id, family)| (id, Codes::of(family))).collect();
        let mut opaque = Vec::new();
        for (number, serial) in (1..).zip(serials) {
            match families.classify(serial).map_err(|error| (error, number))? {
                SerialKey::Coded { family, code } => {
                    if let Some((_, codes)) = coded.get_mut(usize::from(family.0)) {
                        codes.push(code);
                    }
                }
                key @ SerialKey::Opaque(_) => opaque.push(key),
            }
        }
        coded.retain(|(_, codes)| codes.len() > 0);
        for (_, codes) in &mut coded {
            codes.settle();
        }
        opaque.sort_unstable();
        opaque.dedup();
        opaque.shrink_to_fit();
        Ok(BoundSerials { coded, opaque })
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.coded.iter().map(|(_, codes)| codes.len()).sum::<usize>() + self.opaque.len()
    }

    /// Whether a serial is one of them.
    pub(crate) fn contains(&self, key: &SerialKey) -> bool {
        match key {
            SerialKey::Opaque(_) => self.opaque.binary_search(key).is_ok(),
            SerialKey::Coded { family, code } => {
                self.codes(*family).is_some_and(|it| it.contains(*code))
            }
        }
    }

    /// The codes of a family, where there are any.
    pub(crate) fn codes(&self, family: FamilyId) -> Option<&Codes> {
        self.coded.iter().find(|(id, _)| *id == family).map(|(_, codes)| codes)
    }

    /// The keys of one after another, ascending.
    pub(crate) fn keys(&self) -> impl Iterator<Item = SerialKey> {
        let coded = self.coded.iter().flat_map(|(family, codes)| {
            codes.iter().map(|code| SerialKey::Coded { family: *family, code })
        });
        coded.chain(self.opaque.iter().cloned())
    }
}

impl Codes {
    fn of(family: &SerialFamily) -> Self {
        match u64::try_from(family.last_code()) {
            Ok(_) => Codes::Narrow(Vec::new()),
            Err(_) => Codes::Wide(Vec::new()),
        }
    }

    fn push(&mut self, code: u128) {
        match self {
            // The family's last code is a `u64`.
            Codes::Narrow(codes) => codes.extend(u64::try_from(code)),
            Codes::Wide(codes) => codes.push(code),
        }
    }

    fn settle(&mut self) {
        match self {
            Codes::Narrow(codes) => {
                codes.sort_unstable();
                codes.dedup();
                codes.shrink_to_fit();
            }
            Codes::Wide(codes) => {
                codes.sort_unstable();
                codes.dedup();
                codes.shrink_to_fit();
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Codes::Narrow(codes) => codes.len(),
            Codes::Wide(codes) => codes.len(),
        }
    }

    pub(crate) fn contains(&self, code: u128) -> bool {
        match self {
            Codes::Narrow(codes) => {
                u64::try_from(code).is_ok_and(|code| codes.binary_search(&code).is_ok())
            }
            Codes::Wide(codes) => codes.binary_search(&code).is_ok(),
        }
    }

    /// The codes, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u128> {
        let (narrow, wide) = match self {
            Codes::Narrow(codes) => (codes.as_slice(), &[][..]),
            Codes::Wide(codes) => (&[][..], codes.as_slice()),
        };
        narrow.iter().map(|code| u128::from(*code)).chain(wide.iter().copied())
    }
}

impl fmt::Debug for BoundSerials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BoundSerials({})", self.len())
    }
}
