//! Texts in row order.

use std::sync::{Arc, OnceLock};

use super::buffer::TextBuffer;
use super::symbols::Symbols;
use crate::bytes::PutBytes;
use crate::error::{Error, Result};
use crate::format::{SealedFile, Section, SectionId};
use crate::pool::Halt;

const SYMBOLS: u32 = 0x30;
const STARTS: u32 = 0x31;
const TEXTS: u32 = 0x32;

/// Rows of a block, which is read as a whole.
const BLOCK_ROWS: usize = 1_024;
/// Bytes that room is made for, a text that is read.
const BYTES_A_TEXT: usize = 32;

/// Texts in row order, an empty one being a missing one. Cloning shares the file.
#[derive(Clone, Debug)]
pub(crate) struct PackedTexts {
    rows: u64,
    /// Learned when texts are read: they lie far from the ends of the file, which are read when it
    /// is opened.
    symbols: Arc<OnceLock<Symbols>>,
    learned: Section,
    starts: Section,
    texts: Section,
}

/// Encodes texts in row order: the kinds of the sections and their bytes.
///
/// # Errors
///
/// `cancelled`, looked for once a block.
pub(crate) fn encode_packed<'t>(
    texts: impl Iterator<Item = Option<&'t str>> + Clone,
    halt: &Halt,
) -> Result<Vec<(u32, Vec<u8>)>> {
    let symbols = Symbols::learn(texts.clone().flatten());
    let (mut starts, mut out) = (Vec::new(), Vec::new());
    let (mut lengths, mut block) = (Vec::with_capacity(BLOCK_ROWS), Vec::new());
    for text in texts {
        let before = block.len();
        symbols.shorten(text.unwrap_or_default(), &mut block);
        lengths.push(block.len() - before);
        if lengths.len() == BLOCK_ROWS {
            halt.check()?;
            starts.put_u64(out.len() as u64);
            close(&mut lengths, &mut block, &mut out);
        }
    }
    starts.put_u64(out.len() as u64);
    if !lengths.is_empty() {
        close(&mut lengths, &mut block, &mut out);
        starts.put_u64(out.len() as u64);
    }
    Ok(vec![(SYMBOLS, symbols.to_bytes()), (STARTS, starts), (TEXTS, out)])
}

/// Writes a block: the width of a length in bits, the lengths, the texts.
fn close(lengths: &mut Vec<usize>, block: &mut Vec<u8>, out: &mut Vec<u8>) {
    let longest = lengths.iter().copied().max().unwrap_or(0) as u64;
    let width = u64::BITS - longest.leading_zeros();
    out.extend(u8::try_from(width));
    let (mut word, mut filled) = (0u128, 0);
    for length in lengths.drain(..) {
        word |= (length as u128) << filled;
        filled += width;
        while filled >= 8 {
            out.push(low_byte(word));
            word >>= 8;
            filled -= 8;
        }
    }
    if filled > 0 {
        out.push(low_byte(word));
    }
    out.append(block);
}

fn low_byte(word: u128) -> u8 {
    word.to_le_bytes()[0]
}

impl PackedTexts {
    /// Opens a column of `rows` texts.
    pub(crate) fn open(file: &SealedFile, column: u32, rows: u64) -> Result<Self> {
        let section = |kind| file.section(SectionId { kind, column });
        let (learned, starts, texts) = (section(SYMBOLS)?, section(STARTS)?, section(TEXTS)?);
        let blocks = rows.div_ceil(BLOCK_ROWS as u64);
        if starts.len() as u64 != (blocks + 1) * 8 {
            return Err(starts.corrupt(format!("its blocks are not those of {rows} rows")));
        }
        Ok(PackedTexts { rows, symbols: Arc::default(), learned, starts, texts })
    }

    fn symbols(&self) -> Result<&Symbols> {
        if let Some(known) = self.symbols.get() {
            return Ok(known);
        }
        let read = Symbols::from_bytes(self.learned.all()?)?;
        Ok(self.symbols.get_or_init(|| read))
    }

