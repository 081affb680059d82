//! A field made ready to read and write.

use super::numbering::Numbering;
use super::symbols::Symbols;
use crate::serial::Normaliser;
use crate::serial::layout::{Alphabet, CalendarUnit, FieldKind};

/// Characters the widest field has: 2^127 < 2^128, and no alphabet has fewer than two symbols.
const WIDTH_MAX: usize = 127;
/// Digits the widest field of digits has: 10^38 < 2^128.
const DIGITS_MAX: usize = 38;
/// Digits of a number that fits into 64 bits with its sign.
const NUMBER_WIDTH_MAX: usize = 18;

/// Why a text is no value of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::serial) enum Misfit {
    /// The character at this place, from 0, is none of the field's, or the text ends there.
    Symbol(usize),
    LeadingZero,
    /// It is no part of any date.
    Impossible,
}

/// Why a kind makes no field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::serial) enum Unfit {
    /// It has more than 2^128 values.
    TooMany,
    /// The normaliser reads these two characters as one.
    Folded([u8; 2]),
}

/// A field made ready to read and write: a bijection between its texts and `0..=last`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::serial) struct Field {
    kind: FieldKind,
    width_min: usize,
    width_max: usize,
    numbering: Numbering,
    symbols: Symbols,
    last: u128,
    /// Whether all its numbers fit into 64 bits.
    narrow: bool,
    /// Whether its symbols are the digits.
    decimal: bool,
    /// The first value, where values are numbers.
    least: Option<i64>,
}

impl Field {
    /// A field of a kind, as a normaliser reads it.
    pub(in crate::serial) fn new(kind: &FieldKind, normaliser: Normaliser) -> Result<Self, Unfit> {
        let symbols = Symbols::new(kind, normaliser).map_err(Unfit::Folded)?;
        let (width_min, width_max) = kind.widths();
        let radix = symbols.count() as u128;
        let wide = u32::try_from(width_max).map_or(u32::MAX, |it| it);
        let (numbering, last) = Numbering::new(kind, symbols.count()).ok_or(Unfit::TooMany)?;
        let texts = radix.checked_pow(wide).ok_or(Unfit::TooMany)?;
        let least = match (kind, &numbering) {
            (FieldKind::Calendar(calendar), _) => Some(i64::from(calendar.first)),
            (FieldKind::Text { alphabet: Alphabet::Digits, .. }, numbering)
                if width_max <= NUMBER_WIDTH_MAX =>
            {
                match numbering {
                    Numbering::Number { first } => i64::try_from(*first).ok(),
                    _ => Some(0),
                }
            }
            _ => None,
        };
        let narrow = texts <= u128::from(u64::MAX) && last <= u128::from(u64::MAX);
        let decimal = symbols.as_slice() == Alphabet::Digits.symbols();
        let kind = kind.clone();
        Ok(Field { kind, width_min, width_max, numbering, symbols, last, narrow, decimal, least })
    }

    pub(in crate::serial) fn kind(&self) -> &FieldKind {
        &self.kind
    }

    /// The part of a date that it is.
    pub(in crate::serial) fn unit(&self) -> Option<CalendarUnit> {
        match &self.kind {
            FieldKind::Calendar(kind) => Some(kind.unit),
            FieldKind::Text { .. } | FieldKind::Check { .. } => None,
        }
    }

    pub(in crate::serial) fn width_min(&self) -> usize {
        self.width_min
    }

    pub(in crate::serial) fn width_max(&self) -> usize {
        self.width_max
    }

    pub(in crate::serial) fn is_variable(&self) -> bool {
        self.width_min != self.width_max
    }

    pub(super) fn numbering(&self) -> &Numbering {
        &self.numbering
    }

    /// Its characters in ascending order.
    pub(in crate::serial) fn symbols(&self) -> &[u8] {
        self.symbols.as_slice()
    }

    /// Whether a text of several characters may not begin with a zero.
    pub(in crate::serial) fn refuses_leading_zeros(&self) -> bool {
        matches!(self.numbering, Numbering::Number { .. })
    }

    /// The first and the last text, where not all texts of digits of its width are values, but all
    /// between these two are.
    pub(in crate::serial) fn bounds(&self) -> Option<(String, String)> {
        let Numbering::Window { first, modulus } = self.numbering else { return None };
        let text = |number: u128| {
            let mut text = String::new();
            self.write(number, &mut text);
            text
        };
        (first + self.last < modulus).then(|| (text(0), text(self.last)))
    }

    /// The greatest number of a value.
    pub(in crate::serial) fn last(&self) -> u128 {
        self.last
    }

    /// Whether its values are numbers that fit into 64 bits: parts of a date, and digits of at most
    /// 18 places.
    pub(in crate::serial) fn is_number(&self) -> bool {
        self.least.is_some()
    }

    /// How many digits it has, where it is all numbers of so many digits.
    pub(in crate::serial) fn digits(&self) -> Option<usize> {
        (self.decimal && self.numbering == Numbering::Fixed).then_some(self.width_max)
    }

    /// The value of a number; none where the values are texts.
    pub(in crate::serial) fn value_of(&self, number: u128) -> Option<i64> {
        self.least?.checked_add(i64::try_from(number).ok()?)
    }

    /// The number of the symbol that a byte is read as.
    #[inline]
    pub(in crate::serial) fn number_of(&self, byte: u8) -> Option<u8> {
        self.symbols.number_of(byte)
    }

