//! The segments of a load of registrations: written one by one, replacing what came before.

use std::sync::Arc;

use super::layout::Layout;
use super::order::order;
use super::report::RegistrationReport;
use super::seal;
use crate::bitmap::RowSet;
use crate::error::{Error, Result};
use crate::index::files::Draft;
use crate::index::ingest::buffer::Buffer;
use crate::index::ingest::merge::RegistrationRewrite;
use crate::index::links::{Derived, LiveRegistrations, derive, replaced};
use crate::index::manifest::{FileEntry, Manifest, RegistrationEntry};
use crate::index::snapshot::Snapshot;
use crate::pool::Halt;
use crate::registry::RegistrationField as Field;
use crate::segment::{ContactFile, RegistrationSegment, write_contacts, write_registrations};
use crate::serial::{Families, FamilyId};
use crate::sidecar::Amendment;

/// Writes the segments of a load.
pub(super) struct Writer<'l> {
    draft: Draft,
    before: &'l Snapshot,
    layout: Layout,
    families: Families,
    version: u64,
    keeps_contact_text: bool,
    written: Vec<Written>,
    /// How many segments the load wrote, those too that it wrote again.
    files: u64,
    /// For each segment of the index, the rows that the load retires.
    retired: Vec<RowSet>,
    pub(super) replaced_in_load: u64,
    replaced_in_index: u64,
}

/// A segment that the load wrote.
struct Written {
    entry: RegistrationEntry,
    segment: Arc<RegistrationSegment>,
    retired: RowSet,
}

impl<'l> Writer<'l> {
    pub(super) fn new(
        draft: Draft,
        before: &'l Snapshot,
        layout: Layout,
        manifest: &Manifest,
        keeps_contact_text: bool,
    ) -> Self {
        Writer {
            draft,
            before,
            layout,
            families: manifest.schema.families().clone(),
            version: manifest.number,
            keeps_contact_text,
            written: Vec::new(),
            files: 0,
            retired: vec![RowSet::new(); before.registration_segments().len()],
            replaced_in_load: 0,
            replaced_in_index: 0,
        }
    }

    pub(super) fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Orders, writes and opens the rows as a segment, and finds which earlier ones they replace.
    pub(super) fn write(&mut self, buffer: Buffer, halt: &Halt) -> Result<()> {
        let owner = self.layout.place(Field::Owner);
        let owner = owner.ok_or_else(|| Error::invalid("no column is the owner"))?;
        let ordered = order(&buffer, self.layout.place(Field::Key), owner, halt)?;
        self.replaced_in_load += ordered.replaced;
        halt.check()?;
        let sealed = seal::encode(buffer, ordered, &self.layout, self.keeps_contact_text, halt)?;
        halt.check()?;
        let rows = &sealed.registrations;
        let id = rows.id(self.salt());
        let path = format!("registrations/{id}.seg");
        let summary = write_registrations(self.draft.create(&path)?, id, rows)?;
        let mut contacts = None;
        if !sealed.contacts.is_empty() {
            let path = format!("contacts/{id}.con");
            let file = self.draft.create(&path)?;
            let summary = write_contacts(file, id, rows.rows, &sealed.contacts)?;
            contacts = Some(FileEntry::new(path, &summary));
        }
        let segment = RegistrationSegment::open(self.draft.directory().content(&path)?)?;
        self.retire(&segment)?;
        let entry = RegistrationEntry {
            file: FileEntry::new(path, &summary),
            rows: rows.rows,
            keys: rows.keys,
            contacts,
            amended: None,
        };
        self.written.push(Written { entry, segment: Arc::new(segment), retired: RowSet::new() });
        Ok(())
    }

    /// Tells the name of the next segment from that of every other.
    fn salt(&mut self) -> u64 {
        self.files += 1;
        (self.version << 20) ^ (self.files - 1)
    }

    /// Takes back what was written and has many serials between those of others, to write it again
    /// in the order of all: the segments with their entries.
    pub(super) fn take_mixed(
        &mut self,
    ) -> Result<(Vec<LiveRegistrations>, Vec<RegistrationEntry>)> {
        let live: Vec<LiveRegistrations> =
            self.written.iter().map(|it| self.live(it)).collect::<Result<_>>()?;
        // Of one serial, what came later must stay later: all are taken from the first on.
        let mixed = RegistrationRewrite::mixed(&live)?;
        let first = mixed.iter().position(|it| *it).unwrap_or(live.len());
        let taken = self.written.split_off(first).into_iter().map(|it| it.entry).collect();
        Ok((live.into_iter().skip(first).collect(), taken))
    }

