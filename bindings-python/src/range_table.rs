//! Published tables of models and serial ranges.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString, PyType};
use seriatim::{Finding, RangeTableOptions, TableRow};

use crate::convert::{path, result};
use crate::error::OrRaise;
use crate::options::{Keywords, range_table_options};
use crate::schema::Schema;
use crate::scope::Scope;

/// A table of models and their serial ranges, as regulators and makers publish them; each row is
/// accepted, flagged or refused.
///
/// `open_csv`, `from_csv` and `from_rows` read one. Their keywords are `model_from`, `first_from` and
/// `last_from` (headers of columns), `model_column` (of the schema), `mask_characters`, `delimiter`,
/// and `assume`, a list of what may be assumed.
///
/// Examples
/// --------
/// >>> schema = st.Schema([st.Column("model", "text")], [st.SerialFamily("panel", "A{n:D4}")])
/// >>> rows = [("M1", "A2001", "A2308"), ("M2", "see note", "")]
/// >>> table = st.RangeTable.from_rows(rows, schema)
/// >>> table
/// RangeTable(1 accepted, 0 flagged, 1 refused)
/// >>> print(table.scope_without_refused(1))
/// model = 'M1' AND serial BETWEEN 'A2001' AND 'A2308'
#[pyclass(frozen, module = "seriatim")]
pub(crate) struct RangeTable {
    inner: seriatim::RangeTable,
}

type Read<'a> = &'a (
        dyn Fn(&seriatim::Schema, &RangeTableOptions) -> seriatim::Result<seriatim::RangeTable>
            + Sync
    );

fn read(
    py: Python<'_>,
    schema: &Schema,
    options: Option<&Bound<'_, PyDict>>,
    read: Read<'_>,
) -> PyResult<RangeTable> {
    let options = range_table_options(Keywords::new(options))?;
    let inner = py.detach(|| read(&schema.inner, &options)).or_raise()?;
    Ok(RangeTable { inner })
}

#[pymethods]
impl RangeTable {
    /// Reads a file of CSV.
    #[classmethod]
    #[pyo3(signature = (path, schema, **options))]
    fn open_csv(
        class: &Bound<'_, PyType>,
        path: &Bound<'_, PyAny>,
        schema: &Schema,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let path = self::path(path)?;
        let open = |schema: &_, options: &_| seriatim::RangeTable::open_csv(&path, schema, options);
        read(class.py(), schema, options, &open)
    }

    /// Reads CSV: a text, or bytes of UTF-8.
    #[classmethod]
    #[pyo3(signature = (csv, schema, **options))]
    fn from_csv(
        class: &Bound<'_, PyType>,
        csv: &Bound<'_, PyAny>,
        schema: &Schema,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let bytes = match csv.cast::<PyString>() {
            Ok(text) => text.to_cow()?.into_owned().into_bytes(),
            Err(_) => csv.cast::<PyBytes>()?.as_bytes().to_owned(),
        };
        let parse =
            |schema: &_, options: &_| seriatim::RangeTable::from_csv(&bytes, schema, options);
        read(class.py(), schema, options, &parse)
    }

    /// Reads rows of a model, a first and a last serial.
    #[classmethod]
    #[pyo3(signature = (rows, schema, **options))]
    fn from_rows(
        class: &Bound<'_, PyType>,
        rows: &Bound<'_, PyAny>,
        schema: &Schema,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let texts = |row: PyResult<Bound<'_, PyAny>>| {
            let (model, first, last) = row?.extract::<(String, String, String)>()?;
            Ok([model, first, last])
        };
        let rows: PyResult<Vec<[String; 3]>> = rows.try_iter()?.map(texts).collect();
        let rows = rows?;
        let parse = |schema: &_, options: &_| {
            seriatim::RangeTable::from_rows(rows.iter().cloned(), schema, options)
        };
        read(class.py(), schema, options, &parse)
    }

    /// The rows, in their order, without blank ones: `TableRow`s.
    #[getter]
    fn rows<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        self.inner.rows().iter().map(|it| table_row(py, it)).collect()
    }

    /// How many rows were accepted, flagged and refused, and why: a `RangeTableReport`.
    #[getter]
    fn report<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let report = self.inner.report();
        let reason = |it: &seriatim::ReasonRows| {
            let told = PyDict::new(py);
            told.set_item("reason", it.reason.code())?;
            told.set_item("refused", it.refused)?;
            told.set_item("lines", it.lines.clone())?;
            result(py, "ReasonRows", &told)
        };
        let reasons: PyResult<Vec<Bound<'py, PyAny>>> = report.reasons.iter().map(reason).collect();
        let told = PyDict::new(py);
        told.set_item("accepted", report.accepted)?;
        told.set_item("flagged", report.flagged)?;
        told.set_item("refused", report.refused)?;
        told.set_item("blank", report.blank)?;
        told.set_item("reasons", reasons?)?;
        told.set_item("columns_ignored", report.columns_ignored.clone())?;
        result(py, "RangeTableReport", &told)
    }

    /// What the table covers; an error while a row is refused.
    fn scope(&self) -> PyResult<Scope> {
        self.inner.scope().or_raise().map(Scope::from)
    }

    /// What the table covers without the rows that are refused, by their number.
    fn scope_without_refused(&self, refused: u64) -> PyResult<Scope> {
        self.inner.scope_without_refused(refused).or_raise().map(Scope::from)
    }

    fn _repr_html_<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("seriatim._html")?.call_method1("range_table", (slf,))
    }

    fn __str__(&self) -> String {
        self.inner.report().to_string()
    }

    fn __repr__(&self) -> String {
        let it = self.inner.report();
        format!(
            "RangeTable({} accepted, {} flagged, {} refused)",
            it.accepted, it.flagged, it.refused
        )
    }
}

fn table_row<'py>(py: Python<'py>, row: &TableRow) -> PyResult<Bound<'py, PyAny>> {
    let finding = |it: &Finding| {
        let told = PyDict::new(py);
        told.set_item("reason", it.reason.code())?;
        told.set_item("refused", it.refused)?;
        told.set_item("message", &it.message)?;
        result(py, "Finding", &told)
    };
    let findings: PyResult<Vec<Bound<'py, PyAny>>> = row.findings().iter().map(finding).collect();
    let told = PyDict::new(py);
    told.set_item("line", row.line())?;
    told.set_item("model", row.model())?;
    told.set_item("first", row.first())?;
    told.set_item("last", row.last())?;
    told.set_item("outcome", row.outcome().code())?;
    told.set_item("findings", findings?)?;
    result(py, "TableRow", &told)
}
