//! Scopes as JSON.

mod call;
mod lexer;
mod reader;
mod write;
