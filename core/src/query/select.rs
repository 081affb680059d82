//! A scope becomes sets of units.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use super::answer::{Answer, At, Masks, Part, View};
use super::evaluate::{Unwatched, Watch, few_unknown};
use super::margins::live_rows;
use super::plan::{CaseBook, Kind, Plan};
use super::weigh::order_steps;
use super::{Selection, UnitSet};
use crate::bitmap::{Container, RowSet};
use crate::error::{Error, Result};
use crate::index::{Progress, Snapshot};
use crate::limits::CHUNK_ROWS;
use crate::pool::{self, Halt};
use crate::scope::{BoundScope, NodeId, Scope, Truth};

impl Snapshot {
    /// The units that a scope covers, and those it may cover.
    ///
    /// Takes time with the chunks of 65,536 units that the least and greatest values of the columns
    /// cannot decide; a range of serials alone reads no column.
    ///
    /// # Errors
    ///
    /// `scope_field` when the scope does not fit the schema; `corrupt` when a file is damaged where
    /// it is read; `io`.
    pub fn select(&self, scope: &Scope) -> Result<Selection> {
        self.select_shared(Arc::new(self.schema().bind(scope)?), None)
    }

    /// As [`select`](Snapshot::select), with a scope that is bound to this snapshot's schema.
    ///
    /// # Errors
    ///
    /// `conflict` when it is bound to another schema; `corrupt`; `io`.
    pub fn select_bound(&self, bound: &BoundScope) -> Result<Selection> {
        self.check_bound(bound)?;
        self.select_shared(Arc::new(bound.clone()), None)
    }

    /// As [`select_bound`](Snapshot::select_bound); where many rows must be read, calls back on the
    /// caller's thread while others read them: at once, then every now and then, and at the end.
    /// Breaking cancels.
    ///
    /// # Errors
    ///
    /// `cancelled` when the callback says so; `conflict` when the scope is bound to another schema;
    /// `corrupt`; `io`.
    pub fn select_bound_watched(
        &self,
        bound: &BoundScope,
        on_progress: OnRead<'_>,
    ) -> Result<Selection> {
        self.check_bound(bound)?;
        self.select_shared(Arc::new(bound.clone()), Some(on_progress))
    }

    /// Refuses a scope that is bound to another schema.
    pub(super) fn check_bound(&self, bound: &BoundScope) -> Result<()> {
        if bound.schema() == self.schema() {
            return Ok(());
        }
        Err(Error::conflict(
            "the scope is bound to another schema than the snapshot's; bind it again",
        ))
    }

    fn select_shared(
        &self,
        bound: Arc<BoundScope>,
        on_progress: Option<OnRead<'_>>,
    ) -> Result<Selection> {
        let found = select_node(self, &bound, bound.root(), on_progress)?;
        let affected = UnitSet::of(self.clone(), found.affected);
        let undetermined = UnitSet::of(self.clone(), found.undetermined);
        Ok(Selection::new(affected, undetermined, bound))
    }
}

/// The rows of each segment for which a node is TRUE, and for which it is UNKNOWN.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) affected: Vec<RowSet>,
    pub(super) undetermined: Vec<RowSet>,
}

/// Chunks in which the zones are read by one thread.
const SURVEY_ALONE_MAX: usize = 2048;
/// Chunks whose rows are read by one thread: to wake others takes longer.
const READ_ALONE_MAX: usize = 16;
/// The same where somebody watches, whose thread is none of those that read.
const WATCHED_ALONE_MAX: usize = 4;
/// Chunks of which only few rows are looked at, in the time of one whose rows are read.
const GLANCES_A_READ: usize = 8;
/// Chunks that one thread takes on at a time, at most.
const BLOCK_MAX: usize = 64;

/// What is called while rows are read.
type OnRead<'a> = &'a mut dyn FnMut(Progress) -> ControlFlow<()>;

