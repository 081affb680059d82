//! How a maker writes and orders serials.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Normaliser;
use super::codec::Codec;
use super::layout::{FieldPart, Layout};
use super::misreading::LenientCell;
use crate::error::{Error, Result};

/// Bytes the name of a family may have.
const NAME_BYTES_MAX: usize = 200;

/// What a family does about check characters that are wrong.
///
/// # Examples
///
/// ```
/// use seriatim::{CheckPolicy, SerialFamily};
///
/// let imei = SerialFamily::new("imei", "{tac:D8}{snr:D6}{c:luhn}")?;
/// assert_eq!(imei.check("490154203237518"), Some(true));
/// assert_eq!(imei.check("490154203237517"), Some(false));
///
/// let strict = imei.with_check_policy(CheckPolicy::Require)?;
/// assert_eq!(strict.encode("490154203237517"), None);
/// # Ok::<(), seriatim::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckPolicy {
    /// They are kept as they are, and [`check`](SerialFamily::check) tells. Makers' own lists hold
    /// many that are wrong.
    #[default]
    Report,
    /// The serial does not fit. The check characters then follow from the rest of the serial: they
    /// add no codes, and are no field of its values.
    Require,
}

/// How a maker writes and orders serials.
///
/// A family turns each of its serials into a code and back. Codes are dense, from 0 to
/// [`last_code`](SerialFamily::last_code), and ordered as the maker counts, which text is not: the
/// first field in order of significance decides, then the next.
///
/// A layout is literal text and named fields, `{name:kind}`:
///
/// | kind | characters | order |
/// |---|---|---|
/// | `D8` | 8 digits | by value |
/// | `D1..6` | a number of 1 to 6 digits without leading zeros, so that `7` and `007` never merge | by value |
/// | `A2`, `A1..3` | letters A to Z | shortest first, then by letter |
/// | `X8`, `X4..8` | digits and letters A to Z | shortest first, then digits before letters |
/// | `H4` | hexadecimal: 0 to 9, A to F | likewise |
/// | `B10` | Crockford's base32: digits and letters without I, L, O and U | likewise |
/// | `[BAC]3` | an alphabet of your own | shortest first, then in its own order |
/// | `year4`, `year2`, `year2@1990`, `year1@2015` | a year of so many digits, and the first that it may stand for | by year |
/// | `year[ABC]@2010` | a year of one character | by year |
/// | `month`, `month[ABCDEFGHJKLM]`, `week`, `yday`, `day` | a part of a date; the week is that of ISO 8601 | by value |
/// | `luhn`, `mod11`, `gs1_mod10(a,b)` ... | check characters over all other letters and digits, or over the fields named | as written |
///
/// `-?` is a character that may be left out, and `(S/N )?` text; with `??` the family does not
/// write it itself. `{{` and `}}` stand for the braces themselves, and a backslash takes the next
/// character as it is. A field of several widths may not be followed by what could be taken for one
/// of its characters. Parts that make no date together, such as 30 February, do not fit. The page
/// on serials has it all, with real examples.
///
/// # Examples
///
/// ```
/// use seriatim::SerialFamily;
///
/// // Day of the year, year, running number: the year counts first.
/// let family = SerialFamily::new("battery", "{day:yday}{year:year2}-?{n:D1..4}")?
///     .order_by(&["year", "day", "n"])?;
/// let (december, january) = (family.encode("36524-9"), family.encode("0012510"));
/// assert!(december < january);
/// assert_eq!(family.encode("36623-9"), None); // 2023 has no day 366
/// assert_eq!(family.encode("00125-010"), None);
/// assert_eq!(family.decode(january.unwrap())?, "00125-10");
/// # Ok::<(), seriatim::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Document", into = "Document")]
pub struct SerialFamily {
    name: String,
    layout: Layout,
    /// The places of the fields, the most significant first.
    order: Vec<usize>,
    codec: Codec,
    lenient: LenientCell,
}

