//! The fields of a serial as values: what a scope and a breakdown ask for.

use std::fmt;
use std::ops::{Bound, Range};

use super::SerialFamily;
use super::field::Field;
use super::layout::CalendarUnit;
use crate::calendar::Date;
use crate::error::Result;

/// What a field of a serial says.
///
/// # Examples
///
/// ```
/// use seriatim::{FieldValue, SerialFamily};
///
/// let family = SerialFamily::new("bike", "{plant:A2}{n:D6}")?;
/// let code = family.encode("AX000042").unwrap();
/// let values = family.values(code)?;
/// assert_eq!(values[0], ("plant", FieldValue::Text("AX".into())));
/// assert_eq!(values[1], ("n", FieldValue::Number(42)));
/// # Ok::<(), seriatim::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum FieldValue {
    /// A number: of digits what they say, of a calendar field the full year, the month, the week
    /// or the day.
    Number(i64),
    /// The characters, as the family writes them.
    Text(Box<str>),
}

impl fmt::Display for FieldValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FieldValue::Number(it) => it.fmt(f),
            FieldValue::Text(it) => it.fmt(f),
        }
    }
}

/// A named field of a [`SerialFamily`]: its values are numbered from 0 to
/// [`last`](SerialField::last), in its order.
///
/// # Examples
///
/// ```
/// use seriatim::{FieldValue, SerialFamily};
///
/// let family = SerialFamily::new("laptop", "LJ-{line:A1}{n:D1..6}")?;
/// let line = family.field("LINE").unwrap();
/// assert_eq!((line.name(), line.is_number(), line.last()), ("line", false, 25));
/// assert_eq!(line.value(1), FieldValue::Text("B".into()));
/// # Ok::<(), seriatim::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct SerialField<'a> {
    pub(super) name: &'a str,
    pub(super) field: &'a Field,
    /// By how much the code grows when the field's number grows by one.
    pub(super) weight: u128,
    /// Where it stands in a serial as the family writes it, in characters from 0.
    pub(super) places: Option<Range<usize>>,
}

impl SerialField<'_> {
    /// The name.
    pub fn name(&self) -> &str {
        self.name
    }

    /// Whether its values are numbers. Digits are, up to 18 of them, and calendar fields; all
    /// others are texts.
    pub fn is_number(&self) -> bool {
        self.field.is_number()
    }

    /// The greatest number of a value.
    pub fn last(&self) -> u128 {
        self.field.last()
    }

    /// The value of a number; numbers past the last have the last one's. Values come in the order
    /// of their numbers.
    pub fn value(&self, number: u128) -> FieldValue {
        let number = number.min(self.last());
        match self.field.value_of(number) {
            Some(value) => FieldValue::Number(value),
            None => FieldValue::Text(self.label(number).into()),
        }
    }

    /// How the family writes the value of a number, such as `07` for week 7.
    pub fn label(&self, number: u128) -> String {
        let mut text = String::new();
        self.field.write(number.min(self.last()), &mut text);
        text
    }

    /// The number in a code of the family.
    #[inline]
    pub fn number_of(&self, code: u128) -> u128 {
        let number = code / self.weight;
        self.last().checked_add(1).map_or(number, |count| number % count)
    }

    /// The number of a value as it stands on the label, such as `07` for week 7.
    pub fn number_of_text(&self, written: &str) -> Option<u128> {
        let (number, rest) = self.field.read(written.as_bytes())?;
        rest.is_empty().then_some(number)
    }

    /// The number of a value, such as of week 7 or of the year 2025; none where it cannot be, or
    /// where the values are texts.
    pub fn number_of_value(&self, value: i64) -> Option<u128> {
        let (first, last) = self.values_between()?;
        let number = u128::try_from(value.checked_sub(first)?).ok()?;
        (value <= last).then_some(number)
    }

    /// The least and the greatest value; none where the values are texts.
    pub fn values_between(&self) -> Option<(i64, i64)> {
        Some((self.field.value_of(0)?, self.field.value_of(self.last())?))
    }

    /// The numbers of the values in a range, first and last included, whose ends need not be values
    /// themselves; none where no value lies in it, or where the values are texts.
    pub fn numbers_between(&self, (from, to): (Bound<i64>, Bound<i64>)) -> Option<(u128, u128)> {
        let (least, most) = self.values_between()?;
        let first = match from {
            Bound::Unbounded => least,
            Bound::Included(it) => it.max(least),
            Bound::Excluded(it) => it.checked_add(1)?.max(least),
        };
        let last = match to {
            Bound::Unbounded => most,
            Bound::Included(it) => it.min(most),
            Bound::Excluded(it) => it.checked_sub(1)?.min(most),
        };
        if first > last {
            return None;
        }
        Some((self.number_of_value(first)?, self.number_of_value(last)?))
    }

    /// Whether it is a part of a date.
    pub(crate) fn is_date_part(&self) -> bool {
        self.unit().is_some()
    }

    /// The part of a date that it is.
    pub(super) fn unit(&self) -> Option<CalendarUnit> {
        self.field.unit()
    }

    /// By how much a code of the family grows when the field's number grows by one.
    pub fn weight(&self) -> u128 {
        self.weight
    }

    /// Where it stands in a serial as the family writes it, in characters from 0; none where
    /// that differs from serial to serial.
    pub fn places(&self) -> Option<Range<usize>> {
        self.places.clone()
    }
}

