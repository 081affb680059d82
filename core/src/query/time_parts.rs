//! Tests of parts of days and of points in time, as intervals of ordinals.

use crate::calendar::{Date, Instant, Zone};
use crate::column::{ColumnReader, number_ordinal, ordinal_number};
use crate::error::{Error, Result};
use crate::schema::ColumnType;
use crate::scope::{DatePart, TimePart, within};

const DAY: i64 = 86_400_000_000;
const HOUR: i64 = 3_600_000_000;
const MINUTE: i64 = 60_000_000;
/// Intervals that a test may become in a segment.
const INTERVALS_MAX: usize = 1 << 18;
/// Days that are looked at one by one.
const DAYS_MAX: i64 = 1 << 18;

/// The ordinals of a column whose part passes; none where they are too many intervals.
pub(super) fn ordinals_passing(
    column: &ColumnReader,
    part: TimePart,
    zone: &Zone,
    test: &[(i64, i64)],
) -> Result<Option<Vec<(u64, u64)>>> {
    let mut ends: Option<(u64, u64)> = None;
    for chunk in 0..column.chunks() {
        if let Some((least, most)) = column.chunk(chunk)?.zone() {
            let (first, last) = ends.unwrap_or((least, most));
            ends = Some((first.min(least), last.max(most)));
        }
    }
    let Some((first, last)) = ends else { return Ok(Some(Vec::new())) };
    let ends = (ordinal_number(first), ordinal_number(last));
    let days = column.column_type() == ColumnType::Date;
    let numbers = Numbers { part, test, times: times(part, test), found: Vec::new() };
    let found = if days { numbers.of_days(ends)? } else { numbers.of_instants(ends, zone)? };
    let ordinal = |(first, last)| (number_ordinal(first), number_ordinal(last));
    Ok(found.map(|found| found.into_iter().map(ordinal).collect()))
}

fn outside() -> Error {
    Error::corrupt("a column has a value outside the calendar")
}

/// The times of a day that pass, in microseconds; none where the day decides.
fn times(part: TimePart, test: &[(i64, i64)]) -> Option<Vec<(i64, i64)>> {
    let units = |unit: i64, from: i64, count: i64| -> Vec<(i64, i64)> {
        let inside = test.iter().map(|(first, last)| ((*first).max(0), (*last).min(count - 1)));
        let inside = inside.filter(|(first, last)| first <= last);
        inside.map(|(first, last)| (from + first * unit, from + (last + 1) * unit - 1)).collect()
    };
    match part {
        TimePart::TimeOfDay => Some(units(1, 0, DAY)),
        TimePart::Of(DatePart::Hour) => Some(units(HOUR, 0, 24)),
        TimePart::Of(DatePart::Minute) => {
            Some((0..24).flat_map(|hour| units(MINUTE, hour * HOUR, 60)).collect())
        }
        TimePart::Of(_) => None,
    }
}

struct Numbers<'a> {
    part: TimePart,
    test: &'a [(i64, i64)],
    times: Option<Vec<(i64, i64)>>,
    /// Ascending.
    found: Vec<(i64, i64)>,
}

