//! A row of a range table, as it was read.

use super::Assumption;
use super::cells::{Cells, row_said};
use super::ends::{Ends, shown};
use super::models::{Models, models};
use super::options::RangeTableOptions;
use super::reason::{Finding, RowOutcome, RowReason};
use super::span::{Span, SpanTest};
use super::speller::Speller;
use super::words::Said;
use crate::limits::RANGE_CELL_BYTES_MAX;

/// A row of a range table: what stood in it, what became of it, and why.
#[derive(Clone, Debug)]
pub struct TableRow {
    cells: Cells,
    pub(super) findings: Vec<Finding>,
    /// What it covers; none where the row is refused.
    pub(super) covers: Option<Covers>,
}

/// What a row covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Covers {
    pub(super) models: Models,
    /// At least one.
    pub(super) spans: Vec<Span>,
    /// What is taken out of them.
    pub(super) except: Vec<Span>,
}

impl TableRow {
    /// The line of the file in which the row begins, from 1; of a table of rows, the row's place.
    pub fn line(&self) -> u64 {
        self.cells.line
    }

    /// The cell of the model; none in a table without models.
    pub fn model(&self) -> Option<&str> {
        self.cells.model.as_deref()
    }

    /// The cell of the first serial, or of the whole range.
    pub fn first(&self) -> &str {
        &self.cells.first
    }

    /// The cell of the last serial; none in a table whose ranges stand in one column.
    pub fn last(&self) -> Option<&str> {
        self.cells.last.as_deref()
    }

    /// What becomes of the row.
    pub fn outcome(&self) -> RowOutcome {
        if self.covers.is_none() {
            RowOutcome::Refused
        } else if self.findings.is_empty() {
            RowOutcome::Accepted
        } else {
            RowOutcome::Flagged
        }
    }

    /// What was found in the row; empty where it is accepted.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

/// Reads rows one after another.
#[derive(Debug)]
pub(super) struct RowReader<'s> {
    speller: &'s Speller<'s>,
    options: &'s RangeTableOptions,
    /// The last model that a row said.
    model: Option<String>,
}

impl<'s> RowReader<'s> {
    pub(super) fn new(speller: &'s Speller<'s>, options: &'s RangeTableOptions) -> Self {
        RowReader { speller, options, model: None }
    }

    pub(super) fn read(&mut self, cells: Cells) -> TableRow {
        let mut findings = Vec::new();
        let covers = self.covers(&cells, &mut findings);
        for (header, remark) in &cells.remarks {
            findings.push(Finding::flag(
                RowReason::Remark,
                format!("the column `{header}` says `{}`", shown(remark)),
            ));
        }
        let covers = covers.map_err(|refusal| findings.insert(0, refusal)).ok();
        TableRow { cells, findings, covers }
    }

    fn covers(&mut self, cells: &Cells, findings: &mut Vec<Finding>) -> Result<Covers, Finding> {
        check_cells(cells)?;
        let models = self.models(cells, findings)?;
        let said = row_said(cells, self.options)?;
        if said.parts.contains(&Said::Whole) && models == Models::Every {
            return Err(Finding::refuse(
                RowReason::NoModel,
                "the row says every serial of no model in particular; name the model",
            ));
        }
        let mut ends = Ends { speller: self.speller, options: self.options, findings };
        let spans: Vec<Span> =
            said.parts.iter().map(|it| ends.span(it)).collect::<Result<_, _>>()?;
        let except: Vec<Span> =
            said.except.iter().map(|it| ends.span(it)).collect::<Result<_, _>>()?;
        if spans.iter().any(|it| it.test == SpanTest::Whole) {
            ends.flag(RowReason::WholeModel, "the row covers every serial of the model");
        }
        if except.iter().any(|it| it.test == SpanTest::Whole) {
            return Err(Finding::refuse(
                RowReason::Prose,
                "the words take all serials out of the range; write which",
            ));
        }
        if spans.iter().all(|span| except.iter().any(|it| it.holds(span))) {
            return Err(Finding::refuse(
                RowReason::NoRange,
                "the words take out every serial that the row covers; correct them",
            ));
        }
        if !except.is_empty() {
            let count = except.len();
            ends.flag(
                RowReason::Exception,
                format!("words take {count} serials or ranges out of what the row covers"),
            );
        }
        Ok(Covers { models, spans, except })
    }

    fn models(&mut self, cells: &Cells, findings: &mut Vec<Finding>) -> Result<Models, Finding> {
        let Some(cell) = cells.model.as_deref() else { return Ok(Models::Every) };
        let written = cell.trim_matches(|it: char| it.is_whitespace() || ",;".contains(it));
        if !written.is_empty() {
            self.model = Some(written.to_owned());
            return Ok(models(written, findings));
        }
        let above =
            self.model.clone().filter(|_| self.options.assumes(Assumption::BlankModelsRepeat));
        let Some(above) = above else {
            return Err(Finding::refuse(
                RowReason::NoModel,
                "the row has no model; write it, write `all`, or assume that it is that of the row \
                 above",
            ));
        };
        findings.push(Finding::flag(
            RowReason::ModelRepeated,
            format!("the model is read as `{}`, as in the row above", shown(&above)),
        ));
        Ok(models(&above, findings))
    }
}

fn check_cells(cells: &Cells) -> Result<(), Finding> {
    if let Some(misfit) = &cells.misfit {
        return Err(Finding::refuse(RowReason::WrongCells, misfit.as_str()));
    }
    let texts = [cells.model.as_deref(), Some(&cells.first), cells.last.as_deref()];
    match texts.iter().flatten().map(|it| it.len()).find(|len| *len > RANGE_CELL_BYTES_MAX) {
        None => Ok(()),
        Some(len) => Err(Finding::refuse(
            RowReason::TooLong,
            format!(
                "a cell has {len} bytes, but at most {RANGE_CELL_BYTES_MAX} are read; write a row \
                 for each range, or close the quotes"
            ),
        )),
    }
}
