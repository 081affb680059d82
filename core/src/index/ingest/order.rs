//! The order of a segment's rows: by namespace, family and code.

use std::collections::BTreeMap;

use super::block::usize_of;
use super::buffer::Buffer;
use crate::error::Result;
use crate::keys::{GroupKeys, KeyGroup};
use crate::pool::{Halt, sort_halting};
use crate::serial::{FamilyId, opaque_order};

/// The rows of a buffer in the order of the segment, each serial once.
#[derive(Debug)]
pub(super) struct Ordered {
    /// Ascending; the groups' namespace numbers are places in this list.
    pub(super) namespaces: Vec<String>,
    pub(super) groups: Vec<KeyGroup>,
    /// Which row of the buffer stands at each place; none where all stand where they came.
    pub(super) rows: Option<Vec<u32>>,
    /// Rows left out because a later row has the same serial.
    pub(super) replaced: Vec<u32>,
}

/// Orders the rows of a buffer. Where a serial comes twice, its last row stays.
///
/// # Errors
///
/// `cancelled`.
pub(super) fn order(buffer: &Buffer, halt: &Halt) -> Result<Ordered> {
    let names = buffer.namespace_names.texts();
    let mut by_name: Vec<u32> = (0..).take(names.len()).collect();
    by_name.sort_by_key(|number| names.get(usize_of(*number)));
    let mut rank = vec![0u32; names.len()];
    for (place, number) in (0u32..).zip(&by_name) {
        if let Some(slot) = rank.get_mut(usize_of(*number)) {
            *slot = place;
        }
    }
    let name = |number: &u32| names.get(usize_of(*number)).map_or("", |it| it).to_owned();
    let mut ordered = Ordered {
        namespaces: by_name.iter().map(name).collect(),
        groups: Vec::new(),
        rows: None,
        replaced: Vec::new(),
    };
    let mut rows = Vec::with_capacity(buffer.rows());
    let rank = |number: u32| rank.get(usize_of(number)).copied().unwrap_or(0);
    for ((namespace, family), mut members) in groups(buffer, rank) {
        halt.check()?;
        let family = FamilyId(family);
        let replaced = &mut ordered.replaced;
        let keys = if family == FamilyId::OPAQUE {
            order_opaque(buffer, &mut members, replaced, halt)?
        } else {
            let codes = order_coded(buffer, &mut members, replaced, halt)?;
            GroupKeys::Coded { family, codes }
        };
        ordered.groups.push(KeyGroup { namespace, keys });
        rows.append(&mut members);
    }
    let as_they_came =
        rows.len() == buffer.rows() && (0u32..).zip(&rows).all(|(at, row)| at == *row);
    ordered.rows = (!as_they_came).then_some(rows);
    Ok(ordered)
}

/// The rows of each (rank of its namespace, family), as they came.
pub(super) fn groups(buffer: &Buffer, rank: impl Fn(u32) -> u32) -> BTreeMap<(u32, u8), Vec<u32>> {
    let mut groups: BTreeMap<(u32, u8), Vec<u32>> = BTreeMap::new();
    let mut current: Option<((u32, u8), Vec<u32>)> = None;
    for ((row, family), namespace) in (0u32..).zip(&buffer.families).zip(&buffer.namespaces) {
        let key = (rank(*namespace), *family);
        match &mut current {
            Some((same, members)) if *same == key => members.push(row),
            _ => {
                if let Some((before, members)) = current.take() {
                    groups.insert(before, members);
                }
                let mut members = groups.remove(&key).unwrap_or_default();
                members.push(row);
                current = Some((key, members));
            }
        }
    }
    groups.extend(current);
    groups
}

fn order_coded(
    buffer: &Buffer,
    members: &mut Vec<u32>,
    replaced: &mut Vec<u32>,
    halt: &Halt,
) -> Result<Vec<u128>> {
    let code = |row: &u32| buffer.codes.get(usize_of(*row)).copied().unwrap_or(0);
    let codes: Vec<u128> = members.iter().map(code).collect();
    if codes.is_sorted_by(|a, b| a < b) {
        return Ok(codes);
    }
    drop(codes);
    halt.check()?;
    // Half the memory, where every code fits in 64 bits.
    let narrow: Option<Vec<(u64, u32)>> =
        members.iter().map(|row| u64::try_from(code(row)).ok().map(|code| (code, *row))).collect();
    if let Some(pairs) = narrow {
        let codes = sort_pairs(pairs, members, replaced, halt)?;
        return Ok(codes.into_iter().map(u128::from).collect());
    }
    let pairs = members.iter().map(|row| (code(row), *row)).collect();
    sort_pairs(pairs, members, replaced, halt)
}

/// Sorts by code; where one comes twice, its last row stays.
fn sort_pairs<C: Copy + Ord + Send>(
    mut pairs: Vec<(C, u32)>,
    members: &mut Vec<u32>,
    replaced: &mut Vec<u32>,
    halt: &Halt,
) -> Result<Vec<C>> {
    sort_halting(&mut pairs, &Ord::cmp, halt)?;
    members.clear();
    let mut codes = Vec::with_capacity(pairs.len());
    let mut later = pairs.iter().skip(1);
    for (code, row) in &pairs {
        if later.next().is_some_and(|(next, _)| next == code) {
            replaced.push(*row);
        } else {
            codes.push(*code);
            members.push(*row);
        }
    }
    Ok(codes)
}

fn order_opaque(
    buffer: &Buffer,
    members: &mut Vec<u32>,
    replaced: &mut Vec<u32>,
    halt: &Halt,
) -> Result<GroupKeys> {
    let text = |row: &u32| {
        let place = buffer.codes.get(usize_of(*row)).and_then(|it| usize::try_from(*it).ok());
        place.and_then(|at| buffer.opaque.get(at)).map_or("", |text| text)
    };
    sort_halting(members, &|a, b| opaque_order(text(a), text(b)).then(a.cmp(b)), halt)?;
    let sorted = std::mem::take(members);
    let mut later = sorted.iter().skip(1);
    for row in &sorted {
        if later.next().is_some_and(|next| text(next) == text(row)) {
            replaced.push(*row);
        } else {
            members.push(*row);
        }
    }
    Ok(GroupKeys::Opaque(members.iter().map(|row| text(row).into()).collect()))
}
