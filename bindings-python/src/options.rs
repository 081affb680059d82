//! Options of loads, of changes of families and of range tables, as keywords.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use seriatim::{
    Assumption, CompactOptions, DuplicatePolicy, FamilyChangeOptions, LoadOptions, Progress,
    RangeTableOptions, RegistrationField, RegistrationOptions, RejectPolicy, RetireOptions,
};

use crate::convert::{Names, within};
use crate::error::invalid;
use crate::load::Fault;

/// How often a call that takes long looks for Ctrl-C, and how often it tells its progress. What takes
/// less time asks for the interpreter only to tell that it has ended.
const LOOK: Duration = Duration::from_millis(15);
const TELL: Duration = Duration::from_millis(100);

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
        let read = value.extract::<T>().map(Some);
        read.map_err(|error| within(value.py(), &format!("option {name}"), &error.into()))
    }

    /// A dict of names.
    fn names(&mut self, name: &'static str) -> PyResult<Vec<(String, String)>> {
        let Some(names) = self.take::<Bound<'py, PyDict>>(name)? else { return Ok(Vec::new()) };
        names.iter().map(|(from, to)| Ok((from.extract()?, to.extract()?))).collect()
    }

    /// What is told how far a load has come: a callable, or a bar of its own for `True`.
    fn progress(&mut self) -> PyResult<Option<Py<PyAny>>> {
        self.take::<Bound<'py, PyAny>>("progress")?.map_or(Ok(None), |it| told_progress(&it))
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

/// What is told how far a call has come: a callable, or a bar of its own for `True`.
pub(crate) fn told_progress(progress: &Bound<'_, PyAny>) -> PyResult<Option<Py<PyAny>>> {
    if let Ok(wanted) = progress.extract::<bool>() {
        let bar = || progress.py().import("seriatim._progress")?.call_method0("Bar");
        return wanted.then(bar).transpose().map(|it| it.map(Bound::unbind));
    }
    if !progress.is_callable() {
        let given = progress.get_type().name()?;
        return Err(PyTypeError::new_err(format!(
            "progress is a bool, or what is called with the rows read and their number, not {given}"
        )));
    }
    Ok(Some(progress.clone().unbind()))
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

/// What the options of everything that writes have in common.
trait Limited: Sized {
    fn segment_rows_max(self, rows: u64) -> Self;
    fn memory_bytes_max(self, bytes: usize) -> Self;
    fn threads(self, threads: usize) -> Self;
    fn on_progress(self, call: impl FnMut(Progress) -> ControlFlow<()> + 'static) -> Self;
}

macro_rules! limited {
    ($($options:ident),*) => {$(
        impl Limited for $options<'static> {
            fn segment_rows_max(self, rows: u64) -> Self {
                $options::segment_rows_max(self, rows)
            }

            fn memory_bytes_max(self, bytes: usize) -> Self {
                $options::memory_bytes_max(self, bytes)
            }

            fn threads(self, threads: usize) -> Self {
                $options::threads(self, threads)
            }

            fn on_progress(self, call: impl FnMut(Progress) -> ControlFlow<()> + 'static) -> Self {
                $options::on_progress(self, call)
            }
        }
    )*};
}

limited!(LoadOptions, RegistrationOptions, FamilyChangeOptions, CompactOptions);

/// Takes the limits and the progress, which are the last of the options.
fn limits<O: Default + Limited>(
    mut options: Steps<O>,
    mut keywords: Keywords<'_, '_>,
    fault: &Fault,
) -> PyResult<Steps<O>> {
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

/// What described units call what an index has, by the options of their load.
pub(crate) fn unit_names(given: Option<&Bound<'_, PyDict>>) -> PyResult<Names> {
    let (mut keywords, names) = (Keywords::new(given), Names::default());
    Ok(Names {
        serial: keywords.take("serial")?.unwrap_or(names.serial),
        namespace: keywords.take("namespace_column")?.unwrap_or(names.namespace),
        elsewhere: keywords.take("namespace")?,
        renamed: keywords.names("rename")?,
    })
}

/// What described registrations call what an index has, by the options of their load.
pub(crate) fn registration_names(given: Option<&Bound<'_, PyDict>>) -> PyResult<Names> {
    let mut keywords = Keywords::new(given);
    let mut names = Names { elsewhere: keywords.take("namespace")?, ..Names::default() };
    for (column, field) in keywords.names("map")? {
        match field.as_str() {
            "serial" => names.serial = column,
            "namespace" => names.namespace = column,
            _ => {}
        }
    }
    Ok(names)
}

/// Options of a load; `described` rows have the names of the index already.
pub(crate) fn unit_options(
    mut keywords: Keywords<'_, '_>,
    fault: &Fault,
    described: bool,
) -> PyResult<Steps<LoadOptions<'static>>> {
    let mut options: Steps<LoadOptions<'static>> = Steps(Vec::new());
    let serial = keywords.take::<String>("serial")?;
    let namespace_column = keywords.take::<String>("namespace_column")?;
    let namespace = keywords.take::<String>("namespace")?;
    let renames = keywords.names("rename")?;
    if !described {
        if let Some(name) = serial {
            options.add(move |it| it.serial_column(name));
        }
        if let Some(name) = namespace_column {
            options.add(move |it| it.namespace_column(name));
        }
        if let Some(namespace) = namespace {
            options.add(move |it| it.namespace(namespace));
        }
        for (from, to) in renames {
            options.add(move |it| it.rename(from, to));
        }
    }
    for name in keywords.take::<Vec<String>>("ignore")?.unwrap_or_default() {
        options.add(move |it| it.ignore(name));
    }
    match keywords.take::<String>("duplicates")?.as_deref() {
        None | Some("refuse") => {}
        Some("latest_wins") => options.add(|it| it.duplicates(DuplicatePolicy::LatestWins)),
        Some("amend") => options.add(|it| it.duplicates(DuplicatePolicy::Amend)),
        Some(other) => {
            return Err(invalid(format!(
                "duplicates is \"refuse\", \"latest_wins\" or \"amend\", not {other:?}"
            )));
        }
    }
    if let Some(path) = keywords.take::<PathBuf>("rejects")? {
        options.add(move |it| it.rejects(RejectPolicy::CollectIn(path)));
    }
    if keywords.take::<bool>("infer_families")? == Some(false) {
        options.add(LoadOptions::declared_families_only);
    }
    limits(options, keywords, fault)
}

pub(crate) fn registration_options(
    mut keywords: Keywords<'_, '_>,
    fault: &Fault,
    described: bool,
) -> PyResult<Steps<RegistrationOptions<'static>>> {
    let mut options: Steps<RegistrationOptions<'static>> = Steps(Vec::new());
    for (column, field) in keywords.names("map")? {
        let field = registration_field(&field)?;
        if described && matches!(field.name(), "serial" | "namespace") {
            continue;
        }
        options.add(move |it| it.map(column, field));
    }
    for name in keywords.take::<Vec<String>>("ignore")?.unwrap_or_default() {
        options.add(move |it| it.ignore(name));
    }
    let namespace = keywords.take::<String>("namespace")?;
    if let Some(namespace) = namespace.filter(|_| !described) {
        options.add(move |it| it.namespace(namespace));
    }
    if keywords.take::<bool>("contact_text")? == Some(false) {
        options.add(RegistrationOptions::without_contact_text);
    }
    if let Some(path) = keywords.take::<PathBuf>("rejects")? {
        options.add(move |it| it.rejects(RejectPolicy::CollectIn(path)));
    }
    limits(options, keywords, fault)
}

pub(crate) fn family_change_options(
    mut keywords: Keywords<'_, '_>,
    fault: &Fault,
) -> PyResult<Steps<FamilyChangeOptions<'static>>> {
    let mut options: Steps<FamilyChangeOptions<'static>> = Steps(Vec::new());
    if keywords.take::<bool>("contact_text")? == Some(false) {
        options.add(FamilyChangeOptions::without_contact_text);
    }
    limits(options, keywords, fault)
}

