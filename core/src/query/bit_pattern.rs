//! Bits that begin anew after some codes.

use crate::bitmap::Mask;

/// A bit for each number below a period.
#[derive(Clone, Debug)]
pub(super) struct BitPattern {
    /// The bits, and then the first of them again.
    words: Vec<u64>,
    period: u64,
}

impl BitPattern {
    /// The numbers below `period`, at least one, that pass.
    pub(super) fn new(period: u64, passes: impl Fn(u64) -> bool) -> Self {
        let bits = period + 64;
        let words = (0..bits.div_ceil(64)).map(|word| {
            let bits = (0..64).filter(|bit| passes((word * 64 + bit) % period));
            bits.fold(0_u64, |all, bit| all | 1 << bit)
        });
        BitPattern { words: words.collect(), period }
    }

    pub(super) fn period(&self) -> u64 {
        self.period
    }

    /// Whether no number passes.
    pub(super) fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// The bits from a number below the period on.
    #[inline]
    fn at(&self, number: u64) -> u64 {
        let (word, shift) = ((number / 64) as usize, number % 64);
        let low = self.words.get(word).map_or(0, |it| it >> shift);
        // In two steps, since a shift by 64 is none.
        let high = self.words.get(word + 1).map_or(0, |it| it << 1 << (63 - shift));
        low | high
    }
}

/// Sets the bits of some rows of a chunk to those of a pattern from a number on, as far as all of
/// several patterns have them.
pub(super) fn set_bits(
    patterns: &mut [(&BitPattern, u64)],
    (mut row, mut left): (u32, u32),
    out: &mut Mask,
) {
    let words = out.words_mut();
    while left > 0 {
        let take = (64 - row % 64).min(left);
        let mut bits = u64::MAX >> (64 - take);
        for (pattern, number) in &mut *patterns {
            bits &= pattern.at(*number);
            *number = (*number + u64::from(take)) % pattern.period;
        }
        if let Some(word) = words.get_mut((row / 64) as usize) {
            *word |= bits << (row % 64);
        }
        (row, left) = (row + take, left - take);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn rows_are_set_that_all_patterns_have(
            periods in prop::collection::vec((1_u64..300, 1_u64..9), 1..3),
            start in 0_u64..1000,
            (row, length) in (0_u32..500, 0_u32..500),
        ) {
            let passes = |every: u64| move |number: u64| number % every != 1;
            let made: Vec<BitPattern> =
                periods.iter().map(|(it, every)| BitPattern::new(*it, passes(*every))).collect();
            let mut patterns: Vec<(&BitPattern, u64)> =
                made.iter().zip(&periods).map(|(it, (period, _))| (it, start % period)).collect();
            let mut out = Mask::new();
            set_bits(&mut patterns, (row, length), &mut out);
            let all = |more: u32| {
                let number = start + u64::from(more);
                periods.iter().all(|(period, every)| passes(*every)(number % period))
            };
            let expected: Vec<u32> = (0..length).filter(|it| all(*it)).map(|it| row + it).collect();
            prop_assert_eq!(out.iter().map(u32::from).collect::<Vec<_>>(), expected);
            for (pattern, (period, every)) in made.iter().zip(&periods) {
                prop_assert_eq!(pattern.is_empty(), !(0..*period).any(passes(*every)));
            }
        }
    }
}
