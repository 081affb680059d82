//! What an encoder wants to know of the ordinals of a chunk before it chooses.

use hashbrown::HashTable;

use super::packed::{bits_for, low_bits, packed_bytes};

/// Rows a block may have, the fewest first.
pub(super) const BLOCK_ROWS: [usize; 3] = [64, 256, 1024];

/// Ranges of codes up to which distinct codes are marked in a table rather than looked up.
const TABLE_CODES_MAX: u64 = 1 << 18;
/// Distinct codes of a wide range up to which a dictionary is tried.
const DISTINCT_MAX: usize = 1 << 14;

/// Buffers that serve one chunk after another.
#[derive(Default)]
pub(super) struct Scratch {
    /// Of every row: its distance from the least ordinal, in steps.
    pub(super) codes: Vec<u64>,
    /// The distinct codes, ascending, where they were counted.
    pub(super) distinct: Vec<u64>,
    /// Of every row: the place of its code in `distinct`.
    pub(super) places: Vec<u64>,
    /// Marks of the codes that occur.
    marks: Vec<u64>,
    /// Of every code that occurs: its place among the distinct.
    ranks: Vec<u64>,
    found: HashTable<(u64, u32)>,
}

/// The shape of a chunk's ordinals, of which there are two different ones at least.
pub(super) struct Survey {
    /// The greatest number that divides every distance from the least ordinal.
    pub(super) step: u64,
    /// Bits of the greatest code.
    pub(super) width: u32,
    pub(super) runs: usize,
    pub(super) ascending: bool,
}

impl Scratch {
    /// Looks at the ordinals, of which `least` is the least and `most` the greatest, and leaves
    /// their codes in `codes`.
    pub(super) fn survey(&mut self, ordinals: &[u64], least: u64, most: u64) -> Survey {
        let step = common_step(ordinals, least);
        let divisor = Divisor::new(step);
        self.codes.clear();
        if step == 1 {
            self.codes.extend(ordinals.iter().map(|it| it - least));
        } else {
            self.codes.extend(ordinals.iter().map(|it| divisor.quotient(it - least)));
        }
        let pairs = self.codes.iter().zip(self.codes.iter().skip(1));
        let (changes, falls) = pairs.fold((0, 0), |(changes, falls), (a, b)| {
            (changes + usize::from(a != b), falls + usize::from(a > b))
        });
        let width = bits_for((most - least) / step.max(1));
        Survey { step, width, runs: changes + 1, ascending: falls == 0 }
    }

    /// Finds the distinct codes, into `distinct`; says how many there are, or none where there
    /// are too many to be worth a dictionary.
    pub(super) fn count_distinct(&mut self, survey: &Survey) -> Option<usize> {
        self.distinct.clear();
        if low_bits(survey.width) < TABLE_CODES_MAX {
            self.mark();
            let count: u32 = self.marks.iter().map(|word| word.count_ones()).sum();
            return Some(count as usize);
        }
        // Each value of ascending rows is one run: runs are smaller, or there is nothing to gain.
        if survey.ascending { None } else { self.look_up() }
    }

    fn mark(&mut self) {
        let most = self.codes.iter().copied().max().unwrap_or(0);
        self.marks.clear();
        self.marks.resize(usize::try_from(most / 64 + 1).unwrap_or(0), 0);
        for code in &self.codes {
            let word = usize::try_from(code / 64).ok().and_then(|at| self.marks.get_mut(at));
            if let Some(word) = word {
                *word |= 1 << (code % 64);
            }
        }
    }

    /// Fills `places`, and `distinct` where [`count_distinct`](Self::count_distinct) has not.
    pub(super) fn place_codes(&mut self) {
        if !self.distinct.is_empty() {
            return;
        }
        self.ranks.clear();
        self.ranks.resize(self.marks.len() * 64, 0);
        for (at, word) in self.marks.iter().enumerate() {
            let mut left = *word;
            while left != 0 {
                let code = at * 64 + left.trailing_zeros() as usize;
                if let Some(rank) = self.ranks.get_mut(code) {
                    *rank = self.distinct.len() as u64;
                }
                self.distinct.push(code as u64);
                left &= left - 1;
            }
        }
        self.places.clear();
        let ranks = &self.ranks;
        let rank = |code: &u64| usize::try_from(*code).ok().and_then(|at| ranks.get(at).copied());
        self.places.extend(self.codes.iter().map(|code| rank(code).unwrap_or(0)));
    }

    fn look_up(&mut self) -> Option<usize> {
        self.found.clear();
        self.places.clear();
        for code in &self.codes {
            let next = u32::try_from(self.distinct.len()).unwrap_or(u32::MAX);
            let entry = self.found.entry(spread(*code), |it| it.0 == *code, |it| spread(it.0));
            let place = entry.or_insert_with(|| {
                self.distinct.push(*code);
                (*code, next)
            });
            self.places.push(u64::from(place.get().1));
            if self.distinct.len() > DISTINCT_MAX {
                self.distinct.clear();
                return None;
            }
        }
        // Places so far are in order of first sight; bring them into the order of the codes.
        let mut order: Vec<(u64, usize)> = self.distinct.iter().copied().zip(0..).collect();
        order.sort_unstable();
        self.ranks.clear();
        self.ranks.resize(order.len(), 0);
        for (rank, (_, seen)) in order.iter().enumerate() {
            if let Some(to) = self.ranks.get_mut(*seen) {
                *to = rank as u64;
            }
        }
        let ranks = &self.ranks;
        for place in &mut self.places {
            let seen = usize::try_from(*place).unwrap_or(usize::MAX);
            *place = ranks.get(seen).copied().unwrap_or(0);
        }
        self.distinct.sort_unstable();
        Some(self.distinct.len())
    }

