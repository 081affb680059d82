//! Columns: what is known of the units of a segment, written small and read where it lies.
//!
//! A value is an *ordinal*, an unsigned number in the order of the values, so that every comparison
//! of every type becomes [`Intervals`] of ordinals. [`encode_column`] cuts the rows into chunks of
//! 65,536 and writes each in the encoding that measures smallest; [`ColumnReader`] opens the result
//! without reading it, and a [`Chunk`] answers scans by its zone map before it looks at its data.
//!
//! Nothing here trusts its bytes: whatever they hold, an answer may be `corrupt` or, before
//! [`ColumnReader::verify`], wrong, and is never a panic.

mod bit_planes;
mod blocks;
mod chunk;
mod count;
mod dictionary;
mod encode;
mod intervals;
mod layout;
mod lists;
mod margin;
mod number;
mod ordinals;
mod packed;
mod planes;
mod reader;
mod survey;
#[cfg(test)]
mod tests;
mod writer;

pub(crate) use chunk::Chunk;
pub(crate) use count::LocalValues;
pub(crate) use intervals::Intervals;
pub(crate) use layout::Encoding;
pub(crate) use number::{float_ordinal, number_ordinal, ordinal_float, ordinal_number};
pub(crate) use reader::ColumnReader;
pub(crate) use writer::{
    ColumnReport, ColumnRows, ColumnValues, EncodedColumn, encode_column, encode_column_of,
};
