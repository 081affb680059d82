//! What a scope says of many serials.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int8Type;
use arrow_array::{Array, DictionaryArray, Int8Array, StringArray};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict};
use seriatim::Verdict;

use crate::arrow_ffi::{array_capsules, type_capsule};
use crate::error::invalid;
use crate::frame::library;

/// Every verdict, in the order of the codes of a column of them.
pub(crate) const VERDICTS: [Verdict; 5] = [
    Verdict::Affected,
    Verdict::Undetermined,
    Verdict::NotAffected,
    Verdict::UnknownSerial,
    Verdict::InvalidSerial,
];

/// A verdict by its code.
pub(crate) fn verdict_of(code: &str) -> PyResult<Verdict> {
    VERDICTS.into_iter().find(|it| it.code() == code).ok_or_else(|| {
        let codes = VERDICTS.map(Verdict::code).join(", ");
        invalid(format!("there is no verdict {code:?}; there are {codes}"))
    })
}

/// The place of a verdict among all.
fn key(verdict: Verdict) -> i8 {
    let place = VERDICTS.iter().zip(0_i8..).find(|(of, _)| **of == verdict);
    place.map_or(i8::MAX, |it| it.1)
}

/// What a scope says of many serials, in their order: a column of Arrow, a byte a serial.
#[pyclass(frozen, module = "seriatim")]
pub(crate) struct Verdicts {
    column: DictionaryArray<Int8Type>,
}

impl Verdicts {
    pub(crate) fn new(verdicts: &[Verdict]) -> PyResult<Self> {
        let keys: Vec<i8> = verdicts.iter().map(|it| key(*it)).collect();
        let codes = StringArray::from_iter_values(VERDICTS.map(Verdict::code));
        let column = DictionaryArray::try_new(Int8Array::from(keys), Arc::new(codes));
        let column = column.map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok(Verdicts { column })
    }
}

#[pymethods]
impl Verdicts {
    fn __len__(&self) -> usize {
        self.column.len()
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        type_capsule(py, self.column.data_type())
    }

    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<(Bound<'py, PyCapsule>, Bound<'py, PyCapsule>)> {
        // The interface lets a producer ignore the wish; the consumer then casts.
        drop(requested_schema);
        array_capsules(py, &self.column)
    }

    /// How many serials have which verdict, where there are some.
    fn counts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let mut counts = [0_u64; VERDICTS.len()];
        for key in self.column.keys().values() {
            if let Some(count) = usize::try_from(*key).ok().and_then(|it| counts.get_mut(it)) {
                *count += 1;
            }
        }
        let told = PyDict::new(py);
        for (verdict, count) in VERDICTS.into_iter().zip(counts).filter(|it| it.1 > 0) {
            told.set_item(verdict.code(), count)?;
        }
        Ok(told)
    }

    /// The column as a polars Series.
    fn to_polars<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        library(slf.py(), "polars", "polars")?.call_method1("Series", ("verdict", slf))
    }

    /// The column as a pyarrow Array.
    fn to_arrow<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        library(slf.py(), "pyarrow", "arrow")?.call_method1("array", (slf,))
    }

    /// The column as a pandas Series.
    fn to_pandas<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        library(slf.py(), "pandas", "pandas")?;
        let array = library(slf.py(), "pyarrow", "pandas")?.call_method1("array", (slf,))?;
        array.call_method0("to_pandas")
    }

    /// The codes as a list.
    fn to_list(&self) -> Vec<&str> {
        let codes = self.column.values().as_string::<i32>();
        let code = |it: Option<usize>| it.map_or("", |it| codes.value(it));
        (0..self.column.len()).map(|row| code(self.column.key(row))).collect()
    }

    fn __repr__(&self) -> String {
        format!("Verdicts({} serials)", self.column.len())
    }
}
