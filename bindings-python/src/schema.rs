//! Columns and serial families.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use seriatim::{Place, Truth};

use crate::convert::{record, result};
use crate::error::OrRaise;
use crate::family::{SerialFamily, families};
use crate::scope::{Scope, parameters_of, scope_of};

/// A column of an index: its name, its type and, for timestamps, its zone.
#[pyclass(frozen, eq, module = "seriatim")]
#[derive(Clone, PartialEq)]
pub(crate) struct Column {
    pub(crate) inner: seriatim::Column,
}

#[pymethods]
impl Column {
    #[new]
    #[pyo3(signature = (name, r#type, *, zone = None, identifier = None))]
    fn new(
        name: &str,
        r#type: &str,
        zone: Option<&str>,
        identifier: Option<Vec<PyRef<'_, SerialFamily>>>,
    ) -> PyResult<Self> {
        let column = seriatim::Column::new(name, r#type.parse().or_raise()?).or_raise()?;
        let column = match zone {
            Some(zone) => column.in_zone(zone).or_raise()?,
            None => column,
        };
        let inner = match identifier {
            Some(_) => column.as_identifier(families(identifier)?).or_raise()?,
            None => column,
        };
        Ok(Column { inner })
    }

    /// The families of its identifiers; none where it is no identifier.
    #[getter]
    fn identifier(&self) -> Option<Vec<SerialFamily>> {
        let families = self.inner.identifier()?.iter();
        Some(families.map(|(_, it)| it.clone().into()).collect())
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

/// The columns and serial families of an index.
///
/// Examples
/// --------
/// >>> bound = index.schema.bind("facility = 'Leipzig'")
/// >>> bound.decide({"serial": "00042509", "facility": "Leipzig"})
/// 'affected'
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
        families.map(|(_, it)| it.clone().into()).collect()
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
    Ok(seriatim::Schema::new(columns).or_raise()?.with_families(self::families(families)?))
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
        let unit = record(unit, self.inner.schema())?;
        decision(py, &self.inner.explain_record(&unit).or_raise()?)
    }

    /// What the scope says that most likely is not what is meant, in its order: a list of `Notice`.
    fn notices<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        notices_of(py, &self.inner)
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

/// A verdict with the clauses that decide: a `Decision`.
pub(crate) fn decision<'py>(
    py: Python<'py>,
    decision: &seriatim::Decision,
) -> PyResult<Bound<'py, PyAny>> {
    let clauses: PyResult<Vec<Bound<'py, PyAny>>> =
        decision.clauses.iter().map(|it| deciding_clause(py, it)).collect();
    let told = PyDict::new(py);
    told.set_item("verdict", decision.verdict.code())?;
    told.set_item("truth", truth_of(decision.truth))?;
    told.set_item("clauses", clauses?)?;
    result(py, "Decision", &told)
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

/// What a scope says that most likely is not what is meant.
pub(crate) fn notices_of<'py>(
    py: Python<'py>,
    scope: &seriatim::BoundScope,
) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let told = scope.notices().into_iter().map(|notice| {
        let told = PyDict::new(py);
        told.set_item("code", notice.code)?;
        told.set_item("clause", notice.clause)?;
        told.set_item("message", notice.message)?;
        result(py, "Notice", &told)
    });
    told.collect()
}
