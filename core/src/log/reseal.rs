//! Makes the checksums and the chain of a changed file right again, as someone who means harm would.
//!
//! Only fuzz targets do this: without it they would never get past the checksums.

use super::file::{FOOTER_MAGIC, FileHeader};
use super::frame::{FrameHeader, Salt};
use super::scan::candidates;
use crate::bytes::{Hash, crc32c};

const CHECK_BYTES: usize = size_of::<u32>();

/// Corrects every checksum whose place is clear.
pub(crate) fn reseal(mut file: Vec<u8>) -> Vec<u8> {
    let _sealed_or_not = reseal_parts(&mut file);
    file
}

fn reseal_parts(file: &mut [u8]) -> Option<()> {
    let header = file.get_mut(..FileHeader::BYTES)?;
    close(header, crc32c)?;
    let salt = FileHeader::decode(header).ok()?.salt();
    let mut head = Hash::of(header);
    let places: Vec<usize> = candidates(file).collect();
    for at in places {
        let rest = file.get_mut(at..)?;
        if rest.starts_with(&FOOTER_MAGIC) {
            let footer = rest.get_mut(..super::file::Footer::BYTES)?;
            footer.get_mut(16..48)?.copy_from_slice(&head.0);
            close(footer, |said| salt.check(said))?;
        } else if let Some(frame) = reseal_frame(rest, salt, head) {
            head = frame;
        }
    }
    Some(())
}

/// The hash of the frame that `rest` begins with, made right.
fn reseal_frame(rest: &mut [u8], salt: Salt, head: Hash) -> Option<Hash> {
    let (header, _) = FrameHeader::decode_any(rest)?;
    let end = FrameHeader::BYTES.checked_add(usize::try_from(header.length).ok()?)?;
    let check = crc32c(rest.get(FrameHeader::BYTES..end)?);
    let said = FrameHeader { previous: head, payload_check: check, ..header };
    rest.get_mut(..FrameHeader::BYTES)?.copy_from_slice(&said.encode(salt));
    Some(Hash::of(rest.get(..end)?))
}

/// Ends a part with its own checksum.
fn close(part: &mut [u8], check: impl Fn(&[u8]) -> u32) -> Option<()> {
    let (said, slot) = part.split_last_chunk_mut::<CHECK_BYTES>()?;
    *slot = check(said).to_le_bytes();
    Some(())
}
