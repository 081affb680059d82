//! Scopes, and the columns they are built from.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use pyo3::basic::CompareOp;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyType};
use seriatim::{DatePart, Parameters};

use crate::convert::literal;
use crate::error::{OrRaise, invalid};
use crate::texts::Texts;

/// A condition on units: what a recall covers. Joined with `&`, `|` and `~`.
///
/// Examples
/// --------
/// >>> scope = (col("lot") == "L1") & ~serial.is_between("A1", "A5")
/// >>> str(scope)
/// "lot = 'L1' AND serial NOT BETWEEN 'A1' AND 'A5'"
/// >>> st.Scope.from_json(scope.to_json()) == st.Scope(str(scope)) == scope
/// True
#[pyclass(frozen, module = "seriatim")]
#[derive(Clone)]
pub(crate) struct Scope {
    pub(crate) inner: seriatim::Scope,
}

impl From<seriatim::Scope> for Scope {
    fn from(inner: seriatim::Scope) -> Self {
        Scope { inner }
    }
}

/// A scope as it is given to a method: a `Scope`, or SQL.
pub(crate) fn scope_of(value: &Bound<'_, PyAny>) -> PyResult<seriatim::Scope> {
    if let Ok(scope) = value.cast::<Scope>() {
        return Ok(scope.get().inner.clone());
    }
    if let Ok(text) = value.cast::<PyString>() {
        return text.to_cow()?.parse::<seriatim::Scope>().or_raise();
    }
    Err(PyTypeError::new_err(format!(
        "a scope is an expression such as col(\"lot\") == \"L1\", or SQL text, not {}",
        value.get_type().name()?
    )))
}

#[pymethods]
impl Scope {
    #[new]
    fn new(sql: &Bound<'_, PyAny>) -> PyResult<Self> {
        scope_of(sql).map(Scope::from)
    }

    /// Reads a scope from its JSON.
    #[classmethod]
    fn from_json(_class: &Bound<'_, PyType>, text: &str) -> PyResult<Self> {
        seriatim::Scope::from_json(text).or_raise().map(Scope::from)
    }

    /// The scope as JSON.
    fn to_json(&self) -> String {
        self.inner.to_json()
    }

    /// The scope as SQL.
    fn to_sql(&self) -> String {
        self.inner.to_sql()
    }

    /// The SHA-256 of the SQL of the scope, as 64 hexadecimal digits.
    #[getter]
    fn digest(&self) -> String {
        self.inner.digest()
    }

    fn __and__(&self, other: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(self.inner.clone().and(operand(other, "&")?).into())
    }

    fn __or__(&self, other: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(self.inner.clone().or(operand(other, "|")?).into())
    }

    fn __invert__(&self) -> Self {
        self.inner.clone().negate().into()
    }

    fn __bool__(&self) -> PyResult<bool> {
        Err(PyTypeError::new_err(
            "a scope is neither true nor false until it is asked of units; join scopes with & | ~ \
             and parentheses, not with and, or, not, and write col(...).is_between(a, b) for \
             a <= col(...) <= b",
        ))
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Scope>().is_ok_and(|other| other.get().inner == self.inner)
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.inner.to_sql().hash(&mut hasher);
        hasher.finish()
    }

    fn __str__(&self) -> String {
        self.inner.to_sql()
    }

    fn __repr__(&self) -> String {
        format!("Scope({:?})", self.inner.to_sql())
    }

    fn __reduce__(slf: &Bound<'_, Self>) -> PyResult<(Py<PyAny>, (String,))> {
        let from_json = slf.get_type().getattr("from_json")?;
        Ok((from_json.unbind(), (slf.get().to_json(),)))
    }
}

fn operand(value: &Bound<'_, PyAny>, operator: &str) -> PyResult<seriatim::Scope> {
    let scope = value.cast::<Scope>().map_err(|_| {
        PyTypeError::new_err(format!(
            "{operator} joins two scopes; put each comparison in parentheses, as in \
             (col(\"lot\") == \"L1\") {operator} (col(\"line\") == 4)"
        ))
    })?;
    Ok(scope.get().inner.clone())
}

/// A column on its way into a condition, or what functions make of one.
///
/// Examples
/// --------
/// >>> print(col("made_at").extract("hour").is_between(22, 23))
/// EXTRACT(HOUR FROM made_at) BETWEEN 22 AND 23
/// >>> print(serial.substring(1, 2) == "AX")
/// SUBSTRING(serial FROM 1 FOR 2) = 'AX'
#[pyclass(frozen, module = "seriatim")]
#[derive(Clone)]
pub(crate) struct Term {
    inner: seriatim::Term,
}

