//! Texts that two families share, or a range and a family.

use std::collections::BTreeMap;

use super::SerialFamily;
use super::automaton::{Automaton, Symbols};

/// Texts that are looked at where dates or check characters decide whether a text is a serial.
const WALKS_MAX: u32 = 2_000;
/// Characters that a walk takes at most: what a normaliser leaves out could make it endless.
const WALK_STEPS_MAX: usize = 300;

impl SerialFamily {
    /// A text that is a serial of this family and of another.
    ///
    /// Where dates or required check characters say which texts are serials, so many texts are
    /// looked at that a text of both is missed only where hardly one in a thousand is.
    pub(super) fn shared_serial(&self, other: &SerialFamily) -> Option<String> {
        if self.is_apart_from(other) {
            return None;
        }
        let (a, b) = (Automaton::of_family(self), Automaton::of_family(other));
        let fits = |text: &str| self.encode(text).is_some() && other.encode(text).is_some();
        let mended = |text: &str| {
            let texts =
                [Some(text.to_owned()), self.codec().mended(text), other.codec().mended(text)];
            texts.into_iter().flatten().find(|it| fits(it))
        };
        a.shared_text_of(&b, mended)
    }

    /// Whether no text has a length that both have.
    fn is_apart_from(&self, other: &SerialFamily) -> bool {
        let lengths = |it: &SerialFamily| {
            let (least, most) = it.codec().lengths();
            // What a normaliser leaves out makes serials longer.
            (least, if it.normaliser().leaves_out() { usize::MAX } else { most })
        };
        let (a, b) = (lengths(self), lengths(other));
        a.1 < b.0 || b.1 < a.0
    }
}

impl Automaton {
    /// A shortest text of both, if there is one.
    #[cfg(test)]
    pub(super) fn shared_text(&self, other: &Self) -> Option<String> {
        self.shared_text_of(other, |text| Some(text.to_owned()))
    }

    /// What `mended` makes of a text of both: of a shortest one, or else of others, where it makes
    /// none of that.
    pub(super) fn shared_text_of(
        &self,
        other: &Self,
        mended: impl Fn(&str) -> Option<String>,
    ) -> Option<String> {
        let pairs = Pairs::of(self, other);
        let shortest = pairs.shortest()?;
        let found = mended(&shortest);
        if found.is_some() {
            return found;
        }
        let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
        (0..WALKS_MAX).find_map(|_| mended(&pairs.walk(&mut dice)))
    }
}

/// The pairs of nodes that a text leads to in two automata at once.
struct Pairs {
    nodes: Vec<Pair>,
}

struct Pair {
    of: (usize, usize),
    /// From which pair it was reached first, by which character.
    by: Option<(usize, char)>,
    /// Whether a text may end here in both.
    is_end: bool,
    /// Whether it leads to an end.
    is_alive: bool,
    moves: Vec<(Symbols, usize)>,
}

impl Pairs {
    fn of(a: &Automaton, b: &Automaton) -> Self {
        let mut pairs = Pairs { nodes: Vec::new() };
        let mut numbers = BTreeMap::new();
        pairs.reach((0, 0), None, &mut numbers);
        let mut number = 0;
        while let Some((x, y)) = pairs.nodes.get(number).map(|it| it.of) {
            let (mut moves, of_other) = (Vec::new(), b.moves(y));
            for (symbols, to) in a.moves(x) {
                for (others, other_to) in &of_other {
                    let Some(shared) = symbols.both(*others) else { continue };
                    let by = shared.nth(0).map(|it| (number, it));
                    moves.push((shared, pairs.reach((to, *other_to), by, &mut numbers)));
                }
            }
            if let Some(pair) = pairs.nodes.get_mut(number) {
                pair.moves = moves;
                pair.is_end = a.ends_at(x) && b.ends_at(y);
                pair.is_alive = pair.is_end;
            }
            number += 1;
        }
        pairs.find_alive();
        pairs
    }

    /// The number of a pair, the next where it is new.
    fn reach(
        &mut self,
        of: (usize, usize),
        by: Option<(usize, char)>,
        numbers: &mut BTreeMap<(usize, usize), usize>,
    ) -> usize {
        *numbers.entry(of).or_insert_with(|| {
            self.nodes.push(Pair { of, by, is_end: false, is_alive: false, moves: Vec::new() });
            self.nodes.len() - 1
        })
    }

    fn find_alive(&mut self) {
        let mut before: Vec<Vec<usize>> = vec![Vec::new(); self.nodes.len()];
        for (number, pair) in self.nodes.iter().enumerate() {
            for (_, to) in &pair.moves {
                if let Some(list) = before.get_mut(*to) {
                    list.push(number);
                }
            }
        }
        let ends = self.nodes.iter().enumerate().filter(|(_, it)| it.is_end);
        let mut waiting: Vec<usize> = ends.map(|(number, _)| number).collect();
        while let Some(number) = waiting.pop() {
            for from in before.get_mut(number).map(std::mem::take).unwrap_or_default() {
                if let Some(pair) = self.nodes.get_mut(from)
                    && !pair.is_alive
                {
                    pair.is_alive = true;
                    waiting.push(from);
                }
            }
        }
    }

    /// A shortest text of both: pairs are numbered in the order of the lengths of their texts.
    fn shortest(&self) -> Option<String> {
        let end = self.nodes.iter().find(|it| it.is_end)?;
        let steps = std::iter::successors(end.by, |(from, _)| self.nodes.get(*from)?.by);
        let backwards: Vec<char> = steps.map(|(_, by)| by).collect();
        Some(backwards.into_iter().rev().collect())
    }

    /// Some text of both.
    fn walk(&self, dice: &mut Dice) -> String {
        let mut text = String::new();
        let mut here = 0;
        while let Some(pair) = self.nodes.get(here) {
            let is_alive = |to: usize| self.nodes.get(to).is_some_and(|it| it.is_alive);
            let ahead = || pair.moves.iter().filter(|(_, to)| *to != here && is_alive(*to));
            let ways: usize = ahead().map(|(symbols, _)| symbols.count()).sum();
            let stops = pair.is_end && (ways == 0 || dice.below(4) == 0);
            if stops || ways == 0 || text.len() > WALK_STEPS_MAX {
                break;
            }
            let mut way = dice.below(ways);
            for (symbols, to) in ahead() {
                if let Some(it) = symbols.nth(way) {
                    text.push(it);
                    here = *to;
                    break;
                }
                way -= symbols.count();
            }
        }
        text
    }
}

/// Numbers without a pattern, always the same.
struct Dice(u64);

impl Dice {
    fn below(&mut self, count: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % count.max(1)
    }
}