    /// The symbol that a byte is read as.
    pub(in crate::serial) fn symbol_of(&self, byte: u8) -> Option<u8> {
        self.symbols().get(usize::from(self.number_of(byte)?)).copied()
    }

    /// Splits a text into what this field takes of it and the rest: all it can, as nothing that
    /// follows a field of several widths may begin with one of its characters.
    #[inline]
    fn split<'t>(&self, text: &'t [u8]) -> Option<(&'t [u8], &'t [u8])> {
        if !self.is_variable() {
            return text.split_at_checked(self.width_max);
        }
        let run = text.iter().take(self.width_max);
        let width = run.take_while(|it| self.number_of(**it).is_some()).count();
        if width < self.width_min { None } else { text.split_at_checked(width) }
    }

    /// The number of the value at the beginning of a text, and the rest of the text.
    #[inline]
    pub(in crate::serial) fn read<'t>(&self, text: &'t [u8]) -> Option<(u128, &'t [u8])> {
        let (value, rest) = self.split(text)?;
        let order = self.place(value)?;
        let number = match &self.numbering {
            Numbering::Fixed => order,
            Numbering::Number { first } => {
                let padded = value.len() > 1 && self.number_of(*value.first()?) == Some(0);
                if padded {
                    return None;
                }
                order - first
            }
            Numbering::Shortlex { starts } => starts.get(value.len() - self.width_min)? + order,
            Numbering::Window { first, modulus } => {
                let number = if order < *first { order + modulus } else { order } - first;
                if number > self.last {
                    return None;
                }
                number
            }
        };
        Some((number, rest))
    }

    /// The place of a text among all texts of its width.
    #[inline]
    pub(super) fn place(&self, text: &[u8]) -> Option<u128> {
        let radix = self.symbols.count();
        if self.narrow {
            let mut place = 0_u64;
            for byte in text {
                place = place * radix as u64 + u64::from(self.number_of(*byte)?);
            }
            return Some(u128::from(place));
        }
        let mut place = 0_u128;
        for byte in text {
            place = place * radix as u128 + u128::from(self.number_of(*byte)?);
        }
        Some(place)
    }

    /// Appends the text of a number, which is at most `last`.
    pub(in crate::serial) fn write(&self, number: u128, out: &mut String) {
        let (place, width) = match &self.numbering {
            Numbering::Fixed => (number, self.width_max),
            Numbering::Number { first } => {
                let value = number + first;
                (value, value.checked_ilog10().map_or(1, |it| it as usize + 1))
            }
            Numbering::Shortlex { starts } => {
                let wider = starts.partition_point(|it| *it <= number).saturating_sub(1);
                let start = starts.get(wider).copied().unwrap_or(0);
                (number - start, self.width_min + wider)
            }
            Numbering::Window { first, modulus } => {
                let place = number + first;
                (if place < *modulus { place } else { place - modulus }, self.width_max)
            }
        };
        if self.decimal {
            self.write_place::<true, DIGITS_MAX>(place, width, out);
        } else if width <= DIGITS_MAX {
            self.write_place::<false, DIGITS_MAX>(place, width, out);
        } else {
            self.write_place::<false, WIDTH_MAX>(place, width, out);
        }
    }

    /// Appends the text of a width, at most `WIDTH`, at a place among all of this width. A radix
    /// known when this is compiled makes the divisions cheap.
    fn write_place<const DECIMAL: bool, const WIDTH: usize>(
        &self,
        place: u128,
        width: usize,
        out: &mut String,
    ) {
        let radix = if DECIMAL { 10 } else { self.symbols.count() as u64 };
        let mut text = [0_u8; WIDTH];
        let mut slots = text.iter_mut().rev().take(width);
        let mut high = place;
        // Symbols that fit into 64 bits: 10^19, 36^12 and 94^9 are less than 2^64.
        let narrow = match radix {
            10 => 19,
            ..=36 => 12,
            _ => 9,
        };
        while let Err(_wide) = u64::try_from(high) {
            let cut = u128::from(radix.pow(narrow));
            let low = u64::try_from(high % cut).unwrap_or(0);
            self.fill::<DECIMAL>(low, radix, slots.by_ref().take(narrow as usize));
            high /= cut;
        }
        self.fill::<DECIMAL>(u64::try_from(high).unwrap_or(0), radix, slots);
        let written = text.get(WIDTH - width..).unwrap_or_default();
        out.push_str(std::str::from_utf8(written).unwrap_or_default());
    }

    #[inline]
    #[expect(
        clippy::indexing_slicing,
        clippy::cast_possible_truncation,
        reason = "a remainder of the radix is less than the number of symbols, at most 94"
    )]
    fn fill<'t, const DECIMAL: bool>(
        &self,
        mut place: u64,
        radix: u64,
        slots: impl Iterator<Item = &'t mut u8>,
    ) {
        let radix = if DECIMAL { 10 } else { radix };
        let symbols = self.symbols();
        for slot in slots {
            let number = place % radix;
            *slot = if DECIMAL { b'0' + number as u8 } else { symbols[number as usize] };
            place /= radix;
        }
    }

    /// What keeps the beginning of a text from being a value of this field.
    pub(in crate::serial) fn misfit(&self, text: &[u8]) -> Option<Misfit> {
        let run = text.iter().take(self.width_max);
        let width = run.take_while(|it| self.number_of(**it).is_some()).count();
        if width < self.width_min {
            return Some(Misfit::Symbol(width));
        }
        self.read(text).is_none().then_some(if self.refuses_leading_zeros() {
            Misfit::LeadingZero
        } else {
            Misfit::Impossible
        })
    }
}
