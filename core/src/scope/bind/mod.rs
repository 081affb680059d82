//! Resolves a scope against a schema.

mod binder;
mod columns;
mod numbers;
mod texts;
