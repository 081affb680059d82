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
const ALONE_MAX: (usize, u64) = (2, 4096);

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
        if terms.is_empty() {
            return Err(Error::invalid("there is nothing to count by; name a column"));
        }
        let schema = self.snapshot().schema();
        let bound = terms.iter().map(|term| term.bind(schema)).collect::<Result<Vec<Bound>>>()?;
        let mut merged = Merged::new(&bound);
        for (segment, rows) in self.snapshot().segments().iter().zip(self.rows()) {
            if rows.is_empty() {
                continue;
            }
            let units = &*segment.units;
            let sources: Vec<Source<'_>> =
                bound.iter().map(|term| Source::new(units, term)).collect();
            merged.add(count_segment(&sources, rows)?, units.namespaces(), &sources)?;
        }
        merged.finish(terms.iter().map(By::to_string).collect())
    }
}

fn count_segment(sources: &[Source<'_>], rows: &RowSet) -> Result<Tally> {
    type Sum = (Stack, Buckets);
    let width = sources.len();
    let start = || (Stack::new(), Buckets::default());
    let add = |(mut stack, mut buckets): Sum, chunk: (u16, Container<'_>)| -> Result<Sum> {
        stack.push(count_chunk(sources, &mut buckets, chunk)?)?;
        Ok((stack, buckets))
    };
    let chunks: Vec<(u16, Container<'_>)> = rows.chunks().collect();
    if chunks.len() <= ALONE_MAX.0 || rows.len() <= ALONE_MAX.1 {
        return chunks.into_iter().try_fold(start(), add)?.0.finish(width);
    }
    pool::shared()?.install(|| {
        let parts = chunks.into_par_iter().try_fold(start, add);
        let tallies = parts.map(|part| part?.0.finish(width));
        tallies.try_reduce(|| Tally::new(width), Tally::merge)
    })
}
