//! Data of GS1: application identifiers and what they say.

use std::fmt;
use std::str::FromStr;

use super::application::Application;
use super::{bracketed, digital_link, raw, sgtin};
use crate::error::{Error, Result};
use crate::limits::SCAN_BYTES_MAX;

/// The separator of element strings, as scanners transmit it.
pub(super) const FNC1: char = '\u{1d}';
/// What ends a message about data that were read wrong.
pub(super) const WAY_OUT: &str = "scan the label again, or type what is printed on it";

/// Data of GS1: application identifiers (AI) with their values, such as a GTIN (01) and a serial
/// (21).
///
/// It is read from each form in which a label or a scanner gives it:
///
/// | form | example |
/// |---|---|
/// | in brackets, as printed; `\(` for a bracket inside a value | `(01)09506000134352(21)A1` |
/// | behind FNC1 (U+001D), or one of the symbology identifiers `]C1`, `]e0`, `]d2`, `]Q3`, `]J1`, with FNC1 between | `]d2010950600013435221A1` |
/// | a GS1 Digital Link of any domain, with a path in front or without | `https://id.gs1.org/01/09506000134352/21/A1` |
/// | an SGTIN of EPC | `urn:epc:id:sgtin:9506000.013435.A1` |
///
/// Every value is held to the length, the characters and the check digit that the GS1 General
/// Specifications (section 3) give its identifier; dates and countries are not looked at. Values
/// are kept as they are: no case is folded and nothing is trimmed. In a Digital Link a GTIN of 8,
/// 12 or 13 digits is filled up to 14, the names `gtin`, `ser`, `lot` and so on of the first
/// version of the standard stand for their numbers, and what has another name in the query is
/// passed over.
///
/// # Examples
///
/// ```
/// use seriatim::ElementString;
///
/// let read: ElementString = "https://example.com/p/01/9506000134352/21/a%2F1?17=271231".parse()?;
/// assert_eq!((read.gtin(), read.serial()), (Some("09506000134352"), Some("a/1")));
/// assert_eq!(read.value("17"), Some("271231"));
/// assert_eq!(read.to_string(), "(01)09506000134352(21)a/1(17)271231");
/// assert_eq!(read.to_fnc1(), "\u{1d}010950600013435221a/1\u{1d}17271231");
///
/// let error = "(01)09506000134353(21)A1".parse::<ElementString>().unwrap_err();
/// assert!(error.message().contains("check digit 3 where its other digits give 2"));
/// # Ok::<(), seriatim::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ElementString(Vec<Element>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Element {
    ai: Box<str>,
    value: Box<str>,
}

impl ElementString {
    /// The data of a unit: its GTIN of 8, 12, 13 or 14 digits and its serial.
    ///
    /// # Errors
    ///
    /// `invalid_argument` when the GTIN or the serial is none of GS1: a wrong check digit, more
    /// than 20 characters, a character outside GS1 character set 82.
    ///
    /// # Examples
    ///
    /// ```
    /// use seriatim::ElementString;
    ///
    /// let unit = ElementString::of_unit("9506000134352", "A/1")?;
    /// assert_eq!(unit.to_string(), "(01)09506000134352(21)A/1");
    /// # Ok::<(), seriatim::Error>(())
    /// ```
    pub fn of_unit(gtin: &str, serial: &str) -> Result<Self> {
        let mut unit = ElementString::default();
        unit.push("01", &filled_up(gtin), "of the unit")?;
        unit.push("21", serial, "of the unit")?;
        Ok(unit)
    }

