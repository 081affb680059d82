//! Reading everything to see that it is whole.

use super::manifest::{FileEntry, Manifest, RegistrationEntry};
use crate::bytes::Hash;
use crate::error::{Error, ErrorKind, Result};
use crate::io::Directory;
use crate::segment::{ContactFile, RegistrationSegment, UnitSegment};
use crate::sidecar::{Amendment, Links, links_id, read_retired};

/// What [`Index::verify`](crate::Index::verify) read and found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// How many files the newest manifest names.
    pub files: u64,
    /// How many bytes were read.
    pub size_bytes: u64,
    /// The damage; empty where everything is whole.
    pub damage: Vec<Damage>,
}

impl Verification {
    /// Whether everything is whole.
    pub fn is_whole(&self) -> bool {
        self.damage.is_empty()
    }
}

/// A damaged file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Its path in the folder of the index.
    pub path: String,
    /// What is wrong with it, and where.
    pub message: String,
}

pub(super) fn verify(directory: &dyn Directory) -> Result<Verification> {
    let number = Manifest::newest(directory)?
        .ok_or_else(|| Error::not_found("the folder holds no index; create one"))?;
    let manifest = Manifest::read(directory, number)?;
    let mut found = Verification { files: 0, size_bytes: 0, damage: Vec::new() };
    for unit in &manifest.units {
        let mut id = None;
        found.check(&unit.file, directory, |bytes| {
            let segment = UnitSegment::open(bytes, &manifest.schema)?;
            id = Some(segment.id());
            segment.verify()
        })?;
        if let Some(retired) = &unit.retired {
            found.check(&retired.file, directory, |bytes| {
                // Without the segment there is no id to compare with; its own hash still checks.
                id.map_or(Ok(()), |id| read_retired(bytes, id, unit.rows).map(drop))
            })?;
        }
    }
    for entry in &manifest.registrations {
        found.check_registrations(entry, directory)?;
    }
    for entry in &manifest.links {
        found.check(&entry.file, directory, |bytes| {
            Links::open(bytes, links_id(entry.units, entry.registrations))?.verify()
        })?;
    }
    Ok(found)
}

impl Verification {
    fn check_registrations(
        &mut self,
        entry: &RegistrationEntry,
        directory: &dyn Directory,
    ) -> Result<()> {
        let mut id = None;
        self.check(&entry.file, directory, |bytes| {
            let segment = RegistrationSegment::open(bytes)?;
            id = Some(segment.id());
            segment.verify()
        })?;
        if let Some(amended) = &entry.amended {
            self.check(&amended.file, directory, |bytes| {
                let read = |id| Amendment::read(bytes, id, entry.rows, entry.keys).map(drop);
                id.map_or(Ok(()), read)
            })?;
        }
        // Contacts may have been left out, which is no damage.
        if let Some(contacts) = entry.contacts.as_ref().filter(|it| it.is_there(directory)) {
            self.check(contacts, directory, |bytes| {
                id.map_or(Ok(()), |id| ContactFile::open(bytes, id, entry.rows)?.verify())
            })?;
        }
        Ok(())
    }

    fn check(
        &mut self,
        file: &FileEntry,
        directory: &dyn Directory,
        read: impl FnOnce(crate::io::Bytes) -> Result<()>,
    ) -> Result<()> {
        self.files += 1;
        self.size_bytes += file.size_bytes;
        let checked = file.open(directory).and_then(|bytes| {
            read(bytes.clone())?;
            if Hash::of(&bytes) == file.hash {
                return Ok(());
            }
            Err(Error::corrupt("it is whole, but not the file that the manifest names"))
        });
        match checked {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == ErrorKind::Io => Err(error),
            Err(error) => {
                let damage = Damage { path: file.path.clone(), message: error.to_string() };
                self.damage.push(damage);
                Ok(())
            }
        }
    }
}
