//! Sets of units.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString, PyTuple};
use seriatim::{By as CoreBy, Groups};

use crate::convert::{instant, result, unit_asked};
use crate::error::OrRaise;
use crate::frame::Frame;
use crate::ownership::Ownership;
use crate::scope::Scope;

/// Units read at a time where a table is given out.
const BATCH_UNITS: usize = 65_536;

/// A unit: its namespace and its serial.
#[pyclass(frozen, eq, hash, module = "seriatim")]
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Unit {
    #[pyo3(get)]
    namespace: String,
    #[pyo3(get)]
    serial: String,
}

impl From<&seriatim::Unit> for Unit {
    fn from(it: &seriatim::Unit) -> Self {
        Unit { namespace: it.namespace().to_owned(), serial: it.serial().to_owned() }
    }
}

#[pymethods]
impl Unit {
    #[new]
    #[pyo3(signature = (serial, namespace = ""))]
    fn new(serial: &str, namespace: &str) -> Self {
        Unit { namespace: namespace.to_owned(), serial: serial.to_owned() }
    }

    fn __str__(&self) -> &str {
        &self.serial
    }

    fn __repr__(&self) -> String {
        if self.namespace.is_empty() {
            return format!("Unit({:?})", self.serial);
        }
        format!("Unit({:?}, namespace={:?})", self.serial, self.namespace)
    }
}

/// A set of units of one version of an index. Combined with `|`, `&`, `-` and `^`.
///
/// Examples
/// --------
/// >>> late = index.select(serial >= "00042501").affected
/// >>> len(late), "00042500" in late, [str(it) for it in index.all() - late]
/// (2, False, ['00042500'])
#[pyclass(frozen, module = "seriatim")]
#[derive(Clone)]
pub(crate) struct UnitSet {
    pub(crate) inner: seriatim::UnitSet,
}

impl From<seriatim::UnitSet> for UnitSet {
    fn from(inner: seriatim::UnitSet) -> Self {
        UnitSet { inner }
    }
}

fn told(set: seriatim::Result<seriatim::UnitSet>) -> PyResult<UnitSet> {
    set.or_raise().map(UnitSet::from)
}

#[pymethods]
impl UnitSet {
    fn __len__(&self) -> PyResult<usize> {
        usize::try_from(self.inner.len()).map_err(|_| PyTypeError::new_err("too many units"))
    }

    fn __bool__(&self) -> bool {
        !self.inner.is_empty()
    }

    fn __contains__(&self, py: Python<'_>, unit: &Bound<'_, PyAny>) -> PyResult<bool> {
        let (namespace, serial) = match unit.cast::<Unit>() {
            Ok(unit) => (Some(unit.get().namespace.clone()), unit.get().serial.clone()),
            Err(_) => unit_asked(unit)?,
        };
        let namespace = namespace.unwrap_or_default();
        py.detach(|| self.inner.contains(&namespace, &serial)).or_raise()
    }

    fn __iter__(&self) -> UnitIter {
        UnitIter { units: std::sync::Mutex::new(self.inner.iter()) }
    }

    fn __or__(&self, py: Python<'_>, other: &UnitSet) -> PyResult<UnitSet> {
        told(py.detach(|| self.inner.union(&other.inner)))
    }

    fn __and__(&self, py: Python<'_>, other: &UnitSet) -> PyResult<UnitSet> {
        told(py.detach(|| self.inner.intersection(&other.inner)))
    }

    fn __sub__(&self, py: Python<'_>, other: &UnitSet) -> PyResult<UnitSet> {
        told(py.detach(|| self.inner.difference(&other.inner)))
    }

    fn __xor__(&self, py: Python<'_>, other: &UnitSet) -> PyResult<UnitSet> {
        told(py.detach(|| {
            let either = self.inner.union(&other.inner)?;
            either.difference(&self.inner.intersection(&other.inner)?)
        }))
    }

    /// Counts the units by columns, periods and fields of the serial.
    ///
    /// Examples
    /// --------
    /// >>> index.all().by("facility").to_dicts()[0]
    /// {'facility': 'Brno', 'units': 1}
    #[pyo3(signature = (*terms))]
    fn by(&self, py: Python<'_>, terms: &Bound<'_, PyTuple>) -> PyResult<Frame> {
        let terms = terms_of(terms)?;
        let batch = py.detach(|| self.inner.by(&terms)?.to_batch()).or_raise()?;
        Ok(Frame::of(batch))
    }

