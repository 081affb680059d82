//! Where registrations are read from: a segment, or the tail of the log.

use crate::calendar::Instant;
use crate::error::{Error, Result};
use crate::index::links::LiveRegistrations;
use crate::registry::{ContactText, RegistrationField as Field};
use crate::segment::{StoredColumn, TextBuffer};
use crate::tail::{ContactFolder, TailRecord, TailRows};

/// The registrations that are in the log and in no segment yet, in the order in which they came.
#[derive(Clone, Debug)]
pub(crate) struct Tail {
    pub(crate) rows: TailRows,
    /// The sequence of the first row.
    pub(crate) from: u64,
    pub(crate) contacts: ContactFolder,
}

/// Registrations of one kind, by row.
#[derive(Clone, Copy, Debug)]
pub(crate) enum RegistrationSource<'s> {
    Segment(&'s LiveRegistrations),
    Tail(&'s Tail),
}

impl RegistrationSource<'_> {
    /// Whether there is anything to read under what a segment calls a column.
    pub(crate) fn has(&self, name: &str) -> bool {
        match self {
            RegistrationSource::Segment(live) => live.segment.stored(name).is_some(),
            RegistrationSource::Tail(_) => true,
        }
    }

    /// The numbers of a column for each of `rows`, which ascend as a rule; none where they are
    /// missing.
    pub(crate) fn numbers(&self, name: &str, rows: &[u32]) -> Result<Vec<Option<i64>>> {
        match self {
            RegistrationSource::Segment(live) => live.segment.numbers(name, rows),
            RegistrationSource::Tail(tail) => {
                rows.iter().map(|row| number(&tail.rows.record(*row)?, name)).collect()
            }
        }
    }

    /// Calls back with the text of a field of each of `rows`, which ascend as a rule.
    pub(crate) fn each_text(
        &self,
        field: Field,
        rows: &[u32],
        mut call: impl FnMut(Option<&str>) -> Result<()>,
    ) -> Result<()> {
        match self {
            RegistrationSource::Segment(live) => match column(live, field) {
                Some(column) => column.each_text(rows, call),
                None => rows.iter().try_for_each(|_| call(None)),
            },
            RegistrationSource::Tail(tail) if Field::CONTACT_TEXT.contains(&field) => {
                let contacts = tail.contact_texts(rows)?;
                contacts.iter().try_for_each(|it| call(it.field(field)))
            }
            RegistrationSource::Tail(tail) => {
                rows.iter().try_for_each(|row| call(tail.rows.record(*row)?.text(field)))
            }
        }
    }

    /// Adds the text of a field of each of `rows`, which ascend as a rule.
    pub(crate) fn texts_into(
        &self,
        field: Field,
        rows: &[u32],
        out: &mut TextBuffer,
    ) -> Result<()> {
        if let RegistrationSource::Segment(live) = self
            && let Some(column) = column(live, field)
        {
            return column.texts_into(rows, out);
        }
        self.each_text(field, rows, |text| {
            out.push(text.map(str::as_bytes));
            Ok(())
        })
    }

    /// Name and contact of each of `rows`, which ascend as a rule.
    pub(crate) fn contact_texts(&self, rows: &[u32]) -> Result<Vec<ContactText>> {
        if let RegistrationSource::Tail(tail) = self {
            return tail.contact_texts(rows);
        }
        let mut found = vec![ContactText::default(); rows.len()];
        for field in Field::CONTACT_TEXT {
            let mut places = found.iter_mut();
            self.each_text(field, rows, |text| {
                if let (Some(contact), Some(text)) = (places.next(), text) {
                    contact.set(field, Some(text.to_owned()));
                }
                Ok(())
            })?;
        }
        Ok(found)
    }
}

impl Tail {
    /// Whether both have the same rows.
    pub(crate) fn is(&self, other: &Tail) -> bool {
        (self.from, self.rows.len()) == (other.from, other.rows.len())
    }

    /// Whether every file is there in which its rows have contacts.
    pub(crate) fn has_contact_files(&self) -> Result<bool> {
        let there = self.contacts.files()?;
        for row in 0..self.rows.len() {
            if let Some(place) = self.rows.record(row)?.contact
                && there.binary_search(&place.file).is_err()
            {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Removes the files of contacts that are older than every one in which its rows have theirs.
    pub(crate) fn remove_older_contacts(&self) -> Result<()> {
        let mut oldest = None;
        for row in 0..self.rows.len() {
            let file = self.rows.record(row)?.contact.map(|it| it.file);
            oldest = file.filter(|file| oldest.is_none_or(|it| *file < it)).or(oldest);
        }
        for file in self.contacts.files()? {
            if oldest.is_some_and(|oldest| file < oldest) {
                self.contacts.remove(file)?;
            }
        }
        Ok(())
    }

    /// Name and contact of some rows; empty where their file was left out.
    fn contact_texts(&self, rows: &[u32]) -> Result<Vec<ContactText>> {
        let read = |row: &u32| match self.rows.record(*row)?.contact {
            Some(place) => Ok(self.contacts.read(&place)?.unwrap_or_default()),
            None => Ok(ContactText::default()),
        };
        rows.iter().map(read).collect()
    }
}

/// What a segment would keep under a name.
fn number(record: &TailRecord<'_>, name: &str) -> Result<Option<i64>> {
    Ok(match name {
        "role" => Some(record.role.number()),
        "reach" => Some(record.permissions.to_bits()),
        "filled" => Some(i64::from(record.filled)),
        "valid_from" => record.valid_from.map(Instant::micros),
        "valid_to" => record.valid_to.map(Instant::micros),
        "recorded_at" => record.recorded_at.map(Instant::micros),
        _ => return Err(Error::invalid(format!("a registration has no number `{name}`"))),
    })
}

/// The column of a field, of contact text too.
fn column(live: &LiveRegistrations, field: Field) -> Option<&StoredColumn> {
    if Field::CONTACT_TEXT.contains(&field) {
        return live.contacts.as_ref().and_then(|it| it.field(field));
    }
    live.segment.field(field)
}
