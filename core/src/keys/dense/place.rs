//! One chunk of the code space.

use std::ops::Range;

use super::shape::{RANK_CODES, RANKS, WORDS};
use crate::bitmap::kernels;

/// A chunk that has codes, and what it holds.
#[derive(Clone, Copy)]
pub(in super::super) struct Place<'a> {
    /// Which chunk of the code space it is, from the base.
    pub(super) number: u64,
    /// How many codes of the group are before it.
    pub(super) before: u64,
    /// How many codes it has.
    pub(super) count: u32,
    pub(super) codes: Codes<'a>,
}

#[derive(Clone, Copy)]
pub(super) enum Codes<'a> {
    /// First code, and codes before, of every run.
    Runs {
        firsts: &'a [[u8; 2]],
        ranks: &'a [[u8; 2]],
    },
    Array(&'a [[u8; 2]]),
    /// Codes before each 512, and a bit a code.
    Bits {
        ranks: &'a [[u8; 2]; RANKS],
        words: &'a [[u8; 8]; WORDS],
    },
}

/// Codes of a chunk, in it or not.
const LOWS: u32 = 1 << 16;

fn half(bytes: [u8; 2]) -> u16 {
    u16::from_le_bytes(bytes)
}

fn half_at(halves: &[[u8; 2]], at: usize) -> Option<u32> {
    halves.get(at).map(|&bytes| u32::from(half(bytes)))
}

fn word_at(words: &[[u8; 8]], at: usize) -> u64 {
    words.get(at).map_or(0, |&bytes| u64::from_le_bytes(bytes))
}

