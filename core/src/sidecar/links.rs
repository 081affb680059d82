//! Which units of one segment have registrations in another, and what those permit.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::stored_rows::{OpenRows, StoredRows};
use crate::bitmap::RowSet;
use crate::bytes::Hash;
use crate::column::{Chunk, ColumnReader, ColumnValues, encode_column, ordinal_number};
use crate::error::{Error, Result};
use crate::format::{FileBuilder, FileId, FileKind, FileSummary, SealedFile, SectionId};
use crate::io::{Content, FileWriter};
use crate::limits::{CHUNK_ROWS, SEGMENT_ROWS_MAX};
use crate::pool::Halt;
use crate::schema::ColumnType;

const META: u32 = 1;
const STEADY: u32 = 2;
const VARYING: u32 = 3;
/// The linked rows of a lane; the column of the section is that of the lane's positions.
const LINKED: u32 = 4;
const UNEVEN: u32 = 5;
/// The column of the access of each row; lanes are numbered from the one after it.
const ACCESS: u32 = 0;
/// Serials that came with a namespace, and serials that came without.
const LANES_MAX: usize = 2;

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Meta {
    /// Rows of the segment of units.
    units: u64,
    /// Distinct serials of the segment of registrations.
    keys: u64,
    as_of_min: i64,
    /// How many linked rows each lane has.
    lanes: Vec<u64>,
}

/// The links of a segment of units to a segment of registrations, to be written.
#[derive(Debug, Default)]
pub(crate) struct LinkRows {
    pub(crate) units: u64,
    pub(crate) keys: u64,
    /// The instant, in microseconds, from which on the registrations of steady rows hold.
    pub(crate) as_of_min: i64,
    /// Units with an owning registration, all of theirs being open-ended and begun by then.
    pub(crate) steady: RowSet,
    /// Units with an owning registration that ends, or begins later.
    pub(crate) varying: RowSet,
    /// Linked units that have not exactly one registration, or whose one ends or begins later.
    pub(crate) uneven: RowSet,
    /// For each row of the segment of units, what the registrations of a steady one permit.
    pub(crate) access: Vec<i64>,
    pub(crate) lanes: Vec<LaneRows>,
}

/// Linked rows, each with the place of its serial among those of the registrations.
#[derive(Debug, Default)]
pub(crate) struct LaneRows {
    pub(crate) linked: RowSet,
    pub(crate) positions: Vec<i64>,
}

/// The name of the links of two segments.
pub(crate) fn links_id(units: FileId, registrations: FileId) -> FileId {
    let both = [units.0, registrations.0].concat();
    let mut id = [0; FileId::BYTES];
    for (slot, byte) in id.iter_mut().zip(Hash::of(&both).0) {
        *slot = byte;
    }
    FileId(id)
}

impl LinkRows {
    /// Writes and syncs the links.
    pub(crate) fn write(&self, writer: Box<dyn FileWriter>, id: FileId) -> Result<FileSummary> {
        let mut file = FileBuilder::create(writer, FileKind::Sidecar, id)?;
        let meta = Meta {
            units: self.units,
            keys: self.keys,
            as_of_min: self.as_of_min,
            lanes: self.lanes.iter().map(|it| it.positions.len() as u64).collect(),
        };
        let meta = serde_json::to_vec(&meta)
            .map_err(|source| Error::invalid("links: cannot write the meta").caused_by(source))?;
        file.section(SectionId::of_file(META), &meta)?;
        for (kind, rows) in
            [(STEADY, &self.steady), (VARYING, &self.varying), (UNEVEN, &self.uneven)]
        {
            file.section(SectionId::of_file(kind), &rows.to_portable())?;
        }
        write_numbers(&mut file, ACCESS, &self.access)?;
        for (column, lane) in (ACCESS + 1..).zip(&self.lanes) {
            file.section(SectionId { kind: LINKED, column }, &lane.linked.to_portable())?;
            write_numbers(&mut file, column, &lane.positions)?;
        }
        file.finish()
    }
}

fn write_numbers(file: &mut FileBuilder, column: u32, numbers: &[i64]) -> Result<()> {
    let values = ColumnValues::Numbers(numbers);
    let encoded =
        encode_column(ColumnType::Integer, values, &[], numbers.len() as u64, &Halt::default())?;
    encoded
        .sections
        .iter()
        .try_for_each(|(kind, bytes)| file.section(SectionId { kind: *kind, column }, bytes))
}

/// Open links; cheap to share, never changed. Sets of rows are read where they lie.
#[derive(Debug)]
pub(crate) struct Links {
    file: SealedFile,
    units: u64,
    keys: u64,
    as_of_min: i64,
    steady: StoredRows,
    varying: StoredRows,
    uneven: StoredRows,
    access: ColumnReader,
    lanes: Vec<Lane>,
    /// For each chunk, once it is asked for, how many registrations each uneven row has.
    counts: OnceLock<Box<[Counts]>>,
}

/// A number a row, once they are asked for.
type Counts = OnceLock<Box<[u32]>>;

/// Open linked rows, each with the place of its serial among those of the registrations.
#[derive(Debug)]
pub(crate) struct Lane {
    linked: StoredRows,
    positions: ColumnReader,
    keys: u64,
}

