//! Ranges of serials and what they decide.

use serde::{Deserialize, Serialize};

use super::automaton::{Automaton, Class};
use super::families::check_serial;
use super::{Families, FamilyId, Inferrer, SerialFamily, SerialKey, opaque_order};
use crate::error::{Error, ErrorKind, Result};

/// The first and the last serial of a range, both included, in the order of their family.
///
/// # Examples
///
/// ```
/// use seriatim::SerialRange;
///
/// let range = SerialRange { first: "00042500".into(), last: "00047800".into() };
/// assert_eq!(range.to_string(), "00042500..00047800");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SerialRange {
    /// The first serial.
    pub first: String,
    /// The last serial.
    pub last: String,
}

impl std::fmt::Display for SerialRange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}..{}", self.first, self.last)
    }
}

/// A range of serials, resolved against the families.
///
/// # Examples
///
/// ```
/// use seriatim::{Families, KeyRange, SerialFamily};
///
/// let families = Families::new(vec![SerialFamily::new("bike", "{n:D8}")?])?;
/// let range = families.bind_range(Some("00042500"), Some("00047800"))?;
/// let decide = |serial: &str| families.classify(serial).map(|key| range.decide(&families, &key));
///
/// assert_eq!(decide("00045000")?, Some(true));
/// assert_eq!(decide("000425001")?, Some(false)); // as text it lies between the ends
/// assert_eq!(decide("00046A00")?, None); // a digit is misread: which one cannot be told
/// # Ok::<(), seriatim::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyRange {
    /// The serials of a family from one code to another.
    Coded {
        /// The family.
        family: FamilyId,
        /// The first code.
        first: u128,
        /// The last code.
        last: u128,
    },
    /// Serials that fit no family, of the length of the ends and with the same class of character
    /// at each place.
    Opaque {
        /// The first text; none where the range is open at its start.
        first: Option<Box<str>>,
        /// The last text; none where the range is open at its end.
        last: Option<Box<str>>,
    },
}

impl Families {
    /// Resolves a range of serials, both ends included; an end left out is open.
    ///
    /// # Errors
    ///
    /// `scope_field` when there is no end, an end is no serial, the ends are of two families or
    /// shapes, the start comes after the end in the order of their family, or a range of serials
    /// that fit no family would also take in serials that fit one. The message says which, and the
    /// way out.
    pub fn bind_range(&self, first: Option<&str>, last: Option<&str>) -> Result<KeyRange> {
        use SerialKey::{Coded, Opaque};
        let start = first.map(|it| self.end_key(it, "starts")).transpose()?;
        let end = last.map(|it| self.end_key(it, "ends")).transpose()?;
        let written = [first.unwrap_or_default(), last.unwrap_or_default()];
        match (start, end) {
            (None, None) => Err(refused("a range of serials needs a first or a last serial")),
            (Some(Coded { family, code }), None) => {
                let last = self.family(family).map_or(code, SerialFamily::last_code);
                Ok(KeyRange::Coded { family, first: code, last })
            }
            (None, Some(Coded { family, code })) => {
                Ok(KeyRange::Coded { family, first: 0, last: code })
            }
            (Some(Coded { family, code }), Some(Coded { family: other, code: last })) => {
                if family != other {
                    return Err(self.two_families([family, other], written));
                }
                if code > last {
                    return Err(self.start_after_end(family, written));
                }
                Ok(KeyRange::Coded { family, first: code, last })
            }
            (Some(Coded { family, .. }), Some(Opaque(_))) => {
                Err(self.one_opaque(family, written[0], written[1]))
            }
            (Some(Opaque(_)), Some(Coded { family, .. })) => {
                Err(self.one_opaque(family, written[1], written[0]))
            }
            (start, end) => self.bind_opaque(opaque_text(start), opaque_text(end)),
        }
    }

    fn end_key(&self, serial: &str, verb: &str) -> Result<SerialKey> {
        check_serial(serial).and_then(|()| self.classify(serial)).map_err(|error| {
            refused(format!("the range {verb} with no serial: {}", error.message()))
        })
    }

    fn bind_opaque(&self, first: Option<Box<str>>, last: Option<Box<str>>) -> Result<KeyRange> {
        if let (Some(a), Some(b)) = (first.as_deref(), last.as_deref()) {
            if let Some(difference) = shapes_differ(a, b) {
                return Err(refused(format!(
                    "`{a}` and `{b}` fit no serial family, and {difference}, so their order is \
                     not known; {}",
                    way_out(a, b)
                )));
            }
            if opaque_order(a, b).is_gt() {
                return Err(refused(format!(
                    "the range starts at `{a}`, which comes after its end `{b}`; swap them, or \
                     declare a family whose order key has the fields in their order"
                )));
            }
        }
        let range = Automaton::of_range(first.as_deref(), last.as_deref());
        for (_, family) in self.iter() {
            let serials = Automaton::of_family(family);
            let fits = |text: &str| family.encode(text).map(|_| text.to_owned());
            if let Some(example) = range.shared_text_of(&serials, fits) {
                return Err(refused(format!(
                    "the ends of the range fit no serial family, but `{example}` between them is \
                     of family `{}` (`{}`); declare a family that fits them all, or write ranges \
                     that lie beside that family",
                    family.name(),
                    family.layout()
                )));
            }
        }
        Ok(KeyRange::Opaque { first, last })
    }