/// Evaluates a node of a scope over all segments.
pub(super) fn select_node(
    snapshot: &Snapshot,
    bound: &BoundScope,
    root: NodeId,
    on_progress: Option<OnRead<'_>>,
) -> Result<Rows> {
    let plans = plans(snapshot, bound, root)?;
    let surveyed = survey_all(&plans)?;
    let mixed: usize = surveyed.iter().map(Survey::mixed).sum();
    let mut rows = Rows::default();
    let alone_max = if on_progress.is_some() { WATCHED_ALONE_MAX } else { READ_ALONE_MAX };
    if mixed <= alone_max {
        let mut masks = Masks::default();
        for (plan, surveyed) in plans.iter().zip(surveyed) {
            let (sure, unknown) = match surveyed {
                Survey::Done(sure, unknown) => (sure, unknown),
                Survey::Chunks(chunks, _) => {
                    read(plan, &chunks, &mut masks, &mut Unwatched)?.finish(plan)
                }
            };
            rows.affected.push(sure);
            rows.undetermined.push(unknown);
        }
        return Ok(rows);
    }
    let pool = pool::shared()?;
    let total: usize = surveyed.iter().map(|it| it.chunks().len()).sum();
    let block = (total / (pool.current_num_threads() * 8)).clamp(1, BLOCK_MAX);
    let blocks: Vec<(usize, &[Candidate])> = (0..)
        .zip(&surveyed)
        .flat_map(|(at, it)| it.chunks().chunks(block).map(move |chunks| (at, chunks)))
        .collect();
    let rows_total = Some(surveyed.iter().flat_map(Survey::chunks).map(rows_of).sum());
    let rows_read = AtomicU64::new(0);
    let read_block = |masks: &mut Masks, (at, chunks): &(usize, &[Candidate]), halt: &Halt| {
        halt.check()?;
        let parts = plans.get(*at).map_or_else(
            || Ok(Found::default()),
            |plan| read(plan, chunks, masks, &mut Unwatched),
        )?;
        rows_read.fetch_add(chunks.iter().map(rows_of).sum(), Ordering::Relaxed);
        Ok(parts)
    };
    let read_all = |halt: &Halt| {
        let blocks = blocks.par_iter();
        let parts = blocks.map_init(Masks::default, |masks, it| read_block(masks, it, halt));
        parts.collect::<Result<Vec<Found>>>()
    };
    let progress = || Progress { rows: rows_read.load(Ordering::Relaxed), rows_total };
    let parts = match on_progress {
        None => pool.install(|| read_all(&Halt::default()))?,
        Some(call) => {
            let parts = pool::watched(&pool, || call(progress()), read_all)?;
            if call(progress()).is_break() {
                return Err(Error::cancelled());
            }
            parts
        }
    };
    let places: Vec<usize> = blocks.iter().map(|(at, _)| *at).collect();
    let mut found: Vec<Found> = surveyed.into_iter().map(Survey::into_found).collect();
    for (at, part) in places.into_iter().zip(parts) {
        if let Some(found) = found.get_mut(at) {
            found.append(part);
        }
    }
    for (plan, found) in plans.iter().zip(found) {
        let (sure, unknown) = found.finish(plan);
        rows.affected.push(sure);
        rows.undetermined.push(unknown);
    }
    Ok(rows)
}

/// What some chunks of a segment come to.
#[derive(Debug, Default)]
pub(super) struct Found {
    sure: RowSet,
    unknown: RowSet,
    /// The same of margins, in no order.
    sure_apart: Vec<u32>,
    unknown_apart: Vec<u32>,
}

impl Found {
    /// Adds what later chunks come to.
    fn append(&mut self, mut later: Found) {
        self.sure.append(later.sure);
        self.unknown.append(later.unknown);
        self.sure_apart.append(&mut later.sure_apart);
        self.unknown_apart.append(&mut later.unknown_apart);
    }

    /// The live rows that are TRUE, and those that are UNKNOWN.
    pub(super) fn finish(self, plan: &Plan<'_>) -> (RowSet, RowSet) {
        let join = |rows: RowSet, apart: Vec<u32>| match (rows.is_empty(), apart.is_empty()) {
            (_, true) => rows,
            (true, false) => live_rows(plan, apart),
            (false, false) => rows.union(&live_rows(plan, apart)),
        };
        (join(self.sure, self.sure_apart), join(self.unknown, self.unknown_apart))
    }
}

/// What a node comes to in each segment, its steps in the order of evaluation.
pub(super) fn plans<'a>(
    snapshot: &'a Snapshot,
    bound: &'a BoundScope,
    root: NodeId,
) -> Result<Vec<Plan<'a>>> {
    let (segments, book) = (snapshot.segments().iter(), CaseBook::new(bound));
    let mut plans: Vec<Plan<'a>> =
        segments.map(|segment| Plan::new(segment, bound, &book, root)).collect::<Result<_>>()?;
    order_steps(&mut plans, root)?;
    Ok(plans)
}

