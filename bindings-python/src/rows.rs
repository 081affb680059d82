//! Arrow values as Python objects, for small tables.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Float64Type, Int32Type, Int64Type, TimestampMicrosecondType, UInt8Type, UInt64Type,
};
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{IntoPyDict, PyDate, PyDateTime, PyDelta, PyDict, PyList, PyTzInfo};
use pyo3::{IntoPyObjectExt, PyTypeInfo};

/// The rows of a batch as dicts.
pub(crate) fn dicts<'py>(
    py: Python<'py>,
    batch: &RecordBatch,
    into: &Bound<'py, PyList>,
) -> PyResult<()> {
    let schema = batch.schema();
    for row in 0..batch.num_rows() {
        let dict = PyDict::new(py);
        for (field, array) in schema.fields().iter().zip(batch.columns()) {
            dict.set_item(field.name(), value(py, array, row)?)?;
        }
        into.append(dict)?;
    }
    Ok(())
}

fn value<'py>(py: Python<'py>, array: &dyn Array, row: usize) -> PyResult<Bound<'py, PyAny>> {
    if array.is_null(row) {
        return Ok(py.None().into_bound(py));
    }
    match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().value(row).into_bound_py_any(py),
        DataType::Dictionary(..) => {
            let array = array.as_dictionary::<Int32Type>();
            let key = array.key(row).unwrap_or_default();
            value(py, array.values(), key)
        }
        DataType::Int64 => array.as_primitive::<Int64Type>().value(row).into_bound_py_any(py),
        DataType::UInt64 => array.as_primitive::<UInt64Type>().value(row).into_bound_py_any(py),
        DataType::UInt8 => array.as_primitive::<UInt8Type>().value(row).into_bound_py_any(py),
        DataType::Float64 => array.as_primitive::<Float64Type>().value(row).into_bound_py_any(py),
        DataType::Boolean => array.as_boolean().value(row).into_bound_py_any(py),
        DataType::Date32 => date(py, array.as_primitive::<Date32Type>().value(row)),
        DataType::Timestamp(_, zone) => {
            let micros = array.as_primitive::<TimestampMicrosecondType>().value(row);
            instant(py, micros, zone.as_deref())
        }
        DataType::List(_) => {
            let texts = array.as_list::<i32>().value(row);
            let list = PyList::empty(py);
            for at in 0..texts.len() {
                list.append(value(py, &texts, at)?)?;
            }
            Ok(list.into_any())
        }
        other => {
            Err(PyTypeError::new_err(format!("a value of Arrow type {other} has no row form")))
        }
    }
}

fn date(py: Python<'_>, days: i32) -> PyResult<Bound<'_, PyAny>> {
    let epoch = PyDate::new(py, 1970, 1, 1)?;
    epoch.call_method1("__add__", (PyDelta::new(py, days, 0, 0, true)?,))
}

fn instant<'py>(py: Python<'py>, micros: i64, zone: Option<&str>) -> PyResult<Bound<'py, PyAny>> {
    let utc = PyTzInfo::utc(py)?;
    let epoch = PyDateTime::new(py, 1970, 1, 1, 0, 0, 0, 0, Some(&utc))?;
    let micros =
        PyDelta::type_object(py).call((), Some(&[("microseconds", micros)].into_py_dict(py)?))?;
    let at = epoch.call_method1("__add__", (micros,))?;
    match zone {
        None | Some("UTC") => Ok(at),
        Some(zone) => {
            let zone = py.import("zoneinfo")?.call_method1("ZoneInfo", (zone,))?;
            at.call_method1("astimezone", (zone,))
        }
    }
}
