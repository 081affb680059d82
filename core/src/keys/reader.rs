//! Reads the serials of a segment.

use std::ops::Range;

use super::dense::Dense;
use super::group::{CodeRun, GroupInfo};
use super::layout::{ENTRY_BYTES, Form, GroupEntry, HEADER_BYTES};
use super::lookup::Lookup;
use super::opaque::Opaque;
use super::part::Part;
use super::sparse::Sparse;
use crate::bytes::Cursor;
use crate::error::{Error, Result};
use crate::format::Section;
use crate::limits::SEGMENT_ROWS_MAX;
use crate::serial::{FamilyId, SerialKey};

/// The serials of a segment, in both directions.
///
/// Opening reads the table of groups; what a group holds is checked as it is read, and all of it by
/// [`verify`](Keys::verify).
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    section: Section,
    rows: u64,
    groups: Vec<GroupInfo>,
    /// What each group holds, in the order of `groups`.
    stores: Vec<Store>,
}

/// The serials of a group, rows counted from its own first.
#[derive(Clone, Debug)]
pub(super) enum Store {
    Dense(Dense),
    Sparse(Sparse),
    Opaque(Opaque),
}

impl Store {
    fn open(section: &Section, entry: &GroupEntry) -> Result<Self> {
        let part = Part::new(section, entry.start, entry.length)?;
        Ok(match entry.form {
            Form::Dense => Store::Dense(Dense::open(part, entry)?),
            Form::SparseNarrow => Store::Sparse(Sparse::open(part, entry, false)?),
            Form::SparseWide => Store::Sparse(Sparse::open(part, entry, true)?),
            Form::Opaque => Store::Opaque(Opaque::open(part, entry)?),
        })
    }

    /// How many serials are before `key`, and whether it is one of them; none where this store
    /// holds serials of the other sort.
    fn rank(&self, key: &SerialKey) -> Result<Option<(u64, bool)>> {
        Ok(Some(match (self, key) {
            (Store::Dense(store), SerialKey::Coded { code, .. }) => store.rank(*code)?,
            (Store::Sparse(store), SerialKey::Coded { code, .. }) => store.rank(*code)?,
            (Store::Opaque(store), SerialKey::Opaque(text)) => store.rank(text)?,
            _ => return Ok(None),
        }))
    }

    fn key_at(&self, family: FamilyId, row: u64) -> Result<SerialKey> {
        Ok(match self {
            Store::Dense(store) => SerialKey::Coded { family, code: store.code_at(row)? },
            Store::Sparse(store) => SerialKey::Coded { family, code: store.code_at(row)? },
            Store::Opaque(store) => SerialKey::Opaque(store.text_at(row)?.text()?.into()),
        })
    }

    fn verify(&self) -> Result<()> {
        match self {
            Store::Dense(store) => store.verify(),
            Store::Sparse(store) => store.verify(),
            Store::Opaque(store) => store.verify(),
        }
    }
}

impl Keys {
    /// Reads the table of groups of a segment of `rows` rows.
    ///
    /// # Errors
    ///
    /// `corrupt` where groups are out of order, do not lie in the section, or have not so many rows
    /// together.
    pub(crate) fn open(section: Section, rows: u64) -> Result<Self> {
        let header = section.bytes(0..HEADER_BYTES.min(section.len()))?;
        let mut header = Cursor::new("serials", header);
        let (count, zeros) = (header.u32()? as usize, header.u32()?);
        let end = count.checked_mul(ENTRY_BYTES).and_then(|len| len.checked_add(HEADER_BYTES));
        let end = end.filter(|&end| end <= section.len() && zeros == 0);
        let end = end.ok_or_else(|| section.corrupt(format!("{count} groups do not fit in it")))?;
        let mut table = Cursor::new("serials", section.bytes(HEADER_BYTES..end)?);
        let mut groups: Vec<GroupInfo> = Vec::with_capacity(count);
        let mut stores = Vec::with_capacity(count);
        let mut row = 0_u64;
        for _ in 0..count {
            let entry = GroupEntry::decode(&mut table)?;
            let end = row.checked_add(entry.rows).filter(|&end| end <= rows && entry.rows > 0);
            let end = end.ok_or_else(|| section.corrupt("its groups have other rows"))?;
            let info =
                GroupInfo { namespace: entry.namespace, family: entry.family, rows: row..end };
            if groups.last().is_some_and(|last| place(last) >= place(&info)) {
                return Err(section.corrupt("its groups are out of order"));
            }
            groups.push(info);
            stores.push(Store::open(&section, &entry)?);
            row = end;
        }
        if row != rows || rows > SEGMENT_ROWS_MAX {
            return Err(section.corrupt(format!("it has {row} serials for {rows} rows")));
        }
        Ok(Keys { section, rows, groups, stores })
    }

    /// How many serials there are.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// Which rows belong to which namespace and family, ascending.
    pub(crate) fn groups(&self) -> &[GroupInfo] {
        &self.groups
    }

    /// The row of a serial, none where the segment does not have it.
    pub(crate) fn row_of(&self, namespace: u32, key: &SerialKey) -> Result<Option<u32>> {
        match self.rank(namespace, key)? {
            Some((row, true)) => self.checked(row).map(Some),
            _ => Ok(None),
        }
    }

