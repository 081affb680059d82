//! Of which codes what is read lies between two texts, or passes a test.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::Bound;

use super::atom::{Atom, TRIED_MAX};
use super::reading::{Piece, Reading};
use super::{Case, Condition, Numbers, Window};

/// Cases that a test may have.
const CASES_MAX: usize = 64;

/// What a condition reads.
type Read = (Window, Vec<(Window, u128)>);

/// On which side of a text others lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Before,
    After,
}

impl Side {
    /// Whether what compares so with the text lies on this side.
    fn has(self, order: Ordering) -> bool {
        match self {
            Side::Before => order.is_lt(),
            Side::After => order.is_gt(),
        }
    }
}

impl Reading {
    /// The codes of the serials of which what is read lies between two texts, in the order of text:
    /// those that one of the cases fits. None where the arithmetic would be more than it is worth.
    pub(crate) fn between(&self, low: Bound<&str>, high: Bound<&str>) -> Option<Vec<Case>> {
        if let (Bound::Included(low), Bound::Included(high)) = (low, high)
            && low == high
        {
            return self.equal_to(low);
        }
        let after = self.beside(low, Side::After)?;
        let before = self.beside(high, Side::Before)?;
        let pairs = after.iter().flat_map(|a| before.iter().map(move |b| a.and_all(b)));
        Case::any(pairs.flatten().collect())
    }

    /// The codes of the serials of which what is read passes a test: those that one of the cases
    /// fits. None where there are too many texts to be tried.
    pub(crate) fn passing(&self, passes: impl Fn(&str) -> bool) -> Option<Vec<Case>> {
        let atoms: Vec<&Atom> = self.atoms().collect();
        let (outer, inner) = match atoms.as_slice() {
            [] => {
                return Some(if passes(&self.text(&[])) { vec![Case::default()] } else { vec![] });
            }
            [only] => {
                let numbers = only.numbers_passing(|text| passes(&self.text(&[text])))?;
                return Some(Case::default().with(only, numbers).into_iter().collect());
            }
            [outer, inner] => (outer, inner),
            _ => return None,
        };
        if outer.count()?.checked_mul(inner.count()?)? > TRIED_MAX {
            return None;
        }
        // The inner numbers that go with an outer one, and all outer ones with which they go.
        let mut sets: BTreeMap<Numbers, Vec<(u128, u128)>> = BTreeMap::new();
        let (first, last) = outer.numbers();
        for number in first..=last {
            let left = outer.text(number);
            let right = inner.numbers_passing(|right| passes(&self.text(&[&left, right])))?;
            sets.entry(right).or_default().push((number, number));
        }
        let cases = sets.into_iter().filter_map(|(right, left)| {
            Case::default().with(outer, Numbers::new(left))?.with(inner, right)
        });
        let cases: Vec<Case> = cases.collect();
        (cases.len() <= CASES_MAX).then_some(cases)
    }

    fn atoms(&self) -> impl Iterator<Item = &Atom> {
        self.pieces.iter().filter_map(|it| match it {
            Piece::Atom(atom) => Some(&**atom),
            Piece::Char(_) => None,
        })
    }

