//! The index: building, loading, selecting.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Instant;

use pyo3::prelude::*;
use pyo3::types::{IntoPyDict, PyDict, PyType};
use seriatim::io::DiskDirectory;
use seriatim::{SegmentRows, Snapshot};

use crate::convert::path;
use crate::error::OrRaise;
use crate::family::{SerialFamily, families};
use crate::load::{Fault, Input};
use crate::options::{
    Keywords, compact_options, family_change_options, registration_names, registration_options,
    retire_options, told_progress, unit_names, unit_options, watch,
};
use crate::registrar::Registrar;
use crate::report::{
    compact_report, explanation, family_change_report, fold_report, prune_report,
    registration_report, retire_report, unit_report, verification,
};
use crate::schema::{Column, Schema, schema};
use crate::scope::{parameters_of, scope_of};
use crate::selection::{Lookup, Selection};
use crate::texts::Texts;
use crate::unit_set::UnitSet;

/// A folder of units with what is known of how they were made, and of registrations.
///
/// Made by `build`, `create` and `open`. Several threads may use one at once.
///
/// Examples
/// --------
/// >>> index = st.open(index.path)
/// >>> index.units, index.columns
/// (3, [Column("facility", "text")])
/// >>> len(index.select("facility = 'Leipzig'").affected)
/// 1
#[pyclass(frozen, module = "seriatim")]
pub(crate) struct Index {
    inner: Arc<seriatim::Index>,
    path: String,
    /// Whether its files are read by copying.
    copying: bool,
    /// An earlier version that is shown, until this handle takes the newest.
    shown: RwLock<Option<Snapshot>>,
}

/// Opens the index in a folder.
///
/// Parameters
/// ----------
/// path : path
///     The folder.
/// copying : bool
///     Reads files by copying instead of mapping them: for folders into which others write or that are
///     far away. A file that is cut or cannot be read is then an error, where one that is mapped ends
///     the process. What was read of a file is kept in the memory of the process.
#[pyfunction]
#[pyo3(signature = (path, *, copying = false))]
pub(crate) fn open(py: Python<'_>, path: &Bound<'_, PyAny>, copying: bool) -> PyResult<Index> {
    let path = crate::convert::path(path)?;
    let opened = || {
        let folder = DiskDirectory::open(&path)?;
        seriatim::Index::open_in(if copying { folder.copying() } else { folder })
    };
    let inner = py.detach(opened).or_raise()?;
    Ok(Index { copying, ..Index::new(inner, path) })
}

/// Makes an empty index in a folder that holds none.
#[pyfunction]
#[pyo3(signature = (path, columns = None, families = None))]
pub(crate) fn create(
    py: Python<'_>,
    path: &Bound<'_, PyAny>,
    columns: Option<Vec<PyRef<'_, Column>>>,
    families: Option<Vec<PyRef<'_, SerialFamily>>>,
) -> PyResult<Index> {
    let path = self::path(path)?;
    let schema = schema(columns, families)?;
    let inner = py.detach(|| seriatim::Index::create(&path, schema)).or_raise()?;
    Ok(Index::new(inner, path))
}

impl Index {
    fn new(inner: seriatim::Index, path: String) -> Self {
        Index { inner: Arc::new(inner), path, copying: false, shown: RwLock::default() }
    }

    fn snapshot(&self) -> Snapshot {
        let shown = self.shown.read().unwrap_or_else(PoisonError::into_inner);
        shown.clone().unwrap_or_else(|| self.inner.snapshot())
    }

    /// Shows the version that the call of the core took, if it did not fail; says whether an earlier
    /// one was shown.
    fn follow<T, E>(&self, done: &Result<T, E>) -> bool {
        let mut shown = self.shown.write().unwrap_or_else(PoisonError::into_inner);
        done.is_ok() && shown.take().is_some()
    }
}

#[pymethods]
impl Index {
    /// The folder.
    #[getter]
    fn path(&self) -> &str {
        &self.path
    }

    /// The version that is read; every change of the index makes a new one.
    #[getter]
    fn version(&self) -> u64 {
        self.snapshot().version()
    }

