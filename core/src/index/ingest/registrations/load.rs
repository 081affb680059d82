//! A load of registrations from its first row to its commit.

use super::layout::Layout;
use super::options::RegistrationOptions;
use super::report::RegistrationReport;
use super::source::Registrations;
use super::write::Writer;
use crate::error::Result;
use crate::index::files::Draft;
use crate::index::ingest::block::{Block, BlockColumn, BlockTexts};
use crate::index::ingest::buffer::Buffer;
use crate::index::ingest::intake::{Intake, Sink, tell};
use crate::index::ingest::interner::{Interner, MISSING};
use crate::index::ingest::merge::RegistrationRewrite;
use crate::index::ingest::read;
use crate::index::ingest::rejects::Rejects;
use crate::index::ingest::shape::{Shape, columns_of};
use crate::index::manifest::Manifest;
use crate::index::snapshot::Snapshot;
use crate::pool::{self, Halt};
use crate::registry::RegistrationField as Field;
use crate::schema::Schema;

/// Reads, checks, sorts, writes, links and commits.
pub(in crate::index) fn load(
    draft: Draft,
    before: &Snapshot,
    registrations: Registrations<'_>,
    mut options: RegistrationOptions<'_>,
) -> Result<(Manifest, RegistrationReport)> {
    options.limits.check()?;
    let manifest = before.manifest().next()?;
    let mut reader = read::open(registrations.0)?;
    let input = columns_of(&mut *reader, &Schema::default(), &options.ignored)?;
    let (layout, shape) = Layout::new(&input, manifest.schema.families(), &options)?;
    let key = layout.place(Field::Key);
    let writer = Writer::new(draft, before, layout, &manifest, options.keeps_contact_text);
    let sink = RegistrationSink { shape, key, writer };
    let (rejects, namespace) = (Rejects::new(&options.rejects), options.namespace.take());
    let mut load = Intake::new(sink, rejects, namespace, &options.limits);
    let pool = options.limits.pool()?;
    load.run(&mut *reader, &mut options.limits.on_progress, &pool)?;
    // What was written so far were the runs of an external sort.
    let (mixed, entries) = load.sink.writer.take_mixed()?;
    let families = before.schema().families();
    let mut rewrite = RegistrationRewrite::new(mixed, &entries, (options.limits.size(), families))?;
    let progress = load.progress(&*reader);
    let on_progress = &mut options.limits.on_progress;
    let mut step = || {
        let look = || tell(on_progress, progress);
        pool::watched(&pool, look, |halt| load.sink.writer.write_again(&mut rewrite, halt))
    };
    while step()? {}
    drop(rewrite);
    load.sink.writer.discard(&entries)?;
    let mut report = RegistrationReport::new(manifest.number, load.read);
    let look = || tell(on_progress, progress);
    let finish = |halt: &Halt| load.sink.writer.finish(manifest, &mut report, halt);
    let manifest = pool::watched(&pool, look, finish)?;
    let rejected = load.rejects.finish()?;
    load.sink.writer.publish(&manifest)?;
    report.loaded = report.read - rejected.rows - report.replaced_in_load;
    report.rejected = rejected;
    Ok((manifest, report))
}

/// Registrations on their way to segments.
struct RegistrationSink<'l> {
    shape: Shape,
    /// The column of the keys.
    key: Option<usize>,
    writer: Writer<'l>,
}

impl Sink for RegistrationSink<'_> {
    fn shape(&mut self) -> &Shape {
        &self.shape
    }

    fn prepare(&self, block: &mut Block) -> Result<()> {
        let keys = self.key.and_then(|key| block.columns.get_mut(key));
        keys.map_or(Ok(()), number_as_text)
    }

    fn schema(&self) -> &Schema {
        &self.writer.layout().schema
    }

    fn buffer(&self) -> Buffer {
        // Keys and owners are compared by their numbers, names and contacts are not.
        let fields = &self.writer.layout().fields;
        let is_contact =
            |place| fields.get(place).is_some_and(|it| Field::CONTACT_TEXT.contains(it));
        Buffer::new(self.schema()).with_loose_texts(is_contact)
    }

    fn write(&mut self, rows: Buffer, halt: &Halt) -> Result<()> {
        self.writer.write(rows, halt)
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
