//! Where everything in a file stands.
//!
//! `header | sections | block table | directory | trailer`, each of them on a multiple of 64 bytes.
//! Data is what lies before the block table, the header and all padding included: it is cut into
//! blocks of 64 KiB, and the block table has one checksum for each. The block table is cut into
//! pages of 64 KiB in turn, and the directory has one checksum for each of those, which is why
//! opening a file of any size reads a few hundred bytes.

use std::ops::Range;

use super::name::{FileId, FileKind, SectionId};
use crate::bytes::{Cursor, PutBytes, crc32c};
use crate::error::{Error, Result};
use crate::limits::BLOCK_BYTES;

/// The version this release writes, and the only one it reads.
const FORMAT_VERSION: u32 = 0;

/// Not text, so that no transfer in text mode leaves it whole.
const MAGIC_START: [u8; 8] = [0x89, b'S', b'E', b'R', 0x0D, 0x0A, 0x1A, 0x0A];
const MAGIC_END: [u8; 8] = [0x89, b'E', b'N', b'D', 0x0D, 0x0A, 0x1A, 0x0A];

/// What the start of every part and section is a multiple of.
pub(super) const ALIGN: usize = 64;
/// The bytes of a checksum.
pub(super) const CHECK_BYTES: usize = size_of::<u32>();

const HEADER_ZEROS: usize = 28;
/// The bytes of the header: magic, version, kind, id, zeros, checksum.
pub(super) const HEADER_BYTES: usize =
    MAGIC_START.len() + 2 * size_of::<u32>() + FileId::BYTES + HEADER_ZEROS + CHECK_BYTES;

const ENTRY_BYTES: usize = 2 * size_of::<u32>() + 2 * size_of::<u64>();

const TRAILER_ZEROS: usize = 12;
/// The bytes of the trailer: length, end of data, sections, checksum of the directory, id, zeros,
/// magic, checksum.
pub(super) const TRAILER_BYTES: usize = 2 * size_of::<u64>()
    + size_of::<u32>()
    + CHECK_BYTES
    + FileId::BYTES
    + TRAILER_ZEROS
    + MAGIC_END.len()
    + CHECK_BYTES;

const _: () =
    assert!(HEADER_BYTES == ALIGN && TRAILER_BYTES == ALIGN && BLOCK_BYTES.is_multiple_of(ALIGN));

/// What a file says of itself before anything else is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) kind: FileKind,
    pub(super) id: FileId,
}

impl Header {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(HEADER_BYTES);
        out.extend(MAGIC_START);
        out.put_u32(FORMAT_VERSION);
        out.put_u32(self.kind.number());
        out.extend(self.id.0);
        out.extend([0; HEADER_ZEROS]);
        out.put_u32(crc32c(&out));
        out
    }

    /// Reads the header of a file of any version far enough to tell damage from novelty.
    pub(super) fn decode(bytes: &[u8]) -> Result<Self> {
        let mut cursor = checked("header", bytes, MAGIC_START, 0)?;
        cursor.take::<{ MAGIC_START.len() }>()?;
        let version = cursor.u32()?;
        if version != FORMAT_VERSION {
            return Err(Error::unsupported(format!(
                "header: format {version}, but this release reads format {FORMAT_VERSION}"
            )));
        }
        let number = cursor.u32()?;
        let kind = FileKind::from_number(number)
            .ok_or_else(|| cursor.corrupt(format!("there is no kind of file {number}")))?;
        let id = FileId(cursor.take()?);
        refuse_non_zero(&mut cursor, HEADER_ZEROS)?;
        Ok(Header { kind, id })
    }

    /// Says in an error which file it is about.
    pub(super) fn name(&self, error: Error) -> Error {
        error.within(format_args!("{} {}", self.kind, self.id))
    }
}

/// The last bytes of a file: where to begin reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Trailer {
    pub(super) length: u64,
    pub(super) data_end: u64,
    pub(super) sections: u32,
    pub(super) directory_check: u32,
    pub(super) id: FileId,
}

