//! The rows that miss a value, asked apart from all others.
//!
//! A segment keeps what all columns have in the rows that miss the value of one of them, its
//! margins. A question is then answered in two parts: all rows as if no value were missing, so that
//! zones rule chunks out as they do where none is, less the rows that miss one of the values asked;
//! and these, margin by margin, in three values.

use super::answer::{At, Masks, Part, View};
use super::plan::{Kind, Plan, Step};
use crate::bitmap::RowSet;
use crate::column::ColumnReader;
use crate::error::{Error, Result};

/// The margins of the columns that a plan asks, as far as they miss values.
#[derive(Debug)]
pub(super) struct Margins<'a> {
    columns: Vec<&'a ColumnReader>,
}

/// Rows in the range of serials to one of margins from which on these are asked.
const ROWS_TO_MARGINS: u64 = 4;

impl<'a> Margins<'a> {
    /// None where nothing asked is missing, or there is no margin of something, or to look at all
    /// chunks in three values takes less time.
    pub(super) fn of(plan: &Plan<'a>) -> Result<Option<Self>> {
        let mut asked = Vec::new();
        let steps = match &plan.root.kind {
            Kind::And(steps) => steps.as_slice(),
            _ => std::slice::from_ref(&plan.root),
        };
        let mut columns = steps.iter().filter(|it| !matches!(it.kind, Kind::Rows(_)));
        if !columns.all(|step| gather(step, &mut asked)) {
            return Ok(None);
        }
        let (mut columns, mut rows): (Vec<&ColumnReader>, u64) = (Vec::new(), 0);
        for column in asked {
            let missing = column.missing_total()?;
            if missing == 0 || columns.iter().any(|it| std::ptr::eq(*it, column)) {
                continue;
            }
            let Some(number) = column.own_margin() else { return Ok(None) };
            if column.margin(number).map(ColumnReader::rows) != Some(missing) {
                return Err(Error::corrupt("segment: a margin has other rows than miss the value"));
            }
            rows = rows.saturating_add(missing);
            columns.push(column);
        }
        let in_range: u64 = match plan.allowed() {
            None => plan.segment.units.rows(),
            Some(rows) => rows.as_slice().iter().map(|it| it.end - it.start).sum(),
        };
        let is_worth = !columns.is_empty() && rows.saturating_mul(ROWS_TO_MARGINS) <= in_range;
        Ok(is_worth.then_some(Margins { columns }))
    }

    /// The chunks of all margins.
    pub(super) fn chunks(&self) -> Result<Vec<At>> {
        let mut all = Vec::new();
        for column in &self.columns {
            let number = column.own_margin().ok_or_else(no_margin)?;
            let margin = column.margin(number).ok_or_else(no_margin)?;
            let keys = (0..=u16::MAX).take(margin.chunks());
            all.extend(keys.map(|key| At::of(key, margin.rows()).seen(View::Margin(number))));
        }
        Ok(all)
    }

    /// Takes those rows out of a part of a chunk that miss one of the values.
    pub(super) fn remove_missing(&self, at: At, part: Part, masks: &mut Masks) -> Result<Part> {
        let mut mask = match part {
            Part::Nothing => return Ok(part),
            Part::Everything => {
                let mut mask = masks.empty();
                mask.set_range(0..at.rows);
                mask
            }
            Part::Rows(mask) => mask,
        };
        for column in &self.columns {
            column.chunk(usize::from(at.key))?.remove_missing(&mut mask)?;
        }
        Ok(masks.part(mask))
    }

    /// Appends rows of a chunk of a margin as rows of the segment.
    pub(super) fn rows_into(&self, at: At, part: &Part, out: &mut Vec<u32>) -> Result<()> {
        let View::Margin(number) = at.view else { return Ok(()) };
        let column = self.columns.iter().find(|it| it.own_margin() == Some(number));
        let column = column.copied().ok_or_else(no_margin)?;
        let start = at.base();
        match part {
            Part::Nothing => Ok(()),
            Part::Everything => missing_rows_into(column, at.range(), out),
            Part::Rows(mask) => {
                let rows = mask.iter().take_while(|row| u32::from(*row) < at.rows);
                missing_rows_into(column, rows.map(|row| start + u64::from(row)), out)
            }
        }
    }
}

