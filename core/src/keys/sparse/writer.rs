//! Writes the sparse form.

use super::super::layout::SAMPLE;
use super::packed::{BLOCK_CODES, CODE_BITS, UNIT_BYTES, pack};
use crate::bytes::PutBytes;
use crate::error::{Error, Result};

/// Whether first codes take 16 bytes.
pub(in super::super) fn is_wide(codes: &[u128]) -> bool {
    let span = codes.last().zip(codes.first()).map(|(last, first)| last - first);
    span.is_some_and(|span| u64::try_from(span).is_err())
}

/// How many bytes ascending codes take.
pub(in super::super) fn size_bytes(codes: &[u128]) -> usize {
    let first_bytes = if is_wide(codes) { 16 } else { 8 };
    let blocks = codes.chunks(BLOCK_CODES);
    let tables = first_bytes * (blocks.len() + blocks.len().div_ceil(SAMPLE)) + 4 * blocks.len();
    tables + blocks.map(|block| UNIT_BYTES * width_of(block)).sum::<usize>()
}

/// Appends strictly ascending codes; gives the number of blocks.
pub(in super::super) fn encode(codes: &[u128], out: &mut Vec<u8>) -> Result<u64> {
    let base = codes.first().copied().unwrap_or(0);
    let wide = is_wide(codes);
    let first_of = |block: &[u128]| block.first().map_or(0, |first| first - base);
    let put = |block: &[u128], out: &mut Vec<u8>| {
        let bytes = first_of(block).to_le_bytes();
        out.extend(bytes.iter().take(if wide { 16 } else { 8 }));
    };
    let blocks = codes.chunks(BLOCK_CODES);
    blocks.clone().step_by(SAMPLE).for_each(|block| put(block, out));
    blocks.clone().for_each(|block| put(block, out));
    let mut unit = 0;
    for block in blocks.clone() {
        let place = u32::try_from(unit).map_err(|_| {
            Error::invalid("the serials of a segment are too many; load fewer rows a segment")
        })?;
        out.put_u32(place);
        unit += width_of(block);
    }
    let count = blocks.len() as u64;
    for block in blocks {
        let first = block.first().copied().unwrap_or(0);
        pack(block.iter().map(|code| code - first), width_of(block), out);
    }
    Ok(count)
}

/// Bits that the distances of a block take.
fn width_of(block: &[u128]) -> usize {
    let span = block.last().zip(block.first()).map_or(0, |(last, first)| last - first);
    CODE_BITS - span.leading_zeros() as usize
}
