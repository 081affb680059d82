//! Units in Arrow record batches.

use std::iter::Peekable;
use std::sync::Arc;

use arrow_array::RecordBatch;

use super::arrow::{block, input_columns};
use super::reader::{Job, Reader};
use crate::error::{Error, Result};
use crate::index::ingest::block::Origin;
use crate::index::ingest::shape::{InputColumn, Shape};
use crate::schema::Schema;

type Stream<'a> = Box<dyn Iterator<Item = Result<RecordBatch>> + 'a>;

/// Rows of a block; larger batches are cut.
const BLOCK_ROWS: usize = 131_072;

/// Reads record batches.
pub(super) struct Batches<'a> {
    batches: Peekable<Stream<'a>>,
    next_row: u64,
}

impl<'a> Batches<'a> {
    pub(super) fn new(batches: Stream<'a>) -> Self {
        Batches { batches: batches.peekable(), next_row: 1 }
    }
}

impl Reader for Batches<'_> {
    fn columns(&mut self, _schema: &Schema) -> Result<Vec<InputColumn>> {
        if let Some(error) = self.batches.next_if(Result::is_err) {
            error?;
        }
        match self.batches.peek() {
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
        while jobs.len() < count {
            let Some(batch) = self.batches.next() else { break };
            let batch = batch?;
            for start in (0..batch.num_rows()).step_by(BLOCK_ROWS) {
                let part = batch.slice(start, BLOCK_ROWS.min(batch.num_rows() - start));
                let origin =
                    Origin { input: Arc::from("record batches"), first_row: self.next_row };
                self.next_row += u64::try_from(part.num_rows())
                    .map_err(|_| Error::unsupported("too many rows"))?;
                jobs.push(Box::new(move |shape| Ok(vec![block(&part, &origin, shape)?])));
            }
        }
        Ok(jobs)
    }

    fn rows_total(&self) -> Option<u64> {
        None
    }
}
