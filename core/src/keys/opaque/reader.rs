//! Reads texts.

use std::cmp::Ordering;

use super::super::layout::GroupEntry;
use super::super::part::{Part, Table};
use super::writer::{BLOCK_TEXTS, START_BYTES};
use crate::bytes::Cursor;
use crate::error::Result;
use crate::serial::opaque_order;

/// The texts of a group.
#[derive(Clone, Debug)]
pub(in super::super) struct Opaque {
    part: Part,
    rows: u64,
    blocks: Table<START_BYTES>,
}

/// Texts of a block, one after the other.
#[derive(Clone)]
pub(in super::super) struct Texts<'a> {
    part: &'a Part,
    cursor: Cursor<'a>,
    /// The row of `text`, and the row after the last of the block.
    row: u64,
    end: u64,
    text: Vec<u8>,
}

/// Where a look-up ended: at the first text that is not before the one asked for, or at the last
/// of its block.
#[derive(Clone)]
pub(in super::super) struct Near<'a> {
    texts: Texts<'a>,
    asked: String,
}

impl<'a> Texts<'a> {
    /// The row of the text read last.
    pub(in super::super) fn row(&self) -> u64 {
        self.row
    }

    /// The text read last.
    pub(in super::super) fn text(&self) -> Result<&str> {
        std::str::from_utf8(&self.text).map_err(|_| self.part.corrupt("a serial is not UTF-8"))
    }

    /// Reads the first text of a block.
    fn first(part: &'a Part, bytes: &'a [u8], rows: std::ops::Range<u64>) -> Result<Self> {
        let cursor = Cursor::new("serials", bytes);
        let mut texts = Texts { part, cursor, row: rows.start, end: rows.end, text: Vec::new() };
        texts.read_rest(0)?;
        Ok(texts)
    }

    /// Reads the next text; false at the end of the block.
    fn advance(&mut self) -> Result<bool> {
        if self.row + 1 >= self.end {
            return Ok(false);
        }
        let shared = self.cursor.varint()?;
        let shared = usize::try_from(shared).ok().filter(|&shared| shared <= self.text.len());
        let shared =
            shared.ok_or_else(|| self.part.corrupt("a serial shares what is not there"))?;
        self.read_rest(shared)?;
        self.row += 1;
        Ok(true)
    }

    fn read_rest(&mut self, shared: usize) -> Result<()> {
        let length = self.cursor.varint()?;
        let length = self.cursor.count(length, 1)?;
        self.text.truncate(shared);
        self.text.extend_from_slice(self.cursor.slice(length)?);
        Ok(())
    }
}

impl Opaque {
    /// Checks the table that `entry` tells of against the bytes that are there.
    pub(in super::super) fn open(part: Part, entry: &GroupEntry) -> Result<Self> {
        if entry.parts != entry.rows.div_ceil(BLOCK_TEXTS as u64) {
            return Err(part.corrupt("a group has another number of blocks than its rows ask"));
        }
        let blocks = usize::try_from(entry.parts).unwrap_or(usize::MAX);
        let blocks = Table::new(&part, 0, blocks)?;
        Ok(Opaque { part, rows: entry.rows, blocks })
    }

    /// How many texts are before `text`, and whether it is one of them.
    pub(in super::super) fn rank(&self, text: &str) -> Result<(u64, bool)> {
        Ok(self.seek(text)?.map_or((0, false), |(row, found, _)| (row, found)))
    }

