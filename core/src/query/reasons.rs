//! Why units are undetermined.

use std::fmt;

use rayon::prelude::*;

use super::Undetermined;
use super::answer::{At, Masks, Part};
use super::evaluate::Unwatched;
use super::plan::{Kind, Plan, Step};
use super::select::plans;
use crate::bitmap::{Container, Mask};
use crate::error::Result;
use crate::pool;
use crate::scope::{BoundNode, BoundScope, NodeId};

/// Why a scope cannot be decided for a unit.
///
/// # Examples
///
/// ```
/// use seriatim::Reason;
///
/// assert_eq!(Reason::MissingColumn("lot".into()).to_string(), "lot is missing");
/// assert_eq!(Reason::UnreadableSerial.code(), "unreadable_serial");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The unit has no value in this column.
    MissingColumn(String),
    /// The serial fits no family, but may be a misread serial of a range.
    UnreadableSerial,
}

impl Reason {
    /// The stable code of this reason, such as `"missing_column"`.
    pub fn code(&self) -> &'static str {
        match self {
            Reason::MissingColumn(_) => "missing_column",
            Reason::UnreadableSerial => "unreadable_serial",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::MissingColumn(column) => write!(f, "{column} is missing"),
            Reason::UnreadableSerial => f.write_str("the serial may be misread"),
        }
    }
}

/// Chunks whose rows are read by one thread.
const READ_ALONE_MAX: usize = 4;

impl Undetermined {
    /// How many of the units are undetermined for which reason, the most units first.
    ///
    /// A test that is UNKNOWN for a unit is a reason unless what stands beside it decides: in
    /// `lot = 'L1' OR facility = 'Leipzig' AND line = '3'`, the line of a unit made elsewhere is no
    /// reason. A unit may have several, so that the counts may add up to more than there are units.
    ///
    /// Takes about as long as it took to select the units.
    ///
    /// # Errors
    ///
    /// `corrupt` when a file is damaged where it is read; `io`.
    pub fn by_reason(&self) -> Result<Vec<(Reason, u64)>> {
        if self.is_empty() {
            return Ok(Vec::new());
        }
        let bound = &*self.bound;
        let columns = bound.schema().columns();
        let plans = plans(self.snapshot(), bound, bound.root())?;
        let chunks = self.chunks(&plans);
        let count = |masks: &mut Masks, (plan, at, rows): &(&Plan<'_>, At, Container<'_>)| {
            let mut tally = Tally { bound, at: *at, causes: vec![None; columns.len() + 1] };
            tally.add(&plan.root, &Part::Rows(rows.to_mask()), masks)?;
            Ok(tally.counts())
        };
        let counts: Vec<Result<Vec<u64>>> = if chunks.len() <= READ_ALONE_MAX {
            let mut masks = Masks::default();
            chunks.iter().map(|chunk| count(&mut masks, chunk)).collect()
        } else {
            pool::shared()?.install(|| chunks.par_iter().map_init(Masks::default, count).collect())
        };
        let mut total = vec![0; columns.len() + 1];
        for counts in counts {
            total.iter_mut().zip(counts?).for_each(|(total, count)| *total += count);
        }
        let names = columns.iter().map(|it| Reason::MissingColumn(it.name().to_owned()));
        let reasons = names.chain([Reason::UnreadableSerial]).zip(total);
        let mut reasons: Vec<(Reason, u64)> = reasons.filter(|(_, units)| *units > 0).collect();
        reasons.sort_by_key(|(_, units)| std::cmp::Reverse(*units));
        Ok(reasons)
    }

    fn chunks<'p>(&'p self, plans: &'p [Plan<'p>]) -> Vec<(&'p Plan<'p>, At, Container<'p>)> {
        let mut chunks = Vec::new();
        for (plan, rows) in plans.iter().zip(self.rows()) {
            let total = plan.segment.units.rows();
            chunks.extend(rows.chunks().map(|(key, rows)| (plan, At::of(key, total), rows)));
        }
        chunks
    }
}

/// The rows of a chunk by the reason for which they are undetermined.
struct Tally<'a> {
    bound: &'a BoundScope,
    at: At,
    /// By column; the last is for the serial.
    causes: Vec<Option<Mask>>,
}

impl Tally<'_> {
    /// Takes down the reasons of rows for which a step is UNKNOWN.
    fn add(&mut self, step: &Step<'_>, rows: &Part, masks: &mut Masks) -> Result<()> {
        let steps = match &step.kind {
            Kind::And(steps) | Kind::Or(steps) => steps,
            Kind::Not(contrary) => return self.add(contrary, rows, masks),
            _ => {
                self.note(step.node, rows);
                return Ok(());
            }
        };
        for step in steps {
            let answer = step.answer(self.at, rows, masks, &mut Unwatched)?;
            let (sure, mut unknown) = answer.split(self.at.rows, masks);
            masks.put_back(sure);
            unknown.and(rows, masks);
            if !unknown.is_nothing() {
                self.add(step, &unknown, masks)?;
            }
            masks.put_back(unknown);
        }
        Ok(())
    }

    fn note(&mut self, node: NodeId, rows: &Part) {
        let cause = match self.bound.node(node) {
            BoundNode::Column { column, .. } => self.causes.get_mut(*column),
            BoundNode::Serial(_) => self.causes.last_mut(),
            _ => None,
        };
        if let (Some(cause), Part::Rows(rows)) = (cause, rows) {
            cause.get_or_insert_with(Mask::new).or(rows);
        }
    }

    fn counts(&self) -> Vec<u64> {
        self.causes.iter().map(|it| it.as_ref().map_or(0, |it| u64::from(it.count()))).collect()
    }
}
