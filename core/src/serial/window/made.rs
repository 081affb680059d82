//! Of which codes the serials say that they were made on given days.

use super::{Case, Condition, Numbers};
use crate::calendar::Date;
use crate::serial::layout::CalendarUnit;
use crate::serial::{SerialFamily, SerialField};

/// Dates that are looked at one by one.
const DATES_MAX: u128 = 1 << 22;
/// A week lies in the year of its number, but may begin before it or end after it.
const WEEK: i64 = 7;

/// Ranges of days after 1970 that ascend, and whether all days that a serial names must lie in one
/// of them, or any.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MadeIn<'a> {
    pub(crate) days: &'a [(i64, i64)],
    pub(crate) wholly: bool,
}

/// A part of a date in the codes of a family.
#[derive(Clone, Copy, Debug)]
struct Part {
    weight: u128,
    count: u128,
}

impl SerialFamily {
    /// The codes of the serials that were made on the days: those that one of the cases fits, of
    /// which there is at most one. None where the family tells no dates, or too many.
    pub(crate) fn made_cases(&self, asked: MadeIn<'_>) -> Option<Vec<Case>> {
        let (mut year, mut inner) = (None, Vec::new());
        for field in self.fields() {
            let part = Part { weight: field.weight(), count: field.last().checked_add(1)? };
            match field.unit() {
                Some(CalendarUnit::Year) => year = Some((part, first_year(&field)?)),
                Some(_) => inner.push(part),
                None => {}
            }
        }
        let (year, first) = year?;
        inner.sort_unstable_by_key(|it| std::cmp::Reverse(it.weight));
        let within: u128 = inner.iter().try_fold(1, |all, it| it.count.checked_mul(all))?;
        let (mut numbers, mut years, mut looked_at) = (Vec::new(), Vec::new(), 0);
        for number in 0..year.count {
            let start = number * within;
            match asked.of_year(first, number) {
                Share::None => continue,
                Share::All => numbers.push((start, start + within - 1)),
                Share::Some => {
                    looked_at += within;
                    if looked_at > DATES_MAX {
                        return None;
                    }
                    let code = |date| number * year.weight + code_within(&inner, date);
                    let passes = |date: &u128| asked.holds(self.made(code(*date)));
                    let dates = (0..within).filter(passes);
                    numbers.extend(dates.map(|date| (start + date, start + date)));
                }
            }
            years.push((number, number));
        }
        let (years, numbers) = (Numbers::new(years), Numbers::new(numbers));
        Some(self.dated(year, &inner, years, numbers).into_iter().collect())
    }

    /// That the years, and the parts of a date together, are some of these numbers.
    fn dated(&self, year: Part, inner: &[Part], years: Numbers, numbers: Numbers) -> Option<Case> {
        let weights = inner.iter().map(|it| it.weight.checked_mul(it.count));
        let above = std::iter::once(year.weight).chain(inner.iter().map(|it| it.weight));
        if weights.eq(above.take(inner.len()).map(Some)) {
            // They stand side by side in the code.
            let last = inner.last().unwrap_or(&year);
            let count = inner.iter().try_fold(year.count, |all, it| all.checked_mul(it.count));
            let window = self.window_of(last.weight, count);
            return Case::default().and(&Condition::new(window, numbers));
        }
        let window = |it: &Part| self.window_of(it.weight, Some(it.count));
        let lower = inner.iter().map(|it| (window(it), it.count)).collect();
        let date = Condition { window: window(&year), lower, numbers };
        let years = Condition::new(window(&year), years);
        Case::default().and(&years)?.and(&date)
    }
}

/// The first year that a field stands for.
fn first_year(field: &SerialField<'_>) -> Option<i64> {
    field.values_between().map(|(first, _)| first)
}

/// What the smaller parts of a date add to a code, of a number in which the last counts by one.
fn code_within(inner: &[Part], date: u128) -> u128 {
    let mut left = date;
    inner.iter().rev().fold(0, |code, part| {
        let number = left % part.count;
        left /= part.count;
        code + number * part.weight
    })
}

impl MadeIn<'_> {
    /// Whether what was made from the first day to the last is asked for; nothing of no date is.
    fn holds(self, period: Option<(Date, Date)>) -> bool {
        let Some((first, last)) = period else { return false };
        let (first, last) = (i64::from(first.days()), i64::from(last.days()));
        let at = self.days.partition_point(|(_, end)| *end < first);
        self.days.get(at).is_some_and(|(start, end)| {
            if self.wholly { *start <= first && last <= *end } else { *start <= last }
        })
    }

    /// How much is asked for of what is made in a year, the one so many after the first.
    fn of_year(self, first: i64, number: u128) -> Share {
        let year = i64::try_from(number).ok().and_then(|it| i16::try_from(first + it).ok());
        let day = |month, day| Date::new(year?, month, day).ok();
        let Some((start, end)) = day(1, 1).zip(day(12, 31)) else { return Share::Some };
        let (start, end) = (i64::from(start.days()) - WEEK, i64::from(end.days()) + WEEK);
        let at = self.days.partition_point(|(_, last)| *last < start);
        match self.days.get(at) {
            Some((from, to)) if *from <= start && end <= *to => Share::All,
            Some((from, _)) if *from <= end => Share::Some,
            _ => Share::None,
        }
    }
}

/// How much is asked for of what is made in a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Share {
    None,
    Some,
    All,
}