    /// The identifiers and their values, in the order in which they were read.
    pub fn elements(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|it| (&*it.ai, &*it.value))
    }

    /// The value of an identifier, such as `"17"`.
    pub fn value(&self, ai: &str) -> Option<&str> {
        self.elements().find(|(it, _)| *it == ai).map(|(_, value)| value)
    }

    /// The GTIN (01), 14 digits.
    pub fn gtin(&self) -> Option<&str> {
        self.value("01")
    }

    /// The serial (21), as it is on the label.
    pub fn serial(&self) -> Option<&str> {
        self.value("21")
    }

    /// The text that a scanner transmits without a symbology identifier: FNC1 (U+001D) in front,
    /// and after each value that has no predefined length and is not the last.
    pub fn to_fnc1(&self) -> String {
        let mut text = String::new();
        let mut open = true;
        for (ai, value) in self.elements() {
            if open {
                text.push(FNC1);
            }
            text.push_str(ai);
            text.push_str(value);
            open = Application::of(ai).is_none_or(|it| it.predefined_length().is_none());
        }
        text
    }

    /// A GS1 Digital Link below `stem`, such as `https://id.gs1.org`: the key and its qualifiers
    /// in the path, everything else in the query.
    ///
    /// # Errors
    ///
    /// `invalid_argument` when the stem is no `http` or `https` URI or has a query, and when no
    /// identifier is a key of Digital Links, such as 01 or 00.
    ///
    /// # Examples
    ///
    /// ```
    /// use seriatim::ElementString;
    ///
    /// let unit = ElementString::of_unit("09506000134352", "A/1")?;
    /// let link = unit.to_digital_link("https://id.gs1.org")?;
    /// assert_eq!(link, "https://id.gs1.org/01/09506000134352/21/A%2F1");
    /// assert_eq!(link.parse::<ElementString>()?, unit);
    /// # Ok::<(), seriatim::Error>(())
    /// ```
    pub fn to_digital_link(&self, stem: &str) -> Result<String> {
        digital_link::written(self, stem)
    }

    /// The SGTIN of EPC (Tag Data Standard 6.3.1) of GTIN and serial, for a company prefix of 6 to
    /// 12 digits. The prefix cannot be told from a GTIN: its owner knows it.
    ///
    /// # Errors
    ///
    /// `invalid_argument` for another number of digits, and without a GTIN or a serial.
    ///
    /// # Examples
    ///
    /// ```
    /// use seriatim::ElementString;
    ///
    /// let unit = ElementString::of_unit("80614141123458", "6789")?;
    /// assert_eq!(unit.to_sgtin(7)?, "urn:epc:id:sgtin:0614141.812345.6789");
    /// assert_eq!(unit.to_sgtin(7)?.parse::<ElementString>()?, unit);
    /// # Ok::<(), seriatim::Error>(())
    /// ```
    pub fn to_sgtin(&self, company_prefix_digits: usize) -> Result<String> {
        sgtin::written(self, company_prefix_digits)
    }

    /// Adds a value, which stands at `place`; one that is there already is left out.
    pub(super) fn push(&mut self, ai: &str, value: &str, place: impl fmt::Display) -> Result<()> {
        let Some(application) = Application::of(ai) else {
            return Err(Error::invalid(format!(
                "AI {ai} {place} is none that GS1 defines; leave it out, or give GTIN and serial \
                 by themselves"
            )));
        };
        if let Some(fault) = application.fault(value) {
            return Err(Error::invalid(format!("AI {ai} {place} {fault}; {WAY_OUT}")));
        }
        match self.value(ai) {
            Some(there) if there == value => return Ok(()),
            Some(_) => {
                return Err(Error::invalid(format!(
                    "AI {ai} {place} contradicts the one before it; {WAY_OUT}"
                )));
            }
            None => {}
        }
        self.0.push(Element { ai: ai.into(), value: value.into() });
        Ok(())
    }
}

impl FromStr for ElementString {
    type Err = Error;

    /// Reads data of GS1 in any of its forms. Spaces and line ends around it are passed over.
    ///
    /// # Errors
    ///
    /// `invalid_argument` when it is none: what is wrong, the identifier and the character where
    /// it begins, without the values.
    fn from_str(text: &str) -> Result<Self> {
        check_length(text)?;
        let text = text.trim();
        match Form::of(text) {
            Some(form) => form.read(text),
            None => Err(Error::invalid(
                "the text is no data of GS1; those begin with `(01)` or another identifier in \
                 brackets, with FNC1 or a symbology identifier of GS1, with `https://`, or with \
                 `urn:epc:`",
            )),
        }
    }
}

impl fmt::Display for ElementString {
    /// The form in brackets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.elements().try_for_each(|(ai, value)| write!(f, "({ai}){}", value.replace('(', "\\(")))
    }
}

/// How data of GS1 are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Bracketed,
    Raw,
    DigitalLink,
    Sgtin,
}

impl Form {
    /// The form that a text begins like.
    pub(super) fn of(text: &str) -> Option<Self> {
        let begins = |prefix: &str| {
            text.get(..prefix.len()).is_some_and(|it| it.eq_ignore_ascii_case(prefix))
        };
        if text.starts_with(FNC1) || raw::SYMBOLOGIES.iter().any(|it| text.starts_with(it)) {
            Some(Form::Raw)
        } else if begins("http://") || begins("https://") {
            Some(Form::DigitalLink)
        } else if begins("urn:epc:") {
            Some(Form::Sgtin)
        } else if bracketed::begins(text) {
            Some(Form::Bracketed)
        } else {
            None
        }
    }

    /// Reads a text that begins like this form.
    pub(super) fn read(self, text: &str) -> Result<ElementString> {
        match self {
            Form::Bracketed => bracketed::read(text),
            Form::Raw => raw::read(text),
            Form::DigitalLink => digital_link::read(text),
            Form::Sgtin => sgtin::read(text),
        }
    }
}

/// Refuses what no scanner gives.
pub(super) fn check_length(text: &str) -> Result<()> {
    if text.len() <= SCAN_BYTES_MAX {
        return Ok(());
    }
    Err(Error::invalid(format!(
        "the text has {} bytes, but a scan has at most {SCAN_BYTES_MAX}; give one label at a time",
        text.len()
    )))
}

/// A GTIN of 8, 12 or 13 digits with zeros in front, and everything else as it is.
pub(super) fn filled_up(gtin: &str) -> String {
    if matches!(gtin.len(), 8 | 12 | 13) && gtin.is_ascii() {
        format!("{gtin:0>14}")
    } else {
        gtin.to_owned()
    }
}
