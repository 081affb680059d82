//! What comes back from a scope and from serials.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use seriatim::{Reason, Verdict};

use crate::convert::{result, unit_asked};
use crate::error::OrRaise;
use crate::schema::{decision, notices_of};
use crate::scope::Scope;
use crate::texts::Texts;
use crate::unit_set::{Unit, UnitSet};
use crate::verdicts::{Verdicts, verdict_of};

/// The units that a scope covers, and those it may cover. Made by `Index.select`.
///
/// Examples
/// --------
/// >>> found = index.select("facility = 'Leipzig'")
/// >>> found
/// Selection(1 affected, 1 undetermined)
/// >>> [(it.text, it.units) for it in found.by_reason()]
/// [('facility is missing', 1)]
#[pyclass(frozen, module = "seriatim")]
pub(crate) struct Selection {
    inner: seriatim::Selection,
}

impl From<seriatim::Selection> for Selection {
    fn from(inner: seriatim::Selection) -> Self {
        Selection { inner }
    }
}

impl Selection {
    fn verdict(&self, namespace: Option<&str>, serial: &str) -> seriatim::Result<Verdict> {
        match namespace {
            Some(namespace) => self.inner.status_in(namespace, serial),
            None => self.inner.status(serial),
        }
    }
}

#[pymethods]
impl Selection {
    /// Units for which the scope is TRUE.
    #[getter]
    fn affected(&self) -> UnitSet {
        self.inner.affected.clone().into()
    }

    /// Units for which it is UNKNOWN: data is missing, so that they cannot be ruled out.
    #[getter]
    fn undetermined(&self) -> UnitSet {
        self.inner.undetermined.clone().into_units().into()
    }

    /// Why units are undetermined, most units first: `ReasonUnits`.
    fn by_reason<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let reasons = py.detach(|| self.inner.undetermined.by_reason()).or_raise()?;
        let told = |(reason, units): (Reason, u64)| {
            let told = PyDict::new(py);
            told.set_item("reason", reason.code())?;
            told.set_item("column", reason.column())?;
            told.set_item("text", reason.to_string())?;
            told.set_item("units", units)?;
            result(py, "ReasonUnits", &told)
        };
        reasons.into_iter().map(told).collect()
    }

    /// What became of the units between this selection and a newer one.
    fn diff(&self, py: Python<'_>, newer: &Selection) -> PyResult<ScopeDiff> {
        let inner = py.detach(|| self.inner.diff(&newer.inner)).or_raise()?;
        Ok(ScopeDiff { inner })
    }

    /// The units whose serials fit no family but may be misread ones of a range in the scope.
    fn near_misses(&self, py: Python<'_>) -> PyResult<UnitSet> {
        py.detach(|| self.inner.near_misses()).or_raise().map(UnitSet::from)
    }

    /// The scope that was asked.
    #[getter]
    fn scope(&self) -> Scope {
        self.inner.scope().scope().clone().into()
    }

    /// The version of the index that it was made on.
    #[getter]
    fn version(&self) -> u64 {
        self.inner.affected.snapshot().version()
    }

    /// How many registrations and changes had come one by one by then.
    #[getter]
    fn recorded(&self) -> u64 {
        self.inner.affected.snapshot().recorded()
    }

    /// The SHA-256 of the scope and of the values of its parameters, as 64 hexadecimal digits.
    #[getter]
    fn digest(&self) -> String {
        self.inner.scope().digest()
    }

    /// What the scope says of one unit: a serial, (namespace, serial), or what a scanner reads.
    ///
    /// Examples
    /// --------
    /// >>> index.select("facility = 'Leipzig'").status("00042502")
    /// 'undetermined'
    #[pyo3(signature = (serial, *, namespace = None))]
    fn status(
        &self,
        serial: &Bound<'_, PyAny>,
        namespace: Option<String>,
    ) -> PyResult<&'static str> {
        let (own, serial) = unit_asked(serial)?;
        let verdict = self.verdict(namespace.or(own).as_deref(), &serial).or_raise()?;
        Ok(verdict.code())
    }

    /// What the scope says of the unit of this identifier in a column.
    fn status_by(&self, column: &str, identifier: &str) -> PyResult<&'static str> {
        Ok(self.inner.status_by(column, identifier).or_raise()?.code())
    }

    /// What the scope says of many serials, in their order: `Verdicts` of a column of Arrow or
    /// numpy, a list of any other iterable. A serial that is missing is invalid.
    ///
    /// Examples
    /// --------
    /// >>> found = index.select("facility = 'Leipzig'")
    /// >>> found.status_many(["00042500", "00042501"])
    /// ['affected', 'not_affected']
    /// >>> found.status_many(units["serial"]).counts()
    /// {'affected': 1, 'undetermined': 1, 'not_affected': 1}
    #[pyo3(signature = (serials, *, namespace = None))]
    fn status_many<'py>(
        &self,
        py: Python<'py>,
        serials: &Bound<'py, PyAny>,
        namespace: Option<String>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let texts = Texts::of(serials)?;
        let verdicts = py.detach(|| {
            let serials = texts.slices()?;
            match &namespace {
                Some(namespace) => self.inner.status_many_in(namespace, &serials),
                None => self.inner.status_many(&serials),
            }
            .or_raise()
        })?;
        match texts {
            Texts::Column(_) => Ok(Verdicts::new(&verdicts)?.into_pyobject(py)?.into_any()),
            Texts::List(_) => {
                let codes: Vec<&str> = verdicts.into_iter().map(Verdict::code).collect();
                codes.into_pyobject(py)
            }
        }
    }

    /// What the scope says of one unit of the index, and which clauses decide: a `Decision`.
    ///
    /// Examples
    /// --------
    /// >>> index.select("facility = 'Leipzig'").explain_unit("00042501").clauses[0].text
    /// "facility = 'Leipzig'"
    #[pyo3(signature = (serial, *, namespace = ""))]
    fn explain_unit<'py>(
        &self,
        py: Python<'py>,
        serial: &str,
        namespace: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let told = py.detach(|| self.inner.explain_unit(namespace, serial)).or_raise()?;
        decision(py, &told)
    }

    fn _repr_html_<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("seriatim._html")?.call_method1("selection", (slf,))
    }

    /// What the scope says that most likely is not what is meant, in its order: a list of `Notice`.
    fn notices<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        notices_of(py, self.inner.scope())
    }

    fn __repr__(&self) -> String {
        let (affected, undetermined) = (self.inner.affected.len(), self.inner.undetermined.len());
        let notices = self.inner.scope().notices();
        let told = notices.iter().map(|it| format!("; {}: {}", it.clause, it.message));
        let told = told.collect::<Vec<_>>().concat();
        format!("Selection({affected} affected, {undetermined} undetermined{told})")
    }
}

