//! Codes that lie close together, as a set over the code space.
//!
//! The code space is cut into chunks of 65,536 codes, counted from the base, which is a multiple of
//! 65,536. Each chunk that has codes is kept as runs, as an array or as bits, whichever is
//! smallest, and knows how many codes are before it.
//!
//! | bytes | field |
//! |---|---|
//! | 16 every 64th chunk | the entries of chunks 0, 64, 128 ... once more |
//! | 16 a chunk | the entries, ascending |
//! | the rest | what the chunks hold, one after the other |
//!
//! An entry:
//!
//! | bytes | field |
//! |---|---|
//! | 8 | bits 0-13: how many runs, 0 in other forms; 14-15: 0 runs, 1 array, 2 bits; 16-63: the number of the chunk, from the base |
//! | 4 | how many codes of the group are before it |
//! | 4 | where what it holds begins after the entries, in units of 2 bytes |
//!
//! Runs: 2 bytes a run, its first code in the chunk; then 2 bytes a run, how many codes of the
//! chunk are before it. Array: 2 bytes a code. Bits: 2 bytes for each 512 codes, how many codes of
//! the chunk are before them; then a bit a code, 8,192 bytes.

mod place;
mod reader;
mod shape;
mod writer;

pub(super) use place::Place;
pub(super) use reader::Dense;
pub(super) use writer::{base, encode, size_bytes};
