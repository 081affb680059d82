//! Rows of plain objects, as JSON, as records of the core.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};
use seriatim::{Record, Schema};

use crate::convert::value;

/// What the columns of the serial and of the namespace are called.
#[derive(Clone)]
pub(crate) struct Keys {
    pub(crate) serial: String,
    pub(crate) namespace: String,
    /// The namespace of rows that name none.
    pub(crate) elsewhere: Option<String>,
    /// Columns by the names that they have in the index.
    pub(crate) renamed: BTreeMap<String, String>,
}

impl Default for Keys {
    fn default() -> Self {
        Keys {
            serial: "serial".to_owned(),
            namespace: "namespace".to_owned(),
            elsewhere: None,
            renamed: BTreeMap::new(),
        }
    }
}

/// Reads rows that are described one by one.
pub(crate) struct RecordReader {
    schema: Schema,
    keys: Keys,
    /// Columns without a declared type of which a first row has a number with a fraction.
    fractions: Option<BTreeSet<String>>,
}

impl RecordReader {
    pub(crate) fn new(schema: Schema, keys: Keys) -> Self {
        RecordReader { schema, keys, fractions: None }
    }

    /// The records of a list of objects.
    pub(crate) fn read(&mut self, rows: &str) -> seriatim::Result<Vec<Record>> {
        let rows: Vec<Map<String, Json>> = serde_json::from_str(rows).map_err(|error| {
            seriatim::Error::from_input(format!("the rows are no objects: {error}"))
        })?;
        // Numbers of JavaScript have one type: 5 and 5.5 in one column are floats.
        let fractions = self.fractions.take().unwrap_or_else(|| fractions_of(&rows));
        let record = |row| record(row, &self.keys, &self.schema, &fractions);
        let records = rows.iter().map(record).collect();
        self.fractions = Some(fractions);
        records
    }
}

fn fractions_of(rows: &[Map<String, Json>]) -> BTreeSet<String> {
    let values = rows.iter().flatten();
    values.filter(|(_, value)| value.is_f64()).map(|(name, _)| name.clone()).collect()
}

/// One described unit.
pub(crate) fn record_of(unit: &Map<String, Json>, schema: &Schema) -> seriatim::Result<Record> {
    record(unit, &Keys::default(), schema, &BTreeSet::new())
}

fn record(
    row: &Map<String, Json>,
    keys: &Keys,
    schema: &Schema,
    fractions: &BTreeSet<String>,
) -> seriatim::Result<Record> {
    let text = |key: &str| row.get(key).and_then(Json::as_str);
    let mut record = match text(&keys.serial) {
        Some(serial) => Record::of_serial(serial),
        None => Record::without_serial(),
    };
    if let Some(namespace) = text(&keys.namespace).or(keys.elsewhere.as_deref()) {
        record = record.in_namespace(namespace);
    }
    for (name, given) in row {
        if *name == keys.serial || *name == keys.namespace || given.is_null() {
            continue;
        }
        let fractional = fractions.contains(name);
        let name = keys.renamed.get(name).unwrap_or(name);
        let declared = schema.column(name).map(seriatim::Column::column_type);
        let floats = declared.is_none() && fractional;
        let wanted =
            if floats && given.is_number() { Some(seriatim::ColumnType::Float) } else { declared };
        if let Some(value) = value(wanted, given)? {
            record = record.with(name.clone(), value);
        }
    }
    Ok(record)
}
