//! Values that a scope names and does not hold.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::{Literal, SerialSet};

/// The values of a scope's parameters, by name: what stands in it as `:lot`, `IN :lots` and
/// `serial IN :uploaded`.
///
/// They are no part of the scope and of its text. Each is a literal, as it would stand in the text:
/// a text for a day, a mask, a truth. [`Schema::bind_with`](crate::Schema::bind_with) puts them in,
/// and refuses a parameter that has no value as well as a value that no parameter asks for. Names
/// are told apart by case. Cloning is cheap where lists are long.
///
/// # Examples
///
/// ```
/// use seriatim::{Column, ColumnType, Parameters, Record, Schema, Scope, SerialSet, Value, Verdict};
///
/// let schema = Schema::new(vec![Column::new("lot", ColumnType::Text)?])?;
/// let scope: Scope = "serial IN :uploaded AND lot IN :lots".parse()?;
/// let parameters = Parameters::new()
///     .with_serials("uploaded", SerialSet::new(["A7", "A8"])?)
///     .with_list("lots", ["L1", "L2"]);
/// let bound = schema.bind_with(&scope, &parameters)?;
///
/// let unit = Record::of_serial("A7").with("lot", Value::Text("L2".into()));
/// assert_eq!(bound.decide(&unit)?, Verdict::Affected);
/// # Ok::<(), seriatim::Error>(())
/// ```
#[derive(Clone, Default, PartialEq)]
pub struct Parameters {
    given: BTreeMap<Box<str>, Given>,
}

/// What one parameter is.
#[derive(Clone, PartialEq)]
pub(super) enum Given {
    Value(Literal),
    List(Arc<[Literal]>),
    Serials(SerialSet),
}

impl Parameters {
    /// None yet.
    pub fn new() -> Self {
        Parameters::default()
    }

    /// Gives a value; it takes the place of one that was given by this name before.
    #[must_use]
    pub fn with(self, name: impl Into<String>, value: impl Into<Literal>) -> Self {
        self.give(name.into(), Given::Value(value.into()))
    }

    /// Gives a list of values, for `IN`: at most 1,000,000, which binding checks.
    #[must_use]
    pub fn with_list(
        self,
        name: impl Into<String>,
        values: impl IntoIterator<Item = impl Into<Literal>>,
    ) -> Self {
        self.give(name.into(), Given::List(values.into_iter().map(Into::into).collect()))
    }

    /// Gives a set of serials, for `serial IN`.
    #[must_use]
    pub fn with_serials(self, name: impl Into<String>, serials: SerialSet) -> Self {
        self.give(name.into(), Given::Serials(serials))
    }

    /// The names, ascending.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.given.keys().map(|name| &**name)
    }

    fn give(mut self, name: String, given: Given) -> Self {
        self.given.insert(name.into(), given);
        self
    }

    pub(super) fn given(&self, name: &str) -> Option<&Given> {
        self.given.get(name)
    }
}

/// Names and sizes only: values may be serials that somebody owns.
impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sizes = self.given.iter().map(|(name, given)| {
            let size = match given {
                Given::Value(_) => "1 value".to_owned(),
                Given::List(list) => format!("{} values", list.len()),
                Given::Serials(serials) => format!("{} serials", serials.len()),
            };
            (name, size)
        });
        f.debug_map().entries(sizes).finish()
    }
}
