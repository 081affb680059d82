//! The scope language: a SQL `WHERE` clause, the same as JSON, the same as a builder; binding it to
//! a schema; and what it says of one described unit. Nothing here knows how units are stored.

mod ast;
mod bind;
mod bound;
mod build;
mod decide;
mod draft;
mod json;
mod like;
mod literal;
mod moment;
mod place;
mod sql;
mod truth;

pub(crate) use ast::NodeId;
pub use ast::Scope;
pub use bound::BoundScope;
pub(crate) use bound::{BoundNode, SerialTest, TextRange, TextTest, ValueTest};
pub use build::Term;
pub(crate) use like::LikePattern;
pub use literal::Literal;
pub use truth::{Truth, Verdict};

#[cfg(test)]
mod tests;
