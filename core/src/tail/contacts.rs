//! Names and contacts of registrations that are in no segment yet.
//!
//! They stand in files that grow, apart from the log: what is to be forgotten later can be taken
//! out of them while the log stays whole. A record of the log names the place of its text and holds
//! a hash of it with a salt, so that the text cannot be guessed from the log once it is gone.

use std::sync::Arc;

use super::record::ContactPlace;
use crate::bytes::{Cursor, Hash, PutBytes};
use crate::error::{Error, ErrorKind, Result};
use crate::io::{AppendFile, Directory};
use crate::registry::ContactText;

const FOLDER: &str = "contacts";
const PREFIX: &str = "live-";
const SUFFIX: &str = ".txt";
/// What every file begins with: a name that no text has, and the version.
const HEADER: [u8; 12] = [0x89, b'C', b'O', b'N', 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0];
const SALT_BYTES: usize = 16;
/// How long a file may grow before the next one begins.
const FILE_BYTES_MAX: u64 = 64 << 20;
const FIELDS: usize = 6;

/// The files of contacts in the folder of an index.
#[derive(Clone, Debug)]
pub(crate) struct ContactFolder {
    directory: Arc<dyn Directory>,
}

impl ContactFolder {
    pub(crate) fn new(directory: Arc<dyn Directory>) -> Self {
        ContactFolder { directory }
    }

    /// Where a file is.
    pub(crate) fn path(file: u64) -> String {
        format!("{FOLDER}/{PREFIX}{file:06}{SUFFIX}")
    }

    /// Whether a file of the folder of contacts is one of these.
    pub(crate) fn owns(name: &str) -> bool {
        number_of(name).is_some()
    }

    /// The numbers of the files that are there, ascending.
    pub(crate) fn files(&self) -> Result<Vec<u64>> {
        let names = self.directory.list(FOLDER)?;
        Ok(names.iter().filter_map(|name| number_of(name)).collect())
    }

    /// Removes a file.
    pub(crate) fn remove(&self, file: u64) -> Result<()> {
        self.directory.remove(&ContactFolder::path(file))
    }

    /// The text that stands at a place; none where the file was left out.
    ///
    /// # Errors
    ///
    /// `corrupt` where something else stands there; `io`.
    pub(crate) fn read(&self, place: &ContactPlace) -> Result<Option<ContactText>> {
        let path = ContactFolder::path(place.file);
        let end = place.start.saturating_add(u64::from(place.length));
        let bytes = match self.directory.read(&path, place.start..end) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            read => read?,
        };
        if Hash::of(&bytes) != place.commitment {
            return Err(Error::corrupt(format!(
                "at byte {} stands another contact than the log says; restore the file from a copy",
                place.start
            ))
            .within(path));
        }
        decode(bytes.get(SALT_BYTES..).unwrap_or_default())
            .map(Some)
            .map_err(|error| error.within(path))
    }
}

/// Writes contacts, and makes them lasting.
#[derive(Debug)]
pub(crate) struct ContactWriter {
    directory: Arc<dyn Directory>,
    secret: Secret,
    salted: u64,
    file: u64,
    open: Option<Box<dyn AppendFile>>,
    /// Where the next text goes, and how far the file reaches.
    end: u64,
    reach: u64,
    /// How far it is made longer at a time: writing where there is room costs less to make lasting.
    room_bytes: u64,
    waiting: Vec<u8>,
}

/// What salts are made of; whoever knows it can tell texts from the log. Never shown.
struct Secret([u8; 32]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl ContactWriter {
    /// A writer that begins a file of its own once there is something to write.
    pub(crate) fn new(
        directory: Arc<dyn Directory>,
        secret: [u8; 32],
        room_bytes: u64,
    ) -> Result<Self> {
        let last = ContactFolder::new(Arc::clone(&directory)).files()?.last().copied();
        Ok(ContactWriter {
            directory,
            secret: Secret(secret),
            salted: 0,
            file: last.map_or(1, |last| last.saturating_add(1)),
            open: None,
            end: HEADER.len() as u64,
            reach: HEADER.len() as u64,
            room_bytes,
            waiting: Vec::new(),
        })
    }

    /// Takes in a text; nothing is written before [`commit`](Self::commit).
    pub(crate) fn add(&mut self, contact: &ContactText) -> Result<Option<ContactPlace>> {
        if *contact == ContactText::default() {
            return Ok(None);
        }
        self.salted += 1;
        let salt = Hash::of(&[&self.secret.0[..], &self.salted.to_le_bytes()].concat());
        let mut bytes = salt.0.iter().copied().take(SALT_BYTES).collect::<Vec<u8>>();
        encode(contact, &mut bytes);
        let length = u32::try_from(bytes.len());
        let length = length.map_err(|_| Error::invalid("a contact is too long to be kept"))?;
        let start = self.end + self.waiting.len() as u64;
        let commitment = Hash::of(&bytes);
        self.waiting.extend_from_slice(&bytes);
        Ok(Some(ContactPlace { file: self.file, start, length, commitment }))
    }

    /// Makes lasting what was added.
    pub(crate) fn commit(&mut self) -> Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let after = self.end + self.waiting.len() as u64;
        if after > self.reach {
            self.reach = after + self.room_bytes;
            let room = usize::try_from(self.room_bytes).unwrap_or(0);
            self.waiting.resize(self.waiting.len() + room, 0);
        }
        if let Some(open) = &mut self.open {
            open.write_at(self.end, &self.waiting)?;
            open.sync()?;
        } else {
            self.begin()?;
        }
        self.waiting.clear();
        self.end = after;
        if self.end > FILE_BYTES_MAX {
            self.open = None;
            self.file = self.file.saturating_add(1);
            (self.end, self.reach) = (HEADER.len() as u64, HEADER.len() as u64);
        }
        Ok(())
    }

    /// Makes the file, with what waits.
    fn begin(&mut self) -> Result<()> {
        let path = ContactFolder::path(self.file);
        let mut file = self.directory.create(&path)?;
        file.write(&HEADER)?;
        file.write(&self.waiting)?;
        file.sync()?;
        drop(file);
        self.directory.sync(FOLDER)?;
        self.open = Some(self.directory.append(&path)?);
        Ok(())
    }
}

