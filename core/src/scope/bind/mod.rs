//! Resolves a scope against a schema.

mod binder;
mod columns;
mod given;
mod numbers;
mod serials;
mod shape;
mod texts;