    /// The units in serial order as a table of their serials and of these columns; of all columns
    /// where none is named.
    ///
    /// Examples
    /// --------
    /// >>> index.all().table("facility").to_dicts()[2]
    /// {'serial': '00042502', 'facility': None}
    #[pyo3(signature = (*columns))]
    fn table(&self, columns: Vec<String>) -> PyResult<Frame> {
        let mut columns = columns;
        if columns.is_empty() {
            let all = self.inner.snapshot().schema().columns().iter();
            columns = all.map(|it| it.name().to_owned()).collect();
        }
        let units = self.inner.clone();
        let read = move || {
            let names: Vec<&str> = columns.iter().map(String::as_str).collect();
            units.batches(&names, BATCH_UNITS)
        };
        let schema = read().or_raise()?.schema();
        Ok(Frame::lazy(schema, Some(self.inner.len()), move || Ok(Box::new(read()?))))
    }

    /// The fewest serial ranges that hold these units and no others; with fewer allowed, the
    /// cheapest gaps are closed.
    ///
    /// Examples
    /// --------
    /// >>> ends = index.all() - index.select("serial = '00042501'").affected
    /// >>> print(ends.describe())
    /// serial = '00042500' OR serial = '00042502'
    /// >>> ends.describe(1)
    /// Description(1 ranges, 0 single units, 1 units added)
    #[pyo3(signature = (max_ranges = 1000))]
    fn describe(&self, py: Python<'_>, max_ranges: usize) -> PyResult<Description> {
        let inner = py.detach(|| self.inner.describe(max_ranges)).or_raise()?;
        Ok(Description { inner })
    }

    /// Joins the units with the registrations that hold at an instant: an aware datetime, or a text
    /// with an offset.
    ///
    /// Examples
    /// --------
    /// >>> index.all().ownership("2026-01-01T00:00:00Z")
    /// Ownership(3 affected, 0 registered, 3 in the gap, as of 2026-01-01T00:00:00Z)
    fn ownership(&self, py: Python<'_>, as_of: &Bound<'_, PyAny>) -> PyResult<Ownership> {
        let as_of = instant(as_of)?;
        let inner = py.detach(|| self.inner.ownership(as_of)).or_raise()?;
        Ok(inner.into())
    }

    /// The rows of each segment as portable Roaring bytes: a list of (segment, bytes).
    fn to_roaring<'py>(&self, py: Python<'py>) -> Vec<(String, Bound<'py, PyBytes>)> {
        let parts = py.detach(|| self.inner.to_roaring());
        parts.into_iter().map(|it| (it.segment, PyBytes::new(py, &it.rows))).collect()
    }

    fn __repr__(&self) -> String {
        format!("UnitSet({} units)", self.inner.len())
    }
}

/// Units one by one, in serial order.
#[pyclass(frozen, module = "seriatim")]
pub(crate) struct UnitIter {
    units: std::sync::Mutex<seriatim::UnitIter>,
}

#[pymethods]
impl UnitIter {
    fn __iter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __next__(&self) -> PyResult<Option<Unit>> {
        let mut units = self.units.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        Ok(units.next().transpose().or_raise()?.as_ref().map(Unit::from))
    }
}

/// Serial ranges that say which units a set has.
#[pyclass(frozen, module = "seriatim")]
pub(crate) struct Description {
    inner: seriatim::Description,
}

