//! The kinds of field a layout may hold: their symbols, and the numbers they stand for.

use super::Normaliser;

/// Marks a byte that is no symbol of a field.
const NO_SYMBOL: u8 = u8::MAX;
/// Characters the widest field has: 10^38 < 2^128, and no kind has fewer than ten symbols.
const WIDTH_MAX: usize = 38;
/// Digits of a number that fits into 64 bits with its sign.
const NUMBER_WIDTH_MAX: usize = 18;
/// Symbols that fit into 64 bits, whatever the kind: 36^12 < 2^64.
const NARROW_WIDTH: u32 = 12;

/// What the characters of a field may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FieldKind {
    Digits,
    Letters,
    Alphanumeric,
}

impl FieldKind {
    /// The kind that a layout writes with this letter.
    pub(super) fn of(letter: char) -> Option<Self> {
        match letter {
            'D' => Some(FieldKind::Digits),
            'A' => Some(FieldKind::Letters),
            'X' => Some(FieldKind::Alphanumeric),
            _ => None,
        }
    }

    /// How a layout writes it.
    pub(super) fn letter(self) -> char {
        match self {
            FieldKind::Digits => 'D',
            FieldKind::Letters => 'A',
            FieldKind::Alphanumeric => 'X',
        }
    }

    /// One of its characters, in messages.
    pub(super) fn noun(self) -> &'static str {
        match self {
            FieldKind::Digits => "digit",
            FieldKind::Letters => "letter A to Z",
            FieldKind::Alphanumeric => "digit or letter A to Z",
        }
    }

    /// Its characters in ascending order. Where the letter O is read as a zero, it is no character
    /// of its own, so that codes stay dense; likewise I.
    fn symbols(self, normaliser: Normaliser) -> Vec<u8> {
        let digits = b'0'..=b'9';
        let letters = b'A'..=b'Z';
        match self {
            FieldKind::Digits => digits.collect(),
            FieldKind::Letters => letters.collect(),
            FieldKind::Alphanumeric => {
                digits.chain(letters.filter(|it| normaliser.fold(*it) == *it)).collect()
            }
        }
    }
}

/// How wide a field is, and how its values are numbered.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Numbering {
    /// All texts of one width, in the order of text.
    Fixed,
    /// Decimal numbers without leading zeros, by value, from the first that is wide enough.
    Number { first: u128 },
    /// Shortest first, then in the order of text: where each width begins, narrowest first.
    Shortlex { starts: Vec<u128> },
}

/// Why a text is no value of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Misfit {
    /// The character at this place, from 0, is none of the field's, or the text ends there.
    Symbol(usize),
    LeadingZero,
}

/// A field made ready to read and write: a bijection between its texts and `0..=last`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    kind: FieldKind,
    width_min: usize,
    width_max: usize,
    numbering: Numbering,
    symbols: Vec<u8>,
    /// The number of the symbol that a byte is read as.
    numbers: Box<[u8; 256]>,
    last: u128,
    /// Whether all its numbers fit into 64 bits.
    narrow: bool,
}

impl Field {
    /// A field of 1 to `width_max` characters, none where it has more than 2^128 values.
    pub(super) fn new(
        kind: FieldKind,
        (width_min, width_max): (usize, usize),
        normaliser: Normaliser,
    ) -> Option<Self> {
        let symbols = kind.symbols(normaliser);
        let radix = symbols.len() as u128;
        let texts = |width: usize| radix.checked_pow(u32::try_from(width).ok()?);
        let (numbering, last) = if width_min == width_max {
            (Numbering::Fixed, texts(width_max)? - 1)
        } else if kind == FieldKind::Digits {
            let first = if width_min == 1 { 0 } else { texts(width_min - 1)? };
            (Numbering::Number { first }, texts(width_max)? - 1 - first)
        } else {
            let mut starts = vec![0_u128];
            let mut end = 0_u128;
            for width in width_min..=width_max {
                end = end.checked_add(texts(width)?)?;
                starts.push(end);
            }
            starts.pop();
            (Numbering::Shortlex { starts }, end - 1)
        };
        let mut numbers = Box::new([NO_SYMBOL; 256]);
        for (byte, number) in (0..=u8::MAX).zip(numbers.iter_mut()) {
            let folds = matches!(kind, FieldKind::Digits | FieldKind::Alphanumeric);
            let read = if folds { normaliser.fold(byte) } else { normaliser.upper(byte) };
            let symbol = symbols.iter().position(|it| *it == read);
            *number = symbol.and_then(|at| u8::try_from(at).ok()).unwrap_or(NO_SYMBOL);
        }
        let narrow = texts(width_max)? <= u128::from(u64::MAX) && last <= u128::from(u64::MAX);
        Some(Field { kind, width_min, width_max, numbering, symbols, numbers, last, narrow })
    }

    pub(super) fn kind(&self) -> FieldKind {
        self.kind
    }

    pub(super) fn width_min(&self) -> usize {
        self.width_min
    }

    pub(super) fn width_max(&self) -> usize {
        self.width_max
    }

    pub(super) fn is_variable(&self) -> bool {
        self.width_min != self.width_max
    }

    /// Whether a text of several characters may not begin with a zero.
    pub(super) fn refuses_leading_zeros(&self) -> bool {
        matches!(self.numbering, Numbering::Number { .. })
    }

