//! Parts of days and of points in time.

use crate::calendar::Date;

/// A part of a day or of a point in time that `EXTRACT` gives as a number.
///
/// # Examples
///
/// ```
/// use seriatim::{DatePart, Scope};
///
/// let nights = Scope::column("made_at").extract(DatePart::Hour).ge(22);
/// assert_eq!(nights.to_sql(), "EXTRACT(HOUR FROM made_at) >= 22");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DatePart {
    /// The year.
    Year,
    /// The quarter of the year, 1 to 4.
    Quarter,
    /// The month, 1 to 12.
    Month,
    /// The day of the month, 1 to 31.
    Day,
    /// The year that the ISO 8601 week belongs to.
    IsoYear,
    /// The ISO 8601 week, 1 to 53.
    Week,
    /// The day of the ISO 8601 week: 1 is Monday, 7 is Sunday.
    DayOfWeek,
    /// The day of the year, 1 to 366.
    DayOfYear,
    /// The hour of the day, 0 to 23; of points in time only.
    Hour,
    /// The minute of the hour, 0 to 59; of points in time only.
    Minute,
}

impl DatePart {
    /// All of them.
    pub const ALL: [DatePart; 10] = [
        DatePart::Year,
        DatePart::Quarter,
        DatePart::Month,
        DatePart::Day,
        DatePart::IsoYear,
        DatePart::Week,
        DatePart::DayOfWeek,
        DatePart::DayOfYear,
        DatePart::Hour,
        DatePart::Minute,
    ];

    pub(super) fn sql(self) -> &'static str {
        match self {
            DatePart::Year => "YEAR",
            DatePart::Quarter => "QUARTER",
            DatePart::Month => "MONTH",
            DatePart::Day => "DAY",
            DatePart::IsoYear => "ISOYEAR",
            DatePart::Week => "WEEK",
            DatePart::DayOfWeek => "ISODOW",
            DatePart::DayOfYear => "DOY",
            DatePart::Hour => "HOUR",
            DatePart::Minute => "MINUTE",
        }
    }

    /// The name in JSON.
    /// The stable code of this part, such as `"day_of_week"`.
    pub fn code(self) -> &'static str {
        match self {
            DatePart::Year => "year",
            DatePart::Quarter => "quarter",
            DatePart::Month => "month",
            DatePart::Day => "day",
            DatePart::IsoYear => "isoyear",
            DatePart::Week => "week",
            DatePart::DayOfWeek => "isodow",
            DatePart::DayOfYear => "doy",
            DatePart::Hour => "hour",
            DatePart::Minute => "minute",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        DatePart::ALL.into_iter().find(|it| it.code().eq_ignore_ascii_case(name))
    }

    /// Whether a day alone does not have it.
    pub(super) fn is_of_time(self) -> bool {
        matches!(self, DatePart::Hour | DatePart::Minute)
    }

    /// The least and the greatest value.
    pub(super) fn bounds(self) -> (i64, i64) {
        match self {
            DatePart::Year | DatePart::IsoYear => (-9_999, 9_999),
            DatePart::Quarter => (1, 4),
            DatePart::Month => (1, 12),
            DatePart::Day => (1, 31),
            DatePart::Week => (1, 53),
            DatePart::DayOfWeek => (1, 7),
            DatePart::DayOfYear => (1, 366),
            DatePart::Hour => (0, 23),
            DatePart::Minute => (0, 59),
        }
    }

    /// The part of a day, and of so many microseconds after its midnight by the clock.
    pub(super) fn of(self, date: Date, micros: i64) -> i64 {
        match self {
            DatePart::Year => i64::from(date.year()),
            DatePart::Quarter => (i64::from(date.month()) + 2) / 3,
            DatePart::Month => i64::from(date.month()),
            DatePart::Day => i64::from(date.day()),
            DatePart::IsoYear => i64::from(date.iso_week().0),
            DatePart::Week => i64::from(date.iso_week().1),
            // 1970-01-01 was a Thursday.
            DatePart::DayOfWeek => (i64::from(date.days()) + 3).rem_euclid(7) + 1,
            DatePart::DayOfYear => {
                let first = Date::new(date.year(), 1, 1).map_or(0, Date::days);
                i64::from(date.days() - first) + 1
            }
            DatePart::Hour => micros / 3_600_000_000,
            DatePart::Minute => micros / 60_000_000 % 60,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_those_of_the_calendar() {
        let rows = [
            ("2024-12-30", [2024, 4, 12, 30, 2025, 1, 1, 365]),
            ("2021-01-03", [2021, 1, 1, 3, 2020, 53, 7, 3]),
            ("1969-12-31", [1969, 4, 12, 31, 1970, 1, 3, 365]),
            ("2024-02-29", [2024, 1, 2, 29, 2024, 9, 4, 60]),
        ];
        for (day, expected) in rows {
            let date: Date = day.parse().unwrap();
            let found: Vec<i64> =
                DatePart::ALL.iter().take(8).map(|part| part.of(date, 0)).collect();
            assert_eq!(found, expected, "{day}");
        }
        let day = Date::from_days(0).unwrap();
        let micros = (13 * 60 + 45) * 60_000_000 + 59_999_999;
        assert_eq!(DatePart::Hour.of(day, micros), 13);
        assert_eq!(DatePart::Minute.of(day, micros), 45);
    }

    #[test]
    fn every_part_stays_in_its_bounds() {
        for days in (-800_000..800_000).step_by(37) {
            let date = Date::from_days(days).unwrap();
            for part in DatePart::ALL {
                let (least, greatest) = part.bounds();
                let value = part.of(date, i64::from(days).rem_euclid(86_400) * 1_000_000);
                assert!((least..=greatest).contains(&value), "{part:?} of {date}");
            }
        }
    }
}
