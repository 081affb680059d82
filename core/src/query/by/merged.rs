//! Counts of several segments become one.
//!
//! The ordinals of texts and of some floats are places in a dictionary of their segment. They are
//! put in the order of all segments, which keeps the order of groups.

use super::group_key::{GroupKey, Period};
use super::groups::{Groups, KeyType};
use super::source::Source;
use super::tally::{Slot, Tally};
use super::term::{Bound, Part};
use crate::calendar::{Date, Instant};
use crate::column::{ColumnReader, float_ordinal, ordinal_float, ordinal_number};
use crate::error::{Error, Result};
use crate::schema::{ColumnType, Value, Version};

/// The counts of the segments so far.
pub(super) struct Merged<'a> {
    terms: Vec<MergedTerm<'a>>,
    tally: Tally,
}

/// What the ordinals of a term stand for.
struct MergedTerm<'a> {
    key_type: KeyType,
    /// The texts that occur, in the order of the term; ordinals are places among them.
    texts: Vec<&'a str>,
}

impl<'a> Merged<'a> {
    pub(super) fn new(terms: &[Bound]) -> Self {
        let merged = |term: &Bound| MergedTerm { key_type: KeyType::of(term), texts: Vec::new() };
        Merged { terms: terms.iter().map(merged).collect(), tally: Tally::new(terms.len()) }
    }

    /// Adds the counts of a segment, which has its namespaces and terms in `sources`.
    pub(super) fn add(
        &mut self,
        mut counts: Tally,
        namespaces: &'a [String],
        sources: &[Source<'a>],
    ) -> Result<()> {
        for (at, (term, source)) in self.terms.iter_mut().zip(sources).enumerate() {
            match (&term.key_type, source) {
                (_, Source::Namespaces(..)) => {
                    let name = |number: u64| {
                        let name = usize::try_from(number).ok().and_then(|it| namespaces.get(it));
                        name.map(String::as_str).ok_or_else(no_namespace)
                    };
                    term.add_texts(at, name, &mut counts, &mut self.tally)?;
                }
                (
                    KeyType::Text,
                    Source::Serials(_, Part::Field(field))
                    | Source::Identifiers(_, _, Part::Field(field)),
                ) => {
                    let text = |ordinal| field.text(ordinal);
                    term.add_texts(at, text, &mut counts, &mut self.tally)?;
                }
                (KeyType::Text | KeyType::TextList | KeyType::Version, Source::Column(column)) => {
                    let text = |ordinal| column.text(ordinal);
                    term.add_texts(at, text, &mut counts, &mut self.tally)?;
                }
                (KeyType::Float, Source::Column(column)) => spread(at, column, &mut counts)?,
                (
                    _,
                    Source::Absent
                    | Source::Periods(..)
                    | Source::Column(_)
                    | Source::Serials(..)
                    | Source::Identifiers(..),
                ) => {}
            }
        }
        let before = std::mem::replace(&mut self.tally, Tally::new(sources.len()));
        self.tally = before.merge(counts)?;
        Ok(())
    }

    /// The groups, with the names of their keys.
    pub(super) fn finish(self, key_names: Vec<String>) -> Result<Groups> {
        let mut keys = Vec::with_capacity(self.tally.len() * self.terms.len());
        let mut counts = Vec::with_capacity(self.tally.len());
        for (slots, units) in self.tally.groups() {
            for (slot, term) in slots.iter().zip(&self.terms) {
                keys.push(match slot {
                    Slot::Missing => None,
                    Slot::Empty => Some(GroupKey::EmptyList),
                    Slot::Value(ordinal) => Some(term.key(*ordinal)?),
                });
            }
            counts.push(units);
        }
        let key_types = self.terms.into_iter().map(|it| it.key_type).collect();
        Ok(Groups::new(key_names, key_types, keys, counts))
    }
}

impl<'a> MergedTerm<'a> {
    /// Makes places among all texts of what `ours` has as ordinals of a segment.
    fn add_texts(
        &mut self,
        at: usize,
        text: impl Fn(u64) -> Result<&'a str>,
        ours: &mut Tally,
        all: &mut Tally,
    ) -> Result<()> {
        let used = values(ours, at);
        let texts = used.iter().map(|it| text(*it)).collect::<Result<Vec<&'a str>>>()?;
        let before = std::mem::take(&mut self.texts);
        self.texts = before.iter().chain(&texts).copied().collect();
        if self.key_type == KeyType::Version {
            self.texts.sort_by(|a, b| Version::compare(a, b));
        } else {
            self.texts.sort_unstable();
        }
        self.texts.dedup();
        // Both lists ascend in this order, so that a place is found by walking along.
        let places = |sorted: &[&str]| {
            let mut all = (0_u64..).zip(&self.texts);
            let found = |text: &&str| all.find(|(_, it)| *it == text).map(|(place, _)| place);
            let places: Option<Vec<u64>> = sorted.iter().map(found).collect();
            places.ok_or_else(|| Error::corrupt("the texts of a column are out of order"))
        };
        let (ours_to, all_to) = (places(&texts)?, places(&before)?);
        ours.recode(at, |slot| moved(slot, |it| used.binary_search(&it).ok(), &ours_to));
        all.recode(at, |slot| moved(slot, |it| usize::try_from(it).ok(), &all_to));
        Ok(())
    }

