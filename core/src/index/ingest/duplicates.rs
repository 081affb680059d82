//! Serials of a new segment that an earlier segment has already.

use std::ops::Range;

use crate::error::Result;
use crate::keys::{GroupInfo, GroupKeys, KeyGroup, Keys};
use crate::segment::UnitSegment;
use crate::serial::{SerialKey, opaque_order};

/// Rows decoded at a time.
const STRIDE: u64 = 1 << 16;

/// The rows of `earlier` whose serials are among `groups`, ascending.
///
/// Takes a merge of the two where their serials overlap, and a look-up a group where they do not.
pub(super) fn common_rows(
    groups: &[KeyGroup],
    namespaces: &[String],
    earlier: &UnitSegment,
) -> Result<Vec<u32>> {
    let mut rows = Vec::new();
    for group in groups {
        let name = usize::try_from(group.namespace).ok().and_then(|at| namespaces.get(at));
        let Some(namespace) = name.and_then(|name| earlier.namespace(name)) else { continue };
        let family = group.family();
        let same = |it: &GroupInfo| it.namespace == namespace && it.family == family;
        let Some(theirs) = earlier.keys().groups().iter().position(same) else { continue };
        match &group.keys {
            GroupKeys::Coded { codes, .. } => {
                let (Some(first), Some(last)) = (codes.first(), codes.last()) else { continue };
                let within = {
                    let key = |code| SerialKey::Coded { family, code };
                    earlier.keys().rows_between(namespace, &key(*first), &key(*last))?
                };
                common_codes(codes, earlier.keys(), theirs, within, &mut rows)?;
            }
            GroupKeys::Opaque(texts) => common_texts(texts, earlier.keys(), theirs, &mut rows)?,
        }
    }
    rows.sort_unstable();
    Ok(rows)
}

fn common_codes(
    codes: &[u128],
    keys: &Keys,
    theirs: usize,
    within: Range<u64>,
    rows: &mut Vec<u32>,
) -> Result<()> {
    let mut ours = codes;
    let mut decoded = Vec::new();
    let mut start = within.start;
    while start < within.end && !ours.is_empty() {
        let end = within.end.min(start + STRIDE);
        decoded.clear();
        keys.codes_into(theirs, start..end, &mut decoded)?;
        for (row, code) in (start..end).zip(&decoded) {
            // Most rows are skipped one by one; a gap is skipped by search.
            let skipped = match ours.first() {
                Some(first) if first >= code => 0,
                _ => ours.partition_point(|it| it < code),
            };
            ours = ours.get(skipped..).unwrap_or_default();
            if ours.first() == Some(code) {
                rows.extend(u32::try_from(row));
                ours = ours.get(1..).unwrap_or_default();
            }
        }
        start = end;
    }
    Ok(())
}

fn common_texts(texts: &[Box<str>], keys: &Keys, theirs: usize, rows: &mut Vec<u32>) -> Result<()> {
    let mut ours = texts.iter().peekable();
    keys.for_each_text(theirs, 0..u64::MAX, |row, text| {
        while ours.next_if(|it| opaque_order(it, text).is_lt()).is_some() {}
        if ours.next_if(|it| &***it == text).is_some() {
            rows.extend(u32::try_from(row));
        }
        Ok(())
    })
}
