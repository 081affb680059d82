//! Reads a log from file to file, and checks that nothing is missing.

use std::sync::Arc;

use super::file::{FileHeader, LogId, file_path, first_of};
use super::head::{Head, Resume};
use super::scan::{Damage, Found, Place};
use crate::error::{Error, ErrorKind, Result};
use crate::io::Directory;
use crate::limits::LOG_FILE_BYTES_MAX;

/// A record of a log.
///
/// # Examples
///
/// ```
/// use seriatim::io::MemoryDirectory;
/// use seriatim::log::{Log, LogId, LogOptions, Reader, Resume};
///
/// let folder = std::sync::Arc::new(MemoryDirectory::new());
/// let log = Log::create(folder.clone(), "log", LogId([1; 16]), LogOptions::new([7; 16]))?;
/// log.append(&[b"one", b"two"])?;
///
/// let mut lengths = Vec::new();
/// Reader::open(folder, "log", Resume::from(1), &mut |record| {
///     lengths.push((record.sequence, record.bytes.len()));
///     Ok(())
/// })?;
/// assert_eq!(lengths, [(1, 3)]);
/// # Ok::<(), seriatim::Error>(())
/// ```
#[non_exhaustive]
#[derive(Clone, Copy)]
pub struct Record<'a> {
    /// Its number in the log, from 0, without gaps: the only order there is.
    pub sequence: u64,
    /// What was appended.
    pub bytes: &'a [u8],
}

impl std::fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Record({}, {} bytes)", self.sequence, self.bytes.len())
    }
}

/// What is done with each record that is read; an error ends the reading.
pub(super) type Visit<'a> = dyn FnMut(Record<'_>) -> Result<()> + 'a;

/// Where the reading of a log stands.
#[derive(Debug)]
pub(super) struct Follower {
    pub(super) directory: Arc<dyn Directory>,
    pub(super) folder: String,
    pub(super) id: LogId,
    resume: Resume,
    /// Whether the floor has been passed.
    floor_seen: bool,
    /// The first record of the file that is being read.
    pub(super) first: u64,
    pub(super) place: Place,
    pub(super) last: Last,
}

/// What the log ends with, as far as it has been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Last {
    /// A seal.
    Seal,
    /// A frame with records, or the header of a file.
    Unsealed,
    /// The footer of a full file, after which there is no other yet.
    Footer,
}

/// What stands behind the last frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Rest {
    /// The length of the last file.
    pub(super) length: u64,
    /// Bytes of a last frame that was never finished.
    pub(super) torn: u64,
}

impl Follower {
    /// Stands before the first record of the file that has the first record wanted.
    pub(super) fn start(
        directory: Arc<dyn Directory>,
        folder: &str,
        resume: Resume,
    ) -> Result<Self> {
        let files = files(&*directory, folder)?;
        let Some(earliest) = files.first() else {
            return Err(Error::not_found(format!("there is no log in `{folder}`; create one")));
        };
        let first = *files.iter().rev().find(|first| **first <= resume.from).ok_or_else(|| {
            Error::corrupt(format!(
                "{folder}: the log begins with record {earliest}, but record {} is not in a \
                 segment; restore its first files",
                resume.from
            ))
        })?;
        let header = read_header(&*directory, folder, first)?;
        let mut follower = Follower {
            place: after_header(&header),
            // What it speaks of may be in files that are not read, or not there any more.
            floor_seen: resume.floor.is_none_or(|floor| floor.sequence <= first),
            id: header.id,
            last: Last::Unsealed,
            folder: folder.to_owned(),
            directory,
            resume,
            first,
        };
        follower.pass_floor();
        Ok(follower)
    }

    /// Reads on to the end.
    ///
    /// Someone may be writing meanwhile. What looks damaged is therefore read a second time: a
    /// frame is finished before the next one is begun.
    pub(super) fn run(&mut self, visit: &mut Visit<'_>) -> Result<Rest> {
        let mut damaged_at = None;
        loop {
            let files = files(&*self.directory, &self.folder)?;
            let bytes = self.read()?;
            let (rest, damage) = self.read_frames(&bytes, visit)?;
            let at = (self.first, self.place.position);
            let Err(damage) = damage else {
                let next = files.iter().find(|first| **first > self.first);
                match (self.last, next) {
                    (Last::Footer, Some(next)) => self.enter(*next)?,
                    (_, None) => return self.finish(rest),
                    (_, Some(_)) if damaged_at == Some(at) => {
                        return Err(self.corrupt("the file has no end, but another follows it"));
                    }
                    (_, Some(_)) => damaged_at = Some(at),
                }
                continue;
            };
            if damaged_at == Some(at) {
                return Err(self.damaged(damage));
            }
            damaged_at = Some(at);
        }
    }

    pub(super) fn path(&self) -> String {
        file_path(&self.folder, self.first)
    }

