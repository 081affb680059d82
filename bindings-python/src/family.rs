//! Serial families.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyType};
use seriatim::{CheckPolicy, Families, FieldValue, Inferrer};

use crate::error::{OrRaise, invalid};
use crate::report;
use crate::texts::Texts;

/// How a maker writes and orders serials.
///
/// Examples
/// --------
/// >>> bike = st.SerialFamily("bike", "{plant:A2}{yy:year2}{n:D4}", order=["yy", "plant", "n"])
/// >>> bike.fields("AX250007")
/// {'plant': 'AX', 'yy': 2025, 'n': 7}
/// >>> bike.encode("BX240001") < bike.encode("AX250001")
/// True
#[pyclass(frozen, eq, module = "seriatim")]
#[derive(Clone, PartialEq)]
pub(crate) struct SerialFamily {
    pub(crate) inner: seriatim::SerialFamily,
}

impl From<seriatim::SerialFamily> for SerialFamily {
    fn from(inner: seriatim::SerialFamily) -> Self {
        SerialFamily { inner }
    }
}

fn ready(family: seriatim::Result<seriatim::SerialFamily>) -> PyResult<SerialFamily> {
    family.or_raise().map(SerialFamily::from)
}

#[pymethods]
impl SerialFamily {
    #[new]
    #[pyo3(signature = (name, layout, *, order = None, normaliser = None, check_policy = None))]
    fn new(
        name: &str,
        layout: &str,
        order: Option<Vec<String>>,
        normaliser: Option<Vec<String>>,
        check_policy: Option<&str>,
    ) -> PyResult<Self> {
        let mut family = seriatim::SerialFamily::new(name, layout).or_raise()?;
        if let Some(order) = order {
            let order: Vec<&str> = order.iter().map(String::as_str).collect();
            family = family.order_by(&order).or_raise()?;
        }
        if let Some(rules) = normaliser {
            family = family.with_normaliser(document(rules.into())?).or_raise()?;
        }
        if let Some(policy) = check_policy {
            family = family.with_check_policy(document(policy.into())?).or_raise()?;
        }
        Ok(family.into())
    }

    /// A running number of 1 to `digits_max` digits without zeros in front.
    #[staticmethod]
    fn counter(name: &str, digits_max: usize) -> PyResult<Self> {
        ready(seriatim::SerialFamily::counter(name, digits_max))
    }

    /// A running number behind a prefix, with a dash, a space or nothing between.
    #[staticmethod]
    fn prefixed_counter(name: &str, prefix: &str, digits_max: usize) -> PyResult<Self> {
        ready(seriatim::SerialFamily::prefixed_counter(name, prefix, digits_max))
    }

    /// Vehicle identification numbers, the tenth character of which is a model year, the first of
    /// 30 that it may stand for.
    #[staticmethod]
    fn vin(name: &str, first_model_year: i16) -> PyResult<Self> {
        ready(seriatim::SerialFamily::vin(name, first_model_year))
    }

    /// Vehicle identification numbers that have 0, U or Z at the tenth place.
    #[staticmethod]
    fn vin_without_model_year(name: &str) -> PyResult<Self> {
        ready(seriatim::SerialFamily::vin_without_model_year(name))
    }

    /// IMEIs of mobile devices, 15 digits with their check digit.
    #[staticmethod]
    fn imei(name: &str) -> PyResult<Self> {
        ready(seriatim::SerialFamily::imei(name))
    }

    /// IMEIs with the version of their software, 16 digits.
    #[staticmethod]
    fn imeisv(name: &str) -> PyResult<Self> {
        ready(seriatim::SerialFamily::imeisv(name))
    }

    /// Any serial of GS1 (AI 21): 1 to 20 characters.
    #[staticmethod]
    fn gs1(name: &str) -> PyResult<Self> {
        ready(seriatim::SerialFamily::gs1(name))
    }

    /// Reads a family from its JSON.
    #[classmethod]
    fn from_json(_class: &Bound<'_, PyType>, text: &str) -> PyResult<Self> {
        let inner = serde_json::from_str(text).map_err(|error| invalid(error.to_string()))?;
        Ok(SerialFamily { inner })
    }

