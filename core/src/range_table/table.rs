//! A table of models and ranges, read and checked.

use super::cells::Cells;
use super::cover::scope;
use super::options::RangeTableOptions;
use super::overlaps::flag_overlaps;
use super::reason::RowOutcome;
use super::report::RangeTableReport;
use super::row::{RowReader, TableRow};
use super::speller::Speller;
use crate::error::{Error, Result};
use crate::limits::RANGE_TABLE_ROWS_MAX;
use crate::schema::{ColumnType, Schema};
use crate::scope::Scope;

/// A table of models and their serial ranges, as regulators and makers publish them.
///
/// Each row is accepted, flagged (it is used, but look at how it was read) or refused, with the
/// reason and the way out. No row is ever read as covering nothing, and nothing that changes which
/// serials are meant is assumed unless [`RangeTableOptions::assume`] allows it. Rows are checked
/// against the serial families of a schema, and the [scope](RangeTable::scope) of a table binds to
/// that schema.
///
/// # Examples
///
/// ```
/// use seriatim::{Column, ColumnType, Families, RangeTable, RangeTableOptions, Schema, SerialFamily};
///
/// let families = Families::new(vec![SerialFamily::new("panel", "A{n:D4}")?])?;
/// let schema = Schema::new(vec![Column::new("model", ColumnType::Text)?])?.with_families(families);
/// let rows = [["EFMIS129", "A2001", "A2308"], ["EFMIS175", "a2001", "A2310"], ["EFMIS200", "see note", ""]];
/// let table = RangeTable::from_rows(rows, &schema, &RangeTableOptions::default())?;
///
/// let outcomes: Vec<&str> = table.rows().iter().map(|row| row.outcome().code()).collect();
/// assert_eq!(outcomes, ["accepted", "flagged", "refused"]);
/// assert!(table.scope().is_err()); // one row is refused
/// assert_eq!(
///     table.scope_without_refused(1)?.to_sql(),
///     "(model = 'EFMIS129' AND serial BETWEEN 'A2001' AND 'A2308') \
///      OR (model = 'EFMIS175' AND serial BETWEEN 'A2001' AND 'A2310')"
/// );
/// # Ok::<(), seriatim::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct RangeTable {
    rows: Vec<TableRow>,
    report: RangeTableReport,
    /// None where no row can be used.
    scope: Option<Scope>,
}

impl RangeTable {
    /// Reads rows of a model, a first and a last serial. Their lines are their places, from 1; rows
    /// with nothing in them are counted and left out.
    ///
    /// # Errors
    ///
    /// `invalid_argument` when the options contradict each other, the schema has no column to
    /// compare models with, or there are too many rows or none; `scope_syntax` when the scope would
    /// pass a limit. What is wrong with a row is told by the row.
    pub fn from_rows<S: Into<String>>(
        rows: impl IntoIterator<Item = [S; 3]>,
        schema: &Schema,
        options: &RangeTableOptions,
    ) -> Result<Self> {
        let cells = (1..).zip(rows).map(|(line, [model, first, last])| {
            let (model, last) = (Some(model.into()), Some(last.into()));
            Ok(Cells { line, model, first: first.into(), last, ..Cells::default() })
        });
        RangeTable::read(cells, schema, options, Vec::new())
    }

    pub(super) fn read(
        cells: impl IntoIterator<Item = Result<Cells>>,
        schema: &Schema,
        options: &RangeTableOptions,
        columns_ignored: Vec<String>,
    ) -> Result<Self> {
        options.check()?;
        let speller = Speller::new(schema.families());
        let mut reader = RowReader::new(&speller, options);
        let mut rows = Vec::new();
        let mut blank = 0;
        for cells in cells {
            let cells = cells?;
            if cells.is_blank() {
                blank += 1;
                continue;
            }
            if rows.len() == RANGE_TABLE_ROWS_MAX {
                return Err(Error::invalid(format!(
                    "the table has more than {RANGE_TABLE_ROWS_MAX} rows; split it"
                )));
            }
            rows.push(reader.read(cells));
        }
        if rows.is_empty() {
            return Err(Error::invalid("the table has no rows"));
        }
        if rows.iter().any(|row| row.model().is_some()) {
            check_model_column(schema, &options.model_column)?;
        }
        flag_overlaps(&mut rows);
        let scope = scope(&rows, &options.model_column);
        if let Some(scope) = &scope {
            // Every part was checked; what is left are the limits of a scope.
            schema.bind(scope).map_err(|error| error.within("the scope of the table"))?;
        }
        let report = RangeTableReport::new(&rows, blank, columns_ignored);
        Ok(RangeTable { rows, report, scope })
    }

    /// The rows, in their order, without blank ones.
    pub fn rows(&self) -> &[TableRow] {
        &self.rows
    }

    /// How many rows were accepted, flagged and refused, and why.
    pub fn report(&self) -> &RangeTableReport {
        &self.report
    }

    /// What the table covers: an OR of its rows, with the ranges of one model together.
    ///
    /// # Errors
    ///
    /// `invalid_argument` while a row is refused: what it covers would be left out in silence.
    /// Correct the rows, or leave them out with
    /// [`scope_without_refused`](RangeTable::scope_without_refused).
    pub fn scope(&self) -> Result<Scope> {
        self.scope_without_refused(0)
    }

    /// What the table covers without the rows that are refused, of which there are `refused`. To
    /// give their number is to have seen them.
    ///
    /// # Errors
    ///
    /// `invalid_argument` when another number of rows is refused, or all are.
    pub fn scope_without_refused(&self, refused: u64) -> Result<Scope> {
        if refused != self.report.refused {
            let first = self.rows.iter().find(|row| row.outcome() == RowOutcome::Refused);
            let why = first.and_then(|row| Some((row.line(), row.findings().first()?)));
            let why = why.map_or_else(String::new, |(line, finding)| {
                format!("; the first, line {line}: {}", finding.message)
            });
            return Err(Error::invalid(format!(
                "{} of {} rows are refused, not {refused}; correct them, or leave them out by \
                 their number{why}",
                self.report.refused,
                self.rows.len()
            )));
        }
        self.scope.clone().ok_or_else(|| {
            Error::invalid("no row of the table can be used, so that it covers nothing")
        })
    }
}

impl Cells {
    fn is_blank(&self) -> bool {
        let blank = |it: &str| it.trim().is_empty();
        self.misfit.is_none()
            && self.remarks.is_empty()
            && blank(&self.first)
            && self.model.as_deref().is_none_or(blank)
            && self.last.as_deref().is_none_or(blank)
    }
}

fn check_model_column(schema: &Schema, name: &str) -> Result<()> {
    let Some(column) = schema.column(name) else {
        return Err(Error::invalid(format!(
            "the table has models, but the schema has no column `{name}`; name the column to \
             compare them with"
        )));
    };
    match column.column_type() {
        ColumnType::Text | ColumnType::TextList => Ok(()),
        other => Err(Error::invalid(format!(
            "models are texts, but column `{}` is a {} column; name a text column to compare them \
             with",
            column.name(),
            other.name()
        ))),
    }
}
