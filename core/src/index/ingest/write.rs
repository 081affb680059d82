//! The segments of a load: written one by one, compared with those before them, committed at once.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::amend::fill;
use super::buffer::Buffer;
use super::duplicates::common_rows;
use super::merge::UnitRewrite;
use super::order::{Ordered, order};
use super::report::{Duplicates, IdentifierReport};
use super::seal;
use super::unknown::Unknown;
use crate::bitmap::RowSet;
use crate::error::{Error, Result};
use crate::index::files::Draft;
use crate::index::links::derive;
use crate::index::manifest::{FileEntry, Manifest, RetiredEntry, UnitEntry};
use crate::index::snapshot::{LiveSegment, Snapshot};
use crate::pool::Halt;
use crate::schema::{Column, Schema};
use crate::segment::{UnitRows, UnitSegment, write_units};
use crate::serial::{Families, FamilyId, SerialKey};
use crate::sidecar::write_retired;

/// Writes the segments of a load.
pub(super) struct Writer<'l> {
    draft: Draft,
    before: &'l Snapshot,
    /// The segments of the index that stay, in the order of the manifest.
    earlier: Vec<LiveSegment>,
    schema: Schema,
    version: u64,
    written: Vec<Written>,
    /// How many segments the load wrote, those too that it wrote again.
    files: u64,
    /// For each segment that stays, the rows that the load retires.
    retired: Vec<RowSet>,
    /// Whether the load corrects units that are there.
    amends: bool,
    duplicates: Duplicates,
    /// Units written of each family.
    units_of: BTreeMap<FamilyId, u64>,
    /// Units written with an identifier of each family, by the name of the column.
    identified: BTreeMap<String, BTreeMap<FamilyId, u64>>,
}

/// A segment, and some of its rows.
pub(super) type Standing = (Arc<UnitSegment>, RowSet);

/// A segment that the load wrote.
struct Written {
    file: FileEntry,
    units: Arc<UnitSegment>,
    retired: RowSet,
}

impl<'l> Writer<'l> {
    pub(super) fn new(draft: Draft, before: &'l Snapshot, manifest: &Manifest) -> Self {
        Writer {
            draft,
            before,
            earlier: before.segments().to_vec(),
            schema: manifest.schema.clone(),
            version: manifest.number,
            written: Vec::new(),
            files: 0,
            retired: vec![RowSet::new(); before.segments().len()],
            amends: false,
            duplicates: Duplicates::default(),
            units_of: BTreeMap::new(),
            identified: BTreeMap::new(),
        }
    }

    /// Keeps only these segments of the index: the others are written anew.
    pub(super) fn beside(mut self, earlier: Vec<LiveSegment>) -> Self {
        self.retired = vec![RowSet::new(); earlier.len()];
        self.earlier = earlier;
        self
    }

    /// Corrects units that are there: what is missing in the load stays as it was.
    pub(super) fn amending(mut self, amends: bool) -> Self {
        self.amends = amends;
        self
    }

    /// The files of the load.
    pub(super) fn draft(&mut self) -> &mut Draft {
        &mut self.draft
    }

    /// Every segment there will be, with its retired rows, before the load retires others.
    pub(super) fn live_segments(&self) -> impl Iterator<Item = (&UnitSegment, &RowSet)> {
        let of_index = self.earlier.iter().map(|it| (&*it.units, &*it.retired));
        of_index.chain(self.written.iter().map(|it| (&*it.units, &it.retired)))
    }

    /// How many units were written of a family, before later ones replaced any.
    pub(super) fn units_of(&self, family: FamilyId) -> u64 {
        self.units_of.get(&family).copied().unwrap_or(0)
    }

    /// What was written in each identifier column, before later units replaced any.
    pub(super) fn identifiers(&self) -> Vec<IdentifierReport> {
        let report = |column: &Column| {
            let counts = self.identified.get(column.name());
            let of = |id: FamilyId| counts.and_then(|it| it.get(&id)).copied().unwrap_or(0);
            Some(IdentifierReport {
                column: column.name().to_owned(),
                families: column
                    .identifier()?
                    .iter()
                    .map(|(id, family)| (family.name().to_owned(), of(id)))
                    .collect(),
                opaque: of(FamilyId::OPAQUE),
            })
        };
        self.schema.columns().iter().filter_map(report).collect()
    }

    pub(super) fn schema(&self) -> &Schema {
        &self.schema
    }

