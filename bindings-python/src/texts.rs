//! Serials by the million, on their way in.

use std::sync::Arc;

use arrow_array::builder::LargeStringBuilder;
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;
use pyo3::buffer::PyBuffer;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::apart::interrupted;
use crate::arrow_ffi::columns_of;
use crate::convert::serial_text;
use crate::error::invalid;

/// Texts that Python gave: a column of Arrow or numpy, or an iterable of `str`.
pub(crate) enum Texts {
    Column(Vec<ArrayRef>),
    List(Vec<String>),
}

impl Texts {
    pub(crate) fn of(value: &Bound<'_, PyAny>) -> PyResult<Self> {
        if let Some(chunks) = columns_of(value)? {
            return Ok(Texts::Column(chunks));
        }
        if let Some(chunk) = numpy_texts(value)? {
            return Ok(Texts::Column(vec![chunk]));
        }
        if value.is_instance_of::<PyString>() {
            return Err(PyTypeError::new_err("expected many serials, not one text"));
        }
        let text = |(at, it): (usize, PyResult<Bound<'_, PyAny>>)| {
            let it = it?;
            interrupted(value.py(), at)?;
            if it.is_none() { Ok(String::new()) } else { serial_text(&it) }
        };
        value.try_iter()?.enumerate().map(text).collect::<PyResult<_>>().map(Texts::List)
    }

    /// Every text in its order; a missing one is empty, which is no serial.
    pub(crate) fn slices(&self) -> PyResult<Vec<&str>> {
        match self {
            Texts::List(texts) => Ok(texts.iter().map(String::as_str).collect()),
            Texts::Column(chunks) => {
                let mut slices = Vec::with_capacity(chunks.iter().map(Array::len).sum());
                chunks.iter().try_for_each(|it| add_slices(it, &mut slices))?;
                Ok(slices)
            }
        }
    }
}

fn add_slices<'a>(array: &'a dyn Array, slices: &mut Vec<&'a str>) -> PyResult<()> {
    match array.data_type() {
        DataType::Utf8 => {
            slices.extend(array.as_string::<i32>().iter().map(Option::unwrap_or_default));
        }
        DataType::LargeUtf8 => {
            slices.extend(array.as_string::<i64>().iter().map(Option::unwrap_or_default));
        }
        DataType::Utf8View => {
            slices.extend(array.as_string_view().iter().map(Option::unwrap_or_default));
        }
        DataType::Dictionary(..) => {
            let array = array.as_any_dictionary();
            let mut values = Vec::with_capacity(array.values().len());
            add_slices(array.values(), &mut values)?;
            let keys = array.normalized_keys().into_iter().enumerate();
            slices.extend(keys.map(|(row, key)| {
                let value = if array.is_null(row) { None } else { values.get(key) };
                value.copied().unwrap_or_default()
            }));
        }
        DataType::Struct(_) => {
            return Err(invalid("expected one column of serials, not a table"));
        }
        DataType::Null => slices.extend(std::iter::repeat_n("", array.len())),
        other => {
            return Err(invalid(format!(
                "serials are texts, but the column holds {other}; turn it into text with the zeros \
                 that serials have in front"
            )));
        }
    }
    Ok(())
}

/// The texts of a numpy array of texts; none where it is none.
fn numpy_texts(value: &Bound<'_, PyAny>) -> PyResult<Option<ArrayRef>> {
    if !value.hasattr("__array_interface__")? {
        return Ok(None);
    }
    let kind = value.getattr("dtype")?.getattr("kind")?;
    if kind.extract::<String>()? != "U" {
        return Ok(None);
    }
    let (py, dtype) = (value.py(), value.getattr("dtype")?);
    let width = dtype.getattr("itemsize")?.extract::<usize>()? / size_of::<u32>();
    if width == 0 || value.getattr("ndim")?.extract::<usize>()? != 1 {
        return Err(invalid("expected one column of serials, not an array of several"));
    }
    let native = value.call_method1("astype", (dtype.call_method1("newbyteorder", ("=",))?,))?;
    let packed = py.import("numpy")?.call_method1("ascontiguousarray", (native,))?;
    let codes = PyBuffer::<u32>::get(&packed.call_method1("view", ("uint32",))?)?.to_vec(py)?;
    let mut texts = LargeStringBuilder::with_capacity(codes.len() / width, codes.len());
    let mut text = String::with_capacity(width);
    for codes in codes.chunks(width) {
        // The end is filled up with zeros.
        let end = codes.iter().rposition(|it| *it != 0).map_or(0, |it| it + 1);
        text.clear();
        text.extend(codes.iter().take(end).map(|it| char::from_u32(*it).unwrap_or('\u{fffd}')));
        texts.append_value(&text);
    }
    Ok(Some(Arc::new(texts.finish())))
}