impl SerialFamily {
    /// The fields, from left to right, without required check fields, which say nothing of their
    /// own.
    pub fn fields(&self) -> impl Iterator<Item = SerialField<'_>> {
        self.codec().fields().map(|(place, field, weight, places)| {
            let name = self.field_names().nth(place).unwrap_or_default();
            SerialField { name, field, weight, places }
        })
    }

    /// The field of this name, in whatever case it is written.
    pub fn field(&self, name: &str) -> Option<SerialField<'_>> {
        self.fields().find(|it| it.name.eq_ignore_ascii_case(name))
    }

    /// The names of the fields and their values in the serial of a code, from left to right.
    ///
    /// # Errors
    ///
    /// `corrupt` when there is no such code.
    pub fn values(&self, code: u128) -> Result<Vec<(&str, FieldValue)>> {
        self.check_code(code)?;
        Ok(self.fields().map(|it| (it.name, it.value(it.number_of(code)))).collect())
    }

    /// The first and the last day on which the serial of a code was made, as far as its calendar
    /// fields tell; none where they do not.
    pub fn made(&self, code: u128) -> Option<(Date, Date)> {
        self.codec().made(code)
    }

    /// Whether its calendar fields tell when a serial was made: a year, and a month, a week or a day
    /// of it. A year alone does not, as it often is a model year.
    pub fn has_made(&self) -> bool {
        self.codec().has_made()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn family() -> SerialFamily {
        let family = SerialFamily::new("it", "{a:A2}-{yy:D2}{n:D2..4}/{long:D20}").unwrap();
        family.order_by(&["yy", "a", "n", "long"]).unwrap()
    }

    #[test]
    fn fields_are_read_off_a_code() {
        let family = family();
        let code = family.encode("AX-25700/00000000000000000042").unwrap();
        let texts = |it: &str| FieldValue::Text(it.into());
        let expected = [
            ("a", texts("AX")),
            ("yy", FieldValue::Number(25)),
            ("n", FieldValue::Number(700)),
            ("long", texts("00000000000000000042")),
        ];
        assert_eq!(family.values(code).unwrap(), expected);
        assert!(family.values(family.last_code() + 1).is_err());
        let places: Vec<_> = family.fields().map(|it| it.places()).collect();
        assert_eq!(places, [Some(0..2), Some(3..5), None, None]);
        assert!(family.field("b").is_none());
    }

    #[test]
    fn a_value_has_a_number() {
        let family = family();
        let (a, n) = (family.field("a").unwrap(), family.field("n").unwrap());
        assert_eq!(a.number_of_text("AX"), Some(23));
        assert_eq!((a.number_of_text("ax"), a.number_of_text("AXE")), (None, None));
        assert_eq!((a.number_of_value(1), a.values_between()), (None, None));
        assert_eq!((n.number_of_text("700"), n.number_of_value(700)), (Some(690), Some(690)));
        assert_eq!((n.number_of_text("0700"), n.number_of_value(7)), (None, None));
        assert_eq!(n.values_between(), Some((10, 9_999)));
        assert_eq!((n.value(690), n.label(690)), (FieldValue::Number(700), "700".to_owned()));
        assert_eq!(n.value(u128::MAX), FieldValue::Number(9_999));
    }

    #[test]
    fn a_comparison_is_an_interval_of_numbers() {
        use Bound::{Excluded, Included, Unbounded};
        let family = family();
        let n = family.field("n").unwrap();
        let cases = [
            ((Unbounded, Unbounded), Some((0, 9_989))),
            ((Included(12), Excluded(15)), Some((2, 4))),
            ((Excluded(-7), Included(10)), Some((0, 0))),
            ((Excluded(9_998), Unbounded), Some((9_989, 9_989))),
            ((Excluded(9_999), Unbounded), None),
            ((Included(15), Included(14)), None),
            ((Excluded(i64::MAX), Unbounded), None),
            ((Unbounded, Excluded(i64::MIN)), None),
        ];
        for (bounds, expected) in cases {
            assert_eq!(n.numbers_between(bounds), expected, "{bounds:?}");
        }
        assert_eq!(family.field("a").unwrap().numbers_between((Unbounded, Unbounded)), None);
    }
}
