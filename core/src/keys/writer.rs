//! Writes the serials of a segment.

use super::group::{GroupKeys, KeyGroup};
use super::layout::{ALIGN, ENTRY_BYTES, Form, GroupEntry, HEADER_BYTES};
use super::{dense, opaque, sparse};
use crate::bytes::PutBytes;
use crate::error::{Error, Result};
use crate::limits::SEGMENT_ROWS_MAX;
use crate::pool::Halt;
use crate::serial::{FamilyId, opaque_order};

/// Writes the serials of a segment, each group in the form that is smallest for it.
///
/// Rows are numbered through the groups in their order.
///
/// # Errors
///
/// `invalid_argument` where groups or serials do not strictly ascend, a group is empty, or there
/// are more serials than a segment can have; `cancelled`, looked for some times a group.
pub(crate) fn encode_keys(groups: &[KeyGroup], halt: &Halt) -> Result<Vec<u8>> {
    check(groups, halt)?;
    let count = u32::try_from(groups.len())
        .map_err(|_| Error::invalid("a segment cannot have more than 2^32 groups of serials"))?;
    let table = HEADER_BYTES + ENTRY_BYTES * groups.len();
    let mut out = Vec::with_capacity(table);
    out.put_u32(count);
    out.put_u32(0);
    let mut data = Vec::new();
    for group in groups {
        data.resize(data.len().next_multiple_of(ALIGN), 0);
        let start = data.len();
        let (form, base, parts) = encode_group(&group.keys, &mut data, halt)?;
        let entry = GroupEntry {
            namespace: group.namespace,
            family: group.family(),
            form,
            rows: group.len() as u64,
            start: (table + start) as u64,
            length: (data.len() - start) as u64,
            base,
            parts,
        };
        entry.encode(&mut out);
    }
    out.append(&mut data);
    Ok(out)
}

/// Appends what a group holds; gives its form, its base and its parts.
fn encode_group(keys: &GroupKeys, out: &mut Vec<u8>, halt: &Halt) -> Result<(Form, u128, u64)> {
    halt.check()?;
    let codes = match keys {
        GroupKeys::Opaque(texts) => return Ok((Form::Opaque, 0, opaque::encode(texts, out))),
        GroupKeys::Coded { codes, .. } => codes,
    };
    let first = codes.first().copied().unwrap_or(0);
    let is_dense = dense::size_bytes(codes).is_some_and(|it| it <= sparse::size_bytes(codes));
    halt.check()?;
    if is_dense {
        return Ok((Form::Dense, dense::base(first), dense::encode(codes, out)?));
    }
    let form = if sparse::is_wide(codes) { Form::SparseWide } else { Form::SparseNarrow };
    Ok((form, first, sparse::encode(codes, out)?))
}

fn check(groups: &[KeyGroup], halt: &Halt) -> Result<()> {
    let ascend = groups.is_sorted_by(|a, b| (a.namespace, a.family()) < (b.namespace, b.family()));
    let mut sorted = true;
    for group in groups {
        halt.check()?;
        sorted &= match &group.keys {
            GroupKeys::Coded { family, codes } => {
                *family != FamilyId::OPAQUE && codes.is_sorted_by(|a, b| a < b)
            }
            GroupKeys::Opaque(texts) => texts.is_sorted_by(|a, b| opaque_order(a, b).is_lt()),
        };
    }
    if !ascend || !sorted {
        return Err(Error::invalid("the serials of a segment must strictly ascend; sort them"));
    }
    if groups.iter().any(|group| group.len() == 0) {
        return Err(Error::invalid("a group of serials is empty; leave it out"));
    }
    let rows: u64 = groups.iter().map(|group| group.len() as u64).sum();
    if rows > SEGMENT_ROWS_MAX {
        return Err(Error::invalid(format!("{rows} serials are too many for one segment")));
    }
    Ok(())
}
