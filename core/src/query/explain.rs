//! How a scope is evaluated, and what each of its clauses says.

use std::fmt;

use super::answer::{Answer, At, Masks};
use super::evaluate::{How, Watch};
use super::plan::Plan;
use super::select::{plans, read, select_node};
use crate::bitmap::RowSet;
use crate::error::Result;
use crate::index::Snapshot;
use crate::limits::CHUNK_ROWS;
use crate::scope::{BoundNode, BoundScope, NodeId, Scope};

/// How a scope was evaluated, and what each of its clauses says of the units.
///
/// Units are tested 65,536 at a time, a chunk. Serials are resolved to rows first; of the chunks in
/// which these lie, a clause is asked only about those for which the clauses before it may hold, and
/// where the least and greatest value decide, it reads no rows. Units that miss a value are asked
/// apart where a segment keeps them together: their chunks are counted with the others.
///
/// # Examples
///
/// ```
/// use seriatim::io::MemoryDirectory;
/// use seriatim::{Column, ColumnType, Index, LoadOptions, Record, Schema, Units, Value};
///
/// let schema = Schema::new(vec![Column::new("lot", ColumnType::Text)?])?;
/// let index = Index::create_in(MemoryDirectory::new(), schema)?;
/// let lot = |n: u32| Value::Text(format!("L{}", n / 5));
/// let units = (0..20).map(|n| Record::of_serial(format!("A{n:03}")).with("lot", lot(n)));
/// index.load_units(Units::records(units), LoadOptions::default())?;
///
/// let started = std::time::Instant::now();
/// let clock = || u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX);
/// let scope = "serial >= 'A003' AND lot = 'L1'".parse()?;
/// let explained = index.snapshot().explain(&scope, &clock)?;
///
/// assert_eq!(explained.affected, 5);
/// let lot = explained.clauses.iter().find(|it| it.text == "lot = 'L1'").unwrap();
/// assert_eq!((lot.rows_true, lot.rows_unknown, lot.chunks_scanned), (5, 0, 1));
/// # Ok::<(), seriatim::Error>(())
/// ```
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Units for which the scope is TRUE.
    pub affected: u64,
    /// Units for which it is UNKNOWN.
    pub undetermined: u64,
    /// Chunks that the index has.
    pub chunks: u64,
    /// Chunks in which the scope's serials lie; all of them where it names none.
    pub chunks_in_range: u64,
    /// Nanoseconds to resolve the scope in every segment and to choose the order.
    pub plan_nanos: u64,
    /// Nanoseconds to evaluate it, on one thread.
    pub evaluate_nanos: u64,
    /// The scope and its parts: each part after the whole that it belongs to, the parts of a whole
    /// in the order of evaluation. At most 256; the rest is left out.
    pub clauses: Vec<Clause>,
}

/// A part of a scope, and what it says of the units.
///
/// # Examples
///
/// ```
/// use seriatim::io::MemoryDirectory;
/// use seriatim::{Index, Schema};
///
/// let index = Index::create_in(MemoryDirectory::new(), Schema::new(vec![])?)?;
/// let scope = "serial = 'A7' OR serial = 'A9'".parse()?;
/// let explained = index.snapshot().explain(&scope, &|| 0)?;
/// let texts: Vec<&str> = explained.clauses.iter().map(|it| it.text.as_str()).collect();
/// assert_eq!(texts, ["serial = 'A7' OR serial = 'A9'", "serial = 'A7'", "serial = 'A9'"]);
/// # Ok::<(), seriatim::Error>(())
/// ```
#[non_exhaustive]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clause {
    /// What it says, as SQL; long lists are shortened.
    pub text: String,
    /// How many wholes it is a part of.
    pub depth: usize,
    /// Units for which it is TRUE, asked alone.
    pub rows_true: u64,
    /// Units for which it is UNKNOWN, asked alone.
    pub rows_unknown: u64,
    /// Chunks of which the least and greatest value said that it is FALSE for all rows.
    pub chunks_pruned: u64,
    /// Chunks of which they said that it is the same for all rows, but not FALSE.
    pub chunks_constant: u64,
    /// Chunks of which rows were read. Alternatives that ask for values of the same columns are answered
    /// together where they are many: what was done then counts for the whole that they are parts of.
    pub chunks_scanned: u64,
    /// Nanoseconds that its test of chunks took; none for tests of serials, which are resolved
    /// before.
    pub nanos: u64,
}

