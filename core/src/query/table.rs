//! Alternatives that each ask for values of one column and for serials: the rows of a table.
//!
//! A notice may have thousands of rows, each a model and a range of serials. Asked one by one, every
//! chunk would be tested as often as there are rows. Instead the serials of all rows that name a
//! value are one set of rows, and a chunk is gone through once, by what its rows have.

use std::collections::BTreeMap;
use std::ops::Range;

use super::answer::{Answer, At, Masks, Part};
use super::plan::{Kind, Step};
use super::ranges::Ranges;
use crate::bitmap::Mask;
use crate::column::{Chunk, ColumnReader, LocalValues};
use crate::error::Result;
use crate::scope::{BoundNode, BoundScope, SerialTest, Truth};

/// Fewer alternatives than this are asked one by one.
const ALTERNATIVES_MIN: usize = 8;
/// Values that one alternative may name.
const VALUES_MAX: u64 = 64;
/// Rows of a chunk that are looked at one by one.
const SINGLE_ROWS_MAX: u64 = 512;

/// What serials are asked for: those for which it holds, and those for which it may.
#[derive(Clone, Debug, Default)]
struct Serials {
    sure: Ranges,
    /// TRUE or UNKNOWN.
    possible: Ranges,
}

/// Alternatives on one column of one segment.
#[derive(Debug)]
pub(super) struct TableLeaf<'a> {
    /// The column's place in the schema.
    pub(super) place: usize,
    column: &'a ColumnReader,
    /// The ordinals that are named, ascending, and the serials that go with each.
    values: Vec<(u64, Serials)>,
    /// The serials that go with any value, and those about which there is doubt for some value:
    /// what counts where the value is missing.
    any: Ranges,
    doubtful: Ranges,
}

impl<'a> TableLeaf<'a> {
    /// Takes from the steps of an OR those that are rows of tables, and puts the tables in their
    /// place.
    pub(super) fn gather(
        bound: &BoundScope,
        rows: u64,
        steps: Vec<Step<'a>>,
    ) -> (Vec<Step<'a>>, Vec<TableLeaf<'a>>) {
        if steps.len() < ALTERNATIVES_MIN {
            return (steps, Vec::new());
        }
        let shape = Shape { bound, rows };
        let read: Vec<Option<Alternative<'a>>> =
            steps.iter().map(|step| shape.alternative(step)).collect();
        let mut counts = BTreeMap::<usize, usize>::new();
        for it in read.iter().flatten() {
            *counts.entry(it.place).or_default() += 1;
        }
        let many = |it: &Alternative<'_>| counts.get(&it.place) >= Some(&ALTERNATIVES_MIN);
        let (mut others, mut tables) = (Vec::new(), BTreeMap::<usize, Vec<_>>::new());
        for (step, alternative) in steps.into_iter().zip(read) {
            match alternative.filter(many) {
                Some(it) => tables.entry(it.place).or_default().push(it),
                None => others.push(step),
            }
        }
        (others, tables.into_values().filter_map(|them| TableLeaf::new(rows, them)).collect())
    }

    /// The table of alternatives on one column; none of none.
    fn new(rows: u64, alternatives: Vec<Alternative<'a>>) -> Option<Self> {
        let first = alternatives.first()?;
        let (place, column) = (first.place, first.column);
        let mut by_value = BTreeMap::<u64, (Vec<Ranges>, Vec<Ranges>)>::new();
        let (mut any, mut doubtful) = (Vec::new(), Vec::new());
        for Alternative { values, serials, .. } in alternatives {
            for value in values {
                let (sure, possible) = by_value.entry(value).or_default();
                sure.push(serials.sure.clone());
                possible.push(serials.possible.clone());
            }
            if serials.sure != serials.possible {
                doubtful.push(serials.possible.intersection(&serials.sure.complement(rows)));
            }
            any.push(serials.possible);
        }
        let union = |parts| Ranges::join(parts, Ranges::union).unwrap_or_default();
        let serials = |(sure, possible)| Serials { sure: union(sure), possible: union(possible) };
        let values = by_value.into_iter().map(|(value, parts)| (value, serials(parts))).collect();
        Some(TableLeaf { place, column, values, any: union(any), doubtful: union(doubtful) })
    }

    /// The rows for which it can be other than FALSE, as far as serials tell.
    pub(super) fn domain(&self) -> &Ranges {
        &self.any
    }

    /// FALSE where no row of the chunk has serials and a value that are asked for.
    pub(super) fn outlook(&self, at: At) -> Result<Option<Truth>> {
        let chunk = self.column.chunk(usize::from(at.key))?;
        let none = self.any.within(&at.range()).is_empty()
            || chunk.missing_count() == 0 && !self.active(&chunk, at).any(|_| true);
        Ok(none.then_some(Truth::False))
    }