impl From<seriatim::Term> for Term {
    fn from(inner: seriatim::Term) -> Self {
        Term { inner }
    }
}

#[pymethods]
impl Term {
    #[new]
    fn new(name: &str) -> Self {
        Term { inner: seriatim::Scope::column(name) }
    }

    fn __richcmp__(&self, value: &Bound<'_, PyAny>, operator: CompareOp) -> PyResult<Scope> {
        if value.is_none() {
            return Err(PyTypeError::new_err(
                "nothing compares with None; write .is_null() or .is_not_null()",
            ));
        }
        let (term, value) = (self.inner.clone(), literal(value)?);
        Ok(match operator {
            CompareOp::Eq => term.eq(value),
            CompareOp::Ne => term.ne(value),
            CompareOp::Lt => term.lt(value),
            CompareOp::Le => term.le(value),
            CompareOp::Gt => term.gt(value),
            CompareOp::Ge => term.ge(value),
        }
        .into())
    }

    fn __hash__(&self) -> PyResult<u64> {
        Err(PyTypeError::new_err("a column in a condition has no hash"))
    }

    fn __bool__(&self) -> PyResult<bool> {
        Err(PyTypeError::new_err("a column is no condition; compare it with a value"))
    }

    /// The value lies between these two, both included.
    fn is_between(&self, first: &Bound<'_, PyAny>, last: &Bound<'_, PyAny>) -> PyResult<Scope> {
        Ok(self.inner.clone().between(literal(first)?, literal(last)?).into())
    }

    /// The value is one of these.
    fn is_in(&self, values: &Bound<'_, PyAny>) -> PyResult<Scope> {
        if values.is_instance_of::<PyString>() {
            return Err(PyTypeError::new_err("is_in takes a list of values, not one text"));
        }
        let values: PyResult<Vec<seriatim::Literal>> =
            values.try_iter()?.map(|value| literal(&value?)).collect();
        Ok(self.inner.clone().is_in(values?).into())
    }

    /// The value is one of those that a parameter holds.
    fn is_in_parameter(&self, name: &str) -> Scope {
        self.inner.clone().is_in_parameter(name).into()
    }

    /// The value is this one; where it is missing, it is not, and nothing is undetermined.
    fn is_not_distinct_from(&self, value: &Bound<'_, PyAny>) -> PyResult<Scope> {
        Ok(self.inner.clone().is_not_distinct_from(literal(value)?).into())
    }

    /// A slice of the text, from a place counted from 1.
    #[pyo3(signature = (start, length = None))]
    fn substring(&self, start: i32, length: Option<i32>) -> Term {
        let term = self.inner.clone();
        match length {
            Some(length) => term.substring(start, length).into(),
            None => term.substring_from(start).into(),
        }
    }

    /// The first characters of the text.
    fn left(&self, count: i32) -> Term {
        self.inner.clone().left(count).into()
    }

    /// The last characters of the text.
    fn right(&self, count: i32) -> Term {
        self.inner.clone().right(count).into()
    }

    /// A part of the text between separators, counted from 1.
    fn split_part(&self, separator: &str, part: i32) -> Term {
        self.inner.clone().split_part(separator, part).into()
    }

    /// The text in capitals.
    fn upper(&self) -> Term {
        self.inner.clone().upper().into()
    }

    /// The text in small letters.
    fn lower(&self) -> Term {
        self.inner.clone().lower().into()
    }

    /// The text without the spaces around it.
    fn trim(&self) -> Term {
        self.inner.clone().trim().into()
    }

    /// How many characters the text has.
    fn char_length(&self) -> Term {
        self.inner.clone().char_length().into()
    }

    /// A part of a day or point in time, such as "hour".
    fn extract(&self, part: &str) -> PyResult<Term> {
        let found = DatePart::ALL.into_iter().find(|it| it.code() == part).ok_or_else(|| {
            let all = DatePart::ALL.map(DatePart::code).join(", ");
            invalid(format!("there is no part {part:?}; there are {all}"))
        })?;
        Ok(self.inner.clone().extract(found).into())
    }

    /// The day of a point in time, in the zone of its column.
    fn date(&self) -> Term {
        self.inner.clone().cast_as_date().into()
    }