    /// The name and the layout of a family, for a message.
    fn told(&self, id: FamilyId) -> String {
        self.family(id)
            .map_or_else(String::new, |it| format!("family `{}` (`{}`)", it.name(), it.layout()))
    }

    fn two_families(&self, [f, g]: [FamilyId; 2], [first, last]: [&str; 2]) -> Error {
        let advice = match covering(first, last) {
            Some(layout) => format!(", or declare one family for both, such as `{layout}`"),
            None => String::new(),
        };
        refused(format!(
            "the range starts with `{first}` of {} and ends with `{last}` of {}; write a range for \
             each{advice}",
            self.told(f),
            self.told(g)
        ))
    }

    fn start_after_end(&self, id: FamilyId, [first, last]: [&str; 2]) -> Error {
        let order = self.family(id).map(|it| it.order().collect::<Vec<_>>().join(", "));
        refused(format!(
            "the range starts at `{first}`, which comes after its end `{last}` in {}, whose fields \
             count in the order {}; swap them, or declare another order of its fields",
            self.told(id),
            order.unwrap_or_default()
        ))
    }

    fn one_opaque(&self, id: FamilyId, coded: &str, opaque: &str) -> Error {
        let misfit = self.family(id).map_or_else(String::new, |it| it.misfit(opaque));
        refused(format!(
            "the range has one end, `{coded}`, in {}, but the other, `{opaque}`, fits no serial \
             family: it {misfit}; correct it, or {}",
            self.told(id),
            way_out(coded, opaque)
        ))
    }
}

/// Whether a text has at least as many characters as the ends of a range, and its first so many lie
/// between them.
fn begins_between(text: &str, first: Option<&str>, last: Option<&str>) -> bool {
    let length = first.or(last).map_or(0, |it| it.chars().count());
    let mut bytes = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    let beginning = bytes.nth(length).and_then(|end| text.get(..end));
    beginning.is_some_and(|it| {
        first.is_none_or(|first| first <= it) && last.is_none_or(|last| it <= last)
    })
}

fn opaque_text(key: Option<SerialKey>) -> Option<Box<str>> {
    match key? {
        SerialKey::Opaque(text) => Some(text),
        SerialKey::Coded { .. } => None,
    }
}

fn refused(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::ScopeField, message)
}

/// What to do about two serials that no family fits.
fn way_out(a: &str, b: &str) -> String {
    match covering(a, b) {
        Some(layout) => format!("declare a family that fits both, such as `{layout}`"),
        None => "declare a family that fits both".to_owned(),
    }
}

/// A layout that fits both serials.
fn covering(a: &str, b: &str) -> Option<String> {
    let mut inferrer = Inferrer::new(&Families::default());
    inferrer.observe(a);
    inferrer.observe(b);
    let mut families = inferrer.finish().families.into_iter().map(|it| it.family);
    let fits = |it: &SerialFamily| it.encode(a).is_some() && it.encode(b).is_some();
    families.find(fits).map(|it| it.layout())
}

/// How two texts differ in length or in the class of a character.
fn shapes_differ(a: &str, b: &str) -> Option<String> {
    let (long, wide) = (a.chars().count(), b.chars().count());
    if long != wide {
        return Some(format!("have {long} and {wide} characters"));
    }
    let mut pairs = a.chars().zip(b.chars());
    let at = pairs.position(|(a, b)| Class::of(a) != Class::of(b))?;
    Some(format!("differ in the kind of character {}", at + 1))
}

impl KeyRange {
    /// Whether a serial lies in the range; none where it may or may not.
    ///
    /// A range of a family decides the serials of that family. No serial of another family lies in
    /// it. Of those that fit none, the ones that [resemble](SerialFamily::resembles) the family are
    /// unknown, and those that are [misread](SerialFamily::misread) ones of the range.
    ///
    /// A range of serials that fit no family decides those of its shape; what lies between its ends
    /// in another shape is unknown. So are serials of a family whose beginning, as many characters
    /// as the ends have, lies between them as text: the ends may be meant as beginnings.
    pub fn decide(&self, families: &Families, key: &SerialKey) -> Option<bool> {
        match (self, key) {
            (KeyRange::Coded { family, first, last }, SerialKey::Coded { family: of, code }) => {
                Some(family == of && (first..=last).contains(&code))
            }
            (KeyRange::Coded { family, first, last }, SerialKey::Opaque(text)) => {
                let may_be = |it: &SerialFamily| {
                    let read = || it.misread(text).is_some_and(|it| (first..=last).contains(&&it));
                    it.resembles(text) || read()
                };
                if families.family(*family).is_some_and(may_be) { None } else { Some(false) }
            }
            (KeyRange::Opaque { first, last }, SerialKey::Coded { family, code }) => {
                let text = families.family(*family).map(|it| it.decode(*code));
                let (first, last) = (first.as_deref(), last.as_deref());
                let outside = |text: String| !begins_between(&text, first, last);
                text?.is_ok_and(outside).then_some(false)
            }
            (KeyRange::Opaque { first, last }, SerialKey::Opaque(text)) => {
                let (first, last) = (first.as_deref(), last.as_deref());
                let inside = first.is_none_or(|it| opaque_order(it, text).is_le())
                    && last.is_none_or(|it| opaque_order(text, it).is_le());
                let same = |end: &str| shapes_differ(end, text).is_none();
                match inside {
                    true if first.or(last).is_none_or(same) => Some(true),
                    true => None,
                    false => Some(false),
                }
            }
        }
    }
}
