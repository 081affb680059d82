//! Values of Python as values of the core, and back.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDate, PyDateTime, PyDict, PyFloat, PyInt, PyString, PyTuple};
use seriatim::{ColumnType, Date, Instant, Literal, Record, Schema, Value, Version};

use crate::error::{OrRaise, invalid};
use crate::gs1::ElementString;
use crate::unit_set::Unit;

/// A value as a literal of a scope: a text, a number, a truth, a day or an aware point in time;
/// scalars of numpy and pandas through `item()`.
pub(crate) fn literal(value: &Bound<'_, PyAny>) -> PyResult<Literal> {
    if let Ok(value) = value.cast::<crate::scope::Literal>() {
        return Ok(value.get().inner.clone());
    }
    if value.is_instance_of::<PyBool>() {
        return Ok(Literal::from(value.extract::<bool>()?));
    }
    if value.is_instance_of::<PyInt>() {
        return value
            .extract::<i64>()
            .map(Literal::from)
            .map_err(|_| invalid(format!("{value} does not fit into 64 bits")));
    }
    if value.is_instance_of::<PyFloat>() {
        return Ok(Literal::from(value.extract::<f64>()?));
    }
    if value.is_instance_of::<PyString>() {
        return Ok(Literal::from(value.extract::<String>()?));
    }
    if is_missing(value)? {
        return Err(PyTypeError::new_err(
            "a missing value is no value to compare with; write .is_null() or .is_not_null()",
        ));
    }
    if value.is_instance_of::<PyDateTime>() {
        return instant(value).map(Literal::from);
    }
    if value.is_instance_of::<PyDate>() {
        return day(value).map(Literal::from);
    }
    if let Some(plain) = plain(value)? {
        return literal(&plain);
    }
    Err(PyTypeError::new_err(format!(
        "a value in a scope is a str, int, float, bool, date or aware datetime, not {}",
        value.get_type().name()?
    )))
}

/// Whether a value is None, or what pandas has for what is missing.
fn is_missing(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    if value.is_none() {
        return Ok(true);
    }
    let name = value.get_type().name()?;
    Ok(name == "NAType" || name == "NaTType")
}

/// A scalar of numpy as the value of Python that it is; none where it is none.
fn plain<'py>(value: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    if !value.hasattr("item")? || value.hasattr("__len__")? {
        return Ok(None);
    }
    let plain = value.call_method0("item")?;
    Ok(if plain.get_type().is(value.get_type()) { None } else { Some(plain) })
}

/// An aware datetime, or a text with an offset, as an instant.
pub(crate) fn instant(value: &Bound<'_, PyAny>) -> PyResult<Instant> {
    if let Ok(text) = value.cast::<PyString>() {
        return text.to_cow()?.parse::<Instant>().or_raise();
    }
    if !value.is_instance_of::<PyDateTime>() {
        return Err(PyTypeError::new_err(format!(
            "a point in time is an aware datetime or a text such as '2025-06-01T00:00:00Z', not {}",
            value.get_type().name()?
        )));
    }
    if value.call_method0("utcoffset")?.is_none() {
        return Err(invalid(
            "the datetime has no zone, so which instant it is cannot be told; give it one, as in \
             datetime(2025, 6, 1, tzinfo=timezone.utc)",
        ));
    }
    // pandas timestamps count nanoseconds, which an index does not.
    if value.hasattr("nanosecond")? && value.getattr("nanosecond")?.extract::<u32>()? != 0 {
        return Err(invalid(
            "the timestamp has nanoseconds, but an index holds microseconds; round it",
        ));
    }
    value.call_method0("isoformat")?.extract::<String>()?.parse::<Instant>().or_raise()
}

fn day(value: &Bound<'_, PyAny>) -> PyResult<Date> {
    if let Ok(text) = value.cast::<PyString>() {
        return text.to_cow()?.parse::<Date>().or_raise();
    }
    if !value.is_instance_of::<PyDate>() || value.is_instance_of::<PyDateTime>() {
        return Err(PyTypeError::new_err(format!(
            "a day is a date or a text such as '2025-06-01', not {}",
            value.get_type().name()?
        )));
    }
    value.call_method0("isoformat")?.extract::<String>()?.parse::<Date>().or_raise()
}

/// A path as text: a `str` or anything `os.fspath` takes.
pub(crate) fn path(value: &Bound<'_, PyAny>) -> PyResult<String> {
    value.py().import("os")?.call_method1("fspath", (value,))?.extract()
}

/// Whether a value names one file: a `str` or an `os.PathLike`.
pub(crate) fn is_path(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(value.is_instance_of::<PyString>() || value.hasattr("__fspath__")?)
}

/// A unit asked for: a serial, or `(namespace, serial)`.
pub(crate) fn unit_asked(value: &Bound<'_, PyAny>) -> PyResult<(Option<String>, String)> {
    if let Ok(pair) = value.cast::<PyTuple>() {
        return pair
            .extract::<(String, String)>()
            .map(|(namespace, serial)| (Some(namespace), serial));
    }
    let is_ours = value.is_instance_of::<Unit>() || value.is_instance_of::<ElementString>();
    if is_ours {
        return Ok((None, value.str()?.extract()?));
    }
    Ok((None, serial_text(value)?))
}

/// A serial, which is a text.
pub(crate) fn serial_text(value: &Bound<'_, PyAny>) -> PyResult<String> {
    value.extract().map_err(|_| not_a_serial(value))
}

