//! The readers of a segment of registrations and of a file of contacts.

use super::columns::StoredColumn;
use super::meta::{FIELDS, FIRSTS, KEYS, META, Meta};
use crate::column::ColumnReader;
use crate::error::{Error, Result};
use crate::format::{FileId, FileKind, SealedFile, SectionId};
use crate::io::Content;
use crate::keys::Keys;
use crate::registry::RegistrationField;
use crate::schema::ColumnType;

/// An open segment of registrations; cheap to share, never changed.
///
/// Its rows are in order of the unit's serial, then of arrival.
#[derive(Debug)]
pub(crate) struct RegistrationSegment {
    file: SealedFile,
    rows: u64,
    namespaces: Vec<String>,
    keys: Keys,
    firsts: StoredColumn,
    fields: Fields,
}

/// The contact text of the owners of one segment of registrations, row by row.
#[derive(Debug)]
pub(crate) struct ContactFile {
    file: SealedFile,
    fields: Fields,
}

/// The fields that a file has.
#[derive(Debug)]
struct Fields(Vec<(String, StoredColumn)>);

impl Fields {
    fn open(file: &SealedFile, meta: &Meta) -> Result<Self> {
        let open = |(number, column): (u32, &super::meta::MetaColumn)| {
            let stored = StoredColumn::open(file, number, column.stored_type, meta.rows)?;
            Ok((column.name.clone(), stored))
        };
        (FIELDS..).zip(&meta.columns).map(open).collect::<Result<_>>().map(Fields)
    }

    fn all(&self) -> impl Iterator<Item = (&str, &StoredColumn)> {
        self.0.iter().map(|(name, column)| (name.as_str(), column))
    }

    fn of(&self, name: &str) -> Option<&StoredColumn> {
        self.0.iter().find(|(it, _)| it == name).map(|(_, column)| column)
    }

    fn verify(&self) -> Result<()> {
        self.0.iter().try_for_each(|(name, column)| {
            column.verify().map_err(|error| error.within(format!("field `{name}`")))
        })
    }
}

fn open_meta(content: Content, kind: FileKind) -> Result<(SealedFile, Meta)> {
    let file = SealedFile::open(content, kind)?;
    let meta = Meta::decode(file.section(SectionId::of_file(META))?.all()?)?;
    Ok((file, meta))
}

impl RegistrationSegment {
    /// Opens a segment. Reads none of its rows.
    pub(crate) fn open(content: Content) -> Result<Self> {
        let (file, meta) = open_meta(content, FileKind::RegistrationSegment)?;
        let keys = Keys::open(file.section(SectionId::of_file(KEYS))?, meta.keys)?;
        for group in keys.groups() {
            if usize::try_from(group.namespace).map_or(true, |it| it > meta.namespaces.len()) {
                return Err(Error::corrupt("registrations: a serial is of no namespace"));
            }
        }
        let firsts = ColumnReader::open(&file, FIRSTS, ColumnType::Integer, meta.keys)?;
        let fields = Fields::open(&file, &meta)?;
        Ok(RegistrationSegment {
            file,
            rows: meta.rows,
            namespaces: meta.namespaces,
            keys,
            firsts: StoredColumn::Numbers(firsts),
            fields,
        })
    }

    pub(crate) fn id(&self) -> FileId {
        self.file.id()
    }

    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// The distinct serials, in the order of the rows.
    pub(crate) fn keys(&self) -> &Keys {
        &self.keys
    }

    /// The namespaces of its serials, ascending; a number past the last is that of serials that came
    /// without one.
    pub(crate) fn namespaces(&self) -> &[String] {
        &self.namespaces
    }

    /// The namespace of a number of [`keys`](Self::keys); none where the serials came without one.
    pub(crate) fn namespace(&self, number: u32) -> Option<&str> {
        self.namespaces.get(usize::try_from(number).ok()?).map(String::as_str)
    }

    /// The number of a namespace here; of serials that came without one for none.
    pub(crate) fn namespace_number(&self, name: Option<&str>) -> Option<u32> {
        let place = match name {
            Some(name) => self.namespaces.binary_search_by(|it| it.as_str().cmp(name)).ok()?,
            None => self.namespaces.len(),
        };
        u32::try_from(place).ok()
    }

