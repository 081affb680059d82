//! Tables against a model that fits on a screen, whatever text, and the limits.

use proptest::prelude::*;

use super::{Assumption, RangeTable, RangeTableOptions, RowOutcome, RowReason};
use crate::limits::{RANGE_CELL_BYTES_MAX, RANGE_TABLE_ROWS_MAX};
use crate::schema::{Column, ColumnType, Record, Schema, Value};
use crate::scope::Verdict;
use crate::serial::{Families, SerialFamily};

fn schema(layouts: &[&str]) -> Schema {
    let families = layouts.iter().map(|it| SerialFamily::new(it, it).unwrap());
    let columns = vec![Column::new("model", ColumnType::Text).unwrap()];
    Schema::new(columns).unwrap().with_families(Families::new(families.collect()).unwrap())
}

fn read(rows: &[[&str; 3]], layouts: &[&str]) -> RangeTable {
    let rows = rows.iter().copied();
    RangeTable::from_rows(rows, &schema(layouts), &RangeTableOptions::default()).unwrap()
}

/// A row as the model has it, and as the table spells it.
#[derive(Clone, Debug)]
struct Spelled {
    model: usize,
    first: u32,
    last: u32,
    /// Which end is written how, and whether in one cell.
    styles: [usize; 2],
    joined: bool,
}

impl Spelled {
    fn cells(&self) -> [String; 3] {
        let ends = [(self.first, self.styles[0]), (self.last, self.styles[1])];
        let [first, last] = ends.map(|(number, style)| match style {
            0 => format!("LJ-{number}"),
            1 => format!("lj-{number} "),
            2 => format!("LJ {number}"),
            3 => format!("LJ\u{2013}{number}").replace('0', "O"),
            _ => format!("'LJ{number}"),
        });
        let model = format!("M{}", self.model);
        if self.joined {
            [model, format!("{first} through {last}").replace('\'', ""), String::new()]
        } else {
            [model, first, last]
        }
    }
}

fn spelled() -> impl Strategy<Value = Spelled> {
    let number = || 1..60u32;
    (0..3usize, number(), number(), [0..5usize, 0..5usize], any::<bool>()).prop_map(
        |(model, a, b, styles, joined)| Spelled {
            model,
            first: a.min(b),
            last: a.max(b),
            styles,
            joined,
        },
    )
}

proptest! {
    #[test]
    fn a_table_covers_what_its_rows_say(rows in prop::collection::vec(spelled(), 1..12)) {
        let schema = schema(&["LJ-{n:D1..6}", "{n:D8}"]);
        let cells: Vec<[String; 3]> = rows.iter().map(Spelled::cells).collect();
        let table = RangeTable::from_rows(cells, &schema, &RangeTableOptions::default()).unwrap();
        let bound = schema.bind(&table.scope().unwrap()).unwrap();
        for model in 0..4 {
            for number in 0..62 {
                let covered = |it: &Spelled| it.model == model && (it.first..=it.last).contains(&number);
                let expected = if rows.iter().any(covered) { Verdict::Affected } else { Verdict::NotAffected };
                let unit = Record::of_serial(format!("LJ-{number}"))
                    .with("model", Value::Text(format!("M{model}")));
                prop_assert_eq!(bound.decide(&unit).unwrap(), expected, "M{} {}", model, number);
            }
        }
    }

    #[test]
    fn every_row_is_told_whatever_its_cells(
        rows in prop::collection::vec(
            ["[M;,*\n ]{0,4}", "[ALJ0-9xX*#,; \n+-]{0,12}", "(and |to |up |except |all|see |A1|LJ-7|-|\u{2013}|\u{e9}){0,5}"],
            1..6,
        ),
        assumed in any::<bool>(),
    ) {
        let schema = schema(&["LJ-{n:D1..6}", "A{n:D1}"]);
        let mut options = RangeTableOptions::default();
        if assumed {
            options = options
                .assume(Assumption::ReversedEndsAreSwapped)
                .assume(Assumption::AbbreviatedEndsAreExpanded)
                .assume(Assumption::EmptyEndsAreOpen)
                .assume(Assumption::NoRangeIsWholeModel)
                .assume(Assumption::BlankModelsRepeat);
        }
        let blank = rows.iter().filter(|row| row.iter().all(|it| it.trim().is_empty())).count();
        let Ok(table) = RangeTable::from_rows(rows.clone(), &schema, &options) else {
            prop_assert_eq!(blank, rows.len());
            return Ok(());
        };
        prop_assert_eq!(table.rows().len() + blank, rows.len());
        for row in table.rows() {
            let refused = row.findings().iter().any(|it| it.refused);
            prop_assert_eq!(row.outcome() == RowOutcome::Refused, refused);
            prop_assert!(row.findings().iter().all(|it| !it.message.is_empty()));
        }
        let report = table.report();
        prop_assert_eq!(table.scope().is_ok(), report.refused == 0);
        let used = report.accepted + report.flagged;
        let scope = table.scope_without_refused(report.refused);
        prop_assert_eq!(scope.is_ok(), used > 0);
        if let Ok(scope) = scope {
            prop_assert!(schema.bind(&scope).is_ok());
            prop_assert_eq!(scope.to_sql().parse::<crate::scope::Scope>().unwrap(), scope);
        }
    }
}

