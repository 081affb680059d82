//! Scopes as SQL and as JSON.

use super::units::schema;
use crate::error::Result;
use crate::schema::{Record, Value};
use crate::scope::Scope;

/// Any text as SQL of a scope: what is read is printed, read again, bound and decided.
pub fn scope_sql(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        check_scope(text.parse());
    }
}

/// Any text as JSON of a scope: what is read is printed, read again, bound and decided.
pub fn scope_json(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        check_scope(Scope::from_json(text));
    }
}

fn check_scope(read: Result<Scope>) {
    let Ok(scope) = read else { return };
    let (sql, json) = (scope.to_sql(), scope.to_json());
    for again in [sql.parse::<Scope>(), Scope::from_json(&json)] {
        let again = again.unwrap();
        assert!(again == scope && again.to_sql() == sql && again.to_json() == json);
    }
    let Ok(bound) = schema().unwrap().bind(&scope) else { return };
    assert_eq!(bound.digest(), scope.digest());
    for serial in ["", "00042500", "LJ-25B1440", "LJ-25B144O"] {
        let at = Value::Timestamp("2025-03-30T00:30:00Z".parse().unwrap());
        let unit = Record::of_serial(serial)
            .with("t", Value::Text("Leipzig".into()))
            .with("m", at)
            .with("d", Value::Date("2025-03-01".parse().unwrap()))
            .with("i", Value::Integer(4))
            .with("c", Value::TextList(vec!["CB7".into()]));
        let decision = bound.explain_record(&unit).unwrap();
        assert_eq!(decision.truth, bound.truth(&unit).unwrap());
        assert!(!decision.clauses.is_empty());
    }
}