impl Trailer {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(TRAILER_BYTES);
        out.put_u64(self.length);
        out.put_u64(self.data_end);
        out.put_u32(self.sections);
        out.put_u32(self.directory_check);
        out.extend(self.id.0);
        out.extend([0; TRAILER_ZEROS]);
        out.extend(MAGIC_END);
        out.put_u32(crc32c(&out));
        out
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self> {
        let magic_at = TRAILER_BYTES - CHECK_BYTES - MAGIC_END.len();
        let mut cursor = checked("trailer", bytes, MAGIC_END, magic_at)?;
        let trailer = Trailer {
            length: cursor.u64()?,
            data_end: cursor.u64()?,
            sections: cursor.u32()?,
            directory_check: cursor.u32()?,
            id: FileId(cursor.take()?),
        };
        refuse_non_zero(&mut cursor, TRAILER_ZEROS)?;
        Ok(trailer)
    }
}

/// The 64 bytes of a header or trailer, once their magic and their checksum are right.
fn checked<'a>(
    what: &'static str,
    bytes: &'a [u8],
    magic: [u8; 8],
    magic_at: usize,
) -> Result<Cursor<'a>> {
    let mut cursor = Cursor::new(what, bytes);
    if bytes.get(magic_at..).and_then(|rest| rest.first_chunk()) != Some(&magic) {
        return Err(cursor.corrupt("not a file of an index, or one that is cut short"));
    }
    let (said, check) = (cursor.slice(ALIGN - CHECK_BYTES)?, cursor.u32()?);
    if crc32c(said) != check {
        return Err(cursor.corrupt("fails its checksum; restore the file from a copy"));
    }
    Ok(Cursor::new(what, said))
}

fn refuse_non_zero(cursor: &mut Cursor<'_>, len: usize) -> Result<()> {
    if cursor.slice(len)?.iter().any(|byte| *byte != 0) {
        return Err(cursor.corrupt("reserved bytes are not zero"));
    }
    Ok(())
}

/// The parts of a file, as the end of its data and the number of its sections decide them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// Where the data ends and the block table begins.
    pub(super) data_end: usize,
    /// The checksums of the blocks, and zeros up to a multiple of 64 bytes.
    pub(super) block_table: Range<usize>,
    /// The checksums of the block table's pages, the section entries, and zeros as above.
    pub(super) directory: Range<usize>,
    /// The bytes of the whole file, the trailer included.
    pub(super) length: usize,
}

impl Layout {
    /// None where the file would not fit in memory's addresses.
    pub(super) fn new(data_end: usize, sections: usize) -> Option<Self> {
        let table_bytes = aligned(data_end.div_ceil(BLOCK_BYTES).checked_mul(CHECK_BYTES)?)?;
        let table_end = data_end.checked_add(table_bytes)?;
        let checks = table_bytes.div_ceil(BLOCK_BYTES).checked_mul(CHECK_BYTES)?;
        let entries = sections.checked_mul(ENTRY_BYTES)?;
        let directory_end = table_end.checked_add(aligned(checks.checked_add(entries)?)?)?;
        Some(Layout {
            data_end,
            block_table: data_end..table_end,
            directory: table_end..directory_end,
            length: directory_end.checked_add(TRAILER_BYTES)?,
        })
    }

    /// How many blocks the data has; the last may be short.
    pub(super) fn blocks(&self) -> usize {
        self.data_end.div_ceil(BLOCK_BYTES)
    }

    /// How many pages the block table has; the last may be short.
    pub(super) fn pages(&self) -> usize {
        self.block_table.len().div_ceil(BLOCK_BYTES)
    }
}

/// The next multiple of 64 bytes.
pub(super) fn aligned(bytes: usize) -> Option<usize> {
    bytes.checked_next_multiple_of(ALIGN)
}

/// One line of the section table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) id: SectionId,
    pub(super) place: Range<usize>,
}

impl Entry {
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        out.put_u32(self.id.kind);
        out.put_u32(self.id.column);
        out.put_u64(self.place.start as u64);
        out.put_u64(self.place.len() as u64);
    }

    /// Reads the entry of a section that must begin at `start`, the first place that is free.
    pub(super) fn decode(cursor: &mut Cursor<'_>, start: usize) -> Result<Self> {
        let id = SectionId { kind: cursor.u32()?, column: cursor.u32()? };
        let (said, len) = (cursor.u64()?, cursor.u64()?);
        let end = usize::try_from(len).ok().and_then(|len| start.checked_add(len));
        match end {
            Some(end) if said == start as u64 => Ok(Entry { id, place: start..end }),
            _ => Err(cursor.corrupt(format!("{id} does not follow the one before it"))),
        }
    }
}
