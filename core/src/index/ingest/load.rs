//! A load from its first row to its commit.

use std::ops::ControlFlow;

use rayon::prelude::*;

use super::block::Block;
use super::buffer::Buffer;
use super::families::FamilyFinder;
use super::options::{DuplicatePolicy, LoadOptions, OnProgress, Progress, RejectPolicy};
use super::read::{self, Job, Reader};
use super::rejects::Rejects;
use super::report::LoadReport;
use super::shape::{Shape, columns_of};
use super::units::Units;
use super::write::Writer;
use crate::error::{Error, Result};
use crate::index::files::Draft;
use crate::index::manifest::Manifest;
use crate::index::snapshot::Snapshot;
use crate::pool;
use crate::serial::{FamilyId, SerialFamily};

/// Reads, checks, sorts, writes and commits.
pub(in crate::index) fn load(
    draft: Draft,
    before: &Snapshot,
    units: Units<'_>,
    mut options: LoadOptions<'_>,
) -> Result<(Manifest, LoadReport)> {
    options.check()?;
    let mut manifest = before.manifest().next()?;
    let mut reader = read::open(units.0)?;
    let collects = options.rejects != RejectPolicy::Refuse;
    let shape = Shape::new(
        &columns_of(&mut *reader, &before.manifest().schema, &options.ignored)?,
        &mut manifest.schema,
        &options,
        collects,
    )?;
    let infers = options.infer_families && manifest.infers_families;
    let mut load = Load {
        finder: FamilyFinder::new(manifest.schema.families().clone(), infers),
        rejects: Rejects::new(&options.rejects),
        buffer: Buffer::new(&manifest.schema),
        writer: Writer::new(draft, before, &manifest),
        shape,
        namespace: options.namespace.take().unwrap_or_default(),
        rows_max: usize::try_from(options.segment_rows_max).unwrap_or(usize::MAX),
        bytes_max: options.memory_bytes_max,
        read: 0,
    };
    load.sample(&mut *reader)?;
    let on_progress = &mut options.on_progress;
    match options.threads {
        Some(threads) => load.run(&mut *reader, on_progress, &pool::of_threads(threads)?)?,
        None => load.run(&mut *reader, on_progress, &*pool::shared()?)?,
    }
    load.commit(manifest, options.duplicates)
}

/// Units on their way from a reader to segments.
pub(super) struct Load<'l> {
    shape: Shape,
    finder: FamilyFinder,
    rejects: Rejects,
    buffer: Buffer,
    pub(super) writer: Writer<'l>,
    /// Of all rows, where the input names none.
    namespace: String,
    /// When to write a segment.
    rows_max: usize,
    bytes_max: usize,
    read: u64,
}

impl<'l> Load<'l> {
    /// A load of units of an index under other families. `rows_max` and `bytes_max` say when to
    /// write a segment.
    pub(super) fn recoding(
        writer: Writer<'l>,
        shape: Shape,
        (rows_max, bytes_max): (u64, usize),
    ) -> Self {
        Load {
            finder: FamilyFinder::new(shape.families.clone(), false),
            rejects: Rejects::new(&RejectPolicy::Refuse),
            buffer: Buffer::new(writer.schema()),
            writer,
            shape,
            namespace: String::new(),
            rows_max: usize::try_from(rows_max).unwrap_or(usize::MAX),
            bytes_max,
            read: 0,
        }
    }

    fn sample(&mut self, reader: &mut dyn Reader) -> Result<()> {
        let serials = reader.sample(&self.shape)?;
        let earlier = self.writer.segments();
        self.finder.sample(serials.iter().map(String::as_str), &earlier)
    }

    /// Reads everything: some blocks at a time, in parallel, joined in their order.
    pub(super) fn run(
        &mut self,
        reader: &mut dyn Reader,
        on_progress: &mut Option<OnProgress<'_>>,
        pool: &rayon::ThreadPool,
    ) -> Result<()> {
        loop {
            self.shape.families = self.finder.families.clone();
            let jobs = reader.jobs(pool.current_num_threads() * 2)?;
            if jobs.is_empty() {
                break;
            }
            let shape = &self.shape;
            let blocks: Vec<Result<Vec<Block>>> =
                pool.install(|| jobs.into_par_iter().map(|job: Job<'static>| job(shape)).collect());
            pool.install(|| blocks.into_iter().try_for_each(|it| self.take(it?)))?;
            if let Some(call) = on_progress {
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
                self.buffer.append(&block, start..end, Some(&self.namespace))?;
                start = end;
                self.finder.propose(&mut self.buffer, &self.writer.segments(), false)?;
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
        self.finder.propose(&mut self.buffer, &self.writer.segments(), true)?;
        let empty = Buffer::new(self.writer.schema());
        let buffer = std::mem::replace(&mut self.buffer, empty);
        self.writer.write(buffer, &self.finder.families)
    }

    fn commit(
        self,
        mut manifest: Manifest,
        policy: DuplicatePolicy,
    ) -> Result<(Manifest, LoadReport)> {
        if policy == DuplicatePolicy::Refuse {
            self.writer.duplicates().refuse()?;
        }
        let rejected = self.rejects.finish()?;
        let families = self.finder.families;
        let units_of = |(id, family): (FamilyId, &SerialFamily)| {
            (family.name().to_owned(), self.writer.units_of(id))
        };
        let families_found = families.iter().map(units_of).collect();
        manifest.schema = manifest.schema.with_families(families);
        manifest.inferred.extend(self.finder.inference.families.iter().cloned());
        let duplicates = self.writer.duplicates().clone();
        let loaded = self.read - rejected.rows - duplicates.within_load;
        let absent = manifest.schema.columns().iter().zip(&self.shape.columns);
        let report = LoadReport {
            version: manifest.number,
            read: self.read,
            loaded,
            duplicates,
            rejected,
            families: families_found,
            opaque: self.writer.units_of(FamilyId::OPAQUE),
            inference: self.finder.inference,
            absent_columns: absent
                .filter(|(_, shape)| shape.input.is_none())
                .map(|(column, _)| column.name().to_owned())
                .collect(),
        };
        let manifest = self.writer.commit(manifest)?;
        Ok((manifest, report))
    }
}