/// A chunk that has rows for which the root is not FALSE, or may have; and what it is for all of
/// them where that is known already.
pub(super) type Candidate = (At, Option<Truth>);

fn rows_of((at, _): &Candidate) -> u64 {
    u64::from(at.rows)
}

/// What is known of a segment before rows are read.
enum Survey {
    Done(RowSet, RowSet),
    /// And how many of them it takes time to read.
    Chunks(Vec<Candidate>, usize),
}

impl Survey {
    fn chunks(&self) -> &[Candidate] {
        match self {
            Survey::Done(..) => &[],
            Survey::Chunks(chunks, _) => chunks,
        }
    }

    fn into_found(self) -> Found {
        match self {
            Survey::Done(sure, unknown) => Found { sure, unknown, ..Found::default() },
            Survey::Chunks(..) => Found::default(),
        }
    }

    /// Chunks of which rows must be read, or as many as take as long.
    fn mixed(&self) -> usize {
        match self {
            Survey::Done(..) => 0,
            Survey::Chunks(chunks, reads) => reads + chunks.len() / GLANCES_A_READ,
        }
    }
}

fn survey_all(plans: &[Plan<'_>]) -> Result<Vec<Survey>> {
    let rows: u64 =
        plans.iter().filter(|it| !it.is_plain()).map(|it| it.segment.units.rows()).sum();
    if rows <= (SURVEY_ALONE_MAX * CHUNK_ROWS) as u64 {
        return plans.iter().map(survey).collect();
    }
    pool::shared()?.install(|| plans.par_iter().map(survey).collect())
}

fn survey(plan: &Plan<'_>) -> Result<Survey> {
    let retired = &plan.segment.retired;
    let live = |rows: RowSet| if retired.is_empty() { rows } else { rows.difference(retired) };
    match &plan.root.kind {
        Kind::Constant(Truth::False) => return Ok(Survey::Done(RowSet::new(), RowSet::new())),
        Kind::Identifiers(leaf) if let Some((sure, unknown)) = leaf.rows() => {
            return Ok(Survey::Done(live(sure), live(unknown)));
        }
        Kind::Rows(rows) => return Ok(Survey::Done(live(rows.to_row_set()), RowSet::new())),
        _ => {}
    }
    let (mut chunks, mut reads) = (Vec::new(), 0);
    for at in plan.seen_chunks().into_iter().chain(plan.margin_chunks()?) {
        let outlook = plan.root.outlook(at)?;
        if outlook != Some(Truth::False) {
            reads += usize::from(outlook.is_none() && plan.root.reads_rows(at)?);
            chunks.push((at, outlook));
        }
    }
    Ok(Survey::Chunks(chunks, reads))
}

/// What some chunks come to.
pub(super) fn read<W: Watch>(
    plan: &Plan<'_>,
    chunks: &[Candidate],
    masks: &mut Masks,
    watch: &mut W,
) -> Result<Found> {
    let mut found = Found::default();
    for (at, outlook) in chunks {
        let retired = plan.segment.retired.chunk(at.key);
        if outlook.is_none()
            && at.view == View::Whole
            && let Some(mut rows) = few_unknown::<W>(&plan.root, *at, masks)?
        {
            if let Some(retired) = retired {
                rows.retain(|row| !retired.contains(*row));
            }
            found.unknown.push_rows(at.key, &rows);
            continue;
        }
        let answer = match outlook {
            Some(truth) => Answer::all(*truth),
            None => plan.root.answer(*at, &Part::Everything, masks, watch)?,
        };
        let (mut all, mut some) = answer.split(at.rows, masks);
        match (&plan.margins, at.view) {
            (Some(margins), View::Margin(_)) => {
                margins.rows_into(*at, &all, &mut found.sure_apart)?;
                margins.rows_into(*at, &some, &mut found.unknown_apart)?;
                masks.put_back(all);
                masks.put_back(some);
                continue;
            }
            (Some(margins), View::Filled) => {
                all = margins.remove_missing(*at, all, masks)?;
                some = margins.remove_missing(*at, some, masks)?;
            }
            _ => {}
        }
        push(&mut found.sure, *at, all, retired, masks);
        push(&mut found.unknown, *at, some, retired, masks);
    }
    Ok(found)
}

/// Adds the live rows of a part.
fn push(set: &mut RowSet, at: At, part: Part, retired: Option<Container<'_>>, masks: &mut Masks) {
    let mut mask = match part {
        Part::Nothing => return,
        Part::Everything if retired.is_none() => return set.push_range(at.range()),
        Part::Everything => {
            let mut mask = masks.empty();
            mask.set_range(0..at.rows);
            mask
        }
        Part::Rows(mask) => mask,
    };
    if let Some(retired) = retired {
        retired.and_not_into(&mut mask);
    }
    set.push_mask(at.key, &mask);
    masks.put_back(Part::Rows(mask));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::{Index, LoadOptions, Units};
    use crate::io::MemoryDirectory;
    use crate::schema::{Column, ColumnType, Record, Schema, Value};

    /// Progress is told to its end, and the caller may stop at any time.
    #[test]
    fn a_selection_can_be_watched_and_stopped() {
        let schema = Schema::new(vec![Column::new("n", ColumnType::Integer).unwrap()]).unwrap();
        let index = Index::create_in(MemoryDirectory::new(), schema).unwrap();
        let units = (0..6 * CHUNK_ROWS as u64).map(|n| {
            let value = Value::Integer(i64::try_from(n % 97).unwrap());
            Record::of_serial(format!("A{n:07}")).with("n", value)
        });
        index.load_units(Units::records(units), LoadOptions::default()).unwrap();
        let snapshot = index.snapshot();
        let bound = snapshot.schema().bind(&"n = 7".parse().unwrap()).unwrap();

        let mut told = Vec::new();
        let mut watch = |at: Progress| {
            assert_eq!(at.rows_total, Some(6 * CHUNK_ROWS as u64));
            told.push(at.rows);
            ControlFlow::Continue(())
        };
        let watched = snapshot.select_bound_watched(&bound, &mut watch).unwrap();
        assert!(told.is_sorted() && told.last() == Some(&(6 * CHUNK_ROWS as u64)));
        assert_eq!(watched.affected.len(), snapshot.select_bound(&bound).unwrap().affected.len());

        let stopped = snapshot.select_bound_watched(&bound, &mut |_| ControlFlow::Break(()));
        assert_eq!(stopped.unwrap_err().kind(), crate::error::ErrorKind::Cancelled);
    }

    /// A column that a segment was written without is missing for all its units.
    #[test]
    fn a_column_that_is_not_there_is_missing() {
        let column = |name| Column::new(name, ColumnType::Text).unwrap();
        let schema = Schema::new(vec![column("lot")]).unwrap();
        let index = Index::create_in(MemoryDirectory::new(), schema).unwrap();
        let lot = |n: u32| Value::Text(format!("L{n}"));
        let units = (0..9).map(|n| Record::of_serial(format!("A{n}")).with("lot", lot(n)));
        index.load_units(Units::records(units), LoadOptions::default()).unwrap();
        let snapshot = index.snapshot();

        let wider = Schema::new(vec![column("lot"), column("line")]).unwrap();
        let wider = wider.with_families(snapshot.schema().families().clone());
        for (text, affected, undetermined) in [
            ("line = '1'", 0, 9),
            ("NOT line = '1'", 0, 9),
            ("line IS NULL", 9, 0),
            ("lot = 'L1' AND line = '1'", 0, 1),
            ("lot = 'L1' AND NOT line = '1'", 0, 1),
            ("lot <> 'L1' OR line = '1'", 8, 1),
            ("serial <> 'A3' AND line = '1'", 0, 8),
            ("lot = 'L1' AND line IS NULL", 1, 0),
        ] {
            let bound = wider.bind(&text.parse().unwrap()).unwrap();
            let found = snapshot.select_shared(Arc::new(bound), None).unwrap();
            let counts = (found.affected.len(), found.undetermined.len());
            assert_eq!(counts, (affected, undetermined), "{text}");
            let reasons = found.undetermined.by_reason().unwrap();
            let line = (crate::query::Reason::MissingColumn("line".into()), undetermined);
            assert_eq!(reasons, if undetermined == 0 { Vec::new() } else { vec![line] }, "{text}");
        }
    }
}
