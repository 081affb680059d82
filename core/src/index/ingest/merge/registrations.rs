//! The registrations of a part, written again as one segment.

use std::ops::Range;

use rayon::prelude::*;

use crate::bitmap::RowSet;
use crate::error::{Error, Result};
use crate::index::files::Draft;
use crate::index::ingest::block::{Block, BlockKeys, BlockTexts};
use crate::index::ingest::buffer::Buffer;
use crate::index::ingest::interner::{Interner, MISSING};
use crate::index::ingest::registrations::{Ordered, order};
use crate::index::ingest::seal::{place, placed_bits};
use crate::index::manifest::{FileEntry, RegistrationEntry};
use crate::keys::{Keys, encode_keys};
use crate::pool::Halt;
use crate::registry::RegistrationField as Field;
use crate::schema::Schema;
use crate::segment::{
    ContactFile, RegistrationRows, RegistrationSegment, StoredColumn, StoredField, StoredValues,
    write_contacts, write_registrations,
};
use crate::serial::{Families, FamilyId, SerialKey};

/// Serials read at a time.
const STRIDE: u64 = 1 << 16;

/// Registrations of one segment that go into a part.
pub(in crate::index::ingest) struct RegistrationPart<'r> {
    pub(in crate::index::ingest) segment: &'r RegistrationSegment,
    /// Names and contacts; none where they are left out.
    pub(in crate::index::ingest) contacts: Option<&'r ContactFile>,
    pub(in crate::index::ingest) retired: &'r RowSet,
    /// The places of the serials whose registrations are meant.
    pub(in crate::index::ingest) serials: Range<u64>,
}

/// Reads some serials of a segment, with the numbers of their namespaces.
type ReadSerials<'c> = &'c dyn Fn(&Keys, &Range<u64>) -> Result<Vec<(u32, SerialKey)>>;

impl RegistrationPart<'_> {
    /// The serials as the families read them now: one that was kept as text may fit a family since,
    /// and must be one with what came later.
    pub(super) fn serials_now(
        families: &Families,
        keys: &Keys,
        places: &Range<u64>,
    ) -> Result<Vec<(u32, SerialKey)>> {
        let (mut serials, mut codes) = (Vec::new(), Vec::new());
        for (number, group) in keys.groups().iter().enumerate() {
            let within = group.rows.start.max(places.start)..group.rows.end.min(places.end);
            if within.is_empty() {
                continue;
            }
            if group.family == FamilyId::OPAQUE {
                keys.for_each_text(number, within, |_, text| {
                    serials.push((group.namespace, families.classify(text)?));
                    Ok(())
                })?;
                continue;
            }
            codes.clear();
            keys.codes_into(number, within, &mut codes)?;
            let key = |code: &u128| SerialKey::Coded { family: group.family, code: *code };
            serials.extend(codes.iter().map(|code| (group.namespace, key(code))));
        }
        Ok(serials)
    }
}

/// Writes the live registrations of a part as a segment: in the order of the serials as they are
/// read, and of one serial in the order of the segments. `salt` tells its name from every other.
/// None where none is live.
pub(in crate::index::ingest) fn write_registration_part(
    draft: &mut Draft,
    part: &[RegistrationPart<'_>],
    read: ReadSerials<'_>,
    (salt, halt): (u64, &Halt),
) -> Result<Option<RegistrationEntry>> {
    let mut buffer = Buffer::new(&Schema::default());
    let mut rows = Vec::with_capacity(part.len());
    for source in part {
        rows.push(live_rows(source, read, &mut buffer)?);
    }
    if buffer.rows() == 0 {
        return Ok(None);
    }
    // Without columns no row replaces another.
    let Ordered { namespaces, groups, rows: moved, firsts, .. } = order(&buffer, None, 0, halt)?;
    drop(buffer);
    let segments: Vec<_> = part.iter().map(|it| it.segment.fields().collect()).collect();
    let gathered = Gathered { rows: &rows, moved: &moved };
    let rewritten = RegistrationRows {
        rows: count(moved.len())?,
        namespaces,
        keys: count(firsts.len())?,
        key_bytes: encode_keys(&groups, halt)?,
        firsts,
        fields: gathered.encode(&segments, halt)?,
    };
    let id = rewritten.id(salt);
    let path = format!("registrations/{id}.seg");
    let summary = write_registrations(draft.create(&path)?, id, &rewritten)?;
    let files: Vec<Fields<'_>> = part
        .iter()
        .map(|it| it.contacts.map_or_else(Vec::new, |file| file.fields().collect()))
        .collect();
    let mut contacts = None;
    if files.iter().any(|fields| !fields.is_empty()) {
        let path = format!("contacts/{id}.con");
        let fields = gathered.encode(&files, halt)?;
        let summary = write_contacts(draft.create(&path)?, id, rewritten.rows, &fields)?;
        contacts = Some(FileEntry::new(path, &summary));
    }
    Ok(Some(RegistrationEntry {
        file: FileEntry::new(path, &summary),
        rows: rewritten.rows,
        keys: rewritten.keys,
        contacts,
        amended: None,
    }))
}

fn count(it: usize) -> Result<u64> {
    u64::try_from(it).map_err(|_| Error::unsupported("too many rows"))
}

/// Adds the serial of every live registration to the buffer, and gives their rows in this order.
fn live_rows(
    source: &RegistrationPart<'_>,
    read: ReadSerials<'_>,
    buffer: &mut Buffer,
) -> Result<Vec<u32>> {
    let segment = source.segment;
    let mut rows = Vec::new();
    let names: Vec<Box<str>> = segment.namespaces().iter().map(|it| it.as_str().into()).collect();
    let bare = u32::try_from(names.len()).unwrap_or(MISSING);
    let mut start = source.serials.start;
    while start < source.serials.end {
        let range = start..source.serials.end.min(start + STRIDE);
        let mut serials = read(segment.keys(), &range)?.into_iter();
        let positions: Vec<u32> = range.clone().filter_map(|it| u32::try_from(it).ok()).collect();
        let (mut keys, mut codes) = (BlockKeys::default(), Vec::new());
        segment.each_span(&positions, |first, end| {
            let (namespace, key) = serials
                .next()
                .ok_or_else(|| Error::corrupt("registrations: a row belongs to no serial"))?;
            for row in (first..end).filter(|row| !source.retired.contains(*row)) {
                rows.push(row);
                keys.push(key.clone());
                codes.push(if namespace < bare { namespace } else { MISSING });
            }
            Ok(())
        })?;
        let block = Block {
            rows: codes.len(),
            keys,
            namespaces: Some(BlockTexts { distinct: names.clone(), codes }),
            columns: Vec::new(),
            rejected: Vec::new(),
        };
        buffer.append(&block, 0..block.rows, None)?;
        start = range.end;
    }
    Ok(rows)
}

/// The fields of a file.
type Fields<'f> = Vec<(&'f str, &'f StoredColumn)>;

/// Rows of each of some files, and the order in which they are written.
struct Gathered<'r> {
    /// Of each file, the next ones after those of the file before.
    rows: &'r [Vec<u32>],
    /// The place among all of them of each row to be.
    moved: &'r [u32],
}

