//! Cases of tables of models and ranges, as they are published.

use serde::Deserialize;
use seriatim::{Assumption, RangeTable, RangeTableOptions, RowOutcome, TableRow};

use super::files::{Case, Problems, run};
use super::scopes::Refusal;
use super::units::Declared;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TableCase {
    name: String,
    /// For people: why the answer is right.
    #[serde(rename = "why")]
    _why: Option<String>,
    schema: Option<Declared>,
    #[serde(default)]
    options: Options,
    csv: Lines,
    rows: Option<Vec<Row>>,
    #[serde(default)]
    blank: u64,
    #[serde(default)]
    columns_ignored: Vec<String>,
    scope: Option<String>,
    error: Option<Refusal>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    model_from: Option<String>,
    first_from: Option<String>,
    last_from: Option<String>,
    model_column: Option<String>,
    mask_characters: Option<String>,
    delimiter: Option<char>,
    #[serde(default)]
    assume: Vec<Assumption>,
}

/// The text of a file, or its lines.
#[derive(Deserialize)]
#[serde(untagged)]
enum Lines {
    Text(String),
    Lines(Vec<String>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    line: u64,
    outcome: String,
    /// In the order in which they are told.
    #[serde(default)]
    reasons: Vec<String>,
    /// What the messages have in them.
    #[serde(default)]
    mentions: Vec<String>,
}

/// What the tables of a file have in common.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shared {
    schema: Declared,
}

impl Case for TableCase {
    fn name(&self) -> &str {
        &self.name
    }
}

impl Options {
    fn options(&self) -> RangeTableOptions {
        let mut options = RangeTableOptions::default();
        if let Some(header) = &self.model_from {
            options = options.model_from(header);
        }
        if let Some(header) = &self.first_from {
            options = options.first_from(header);
        }
        if let Some(header) = &self.last_from {
            options = options.last_from(header);
        }
        if let Some(name) = &self.model_column {
            options = options.model_column(name);
        }
        if let Some(characters) = &self.mask_characters {
            options = options.mask_characters(characters);
        }
        if let Some(delimiter) = self.delimiter {
            options = options.delimiter(u8::try_from(delimiter).unwrap());
        }
        self.assume.iter().fold(options, |options, it| options.assume(*it))
    }
}

impl Row {
    fn compare(&self, row: &TableRow, problems: &mut Problems) {
        let line = row.line();
        let findings = row.findings();
        let reasons: Vec<&str> = findings.iter().map(|it| it.reason.code()).collect();
        if (line, row.outcome().code()) != (self.line, &*self.outcome) || reasons != self.reasons {
            problems.push(format!("line {line} is {}: {findings:?}", row.outcome().code()));
        }
        for part in &self.mentions {
            if !findings.iter().any(|it| it.message.contains(&**part)) {
                problems.push(format!("line {line} does not mention {part:?}: {findings:?}"));
            }
        }
        // Only what is refused has a reason to be.
        let refused = findings.iter().any(|it| it.refused);
        if refused != (row.outcome() == RowOutcome::Refused) {
            problems.push(format!("line {line} is refused and is not: {findings:?}"));
        }
    }
}

fn check(case: &TableCase, shared: Option<&Shared>) -> Problems {
    let declared = case.schema.as_ref().or(shared.map(|it| &it.schema)).unwrap();
    let schema = match declared.schema() {
        Ok(schema) => schema,
        Err(problem) => return vec![problem],
    };
    let text = match &case.csv {
        Lines::Text(text) => text.clone(),
        Lines::Lines(lines) => lines.join("\n"),
    };
    let mut problems = Problems::new();
    let table = RangeTable::from_csv(text.as_bytes(), &schema, &case.options.options());
    let table = match (table, &case.error) {
        (Err(error), Some(refusal)) => {
            refusal.compare(&error, &mut problems);
            return problems;
        }
        (Err(error), None) => return vec![format!("the table is refused: {error}")],
        (Ok(_), Some(_)) => return vec!["the table is not refused".into()],
        (Ok(table), None) => table,
    };
    let Some(expected) = &case.rows else { return vec!["the case has no rows".into()] };
    if table.rows().len() != expected.len() {
        problems.push(format!("there are {} rows", table.rows().len()));
    }
    for (expected, row) in expected.iter().zip(table.rows()) {
        expected.compare(row, &mut problems);
    }
    let report = table.report();
    if report.accepted + report.flagged + report.refused != table.rows().len() as u64 {
        problems.push(format!("the report loses rows: {report}"));
    }
    if report.blank != case.blank || report.columns_ignored != case.columns_ignored {
        problems.push(format!("{} blank, ignored: {:?}", report.blank, report.columns_ignored));
    }
    if report.refused > 0 && table.scope().is_ok() {
        problems.push("there is a scope though rows are refused".into());
    }
    match (table.scope_without_refused(report.refused), &case.scope) {
        (Ok(scope), Some(expected)) => {
            if scope.to_sql() != *expected {
                problems.push(format!("the scope is\n{}\nand not\n{expected}", scope.to_sql()));
            }
        }
        (Err(_), None) => {}
        (Ok(scope), None) => problems.push(format!("there is a scope: {}", scope.to_sql())),
        (Err(error), Some(_)) => problems.push(format!("there is no scope: {error}")),
    }
    problems
}

#[test]
fn tables_are_read_as_the_cases_say() {
    run("range_tables", check);
}
