//! Scopes as SQL.

mod condition;
mod hints;
mod lexer;
mod operand;
mod parser;
mod write;

pub(super) use operand::number;
