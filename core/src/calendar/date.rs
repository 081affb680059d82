//! A day of the Gregorian calendar.

use std::fmt;
use std::str::FromStr;

use jiff::civil;

use crate::error::{Error, Result};

const EPOCH: civil::Date = civil::date(1970, 1, 1);

/// A day of the Gregorian calendar, from `-9999-01-01` to `9999-12-31`.
///
/// # Examples
///
/// ```
/// use seriatim::Date;
///
/// let day: Date = "2025-03-01".parse()?;
/// assert_eq!(day, Date::new(2025, 3, 1)?);
/// assert_eq!(day.to_string(), "2025-03-01");
/// assert!("2025-02-30".parse::<Date>().is_err());
/// # Ok::<(), seriatim::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(civil::Date);

impl Date {
    /// The day of a year, a month (1 to 12) and a day of the month.
    ///
    /// # Errors
    ///
    /// `invalid_argument` when there is no such day.
    pub fn new(year: i16, month: i8, day: i8) -> Result<Self> {
        civil::Date::new(year, month, day).map(Date).map_err(|source| {
            Error::invalid(format!("{year:04}-{month:02}-{day:02} is no day")).caused_by(source)
        })
    }

    /// The day that lies `days` after 1970-01-01 (before it, where negative).
    ///
    /// # Errors
    ///
    /// `invalid_argument` when the day lies outside the years -9999 to 9999.
    pub fn from_days(days: i32) -> Result<Self> {
        EPOCH
            .checked_add(jiff::Span::new().try_days(days).map_err(out_of_range)?)
            .map(Date)
            .map_err(out_of_range)
    }

    /// How many days after 1970-01-01 it is.
    pub fn days(self) -> i32 {
        (self.0 - EPOCH).get_days()
    }

    /// The year, `-9999` to `9999`.
    pub fn year(self) -> i16 {
        self.0.year()
    }

    /// The month, 1 to 12.
    pub fn month(self) -> i8 {
        self.0.month()
    }

    /// The day of the month, 1 to 31.
    pub fn day(self) -> i8 {
        self.0.day()
    }

    /// The ISO 8601 week: its year and its number, 1 to 53.
    pub fn iso_week(self) -> (i16, i8) {
        let week = self.0.iso_week_date();
        (week.year(), week.week())
    }

    /// The day of a year by its number, 1 to 366; none where the year has no such day.
    pub(crate) fn of_year_day(year: i16, day: i16) -> Option<Self> {
        if !(1..=Date::days_in_year(year)).contains(&day) {
            return None;
        }
        civil::Date::new(year, 1, 1).ok()?.with().day_of_year(day).build().map(Date).ok()
    }

    /// Monday and Sunday of a week by ISO 8601, of its year; none where the year has no such week.
    /// The last week of the year 9999 ends with the year.
    pub(crate) fn days_of_week(year: i16, week: i8) -> Option<(Self, Self)> {
        let monday = civil::ISOWeekDate::new(year, week, civil::Weekday::Monday).ok()?;
        let sunday = civil::ISOWeekDate::new(year, week, civil::Weekday::Sunday);
        let last = sunday.map_or(civil::Date::MAX, civil::ISOWeekDate::date);
        Some((Date(monday.date()), Date(last)))
    }

    /// The days of a year, 365 or 366.
    pub(crate) fn days_in_year(year: i16) -> i16 {
        civil::Date::new(year, 1, 1).map_or(0, civil::Date::days_in_year)
    }

    /// The days of a month; none where there is no such month.
    pub(crate) fn days_in_month(year: i16, month: i8) -> Option<i8> {
        civil::Date::new(year, month, 1).map(civil::Date::days_in_month).ok()
    }

    /// The day after, or none after 9999-12-31.
    pub fn tomorrow(self) -> Option<Self> {
        self.0.tomorrow().map(Date).ok()
    }

    pub(super) fn civil(self) -> civil::Date {
        self.0
    }

    pub(super) fn from_civil(date: civil::Date) -> Self {
        Date(date)
    }
}

fn out_of_range(source: jiff::Error) -> Error {
    Error::invalid("the day lies outside the years -9999 to 9999").caused_by(source)
}

impl FromStr for Date {
    type Err = Error;

    /// Reads `YYYY-MM-DD`, and nothing else.
    fn from_str(text: &str) -> Result<Self> {
        let shaped = text.len() == 10
            && text.bytes().enumerate().all(|(at, byte)| match at {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        if !shaped {
            return Err(Error::invalid(format!("`{text}` is not a date; write it YYYY-MM-DD")));
        }
        text.parse()
            .map(Date)
            .map_err(|_| Error::invalid(format!("`{text}` is not a day of the calendar")))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_go_there_and_back() {
        for days in [-719_528, -1, 0, 1, 19_782, 2_932_896] {
            assert_eq!(Date::from_days(days).unwrap().days(), days);
        }
        assert_eq!("1970-01-01".parse::<Date>().unwrap().days(), 0);
        assert_eq!("2024-02-29".parse::<Date>().unwrap().days(), 19_782);
    }

    #[test]
    fn only_whole_iso_days_are_read() {
        for text in ["2025-3-1", "20250301", "2025-03-01T00:00", "2025-02-29", "2025-13-01", ""] {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
    }

    #[test]
    fn weeks_are_iso_weeks() {
        assert_eq!("2024-12-30".parse::<Date>().unwrap().iso_week(), (2025, 1));
        assert_eq!("2021-01-03".parse::<Date>().unwrap().iso_week(), (2020, 53));
    }
}
