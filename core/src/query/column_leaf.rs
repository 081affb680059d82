//! A test of a column: ordinals of the segment, and what a chunk answers.

use std::ops::Bound;

use super::answer::{Answer, At, Masks, Part, View};
use super::time_parts::ordinals_passing;
use crate::bitmap::{Container, Mask};
use crate::column::{Chunk, ColumnReader, Encoding, Intervals, number_ordinal};
use crate::error::{Error, Result};
use crate::schema::{ColumnType, Version};
use crate::scope::{TextTest, Truth, ValueTest};

/// A test of the values of one column of one segment.
#[derive(Debug)]
pub(super) struct ColumnLeaf<'a> {
    column: &'a ColumnReader,
    /// The ordinals that pass, or may.
    intervals: Intervals,
    /// Asked of each value where intervals would be too many: of a part of a time.
    each: Option<&'a ValueTest>,
}

/// Rows that are looked at one by one rather than by a scan of their chunk.
const POINTS_MAX: u32 = 32;

impl<'a> ColumnLeaf<'a> {
    pub(super) fn new(column: &'a ColumnReader, test: &'a ValueTest) -> Result<Self> {
        let mut each = None;
        let pairs = match test {
            ValueTest::Numbers(ranges) => numbers(column.column_type(), ranges),
            ValueTest::Floats(ranges) => {
                let ordinals = ranges.iter().map(|(first, last)| {
                    column.floats_between(Bound::Included(*first), Bound::Included(*last))
                });
                ordinals.filter_map(Result::transpose).collect::<Result<_>>()?
            }
            ValueTest::Texts(test) | ValueTest::Versions(test) => texts(column, test)?,
            ValueTest::OfText { .. } | ValueTest::Length { .. } => {
                texts_after(column, "", |text| test.holds_text(text))?
            }
            ValueTest::PartOfTime { part, zone, test: passing } => {
                let found = ordinals_passing(column, *part, zone, passing)?;
                found.unwrap_or_else(|| {
                    each = Some(test);
                    vec![(0, u64::MAX)]
                })
            }
        };
        Ok(ColumnLeaf { column, intervals: Intervals::new(pairs), each })
    }

    /// Whether no value of the segment passes and none is missing.
    pub(super) fn is_false(&self) -> Result<bool> {
        Ok(self.intervals.is_empty() && self.column.missing_total()? == 0)
    }

    /// The ordinals that pass, where a value is looked at by itself, and compared.
    pub(super) fn passing(&self) -> Option<&Intervals> {
        self.looks_at_rows().then_some(&self.intervals)
    }