/// What a newer selection has that an older one has not, and the other way round.
///
/// Examples
/// --------
/// >>> older = index.select("facility = 'Leipzig'")
/// >>> older.diff(index.select("facility IN ('Leipzig', 'Brno')"))
/// ScopeDiff(1 added, 0 removed, 1 kept)
#[pyclass(frozen, module = "seriatim")]
pub(crate) struct ScopeDiff {
    inner: seriatim::ScopeDiff,
}

#[pymethods]
impl ScopeDiff {
    /// Units that are affected now and were not before.
    #[getter]
    fn added(&self) -> UnitSet {
        self.inner.added.clone().into()
    }

    /// Units that were affected before and are not now.
    #[getter]
    fn removed(&self) -> UnitSet {
        self.inner.removed.clone().into()
    }

    /// Units that were affected before and still are.
    #[getter]
    fn kept(&self) -> UnitSet {
        self.inner.kept.clone().into()
    }

    /// Units that had one verdict before and have another now.
    fn moved(&self, py: Python<'_>, before: &str, now: &str) -> PyResult<UnitSet> {
        let (before, now) = (verdict_of(before)?, verdict_of(now)?);
        py.detach(|| self.inner.moved(before, now)).or_raise().map(UnitSet::from)
    }

    /// How many units had which verdict before and have which other now, where there are some.
    fn moves(&self, py: Python<'_>) -> PyResult<Vec<(&'static str, &'static str, u64)>> {
        let moves = py.detach(|| self.inner.moves()).or_raise()?;
        Ok(moves.into_iter().map(|(before, now, it)| (before.code(), now.code(), it)).collect())
    }

    fn __repr__(&self) -> String {
        let it = &self.inner;
        let (added, removed, kept) = (it.added.len(), it.removed.len(), it.kept.len());
        format!("ScopeDiff({added} added, {removed} removed, {kept} kept)")
    }
}

/// What became of serials that were looked up.
#[pyclass(frozen, module = "seriatim")]
pub(crate) struct Lookup {
    inner: seriatim::Lookup,
}

impl From<seriatim::Lookup> for Lookup {
    fn from(inner: seriatim::Lookup) -> Self {
        Lookup { inner }
    }
}

#[pymethods]
impl Lookup {
    /// The units of the serials that are there once.
    #[getter]
    fn found(&self) -> UnitSet {
        self.inner.found.clone().into()
    }

    /// The places of serials that would fit, but are no unit's.
    #[getter]
    fn unknown(&self) -> Vec<usize> {
        self.inner.unknown.clone()
    }

    /// The places of what fits no family and is no unit's.
    #[getter]
    fn invalid(&self) -> Vec<usize> {
        self.inner.invalid.clone()
    }

    /// The places of serials that were asked before.
    #[getter]
    fn duplicate(&self) -> Vec<usize> {
        self.inner.duplicate.clone()
    }

    /// The places of serials that units of several namespaces have.
    #[getter]
    fn ambiguous(&self) -> Vec<usize> {
        self.inner.ambiguous.clone()
    }

    /// What some of the invalid ones may be: `NearMiss`es.
    #[getter]
    fn near_misses<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let near = |it: &seriatim::NearMiss| {
            let told = PyDict::new(py);
            told.set_item("place", it.place)?;
            told.set_item("family", &it.family)?;
            told.set_item("unit", it.unit.as_ref().map(Unit::from))?;
            result(py, "NearMiss", &told)
        };
        self.inner.near_misses.iter().map(near).collect()
    }

    fn __repr__(&self) -> String {
        let it = &self.inner;
        format!(
            "Lookup({} found, {} unknown, {} invalid, {} duplicate, {} ambiguous)",
            it.found.len(),
            it.unknown.len(),
            it.invalid.len(),
            it.duplicate.len(),
            it.ambiguous.len()
        )
    }
}
