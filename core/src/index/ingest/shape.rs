//! How the columns of an input fill the columns of the index.

use std::collections::BTreeSet;

use super::options::LoadOptions;
use super::read::Reader;
use crate::calendar::Zone;
use crate::error::{Error, Result};
use crate::schema::{Column, ColumnType, Schema};
use crate::serial::Families;

/// A column of an input, as far as it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct InputColumn {
    pub(super) name: String,
    /// What its values would be in an index; none where the input does not say, or they are of no
    /// type an index has.
    pub(super) column_type: Option<ColumnType>,
}

/// Where each value of a row is found in its input.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    /// The input column of the serial.
    pub(super) serial: String,
    /// The input column of the namespace.
    pub(super) namespace: Option<String>,
    /// Whether a row may come without a namespace.
    pub(super) namespace_optional: bool,
    /// One a column of the schema.
    pub(super) columns: Vec<ShapeColumn>,
    pub(super) families: Families,
    /// Input columns that are left out.
    pub(super) ignored: Vec<String>,
    /// Whether bad rows are collected; else the first one is an error.
    pub(super) collects: bool,
}

/// Where the values of a column of the schema are found.
#[derive(Clone, Debug)]
pub(super) struct ShapeColumn {
    name: String,
    pub(super) column_type: ColumnType,
    pub(super) zone: Zone,
    /// The input column; none where the input does not have it.
    pub(super) input: Option<String>,
    /// What each value must be.
    pub(super) rule: Rule,
    /// Whether a value must not be shown in a message.
    pub(super) private: bool,
}

/// What the values of a column must be, besides being of its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    Anything,
    /// There, and not empty.
    Present,
    /// One of these texts, where there is one.
    OneOf(&'static [&'static str]),
    /// What can be an identifier, where there is more than white space; else it is missing.
    Identifier,
}

/// The columns of an input, no two of one name. Where its rows vary, any may have the columns that
/// are left out.
pub(super) fn columns_of(
    reader: &mut dyn Reader,
    schema: &Schema,
    ignored: &[String],
) -> Result<Vec<InputColumn>> {
    let mut columns = reader.columns(schema)?;
    let mut earlier = BTreeSet::new();
    if let Some(twice) = columns.iter().find(|it| !earlier.insert(&it.name)) {
        return Err(Error::invalid(format!(
            "the input has two columns `{}`; leave one out, or name it otherwise",
            twice.name
        )));
    }
    for name in ignored.iter().filter(|_| reader.rows_vary()) {
        if columns.iter().all(|it| it.name != *name) {
            columns.push(InputColumn { name: name.clone(), column_type: None });
        }
    }
    Ok(columns)
}

impl ShapeColumn {
    /// A column that the input column `input` fills, whose values must not be shown.
    pub(super) fn private(
        name: &str,
        column_type: ColumnType,
        rule: Rule,
        input: Option<String>,
    ) -> Self {
        let name = name.to_owned();
        ShapeColumn { name, column_type, zone: Zone::utc(), input, rule, private: true }
    }

    /// What may be told of a value that cannot be read.
    pub(super) fn told(&self, error: Error) -> Error {
        if self.private {
            return Error::invalid(format!("the value is no {}", self.column_type.name()));
        }
        error
    }

    /// What messages call it: as the input does, where it is there.
    pub(super) fn name(&self) -> &str {
        self.input.as_deref().unwrap_or(&self.name)
    }
}

impl Shape {
    /// Of rows whose values are there already: the families alone.
    pub(super) fn of_families(families: Families) -> Self {
        Shape {
            serial: "serial".into(),
            namespace: Some("namespace".into()),
            namespace_optional: false,
            columns: Vec::new(),
            families,
            ignored: Vec::new(),
            collects: false,
        }
    }

    /// Of rows of which the serial and its namespace alone are read.
    pub(super) fn of_serials(
        input: &[InputColumn],
        schema: &Schema,
        options: &LoadOptions<'_>,
    ) -> Result<Self> {
        let declared = schema.columns().iter().map(Column::name);
        let mut ignored: Vec<String> =
            input.iter().map(|it| it.name.as_str()).chain(declared).map(str::to_owned).collect();
        ignored.sort_unstable();
        ignored.dedup();
        let columns = columns(&[], schema)?;
        let (serial, namespace) = key_columns(input, options)?;
        let families = schema.families().clone();
        Ok(Shape {
            serial,
            namespace,
            namespace_optional: false,
            columns,
            families,
            ignored,
            collects: false,
        })
    }

