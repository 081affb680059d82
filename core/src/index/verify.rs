//! Reading everything to see that it is whole.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::live::{Follower, LOG_FOLDER, Tail};
use super::manifest::{FileEntry, LogEntry, Manifest, RegistrationEntry};
use crate::bytes::{Hash, Hasher};
use crate::error::{Error, ErrorKind, Result};
use crate::io::{Content, Directory};
use crate::limits::LOG_FILE_BYTES_MAX;
use crate::segment::{ContactFile, RegistrationSegment, UnitSegment};
use crate::sidecar::{Amendment, Links, links_id, read_retired};
use crate::tail::ContactFolder;

/// Bytes that are read at once.
const PIECE_BYTES: usize = 1 << 20;

/// What [`Index::verify`](crate::Index::verify) read and found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// How many files were read: those of the newest manifest that are there, and of the log.
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

pub(super) fn verify(shared: &Arc<dyn Directory>) -> Result<Verification> {
    let directory = &**shared;
    let number = Manifest::newest(directory)?
        .ok_or_else(|| Error::not_found("the folder holds no index; create one"))?;
    let manifest = Manifest::read(directory, number)?;
    let mut found = Verification { files: 0, size_bytes: 0, damage: Vec::new() };
    for unit in &manifest.units {
        let mut id = None;
        found.check(&unit.file, directory, |content| {
            let segment = UnitSegment::open(content, &manifest.schema)?;
            id = Some(segment.id());
            segment.verify()
        })?;
        if let Some(retired) = &unit.retired {
            found.check(&retired.file, directory, |content| {
                // Without the segment there is no id to compare with; its own hash still checks.
                id.map_or(Ok(()), |id| read_retired(content, id, unit.rows).map(drop))
            })?;
        }
    }
    for entry in &manifest.registrations {
        found.check_registrations(entry, directory)?;
    }
    for entry in &manifest.links {
        found.check(&entry.file, directory, |content| {
            Links::open(content, links_id(entry.units, entry.registrations))?.verify()
        })?;
    }
    if let Some(log) = &manifest.log {
        found.check_log(log, shared)?;
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
        self.check(&entry.file, directory, |content| {
            let segment = RegistrationSegment::open(content)?;
            id = Some(segment.id());
            segment.verify()
        })?;
        if let Some(amended) = &entry.amended {
            self.check(&amended.file, directory, |content| {
                let read = |id| Amendment::read(content, id, entry.rows, entry.keys).map(drop);
                id.map_or(Ok(()), read)
            })?;
        }
        // Contacts may have been left out, which is no damage.
        if let Some(contacts) = entry.contacts.as_ref().filter(|it| it.is_there(directory)) {
            self.check(contacts, directory, |content| {
                id.map_or(Ok(()), |id| ContactFile::open(content, id, entry.rows)?.verify())
            })?;
        }
        Ok(())
    }

    /// Reads the log, and every contact that it names.
    fn check_log(&mut self, log: &LogEntry, directory: &Arc<dyn Directory>) -> Result<()> {
        for name in directory.list(LOG_FOLDER)? {
            self.files += 1;
            let path = format!("{LOG_FOLDER}/{name}");
            self.size_bytes += directory.read(&path, 0..LOG_FILE_BYTES_MAX)?.len() as u64;
        }
        let follower = Follower::open(directory, log);
        let Some(follower) = self.sound(LOG_FOLDER, follower)? else { return Ok(()) };
        let (Tail { rows, contacts, .. }, mut read) = (follower.tail(directory), BTreeSet::new());
        for row in 0..rows.len() {
            let Some(place) = rows.record(row)?.contact else { continue };
            let path = ContactFolder::path(place.file);
            if self.damage.iter().any(|it| it.path == path) {
                continue;
            }
            // They may have been left out, which is no damage.
            if self.sound(&path, contacts.read(&place))?.flatten().is_some() {
                self.files += u64::from(read.insert(place.file));
                self.size_bytes += u64::from(place.length);
            }
        }
        Ok(())
    }

    fn check(
        &mut self,
        file: &FileEntry,
        directory: &dyn Directory,
        read: impl FnOnce(Content) -> Result<()>,
    ) -> Result<()> {
        self.files += 1;
        self.size_bytes += file.size_bytes;
        let checked = file.open(directory).and_then(|content| {
            read(content.clone())?;
            if hash_of(&content)? == file.hash {
                return Ok(());
            }
            Err(Error::corrupt("it is whole, but not the file that the manifest names"))
        });
        self.sound(&file.path, checked).map(drop)
    }

    /// What was read, or none where it is damaged, which is noted.
    fn sound<T>(&mut self, path: &str, read: Result<T>) -> Result<Option<T>> {
        match read {
            Ok(read) => Ok(Some(read)),
            Err(error) if error.kind() == ErrorKind::Io => Err(error),
            Err(error) => {
                let damage = Damage { path: path.to_owned(), message: error.to_string() };
                self.damage.push(damage);
                Ok(None)
            }
        }
    }
}

/// The hash of a whole file.
fn hash_of(content: &Content) -> Result<Hash> {
    let mut hasher = Hasher::default();
    for start in (0..content.len()).step_by(PIECE_BYTES) {
        hasher.update(&content.read(start..content.len().min(start + PIECE_BYTES))?);
    }
    Ok(hasher.finish())
}
