//! Inputs and options of loads.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use arrow_array::RecordBatch;
use arrow_array::ffi_stream::RecordBatchStreamReader;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyIterator, PyList};
use seriatim::{
    DuplicatePolicy, LoadOptions, Progress, Record, RegistrationOptions, Registrations, Schema,
    Units,
};

use crate::arrow_ffi::{ArrowStream, is_table};
use crate::convert::{is_path, path, record};
use crate::error::raised;

/// How often a load looks for Ctrl-C and tells its progress.
const TICK: Duration = Duration::from_millis(100);

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
    pub(crate) fn of(value: &Bound<'_, PyAny>, schema: &Schema) -> PyResult<Self> {
        if is_path(value)? {
            return Input::files(vec![PathBuf::from(path(value)?)]);
        }
        if is_table(value)? {
            return Ok(Input::Table(Box::new(ArrowStream::of(value)?.0)));
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
            let records = list.iter().map(|it| record(it.cast::<PyDict>()?, schema));
            return Ok(Input::Records(records.collect::<PyResult<_>>()?));
        }
        if is_path(&first)? {
            let paths = list.iter().map(|it| path(&it).map(PathBuf::from));
            return Input::files(paths.collect::<PyResult<_>>()?);
        }
        Ok(Input::Tables(items.unbind()))
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
            Err(PyValueError::new_err("files to load end in .parquet, or all of them in .csv"))
        }
    }

    fn batches(self, fault: &Fault) -> Box<dyn Iterator<Item = seriatim::Result<RecordBatch>>> {
        match self {
            Input::Table(reader) => Box::new(reader.map(|it| it.map_err(seriatim::Error::from))),
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

/// The first exception that Python code raised during a load; it is what the caller is told.
#[derive(Clone, Default)]
pub(crate) struct Fault(Arc<Mutex<Option<PyErr>>>);

impl Fault {
    fn set(&self, error: PyErr) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
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
    open: Option<RecordBatchStreamReader>,
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
                return Some(batch.map_err(seriatim::Error::from));
            }
            match self.advance() {
                Ok(Some(reader)) => self.open = Some(reader),
                Ok(None) => return None,
                Err(error) => {
                    let told = arrow_schema::ArrowError::ExternalError(error.to_string().into());
                    self.fault.set(error);
                    return Some(Err(told.into()));
                }
            }
        }
    }
}

/// Tells progress, and stops at Ctrl-C or when the callback raises.
pub(crate) fn watch(
    progress: Option<Py<PyAny>>,
    fault: &Fault,
) -> impl FnMut(Progress) -> ControlFlow<()> + 'static {
    let fault = fault.clone();
    let mut last = Instant::now();
    move |at: Progress| {
        let ended = at.rows_total == Some(at.rows);
        if !ended && last.elapsed() < TICK {
            return ControlFlow::Continue(());
        }
        last = Instant::now();
        let told = Python::attach(|py| {
            py.check_signals()?;
            match &progress {
                Some(call) => call.call1(py, (at.rows, at.rows_total)).map(drop),
                None => Ok(()),
            }
        });
        match told {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                fault.set(error);
                ControlFlow::Break(())
            }
        }
    }
}

/// Options as keywords: each must be known, and is used up.
pub(crate) struct Keywords<'a, 'py> {
    given: Option<&'a Bound<'py, PyDict>>,
    known: Vec<&'static str>,
}

impl<'a, 'py> Keywords<'a, 'py> {
    pub(crate) fn new(given: Option<&'a Bound<'py, PyDict>>) -> Self {
        Keywords { given, known: Vec::new() }
    }

    fn take<T: for<'e> FromPyObject<'e, 'py, Error: Into<PyErr>>>(
        &mut self,
        name: &'static str,
    ) -> PyResult<Option<T>> {
        self.known.push(name);
        let Some(value) = self.given.map(|it| it.get_item(name)).transpose()?.flatten() else {
            return Ok(None);
        };
        value.extract::<T>().map(Some).map_err(Into::into)
    }

    /// What is told how far a load has come: a callable, or a bar of its own for `True`.
    fn progress(&mut self) -> PyResult<Option<Py<PyAny>>> {
        let Some(progress) = self.take::<Py<PyAny>>("progress")? else { return Ok(None) };
        Python::attach(|py| match progress.extract::<bool>(py) {
            Ok(true) => Ok(Some(py.import("seriatim._progress")?.call_method0("Bar")?.unbind())),
            Ok(false) => Ok(None),
            Err(_) => Ok(Some(progress)),
        })
    }

    fn finish(self) -> PyResult<()> {
        for name in self.given.iter().flat_map(|it| it.keys()) {
            let name: String = name.extract()?;
            if !self.known.contains(&name.as_str()) {
                return Err(PyTypeError::new_err(format!(
                    "there is no option {name:?}; there are {}",
                    self.known.join(", ")
                )));
            }
        }
        Ok(())
    }
}

