//! Units joined with registrations.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::PyTuple;
use seriatim::{Channel, Purpose, RegistrationField, UnreachableReason};

use crate::error::{OrRaise, invalid};
use crate::frame::Frame;
use crate::options::registration_field;
use crate::unit_set::{UnitSet, terms_of};

/// Rows of a batch of contacts and of registrations.
const BATCH_ROWS: usize = 16_384;

/// Who holds the units of a set at an instant. Made by `UnitSet.ownership`.
///
/// Examples
/// --------
/// >>> own = index.all().ownership("2026-01-01T00:00:00Z")
/// >>> own.affected, len(own.registered), len(own.gap)
/// (3, 0, 3)
/// >>> own.reach("safety").reachable
/// 0
#[pyclass(frozen, module = "seriatim")]
pub(crate) struct Ownership {
    inner: Arc<seriatim::Ownership>,
}

impl From<seriatim::Ownership> for Ownership {
    fn from(inner: seriatim::Ownership) -> Self {
        Ownership { inner: Arc::new(inner) }
    }
}

fn purpose_of(code: &str) -> PyResult<Purpose> {
    Purpose::ALL.into_iter().find(|it| it.code() == code).ok_or_else(|| {
        let codes = Purpose::ALL.map(Purpose::code).join(", ");
        invalid(format!("there is no purpose {code:?}; there are {codes}"))
    })
}

#[pymethods]
impl Ownership {
    /// How many units were asked about.
    #[getter]
    fn affected(&self) -> u64 {
        self.inner.affected()
    }

    /// Of these, how many have a registration in an owning role.
    #[getter]
    fn registered(&self) -> UnitSet {
        self.inner.registered_units().clone().into()
    }

    /// Of these, those that have none.
    #[getter]
    fn gap(&self) -> UnitSet {
        self.inner.gap_units().into()
    }

    /// The instant, as text.
    #[getter]
    fn as_of(&self) -> String {
        self.inner.as_of().to_string()
    }

    /// Counts the units by columns, periods and fields of the serial: affected, registered, gap.
    ///
    /// Examples
    /// --------
    /// >>> own = index.all().ownership("2026-01-01T00:00:00Z")
    /// >>> own.by("facility").to_dicts()[0]
    /// {'facility': 'Brno', 'affected': 1, 'registered': 0, 'gap': 1}
    #[pyo3(signature = (*terms))]
    fn by(&self, py: Python<'_>, terms: &Bound<'_, PyTuple>) -> PyResult<Frame> {
        let terms = terms_of(terms)?;
        let batch = py.detach(|| self.inner.by(&terms)?.to_batch()).or_raise()?;
        Ok(Frame::of(batch))
    }

    /// How many units can be reached for a purpose, and why the others cannot.
    #[pyo3(signature = (purpose = "safety"))]
    fn reach(&self, py: Python<'_>, purpose: &str) -> PyResult<Reach> {
        let purpose = purpose_of(purpose)?;
        Ok(Reach { inner: py.detach(|| self.inner.reach(purpose)).or_raise()? })
    }

    /// The units with an owner who can be reached.
    #[pyo3(signature = (purpose = "safety"))]
    fn reachable(&self, py: Python<'_>, purpose: &str) -> PyResult<UnitSet> {
        let purpose = purpose_of(purpose)?;
        Ok(py.detach(|| self.inner.reachable_units(purpose)).or_raise()?.into())
    }

    /// The registered units that cannot be reached, for one reason.
    #[pyo3(signature = (reason, purpose = "safety"))]
    fn unreachable(&self, py: Python<'_>, reason: &str, purpose: &str) -> PyResult<UnitSet> {
        let purpose = purpose_of(purpose)?;
        let found = UnreachableReason::ALL.into_iter().find(|it| it.code() == reason);
        let found = found.ok_or_else(|| {
            let codes = UnreachableReason::ALL.map(UnreachableReason::code).join(", ");
            invalid(format!("there is no reason {reason:?}; there are {codes}"))
        })?;
        Ok(py.detach(|| self.inner.unreachable_units(purpose, found)).or_raise()?.into())
    }

