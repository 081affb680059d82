//! Texts that fit no family, without what each shares with the one before.
//!
//! Texts are cut into blocks of 32, the last one shorter.
//!
//! | bytes | field |
//! |---|---|
//! | 8 a block | where it begins after this table |
//! | the rest | the blocks, one after the other |
//!
//! A block holds for each text: how many bytes it shares with the beginning of the one before (not
//! for the first, which shares none), how many bytes follow, both as varints, and those bytes.

mod reader;
mod writer;

pub(super) use reader::{Near, Opaque};
pub(super) use writer::encode;