impl SerialFamily {
    /// A family of a name and a layout, whose fields count from left to right and which overlooks
    /// nothing.
    ///
    /// # Errors
    ///
    /// `invalid_argument` when the name is empty, longer than 200 bytes or holds a control
    /// character; when the layout is none, has more than 2^128 serials, or lets one text be read
    /// in two ways.
    pub fn new(name: &str, layout: &str) -> Result<Self> {
        if name.is_empty() || name.len() > NAME_BYTES_MAX || name.chars().any(char::is_control) {
            return Err(Error::invalid(format!(
                "the name of a serial family has 1 to {NAME_BYTES_MAX} bytes and no control \
                 character, which {name:?} does not keep to"
            )));
        }
        let layout = Layout::parse(layout)?;
        let order = default_order(&layout);
        let codec = Codec::new(&layout, &order, Normaliser::new(), CheckPolicy::Report)?;
        let lenient = LenientCell::default();
        Ok(SerialFamily { name: name.to_owned(), layout, order, codec, lenient })
    }

    /// Declares the order of significance: the name of every field, the most significant first.
    /// Check fields may be left out, and then come last.
    ///
    /// # Errors
    ///
    /// `invalid_argument` when a name is no field's, or a field is named twice or not at all.
    pub fn order_by(mut self, fields: &[&str]) -> Result<Self> {
        let mut order = Vec::with_capacity(fields.len());
        for name in fields {
            let place = self.layout.fields().position(|it| it.name == *name).ok_or_else(|| {
                Error::invalid(format!("layout `{}` has no field `{name}`", self.layout))
            })?;
            if order.contains(&place) {
                return Err(Error::invalid(format!("the order names field `{name}` twice")));
            }
            order.push(place);
        }
        let is_unnamed =
            |(place, it): &(usize, &FieldPart)| !order.contains(place) && !it.kind.is_check();
        if let Some((_, field)) = self.layout.fields().enumerate().find(is_unnamed) {
            return Err(Error::invalid(format!(
                "the order does not name field `{}`; name every field, the most significant first",
                field.name
            )));
        }
        let mut all = default_order(&self.layout);
        all.retain(|it| !order.contains(it));
        order.extend(all);
        let (normaliser, policy) = (self.normaliser(), self.check_policy());
        self.order = order;
        self.ready(normaliser, policy)
    }

    /// Declares what is overlooked in a serial.
    ///
    /// # Errors
    ///
    /// `invalid_argument` when the layout then lets one text be read in two ways, as
    /// `{a:D1..3}-{b:D2}` does without its dash.
    pub fn with_normaliser(self, normaliser: Normaliser) -> Result<Self> {
        let policy = self.check_policy();
        self.ready(normaliser, policy)
    }

    /// Declares what is done about wrong check characters.
    ///
    /// # Errors
    ///
    /// `invalid_argument` when the layout has no check field.
    pub fn with_check_policy(self, policy: CheckPolicy) -> Result<Self> {
        if !self.layout.fields().any(|it| it.kind.is_check()) {
            return Err(Error::invalid(format!(
                "layout `{}` has no check field for a policy; add one such as `{{c:luhn}}`",
                self.layout
            )));
        }
        let normaliser = self.normaliser();
        self.ready(normaliser, policy)
    }

