//! Rows that cannot be read: the first is an error, or all are collected.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::error::{Error, Place, Result};
use crate::index::ingest::block::{Block, BlockColumn, BlockKeys, Origin, RejectedRow, usize_of};
use crate::index::ingest::interner::MISSING;
use crate::index::ingest::shape::{Rule, Shape, ShapeColumn};
use crate::serial::{SerialKey, check_serial};

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

    /// Finds the rows that break the rule of a column.
    fn check(&mut self, column: &ShapeColumn, values: &mut BlockColumn) {
        let allowed = match column.rule {
            Rule::Anything => return,
            Rule::Identifier => return self.check_identifiers(column, values),
            Rule::Present => return self.check_present(column, values),
            Rule::OneOf(allowed) => allowed,
        };
        let reason = || Error::invalid(format!("the value is none of {}", allowed.join(", ")));
        match values {
            BlockColumn::Texts(texts) => {
                let fits = fits(&texts.distinct, allowed);
                for (place, code) in (0u32..).zip(&texts.codes) {
                    if fits.get(usize_of(*code)) == Some(&false) {
                        self.add(place, column.name(), reason());
                    }
                }
            }
            BlockColumn::Lists { distinct, ends, codes, .. } => {
                let fits = fits(distinct, allowed);
                let mut start = 0;
                for (place, end) in (0u32..).zip(ends) {
                    let list = codes.get(usize_of(start)..usize_of(*end)).unwrap_or_default();
                    if list.iter().any(|code| fits.get(usize_of(*code)) == Some(&false)) {
                        self.add(place, column.name(), reason());
                    }
                    start = *end;
                }
            }
            _ => {}
        }
    }

    /// Finds the rows whose identifier cannot be one; a blank one is missing.
    fn check_identifiers(&mut self, column: &ShapeColumn, values: &mut BlockColumn) {
        let BlockColumn::Texts(texts) = values else { return };
        let plain = |text: &str| !text.is_empty() && check_serial(text).is_ok();
        let plain: Vec<bool> = texts.distinct.iter().map(|text| plain(text.trim())).collect();
        if plain.iter().all(|it| *it) {
            return;
        }
        for (place, code) in (0u32..).zip(&mut texts.codes) {
            let Some(false) = plain.get(usize_of(*code)) else { continue };
            let text = texts.distinct.get(usize_of(*code)).map_or("", |text| text.trim());
            match check_serial(text) {
                Err(error) if !text.is_empty() => self.add(place, column.name(), error),
                _ => *code = MISSING,
            }
        }
    }

    fn check_present(&mut self, column: &ShapeColumn, values: &BlockColumn) {
        let reason = || Error::invalid("the value is missing");
        match values {
            BlockColumn::Texts(texts) => {
                let empty = |code: u32| {
                    texts.distinct.get(usize_of(code)).is_none_or(|text| text.is_empty())
                };
                for (place, code) in (0u32..).zip(&texts.codes) {
                    if empty(*code) {
                        self.add(place, column.name(), reason());
                    }
                }
            }
            BlockColumn::Numbers { missing, .. } => {
                for place in missing {
                    self.add(*place, column.name(), reason());
                }
            }
            _ => {}
        }
    }

    /// Takes the bad rows out of a block.
    ///
    /// # Errors
    ///
    /// The first bad row, unless they are collected.
    pub(super) fn settle(mut self, block: &mut Block, shape: &Shape) -> Result<()> {
        for (column, values) in shape.columns.iter().zip(&mut block.columns) {
            self.check(column, values);
        }
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

/// Which of some texts are allowed; an empty one is a missing one.
fn fits(texts: &[Box<str>], allowed: &[&str]) -> Vec<bool> {
    texts.iter().map(|text| text.is_empty() || allowed.contains(&&**text)).collect()
}
