//! Whether two sets of texts share one: families with families, and ranges with families.

use std::collections::BTreeSet;

use super::codec::Step;
use super::field::Field;
use super::{Normaliser, SerialFamily};

/// The texts along the paths of a graph from its first node to its last.
#[derive(Debug, Default)]
pub(super) struct Automaton {
    nodes: Vec<Node>,
    /// Where a text may end.
    end: usize,
}

#[derive(Clone, Debug, Default)]
struct Node {
    edges: Vec<(Symbols, usize)>,
    /// The nodes that are reached from here by no character.
    skips: Vec<usize>,
}

/// A set of characters.
#[derive(Clone, Copy, Debug)]
pub(super) enum Symbols {
    /// ASCII characters: a bit each.
    Ascii(u128),
    One(char),
}

impl Symbols {
    fn one(it: char) -> Self {
        if it.is_ascii() { Symbols::Ascii(1 << u32::from(it)) } else { Symbols::One(it) }
    }

    /// What is read as a character of a literal.
    fn read_as(literal: char, normaliser: Normaliser) -> Self {
        if !literal.is_ascii() || normaliser.is_off() {
            return Symbols::one(literal);
        }
        let fold = |it: char| u8::try_from(it).map(|it| normaliser.fold(it)).ok();
        Symbols::of(|it| fold(it) == fold(literal))
    }

    fn of(accepts: impl Fn(char) -> bool) -> Self {
        let bits = (0..128_u8).filter(|it| accepts(char::from(*it))).map(|it| 1 << it);
        Symbols::Ascii(bits.fold(0_u128, |all, bit| all | bit))
    }

    fn is_empty(self) -> bool {
        matches!(self, Symbols::Ascii(0))
    }

    /// The characters of both, where there are any.
    pub(super) fn both(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Symbols::Ascii(a), Symbols::Ascii(b)) if a & b != 0 => Some(Symbols::Ascii(a & b)),
            (Symbols::One(a), Symbols::One(b)) if a == b => Some(self),
            _ => None,
        }
    }

    /// How many there are.
    pub(super) fn count(self) -> usize {
        match self {
            Symbols::Ascii(bits) => bits.count_ones() as usize,
            Symbols::One(_) => 1,
        }
    }

    /// The character of a place among them, from 0.
    pub(super) fn nth(self, place: usize) -> Option<char> {
        match self {
            Symbols::Ascii(bits) => {
                (0..128_u8).filter(|it| bits & 1 << it != 0).nth(place).map(char::from)
            }
            Symbols::One(it) => (place == 0).then_some(it),
        }
    }
}

/// What kind of character stands somewhere in a serial that fits no family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Digit,
    Upper,
    Lower,
    /// A separator or a letter of another script, which counts as itself.
    Other(char),
}

impl Class {
    pub(crate) fn of(it: char) -> Self {
        match it {
            '0'..='9' => Class::Digit,
            'A'..='Z' => Class::Upper,
            'a'..='z' => Class::Lower,
            other => Class::Other(other),
        }
    }
}

impl Automaton {
    /// The serials of a family, in every way in which it reads them, and what only its dates and
    /// required check characters keep from being serials.
    pub(super) fn of_family(family: &SerialFamily) -> Self {
        let normaliser = family.normaliser();
        let mut it = Automaton::of_steps(family.codec().steps(), normaliser);
        for (at, node) in it.nodes.iter_mut().enumerate() {
            node.edges.push((Symbols::of(|it| !normaliser.keeps(it)), at));
        }
        it
    }

    /// What a sequence of steps reads, without what is left out.
    pub(super) fn of_steps(steps: &[Step], normaliser: Normaliser) -> Self {
        let mut it = Automaton { nodes: vec![Node::default()], end: 0 };
        for step in steps {
            let start = it.end;
            match step {
                Step::Field { field, .. } | Step::Check(field) => it.push_field(field),
                Step::Literal(text) => it.push_literal(text, normaliser),
                Step::Optional { text, .. } => {
                    it.push_literal(text, normaliser);
                    it.skip(start, it.end);
                }
            }
        }
        it
    }

    /// Whether a text of its texts begins with a literal, as a normaliser reads it. Every node must
    /// lead to the end.
    pub(super) fn may_begin_with(&self, literal: &str, normaliser: Normaliser) -> bool {
        let mut reached = BTreeSet::from([0]);
        for it in literal.chars() {
            let symbols = Symbols::read_as(it, normaliser);
            let nodes = reached.iter().flat_map(|it| self.closure(*it));
            let edges = nodes.filter_map(|it| self.nodes.get(it)).flat_map(edges);
            let fitting = edges.filter(|(of, _)| of.both(symbols).is_some());
            reached = fitting.map(|(_, to)| to).collect();
        }
        !reached.is_empty()
    }

