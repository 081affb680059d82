//! Values of JavaScript, written as JSON by `lib/values.ts`, as values of the core.

use serde_json::Value as Json;
use seriatim::{ColumnType, Instant, Literal, Purpose, Value, Version};

use crate::error::{OrThrow, invalid};

/// A JSON text that the package wrote itself.
pub(crate) fn json(text: &str) -> napi::Result<Json> {
    serde_json::from_str(text).map_err(|error| invalid(error.to_string()))
}

/// A literal of a scope: a text, a number or a truth, or an object with `mask`, `parameter` or
/// `instant`.
pub(crate) fn literal(value: &Json) -> napi::Result<Literal> {
    if let Some(text) = value.as_str() {
        return Ok(Literal::from(text));
    }
    if let Some(truth) = value.as_bool() {
        return Ok(Literal::from(truth));
    }
    if let Some(whole) = value.as_i64() {
        return Ok(Literal::from(whole));
    }
    if value.is_u64() {
        return Err(invalid(format!("{value} does not fit into 64 bits")));
    }
    if let Some(number) = float(value) {
        return Ok(Literal::from(number));
    }
    let text = |key: &str| value.get(key).and_then(Json::as_str);
    if let Some(mask) = text("mask") {
        return Ok(match text("free") {
            Some(free) => Literal::mask_with(mask, free),
            None => Literal::mask(mask),
        });
    }
    if let Some(name) = text("parameter") {
        return Ok(Literal::parameter(name));
    }
    if let Some(at) = text("instant") {
        return at.parse::<Instant>().or_throw().map(Literal::from);
    }
    Err(invalid("a value in a scope is a text, a number, a truth, a Date, a mask or a parameter"))
}

/// Literals in a list.
pub(crate) fn literals(value: &Json) -> napi::Result<Vec<Literal>> {
    value.as_array().map(Vec::as_slice).unwrap_or_default().iter().map(literal).collect()
}

/// A number, or one that JSON has no digits for.
fn float(value: &Json) -> Option<f64> {
    value.as_f64().or_else(|| value.get("float")?.as_str()?.parse().ok())
}

fn texts(value: &Json) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|it| it.as_str().map(str::to_owned)).collect()
}

/// A value of a unit, of the type of its column where that is declared.
pub(crate) fn value(
    column_type: Option<ColumnType>,
    value: &Json,
) -> seriatim::Result<Option<Value>> {
    let text = value.as_str();
    let found = match column_type {
        Some(ColumnType::Integer) => {
            let digits = || text.and_then(|it| it.parse().ok());
            value.as_i64().or_else(digits).map(Value::Integer)
        }
        Some(ColumnType::Float) => float(value).map(Value::Float),
        Some(ColumnType::Boolean) => value.as_bool().map(Value::Boolean),
        Some(ColumnType::Date) => match text {
            Some(text) => Some(Value::Date(text.parse()?)),
            None => None,
        },
        Some(ColumnType::Timestamp) => match text.or_else(|| value.get("instant")?.as_str()) {
            Some(text) => Some(Value::Timestamp(text.parse()?)),
            None => None,
        },
        Some(ColumnType::Version) => text.map(|it| Value::Version(Version::from(it.to_owned()))),
        Some(ColumnType::TextList) => texts(value).map(Value::TextList),
        Some(ColumnType::Text) => text.map(|it| Value::Text(it.to_owned())),
        None => return any_value(value),
    };
    // A value of another type is given to the core as it is, which says what is wrong with it.
    found.map_or_else(|| any_value(value), |it| Ok(Some(it)))
}

/// A value of the type that JavaScript gives it; none where it is missing.
fn any_value(value: &Json) -> seriatim::Result<Option<Value>> {
    if let Some(text) = value.as_str() {
        return Ok(Some(Value::Text(text.to_owned())));
    }
    if let Some(truth) = value.as_bool() {
        return Ok(Some(Value::Boolean(truth)));
    }
    if let Some(whole) = value.as_i64() {
        return Ok(Some(Value::Integer(whole)));
    }
    if let Some(number) = float(value) {
        return Ok(Some(Value::Float(number)));
    }
    if let Some(at) = value.get("instant").and_then(Json::as_str) {
        return at.parse().map(|it| Some(Value::Timestamp(it)));
    }
    if value.is_null() {
        return Ok(None);
    }
    let list = texts(value).map(Value::TextList).map(Some);
    list.ok_or_else(|| {
        seriatim::Error::from_input("a value of a unit is no text, number, truth or list of texts")
    })
}

/// A point in time: a text with an offset.
pub(crate) fn instant(text: &str) -> napi::Result<Instant> {
    text.parse().or_throw()
}

pub(crate) fn purpose(code: &str) -> napi::Result<Purpose> {
    Purpose::ALL.into_iter().find(|it| it.code() == code).ok_or_else(|| {
        let codes = Purpose::ALL.map(Purpose::code).join(", ");
        invalid(format!("there is no purpose {code:?}; there are {codes}"))
    })
}

/// A count as a number of JavaScript.
pub(crate) fn count(value: u64) -> f64 {
    value as f64
}

/// A number of JavaScript that counts.
pub(crate) fn whole(value: i64) -> napi::Result<u64> {
    u64::try_from(value).map_err(|_| invalid(format!("{value} is less than 0")))
}