    pub(super) fn reader(&self) -> &'a ColumnReader {
        self.column
    }

    pub(super) fn has_lists(&self) -> bool {
        self.column.column_type() == ColumnType::TextList
    }

    /// What the test is for all rows of a chunk, where the zone says so.
    pub(super) fn outlook(&self, at: At) -> Result<Option<Truth>> {
        Ok(self.at_a_glance(&chunk_at(self.column, at)?))
    }

    /// How many rows of a chunk are missing, where the test is FALSE for all others.
    pub(super) fn gap_count(&self, at: At) -> Result<Option<u32>> {
        let chunk = chunk_at(self.column, at)?;
        let passes = chunk.zone().is_some_and(|zone| self.intervals.overlaps(zone));
        Ok((!passes).then(|| chunk.missing_count()))
    }

    /// The missing rows of a chunk, where some are missing and some not.
    pub(super) fn missing_rows(&self, at: At) -> Result<Option<Container<'a>>> {
        chunk_at(self.column, at)?.missing_rows()
    }

    /// Whether a value is looked at by itself, and compared.
    pub(super) fn looks_at_rows(&self) -> bool {
        !self.has_lists() && self.each.is_none()
    }

    /// The rows of a chunk for which the test is not FALSE; of those that are not `within`, some may
    /// be left out.
    pub(super) fn open_rows(&self, at: At, within: &Part, masks: &mut Masks) -> Result<Part> {
        let mut open = masks.empty();
        chunk_at(self.column, at)?.scan_open(&self.intervals, within.rows(), &mut open)?;
        Ok(masks.part(open))
    }

    /// Whether rows of a chunk can be asked at little more cost than that of telling them: its values
    /// come in runs, or all pass.
    pub(super) fn asks_quickly(&self, at: At) -> Result<bool> {
        let chunk = chunk_at(self.column, at)?;
        let sure = chunk.zone().is_some_and(|zone| self.is_sure_of(zone));
        Ok(sure || chunk.encoding() == Encoding::Runs)
    }

    /// Whether a scan of a chunk looks at more than runs and missing rows.
    pub(super) fn takes_long(&self, at: At) -> Result<bool> {
        let chunk = chunk_at(self.column, at)?;
        Ok(self.reads_values_of(&chunk) && chunk.encoding() != Encoding::Runs)
    }

    /// Leaves of some rows of a chunk, which ascend, those for which the test is not FALSE.
    pub(super) fn retain_open(&self, at: At, rows: &mut Vec<u16>, masks: &mut Masks) -> Result<()> {
        let mut scratch = masks.empty();
        let chunk = chunk_at(self.column, at)?;
        chunk.retain_open(&self.intervals, rows, &mut scratch)?;
        masks.put_back(Part::Rows(scratch));
        Ok(())
    }

    /// Whether values of a chunk must be read, and not only which of them are missing.
    pub(super) fn reads_values(&self, at: At) -> Result<bool> {
        Ok(self.reads_values_of(&chunk_at(self.column, at)?))
    }

    fn reads_values_of(&self, chunk: &Chunk<'_>) -> bool {
        chunk.zone().is_some_and(|zone| self.intervals.overlaps(zone) && !self.is_sure_of(zone))
    }

    /// Whether every value between the least and the greatest of a chunk passes.
    fn is_sure_of(&self, zone: (u64, u64)) -> bool {
        // A list may be empty; then it has no value that passes.
        self.intervals.covers(zone) && !self.has_lists() && self.each.is_none()
    }

    fn at_a_glance(&self, chunk: &Chunk<'_>) -> Option<Truth> {
        let missing = chunk.missing_count();
        if missing == chunk.rows() {
            return Some(Truth::Unknown);
        }
        match chunk.zone() {
            _ if missing > 0 => None,
            None => Some(Truth::False),
            Some(zone) if !self.intervals.overlaps(zone) => Some(Truth::False),
            Some(zone) if self.is_sure_of(zone) => Some(Truth::True),
            Some(_) => None,
        }
    }

    /// The outlook for a chunk, and the share of its values that pass, were they spread evenly
    /// between the least and the greatest.
    pub(super) fn sample(&self, at: At) -> Result<(Option<Truth>, f64)> {
        let chunk = chunk_at(self.column, at)?;
        let outlook = self.at_a_glance(&chunk);
        let Some((least, most)) = chunk.zone() else { return Ok((outlook, 0.0)) };
        let inside = |(first, last): &(u64, u64)| {
            let (first, last) = ((*first).max(least), (*last).min(most));
            if first > last { 0.0 } else { (last - first) as f64 + 1.0 }
        };
        let passing: f64 = self.intervals.as_slice().iter().map(inside).sum();
        Ok((outlook, passing / ((most - least) as f64 + 1.0)))
    }

    /// What the test is for the rows `within` a chunk.
    pub(super) fn answer(&self, at: At, within: &Part, masks: &mut Masks) -> Result<Answer> {
        let chunk = chunk_at(self.column, at)?;
        if let Some(truth) = self.at_a_glance(&chunk) {
            return Ok(Answer::all(truth));
        }
        if !self.reads_values_of(&chunk) {
            // Not decided at a glance, so that some rows are missing.
            let mut missing = masks.empty();
            chunk.missing_into(&mut missing)?;
            if chunk.zone().is_none_or(|zone| !self.intervals.overlaps(zone)) {
                let possible = Some(Part::Rows(missing));
                return Ok(Answer { sure: Part::Nothing, possible });
            }
            missing.flip_range(0..at.rows);
            return Ok(Answer { sure: Part::Rows(missing), possible: Some(Part::Everything) });
        }
        if let Part::Rows(rows) = within
            && !self.has_lists()
            && rows.count() <= POINTS_MAX
        {
            return self.points(&chunk, rows, masks);
        }
        let mut sure = masks.empty();
        match self.each {
            None => chunk.scan_within(&self.intervals, within.rows(), &mut sure)?,
            Some(test) => self.ask_each(&chunk, test, &mut sure)?,
        }
        if chunk.missing_count() == 0 {
            return Ok(Answer::known(masks.part(sure)));
        }
        let mut possible = masks.copy(&sure);
        chunk.missing_into(&mut possible)?;
        Ok(Answer { sure: masks.part(sure), possible: Some(Part::Rows(possible)) })
    }

    /// Asks the test of the value of every row.
    fn ask_each(&self, chunk: &Chunk<'_>, test: &ValueTest, sure: &mut Mask) -> Result<()> {
        let mut ordinals = Vec::new();
        chunk.ordinals_into(&mut ordinals)?;
        let mut missing = Mask::new();
        chunk.missing_into(&mut missing)?;
        for (row, ordinal) in (0..=u16::MAX).zip(ordinals) {
            if !missing.contains(row) && test.holds(&self.column.value_of(ordinal)?) {
                sure.set(row);
            }
        }
        Ok(())
    }

    fn points(&self, chunk: &Chunk<'_>, rows: &Mask, masks: &mut Masks) -> Result<Answer> {
        let (mut sure, mut possible) = (masks.empty(), masks.empty());
        let asked: Vec<u16> = rows.iter().collect();
        let mut next = asked.iter();
        chunk.each_ordinal(asked.iter().copied(), |ordinal| {
            let row = next.next().copied().unwrap_or(0);
            let passes = match (ordinal, self.each) {
                (None, _) => true,
                (Some(ordinal), None) => self.intervals.contains(ordinal),
                (Some(ordinal), Some(test)) => test.holds(&self.column.value_of(ordinal)?),
            };
            if passes {
                possible.set(row);
                if ordinal.is_some() {
                    sure.set(row);
                }
            }
            Ok(())
        })?;
        Ok(Answer { sure: masks.part(sure), possible: Some(masks.part(possible)) })
    }
}

