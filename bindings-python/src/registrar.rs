//! Registrations one by one.

use std::sync::{Arc, PoisonError, RwLock};

use pyo3::prelude::*;
use pyo3::types::PyDict;
use seriatim::{Record, RegistrarOptions, RegistrationName};

use crate::convert::{instant, record, result};
use crate::error::{OrRaise, invalid};

/// Takes registrations one by one: what it acknowledges survives a crash. Made by
/// `Index.registrar`; several threads may use one at once, and no other process can write meanwhile.
///
/// A registration is a dict with the fields that `Index.load_registrations` takes as columns. It
/// replaces an earlier one that has the same key, or, without a key, the same serial and owner.
///
/// Examples
/// --------
/// >>> with st.build(folder / "live", [{"serial": "A1"}, {"serial": "A2"}]).registrar() as registrar:
/// ...     receipt = registrar.register({"serial": "A1", "owner": "o-1", "email": "a@example.org"})
/// ...     moved = registrar.transfer("2025-06-01T00:00:00Z", {"owner": "o-2"}, serial="A1", owner="o-1")
/// >>> receipt
/// Receipt(start=0, end=1, repeated=False)
/// >>> live = st.open(folder / "live")
/// >>> live.recorded, live.registrations
/// (3, 2)
/// >>> len(live.all().ownership("2025-07-01T00:00:00Z").registered)
/// 1
#[pyclass(frozen, module = "seriatim")]
pub(crate) struct Registrar {
    /// None once it is closed.
    inner: RwLock<Option<Arc<seriatim::Registrar>>>,
}

impl Registrar {
    /// Opens the one registrar of an index.
    pub(crate) fn open(
        py: Python<'_>,
        index: &seriatim::Index,
        contact_text: bool,
    ) -> PyResult<Self> {
        let entropy: Vec<u8> = py.import("os")?.call_method1("urandom", (32,))?.extract()?;
        let entropy: [u8; 32] =
            entropy.try_into().map_err(|_| invalid("the system gave no random bytes"))?;
        let mut options = RegistrarOptions::new(entropy);
        if !contact_text {
            options = options.without_contact_text();
        }
        let inner = py.detach(|| index.registrar(&options)).or_raise()?;
        Ok(Registrar { inner: RwLock::new(Some(Arc::new(inner))) })
    }

    fn receipt<'py>(
        &self,
        py: Python<'py>,
        call: impl FnOnce(&seriatim::Registrar) -> seriatim::Result<seriatim::Receipt> + Send,
    ) -> PyResult<Bound<'py, PyAny>> {
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner).clone();
        let inner = inner.ok_or_else(|| invalid("the registrar is closed"))?;
        let receipt = py.detach(|| call(&inner)).or_raise()?;
        let told = PyDict::new(py);
        told.set_item("start", receipt.sequences().start)?;
        told.set_item("end", receipt.sequences().end)?;
        told.set_item("repeated", receipt.is_repeated())?;
        result(py, "Receipt", &told)
    }
}

/// The keywords by which a registration is named.
fn name(called: Option<&Bound<'_, PyDict>>) -> PyResult<RegistrationName> {
    let (mut key, mut serial, mut owner, mut namespace) = (None, None, None, None);
    for (keyword, value) in called.into_iter().flatten() {
        let slot = match keyword.extract::<String>()?.as_str() {
            "key" => &mut key,
            "serial" => &mut serial,
            "owner" => &mut owner,
            "namespace" => &mut namespace,
            other => return Err(invalid(format!("a registration is not named by `{other}`"))),
        };
        *slot = value.extract::<Option<String>>()?;
    }
    match (key, serial, owner) {
        (Some(key), None, None) if namespace.is_none() => Ok(RegistrationName::key(key)),
        (None, Some(serial), Some(owner)) => {
            let name = RegistrationName::of(serial, owner);
            Ok(namespace.into_iter().fold(name, RegistrationName::in_namespace))
        }
        _ => Err(invalid(
            "a registration is named by its key, or by serial and owner, with the namespace that it \
             was made with",
        )),
    }
}

fn fields(registration: &Bound<'_, PyDict>) -> PyResult<Record> {
    record(registration, &seriatim::Schema::default())
}

#[pymethods]
impl Registrar {
    /// Registers an owner of a unit; it is lasting when this returns.
    ///
    /// Parameters
    /// ----------
    /// registration : dict
    ///     With at least serial and owner.
    /// request : str, optional
    ///     What the caller calls the request: when it comes again, nothing is recorded.
    #[pyo3(signature = (registration, *, request = None))]
    fn register<'py>(
        &self,
        py: Python<'py>,
        registration: &Bound<'py, PyDict>,
        request: Option<String>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let record = fields(registration)?;
        self.receipt(py, |registrar| match &request {
            Some(request) => registrar.register_once(request, &record),
            None => registrar.register(&record),
        })
    }

    /// Registers several owners: all of them are lasting when this returns, or none is.
    fn register_many<'py>(
        &self,
        py: Python<'py>,
        registrations: Vec<Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let records = registrations.iter().map(fields).collect::<PyResult<Vec<_>>>()?;
        self.receipt(py, |registrar| registrar.register_many(&records))
    }

    /// Changes fields of a registration, which is named by `key`, or by `serial` and `owner` (and
    /// the `namespace` that it was made with); an empty text takes a field away.
    #[pyo3(signature = (fields, /, **named))]
    fn change<'py>(
        &self,
        py: Python<'py>,
        fields: &Bound<'py, PyDict>,
        named: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (record, name) = (self::fields(fields)?, name(named)?);
        self.receipt(py, |registrar| registrar.change(&name, &record))
    }

    /// Ends a registration, named as for `change`: from `at` on it holds no more.
    #[pyo3(signature = (at, /, **named))]
    fn end<'py>(
        &self,
        py: Python<'py>,
        at: &Bound<'py, PyAny>,
        named: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (at, name) = (instant(at)?, name(named)?);
        self.receipt(py, |registrar| registrar.end(&name, at))
    }

    /// Ends a registration, named as for `change`, and registers the next owner of its unit from
    /// `at` on, both or none.
    #[pyo3(signature = (at, next, /, **named))]
    fn transfer<'py>(
        &self,
        py: Python<'py>,
        at: &Bound<'py, PyAny>,
        next: &Bound<'py, PyDict>,
        named: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (at, next, name) = (instant(at)?, fields(next)?, name(named)?);
        self.receipt(py, |registrar| registrar.transfer(&name, at, &next))
    }

    /// Closes it, so that others can write. Nothing that was acknowledged is lost without it.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        let inner = self.inner.write().unwrap_or_else(PoisonError::into_inner).take();
        let Some(inner) = inner else { return Ok(()) };
        match Arc::try_unwrap(inner) {
            Ok(inner) => py.detach(|| inner.close()).or_raise(),
            Err(busy) => {
                *self.inner.write().unwrap_or_else(PoisonError::into_inner) = Some(busy);
                Err(invalid("the registrar is at work in another thread; wait for it"))
            }
        }
    }

    fn __enter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    #[pyo3(signature = (*_error))]
    fn __exit__(&self, py: Python<'_>, _error: &Bound<'_, PyAny>) -> PyResult<()> {
        self.close(py)
    }

    fn __repr__(&self) -> &'static str {
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        if inner.is_some() { "Registrar(open)" } else { "Registrar(closed)" }
    }
}
