//! What the calendar fields of a code say together.

use super::build::Step;
use crate::calendar::Date;
use crate::serial::layout::CalendarUnit;

/// Years in which every date of any year falls on every day of the week, and after which all begins
/// anew.
const CYCLE: std::ops::Range<i16> = 2000..2028;

/// The parts of a date in the codes of a family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Dates {
    year: Option<Part>,
    month: Option<Part>,
    week: Option<Part>,
    day_of_year: Option<Part>,
    day: Option<Part>,
}

/// Where a part of a date stands in a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Part {
    weight: u128,
    count: u128,
    /// The first value.
    least: i64,
}

/// The parts of a date that a code names.
#[derive(Clone, Copy, Debug, Default)]
struct Named {
    month: Option<i16>,
    week: Option<i16>,
    day_of_year: Option<i16>,
    day: Option<i16>,
}

impl Part {
    fn value(self, code: u128) -> Option<i16> {
        let number = match (u64::try_from(code), u64::try_from(self.weight)) {
            (Ok(code), Ok(weight)) => u128::from(code / weight),
            _ => code / self.weight,
        };
        let number = i64::try_from(number % self.count).ok()?;
        i16::try_from(self.least + number).ok()
    }
}

impl Dates {
    /// Those of a layout, none where it has no part of a date.
    pub(super) fn of(steps: &[Step]) -> Option<Self> {
        let part = |unit: CalendarUnit| {
            steps.iter().find_map(|step| match step {
                Step::Field { field, weight } if field.unit() == Some(unit) => Some(Part {
                    weight: *weight,
                    count: field.last() + 1,
                    least: field.value_of(0)?,
                }),
                _ => None,
            })
        };
        let dates = Dates {
            year: part(CalendarUnit::Year),
            month: part(CalendarUnit::Month),
            week: part(CalendarUnit::Week),
            day_of_year: part(CalendarUnit::DayOfYear),
            day: part(CalendarUnit::Day),
        };
        (dates.year.is_some() || dates.below_year() > 0).then_some(dates)
    }

    /// How many parts smaller than a year there are.
    fn below_year(&self) -> usize {
        [self.month, self.week, self.day_of_year, self.day].iter().flatten().count()
    }

    /// Whether the parts name days: a year, and what lies in it. A year alone is often a model year,
    /// which is no time of making.
    pub(super) fn make_days(&self) -> bool {
        let inner = [self.month, self.week, self.day_of_year];
        self.year.is_some() && inner.iter().any(Option::is_some)
    }

    /// Whether the parts never contradict each other.
    pub(super) fn are_free(&self) -> bool {
        let bound_to_year = self.week.is_some() || self.day_of_year.is_some();
        self.below_year() < 2 && !(self.year.is_some() && bound_to_year)
    }

    /// Whether there is a day with all that a code names.
    #[inline]
    pub(super) fn is_date(&self, code: u128) -> bool {
        self.are_free() || self.is_day(code)
    }

    fn is_day(&self, code: u128) -> bool {
        let (year, named) = self.named(code);
        let years = match year {
            Some(year) => year..year + 1,
            None => CYCLE,
        };
        match named {
            Named { month: Some(month), day: Some(day), week: None, day_of_year: None } => {
                let month = i8::try_from(month).ok();
                // Of all years, a leap year has most days.
                let days = month.and_then(|it| Date::days_in_month(years.start, it));
                days.is_some_and(|it| day <= i16::from(it))
            }
            Named { month: None, day: None, week: None, day_of_year: Some(day) } => {
                day <= Date::days_in_year(years.start)
            }
            _ => years.into_iter().any(|year| named.days_of(year).is_some()),
        }
    }

    /// The first and the last day with all that a code names.
    pub(super) fn days(&self, code: u128) -> Option<(Date, Date)> {
        let (year, named) = self.named(code);
        named.days_of(year?)
    }

    fn named(&self, code: u128) -> (Option<i16>, Named) {
        let value = |part: Option<Part>| part.and_then(|it| it.value(code));
        let named = Named {
            month: value(self.month),
            week: value(self.week),
            day_of_year: value(self.day_of_year),
            day: value(self.day),
        };
        (value(self.year), named)
    }
}

impl Named {
    /// The first and the last day of a year that have all these parts. A week of no other part is
    /// that of ISO 8601, and may begin before the year or end after it.
    fn days_of(self, year: i16) -> Option<(Date, Date)> {
        match (self.day_of_year, self.month, self.week) {
            (Some(day), ..) => {
                let date = Date::of_year_day(year, day)?;
                self.holds(date).then_some((date, date))
            }
            (None, Some(month), _) => {
                let month = i8::try_from(month).ok()?;
                let last = i16::from(Date::days_in_month(year, month)?);
                self.among(|day| Date::new(year, month, i8::try_from(day).ok()?).ok(), last)
            }
            (None, None, Some(week)) => {
                let (monday, sunday) = Date::days_of_week(year, i8::try_from(week).ok()?)?;
                if self.day.is_none() {
                    return Some((monday, sunday));
                }
                self.among(|day| Date::from_days(monday.days() + i32::from(day) - 1).ok(), 7)
            }
            (None, None, None) => {
                Some((Date::new(year, 1, 1).ok()?, Date::new(year, 12, 31).ok()?))
            }
        }
    }

    /// The first and the last of the days 1 to `last` that have all these parts.
    fn among(self, date: impl Fn(i16) -> Option<Date>, last: i16) -> Option<(Date, Date)> {
        if self.week.is_none() && self.day.is_none() {
            return Some((date(1)?, date(last)?));
        }
        let mut days = (1..=last).filter_map(date).filter(|it| self.holds(*it));
        let first = days.next()?;
        Some((first, days.next_back().unwrap_or(first)))
    }

    fn holds(self, date: Date) -> bool {
        let is = |part: Option<i16>, of: i8| part.is_none_or(|it| it == i16::from(of));
        is(self.month, date.month()) && is(self.day, date.day()) && is(self.week, date.iso_week().1)
    }
}
