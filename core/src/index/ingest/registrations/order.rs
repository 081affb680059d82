//! The order of registrations: by namespace, family and code of the unit, then as they came.

use crate::error::Result;
use crate::index::ingest::block::usize_of;
use crate::index::ingest::buffer::{Buffer, BufferColumn};
use crate::index::ingest::interner::MISSING;
use crate::index::ingest::order::groups;
use crate::keys::{GroupKeys, KeyGroup};
use crate::pool::{Halt, sort_halting};
use crate::serial::{FamilyId, opaque_order};

/// The rows of a buffer in the order of the segment.
#[derive(Debug, Default)]
pub(in crate::index::ingest) struct Ordered {
    /// Ascending; the groups' namespace numbers are places in this list, or the place after its
    /// last for serials that came without one.
    pub(in crate::index::ingest) namespaces: Vec<String>,
    /// The distinct serials.
    pub(in crate::index::ingest) groups: Vec<KeyGroup>,
    /// Which row of the buffer stands at each place.
    pub(in crate::index::ingest) rows: Vec<u32>,
    /// The place of the first registration of each serial.
    pub(in crate::index::ingest) firsts: Vec<i64>,
    /// How many rows were left out because a later one replaces them.
    pub(in crate::index::ingest) replaced: u64,
}

/// Orders the rows of a buffer. Of several with the same key, or without keys of the same unit and
/// owner, the last stays.
///
/// # Errors
///
/// `cancelled`.
pub(in crate::index::ingest) fn order(
    buffer: &Buffer,
    key: Option<usize>,
    owner: usize,
    halt: &Halt,
) -> Result<Ordered> {
    let names = buffer.namespace_names.texts();
    let mut namespaces: Vec<String> =
        names.iter().filter(|it| !it.is_empty()).map(ToString::to_string).collect();
    namespaces.sort_unstable();
    let bare = u32::try_from(namespaces.len()).unwrap_or(MISSING);
    let ranks: Vec<u32> = names
        .iter()
        .map(|name| {
            let found = namespaces.binary_search_by(|it| it.as_str().cmp(name));
            found.ok().and_then(|at| u32::try_from(at).ok()).unwrap_or(bare)
        })
        .collect();
    let rank = |number: u32| ranks.get(usize_of(number)).copied().unwrap_or(bare);
    let replaced = key.and_then(|at| buffer.columns.get(at)).map(replaced_by_key);
    let stays = |row: &u32| {
        let gone = replaced.as_ref().and_then(|it| it.get(usize_of(*row)));
        !gone.copied().unwrap_or(false)
    };
    let mut ordered = Ordered { namespaces, ..Ordered::default() };
    let owners = if key.is_none() { buffer.columns.get(owner) } else { None };
    for ((namespace, family), mut members) in groups(buffer, rank) {
        halt.check()?;
        members.retain(stays);
        if !members.is_empty() {
            let family = FamilyId(family);
            let keys = if family == FamilyId::OPAQUE {
                ordered.add_opaque(buffer, &members, owners, halt)?
            } else {
                let codes = ordered.add_coded(buffer, &members, owners, halt)?;
                GroupKeys::Coded { family, codes }
            };
            ordered.groups.push(KeyGroup { namespace, keys });
        }
    }
    ordered.replaced = u64::try_from(buffer.rows() - ordered.rows.len()).unwrap_or(u64::MAX);
    Ok(ordered)
}

impl Ordered {
    fn add_coded(
        &mut self,
        buffer: &Buffer,
        members: &[u32],
        owners: Option<&BufferColumn>,
        halt: &Halt,
    ) -> Result<Vec<u128>> {
        let code = |row: &u32| buffer.codes.get(usize_of(*row)).copied().unwrap_or(0);
        let narrow: Option<Vec<(u64, u32)>> =
            members.iter().map(|row| Some((u64::try_from(code(row)).ok()?, *row))).collect();
        if let Some(mut pairs) = narrow {
            sort_halting(&mut pairs, &Ord::cmp, halt)?;
            let codes = self.add_sorted(&pairs, |a, b| a == b, owners);
            return Ok(codes.into_iter().map(u128::from).collect());
        }
        let mut pairs: Vec<(u128, u32)> = members.iter().map(|row| (code(row), *row)).collect();
        sort_halting(&mut pairs, &Ord::cmp, halt)?;
        Ok(self.add_sorted(&pairs, |a, b| a == b, owners))
    }

    fn add_opaque(
        &mut self,
        buffer: &Buffer,
        members: &[u32],
        owners: Option<&BufferColumn>,
        halt: &Halt,
    ) -> Result<GroupKeys> {
        let text = |row: u32| {
            let place = buffer.codes.get(usize_of(row)).and_then(|it| usize::try_from(*it).ok());
            place.and_then(|at| buffer.opaque.get(at)).map_or("", |text| text)
        };
        let mut pairs: Vec<(u32, u32)> = members.iter().map(|row| (*row, *row)).collect();
        let in_order =
            |a: &(u32, u32), b: &(u32, u32)| opaque_order(text(a.0), text(b.0)).then(a.cmp(b));
        sort_halting(&mut pairs, &in_order, halt)?;
        let firsts = self.add_sorted(&pairs, |a, b| text(*a) == text(*b), owners);
        Ok(GroupKeys::Opaque(firsts.into_iter().map(|row| text(row).into()).collect()))
    }

    /// Adds rows that are in order of their serials, then as they came; gives the distinct serials.
    fn add_sorted<C: Copy>(
        &mut self,
        pairs: &[(C, u32)],
        same: impl Fn(&C, &C) -> bool,
        owners: Option<&BufferColumn>,
    ) -> Vec<C> {
        let mut serials = Vec::new();
        for of_serial in pairs.chunk_by(|a, b| same(&a.0, &b.0)) {
            let Some((serial, _)) = of_serial.first() else { continue };
            serials.push(*serial);
            self.firsts.push(i64::try_from(self.rows.len()).unwrap_or(i64::MAX));
            match owners {
                Some(owners) if of_serial.len() > 1 => {
                    self.rows.extend(last_of_each_owner(of_serial, owners));
                }
                _ => self.rows.extend(of_serial.iter().map(|(_, row)| *row)),
            }
        }
        serials
    }
}

/// The rows of one serial without those that a later one of the same owner replaces.
fn last_of_each_owner<C>(pairs: &[(C, u32)], owners: &BufferColumn) -> Vec<u32> {
    let owner = |row: u32| match owners {
        BufferColumn::Texts { codes, .. } => codes.get(usize_of(row)).copied().map_or(0, i64::from),
        BufferColumn::Numbers { values, .. } => values.get(usize_of(row)).copied().unwrap_or(0),
        _ => 0,
    };
    let mut by_owner: Vec<(i64, u32)> = pairs.iter().map(|(_, row)| (owner(*row), *row)).collect();
    by_owner.sort_unstable();
    let mut rows: Vec<u32> = by_owner
        .chunk_by(|a, b| a.0 == b.0)
        .filter_map(|same| same.last().map(|(_, row)| *row))
        .collect();
    rows.sort_unstable();
    rows
}

/// For each row whether a later one has the same key.
fn replaced_by_key(keys: &BufferColumn) -> Vec<bool> {
    let BufferColumn::Texts { texts, codes } = keys else { return Vec::new() };
    let mut seen = vec![false; texts.texts().len()];
    let mut replaced = vec![false; codes.len()];
    for (slot, code) in replaced.iter_mut().zip(codes).rev() {
        if let Some(seen) = seen.get_mut(usize_of(*code)) {
            *slot = std::mem::replace(seen, true);
        }
    }
    replaced
}