    /// The row of `text`; `near` is where the last answer was, and is kept up to date.
    pub(in super::super) fn row_near<'a>(
        &'a self,
        text: &str,
        near: &mut Option<Near<'a>>,
    ) -> Result<Option<u64>> {
        if let Some(near) = near {
            if opaque_order(near.texts.text()?, text) != Ordering::Greater {
                let (row, found) = scan(&mut near.texts, text)?;
                if found || row < near.texts.end {
                    text.clone_into(&mut near.asked);
                    return Ok(found.then_some(row));
                }
            } else if opaque_order(&near.asked, text) != Ordering::Greater {
                return Ok(None);
            }
        }
        let found = self.seek(text)?;
        let row = found.as_ref().filter(|(_, found, _)| *found).map(|(row, ..)| *row);
        *near = found.map(|(.., texts)| Near { texts, asked: text.to_owned() });
        Ok(row)
    }

    /// Reads the text of a row of the group.
    pub(in super::super) fn text_at(&self, row: u64) -> Result<Texts<'_>> {
        let block = usize::try_from(row / BLOCK_TEXTS as u64).unwrap_or(usize::MAX);
        let mut texts = self.block(block)?;
        while texts.row < row {
            if !texts.advance()? {
                return Err(self.part.corrupt("a row past the last serial is asked for"));
            }
        }
        Ok(texts)
    }

    /// Reads on after `texts`; false after the last text of the group.
    pub(in super::super) fn advance<'a>(&'a self, texts: &mut Texts<'a>) -> Result<bool> {
        if texts.advance()? {
            return Ok(true);
        }
        if texts.end >= self.rows {
            return Ok(false);
        }
        *texts = self.text_at(texts.end)?;
        Ok(true)
    }

    /// Checks that texts ascend and that blocks hold nothing else.
    pub(in super::super) fn verify(&self) -> Result<()> {
        let mut before = String::new();
        for index in 0..self.blocks.len {
            let mut texts = self.block(index)?;
            loop {
                let text = texts.text()?;
                if texts.row > 0 && opaque_order(&before, text) != Ordering::Less {
                    return Err(self
                        .part
                        .corrupt(format!("block {index} of serials is not whole")));
                }
                text.clone_into(&mut before);
                if !texts.advance()? {
                    break;
                }
            }
            texts.cursor.finish()?;
        }
        Ok(())
    }

    /// The row of the first text that is not before `wanted`, whether it is `wanted`, and where.
    fn seek(&self, wanted: &str) -> Result<Option<(u64, bool, Texts<'_>)>> {
        let (mut low, mut high) = (0, self.blocks.len);
        while low < high {
            let middle = usize::midpoint(low, high);
            let first = self.first_text(middle)?;
            let order = first.len().cmp(&wanted.len()).then_with(|| first.cmp(wanted.as_bytes()));
            if order == Ordering::Greater { high = middle } else { low = middle + 1 }
        }
        let Some(block) = low.checked_sub(1) else { return Ok(None) };
        let mut texts = self.block(block)?;
        let (row, found) = scan(&mut texts, wanted)?;
        Ok(Some((row, found, texts)))
    }

    fn block(&self, index: usize) -> Result<Texts<'_>> {
        let first = (index * BLOCK_TEXTS) as u64;
        let rows = first..self.rows.min(first + BLOCK_TEXTS as u64);
        Texts::first(&self.part, self.bytes(index)?, rows)
    }

    fn first_text(&self, index: usize) -> Result<&[u8]> {
        let mut cursor = Cursor::new("serials", self.bytes(index)?);
        let length = cursor.varint()?;
        cursor.slice(cursor.count(length, 1)?)
    }

    /// What block `index` holds.
    fn bytes(&self, index: usize) -> Result<&[u8]> {
        let pair = self.blocks.read(&self.part, index..self.blocks.len.min(index + 2))?;
        let data = self.blocks.end();
        let at = |nth: usize| {
            let start = pair.get(nth).map(|&start| u64::from_le_bytes(start));
            start.map(|start| usize::try_from(start).unwrap_or(usize::MAX).saturating_add(data))
        };
        let Some(start) = at(0) else {
            return Err(self.part.corrupt("a row past the last serial is asked for"));
        };
        self.part.bytes(start..at(1).unwrap_or(self.part.len()))
    }
}

/// Reads on to the first text that is not before `wanted`: its row and whether it is `wanted`; at
/// the end of the block the row after it.
fn scan(texts: &mut Texts<'_>, wanted: &str) -> Result<(u64, bool)> {
    loop {
        match opaque_order(texts.text()?, wanted) {
            Ordering::Equal => return Ok((texts.row, true)),
            Ordering::Greater => return Ok((texts.row, false)),
            Ordering::Less if texts.advance()? => {}
            Ordering::Less => return Ok((texts.end, false)),
        }
    }
}