    /// The fewest bytes that blocks take, and of how many rows they are. With `ascending`, blocks
    /// of distances from the row before.
    pub(super) fn measure_blocks(&self, survey: &Survey, ascending: bool) -> (usize, usize) {
        let measured = if ascending { self.block_gaps() } else { self.block_spreads() };
        let rows = self.codes.len();
        BLOCK_ROWS
            .into_iter()
            .map(|each| {
                let groups = each / 64;
                let bits: usize = measured
                    .chunks(groups)
                    .map(|block| bits_for(widest(block, ascending)) as usize * each)
                    .sum();
                let blocks = rows.div_ceil(each);
                (bits / 8 + 2 * blocks + packed_bytes(blocks, survey.width), each)
            })
            .min()
            .unwrap_or((usize::MAX, 64))
    }

    /// Least and greatest code of every 64 rows.
    fn block_spreads(&self) -> Vec<(u64, u64)> {
        let spread = |codes: &[u64]| {
            codes.iter().fold((u64::MAX, 0), |(a, b): (u64, u64), it| (a.min(*it), b.max(*it)))
        };
        self.codes.chunks(64).map(spread).collect()
    }

    /// Of every 64 rows of ascending codes: the distance to the row before them, and the greatest
    /// between two of them.
    fn block_gaps(&self) -> Vec<(u64, u64)> {
        let mut before = 0;
        let gaps = |codes: &[u64]| {
            let lead = codes.first().map_or(0, |first| first - before);
            before = codes.last().copied().unwrap_or(before);
            let pairs = codes.iter().zip(codes.iter().skip(1));
            (lead, pairs.map(|(a, b)| b - a).max().unwrap_or(0))
        };
        self.codes.chunks(64).map(gaps).collect()
    }
}

/// The greatest number a block of these groups has to hold.
fn widest(block: &[(u64, u64)], ascending: bool) -> u64 {
    if ascending {
        let within = block.iter().map(|it| it.1).max().unwrap_or(0);
        return block.iter().skip(1).map(|it| it.0).max().unwrap_or(0).max(within);
    }
    let least = block.iter().map(|it| it.0).min().unwrap_or(0);
    block.iter().map(|it| it.1).max().unwrap_or(0) - least
}

/// Fibonacci hashing: neighbours go far apart, and the high bits, which the table looks at, differ.
pub(super) fn spread(code: u64) -> u64 {
    let mixed = (code ^ (code >> 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed ^ (mixed >> 29)
}

/// The greatest common divisor of the distances from `least`; 1 where all are 0.
fn common_step(ordinals: &[u64], least: u64) -> u64 {
    let mut step = 0;
    let mut divisor = Divisor::new(1);
    for ordinal in ordinals {
        let distance = ordinal - least;
        if step != 0 && divisor.divides(distance) {
            continue;
        }
        step = greatest_common(step, distance);
        if step == 1 {
            return 1;
        }
        divisor = Divisor::new(step);
    }
    step.max(1)
}

pub(super) fn greatest_common(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// Divides without dividing: multiplication by the inverse modulo 2^64 (Hacker's Delight, 10-16).
struct Divisor {
    shift: u32,
    inverse: u64,
    most: u64,
}

impl Divisor {
    fn new(step: u64) -> Self {
        let step = step.max(1);
        let shift = step.trailing_zeros();
        let odd = step >> shift;
        // Right in 3 bits at first, and in twice as many after every turn.
        let mut inverse = odd;
        for _ in 0..5 {
            inverse = inverse.wrapping_mul(2_u64.wrapping_sub(odd.wrapping_mul(inverse)));
        }
        Divisor { shift, inverse, most: u64::MAX / odd }
    }

    #[inline]
    fn divides(&self, number: u64) -> bool {
        number & low_bits(self.shift) == 0 && self.quotient(number) <= self.most
    }

    /// The quotient of a number that is divided without a rest.
    #[inline]
    fn quotient(&self, number: u64) -> u64 {
        (number >> self.shift).wrapping_mul(self.inverse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn exact_division_is_division(step in 1_u64.., small in 1_u64..5000, number: u64) {
            for step in [step, small, 1 << (small % 64)] {
                let divisor = Divisor::new(step);
                prop_assert_eq!(divisor.divides(number), number % step == 0);
                let exact = number - number % step;
                prop_assert_eq!(divisor.quotient(exact), exact / step);
            }
        }

        #[test]
        fn the_step_is_the_greatest(codes in prop::collection::vec(0_u64..50, 1..20), step in 1_u64..100) {
            let ordinals: Vec<u64> = codes.iter().map(|it| 7 + it * step).collect();
            let least = *ordinals.iter().min().unwrap();
            let found = common_step(&ordinals, least);
            prop_assert!(ordinals.iter().all(|it| (it - least).is_multiple_of(found)));
            if ordinals.iter().any(|it| *it != least) {
                prop_assert_eq!(found % step, 0);
                let quotients = ordinals.iter().map(|it| (it - least) / found);
                prop_assert_eq!(quotients.fold(0, greatest_common), 1);
            }
        }
    }
}