/// Appends the missing rows of a column that have so many others before them; `places` ascend.
fn missing_rows_into(
    column: &ColumnReader,
    places: impl Iterator<Item = u64>,
    out: &mut Vec<u32>,
) -> Result<()> {
    let before = column.missing_before()?;
    let mut places = places.peekable();
    let (mut ranks, mut rows) = (Vec::new(), Vec::new());
    while let Some(place) = places.peek() {
        let index = before.partition_point(|it| it <= place);
        let start = index.checked_sub(1).and_then(|it| before.get(it));
        let (Some(start), Some(end)) = (start, before.get(index)) else {
            return Err(Error::corrupt("segment: a margin has more rows than miss the value"));
        };
        ranks.clear();
        while let Some(place) = places.next_if(|place| place < end) {
            ranks.push(u32::try_from(place - start).unwrap_or(u32::MAX));
        }
        rows.clear();
        match column.chunk(index - 1)?.missing_rows()? {
            Some(missing) => missing.select_each(ranks.iter().copied(), &mut rows),
            // All rows of the chunk are missing.
            None => rows.extend(ranks.iter().filter_map(|rank| u16::try_from(*rank).ok())),
        }
        let base = u32::try_from(index - 1).map_err(|_| no_margin())? << 16;
        out.extend(rows.iter().map(|row| base | u32::from(*row)));
    }
    Ok(())
}

/// The live ones of rows that margins told, in no order and some of them twice.
#[expect(clippy::stable_sort_primitive, reason = "it merges what ascends, as each margin does")]
pub(super) fn live_rows(plan: &Plan<'_>, mut rows: Vec<u32>) -> RowSet {
    rows.sort();
    rows.dedup();
    if let Some(allowed) = plan.allowed() {
        let mut left = allowed.as_slice().iter().peekable();
        rows.retain(|row| {
            let row = u64::from(*row);
            while left.next_if(|it| it.end <= row).is_some() {}
            left.peek().is_some_and(|it| it.start <= row)
        });
    }
    let rows = RowSet::from_ascending(&rows);
    let retired = &plan.segment.retired;
    if retired.is_empty() { rows } else { rows.difference(retired) }
}

/// Adds the columns that a step asks; false where it asks what margins do not tell.
fn gather<'a>(step: &Step<'a>, columns: &mut Vec<&'a ColumnReader>) -> bool {
    match &step.kind {
        Kind::Constant(_) => true,
        Kind::Column(leaf) => {
            columns.push(leaf.reader());
            true
        }
        Kind::Missing(leaf) => {
            columns.push(leaf.reader());
            true
        }
        Kind::Not(step) => gather(step, columns),
        Kind::And(steps) | Kind::Or(steps) => steps.iter().all(|step| gather(step, columns)),
        Kind::Rows(_) | Kind::Codes(_) | Kind::Texts(_) | Kind::Identifiers(_) | Kind::Table(_) => {
            false
        }
    }
}

