//! A test of serials that looks at their texts.

use std::collections::BTreeMap;
use std::ops::Range;

use super::answer::{Answer, At, Masks, Part};
use super::ranges::Ranges;
use super::tail_scan::{Memo, TailScan};
use crate::bitmap::Mask;
use crate::error::{Error, Result};
use crate::keys::Keys;
use crate::scope::{LikePattern, SerialTest, Truth};
use crate::serial::{Families, FamilyId, KeyRange, SerialKey};

/// A test of the texts of some rows; it is FALSE for all others.
#[derive(Debug)]
pub(super) struct TextLeaf<'a> {
    pub(super) keys: &'a Keys,
    pub(super) families: &'a Families,
    pub(super) test: SerialText<'a>,
    /// The rows to look at.
    pub(super) rows: Ranges,
    /// What is known of the ends of serials, by family.
    memos: BTreeMap<FamilyId, Memo>,
}

/// What the text of a serial must be.
#[derive(Clone, Copy, Debug)]
pub(super) enum SerialText<'a> {
    /// In a range whose ends fit no family; or in one of a family, for serials that fit none.
    In(&'a KeyRange),
    Like(&'a LikePattern),
    /// What a test asks of it.
    Of(&'a SerialTest),
}

impl<'a> TextLeaf<'a> {
    pub(super) fn new(
        keys: &'a Keys,
        families: &'a Families,
        test: SerialText<'a>,
        rows: Ranges,
    ) -> Self {
        let memos = families.iter().map(|(id, _)| (id, Memo::default())).collect();
        TextLeaf { keys, families, test, rows, memos }
    }

    /// FALSE where no row of the chunk is to be looked at.
    pub(super) fn outlook(&self, at: At) -> Option<Truth> {
        self.rows.within(&at.range()).is_empty().then_some(Truth::False)
    }

    pub(super) fn answer(&self, at: At, within: &Part, masks: &mut Masks) -> Result<Answer> {
        let Some(asked) = asked_rows(at, within) else {
            return Ok(Answer::all(Truth::False));
        };
        let (mut sure, mut possible) = (masks.empty(), masks.empty());
        for range in self.rows.within(&asked) {
            let range = range.start.max(asked.start)..range.end.min(asked.end);
            let groups = self.keys.groups();
            let first = groups.partition_point(|group| group.rows.end <= range.start);
            for (number, group) in groups.iter().enumerate().skip(first) {
                let rows = group.rows.start.max(range.start)..group.rows.end.min(range.end);
                if rows.is_empty() {
                    break;
                }
                self.test_rows((number, rows), (at, within), [&mut sure, &mut possible])?;
            }
        }
        Ok(Answer { sure: masks.part(sure), possible: Some(masks.part(possible)) })
    }

    /// Marks the rows of a group for which it is TRUE, and those for which it is not FALSE.
    fn test_rows(
        &self,
        (number, rows): (usize, Range<u64>),
        (at, within): (At, &Part),
        [sure, possible]: [&mut Mask; 2],
    ) -> Result<()> {
        let keys = self.keys;
        let Some(group) = keys.groups().get(number) else { return Ok(()) };
        let mut tell = |row: u64, truth: Truth| {
            if let Some(row) = at.row(row).filter(|_| truth != Truth::False) {
                possible.set(row);
                if truth == Truth::True {
                    sure.set(row);
                }
            }
        };
        if group.family == FamilyId::OPAQUE {
            return keys.for_each_text(number, rows, |row, text| {
                if is_asked(at, within, row) {
                    tell(row, self.truth(&SerialKey::Opaque(text.into()), text)?);
                }
                Ok(())
            });
        }
        let family = self.families.family(group.family);
        let family =
            family.ok_or_else(|| Error::corrupt("segment: its serials are of no family"))?;
        let mut truth = |code: u128, text: &str| {
            self.truth(&SerialKey::Coded { family: group.family, code }, text)
        };
        let memo = self.memos.get(&group.family);
        if let Some(mut scan) = memo.and_then(|memo| TailScan::new(memo, family, self.test)) {
            let mut done = Ok(());
            keys.for_each_run(number, rows, |run| {
                if done.is_ok() {
                    done = scan.mark(run, at, [&mut *sure, &mut *possible], &mut truth);
                }
            })?;
            return done;
        }
        let mut codes = Vec::new();
        keys.codes_into(number, rows.clone(), &mut codes)?;
        let mut text = String::new();
        for (row, code) in rows.zip(codes) {
            if is_asked(at, within, row) {
                text.clear();
                family.decode_into(code, &mut text)?;
                tell(row, truth(code, &text)?);
            }
        }
        Ok(())
    }

    fn truth(&self, key: &SerialKey, text: &str) -> Result<Truth> {
        Ok(match self.test {
            SerialText::Like(pattern) => Truth::from(pattern.matches(text)),
            SerialText::In(range) => Truth::from(range.decide(self.families, key)),
            SerialText::Of(test) => test.truth(self.families, key)?,
        })
    }
}

/// The rows of the segment from the first that is asked about to the last.
pub(super) fn asked_rows(at: At, within: &Part) -> Option<Range<u64>> {
    match within {
        Part::Nothing => None,
        Part::Everything => Some(at.range()),
        Part::Rows(mask) => ends(mask)
            .map(|(first, last)| at.base() + u64::from(first)..at.base() + u64::from(last) + 1),
    }
}

/// The first and the last row of a mask.
#[expect(clippy::cast_possible_truncation, reason = "rows of a chunk are below 65,536")]
fn ends(mask: &Mask) -> Option<(u16, u16)> {
    let words = mask.words();
    let first = words.iter().position(|word| *word != 0)?;
    let last = words.iter().rposition(|word| *word != 0)?;
    let (low, high) = (words.get(first)?.trailing_zeros(), words.get(last)?.leading_zeros());
    Some(((first * 64) as u16 + low as u16, (last * 64 + 63) as u16 - high as u16))
}

fn is_asked(at: At, within: &Part, row: u64) -> bool {
    match within {
        Part::Nothing => false,
        Part::Everything => true,
        Part::Rows(mask) => at.row(row).is_some_and(|row| mask.contains(row)),
    }
}
