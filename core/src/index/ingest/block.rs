//! Some tens of thousands of rows of input, checked and typed.

use std::sync::Arc;

use super::interner::MISSING;
use crate::serial::{FamilyId, SerialKey};

/// Where rows come from, for messages: a file as the caller named it, and its first row.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    pub(super) input: Arc<str>,
    /// The number of the block's first row, from 1.
    pub(super) first_row: u64,
}

/// Rows of one input, in its order.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) rows: usize,
    pub(super) keys: BlockKeys,
    /// One a row, or none where all rows are of the load's one namespace.
    pub(super) namespaces: Option<BlockTexts>,
    /// One a column of the schema.
    pub(super) columns: Vec<BlockColumn>,
    pub(super) rejected: Vec<RejectedRow>,
}

/// A row that was left out.
#[derive(Clone, Debug)]
pub(super) struct RejectedRow {
    pub(super) input: Arc<str>,
    pub(super) row: u64,
    pub(super) column: String,
    pub(super) reason: String,
}

/// The serials of rows: a code of a family each, or the place of a text.
#[derive(Debug, Default)]
pub(super) struct BlockKeys {
    pub(super) families: Vec<u8>,
    /// Where the family is opaque: a place in `texts`.
    pub(super) codes: Vec<u128>,
    pub(super) texts: Vec<Box<str>>,
}

impl BlockKeys {
    pub(super) fn push(&mut self, key: SerialKey) {
        match key {
            SerialKey::Coded { family, code } => {
                self.families.push(family.0);
                self.codes.push(code);
            }
            SerialKey::Opaque(text) => {
                self.families.push(FamilyId::OPAQUE.0);
                self.codes.push(self.texts.len() as u128);
                self.texts.push(text);
            }
        }
    }
}

/// Texts of rows: distinct ones, and a number a row ([`MISSING`] for none).
#[derive(Debug, Default)]
pub(super) struct BlockTexts {
    pub(super) distinct: Vec<Box<str>>,
    pub(super) codes: Vec<u32>,
}

/// The values of one column for the rows of a block.
#[derive(Debug)]
pub(super) enum BlockColumn {
    /// The input does not have it: missing for every row.
    Absent,
    /// Text and version columns.
    Texts(BlockTexts),
    /// Integer, date (days), timestamp (microseconds) and boolean (0, 1) columns; the places of
    /// missing rows ascend, and their values mean nothing.
    Numbers { values: Vec<i64>, missing: Vec<u32> },
    /// Float columns.
    Floats { values: Vec<f64>, missing: Vec<u32> },
    /// Columns of many texts: row `i` has the codes from the end of row `i - 1` to its own.
    Lists { distinct: Vec<Box<str>>, ends: Vec<u32>, codes: Vec<u32>, missing: Vec<u32> },
}

impl Block {
    /// Leaves out rows, given by ascending place.
    pub(super) fn remove(&mut self, places: &[u32]) {
        if places.is_empty() {
            return;
        }
        self.rows -= places.len();
        retain(&mut self.keys.families, places);
        retain(&mut self.keys.codes, places);
        if let Some(texts) = &mut self.namespaces {
            retain(&mut texts.codes, places);
        }
        for column in &mut self.columns {
            column.remove(places);
        }
    }
}

impl BlockColumn {
    fn remove(&mut self, places: &[u32]) {
        match self {
            BlockColumn::Absent => {}
            BlockColumn::Texts(texts) => retain(&mut texts.codes, places),
            BlockColumn::Numbers { values, missing } => {
                retain(values, places);
                shift(missing, places);
            }
            BlockColumn::Floats { values, missing } => {
                retain(values, places);
                shift(missing, places);
            }
            BlockColumn::Lists { ends, codes, missing, .. } => {
                let (mut kept_ends, mut kept_codes) = (Vec::new(), Vec::new());
                let (mut start, mut removed) = (0, places.iter().peekable());
                for (place, end) in (0u32..).zip(ends.iter()) {
                    if removed.next_if_eq(&&place).is_none() {
                        let range = usize_of(start)..usize_of(*end);
                        kept_codes.extend_from_slice(codes.get(range).unwrap_or_default());
                        kept_ends.push(u32::try_from(kept_codes.len()).unwrap_or(MISSING));
                    }
                    start = *end;
                }
                (*ends, *codes) = (kept_ends, kept_codes);
                shift(missing, places);
            }
        }
    }
}

pub(super) fn usize_of(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// Drops the values at ascending places.
fn retain<T>(values: &mut Vec<T>, places: &[u32]) {
    let (mut place, mut removed) = (0u32, places.iter().peekable());
    values.retain(|_| {
        let keep = removed.next_if_eq(&&place).is_none();
        place += 1;
        keep
    });
}

/// Drops places that are removed and moves the others down by how many went before them.
fn shift(missing: &mut Vec<u32>, places: &[u32]) {
    let (mut gone, mut removed) = (0u32, places.iter().peekable());
    missing.retain_mut(|place| {
        while removed.next_if(|it| **it < *place).is_some() {
            gone += 1;
        }
        let keep = removed.peek() != Some(&&*place);
        *place -= gone;
        keep
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removed_rows_leave_the_others_as_they_were() {
        let mut block = Block {
            rows: 4,
            keys: BlockKeys {
                families: vec![0, 1, 2, 3],
                codes: vec![10, 11, 12, 13],
                texts: Vec::new(),
            },
            namespaces: None,
            columns: vec![
                BlockColumn::Numbers { values: vec![0, 1, 2, 3], missing: vec![1, 3] },
                BlockColumn::Lists {
                    distinct: vec!["a".into(), "b".into()],
                    ends: vec![1, 3, 3, 4],
                    codes: vec![0, 0, 1, 1],
                    missing: vec![2],
                },
            ],
            rejected: Vec::new(),
        };
        block.remove(&[0, 1]);
        assert_eq!((block.rows, block.keys.codes), (2, vec![12, 13]));
        let BlockColumn::Numbers { values, missing } = &block.columns[0] else { panic!() };
        assert_eq!((values.as_slice(), missing.as_slice()), ([2, 3].as_slice(), [1].as_slice()));
        let BlockColumn::Lists { ends, codes, missing, .. } = &block.columns[1] else { panic!() };
        assert_eq!((ends.as_slice(), codes.as_slice()), ([0, 1].as_slice(), [1].as_slice()));
        assert_eq!(missing.as_slice(), [0]);
    }
}