    /// The texts from one to another, both included, that have as many characters and the same
    /// class of character at each place; an end left out is open. The two ends are of one shape.
    pub(super) fn of_range(first: Option<&str>, last: Option<&str>) -> Self {
        let shape: Vec<char> = first.or(last).unwrap_or_default().chars().collect();
        // Of every place four nodes: whether the text is still equal to the first end, and to the
        // last.
        let mut nodes = vec![Node::default(); 4 * (shape.len() + 1)];
        let mut firsts = first.unwrap_or_default().chars();
        let mut lasts = last.unwrap_or_default().chars();
        for (place, of) in shape.iter().enumerate() {
            let (low, high) = (firsts.next(), lasts.next());
            for (state, node) in nodes.iter_mut().skip(4 * place).take(4).enumerate() {
                let low = low.filter(|_| state & 1 != 0);
                let high = high.filter(|_| state & 2 != 0);
                for next in 0..4 {
                    let symbols = |it: char| {
                        let equal = state_of(Some(it) == low, Some(it) == high);
                        let inside =
                            low.is_none_or(|low| low <= it) && high.is_none_or(|high| it <= high);
                        Class::of(it) == Class::of(*of) && inside && equal == next
                    };
                    let to = 4 * (place + 1) + next;
                    if of.is_ascii() {
                        node.edges.push((Symbols::of(symbols), to));
                    } else if symbols(*of) {
                        node.edges.push((Symbols::One(*of), to));
                    }
                }
            }
        }
        let end = 4 * shape.len();
        let start = state_of(first.is_some(), last.is_some());
        nodes.iter_mut().skip(end + 1).for_each(|it| it.skips.push(end));
        // The search begins at node 0, which no edge leads to.
        if start != 0 && !shape.is_empty() {
            let begin = nodes.get(start).cloned().unwrap_or_default();
            if let Some(node) = nodes.first_mut() {
                *node = begin;
            }
        }
        Automaton { nodes, end }
    }

    /// Appends a literal, as a normaliser reads it.
    fn push_literal(&mut self, text: &str, normaliser: Normaliser) {
        text.chars().for_each(|it| self.push(Symbols::read_as(it, normaliser)));
    }

    /// Lets a node be left for another without a character.
    fn skip(&mut self, from: usize, to: usize) {
        if let Some(node) = self.nodes.get_mut(from) {
            node.skips.push(to);
        }
    }

    /// Appends a character.
    fn push(&mut self, symbols: Symbols) {
        let next = self.nodes.len();
        self.link(self.end, symbols, next);
        self.nodes.push(Node::default());
        self.end = next;
    }

    fn link(&mut self, from: usize, symbols: Symbols, to: usize) {
        if let Some(node) = self.nodes.get_mut(from) {
            node.edges.push((symbols, to));
        }
    }

    fn push_field(&mut self, field: &Field) {
        if let Some((first, last)) = field.bounds() {
            return self.push_between(field, &first, &last);
        }
        let number = |it: char| u8::try_from(it).ok().and_then(|it| field.number_of(it));
        let start = self.end;
        let whole = start + field.width_max();
        for width in 1..=field.width_max() {
            let padded = width == 1 && field.refuses_leading_zeros();
            self.push(Symbols::of(|it| number(it).is_some_and(|it| it != 0 || !padded)));
            if (field.width_min()..field.width_max()).contains(&width) {
                self.skip(self.end, whole);
            }
        }
        if field.refuses_leading_zeros() && field.width_min() == 1 {
            self.link(start, Symbols::of(|it| number(it) == Some(0)), whole);
        }
    }

    /// Appends the texts of a field from one to another, both of its width.
    fn push_between(&mut self, field: &Field, first: &str, last: &str) {
        let number = |it: char| u8::try_from(it).ok().and_then(|it| field.number_of(it));
        // Where the text is, by whether it is still equal to the first, and to the last.
        let mut here = vec![((true, true), self.end)];
        for (low, high) in first.chars().zip(last.chars()) {
            let mut next: Vec<((bool, bool), usize)> = Vec::new();
            for ((is_low, is_high), from) in here {
                for state in [(false, false), (true, false), (false, true), (true, true)] {
                    let symbols = Symbols::of(|it| {
                        let Some(it) = number(it) else { return false };
                        let (low, high) = (number(low).unwrap_or(0), number(high).unwrap_or(0));
                        let inside = (!is_low || it >= low) && (!is_high || it <= high);
                        inside && (is_low && it == low, is_high && it == high) == state
                    });
                    if symbols.is_empty() {
                        continue;
                    }
                    let known = next.iter().find(|(of, _)| *of == state).map(|(_, to)| *to);
                    let to = known.unwrap_or(self.nodes.len());
                    if known.is_none() {
                        self.nodes.push(Node::default());
                        next.push((state, to));
                    }
                    self.link(from, symbols, to);
                }
            }
            here = next;
        }
        self.end = self.nodes.len();
        self.nodes.push(Node::default());
        for (_, node) in here {
            self.skip(node, self.end);
        }
    }

