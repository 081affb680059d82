//! The native part of the Node package: every function converts its arguments, makes one call of
//! the core, off the thread of JavaScript where it takes time with the data, and converts what
//! comes back. No rule of recalls lives here, and no user sees it: `lib/` is what they import.

#![expect(
    clippy::needless_pass_by_value,
    unreachable_pub,
    unnameable_types,
    missing_debug_implementations,
    reason = "JavaScript gives arguments by value, and nobody but the module's loader imports this"
)]

mod columns;
mod convert;
mod error;
mod feed;
mod frame;
mod gs1;
mod index;
mod jobs;
mod json_lines;
mod load;
mod ownership;
mod range_table;
mod records;
mod registrar;
mod report;
mod schema;
mod scope;
mod selection;
mod slot;
mod task;
mod texts;
mod threads;
mod unit_set;