/// Where the serials of units to retire are found; `described` rows have the names of the index.
pub(crate) fn retire_options(
    mut keywords: Keywords<'_, '_>,
    fault: &Fault,
    described: bool,
) -> PyResult<Steps<RetireOptions<'static>>> {
    let serial = keywords.take::<String>("serial")?;
    let namespace_column = keywords.take::<String>("namespace_column")?;
    let namespace = keywords.take::<String>("namespace")?;
    let (progress, fault) = (keywords.progress()?, fault.clone());
    keywords.finish()?;
    let mut options: Steps<RetireOptions<'static>> = Steps(Vec::new());
    options.add(move |it| it.on_progress(watch(progress, &fault)));
    if described {
        return Ok(options);
    }
    if let Some(name) = serial {
        options.add(move |it| it.serial_column(name));
    }
    if let Some(name) = namespace_column {
        options.add(move |it| it.namespace_column(name));
    }
    if let Some(namespace) = namespace {
        options.add(move |it| it.namespace(namespace));
    }
    Ok(options)
}

pub(crate) fn compact_options(
    keywords: Keywords<'_, '_>,
    fault: &Fault,
) -> PyResult<Steps<CompactOptions<'static>>> {
    limits(Steps(Vec::new()), keywords, fault)
}

pub(crate) fn range_table_options(mut keywords: Keywords<'_, '_>) -> PyResult<RangeTableOptions> {
    let mut options = RangeTableOptions::default();
    if let Some(header) = keywords.take::<String>("model_from")? {
        options = options.model_from(header);
    }
    if let Some(header) = keywords.take::<String>("first_from")? {
        options = options.first_from(header);
    }
    if let Some(header) = keywords.take::<String>("last_from")? {
        options = options.last_from(header);
    }
    if let Some(name) = keywords.take::<String>("model_column")? {
        options = options.model_column(name);
    }
    if let Some(characters) = keywords.take::<String>("mask_characters")? {
        options = options.mask_characters(characters);
    }
    if let Some(delimiter) = keywords.take::<String>("delimiter")? {
        let [byte] = delimiter.as_bytes() else {
            return Err(invalid(format!(
                "a delimiter is one character of ASCII, not {delimiter:?}"
            )));
        };
        options = options.delimiter(*byte);
    }
    for name in keywords.take::<Vec<String>>("assume")?.unwrap_or_default() {
        let assumption = serde_json::from_value::<Assumption>(name.into());
        options = options.assume(assumption.map_err(|error| invalid(error.to_string()))?);
    }
    keywords.finish()?;
    Ok(options)
}