    /// Finds serials one after the other; made for serials that ascend, right for any.
    pub(crate) fn lookup(&self) -> Lookup<'_> {
        Lookup::new(self)
    }

    /// The namespace and the serial of a row.
    ///
    /// # Errors
    ///
    /// `invalid_argument` where there is no such row.
    pub(crate) fn key_at(&self, row: u32) -> Result<(u32, SerialKey)> {
        let row = u64::from(row);
        let at = self.groups.partition_point(|group| group.rows.end <= row);
        match self.groups.get(at).zip(self.stores.get(at)) {
            Some((group, store)) => {
                let key = store.key_at(group.family, row - group.rows.start)?;
                Ok((group.namespace, key))
            }
            None => Err(Error::invalid(format!("row {row} is past the last of {}", self.rows))),
        }
    }

    /// The rows of the serials from `first` to `last`, both included, which are of one family or
    /// both of none.
    ///
    /// No rows where `last` is before `first` or the segment has no serial of them.
    pub(crate) fn rows_between(
        &self,
        namespace: u32,
        first: &SerialKey,
        last: &SerialKey,
    ) -> Result<Range<u64>> {
        if first.family() != last.family() || first > last {
            return Ok(0..0);
        }
        match (self.rank(namespace, first)?, self.rank(namespace, last)?) {
            (Some((start, _)), Some((end, found))) => Ok(start..end + u64::from(found)),
            _ => Ok(0..0),
        }
    }

    /// Appends the codes of some rows of group `group`, as far as they are its rows.
    ///
    /// Nothing where the group holds texts.
    pub(crate) fn codes_into(
        &self,
        group: usize,
        rows: Range<u64>,
        out: &mut Vec<u128>,
    ) -> Result<()> {
        self.for_each_run(group, rows, |run| {
            out.extend((0..run.length).map(|more| run.first.wrapping_add(u128::from(more))));
        })
    }

    /// Gives the codes of some rows of group `group`, as far as they are its rows, those that follow
    /// one another together; two runs may follow one another too.
    ///
    /// None where the group holds texts.
    pub(crate) fn for_each_run(
        &self,
        group: usize,
        rows: Range<u64>,
        mut visit: impl FnMut(CodeRun),
    ) -> Result<()> {
        let Some((info, store)) = self.group(group) else { return Ok(()) };
        let rows = within(info, &rows);
        let mut row = info.rows.start + rows.start;
        let visit = |first, length| {
            visit(CodeRun { row, first, length });
            row += u64::from(length);
        };
        match store {
            Store::Dense(store) => store.for_each_run(rows, visit),
            Store::Sparse(store) => store.for_each_run(rows, visit),
            Store::Opaque(_) => Ok(()),
        }
    }

    /// Gives the texts of some rows of group `group` with their rows, as far as they are its rows.
    ///
    /// None where the group holds codes.
    pub(crate) fn for_each_text(
        &self,
        group: usize,
        rows: Range<u64>,
        mut visit: impl FnMut(u64, &str) -> Result<()>,
    ) -> Result<()> {
        let Some((info, Store::Opaque(store))) = self.group(group) else { return Ok(()) };
        let rows = within(info, &rows);
        if rows.is_empty() {
            return Ok(());
        }
        let mut texts = store.text_at(rows.start)?;
        loop {
            visit(info.rows.start + texts.row(), texts.text()?)?;
            if texts.row() + 1 >= rows.end || !store.advance(&mut texts)? {
                return Ok(());
            }
        }
    }

    /// Checks every table and every serial.
    ///
    /// # Errors
    ///
    /// `corrupt`, naming the namespace and the family.
    pub(crate) fn verify(&self) -> Result<()> {
        for (group, store) in self.groups.iter().zip(&self.stores) {
            let (namespace, family) = (group.namespace, group.family.0);
            store.verify().map_err(|error| {
                error.within(format!("serials of namespace {namespace}, family {family}"))
            })?;
        }
        Ok(())
    }

    /// Which group holds the serials of a namespace and a family.
    pub(super) fn group_of(&self, namespace: u32, family: FamilyId) -> Option<usize> {
        self.groups.binary_search_by_key(&(namespace, family), place).ok()
    }

    pub(super) fn group(&self, group: usize) -> Option<(&GroupInfo, &Store)> {
        self.groups.get(group).zip(self.stores.get(group))
    }

    pub(super) fn checked(&self, row: u64) -> Result<u32> {
        let row = u32::try_from(row).ok().filter(|&row| u64::from(row) < self.rows);
        row.ok_or_else(|| self.section.corrupt("a serial has a row past the last"))
    }

    fn rank(&self, namespace: u32, key: &SerialKey) -> Result<Option<(u64, bool)>> {
        let group = self.group_of(namespace, key.family());
        let Some((info, store)) = group.and_then(|group| self.group(group)) else {
            return Ok(None);
        };
        let rank = store.rank(key)?;
        // A damaged group may count more than it has.
        Ok(rank
            .map(|(rank, found)| (info.rows.start.saturating_add(rank).min(info.rows.end), found)))
    }
}

fn place(group: &GroupInfo) -> (u32, FamilyId) {
    (group.namespace, group.family)
}

/// The rows that are a group's, counted from its own first.
fn within(group: &GroupInfo, rows: &Range<u64>) -> Range<u64> {
    let start = rows.start.clamp(group.rows.start, group.rows.end);
    let end = rows.end.clamp(start, group.rows.end);
    start - group.rows.start..end - group.rows.start
}
