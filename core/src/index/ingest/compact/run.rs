//! A compaction from the choice of segments to the commit.

use rayon::ThreadPool;

use super::options::CompactOptions;
use super::report::CompactReport;
use crate::error::Result;
use crate::index::files::Draft;
use crate::index::ingest::intake::tell;
use crate::index::ingest::merge::{RegistrationRewrite, Size, UnitRewrite};
use crate::index::ingest::options::{OnProgress, Progress};
use crate::index::ingest::write::Writer;
use crate::index::links::LiveRegistrations;
use crate::index::manifest::{Manifest, RegistrationEntry};
use crate::index::snapshot::{LiveSegment, Snapshot};
use crate::pool::{self, Halt};

/// Writes again what fewer segments are better for, and commits; none where there is nothing to do.
pub(in crate::index) fn compact(
    draft: Draft,
    before: &Snapshot,
    options: &mut CompactOptions<'_>,
) -> Result<Option<(Manifest, CompactReport)>> {
    options.limits.check()?;
    let pool = options.limits.pool()?;
    let size = options.limits.size();
    let mut manifest = before.manifest().next()?;
    let units = UnitRewrite::worn(before.segments(), size, before.schema())?;
    let registrations = runs(before, &manifest.registrations, size)?;
    if !units.contains(&true) && registrations.iter().all(|run| !run.is_worn) {
        return Ok(None);
    }
    let mut report = CompactReport {
        version: manifest.number,
        unit_segments: (manifest.units.len() as u64, 0),
        registration_segments: (manifest.registrations.len() as u64, 0),
        ..CompactReport::default()
    };
    let (worn, kept) = split(before.segments(), &units);
    let mut stays = units.iter().map(|worn| !worn);
    manifest.units.retain(|_| stays.next().unwrap_or(true));
    let mut rewrite = UnitRewrite::new(worn, size, before.schema())?;
    report.units = rewrite.units();
    let worn = registrations.iter().filter(|run| run.is_worn);
    report.registrations = worn.flat_map(|run| &run.live).map(LiveRegistrations::live).sum();
    let mut done = Done {
        at: Progress { rows: 0, rows_total: Some(report.units + report.registrations) },
        on_progress: &mut options.limits.on_progress,
        pool: &pool,
    };
    let mut writer = Writer::new(draft, before, &manifest).beside(kept);
    while let Some(units) = done.watch(|halt| rewrite.step(&mut writer, halt))? {
        done.at.rows += units;
    }
    manifest.registrations.clear();
    let families = before.schema().families();
    for run in registrations {
        if !run.is_worn {
            manifest.registrations.extend(run.entries);
            continue;
        }
        let mut rewrite = RegistrationRewrite::new(run.live, &run.entries, (size, families))?;
        loop {
            let salt = (manifest.number << 20) ^ manifest.registrations.len() as u64;
            let step = done.watch(|halt| rewrite.step(writer.draft(), salt, halt))?;
            let Some(entry) = step else { break };
            done.at.rows += entry.rows;
            manifest.registrations.push(entry);
        }
    }
    let manifest = done.watch(|halt| writer.finish(manifest, halt))?;
    writer.publish(&manifest)?;
    report.unit_segments.1 = manifest.units.len() as u64;
    report.registration_segments.1 = manifest.registrations.len() as u64;
    Ok(Some((manifest, report)))
}

/// The segments that are written again, and the others.
fn split(segments: &[LiveSegment], worn: &[bool]) -> (Vec<LiveSegment>, Vec<LiveSegment>) {
    let part = |wanted: bool| {
        let of = segments.iter().zip(worn).filter(|(_, worn)| **worn == wanted);
        of.map(|(segment, _)| segment.clone()).collect()
    };
    (part(true), part(false))
}

/// Segments of registrations that follow one another, to be written again or not: what was loaded
/// later stays later.
struct Run {
    is_worn: bool,
    live: Vec<LiveRegistrations>,
    entries: Vec<RegistrationEntry>,
}

fn runs(before: &Snapshot, entries: &[RegistrationEntry], size: Size) -> Result<Vec<Run>> {
    let all = before.registration_segments();
    let worn = RegistrationRewrite::worn(all, entries, size)?;
    let mut runs: Vec<Run> = Vec::new();
    for ((live, entry), worn) in all.iter().zip(entries).zip(worn) {
        // Contacts that are kept elsewhere cannot be put in another order.
        let is_worn = worn && entry.contacts.is_some() == live.contacts.is_some();
        match runs.last_mut() {
            Some(run) if run.is_worn == is_worn => {
                run.live.push(live.clone());
                run.entries.push(entry.clone());
            }
            _ => runs.push(Run { is_worn, live: vec![live.clone()], entries: vec![entry.clone()] }),
        }
    }
    for run in &mut runs {
        // One by itself is written again only to leave retired rows out.
        let retired = run.live.iter().any(|it| !it.amendment.retired.is_empty());
        run.is_worn &= run.live.len() > 1 || retired;
    }
    Ok(runs)
}

/// Rows that were written again, told as they grow.
struct Done<'d, 'p> {
    at: Progress,
    on_progress: &'d mut Option<OnProgress<'p>>,
    pool: &'d ThreadPool,
}

impl Done<'_, '_> {
    /// Runs a step, and asks meanwhile whether to go on.
    fn watch<T: Send>(&mut self, step: impl FnOnce(&Halt) -> Result<T> + Send) -> Result<T> {
        pool::watched(self.pool, || tell(self.on_progress, self.at), step)
    }
}
