//! Tests of serials and namespaces become rows; tests of identifiers places.

use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use super::code_cases::{CheckedCases, CodeCases, candidates};
use super::code_leaf::{CodeLeaf, CodePart};
use super::find::{ends, find_keys};
use super::ranges::Ranges;
use super::text_leaf::{SerialText, TextLeaf};
use crate::error::{Error, Result};
use crate::index::LiveSegment;
use crate::keys::{GroupInfo, Keys};
use crate::scope::{SerialTest, Truth, ValueTest};
use crate::serial::{Families, FamilyId, KeyRange, SerialFamily, SerialKey};

/// A test of the serials, or of the identifiers, of one segment: TRUE for `rows`, what the leaves say for others, else FALSE.
#[derive(Debug, Default)]
pub(super) struct SerialRows<'a> {
    pub(super) rows: Ranges,
    pub(super) codes: Option<CodeLeaf<'a>>,
    pub(super) texts: Option<TextLeaf<'a>>,
}

/// The rows of the keys that pass; `cases` tells the codes of a family that do.
pub(super) fn serial_rows<'a>(
    keys: &'a Keys,
    families: &'a Families,
    test: &'a SerialTest,
    cases: impl Fn(FamilyId) -> Option<Arc<CodeCases>>,
    doubtful: impl Fn(FamilyId) -> Result<Option<Rc<Doubtful>>>,
) -> Result<SerialRows<'a>> {
    let text = match test {
        SerialTest::In(them) => return listed(keys, them.iter().cloned()),
        SerialTest::InSet(set) => return listed(keys, set.keys()),
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
        SerialTest::Range(KeyRange::Opaque { first, last }) => {
            for (at, group) in keys.groups().iter().enumerate() {
                match cases(group.family) {
                    _ if group.family == FamilyId::OPAQUE => {
                        found.looked_at.push(opaque_between(keys, group, [first, last])?);
                    }
                    Some(cases) => found.of_codes(keys, (at, group), &cases)?,
                    None => {
                        let prefix = common_prefix(first.as_deref(), last.as_deref());
                        found.beginning(keys, families, group, (prefix, false))?;
                    }
                }
            }
        }
        SerialTest::Range(KeyRange::Coded { family, first, last }) => {
            (found.rows, found.looked_at) = coded_between(keys, *family, [*first, *last])?;
            if let Some(doubtful) = doubtful(*family)? {
                found.looked_at = Ranges::new();
                let part = CodePart::known(doubtful.of_range(*first, *last), Truth::Unknown);
                found.parts.extend((!part.is_empty()).then_some(part));
            }
        }
        _ => {
            for (at, group) in keys.groups().iter().enumerate() {
                // Prefixes are intervals of codes even where a serial has no fixed places.
                if let SerialTest::Like(like) = test
                    && like.prefix().is_some()
                    && let Some(family) = families.family(group.family)
                    && family.prefix_codes(like.literal_prefix()).is_some()
                {
                    found.beginning(keys, families, group, (like.literal_prefix(), true))?;
                    continue;
                }
                match (cases(group.family), test) {
                    (Some(cases), _) => found.of_codes(keys, (at, group), &cases)?,
                    (None, SerialTest::Like(like)) if like.ends().is_none() => {
                        let beginning = (like.literal_prefix(), like.prefix().is_some());
                        found.beginning(keys, families, group, beginning)?;
                    }
                    (None, _) => found.look_at(keys, families, (at, group), text)?,
                }
            }
        }
    }
    let Found { rows, looked_at, parts } = found;
    let texts = TextLeaf::new(keys, families, text, looked_at);
    Ok(SerialRows {
        rows,
        codes: (!parts.is_empty()).then_some(CodeLeaf { keys, parts }),
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
        keys: &Keys,
        group: (usize, &GroupInfo),
        cases: &CodeCases,
    ) -> Result<()> {
        let mut rows = Vec::new();
        for case in &cases.sure {
            match CodePart::new(keys, group, case, Truth::True)?.into_rows() {
                Ok(some) => rows.push(some),
                Err(part) => self.parts.push(part),
            }
        }
        let rows = Ranges::join(rows, Ranges::union).unwrap_or_default();
        self.rows = self.rows.union(&rows);
        for case in cases.possible.iter().flatten() {
            let part = CodePart::new(keys, group, case, Truth::Unknown)?;
            self.parts.extend((!part.is_empty()).then_some(part));
        }
        for CheckedCases { check, cases } in &cases.checked {
            let sure = cases.sure.iter().map(|case| (case, Truth::True));
            let possible = cases.possible.iter().flatten().map(|case| (case, Truth::Unknown));
            for (case, truth) in sure.chain(possible) {
                let part = CodePart::new(keys, group, case, truth)?.checked(check.clone());
                self.parts.extend((!part.is_empty()).then_some(part));
            }
        }
        Ok(())
    }

    /// The rows of a group whose texts decide, as far as codes do not rule them out.
    fn look_at(
        &mut self,
        keys: &Keys,
        families: &Families,
        (at, group): (usize, &GroupInfo),
        test: SerialText<'_>,
    ) -> Result<()> {
        let family = families.family(group.family);
        let Some(cases) = family.and_then(|family| candidates(family, test)) else {
            self.looked_at.push(group.rows.clone());
            return Ok(());
        };
        let mut parts = Vec::new();
        for case in &cases {
            parts.push(CodePart::new(keys, (at, group), case, Truth::Unknown)?.rows().clone());
        }
        for rows in Ranges::join(parts, Ranges::union).unwrap_or_default().as_slice() {
            self.looked_at.push(rows.clone());
        }
        Ok(())
    }

    /// The rows of a group whose serials begin with a text: for certain, or their texts decide.
    fn beginning(
        &mut self,
        keys: &Keys,
        families: &Families,
        group: &GroupInfo,
        (text, certain): (&str, bool),
    ) -> Result<()> {
        let Some(codes) = families.family(group.family).and_then(|it| it.prefix_codes(text)) else {
            self.looked_at.push(group.rows.clone());
            return Ok(());
        };
        let whole = if certain { &mut self.rows } else { &mut self.looked_at };
        for (first, last) in codes {
            let key = |code: u128| SerialKey::Coded { family: group.family, code };
            let rows = keys.rows_between(group.namespace, &key(first), &key(last))?;
            whole.push(rows);
        }
        Ok(())
    }
}