/// A chunk of a column as it is looked at.
fn chunk_at(column: &ColumnReader, at: At) -> Result<Chunk<'_>> {
    let index = usize::from(at.key);
    match at.view {
        View::Whole => column.chunk(index),
        View::Filled => column.chunk(index).map(Chunk::filled),
        View::Margin(number) => column.margin(number).ok_or_else(no_margin)?.chunk(index),
    }
}

fn no_margin() -> Error {
    Error::corrupt("segment: a column lacks a margin")
}

/// The ordinals of numbers, days, instants and truths.
fn numbers(column_type: ColumnType, ranges: &[(i64, i64)]) -> Vec<(u64, u64)> {
    let pairs = ranges.iter();
    if column_type == ColumnType::Boolean {
        let inside = pairs.map(|(first, last)| ((*first).max(0), (*last).min(1)));
        return inside
            .filter(|(first, last)| first <= last)
            .map(|(first, last)| (first.unsigned_abs(), last.unsigned_abs()))
            .collect();
    }
    pairs.map(|(first, last)| (number_ordinal(*first), number_ordinal(*last))).collect()
}

/// The ordinals of texts and versions.
fn texts(column: &ColumnReader, test: &TextTest) -> Result<Vec<(u64, u64)>> {
    let pattern = match test {
        TextTest::Ranges(ranges) => {
            let pairs = ranges.iter().map(|(low, high)| {
                column.texts_between(
                    low.as_ref().map(String::as_str),
                    high.as_ref().map(String::as_str),
                )
            });
            return pairs.filter_map(Result::transpose).collect();
        }
        TextTest::Like(pattern) => pattern,
        TextTest::Masked(_) | TextTest::Any(_) => {
            let order = match column.column_type() {
                ColumnType::Version => Version::compare,
                _ => str::cmp,
            };
            return texts_after(column, "", |text| test.holds(text, order));
        }
    };
    // Versions are not in the order of their bytes, so that a prefix is no range of them.
    let low = match column.column_type() {
        ColumnType::Version => "",
        _ => pattern.literal_prefix(),
    };
    texts_after(column, low, |text| pattern.matches(text))
}

/// The ordinals of the texts with a prefix that pass.
fn texts_after(
    column: &ColumnReader,
    low: &str,
    passes: impl Fn(&str) -> bool,
) -> Result<Vec<(u64, u64)>> {
    let Some((first, last)) = column.texts_between(Bound::Included(low), Bound::Unbounded)? else {
        return Ok(Vec::new());
    };
    let mut pairs: Vec<(u64, u64)> = Vec::new();
    for ordinal in first..=last {
        let text = column.text(ordinal)?;
        if !text.starts_with(low) {
            break;
        }
        if passes(text) {
            match pairs.last_mut() {
                Some(pair) if pair.1 + 1 == ordinal => pair.1 = ordinal,
                _ => pairs.push((ordinal, ordinal)),
            }
        }
    }
    Ok(pairs)
}

/// A test whether a value is missing.
#[derive(Debug)]
pub(super) struct MissingLeaf<'a>(pub(super) &'a ColumnReader);

impl<'a> MissingLeaf<'a> {
    pub(super) fn reader(&self) -> &'a ColumnReader {
        self.0
    }

    pub(super) fn outlook(&self, at: At) -> Result<Option<Truth>> {
        self.sample(at).map(|(outlook, _)| outlook)
    }

    /// The outlook for a chunk, and the share of its values that are missing.
    pub(super) fn sample(&self, at: At) -> Result<(Option<Truth>, f64)> {
        let chunk = chunk_at(self.0, at)?;
        let (rows, missing) = (chunk.rows(), chunk.missing_count());
        let outlook = match missing {
            0 => Some(Truth::False),
            missing if missing == rows => Some(Truth::True),
            _ => None,
        };
        Ok((outlook, f64::from(missing) / f64::from(rows.max(1))))
    }

    pub(super) fn answer(&self, at: At, masks: &mut Masks) -> Result<Answer> {
        if let Some(truth) = self.outlook(at)? {
            return Ok(Answer::all(truth));
        }
        let mut missing = masks.empty();
        chunk_at(self.0, at)?.missing_into(&mut missing)?;
        Ok(Answer::known(Part::Rows(missing)))
    }
}
