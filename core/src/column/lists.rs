//! Chunks of a column that has any number of values a row.
//!
//! The values of all rows follow one another and are cut into pieces of 65,536, each encoded as the
//! ordinals of a chunk are; so are the lengths of the rows.

use super::encode::{Piece, encode_ordinals};
use super::intervals::Intervals;
use super::layout::{Encoding, NO_ZONE};
use super::ordinals::Ordinals;
use super::survey::Scratch;
use crate::bitmap::Mask;
use crate::bytes::{Cursor, PutBytes};
use crate::error::{Error, Result};
use crate::limits::CHUNK_ROWS;

/// The bytes that describe a piece: zone, length, encoding, zeros.
const PIECE_BYTES: usize = 24;
/// Rows from one stored start to the next.
const START_ROWS: usize = 128;

/// Appends the lists of a chunk; missing rows have length 0.
///
/// # Errors
///
/// `invalid_argument` where a chunk has 2^32 values or more.
pub(super) fn encode_lists(
    lengths: &[u64],
    values: &[u64],
    scratch: &mut Scratch,
    out: &mut Vec<u8>,
) -> Result<Piece> {
    let start = out.len();
    let count = u32::try_from(values.len())
        .map_err(|_| Error::invalid("65,536 units have more than 2^32 values of one column"))?;
    let mut body = Vec::new();
    out.put_u32(count);
    out.put_u32(0);
    let lengths_piece = encode_ordinals(lengths, scratch, &mut body);
    put_piece(&lengths_piece, out)?;
    let mut zone = NO_ZONE;
    for values in values.chunks(CHUNK_ROWS) {
        let piece = encode_ordinals(values, scratch, &mut body);
        put_piece(&piece, out)?;
        zone = if zone == NO_ZONE {
            piece.zone
        } else {
            (zone.0.min(piece.zone.0), zone.1.max(piece.zone.1))
        };
    }
    if lengths_piece.encoding != Encoding::Constant {
        let mut before = 0;
        for rows in lengths.chunks(START_ROWS) {
            out.put_u32(u32::try_from(before).unwrap_or(u32::MAX));
            before += rows.iter().sum::<u64>();
        }
    }
    out.append(&mut body);
    Ok(Piece { encoding: Encoding::Lists, zone, len: out.len() - start })
}

fn put_piece(piece: &Piece, out: &mut Vec<u8>) -> Result<()> {
    let len = u32::try_from(piece.len).map_err(|_| Error::invalid("a column is too large"))?;
    out.put_u64(piece.zone.0);
    out.put_u64(piece.zone.1);
    out.put_u32(len);
    out.extend([piece.encoding.number(), 0, 0, 0]);
    Ok(())
}

fn read_piece(cursor: &mut Cursor<'_>) -> Result<Piece> {
    let zone = (cursor.u64()?, cursor.u64()?);
    let len = cursor.u32()? as usize;
    let [encoding, zeros @ ..]: [u8; 4] = cursor.take()?;
    if zeros != [0; 3] || zone.0 > zone.1 {
        return Err(cursor.corrupt("a piece has no zone"));
    }
    Ok(Piece { encoding: Encoding::from_number(encoding)?, zone, len })
}

/// The lists of a chunk where they lie.
pub(super) struct Lists<'a> {
    lengths: Ordinals<'a>,
    /// How many values come before every 128th row; none where all lengths are one.
    starts: &'a [[u8; 4]],
    pieces: Vec<Ordinals<'a>>,
}