/// Clauses that are explained.
const CLAUSES_MAX: usize = 256;

impl Snapshot {
    /// Evaluates a scope, and says how.
    ///
    /// `clock` tells nanoseconds from any beginning. Takes as long as selecting the units by the
    /// scope and by each of its parts, and twice as long again for want of a second thread.
    ///
    /// # Errors
    ///
    /// As [`select`](Snapshot::select).
    pub fn explain(&self, scope: &Scope, clock: &dyn Fn() -> u64) -> Result<Explanation> {
        self.explain_bound(&self.schema().bind(scope)?, clock)
    }

    /// As [`explain`](Snapshot::explain), with a scope that is bound to this snapshot's schema.
    ///
    /// # Errors
    ///
    /// As [`select_bound`](Snapshot::select_bound).
    pub fn explain_bound(
        &self,
        bound: &BoundScope,
        clock: &dyn Fn() -> u64,
    ) -> Result<Explanation> {
        self.check_bound(bound)?;
        let began = clock();
        let plans = plans(self, bound, bound.root())?;
        let planned = clock();
        let mut explainer = Explainer::new(bound, clock);
        let mut explanation = explainer.run(&plans)?;
        explanation.evaluate_nanos = clock().saturating_sub(planned);
        explanation.plan_nanos = planned.saturating_sub(began);
        explainer.list(self, bound.root(), 0, &mut explanation.clauses)?;
        Ok(explanation)
    }
}

/// What was seen of a node.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    pruned: u64,
    constant: u64,
    scanned: u64,
    nanos: u64,
    /// When it was first asked, counted in tests; none where it was not.
    turn: Option<u64>,
}

/// Watches an evaluation.
struct Explainer<'a> {
    bound: &'a BoundScope,
    clock: &'a dyn Fn() -> u64,
    /// By node.
    seen: Vec<Seen>,
    turns: u64,
}

impl<'a> Explainer<'a> {
    fn new(bound: &'a BoundScope, clock: &'a dyn Fn() -> u64) -> Self {
        let seen = vec![Seen::default(); bound.root().index() + 1];
        Explainer { bound, clock, seen, turns: 0 }
    }

    fn run(&mut self, plans: &[Plan<'_>]) -> Result<Explanation> {
        let mut masks = Masks::default();
        let (mut affected, mut undetermined) = (0, 0);
        let (mut chunks, mut chunks_in_range) = (0, 0);
        for plan in plans {
            let in_range = plan.seen_chunks();
            chunks_in_range += in_range.len() as u64;
            let candidates: Vec<(At, _)> =
                in_range.into_iter().chain(plan.margin_chunks()?).map(|at| (at, None)).collect();
            let (sure, unknown) = read(plan, &candidates, &mut masks, self)?.finish(plan);
            affected += sure.len();
            undetermined += unknown.len();
            chunks += plan.segment.units.rows().div_ceil(CHUNK_ROWS as u64);
        }
        Ok(Explanation {
            affected,
            undetermined,
            chunks,
            chunks_in_range,
            plan_nanos: 0,
            evaluate_nanos: 0,
            clauses: Vec::new(),
        })
    }

    /// Lists a node and all below it.
    fn list(
        &self,
        snapshot: &Snapshot,
        node: NodeId,
        depth: usize,
        clauses: &mut Vec<Clause>,
    ) -> Result<()> {
        if clauses.len() >= CLAUSES_MAX {
            return Ok(());
        }
        let rows = select_node(snapshot, self.bound, node, None)?;
        let total = |sets: &[RowSet]| sets.iter().map(RowSet::len).sum();
        let text = self.bound.clause(node);
        let (mut seen, mut parts) = (self.seen_of(node), Vec::new());
        self.parts(node, &text, &mut seen, &mut parts);
        parts.sort_by_key(|part| self.turn(*part));
        clauses.push(Clause {
            text,
            depth,
            rows_true: total(&rows.affected),
            rows_unknown: total(&rows.undetermined),
            chunks_pruned: seen.pruned,
            chunks_constant: seen.constant,
            chunks_scanned: seen.scanned,
            nanos: seen.nanos,
        });
        parts.iter().try_for_each(|part| self.list(snapshot, *part, depth + 1, clauses))
    }

    fn seen_of(&self, node: NodeId) -> Seen {
        self.seen.get(node.index()).copied().unwrap_or_default()
    }

    /// The parts of a node. A condition such as `<>` is one clause and several nodes: what was seen
    /// of those is added to `seen`.
    fn parts(&self, node: NodeId, text: &str, seen: &mut Seen, parts: &mut Vec<NodeId>) {
        for child in self.children(node) {
            if self.bound.clause(*child) == text {
                *seen = seen.with(self.seen_of(*child));
                self.parts(*child, text, seen, parts);
            } else {
                parts.push(*child);
            }
        }
    }

    fn children(&self, node: NodeId) -> &'a [NodeId] {
        match self.bound.node(node) {
            BoundNode::And(children) | BoundNode::Or(children) => children,
            BoundNode::Not(child) => std::slice::from_ref(child),
            _ => &[],
        }
    }