/// A field of registrations by its name.
pub(crate) fn registration_field(name: &str) -> PyResult<RegistrationField> {
    RegistrationField::ALL.into_iter().find(|it| it.name() == name).ok_or_else(|| {
        let names: Vec<&str> = RegistrationField::ALL.iter().map(|it| it.name()).collect();
        invalid(format!("there is no field {name:?}; there are {}", names.join(", ")))
    })
}

/// Tells progress, and stops at Ctrl-C or when the callback raises.
pub(crate) fn watch(
    progress: Option<Py<PyAny>>,
    fault: &Fault,
) -> impl FnMut(Progress) -> ControlFlow<()> + 'static {
    let fault = fault.clone();
    let (mut looked, mut told) = (Instant::now(), Instant::now());
    move |at: Progress| {
        let ended = at.rows_total == Some(at.rows);
        let tells = progress.is_some() && (ended || told.elapsed() >= TELL);
        if !tells && looked.elapsed() < LOOK {
            return ControlFlow::Continue(());
        }
        looked = Instant::now();
        let answer = Python::attach(|py| {
            py.check_signals()?;
            match &progress {
                Some(call) if tells => {
                    told = looked;
                    call.call1(py, (at.rows, at.rows_total)).map(drop)
                }
                _ => Ok(()),
            }
        });
        match answer {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                fault.set(error);
                ControlFlow::Break(())
            }
        }
    }
}
