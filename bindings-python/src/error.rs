//! Errors of the core as exceptions of `seriatim._errors`.

use pyo3::prelude::*;
use pyo3::types::PyType;
use seriatim::{Error, ErrorKind, Place};

/// What turns a result of the core into one of Python.
pub(crate) trait OrRaise<T> {
    fn or_raise(self) -> PyResult<T>;
}

impl<T> OrRaise<T> for seriatim::Result<T> {
    fn or_raise(self) -> PyResult<T> {
        self.map_err(|error| raised(&error))
    }
}

/// The exception of an error: its class by its kind, with `code` and the place.
pub(crate) fn raised(error: &Error) -> PyErr {
    Python::attach(|py| build(py, error).unwrap_or_else(|failure| failure))
}

/// The exception of an argument that is not acceptable.
pub(crate) fn invalid(message: impl Into<String>) -> PyErr {
    let message = message.into();
    Python::attach(|py| {
        let raised = || {
            let class = py.import("seriatim._errors")?.getattr("InvalidArgumentError")?;
            let value = class.call1((&message,))?;
            value.setattr("message", &message)?;
            Ok(PyErr::from_value(value))
        };
        raised().unwrap_or_else(|failure: PyErr| failure)
    })
}

fn build(py: Python<'_>, error: &Error) -> PyResult<PyErr> {
    let class = py.import("seriatim._errors")?.getattr(class_of(error.kind()))?;
    let value = class.cast::<PyType>()?.call1((error.to_string(),))?;
    value.setattr("message", error.message())?;
    match error.place() {
        Some(Place::Text { line, column, caret }) => {
            value.setattr("line", line)?;
            value.setattr("column", column)?;
            value.setattr("caret", caret)?;
        }
        Some(Place::Json { path }) => value.setattr("path", path)?,
        Some(Place::Row { input, row, column }) => {
            value.setattr("input", input)?;
            value.setattr("row", row)?;
            value.setattr("column", column)?;
        }
        _ => {}
    }
    Ok(PyErr::from_value(value))
}

fn class_of(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::InvalidArgument => "InvalidArgumentError",
        ErrorKind::ScopeSyntax => "ScopeSyntaxError",
        ErrorKind::ScopeField => "ScopeFieldError",
        ErrorKind::NotFound => "NotFoundError",
        ErrorKind::Conflict => "ConflictError",
        ErrorKind::Corrupt => "CorruptError",
        ErrorKind::Unsupported => "UnsupportedError",
        ErrorKind::Cancelled => "CancelledError",
        ErrorKind::Io => "IoError",
        _ => "Error",
    }
}