impl Links {
    /// Opens the links named `id`.
    pub(crate) fn open(content: Content, id: FileId) -> Result<Self> {
        let file = SealedFile::open(content, FileKind::Sidecar)?;
        if file.id() != id {
            return Err(Error::corrupt("links: they are of other segments"));
        }
        let meta: Meta = serde_json::from_slice(file.section(SectionId::of_file(META))?.all()?)
            .map_err(|source| Error::corrupt("links: the meta is no document").caused_by(source))?;
        if meta.units.max(meta.keys) > SEGMENT_ROWS_MAX || meta.lanes.len() > LANES_MAX {
            return Err(Error::corrupt("links: they are of no segments there can be"));
        }
        let set = |kind| {
            let section = file.section(SectionId::of_file(kind))?;
            Ok::<_, Error>(StoredRows::new(section, meta.units))
        };
        let numbers = |column, rows| ColumnReader::open(&file, column, ColumnType::Integer, rows);
        let lane = |(column, rows): (u32, &u64)| {
            let section = file.section(SectionId { kind: LINKED, column })?;
            let linked = StoredRows::new(section, meta.units);
            Ok::<_, Error>(Lane { linked, positions: numbers(column, *rows)?, keys: meta.keys })
        };
        let lanes = (ACCESS + 1..).zip(&meta.lanes).map(lane).collect::<Result<_>>()?;
        Ok(Links {
            units: meta.units,
            keys: meta.keys,
            as_of_min: meta.as_of_min,
            steady: set(STEADY)?,
            varying: set(VARYING)?,
            uneven: set(UNEVEN)?,
            access: numbers(ACCESS, meta.units)?,
            lanes,
            counts: OnceLock::new(),
            file,
        })
    }

    /// Rows of the segment of units, and distinct serials of the segment of registrations.
    pub(crate) fn sizes(&self) -> (u64, u64) {
        (self.units, self.keys)
    }

    /// The instant from which on what is said of steady rows holds.
    pub(crate) fn as_of_min(&self) -> i64 {
        self.as_of_min
    }

    /// Units with an owning registration, all of theirs being open-ended and begun by then.
    pub(crate) fn steady(&self) -> Result<OpenRows<'_>> {
        self.steady.open()
    }

    /// Units with an owning registration that ends, or begins later.
    pub(crate) fn varying(&self) -> Result<OpenRows<'_>> {
        self.varying.open()
    }

    /// Linked units that have not exactly one registration, or whose one ends or begins later.
    pub(crate) fn uneven(&self) -> Result<OpenRows<'_>> {
        self.uneven.open()
    }

    /// How many registrations each uneven row of a chunk has: as `read` has it the first time, and
    /// kept from then on.
    pub(crate) fn uneven_counts(
        &self,
        key: u16,
        read: impl FnOnce() -> Result<Vec<u32>>,
    ) -> Result<&[u32]> {
        let chunks = self.units.div_ceil(CHUNK_ROWS as u64);
        let all = self.counts.get_or_init(|| (0..chunks).map(|_| OnceLock::new()).collect());
        let slot = all.get(usize::from(key));
        let slot = slot.ok_or_else(|| Error::corrupt("links: there is no such chunk"))?;
        if let Some(known) = slot.get() {
            return Ok(known);
        }
        let counts = read()?.into_boxed_slice();
        Ok(slot.get_or_init(|| counts))
    }

    /// The bits of what the registrations of steady rows permit.
    pub(crate) fn access(&self, chunk: usize) -> Result<Chunk<'_>> {
        self.access.chunk(chunk)
    }

    pub(crate) fn lanes(&self) -> &[Lane] {
        &self.lanes
    }

    pub(crate) fn verify(&self) -> Result<()> {
        self.file.verify()?;
        self.access.verify()?;
        for set in [&self.steady, &self.varying, &self.uneven] {
            set.verify()?;
        }
        self.lanes.iter().try_for_each(|lane| {
            lane.positions.verify()?;
            lane.linked.verify()?;
            let mut all = RowSet::new();
            all.push_range(0..self.units);
            lane.each_position(&all, |_, _| Ok(()))
        })
    }
}

impl Lane {
    /// The rows that are linked.
    pub(crate) fn linked(&self) -> Result<OpenRows<'_>> {
        self.linked.open()
    }

    /// Calls back with each of `rows` that is linked, and the place of its serial.
    pub(crate) fn each_position(
        &self,
        rows: &RowSet,
        mut call: impl FnMut(u32, u32) -> Result<()>,
    ) -> Result<()> {
        let linked = self.linked.open()?;
        if linked.len() != self.positions.rows() {
            return Err(Error::corrupt("links: the linked rows have not a place each"));
        }
        let mut places: Vec<(u32, u32)> = Vec::new();
        let mut ranks = linked.chunk_ranks().peekable();
        for (key, wanted) in rows.chunks() {
            while ranks.next_if(|it| it.0 < key).is_some() {}
            let base = ranks.next_if(|it| it.0 == key).map(|it| it.1);
            if let Some((base, container)) = base.zip(linked.chunk(key)?) {
                let row = |low: u16| u32::from(key) << 16 | u32::from(low);
                container.each_rank(wanted, |low, rank| {
                    places.extend(place(base + u64::from(rank), row(low)));
                });
            }
        }
        for same in places.chunk_by(|a, b| a.0 >> 16 == b.0 >> 16) {
            let Some((first, _)) = same.first() else { continue };
            let low = |(rank, _): &(u32, u32)| {
                let [low, high, ..] = rank.to_le_bytes();
                u16::from_le_bytes([low, high])
            };
            let mut rows = same.iter().map(|it| it.1);
            let chunk = self.positions.chunk((first >> 16) as usize)?;
            chunk.each_ordinal(same.iter().map(low), |ordinal| {
                let position = ordinal.and_then(|it| u32::try_from(ordinal_number(it)).ok());
                let position = position.filter(|it| u64::from(*it) < self.keys);
                let position = position.ok_or_else(|| Error::corrupt("links: a row has no serial"));
                call(rows.next().unwrap_or(0), position?)
            })?;
        }
        Ok(())
    }
}

/// The place of a linked row among all, and the row.
fn place(rank: u64, row: u32) -> Option<(u32, u32)> {
    Some((u32::try_from(rank).ok()?, row))
}
