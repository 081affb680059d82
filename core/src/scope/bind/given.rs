//! Puts the values of parameters into a condition.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::error::{Error, ErrorKind, Result};
use crate::limits::PARAMETER_LIST_MAX;
use crate::scope::ast::{Node, Operand, Predicate, Spot};
use crate::scope::like::LikePattern;
use crate::scope::literal::Kind;
use crate::scope::parameters::Given;
use crate::scope::place::nearest;
use crate::scope::{Literal, Parameters, Scope, SerialSet};

/// A condition whose parameters have values.
pub(in crate::scope) enum Asked<'a> {
    Predicate(Cow<'a, Predicate>),
    /// In a set of serials, which stood there.
    InSet(&'a SerialSet, Spot),
}

impl Parameters {
    /// Refuses values that the scope does not ask for.
    pub(super) fn check_used(&self, scope: &Scope) -> Result<()> {
        let mut asked = BTreeSet::new();
        for node in &scope.nodes {
            if let Node::Test(test) = node {
                asked.extend(test.predicate.operands().filter_map(name_of));
            }
        }
        let Some(unused) = self.names().find(|name| !asked.contains(name)) else { return Ok(()) };
        let hint = match nearest(unused, asked.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if asked.is_empty() => "it names no parameter".into(),
            None => format!("it names {}", asked.into_iter().collect::<Vec<_>>().join(", ")),
        };
        let message =
            format!("parameter `{unused}` is given, but the scope does not name it; {hint}");
        Err(Error::invalid(message))
    }

    /// The condition with its parameters' values put in. An error comes with the place of the
    /// parameter.
    pub(in crate::scope) fn put_into<'a>(
        &'a self,
        predicate: &'a Predicate,
    ) -> Result<Asked<'a>, (Error, Spot)> {
        if predicate.operands().all(|operand| name_of(operand).is_none()) {
            return Ok(Asked::Predicate(Cow::Borrowed(predicate)));
        }
        let one = |operand: &Operand| {
            self.value(operand)
                .map(|literal| Operand { literal, at: operand.at })
                .map_err(|error| (error, operand.at))
        };
        let put = match predicate {
            Predicate::InParameter(operand) => {
                let at = operand.at;
                return match self.list(operand).map_err(|error| (error, at))? {
                    Given::Serials(serials) => Ok(Asked::InSet(serials, at)),
                    Given::List(list) => {
                        let list = list.iter().map(|it| Operand { literal: it.clone(), at });
                        Ok(Asked::Predicate(Cow::Owned(Predicate::In(list.collect()))))
                    }
                    Given::Value(_) => Ok(Asked::Predicate(Cow::Borrowed(predicate))),
                };
            }
            Predicate::Compare(comparison, operand) => {
                Predicate::Compare(*comparison, one(operand)?)
            }
            Predicate::Between(first, last) => Predicate::Between(one(first)?, one(last)?),
            Predicate::In(list) => Predicate::In(list.iter().map(one).collect::<Result<_, _>>()?),
            Predicate::Like(operand) => Predicate::Like(pattern(one(operand)?)),
            Predicate::NotDistinct(operand) => Predicate::NotDistinct(one(operand)?),
            Predicate::IsNull => Predicate::IsNull,
        };
        Ok(Asked::Predicate(Cow::Owned(put)))
    }

    fn value(&self, operand: &Operand) -> Result<Literal> {
        let Some(name) = name_of(operand) else { return Ok(operand.literal.clone()) };
        match self.named(name)? {
            Given::Value(Literal(Kind::Parameter(_))) => {
                Err(field(format!("the value of parameter `{name}` is a parameter itself")))
            }
            Given::Value(literal) => Ok(literal.clone()),
            Given::List(_) => {
                Err(field(format!("parameter `{name}` is a list; write `lot IN :{name}`")))
            }
            Given::Serials(_) => {
                Err(field(format!("parameter `{name}` is a set; write `serial IN :{name}`")))
            }
        }
    }

    fn list(&self, operand: &Operand) -> Result<&Given> {
        let name = name_of(operand).unwrap_or_default();
        let given = self.named(name)?;
        match given {
            Given::Value(_) => Err(field(format!(
                "parameter `{name}` is one value; write `= :{name}`, or give a list"
            ))),
            Given::List(list) if list.len() > PARAMETER_LIST_MAX => Err(field(format!(
                "the list of parameter `{name}` has more than {PARAMETER_LIST_MAX} values; split it"
            ))),
            Given::List(list) if list.iter().any(|it| matches!(it.0, Kind::Parameter(_))) => {
                Err(field(format!("the list of parameter `{name}` holds a parameter")))
            }
            given => Ok(given),
        }
    }

    fn named(&self, name: &str) -> Result<&Given> {
        self.given(name).ok_or_else(|| {
            let hint = match nearest(name, self.names()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "give it when the scope is bound".into(),
            };
            field(format!("parameter `{name}` has no value; {hint}"))
        })
    }
}

/// A pattern as the text of a scope has it, where it is one.
fn pattern(operand: Operand) -> Operand {
    let read = match &operand.literal.0 {
        Kind::Text(text) => LikePattern::new(text).ok(),
        _ => None,
    };
    let literal = read.map(|pattern| pattern.text().into());
    Operand { literal: literal.unwrap_or(operand.literal), at: operand.at }
}

fn name_of(operand: &Operand) -> Option<&str> {
    match &operand.literal.0 {
        Kind::Parameter(name) => Some(name),
        _ => None,
    }
}

fn field(message: String) -> Error {
    Error::new(ErrorKind::ScopeField, message)
}