    /// Whether names and contacts are at hand: False where their files are kept elsewhere.
    #[getter]
    fn has_contact_text(&self, py: Python<'_>) -> PyResult<bool> {
        py.detach(|| self.inner.has_contact_text()).or_raise()
    }

    /// The owners who can be reached, each once with all their units, in priority order.
    #[pyo3(signature = (purpose = "safety"))]
    fn contacts(&self, py: Python<'_>, purpose: &str) -> PyResult<Frame> {
        let purpose = purpose_of(purpose)?;
        let contacts = py.detach(|| self.inner.contacts(purpose)).or_raise()?;
        let (schema, rows) = (contacts.batch_schema().or_raise()?, contacts.len() as u64);
        let read = move || Ok(Box::new(contacts.batches(BATCH_ROWS)) as _);
        Ok(Frame::lazy(schema, Some(rows), read))
    }

    /// Every registration of the units that holds at the instant, in serial order, with these
    /// fields; with serial, namespace, owner, role and validity where none is named.
    #[pyo3(signature = (*fields))]
    fn registrations(&self, fields: Vec<String>) -> PyResult<Frame> {
        let fields = fields_of(fields)?;
        let own = Arc::clone(&self.inner);
        let schema = seriatim::Ownership::registration_schema(&fields);
        let read = move || Ok(Box::new(own.registration_batches(&fields, BATCH_ROWS)?) as _);
        Ok(Frame::lazy(schema, None, read))
    }

    fn _repr_html_<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("seriatim._html")?.call_method1("ownership", (slf,))
    }

    fn __repr__(&self) -> String {
        format!(
            "Ownership({} affected, {} registered, {} in the gap, as of {})",
            self.inner.affected(),
            self.inner.registered(),
            self.inner.gap(),
            self.inner.as_of()
        )
    }
}

fn fields_of(names: Vec<String>) -> PyResult<Vec<RegistrationField>> {
    if names.is_empty() {
        return Ok(vec![
            RegistrationField::Serial,
            RegistrationField::Namespace,
            RegistrationField::Owner,
            RegistrationField::Role,
            RegistrationField::ValidFrom,
            RegistrationField::ValidTo,
        ]);
    }
    names.iter().map(|it| registration_field(it)).collect()
}

/// How many units can be reached for one purpose.
#[pyclass(frozen, eq, module = "seriatim")]
#[derive(PartialEq)]
pub(crate) struct Reach {
    inner: seriatim::Reach,
}

#[pymethods]
impl Reach {
    /// What the message is for: safety, service or marketing.
    #[getter]
    fn purpose(&self) -> &'static str {
        self.inner.purpose().code()
    }

    /// How many units were asked about.
    #[getter]
    fn affected(&self) -> u64 {
        self.inner.affected()
    }

    /// Units with an owner who can be reached.
    #[getter]
    fn reachable(&self) -> u64 {
        self.inner.reachable()
    }

    /// Of these, those reachable only because consent is not known and the purpose is safety.
    #[getter]
    fn by_unknown_consent(&self) -> u64 {
        self.inner.by_unknown_consent()
    }

    /// Units that can be reached, by channel; channels overlap.
    #[getter]
    fn by_channel(&self) -> Vec<(&'static str, u64)> {
        Channel::ALL.into_iter().map(|it| (it.code(), self.inner.by_channel(it))).collect()
    }

    /// Registered units that cannot be reached, by reason.
    #[getter]
    fn unreachable(&self) -> Vec<(&'static str, u64)> {
        let reasons = UnreachableReason::ALL.into_iter();
        reasons.map(|it| (it.code(), self.inner.unreachable(it))).collect()
    }

    /// Units without a registration.
    #[getter]
    fn unregistered(&self) -> u64 {
        self.inner.unregistered()
    }

    fn __repr__(&self) -> String {
        format!(
            "Reach({}: {} of {} units reachable, {} unregistered)",
            self.inner.purpose().code(),
            self.inner.reachable(),
            self.inner.affected(),
            self.inner.unregistered()
        )
    }
}
