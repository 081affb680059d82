//! Texts of which few come twice, such as addresses: kept in row order, shortened by a table of
//! symbols of their own.

mod buffer;
mod packed;
mod symbols;

pub(crate) use buffer::TextBuffer;
pub(crate) use packed::{PackedTexts, encode_packed};
