//! Patterns over serials that end in a number: the front of a serial is read once for all that share
//! it, and what may follow it once for all fronts after which the pattern has come as far.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::scope::{LikeAutomaton, LikePattern};
use crate::serial::{SerialFamily, Tail};

/// A pattern made ready for many codes of one family.
pub(super) struct LikeScan<'a> {
    family: &'a SerialFamily,
    automaton: LikeAutomaton,
    tail: Tail,
    /// By how far the pattern has come: a bit for each end that then fits.
    ends: BTreeMap<u128, Vec<u64>>,
    /// The front that the last serial had, and how far the pattern came in it.
    last: Option<(u128, u128)>,
    text: String,
}

impl<'a> LikeScan<'a> {
    /// None where serials of the family do not end in a number that is the end of their code.
    pub(super) fn new(family: &'a SerialFamily, pattern: &LikePattern) -> Option<Self> {
        let (automaton, tail) = (pattern.automaton()?, family.tail()?);
        let ends = BTreeMap::new();
        Some(LikeScan { family, automaton, tail, ends, last: None, text: String::new() })
    }

    /// Whether the serial of a code fits.
    #[inline]
    pub(super) fn fits(&mut self, code: u128) -> Result<bool> {
        let (front, end) = self.tail.split(code);
        let state = match self.last {
            Some((other, state)) if other == front => state,
            _ => self.read_front(front, code)?,
        };
        let bits =
            self.ends.entry(state).or_insert_with(|| ends(&self.automaton, &self.tail, state));
        Ok(bits.get(end / 64).is_some_and(|word| word >> (end % 64) & 1 == 1))
    }

    fn read_front(&mut self, front: u128, code: u128) -> Result<u128> {
        self.text.clear();
        self.family.decode_into(code, &mut self.text)?;
        let length = self.text.len().saturating_sub(self.tail.width());
        let text = self.text.get(..length).unwrap_or_default();
        let state = self.automaton.read(self.automaton.start(), text);
        self.last = Some((front, state));
        Ok(state)
    }
}

/// The ends that fit where the pattern has come so far.
fn ends(automaton: &LikeAutomaton, tail: &Tail, state: u128) -> Vec<u64> {
    let mut bits = vec![0_u64; tail.texts().len().div_ceil(64)];
    for (at, text) in tail.texts().iter().enumerate() {
        if automaton.fits(automaton.read(state, text))
            && let Some(word) = bits.get_mut(at / 64)
        {
            *word |= 1 << (at % 64);
        }
    }
    bits
}
