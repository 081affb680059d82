//! Tables on their way out.

use std::sync::Arc;

use arrow_array::{RecordBatch, RecordBatchIterator, RecordBatchReader};
use arrow_schema::{ArrowError, SchemaRef};
use pyo3::exceptions::{PyImportError, PyModuleNotFoundError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyList};

use crate::arrow_ffi::{schema_capsule, stream_capsule};
use crate::error::OrRaise;
use crate::rows::dicts;

/// Rows that a notebook shows.
const SHOWN: usize = 10;

type Batches = Box<dyn Iterator<Item = seriatim::Result<RecordBatch>> + Send>;
type Source = dyn Fn() -> seriatim::Result<Batches> + Send + Sync;

/// A table, read batch by batch when it is asked for. Every reading begins anew.
///
/// Whatever takes `__arrow_c_stream__` takes it: `polars.DataFrame(frame)`, `pyarrow.table(frame)`.
///
/// Examples
/// --------
/// >>> frame = index.all().table()
/// >>> frame
/// Frame(3 rows: serial, facility)
/// >>> frame.to_polars().shape
/// (3, 2)
#[pyclass(frozen, module = "seriatim")]
pub(crate) struct Frame {
    schema: SchemaRef,
    rows: Option<u64>,
    source: Arc<Source>,
}

impl Frame {
    /// A table that is made each time it is read.
    pub(crate) fn lazy(
        schema: SchemaRef,
        rows: Option<u64>,
        source: impl Fn() -> seriatim::Result<Batches> + Send + Sync + 'static,
    ) -> Self {
        Frame { schema, rows, source: Arc::new(source) }
    }

    /// A small table that is there already.
    pub(crate) fn of(batch: RecordBatch) -> Self {
        let (schema, rows) = (batch.schema(), batch.num_rows() as u64);
        Frame::lazy(schema, Some(rows), move || Ok(Box::new(std::iter::once(Ok(batch.clone())))))
    }

    fn reader(&self) -> seriatim::Result<Box<dyn RecordBatchReader + Send>> {
        // A consumer is told the text of an error and nothing else, so the text says it all.
        let told = |it: seriatim::Result<RecordBatch>| {
            it.map_err(|error| ArrowError::ExternalError(error.to_string().into()))
        };
        let batches = (self.source)()?.map(told);
        Ok(Box::new(RecordBatchIterator::new(batches, Arc::clone(&self.schema))))
    }
}

#[pymethods]
impl Frame {
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        schema_capsule(py, &self.schema)
    }

    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // The interface lets a producer ignore the wish; the consumer then casts.
        drop(requested_schema);
        let reader = py.detach(|| self.reader()).or_raise()?;
        stream_capsule(py, reader)
    }

    /// The names of the columns.
    #[getter]
    fn columns(&self) -> Vec<String> {
        self.schema.fields().iter().map(|it| it.name().clone()).collect()
    }

    /// The number of rows; none where it is known only by reading.
    #[getter]
    fn rows(&self) -> Option<u64> {
        self.rows
    }

    /// The table as a polars DataFrame.
    fn to_polars<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        library(slf.py(), "polars", "polars")?.call_method1("DataFrame", (slf,))
    }

    /// The table as a pyarrow Table.
    fn to_arrow<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        library(slf.py(), "pyarrow", "arrow")?.call_method1("table", (slf,))
    }

    /// The table as a pandas DataFrame.
    fn to_pandas<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        library(slf.py(), "pandas", "pandas")?;
        let table = library(slf.py(), "pyarrow", "pandas")?.call_method1("table", (slf,))?;
        table.call_method0("to_pandas")
    }

    /// The rows as a list of dicts, for small tables.
    fn to_dicts<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyList>> {
        let rows = PyList::empty(slf.py());
        for batch in (slf.get().source)().or_raise()? {
            dicts(slf.py(), &batch.or_raise()?, &rows)?;
        }
        Ok(rows)
    }

    fn _repr_html_<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let (py, frame) = (slf.py(), slf.get());
        let rows = PyList::empty(py);
        if let Some(batch) = py.detach(|| (frame.source)()?.next().transpose()).or_raise()? {
            dicts(py, &batch.slice(0, batch.num_rows().min(SHOWN)), &rows)?;
        }
        py.import("seriatim._html")?.call_method1("frame", (frame.columns(), frame.rows, rows))
    }

    fn __repr__(&self) -> String {
        let rows = self.rows.map_or_else(|| "rows as they come".into(), |it| format!("{it} rows"));
        format!("Frame({rows}: {})", self.columns().join(", "))
    }
}

/// A library that nothing else needs; without it the error says how to have it.
pub(crate) fn library<'py>(
    py: Python<'py>,
    name: &str,
    extra: &str,
) -> PyResult<Bound<'py, PyModule>> {
    py.import(name).map_err(|error| {
        if !error.is_instance_of::<PyModuleNotFoundError>(py) {
            return error;
        }
        let told = format!("this needs {name}: pip install seriatim[{extra}]");
        let told = PyImportError::new_err(told);
        told.set_cause(py, Some(error));
        told
    })
}