fn number_of(name: &str) -> Option<u64> {
    let number = name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?.parse().ok()?;
    (ContactFolder::path(number).strip_prefix(FOLDER)?.strip_prefix('/')? == name).then_some(number)
}

/// Appends a bit for each field that is there, and their texts.
fn encode(contact: &ContactText, out: &mut Vec<u8>) {
    let fields: [&Option<String>; FIELDS] = [
        &contact.name,
        &contact.email,
        &contact.phone,
        &contact.street,
        &contact.postal_code,
        &contact.city,
    ];
    let there = fields.iter().enumerate().map(|(at, it)| u8::from(it.is_some()) << at);
    out.push(there.sum());
    for text in fields.into_iter().flatten() {
        out.put_varint(text.len() as u64);
        out.extend_from_slice(text.as_bytes());
    }
}

fn decode(bytes: &[u8]) -> Result<ContactText> {
    let mut cursor = Cursor::new("a contact", bytes);
    let there = cursor.u8()?;
    let mut field = |at: u8| -> Result<Option<String>> {
        if there >> at & 1 == 0 {
            return Ok(None);
        }
        let length = cursor.varint()?;
        let length = cursor.count(length, 1)?;
        let text = std::str::from_utf8(cursor.slice(length)?);
        text.map(|it| Some(it.to_owned())).map_err(|_| cursor.corrupt("a text is not UTF-8"))
    };
    let contact = ContactText {
        name: field(0)?,
        email: field(1)?,
        phone: field(2)?,
        street: field(3)?,
        postal_code: field(4)?,
        city: field(5)?,
    };
    cursor.finish()?;
    Ok(contact)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::MemoryDirectory;

    fn contact(n: u32) -> ContactText {
        ContactText {
            name: Some(format!("N {n}")),
            city: n.is_multiple_of(2).then(|| "Ås".into()),
            ..ContactText::default()
        }
    }

    #[test]
    fn contacts_are_read_where_they_were_written() {
        let directory: Arc<dyn Directory> = Arc::new(MemoryDirectory::new());
        let folder = ContactFolder::new(Arc::clone(&directory));
        let mut places = Vec::new();
        for _ in 0..2 {
            let mut writer = ContactWriter::new(Arc::clone(&directory), [7; 32], 64).unwrap();
            for n in 0..50 {
                places.push((n, writer.add(&contact(n)).unwrap().unwrap()));
                if n % 3 == 0 {
                    writer.commit().unwrap();
                }
            }
            writer.commit().unwrap();
            assert_eq!(writer.add(&ContactText::default()).unwrap(), None);
        }
        assert_eq!(folder.files().unwrap(), [1, 2]);
        for (n, place) in &places {
            assert!(folder.read(place).unwrap().unwrap() == contact(*n));
        }
        let commitments: std::collections::BTreeSet<_> =
            places.iter().map(|it| it.1.commitment).collect();
        assert_eq!(commitments.len(), 50, "the two writers had the same secret");

        folder.remove(1).unwrap();
        assert!(folder.read(&places[0].1).unwrap().is_none());
        let (_, mut moved) = places[99];
        moved.start -= 1;
        assert_eq!(folder.read(&moved).unwrap_err().kind(), ErrorKind::Corrupt);
    }

    #[test]
    fn a_commitment_does_not_tell_the_text() {
        let directory: Arc<dyn Directory> = Arc::new(MemoryDirectory::new());
        let mut writer = ContactWriter::new(directory, [7; 32], 64).unwrap();
        let [one, two] = [0, 0].map(|n| writer.add(&contact(n)).unwrap().unwrap().commitment);
        assert_ne!(one, two, "the same text twice");
    }

    #[test]
    fn only_names_that_are_written_are_owned() {
        for (name, owned) in [
            ("live-000001.txt", true),
            ("live-1.txt", false),
            ("a1.con", false),
            ("live-.txt", false),
        ] {
            assert_eq!(ContactFolder::owns(name), owned, "{name}");
        }
    }
}
