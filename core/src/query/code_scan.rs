//! Marks the rows whose codes fulfil conditions.
//!
//! Codes come in runs, and a condition holds or fails for a stretch of codes, so that what is
//! computed is where the next stretch ends, and not every code.

use super::answer::At;
use super::bit_pattern::{BitPattern, set_bits};
use super::code_cases::CheckIs;
use crate::bitmap::Mask;
use crate::keys::CodeRun;
use crate::serial::{CheckReader, Condition, NearCondition, Stretch};

/// Conditions made ready for many codes.
#[derive(Debug, Default)]
pub(super) struct CodeScan {
    conditions: Vec<Condition>,
    /// Those that hold for short stretches only, which come again and again.
    dense: Vec<(Condition, BitPattern)>,
    check: Option<CheckIs>,
}

/// Codes after which short stretches must come again.
const PERIOD_MAX: u128 = 1 << 16;
/// Codes for which a condition is asked one after the other at most, on average.
const SHORT_MAX: u128 = 64;
/// A run of fewer codes is not worth a pattern.
const RUN_MIN: u32 = 16;

impl CodeScan {
    pub(super) fn new(conditions: &[Condition]) -> Self {
        let mut scan = CodeScan::default();
        for condition in conditions {
            let changes = 2 * condition.intervals() as u128;
            let period = condition.period().filter(|it| *it <= PERIOD_MAX.min(changes * SHORT_MAX));
            match period.and_then(|it| u64::try_from(it).ok()) {
                Some(period) => {
                    let pattern = BitPattern::new(period, |place| condition.holds_at(place));
                    scan.dense.push((condition.clone(), pattern));
                }
                None => scan.conditions.push(condition.clone()),
            }
        }
        scan
    }

    /// The same of codes that have one of these check characters.
    pub(super) fn checked(self, check: CheckIs) -> Self {
        CodeScan { check: Some(check), ..self }
    }

    /// Whether all codes fulfil them, as there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.conditions.is_empty() && self.dense.is_empty() && self.check.is_none()
    }

    /// The scan, for codes that come one after the other.
    pub(super) fn begin(&self) -> CodeMarks<'_> {
        let check = self.check.as_ref().map(CheckIs::reader);
        CodeMarks { scan: self, base: 0, reach: 0, near: None, check }
    }

    /// All conditions.
    fn all(&self) -> impl Iterator<Item = &Condition> {
        self.conditions.iter().chain(self.dense.iter().map(|(condition, _)| condition))
    }

    /// Marks the rows of a chunk whose codes fulfil all conditions.
    fn mark(&self, run: CodeRun, at: At, out: &mut Mask) {
        let by_pattern = run.length >= RUN_MIN && !self.dense.is_empty();
        let mut patterns = Vec::new();
        let (mut code, end) = (run.first, run.last());
        loop {
            let stretch = self.stretch((code, end), by_pattern);
            let rows = at.cut(&(run.row_of(code)..run.row_of(stretch.last) + 1));
            if stretch.holds && by_pattern {
                patterns.clear();
                for (condition, pattern) in &self.dense {
                    let place = condition.place(code).unwrap_or(0) % u128::from(pattern.period());
                    patterns.push((pattern, u64::try_from(place).unwrap_or(0)));
                }
                set_bits(&mut patterns, (rows.start, rows.end - rows.start), out);
            } else if stretch.holds {
                out.set_range(rows);
            }
            match stretch.last.checked_add(1) {
                Some(next) if next <= end => code = next,
                _ => return,
            }
        }
    }

    /// Whether all hold from a code on, and how far; of those that have a pattern, whether their
    /// pattern tells.
    #[inline]
    fn stretch(&self, (code, end): (u128, u128), by_pattern: bool) -> Stretch {
        let mut all = Stretch { holds: true, last: end };
        for condition in &self.conditions {
            let one = condition.stretch(code);
            if !one.holds {
                return Stretch { holds: false, last: one.last.min(end) };
            }
            all.last = all.last.min(one.last);
        }
        for (condition, _) in &self.dense {
            if by_pattern && condition.place(code).is_some() {
                continue;
            }
            let one = condition.stretch(code);
            if !one.holds {
                return Stretch { holds: false, last: one.last.min(end) };
            }
            all.last = all.last.min(one.last);
        }
        all
    }
}

