//! Counts the units of a set.

use rayon::prelude::*;

use super::calendar::Buckets;
use super::chunk::count_chunk;
use super::groups::Groups;
use super::merged::Merged;
use super::source::Source;
use super::tally::{Stack, Tally};
use super::term::{Bound, By};
use crate::bitmap::{Container, RowSet};
use crate::error::{Error, Result};
use crate::pool;
use crate::query::UnitSet;

/// Chunks that one thread counts, and units in more of them: to wake others takes longer.
const ALONE_MAX: (usize, u64) = (2, 16_384);

impl UnitSet {
    /// How many units there are of each value of a column, or of each combination of several.
    ///
    /// Units of which a value is missing are a group of their own. Of a column of many values, a
    /// unit counts once in each different one, so that the groups may add up to more than the set
    /// has, and units with a known "none" are a group of their own. Days, weeks, months and years
    /// of timestamps are those of the column's zone.
    ///
    /// Takes time with the units, and memory with the groups.
    ///
    /// # Errors
    ///
    /// `invalid_argument` when there is no term, a period is asked of what is no date and no
    /// timestamp, or there would be more than 1,000,000 groups; `not_found` when there is no such
    /// column; `corrupt`; `io`.
    ///
    /// # Examples
    ///
    /// ```
    /// use seriatim::io::MemoryDirectory;
    /// use seriatim::{By, Column, ColumnType, Index, LoadOptions, Record};
    /// use seriatim::{Schema, Units, Value};
    ///
    /// let schema = Schema::new(vec![
    ///     Column::new("market", ColumnType::Text)?,
    ///     Column::new("made_at", ColumnType::Timestamp)?.in_zone("Europe/Berlin")?,
    /// ])?;
    /// let index = Index::create_in(MemoryDirectory::new(), schema)?;
    /// let unit = |serial: &str, market: &str, made_at: &str| {
    ///     Ok::<_, seriatim::Error>(
    ///         Record::of_serial(serial)
    ///             .with("market", Value::Text(market.into()))
    ///             .with("made_at", Value::Timestamp(made_at.parse()?)),
    ///     )
    /// };
    /// let units = [
    ///     unit("A1", "DE", "2025-01-31T22:59:59Z")?,
    ///     unit("A2", "DE", "2025-01-31T23:00:00Z")?, // midnight in Berlin
    ///     unit("A3", "SE", "2025-02-28T12:00:00Z")?,
    /// ];
    /// index.load_units(Units::records(units), LoadOptions::default())?;
    ///
    /// let groups = index.snapshot().all().by(&[By::column("market"), By::month("made_at")])?;
    /// assert_eq!(
    ///     groups.to_string(),
    ///     "market  made_at_month  units\n\
    ///      DE      2025-01            1\n\
    ///      DE      2025-02            1\n\
    ///      SE      2025-02            1\n"
    /// );
    /// # Ok::<(), seriatim::Error>(())
    /// ```
    pub fn by(&self, terms: &[By]) -> Result<Groups> {
        Ok(count_sets(self, &[], terms)?.0)
    }
}

/// Counts the units of a set, and those of sets of some of its units: what they are counted by is
/// read once for all.
pub(crate) fn count_sets(
    all: &UnitSet,
    parts: &[&UnitSet],
    terms: &[By],
) -> Result<(Groups, Vec<Groups>)> {
    if terms.is_empty() {
        return Err(Error::invalid("there is nothing to count by; name a column"));
    }
    let snapshot = all.snapshot();
    let bound =
        terms.iter().map(|term| term.bind(snapshot.schema())).collect::<Result<Vec<Bound>>>()?;
    let mut whole = Merged::new(&bound);
    let mut others: Vec<Merged<'_>> = parts.iter().map(|_| Merged::new(&bound)).collect();
    let none = RowSet::new();
    for (place, (segment, rows)) in snapshot.segments().iter().zip(all.rows()).enumerate() {
        if rows.is_empty() {
            continue;
        }
        let units = &*segment.units;
        let sources: Vec<Source<'_>> = bound.iter().map(|term| Source::new(units, term)).collect();
        let of_parts = parts.iter().map(|part| part.rows().get(place).unwrap_or(&none));
        let sets: Vec<&RowSet> = std::iter::once(rows).chain(of_parts).collect();
        let tallies = count_segment(&sources, &sets)?;
        for (merged, tally) in std::iter::once(&mut whole).chain(&mut others).zip(tallies) {
            merged.add(tally, units.namespaces(), &sources)?;
        }
    }
    let names: Vec<String> = terms.iter().map(By::to_string).collect();
    let others = others.into_iter().map(|it| it.finish(names.clone())).collect::<Result<_>>()?;
    Ok((whole.finish(names)?, others))
}

fn count_segment(sources: &[Source<'_>], sets: &[&RowSet]) -> Result<Vec<Tally>> {
    type Sums = (Vec<Stack>, Buckets);
    let width = sources.len();
    let start = || (sets.iter().map(|_| Stack::new()).collect(), Buckets::default());
    let add = |(mut stacks, mut buckets): Sums, key: u16| -> Result<Sums> {
        let chunks: Vec<Container<'_>> =
            sets.iter().map(|rows| rows.chunk(key).unwrap_or(Container::Array(&[]))).collect();
        let tallies = count_chunk(sources, &mut buckets, (key, &chunks))?;
        for (stack, tally) in stacks.iter_mut().zip(tallies) {
            stack.push(tally)?;
        }
        Ok((stacks, buckets))
    };
    let finish = |stacks: Vec<Stack>| -> Result<Vec<Tally>> {
        stacks.into_iter().map(|stack| stack.finish(width)).collect()
    };
    let Some(all) = sets.first() else { return Ok(Vec::new()) };
    let keys: Vec<u16> = all.chunks().map(|(key, _)| key).collect();
    if keys.len() <= ALONE_MAX.0 || all.len() <= ALONE_MAX.1 {
        return finish(keys.into_iter().try_fold(start(), add)?.0);
    }
    pool::shared()?.install(|| {
        let parts = keys.into_par_iter().try_fold(start, add);
        let none = || sets.iter().map(|_| Tally::new(width)).collect();
        parts.map(|part| finish(part?.0)).try_reduce(none, |a: Vec<Tally>, b| {
            a.into_iter().zip(b).map(|(a, b)| a.merge(b)).collect()
        })
    })
}
