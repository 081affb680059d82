//! All alternatives of a table as one decision, side by side.
//!
//! A node cuts the values of one side into classes, for each of which the same alternatives are
//! left, and leads to the node of the next side. What is UNKNOWN on the way is remembered, so that
//! the end says not only that an alternative is in doubt, but for which sides.

use std::collections::BTreeMap;

use super::side::{Side, SideTest};
use crate::scope::Truth;

/// What the alternatives come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Said {
    /// No alternative can hold.
    False,
    /// One holds.
    True,
    /// None holds, and some may: a bit for each side that decides it.
    Unknown(u16),
}

/// What comes after a side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// The node of another side.
    Node(u32),
    Said(Said),
}

/// The values of one side, cut into classes.
#[derive(Debug)]
pub(super) struct Node {
    /// The place of the side.
    pub(super) side: usize,
    /// The first value of each class, ascending from 0.
    starts: Vec<u64>,
    next: Vec<Next>,
    missing: Next,
}

impl Node {
    /// What comes after a value; `class` is the one looked at before, and then that of the value.
    pub(super) fn after(&self, value: Option<u64>, class: &mut u32) -> Next {
        let Some(value) = value else { return self.missing };
        let at = *class as usize;
        // Values often ascend, or are what they were.
        let begins = |at: usize| self.starts.get(at).is_some_and(|start| *start <= value);
        let at = if !begins(at) || begins(at + 2) {
            self.starts.partition_point(|start| *start <= value).saturating_sub(1)
        } else {
            at + usize::from(begins(at + 1))
        };
        *class = u32::try_from(at).unwrap_or(0);
        self.next.get(at).copied().unwrap_or(Next::Said(Said::False))
    }

    /// What may come after the values of a zone, and after none where some may be missing.
    pub(super) fn within(
        &self,
        zone: Option<(u64, u64)>,
        has_missing: bool,
    ) -> impl Iterator<Item = Next> {
        let (first, last) = zone.unwrap_or((1, 0));
        let begin = self.starts.partition_point(|start| *start <= first).saturating_sub(1);
        let end = self.starts.partition_point(|start| *start <= last);
        let classes = if first <= last { self.next.get(begin..end) } else { None };
        let missing = has_missing.then_some(self.missing);
        missing.into_iter().chain(classes.unwrap_or_default().iter().copied())
    }
}

/// The alternatives of a table as a decision.
#[derive(Debug)]
pub(super) struct Diagram {
    /// The sides in the order in which they are asked.
    pub(super) sides: Vec<Side>,
    pub(super) nodes: Vec<Node>,
    pub(super) root: Next,
}

/// Alternatives that a class may list in all nodes together, for each alternative and in any case.
const LISTED_MAX: (usize, usize) = (64, 1 << 20);

impl Diagram {
    /// Joins alternatives, each a test a side; none where they overlap so much that there would be
    /// too many nodes. One alternative always has a diagram.
    pub(super) fn new(alternatives: &[BTreeMap<Side, &SideTest>]) -> Option<Self> {
        let (each, any) = LISTED_MAX;
        Self::with_listed_max(alternatives, alternatives.len().saturating_mul(each).max(any))
    }

    pub(super) fn with_listed_max(
        alternatives: &[BTreeMap<Side, &SideTest>],
        left: usize,
    ) -> Option<Self> {
        let sides = in_order(alternatives);
        let tests = alternatives
            .iter()
            .map(|tests| sides.iter().map(|side| tests.get(side).copied()).collect())
            .collect();
        let mut builder = Builder { tests, nodes: Vec::new(), known: BTreeMap::new(), left };
        let all = (0..).zip(alternatives).map(|(at, _)| Open { alternative: at, doubt: 0 });
        let root = builder.next(0, sides.len(), all.collect())?;
        Some(Diagram { sides, nodes: builder.nodes, root })
    }
}

/// The sides of all alternatives: first those of whose values the fewest alternatives are left.
fn in_order(alternatives: &[BTreeMap<Side, &SideTest>]) -> Vec<Side> {
    let mut ends = BTreeMap::<Side, (Vec<u64>, u64)>::new();
    for (side, test) in alternatives.iter().flatten() {
        let (ends, tested) = ends.entry(*side).or_default();
        ends.extend(test.pieces().flat_map(|(first, last, _)| [first, last.saturating_add(1)]));
        *tested += 1;
    }
    let total = alternatives.len() as u64;
    let mut ranked = Vec::new();
    for (side, (mut all, tested)) in ends {
        all.sort_unstable();
        all.dedup();
        let place = |value: u64| all.partition_point(|it| *it < value) as u64;
        let tests = alternatives.iter().filter_map(|it| it.get(&side));
        let covered: u64 = tests
            .flat_map(|it| it.pieces())
            .map(|(first, last, _)| place(last.saturating_add(1)) - place(first))
            .sum();
        let classes = all.len().max(1) as u64;
        ranked.push((covered / classes + (total - tested), side));
    }
    ranked.sort_unstable();
    ranked.into_iter().map(|(_, side)| side).collect()
}

/// An alternative that is not FALSE so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Open {
    alternative: u32,
    /// A bit for each side for which it is UNKNOWN.
    doubt: u16,
}

impl Open {
    fn in_doubt(self, side: usize) -> Open {
        Open { doubt: self.doubt | 1 << side, ..self }
    }
}