    fn live(&self, written: &Written) -> Result<LiveRegistrations> {
        let contacts = written.entry.contacts.as_ref().map(|file| {
            let bytes = self.draft.directory().content(&file.path)?;
            ContactFile::open(bytes, written.segment.id(), written.entry.rows).map(Arc::new)
        });
        Ok(LiveRegistrations {
            segment: Arc::clone(&written.segment),
            contacts: contacts.transpose()?,
            amendment: Arc::new(Amendment {
                retired: written.retired.clone(),
                ..Amendment::default()
            }),
        })
    }

    /// Writes the next segment of those that are written again; false where all are.
    pub(super) fn write_again(
        &mut self,
        rewrite: &mut RegistrationRewrite,
        halt: &Halt,
    ) -> Result<bool> {
        let salt = self.salt();
        let Some(entry) = rewrite.step(&mut self.draft, salt, halt)? else { return Ok(false) };
        let bytes = self.draft.directory().content(&entry.file.path)?;
        let segment = Arc::new(RegistrationSegment::open(bytes)?);
        self.written.push(Written { entry, segment, retired: RowSet::new() });
        Ok(true)
    }

    /// Removes the files of segments that were written again.
    pub(super) fn discard(&mut self, entries: &[RegistrationEntry]) -> Result<()> {
        let files = entries.iter().flat_map(|it| [Some(&it.file), it.contacts.as_ref()]);
        let paths: Vec<String> = files.flatten().map(|file| file.path.clone()).collect();
        self.draft.discard(&paths)
    }

    fn retire(&mut self, segment: &RegistrationSegment) -> Result<()> {
        for (live, retired) in self.before.registration_segments().iter().zip(&mut self.retired) {
            let found = replaced(segment, &live.segment, &self.families)?;
            let fresh = found.difference(&live.amendment.retired).difference(retired);
            self.replaced_in_index += fresh.len();
            *retired = retired.union(&fresh);
        }
        for written in &mut self.written {
            let found = replaced(segment, &written.segment, &self.families)?;
            let fresh = found.difference(&written.retired);
            self.replaced_in_load += fresh.len();
            written.retired = written.retired.union(&fresh);
        }
        Ok(())
    }

    /// Adds to the manifest what was written, what retires rows and what links them, and tells of
    /// it; then it is ready to be [published](Writer::publish).
    pub(super) fn finish(
        &mut self,
        mut manifest: Manifest,
        report: &mut RegistrationReport,
        halt: &Halt,
    ) -> Result<Manifest> {
        let earlier = manifest.registrations.len();
        manifest.registrations.extend(self.written.iter().map(|it| it.entry.clone()));
        self.retired.extend(self.written.iter().map(|it| it.retired.clone()));
        let derived = derive(&mut self.draft, &mut manifest, self.before, &self.retired, halt)?;
        report.replaced_in_load = self.replaced_in_load;
        report.replaced_in_index = self.replaced_in_index;
        for (written, derived) in self.written.iter().zip(derived.iter().skip(earlier)) {
            count(written, derived, &self.families, report)?;
        }
        Ok(manifest)
    }

    /// Makes a manifest the newest one.
    pub(super) fn publish(self, manifest: &Manifest) -> Result<()> {
        self.draft.commit(manifest)
    }
}

/// Counts the registrations whose serial is that of no one unit.
fn count(
    written: &Written,
    derived: &Derived,
    families: &Families,
    report: &mut RegistrationReport,
) -> Result<()> {
    let segment = &written.segment;
    for group in segment.keys().groups() {
        let mut all = RowSet::new();
        all.push_range(group.rows.clone());
        let ambiguous = all.intersection(&derived.ambiguous);
        report.ambiguous += live_rows(written, &ambiguous)?;
        let unmatched = all.difference(&derived.matched).difference(&ambiguous);
        let rows = live_rows(written, &unmatched)?;
        if group.family == FamilyId::OPAQUE && !families.is_empty() {
            report.invalid_serials += rows;
        } else {
            report.unknown_serials += rows;
        }
    }
    Ok(())
}

/// How many live registrations some serials have.
fn live_rows(written: &Written, positions: &RowSet) -> Result<u64> {
    let positions: Vec<u32> = positions.iter().collect();
    let mut rows = 0;
    written.segment.each_span(&positions, |start, end| {
        let span = u64::from(start)..u64::from(end);
        let retired =
            if written.retired.is_empty() { 0 } else { written.retired.range_count(span) };
        rows += u64::from(end - start) - retired;
        Ok(())
    })?;
    Ok(rows)
}
