//! Tests of serials and namespaces become rows.

use super::find::{ends, find_sorted};
use super::ranges::Ranges;
use super::text_leaf::{SerialText, TextLeaf};
use crate::error::{Error, Result};
use crate::index::LiveSegment;
use crate::scope::{LikePattern, SerialTest, ValueTest};
use crate::serial::{Families, FamilyId, KeyRange, SerialKey};

/// A test of serials in one segment: TRUE for `rows`, what the leaf says for others, else FALSE.
#[derive(Debug)]
pub(super) struct SerialRows<'a> {
    pub(super) rows: Ranges,
    pub(super) texts: Option<TextLeaf<'a>>,
}

/// The rows of a segment whose serials pass.
pub(super) fn serial_rows<'a>(
    segment: &'a LiveSegment,
    families: &'a Families,
    test: &'a SerialTest,
) -> Result<SerialRows<'a>> {
    let (rows, text) = match test {
        SerialTest::In(keys) => return listed(segment, keys.iter().cloned()),
        SerialTest::InSet(set) => return listed(segment, set.keys()),
        SerialTest::Range(range) => (in_range(segment, range)?, SerialText::In(range)),
        SerialTest::Like(like) => (fitting(segment, families, like)?, SerialText::Like(like)),
        SerialTest::Masked(_) | SerialTest::Text { .. } | SerialTest::Length { .. } => {
            let all = Ranges::of(0..segment.units.rows());
            ((Ranges::new(), all), SerialText::Of(test))
        }
    };
    let (rows, looked_at) = rows;
    let leaf = TextLeaf { segment, families, test: text, rows: looked_at };
    Ok(SerialRows { rows, texts: (!leaf.rows.is_empty()).then_some(leaf) })
}

/// Keys that are looked up at a time.
const LISTED_AT_A_TIME: usize = 65_536;

/// The rows of serials, whose keys ascend and are unique.
fn listed(segment: &LiveSegment, keys: impl Iterator<Item = SerialKey>) -> Result<SerialRows<'_>> {
    let mut found = Vec::new();
    let mut keys = keys.peekable();
    while keys.peek().is_some() {
        let some: Vec<SerialKey> = keys.by_ref().take(LISTED_AT_A_TIME).collect();
        find_sorted(segment, None, &some, |_, row| found.push(u64::from(row)))?;
    }
    found.sort_unstable();
    let mut rows = Ranges::new();
    for row in found {
        rows.push(row..row + 1);
    }
    Ok(SerialRows { rows, texts: None })
}

/// The rows in a range of serials, and those whose texts decide.
fn in_range(segment: &LiveSegment, range: &KeyRange) -> Result<(Ranges, Ranges)> {
    let (mut rows, mut looked_at) = (Ranges::new(), Ranges::new());
    let keys = segment.units.keys();
    for group in keys.groups() {
        let opaque = group.family == FamilyId::OPAQUE;
        match range {
            KeyRange::Coded { family, first, last } if group.family == *family => {
                let key = |code: u128| SerialKey::Coded { family: *family, code };
                rows.push(keys.rows_between(group.namespace, &key(*first), &key(*last))?);
            }
            // A serial that fits no family may be a misread one of the range's family.
            KeyRange::Coded { .. } if opaque => looked_at.push(group.rows.clone()),
            KeyRange::Opaque { first, last } if opaque => {
                let Some((least, most)) = ends(segment, group)? else { continue };
                let key = |end: &Option<Box<str>>| end.clone().map(SerialKey::Opaque);
                let (first, last) = (key(first).unwrap_or(least), key(last).unwrap_or(most));
                looked_at.push(keys.rows_between(group.namespace, &first, &last)?);
            }
            KeyRange::Coded { .. } | KeyRange::Opaque { .. } => {}
        }
    }
    Ok((rows, looked_at))
}

/// The rows whose serials fit a pattern for certain, and those whose texts decide.
fn fitting(
    segment: &LiveSegment,
    families: &Families,
    like: &LikePattern,
) -> Result<(Ranges, Ranges)> {
    let (mut rows, mut looked_at) = (Ranges::new(), Ranges::new());
    let keys = segment.units.keys();
    for group in keys.groups() {
        let family = families.family(group.family);
        let Some(codes) = family.and_then(|it| it.prefix_codes(like.literal_prefix())) else {
            looked_at.push(group.rows.clone());
            continue;
        };
        let whole = if like.prefix().is_some() { &mut rows } else { &mut looked_at };
        for (first, last) in codes {
            let key = |code: u128| SerialKey::Coded { family: group.family, code };
            whole.push(keys.rows_between(group.namespace, &key(first), &key(last))?);
        }
    }
    Ok((rows, looked_at))
}

/// The rows of the namespaces whose names pass.
pub(super) fn namespace_rows(segment: &LiveSegment, test: &ValueTest) -> Result<Ranges> {
    let mut rows = Ranges::new();
    for group in segment.units.keys().groups() {
        let name = segment.units.namespaces().get(group.namespace as usize);
        let name = name.ok_or_else(|| Error::corrupt("segment: a serial is of no namespace"))?;
        if test.holds_text(name) {
            rows.push(group.rows.clone());
        }
    }
    Ok(rows)
}