    pub(super) fn duplicates(&self) -> &Duplicates {
        &self.duplicates
    }

    /// Every segment so far: those of the index, and those of the load.
    pub(super) fn segments(&self) -> Vec<&UnitSegment> {
        let of_index = self.earlier.iter().map(|it| &*it.units);
        of_index.chain(self.written.iter().map(|it| &*it.units)).collect()
    }

    /// Orders, writes and opens the rows as a segment, and finds which earlier rows they replace.
    pub(super) fn write(
        &mut self,
        mut buffer: Buffer,
        families: &Families,
        halt: &Halt,
    ) -> Result<()> {
        let mut ordered = order(&buffer, halt)?;
        self.count_replaced(&buffer, &ordered, families)?;
        for group in &ordered.groups {
            let units = u64::try_from(group.len()).unwrap_or(u64::MAX);
            *self.units_of.entry(group.family()).or_default() += units;
        }
        buffer.forget_keys();
        let standing = self.standing(&ordered)?;
        if self.amends {
            Unknown::find(&ordered, &standing, families)?.refuse()?;
            fill(&mut buffer, &mut ordered, &standing, (&self.schema, halt))?;
        }
        self.retire(&standing, families)?;
        let rows = seal::encode(buffer, &ordered, &self.schema, halt)?;
        drop(ordered);
        for column in &rows.columns {
            let Some(identifiers) = &column.identifiers else { continue };
            let counts = self.identified.entry(column.name.clone()).or_default();
            for (family, units) in &identifiers.families {
                *counts.entry(*family).or_default() += units;
            }
        }
        halt.check()?;
        self.put(&rows)
    }

    /// Orders and writes rows as a segment that were units of the index or of the load already, and
    /// are counted.
    pub(super) fn write_again(&mut self, mut buffer: Buffer, halt: &Halt) -> Result<()> {
        let ordered = order(&buffer, halt)?;
        buffer.forget_keys();
        let rows = seal::encode(buffer, &ordered, &self.schema, halt)?;
        drop(ordered);
        self.put(&rows)
    }

    fn put(&mut self, rows: &UnitRows) -> Result<()> {
        let id = rows.id((self.version << 20) ^ self.files);
        self.files += 1;
        let path = format!("units/{id}.seg");
        let summary = write_units(self.draft.create(&path)?, id, rows)?;
        let units = UnitSegment::open(self.draft.directory().content(&path)?, &self.schema)?;
        let file = FileEntry::new(path, &summary);
        self.written.push(Written { file, units: Arc::new(units), retired: RowSet::new() });
        Ok(())
    }

    /// Takes back what was written and has many rows between those of others, to write it again in
    /// the order of all: the segments, and the paths of their files.
    pub(super) fn take_mixed(&mut self) -> Result<(Vec<LiveSegment>, Vec<String>)> {
        let live = |it: &Written| LiveSegment {
            units: Arc::clone(&it.units),
            retired: Arc::new(it.retired.clone()),
        };
        let live: Vec<LiveSegment> = self.written.iter().map(live).collect();
        let mixed = UnitRewrite::mixed(&live)?;
        let (mut taken, mut paths) = (Vec::new(), Vec::new());
        let written = std::mem::take(&mut self.written);
        for ((written, live), mixed) in written.into_iter().zip(live).zip(mixed) {
            if mixed {
                taken.push(live);
                paths.push(written.file.path);
            } else {
                self.written.push(written);
            }
        }
        Ok((taken, paths))
    }

    fn count_replaced(
        &mut self,
        buffer: &Buffer,
        ordered: &Ordered,
        families: &Families,
    ) -> Result<()> {
        self.duplicates.within_load += u64::try_from(ordered.replaced.len()).unwrap_or(u64::MAX);
        for row in &ordered.replaced {
            if !self.duplicates.wants_example() {
                break;
            }
            self.duplicates.examples.push(families.text(&buffer.key(*row))?);
        }
        Ok(())
    }

    /// The rows of every segment so far that have one of some serials, those left out that are
    /// retired.
    fn standing(&self, ordered: &Ordered) -> Result<Vec<Standing>> {
        let (groups, namespaces) = (&ordered.groups, &ordered.namespaces);
        let find = |units: &Arc<UnitSegment>, retired: &[&RowSet]| {
            let mut rows = RowSet::from_sorted(common_rows(groups, namespaces, units)?);
            for gone in retired {
                rows = rows.difference(gone);
            }
            Ok((Arc::clone(units), rows))
        };
        let of_index = self.earlier.iter().zip(&self.retired);
        let of_index = of_index.map(|(it, retired)| find(&it.units, &[&it.retired, retired]));
        let of_load = self.written.iter().map(|it| find(&it.units, &[&it.retired]));
        of_index.chain(of_load).collect()
    }

