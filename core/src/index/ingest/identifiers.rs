//! The identifiers of a column: sorted, with the rows that have them.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::block::usize_of;
use super::interner::MISSING;
use crate::column::{ColumnValues, EncodedColumn, encode_column};
use crate::error::{Error, Result};
use crate::keys::{GroupKeys, KeyGroup, encode_keys};
use crate::pool::{Halt, sort_halting};
use crate::schema::ColumnType;
use crate::segment::EncodedIdentifiers;
use crate::serial::{Families, FamilyId, SerialFamily, SerialKey, opaque_order};

/// Texts that are classified at a time.
const BLOCK: usize = 1 << 16;

/// Encodes the identifiers of rows: for each the number of its text, or [`MISSING`].
pub(super) fn encode(
    families: &Families,
    texts: &[String],
    rows: &[u32],
    halt: &Halt,
) -> Result<EncodedIdentifiers> {
    let mut used = vec![false; texts.len()];
    for number in rows {
        if let Some(used) = used.get_mut(usize_of(*number)) {
            *used = true;
        }
    }
    let sorted = Sorted::new(families, texts, &used, halt)?;
    // Where the rows of each place begin; one more is where they end.
    let mut firsts = vec![0_i64; sorted.distinct + 1];
    for place in rows.iter().filter_map(|number| sorted.place(*number)) {
        if let Some(count) = firsts.get_mut(place + 1) {
            *count += 1;
        }
    }
    let mut sum = 0;
    for first in &mut firsts {
        sum += *first;
        *first = sum;
    }
    let mut next = firsts.clone();
    let mut places = vec![0_i64; usize::try_from(sum).unwrap_or(0)];
    for (row, place) in (0_i64..).zip(rows.iter().map(|number| sorted.place(*number))) {
        let Some(next) = place.and_then(|place| next.get_mut(place)) else { continue };
        if let Some(slot) = usize::try_from(*next).ok().and_then(|at| places.get_mut(at)) {
            *slot = row;
        }
        *next += 1;
    }
    drop(next);
    firsts.pop();
    let shared = firsts.len() < places.len();
    Ok(EncodedIdentifiers {
        distinct: firsts.len() as u64,
        rows: places.len() as u64,
        families: sorted.rows_of(rows),
        keys: encode_keys(&sorted.groups, halt)?,
        firsts: shared.then(|| numbers(&firsts, halt)).transpose()?,
        places: numbers(&places, halt)?,
    })
}

fn numbers(values: &[i64], halt: &Halt) -> Result<EncodedColumn> {
    let rows = values.len() as u64;
    encode_column(ColumnType::Integer, ColumnValues::Numbers(values), &[], rows, halt)
}

/// The different identifiers of a column.
struct Sorted {
    groups: Vec<KeyGroup>,
    distinct: usize,
    /// For each text the place of its identifier; [`MISSING`] where it is not used.
    places: Vec<u32>,
}

impl Sorted {
    fn new(families: &Families, texts: &[String], used: &[bool], halt: &Halt) -> Result<Self> {
        let mut coded: Vec<Coded> = families.iter().map(|(_, it)| Coded::of(it)).collect();
        let mut opaque: Vec<(Box<str>, u32)> = Vec::new();
        let numbered: Vec<(u32, &String)> =
            (0_u32..).zip(texts).zip(used).filter(|(_, used)| **used).map(|(it, _)| it).collect();
        for block in numbered.chunks(BLOCK) {
            halt.check()?;
            let keys = block.par_iter().map(|(_, text)| families.classify(text));
            let keys: Vec<Result<SerialKey>> = keys.collect();
            for ((number, _), key) in block.iter().zip(keys) {
                match key? {
                    SerialKey::Opaque(text) => opaque.push((text, *number)),
                    SerialKey::Coded { family, code } => {
                        if let Some(coded) = coded.get_mut(usize::from(family.0)) {
                            coded.push(code, *number);
                        }
                    }
                }
            }
        }
        let mut sorted =
            Sorted { groups: Vec::new(), distinct: 0, places: vec![MISSING; texts.len()] };
        for ((family, _), coded) in families.iter().zip(coded) {
            let codes = match coded {
                Coded::Narrow(mut pairs) => {
                    sort_halting(&mut pairs, &Ord::cmp, halt)?;
                    sorted.take(pairs, u128::from)?
                }
                Coded::Wide(mut pairs) => {
                    sort_halting(&mut pairs, &Ord::cmp, halt)?;
                    sorted.take(pairs, |code| code)?
                }
            };
            sorted.push(GroupKeys::Coded { family, codes });
        }
        sort_halting(&mut opaque, &|a, b| opaque_order(&a.0, &b.0), halt)?;
        let texts = sorted.take(opaque, |text| text)?;
        sorted.push(GroupKeys::Opaque(texts));
        Ok(sorted)
    }

    /// Gives each of some sorted keys its place, equal ones the same.
    fn take<K: PartialEq, T>(
        &mut self,
        keys: Vec<(K, u32)>,
        kept: impl Fn(K) -> T,
    ) -> Result<Vec<T>> {
        let mut all = Vec::with_capacity(keys.len());
        let mut last: Option<K> = None;
        for (key, number) in keys {
            if last.as_ref() != Some(&key) {
                all.extend(last.replace(key).map(&kept));
                self.distinct += 1;
            }
            let place = u32::try_from(self.distinct - 1);
            let place = place.map_err(|_| Error::unsupported("too many identifiers"))?;
            if let Some(slot) = self.places.get_mut(usize_of(number)) {
                *slot = place;
            }
        }
        all.extend(last.map(&kept));
        Ok(all)
    }

    fn push(&mut self, keys: GroupKeys) {
        let group = KeyGroup { namespace: 0, keys };
        if group.len() > 0 {
            self.groups.push(group);
        }
    }

    /// The place of the identifier of a text.
    fn place(&self, number: u32) -> Option<usize> {
        let place = self.places.get(usize_of(number)).copied()?;
        Some(usize_of(place)).filter(|place| *place < self.distinct)
    }

    /// How many rows have an identifier of each family.
    fn rows_of(&self, rows: &[u32]) -> BTreeMap<FamilyId, u64> {
        let mut ends = Vec::new();
        let mut end = 0;
        for group in &self.groups {
            end += group.len();
            ends.push((end, group.family()));
        }
        let mut counts = BTreeMap::new();
        for place in rows.iter().filter_map(|number| self.place(*number)) {
            let at = ends.partition_point(|(end, _)| *end <= place);
            if let Some((_, family)) = ends.get(at) {
                *counts.entry(*family).or_default() += 1;
            }
        }
        counts
    }
}

/// Codes of a family and the numbers of their texts: half the memory where codes fit 64 bits.
enum Coded {
    Narrow(Vec<(u64, u32)>),
    Wide(Vec<(u128, u32)>),
}

impl Coded {
    fn of(family: &SerialFamily) -> Self {
        match u64::try_from(family.last_code()) {
            Ok(_) => Coded::Narrow(Vec::new()),
            Err(_) => Coded::Wide(Vec::new()),
        }
    }

    fn push(&mut self, code: u128, number: u32) {
        match self {
            // The family's last code is a `u64`.
            Coded::Narrow(pairs) => pairs.extend(u64::try_from(code).map(|code| (code, number))),
            Coded::Wide(pairs) => pairs.push((code, number)),
        }
    }
}