    fn ready(mut self, normaliser: Normaliser, policy: CheckPolicy) -> Result<Self> {
        self.codec = Codec::new(&self.layout, &self.order, normaliser, policy)?;
        self.lenient = LenientCell::default();
        Ok(self)
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The layout as text.
    pub fn layout(&self) -> String {
        self.layout.to_string()
    }

    /// The names of the fields in order of significance.
    pub fn order(&self) -> impl Iterator<Item = &str> {
        self.order.iter().filter_map(|it| self.layout.fields().nth(*it)).map(|it| it.name.as_str())
    }

    /// What is overlooked in a serial.
    pub fn normaliser(&self) -> Normaliser {
        self.codec.normaliser()
    }

    /// What is done about wrong check characters.
    pub fn check_policy(&self) -> CheckPolicy {
        self.codec.policy()
    }

    /// Whether the check characters of a serial are right; none where the serial does not fit, or
    /// the family has no check field.
    pub fn check(&self, serial: &str) -> Option<bool> {
        self.codec.check(serial)
    }

    /// How many codes there are; none stands for exactly 2^128. Each is that of a serial, but for
    /// those whose parts of a date contradict each other, such as 30 February.
    pub fn codes(&self) -> Option<u128> {
        self.last_code().checked_add(1)
    }

    /// The greatest code.
    pub fn last_code(&self) -> u128 {
        self.codec.last()
    }

    /// The code of a serial, none where the serial does not fit. Allocates nothing.
    #[inline]
    pub fn encode(&self, serial: &str) -> Option<u128> {
        self.codec.encode(serial)
    }

    /// The serial of a code, as the family writes it.
    ///
    /// # Errors
    ///
    /// `corrupt` when no serial has this code.
    pub fn decode(&self, code: u128) -> Result<String> {
        let mut serial = String::new();
        self.decode_into(code, &mut serial)?;
        Ok(serial)
    }

    /// Appends the serial of a code, as the family writes it.
    ///
    /// # Errors
    ///
    /// `corrupt` when no serial has this code.
    #[inline]
    pub fn decode_into(&self, code: u128, out: &mut String) -> Result<()> {
        self.check_code(code)?;
        if !self.codec.decode_into(code, out) {
            return Err(Error::corrupt(format!(
                "code {code} of serial family `{}` is that of no serial, as its parts make no date \
                 or have no check characters",
                self.name
            )));
        }
        Ok(())
    }

    /// Refuses what is no code.
    #[inline]
    pub(super) fn check_code(&self, code: u128) -> Result<()> {
        if code > self.last_code() {
            return Err(Error::corrupt(format!(
                "code {code} is beyond the last of serial family `{}`, {}",
                self.name,
                self.last_code()
            )));
        }
        Ok(())
    }

    /// The names of the fields, from left to right.
    pub(super) fn field_names(&self) -> impl Iterator<Item = &str> {
        self.layout.fields().map(|it| it.name.as_str())
    }

    pub(super) fn codec(&self) -> &Codec {
        &self.codec
    }

    pub(super) fn lenient(&self) -> &LenientCell {
        &self.lenient
    }
}

impl fmt::Debug for SerialFamily {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SerialFamily")
            .field("name", &self.name)
            .field("layout", &self.layout())
            .field("order", &self.order().collect::<Vec<_>>())
            .field("normaliser", &self.normaliser())
            .finish_non_exhaustive()
    }
}

/// A family as documents hold it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    name: String,
    layout: String,
    /// Empty where the fields count from left to right.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    order: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    normaliser: Option<Normaliser>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    check_policy: Option<CheckPolicy>,
}

impl TryFrom<Document> for SerialFamily {
    type Error = Error;

    fn try_from(document: Document) -> Result<Self> {
        let mut family = SerialFamily::new(&document.name, &document.layout)?;
        if !document.order.is_empty() {
            let fields: Vec<&str> = document.order.iter().map(String::as_str).collect();
            family = family.order_by(&fields)?;
        }
        family = family.with_normaliser(document.normaliser.unwrap_or_default())?;
        match document.check_policy {
            Some(policy) => family.with_check_policy(policy),
            None => Ok(family),
        }
    }
}

impl From<SerialFamily> for Document {
    fn from(family: SerialFamily) -> Self {
        let in_order = family.order == default_order(&family.layout);
        let order = family.order().filter(|_| !in_order).map(str::to_owned).collect();
        let layout = family.layout();
        let normaliser = Some(family.normaliser()).filter(|it| !it.is_off());
        let check_policy = Some(family.check_policy()).filter(|it| *it != CheckPolicy::Report);
        Document { name: family.name, layout, order, normaliser, check_policy }
    }
}

/// Left to right, check fields last, since they follow from what they are over.
fn default_order(layout: &Layout) -> Vec<usize> {
    let mut order: Vec<usize> = (0..layout.fields().count()).collect();
    order.sort_by_key(|place| layout.fields().nth(*place).is_some_and(|it| it.kind.is_check()));
    order
}