    /// Finds a place for every column of the input; one that the schema does not know is an error.
    /// A schema without columns is given those of the input.
    pub(super) fn new(
        input: &[InputColumn],
        schema: &mut Schema,
        options: &LoadOptions<'_>,
        collects: bool,
    ) -> Result<Self> {
        let (serial, namespace) = key_columns(input, options)?;
        let has = |name: &str| input.iter().any(|it| it.name == name);
        for name in options.ignored.iter().chain(options.renames.iter().map(|(from, _)| from)) {
            if !has(name) {
                return Err(Error::invalid(format!("the input has no column `{name}`")));
            }
        }
        let fills: Vec<(&InputColumn, &str)> = input
            .iter()
            .filter(|it| it.name != options.serial_column)
            .filter(|it| Some(&it.name) != namespace.as_ref())
            .filter(|it| !options.ignored.contains(&it.name))
            .map(|it| {
                let renamed = options.renames.iter().find(|(from, _)| *from == it.name);
                (it, renamed.map_or(it.name.as_str(), |(_, to)| to))
            })
            .collect();
        if schema.columns().is_empty() {
            *schema = infer(&fills)?.with_families(schema.families().clone());
        }
        let columns = columns(&fills, schema)?;
        Ok(Shape {
            serial,
            namespace,
            namespace_optional: false,
            columns,
            families: schema.families().clone(),
            ignored: options.ignored.clone(),
            collects,
        })
    }
}

/// The columns of an input that hold the serial and its namespace.
fn key_columns(
    input: &[InputColumn],
    options: &LoadOptions<'_>,
) -> Result<(String, Option<String>)> {
    let has = |name: &str| input.iter().any(|it| it.name == name);
    if !has(&options.serial_column) {
        return Err(Error::invalid(format!(
            "the input has no column `{}` for the serial; it has {}",
            options.serial_column,
            names(input.iter().map(|it| it.name.as_str()))
        )));
    }
    let namespace = match &options.namespace_column {
        Some(name) if !has(name) => {
            return Err(Error::invalid(format!("the input has no column `{name}`")));
        }
        Some(name) => Some(name.clone()),
        None => (options.namespace.is_none() && has("namespace")).then(|| "namespace".into()),
    };
    Ok((options.serial_column.clone(), namespace))
}

fn columns(fills: &[(&InputColumn, &str)], schema: &Schema) -> Result<Vec<ShapeColumn>> {
    let unknown: Vec<&str> =
        fills.iter().filter(|(_, to)| schema.column(to).is_none()).map(|(_, to)| *to).collect();
    if !unknown.is_empty() {
        return Err(Error::invalid(format!(
            "the schema has no column {}; rename, ignore or declare what the input calls so",
            names(unknown.into_iter())
        )));
    }
    let place = |column: &Column| {
        let mut inputs = fills
            .iter()
            .filter(|(_, to)| schema.column(to).is_some_and(|found| found.name() == column.name()));
        let input = inputs.next().map(|(input, _)| input.name.clone());
        if inputs.next().is_some() {
            return Err(Error::invalid(format!(
                "two columns of the input fill column `{}`; ignore one",
                column.name()
            )));
        }
        Ok(ShapeColumn {
            name: column.name().to_owned(),
            column_type: column.column_type(),
            zone: column.zone()?,
            input,
            rule: if column.identifier().is_some() { Rule::Identifier } else { Rule::Anything },
            private: false,
        })
    };
    schema.columns().iter().map(place).collect()
}

fn infer(fills: &[(&InputColumn, &str)]) -> Result<Schema> {
    let column = |(input, to): &(&InputColumn, &str)| {
        let column_type = input.column_type.ok_or_else(|| {
            Error::invalid(format!(
                "column `{}` of the input is of no type an index has; declare a schema, or ignore it",
                input.name
            ))
        })?;
        Column::new(*to, column_type)
    };
    Schema::new(fills.iter().map(column).collect::<Result<_>>()?)
}

pub(super) fn names<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