impl Gathered<'_> {
    /// Encodes the fields that any of the files has.
    fn encode(&self, files: &[Fields<'_>], halt: &Halt) -> Result<Vec<StoredField>> {
        let mut names: Vec<&str> = Vec::new();
        for (name, _) in files.iter().flatten() {
            if !names.contains(name) {
                names.push(name);
            }
        }
        let encode = |name: &str| {
            halt.check()?;
            let name = known_name(name)?;
            let of = |fields: &Fields<'_>| {
                fields.iter().find(|(it, _)| *it == name).map(|(_, column)| (*column).clone())
            };
            let columns: Vec<Option<StoredColumn>> = files.iter().map(of).collect();
            let is_number = |it: &StoredColumn| matches!(it, StoredColumn::Numbers(_));
            let values = if columns.iter().flatten().all(is_number) {
                self.numbers(&columns)?
            } else {
                self.texts(&columns)?
            };
            StoredField::encode(name, &values, name == Field::Key.name(), halt)
                .map_err(|error| error.within(format!("field `{name}`")))
        };
        names.into_par_iter().map(encode).collect()
    }

    fn numbers(&self, columns: &[Option<StoredColumn>]) -> Result<StoredValues> {
        let (mut values, mut missing) = (Vec::with_capacity(self.moved.len()), Vec::new());
        let mut push = |number: Option<i64>| {
            if number.is_none() {
                missing.extend(u32::try_from(values.len()));
            }
            values.push(number.unwrap_or(0));
            Ok(())
        };
        for (column, rows) in columns.iter().zip(self.rows) {
            match column {
                Some(column) => column.each_number(rows, &mut push)?,
                None => rows.iter().try_for_each(|_| push(None))?,
            }
        }
        let missing = placed_bits(&missing, Some(self.moved), values.len());
        Ok(StoredValues::Numbers { values: place(values, Some(self.moved)), missing })
    }

    fn texts(&self, columns: &[Option<StoredColumn>]) -> Result<StoredValues> {
        let (mut texts, mut codes) = (Interner::loose(), Vec::with_capacity(self.moved.len()));
        let mut push = |text: Option<&str>| {
            codes.push(text.map_or(Ok(MISSING), |text| texts.number(text))?);
            Ok(())
        };
        for (column, rows) in columns.iter().zip(self.rows) {
            match column {
                Some(column) => column.each_text(rows, &mut push)?,
                None => rows.iter().try_for_each(|_| push(None))?,
            }
        }
        Ok(StoredValues::Texts { texts: texts.into_texts(), codes: place(codes, Some(self.moved)) })
    }
}

/// The name of a field as files of registrations have it.
fn known_name(name: &str) -> Result<&'static str> {
    let names = Field::ALL.into_iter().map(Field::name).chain(["reach", "filled"]);
    let mut names = names.into_iter();
    names
        .find(|it| *it == name)
        .ok_or_else(|| Error::corrupt(format!("registrations: there is no field `{name}`")))
}

/// About how much memory a registration of some files takes while it is written again; `size_bytes`
/// is what the files take together, and `rows` how many registrations they have.
pub(in crate::index::ingest) fn bytes_of_registration(size_bytes: u64, rows: u64) -> u64 {
    /// A serial, its place and its order.
    const KEY_BYTES: u64 = 64;
    /// Texts are shortened to a third or so in the file, and have a place each in memory.
    const GROWTH: u64 = 10;
    KEY_BYTES + GROWTH * size_bytes / rows.max(1)
}
