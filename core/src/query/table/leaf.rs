//! The rows of a table over the rows of chunks.

use std::collections::{BTreeMap, BTreeSet};

use super::alternative::Alternative;
use super::diagram::{Diagram, Next, Said};
use super::side::{Side, SideTest};
use crate::bitmap::Mask;
use crate::column::{Chunk, ColumnReader};
use crate::error::Result;
use crate::query::answer::{Answer, At, Masks, Part};
use crate::query::plan::Step;
use crate::query::ranges::Ranges;
use crate::scope::{BoundScope, Truth};

/// Fewer alternatives than this are asked one by one.
const ALTERNATIVES_MIN: usize = 8;
/// Rows of a chunk that are looked at one by one.
const SINGLE_ROWS_MAX: u32 = 512;
/// Classes of values that are looked at to foresee a chunk.
const FORESEEN_MAX: usize = 4096;

/// Alternatives on some columns of one segment.
#[derive(Debug)]
pub(in crate::query) struct TableLeaf<'a> {
    diagram: Diagram,
    /// The column of each side; none of serials, and where the segment does not have it.
    columns: Vec<Option<&'a ColumnReader>>,
    /// The rows for which it can be other than FALSE, as far as serials tell; none stands for all.
    domain: Option<Ranges>,
}

impl<'a> TableLeaf<'a> {
    /// Takes from the steps of an OR those that are rows of tables, and gives them as tables.
    pub(in crate::query) fn gather(
        bound: &BoundScope,
        rows: u64,
        steps: Vec<Step<'a>>,
    ) -> Result<(Vec<Step<'a>>, Vec<TableLeaf<'a>>)> {
        if steps.len() < ALTERNATIVES_MIN {
            return Ok((steps, Vec::new()));
        }
        // Those that ask for the same columns are one table.
        let read: Vec<_> = steps.iter().map(|step| Alternative::of(bound, step)).collect();
        let mut counts = BTreeMap::<Vec<usize>, usize>::new();
        for it in read.iter().flatten() {
            *counts.entry(it.columns()).or_default() += 1;
        }
        let many = |it: &Alternative<'_>| counts.get(&it.columns()) >= Some(&ALTERNATIVES_MIN);
        let (mut others, mut gathered) = (Vec::new(), BTreeMap::<_, Vec<_>>::new());
        for (step, alternative) in steps.into_iter().zip(read) {
            match alternative.filter(many) {
                Some(it) => gathered.entry(it.columns()).or_default().push(it),
                None => others.push(step),
            }
        }
        let mut tables = Vec::new();
        for alternatives in gathered.into_values() {
            Self::join(rows, alternatives, &mut tables)?;
        }
        Ok((others, tables))
    }

    /// Makes one table of alternatives, or several where they overlap too much.
    fn join(
        rows: u64,
        mut alternatives: Vec<Alternative<'a>>,
        out: &mut Vec<TableLeaf<'a>>,
    ) -> Result<()> {
        for (side, asked) in alternatives.iter_mut().flat_map(|it| it.0.iter_mut()) {
            let is_filled = match (side, asked.column) {
                (Side::Serial, _) => true,
                (Side::Column(_), column) => {
                    column.map(ColumnReader::missing_total).transpose()? == Some(0)
                }
            };
            if is_filled {
                asked.test = asked.test.of_filled();
            }
        }
        let mut pending = vec![alternatives];
        while let Some(mut these) = pending.pop() {
            let tests: Vec<BTreeMap<Side, &SideTest>> = these
                .iter()
                .map(|it| it.0.iter().map(|(side, asked)| (*side, &asked.test)).collect())
                .collect();
            if let Some(diagram) = Diagram::new(&tests) {
                out.push(Self::new(rows, &these, diagram));
                continue;
            }
            // Halves of neighbours overlap less.
            these.sort_by_cached_key(Alternative::begins);
            let half = these.split_off(these.len() / 2);
            pending.extend([half, these]);
        }
        Ok(())
    }

