//! The page on the language says what the language does.

use std::fs;
use std::path::Path;

use super::schema;
use crate::schema::{Column, ColumnType, Schema};
use crate::scope::{Parameters, Scope, SerialSet};
use crate::serial::{Families, SerialFamily};

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/scope-language.md");
    fs::read_to_string(path).unwrap()
}

/// The part of the page under a heading.
fn section<'a>(page: &'a str, heading: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("\n## {heading}\n")).unwrap();
    rest.split("\n## ").next().unwrap()
}

#[test]
fn every_wording_has_a_scope() {
    let page = page();
    let rows =
        section(&page, "From a notice to a scope").lines().filter(|it| it.starts_with("| \""));
    let scopes: Vec<&str> = rows.map(|row| row.split('`').nth(1).unwrap()).collect();
    assert!(scopes.len() >= 30);
    let schema = notices();
    for scope in scopes {
        let scope: Scope = scope.parse().unwrap();
        let uploaded = SerialSet::new(["VF7UARHJHAZ028000"]).unwrap();
        let mut parameters = Parameters::new();
        if scope.to_sql().contains(":uploaded") {
            parameters = parameters.with_serials("uploaded", uploaded);
        }
        schema.bind_with(&scope, &parameters).unwrap();
    }
}

/// Columns and families for the scopes of all wordings.
fn notices() -> Schema {
    let columns = [
        ("model", ColumnType::Text),
        ("lot", ColumnType::Text),
        ("plant", ColumnType::Text),
        ("component_batch", ColumnType::TextList),
        ("firmware", ColumnType::Version),
        ("made_at", ColumnType::Timestamp),
        ("sold_on", ColumnType::Date),
        ("best_by", ColumnType::Date),
        ("ink_mark", ColumnType::Boolean),
        ("green_dot", ColumnType::Boolean),
        ("changes", ColumnType::TextList),
    ];
    let columns = columns.map(|(name, column_type)| Column::new(name, column_type).unwrap());
    let order = |family: SerialFamily| family.order_by(&["yy", "ddd"]).unwrap();
    let families = [
        SerialFamily::new("hoist", "D-{n:D1..6}").unwrap(),
        SerialFamily::new("plane", "MB-{n:D1..6}").unwrap(),
        SerialFamily::new("drill", "{type:D3}-{n:D4}").unwrap(),
        SerialFamily::new("cooler", "A{n:D4}").unwrap(),
        SerialFamily::new("mill", "TM{type:D3}{yy:year2}{mm:month}{n:D5}").unwrap(),
        SerialFamily::new("lamp", "{yy:year2}{ww:week}-{plant:D2}").unwrap(),
        order(SerialFamily::new("toy", "{ddd:yday}{yy:year2}").unwrap()),
    ];
    let families = Families::new(families.to_vec()).unwrap();
    Schema::new(columns.to_vec()).unwrap().with_families(families)
}

#[test]
fn every_form_in_json_is_its_sql() {
    let page = page();
    let rows = section(&page, "JSON").lines().filter(|it| it.starts_with("| `"));
    let mut compared = 0;
    for row in rows {
        let mut quoted = row.split('`').skip(1).step_by(2);
        let (sql, json) = (quoted.next().unwrap(), quoted.next().unwrap());
        // Some rows speak of nodes, and not of a scope.
        if serde_json::from_str::<serde_json::Value>(json).is_err() {
            continue;
        }
        assert_eq!(Scope::from_json(json).unwrap(), sql.parse().unwrap());
        compared += 1;
    }
    assert_eq!(compared, 18);
}

#[test]
fn the_errors_are_those_that_people_see() {
    let page = page();
    let errors = section(&page, "Errors").split("\n\n").filter(|it| it.trim_end().ends_with('^'));
    let mut compared = 0;
    for error in errors {
        let lines: Vec<&str> = error.lines().map(|line| &line[4..]).collect();
        let found = match lines[1].parse::<Scope>() {
            Err(error) => error,
            Ok(scope) => schema().bind(&scope).unwrap_err(),
        };
        assert_eq!(found.to_string(), lines.join("\n"));
        compared += 1;
    }
    assert_eq!(compared, 4);
}
