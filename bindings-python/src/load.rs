//! Inputs of loads.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::ffi_stream::RecordBatchStreamReader;
use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_schema::{DataType, Field};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyIterator, PyList};
use seriatim::{Record, Registrations, Schema, Units};

use crate::apart::{Ahead, interrupted};
use crate::arrow_ffi::{ArrowStream, is_table};
use crate::convert::{Names, is_path, path, record_named};
use crate::error::{invalid, raised};

/// What is loaded.
pub(crate) enum Input {
    Parquet(Vec<PathBuf>),
    Csv(Vec<PathBuf>),
    Table(Box<RecordBatchStreamReader>),
    Tables(Py<PyIterator>),
    Records(Vec<Record>),
}

impl Input {
    /// A table, a path, a list of paths of one kind or of dicts, or an iterable of tables.
    pub(crate) fn of(value: &Bound<'_, PyAny>, schema: &Schema, names: &Names) -> PyResult<Self> {
        if is_path(value)? {
            return Input::files(vec![PathBuf::from(path(value)?)]);
        }
        if is_table(value)? {
            return Ok(Input::Table(Box::new(ArrowStream::of(value)?.0)));
        }
        if value.is_instance_of::<PyDict>() {
            return Err(PyTypeError::new_err(
                "a dict of columns is no table; make a frame of it, or give a list of dicts",
            ));
        }
        // A lazy frame can be asked for an iterator, but gives none.
        let items = if value.hasattr("collect")? { None } else { value.try_iter().ok() };
        let Some(items) = items else {
            // It is no table either: this says so, and the way out.
            return ArrowStream::of(value).map(|it| Input::Table(Box::new(it.0)));
        };
        let Ok(list) = value.cast::<PyList>() else { return Ok(Input::Tables(items.unbind())) };
        let Some(first) = list.iter().next() else { return Ok(Input::Records(Vec::new())) };
        if first.is_instance_of::<PyDict>() {
            let records = list.iter().enumerate().map(|(at, it)| {
                interrupted(value.py(), at)?;
                record_named(it.cast::<PyDict>()?, schema, names)
            });
            return Ok(Input::Records(records.collect::<PyResult<_>>()?));
        }
        if is_path(&first)? {
            let paths = list.iter().map(|it| path(&it).map(PathBuf::from));
            return Input::files(paths.collect::<PyResult<_>>()?);
        }
        Ok(Input::Tables(items.unbind()))
    }

    /// Whether the rows are described one by one: then they have the names of the index already.
    pub(crate) fn is_described(&self) -> bool {
        matches!(self, Input::Records(_))
    }

    fn files(paths: Vec<PathBuf>) -> PyResult<Self> {
        let is = |path: &Path, wanted: &str| {
            path.extension().is_some_and(|it| it.eq_ignore_ascii_case(wanted))
        };
        if paths.iter().all(|it| is(it, "parquet")) {
            Ok(Input::Parquet(paths))
        } else if paths.iter().all(|it| is(it, "csv")) {
            Ok(Input::Csv(paths))
        } else {
            Err(invalid("files to load end in .parquet, or all of them in .csv"))
        }
    }

    fn batches(self, fault: &Fault) -> Box<dyn Iterator<Item = seriatim::Result<RecordBatch>>> {
        match self {
            Input::Table(reader) => read(*reader, fault),
            Input::Tables(tables) => {
                Box::new(Tables { rest: tables, open: None, fault: fault.clone() })
            }
            Input::Parquet(_) | Input::Csv(_) | Input::Records(_) => Box::new(std::iter::empty()),
        }
    }

    pub(crate) fn units(self, fault: &Fault) -> Units<'static> {
        match self {
            Input::Parquet(paths) => Units::parquet(paths),
            Input::Csv(paths) => Units::csv(paths),
            Input::Records(records) => Units::records(records),
            tables => Units::batches(tables.batches(fault)),
        }
    }

    pub(crate) fn registrations(self, fault: &Fault) -> Registrations<'static> {
        match self {
            Input::Parquet(paths) => Registrations::parquet(paths),
            Input::Csv(paths) => Registrations::csv(paths),
            Input::Records(records) => Registrations::records(records),
            tables => Registrations::batches(tables.batches(fault)),
        }
    }
}

/// The batches of a table. polars gives a column of nothing but nulls in a form of its own, which
/// cannot be read, and the message of that names no column.
fn read(
    reader: RecordBatchStreamReader,
    fault: &Fault,
) -> Box<dyn Iterator<Item = seriatim::Result<RecordBatch>>> {
    let schema = reader.schema();
    let batches = reader.map(move |batch| {
        batch.map_err(|error| {
            let untyped = |it: &&Arc<Field>| *it.data_type() == DataType::Null;
            match schema.fields().iter().find(untyped) {
                Some(field) => seriatim::Error::from_input(format!(
                    "column `{}` has no type, as all of it is null, and cannot be read; leave it \
                     out, or cast it to the type that it would have",
                    field.name()
                )),
                None => seriatim::Error::from(error),
            }
        })
    });
    match Ahead::of(batches, fault) {
        Ok(batches) => Box::new(batches),
        Err(error) => Box::new(std::iter::once(Err(fault.told(error)))),
    }
}

/// The first exception that Python code raised during a load; it is what the caller is told.
#[derive(Clone, Default)]
pub(crate) struct Fault(Arc<Mutex<Option<PyErr>>>);

impl Fault {
    pub(crate) fn set(&self, error: PyErr) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }

    /// Keeps an exception, and gives the core an error to end with.
    pub(crate) fn told(&self, error: PyErr) -> seriatim::Error {
        let told = arrow_schema::ArrowError::ExternalError(error.to_string().into());
        self.set(error);
        told.into()
    }

    /// The result of a load, or the exception that ended it.
    pub(crate) fn settle<T>(&self, result: seriatim::Result<T>) -> PyResult<T> {
        let fault = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        result.map_err(|error| fault.unwrap_or_else(|| raised(&error)))
    }
}

/// The batches of tables that a Python iterator gives.
struct Tables {
    rest: Py<PyIterator>,
    open: Option<Box<dyn Iterator<Item = seriatim::Result<RecordBatch>>>>,
    fault: Fault,
}

impl Tables {
    fn advance(&self) -> PyResult<Option<RecordBatchStreamReader>> {
        Python::attach(|py| match self.rest.bind(py).clone().next() {
            None => Ok(None),
            Some(table) => ArrowStream::of(&table?).map(|it| Some(it.0)),
        })
    }
}

impl Iterator for Tables {
    type Item = seriatim::Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(batch) = self.open.as_mut().and_then(Iterator::next) {
                return Some(batch);
            }
            match self.advance() {
                Ok(Some(reader)) => self.open = Some(read(reader, &self.fault)),
                Ok(None) => return None,
                Err(error) => return Some(Err(self.fault.told(error))),
            }
        }
    }
}
