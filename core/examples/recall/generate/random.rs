//! A small source of repeatable random numbers.

/// `SplitMix64` of Steele, Lea and Flood (2014): one word of state, any seed is good.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// The stream of that number; two numbers give streams that have nothing to do with each other.
    pub(crate) fn stream(number: u64) -> Self {
        let mut random = Random(0x5e71_a71a_0000_7781 ^ number.wrapping_mul(0xd134_2543_de82_ef95));
        Random(random.word())
    }

    /// The next 64 bits.
    pub(crate) fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to, not with, `bound`; 0 when `bound` is 0.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        let wide = u128::from(self.word()) * u128::from(bound);
        u64::try_from(wide >> 64).unwrap_or(0)
    }

    /// A place in a list of that length.
    pub(crate) fn place(&mut self, len: usize) -> usize {
        usize::try_from(self.below(len as u64)).unwrap_or(0)
    }

    /// One of the choices, which are at least one.
    pub(crate) fn of<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.place(choices.len())]
    }

    /// True in so many of a thousand cases.
    pub(crate) fn per_mille(&mut self, cases: u64) -> bool {
        self.below(1_000) < cases
    }

    /// A number from 0 to 1.
    pub(crate) fn fraction(&mut self) -> f64 {
        (self.word() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Roughly normal around 0 with a standard deviation of 1: the sum of twelve fractions, less 6.
    pub(crate) fn normal(&mut self) -> f64 {
        let halves = (0..6).map(|_| {
            let word = self.word();
            (word >> 32) as f64 + (word & 0xffff_ffff) as f64
        });
        halves.sum::<f64>() / (1_u64 << 32) as f64 - 6.0
    }

    /// The place of a weight, drawn in proportion; the weights come to `total`.
    pub(crate) fn weighted(&mut self, weights: &[u16], total: u64) -> usize {
        let mut left = self.below(total);
        for (place, &weight) in weights.iter().enumerate() {
            match left.checked_sub(u64::from(weight)) {
                Some(rest) => left = rest,
                None => return place,
            }
        }
        0
    }
}