    fn read(&self) -> Result<Vec<u8>> {
        let from = self.place.position;
        let bytes = self.directory.read(&self.path(), from..LOG_FILE_BYTES_MAX + 1)?;
        if from + bytes.len() as u64 > LOG_FILE_BYTES_MAX {
            return Err(self.corrupt("the file is longer than any file of a log"));
        }
        Ok(bytes)
    }

    /// Takes in the frames that `bytes` begin with.
    fn read_frames(
        &mut self,
        mut bytes: &[u8],
        visit: &mut Visit<'_>,
    ) -> Result<(Rest, Result<(), Damage>)> {
        let length = self.place.position + bytes.len() as u64;
        if self.last == Last::Footer {
            return Ok((Rest { length, torn: 0 }, Ok(())));
        }
        loop {
            match self.place.find(bytes) {
                Found::Frame(frame, head) => {
                    for (bytes, sequence) in frame.records() {
                        if sequence >= self.resume.from {
                            visit(Record { sequence, bytes })?;
                        }
                    }
                    self.place.head = head;
                    self.place.position += frame.whole.len() as u64;
                    self.last = if frame.header.records == 0 { Last::Seal } else { Last::Unsealed };
                    self.pass_floor();
                    bytes = bytes.get(frame.whole.len()..).unwrap_or_default();
                }
                Found::Footer => {
                    self.last = Last::Footer;
                    return Ok((Rest { length, torn: 0 }, Ok(())));
                }
                Found::End => return Ok((Rest { length, torn: 0 }, Ok(()))),
                Found::Torn(torn) => return Ok((Rest { length, torn }, Ok(()))),
                Found::Damaged(damage) => return Ok((Rest::default(), Err(damage))),
            }
        }
    }

    /// Goes on to the next file.
    fn enter(&mut self, first: u64) -> Result<()> {
        let head = self.place.head;
        if first != head.sequence {
            return Err(self.corrupt(format!(
                "the file ends before record {}, but the next begins with {first}; restore what \
                 is between",
                head.sequence
            )));
        }
        let header = read_header(&*self.directory, &self.folder, first)?;
        self.first = first;
        if header.id != self.id || header.previous != head.hash {
            return Err(self.corrupt("the file does not follow the one before it"));
        }
        self.place = after_header(&header);
        self.last = Last::Unsealed;
        self.pass_floor();
        Ok(())
    }

    fn pass_floor(&mut self) {
        self.floor_seen |= self.resume.floor == Some(self.place.head);
    }

    fn finish(&self, rest: Rest) -> Result<Rest> {
        if let Some(floor) = self.resume.floor
            && !self.floor_seen
        {
            return Err(self.corrupt(format!(
                "the log ends before record {}, and of what was acknowledged before record {} some \
                 is missing or another; restore it from a copy, or export what is left with \
                 `salvage`",
                self.place.head.sequence, floor.sequence
            )));
        }
        Ok(rest)
    }

    fn damaged(&self, damage: Damage) -> Error {
        self.corrupt(match damage {
            Damage::BeforeIntact(after) => format!(
                "the frame of record {} at byte {} is damaged, and an intact one follows at byte \
                 {}; nothing was changed; restore the file, or export what is left with `salvage`",
                self.place.head.sequence,
                self.place.position,
                self.place.position + after as u64
            ),
            Damage::OutOfOrder => format!(
                "what stands at byte {} does not follow what is before it",
                self.place.position
            ),
            Damage::Records => {
                format!("the frame at byte {} is not made of records", self.place.position)
            }
            Damage::BehindFooter => "something stands behind its end".to_owned(),
        })
    }

    fn corrupt(&self, found: impl Into<String>) -> Error {
        Error::corrupt(found).within(self.path())
    }
}

/// The first records of the files of a log, ascending.
pub(super) fn files(directory: &dyn Directory, folder: &str) -> Result<Vec<u64>> {
    Ok(directory.list(folder)?.iter().filter_map(|name| first_of(name)).collect())
}

fn read_header(directory: &dyn Directory, folder: &str, first: u64) -> Result<FileHeader> {
    let path = file_path(folder, first);
    let bytes = directory.read(&path, 0..FileHeader::BYTES as u64)?;
    let header = FileHeader::decode(&bytes).map_err(|error| match error.kind() {
        ErrorKind::Corrupt => error.within(format_args!("{path}: restore it from a copy")),
        _ => error.within(&path),
    })?;
    if header.first != first {
        let found = format!("the file begins with record {}; it was renamed", header.first);
        return Err(Error::corrupt(found).within(path));
    }
    Ok(header)
}

fn after_header(header: &FileHeader) -> Place {
    Place {
        salt: header.salt(),
        position: FileHeader::BYTES as u64,
        head: Head::after(header.first, &header.encode()),
    }
}
