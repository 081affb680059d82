//! Scopes as SQL.

mod call;
mod condition;
mod hints;
mod lexer;
mod operand;
mod parser;
mod write;

pub(super) use operand::number;
