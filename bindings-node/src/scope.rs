//! Scopes, and the columns they are built from.

use napi::Env;
use napi::bindgen_prelude::{ClassInstance, Object};
use napi_derive::napi;
use seriatim::{DatePart, Literal};

use crate::convert::{json, literal, literals};
use crate::error::{OrThrow, invalid};
use crate::jobs::promise;
use crate::texts::Texts;

/// A condition on units: what a recall covers.
#[napi]
pub struct Scope {
    pub(crate) inner: seriatim::Scope,
}

impl From<seriatim::Scope> for Scope {
    fn from(inner: seriatim::Scope) -> Self {
        Scope { inner }
    }
}

#[napi]
impl Scope {
    /// Reads a scope from SQL.
    #[napi(factory, catch_unwind)]
    pub fn of_sql(text: String) -> napi::Result<Self> {
        text.parse::<seriatim::Scope>().or_throw().map(Scope::from)
    }

    /// Reads a scope from its JSON.
    #[napi(factory, catch_unwind)]
    pub fn of_json(text: String) -> napi::Result<Self> {
        seriatim::Scope::from_json(&text).or_throw().map(Scope::from)
    }

    #[napi(catch_unwind)]
    pub fn to_json(&self) -> String {
        self.inner.to_json()
    }

    #[napi(catch_unwind)]
    pub fn to_sql(&self) -> String {
        self.inner.to_sql()
    }

    #[napi(getter, catch_unwind)]
    pub fn digest(&self) -> String {
        self.inner.digest()
    }

    #[napi(catch_unwind)]
    pub fn and(&self, other: &Scope) -> Scope {
        self.inner.clone().and(other.inner.clone()).into()
    }

    #[napi(catch_unwind)]
    pub fn or(&self, other: &Scope) -> Scope {
        self.inner.clone().or(other.inner.clone()).into()
    }

    #[napi(catch_unwind)]
    pub fn not(&self) -> Scope {
        self.inner.clone().negate().into()
    }

    #[napi(catch_unwind)]
    pub fn equals(&self, other: &Scope) -> bool {
        self.inner == other.inner
    }
}

/// A column on its way into a condition.
#[napi]
pub struct Term {
    inner: seriatim::Term,
}

impl From<seriatim::Term> for Term {
    fn from(inner: seriatim::Term) -> Self {
        Term { inner }
    }
}

#[napi]
impl Term {
    #[napi(constructor, catch_unwind)]
    pub fn new(name: String) -> Self {
        Term { inner: seriatim::Scope::column(name) }
    }

    /// Compares with a literal: `eq`, `ne`, `lt`, `le`, `gt`, `ge` or `is_not_distinct_from`.
    #[napi(catch_unwind)]
    pub fn compare(&self, operator: String, value: String) -> napi::Result<Scope> {
        let (term, value) = (self.inner.clone(), literal(&json(&value)?)?);
        Ok(match operator.as_str() {
            "eq" => term.eq(value),
            "ne" => term.ne(value),
            "lt" => term.lt(value),
            "le" => term.le(value),
            "gt" => term.gt(value),
            "ge" => term.ge(value),
            "is_not_distinct_from" => term.is_not_distinct_from(value),
            _ => return Err(invalid(format!("there is no comparison {operator:?}"))),
        }
        .into())
    }

    #[napi(catch_unwind)]
    pub fn between(&self, first: String, last: String) -> napi::Result<Scope> {
        let (first, last) = (literal(&json(&first)?)?, literal(&json(&last)?)?);
        Ok(self.inner.clone().between(first, last).into())
    }

    #[napi(catch_unwind)]
    pub fn is_in(&self, values: String) -> napi::Result<Scope> {
        let values: Vec<Literal> = literals(&json(&values)?)?;
        Ok(self.inner.clone().is_in(values).into())
    }

    #[napi(catch_unwind)]
    pub fn is_in_parameter(&self, name: String) -> Scope {
        self.inner.clone().is_in_parameter(name).into()
    }

    #[napi(catch_unwind)]
    pub fn like(&self, pattern: String) -> Scope {
        self.inner.clone().like(pattern).into()
    }

