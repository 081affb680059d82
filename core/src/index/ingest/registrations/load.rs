//! A load of registrations from its first row to its commit.

use std::ops::ControlFlow;

use rayon::prelude::*;

use super::layout::Layout;
use super::options::RegistrationOptions;
use super::report::RegistrationReport;
use super::source::Registrations;
use super::write::Writer;
use crate::error::{Error, Result};
use crate::index::files::Draft;
use crate::index::ingest::block::{Block, BlockColumn, BlockTexts};
use crate::index::ingest::buffer::Buffer;
use crate::index::ingest::interner::{Interner, MISSING};
use crate::index::ingest::options::Progress;
use crate::index::ingest::read::{self, Job, Reader};
use crate::index::ingest::rejects::Rejects;
use crate::index::ingest::report::Rejected;
use crate::index::ingest::shape::{Shape, columns_of};
use crate::index::manifest::Manifest;
use crate::index::snapshot::Snapshot;
use crate::pool;
use crate::registry::RegistrationField as Field;
use crate::schema::Schema;

/// Reads, checks, sorts, writes, links and commits.
pub(in crate::index) fn load(
    draft: Draft,
    before: &Snapshot,
    registrations: Registrations<'_>,
    mut options: RegistrationOptions<'_>,
) -> Result<(Manifest, RegistrationReport)> {
    options.check()?;
    let manifest = before.manifest().next()?;
    let mut reader = read::open(registrations.0)?;
    let input = columns_of(&mut *reader, &Schema::default(), &options.ignored)?;
    let (layout, shape) = Layout::new(&input, manifest.schema.families(), &options)?;
    let mut load = Load {
        rejects: Rejects::new(&options.rejects),
        buffer: Buffer::new(&layout.schema),
        writer: Writer::new(draft, before, layout, &manifest, options.keeps_contact_text),
        shape,
        namespace: options.namespace.take(),
        rows_max: usize::try_from(options.segment_rows_max).unwrap_or(usize::MAX),
        bytes_max: options.memory_bytes_max,
        read: 0,
    };
    let pool = match options.threads {
        Some(threads) => std::sync::Arc::new(pool::of_threads(threads)?),
        None => pool::shared()?,
    };
    load.run(&mut *reader, &mut options, &pool)?;
    pool.install(|| load.commit(manifest))
}

struct Load<'l> {
    shape: Shape,
    rejects: Rejects,
    buffer: Buffer,
    writer: Writer<'l>,
    /// Of all rows, where the options name one.
    namespace: Option<String>,
    /// When to write a segment.
    rows_max: usize,
    bytes_max: usize,
    read: u64,
}

impl Load<'_> {
    /// Reads everything: some blocks at a time, in parallel, joined in their order.
    fn run(
        &mut self,
        reader: &mut dyn Reader,
        options: &mut RegistrationOptions<'_>,
        pool: &rayon::ThreadPool,
    ) -> Result<()> {
        loop {
            let jobs = reader.jobs(pool.current_num_threads() * 2)?;
            if jobs.is_empty() {
                break;
            }
            let (shape, key) = (&self.shape, self.writer.layout().place(Field::Key));
            let read = |job: Job<'static>| {
                let mut blocks = job(shape)?;
                let numbered = blocks.iter_mut().filter_map(|it| it.columns.get_mut(key?));
                for column in numbered {
                    number_as_text(column)?;
                }
                Ok(blocks)
            };
            let blocks: Vec<Result<Vec<Block>>> =
                pool.install(|| jobs.into_par_iter().map(read).collect());
            pool.install(|| blocks.into_iter().try_for_each(|it| self.take(it?)))?;
            if let Some(call) = &mut options.on_progress {
                let progress = Progress { rows: self.read, rows_total: reader.rows_total() };
                if call(progress) == ControlFlow::Break(()) {
                    return Err(Error::cancelled());
                }
            }
        }
        if self.buffer.rows() > 0 { pool.install(|| self.seal()) } else { Ok(()) }
    }

    fn take(&mut self, blocks: Vec<Block>) -> Result<()> {
        for block in blocks {
            self.read += u64::try_from(block.rows + block.rejected.len()).unwrap_or(u64::MAX);
            self.rejects.take(&block.rejected)?;
            let mut start = 0;
            while start < block.rows {
                let room = self.rows_max.saturating_sub(self.buffer.rows()).max(1);
                let end = block.rows.min(start.saturating_add(room));
                self.buffer.append(&block, start..end, self.namespace.as_deref())?;
                start = end;
                if self.buffer.rows() >= self.rows_max || self.buffer.size_bytes() >= self.bytes_max
                {
                    self.seal()?;
                }
            }
        }
        Ok(())
    }

    /// Writes the rows that are held as a segment.
    fn seal(&mut self) -> Result<()> {
        let empty = Buffer::new(&self.writer.layout().schema);
        let buffer = std::mem::replace(&mut self.buffer, empty);
        self.writer.write(buffer)
    }

    fn commit(self, manifest: Manifest) -> Result<(Manifest, RegistrationReport)> {
        let rejected = self.rejects.finish()?;
        let mut report = RegistrationReport {
            version: manifest.number,
            read: self.read,
            loaded: 0,
            replaced_in_load: 0,
            replaced_in_index: 0,
            unknown_serials: 0,
            invalid_serials: 0,
            ambiguous: 0,
            rejected: Rejected::default(),
        };
        let manifest = self.writer.commit(manifest, &mut report)?;
        report.loaded = report.read - rejected.rows - report.replaced_in_load;
        report.rejected = rejected;
        Ok((manifest, report))
    }
}

/// Keys that are numbers are kept as their digits, so that they sort and compare as text does.
fn number_as_text(column: &mut BlockColumn) -> Result<()> {
    let BlockColumn::Numbers { values, missing } = column else { return Ok(()) };
    let (mut texts, mut codes) = (Interner::default(), Vec::with_capacity(values.len()));
    let mut missing = missing.iter().peekable();
    for (place, value) in (0u32..).zip(values.iter()) {
        codes.push(match missing.next_if_eq(&&place) {
            Some(_) => MISSING,
            None => texts.number(&value.to_string())?,
        });
    }
    *column = BlockColumn::Texts(BlockTexts { distinct: texts.into_texts(), codes });
    Ok(())
}
