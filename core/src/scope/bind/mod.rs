//! Resolves a scope against a schema.

mod binder;
mod columns;
mod fields;
mod given;
mod keyed;
mod numbers;
mod serials;
mod shape;
mod texts;

pub(super) use given::Asked;