    /// When a node or any below it was first asked. What needs no column was resolved before; what
    /// was never asked goes last.
    fn turn(&self, node: NodeId) -> Turn {
        let before = matches!(
            self.bound.node(node),
            BoundNode::Serial(_) | BoundNode::Identifier { .. } | BoundNode::Namespace(_)
        );
        if before {
            return Turn::Before;
        }
        let own = self.seen_of(node).turn.map_or(Turn::Never, Turn::At);
        let below = || self.children(node).iter().map(|child| self.turn(*child));
        if own == Turn::Never && below().len() > 0 && below().all(|it| it == Turn::Before) {
            return Turn::Before;
        }
        below().filter(|it| *it != Turn::Before).fold(own, Turn::min)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    Before,
    At(u64),
    Never,
}

impl Seen {
    fn with(self, other: Seen) -> Seen {
        Seen {
            pruned: self.pruned + other.pruned,
            constant: self.constant + other.constant,
            scanned: self.scanned + other.scanned,
            nanos: self.nanos + other.nanos,
            turn: self.turn.or(other.turn),
        }
    }
}

impl Watch for Explainer<'_> {
    const IS_TOLD: bool = true;

    fn test(
        &mut self,
        node: NodeId,
        how: impl FnOnce() -> Result<How>,
        answer: impl FnOnce() -> Result<Answer>,
    ) -> Result<Answer> {
        let how = how()?;
        let began = (self.clock)();
        let answer = answer()?;
        let nanos = (self.clock)().saturating_sub(began);
        self.turns += 1;
        if let Some(seen) = self.seen.get_mut(node.index()) {
            seen.nanos += nanos;
            seen.turn.get_or_insert(self.turns);
            match how {
                How::Pruned => seen.pruned += 1,
                How::Constant => seen.constant += 1,
                How::Scanned => seen.scanned += 1,
            }
        }
        Ok(answer)
    }
}

/// Characters of a clause that a table shows.
const SHOWN_MAX: usize = 120;

impl fmt::Display for Explanation {
    /// A table, a clause a line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} affected, {} undetermined; {} of {} chunks in range; planned in {} us, evaluated \
             in {} us",
            self.affected,
            self.undetermined,
            self.chunks_in_range,
            self.chunks,
            self.plan_nanos / 1_000,
            self.evaluate_nanos / 1_000,
        )?;
        writeln!(
            f,
            "{:>12} {:>12} {:>8} {:>8} {:>8} {:>9}  clause",
            "true", "unknown", "pruned", "constant", "scanned", "us"
        )?;
        for clause in &self.clauses {
            let shown: String = clause.text.chars().take(SHOWN_MAX).collect();
            let more = if shown.len() < clause.text.len() { "..." } else { "" };
            writeln!(
                f,
                "{:>12} {:>12} {:>8} {:>8} {:>8} {:>9}  {:indent$}{shown}{more}",
                clause.rows_true,
                clause.rows_unknown,
                clause.chunks_pruned,
                clause.chunks_constant,
                clause.chunks_scanned,
                clause.nanos / 1_000,
                "",
                indent = 2 * clause.depth,
            )?;
        }
        Ok(())
    }
}
