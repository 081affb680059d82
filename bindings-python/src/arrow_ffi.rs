//! Arrow's PyCapsule interface, in both directions.
//!
//! Source: <https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html>.
#![expect(unsafe_code, reason = "a capsule holds a C struct that only its name vouches for")]

use std::ffi::CStr;

use arrow_array::RecordBatchReader;
use arrow_array::ffi_stream::{FFI_ArrowArrayStream, RecordBatchStreamReader};
use arrow_schema::Schema;
use arrow_schema::ffi::FFI_ArrowSchema;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

const STREAM: &CStr = c"arrow_array_stream";
const SCHEMA: &CStr = c"arrow_schema";

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
        let capsule = object.call_method0("__arrow_c_stream__")?;
        let capsule = capsule.cast::<PyCapsule>()?;
        let stream = capsule.pointer_checked(Some(STREAM))?.cast::<FFI_ArrowArrayStream>();
        // SAFETY: a capsule of this name holds an initialised stream, and no one else reads it:
        // `from_raw` moves it out and leaves a released one behind, as the interface asks.
        let stream = unsafe { FFI_ArrowArrayStream::from_raw(stream.as_ptr()) };
        RecordBatchStreamReader::try_new(stream)
            .map(ArrowStream)
            .map_err(|error| PyValueError::new_err(error.to_string()))
    }
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
    let schema = FFI_ArrowSchema::try_from(schema)
        .map_err(|error| PyValueError::new_err(error.to_string()))?;
    PyCapsule::new_with_value(py, schema, SCHEMA)
}