impl Numbers<'_> {
    /// Days after 1970 from one to another; none where they are too many.
    fn of_days(mut self, (first, last): (i64, i64)) -> Result<Option<Vec<(i64, i64)>>> {
        if last.saturating_sub(first) > DAYS_MAX {
            return Ok(None);
        }
        for day in first..=last {
            if self.day_passes(day)? && !self.push(day, day) {
                return Ok(None);
            }
        }
        Ok(Some(self.found))
    }

    /// Microseconds after 1970 from one to another; none where they are too many.
    fn of_instants(
        mut self,
        (first, last): (i64, i64),
        zone: &Zone,
    ) -> Result<Option<Vec<(i64, i64)>>> {
        if last.saturating_sub(first) / DAY > DAYS_MAX {
            return Ok(None);
        }
        let instant = |micros: i64| Instant::from_micros(micros).map_err(|_| outside());
        for stretch in zone.stretches(instant(first)?, instant(last)?) {
            if !self.stretch(stretch)? {
                return Ok(None);
            }
        }
        Ok(Some(self.found))
    }

    /// A stretch of time in which clocks run on; false where there is no more room.
    fn stretch(&mut self, (first, last, ahead): (i64, i64, i64)) -> Result<bool> {
        for day in (first + ahead).div_euclid(DAY)..=(last + ahead).div_euclid(DAY) {
            let midnight = day * DAY - ahead;
            let kept = |from: i64, to: i64| (first.max(midnight + from), last.min(midnight + to));
            let pairs: Vec<(i64, i64)> = match &self.times {
                None if self.day_passes(day)? => vec![kept(0, DAY - 1)],
                None => Vec::new(),
                Some(times) => times.iter().map(|(from, to)| kept(*from, *to)).collect(),
            };
            if !pairs.into_iter().all(|(from, to)| self.push(from, to)) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn day_passes(&self, day: i64) -> Result<bool> {
        let date = i32::try_from(day).ok().and_then(|day| Date::from_days(day).ok());
        let value = self.part.of_day(date.ok_or_else(outside)?);
        Ok(value.is_some_and(|value| within(self.test, value)))
    }

    fn push(&mut self, first: i64, last: i64) -> bool {
        match self.found.last_mut() {
            _ if first > last => {}
            Some(before) if before.1 + 1 == first => before.1 = last,
            _ => self.found.push((first, last)),
        }
        self.found.len() < INTERVALS_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PARTS: [TimePart; 7] = [
        TimePart::TimeOfDay,
        TimePart::Of(DatePart::Hour),
        TimePart::Of(DatePart::Minute),
        TimePart::Of(DatePart::Day),
        TimePart::Of(DatePart::DayOfWeek),
        TimePart::Of(DatePart::Week),
        TimePart::Of(DatePart::Year),
    ];

    proptest! {
        #[test]
        fn instants_pass_whose_part_does(
            zone in prop::sample::select(vec!["UTC", "Europe/Berlin", "America/St_Johns"]),
            part in prop::sample::select(PARTS.to_vec()),
            test in prop::collection::vec((0_i64..60, 0_i64..9), 0..3),
            // Clocks were set on 2025-03-30, on 2025-10-26, and over midnight on 2010-11-07.
            start in prop::sample::select(vec![1_743_200_000, 1_761_350_000, 1_289_080_000, -90_000]),
            offsets in prop::collection::vec(0_i64..400_000, 1..60),
        ) {
            let zone = Zone::named(zone).unwrap();
            let scale = if part == TimePart::TimeOfDay { HOUR / 2 } else { 1 };
            let year = if part == TimePart::Of(DatePart::Year) { 1_969 } else { 0 };
            let mut test: Vec<(i64, i64)> = test
                .into_iter()
                .map(|(first, more)| ((first + year) * scale, (first + year + more) * scale))
                .collect();
            test.sort_unstable();
            test.dedup_by(|next, kept| next.0 <= kept.1);
            let micros = |it: &i64| (start + it) * 1_000_000 + it % 3;
            let mut at: Vec<i64> = offsets.iter().map(micros).collect();
            at.sort_unstable();
            let ends = (at[0], at[at.len() - 1]);
            let numbers = Numbers { part, test: &test, times: times(part, &test), found: vec![] };
            let found = numbers.of_instants(ends, &zone).unwrap().unwrap();
            prop_assert!(found.windows(2).all(|it| it[0].1 < it[1].0));
            for at in at {
                let value = part.of_instant(Instant::from_micros(at).unwrap(), &zone);
                prop_assert_eq!(within(&found, at), within(&test, value), "{} of {}", value, at);
            }
        }
    }

    #[test]
    fn too_many_days_are_not_looked_at() {
        let part = TimePart::Of(DatePart::Month);
        let numbers = || Numbers { part, test: &[(1, 3)], times: None, found: Vec::new() };
        assert!(numbers().of_days((0, 1 << 20)).unwrap().is_none());
        assert_eq!(numbers().of_days((0, 365)).unwrap().unwrap(), [(0, 89), (365, 365)]);
    }
}
