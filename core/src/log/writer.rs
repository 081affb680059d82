//! Writes frames, one file after the other.

use std::sync::Arc;

use super::file::{FileHeader, Footer, LogId, file_path};
use super::follow::{Follower, Last, Rest};
use super::frame::{FrameHeader, Salt};
use super::head::Head;
use super::options::LogOptions;
use crate::bytes::{Hash, Hasher, crc32c};
use crate::error::{Error, Result};
use crate::io::{AppendFile, Directory};

const SUFFIX_NEW: &str = ".new";

/// Where files are made, and with what.
#[derive(Debug)]
pub(super) struct Files {
    pub(super) directory: Arc<dyn Directory>,
    pub(super) folder: String,
    pub(super) id: LogId,
    pub(super) options: LogOptions,
}

/// The end of a log, where it grows. After an error it must not be used again.
#[derive(Debug)]
pub(super) struct Writer {
    files: Files,
    file: Box<dyn AppendFile>,
    /// The first record of the file.
    first: u64,
    salt: Salt,
    /// Where the next frame goes.
    position: u64,
    /// The length of the file; zeros stand from `position` on.
    length: u64,
    head: Head,
    sealed: bool,
}

impl Files {
    /// Removes the beginnings of files that a crash kept from being published.
    pub(super) fn remove_drafts(&self) -> Result<()> {
        for name in self.directory.list(&self.folder)? {
            if name.ends_with(SUFFIX_NEW) {
                self.directory.remove(&format!("{}/{name}", self.folder))?;
            }
        }
        Ok(())
    }

    /// Begins the file after `head`, and makes it lasting.
    pub(super) fn begin(self, head: Head) -> Result<Writer> {
        let nonce = self.nonce(head)?;
        let header = FileHeader { id: self.id, first: head.sequence, previous: head.hash, nonce };
        let whole = header.encode();
        let path = file_path(&self.folder, head.sequence);
        let draft = format!("{path}{SUFFIX_NEW}");
        let mut file = self.directory.create(&draft)?;
        file.write(&whole)?;
        file.sync()?;
        drop(file);
        self.directory.publish(&draft, &path)?;
        self.directory.sync(&self.folder)?;
        Ok(Writer {
            file: self.directory.append(&path)?,
            first: header.first,
            salt: header.salt(),
            position: whole.len() as u64,
            length: whole.len() as u64,
            head: Head::after(head.sequence, &whole),
            sealed: false,
            files: self,
        })
    }

    /// Another one for each file, from the one of this writer.
    fn nonce(&self, head: Head) -> Result<[u8; FileHeader::NONCE_BYTES]> {
        let mut hasher = Hasher::default();
        hasher.update(&self.options.nonce);
        hasher.update(&self.id.0);
        hasher.update(&head.sequence.to_le_bytes());
        hasher.update(&head.hash.0);
        let Hash(hash) = hasher.finish();
        let nonce = hash.first_chunk().ok_or_else(|| Error::invalid("a hash is too short"))?;
        Ok(*nonce)
    }
}

impl Writer {
    /// Goes on where the reading of a log ended: a torn tail is cut off, what was read is made
    /// lasting, and the end is sealed.
    pub(super) fn resume(log: Follower, rest: Rest, options: LogOptions) -> Result<Self> {
        let path = log.path();
        let files = Files { directory: log.directory, folder: log.folder, id: log.id, options };
        files.remove_drafts()?;
        let mut writer = Writer {
            file: files.directory.append(&path)?,
            first: log.first,
            salt: log.place.salt,
            position: log.place.position,
            length: rest.length,
            head: log.place.head,
            sealed: log.last == Last::Seal,
            files,
        };
        if rest.torn > 0 {
            writer.file.truncate(writer.position)?;
            writer.length = writer.position;
        }
        // What was read may be in the system's memory only, left by a writer that was killed. It
        // must be lasting before anything is written behind it: of two frames that are not, a crash
        // may keep the second.
        writer.file.sync()?;
        writer.files.directory.sync(&writer.files.folder)?;
        if log.last == Last::Footer {
            writer = writer.files.begin(log.place.head)?;
        }
        writer.seal()
    }

    pub(super) fn head(&self) -> Head {
        self.head
    }

    pub(super) fn files(&self) -> &Files {
        &self.files
    }

    /// Writes `records` records and makes them lasting. `frame` is room for the header, and then
    /// the payload; it is as long afterwards.
    pub(super) fn commit(self, frame: &mut Vec<u8>, records: u32) -> Result<Self> {
        let mut writer = self;
        let end = writer.position + (frame.len() + Footer::BYTES) as u64;
        // A file is named by its first record, so one without records is gone on with.
        if end > writer.files.options.file_bytes && writer.head.sequence > writer.first {
            writer = writer.rotate()?;
        }
        writer.write_frame(frame, records)?;
        writer.file.sync()?;
        Ok(writer)
    }

    /// Writes a frame without records, so that damage to the last records is told from a crash.
    pub(super) fn seal(self) -> Result<Self> {
        if self.sealed {
            return Ok(self);
        }
        self.commit(&mut vec![0; FrameHeader::BYTES], 0)
    }

    fn write_frame(&mut self, frame: &mut Vec<u8>, records: u32) -> Result<()> {
        let payload = frame.get(FrameHeader::BYTES..).unwrap_or_default();
        let too_much = || Error::invalid("a batch of a log is too long");
        let header = FrameHeader {
            length: u32::try_from(payload.len()).map_err(|_| too_much())?,
            records,
            sequence: self.head.sequence,
            previous: self.head.hash,
            payload_check: crc32c(payload),
        };
        let end = header.sequence.checked_add(u64::from(records)).ok_or_else(too_much)?;
        let header = header.encode(self.salt);
        frame.get_mut(..FrameHeader::BYTES).ok_or_else(too_much)?.copy_from_slice(&header);
        let head = Head::after(end, frame);
        let whole = frame.len();
        self.write(frame)?;
        frame.truncate(whole);
        self.head = head;
        self.sealed = records == 0;
        Ok(())
    }

    /// Writes at the end, with room behind it where the file must grow.
    fn write(&mut self, bytes: &mut Vec<u8>) -> Result<()> {
        let end = self.position + bytes.len() as u64;
        if end > self.length {
            let room = end.next_multiple_of(self.files.options.room_bytes) - end;
            bytes.resize(bytes.len() + usize::try_from(room).unwrap_or_default(), 0);
            self.length = end + room;
        }
        self.file.write_at(self.position, bytes)?;
        self.position = end;
        Ok(())
    }

    /// Ends the file and begins the next one.
    fn rotate(mut self) -> Result<Self> {
        let footer =
            Footer { next: self.head.sequence, head: self.head.hash, position: self.position };
        self.write(&mut footer.encode(self.salt))?;
        self.file.sync()?;
        self.files.begin(self.head)
    }
}