    /// The version of the serial families; every change of them makes a new one.
    #[getter]
    fn families_version(&self) -> u64 {
        self.snapshot().families_version()
    }

    /// The number of units.
    #[getter]
    fn units(&self) -> u64 {
        self.snapshot().units()
    }

    /// The number of registrations.
    #[getter]
    fn registrations(&self, py: Python<'_>) -> PyResult<u64> {
        py.detach(|| self.snapshot().registrations()).or_raise()
    }

    /// How many registrations and changes ever came one by one, as far as this handle shows them.
    #[getter]
    fn recorded(&self) -> u64 {
        self.snapshot().recorded()
    }

    /// The columns and serial families.
    #[getter]
    fn schema(&self) -> Schema {
        Schema { inner: self.snapshot().schema().clone() }
    }

    /// The columns.
    #[getter]
    fn columns(&self) -> Vec<Column> {
        self.schema().columns()
    }

    /// The serial families.
    #[getter]
    fn families(&self) -> Vec<SerialFamily> {
        self.schema().families()
    }

    /// Loads units, in a next version of the index; a `LoadReport`.
    ///
    /// Parameters
    /// ----------
    /// units : table, path, list of paths, list of dicts, or iterable of tables
    ///     Anything with `__arrow_c_stream__`, or Parquet or CSV files.
    /// serial : str, default "serial"
    ///     The column of the input that holds the serials.
    /// namespace_column, namespace : str, optional
    ///     The column that holds the namespaces, or one for all units.
    /// rename : dict, optional
    ///     Names of columns of the input, and what the index calls them.
    /// ignore : list of str, optional
    ///     Columns of the input that are left out.
    /// duplicates : {"refuse", "latest_wins", "amend"}
    ///     What becomes of a serial that is there already. The latest wins as a whole: what it does
    ///     not say is missing. A load that amends corrects units that are there, and leaves what it
    ///     does not say as it was.
    /// rejects : path, optional
    ///     A file for rows that cannot be loaded; without it the first is an error.
    /// infer_families : bool, default True
    ///     Whether families are read off serials that fit none.
    /// segment_rows_max, memory_bytes_max, threads : int, optional
    ///     Limits.
    /// progress : bool or callable, optional
    ///     True for a bar; or what is called with the rows read and their number, if known.
    ///
    /// Examples
    /// --------
    /// >>> new = st.create(folder / "new")
    /// >>> new.load_units([{"serial": "A1"}, {"serial": "A2", "lot": "L1"}]).loaded
    /// 2
    /// >>> new.load_units(more, serial="no", rename={"batch": "lot"}).loaded
    /// 1
    #[pyo3(signature = (units, **options))]
    fn load_units<'py>(
        &self,
        py: Python<'py>,
        units: &Bound<'py, PyAny>,
        options: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let fault = Fault::default();
        let input = Input::of(units, self.snapshot().schema(), &unit_names(options)?)?;
        let options = unit_options(Keywords::new(options), &fault, input.is_described())?;
        let report = py.detach(|| self.inner.load_units(input.units(&fault), options.options()));
        self.follow(&report);
        unit_report(py, &fault.settle(report)?)
    }

    /// Takes units out of the index, in a next version of it; a `RetireReport`. An earlier version
    /// has them still, and their registrations stay, to wait for units of these serials.
    ///
    /// Parameters
    /// ----------
    /// units : as for `load_units`
    ///     Of which the serial and the namespace alone are read.
    /// serial : str, default "serial"
    ///     The column of the input that holds the serials.
    /// namespace_column, namespace : str, optional
    ///     The column that holds the namespaces, or one for all units.
    /// progress : bool or callable, optional
    ///     As for `load_units`.
    ///
    /// Examples
    /// --------
    /// >>> made = st.build(folder / "made", [{"serial": "A1"}, {"serial": "A2"}])
    /// >>> made.retire_units([{"serial": "A2"}, {"serial": "A3"}])
    /// RetireReport(version=3, read=2, retired=1, unknown=1, unknown_examples=['A3'])
    #[pyo3(signature = (units, **options))]
    fn retire_units<'py>(
        &self,
        py: Python<'py>,
        units: &Bound<'py, PyAny>,
        options: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let fault = Fault::default();
        let input = Input::of(units, self.snapshot().schema(), &unit_names(options)?)?;
        let options = retire_options(Keywords::new(options), &fault, input.is_described())?;
        let report = py.detach(|| self.inner.retire_units(input.units(&fault), options.options()));
        self.follow(&report);
        retire_report(py, &fault.settle(report)?)
    }

    /// Loads registrations, in a next version of the index; a `RegistrationReport`.
    ///
    /// Parameters
    /// ----------
    /// registrations : as for `load_units`
    ///     With at least serial and owner, or columns mapped to them.
    /// map : dict, optional
    ///     Names of columns of the input, and the fields that they fill.
    /// ignore : list of str, optional
    ///     Columns of the input that are left out.
    /// namespace : str, optional
    ///     One for all units.
    /// contact_text : bool, default True
    ///     Whether names, addresses and numbers are kept.
    /// rejects, segment_rows_max, memory_bytes_max, threads, progress
    ///     As for `load_units`.
    #[pyo3(signature = (registrations, **options))]
    fn load_registrations<'py>(
        &self,
        py: Python<'py>,
        registrations: &Bound<'py, PyAny>,
        options: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let fault = Fault::default();
        let names = registration_names(options)?;
        let input = Input::of(registrations, &seriatim::Schema::default(), &names)?;
        let options = registration_options(Keywords::new(options), &fault, input.is_described())?;
        let report = py.detach(|| {
            self.inner.load_registrations(input.registrations(&fault), options.options())
        });
        self.follow(&report);
        registration_report(py, &fault.settle(report)?)
    }

    /// Puts other serial families in force and writes anew what they change; a
    /// `FamilyChangeReport`. Two units that would have one serial are refused.
    ///
    /// Parameters
    /// ----------
    /// families : list of SerialFamily
    ///     All families that hold from now on.
    /// contact_text, segment_rows_max, memory_bytes_max, threads, progress
    ///     As for `load_registrations`.
    ///
    /// Examples
    /// --------
    /// >>> new = st.build(folder / "odd", [{"serial": "A1"}, {"serial": "A 2"}])
    /// >>> wide = st.SerialFamily("a", "A{n:D1}", normaliser=["without_spaces"])
    /// >>> new.change_families([wide]).opaque
    /// 0
    #[pyo3(signature = (families, **options))]
    fn change_families<'py>(
        &self,
        py: Python<'py>,
        families: Vec<PyRef<'py, SerialFamily>>,
        options: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let fault = Fault::default();
        let families = self::families(Some(families))?;
        let options = family_change_options(Keywords::new(options), &fault)?;
        let report = py.detach(|| self.inner.change_families(families, options.options()));
        self.follow(&report);
        family_change_report(py, &fault.settle(report)?)
    }

    /// Makes few segments of many, in a next version of the index; a `CompactReport`. Answers stay
    /// the same, and what has the index open is not disturbed.
    ///
    /// Parameters
    /// ----------
    /// segment_rows_max, memory_bytes_max, threads, progress
    ///     As for `load_units`.
    ///
    /// Examples
    /// --------
    /// >>> new = st.build(folder / "parts", [{"serial": "A1"}])
    /// >>> new.load_units([{"serial": "A2"}]).loaded
    /// 1
    /// >>> new.compact().unit_segments
    /// 1
    #[pyo3(signature = (**options))]
    fn compact<'py>(
        &self,
        py: Python<'py>,
        options: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let fault = Fault::default();
        let options = compact_options(Keywords::new(options), &fault)?;
        let report = py.detach(|| self.inner.compact(options.options()));
        self.follow(&report);
        compact_report(py, &fault.settle(report)?)
    }

    /// The versions that can be opened with `snapshot_at`, ascending.
    fn versions(&self, py: Python<'_>) -> PyResult<Vec<u64>> {
        py.detach(|| self.inner.versions()).or_raise()
    }

    /// A handle that shows an earlier version, until it is refreshed or changes the index.
    ///
    /// Parameters
    /// ----------
    /// version : int
    ///     One of `versions`; a selection knows its own.
    /// recorded : int, optional
    ///     How many of the registrations that came one by one it shows: a selection knows that, too.
    ///     Without it, those that were known to be lasting as the version was published.
    ///
    /// Examples
    /// --------
    /// >>> parts = st.build(folder / "dated", [{"serial": "A1"}])
    /// >>> before = parts.select("serial = 'A2'")
    /// >>> parts.load_units([{"serial": "A2"}]).loaded
    /// 1
    /// >>> then = parts.snapshot_at(before.version, recorded=before.recorded)
    /// >>> parts.units, then.units, then.select("serial = 'A2'")
    /// (2, 1, Selection(0 affected, 0 undetermined))
    #[pyo3(signature = (version, *, recorded = None))]
    fn snapshot_at(&self, py: Python<'_>, version: u64, recorded: Option<u64>) -> PyResult<Index> {
        let shown = py.detach(|| self.inner.snapshot_at(version, recorded)).or_raise()?;
        let (inner, path, copying) = (Arc::clone(&self.inner), self.path.clone(), self.copying);
        Ok(Index { inner, path, copying, shown: RwLock::new(Some(shown)) })
    }

    /// Removes all versions but the newest so many, and the files that only they need; a
    /// `PruneReport`.
    fn prune<'py>(&self, py: Python<'py>, versions: u64) -> PyResult<Bound<'py, PyAny>> {
        let report = py.detach(|| self.inner.prune(versions)).or_raise()?;
        prune_report(py, &report)
    }

    /// Becomes the one writer, to take registrations one by one; a `Registrar`.
    ///
    /// Parameters
    /// ----------
    /// contact_text : bool, default True
    ///     Whether names, addresses and numbers are kept.
    #[pyo3(signature = (*, contact_text = true))]
    fn registrar(&self, py: Python<'_>, contact_text: bool) -> PyResult<Registrar> {
        Registrar::open(py, &self.inner, contact_text)
    }

    /// Moves what was registered one by one into a segment, which answers faster; a `FoldReport`.
    /// Registrars go on meanwhile, and answers stay the same.
    fn fold<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let report = py.detach(|| self.inner.fold());
        self.follow(&report);
        fold_report(py, &report.or_raise()?)
    }

    /// Takes the newest version and what was registered since; says whether there is anything new.
    fn refresh(&self, py: Python<'_>) -> PyResult<bool> {
        let newer = py.detach(|| self.inner.refresh());
        let was_earlier = self.follow(&newer);
        Ok(newer.or_raise()? || was_earlier)
    }

    /// The units that a scope covers, and those it may cover.
    ///
    /// Parameters
    /// ----------
    /// scope : Scope or str
    ///     An expression, or SQL.
    /// progress : bool or callable, optional
    ///     True for a bar; or what is called with the rows read and how many must be read, where
    ///     they are many.
    /// **parameters
    ///     The values of the scope's parameters: a value, a list, or a `SerialSet`.
    ///
    /// Examples
    /// --------
    /// >>> index.select((col("facility") == "Leipzig") | (serial >= "00042501"))
    /// Selection(3 affected, 0 undetermined)
    /// >>> index.select("facility IN :plants", plants=["Leipzig", "Brno"])
    /// Selection(2 affected, 1 undetermined)
    #[pyo3(signature = (scope, /, *, progress = None, **parameters))]
    fn select(
        &self,
        py: Python<'_>,
        scope: &Bound<'_, PyAny>,
        progress: Option<&Bound<'_, PyAny>>,
        parameters: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Selection> {
        let (scope, parameters) = (scope_of(scope)?, parameters_of(parameters)?);
        let progress = progress.map_or(Ok(None), told_progress)?;
        let (snapshot, fault) = (self.snapshot(), Fault::default());
        let found = py.detach(|| {
            let bound = snapshot.schema().bind_with(&scope, &parameters)?;
            snapshot.select_bound_watched(&bound, &mut watch(progress, &fault))
        });
        fault.settle(found).map(Selection::from)
    }

    /// Evaluates a scope and says how: an `Explanation`.
    ///
    /// Parameters
    /// ----------
    /// scope, **parameters
    ///     As for `select`.
    ///
    /// Examples
    /// --------
    /// >>> index.explain("facility = :plant", plant="Leipzig").affected
    /// 1
    #[pyo3(signature = (scope, /, **parameters))]
    fn explain<'py>(
        &self,
        py: Python<'py>,
        scope: &Bound<'py, PyAny>,
        parameters: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (scope, parameters) = (scope_of(scope)?, parameters_of(parameters)?);
        let snapshot = self.snapshot();
        let started = Instant::now();
        let clock = move || u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let told = py.detach(|| {
            let bound = snapshot.schema().bind_with(&scope, &parameters)?;
            snapshot.explain_bound(&bound, &clock)
        });
        explanation(py, &told.or_raise()?)
    }

    /// All units.
    fn all(&self) -> UnitSet {
        self.snapshot().all().into()
    }

    /// Finds the units of many serials: a column of Arrow or numpy, or any other iterable.
    ///
    /// Examples
    /// --------
    /// >>> told = index.lookup(["00042500", "00049999", "42500", "00042500"])
    /// >>> told
    /// Lookup(1 found, 1 unknown, 1 invalid, 1 duplicate, 0 ambiguous)
    /// >>> told.invalid
    /// [2]
    #[pyo3(signature = (serials, *, namespace = None))]
    fn lookup(
        &self,
        py: Python<'_>,
        serials: &Bound<'_, PyAny>,
        namespace: Option<&str>,
    ) -> PyResult<Lookup> {
        let (texts, snapshot) = (Texts::of(serials)?, self.snapshot());
        let found = py.detach(|| {
            let serials = texts.slices()?;
            let found = match namespace {
                Some(namespace) => snapshot.lookup_in(namespace, &serials),
                None => snapshot.lookup(&serials),
            };
            found.or_raise()
        });
        found.map(Lookup::from)
    }

    /// Finds the units of many identifiers of a column: a column of Arrow or numpy, or any other
    /// iterable.
    fn lookup_by(
        &self,
        py: Python<'_>,
        column: &str,
        identifiers: &Bound<'_, PyAny>,
    ) -> PyResult<Lookup> {
        let (texts, snapshot) = (Texts::of(identifiers)?, self.snapshot());
        let found = py.detach(|| snapshot.lookup_by(column, &texts.slices()?).or_raise());
        found.map(Lookup::from)
    }

    /// The set of units that these rows are, as `UnitSet.to_roaring` gave them.
    fn set_from_roaring(&self, py: Python<'_>, parts: Vec<(String, Vec<u8>)>) -> PyResult<UnitSet> {
        let part = |(segment, rows)| SegmentRows { segment, rows };
        let parts: Vec<SegmentRows> = parts.into_iter().map(part).collect();
        let snapshot = self.snapshot();
        py.detach(|| snapshot.set_from_roaring(&parts)).or_raise().map(UnitSet::from)
    }

    /// Reads every byte of every file; a `Verification`.
    fn verify<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let found = py.detach(|| self.inner.verify()).or_raise()?;
        verification(py, &found)
    }

    fn __reduce__(slf: &Bound<'_, Self>) -> PyResult<(Py<PyAny>, (String,))> {
        let mut open = slf.py().import("seriatim._native")?.getattr("open")?;
        if slf.get().copying {
            let keywords = [("copying", true)].into_py_dict(slf.py())?;
            let partial = slf.py().import("functools")?.getattr("partial")?;
            open = partial.call((open,), Some(&keywords))?;
        }
        Ok((open.unbind(), (slf.get().path.clone(),)))
    }

    #[classmethod]
    #[pyo3(name = "open")]
    #[pyo3(signature = (path, *, copying = false))]
    fn open_at(
        _class: &Bound<'_, PyType>,
        path: &Bound<'_, PyAny>,
        copying: bool,
    ) -> PyResult<Index> {
        open(path.py(), path, copying)
    }

    fn _repr_html_<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("seriatim._html")?.call_method1("index", (slf,))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let snapshot = self.snapshot();
        let registrations = py.detach(|| snapshot.registrations()).or_raise()?;
        Ok(format!(
            "Index({:?}, version {}, {} units, {} registrations)",
            self.path,
            snapshot.version(),
            snapshot.units(),
            registrations
        ))
    }
}
