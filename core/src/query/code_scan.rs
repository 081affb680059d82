//! Marks the rows whose codes fulfil conditions.

use crate::bitmap::Mask;
use crate::serial::{Condition, Numbers};

/// Conditions made ready for many codes that ascend.
pub(super) struct CodeScan<'a> {
    narrow: Option<Vec<Narrow>>,
    conditions: &'a [Condition],
}

impl<'a> CodeScan<'a> {
    pub(super) fn new(conditions: &'a [Condition]) -> Self {
        let narrow = conditions.iter().map(Narrow::new).collect();
        CodeScan { narrow, conditions }
    }

    /// Marks the rows, from `first` on, whose codes fulfil all conditions.
    pub(super) fn mark(&mut self, codes: &[u128], first: u32, out: &mut Mask) {
        let fits =
            codes.last().is_none_or(|last| u64::try_from(*last).is_ok_and(|it| it < CODES_END));
        match &mut self.narrow {
            Some(narrow) if fits => match narrow.as_mut_slice() {
                [only] => mark(codes, first, out, |code| only.holds(low(code))),
                narrow => {
                    mark(codes, first, out, |code| narrow.iter_mut().all(|it| it.holds(low(code))));
                }
            },
            _ => mark(codes, first, out, |code| self.conditions.iter().all(|it| it.holds(code))),
        }
    }
}

/// Codes below this are computed with in 64 bits.
const CODES_END: u64 = 1 << 62;

#[expect(clippy::cast_possible_truncation, reason = "the caller saw that the greatest code fits")]
fn low(code: u128) -> u64 {
    code as u64
}

/// Sets the bit of every row, from `first` on, whose code passes.
#[inline]
fn mark(codes: &[u128], first: u32, out: &mut Mask, mut passes: impl FnMut(u128) -> bool) {
    let (mut word, mut row) = (0_u64, first);
    let words = out.words_mut();
    for code in codes {
        word |= u64::from(passes(*code)) << (row % 64);
        row += 1;
        if row.is_multiple_of(64) {
            if let Some(slot) = words.get_mut((row / 64 - 1) as usize) {
                *slot |= word;
            }
            word = 0;
        }
    }
    if let Some(slot) = words.get_mut((row / 64) as usize) {
        *slot |= word;
    }
}

/// A condition in 64 bits, which knows the number of the code before: the next one is near as a
/// rule, and then nothing is divided.
struct Narrow {
    /// Added to a code; the sum does not wrap.
    plus: u64,
    minus: u64,
    low: u64,
    span: u64,
    wanted: Wanted,
    /// The last code as it is divided, its number, and what was left of the division.
    place: u64,
    number: u64,
    left: u64,
}

/// The numbers that pass.
enum Wanted {
    One(u64, u64),
    /// A bit a number.
    Few(Vec<u64>),
    Many(Vec<(u64, u64)>),
}

/// Numbers up to which each has a bit.
const BITS_MAX: u64 = 1 << 20;

impl Narrow {
    fn new(condition: &Condition) -> Option<Self> {
        let Condition { window, numbers } = condition;
        let (plus, minus) = window.shift();
        let fits = |number: u128| u64::try_from(number).ok().filter(|it| *it < CODES_END);
        let low = fits(window.low())?;
        let span = window.span().map_or(Some(u64::MAX), fits)?;
        let (plus, minus) = (fits(plus)?, fits(minus)?);
        let wanted = Wanted::new(numbers, span);
        Some(Narrow { plus, minus, low, span, wanted, place: 0, number: 0, left: 0 })
    }

