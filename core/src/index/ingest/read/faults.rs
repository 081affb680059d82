//! Rows that cannot be read: the first is an error, or all are collected.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::error::{Error, Place, Result};
use crate::index::ingest::block::{Block, BlockKeys, Origin, RejectedRow};
use crate::serial::SerialKey;

/// The bad rows of a block.
#[derive(Debug)]
pub(super) struct Faults<'o> {
    origin: &'o Origin,
    collects: bool,
    rows: BTreeMap<u32, (String, Error)>,
}

impl<'o> Faults<'o> {
    pub(super) fn new(origin: &'o Origin, collects: bool) -> Self {
        Faults { origin, collects, rows: BTreeMap::new() }
    }

    /// Says what is wrong with a row; the first thing said of a row is told.
    pub(super) fn add(&mut self, place: u32, column: &str, reason: Error) {
        self.rows.entry(place).or_insert_with(|| (column.to_owned(), reason));
    }

    /// Adds the serial of a row to the keys of its block.
    pub(super) fn key(
        &mut self,
        place: u32,
        column: &str,
        classified: Result<SerialKey>,
        keys: &mut BlockKeys,
    ) {
        keys.push(classified.unwrap_or_else(|error| {
            self.add(place, column, error);
            // The row is taken out with the others; until then it holds its place.
            SerialKey::Opaque(Box::default())
        }));
    }

    /// Takes the bad rows out of a block.
    ///
    /// # Errors
    ///
    /// The first bad row, unless they are collected.
    pub(super) fn settle(self, block: &mut Block) -> Result<()> {
        let row = |place: u32| self.origin.first_row + u64::from(place);
        let places: Vec<u32> = self.rows.keys().copied().collect();
        for (place, (column, reason)) in self.rows {
            let input = Arc::clone(&self.origin.input);
            if !self.collects {
                let place = Place::Row { input: input.to_string(), row: row(place), column };
                return Err(reason.at(place));
            }
            let reason = reason.message().to_owned();
            block.rejected.push(RejectedRow { input, row: row(place), column, reason });
        }
        block.remove(&places);
        Ok(())
    }
}