impl Place<'_> {
    /// How many codes of the chunk are before `low`, and whether it is one of them.
    #[inline]
    pub(super) fn rank(&self, low: u16) -> (u32, bool) {
        match self.codes {
            Codes::Runs { firsts, ranks } => {
                let after = firsts.partition_point(|&it| half(it) <= low);
                let run = after.wrapping_sub(1);
                match (half_at(firsts, run), half_at(ranks, run)) {
                    (Some(first), Some(rank)) => {
                        let end = half_at(ranks, after).unwrap_or(self.count);
                        let wanted = rank + u32::from(low).saturating_sub(first);
                        if wanted < end { (wanted, true) } else { (end, false) }
                    }
                    _ => (0, false),
                }
            }
            Codes::Array(codes) => match codes.binary_search_by_key(&low, |&it| half(it)) {
                Ok(rank) => (few(rank), true),
                Err(rank) => (few(rank), false),
            },
            Codes::Bits { ranks, words } => {
                let (group, at) = (usize::from(low) / RANK_CODES, usize::from(low >> 6));
                let whole = words.get(group * (RANK_CODES / 64)..at).unwrap_or_default();
                let word = word_at(words, at);
                let before = (word & !(u64::MAX << (low & 63))).count_ones();
                let rank = half_at(ranks, group).unwrap_or(0);
                let rank = rank + kernels::count_bytes(whole) + before;
                (rank, word >> (low & 63) & 1 == 1)
            }
        }
    }

    /// The code that has `rank` codes of the chunk before it.
    pub(super) fn select(&self, rank: u32) -> Option<u16> {
        match self.codes {
            Codes::Runs { firsts, ranks } => {
                let run =
                    ranks.partition_point(|&it| u32::from(half(it)) <= rank).checked_sub(1)?;
                let over = rank.checked_sub(half_at(ranks, run)?)?;
                u16::try_from(half_at(firsts, run)? + over).ok()
            }
            Codes::Array(codes) => codes.get(rank as usize).map(|&it| half(it)),
            Codes::Bits { ranks, words } => {
                let group = ranks.partition_point(|&it| u32::from(half(it)) <= rank);
                let group = group.checked_sub(1)?;
                let mut left = rank.checked_sub(half_at(ranks, group)?)?;
                let words_each = RANK_CODES / 64;
                for at in group * words_each..(group + 1) * words_each {
                    let mut word = word_at(words, at);
                    if left < word.count_ones() {
                        (0..left).for_each(|_| word &= word - 1);
                        let low = at * 64 + word.trailing_zeros() as usize;
                        return u16::try_from(low).ok();
                    }
                    left -= word.count_ones();
                }
                None
            }
        }
    }

    /// Gives the codes of some ranks, as far as there are so many: the first of those that follow
    /// one another, and how many they are.
    pub(super) fn for_each_run(&self, ranks: Range<u32>, mut visit: impl FnMut(u16, u32)) {
        match self.codes {
            Codes::Runs { ranks: befores, .. } => {
                let first = befores.partition_point(|&it| u32::from(half(it)) <= ranks.start);
                let runs = self.runs().skip(first.saturating_sub(1));
                for run in runs.take_while(|run| run.before < ranks.end) {
                    let start = run.before.max(ranks.start);
                    let end = (run.before + run.length).min(ranks.end);
                    let low = u16::try_from(run.first + (start - run.before));
                    if let (Ok(low), Some(length)) = (low, end.checked_sub(start)) {
                        visit(low, length.min(LOWS - u32::from(low)));
                    }
                }
            }
            Codes::Array(codes) => {
                let codes = codes.get(ranks.start as usize..ranks.end as usize);
                let mut codes = codes.unwrap_or_default().iter().map(|&it| half(it)).peekable();
                while let Some(first) = codes.next() {
                    let mut last = first;
                    while let Some(next) = codes.next_if(|it| last.checked_add(1) == Some(*it)) {
                        last = next;
                    }
                    visit(first, u32::from(last - first) + 1);
                }
            }
            Codes::Bits { words, .. } => {
                let Some(mut low) = self.select(ranks.start).map(u32::from) else { return };
                let mut left = ranks.len() as u64;
                while low < LOWS && left > 0 {
                    let word = word_at(words, (low / 64) as usize) >> (low % 64);
                    if word & 1 == 0 {
                        low += word.trailing_zeros().min(64 - low % 64);
                        continue;
                    }
                    let first = low;
                    loop {
                        let word = word_at(words, (low / 64) as usize) >> (low % 64);
                        low += word.trailing_ones();
                        if low % 64 != 0 || word & 1 == 0 || low >= LOWS {
                            break;
                        }
                    }
                    let length = u64::from(low - first).min(left);
                    left -= length;
                    if let (Ok(first), Ok(length)) = (u16::try_from(first), u32::try_from(length)) {
                        visit(first, length);
                    }
                }
            }
        }
    }

    fn runs(&self) -> impl Iterator<Item = Run> + '_ {
        let (firsts, ranks) = match self.codes {
            Codes::Runs { firsts, ranks } => (firsts, ranks),
            Codes::Array(_) | Codes::Bits { .. } => (&[][..], &[][..]),
        };
        firsts.iter().enumerate().map(move |(run, &first)| {
            let before = half_at(ranks, run).unwrap_or(0);
            let end = half_at(ranks, run + 1).unwrap_or(self.count);
            Run { first: u32::from(half(first)), before, length: end.saturating_sub(before) }
        })
    }

    /// Whether codes ascend, ranks are right and so many codes are there as the entry says.
    pub(super) fn is_whole(&self) -> bool {
        match self.codes {
            Codes::Runs { ranks, .. } => {
                let mut next = 0;
                let apart = self.runs().all(|run| {
                    let fits = run.first >= next && run.length > 0;
                    next = run.first + run.length + 1;
                    fits
                });
                apart && next <= 65_537 && half_at(ranks, 0) == Some(0)
            }
            Codes::Array(codes) => codes.is_sorted_by(|&a, &b| half(a) < half(b)),
            Codes::Bits { ranks, words } => {
                let mut before = 0;
                let groups = words.chunks(RANK_CODES / 64);
                let right = groups.zip(ranks).all(|(words, &rank)| {
                    let right = u32::from(half(rank)) == before;
                    before += kernels::count_bytes(words);
                    right
                });
                right && before == self.count
            }
        }
    }
}

/// Codes that follow each other.
struct Run {
    first: u32,
    before: u32,
    length: u32,
}

#[expect(clippy::cast_possible_truncation, reason = "a chunk has at most 65,536 codes")]
fn few(rank: usize) -> u32 {
    rank as u32
}
