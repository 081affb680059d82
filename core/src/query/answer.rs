//! What is known of one chunk: for which rows a condition holds, and for which it may.

use crate::bitmap::Mask;
use crate::limits::CHUNK_ROWS;
use crate::scope::Truth;

/// Rows of a chunk.
#[derive(Clone, Debug)]
pub(super) enum Part {
    Nothing,
    /// All rows that the chunk has.
    Everything,
    Rows(Mask),
}

impl Part {
    pub(super) fn is_nothing(&self) -> bool {
        matches!(self, Part::Nothing)
    }

    /// The rows, where they are neither none nor all.
    pub(super) fn rows(&self) -> Option<&Mask> {
        match self {
            Part::Rows(rows) => Some(rows),
            Part::Nothing | Part::Everything => None,
        }
    }

    pub(super) fn is_everything(&self) -> bool {
        matches!(self, Part::Everything)
    }

    /// Keeps the rows that `other` has too.
    pub(super) fn and(&mut self, other: &Part, masks: &mut Masks) {
        match (&mut *self, other) {
            (Part::Nothing, _) | (_, Part::Everything) => {}
            (_, Part::Nothing) => masks.put_back(std::mem::replace(self, Part::Nothing)),
            (Part::Everything, Part::Rows(mask)) => *self = Part::Rows(masks.copy(mask)),
            (Part::Rows(ours), Part::Rows(theirs)) => {
                ours.and(theirs);
                self.settle(masks);
            }
        }
    }

    /// Adds the rows of `other`.
    fn or(&mut self, other: &Part, masks: &mut Masks) {
        match (&mut *self, other) {
            (Part::Everything, _) | (_, Part::Nothing) => {}
            (_, Part::Everything) => masks.put_back(std::mem::replace(self, Part::Everything)),
            (Part::Nothing, Part::Rows(mask)) => *self = Part::Rows(masks.copy(mask)),
            (Part::Rows(ours), Part::Rows(theirs)) => ours.or(theirs),
        }
    }

    /// Takes the rows of `other` out.
    fn and_not(&mut self, other: &Part, rows: u32, masks: &mut Masks) {
        match (&mut *self, other) {
            (Part::Nothing, _) | (_, Part::Nothing) => {}
            (_, Part::Everything) => masks.put_back(std::mem::replace(self, Part::Nothing)),
            (Part::Everything, Part::Rows(mask)) => {
                let mut rest = masks.copy(mask);
                rest.flip_range(0..rows);
                *self = Part::Rows(rest);
            }
            (Part::Rows(ours), Part::Rows(theirs)) => {
                ours.and_not(theirs);
                self.settle(masks);
            }
        }
    }

    /// The rows that are not in.
    fn negate(&mut self, rows: u32) {
        match self {
            Part::Nothing => *self = Part::Everything,
            Part::Everything => *self = Part::Nothing,
            Part::Rows(mask) => mask.flip_range(0..rows),
        }
    }

    /// Gives back a mask that has no rows.
    fn settle(&mut self, masks: &mut Masks) {
        if matches!(self, Part::Rows(mask) if mask.is_empty()) {
            masks.put_back(std::mem::replace(self, Part::Nothing));
        }
    }

    fn copy(&self, masks: &mut Masks) -> Part {
        match self {
            Part::Nothing => Part::Nothing,
            Part::Everything => Part::Everything,
            Part::Rows(mask) => Part::Rows(masks.copy(mask)),
        }
    }
}

/// For which rows of a chunk a condition is TRUE, and for which it is not FALSE.
///
/// Kleene's logic is plain logic on each of the two, but that NOT swaps them. Rows that nobody asked
/// about may have any answer.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    /// TRUE.
    pub(super) sure: Part,
    /// TRUE or UNKNOWN; none where nothing is UNKNOWN, so that it is the same.
    pub(super) possible: Option<Part>,
}

impl Answer {
    /// The same for all rows.
    pub(super) fn all(truth: Truth) -> Answer {
        match truth {
            Truth::False => Answer { sure: Part::Nothing, possible: None },
            Truth::True => Answer { sure: Part::Everything, possible: None },
            Truth::Unknown => Answer { sure: Part::Nothing, possible: Some(Part::Everything) },
        }
    }

    /// TRUE or FALSE.
    pub(super) fn known(sure: Part) -> Answer {
        Answer { sure, possible: None }
    }