struct Builder<'t> {
    /// By alternative and side; none where it does not ask for it.
    tests: Vec<Vec<Option<&'t SideTest>>>,
    nodes: Vec<Node>,
    known: BTreeMap<(usize, Vec<Open>), Next>,
    /// How many more alternatives may be listed.
    left: usize,
}

impl Builder<'_> {
    /// What comes before a side, when these alternatives are left.
    fn next(&mut self, side: usize, sides: usize, open: Vec<Open>) -> Option<Next> {
        let rest = side..sides;
        let is_done = |it: &Open| rest.clone().all(|side| self.test(*it, side).is_none());
        if open.is_empty() {
            return Some(Next::Said(Said::False));
        }
        if open.iter().any(|it| it.doubt == 0 && is_done(it)) {
            return Some(Next::Said(Said::True));
        }
        if side == sides {
            return Some(Next::Said(Said::Unknown(open.iter().fold(0, |all, it| all | it.doubt))));
        }
        if open.iter().all(|it| self.test(*it, side).is_none()) {
            return self.next(side + 1, sides, open);
        }
        let key = (side, open);
        if let Some(found) = self.known.get(&key) {
            return Some(*found);
        }
        let node = self.node(side, sides, &key.1)?;
        let next = Next::Node(u32::try_from(self.nodes.len()).ok()?);
        self.nodes.push(node);
        self.known.insert(key, next);
        Some(next)
    }

    fn node(&mut self, side: usize, sides: usize, open: &[Open]) -> Option<Node> {
        let missing = open.iter().filter_map(|it| match self.test(*it, side) {
            None => Some(*it),
            Some(test) => match test.missing() {
                Truth::True => Some(*it),
                Truth::Unknown => Some(it.in_doubt(side)),
                Truth::False => None,
            },
        });
        let missing: Vec<Open> = missing.collect();
        self.list(missing.len())?;
        let missing = self.next(side + 1, sides, missing)?;
        let mut changes = Vec::new();
        for it in open {
            let Some(test) = self.test(*it, side) else { continue };
            for (first, last, in_doubt) in test.pieces() {
                let it = if in_doubt { it.in_doubt(side) } else { *it };
                changes.push((first, true, it));
                changes.extend(last.checked_add(1).map(|end| (end, false, it)));
            }
        }
        changes.sort_unstable();
        let idle: Vec<Open> =
            open.iter().filter(|it| self.test(**it, side).is_none()).copied().collect();
        let mut active = Active::new(side + 1 == sides, idle);
        let mut node = Node { side, starts: Vec::new(), next: Vec::new(), missing };
        node.push(0, self.after(&active, side + 1, sides)?);
        for group in changes.chunk_by(|a, b| a.0 == b.0) {
            for (_, begins, it) in group {
                active.change(*begins, *it);
            }
            if let Some((value, ..)) = group.first() {
                node.push(*value, self.after(&active, side + 1, sides)?);
            }
        }
        Some(node)
    }

    /// What comes after a class of values.
    fn after(&mut self, active: &Active, side: usize, sides: usize) -> Option<Next> {
        match active {
            Active::Counted(counts) => {
                self.list(counts.len())?;
                Some(Next::Said(said(counts)))
            }
            Active::Listed(open) => {
                self.list(open.len())?;
                self.next(side, sides, open.clone())
            }
        }
    }

    fn list(&mut self, count: usize) -> Option<()> {
        self.left = self.left.checked_sub(count)?;
        Some(())
    }

    fn test(&self, it: Open, side: usize) -> Option<&SideTest> {
        *self.tests.get(it.alternative as usize)?.get(side)?
    }
}

impl Node {
    /// Adds a class. It takes the place of one that begins with the same value, and goes on with one
    /// that has the same after it.
    fn push(&mut self, start: u64, next: Next) {
        if self.starts.last() == Some(&start) {
            self.starts.pop();
            self.next.pop();
        }
        if self.next.last() != Some(&next) {
            self.starts.push(start);
            self.next.push(next);
        }
    }
}

/// The alternatives that are left for a class of values.
enum Active {
    /// Ascending.
    Listed(Vec<Open>),
    /// After the last side: how many there are, by the sides for which they are UNKNOWN.
    Counted(BTreeMap<u16, u32>),
}

impl Active {
    fn new(is_last: bool, idle: Vec<Open>) -> Self {
        if !is_last {
            return Active::Listed(idle);
        }
        let mut active = Active::Counted(BTreeMap::new());
        for it in idle {
            active.change(true, it);
        }
        active
    }

    fn change(&mut self, begins: bool, it: Open) {
        match self {
            Active::Listed(open) => match (begins, open.binary_search(&it)) {
                (true, Err(at)) => open.insert(at, it),
                (false, Ok(at)) => {
                    open.remove(at);
                }
                _ => {}
            },
            Active::Counted(counts) => {
                let count = counts.entry(it.doubt).or_default();
                *count = if begins { *count + 1 } else { count.saturating_sub(1) };
                if *count == 0 {
                    counts.remove(&it.doubt);
                }
            }
        }
    }
}

fn said(counts: &BTreeMap<u16, u32>) -> Said {
    if counts.is_empty() {
        Said::False
    } else if counts.contains_key(&0) {
        Said::True
    } else {
        Said::Unknown(counts.keys().fold(0, |all, doubt| all | doubt))
    }
}
