//! Another version of the families, from the first segment to the commit.

use std::sync::{Arc, PoisonError};

use rayon::prelude::*;

use super::keys::Change;
use super::options::FamilyChangeOptions;
use super::registrations::{How, recode};
use super::report::FamilyChangeReport;
use super::units::RecodedUnits;
use crate::bitmap::RowSet;
use crate::error::{Error, Result};
use crate::index::files::Draft;
use crate::index::ingest::intake::{Intake, tell};
use crate::index::ingest::load::UnitSink;
use crate::index::ingest::options::RejectPolicy;
use crate::index::ingest::rejects::Rejects;
use crate::index::ingest::report::Duplicates;
use crate::index::ingest::write::Writer;
use crate::index::manifest::Manifest;
use crate::index::snapshot::{LiveSegment, Snapshot};
use crate::pool::{self, Halt};
use crate::segment::UnitSegment;
use crate::serial::{Families, FamilyId};

/// Writes anew what other families change, and commits.
pub(in crate::index) fn change_families(
    draft: Draft,
    before: &Snapshot,
    families: Families,
    options: FamilyChangeOptions<'_>,
) -> Result<(Manifest, FamilyChangeReport)> {
    options.limits.check()?;
    let pool = options.limits.pool()?;
    let change = Change { old: before.schema().families().clone(), new: families };
    let mut manifest = before.manifest().next()?;
    manifest.families_version += 1;
    manifest.infers_families = change.new.is_empty();
    manifest.schema = manifest.schema.with_families(change.new.clone());
    manifest.inferred.retain(|it| change.new.iter().any(|(_, family)| *family == it.family));
    let keeps_contact_text = options.keeps_contact_text;
    let changing = Changing { before, change: Arc::new(change), keeps_contact_text };
    changing.run(draft, manifest, options, &pool)
}

struct Changing<'c> {
    before: &'c Snapshot,
    change: Arc<Change>,
    keeps_contact_text: bool,
}

impl Changing<'_> {
    fn run(
        self,
        draft: Draft,
        mut manifest: Manifest,
        mut options: FamilyChangeOptions<'_>,
        pool: &rayon::ThreadPool,
    ) -> Result<(Manifest, FamilyChangeReport)> {
        let segments = self.before.segments();
        let stays: Vec<bool> = pool.install(|| {
            segments.par_iter().map(|it| self.change.leaves(it.units.keys())).collect::<Result<_>>()
        })?;
        let part = |wanted: bool| -> Vec<LiveSegment> {
            let of = segments.iter().zip(&stays).filter(|(_, stays)| **stays == wanted);
            of.map(|(segment, _)| segment.clone()).collect()
        };
        let (kept, changed) = (part(true), part(false));
        let mut places = stays.iter();
        manifest.units.retain(|_| places.next().copied().unwrap_or(false));
        let live = |segments: &[LiveSegment]| segments.iter().map(LiveSegment::live).sum();
        let mut report = FamilyChangeReport {
            version: manifest.number,
            families_version: manifest.families_version,
            recoded: live(&changed),
            unchanged: live(&kept),
            ..FamilyChangeReport::default()
        };
        let columns = manifest.schema.columns().len();
        let mut reader = RecodedUnits::new(changed, &self.change, columns);
        let tallies = reader.tallies();
        let writer = Writer::new(draft, self.before, &manifest).beside(kept);
        let sink = UnitSink::recoding(writer, self.change.new.clone());
        let rejects = Rejects::new(&RejectPolicy::Refuse);
        let mut load = Intake::new(sink, rejects, None, &options.limits);
        load.run(&mut reader, &mut options.limits.on_progress, pool)?;
        refuse_twins(load.sink.writer.duplicates())?;
        let tallies = std::mem::take(&mut *tallies.lock().unwrap_or_else(PoisonError::into_inner));
        for tally in tallies.into_values() {
            report.add(tally);
        }
        let progress = load.progress(&reader);
        let look = || tell(&mut options.limits.on_progress, progress);
        let mut writer = load.sink.writer;
        let manifest = pool::watched(pool, look, |halt| {
            self.registrations(&mut writer, &mut manifest, &mut report, halt)?;
            count(&writer, &self.change.new, &mut report);
            writer.finish(manifest, halt)
        })?;
        writer.publish(&manifest)?;
        Ok((manifest, report))
    }

    /// Writes the registrations anew whose serials change.
    fn registrations(
        &self,
        writer: &mut Writer<'_>,
        manifest: &mut Manifest,
        report: &mut FamilyChangeReport,
        halt: &Halt,
    ) -> Result<()> {
        let entries = std::mem::take(&mut manifest.registrations);
        let ordinals = 0u64..;
        for ((entry, live), ordinal) in
            entries.into_iter().zip(self.before.registration_segments()).zip(ordinals)
        {
            if self.change.leaves(live.segment.keys())? {
                manifest.registrations.push(entry);
                continue;
            }
            let salt = (manifest.number << 20) ^ ordinal;
            let how = How { salt, keeps_contact_text: self.keeps_contact_text, halt };
            let written = recode(writer.draft(), live, &entry, &self.change, &how)?;
            report.registrations_recoded += written.as_ref().map_or(0, |it| it.rows);
            manifest.registrations.extend(written);
        }
        Ok(())
    }
}

/// Refuses families under which two units would have one serial.
fn refuse_twins(duplicates: &Duplicates) -> Result<()> {
    let twins = duplicates.within_load + duplicates.against_index;
    if twins == 0 {
        return Ok(());
    }
    Err(Error::conflict(format!(
        "{twins} units would have the serial of another unit of their namespace, such as {}; \
         declare families that tell them apart, or load the units under the serials they have; \
         nothing was changed",
        duplicates.examples.join(", ")
    )))
}

/// Counts the live units of each family.
fn count(writer: &Writer<'_>, families: &Families, report: &mut FamilyChangeReport) {
    let units_of = |family: FamilyId| {
        let live = writer.live_segments().map(|(units, retired)| live_of(units, retired, family));
        live.sum::<u64>()
    };
    report.families =
        families.iter().map(|(id, it)| (it.name().to_owned(), units_of(id))).collect();
    report.opaque = units_of(FamilyId::OPAQUE);
}

fn live_of(units: &UnitSegment, retired: &RowSet, family: FamilyId) -> u64 {
    let groups = units.keys().groups().iter().filter(|it| it.family == family);
    groups.map(|it| it.rows.end - it.rows.start - retired.range_count(it.rows.clone())).sum()
}
