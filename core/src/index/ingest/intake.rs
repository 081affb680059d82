//! What every load does: reads blocks in parallel, gathers them in their order, and writes a
//! segment when enough are held.

use std::ops::ControlFlow;

use rayon::prelude::*;

use super::block::Block;
use super::buffer::Buffer;
use super::options::{Limits, OnProgress, Progress};
use super::read::{Job, Reader};
use super::rejects::Rejects;
use super::shape::Shape;
use crate::error::{Error, Result};
use crate::pool::{self, Halt};
use crate::schema::Schema;

/// Where the rows of a load go.
pub(super) trait Sink: Send + Sync {
    /// Looks at some serials of what is read next.
    fn sample(&mut self, serials: &[String]) -> Result<()> {
        let _ = serials;
        Ok(())
    }

    /// How the next rows are read.
    fn shape(&mut self) -> &Shape;

    /// Changes what was read before it is gathered; runs in parallel.
    fn prepare(&self, block: &mut Block) -> Result<()> {
        let _ = block;
        Ok(())
    }

    /// Looks at the rows held so far, and at the end at those of the next segment.
    fn gathered(&mut self, rows: &mut Buffer, at_end: bool, halt: &Halt) -> Result<()> {
        let _ = (rows, at_end, halt);
        Ok(())
    }

    /// The columns of the rows.
    fn schema(&self) -> &Schema;

    /// Where rows are gathered.
    fn buffer(&self) -> Buffer {
        Buffer::new(self.schema())
    }

    /// Writes rows as a segment.
    fn write(&mut self, rows: Buffer, halt: &Halt) -> Result<()>;
}

/// Rows on their way from a reader to segments.
pub(super) struct Intake<S> {
    pub(super) sink: S,
    pub(super) rejects: Rejects,
    /// Rows read.
    pub(super) read: u64,
    buffer: Buffer,
    /// Of all rows, where the input names none.
    namespace: Option<String>,
    /// When to write a segment.
    rows_max: usize,
    bytes_max: usize,
}

impl<S: Sink> Intake<S> {
    pub(super) fn new(
        sink: S,
        rejects: Rejects,
        namespace: Option<String>,
        limits: &Limits<'_>,
    ) -> Self {
        Intake {
            buffer: sink.buffer(),
            sink,
            rejects,
            read: 0,
            namespace,
            rows_max: usize::try_from(limits.segment_rows_max).unwrap_or(usize::MAX),
            bytes_max: limits.memory_bytes_max,
        }
    }

    /// Reads everything: some blocks at a time, in parallel, joined in their order.
    pub(super) fn run(
        &mut self,
        reader: &mut dyn Reader,
        on_progress: &mut Option<OnProgress<'_>>,
        pool: &rayon::ThreadPool,
    ) -> Result<()> {
        loop {
            let jobs = reader.jobs(pool.current_num_threads() * 2)?;
            if jobs.is_empty() {
                break;
            }
            let serials = reader.sample_jobs(self.sink.shape())?;
            self.sink.sample(&serials)?;
            let shape = self.sink.shape().clone();
            let sink = &self.sink;
            let read = |job: Job<'static>, halt: &Halt| {
                halt.check()?;
                let mut blocks = job(&shape, halt)?;
                blocks.iter_mut().try_for_each(|block| sink.prepare(block))?;
                Ok(blocks)
            };
            let progress = self.progress(reader);
            let blocks: Vec<Result<Vec<Block>>> = pool::watched(
                pool,
                || tell(on_progress, progress),
                |halt| Ok(jobs.into_par_iter().map(|job| read(job, halt)).collect()),
            )?;
            pool::watched(
                pool,
                || tell(on_progress, progress),
                |halt| blocks.into_iter().try_for_each(|it| self.take(it?, halt)),
            )?;
        }
        if self.buffer.rows() > 0 {
            let progress = self.progress(reader);
            pool::watched(pool, || tell(on_progress, progress), |halt| self.seal(halt))?;
        }
        // Who asked to stop while it was written does not want it published.
        self.tell(reader, on_progress)
    }

    /// Tells how far the load has come.
    pub(super) fn tell(
        &self,
        reader: &dyn Reader,
        on_progress: &mut Option<OnProgress<'_>>,
    ) -> Result<()> {
        match tell(on_progress, self.progress(reader)) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Error::cancelled()),
        }
    }

    pub(super) fn progress(&self, reader: &dyn Reader) -> Progress {
        Progress { rows: self.read, rows_total: reader.rows_total() }
    }

    fn take(&mut self, blocks: Vec<Block>, halt: &Halt) -> Result<()> {
        for block in blocks {
            halt.check()?;
            self.read += u64::try_from(block.rows + block.rejected.len()).unwrap_or(u64::MAX);
            self.rejects.take(&block.rejected)?;
            let mut start = 0;
            while start < block.rows {
                let room = self.rows_max.saturating_sub(self.buffer.rows()).max(1);
                let end = block.rows.min(start.saturating_add(room));
                self.buffer.append(&block, start..end, self.namespace.as_deref())?;
                start = end;
                self.sink.gathered(&mut self.buffer, false, halt)?;
                if self.buffer.rows() >= self.rows_max || self.buffer.size_bytes() >= self.bytes_max
                {
                    self.seal(halt)?;
                }
            }
        }
        Ok(())
    }

    /// Writes the rows that are held as a segment.
    fn seal(&mut self, halt: &Halt) -> Result<()> {
        self.sink.gathered(&mut self.buffer, true, halt)?;
        let empty = self.sink.buffer();
        let buffer = std::mem::replace(&mut self.buffer, empty);
        self.sink.write(buffer, halt)
    }
}

/// Tells how far a load has come, and asks whether to go on.
pub(super) fn tell(
    on_progress: &mut Option<OnProgress<'_>>,
    progress: Progress,
) -> ControlFlow<()> {
    on_progress.as_mut().map_or(ControlFlow::Continue(()), |call| call(progress))
}
