//! What comes back from a scope and from serials.

use pyo3::prelude::*;
use seriatim::{Reason, Verdict};

use crate::convert::unit_asked;
use crate::error::OrRaise;
use crate::scope::Scope;
use crate::unit_set::UnitSet;

/// The units that a scope covers, and those it may cover.
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

    /// Why units are undetermined: (reason, column or None, units), most units first.
    fn by_reason(&self, py: Python<'_>) -> PyResult<Vec<(&'static str, Option<String>, u64)>> {
        let reasons = py.detach(|| self.inner.undetermined.by_reason()).or_raise()?;
        let told = |(reason, units): (Reason, u64)| {
            let code = reason.code();
            let column = match reason {
                Reason::MissingColumn(name) => Some(name),
                Reason::UnreadableSerial => None,
            };
            (code, column, units)
        };
        Ok(reasons.into_iter().map(told).collect())
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

    /// What the scope says of one unit: a serial, or (namespace, serial).
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

    /// What the scope says of many serials, in their order.
    #[pyo3(signature = (serials, *, namespace = None))]
    fn status_many(
        &self,
        py: Python<'_>,
        serials: Vec<String>,
        namespace: Option<String>,
    ) -> PyResult<Vec<&'static str>> {
        let verdicts: seriatim::Result<Vec<&'static str>> = py.detach(|| {
            let verdict = |it: &String| self.verdict(namespace.as_deref(), it).map(Verdict::code);
            serials.iter().map(verdict).collect()
        });
        verdicts.or_raise()
    }

    fn _repr_html_<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("seriatim._html")?.call_method1("selection", (slf,))
    }

    fn __repr__(&self) -> String {
        format!(
            "Selection({} affected, {} undetermined)",
            self.inner.affected.len(),
            self.inner.undetermined.len()
        )
    }
}

/// What a newer selection has that an older one has not, and the other way round.
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
