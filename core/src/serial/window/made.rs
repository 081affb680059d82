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

/// A part of a date in the codes of a family, or parts that stand side by side.
#[derive(Clone, Copy, Debug)]
struct Part {
    weight: u128,
    count: u128,
    /// By how much the number of a date grows when that of the part grows by one.
    step: u128,
}

impl SerialFamily {
    /// The codes of the serials that were made on the days: those that one of the cases fits, of
    /// which there is at most one. None where the family tells no dates, or too many.
    pub(crate) fn made_cases(&self, asked: MadeIn<'_>) -> Option<Vec<Case>> {
        let (mut first, mut parts) = (None, Vec::new());
        for field in self.fields() {
            let part =
                Part { weight: field.weight(), count: field.last().checked_add(1)?, step: 1 };
            match field.unit() {
                Some(CalendarUnit::Year) => first = Some((first_year(&field)?, part.weight)),
                Some(_) => {}
                None => continue,
            }
            parts.push(part);
        }
        let (first, weight) = first?;
        // A date is a number in the order of its parts in the code.
        parts.sort_unstable_by_key(|it| it.weight);
        let mut count = 1_u128;
        for part in &mut parts {
            part.step = count;
            count = count.checked_mul(part.count)?;
        }
        parts.reverse();
        let year = *parts.iter().find(|it| it.weight == weight)?;
        let inner: Vec<Part> = parts.iter().copied().filter(|it| it.weight != weight).collect();
        let within: u128 = inner.iter().map(|it| it.count).product();
        let (mut numbers, mut years, mut looked_at) = (Vec::new(), Vec::new(), 0);
        for number in 0..year.count {
            let (code, start) = (number * year.weight, number * year.step);
            let share = asked.of_year(first, number);
            match share {
                Share::None => continue,
                Share::All if year.step == within => numbers.push((start, start + within - 1)),
                Share::All | Share::Some => {
                    looked_at += within;
                    if looked_at > DATES_MAX {
                        return None;
                    }
                    for date in (0..within).map(|date| placed(&inner, date)) {
                        let made = || asked.holds(self.made(code + date.weight));
                        if share == Share::All || made() {
                            numbers.push((start + date.step, start + date.step));
                        }
                    }
                }
            }
            years.push((number, number));
        }
        let years = Condition::new(self.window_of(weight, Some(year.count)), Numbers::new(years));
        Some(self.dated(&parts, &years, Numbers::new(numbers)).into_iter().collect())
    }

    /// That the year is one of some, and the parts of a date together one of the numbers.
    fn dated(&self, parts: &[Part], years: &Condition, numbers: Numbers) -> Option<Case> {
        let mut joined: Vec<Part> = Vec::new();
        for part in parts {
            match joined.last_mut() {
                Some(left) if Some(left.weight) == part.weight.checked_mul(part.count) => {
                    *left = Part { count: left.count * part.count, ..*part };
                }
                _ => joined.push(*part),
            }
        }
        let windows = joined.iter().map(|it| (self.window_of(it.weight, Some(it.count)), it.count));
        let mut windows = windows.collect::<Vec<_>>().into_iter();
        let (window, _) = windows.next()?;
        let date = Condition { window, lower: windows.collect(), numbers };
        // Where the year is not read last, it tells early that no date passes.
        let last = joined.last().map_or(0, |it| it.weight * it.count);
        if years.window.low >= last {
            Case::default().and(years)?.and(&date)
        } else {
            Case::default().and(&date)
        }
    }
}

/// The first year that a field stands for.
fn first_year(field: &SerialField<'_>) -> Option<i64> {
    field.values_between().map(|(first, _)| first)
}

/// What the parts of a date within a year add to a code, as the weight, and to the number of the
/// date, as the step; of the dates counted from 0.
fn placed(inner: &[Part], date: u128) -> Part {
    let (mut left, mut all) = (date, Part { weight: 0, count: 1, step: 0 });
    for part in inner {
        let number = left % part.count;
        left /= part.count;
        all.weight += number * part.weight;
        all.step += number * part.step;
    }
    all
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