    pub(super) fn answer(&self, at: At, masks: &mut Masks) -> Result<Answer> {
        if self.outlook(at)?.is_some() {
            return Ok(Answer::all(Truth::False));
        }
        let chunk = self.column.chunk(usize::from(at.key))?;
        let (mut sure, mut missing) = (masks.empty(), masks.empty());
        chunk.missing_into(&mut missing)?;
        self.mark(&chunk, at, |it| &it.sure, &mut sure)?;
        sure.and_not(&missing);
        let in_doubt = |it: &Serials| it.sure != it.possible;
        if chunk.missing_count() == 0 && !self.active(&chunk, at).any(in_doubt) {
            masks.put_back(Part::Rows(missing));
            return Ok(Answer::known(masks.part(sure)));
        }
        let mut possible = masks.empty();
        self.mark(&chunk, at, |it| &it.possible, &mut possible)?;
        possible.and_not(&missing);
        let mut any = masks.empty();
        set_rows(&self.any, at, &mut any);
        any.and(&missing);
        possible.or(&any);
        masks.put_back(Part::Rows(any));
        masks.put_back(Part::Rows(missing));
        Ok(Answer { sure: masks.part(sure), possible: Some(masks.part(possible)) })
    }

    /// Of rows for which it is UNKNOWN: those whose value is missing, and those about whose serial
    /// there is doubt.
    pub(super) fn reasons(&self, at: At, rows: &Mask, masks: &mut Masks) -> Result<[Mask; 2]> {
        let chunk = self.column.chunk(usize::from(at.key))?;
        let (mut missing, mut doubtful) = (masks.empty(), masks.empty());
        chunk.missing_into(&mut missing)?;
        set_rows(&self.doubtful, at, &mut doubtful);
        doubtful.and(&missing);
        // What has a value is in doubt for its serial.
        let mut valued = masks.copy(rows);
        valued.and_not(&missing);
        doubtful.or(&valued);
        masks.put_back(Part::Rows(valued));
        doubtful.and(rows);
        missing.and(rows);
        Ok([missing, doubtful])
    }

    /// The serials that go with the values between the least and the greatest of a chunk, where
    /// some are in it.
    fn active(&self, chunk: &Chunk<'_>, at: At) -> impl Iterator<Item = &Serials> {
        let (least, most) = chunk.zone().unwrap_or((1, 0));
        let first = self.values.partition_point(|(ordinal, _)| *ordinal < least);
        let values = self.values.iter().skip(first);
        let values = values.take_while(move |(ordinal, _)| *ordinal <= most).map(|(_, it)| it);
        values.filter(move |it| !it.possible.within(&at.range()).is_empty())
    }

    /// Marks the rows whose serials are among those that go with their values. Of rows whose value
    /// is missing, it marks any.
    fn mark(
        &self,
        chunk: &Chunk<'_>,
        at: At,
        which: impl Fn(&Serials) -> &Ranges,
        out: &mut Mask,
    ) -> Result<()> {
        let inside = at.range();
        let mut left: Vec<&[Range<u64>]> =
            self.values.iter().map(|(_, it)| which(it).within(&inside)).collect();
        self.each_row(chunk, at, |row, place| {
            let Some(ranges) = left.get_mut(place) else { return };
            // Rows ascend, so that what lies before one is not asked for again.
            while let Some((first, rest)) = ranges.split_first() {
                if row < first.end {
                    if first.start <= row
                        && let Some(row) = at.row(row)
                    {
                        out.set(row);
                    }
                    return;
                }
                *ranges = rest;
            }
        })
    }

