//! Of which codes the serials say that they were made on given days.

use std::collections::BTreeMap;

use super::{Case, Numbers};
use crate::calendar::Date;
use crate::serial::layout::CalendarUnit;
use crate::serial::{SerialFamily, SerialField};

/// Cases that a test may have.
const CASES_MAX: usize = 256;
/// A week lies in the year of its number, but may begin before it or end after it.
const WEEK: i64 = 7;

/// Ranges of days after 1970 that ascend, and whether all days that a serial names must lie in one
/// of them, or any.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MadeIn<'a> {
    pub(crate) days: &'a [(i64, i64)],
    pub(crate) wholly: bool,
}

/// Of the parts of a date in a year, from left to right, the numbers that go together.
type Inner = Vec<Vec<Numbers>>;

impl SerialFamily {
    /// The codes of the serials that were made on the days: those that one of the cases fits. None
    /// where there would be too many cases.
    pub(crate) fn made_cases(&self, asked: MadeIn<'_>) -> Option<Vec<Case>> {
        let (mut year, mut inner) = (None, Vec::new());
        for (place, field) in self.fields().enumerate() {
            match field.unit() {
                Some(CalendarUnit::Year) => year = Some((place, field)),
                Some(_) => inner.push((place, field)),
                None => {}
            }
        }
        let (place, year) = year?;
        let mut years = BTreeMap::<Inner, Vec<(u128, u128)>>::new();
        for number in 0..=year.last() {
            let inner = match asked.of_year(year.values_between()?.0, number) {
                Share::None => continue,
                Share::All => vec![Vec::new()],
                Share::Some => self.within_year(number * year.weight(), &inner, asked)?,
            };
            if !inner.is_empty() {
                years.entry(inner).or_default().push((number, number));
            }
        }
        let mut cases = Vec::new();
        for (parts, years) in years {
            let years = self.field_case(place, Numbers::new(years).as_slice())?;
            for numbers in parts {
                let mut both = years.clone();
                for ((place, _), numbers) in inner.iter().zip(numbers) {
                    let own = self.field_case(*place, numbers.as_slice())?;
                    both = both.iter().zip(&own).filter_map(|(a, b)| a.and_all(b)).collect();
                }
                cases.extend(both);
            }
        }
        (cases.len() <= CASES_MAX).then_some(cases)
    }

    /// What the other parts must be in a year, whose part of the code is `year`. None where there
    /// are more parts than dates need.
    fn within_year(
        &self,
        year: u128,
        inner: &[(usize, SerialField<'_>)],
        asked: MadeIn<'_>,
    ) -> Option<Inner> {
        let passing = |code: u128, field: &SerialField<'_>| {
            let passes = |number: u128| asked.holds(self.made(code + number * field.weight()));
            Numbers::passing(0, field.last(), passes)
        };
        match inner {
            [(_, only)] => {
                let numbers = passing(year, only);
                Some(if numbers.is_empty() { Vec::new() } else { vec![vec![numbers]] })
            }
            [(_, left), (_, right)] => {
                let mut sets = BTreeMap::<Numbers, Vec<(u128, u128)>>::new();
                for number in 0..=left.last() {
                    let with = passing(year + number * left.weight(), right);
                    if !with.is_empty() {
                        sets.entry(with).or_default().push((number, number));
                    }
                }
                Some(sets.into_iter().map(|(with, left)| vec![Numbers::new(left), with]).collect())
            }
            _ => None,
        }
    }
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
