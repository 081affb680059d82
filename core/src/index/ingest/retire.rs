//! Units that are in the index no more: scrapped, or never made.

use std::fmt;
use std::ops::ControlFlow;

use super::buffer::Buffer;
use super::intake::{Intake, Sink, tell};
use super::options::{LoadOptions, Progress, RejectPolicy};
use super::read;
use super::rejects::Rejects;
use super::shape::Shape;
use super::units::Units;
use super::unknown::Unknown;
use super::write::Writer;
use crate::error::Result;
use crate::index::files::Draft;
use crate::index::snapshot::Snapshot;
use crate::pool::{self, Halt};
use crate::schema::Schema;

/// Where the serials of units to retire are found.
///
/// # Examples
///
/// ```
/// use seriatim::RetireOptions;
///
/// let options = RetireOptions::default().serial_column("SerialNo").namespace("09506000134352");
/// # drop(options);
/// ```
#[derive(Default)]
pub struct RetireOptions<'a>(LoadOptions<'a>);

impl<'a> RetireOptions<'a> {
    /// The input column that holds the serial; `serial` unless said otherwise.
    #[must_use]
    pub fn serial_column(mut self, name: impl Into<String>) -> Self {
        self.0 = self.0.serial_column(name);
        self
    }

    /// The input column that holds the namespace. Unless said otherwise, the column `namespace`
    /// where there is one.
    #[must_use]
    pub fn namespace_column(mut self, name: impl Into<String>) -> Self {
        self.0 = self.0.namespace_column(name);
        self
    }

    /// One namespace for all serials.
    #[must_use]
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.0 = self.0.namespace(namespace);
        self
    }

    /// Calls back on the calling thread every few hundred thousand rows, some times a second while
    /// others are read, and once more before the index is changed; breaking cancels, which leaves it
    /// as it was.
    #[must_use]
    pub fn on_progress(mut self, call: impl FnMut(Progress) -> ControlFlow<()> + 'a) -> Self {
        self.0 = self.0.on_progress(call);
        self
    }
}

impl fmt::Debug for RetireOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetireOptions")
            .field("serial_column", &self.0.serial_column)
            .field("namespace_column", &self.0.namespace_column)
            .field("namespace", &self.0.namespace)
            .finish_non_exhaustive()
    }
}

/// What was retired.
#[non_exhaustive]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RetireReport {
    /// The version of the index without the units; the one before, where none was retired.
    pub version: u64,
    /// Rows read.
    pub read: u64,
    /// Units retired.
    pub retired: u64,
    /// Serials that no unit has, or none any more.
    pub unknown: u64,
    /// The first few of them.
    pub unknown_examples: Vec<String>,
}

/// Reads serials and retires their units.
pub(in crate::index) fn retire(
    draft: Draft,
    before: &Snapshot,
    units: Units<'_>,
    RetireOptions(mut options): RetireOptions<'_>,
) -> Result<RetireReport> {
    options.check()?;
    let manifest = before.manifest().next()?;
    let mut reader = read::open(units.0)?;
    let input = reader.columns(&manifest.schema)?;
    let sink = RetireSink {
        shape: Shape::of_serials(&input, &manifest.schema, &options)?,
        writer: Writer::new(draft, before, &manifest),
        unknown: Unknown::default(),
    };
    let namespace = options.namespace.take().unwrap_or_default();
    let rejects = Rejects::new(&RejectPolicy::Refuse);
    let mut limits = options.limits;
    let mut serials = Intake::new(sink, rejects, Some(namespace), &limits);
    let threads = limits.pool()?;
    serials.run(&mut *reader, &mut limits.on_progress, &threads)?;
    let progress = serials.progress(&*reader);
    let Intake { sink: RetireSink { mut writer, unknown, .. }, read, .. } = serials;
    let mut report = RetireReport {
        version: before.version(),
        read,
        retired: writer.duplicates().against_index,
        unknown: unknown.serials,
        unknown_examples: unknown.examples,
    };
    if report.retired > 0 {
        let look = || tell(&mut limits.on_progress, progress);
        let manifest = pool::watched(&threads, look, |halt| writer.finish(manifest, halt))?;
        writer.publish(&manifest)?;
        report.version = manifest.number;
    }
    Ok(report)
}

/// Serials whose units are retired.
struct RetireSink<'l> {
    shape: Shape,
    writer: Writer<'l>,
    unknown: Unknown,
}

impl Sink for RetireSink<'_> {
    fn shape(&mut self) -> &Shape {
        &self.shape
    }

    fn schema(&self) -> &Schema {
        self.writer.schema()
    }

    fn write(&mut self, rows: Buffer, halt: &Halt) -> Result<()> {
        let unknown = self.writer.retire_units(&rows, &self.shape.families, halt)?;
        self.unknown.add(unknown);
        Ok(())
    }
}
