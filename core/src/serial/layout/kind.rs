//! The kinds of field a layout may hold.

use std::fmt;

use crate::serial::check::CheckScheme;

/// The first year of a year of two digits where no era is declared.
pub(super) const CENTURY: i16 = 2000;

/// What the characters of a field may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::serial) enum FieldKind {
    /// Characters of an alphabet, from a least to a greatest number of them.
    Text { alphabet: Alphabet, widths: (usize, usize) },
    /// A part of a date.
    Calendar(CalendarKind),
    /// Check characters over the named fields, or over all other letters and digits where none is
    /// named.
    Check { scheme: CheckScheme, over: Vec<String> },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::serial) enum Alphabet {
    Digits,
    Letters,
    Alphanumeric,
    /// 0 to 9 and A to F.
    Hexadecimal,
    /// Crockford's: digits and letters without I, L, O and U.
    Base32,
    /// ASCII characters in an order of their own.
    Custom(Box<str>),
}

/// How a part of a date is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::serial) struct CalendarKind {
    pub(in crate::serial) unit: CalendarUnit,
    pub(in crate::serial) writing: Writing,
    /// The first value: of a year the beginning of its era, else 1.
    pub(in crate::serial) first: i16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::serial) enum CalendarUnit {
    Year,
    Month,
    Week,
    DayOfYear,
    Day,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::serial) enum Writing {
    /// So many digits.
    Digits(usize),
    /// A character for each value, in their order.
    Table(Box<str>),
}

impl FieldKind {
    /// The least and the greatest number of characters.
    pub(in crate::serial) fn widths(&self) -> (usize, usize) {
        match self {
            FieldKind::Text { widths, .. } => *widths,
            FieldKind::Calendar(kind) => (kind.writing.width(), kind.writing.width()),
            FieldKind::Check { scheme, .. } => (scheme.width(), scheme.width()),
        }
    }

    pub(in crate::serial) fn is_check(&self) -> bool {
        matches!(self, FieldKind::Check { .. })
    }
}

impl Alphabet {
    /// The alphabet that a layout writes with this letter.
    pub(super) fn of(letter: char) -> Option<Self> {
        match letter {
            'D' => Some(Alphabet::Digits),
            'A' => Some(Alphabet::Letters),
            'X' => Some(Alphabet::Alphanumeric),
            'H' => Some(Alphabet::Hexadecimal),
            'B' => Some(Alphabet::Base32),
            _ => None,
        }
    }

    /// Its characters in ascending order.
    pub(in crate::serial) fn symbols(&self) -> Vec<u8> {
        let digits = b'0'..=b'9';
        match self {
            Alphabet::Digits => digits.collect(),
            Alphabet::Letters => (b'A'..=b'Z').collect(),
            Alphabet::Alphanumeric => digits.chain(b'A'..=b'Z').collect(),
            Alphabet::Hexadecimal => digits.chain(b'A'..=b'F').collect(),
            Alphabet::Base32 => {
                digits.chain((b'A'..=b'Z').filter(|it| !b"ILOU".contains(it))).collect()
            }
            Alphabet::Custom(symbols) => symbols.bytes().collect(),
        }
    }

    /// One of its characters, in messages.
    pub(in crate::serial) fn noun(&self) -> String {
        match self {
            Alphabet::Digits => "digit".to_owned(),
            Alphabet::Letters => "letter A to Z".to_owned(),
            Alphabet::Alphanumeric => "digit or letter A to Z".to_owned(),
            Alphabet::Hexadecimal => "digit or letter A to F".to_owned(),
            Alphabet::Base32 => "digit or letter A to Z without I, L, O and U".to_owned(),
            Alphabet::Custom(symbols) => format!("character of `{symbols}`"),
        }
    }
}

impl CalendarUnit {
    pub(in crate::serial) fn noun(self) -> &'static str {
        match self {
            CalendarUnit::Year => "year",
            CalendarUnit::Month => "month",
            CalendarUnit::Week => "week",
            CalendarUnit::DayOfYear => "day of the year",
            CalendarUnit::Day => "day of the month",
        }
    }
}

impl Writing {
    pub(in crate::serial) fn width(&self) -> usize {
        match self {
            Writing::Digits(width) => *width,
            Writing::Table(_) => 1,
        }
    }
}

impl CalendarKind {
    pub(in crate::serial) fn is_year(&self) -> bool {
        self.unit == CalendarUnit::Year
    }

    /// How many values it has.
    pub(in crate::serial) fn count(&self) -> u16 {
        match (self.unit, &self.writing) {
            (CalendarUnit::Year, Writing::Digits(width)) => {
                u32::try_from(*width).map_or(0, |it| 10_u16.saturating_pow(it))
            }
            (CalendarUnit::Year, Writing::Table(table)) => {
                u16::try_from(table.len()).unwrap_or(u16::MAX)
            }
            (CalendarUnit::Month, _) => 12,
            (CalendarUnit::Week, _) => 53,
            (CalendarUnit::DayOfYear, _) => 366,
            (CalendarUnit::Day, _) => 31,
        }
    }

    /// The kind with the same characters that is no part of a date.
    pub(super) fn plain(&self) -> FieldKind {
        let alphabet = match &self.writing {
            Writing::Digits(_) => Alphabet::Digits,
            Writing::Table(table) => Alphabet::Custom(table.clone()),
        };
        let width = self.writing.width();
        FieldKind::Text { alphabet, widths: (width, width) }
    }
}

impl fmt::Display for FieldKind {
    /// As a layout writes it, such as `D1..6`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FieldKind::Text { alphabet, widths: (least, most) } => {
                alphabet.fmt(f)?;
                if least == most { most.fmt(f) } else { write!(f, "{least}..{most}") }
            }
            FieldKind::Calendar(kind) => kind.fmt(f),
            FieldKind::Check { scheme, over } => {
                f.write_str(scheme.name())?;
                if over.is_empty() { Ok(()) } else { write!(f, "({})", over.join(",")) }
            }
        }
    }
}

impl fmt::Display for Alphabet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Alphabet::Digits => f.write_str("D"),
            Alphabet::Letters => f.write_str("A"),
            Alphabet::Alphanumeric => f.write_str("X"),
            Alphabet::Hexadecimal => f.write_str("H"),
            Alphabet::Base32 => f.write_str("B"),
            Alphabet::Custom(symbols) => f.write_str(&bracketed(symbols)),
        }
    }
}

impl fmt::Display for CalendarKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.unit {
            CalendarUnit::Year => "year",
            CalendarUnit::Month => "month",
            CalendarUnit::Week => "week",
            CalendarUnit::DayOfYear => "yday",
            CalendarUnit::Day => "day",
        })?;
        match &self.writing {
            Writing::Digits(width) if self.is_year() => width.fmt(f)?,
            Writing::Digits(_) => {}
            Writing::Table(table) => f.write_str(&bracketed(table))?,
        }
        let default = match self.writing {
            Writing::Digits(2) => Some(CENTURY),
            Writing::Digits(4) => Some(0),
            Writing::Digits(_) | Writing::Table(_) => None,
        };
        if self.is_year() && default != Some(self.first) {
            write!(f, "@{:04}", self.first)?;
        }
        Ok(())
    }
}

/// Characters in brackets, as a layout writes them.
fn bracketed(symbols: &str) -> String {
    let mut text = String::from("[");
    for it in symbols.chars() {
        if matches!(it, ']' | '\\') {
            text.push('\\');
        }
        text.push(it);
    }
    text.push(']');
    text
}
