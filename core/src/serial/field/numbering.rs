//! How the values of a field are numbered.

use crate::serial::layout::{Alphabet, CalendarKind, FieldKind, Writing};

/// How wide a field is, and how its values are numbered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Numbering {
    /// All texts of one width, in the order of text.
    Fixed,
    /// Decimal numbers without leading zeros, by value, from the first that is wide enough.
    Number { first: u128 },
    /// Shortest first, then in the order of text: where each width begins, narrowest first.
    Shortlex { starts: Vec<u128> },
    /// Digits of one width, from one number on, beginning anew after the last of the width.
    Window { first: u128, modulus: u128 },
}

impl Numbering {
    /// The numbering of a kind whose alphabet has so many symbols, and its greatest number; none
    /// where it has more than 2^128 values.
    pub(super) fn new(kind: &FieldKind, radix: usize) -> Option<(Self, u128)> {
        let (width_min, width_max) = kind.widths();
        let radix = radix as u128;
        let texts = |width: usize| radix.checked_pow(u32::try_from(width).ok()?);
        if let FieldKind::Calendar(calendar @ CalendarKind { writing: Writing::Digits(_), .. }) =
            kind
        {
            let modulus = texts(width_max)?;
            let first = u128::try_from(calendar.first).unwrap_or(0) % modulus;
            let last = u128::from(calendar.count()) - 1;
            return Some((Numbering::Window { first, modulus }, last));
        }
        if width_min == width_max {
            return Some((Numbering::Fixed, texts(width_max)? - 1));
        }
        if matches!(kind, FieldKind::Text { alphabet: Alphabet::Digits, .. }) {
            let first = if width_min == 1 { 0 } else { texts(width_min - 1)? };
            return Some((Numbering::Number { first }, texts(width_max)? - 1 - first));
        }
        let mut starts = vec![0_u128];
        let mut end = 0_u128;
        for width in width_min..=width_max {
            end = end.checked_add(texts(width)?)?;
            starts.push(end);
        }
        starts.pop();
        Some((Numbering::Shortlex { starts }, end - 1))
    }
}