    /// TRUE or UNKNOWN.
    pub(super) fn possible(&self) -> &Part {
        self.possible.as_ref().unwrap_or(&self.sure)
    }

    /// Whether it is FALSE for all rows.
    pub(super) fn is_false(&self) -> bool {
        self.possible().is_nothing()
    }

    /// Whether it is TRUE for all rows.
    pub(super) fn is_true(&self) -> bool {
        self.sure.is_everything()
    }

    pub(super) fn and(&mut self, other: Answer, masks: &mut Masks) {
        if self.is_true() {
            *self = other;
            return;
        }
        match (&mut self.possible, &other.possible) {
            (None, None) => {}
            (Some(ours), theirs) => ours.and(theirs.as_ref().unwrap_or(&other.sure), masks),
            (None, Some(theirs)) => {
                let mut both = theirs.copy(masks);
                both.and(&self.sure, masks);
                self.possible = Some(both);
            }
        }
        self.sure.and(&other.sure, masks);
        other.give_back(masks);
    }

    /// Both hold: this condition, and the contrary of `other`.
    pub(super) fn and_not(&mut self, mut other: Answer, rows: u32, masks: &mut Masks) {
        if self.is_true() {
            other.negate(rows);
            *self = other;
            return;
        }
        if other.possible.is_some() || self.possible.is_some() {
            let mut possible = self.possible.take().unwrap_or_else(|| self.sure.copy(masks));
            possible.and_not(&other.sure, rows, masks);
            self.possible = Some(possible);
        }
        self.sure.and_not(other.possible(), rows, masks);
        other.give_back(masks);
    }

    pub(super) fn or(&mut self, other: Answer, masks: &mut Masks) {
        if self.is_false() {
            *self = other;
            return;
        }
        match (&mut self.possible, &other.possible) {
            (None, None) => {}
            (Some(ours), theirs) => ours.or(theirs.as_ref().unwrap_or(&other.sure), masks),
            (None, Some(theirs)) => {
                let mut either = theirs.copy(masks);
                either.or(&self.sure, masks);
                self.possible = Some(either);
            }
        }
        self.sure.or(&other.sure, masks);
        other.give_back(masks);
    }

    pub(super) fn negate(&mut self, rows: u32) {
        let possible = self.possible.take();
        self.sure.negate(rows);
        if let Some(mut sure) = possible {
            sure.negate(rows);
            self.possible = Some(std::mem::replace(&mut self.sure, sure));
        }
    }

    /// Splits into the rows that are TRUE and those that are UNKNOWN.
    pub(super) fn split(self, rows: u32, masks: &mut Masks) -> (Part, Part) {
        let Some(mut unknown) = self.possible else { return (self.sure, Part::Nothing) };
        unknown.and_not(&self.sure, rows, masks);
        (self.sure, unknown)
    }

    pub(super) fn give_back(self, masks: &mut Masks) {
        masks.put_back(self.sure);
        if let Some(possible) = self.possible {
            masks.put_back(possible);
        }
    }
}

/// Masks to be used again.
#[derive(Debug, Default)]
pub(super) struct Masks(Vec<Mask>);

impl Masks {
    /// A mask of no rows.
    pub(super) fn empty(&mut self) -> Mask {
        match self.0.pop() {
            Some(mut mask) => {
                mask.clear_all();
                mask
            }
            None => Mask::new(),
        }
    }

    pub(super) fn copy(&mut self, of: &Mask) -> Mask {
        match self.0.pop() {
            Some(mut mask) => {
                mask.words_mut().copy_from_slice(of.words());
                mask
            }
            None => of.clone(),
        }
    }

    /// A part of these rows.
    pub(super) fn part(&mut self, mask: Mask) -> Part {
        let mut part = Part::Rows(mask);
        part.settle(self);
        part
    }

    pub(super) fn put_back(&mut self, part: Part) {
        if let Part::Rows(mask) = part {
            self.0.push(mask);
        }
    }
}

/// Which rows of a segment chunks are cut from, and what a missing value counts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum View {
    /// All rows, in three values.
    Whole,
    /// All rows, as if no value were missing: what is said of a row that misses one means nothing.
    Filled,
    /// The rows of a margin, one after another, in three values. Serials are asked of no margin:
    /// every row of it counts as one of those that they allow.
    Margin(usize),
}

/// A chunk of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct At {
    pub(super) key: u16,
    pub(super) rows: u32,
    pub(super) view: View,
}