    fn new(rows: u64, alternatives: &[Alternative<'a>], diagram: Diagram) -> Self {
        let reader =
            |side| alternatives.iter().find_map(|it| it.0.get(side)).and_then(|it| it.column);
        let columns = diagram.sides.iter().map(reader).collect();
        let serials = alternatives.iter().map(|it| it.0.get(&Side::Serial));
        let domain: Option<Vec<Ranges>> = serials.map(|it| Some(it?.test.rows(rows))).collect();
        let domain = domain.and_then(|them| Ranges::join(them, Ranges::union));
        TableLeaf { diagram, columns, domain }
    }

    /// The rows for which it can be other than FALSE, as far as serials tell; none stands for all.
    pub(in crate::query) fn domain(&self) -> Option<&Ranges> {
        self.domain.as_ref()
    }

    /// What it is for all rows of a chunk, where their least and greatest values say so.
    pub(in crate::query) fn outlook(&self, at: At) -> Result<Option<Truth>> {
        if self.domain.as_ref().is_some_and(|it| it.within(&at.range()).is_empty()) {
            return Ok(Some(Truth::False));
        }
        let sides = self.sides(at)?;
        let (mut open, mut found) = (vec![self.diagram.root], BTreeSet::new());
        let mut left = FORESEEN_MAX;
        while let Some(next) = open.pop() {
            let node = match next {
                Next::Node(node) => self.diagram.nodes.get(node as usize),
                Next::Said(said) => {
                    found.insert(truth(said));
                    None
                }
            };
            if left == 0 || found.len() > 1 {
                return Ok(None);
            }
            left -= 1;
            let Some(node) = node else { continue };
            let (zone, has_missing) = match sides.get(node.side) {
                Some(Values::Rows { .. }) => (Some((at.range().start, at.range().end - 1)), false),
                Some(Values::Of { chunk, .. }) => (chunk.zone(), chunk.missing_count() > 0),
                _ => (None, true),
            };
            open.extend(node.within(zone, has_missing));
        }
        Ok(found.pop_first())
    }

    pub(in crate::query) fn answer(
        &self,
        at: At,
        within: &Part,
        masks: &mut Masks,
    ) -> Result<Answer> {
        let mut asked = masks.empty();
        match &self.domain {
            None => asked.set_range(0..at.rows),
            Some(rows) => {
                for some in rows.within(&at.range()) {
                    asked.set_range(at.cut(some));
                }
            }
        }
        if let Part::Rows(rows) = within {
            asked.and(rows);
        }
        let (mut sure, mut unknown) = (masks.empty(), None);
        self.each_row(at, &asked, |row, said| match said {
            Said::False => {}
            Said::True => sure.set(row),
            Said::Unknown(_) => unknown.get_or_insert_with(Mask::new).set(row),
        })?;
        masks.put_back(Part::Rows(asked));
        let possible = unknown.map(|mut rows| {
            rows.or(&sure);
            Part::Rows(rows)
        });
        Ok(Answer { sure: masks.part(sure), possible })
    }

    /// Of rows for which it is UNKNOWN: those that are so for each side.
    pub(in crate::query) fn reasons(&self, at: At, rows: &Mask) -> Result<Vec<(Side, Mask)>> {
        let mut reasons: Vec<(Side, Mask)> =
            self.diagram.sides.iter().map(|side| (*side, Mask::new())).collect();
        self.each_row(at, rows, |row, said| {
            let Said::Unknown(doubt) = said else { return };
            for (_, (_, rows)) in (0_u16..).zip(&mut reasons).filter(|(at, _)| doubt >> at & 1 == 1)
            {
                rows.set(row);
            }
        })?;
        Ok(reasons)
    }

    /// Tells what it is for rows of a chunk.
    fn each_row(&self, at: At, rows: &Mask, mut tell: impl FnMut(u16, Said)) -> Result<()> {
        let mut sides = self.sides(at)?;
        let reads_all = rows.count() > SINGLE_ROWS_MAX;
        let mut classes = vec![0; self.diagram.nodes.len()];
        for row in rows.iter() {
            let mut next = self.diagram.root;
            let said = loop {
                let place = match next {
                    Next::Said(said) => break said,
                    Next::Node(place) => place as usize,
                };
                let found = self.diagram.nodes.get(place).zip(classes.get_mut(place));
                let Some((node, class)) = found else { break Said::False };
                let value = match sides.get_mut(node.side) {
                    Some(values) => values.at(row, reads_all.then_some(rows))?,
                    None => None,
                };
                next = node.after(value, class);
            };
            tell(row, said);
        }
        Ok(())
    }

    /// Where the values of each side are read.
    fn sides(&self, at: At) -> Result<Vec<Values<'a>>> {
        let sides = self.diagram.sides.iter().zip(&self.columns);
        let values = sides.map(|(side, column)| match (side, column) {
            (Side::Serial, _) => Ok(Values::Rows { base: at.base() }),
            (Side::Column(_), None) => Ok(Values::Missing),
            (Side::Column(_), Some(column)) => {
                Ok(Values::Of { chunk: column.chunk(usize::from(at.key))?, read: None })
            }
        });
        values.collect()
    }
}

/// The values of a side in a chunk.
enum Values<'a> {
    /// The rows themselves.
    Rows {
        base: u64,
    },
    /// None.
    Missing,
    Of {
        chunk: Chunk<'a>,
        read: Option<Read>,
    },
}

/// The values of a chunk's rows.
struct Read {
    missing: Mask,
    /// Of each row, its value or its place among those that are listed.
    places: Vec<u16>,
    values: Vec<u64>,
    is_listed: bool,
}

impl Values<'_> {
    /// The value of a row; none where it is missing. Where `rows` are given, all of theirs are read at
    /// once, and kept.
    fn at(&mut self, row: u16, rows: Option<&Mask>) -> Result<Option<u64>> {
        let (chunk, read) = match self {
            Values::Rows { base } => return Ok(Some(*base + u64::from(row))),
            Values::Missing => return Ok(None),
            Values::Of { chunk, read } => (chunk, read),
        };
        let found = match (&*read, rows) {
            (Some(found), _) => found,
            (None, None) => return chunk.ordinal_at(row),
            (None, Some(rows)) => read.insert(Read::new(chunk, rows)?),
        };
        Ok(found.at(row))
    }
}

impl Read {
    fn new(chunk: &Chunk<'_>, rows: &Mask) -> Result<Self> {
        let mut missing = Mask::new();
        chunk.missing_into(&mut missing)?;
        let (mut places, mut values) = (Vec::new(), Vec::new());
        let listed = chunk.local_values()?;
        if let Some(listed) = &listed {
            chunk.local_codes_into(listed, rows, &mut places)?;
            values.extend((0..=u16::MAX).map_while(|code| listed.ordinal(code)));
        } else {
            chunk.ordinals_into(&mut values)?;
        }
        Ok(Read { missing, places, values, is_listed: listed.is_some() })
    }

    fn at(&self, row: u16) -> Option<u64> {
        let row_place = usize::from(row);
        let place = if self.is_listed {
            usize::from(self.places.get(row_place).copied()?)
        } else {
            row_place
        };
        let value = self.values.get(place).copied();
        value.filter(|_| !self.missing.contains(row))
    }
}

fn truth(said: Said) -> Truth {
    match said {
        Said::False => Truth::False,
        Said::True => Truth::True,
        Said::Unknown(_) => Truth::Unknown,
    }
}