    /// Tells the rows of a chunk, ascending, that have serials and a value that are asked for; and
    /// the place of the value.
    fn each_row(&self, chunk: &Chunk<'_>, at: At, mut tell: impl FnMut(u64, usize)) -> Result<()> {
        let inside = self.any.within(&at.range()).iter();
        let inside = inside.map(|it| it.start.max(at.base())..it.end.min(at.range().end));
        let place = |ordinal| self.values.binary_search_by_key(&ordinal, |(it, _)| *it).ok();
        if inside.clone().map(|it| it.end - it.start).sum::<u64>() <= SINGLE_ROWS_MAX {
            for row in inside.flatten() {
                let ordinal = at.row(row).map(|it| chunk.ordinal_at(it)).transpose()?.flatten();
                if let Some(place) = ordinal.and_then(place) {
                    tell(row, place);
                }
            }
            return Ok(());
        }
        let rows = |row: u64| usize::try_from(row - at.base()).unwrap_or(usize::MAX);
        let Some(values) = chunk.local_values()? else {
            let mut ordinals = Vec::new();
            chunk.ordinals_into(&mut ordinals)?;
            for rows_asked in inside {
                let asked = ordinals.get(rows(rows_asked.start)..rows(rows_asked.end));
                for (row, ordinal) in rows_asked.zip(asked.unwrap_or_default()) {
                    if let Some(place) = place(*ordinal) {
                        tell(row, place);
                    }
                }
            }
            return Ok(());
        };
        let places = self.places_of(&values);
        let mut codes = Vec::new();
        let mut wanted = Mask::new();
        set_rows(&self.any, at, &mut wanted);
        chunk.local_codes_into(&values, &wanted, &mut codes)?;
        for rows_asked in inside {
            let asked = codes.get(rows(rows_asked.start)..rows(rows_asked.end));
            for (row, code) in rows_asked.zip(asked.unwrap_or_default()) {
                if let Some(Some(place)) = places.get(usize::from(*code)) {
                    tell(row, *place);
                }
            }
        }
        Ok(())
    }

    /// The place of the value of each code of a chunk; none where it is not asked for.
    fn places_of(&self, values: &LocalValues) -> Vec<Option<usize>> {
        let mut asked = self.values.iter().enumerate().peekable();
        let ordinals = (0..=u16::MAX).map_while(|code| values.ordinal(code));
        let place = |ordinal| {
            while asked.next_if(|(_, (it, _))| *it < ordinal).is_some() {}
            asked.peek().filter(|(_, (it, _))| *it == ordinal).map(|(place, _)| *place)
        };
        ordinals.map(place).collect()
    }
}

/// A step that asks for some values of one column and for serials.
struct Alternative<'a> {
    /// The column's place in the schema.
    place: usize,
    column: &'a ColumnReader,
    values: Vec<u64>,
    serials: Serials,
}

/// Tells which steps are rows of a table.
struct Shape<'b> {
    bound: &'b BoundScope,
    /// Rows of the segment.
    rows: u64,
}

impl Shape<'_> {
    fn alternative<'a>(&self, step: &Step<'a>) -> Option<Alternative<'a>> {
        let steps = match &step.kind {
            Kind::And(steps) => steps.as_slice(),
            _ => std::slice::from_ref(step),
        };
        let mut found = None;
        let all = Ranges::of(0..self.rows);
        let mut serials = Serials { sure: all.clone(), possible: all };
        for step in steps {
            if let Kind::Column(leaf) = &step.kind
                && let BoundNode::Column { column: place, .. } = self.bound.node(step.node)
            {
                let values = leaf.few_values(VALUES_MAX)?;
                if found.replace((*place, leaf.reader(), values)).is_some() {
                    return None;
                }
            } else {
                let some = self.serials(step)?;
                serials.sure = serials.sure.intersection(&some.sure);
                serials.possible = serials.possible.intersection(&some.possible);
            }
        }
        let (place, column, values) = found?;
        Some(Alternative { place, column, values, serials })
    }

    /// The serials that a step asks for, where it asks for nothing else and no serial need be read.
    fn serials(&self, step: &Step<'_>) -> Option<Serials> {
        let of_range =
            || matches!(self.bound.node(step.node), BoundNode::Serial(SerialTest::Range(_)));
        let joined = |steps: &[Step<'_>], join: fn(&Ranges, &Ranges) -> Ranges| {
            let parts: Option<Vec<Serials>> = steps.iter().map(|it| self.serials(it)).collect();
            let (sure, possible) = parts?.into_iter().map(|it| (it.sure, it.possible)).unzip();
            let (sure, possible) = (Ranges::join(sure, join)?, Ranges::join(possible, join)?);
            Some(Serials { sure, possible })
        };
        match &step.kind {
            Kind::Rows(rows) => Some(Serials { sure: rows.clone(), possible: rows.clone() }),
            // Only a range is in doubt because a serial may be misread.
            Kind::Codes(leaf) if of_range() => {
                let possible = leaf.rows_in_doubt()?;
                Some(Serials { sure: Ranges::new(), possible })
            }
            Kind::And(steps) => joined(steps, Ranges::intersection),
            Kind::Or(steps) => joined(steps, Ranges::union),
            _ => None,
        }
    }
}

/// Adds rows of a segment to those of a chunk.
fn set_rows(rows: &Ranges, at: At, out: &mut Mask) {
    for range in rows.within(&at.range()) {
        out.set_range(at.cut(range));
    }
}