/// What two texts begin with, both of them; nothing where there is but one.
fn common_prefix<'t>(first: Option<&'t str>, last: Option<&str>) -> &'t str {
    let (first, last) = (first.unwrap_or_default(), last.unwrap_or_default());
    let mut pairs = first.char_indices().zip(last.chars());
    let end = pairs.find(|((_, a), b)| a != b).map_or(first.len().min(last.len()), |it| it.0.0);
    first.get(..end).unwrap_or_default()
}

/// Keys that are looked up at a time.
const LISTED_AT_A_TIME: usize = 65_536;

/// The rows of serials, whose keys ascend and are unique.
fn listed(keys: &Keys, wanted: impl Iterator<Item = SerialKey>) -> Result<SerialRows<'_>> {
    let mut found = Vec::new();
    let mut wanted = wanted.peekable();
    while wanted.peek().is_some() {
        let some: Vec<SerialKey> = wanted.by_ref().take(LISTED_AT_A_TIME).collect();
        find_keys(keys, None, &some, |_, row| {
            found.push(u64::from(row));
            Ok(())
        })?;
    }
    found.sort_unstable();
    let mut rows = Ranges::new();
    for row in found {
        rows.push(row..row + 1);
    }
    Ok(SerialRows { rows, ..SerialRows::default() })
}

/// The rows of a family from one code to another, and those whose texts decide.
fn coded_between(
    keys: &Keys,
    family: FamilyId,
    [first, last]: [u128; 2],
) -> Result<(Ranges, Ranges)> {
    let (mut rows, mut looked_at) = (Ranges::new(), Ranges::new());
    for group in keys.groups() {
        if group.family == family {
            let key = |code: u128| SerialKey::Coded { family, code };
            rows.push(keys.rows_between(group.namespace, &key(first), &key(last))?);
        }
        // A serial that fits no family may be a misread one of the range's family.
        if group.family == FamilyId::OPAQUE {
            looked_at.push(group.rows.clone());
        }
    }
    Ok((rows, looked_at))
}

/// The rows of a group of opaque serials from one to another; an end left out is open.
fn opaque_between(
    keys: &Keys,
    group: &GroupInfo,
    [first, last]: [&Option<Box<str>>; 2],
) -> Result<Range<u64>> {
    let Some((least, most)) = ends(keys, group)? else { return Ok(0..0) };
    let key = |end: &Option<Box<str>>| end.clone().map(SerialKey::Opaque);
    let (first, last) = (key(first).unwrap_or(least), key(last).unwrap_or(most));
    keys.rows_between(group.namespace, &first, &last)
}

/// The rows whose serials fit no family and may be of one.
#[derive(Debug, Default)]
pub(super) struct Doubtful {
    /// Those that resemble its serials.
    resembling: Ranges,
    /// The others that are misread ones of it: the code and the row, ascending.
    misread: Vec<(u128, u64)>,
}

impl Doubtful {
    pub(super) fn new(keys: &Keys, family: &SerialFamily) -> Result<Self> {
        let mut all = Doubtful::default();
        for (at, group) in keys.groups().iter().enumerate() {
            if group.family == FamilyId::OPAQUE {
                keys.for_each_text(at, group.rows.clone(), |row, text| {
                    if family.resembles(text) {
                        all.resembling.push(row..row + 1);
                    } else if let Some(code) = family.misread(text) {
                        all.misread.push((code, row));
                    }
                    Ok(())
                })?;
            }
        }
        all.misread.sort_unstable();
        Ok(all)
    }

    /// The rows that may lie in a range of codes.
    pub(super) fn of_range(&self, first: u128, last: u128) -> Ranges {
        let start = self.misread.partition_point(|(code, _)| *code < first);
        let misread = self.misread.get(start..).unwrap_or_default();
        let inside = misread.iter().take_while(|(code, _)| *code <= last);
        let mut rows: Vec<u64> = inside.map(|(_, row)| *row).collect();
        rows.sort_unstable();
        let mut inside = Ranges::new();
        for row in rows {
            inside.push(row..row + 1);
        }
        self.resembling.union(&inside)
    }
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