    /// Calls back with the text of each of `rows`, which ascend as a rule, or none where it is
    /// missing.
    pub(crate) fn each(
        &self,
        rows: &[u32],
        mut call: impl FnMut(Option<&str>) -> Result<()>,
    ) -> Result<()> {
        let (mut text, symbols) = (Vec::new(), self.symbols()?);
        self.each_shortened(rows, |bytes| {
            if bytes.is_empty() {
                return call(None);
            }
            text.clear();
            symbols.restore(bytes, &mut text)?;
            let found = std::str::from_utf8(&text);
            call(Some(found.map_err(|_| self.texts.corrupt("a text is not UTF-8"))?))
        })
    }

    /// Adds the texts of `rows`, which ascend as a rule.
    pub(crate) fn read_into(&self, rows: &[u32], out: &mut TextBuffer) -> Result<()> {
        let symbols = self.symbols()?;
        out.bytes.reserve(rows.len().saturating_mul(BYTES_A_TEXT));
        self.each_shortened(rows, |bytes| {
            if bytes.is_empty() {
                out.push(None);
            } else {
                symbols.restore(bytes, &mut out.bytes)?;
                out.end();
            }
            Ok(())
        })
    }

    fn each_shortened(
        &self,
        rows: &[u32],
        mut call: impl FnMut(&[u8]) -> Result<()>,
    ) -> Result<()> {
        let mut open: Option<(usize, Block<'_>)> = None;
        for row in rows {
            let (number, place) = (*row as usize / BLOCK_ROWS, *row as usize % BLOCK_ROWS);
            if u64::from(*row) >= self.rows {
                return Err(self.texts.corrupt(format!("row {row} of {} is asked for", self.rows)));
            }
            if open.as_ref().is_none_or(|(it, _)| *it != number) {
                open = Some((number, self.block(number)?));
            }
            let bytes = open.as_ref().and_then(|(_, block)| block.bytes(place));
            call(bytes.ok_or_else(|| self.texts.corrupt("a block ends early"))?)?;
        }
        Ok(())
    }

    /// Reads every text.
    pub(crate) fn verify(&self) -> Result<()> {
        let all: Vec<u32> = (0..=u32::MAX).zip(0..self.rows).map(|(row, _)| row).collect();
        self.each(&all, |_| Ok(()))
    }

    fn block(&self, number: usize) -> Result<Block<'_>> {
        let start = |at: usize| -> Result<usize> {
            let bytes = self.starts.bytes(at * 8..at * 8 + 8)?;
            let (word, _) = bytes.as_chunks::<8>();
            let word = word.first().map_or(0, |it| u64::from_le_bytes(*it));
            usize::try_from(word).map_err(|_| self.starts.corrupt("a block starts too far away"))
        };
        let bytes = self.texts.bytes(start(number)?..start(number + 1)?)?;
        let rows = self.rows - (number * BLOCK_ROWS) as u64;
        let rows = usize::try_from(rows).map_or(BLOCK_ROWS, |rows| rows.min(BLOCK_ROWS));
        Block::read(bytes, rows).map_err(|error| self.texts.corrupt(error.message()))
    }
}

/// A block with the place of each text.
struct Block<'b> {
    /// Where each text ends.
    ends: Vec<usize>,
    texts: &'b [u8],
}

impl<'b> Block<'b> {
    fn read(bytes: &'b [u8], rows: usize) -> Result<Self> {
        let short = || Error::corrupt("a block of texts ends early");
        let (width, rest) = bytes.split_first().ok_or_else(short)?;
        let width = u32::from(*width);
        if width > 48 {
            return Err(Error::corrupt("a block of texts has lengths of too many bits"));
        }
        let packed = (rows * width as usize).div_ceil(8);
        let (lengths, texts) = rest.split_at_checked(packed).ok_or_else(short)?;
        let mut lengths = lengths.iter();
        let (mut word, mut filled, mut end) = (0u64, 0, 0);
        let mut ends = Vec::with_capacity(rows);
        for _ in 0..rows {
            while filled < width {
                word |= u64::from(*lengths.next().ok_or_else(short)?) << filled;
                filled += 8;
            }
            end += usize::try_from(word & ((1 << width) - 1)).map_err(|_| short())?;
            word >>= width;
            filled -= width;
            if end > texts.len() {
                return Err(short());
            }
            ends.push(end);
        }
        Ok(Block { ends, texts })
    }

    fn bytes(&self, place: usize) -> Option<&'b [u8]> {
        let start = place.checked_sub(1).map_or(Some(0), |at| self.ends.get(at).copied())?;
        self.texts.get(start..*self.ends.get(place)?)
    }
}
