//! One chunk of one segment, answered.

use super::answer::{Answer, At, Masks, Part};
use super::column_leaf::ColumnLeaf;
use super::plan::{Kind, Step};
use super::ranges::Ranges;
use crate::error::Result;
use crate::scope::{NodeId, Truth};

/// How a test was answered for a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// FALSE for all rows, without reading any.
    Pruned,
    /// TRUE for all rows or UNKNOWN for all rows, without reading any.
    Constant,
    /// By reading rows.
    Scanned,
}

/// Looks on while tests are answered.
pub(super) trait Watch {
    /// Whether it is told of every test that is asked: then none is answered along with others.
    const IS_TOLD: bool;

    /// Calls `answer`, which answers a test; `how` says how that is done.
    fn test(
        &mut self,
        node: NodeId,
        how: impl FnOnce() -> Result<How>,
        answer: impl FnOnce() -> Result<Answer>,
    ) -> Result<Answer>;
}

/// Looks away.
pub(super) struct Unwatched;

impl Watch for Unwatched {
    const IS_TOLD: bool = false;

    fn test(
        &mut self,
        _: NodeId,
        _: impl FnOnce() -> Result<How>,
        answer: impl FnOnce() -> Result<Answer>,
    ) -> Result<Answer> {
        answer()
    }
}

impl Step<'_> {
    /// What it is for all rows of a chunk, where that can be told without reading rows.
    pub(super) fn outlook(&self, at: At) -> Result<Option<Truth>> {
        Ok(match &self.kind {
            Kind::Constant(truth) => Some(*truth),
            Kind::Rows(rows) => rows_at_a_glance(rows, at),
            Kind::Codes(leaf) => leaf.outlook(at),
            Kind::Texts(leaf) => leaf.outlook(at),
            Kind::Identifiers(leaf) => leaf.outlook(at)?,
            Kind::Table(leaf) => leaf.outlook(at)?,
            Kind::Column(leaf) => leaf.outlook(at)?,
            Kind::Missing(leaf) => leaf.outlook(at)?,
            Kind::Not(step) => step.outlook(at)?.map(Truth::negate),
            Kind::And(steps) => {
                let mut all = Some(Truth::True);
                for step in steps {
                    let outlook = step.outlook(at)?;
                    if outlook == Some(Truth::False) {
                        return Ok(outlook);
                    }
                    all = all.zip(outlook).map(|(a, b)| a.and(b));
                }
                all
            }
            Kind::Or(steps) => {
                let mut any = Some(Truth::False);
                for step in steps {
                    let outlook = step.outlook(at)?;
                    if outlook == Some(Truth::True) {
                        return Ok(outlook);
                    }
                    any = any.zip(outlook).map(|(a, b)| a.or(b));
                }
                any
            }
        })
    }

    /// Whether values of a chunk must be read, and not only which of them are missing.
    fn reads_values(&self, at: At) -> Result<bool> {
        Ok(match &self.kind {
            Kind::Constant(_) | Kind::Rows(_) | Kind::Missing(_) | Kind::Identifiers(_) => false,
            Kind::Codes(leaf) => leaf.outlook(at).is_none(),
            Kind::Texts(leaf) => leaf.outlook(at).is_none(),
            Kind::Table(leaf) => leaf.outlook(at)?.is_none(),
            Kind::Column(leaf) => leaf.reads_values(at)?,
            Kind::Not(step) => step.reads_values(at)?,
            Kind::And(_) | Kind::Or(_) => true,
        })
    }

    /// What it is for the rows `within` a chunk; for others, anything.
    pub(super) fn answer(
        &self,
        at: At,
        within: &Part,
        masks: &mut Masks,
        watch: &mut impl Watch,
    ) -> Result<Answer> {
        let how = || {
            Ok(match self.outlook(at)? {
                Some(Truth::False) => How::Pruned,
                Some(_) => How::Constant,
                None => How::Scanned,
            })
        };
        match &self.kind {
            Kind::Constant(truth) => Ok(Answer::all(*truth)),
            Kind::And(steps) => conjunction(steps, at, within, masks, watch),
            Kind::Or(steps) => disjunction(steps, at, within, masks, watch),
            Kind::Not(step) => {
                let mut answer = step.answer(at, within, masks, watch)?;
                answer.negate(at.rows);
                Ok(answer)
            }
            Kind::Rows(rows) => Ok(answer_rows(rows, at, masks)),
            Kind::Identifiers(leaf) => leaf.answer(at, masks),
            Kind::Codes(leaf) => watch.test(self.node, how, || leaf.answer(at, within, masks)),
            Kind::Texts(leaf) => watch.test(self.node, how, || leaf.answer(at, within, masks)),
            Kind::Column(leaf) => watch.test(self.node, how, || leaf.answer(at, within, masks)),
            Kind::Table(leaf) => watch.test(self.node, how, || leaf.answer(at, masks)),
            Kind::Missing(leaf) => watch.test(self.node, how, || leaf.answer(at, masks)),
        }
    }
}

