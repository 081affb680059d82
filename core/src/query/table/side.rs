//! What an alternative asks of a column, or of the serials.

use std::fmt;

use crate::column::{ColumnReader, Intervals};
use crate::query::ranges::Ranges;
use crate::scope::Truth;

/// What alternatives ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::query) enum Side {
    /// Serials: rows of the segment. No row misses one.
    Serial,
    /// Ordinals of the column at this place of the schema.
    Column(usize),
}

/// A test of the values of a side: TRUE for those that are `sure`, UNKNOWN for others that are
/// possible, else FALSE.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SideTest {
    sure: Intervals,
    /// TRUE or UNKNOWN.
    possible: Intervals,
    /// What it is where there is no value.
    missing: Truth,
}

/// A test of a side, and its column where the segment has it; in one that has not, all miss it.
#[derive(Clone)]
pub(super) struct Asked<'a> {
    pub(super) column: Option<&'a ColumnReader>,
    pub(super) test: SideTest,
}

impl fmt::Debug for Asked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.test.fmt(f)
    }
}

impl SideTest {
    /// TRUE for some values, UNKNOWN where there is none.
    pub(super) fn of_values(sure: Intervals) -> Self {
        SideTest { possible: sure.clone(), sure, missing: Truth::Unknown }
    }

    /// TRUE where there is no value.
    pub(super) fn of_missing() -> Self {
        let none = Intervals::default();
        SideTest { sure: none.clone(), possible: none, missing: Truth::True }
    }

    /// TRUE for some rows, and UNKNOWN for others that are possible.
    pub(super) fn of_rows(sure: &Ranges, possible: &Ranges) -> Self {
        SideTest { sure: intervals(sure), possible: intervals(possible), missing: Truth::Unknown }
    }

    pub(super) fn and(&self, other: &SideTest) -> SideTest {
        SideTest {
            sure: self.sure.intersection(&other.sure),
            possible: self.possible.intersection(&other.possible),
            missing: self.missing.and(other.missing),
        }
    }

    pub(super) fn or(&self, other: &SideTest) -> SideTest {
        SideTest {
            sure: self.sure.union(&other.sure),
            possible: self.possible.union(&other.possible),
            missing: self.missing.or(other.missing),
        }
    }

    pub(super) fn negate(&self) -> SideTest {
        SideTest {
            sure: self.possible.complement(),
            possible: self.sure.complement(),
            missing: self.missing.negate(),
        }
    }

    /// The same where every row has a value.
    pub(super) fn of_filled(&self) -> SideTest {
        SideTest { missing: Truth::False, ..self.clone() }
    }

    pub(super) fn missing(&self) -> Truth {
        self.missing
    }

    /// Of a test of serials, the rows of a segment of `rows` for which it is not FALSE.
    pub(super) fn rows(&self, rows: u64) -> Ranges {
        let mut out = Ranges::new();
        for (first, last) in self.possible.as_slice() {
            out.push(*first..last.saturating_add(1).min(rows));
        }
        out
    }

    /// The intervals for which it is not FALSE, disjoint, and whether it is UNKNOWN there.
    pub(super) fn pieces(&self) -> impl Iterator<Item = (u64, u64, bool)> {
        let doubtful = if self.sure == self.possible {
            Intervals::default()
        } else {
            self.possible.intersection(&self.sure.complement())
        };
        let sure = self.sure.as_slice().iter().map(|(first, last)| (*first, *last, false));
        let doubtful: Vec<(u64, u64)> = doubtful.as_slice().to_vec();
        sure.chain(doubtful.into_iter().map(|(first, last)| (first, last, true)))
    }
}

fn intervals(rows: &Ranges) -> Intervals {
    let pairs = rows.as_slice().iter().filter(|it| !it.is_empty());
    Intervals::new(pairs.map(|it| (it.start, it.end - 1)).collect())
}