impl At {
    /// Chunk `key` of a segment of `rows` rows.
    #[expect(clippy::cast_possible_truncation, reason = "a chunk has at most 65,536 rows")]
    pub(super) fn of(key: u16, rows: u64) -> At {
        let left = rows.saturating_sub(u64::from(key) << 16);
        At { key, rows: left.min(CHUNK_ROWS as u64) as u32, view: View::Whole }
    }

    /// The same chunk, or that of a margin, seen otherwise.
    pub(super) fn seen(self, view: View) -> At {
        At { view, ..self }
    }

    pub(super) fn base(self) -> u64 {
        u64::from(self.key) << 16
    }

    /// Its rows, as rows of the segment.
    pub(super) fn range(self) -> std::ops::Range<u64> {
        self.base()..self.base() + u64::from(self.rows)
    }

    /// A row of the segment as a row of the chunk.
    pub(super) fn row(self, row: u64) -> Option<u16> {
        u16::try_from(row.checked_sub(self.base())?).ok()
    }

    /// Rows of the segment as rows of the chunk; those outside it are left out.
    #[expect(clippy::cast_possible_truncation, reason = "a chunk has at most 65,536 rows")]
    pub(super) fn cut(self, rows: &std::ops::Range<u64>) -> std::ops::Range<u32> {
        let inside = |row: u64| row.saturating_sub(self.base()).min(u64::from(self.rows)) as u32;
        inside(rows.start)..inside(rows.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    const ROWS: u16 = 70;

    fn truths() -> impl Strategy<Value = Vec<Truth>> {
        let truth = prop_oneof![Just(Truth::False), Just(Truth::Unknown), Just(Truth::True)];
        let known = prop_oneof![Just(Truth::False), Just(Truth::True)];
        let rows = usize::from(ROWS);
        prop_oneof![
            vec(truth.clone(), rows),
            vec(known, rows),
            truth.prop_map(move |truth| vec![truth; rows]),
        ]
    }

    fn answer(truths: &[Truth], masks: &mut Masks) -> Answer {
        if truths.iter().all(|truth| *truth == truths[0]) {
            return Answer::all(truths[0]);
        }
        let (mut sure, mut possible) = (masks.empty(), masks.empty());
        for (row, truth) in (0..ROWS).zip(truths) {
            if *truth == Truth::True {
                sure.set(row);
            }
            if *truth != Truth::False {
                possible.set(row);
            }
        }
        let known = sure == possible;
        let sure = masks.part(sure);
        Answer { sure, possible: (!known).then(|| masks.part(possible)) }
    }

    fn rows(part: &Part) -> Vec<bool> {
        if let Part::Rows(mask) = part {
            assert!(mask.iter().all(|row| row < ROWS), "rows that the chunk does not have");
        }
        let inside = |row| match part {
            Part::Nothing => false,
            Part::Everything => true,
            Part::Rows(mask) => mask.contains(row),
        };
        (0..ROWS).map(inside).collect()
    }

    proptest! {
        #[test]
        fn answers_are_kleenes_row_by_row(steps in vec((0..4_u8, truths()), 1..8)) {
            let mut masks = Masks::default();
            let mut all = Answer::all(Truth::True);
            let mut expected = vec![Truth::True; usize::from(ROWS)];
            for (way, truths) in steps {
                let other = answer(&truths, &mut masks);
                let combine: fn(Truth, Truth) -> Truth = match way {
                    0 => Truth::and,
                    1 => Truth::or,
                    2 => |a, b| a.and(b.negate()),
                    _ => |a, _| a.negate(),
                };
                match way {
                    0 => all.and(other, &mut masks),
                    1 => all.or(other, &mut masks),
                    2 => all.and_not(other, u32::from(ROWS), &mut masks),
                    _ => all.negate(u32::from(ROWS)),
                }
                let both = expected.iter().zip(&truths);
                expected = both.map(|(a, b)| combine(*a, *b)).collect();
                let is = |truth| expected.iter().map(|it| *it == truth).collect::<Vec<_>>();
                prop_assert!(!all.is_false() || is(Truth::False).iter().all(|it| *it));
                prop_assert!(!all.is_true() || is(Truth::True).iter().all(|it| *it));
                let (sure, unknown) = all.clone().split(u32::from(ROWS), &mut masks);
                prop_assert_eq!(rows(&sure), is(Truth::True));
                prop_assert_eq!(rows(&unknown), is(Truth::Unknown));
            }
        }
    }
}
