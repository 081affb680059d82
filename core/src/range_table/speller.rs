//! Reads serials as tables spell them: another case, spaces, dashes left out, O for 0.

use crate::error::Result;
use crate::schema::Schema;
use crate::scope::Scope;
use crate::serial::{Families, FamilyId, Normaliser, SerialFamily, SerialKey};

/// Zeros that a spreadsheet may have taken off the front of a serial.
const LOST_ZEROS_MAX: usize = 16;

/// The families, and what each would read if it overlooked more.
#[derive(Debug)]
pub(super) struct Speller<'s> {
    families: &'s Families,
    /// A schema of the families and no columns, to bind what masks say.
    schema: Schema,
    /// From what changes least to what changes most.
    lenient: Vec<Vec<(FamilyId, SerialFamily)>>,
}

/// A serial as its family writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Coded {
    pub(super) family: FamilyId,
    pub(super) code: u128,
    pub(super) text: String,
}

/// What another spelling of a text would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Respelling {
    None,
    One(Coded),
    /// Serials of several families, as they write them.
    Several(String, String),
}

impl<'s> Speller<'s> {
    pub(super) fn new(families: &'s Families) -> Self {
        let levels: [fn(Normaliser) -> Normaliser; 3] = [
            |it| it.upper_case().without_spaces(),
            |it| it.upper_case().without_spaces().without_dashes(),
            |it| it.upper_case().without_spaces().without_dashes().zero_for_o().one_for_i(),
        ];
        let lenient = |level: fn(Normaliser) -> Normaliser| {
            let family = |(id, it): (FamilyId, &SerialFamily)| {
                // A layout that would then let one text be read in two ways is left out.
                it.clone().with_normaliser(level(it.normaliser())).ok().map(|it| (id, it))
            };
            families.iter().filter_map(family).collect()
        };
        Speller {
            families,
            schema: Schema::default().with_families(families.clone()),
            lenient: levels.map(lenient).into(),
        }
    }

    pub(super) fn families(&self) -> &'s Families {
        self.families
    }

    /// What keeps a condition on the serial from being one.
    pub(super) fn check(&self, scope: &Scope) -> Result<()> {
        self.schema.bind(scope).map(|_| ())
    }

    /// A serial of a family, as it is written.
    pub(super) fn fits(&self, text: &str) -> Option<Coded> {
        match self.families.classify(text).ok()? {
            SerialKey::Opaque(_) => None,
            SerialKey::Coded { family, code } => self.coded(family, code),
        }
    }

    fn coded(&self, family: FamilyId, code: u128) -> Option<Coded> {
        let text = self.families.family(family)?.decode(code).ok()?;
        Some(Coded { family, code, text })
    }

    /// What a text that fits no family would be in another spelling: the one that changes least.
    pub(super) fn respelled(&self, text: &str) -> Respelling {
        for level in &self.lenient {
            let mut found = level.iter().filter_map(|(id, lenient)| {
                let code = lenient.encode(text)?;
                let read = self.coded(*id, code)?;
                // Where the letters O and I fall away, codes stand for other serials.
                (lenient.encode(&read.text) == Some(code)).then_some(read)
            });
            match (found.next(), found.next()) {
                (None, _) => {}
                (Some(one), None) => return Respelling::One(one),
                (Some(one), Some(other)) => return Respelling::Several(one.text, other.text),
            }
        }
        Respelling::None
    }

    /// Whether some family reads a text, as it is written or in another spelling.
    pub(super) fn reads(&self, text: &str) -> bool {
        self.fits(text).is_some() || self.respelled(text) != Respelling::None
    }

    /// The one serial that digits are with zeros in front.
    pub(super) fn with_zeros(&self, digits: &str) -> Option<Coded> {
        if digits.is_empty() || !digits.bytes().all(|it| it.is_ascii_digit()) {
            return None;
        }
        let mut padded = digits.to_owned();
        let mut found = None;
        for _ in 0..LOST_ZEROS_MAX {
            padded.insert(0, '0');
            if let Some(read) = self.fits(&padded)
                && found.replace(read).is_some()
            {
                return None;
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn families(layouts: &[&str]) -> Families {
        let family = |layout: &&str| SerialFamily::new(layout, layout).unwrap();
        Families::new(layouts.iter().map(family).collect()).unwrap()
    }

    fn respelled(layouts: &[&str], text: &str) -> Option<String> {
        match Speller::new(&families(layouts)).respelled(text) {
            Respelling::None => None,
            Respelling::One(read) => Some(read.text),
            Respelling::Several(one, other) => Some(format!("{one} or {other}")),
        }
    }

    #[test]
    fn spellings_become_the_familys_own() {
        let laptop = ["LJ-{n:D1..6}"];
        for text in ["lj-1440", "LJ - 1440", "LJ\u{2013}1440", "LJ1440", "LJ-144O"] {
            assert_eq!(respelled(&laptop, text).as_deref(), Some("LJ-1440"), "{text}");
        }
        assert_eq!(respelled(&laptop, "LK-1440"), None);
        assert_eq!(respelled(&["{a:X4}"], "ab0o").as_deref(), Some("AB0O"));
        assert_eq!(respelled(&["{a:A2}-{n:D3}"], "OIO"), None);
        assert_eq!(respelled(&["{a:A2}-{n:D3}"], "OI0I2").as_deref(), Some("OI-012"));
    }

    #[test]
    fn two_families_are_a_doubt() {
        let both = ["A-{n:D3}", "A{n:D3}"];
        assert_eq!(respelled(&both, "a 123").as_deref(), Some("A123"));
        assert_eq!(respelled(&both, "A_123"), None);
        assert_eq!(
            respelled(&["A-{n:D3}", "A_{n:D3}", "a{n:D3}"], "A 123").as_deref(),
            Some("a123")
        );
        assert_eq!(respelled(&["A-{n:D3}", "-A{n:D3}"], "A123").as_deref(), Some("A-123 or -A123"));
    }

    #[test]
    fn zeros_come_back_where_one_serial_can_be_meant() {
        let it = families(&["{n:D8}"]);
        let read = |text: &str| Speller::new(&it).with_zeros(text).map(|it| it.text);
        assert_eq!(read("42500").as_deref(), Some("00042500"));
        assert_eq!(read("4250A"), None);
        assert_eq!(read("123456789"), None);
        let two = families(&["{n:D8}", "{n:D6}"]);
        assert_eq!(Speller::new(&two).with_zeros("42500"), None);
    }
}