    /// The whole text, given those of the atoms.
    fn text(&self, atoms: &[&str]) -> String {
        let mut atoms = atoms.iter();
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Char(it) => text.push(*it),
                Piece::Atom(_) => text.push_str(atoms.next().copied().unwrap_or_default()),
            }
        }
        text
    }

    fn equal_to(&self, text: &str) -> Option<Vec<Case>> {
        let (mut equal, mut left) = (Case::default(), text);
        for piece in &self.pieces {
            match piece {
                Piece::Char(it) => match left.strip_prefix(*it) {
                    Some(rest) => left = rest,
                    None => return Some(Vec::new()),
                },
                Piece::Atom(atom) => {
                    let end = left.char_indices().nth(atom.width()).map_or(left.len(), |it| it.0);
                    let (head, tail) = left.split_at_checked(end).unwrap_or((left, ""));
                    let Some(next) = equal.with(atom, atom.same_as(head)?) else {
                        return Some(Vec::new());
                    };
                    (equal, left) = (next, tail);
                }
            }
        }
        Some(if left.is_empty() { vec![equal] } else { Vec::new() })
    }

    /// What lies on one side of a bound.
    fn beside(&self, bound: Bound<&str>, side: Side) -> Option<Vec<Case>> {
        let (bound, included) = match bound {
            Bound::Unbounded => return Some(vec![Case::default()]),
            Bound::Included(bound) => (bound, true),
            Bound::Excluded(bound) => (bound, false),
        };
        let mut cases = Vec::new();
        // What is equal so far, and what of the bound is left.
        let (mut equal, mut left) = (Case::default(), bound);
        for piece in &self.pieces {
            if left.is_empty() {
                // A text that goes on comes after the bound.
                cases.extend((side == Side::After).then_some(equal));
                return Some(cases);
            }
            match piece {
                Piece::Char(it) => {
                    let mut chars = left.chars();
                    let order = chars.next().map_or(Ordering::Greater, |first| it.cmp(&first));
                    if order.is_ne() {
                        cases.extend(side.has(order).then_some(equal));
                        return Some(cases);
                    }
                    left = chars.as_str();
                }
                Piece::Atom(atom) => {
                    let end = left.char_indices().nth(atom.width()).map_or(left.len(), |it| it.0);
                    let (head, tail) = left.split_at_checked(end).unwrap_or((left, ""));
                    cases.extend(equal.with(atom, atom.on_side(head, side)?));
                    let Some(next) = equal.with(atom, atom.same_as(head)?) else {
                        return Some(cases);
                    };
                    (equal, left) = (next, tail);
                }
            }
        }
        // The text ends here; where the bound goes on, it comes before it.
        let passes = if left.is_empty() { included } else { side == Side::Before };
        cases.extend(passes.then_some(equal));
        Some(cases)
    }
}

impl Atom {
    /// The numbers whose texts come before or after another.
    fn on_side(&self, text: &str, side: Side) -> Option<Numbers> {
        match side {
            Side::Before => self.numbers_up_to(|it| it < text),
            Side::After => {
                let others = self.numbers_up_to(|it| it <= text)?;
                Some(self.others_than(&others))
            }
        }
    }

    /// The numbers of a text.
    fn same_as(&self, text: &str) -> Option<Numbers> {
        if let Some(numbers) = self.number_of(text) {
            return Some(numbers);
        }
        let to = self.numbers_up_to(|it| it <= text)?;
        let before = self.numbers_up_to(|it| it < text)?;
        Some(to.intersection(&self.others_than(&before)))
    }

    fn others_than(&self, numbers: &Numbers) -> Numbers {
        let (mut start, last) = self.numbers();
        let mut gaps = Vec::new();
        for (first, end) in numbers.as_slice() {
            if start < *first {
                gaps.push((start, first - 1));
            }
            let Some(next) = end.checked_add(1) else { return Numbers::new(gaps) };
            start = start.max(next);
        }
        gaps.push((start, last));
        Numbers::new(gaps)
    }
}

impl Case {
    /// With the number of an atom being one of these; none where there is none.
    fn with(&self, atom: &Atom, numbers: Numbers) -> Option<Case> {
        if numbers.is_empty() {
            return None;
        }
        match atom.condition(numbers) {
            Some(condition) => self.and(&condition),
            None => Some(self.clone()),
        }
    }

    /// Any of these cases, as few as they are told by; none where they are too many.
    pub(crate) fn any(cases: Vec<Case>) -> Option<Vec<Case>> {
        // Cases that differ in the numbers of the last window only are one.
        let mut joined: BTreeMap<(Case, Read), Vec<(u128, u128)>> = BTreeMap::new();
        for case in cases {
            match case.split_last() {
                Some((rest, last)) => {
                    let read = (last.window, last.lower.clone());
                    joined.entry((rest, read)).or_default().extend(last.numbers.as_slice());
                }
                None => return Some(vec![case]),
            }
        }
        let cases = joined.into_iter().filter_map(|((rest, (window, lower)), pairs)| {
            rest.and(&Condition { window, lower, numbers: Numbers::new(pairs) })
        });
        let cases: Vec<Case> = cases.collect();
        (cases.len() <= CASES_MAX).then_some(cases)
    }
}
