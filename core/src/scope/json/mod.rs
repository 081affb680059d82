//! Scopes as JSON.

mod lexer;
mod reader;
mod write;
