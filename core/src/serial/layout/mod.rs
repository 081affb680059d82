//! The text of a layout: what the serials of a family are made of, from left to right.

mod kind;
mod parse;
mod part;
mod print;
mod read_kind;
#[cfg(test)]
mod tests;

pub(super) use kind::{Alphabet, CalendarKind, CalendarUnit, FieldKind, Writing};
pub(super) use part::{FIELDS_MAX, FieldPart, Layout, Part};
pub(super) use print::escaped;
