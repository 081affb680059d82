//! What was found in a range table, by reason.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::reason::{RowOutcome, RowReason};
use super::row::TableRow;

/// Lines that the text of a report names for a reason.
const LINES_SHOWN_MAX: usize = 20;

/// What was found in a range table, by reason. As text, a line a reason.
#[non_exhaustive]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RangeTableReport {
    /// Rows that the scope has as they are written.
    pub accepted: u64,
    /// Rows that the scope has, at which somebody should look.
    pub flagged: u64,
    /// Rows that the scope does not have.
    pub refused: u64,
    /// Rows with nothing in any cell, which count as none.
    pub blank: u64,
    /// The reasons: those for which rows are refused first, and in a fixed order.
    pub reasons: Vec<ReasonRows>,
    /// Columns of the table that were not looked at, by their header.
    pub columns_ignored: Vec<String>,
}

/// The rows of a range table that have one reason.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReasonRows {
    /// The reason.
    pub reason: RowReason,
    /// Whether the rows are refused for it, or flagged.
    pub refused: bool,
    /// The lines of the rows, ascending.
    pub lines: Vec<u64>,
}

impl RangeTableReport {
    pub(super) fn new(rows: &[TableRow], blank: u64, columns_ignored: Vec<String>) -> Self {
        let mut report = RangeTableReport { blank, columns_ignored, ..Self::default() };
        let mut reasons: BTreeMap<(bool, RowReason), Vec<u64>> = BTreeMap::new();
        for row in rows {
            match row.outcome() {
                RowOutcome::Accepted => report.accepted += 1,
                RowOutcome::Flagged => report.flagged += 1,
                RowOutcome::Refused => report.refused += 1,
            }
            for finding in row.findings() {
                let lines = reasons.entry((!finding.refused, finding.reason)).or_default();
                if lines.last() != Some(&row.line()) {
                    lines.push(row.line());
                }
            }
        }
        let reasons = reasons.into_iter();
        report.reasons = reasons
            .map(|((used, reason), lines)| ReasonRows { reason, refused: !used, lines })
            .collect();
        report
    }
}

impl fmt::Display for RangeTableReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} accepted, {} flagged, {} refused",
            self.accepted, self.flagged, self.refused
        )?;
        for it in &self.reasons {
            let outcome = if it.refused { RowOutcome::Refused } else { RowOutcome::Flagged };
            write!(f, "\n{}, {}: {}", outcome.code(), it.reason, it.lines.len())?;
            let shown = it.lines.iter().take(LINES_SHOWN_MAX).map(u64::to_string);
            write!(f, " (line {}", shown.collect::<Vec<_>>().join(", "))?;
            f.write_str(if it.lines.len() > LINES_SHOWN_MAX { ", ...)" } else { ")" })?;
        }
        if !self.columns_ignored.is_empty() {
            write!(f, "\ncolumns not looked at: {}", self.columns_ignored.join(", "))?;
        }
        Ok(())
    }
}
