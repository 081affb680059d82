//! Where everything in the sections of a column stands.

use crate::bytes::PutBytes;
use crate::error::{Error, Result};
use crate::limits::CHUNK_ROWS;

/// Kinds of the sections a column has; numbers are never given a second time.
pub(crate) mod kind {
    /// A header and an entry for each chunk. Always there.
    pub(crate) const DIRECTORY: u32 = 0x20;
    /// The ordinals of every chunk. Always there.
    pub(crate) const DATA: u32 = 0x21;
    /// The missing rows of every chunk that has some.
    pub(crate) const MISSING: u32 = 0x22;
    /// The texts of a column of texts, versions or lists.
    pub(crate) const TEXTS: u32 = 0x23;
    /// The distinct numbers of a float column that has few.
    pub(crate) const FLOATS: u32 = 0x24;
    /// The margins: a header and an entry for each chunk of each.
    pub(crate) const MARGIN_DIRECTORY: u32 = 0x25;
    /// The ordinals of the chunks of the margins.
    pub(crate) const MARGIN_DATA: u32 = 0x26;
    /// The missing rows of the chunks of the margins.
    pub(crate) const MARGIN_MISSING: u32 = 0x27;
}

/// How the ordinals of a chunk are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Encoding {
    /// No row has a value.
    Empty,
    /// Every row has the value of the zone map.
    Constant,
    /// A value for each run of rows.
    Runs,
    /// A sorted dictionary of the chunk's own and a code a row.
    Dictionary,
    /// The distance from the least value, a code a row.
    Frame,
    /// Blocks of rows, each with a least value and a width of its own.
    Blocks,
    /// As `Blocks`, for rows that ascend: the distance from the row before.
    Ascending,
    /// Any number of values a row.
    Lists,
}

impl Encoding {
    const ALL: [Encoding; 8] = [
        Encoding::Empty,
        Encoding::Constant,
        Encoding::Runs,
        Encoding::Dictionary,
        Encoding::Frame,
        Encoding::Blocks,
        Encoding::Ascending,
        Encoding::Lists,
    ];

    pub(super) fn number(self) -> u8 {
        match self {
            Encoding::Empty => 0,
            Encoding::Constant => 1,
            Encoding::Runs => 2,
            Encoding::Dictionary => 3,
            Encoding::Frame => 4,
            Encoding::Blocks => 5,
            Encoding::Ascending => 6,
            Encoding::Lists => 7,
        }
    }

    pub(super) fn from_number(number: u8) -> Result<Self> {
        // They are in the order of their numbers.
        let found = Encoding::ALL.get(usize::from(number)).copied();
        found.ok_or_else(|| Error::corrupt(format!("a column chunk of unknown encoding {number}")))
    }
}

/// The bytes of the directory before its first entry: rows, missing rows.
pub(super) const DIRECTORY_HEADER_BYTES: usize = 16;
/// The bytes of an [`Entry`].
pub(super) const ENTRY_BYTES: usize = 40;

/// What the directory says of one chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Least and greatest ordinal of the rows that have one; the wrong way round when none has.
    pub(super) zone: (u64, u64),
    pub(super) data_start: u64,
    pub(super) data_len: u32,
    pub(super) missing_start: u32,
    pub(super) missing_len: u16,
    pub(super) missing_count: u32,
    pub(super) encoding: Encoding,
}

/// What stands for the zone of no ordinals.
pub(super) const NO_ZONE: (u64, u64) = (1, 0);

impl Entry {
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        out.put_u64(self.zone.0);
        out.put_u64(self.zone.1);
        out.put_u64(self.data_start);
        out.put_u32(self.data_len);
        out.put_u32(self.missing_start);
        out.put_u16(self.missing_len);
        out.push(self.encoding.number());
        out.push(0);
        out.put_u32(self.missing_count);
    }

    pub(super) fn decode(bytes: &[u8], rows: u32) -> Result<Self> {
        // Read for every chunk that is asked about: no cursor, which checks each number by itself.
        let corrupt = |what: &str| Error::corrupt(format!("column directory: {what}"));
        let ([zone_least, zone_most, data_start, places, rest], []) = bytes.as_chunks::<8>() else {
            return Err(corrupt("an entry is cut short"));
        };
        let zone = (u64::from_le_bytes(*zone_least), u64::from_le_bytes(*zone_most));
        let data_start = u64::from_le_bytes(*data_start);
        let [data_len @ .., _, _, _, _] = *places;
        let [_, _, _, _, missing_start @ ..] = *places;
        let [low, high, encoding, zero, missing_count @ ..] = *rest;
        let (data_len, missing_start) =
            (u32::from_le_bytes(data_len), u32::from_le_bytes(missing_start));
        let missing_len = u16::from_le_bytes([low, high]);
        let encoding = Encoding::from_number(encoding)?;
        let missing_count = u32::from_le_bytes(missing_count);
        if zero != 0 || missing_count > rows {
            return Err(corrupt(&format!("{missing_count} of {rows} rows are missing")));
        }
        let valued = !matches!(encoding, Encoding::Empty | Encoding::Lists);
        if valued && (zone.0 > zone.1 || missing_count == rows) {
            return Err(corrupt("a chunk with values has no zone"));
        }
        if encoding == Encoding::Empty && missing_count < rows {
            return Err(corrupt("a chunk without values has rows that are not missing"));
        }
        Ok(Entry {
            zone,
            data_start,
            data_len,
            missing_start,
            missing_len,
            missing_count,
            encoding,
        })
    }
}

/// How many chunks so many rows make.
pub(super) fn chunks_of(rows: u64) -> usize {
    usize::try_from(rows.div_ceil(CHUNK_ROWS as u64)).unwrap_or(usize::MAX)
}

/// The rows of chunk `index` of a column of `rows` rows; 0 past the last chunk.
pub(super) fn rows_of_chunk(rows: u64, index: usize) -> u32 {
    let before = (index as u64).saturating_mul(CHUNK_ROWS as u64);
    let left = rows.saturating_sub(before).min(CHUNK_ROWS as u64);
    u32::try_from(left).unwrap_or(0)
}
