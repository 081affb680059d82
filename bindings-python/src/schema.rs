//! Columns and serial families.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyType};
use seriatim::{ColumnType, Families, FieldValue, Inferrer, Place, Truth};

use crate::convert::{record, result};
use crate::error::OrRaise;
use crate::scope::{Scope, parameters_of, scope_of};

/// A column of an index: its name, its type and, for timestamps, its zone.
#[pyclass(frozen, eq, module = "seriatim")]
#[derive(Clone, PartialEq)]
pub(crate) struct Column {
    pub(crate) inner: seriatim::Column,
}

const TYPES: [ColumnType; 8] = [
    ColumnType::Text,
    ColumnType::Integer,
    ColumnType::Float,
    ColumnType::Date,
    ColumnType::Timestamp,
    ColumnType::Boolean,
    ColumnType::Version,
    ColumnType::TextList,
];

#[pymethods]
impl Column {
    #[new]
    #[pyo3(signature = (name, r#type, *, zone = None))]
    fn new(name: &str, r#type: &str, zone: Option<&str>) -> PyResult<Self> {
        let found = TYPES.into_iter().find(|it| it.name() == r#type).ok_or_else(|| {
            let names: Vec<&str> = TYPES.iter().map(|it| it.name()).collect();
            PyValueError::new_err(format!(
                "there is no type {:?}; there are {}",
                r#type,
                names.join(", ")
            ))
        })?;
        let column = seriatim::Column::new(name, found).or_raise()?;
        let inner = match zone {
            Some(zone) => column.in_zone(zone).or_raise()?,
            None => column,
        };
        Ok(Column { inner })
    }

    /// The name.
    #[getter]
    fn name(&self) -> &str {
        self.inner.name()
    }

    /// The type: text, integer, float, date, timestamp, boolean, version or `text_list`.
    #[getter]
    fn r#type(&self) -> &'static str {
        self.inner.column_type().name()
    }

    /// The zone of a timestamp, such as Europe/Berlin; UTC unless declared.
    #[getter]
    fn zone(&self) -> PyResult<String> {
        Ok(self.inner.zone().or_raise()?.name().to_owned())
    }

    fn __repr__(&self) -> String {
        format!("Column({:?}, {:?})", self.inner.name(), self.inner.column_type().name())
    }
}

/// How a maker writes and orders serials.
#[pyclass(frozen, eq, module = "seriatim")]
#[derive(Clone, PartialEq)]
pub(crate) struct SerialFamily {
    pub(crate) inner: seriatim::SerialFamily,
}

impl SerialFamily {
    fn read(document: serde_json::Value) -> PyResult<Self> {
        let inner = serde_json::from_value(document);
        let inner = inner.map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok(SerialFamily { inner })
    }
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
        let mut document = serde_json::json!({
            "name": name,
            "layout": layout,
            "order": order.unwrap_or_default(),
            "normaliser": normaliser.unwrap_or_default(),
        });
        if let (Some(policy), Some(keys)) = (check_policy, document.as_object_mut()) {
            keys.insert("check_policy".into(), policy.into());
        }
        SerialFamily::read(document)
    }

    /// Reads a family from its JSON.
    #[classmethod]
    fn from_json(_class: &Bound<'_, PyType>, text: &str) -> PyResult<Self> {
        let document = serde_json::from_str(text);
        SerialFamily::read(document.map_err(|error| PyValueError::new_err(error.to_string()))?)
    }

    /// The family as JSON.
    fn to_json(&self) -> PyResult<String> {
        serde_json::to_string(&self.inner).map_err(|error| PyValueError::new_err(error.to_string()))
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

    /// Whether a serial fits.
    fn fits(&self, serial: &str) -> bool {
        self.inner.encode(serial).is_some()
    }

    fn __repr__(&self) -> String {
        format!("SerialFamily({:?}, {:?})", self.inner.name(), self.inner.layout())
    }
}

/// The columns and serial families of an index.
#[pyclass(frozen, eq, module = "seriatim")]
#[derive(Clone, PartialEq)]
pub(crate) struct Schema {
    pub(crate) inner: seriatim::Schema,
}

#[pymethods]
impl Schema {
    #[new]
    #[pyo3(signature = (columns = None, families = None))]
    fn new(
        columns: Option<Vec<PyRef<'_, Column>>>,
        families: Option<Vec<PyRef<'_, SerialFamily>>>,
    ) -> PyResult<Self> {
        schema(columns, families).map(|inner| Schema { inner })
    }

    /// The columns.
    #[getter]
    pub(crate) fn columns(&self) -> Vec<Column> {
        self.inner.columns().iter().map(|it| Column { inner: it.clone() }).collect()
    }

    /// The serial families.
    #[getter]
    pub(crate) fn families(&self) -> Vec<SerialFamily> {
        let families = self.inner.families().iter();
        families.map(|(_, it)| SerialFamily { inner: it.clone() }).collect()
    }