    #[inline]
    fn holds(&mut self, code: u64) -> bool {
        // Both are below 2^62. A code of another shape has no number.
        let Some(place) = (code + self.plus).checked_sub(self.minus) else { return false };
        let step = place.wrapping_sub(self.place);
        self.place = place;
        let left = self.left.wrapping_add(step);
        if step > CODES_END {
            // It went back.
            (self.number, self.left) = (place / self.low % self.span, place % self.low);
        } else if left < self.low {
            self.left = left;
        } else if left - self.low < self.low {
            self.left = left - self.low;
            self.advance(1);
        } else {
            self.left = left % self.low;
            self.advance(left / self.low);
        }
        match &self.wanted {
            Wanted::One(first, last) => (*first..=*last).contains(&self.number),
            Wanted::Few(bits) => {
                let word = usize::try_from(self.number / 64).ok().and_then(|at| bits.get(at));
                word.is_some_and(|word| word >> (self.number % 64) & 1 == 1)
            }
            Wanted::Many(pairs) => {
                let at = pairs.partition_point(|(_, last)| *last < self.number);
                pairs.get(at).is_some_and(|(first, _)| *first <= self.number)
            }
        }
    }

    #[inline]
    fn advance(&mut self, steps: u64) {
        self.number += steps;
        if self.number >= self.span {
            self.number -= self.span;
            if self.number >= self.span {
                self.number %= self.span;
            }
        }
    }
}

impl Wanted {
    fn new(numbers: &Numbers, span: u64) -> Self {
        // What no number of 64 bits is, no code has.
        let pairs = numbers.as_slice().iter().filter_map(|(first, last)| {
            let last = u64::try_from(*last).unwrap_or(u64::MAX);
            u64::try_from(*first).ok().map(|first| (first, last))
        });
        let pairs: Vec<(u64, u64)> = pairs.collect();
        match pairs.as_slice() {
            [(first, last)] => Wanted::One(*first, *last),
            _ if span <= BITS_MAX => {
                let mut bits = vec![0_u64; usize::try_from(span.div_ceil(64)).unwrap_or(0)];
                for number in pairs.iter().flat_map(|(first, last)| *first..=(*last).min(span)) {
                    let word = usize::try_from(number / 64).ok().and_then(|at| bits.get_mut(at));
                    if let Some(word) = word {
                        *word |= 1 << (number % 64);
                    }
                }
                Wanted::Few(bits)
            }
            _ => Wanted::Many(pairs),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serial::Window;
    use proptest::prelude::*;

    fn condition() -> impl Strategy<Value = Condition> {
        let low = prop_oneof![Just(1_u128), 2_u128..20, 900_u128..1100, Just(1 << 63)];
        let span = prop_oneof![Just(None), (1_u128..40).prop_map(Some), Just(Some(1 << 70))];
        let shift = prop_oneof![Just(0_u128), 0_u128..3000];
        let pairs = prop::collection::vec((0_u128..60, 0_u128..60), 0..4);
        (low, span, shift.clone(), shift, pairs).prop_map(|(low, span, plus, minus, pairs)| {
            Condition {
                window: Window::new((plus, minus), low, span),
                numbers: Numbers::new(pairs),
            }
        })
    }

    proptest! {
        #[test]
        fn rows_are_marked_whose_codes_fulfil_all(
            conditions in prop::collection::vec(condition(), 0..3),
            start in prop_oneof![3000_u128..9000, Just((1 << 62) - 50), Just(1 << 70)],
            steps in prop::collection::vec(prop_oneof![3 => Just(1_u128), 1 => 1_u128..5000], 0..300),
            first in 0_u32..200,
        ) {
            let mut code = start;
            let codes: Vec<u128> = steps.iter().map(|step| { code += step; code }).collect();
            let mut scan = CodeScan::new(&conditions);
            let mut out = Mask::new();
            let half = codes.len() / 2;
            for (start, part) in [(0, &codes[..half]), (half, &codes[half..])] {
                scan.mark(part, first + u32::try_from(start).unwrap(), &mut out);
            }
            // Once more: to go back changes nothing.
            scan.mark(&codes, first, &mut out);
            let holds = |code: u128| conditions.iter().all(|it| it.holds(code));
            let expected: Vec<u32> =
                (first..).zip(&codes).filter(|it| holds(*it.1)).map(|it| it.0).collect();
            prop_assert!(out.iter().map(u32::from).eq(expected));
        }
    }
}
