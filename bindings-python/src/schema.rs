//! Columns and serial families.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use seriatim::{ColumnType, Families, Normaliser, Schema};

use crate::error::OrRaise;

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
            PyValueError::new_err(format!("there is no type {:?}; there are {}", r#type, names.join(", ")))
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

    /// The type: text, integer, float, date, timestamp, boolean, version or text_list.
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

#[pymethods]
impl SerialFamily {
    #[new]
    #[pyo3(signature = (name, layout, *, order = None, upper_case = false, without_spaces = false, without_dashes = false, zero_for_o = false, one_for_i = false))]
    #[expect(clippy::fn_params_excessive_bools, clippy::too_many_arguments, reason = "keywords of Python")]
    fn new(
        name: &str,
        layout: &str,
        order: Option<Vec<String>>,
        upper_case: bool,
        without_spaces: bool,
        without_dashes: bool,
        zero_for_o: bool,
        one_for_i: bool,
    ) -> PyResult<Self> {
        let mut family = seriatim::SerialFamily::new(name, layout).or_raise()?;
        if let Some(order) = order {
            let fields: Vec<&str> = order.iter().map(String::as_str).collect();
            family = family.order_by(&fields).or_raise()?;
        }
        let rules: [(bool, fn(Normaliser) -> Normaliser); 5] = [
            (upper_case, Normaliser::upper_case),
            (without_spaces, Normaliser::without_spaces),
            (without_dashes, Normaliser::without_dashes),
            (zero_for_o, Normaliser::zero_for_o),
            (one_for_i, Normaliser::one_for_i),
        ];
        let wanted = rules.into_iter().filter(|(on, _)| *on);
        let normaliser = wanted.fold(Normaliser::new(), |all, (_, rule)| rule(all));
        Ok(SerialFamily { inner: family.with_normaliser(normaliser).or_raise()? })
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

    /// Whether a serial fits.
    fn fits(&self, serial: &str) -> bool {
        self.inner.encode(serial).is_some()
    }

    fn __repr__(&self) -> String {
        format!("SerialFamily({:?}, {:?})", self.inner.name(), self.inner.layout())
    }
}

/// A schema of columns and families.
pub(crate) fn schema(
    columns: Option<Vec<PyRef<'_, Column>>>,
    families: Option<Vec<PyRef<'_, SerialFamily>>>,
) -> PyResult<Schema> {
    let columns = columns.unwrap_or_default().iter().map(|it| it.inner.clone()).collect();
    let families = families.unwrap_or_default().iter().map(|it| it.inner.clone()).collect();
    let families = Families::new(families).or_raise()?;
    Ok(Schema::new(columns).or_raise()?.with_families(families))
}