    /// Resolves a scope against the schema; keywords are the values of its parameters.
    #[pyo3(signature = (scope, /, **parameters))]
    fn bind(
        &self,
        scope: &Bound<'_, PyAny>,
        parameters: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<BoundScope> {
        let (scope, parameters) = (scope_of(scope)?, parameters_of(parameters)?);
        let inner = self.inner.bind_with(&scope, &parameters).or_raise()?;
        Ok(BoundScope { inner })
    }

    fn __repr__(&self) -> String {
        let columns = self.inner.columns().len();
        format!("Schema({columns} columns, {} families)", self.inner.families().len())
    }
}

/// A schema of columns and families.
pub(crate) fn schema(
    columns: Option<Vec<PyRef<'_, Column>>>,
    families: Option<Vec<PyRef<'_, SerialFamily>>>,
) -> PyResult<seriatim::Schema> {
    let columns = columns.unwrap_or_default().iter().map(|it| it.inner.clone()).collect();
    let families = families.unwrap_or_default().iter().map(|it| it.inner.clone()).collect();
    let families = Families::new(families).or_raise()?;
    Ok(seriatim::Schema::new(columns).or_raise()?.with_families(families))
}

/// A scope that knows its columns; it decides units that are described, without an index.
#[pyclass(frozen, module = "seriatim")]
pub(crate) struct BoundScope {
    inner: seriatim::BoundScope,
}

#[pymethods]
impl BoundScope {
    /// What the scope says of a unit: a dict with `serial`, `namespace` and columns.
    fn decide(&self, unit: &Bound<'_, PyDict>) -> PyResult<&'static str> {
        Ok(self.inner.decide(&record(unit, self.inner.schema())?).or_raise()?.code())
    }

    /// What the scope says of a unit, and which clauses decide: a `Decision`.
    fn explain<'py>(
        &self,
        py: Python<'py>,
        unit: &Bound<'py, PyDict>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let decision = self.inner.explain_record(&record(unit, self.inner.schema())?).or_raise()?;
        let clauses: PyResult<Vec<Bound<'py, PyAny>>> =
            decision.clauses.iter().map(|it| deciding_clause(py, it)).collect();
        let told = PyDict::new(py);
        told.set_item("verdict", decision.verdict.code())?;
        told.set_item("truth", truth_of(decision.truth))?;
        told.set_item("clauses", clauses?)?;
        result(py, "Decision", &told)
    }

    /// The SHA-256 of the scope and the values of its parameters, as 64 hexadecimal digits.
    #[getter]
    fn digest(&self) -> String {
        self.inner.digest()
    }

    /// Whether the scope holds: True, False, or None where data is missing.
    fn truth(&self, unit: &Bound<'_, PyDict>) -> PyResult<Option<bool>> {
        Ok(truth_of(self.inner.truth(&record(unit, self.inner.schema())?).or_raise()?))
    }

    /// The scope as it was said.
    #[getter]
    fn scope(&self) -> Scope {
        self.inner.scope().clone().into()
    }

    fn __repr__(&self) -> String {
        format!("BoundScope({:?})", self.inner.scope().to_sql())
    }
}

fn truth_of(truth: Truth) -> Option<bool> {
    match truth {
        Truth::True => Some(true),
        Truth::False => Some(false),
        Truth::Unknown => None,
    }
}

fn deciding_clause<'py>(
    py: Python<'py>,
    clause: &seriatim::DecidingClause,
) -> PyResult<Bound<'py, PyAny>> {
    let told = PyDict::new(py);
    told.set_item("text", &clause.text)?;
    told.set_item("truth", truth_of(clause.truth))?;
    match &clause.place {
        Some(Place::Text { line, column, .. }) => {
            told.set_item("line", line)?;
            told.set_item("column", column)?;
        }
        Some(Place::Json { path }) => told.set_item("path", path)?,
        _ => {}
    }
    result(py, "DecidingClause", &told)
}

/// Reads serial families off a sample, beside those that exist; a dict of what is proposed.
#[pyfunction]
#[pyo3(signature = (serials, existing = None))]
pub(crate) fn infer<'py>(
    py: Python<'py>,
    serials: Vec<String>,
    existing: Option<Vec<PyRef<'py, SerialFamily>>>,
) -> PyResult<Bound<'py, PyAny>> {
    let existing = schema(None, existing)?.families().clone();
    let inference = py.detach(|| {
        let mut inferrer = Inferrer::new(&existing);
        for serial in &serials {
            if existing.iter().any(|(_, family)| family.encode(serial).is_some()) {
                inferrer.observe_known(1);
            } else {
                inferrer.observe(serial);
            }
        }
        inferrer.finish()
    });
    let text = serde_json::to_string(&inference)
        .map_err(|error| PyValueError::new_err(error.to_string()))?;
    py.import("json")?.call_method1("loads", (text,))
}