/// Options on their way to the thread that loads.
pub(crate) struct Steps<O>(Vec<Box<dyn FnOnce(O) -> O + Send>>);

impl<O: Default> Steps<O> {
    fn add(&mut self, step: impl FnOnce(O) -> O + Send + 'static) {
        self.0.push(Box::new(step));
    }

    pub(crate) fn options(self) -> O {
        self.0.into_iter().fold(O::default(), |options, step| step(options))
    }
}

pub(crate) fn unit_options(
    mut keywords: Keywords<'_, '_>,
    fault: &Fault,
) -> PyResult<Steps<LoadOptions<'static>>> {
    let mut options: Steps<LoadOptions<'static>> = Steps(Vec::new());
    if let Some(name) = keywords.take::<String>("serial")? {
        options.add(move |it| it.serial_column(name));
    }
    if let Some(name) = keywords.take::<String>("namespace_column")? {
        options.add(move |it| it.namespace_column(name));
    }
    if let Some(namespace) = keywords.take::<String>("namespace")? {
        options.add(move |it| it.namespace(namespace));
    }
    for (from, to) in keywords.take::<Vec<(String, String)>>("rename_pairs")?.unwrap_or_default() {
        options.add(move |it| it.rename(from, to));
    }
    for name in keywords.take::<Vec<String>>("ignore")?.unwrap_or_default() {
        options.add(move |it| it.ignore(name));
    }
    match keywords.take::<String>("duplicates")?.as_deref() {
        None | Some("refuse") => {}
        Some("latest_wins") => options.add(|it| it.duplicates(DuplicatePolicy::LatestWins)),
        Some(other) => {
            return Err(PyValueError::new_err(format!(
                "duplicates is \"refuse\" or \"latest_wins\", not {other:?}"
            )));
        }
    }
    if let Some(path) = keywords.take::<PathBuf>("rejects")? {
        options.add(move |it| it.rejects(seriatim::RejectPolicy::CollectIn(path)));
    }
    if keywords.take::<bool>("infer_families")? == Some(false) {
        options.add(LoadOptions::declared_families_only);
    }
    if let Some(rows) = keywords.take::<u64>("segment_rows_max")? {
        options.add(move |it| it.segment_rows_max(rows));
    }
    if let Some(bytes) = keywords.take::<usize>("memory_bytes_max")? {
        options.add(move |it| it.memory_bytes_max(bytes));
    }
    if let Some(threads) = keywords.take::<usize>("threads")? {
        options.add(move |it| it.threads(threads));
    }
    let progress = keywords.progress()?;
    keywords.finish()?;
    let fault = fault.clone();
    options.add(move |it| it.on_progress(watch(progress, &fault)));
    Ok(options)
}

pub(crate) fn registration_options(
    mut keywords: Keywords<'_, '_>,
    fault: &Fault,
) -> PyResult<Steps<RegistrationOptions<'static>>> {
    let mut options: Steps<RegistrationOptions<'static>> = Steps(Vec::new());
    for (column, field) in keywords.take::<Vec<(String, String)>>("map_pairs")?.unwrap_or_default()
    {
        let all = seriatim::RegistrationField::ALL;
        let field = all.into_iter().find(|it| it.name() == field).ok_or_else(|| {
            let names: Vec<&str> = all.iter().map(|it| it.name()).collect();
            PyValueError::new_err(format!(
                "there is no field {field:?}; there are {}",
                names.join(", ")
            ))
        })?;
        options.add(move |it| it.map(column, field));
    }
    for name in keywords.take::<Vec<String>>("ignore")?.unwrap_or_default() {
        options.add(move |it| it.ignore(name));
    }
    if let Some(namespace) = keywords.take::<String>("namespace")? {
        options.add(move |it| it.namespace(namespace));
    }
    if keywords.take::<bool>("contact_text")? == Some(false) {
        options.add(RegistrationOptions::without_contact_text);
    }
    if let Some(path) = keywords.take::<PathBuf>("rejects")? {
        options.add(move |it| it.rejects(seriatim::RejectPolicy::CollectIn(path)));
    }
    if let Some(rows) = keywords.take::<u64>("segment_rows_max")? {
        options.add(move |it| it.segment_rows_max(rows));
    }
    if let Some(bytes) = keywords.take::<usize>("memory_bytes_max")? {
        options.add(move |it| it.memory_bytes_max(bytes));
    }
    if let Some(threads) = keywords.take::<usize>("threads")? {
        options.add(move |it| it.threads(threads));
    }
    let progress = keywords.progress()?;
    keywords.finish()?;
    let fault = fault.clone();
    options.add(move |it| it.on_progress(watch(progress, &fault)));
    Ok(options)
}
