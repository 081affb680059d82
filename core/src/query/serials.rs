//! Tests of serials and namespaces become rows.

use std::sync::Arc;

use super::code_cases::CodeCases;
use super::code_leaf::{CodeLeaf, CodePart};
use super::find::{ends, find_sorted};
use super::ranges::Ranges;
use super::text_leaf::{SerialText, TextLeaf};
use crate::error::{Error, Result};
use crate::index::LiveSegment;
use crate::keys::GroupInfo;
use crate::scope::{LikePattern, SerialTest, Truth, ValueTest};
use crate::serial::{Families, FamilyId, KeyRange, SerialFamily, SerialKey};

/// A test of serials in one segment: TRUE for `rows`, what the leaves say for others, else FALSE.
#[derive(Debug, Default)]
pub(super) struct SerialRows<'a> {
    pub(super) rows: Ranges,
    pub(super) codes: Option<CodeLeaf<'a>>,
    pub(super) texts: Option<TextLeaf<'a>>,
}

/// The rows of a segment whose serials pass; `cases` tells the codes of a family that do.
pub(super) fn serial_rows<'a>(
    segment: &'a LiveSegment,
    families: &'a Families,
    test: &'a SerialTest,
    cases: impl Fn(FamilyId) -> Option<Arc<CodeCases>>,
    resembling: impl Fn(FamilyId) -> Result<Option<Ranges>>,
) -> Result<SerialRows<'a>> {
    let text = match test {
        SerialTest::In(keys) => return listed(segment, keys.iter().cloned()),
        SerialTest::InSet(set) => return listed(segment, set.keys()),
        SerialTest::Range(range) => SerialText::In(range),
        SerialTest::Like(like) => SerialText::Like(like),
        SerialTest::Masked(_)
        | SerialTest::Text { .. }
        | SerialTest::Length { .. }
        | SerialTest::Field(_)
        | SerialTest::FieldMissing(_)
        | SerialTest::Made(_)
        | SerialTest::MadeMissing => SerialText::Of(test),
    };
    let mut found = Found::default();
    match test {
        SerialTest::Range(range) => {
            (found.rows, found.looked_at) = in_range(segment, range)?;
            if let KeyRange::Coded { family, .. } = range
                && let Some(rows) = resembling(*family)?
            {
                found.looked_at = Ranges::new();
                let part = CodePart::known(rows, Truth::Unknown);
                found.parts.extend((!part.is_empty()).then_some(part));
            }
        }
        // Prefixes are intervals of codes even where a serial has no fixed places.
        SerialTest::Like(like) if like.prefix().is_some() => {
            for group in segment.units.keys().groups() {
                found.fitting(segment, families, group, like)?;
            }
        }
        _ => {
            for (at, group) in segment.units.keys().groups().iter().enumerate() {
                match (cases(group.family), test) {
                    (Some(cases), _) => found.of_codes(segment, (at, group), &cases)?,
                    (None, SerialTest::Like(like)) => {
                        found.fitting(segment, families, group, like)?;
                    }
                    (None, _) => found.looked_at.push(group.rows.clone()),
                }
            }
        }
    }
    let Found { rows, looked_at, parts } = found;
    let texts = TextLeaf { segment, families, test: text, rows: looked_at };
    Ok(SerialRows {
        rows,
        codes: (!parts.is_empty()).then_some(CodeLeaf { segment, parts }),
        texts: (!texts.rows.is_empty()).then_some(texts),
    })
}

/// What is known of a test, group by group.
#[derive(Default)]
struct Found {
    /// The rows whose serials pass for certain.
    rows: Ranges,
    /// The rows whose texts decide.
    looked_at: Ranges,
    /// The rows whose codes decide.
    parts: Vec<CodePart>,
}

impl Found {
    /// The codes of a group that fit one of the cases.
    fn of_codes(
        &mut self,
        segment: &LiveSegment,
        group: (usize, &GroupInfo),
        cases: &CodeCases,
    ) -> Result<()> {
        let mut rows = Vec::new();
        for case in &cases.sure {
            match CodePart::new(segment, group, case, Truth::True)?.into_rows() {
                Ok(some) => rows.push(some),
                Err(part) => self.parts.push(part),
            }
        }
        let rows = Ranges::join(rows, Ranges::union).unwrap_or_default();
        self.rows = self.rows.union(&rows);
        for case in cases.possible.iter().flatten() {
            let part = CodePart::new(segment, group, case, Truth::Unknown)?;
            self.parts.extend((!part.is_empty()).then_some(part));
        }
        Ok(())
    }

    /// The rows of a group whose serials fit a pattern for certain, and those whose texts decide.
    fn fitting(
        &mut self,
        segment: &LiveSegment,
        families: &Families,
        group: &GroupInfo,
        like: &LikePattern,
    ) -> Result<()> {
        let family = families.family(group.family);
        let Some(codes) = family.and_then(|it| it.prefix_codes(like.literal_prefix())) else {
            self.looked_at.push(group.rows.clone());
            return Ok(());
        };
        let whole = if like.prefix().is_some() { &mut self.rows } else { &mut self.looked_at };
        for (first, last) in codes {
            let key = |code: u128| SerialKey::Coded { family: group.family, code };
            let rows =
                segment.units.keys().rows_between(group.namespace, &key(first), &key(last))?;
            whole.push(rows);
        }
        Ok(())
    }
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
    Ok(SerialRows { rows, ..SerialRows::default() })
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

/// The rows whose serials fit no family and resemble those of one.
pub(super) fn resembling_rows(segment: &LiveSegment, family: &SerialFamily) -> Result<Ranges> {
    let mut rows = Ranges::new();
    let keys = segment.units.keys();
    for (at, group) in keys.groups().iter().enumerate() {
        if group.family == FamilyId::OPAQUE {
            keys.for_each_text(at, group.rows.clone(), |row, text| {
                if family.resembles(text) {
                    rows.push(row..row + 1);
                }
                Ok(())
            })?;
        }
    }
    Ok(rows)
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
