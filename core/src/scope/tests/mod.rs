//! Tests of the scope language as a whole.

mod bound;
mod decision;
mod errors;
mod fields;
mod forms;
mod functions;
mod given;
mod limits;
mod meaning;
mod page;
mod serials;

use crate::schema::{Column, ColumnType, Schema};
use crate::serial::{Families, SerialFamily};

/// A column of every type, and two families.
fn schema() -> Schema {
    let columns = [
        ("facility", ColumnType::Text),
        ("line", ColumnType::Integer),
        ("torque", ColumnType::Float),
        ("packed_on", ColumnType::Date),
        ("made_at", ColumnType::Timestamp),
        ("reworked", ColumnType::Boolean),
        ("firmware", ColumnType::Version),
        ("component_batch", ColumnType::TextList),
    ];
    let columns = columns.map(|(name, column_type)| {
        let column = Column::new(name, column_type).unwrap();
        if name == "made_at" { column.in_zone("Europe/Berlin").unwrap() } else { column }
    });
    let families = [("bike", "{n:D8}"), ("cable", "LJ-{n:D1..6}")]
        .map(|(name, layout)| SerialFamily::new(name, layout).unwrap());
    let families = Families::new(families.to_vec()).unwrap();
    Schema::new(columns.to_vec()).unwrap().with_families(families)
}
