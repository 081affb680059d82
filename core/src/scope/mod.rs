//! The scope language: a SQL `WHERE` clause, the same as JSON, the same as a builder; binding it to
//! a schema; and what it says of one described unit. Nothing here knows how units are stored.

mod ast;
mod bind;
mod bound;
mod bound_serials;
mod build;
mod call;
mod date_part;
mod decide;
mod decision;
mod digest;
mod draft;
mod field_test;
mod json;
mod like;
mod like_automaton;
mod literal;
mod mask;
mod moment;
mod names;
mod notice;
mod parameters;
mod place;
mod serial_set;
mod sql;
mod text_expr;
mod truth;

pub(crate) use ast::NodeId;
pub use ast::Scope;
pub use bound::BoundScope;
#[cfg(test)]
pub(crate) use bound::TextRange;
pub(crate) use bound::{BoundNode, SerialTest, TextTest, TimePart, ValueTest};
pub use build::Term;
pub use date_part::DatePart;
pub(crate) use decide::within;
pub use decision::{DecidingClause, Decision};
pub(crate) use like::{LikePattern, Places};
pub(crate) use like_automaton::LikeAutomaton;
pub use literal::Literal;
pub(crate) use mask::MaskedTest;
pub use notice::Notice;
pub use parameters::Parameters;
pub use serial_set::SerialSet;
pub(crate) use text_expr::{TextExpr, TextStep};
pub use truth::{Truth, Verdict};

#[cfg(test)]
mod tests;