impl<'a> Lists<'a> {
    /// Reads the lists of `rows` rows out of `bytes`.
    ///
    /// # Errors
    ///
    /// `corrupt` where the bytes do not have the size their header calls for.
    pub(super) fn new(bytes: &'a [u8], rows: usize) -> Result<Self> {
        let mut cursor = Cursor::new("column chunk of lists", bytes);
        let values = cursor.u32()? as usize;
        if cursor.u32()? != 0 {
            return Err(cursor.corrupt("its header is damaged"));
        }
        let count = values.div_ceil(CHUNK_ROWS);
        cursor.count(count as u64 + 1, PIECE_BYTES)?;
        let lengths_piece = read_piece(&mut cursor)?;
        let pieces: Vec<Piece> =
            (0..count).map(|_| read_piece(&mut cursor)).collect::<Result<_>>()?;
        let starts = match lengths_piece.encoding {
            Encoding::Constant => &[],
            _ => cursor.slice(4 * rows.div_ceil(START_ROWS))?.as_chunks().0,
        };
        let lengths = Ordinals::new(cursor.slice(lengths_piece.len)?, rows, lengths_piece)?;
        let mut left = values;
        let mut read = Vec::with_capacity(pieces.len());
        for piece in pieces {
            let rows = left.min(CHUNK_ROWS);
            read.push(Ordinals::new(cursor.slice(piece.len)?, rows, piece)?);
            left -= rows;
        }
        cursor.finish()?;
        Ok(Lists { lengths, starts, pieces: read })
    }

    /// Appends the values of `row`.
    pub(super) fn list_into(&self, row: usize, out: &mut Vec<u32>) -> Result<()> {
        let length = self.lengths.at(row)?;
        let start = if self.starts.is_empty() {
            length.checked_mul(row as u64)
        } else {
            let stored = self.starts.get(row / START_ROWS).map_or(0, |it| u32::from_le_bytes(*it));
            let before = row / START_ROWS * START_ROWS..row;
            before
                .map(|row| self.lengths.at(row))
                .try_fold(u64::from(stored), |sum, length| {
                    length.map(|length| sum.saturating_add(length))
                })?
                .into()
        };
        let end = start.and_then(|start| start.checked_add(length));
        let (Some(start), Some(end)) = (start, end) else { return Err(overlong()) };
        for at in start..end {
            out.push(self.value(at)?);
        }
        Ok(())
    }

    fn value(&self, at: u64) -> Result<u32> {
        let at = usize::try_from(at).map_err(|_| overlong())?;
        let piece = self.pieces.get(at / CHUNK_ROWS).ok_or_else(overlong)?;
        code_of(piece.at(at % CHUNK_ROWS)?)
    }

    /// Every length and every value, in place of what the two hold.
    pub(super) fn read_into(&self, lengths: &mut Vec<u64>, values: &mut Vec<u64>) -> Result<()> {
        self.lengths.read_into(lengths)?;
        values.clear();
        let mut piece_values = Vec::new();
        for piece in &self.pieces {
            piece.read_into(&mut piece_values)?;
            values.extend_from_slice(&piece_values);
        }
        let total = lengths.iter().try_fold(0_u64, |sum, length| sum.checked_add(*length));
        if total == Some(values.len() as u64) { Ok(()) } else { Err(overlong()) }
    }

    /// Adds to `out` the rows that have a value in `intervals`; `zone` is that of all values.
    pub(super) fn scan(
        &self,
        intervals: &Intervals,
        zone: (u64, u64),
        out: &mut Mask,
    ) -> Result<()> {
        if !intervals.overlaps(zone) {
            return Ok(());
        }
        if intervals.covers(zone) {
            return self.lengths.scan(&Intervals::between(1, u64::MAX), out);
        }
        let mut lengths = Vec::new();
        let mut found = Mask::new();
        let (mut row, mut end) = (0_u32, 0_u64);
        for (piece, first) in self.pieces.iter().zip((0_u64..).step_by(CHUNK_ROWS)) {
            found.clear_all();
            piece.scan(intervals, &mut found)?;
            if found.is_empty() {
                continue;
            }
            if lengths.is_empty() {
                self.lengths.read_into(&mut lengths)?;
            }
            for value in found.iter().map(|at| first + u64::from(at)) {
                // `end` is where the values of the rows before `row` end.
                while end <= value {
                    let length = lengths.get(row as usize).ok_or_else(overlong)?;
                    end = end.checked_add(*length).ok_or_else(overlong)?;
                    row += 1;
                }
                out.set_range(row - 1..row);
            }
        }
        Ok(())
    }
}

/// The code of a text.
pub(super) fn code_of(ordinal: u64) -> Result<u32> {
    u32::try_from(ordinal)
        .map_err(|_| Error::corrupt(format!("column chunk: there is no text {ordinal}")))
}

fn overlong() -> Error {
    Error::corrupt("column chunk of lists: its lists are longer than its values")
}