    /// The node and those reached from it by no character.
    fn closure(&self, from: usize) -> Vec<usize> {
        let mut reached = vec![from];
        let mut at = 0;
        while let Some(node) = reached.get(at).and_then(|it| self.nodes.get(*it)) {
            let fresh: Vec<usize> =
                node.skips.iter().copied().filter(|it| !reached.contains(it)).collect();
            reached.extend(fresh);
            at += 1;
        }
        reached
    }

    /// Whether a text may end at a node.
    pub(super) fn ends_at(&self, node: usize) -> bool {
        self.closure(node).contains(&self.end)
    }

    /// The characters that lead on from a node, and where to.
    pub(super) fn moves(&self, node: usize) -> Vec<(Symbols, usize)> {
        let nodes = self.closure(node).into_iter().filter_map(|it| self.nodes.get(it));
        nodes.flat_map(edges).collect()
    }
}

/// A node's place among the four of a character of a range.
fn state_of(equals_first: bool, equals_last: bool) -> usize {
    usize::from(equals_first) + 2 * usize::from(equals_last)
}

fn edges(node: &Node) -> impl Iterator<Item = (Symbols, usize)> {
    node.edges.iter().copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serial::Normaliser;
    use proptest::prelude::*;

    fn automaton(layout: &str) -> Automaton {
        Automaton::of_family(&SerialFamily::new("it", layout).unwrap())
    }

    #[test]
    fn a_text_of_two_families_is_found() {
        let cases = [
            ("{n:D8}", "{n:D1..8}", Some("10000000")),
            ("00{n:D6}", "{n:D1..8}", None),
            ("{n:D1}", "{n:D1..8}", Some("1")),
            ("{n:D2..3}", "0{n:D1..2}", None),
            ("AX{n:D4}", "{a:A2}{n:D1..6}", Some("AX1000")),
            ("AX{n:D4}", "{s:X6}", Some("AX0000")),
            ("LJ-{n:D4}", "LJ{n:D4}", None),
            ("{a:A1..3}-{n:D2}", "{s:X2}-{t:X1..4}", Some("AA-00")),
            ("№{n:D2}", "№0{n:D1..2}", Some("№01")),
        ];
        for (a, b, expected) in cases {
            let (a, b) = (automaton(a), automaton(b));
            assert_eq!(a.shared_text(&b).as_deref(), expected);
            assert_eq!(b.shared_text(&a).as_deref(), expected);
        }
    }

    #[test]
    fn what_is_overlooked_is_no_difference() {
        let lenient = Normaliser::new().upper_case().without_dashes();
        let family = SerialFamily::new("it", "LJ{n:D2}").unwrap().with_normaliser(lenient).unwrap();
        let shared = Automaton::of_family(&family).shared_text(&automaton("lj-{n:D2}"));
        assert_eq!(shared.as_deref(), Some("lj-00"));
    }

    /// Two texts of one shape, and one that may be of another.
    fn three_texts() -> impl Strategy<Value = (String, String, String)> {
        prop::sample::select(vec!["[0-2]{3}", "[A-C][0-2]{2}", "[0-2][A-C]-"])
            .prop_flat_map(|shape| (shape, shape, prop_oneof![shape, "[0-2A-C][0-2A-C][0-2-]"]))
    }

    proptest! {
        #[test]
        fn a_range_holds_what_lies_between((a, b, x) in three_texts(), open in 0..3) {
            let shape = |it: &str| it.chars().map(Class::of).collect::<Vec<_>>();
            let (a, b) = if a <= b { (a.as_str(), b.as_str()) } else { (b.as_str(), a.as_str()) };
            let (first, last) = match open {
                0 => (Some(a), Some(b)),
                1 => (Some(a), None),
                _ => (None, Some(b)),
            };
            let range = Automaton::of_range(first, last);
            // A layout needs a field: one character more, the same on both sides.
            let mut longer = range;
            longer.push(Symbols::one('0'));
            let point = automaton(&format!("{x}{{n:D1}}"));
            let model = shape(&x) == shape(first.or(last).unwrap())
                && first.is_none_or(|it| it <= x.as_str())
                && last.is_none_or(|it| x.as_str() <= it);
            prop_assert_eq!(longer.shared_text(&point).is_some(), model);
        }
    }
}
