//! The page on the language says what the language does.

use std::fs;
use std::path::Path;

use super::schema;
use crate::schema::{Column, ColumnType, Schema};
use crate::scope::Scope;

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
    assert!(scopes.len() >= 10);
    let text = |name| Column::new(name, ColumnType::Text).unwrap();
    let schema = Schema::new(vec![
        text("model"),
        text("lot"),
        text("component_batch"),
        Column::new("firmware", ColumnType::Version).unwrap(),
        Column::new("made_at", ColumnType::Timestamp).unwrap(),
    ]);
    let schema = schema.unwrap().with_families(
        crate::serial::Families::new(vec![
            crate::serial::SerialFamily::new("mb", "MB-{n:D1..6}").unwrap(),
        ])
        .unwrap(),
    );
    for scope in scopes {
        schema.bind(&scope.parse().unwrap()).unwrap();
    }
}

#[test]
fn every_form_in_json_is_its_sql() {
    let page = page();
    let rows = section(&page, "JSON").lines().filter(|it| it.starts_with("| `"));
    let mut compared = 0;
    for row in rows {
        let mut quoted = row.split('`').skip(1).step_by(2);
        let (sql, json) = (quoted.next().unwrap(), quoted.next().unwrap());
        if !json.contains("[\"") && !json.contains("is_null") {
            continue;
        }
        assert_eq!(Scope::from_json(json).unwrap(), sql.parse().unwrap());
        compared += 1;
    }
    assert_eq!(compared, 5);
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