    #[napi(catch_unwind)]
    pub fn is_null(&self) -> Scope {
        self.inner.clone().is_null().into()
    }

    #[napi(catch_unwind)]
    pub fn substring(&self, start: i32, length: Option<i32>) -> Term {
        let term = self.inner.clone();
        match length {
            Some(length) => term.substring(start, length).into(),
            None => term.substring_from(start).into(),
        }
    }

    #[napi(catch_unwind)]
    pub fn left(&self, count: i32) -> Term {
        self.inner.clone().left(count).into()
    }

    #[napi(catch_unwind)]
    pub fn right(&self, count: i32) -> Term {
        self.inner.clone().right(count).into()
    }

    #[napi(catch_unwind)]
    pub fn split_part(&self, separator: String, part: i32) -> Term {
        self.inner.clone().split_part(separator, part).into()
    }

    /// A function without arguments.
    #[napi(catch_unwind)]
    pub fn call(&self, function: String) -> napi::Result<Term> {
        let term = self.inner.clone();
        Ok(match function.as_str() {
            "upper" => term.upper(),
            "lower" => term.lower(),
            "trim" => term.trim(),
            "char_length" => term.char_length(),
            "date" => term.cast_as_date(),
            "time" => term.cast_as_time(),
            _ => return Err(invalid(format!("there is no function {function:?}"))),
        }
        .into())
    }

    /// A part of a day or point in time, such as `hour`.
    #[napi(catch_unwind)]
    pub fn extract(&self, part: String) -> napi::Result<Term> {
        let found = DatePart::ALL.into_iter().find(|it| it.code() == part).ok_or_else(|| {
            let all = DatePart::ALL.map(DatePart::code).join(", ");
            invalid(format!("there is no part {part:?}; there are {all}"))
        })?;
        Ok(self.inner.clone().extract(found).into())
    }
}

/// Many serials, to be given as a parameter.
#[napi]
pub struct SerialSet {
    pub(crate) inner: seriatim::SerialSet,
}

#[napi]
impl SerialSet {
    #[napi(getter, catch_unwind)]
    pub fn size(&self) -> f64 {
        self.inner.len() as f64
    }
}

/// Serials on their way into a set.
#[napi]
pub struct SerialSetDraft {
    serials: Vec<String>,
}

#[napi]
impl SerialSetDraft {
    #[napi(constructor, catch_unwind)]
    pub fn new() -> Self {
        SerialSetDraft { serials: Vec::new() }
    }

    /// Adds serials.
    #[napi(catch_unwind)]
    pub fn push(&mut self, joined: Texts) {
        self.serials.extend(joined.slices().into_iter().map(str::to_owned));
    }

    #[napi(catch_unwind)]
    pub fn finish<'env>(&mut self, env: &'env Env) -> napi::Result<Object<'env>> {
        let serials = std::mem::take(&mut self.serials);
        promise(
            env,
            move || seriatim::SerialSet::new(serials).or_throw(),
            |_, inner| Ok(SerialSet { inner }),
        )
    }
}

/// The values of the parameters of a scope.
#[napi]
pub struct Parameters {
    pub(crate) inner: seriatim::Parameters,
}

#[napi]
impl Parameters {
    #[napi(constructor, catch_unwind)]
    pub fn new() -> Self {
        Parameters { inner: seriatim::Parameters::new() }
    }

    #[napi(catch_unwind)]
    pub fn value(&mut self, name: String, value: String) -> napi::Result<()> {
        let value = literal(&json(&value)?)?;
        self.inner = std::mem::take(&mut self.inner).with(name, value);
        Ok(())
    }

    #[napi(catch_unwind)]
    pub fn list(&mut self, name: String, values: String) -> napi::Result<()> {
        let values = literals(&json(&values)?)?;
        self.inner = std::mem::take(&mut self.inner).with_list(name, values);
        Ok(())
    }

    #[napi(catch_unwind)]
    pub fn serials(&mut self, name: String, serials: ClassInstance<'_, SerialSet>) {
        self.inner = std::mem::take(&mut self.inner).with_serials(name, serials.inner.clone());
    }
}