    /// The time of day of a point in time, in the zone of its column.
    fn time(&self) -> Term {
        self.inner.clone().cast_as_time().into()
    }

    /// The text fits a pattern: `%` is any run of characters, `_` one character, `\` escapes.
    fn like(&self, pattern: &str) -> Scope {
        self.inner.clone().like(pattern).into()
    }

    /// The text begins with this one.
    fn starts_with(&self, prefix: &str) -> Scope {
        self.inner.clone().like(format!("{}%", escaped(prefix))).into()
    }

    /// The text ends with this one.
    fn ends_with(&self, suffix: &str) -> Scope {
        self.inner.clone().like(format!("%{}", escaped(suffix))).into()
    }

    /// The text has this one in it.
    fn contains(&self, part: &str) -> Scope {
        self.inner.clone().like(format!("%{}%", escaped(part))).into()
    }

    /// The value is missing.
    fn is_null(&self) -> Scope {
        self.inner.clone().is_null().into()
    }

    /// The value is there.
    fn is_not_null(&self) -> Scope {
        self.inner.clone().is_null().negate().into()
    }
}

/// A value that Python has no type for: a mask or a parameter.
#[pyclass(frozen, eq, module = "seriatim")]
#[derive(Clone, PartialEq)]
pub(crate) struct Literal {
    pub(crate) inner: seriatim::Literal,
}

#[pymethods]
impl Literal {
    fn __repr__(&self) -> String {
        format!("Literal({})", self.inner)
    }
}

/// A text in which some characters stand for any character: `*` and `#`, unless told otherwise.
///
/// Examples
/// --------
/// >>> print(serial == mask("AX**1"))
/// serial = MASK('AX**1')
#[pyfunction]
#[pyo3(signature = (text, free = None))]
pub(crate) fn mask(text: &str, free: Option<&str>) -> Literal {
    let inner = match free {
        Some(free) => seriatim::Literal::mask_with(text, free),
        None => seriatim::Literal::mask(text),
    };
    Literal { inner }
}

/// A value that is given when the scope is asked.
///
/// Examples
/// --------
/// >>> scope = col("facility") == param("plant")
/// >>> len(index.select(scope, plant="Brno").affected)
/// 1
#[pyfunction]
pub(crate) fn param(name: &str) -> Literal {
    Literal { inner: seriatim::Literal::parameter(name) }
}

/// Many serials, to be given as a parameter: a column of Arrow or numpy, or any other iterable.
///
/// Examples
/// --------
/// >>> asked = st.SerialSet(["00042500", "00049999"])
/// >>> index.select("serial IN :asked", asked=asked)
/// Selection(1 affected, 0 undetermined)
#[pyclass(frozen, eq, module = "seriatim")]
#[derive(Clone, PartialEq)]
pub(crate) struct SerialSet {
    inner: seriatim::SerialSet,
}

#[pymethods]
impl SerialSet {
    #[new]
    fn new(py: Python<'_>, serials: &Bound<'_, PyAny>) -> PyResult<Self> {
        let texts = Texts::of(serials)?;
        let inner = py.detach(|| seriatim::SerialSet::new(texts.slices()?).or_raise())?;
        Ok(SerialSet { inner })
    }

    fn __len__(&self) -> usize {
        self.inner.len()
    }

    fn __repr__(&self) -> String {
        format!("SerialSet({} serials)", self.inner.len())
    }
}

/// Keywords as the values of parameters: a value, a list of values or a `SerialSet`.
pub(crate) fn parameters_of(given: Option<&Bound<'_, PyDict>>) -> PyResult<Parameters> {
    let mut parameters = Parameters::new();
    for (name, value) in given.iter().flat_map(|it| it.iter()) {
        let name: String = name.extract()?;
        parameters = if let Ok(serials) = value.cast::<SerialSet>() {
            parameters.with_serials(name, serials.get().inner.clone())
        } else if let Ok(list) = value.cast::<PyList>() {
            let values: PyResult<Vec<seriatim::Literal>> =
                list.iter().map(|it| literal(&it)).collect();
            parameters.with_list(name, values?)
        } else {
            parameters.with(name, literal(&value)?)
        };
    }
    Ok(parameters)
}

/// A text as a pattern that stands for itself.
fn escaped(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for it in text.chars() {
        if matches!(it, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(it);
    }
    pattern
}
