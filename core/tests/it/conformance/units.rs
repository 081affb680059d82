//! Schemas and units of cases.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value as Json;
use seriatim::{Column, ColumnType, Families, Record, Schema, Value};

/// A schema as cases write it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Declared {
    #[serde(default)]
    columns: Vec<DeclaredColumn>,
    #[serde(default)]
    families: Families,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeclaredColumn {
    name: String,
    #[serde(rename = "type")]
    column_type: ColumnType,
    zone: Option<String>,
    identifier: Option<Families>,
}

impl Declared {
    pub(super) fn schema(&self) -> Result<Schema, String> {
        let columns: seriatim::Result<Vec<Column>> = self
            .columns
            .iter()
            .map(|it| {
                let column = Column::new(&it.name, it.column_type)?;
                let column = match &it.zone {
                    Some(zone) => column.in_zone(zone)?,
                    None => column,
                };
                match &it.identifier {
                    Some(families) => column.as_identifier(families.clone()),
                    None => Ok(column),
                }
            })
            .collect();
        columns
            .and_then(Schema::new)
            .map(|schema| schema.with_families(self.families.clone()))
            .map_err(|error| format!("the schema is none: {error}"))
    }
}

/// A unit as cases write it: `serial`, `namespace` and columns side by side.
pub(super) type Described = BTreeMap<String, Json>;

/// The record of a described unit. A value has the type of its column; null is missing.
pub(super) fn record(unit: &Described, schema: &Schema) -> Result<Record, String> {
    let text = |key: &str| match unit.get(key) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::String(text)) => Ok(Some(text.clone())),
        Some(other) => Err(format!("the {key} {other} is no text")),
    };
    let mut record = match text("serial")? {
        Some(serial) => Record::of_serial(serial),
        None => Record::without_serial(),
    };
    if let Some(namespace) = text("namespace")? {
        record = record.in_namespace(namespace);
    }
    for (name, given) in
        unit.iter().filter(|(name, _)| !["serial", "namespace"].contains(&&***name))
    {
        if given.is_null() {
            continue;
        }
        // A column that is not declared is there to be refused.
        let column_type = schema.column(name).map_or(ColumnType::Text, Column::column_type);
        let value = value(column_type, given)
            .ok_or_else(|| format!("{given} is no value of column `{name}`"))?;
        record = record.with(name, value);
    }
    Ok(record)
}

fn value(column_type: ColumnType, given: &Json) -> Option<Value> {
    let text = given.as_str();
    Some(match column_type {
        ColumnType::Text => Value::Text(text?.into()),
        ColumnType::Version => Value::Version(text?.into()),
        ColumnType::Date => Value::Date(text?.parse().ok()?),
        ColumnType::Timestamp => Value::Timestamp(text?.parse().ok()?),
        ColumnType::Boolean => Value::Boolean(given.as_bool()?),
        ColumnType::Integer => match text {
            Some(text) => Value::Integer(text.parse().ok()?),
            None => Value::Integer(given.as_i64()?),
        },
        ColumnType::Float => match text {
            Some(text) => Value::Float(text.parse().ok()?),
            None => Value::Float(given.as_f64()?),
        },
        ColumnType::TextList => {
            let texts = given.as_array()?.iter().map(|it| it.as_str().map(str::to_owned));
            Value::TextList(texts.collect::<Option<_>>()?)
        }
    })
}