#[test]
fn a_row_that_is_used_covers_its_ends() {
    let table = read(&[["M", "LJ-9", "LJ-10"], ["M", "A7", "A9"]], &["LJ-{n:D1..6}"]);
    let reasons: Vec<_> = table.rows().iter().map(|it| it.findings().len()).collect();
    assert_eq!(reasons, [0, 2], "A7 and A9 fit no family");
    assert_eq!(table.rows()[1].line(), 2);
    assert_eq!((table.rows()[1].model(), table.rows()[1].first()), (Some("M"), "A7"));
    assert_eq!(table.rows()[1].last(), Some("A9"));
}

#[test]
fn the_number_of_refused_rows_must_be_known() {
    let table = read(
        &[["M", "LJ-9", "LJ-10"], ["M", "see note", ""], ["", "LJ-1", "LJ-2"]],
        &["LJ-{n:D1..6}"],
    );
    let error = table.scope().unwrap_err();
    assert!(error.message().starts_with("2 of 3 rows are refused, not 0"), "{error}");
    assert!(error.message().contains("line 2"), "{error}");
    assert!(table.scope_without_refused(1).is_err());
    assert!(table.scope_without_refused(3).is_err());
    assert!(table.scope_without_refused(2).is_ok());
    let text = table.report().to_string();
    assert_eq!(
        text,
        "1 accepted, 0 flagged, 2 refused\n\
         refused, no_model: 1 (line 3)\n\
         refused, prose: 1 (line 2)"
    );
}

#[test]
fn limits_are_kept() {
    let long = "1;".repeat(RANGE_CELL_BYTES_MAX / 2 + 1);
    let table = read(&[["M", &long, ""]], &["{n:D1}"]);
    assert_eq!(table.rows()[0].findings()[0].reason, RowReason::TooLong);
    let rows = || std::iter::repeat_n(["M", "1", "2"], RANGE_TABLE_ROWS_MAX + 1);
    let it = schema(&["{n:D1}"]);
    let error = RangeTable::from_rows(rows(), &it, &RangeTableOptions::default()).unwrap_err();
    assert_eq!(error.to_string(), "the table has more than 100000 rows; split it");
    let options = RangeTableOptions::default().mask_characters("");
    assert!(RangeTable::from_rows(rows().take(1), &it, &options).is_err());
}

#[test]
fn a_table_of_thousands_of_rows_becomes_a_scope() {
    let model = |it: u32| format!("M{}", it % 700);
    let rows = (0..5_000)
        .map(|it| [model(it), format!("{:08}", it * 100), format!("{:08}", it * 100 + 60)]);
    let it = schema(&["{n:D8}"]);
    let table = RangeTable::from_rows(rows, &it, &RangeTableOptions::default()).unwrap();
    assert_eq!(table.report().accepted, 5_000);
    let bound = it.bind(&table.scope().unwrap()).unwrap();
    for (serial, model, expected) in [
        ("00499960", "M99", Verdict::Affected),
        ("00499961", "M99", Verdict::NotAffected),
        ("00499960", "M98", Verdict::NotAffected),
    ] {
        let unit = Record::of_serial(serial).with("model", Value::Text(model.into()));
        assert_eq!(bound.decide(&unit).unwrap(), expected, "{serial} {model}");
    }
}

#[cfg(feature = "files")]
mod files {
    use super::*;
    use crate::limits::RANGE_TABLE_BYTES_MAX;

    fn error(bytes: &[u8]) -> String {
        let it = schema(&["{n:D1}"]);
        let read = RangeTable::from_csv(bytes, &it, &RangeTableOptions::default());
        read.unwrap_err().to_string()
    }

    #[test]
    fn what_is_no_table_is_told() {
        let long = vec![b'a'; RANGE_TABLE_BYTES_MAX + 1];
        assert!(error(&long).contains("split it"));
        assert!(error(b"\xff\xfeM\0").contains("UTF-16"));
        assert_eq!(
            error(b"Model,From,To\r\nM\xe9,1,2\r\n"),
            "line 2 is not UTF-8; save the table as UTF-8"
        );
        let missing =
            RangeTable::open_csv("/no/such/file", &schema(&[]), &RangeTableOptions::default());
        assert_eq!(missing.unwrap_err().kind().code(), "io");
    }

    #[test]
    fn an_open_quote_swallows_nothing_in_silence() {
        let mut text = "Model,From,To\nM,1,2\nM,\"3,4\n".to_owned();
        text.extend(std::iter::repeat_n("M,5,6\n", 20_000));
        let it = schema(&["{n:D1}"]);
        let table =
            RangeTable::from_csv(text.as_bytes(), &it, &RangeTableOptions::default()).unwrap();
        let refused = &table.rows()[1];
        assert_eq!((refused.line(), refused.outcome()), (3, RowOutcome::Refused));
        assert!(table.scope().is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_table_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut text = b"Model,From,To\n".to_vec();
            text.extend(bytes);
            let it = schema(&["{n:D1}"]);
            if let Ok(table) = RangeTable::from_csv(&text, &it, &RangeTableOptions::default()) {
                prop_assert!(!table.rows().is_empty());
            }
        }
    }
}
