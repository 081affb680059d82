//! The serial families of an index.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::{SerialFamily, SerialKey};
use crate::error::{Error, Result};
use crate::limits::{FAMILIES_MAX, SERIAL_BYTES_MAX};

/// The place of a family in its [`Families`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FamilyId(pub u8);

impl FamilyId {
    /// The family of the serials that fit none; it comes after all others.
    pub const OPAQUE: FamilyId = FamilyId(255);
}

/// The serial families of an index, no two of which fit the same serial. What none fits is opaque:
/// kept as text, ordered shortest first and then by byte.
///
/// As a document it is the list of the families, and reading it back checks them all.
///
/// # Examples
///
/// ```
/// use seriatim::{Families, FamilyId, SerialFamily, SerialKey};
///
/// let families = Families::new(vec![
///     SerialFamily::new("bike", "{plant:A2}{n:D11}")?,
///     SerialFamily::new("laptop", "LJ-{n:D1..6}")?,
/// ])?;
/// let key = families.classify("LJ-1440")?;
/// assert_eq!(key, SerialKey::Coded { family: FamilyId(1), code: 1440 });
/// assert_eq!(families.text(&key)?, "LJ-1440");
/// assert_eq!(families.classify("LJ1440")?, SerialKey::Opaque("LJ1440".into()));
/// # Ok::<(), seriatim::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<SerialFamily>", into = "Vec<SerialFamily>")]
pub struct Families(Vec<SerialFamily>);

impl Families {
    /// These families; units are in their order.
    ///
    /// # Errors
    ///
    /// `invalid_argument` when two share a name or a serial, or there are more than 255.
    pub fn new(families: Vec<SerialFamily>) -> Result<Self> {
        let mut all = Families::default();
        for family in families {
            all.push(family)?;
        }
        Ok(all)
    }

    /// Adds a family after the others.
    ///
    /// # Errors
    ///
    /// `invalid_argument` when there is one of this name, one fits a serial of this family, or there
    /// is no room. The message has a serial that fits both.
    pub fn push(&mut self, family: SerialFamily) -> Result<FamilyId> {
        let shared = self.0.iter().find_map(|it| Some((it, it.shared_serial(&family)?)));
        if let Some((other, example)) = shared
            && other.name() != family.name()
        {
            return Err(Error::invalid(format!(
                "`{example}` fits serial family `{}` (`{}`) and also `{}` (`{}`), so that it would \
                 not be known which it is; narrow one of their layouts, or declare one family for \
                 both",
                other.name(),
                other.layout(),
                family.name(),
                family.layout()
            )));
        }
        self.add(family)
    }

    /// Adds a family after the others, whatever serials they fit.
    fn add(&mut self, family: SerialFamily) -> Result<FamilyId> {
        if self.by_name(family.name()).is_some() {
            return Err(Error::invalid(format!(
                "two serial families are named `{}`; rename one",
                family.name()
            )));
        }
        let id = u8::try_from(self.0.len()).map_or(FamilyId::OPAQUE, FamilyId);
        if id == FamilyId::OPAQUE {
            return Err(Error::invalid(format!(
                "more than {FAMILIES_MAX} serial families; leave the rarest to be opaque"
            )));
        }
        self.0.push(family);
        Ok(id)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none, so that every serial is opaque.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The families and their places, in order.
    pub fn iter(&self) -> impl Iterator<Item = (FamilyId, &SerialFamily)> {
        (0..u8::MAX).map(FamilyId).zip(&self.0)
    }

    /// The family of this place.
    pub fn family(&self, id: FamilyId) -> Option<&SerialFamily> {
        self.0.get(usize::from(id.0))
    }

    /// The family of this name, and its place.
    pub fn by_name(&self, name: &str) -> Option<(FamilyId, &SerialFamily)> {
        self.iter().find(|(_, family)| family.name() == name)
    }

    /// The key of a serial. White space around it is no part of it.
    ///
    /// # Errors
    ///
    /// `invalid_argument` when the serial is empty, longer than 256 bytes or holds a control
    /// character.
    pub fn classify(&self, serial: &str) -> Result<SerialKey> {
        let serial = serial.trim();
        for (family, it) in self.iter() {
            if let Some(code) = it.encode(serial) {
                return Ok(SerialKey::Coded { family, code });
            }
        }
        check_serial(serial)?;
        Ok(SerialKey::Opaque(serial.into()))
    }

    /// The key of what may be there or not: none where there is nothing but white space.
    pub(crate) fn classify_present(&self, text: &str) -> Result<Option<SerialKey>> {
        let text = text.trim();
        (!text.is_empty()).then(|| self.classify(text)).transpose()
    }

    /// The text of a key, as its family normalises it.
    ///
    /// # Errors
    ///
    /// `corrupt` when there is no such family or the family has no such code.
    pub fn text(&self, key: &SerialKey) -> Result<String> {
        let mut text = String::new();
        self.text_into(key, &mut text)?;
        Ok(text)
    }

    /// Appends the text of a key.
    pub(crate) fn text_into(&self, key: &SerialKey, out: &mut String) -> Result<()> {
        match key {
            SerialKey::Opaque(text) => {
                out.push_str(text);
                Ok(())
            }
            SerialKey::Coded { family, code } => {
                let it = self.family(*family).ok_or_else(|| {
                    Error::corrupt(format!("serial family {} is not declared", family.0))
                })?;
                it.decode_into(*code, out)
            }
        }
    }
}

/// Refuses what cannot be a serial at all.
pub(crate) fn check_serial(serial: &str) -> Result<()> {
    if serial.is_empty() {
        return Err(Error::invalid("the serial is empty"));
    }
    if serial.len() > SERIAL_BYTES_MAX {
        return Err(Error::invalid(format!(
            "the serial has {} bytes, but a serial has at most {SERIAL_BYTES_MAX}",
            serial.len()
        )));
    }
    let mut controls = serial.chars().enumerate().filter(|(_, it)| it.is_control());
    if let Some((at, it)) = controls.next() {
        return Err(Error::invalid(format!(
            "character {} of the serial is the control character U+{:04X}; remove it",
            at + 1,
            u32::from(it)
        )));
    }
    Ok(())
}

impl Families {
    /// Reads the families of a file, which may be of a time when they could share serials: the first
    /// takes them.
    pub(crate) fn of_file<'de, D: Deserializer<'de>>(document: D) -> Result<Self, D::Error> {
        let mut all = Families::default();
        for family in Vec::<SerialFamily>::deserialize(document)? {
            all.add(family).map_err(D::Error::custom)?;
        }
        Ok(all)
    }
}

impl TryFrom<Vec<SerialFamily>> for Families {
    type Error = Error;

    fn try_from(families: Vec<SerialFamily>) -> Result<Self> {
        Families::new(families)
    }
}

impl From<Families> for Vec<SerialFamily> {
    fn from(families: Families) -> Self {
        families.0
    }
}