fn not_a_serial(value: &Bound<'_, PyAny>) -> PyErr {
    let Ok(name) = value.get_type().name() else {
        return PyTypeError::new_err("a serial is a text");
    };
    PyTypeError::new_err(format!(
        "a serial is a str, with the zeros that it has in front, not {name}"
    ))
}

/// What described rows call what an index has.
pub(crate) struct Names {
    pub(crate) serial: String,
    pub(crate) namespace: String,
    /// The namespace of rows that name none.
    pub(crate) elsewhere: Option<String>,
    /// Columns by the names that they have in the index.
    pub(crate) renamed: Vec<(String, String)>,
}

impl Default for Names {
    fn default() -> Self {
        Names {
            serial: "serial".to_owned(),
            namespace: "namespace".to_owned(),
            elsewhere: None,
            renamed: Vec::new(),
        }
    }
}

/// A described unit, with the names of an index.
pub(crate) fn record(unit: &Bound<'_, PyDict>, schema: &Schema) -> PyResult<Record> {
    record_named(unit, schema, &Names::default())
}

/// A described row: its serial, its namespace and columns by name; None is missing.
pub(crate) fn record_named(
    unit: &Bound<'_, PyDict>,
    schema: &Schema,
    names: &Names,
) -> PyResult<Record> {
    let text = |key: &str| -> PyResult<Option<String>> {
        let value = unit.get_item(key)?.filter(|it| !it.is_none());
        let told = |error: PyErr, it: &Bound<'_, PyAny>| {
            if key == names.serial { not_a_serial(it) } else { error }
        };
        value.map(|it| it.extract().map_err(|error| told(error, &it))).transpose()
    };
    let mut record = match text(&names.serial)? {
        Some(serial) => Record::of_serial(serial),
        None => Record::without_serial(),
    };
    if let Some(namespace) = text(&names.namespace)?.or_else(|| names.elsewhere.clone()) {
        record = record.in_namespace(namespace);
    }
    for (name, value) in unit.iter() {
        let name: String = name.extract()?;
        if name == names.serial || name == names.namespace || is_missing(&value)? {
            continue;
        }
        let value = plain(&value)?.unwrap_or(value);
        let renamed = names.renamed.iter().find(|(from, _)| *from == name);
        let name = renamed.map_or(name, |(_, to)| to.clone());
        // What the schema does not have is given to the core, which takes it or says so.
        let read = match schema.column(&name) {
            Some(column) => column_value(column.column_type(), &value),
            None => any_value(&value),
        };
        let value = read.map_err(|error| within(value.py(), &format!("`{name}`"), &error))?;
        record = record.with(name, value);
    }
    Ok(record)
}

/// The same error, with what it is about in front.
pub(crate) fn within(py: Python<'_>, what: &str, error: &PyErr) -> PyErr {
    let kind = error.get_type(py);
    // Errors of our own have more to them than their text.
    if kind.module().is_ok_and(|it| it.to_string().starts_with("seriatim")) {
        return error.clone_ref(py);
    }
    PyErr::from_type(kind, format!("{what}: {}", error.value(py)))
}

/// A value of the type that Python gives it.
fn any_value(value: &Bound<'_, PyAny>) -> PyResult<Value> {
    if value.is_instance_of::<PyBool>() {
        return Ok(Value::Boolean(value.extract()?));
    }
    if value.is_instance_of::<PyInt>() {
        return whole(value).map(Value::Integer);
    }
    if value.is_instance_of::<PyFloat>() {
        return Ok(Value::Float(value.extract()?));
    }
    if value.is_instance_of::<PyDateTime>() {
        return Ok(Value::Timestamp(instant(value)?));
    }
    if value.is_instance_of::<PyDate>() {
        return Ok(Value::Date(day(value)?));
    }
    if value.is_instance_of::<PyString>() {
        return Ok(Value::Text(value.extract()?));
    }
    if let Ok(texts) = value.extract::<Vec<String>>() {
        return Ok(Value::TextList(texts));
    }
    Err(PyTypeError::new_err(format!(
        "a value of a unit is a str, int, float, bool, date, aware datetime or list of str, not {}",
        value.get_type().name()?
    )))
}

fn whole(value: &Bound<'_, PyAny>) -> PyResult<i64> {
    let number = value.extract::<i64>();
    number.map_err(|error| {
        if value.is_instance_of::<PyInt>() {
            invalid(format!("{value} does not fit into 64 bits"))
        } else {
            error
        }
    })
}

fn column_value(column_type: ColumnType, value: &Bound<'_, PyAny>) -> PyResult<Value> {
    Ok(match column_type {
        ColumnType::Integer => Value::Integer(whole(value)?),
        ColumnType::Float => Value::Float(value.extract()?),
        ColumnType::Date => Value::Date(day(value)?),
        ColumnType::Timestamp => Value::Timestamp(instant(value)?),
        ColumnType::Boolean => Value::Boolean(value.extract()?),
        ColumnType::Version => Value::Version(Version::from(value.extract::<String>()?)),
        ColumnType::TextList => Value::TextList(value.extract()?),
        ColumnType::Text => Value::Text(value.extract()?),
    })
}

/// A result as a class of `seriatim._results`.
pub(crate) fn result<'py>(
    py: Python<'py>,
    class: &str,
    parts: &Bound<'py, PyDict>,
) -> PyResult<Bound<'py, PyAny>> {
    py.import("seriatim._results")?.getattr(class)?.call((), Some(parts))
}
