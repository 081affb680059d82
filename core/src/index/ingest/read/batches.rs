//! Units in Arrow record batches.

use std::iter::Peekable;
use std::sync::Arc;

use arrow_array::{RecordBatch, UInt64Array};
use arrow_select::take::take;

use super::arrow::{block, input_columns};
use super::reader::{Job, Reader};
use super::texts::{each_text, is_text};
use crate::error::{Error, Result};
use crate::index::ingest::block::Origin;
use crate::index::ingest::shape::{InputColumn, Shape};
use crate::schema::Schema;

type Stream<'a> = Box<dyn Iterator<Item = Result<RecordBatch>> + 'a>;

/// Rows of a block; larger batches are cut.
const BLOCK_ROWS: usize = 131_072;
/// Rows read at a time from which they are sampled first; of fewer, all are looked at once read.
const SAMPLED_FROM: usize = 1 << 16;
/// Of so many rows one is in the sample.
const SAMPLED_EVERY: usize = 64;

/// Reads record batches.
pub(super) struct Batches<'a> {
    stream: Peekable<Stream<'a>>,
    next_row: u64,
    /// The batches of the jobs given last.
    given: Vec<RecordBatch>,
}

impl<'a> Batches<'a> {
    pub(super) fn new(batches: Stream<'a>) -> Self {
        Batches { stream: batches.peekable(), next_row: 1, given: Vec::new() }
    }
}

impl Reader for Batches<'_> {
    fn columns(&mut self, _schema: &Schema) -> Result<Vec<InputColumn>> {
        if let Some(error) = self.stream.next_if(Result::is_err) {
            error?;
        }
        match self.stream.peek() {
            Some(Ok(batch)) => Ok(input_columns(batch.schema_ref())),
            _ => Err(Error::invalid(
                "there is no record batch; give at least one, even if it has no rows",
            )),
        }
    }

    fn sample(&mut self, _shape: &Shape) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    fn jobs(&mut self, count: usize) -> Result<Vec<Job<'static>>> {
        let mut jobs: Vec<Job<'static>> = Vec::new();
        self.given.clear();
        while jobs.len() < count {
            let Some(batch) = self.stream.next() else { break };
            let batch = batch?;
            for start in (0..batch.num_rows()).step_by(BLOCK_ROWS) {
                let part = batch.slice(start, BLOCK_ROWS.min(batch.num_rows() - start));
                let origin =
                    Origin { input: Arc::from("record batches"), first_row: self.next_row };
                self.next_row += u64::try_from(part.num_rows())
                    .map_err(|_| Error::unsupported("too many rows"))?;
                jobs.push(Box::new(move |shape, _| Ok(vec![block(&part, &origin, shape)?])));
            }
            self.given.push(batch);
        }
        Ok(jobs)
    }

    fn sample_jobs(&mut self, shape: &Shape) -> Result<Vec<String>> {
        let given = std::mem::take(&mut self.given);
        let mut serials = Vec::new();
        if given.iter().map(RecordBatch::num_rows).sum::<usize>() < SAMPLED_FROM {
            return Ok(serials);
        }
        for batch in given {
            // What is wrong with the column is told when it is read.
            let column = batch.column_by_name(&shape.serial);
            if let Some(column) = column.filter(|it| is_text(it.data_type())) {
                let places: UInt64Array =
                    (0u64..).take(batch.num_rows()).step_by(SAMPLED_EVERY).collect();
                let taken = take(column, &places, None).map_err(Error::from)?;
                each_text(&taken, |text| {
                    serials.extend(text.map(str::to_owned));
                    Ok(())
                })?;
            }
        }
        Ok(serials)
    }

    fn rows_total(&self) -> Option<u64> {
        None
    }
}

#[cfg(test)]
mod tests {
    use arrow_array::{ArrayRef, StringArray};

    use super::*;
    use crate::serial::Families;

    #[test]
    fn large_batches_are_sampled_from_end_to_end_and_small_ones_not_at_all() {
        let batch = |plant: &str, rows: usize| {
            let serials = (0..rows).map(|n| Some(format!("{plant}{n:07}")));
            let serials: ArrayRef = Arc::new(serials.collect::<StringArray>());
            Ok(RecordBatch::try_from_iter([("serial", serials)]).unwrap())
        };
        let sample = |batches: Vec<Result<RecordBatch>>| {
            let mut reader = Batches::new(Box::new(batches.into_iter()));
            reader.jobs(4).unwrap();
            reader.sample_jobs(&Shape::of_families(Families::default())).unwrap()
        };
        let large = sample(vec![batch("A", 60_000), batch("B", 6_400)]);
        assert_eq!(large.iter().filter(|it| it.starts_with('A')).count(), 938);
        assert_eq!(large.iter().filter(|it| it.starts_with('B')).count(), 100);
        assert_eq!(large.last().map(String::as_str), Some("B0006336"));
        assert!(sample(vec![batch("A", 60_000)]).is_empty());
    }
}
