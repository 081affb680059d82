//! The cells of a row, and what they say together.

use super::Assumption;
use super::options::RangeTableOptions;
use super::reason::{Finding, RowReason};
use super::words::{CellSaid, Said, cell_said};

/// The cells of a row that matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Cells {
    /// The line of the file, or the place of the row, from 1.
    pub(super) line: u64,
    /// None in a table without models.
    pub(super) model: Option<String>,
    pub(super) first: String,
    /// None in a table whose ranges stand in one column.
    pub(super) last: Option<String>,
    /// What columns of remarks say, by their header.
    pub(super) remarks: Vec<(String, String)>,
    /// How the row does not fit the header.
    pub(super) misfit: Option<String>,
}

/// What a row says of serials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RowSaid {
    pub(super) parts: Vec<Said>,
    pub(super) except: Vec<Said>,
}

/// What the cells of the two ends say together.
pub(super) fn row_said(cells: &Cells, options: &RangeTableOptions) -> Result<RowSaid, Finding> {
    let CellSaid { parts: first, mut except } = cell_said(&cells.first);
    let Some(last) = cells.last.as_deref().map(cell_said) else {
        if first.is_empty() {
            return no_range(except, options);
        }
        return Ok(RowSaid { parts: first, except });
    };
    except.extend(last.except);
    let last = last.parts;
    let parts = match (first.as_slice(), last.as_slice()) {
        ([], []) => return no_range(except, options),
        ([Said::One(only)], []) => vec![Said::LoneFirst(only.clone())],
        ([], [Said::One(only)]) => vec![Said::LoneLast(only.clone())],
        (_, []) => first,
        ([], _) => last,
        ([Said::Whole], [Said::Whole]) => vec![Said::Whole],
        (firsts, lasts) if firsts.len() == lasts.len() => firsts
            .iter()
            .zip(lasts)
            .map(|(first, last)| pair(first, last))
            .collect::<Result<_, _>>()?,
        (firsts, lasts) => {
            return Err(Finding::refuse(
                RowReason::UnevenCells,
                format!(
                    "the first cell has {} serials, the last has {}; write a row for each range",
                    firsts.len(),
                    lasts.len()
                ),
            ));
        }
    };
    Ok(RowSaid { parts, except })
}

fn no_range(except: Vec<Said>, options: &RangeTableOptions) -> Result<RowSaid, Finding> {
    if options.assumes(Assumption::NoRangeIsWholeModel) {
        return Ok(RowSaid { parts: vec![Said::Whole], except });
    }
    Err(Finding::refuse(
        RowReason::NoRange,
        "the row has no serials; write `all` if every serial of the model is meant, or assume it",
    ))
}

/// What a part of the first cell and one of the last say together.
fn pair(first: &Said, last: &Said) -> Result<Said, Finding> {
    match (first, last) {
        (Said::One(first) | Said::From(first), Said::One(last) | Said::UpTo(last)) => {
            Ok(Said::Range(first.clone(), last.clone()))
        }
        (Said::One(first) | Said::From(first), Said::Onwards) => Ok(Said::From(first.clone())),
        (Said::Thousands(text), _) | (_, Said::Thousands(text)) => {
            // Two of them are no doubt of which serials go together, but of what each is.
            Err(Finding::refuse(
                RowReason::Ambiguous,
                format!("`{text}` may be one number or several; write it without commas"),
            ))
        }
        (Said::Nothing, _) | (_, Said::Nothing) => Err(Finding::refuse(
            RowReason::Prose,
            "one end of the range is words; write its serial, `and subsequent` or `up to`",
        )),
        _ => Err(Finding::refuse(
            RowReason::Prose,
            "the cells of the two ends do not go together as a first and a last serial; write one \
             serial in each",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(first: &str, last: &str) -> Result<Vec<Said>, RowReason> {
        let cells = Cells { first: first.into(), last: Some(last.into()), ..Cells::default() };
        let said = row_said(&cells, &RangeTableOptions::default());
        said.map(|it| it.parts).map_err(|it| it.reason)
    }

    #[test]
    fn two_cells_go_together() {
        let range = |first: &str, last: &str| Said::Range(first.into(), last.into());
        assert_eq!(said("A1", "A9"), Ok(vec![range("A1", "A9")]));
        assert_eq!(said("from A1", "through A9"), Ok(vec![range("A1", "A9")]));
        assert_eq!(said("A1\nB1", "A9\nB9"), Ok(vec![range("A1", "A9"), range("B1", "B9")]));
        assert_eq!(said("A1", "and subsequent"), Ok(vec![Said::From("A1".into())]));
        assert_eq!(said("A1 to A9", ""), Ok(vec![range("A1", "A9")]));
        assert_eq!(said("all", "all"), Ok(vec![Said::Whole]));
        assert_eq!(said("A1", ""), Ok(vec![Said::LoneFirst("A1".into())]));
        assert_eq!(said("", "A9"), Ok(vec![Said::LoneLast("A9".into())]));
        assert_eq!(said("", "up to A9"), Ok(vec![Said::UpTo("A9".into())]));
    }

    #[test]
    fn cells_that_do_not_go_together_are_refused() {
        assert_eq!(said("", ""), Err(RowReason::NoRange));
        assert_eq!(said("A1\nB1", "A9"), Err(RowReason::UnevenCells));
        assert_eq!(said("A1", "see note"), Err(RowReason::Prose));
        assert_eq!(said("A1", "all"), Err(RowReason::Prose));
        assert_eq!(said("1,234", "5,678"), Err(RowReason::Ambiguous));
    }
}