/// A scan under way: what the conditions come to for codes near the last one.
#[derive(Debug)]
pub(super) struct CodeMarks<'a> {
    scan: &'a CodeScan,
    base: u128,
    /// What is known is right for codes less than so far behind the base.
    reach: u64,
    /// None where 64 bits do not do.
    near: Option<Vec<NearCondition>>,
    check: Option<CheckReader<'a>>,
}

impl CodeMarks<'_> {
    /// Marks the rows of a chunk whose codes fulfil all conditions.
    #[inline]
    pub(super) fn mark(&mut self, run: CodeRun, at: At, out: &mut Mask) {
        // Of a single code there is no stretch, and of a check none but single codes.
        if run.length == 1 {
            self.mark_one(run.first, at.row(run.row), out);
        } else if self.check.is_none() {
            self.scan.mark(run, at, out);
        } else {
            for code in run.first..=run.last() {
                self.mark_one(code, at.row(run.row_of(code)), out);
            }
        }
    }

    #[inline]
    fn mark_one(&mut self, code: u128, row: Option<u16>, out: &mut Mask) {
        if self.holds(code)
            && let Some(row) = row
        {
            out.set(row);
        }
    }

    #[inline]
    fn holds(&mut self, code: u128) -> bool {
        let behind = self.behind(code);
        let all = match &self.near {
            Some(near) => near.iter().all(|it| it.holds(behind)),
            None => self.scan.all().all(|it| it.stretch(code).holds),
        };
        all && self.check.as_mut().is_none_or(|it| it.has(code))
    }

    /// How far a code is behind the base, which is moved where it is not near.
    #[inline]
    fn behind(&mut self, code: u128) -> u64 {
        let behind = code.checked_sub(self.base).and_then(|it| u64::try_from(it).ok());
        match behind.filter(|it| *it < self.reach) {
            Some(behind) => behind,
            None => self.begin_at(code),
        }
    }

    #[cold]
    fn begin_at(&mut self, code: u128) -> u64 {
        self.near = self.scan.all().map(|it| it.near(code)).collect();
        let reaches = self.near.iter().flatten().map(NearCondition::reach);
        (self.base, self.reach) = (code, reaches.min().unwrap_or(u64::MAX));
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serial::{MadeIn, SerialFamily};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn rows_are_marked_whose_codes_fulfil_all(
            numbers in prop::collection::vec((0_u128..10, 0_u128..10), 1..3),
            days in (17_800_i64..18_800, 0_i64..900),
            runs in prop::collection::vec((0_u128..60, prop_oneof![Just(1), 1_u32..700]), 1..20),
        ) {
            let family = SerialFamily::new("it", "{y:year1@2018}{p:A1}{ww:week}{n:D1}").unwrap();
            let made = MadeIn { days: &[(days.0, days.0 + days.1)], wholly: false };
            let dated = family.made_cases(made).unwrap();
            let numbered = family.field_case(3, &numbers).unwrap();
            let Some((dated, numbered)) = dated.first().zip(numbered.first()) else {
                return Ok(());
            };
            let both = dated.and_all(numbered).unwrap();
            for case in [&both, numbered] {
                let scan = CodeScan::new(case.conditions());
                let mut marks = scan.begin();
                let (mut next, mut row) = (0, 0);
                let (mut out, mut expected) = (Mask::new(), Vec::new());
                for (gap, length) in &runs {
                    let run = CodeRun { row, first: next + gap, length: *length };
                    (next, row) = (run.last() + 1, row + u64::from(run.length));
                    marks.mark(run, At::of(0, 65_536), &mut out);
                    let holding = (run.first..=run.last()).filter(|code| case.holds(*code));
                    expected.extend(holding.map(|code| run.row_of(code)));
                }
                prop_assert_eq!(out.iter().map(u64::from).collect::<Vec<_>>(), expected);
            }
        }
    }
}
