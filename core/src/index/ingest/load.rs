//! A load from its first row to its commit.

use super::buffer::Buffer;
use super::families::FamilyFinder;
use super::intake::{Intake, Sink, tell};
use super::merge::UnitRewrite;
use super::options::{DuplicatePolicy, Limits, LoadOptions, RejectPolicy};
use super::read::{self, Reader};
use super::rejects::Rejects;
use super::report::LoadReport;
use super::shape::{Shape, columns_of};
use super::units::Units;
use super::write::Writer;
use crate::error::Result;
use crate::index::files::Draft;
use crate::index::manifest::Manifest;
use crate::index::snapshot::Snapshot;
use crate::pool::{self, Halt};
use crate::schema::Schema;
use crate::serial::{Families, FamilyId, SerialFamily};

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
    let amends = options.duplicates == DuplicatePolicy::Amend;
    let infers = options.infer_families && manifest.infers_families && !amends;
    let rejects = Rejects::new(&options.rejects);
    let sink = UnitSink {
        finder: FamilyFinder::new(manifest.schema.families().clone(), infers),
        writer: Writer::new(draft, before, &manifest).amending(amends),
        shape,
    };
    let namespace = options.namespace.take().unwrap_or_default();
    let mut load = Intake::new(sink, rejects, Some(namespace), &options.limits);
    let serials = reader.sample(load.sink.shape())?;
    load.sink.sample(&serials)?;
    let pool = options.limits.pool()?;
    load.run(&mut *reader, &mut options.limits.on_progress, &pool)?;
    sort(&mut load, &mut *reader, &mut options.limits, &pool)?;
    match options.duplicates {
        DuplicatePolicy::Refuse => load.sink.writer.duplicates().refuse()?,
        DuplicatePolicy::LatestWins => {}
        DuplicatePolicy::Amend => load.sink.writer.duplicates().refuse_twice()?,
    }
    let finder = &load.sink.finder;
    manifest.schema = manifest.schema.with_families(finder.families.clone());
    manifest.inferred.extend(finder.inference.families.iter().cloned());
    let progress = load.progress(&*reader);
    let look = || tell(&mut options.limits.on_progress, progress);
    let manifest = pool::watched(&pool, look, |halt| load.sink.writer.finish(manifest, halt))?;
    publish(load, manifest)
}

/// Units on their way to segments.
pub(super) struct UnitSink<'l> {
    shape: Shape,
    finder: FamilyFinder,
    pub(super) writer: Writer<'l>,
}

impl Sink for UnitSink<'_> {
    fn sample(&mut self, serials: &[String]) -> Result<()> {
        self.finder.sample(serials, &self.writer.segments())
    }

    fn shape(&mut self) -> &Shape {
        self.shape.families = self.finder.families.clone();
        &self.shape
    }

    fn gathered(&mut self, rows: &mut Buffer, at_end: bool, halt: &Halt) -> Result<()> {
        self.finder.propose(rows, &self.writer.segments(), at_end, halt)
    }

    fn schema(&self) -> &Schema {
        self.writer.schema()
    }

    fn write(&mut self, rows: Buffer, halt: &Halt) -> Result<()> {
        self.writer.write(rows, &self.finder.families, halt)
    }
}

impl<'l> UnitSink<'l> {
    /// Takes units of an index under other families.
    pub(super) fn recoding(writer: Writer<'l>, families: Families) -> Self {
        UnitSink {
            finder: FamilyFinder::new(families.clone(), false),
            writer,
            shape: Shape::of_families(families),
        }
    }
}

/// Writes the segments of the load again in the order of all their serials, where the input came in
/// another order than theirs: what was written so far were the runs of an external sort.
fn sort(
    load: &mut Intake<UnitSink<'_>>,
    reader: &mut dyn Reader,
    limits: &mut Limits<'_>,
    pool: &rayon::ThreadPool,
) -> Result<()> {
    let (mixed, paths) = load.sink.writer.take_mixed()?;
    let mut rewrite = UnitRewrite::new(mixed, limits.size(), load.sink.writer.schema())?;
    let progress = load.progress(reader);
    let mut step = || {
        let look = || tell(&mut limits.on_progress, progress);
        pool::watched(pool, look, |halt| rewrite.step(&mut load.sink.writer, halt))
    };
    while step()?.is_some() {}
    load.tell(reader, &mut limits.on_progress)?;
    drop(rewrite);
    load.sink.writer.draft().discard(&paths)
}

fn publish(load: Intake<UnitSink<'_>>, manifest: Manifest) -> Result<(Manifest, LoadReport)> {
    let Intake { sink: UnitSink { shape, finder, writer }, rejects, read, .. } = load;
    let rejected = rejects.finish()?;
    let units_of =
        |(id, family): (FamilyId, &SerialFamily)| (family.name().to_owned(), writer.units_of(id));
    let families_found = finder.families.iter().map(units_of).collect();
    let duplicates = writer.duplicates().clone();
    let loaded = read - rejected.rows - duplicates.within_load;
    let absent = manifest.schema.columns().iter().zip(&shape.columns);
    let report = LoadReport {
        version: manifest.number,
        read,
        loaded,
        duplicates,
        rejected,
        families: families_found,
        opaque: writer.units_of(FamilyId::OPAQUE),
        identifiers: writer.identifiers(),
        inference: finder.inference,
        absent_columns: absent
            .filter(|(_, shape)| shape.input.is_none())
            .map(|(column, _)| column.name().to_owned())
            .collect(),
    };
    writer.publish(&manifest)?;
    Ok((manifest, report))
}
