//! One chunk of one segment, answered.

use super::answer::{Answer, At, Masks, Part, View};
use super::column_leaf::ColumnLeaf;
use super::plan::{Kind, Step};
use super::ranges::Ranges;
use crate::bitmap::Container;
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

    /// Whether a chunk that is not decided at a glance takes time with its rows, and not only with
    /// the few that miss several values.
    pub(super) fn reads_rows(&self, at: At) -> Result<bool> {
        match &self.kind {
            Kind::Not(step) => step.reads_rows(at),
            Kind::And(steps) => {
                let (mut failing, mut reads) = (0, false);
                for step in steps {
                    let gap = row_test(step).map(|leaf| leaf.gap_count(at)).transpose()?.flatten();
                    failing += usize::from(gap.is_some());
                    reads |= gap.is_some() || step.reads_rows(at)?;
                    if failing > 1 || gap == Some(0) {
                        return Ok(false);
                    }
                }
                Ok(reads)
            }
            Kind::Or(steps) => {
                for step in steps {
                    if step.reads_rows(at)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            _ => self.reads_values(at),
        }
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
            Kind::Table(leaf) => watch.test(self.node, how, || leaf.answer(at, within, masks)),
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
    if !W::IS_TOLD
        && matches!(at.view, View::Margin(_))
        && let Some(possible) = open_rows(steps, at, masks)?
    {
        return Ok(Answer { sure: Part::Nothing, possible: Some(possible) });
    }
    let mut all = Answer::all(Truth::True);
    let doubt = if W::IS_TOLD { None } else { doubt(steps, at, masks)? };
    if let Some(Doubt { rows, .. }) = &doubt {
        if rows.is_empty() {
            return Ok(Answer::all(Truth::False));
        }
        let mut mask = masks.empty();
        for row in rows {
            mask.set(*row);
        }
        all = Answer { sure: Part::Nothing, possible: Some(masks.part(mask)) };
    }
    for reads in [false, true] {
        for step in steps {
            let is_done = match (&doubt, row_test(step)) {
                (Some(doubt), Some(leaf)) => doubt.is_settled || leaf.gap_count(at)?.is_some(),
                _ => false,
            };
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

/// The rows of a chunk for which a conjunction of tests that can be asked of one row alone is
/// UNKNOWN, where one of them is for all rows, so that it is TRUE for none: only what is FALSE must be
/// told apart. None where that is not so.
fn open_rows(steps: &[Step<'_>], at: At, masks: &mut Masks) -> Result<Option<Part>> {
    let (mut is_unknown, mut left) = (false, Vec::with_capacity(steps.len()));
    for step in steps {
        let outlook = step.outlook(at)?;
        match (outlook, row_test(step)) {
            (Some(Truth::False), _) => return Ok(Some(Part::Nothing)),
            (Some(truth), _) => is_unknown |= truth == Truth::Unknown,
            (None, Some(leaf)) => left.push((leaf.takes_long(at)?, leaf)),
            (None, None) => return Ok(None),
        }
    }
    if !is_unknown {
        return Ok(None);
    }
    left.sort_by_key(|(takes_long, _)| *takes_long);
    let mut open = Part::Everything;
    for (_, leaf) in left {
        let mut found = leaf.open_rows(at, &open, masks)?;
        std::mem::swap(&mut open, &mut found);
        open.and(&found, masks);
        masks.put_back(found);
        if open.is_nothing() {
            break;
        }
    }
    Ok(Some(open))
}

/// Rows with a missing value up to which a conjunction starts from them.
const DOUBT_ROWS_MAX: u32 = 2048;
/// Rows that other tests look at one by one, rather than at the whole chunk.
const SINGLE_ROWS_MAX: usize = 64;

/// The rows for which a conjunction may be UNKNOWN, in a chunk where it is TRUE for none.
struct Doubt {
    rows: Vec<u16>,
    /// Whether all tests that can be asked of one row alone were: otherwise those that pass no
    /// value were, and the others may rule rows out.
    is_settled: bool,
}

/// The rows of a chunk for which a step is UNKNOWN, where it is TRUE for none and they are few: told
/// without a set of bits. None where that does not show.
pub(super) fn few_unknown<W: Watch>(
    step: &Step<'_>,
    at: At,
    masks: &mut Masks,
) -> Result<Option<Vec<u16>>> {
    match &step.kind {
        Kind::And(steps) if !W::IS_TOLD && steps.iter().all(|it| row_test(it).is_some()) => {
            Ok(doubt(steps, at, masks)?.filter(|it| it.is_settled).map(|it| it.rows))
        }
        _ => Ok(None),
    }
}

/// Where tests of columns pass no value of a chunk: the rows that miss the values of all of them.
/// The conjunction is TRUE for no row then, and UNKNOWN for few. None where there is no such test.
fn doubt(steps: &[Step<'_>], at: At, masks: &mut Masks) -> Result<Option<Doubt>> {
    let mut failing: Vec<&ColumnLeaf<'_>> = Vec::new();
    for leaf in steps.iter().filter_map(row_test) {
        match leaf.gap_count(at)? {
            Some(0) => return Ok(Some(Doubt { rows: Vec::new(), is_settled: true })),
            Some(_) => failing.push(leaf),
            None => {}
        }
    }
    let Some(mut rows) = missing_all(&failing, at, masks)? else { return Ok(None) };
    let mut is_settled = true;
    for quickly in [true, false] {
        is_settled = quickly || rows.len() <= SINGLE_ROWS_MAX;
        for leaf in steps.iter().filter_map(row_test) {
            if is_settled
                && !rows.is_empty()
                && leaf.gap_count(at)?.is_none()
                && leaf.asks_quickly(at)? == quickly
            {
                leaf.retain_open(at, &mut rows, masks)?;
            }
        }
    }
    Ok(Some(Doubt { rows, is_settled }))
}

/// The rows of a chunk that miss the values of all of these tests; none where they may be many.
fn missing_all(failing: &[&ColumnLeaf<'_>], at: At, masks: &mut Masks) -> Result<Option<Vec<u16>>> {
    let Some((first, mut rest)) = failing.split_first() else { return Ok(None) };
    let mut rows: Vec<u16>;
    if at.view == View::Whole
        && let Some((second, others)) = rest.split_first()
        && let Some(both) = first.reader().missing_with(second.reader())?
    {
        rows = both.chunk(at.key).map(|rows| rows.iter().collect()).unwrap_or_default();
        rest = others;
    } else {
        let few = |rows: &Container<'_>| rows.count() <= DOUBT_ROWS_MAX;
        let Some(missing) = first.missing_rows(at)?.filter(few) else { return Ok(None) };
        rows = missing.iter().collect();
    }
    for leaf in rest {
        if rows.is_empty() {
            break;
        }
        // All of a chunk that misses every value stay.
        let Some(missing) = leaf.missing_rows(at)? else { continue };
        if rows.len() <= SINGLE_ROWS_MAX {
            rows.retain(|row| missing.contains(*row));
        } else {
            let mut mask = masks.empty();
            missing.or_into(&mut mask);
            rows.retain(|row| mask.contains(*row));
            masks.put_back(Part::Rows(mask));
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
    if matches!(at.view, View::Margin(_)) {
        return Some(Truth::True);
    }
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

#[cfg(test)]
mod tests {
    use crate::index::{Index, LoadOptions, Units};
    use crate::io::MemoryDirectory;
    use crate::limits::CHUNK_ROWS;
    use crate::schema::{Column, ColumnType, Record, Schema, Value};
    use crate::scope::Verdict;

    const UNITS: u64 = 2 * CHUNK_ROWS as u64 + 999;

    fn mixed(n: u64) -> u64 {
        let n = n.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (n ^ n >> 31).wrapping_mul(0xD6E8_FEB8_6659_FD93) >> 33
    }

    /// Units in order of time; one value in a hundred is missing, and all lines of a whole chunk.
    fn unit(n: u64) -> Record {
        let numbers = [("day", n / 100), ("model", n / 3000 % 7), ("torque", mixed(n) % 1000)];
        let mut unit = Record::of_serial(format!("A{n:07}"));
        let is_known = |column: u64| !mixed(8 * n + column).is_multiple_of(100);
        if is_known(0) {
            unit = unit.with("plant", Value::Text(format!("P{}", n / 50_000)));
        }
        for ((name, number), column) in numbers.into_iter().zip(1..) {
            if is_known(column) {
                unit = unit.with(name, Value::Integer(number.cast_signed()));
            }
        }
        if n / CHUNK_ROWS as u64 != 1 && is_known(4) {
            unit = unit.with("line", Value::Integer((n % 8).cast_signed()));
        }
        unit
    }

    /// Chunks in which a test passes no value are answered from the rows that miss one, or two.
    #[test]
    fn missing_values_are_undetermined_whatever_the_zones_say() {
        let mut columns = vec![Column::new("plant", ColumnType::Text).unwrap()];
        let numbers = ["day", "model", "torque", "line"];
        columns.extend(numbers.map(|name| Column::new(name, ColumnType::Integer).unwrap()));
        let schema = Schema::new(columns).unwrap();
        let index = Index::create_in(MemoryDirectory::new(), schema).unwrap();
        index.load_units(Units::records((0..UNITS).map(unit)), LoadOptions::default()).unwrap();
        let snapshot = index.snapshot();
        for scope in [
            "plant = 'P1' AND day >= 700 AND day < 750 AND model = 3",
            "plant = 'P9' AND day < 100",
            "plant = 'P0' AND torque > 990",
            "plant = 'P2' AND day < 5 AND torque > 500",
            "day >= 100 AND day < 120 AND line = 5 AND plant = 'P2'",
            "line = 9 AND day < 100 AND model = 3",
            "plant = 'P1' AND NOT model = 3 AND day < 100",
            "day < 10 AND day > 1300",
            "(plant = 'P1' AND day < 10) OR (model = 2 AND day > 1290)",
            "NOT (plant = 'P1' AND day < 10)",
        ] {
            let bound = snapshot.schema().bind(&scope.parse().unwrap()).unwrap();
            let found = snapshot.select_bound(&bound).unwrap();
            let verdicts = (0..UNITS).map(|n| bound.decide(&unit(n)).unwrap());
            let (mut affected, mut undetermined) = (Vec::new(), Vec::new());
            for (row, verdict) in (0_u32..).zip(verdicts) {
                match verdict {
                    Verdict::Affected => affected.push(row),
                    Verdict::Undetermined => undetermined.push(row),
                    _ => {}
                }
            }
            let rows = |set: &crate::query::UnitSet| set.rows()[0].iter().collect::<Vec<_>>();
            assert!(!undetermined.is_empty(), "{scope}");
            assert_eq!(rows(&found.affected), affected, "{scope}");
            assert_eq!(rows(&found.undetermined), undetermined, "{scope}");
        }
    }
}
