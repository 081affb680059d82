//! Days, weeks, months and years as intervals of ordinals.

use crate::calendar::{Date, Instant, Zone};
use crate::column::{number_ordinal, ordinal_number};
use crate::error::{Error, Result};

/// How long a period is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Unit {
    Day,
    Week,
    Month,
    Year,
}

impl Unit {
    pub(super) fn name(self) -> &'static str {
        match self {
            Unit::Day => "day",
            Unit::Week => "week",
            Unit::Month => "month",
            Unit::Year => "year",
        }
    }

    /// The first day of the period of a day, or of the calendar, where that begins later.
    pub(super) fn first(self, day: Date) -> Date {
        let first = match self {
            Unit::Day => Ok(day),
            Unit::Week => Date::from_days(day.days() - days_since_monday(day)),
            Unit::Month => Date::new(day.year(), day.month(), 1),
            Unit::Year => Date::new(day.year(), 1, 1),
        };
        first.unwrap_or(day)
    }

    /// The first day of the next period; none after the end of the calendar.
    fn next(self, day: Date) -> Option<Date> {
        match self {
            Unit::Day => day.tomorrow(),
            Unit::Week => Date::from_days(day.days() - days_since_monday(day) + 7).ok(),
            Unit::Month if day.month() < 12 => Date::new(day.year(), day.month() + 1, 1).ok(),
            Unit::Month | Unit::Year => Date::new(day.year() + 1, 1, 1).ok(),
        }
    }
}

/// 1970-01-01 was a Thursday.
fn days_since_monday(day: Date) -> i32 {
    (day.days() + 3).rem_euclid(7)
}

/// Tells in which period the ordinals of a column fall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Calendar {
    unit: Unit,
    /// Where the days of instants begin; none for a column of days.
    zone: Option<Zone>,
}

/// A period of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bucket {
    /// The ordinal of its first day.
    pub(super) first_day: u64,
    /// The least ordinal in it.
    pub(super) start: u64,
    /// The greatest ordinal in it.
    pub(super) last: u64,
}

impl Calendar {
    /// Of a column of dates.
    pub(super) fn of_dates(unit: Unit) -> Self {
        Calendar { unit, zone: None }
    }

    /// Of a column of timestamps.
    pub(super) fn of_instants(unit: Unit, zone: Zone) -> Self {
        Calendar { unit, zone: Some(zone) }
    }

    pub(super) fn unit(&self) -> Unit {
        self.unit
    }

    /// The period an ordinal falls in.
    ///
    /// # Errors
    ///
    /// `corrupt` where the calendar does not have the ordinal's day.
    pub(super) fn bucket(&self, ordinal: u64) -> Result<Bucket> {
        let number = ordinal_number(ordinal);
        let day = match &self.zone {
            None => Date::from_days(i32::try_from(number).map_err(|_| outside())?),
            Some(zone) => Instant::from_micros(number).map(|at| zone.date_of(at)),
        };
        let first = self.unit.first(day.map_err(|_| outside())?);
        let bucket = self.from(first);
        // Clocks that went back over midnight showed a day again that had ended.
        if bucket.last < ordinal {
            return Ok(self.unit.next(first).map_or(bucket, |next| self.from(next)));
        }
        if ordinal < bucket.start {
            let before = Date::from_days(first.days() - 1);
            return Ok(before.map_or(bucket, |day| self.from(self.unit.first(day))));
        }
        Ok(bucket)
    }

    fn from(&self, first: Date) -> Bucket {
        let next = self.unit.next(first);
        Bucket {
            first_day: number_ordinal(i64::from(first.days())),
            start: self.start_of(first).unwrap_or(0),
            last: next.and_then(|it| self.start_of(it)).map_or(u64::MAX, |it| it.saturating_sub(1)),
        }
    }

    /// The least ordinal of a day; none beyond the instants there are.
    fn start_of(&self, day: Date) -> Option<u64> {
        let number = match &self.zone {
            None => i64::from(day.days()),
            Some(zone) => zone.start_of(day).ok()?.micros(),
        };
        Some(number_ordinal(number))
    }
}

fn outside() -> Error {
    Error::corrupt("a column has a value outside the calendar")
}

/// Periods that follow one another, kept because the next chunk has them too as a rule.
#[derive(Clone, Debug, Default)]
pub(super) struct Buckets(Vec<Bucket>);

/// Periods that are kept, at most.
const KEPT_MAX: usize = 4096;

