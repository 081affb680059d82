//! The Python package: every method converts its arguments, makes one call of the core with the
//! interpreter released, and converts what comes back. No rule of recalls lives here.

#![expect(
    clippy::doc_markdown,
    clippy::doc_link_with_quotes,
    reason = "what documents a class or a method is a docstring of Python"
)]
#![expect(
    clippy::needless_pass_by_value,
    clippy::unused_self,
    reason = "Python gives arguments by value, and its methods have a self"
)]

mod apart;
mod arrow_ffi;
mod convert;
mod error;
mod family;
mod frame;
mod gs1;
mod index;
mod load;
mod options;
mod ownership;
mod range_table;
mod registrar;
mod report;
mod rows;
mod schema;
mod scope;
mod selection;
mod texts;
mod threads;
mod unit_set;
mod verdicts;

use pyo3::prelude::*;

// Free-threaded interpreters take their lock for it: nothing of it has been tried without one.
#[pymodule(gil_used = true)]
mod _native {
    #[pymodule_export]
    use super::family::{SerialFamily, infer};
    #[pymodule_export]
    use super::frame::Frame;
    #[pymodule_export]
    use super::gs1::{ElementString, Scanned};
    #[pymodule_export]
    use super::index::{Index, create, open};
    #[pymodule_export]
    use super::ownership::{Ownership, Reach};
    #[pymodule_export]
    use super::range_table::RangeTable;
    #[pymodule_export]
    use super::registrar::Registrar;
    #[pymodule_export]
    use super::schema::{BoundScope, Column, Schema};
    #[pymodule_export]
    use super::scope::{Literal, Scope, SerialSet, Term, mask, param};
    #[pymodule_export]
    use super::selection::{Lookup, ScopeDiff, Selection};
    #[pymodule_export]
    use super::threads::{set_threads, threads};
    #[pymodule_export]
    use super::unit_set::{By, Description, Unit, UnitIter, UnitSet, beside};
    #[pymodule_export]
    use super::verdicts::Verdicts;
}