    /// The greatest number of a value.
    pub(super) fn last(&self) -> u128 {
        self.last
    }

    /// Whether its values are numbers that fit into 64 bits: digits of at most 18 places.
    pub(super) fn is_number(&self) -> bool {
        self.kind == FieldKind::Digits && self.width_max <= NUMBER_WIDTH_MAX
    }

    /// The value of a number; none where the values are texts.
    pub(super) fn value_of(&self, number: u128) -> Option<i64> {
        let least = match self.numbering {
            Numbering::Number { first } => first,
            _ => 0,
        };
        i64::try_from(number + least).ok().filter(|_| self.is_number())
    }

    /// Its characters in ascending order.
    pub(super) fn symbols(&self) -> &[u8] {
        &self.symbols
    }

    /// The number of the symbol that a byte is read as.
    #[inline]
    pub(super) fn number_of(&self, byte: u8) -> Option<u8> {
        self.numbers.get(usize::from(byte)).copied().filter(|it| *it != NO_SYMBOL)
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
    pub(super) fn read<'t>(&self, text: &'t [u8]) -> Option<(u128, &'t [u8])> {
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
        };
        Some((number, rest))
    }

    /// The place of a text among all texts of its width.
    #[inline]
    fn place(&self, text: &[u8]) -> Option<u128> {
        let radix = self.symbols.len();
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
    pub(super) fn write(&self, number: u128, out: &mut String) {
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
        };
        if self.kind == FieldKind::Digits {
            self.write_place::<true>(place, width, out);
        } else {
            self.write_place::<false>(place, width, out);
        }
    }

    /// Appends the text of a width at a place among all of this width. A radix known when this is
    /// compiled makes the divisions cheap.
    fn write_place<const DECIMAL: bool>(&self, place: u128, width: usize, out: &mut String) {
        let radix = if DECIMAL { 10 } else { self.symbols.len() as u64 };
        let mut text = [0_u8; WIDTH_MAX];
        let mut slots = text.iter_mut().rev().take(width);
        let mut high = place;
        while let Err(_wide) = u64::try_from(high) {
            let cut = u128::from(radix.pow(NARROW_WIDTH));
            let low = u64::try_from(high % cut).unwrap_or(0);
            self.fill::<DECIMAL>(low, radix, slots.by_ref().take(NARROW_WIDTH as usize));
            high /= cut;
        }
        self.fill::<DECIMAL>(u64::try_from(high).unwrap_or(0), radix, slots);
        let written = text.get(WIDTH_MAX - width..).unwrap_or_default();
        out.push_str(std::str::from_utf8(written).unwrap_or_default());
    }

    #[inline]
    #[expect(
        clippy::indexing_slicing,
        clippy::cast_possible_truncation,
        reason = "a remainder of the radix is less than the number of symbols, at most 36"
    )]
    fn fill<'t, const DECIMAL: bool>(
        &self,
        mut place: u64,
        radix: u64,
        slots: impl Iterator<Item = &'t mut u8>,
    ) {
        let radix = if DECIMAL { 10 } else { radix };
        for slot in slots {
            let number = place % radix;
            *slot = if DECIMAL { b'0' + number as u8 } else { self.symbols[number as usize] };
            place /= radix;
        }
    }

    /// What keeps the beginning of a text from being a value of this field.
    pub(super) fn misfit(&self, text: &[u8]) -> Option<Misfit> {
        let run = text.iter().take(self.width_max);
        let width = run.take_while(|it| self.number_of(**it).is_some()).count();
        if width < self.width_min {
            return Some(Misfit::Symbol(width));
        }
        self.read(text).is_none().then_some(Misfit::LeadingZero)
    }

    /// Splits a prefix into its run of characters that this field writes and the rest.
    pub(super) fn split_written<'t>(&self, prefix: &'t [u8]) -> (&'t [u8], &'t [u8]) {
        let run = prefix.iter().take(self.width_max);
        let width = run.take_while(|it| self.symbols.contains(it)).count();
        prefix.split_at_checked(width).unwrap_or((prefix, &[]))
    }

    /// The numbers, as inclusive intervals, of the values that begin with a text, at least one
    /// character of it.
    pub(super) fn numbers_from(&self, start: &[u8]) -> Vec<(u128, u128)> {
        let Some(place) = self.place(start) else { return Vec::new() };
        let radix = self.symbols.len() as u128;
        let widths = self.width_min.max(start.len())..=self.width_max;
        let free = |width: usize| u32::try_from(width - start.len()).map_or(0, |it| radix.pow(it));
        let span = |width: usize| (place * free(width), place * free(width) + (free(width) - 1));
        match &self.numbering {
            Numbering::Fixed => vec![span(self.width_max)],
            Numbering::Number { .. } if start.first() == Some(&b'0') => {
                if start.len() == 1 && self.width_min == 1 { vec![(0, 0)] } else { Vec::new() }
            }
            Numbering::Number { first: least } => {
                widths.map(span).map(|(first, last)| (first - least, last - least)).collect()
            }
            Numbering::Shortlex { starts } => starts
                .iter()
                .zip(self.width_min..)
                .filter(|(_, width)| widths.contains(width))
                .map(|(at, width)| (at + span(width).0, at + span(width).1))
                .collect(),
        }
    }
}