fn no_margin() -> Error {
    Error::corrupt("segment: a column lacks a margin")
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use crate::format::{FileKind, SealedFile, reseal};
    use crate::index::{Index, LoadOptions, RetireOptions, Units};
    use crate::io::{Directory, MemoryDirectory};
    use crate::limits::CHUNK_ROWS;
    use crate::query::UnitSet;
    use crate::schema::{Column, ColumnType, Record, Schema, Value};
    use crate::scope::{Scope, Verdict};

    const UNITS: u64 = CHUNK_ROWS as u64 + 7_000;

    fn mixed(n: u64) -> u64 {
        let n = n.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (n ^ n >> 31).wrapping_mul(0xD6E8_FEB8_6659_FD93) >> 33
    }

    /// One value of each column in fifty is missing, all days of some units in a row, and every
    /// second line, so that there is no margin of lines.
    fn unit(n: u64) -> Record {
        let is_known = |column: u64| !mixed(8 * n + column).is_multiple_of(50);
        let mut unit = Record::of_serial(format!("A{n:07}"));
        if is_known(0) {
            unit = unit.with("plant", Value::Text(format!("P{}", n / 25_000)));
        }
        if is_known(1) && !(3_000..3_400).contains(&n) {
            unit = unit.with("day", Value::Integer((n / 100).cast_signed()));
        }
        if is_known(2) {
            unit = unit.with("torque", Value::Float((mixed(n) % 1_000) as f64 / 8.0));
        }
        if is_known(3) {
            let lots = (0..n % 3).map(|it| format!("L{}", it + n / 9_000)).collect();
            unit = unit.with("lots", Value::TextList(lots));
        }
        if n.is_multiple_of(2) {
            unit = unit.with("line", Value::Integer((n % 8).cast_signed()));
        }
        unit
    }

    fn index(directory: &MemoryDirectory) -> Index {
        let types = [
            ("plant", ColumnType::Text),
            ("day", ColumnType::Integer),
            ("torque", ColumnType::Float),
            ("lots", ColumnType::TextList),
            ("line", ColumnType::Integer),
        ];
        let columns = types.map(|(name, of)| Column::new(name, of).unwrap());
        let schema = Schema::new(columns.into()).unwrap();
        let index = Index::create_in(directory.clone(), schema).unwrap();
        index.load_units(Units::records((0..UNITS).map(unit)), LoadOptions::default()).unwrap();
        index
    }

    const SCOPES: [&str; 14] = [
        "plant = 'P1' AND day >= 300 AND day < 320",
        "plant = 'P1' AND torque > 120",
        "NOT (plant = 'P1' AND torque > 2)",
        "day < 20 OR torque > 124 AND plant = 'P2'",
        "lots = 'L4' AND NOT day < 400",
        "plant IS NULL AND day < 50",
        "NOT day IS NULL AND plant = 'P0' AND torque > 120",
        "serial >= 'A0010000' AND plant = 'P0' AND day > 200",
        "NOT serial BETWEEN 'A0030000' AND 'A0030500' AND plant = 'P1' AND torque < 3",
        "serial BETWEEN 'A0003100' AND 'A0003200' AND day = 31",
        "(serial < 'A0000900' OR day = 500) AND torque > 100",
        "plant = 'P2' AND plant = 'P1'",
        "line = 2 AND plant = 'P1' AND day < 300",
        "lots = 'L7' OR lots = 'L1' AND day IS NULL",
    ];

    fn rows(set: &UnitSet) -> Vec<u32> {
        set.rows()[0].iter().collect()
    }

    /// Whatever is asked apart, every unit has the verdict that it has alone.
    #[test]
    fn rows_that_miss_a_value_have_the_verdicts_of_their_units() {
        let index = index(&MemoryDirectory::new());
        let snapshot = index.snapshot();
        let columns = ["plant", "day", "torque", "lots", "line"];
        let has_margin = |place| snapshot.segments()[0].units.column(place).unwrap().own_margin();
        assert_eq!(
            (0..columns.len()).map(has_margin).collect::<Vec<_>>(),
            [Some(0), Some(1), Some(2), Some(3), None]
        );
        let retired = |n: &u32| n % 5 == 2;
        for retires in [false, true] {
            if retires {
                let gone = (0..u32::try_from(UNITS).unwrap()).filter(retired);
                let gone = gone.map(|n| Record::of_serial(format!("A{n:07}")));
                index.retire_units(Units::records(gone), RetireOptions::default()).unwrap();
            }
            let snapshot = index.snapshot();
            for scope in SCOPES {
                let bound = snapshot.schema().bind(&scope.parse::<Scope>().unwrap()).unwrap();
                let found = snapshot.select_bound(&bound).unwrap();
                let (mut affected, mut undetermined) = (Vec::new(), Vec::new());
                for (row, n) in (0..).zip(0..UNITS) {
                    match bound.decide(&unit(n)).unwrap() {
                        _ if retires && retired(&row) => {}
                        Verdict::Affected => affected.push(row),
                        Verdict::Undetermined => undetermined.push(row),
                        _ => {}
                    }
                }
                assert_eq!(rows(&found.affected), affected, "{scope}");
                assert_eq!(rows(&found.undetermined), undetermined, "{scope}");
            }
        }
        assert!(index.verify().unwrap().is_whole());
    }

    /// A margin that says other than the rows themselves is found, and is never a panic.
    #[test]
    fn margins_that_lie_are_found_out() {
        let directory = MemoryDirectory::new();
        let index = index(&directory);
        let path = format!("units/{}", directory.list("units").unwrap().remove(0));
        let whole = directory.open(&path).unwrap().to_vec();
        drop(index);
        let file = SealedFile::open(directory.open(&path).unwrap(), FileKind::UnitSegment).unwrap();
        let of_margins = file.sections().filter(|(id, _)| (0x25..0x28).contains(&id.kind));
        let place = |id| {
            let bytes = file.section(id).unwrap().all().unwrap().to_vec();
            let mut starts = (0..whole.len()).step_by(64);
            let start = starts.find(|at| whole[*at..].starts_with(&bytes)).unwrap();
            start..start + bytes.len()
        };
        let margins: Vec<Range<usize>> = of_margins.map(|(id, _)| place(id)).collect();
        assert_eq!(margins.len(), 15);
        let mut found_out = 0;
        for (turn, place) in (0u64..).zip(margins.iter().cycle().take(60)) {
            let mut bent = whole.clone();
            let at = place.start + usize::try_from(mixed(turn)).unwrap() % place.len();
            bent[at] ^= 1 << (turn % 8);
            assert!(reseal(&mut bent).is_some());
            directory.remove(&path).unwrap();
            let mut file = directory.create(&path).unwrap();
            file.write(&bent).unwrap();
            file.sync().unwrap();
            let Ok(index) = Index::open_in(directory.clone()) else { continue };
            let snapshot = index.snapshot();
            for scope in &SCOPES[..6] {
                if let Ok(found) = snapshot.select(&scope.parse().unwrap()) {
                    assert!(found.undetermined.len() < UNITS);
                }
            }
            found_out += u32::from(snapshot.segments()[0].units.verify().is_err());
        }
        assert!(found_out > 40, "only {found_out} of 60 were found out");
    }
}
