//! One unit as a scanner names it.

use super::ElementString;
use super::element_string::{Form, check_length};
use super::raw;
use crate::error::{Error, Result};
use crate::serial::Families;

/// One unit as a scanner names it: a serial, and its namespace where the label tells it.
///
/// # Examples
///
/// ```
/// use seriatim::{Families, Scanned};
///
/// let families = Families::default();
/// for text in [
///     "https://id.gs1.org/01/09506000134352/21/A1",
///     "(01)09506000134352(21)A1",
///     "]d2010950600013435221A1",
///     "urn:epc:id:sgtin:9506000.013435.A1",
/// ] {
///     let scanned = Scanned::read(text, &families)?;
///     assert_eq!((scanned.namespace(), scanned.serial()), (Some("09506000134352"), "A1"));
/// }
/// let scanned = Scanned::read("LJ-1440", &families)?;
/// assert_eq!((scanned.namespace(), scanned.serial()), (None, "LJ-1440"));
/// # Ok::<(), seriatim::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scanned {
    serial: Box<str>,
    elements: Option<ElementString>,
}

impl Scanned {
    /// Reads what a scanner gives. Spaces and line ends around it are passed over.
    ///
    /// - What one of the families takes is a serial by itself.
    /// - Else what begins like data of GS1 ([`ElementString`]) is that, and must name a GTIN and a
    ///   serial. The namespace is the GTIN, 14 digits.
    /// - Behind any other symbology identifier, such as the `]Q1` of a QR code, the rest is read
    ///   by these same rules.
    /// - What begins with no FNC1 and yet reads as a GTIN with a right check digit (01) and a
    ///   serial (21) is data of GS1 too: many scanners leave FNC1 out.
    /// - Everything else is a serial by itself, whether or not it can be one.
    ///
    /// # Errors
    ///
    /// `invalid_argument` when it is longer than [`SCAN_BYTES_MAX`](crate::limits::SCAN_BYTES_MAX),
    /// or begins like data of GS1 and is damaged, or names no GTIN or no serial.
    pub fn read(text: &str, families: &Families) -> Result<Self> {
        check_length(text)?;
        let text = text.trim();
        let behind = behind_symbology(text);
        for text in std::iter::once(text).chain(behind) {
            if families.iter().any(|(_, family)| family.encode(text).is_some()) {
                return Ok(Scanned::bare(text));
            }
            if let Some(form) = Form::of(text) {
                return Scanned::of_elements(form.read(text)?);
            }
        }
        let text = behind.unwrap_or(text);
        let read = raw::read_data(text, 0).ok().filter(|it| it.gtin().is_some());
        let read = read.filter(|it| text.starts_with("01") && it.serial().is_some());
        read.map_or_else(|| Ok(Scanned::bare(text)), Scanned::of_elements)
    }

    /// The GTIN, 14 digits, where the label tells it.
    pub fn namespace(&self) -> Option<&str> {
        self.elements.as_ref().and_then(ElementString::gtin)
    }

    /// The serial as it was read: AI 21 with every character as it is, or the whole text.
    pub fn serial(&self) -> &str {
        &self.serial
    }

    /// The data of GS1 that the serial comes from, if it does.
    pub fn elements(&self) -> Option<&ElementString> {
        self.elements.as_ref()
    }

    fn bare(serial: &str) -> Self {
        Scanned { serial: serial.into(), elements: None }
    }

    fn of_elements(elements: ElementString) -> Result<Self> {
        if elements.gtin().is_none() {
            return Err(Error::invalid(
                "the code has no GTIN (AI 01), so it names no unit; scan the code that carries the \
                 GTIN and the serial, or type the serial",
            ));
        }
        let Some(serial) = elements.serial() else {
            return Err(Error::invalid(
                "the code has a GTIN but no serial (AI 21), so it names a product and no unit; \
                 scan the code that carries the serial, or type it",
            ));
        };
        Ok(Scanned { serial: serial.into(), elements: Some(elements) })
    }
}

/// What follows a symbology identifier (ISO/IEC 15424): `]`, a letter, and a digit or letter.
fn behind_symbology(text: &str) -> Option<&str> {
    let (identifier, rest) = text.split_at_checked(3)?;
    let [b']', code, modifier] = identifier.as_bytes() else { return None };
    (code.is_ascii_alphabetic() && modifier.is_ascii_alphanumeric() && !rest.is_empty())
        .then_some(rest)
}
