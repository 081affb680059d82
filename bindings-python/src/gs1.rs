//! What a scanner reads.

use pyo3::prelude::*;
use pyo3::types::PyType;
use seriatim::Families;

use crate::error::OrRaise;
use crate::family::{SerialFamily, families};

/// Data of GS1: application identifiers with their values, such as a GTIN (01) and a serial (21).
///
/// Examples
/// --------
/// >>> read = st.ElementString("https://example.org/01/09506000134352/21/A1?17=271231")
/// >>> read.gtin, read.serial, read.value("17")
/// ('09506000134352', 'A1', '271231')
/// >>> str(read)
/// '(01)09506000134352(21)A1(17)271231'
#[pyclass(frozen, eq, module = "seriatim")]
#[derive(Clone, PartialEq)]
pub(crate) struct ElementString {
    inner: seriatim::ElementString,
}

#[pymethods]
impl ElementString {
    /// Reads any of its forms: in brackets, behind FNC1 or a symbology identifier, a GS1 Digital
    /// Link, an SGTIN.
    #[new]
    fn new(text: &str) -> PyResult<Self> {
        text.parse().or_raise().map(|inner| ElementString { inner })
    }

    /// The data of a unit: its GTIN of 8, 12, 13 or 14 digits and its serial.
    #[classmethod]
    fn of_unit(_class: &Bound<'_, PyType>, gtin: &str, serial: &str) -> PyResult<Self> {
        let inner = seriatim::ElementString::of_unit(gtin, serial).or_raise()?;
        Ok(ElementString { inner })
    }

    /// The identifiers and their values, in the order in which they were read.
    #[getter]
    fn elements(&self) -> Vec<(String, String)> {
        let pair = |(ai, value): (&str, &str)| (ai.to_owned(), value.to_owned());
        self.inner.elements().map(pair).collect()
    }

    /// The value of an identifier, such as "17"; none where it is not there.
    fn value(&self, ai: &str) -> Option<&str> {
        self.inner.value(ai)
    }

    /// The GTIN (01), 14 digits.
    #[getter]
    fn gtin(&self) -> Option<&str> {
        self.inner.gtin()
    }

    /// The serial (21), as it is on the label.
    #[getter]
    fn serial(&self) -> Option<&str> {
        self.inner.serial()
    }

    /// The text that a scanner transmits: FNC1 in front, and where it must stand between.
    fn to_fnc1(&self) -> String {
        self.inner.to_fnc1()
    }

    /// A GS1 Digital Link below a stem, such as `https://id.gs1.org`.
    fn to_digital_link(&self, stem: &str) -> PyResult<String> {
        self.inner.to_digital_link(stem).or_raise()
    }

    /// The SGTIN of EPC of GTIN and serial, for a company prefix of so many digits.
    fn to_sgtin(&self, company_prefix_digits: usize) -> PyResult<String> {
        self.inner.to_sgtin(company_prefix_digits).or_raise()
    }

    fn __str__(&self) -> String {
        self.inner.to_string()
    }

    fn __repr__(&self) -> String {
        format!("ElementString({:?})", self.inner.to_string())
    }

    fn __reduce__(slf: &Bound<'_, Self>) -> (Py<PyType>, (String,)) {
        (slf.get_type().unbind(), (slf.get().inner.to_string(),))
    }
}

/// One unit as a scanner names it: a serial, and its namespace where the label tells it.
///
/// Examples
/// --------
/// >>> st.Scanned.read("(01)09506000134352(21)A1")
/// Scanned("A1", namespace="09506000134352")
/// >>> st.Scanned.read("LJ-1440")
/// Scanned("LJ-1440")
#[pyclass(frozen, eq, module = "seriatim")]
#[derive(Clone, PartialEq)]
pub(crate) struct Scanned {
    inner: seriatim::Scanned,
}

#[pymethods]
impl Scanned {
    /// Reads what a scanner gives. What one of the families takes is a serial by itself; else data
    /// of GS1 are read wherever they begin like them, and everything else is a serial.
    #[classmethod]
    #[pyo3(signature = (text, families = None))]
    fn read(
        _class: &Bound<'_, PyType>,
        text: &str,
        families: Option<Vec<PyRef<'_, SerialFamily>>>,
    ) -> PyResult<Self> {
        let families: Families = self::families(families)?;
        let inner = seriatim::Scanned::read(text, &families).or_raise()?;
        Ok(Scanned { inner })
    }

    /// The GTIN, 14 digits, where the label tells it.
    #[getter]
    fn namespace(&self) -> Option<&str> {
        self.inner.namespace()
    }

    /// The serial as it was read.
    #[getter]
    fn serial(&self) -> &str {
        self.inner.serial()
    }

    /// The data of GS1 that the serial comes from, if it does.
    #[getter]
    fn elements(&self) -> Option<ElementString> {
        self.inner.elements().map(|it| ElementString { inner: it.clone() })
    }

    fn __repr__(&self) -> String {
        match self.inner.namespace() {
            None => format!("Scanned({:?})", self.inner.serial()),
            Some(name) => format!("Scanned({:?}, namespace={name:?})", self.inner.serial()),
        }
    }
}