    fn retire(&mut self, standing: &[Standing], families: &Families) -> Result<()> {
        let of_load = self.written.iter_mut().map(|it| &mut it.retired);
        let mut retired = self.retired.iter_mut().chain(of_load);
        for (place, (units, rows)) in standing.iter().enumerate() {
            let known = if place < self.earlier.len() {
                &mut self.duplicates.against_index
            } else {
                &mut self.duplicates.within_load
            };
            *known += rows.len();
            self.duplicates.add_examples(units, rows, families)?;
            if let Some(retired) = retired.next() {
                *retired = retired.union(rows);
            }
        }
        Ok(())
    }

    /// Retires the units of some serials; gives which of them no unit has.
    pub(super) fn retire_units(
        &mut self,
        buffer: &Buffer,
        families: &Families,
        halt: &Halt,
    ) -> Result<Unknown> {
        let ordered = order(buffer, halt)?;
        self.count_replaced(buffer, &ordered, families)?;
        let standing = self.standing(&ordered)?;
        let unknown = Unknown::find(&ordered, &standing, families)?;
        self.retire(&standing, families)?;
        Ok(unknown)
    }

    /// Adds to the manifest what was written, what retires rows and what links them; then it is
    /// ready to be [published](Writer::publish).
    pub(super) fn finish(&mut self, mut manifest: Manifest, halt: &Halt) -> Result<Manifest> {
        let live = self.earlier.iter().zip(&self.retired);
        for (entry, (segment, retired)) in manifest.units.iter_mut().zip(live) {
            if !retired.is_empty() {
                let retired = segment.retired.union(retired);
                entry.retired =
                    Some(write_side(&mut self.draft, self.version, &segment.units, &retired)?);
            }
        }
        for written in std::mem::take(&mut self.written) {
            let mut retired = None;
            if !written.retired.is_empty() {
                let (units, rows) = (&written.units, &written.retired);
                retired = Some(write_side(&mut self.draft, self.version, units, rows)?);
            }
            let rows = written.units.rows();
            manifest.units.push(UnitEntry { file: written.file, rows, retired });
        }
        derive(&mut self.draft, &mut manifest, self.before, &[], halt)?;
        Ok(manifest)
    }

    /// Makes a manifest the newest one.
    pub(super) fn publish(self, manifest: &Manifest) -> Result<()> {
        self.draft.commit(manifest)
    }
}

fn write_side(
    draft: &mut Draft,
    version: u64,
    units: &UnitSegment,
    retired: &RowSet,
) -> Result<RetiredEntry> {
    let path = format!("units/{}.{version}.side", units.id());
    let writer = draft.create(&path)?;
    let summary = write_retired(writer, units.id(), retired)?;
    Ok(RetiredEntry { file: FileEntry::new(path, &summary), rows: retired.len() })
}

impl Duplicates {
    fn add_examples(
        &mut self,
        units: &UnitSegment,
        rows: &RowSet,
        families: &Families,
    ) -> Result<()> {
        for row in rows.iter() {
            if !self.wants_example() {
                break;
            }
            let (_, key): (u32, SerialKey) = units.keys().key_at(row)?;
            self.examples.push(families.text(&key)?);
        }
        Ok(())
    }

    /// Refuses the load where there is a duplicate.
    pub(super) fn refuse(&self) -> Result<()> {
        if self.within_load == 0 && self.against_index == 0 {
            return Ok(());
        }
        Err(Error::conflict(format!(
            "{} serials of the load come again in it and {} are in the index already, such as {}; \
             remove them, or choose the policy for duplicates by which the latest wins",
            self.within_load,
            self.against_index,
            self.examples.join(", ")
        )))
    }

    /// Refuses a load of corrections that has two of one unit.
    pub(super) fn refuse_twice(&self) -> Result<()> {
        if self.within_load == 0 {
            return Ok(());
        }
        Err(Error::conflict(format!(
            "{} units come again in a load that amends them, among {}; give each once",
            self.within_load,
            self.examples.join(", ")
        )))
    }
}
