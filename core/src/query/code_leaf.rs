//! A test of serials that is arithmetic on their codes.

use super::answer::{Answer, At, Masks, Part};
use super::code_cases::CheckIs;
use super::code_scan::CodeScan;
use super::find::ends;
use super::ranges::Ranges;
use super::text_leaf::asked_rows;
use crate::error::Result;
use crate::keys::{GroupInfo, Keys};
use crate::scope::Truth;
use crate::serial::{Case, Condition, SerialKey};

/// A test of the codes of some rows; it is FALSE for all others.
#[derive(Debug)]
pub(super) struct CodeLeaf<'a> {
    pub(super) keys: &'a Keys,
    pub(super) parts: Vec<CodePart>,
}

/// What a case asks of the codes of some rows.
#[derive(Debug)]
pub(super) struct CodePart {
    /// The place of the group that the rows are of.
    group: usize,
    rows: Ranges,
    scan: CodeScan,
    /// What it is for rows that fulfil the conditions.
    truth: Truth,
}

/// Intervals of codes that a test may become in one group; beyond that its codes are read.
const INTERVALS_MAX: u128 = 4096;

impl CodePart {
    /// Rows for which it is known already.
    pub(super) fn known(rows: Ranges, truth: Truth) -> Self {
        CodePart { group: 0, rows, scan: CodeScan::default(), truth }
    }

    /// What a case comes to in a group: conditions that make few intervals of codes become rows.
    pub(super) fn new(
        keys: &Keys,
        (number, group): (usize, &GroupInfo),
        case: &Case,
        truth: Truth,
    ) -> Result<Self> {
        let part = |rows: Ranges, conditions: &[Condition]| CodePart {
            group: number,
            rows,
            scan: CodeScan::new(conditions),
            truth,
        };
        if case.conditions().is_empty() {
            return Ok(part(Ranges::of(group.rows.clone()), &[]));
        }
        let Some((SerialKey::Coded { code: first, .. }, SerialKey::Coded { code: last, .. })) =
            ends(keys, group)?
        else {
            return Ok(part(Ranges::new(), &[]));
        };
        let mut rows = Ranges::of(group.rows.clone());
        let mut intervals = vec![(first, last)];
        let mut left = case.conditions();
        while let Some((condition, rest)) = left.split_first() {
            let pieces = intervals.iter().map(|codes| condition.pieces(*codes));
            if pieces.fold(0, u128::saturating_add) > INTERVALS_MAX {
                break;
            }
            let (mut found, mut kept) = (Ranges::new(), Vec::new());
            // The first code of the group that no interval so far has reached.
            let mut next = first;
            for codes in intervals.iter().flat_map(|codes| condition.codes(*codes)) {
                if codes.1 < next {
                    continue;
                }
                let key = |code: u128| SerialKey::Coded { family: group.family, code };
                let some = keys.rows_between(group.namespace, &key(codes.0), &key(codes.1))?;
                if !some.is_empty() {
                    found.push(some);
                    kept.push(codes);
                    continue;
                }
                match code_of_row(keys, group, some.start)? {
                    Some(code) => next = code,
                    None => break,
                }
            }
            (rows, intervals, left) = (found, kept, rest);
        }
        Ok(part(rows, if intervals.is_empty() { &[] } else { left }))
    }

    /// The same of the rows whose codes have one of these check characters.
    pub(super) fn checked(self, check: CheckIs) -> Self {
        CodePart { scan: self.scan.checked(check), ..self }
    }

    /// The rows, where no code of them need be read.
    pub(super) fn into_rows(self) -> Result<Ranges, Self> {
        if self.scan.is_empty() { Ok(self.rows) } else { Err(self) }
    }

    /// The rows to look at.
    pub(super) fn rows(&self) -> &Ranges {
        &self.rows
    }

    /// Whether there is no such row.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// The code of a row of a group; none of another row.
fn code_of_row(keys: &Keys, group: &GroupInfo, row: u64) -> Result<Option<u128>> {
    if !group.rows.contains(&row) {
        return Ok(None);
    }
    match u32::try_from(row).map(|row| keys.key_at(row)) {
        Ok(key) => Ok(match key?.1 {
            SerialKey::Coded { code, .. } => Some(code),
            SerialKey::Opaque(_) => None,
        }),
        Err(_) => Ok(None),
    }
}

impl CodeLeaf<'_> {
    /// The rows to look at.
    pub(super) fn domain(&self) -> Ranges {
        let rows = self.parts.iter().map(|part| part.rows.clone()).collect();
        Ranges::join(rows, Ranges::union).unwrap_or_default()
    }

    /// The rows to look at, where it is UNKNOWN for all of them and no code need be read.
    pub(super) fn rows_in_doubt(&self) -> Option<Ranges> {
        let known = |it: &CodePart| it.scan.is_empty() && it.truth == Truth::Unknown;
        self.parts.iter().all(known).then(|| self.domain())
    }

    /// FALSE where no row of the chunk is to be looked at.
    pub(super) fn outlook(&self, at: At) -> Option<Truth> {
        let none = self.parts.iter().all(|part| part.rows.within(&at.range()).is_empty());
        none.then_some(Truth::False)
    }

    pub(super) fn answer(&self, at: At, within: &Part, masks: &mut Masks) -> Result<Answer> {
        let Some(asked) = asked_rows(at, within) else {
            return Ok(Answer::all(Truth::False));
        };
        let (mut sure, mut possible) = (masks.empty(), None);
        for part in &self.parts {
            let mask = match part.truth {
                Truth::True => &mut sure,
                _ => possible.get_or_insert_with(|| masks.empty()),
            };
            let mut marks = part.scan.begin();
            for range in part.rows.within(&asked) {
                let rows = range.start.max(asked.start)..range.end.min(asked.end);
                if part.scan.is_empty() {
                    mask.set_range(at.cut(&rows));
                    continue;
                }
                self.keys.for_each_run(part.group, rows, |run| marks.mark(run, at, mask))?;
            }
        }
        if let Some(possible) = &mut possible {
            possible.or(&sure);
        }
        let possible = possible.map(|it| masks.part(it));
        Ok(Answer { sure: masks.part(sure), possible })
    }
}