    fn key(&self, ordinal: u64) -> Result<GroupKey> {
        let number = ordinal_number(ordinal);
        let outside = |_| Error::corrupt("a column has a value outside the calendar");
        let text = || {
            let place = usize::try_from(ordinal).ok();
            let text = place.and_then(|place| self.texts.get(place));
            text.copied().ok_or_else(|| Error::corrupt("a column has a value without a text"))
        };
        let day = || match i32::try_from(number) {
            Ok(days) => Date::from_days(days).map_err(outside),
            Err(_) => Err(Error::corrupt("a column has a value outside the calendar")),
        };
        Ok(GroupKey::Value(match &self.key_type {
            KeyType::Period(unit) => return Ok(GroupKey::Period(Period::new(*unit, day()?))),
            KeyType::Text | KeyType::TextList => Value::Text(text()?.to_owned()),
            KeyType::Version => Value::Version(Version::from(text()?)),
            KeyType::Integer => Value::Integer(number),
            KeyType::Float => Value::Float(ordinal_float(ordinal)),
            KeyType::Date => Value::Date(day()?),
            KeyType::Timestamp(_) => {
                Value::Timestamp(Instant::from_micros(number).map_err(outside)?)
            }
            KeyType::Boolean => Value::Boolean(ordinal != 0),
        }))
    }
}

impl KeyType {
    fn of(term: &Bound) -> Self {
        match term {
            Bound::Namespace => KeyType::Text,
            Bound::Serial(part) | Bound::Identifier { part, .. } => match part {
                Part::Field(field) if field.has_texts() => KeyType::Text,
                Part::Field(_) => KeyType::Integer,
                Part::Made(made) => KeyType::Period(made.unit()),
            },
            Bound::Period { calendar, .. } => KeyType::Period(calendar.unit()),
            Bound::Column { column_type, zone, .. } => match column_type {
                ColumnType::Text => KeyType::Text,
                ColumnType::Integer => KeyType::Integer,
                ColumnType::Float => KeyType::Float,
                ColumnType::Date => KeyType::Date,
                ColumnType::Timestamp => KeyType::Timestamp(zone.clone().unwrap_or_default()),
                ColumnType::Boolean => KeyType::Boolean,
                ColumnType::Version => KeyType::Version,
                ColumnType::TextList => KeyType::TextList,
            },
        }
    }
}

/// The different ordinals of a term, ascending.
fn values(tally: &Tally, at: usize) -> Vec<u64> {
    let mut values: Vec<u64> = Vec::new();
    for slot in tally.column(at) {
        if let Slot::Value(ordinal) = slot
            && values.last() != Some(&ordinal)
        {
            values.push(ordinal);
        }
    }
    values.sort_unstable();
    values.dedup();
    values
}

/// The slot that stands in `to` where `from` says; all that occur do.
fn moved(slot: Slot, from: impl Fn(u64) -> Option<usize>, to: &[u64]) -> Slot {
    match slot {
        Slot::Value(ordinal) => {
            let place = from(ordinal).and_then(|at| to.get(at));
            Slot::Value(place.copied().unwrap_or(ordinal))
        }
        other => other,
    }
}

/// Puts the floats themselves in the place of places among those of a segment.
fn spread(at: usize, column: &ColumnReader, counts: &mut Tally) -> Result<()> {
    let Some(floats) = column.floats() else { return Ok(()) };
    let used = values(counts, at);
    let float = |place: &u64| {
        floats.value(usize::try_from(*place).unwrap_or(usize::MAX)).map(float_ordinal)
    };
    let ordinals = used.iter().map(float).collect::<Result<Vec<u64>>>()?;
    counts.recode(at, |slot| moved(slot, |it| used.binary_search(&it).ok(), &ordinals));
    Ok(())
}

fn no_namespace() -> Error {
    Error::corrupt("segment: a serial is of no namespace")
}