#[pymethods]
impl Description {
    /// The ranges: `DescribedRange`s.
    #[getter]
    fn ranges<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let range = |it: &seriatim::DescribedRange| {
            let told = PyDict::new(py);
            told.set_item("namespace", &it.namespace)?;
            told.set_item("first", &it.first)?;
            told.set_item("last", &it.last)?;
            told.set_item("units_added", it.units_added)?;
            result(py, "DescribedRange", &told)
        };
        self.inner.ranges().iter().map(range).collect()
    }

    /// Units that stand in no range.
    #[getter]
    fn singles(&self) -> Vec<Unit> {
        self.inner.singles().iter().map(Unit::from).collect()
    }

    /// How many units the ranges hold that the set does not.
    #[getter]
    fn units_added(&self) -> u64 {
        self.inner.units_added()
    }

    /// The ranges as a scope.
    fn to_scope(&self) -> Scope {
        self.inner.to_scope().into()
    }

    fn __str__(&self) -> String {
        self.inner.to_scope().to_sql()
    }

    fn __repr__(&self) -> String {
        format!(
            "Description({} ranges, {} single units, {} units added)",
            self.inner.ranges().len(),
            self.inner.singles().len(),
            self.inner.units_added()
        )
    }
}

/// What units are counted by, beside names of columns.
///
/// Examples
/// --------
/// >>> row = index.all().by(By.serial_field("n")).to_dicts()[0]
/// >>> row
/// {'serial.n': 42500, 'units': 1}
#[pyclass(frozen, module = "seriatim")]
#[derive(Clone)]
pub(crate) struct By {
    inner: CoreBy,
}

#[pymethods]
impl By {
    /// By the days of a date or timestamp column.
    #[staticmethod]
    fn day(column: &str) -> Self {
        By { inner: CoreBy::day(column) }
    }

    /// By its ISO weeks.
    #[staticmethod]
    fn week(column: &str) -> Self {
        By { inner: CoreBy::week(column) }
    }

    /// By its months.
    #[staticmethod]
    fn month(column: &str) -> Self {
        By { inner: CoreBy::month(column) }
    }

    /// By its years.
    #[staticmethod]
    fn year(column: &str) -> Self {
        By { inner: CoreBy::year(column) }
    }

    /// By a field of the serial, such as the plant or the year that it names.
    #[staticmethod]
    fn serial_field(name: &str) -> Self {
        By { inner: CoreBy::serial_field(name) }
    }

    /// By namespace.
    #[staticmethod]
    fn namespace() -> Self {
        By { inner: CoreBy::namespace() }
    }
}

/// Counts several sets by the same terms, side by side: a count each, named as its set. A group that
/// a set does not have counts 0 there.
///
/// Examples
/// --------
/// >>> leipzig = index.select("facility = 'Leipzig'").affected
/// >>> st.beside({"all": index.all(), "leipzig": leipzig}, "facility").to_dicts()[0]
/// {'facility': 'Brno', 'all': 1, 'leipzig': 0}
#[pyfunction]
#[pyo3(signature = (sets, /, *terms))]
pub(crate) fn beside(
    py: Python<'_>,
    sets: &Bound<'_, PyDict>,
    terms: &Bound<'_, PyTuple>,
) -> PyResult<Frame> {
    let terms = terms_of(terms)?;
    let set = |(name, set): (Bound<'_, PyAny>, Bound<'_, PyAny>)| -> PyResult<_> {
        Ok((name.extract::<String>()?, set.cast::<UnitSet>()?.get().inner.clone()))
    };
    let sets: Vec<(String, seriatim::UnitSet)> = sets.iter().map(set).collect::<PyResult<_>>()?;
    let count = || {
        let groups = sets.iter().map(|(name, it)| Ok((name.as_str(), it.by(&terms)?)));
        let groups: Vec<(&str, Groups)> = groups.collect::<seriatim::Result<_>>()?;
        let counts: Vec<(&str, &Groups)> = groups.iter().map(|(name, it)| (*name, it)).collect();
        Groups::beside(&counts)?.to_batch()
    };
    py.detach(count).or_raise().map(Frame::of)
}

/// Names of columns, and terms, as terms.
pub(crate) fn terms_of(terms: &Bound<'_, PyTuple>) -> PyResult<Vec<CoreBy>> {
    let term = |it: Bound<'_, PyAny>| {
        if let Ok(by) = it.cast::<By>() {
            return Ok(by.get().inner.clone());
        }
        if let Ok(name) = it.cast::<PyString>() {
            return Ok(CoreBy::column(name.to_cow()?));
        }
        Err(PyTypeError::new_err(format!(
            "units are counted by names of columns and by By.month(\"made_at\") and the like, not by {}",
            it.get_type().name()?
        )))
    };
    terms.iter().map(term).collect()
}
