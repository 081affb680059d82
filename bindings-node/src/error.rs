//! Errors of the core on their way to JavaScript.

use serde_json::{Value, json};
use seriatim::{Error, Place};

/// What the message of an error of ours begins with; the rest is JSON that `lib/errors.ts` reads.
const MARK: &str = "seriatim:";

/// What turns a result of the core into one of Node.
pub(crate) trait OrThrow<T> {
    fn or_throw(self) -> napi::Result<T>;
}

impl<T> OrThrow<T> for seriatim::Result<T> {
    fn or_throw(self) -> napi::Result<T> {
        self.map_err(|error| thrown(&error))
    }
}

/// An error of the core as one that JavaScript can be thrown, with its code and its place.
pub(crate) fn thrown(error: &Error) -> napi::Error {
    let mut told = json!({
        "code": error.kind().code(),
        "message": error.message(),
        "text": error.to_string(),
    });
    match error.place() {
        Some(Place::Text { line, column, caret }) => {
            add(&mut told, [("line", json!(line)), ("column", json!(column))]);
            add(&mut told, [("caret", json!(caret))]);
        }
        Some(Place::Json { path }) => add(&mut told, [("path", json!(path))]),
        Some(Place::Row { input, row, column }) => {
            add(&mut told, [("input", json!(input)), ("row", json!(row))]);
            add(&mut told, [("column", json!(column))]);
        }
        _ => {}
    }
    napi::Error::from_reason(format!("{MARK}{told}"))
}

fn add<const N: usize>(told: &mut Value, more: [(&str, Value); N]) {
    if let Some(told) = told.as_object_mut() {
        told.extend(more.into_iter().map(|(name, value)| (name.to_owned(), value)));
    }
}

/// An argument that is not acceptable.
pub(crate) fn invalid(message: impl Into<String>) -> napi::Error {
    coded("invalid_argument", message)
}

/// An error of a kind that the core has.
pub(crate) fn coded(code: &str, message: impl Into<String>) -> napi::Error {
    let message = message.into();
    let told = json!({"code": code, "message": message, "text": message});
    napi::Error::from_reason(format!("{MARK}{told}"))
}
