//! Arrow's PyCapsule interface, in both directions.
//!
//! Source: <https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html>.
#![expect(unsafe_code, reason = "a capsule holds a C struct that only its name vouches for")]

use std::ffi::CStr;

use arrow_array::ffi::{FFI_ArrowArray, from_ffi, to_ffi};
use arrow_array::ffi_stream::{ArrayStreamReader, FFI_ArrowArrayStream, RecordBatchStreamReader};
use arrow_array::{Array, ArrayRef, RecordBatchReader, make_array};
use arrow_schema::ffi::FFI_ArrowSchema;
use arrow_schema::{ArrowError, DataType, Schema};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use crate::apart::apart;

const STREAM: &CStr = c"arrow_array_stream";
const SCHEMA: &CStr = c"arrow_schema";
const ARRAY: &CStr = c"arrow_array";

/// A table of any library, as a stream of record batches.
pub(crate) struct ArrowStream(pub(crate) RecordBatchStreamReader);

/// Whether an object offers itself as a table.
pub(crate) fn is_table(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    object.hasattr("__arrow_c_stream__")
}

impl ArrowStream {
    /// The stream of an object; a `TypeError` that says the way out where it is no table.
    pub(crate) fn of(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        if !is_table(object)? {
            let way_out = if object.hasattr("collect")? { "; call .collect() first" } else { "" };
            return Err(PyTypeError::new_err(format!(
                "expected a table (polars, pandas, pyarrow, duckdb, or anything else with \
                 `__arrow_c_stream__`), a path, or an iterable of tables, not {}{way_out}",
                object.get_type().name()?
            )));
        }
        // A library may take its time here: polars makes few chunks of many.
        let (py, table) = (object.py(), object.clone().unbind());
        apart(py, move |py| {
            let stream = stream_of(&table.into_bound(py))?;
            RecordBatchStreamReader::try_new(stream).map(ArrowStream).map_err(unreadable)
        })
    }
}

fn unreadable(error: ArrowError) -> PyErr {
    PyValueError::new_err(error.to_string())
}

fn stream_of(object: &Bound<'_, PyAny>) -> PyResult<FFI_ArrowArrayStream> {
    let capsule = object.call_method0("__arrow_c_stream__")?;
    let capsule = capsule.cast::<PyCapsule>()?;
    let stream = capsule.pointer_checked(Some(STREAM))?.cast::<FFI_ArrowArrayStream>();
    // SAFETY: a capsule of this name holds an initialised stream, and no one else reads it:
    // `from_raw` moves it out and leaves a released one behind, as the interface asks.
    Ok(unsafe { FFI_ArrowArrayStream::from_raw(stream.as_ptr()) })
}

/// The chunks of a column of any library; none where the object is none.
pub(crate) fn columns_of(object: &Bound<'_, PyAny>) -> PyResult<Option<Vec<ArrayRef>>> {
    if object.hasattr("__arrow_c_array__")? {
        return array_of(object).map(|it| Some(vec![it]));
    }
    if !is_table(object)? {
        return Ok(None);
    }
    let chunks = ArrayStreamReader::try_new(stream_of(object)?).map_err(unreadable)?;
    chunks.map(|it| it.map_err(unreadable)).collect::<PyResult<_>>().map(Some)
}

fn array_of(object: &Bound<'_, PyAny>) -> PyResult<ArrayRef> {
    let capsules = object.call_method0("__arrow_c_array__")?;
    let (schema, array) = capsules.extract::<(Bound<'_, PyCapsule>, Bound<'_, PyCapsule>)>()?;
    let schema = schema.pointer_checked(Some(SCHEMA))?.cast::<FFI_ArrowSchema>();
    let array = array.pointer_checked(Some(ARRAY))?.cast::<FFI_ArrowArray>();
    // SAFETY: a capsule of this name holds an initialised array, and no one else reads it:
    // `from_raw` moves it out and leaves a released one behind, as the interface asks.
    let array = unsafe { FFI_ArrowArray::from_raw(array.as_ptr()) };
    // SAFETY: a capsule of this name holds an initialised schema, and its capsule outlives this.
    let schema = unsafe { schema.as_ref() };
    // SAFETY: the two come from one call, which gives the schema of this very array.
    unsafe { from_ffi(array, schema) }.map(make_array).map_err(unreadable)
}

/// The capsules of a column: its schema and its array.
pub(crate) fn array_capsules<'py>(
    py: Python<'py>,
    column: &dyn Array,
) -> PyResult<(Bound<'py, PyCapsule>, Bound<'py, PyCapsule>)> {
    let (array, schema) = to_ffi(&column.to_data()).map_err(unreadable)?;
    let schema = PyCapsule::new_with_value(py, schema, SCHEMA)?;
    Ok((schema, PyCapsule::new_with_value(py, array, ARRAY)?))
}

/// A capsule of the type of a column.
pub(crate) fn type_capsule<'py>(
    py: Python<'py>,
    data_type: &DataType,
) -> PyResult<Bound<'py, PyCapsule>> {
    let schema = FFI_ArrowSchema::try_from(data_type).map_err(unreadable)?;
    PyCapsule::new_with_value(py, schema, SCHEMA)
}

/// A capsule of a stream of record batches.
pub(crate) fn stream_capsule(
    py: Python<'_>,
    reader: Box<dyn RecordBatchReader + Send>,
) -> PyResult<Bound<'_, PyCapsule>> {
    PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(reader), STREAM)
}

/// A capsule of a schema.
pub(crate) fn schema_capsule<'py>(
    py: Python<'py>,
    schema: &Schema,
) -> PyResult<Bound<'py, PyCapsule>> {
    let schema = FFI_ArrowSchema::try_from(schema).map_err(unreadable)?;
    PyCapsule::new_with_value(py, schema, SCHEMA)
}