    /// The family as JSON.
    fn to_json(&self) -> PyResult<String> {
        serde_json::to_string(&self.inner).map_err(|error| invalid(error.to_string()))
    }

    fn __reduce__(slf: &Bound<'_, Self>) -> PyResult<(Py<PyAny>, (String,))> {
        let from_json = slf.get_type().getattr("from_json")?;
        Ok((from_json.unbind(), (slf.get().to_json()?,)))
    }

    /// The name.
    #[getter]
    fn name(&self) -> &str {
        self.inner.name()
    }

    /// The layout, such as `{plant:A2}{n:D11}`.
    #[getter]
    fn layout(&self) -> String {
        self.inner.layout()
    }

    /// The fields, the most significant first.
    #[getter]
    fn order(&self) -> Vec<String> {
        self.inner.order().map(str::to_owned).collect()
    }

    /// The fields of a serial by name, and none where it does not fit.
    fn fields<'py>(&self, py: Python<'py>, serial: &str) -> PyResult<Option<Bound<'py, PyDict>>> {
        let Some(code) = self.inner.encode(serial) else { return Ok(None) };
        let fields = PyDict::new(py);
        for (name, value) in self.inner.values(code).or_raise()? {
            match value {
                FieldValue::Number(number) => fields.set_item(name, number)?,
                FieldValue::Text(text) => fields.set_item(name, &*text)?,
            }
        }
        Ok(Some(fields))
    }

    /// Whether the check character of a serial is right; none where there is none, or it does not
    /// fit.
    fn check(&self, serial: &str) -> Option<bool> {
        self.inner.check(serial)
    }

    /// What happens to serials whose check characters are wrong: "report" or "require".
    #[getter]
    fn check_policy(&self) -> &'static str {
        match self.inner.check_policy() {
            CheckPolicy::Report => "report",
            CheckPolicy::Require => "require",
        }
    }

    /// The family with another policy for check characters.
    fn with_check_policy(&self, policy: &str) -> PyResult<Self> {
        ready(self.inner.clone().with_check_policy(document(policy.into())?))
    }

    /// The place of a serial in the order of the family; none where it does not fit.
    fn encode(&self, serial: &str) -> Option<u128> {
        self.inner.encode(serial)
    }

    /// The serial at a place, as the family writes it.
    fn decode(&self, code: u128) -> PyResult<String> {
        self.inner.decode(code).or_raise()
    }

    fn __repr__(&self) -> String {
        format!("SerialFamily({:?}, {:?})", self.inner.name(), self.inner.layout())
    }
}

/// Reads serial families off a sample, beside those that exist; a dict of what is proposed.
///
/// Examples
/// --------
/// >>> told = st.infer([f"LJ-{it:04}" for it in range(100)])
/// >>> told["families"][0]["family"]["layout"]
/// 'LJ-{n:D4}'
#[pyfunction]
#[pyo3(signature = (serials, existing = None))]
pub(crate) fn infer<'py>(
    py: Python<'py>,
    serials: &Bound<'py, PyAny>,
    existing: Option<Vec<PyRef<'py, SerialFamily>>>,
) -> PyResult<Bound<'py, PyAny>> {
    let existing = families(existing)?;
    let texts = Texts::of(serials)?;
    let inference = py.detach(|| {
        let mut inferrer = Inferrer::new(&existing);
        for serial in texts.slices()? {
            if existing.iter().any(|(_, family)| family.encode(serial).is_some()) {
                inferrer.observe_known(1);
            } else {
                inferrer.observe(serial);
            }
        }
        Ok::<_, PyErr>(inferrer.finish())
    })?;
    report::inference(py, &inference)
}

/// A value of the core from its JSON.
fn document<T: serde::de::DeserializeOwned>(value: serde_json::Value) -> PyResult<T> {
    serde_json::from_value(value).map_err(|error| invalid(error.to_string()))
}

/// The families of a list.
pub(crate) fn families(given: Option<Vec<PyRef<'_, SerialFamily>>>) -> PyResult<Families> {
    let families = given.unwrap_or_default().iter().map(|it| it.inner.clone()).collect();
    Families::new(families).or_raise()
}
