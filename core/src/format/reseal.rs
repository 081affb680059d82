//! Makes the checksums of a changed file right again, as someone who means harm would.
//!
//! Only tests and fuzz targets do this: without it they would never get past the checksums.

use super::layout::{CHECK_BYTES, HEADER_BYTES, Layout, TRAILER_BYTES};
use crate::bytes::{Cursor, crc32c};
use crate::limits::BLOCK_BYTES;

/// Corrects every checksum whose place is clear; none where that is not so.
pub(crate) fn reseal(file: &mut [u8]) -> Option<()> {
    close(file.get_mut(..HEADER_BYTES)?)?;
    let tail_at = file.len().checked_sub(TRAILER_BYTES)?;
    close(file.get_mut(tail_at..)?)?;

    let mut trailer = Cursor::new("trailer", file.get(tail_at..)?);
    trailer.u64().ok()?;
    let data_end = usize::try_from(trailer.u64().ok()?).ok()?;
    let sections = usize::try_from(trailer.u32().ok()?).ok()?;
    let check_at = tail_at + trailer.position();
    let layout = Layout::new(data_end, sections).filter(|it| it.length == file.len())?;

    let blocks = checks(file.get(..data_end)?);
    write(file.get_mut(layout.block_table.clone())?, &blocks);
    let pages = checks(file.get(layout.block_table)?);
    write(file.get_mut(layout.directory.clone())?, &pages);
    let directory = crc32c(file.get(layout.directory)?);
    write(file.get_mut(check_at..check_at + CHECK_BYTES)?, &[directory]);
    close(file.get_mut(tail_at..)?)
}

/// Ends a header or trailer with its own checksum.
fn close(part: &mut [u8]) -> Option<()> {
    let (said, check) = part.split_last_chunk_mut::<CHECK_BYTES>()?;
    *check = crc32c(said).to_le_bytes();
    Some(())
}

fn checks(part: &[u8]) -> Vec<u32> {
    part.chunks(BLOCK_BYTES).map(crc32c).collect()
}

fn write(part: &mut [u8], checks: &[u32]) {
    for (slot, check) in part.as_chunks_mut().0.iter_mut().zip(checks) {
        *slot = check.to_le_bytes();
    }
}