    /// The place of the serial of a row among the distinct ones, in logarithmic time.
    pub(crate) fn position_of(&self, row: u32) -> Result<u32> {
        let (mut low, mut high) = (0, u32::try_from(self.keys.rows()).unwrap_or(u32::MAX));
        while high - low > 1 {
            let middle = low.midpoint(high);
            let mut first = None;
            self.firsts.each_number(&[middle], |it| {
                first = it;
                Ok(())
            })?;
            if first.is_some_and(|first| first <= i64::from(row)) {
                low = middle;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }

    /// Whether some serials came without a namespace.
    pub(crate) fn has_bare(&self) -> bool {
        self.keys.groups().last().is_some_and(|it| self.namespace(it.namespace).is_none())
    }

    /// A column by what it is called in the file.
    pub(crate) fn stored(&self, name: &str) -> Option<&StoredColumn> {
        self.fields.of(name)
    }

    /// Every column, with what it is called in the file.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&str, &StoredColumn)> {
        self.fields.all()
    }

    /// The column of a field; none where it is missing for all.
    pub(crate) fn field(&self, field: RegistrationField) -> Option<&StoredColumn> {
        self.fields.of(field.name())
    }

    /// The numbers of a column for each of `rows`, which ascend as a rule; none where they are
    /// missing.
    pub(crate) fn numbers(&self, name: &str, rows: &[u32]) -> Result<Vec<Option<i64>>> {
        let Some(column) = self.stored(name) else { return Ok(vec![None; rows.len()]) };
        let mut numbers = Vec::with_capacity(rows.len());
        column.each_number(rows, |number| {
            numbers.push(number);
            Ok(())
        })?;
        Ok(numbers)
    }

    /// Calls back with the first and the end of the registrations of each serial in turn.
    ///
    /// # Errors
    ///
    /// `corrupt` where they are no registrations of the segment.
    pub(crate) fn each_span(
        &self,
        positions: &[u32],
        mut call: impl FnMut(u32, u32) -> Result<()>,
    ) -> Result<()> {
        let last = self.keys.rows().saturating_sub(1);
        let (read, starts) = with_next(positions, last);
        let mut firsts = Vec::with_capacity(read.len());
        self.firsts.each_number(&read, |it| {
            firsts.push(it.and_then(|it| u64::try_from(it).ok()));
            Ok(())
        })?;
        for (position, at) in positions.iter().zip(starts) {
            let start = firsts.get(at).copied().flatten();
            let end = if u64::from(*position) < last {
                firsts.get(at + 1).copied().flatten()
            } else {
                Some(self.rows)
            };
            let span = start.zip(end).filter(|(start, end)| start < end && *end <= self.rows);
            let span = span.and_then(|(start, end)| {
                // A segment of 2^32 rows ends past what 32 bits hold.
                Some((u32::try_from(start).ok()?, u32::try_from(end).unwrap_or(u32::MAX)))
            });
            let (start, end) = span.ok_or_else(|| {
                Error::corrupt("registrations: the rows of a serial are none of the segment's")
            })?;
            call(start, end)?;
        }
        Ok(())
    }

    /// Checks every byte against its checksum and every structure against its rules.
    pub(crate) fn verify(&self) -> Result<()> {
        self.file.verify()?;
        self.keys.verify()?;
        self.fields.verify()?;
        let all: Vec<u32> = (0..=u32::MAX).zip(0..self.keys.rows()).map(|(row, _)| row).collect();
        let mut before = 0;
        self.each_span(&all, |start, end| {
            if start != before {
                return Err(Error::corrupt("registrations: rows belong to no serial"));
            }
            before = end;
            Ok(())
        })
    }
}

/// Places each followed by the next one, up to `last`, and where each of them is among these. What
/// follows one and is asked for next is there once.
fn with_next(positions: &[u32], last: u64) -> (Vec<u32>, Vec<usize>) {
    let mut read: Vec<u32> = Vec::with_capacity(positions.len() + 1);
    let mut starts = Vec::with_capacity(positions.len());
    for position in positions {
        if read.last() != Some(position) {
            read.push(*position);
        }
        starts.push(read.len() - 1);
        read.extend((u64::from(*position) < last).then(|| position + 1));
    }
    (read, starts)
}

impl ContactFile {
    /// Opens the contacts of the segment `id`, which has `rows` rows.
    pub(crate) fn open(content: Content, id: FileId, rows: u64) -> Result<Self> {
        let (file, meta) = open_meta(content, FileKind::Contacts)?;
        if file.id() != id || meta.rows != rows {
            return Err(Error::corrupt("contacts: they are of other registrations"));
        }
        let fields = Fields::open(&file, &meta)?;
        Ok(ContactFile { file, fields })
    }

    /// Every column, with what it is called in the file.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&str, &StoredColumn)> {
        self.fields.all()
    }

    /// The column of a field; none where it is missing for all.
    pub(crate) fn field(&self, field: RegistrationField) -> Option<&StoredColumn> {
        self.fields.of(field.name())
    }

    pub(crate) fn verify(&self) -> Result<()> {
        self.file.verify()?;
        self.fields.verify()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(positions: &[u32], last: u32) {
        let (read, starts) = with_next(positions, u64::from(last));
        assert_eq!(starts.len(), positions.len());
        for (position, start) in positions.iter().zip(starts) {
            assert_eq!(read[start], *position, "{positions:?} up to {last}");
            assert!(*position == last || read[start + 1] == position + 1, "{positions:?}");
        }
    }

    proptest! {
        #[test]
        fn what_comes_next_is_behind_each(
            positions in prop::collection::vec(0_u32..9, 0..12),
            last in 8_u32..10,
        ) {
            check(&positions, last);
        }
    }

    #[test]
    fn serials_asked_for_twice_are_followed_by_the_next_all_the_same() {
        check(&[4, 4, 5], 9);
        check(&[9, 9], 9);
        check(&[8, 9, 8, 9], 9);
    }
}