impl Buckets {
    /// The periods from the least to the greatest of `zone`; none where they are too many.
    pub(super) fn spanning(
        &mut self,
        calendar: &Calendar,
        zone: (u64, u64),
    ) -> Result<Option<&[Bucket]>> {
        let (start, last) = (self.0.first().map(|it| it.start), self.0.last().map(|it| it.last));
        if start.is_none_or(|start| zone.0 < start) || last.is_none_or(|last| last < zone.1) {
            self.0.clear();
            self.0.push(calendar.bucket(zone.0)?);
            while let Some(last) = self.0.last().map(|it| it.last).filter(|it| *it < zone.1) {
                if self.0.len() == KEPT_MAX {
                    self.0.clear();
                    return Ok(None);
                }
                self.0.push(calendar.bucket(last + 1)?);
            }
        }
        let from = self.0.partition_point(|it| it.last < zone.0);
        let end = self.0.partition_point(|it| it.start <= zone.1);
        Ok(self.0.get(from..end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn periods_begin_and_end_where_the_calendar_says() {
        let cases = [
            (Unit::Day, "2024-02-29", "2024-02-29", Some("2024-03-01")),
            (Unit::Week, "2021-01-03", "2020-12-28", Some("2021-01-04")),
            (Unit::Week, "2024-12-30", "2024-12-30", Some("2025-01-06")),
            (Unit::Month, "2024-12-31", "2024-12-01", Some("2025-01-01")),
            (Unit::Month, "2024-02-29", "2024-02-01", Some("2024-03-01")),
            (Unit::Year, "2024-06-01", "2024-01-01", Some("2025-01-01")),
            (Unit::Day, "9999-12-31", "9999-12-31", None),
            (Unit::Week, "9999-12-31", "9999-12-27", None),
            (Unit::Month, "9999-12-31", "9999-12-01", None),
            (Unit::Year, "9999-01-01", "9999-01-01", None),
        ];
        for (unit, day, first, next) in cases {
            assert_eq!(unit.first(date(day)), date(first), "{unit:?} of {day}");
            assert_eq!(unit.next(date(day)), next.map(date), "{unit:?} after {day}");
        }
        let earliest = Date::new(-9999, 1, 1).unwrap();
        assert!(Unit::Week.first(earliest) <= earliest);
    }

    #[test]
    fn the_ends_of_the_calendar_fall_in_a_period() {
        for zone in [Zone::utc(), Zone::named("Asia/Tokyo").unwrap()] {
            for unit in [Unit::Day, Unit::Week, Unit::Month, Unit::Year] {
                let calendar = Calendar::of_instants(unit, zone.clone());
                for micros in [-377_705_023_201_000_000, 253_402_207_200_000_000, 0] {
                    let at = number_ordinal(Instant::from_micros(micros).unwrap().micros());
                    let bucket = calendar.bucket(at).unwrap();
                    assert!(bucket.start <= at && at <= bucket.last, "{unit:?} {micros}");
                }
                assert!(calendar.bucket(u64::MAX).is_err());
            }
        }
    }

    #[test]
    fn a_day_that_clocks_showed_twice_is_one_interval() {
        // At 00:01 on 2010-11-07, clocks of St. John's went back to 23:01 of the day before.
        let zone = Zone::named("America/St_Johns").unwrap();
        let calendar = Calendar::of_instants(Unit::Day, zone.clone());
        let (first, last) = zone.day(date("2010-11-07")).unwrap();
        for micros in [first.micros(), first.micros() + 120_000_000, last.micros()] {
            let bucket = calendar.bucket(number_ordinal(micros)).unwrap();
            assert_eq!(bucket.start, number_ordinal(first.micros()));
            assert_eq!(bucket.last, number_ordinal(last.micros()));
        }
    }

    #[test]
    fn kept_periods_are_those_of_the_zone() {
        let calendar = Calendar::of_dates(Unit::Month);
        let days = |from: &str, to: &str| {
            (number_ordinal(date(from).days().into()), number_ordinal(date(to).days().into()))
        };
        let mut buckets = Buckets::default();
        for (from, to, count) in [
            ("2024-01-31", "2024-03-01", 3),
            ("2024-02-01", "2024-02-29", 1),
            ("2023-12-31", "2024-02-29", 3),
        ] {
            let found = buckets.spanning(&calendar, days(from, to)).unwrap().unwrap();
            assert_eq!(found.len(), count, "{from} to {to}");
        }
        let centuries = days("0001-01-01", "2024-01-01");
        assert!(buckets.spanning(&calendar, centuries).unwrap().is_none());
    }
}
