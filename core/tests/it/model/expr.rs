//! A scope whose shape can be walked, and why it is UNKNOWN for a unit.

use std::collections::BTreeSet;

use seriatim::{Families, FamilyId, Reason, Record, Schema, Scope, Truth, Value};

use super::units::TAG;

/// A scope whose shape can be walked.
#[derive(Clone, Debug)]
pub(crate) enum Expr {
    /// A test, and the column it is of; none for the serial and the namespace.
    Test(Scope, Option<&'static str>),
    Not(Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
}

impl Expr {
    pub(crate) fn scope(&self) -> Scope {
        match self {
            Expr::Test(scope, _) => scope.clone(),
            Expr::Not(expr) => !expr.scope(),
            Expr::And(left, right) => left.scope().and(right.scope()),
            Expr::Or(left, right) => left.scope().or(right.scope()),
        }
    }

    /// Why it is UNKNOWN for a unit.
    pub(crate) fn reasons(&self, schema: &Schema, unit: &Record, out: &mut BTreeSet<Reason>) {
        let bound = schema.bind(&self.scope()).unwrap();
        if bound.truth(unit).unwrap() != Truth::Unknown {
            return;
        }
        match self {
            Expr::Test(scope, Some(TAG)) => {
                out.insert(tag_reason(schema, unit, &scope.to_sql()));
            }
            Expr::Test(_, Some(column)) => {
                out.insert(Reason::MissingColumn((*column).to_owned()));
            }
            Expr::Test(scope, None) => {
                out.insert(serial_reason(schema, unit, &scope.to_sql()));
            }
            Expr::Not(expr) => expr.reasons(schema, unit, out),
            Expr::And(left, right) | Expr::Or(left, right) => {
                left.reasons(schema, unit, out);
                right.reasons(schema, unit, out);
            }
        }
    }
}

/// Why a test of the serial, as SQL, is UNKNOWN for a unit.
fn serial_reason(schema: &Schema, unit: &Record, sql: &str) -> Reason {
    let (families, serial) = (schema.families(), unit.serial().unwrap());
    match part_asked(families, serial, "serial", sql) {
        Some((field, false)) => Reason::MissingSerialField(field.to_owned()),
        Some((_, true)) => Reason::CoarseSerialDate,
        None if is_unclear(families, serial, sql) => Reason::UnclearRange(None),
        None => Reason::UnreadableSerial,
    }
}

/// Why a test of the identifier, as SQL, is UNKNOWN for a unit.
fn tag_reason(schema: &Schema, unit: &Record, sql: &str) -> Reason {
    let Some(Value::Text(tag)) = unit.value(TAG) else {
        return Reason::MissingColumn(TAG.to_owned());
    };
    let families = schema.column(TAG).unwrap().identifier().unwrap();
    match part_asked(families, tag, TAG, sql) {
        Some((field, false)) => Reason::MissingColumn(format!("{TAG}.{field}")),
        Some((_, true)) => Reason::CoarseIdentifierDate(TAG.to_owned()),
        None if is_unclear(families, tag, sql) => Reason::UnclearRange(Some(TAG.to_owned())),
        None => Reason::UnreadableIdentifier(TAG.to_owned()),
    }
}

/// Whether SQL asks for no part of a serial that fits a family: between masks it may be misread, and
/// other ranges may mean what it begins with.
fn is_unclear(families: &Families, serial: &str, sql: &str) -> bool {
    families.classify(serial).unwrap().family() != FamilyId::OPAQUE && !sql.contains("MASK(")
}

/// The part of a serial that SQL asks for, and whether its family tells it; none for a serial of no
/// family.
fn part_asked(
    families: &Families,
    serial: &str,
    of: &str,
    sql: &str,
) -> Option<(&'static str, bool)> {
    let family = families.family(families.classify(serial).unwrap().family())?;
    let mut parts = ["line", "n", "year", "made"].into_iter();
    let part = parts.find(|part| sql.contains(&format!("{of}.{part} ")))?;
    Some((part, part == "made" && family.has_made()))
}