/// Each step is asked only about rows for which all before it may hold; those that need no values
/// of this chunk go before those that do.
fn conjunction<W: Watch>(
    steps: &[Step<'_>],
    at: At,
    within: &Part,
    masks: &mut Masks,
    watch: &mut W,
) -> Result<Answer> {
    let mut all = Answer::all(Truth::True);
    let doubt = if W::IS_TOLD { None } else { rows_in_doubt(steps, at, masks)? };
    if let Some(rows) = &doubt {
        let mut mask = masks.empty();
        for row in rows {
            mask.set(*row);
        }
        all = Answer { sure: Part::Nothing, possible: Some(masks.part(mask)) };
        if rows.is_empty() {
            return Ok(all);
        }
    }
    for reads in [false, true] {
        for step in steps {
            let is_done = doubt.is_some() && row_test(step).is_some();
            if is_done || step.reads_values(at)? != reads {
                continue;
            }
            let left = if all.possible().is_everything() { within } else { all.possible() };
            if let Kind::Not(contrary) = &step.kind {
                let other = contrary.answer(at, left, masks, watch)?;
                all.and_not(other, at.rows, masks);
            } else {
                let other = step.answer(at, left, masks, watch)?;
                all.and(other, masks);
            }
            if all.is_false() {
                return Ok(all);
            }
        }
    }
    Ok(all)
}

/// Rows with a missing value up to which the other tests look at them one by one.
const DOUBT_ROWS_MAX: u32 = 2048;

/// Where a test of a column passes no value of a chunk: the rows for which neither it nor any other
/// [`row_test`] is FALSE. The conjunction is TRUE for no row then, and UNKNOWN for few, those that
/// miss the value. None where there is no such test.
fn rows_in_doubt(steps: &[Step<'_>], at: At, masks: &mut Masks) -> Result<Option<Vec<u16>>> {
    let mut rows: Option<Vec<u16>> = None;
    let mut others = Vec::new();
    for leaf in steps.iter().filter_map(row_test) {
        let gap = leaf.gap(at)?.filter(|gap| gap.count() <= DOUBT_ROWS_MAX);
        match (gap, &mut rows) {
            (None, _) => others.push(leaf),
            (Some(gap), None) => rows = Some(gap.iter().collect()),
            (Some(gap), Some(rows)) => {
                let mut missing = masks.empty();
                gap.or_into(&mut missing);
                rows.retain(|row| missing.contains(*row));
                masks.put_back(Part::Rows(missing));
            }
        }
    }
    let Some(mut rows) = rows else { return Ok(None) };
    for leaf in others {
        if !rows.is_empty() {
            leaf.retain_open(at, &mut rows, masks)?;
        }
    }
    Ok(Some(rows))
}

/// A test that can be asked of one row alone.
fn row_test<'s, 'a>(step: &'s Step<'a>) -> Option<&'s ColumnLeaf<'a>> {
    match &step.kind {
        Kind::Column(leaf) if leaf.looks_at_rows() => Some(leaf),
        _ => None,
    }
}

fn disjunction(
    steps: &[Step<'_>],
    at: At,
    within: &Part,
    masks: &mut Masks,
    watch: &mut impl Watch,
) -> Result<Answer> {
    let mut any = Answer::all(Truth::False);
    for step in steps {
        let other = step.answer(at, within, masks, watch)?;
        any.or(other, masks);
        if any.is_true() {
            break;
        }
    }
    Ok(any)
}

fn rows_at_a_glance(rows: &Ranges, at: At) -> Option<Truth> {
    let chunk = at.range();
    match rows.within(&chunk) {
        [] => Some(Truth::False),
        [only] if only.start <= chunk.start && chunk.end <= only.end => Some(Truth::True),
        _ => None,
    }
}

fn answer_rows(rows: &Ranges, at: At, masks: &mut Masks) -> Answer {
    if let Some(truth) = rows_at_a_glance(rows, at) {
        return Answer::all(truth);
    }
    let mut mask = masks.empty();
    for range in rows.within(&at.range()) {
        mask.set_range(at.cut(range));
    }
    Answer::known(Part::Rows(mask))
}
