//! Scopes as SQL.

mod write;
