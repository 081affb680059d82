//! Exports what a damaged log still holds.

use std::ops::Range;

use super::file::{FileHeader, Footer, file_path};
use super::follow::{Record, files};
use super::frame::{Frame, FrameHeader, Salt};
use super::scan::{candidates, said};
use crate::error::Result;
use crate::io::Directory;
use crate::limits::LOG_FILE_BYTES_MAX;

/// So many places are tried to find out the salt of a file whose header is damaged.
const SALT_TRIES_MAX: usize = 256;

/// A part of a damaged log.
///
/// # Examples
///
/// See [`salvage`].
#[non_exhaustive]
#[derive(Clone, Debug)]
pub enum Salvaged<'a> {
    /// A record of an intact frame.
    Record(Record<'a>),
    /// Bytes that are no intact frame: damage, or a last frame that was never finished.
    Bytes {
        /// The path of the file.
        file: &'a str,
        /// Where in the file they stand.
        place: Range<u64>,
    },
    /// Records of which nothing is left.
    Missing(Range<u64>),
}

/// Shows every record of every intact frame of a log, before and behind what is damaged, and what
/// is damaged or missing between them. Changes nothing.
///
/// It trusts each frame's own checksums and its sequence, not the chain, which damage breaks. A
/// record may come that was never acknowledged, or twice where a file was copied.
///
/// # Errors
///
/// `io` when a file cannot be read; what `visit` returns.
///
/// # Examples
///
/// ```
/// # use std::sync::Arc;
/// use seriatim::io::{AppendFile, Directory, MemoryDirectory};
/// use seriatim::log::{Log, LogId, LogOptions, Salvaged, salvage};
///
/// let folder = Arc::new(MemoryDirectory::new());
/// let log = Log::create(folder.clone(), "log", LogId([1; 16]), LogOptions::new([7; 16]))?;
/// for record in ["one", "two", "three"] {
///     log.append(&[record])?;
/// }
/// log.close()?;
/// let path = format!("log/{:020}.log", 0);
/// folder.append(&path)?.write_at(260, b"?")?; // in the second frame
///
/// let mut found = Vec::new();
/// salvage(&*folder, "log", &mut |part| {
///     found.push(match part {
///         Salvaged::Record(record) => String::from_utf8_lossy(record.bytes).into_owned(),
///         Salvaged::Missing(records) => format!("missing {records:?}"),
///         other => format!("{other:?}"),
///     });
///     Ok(())
/// })?;
/// assert_eq!(found[0], "one");
/// assert_eq!(found[2..], ["missing 1..2", "three"]);
/// # Ok::<(), seriatim::Error>(())
/// ```
pub fn salvage(
    directory: &dyn Directory,
    folder: &str,
    visit: &mut dyn FnMut(Salvaged<'_>) -> Result<()>,
) -> Result<()> {
    let mut next = None;
    for first in files(directory, folder)? {
        let path = file_path(folder, first);
        let bytes = directory.read(&path, 0..LOG_FILE_BYTES_MAX + 1)?;
        let next_or_first = next.or(Some(first));
        let mut file = Salvage {
            path: &path,
            salt: None,
            tries: 0,
            bytes: &bytes,
            at: 0,
            next: next_or_first,
        };
        file.run(visit)?;
        next = file.next;
    }
    Ok(())
}

struct Salvage<'a> {
    path: &'a str,
    /// None while it is unknown, because the header is damaged.
    salt: Option<Salt>,
    /// How often it was tried to find it out.
    tries: usize,
    bytes: &'a [u8],
    at: usize,
    /// The sequence of the next record.
    next: Option<u64>,
}

impl<'a> Salvage<'a> {
    fn run(&mut self, visit: &mut dyn FnMut(Salvaged<'_>) -> Result<()>) -> Result<()> {
        if let Ok(header) = FileHeader::decode(self.bytes) {
            self.salt = Some(header.salt());
            self.at = FileHeader::BYTES;
        }
        let mut from = self.at;
        for at in candidates(self.bytes) {
            if at < from {
                continue;
            }
            let here = self.bytes.get(at..).unwrap_or_default();
            if let Some(frame) = self.frame(here) {
                self.skip_to(at, visit)?;
                self.show(&frame, visit)?;
                self.at = at + frame.whole.len();
                from = self.at;
            } else if self.salt.is_some_and(|salt| Footer::decode(here, salt).is_some()) {
                self.skip_to(at, visit)?;
                self.at = at + Footer::BYTES;
                from = self.at;
            } else if let Some(header) = self.salt.and_then(|it| FrameHeader::decode(here, it)) {
                // Its length can be trusted, and nothing is read twice.
                from = at + FrameHeader::BYTES;
                let end = usize::try_from(header.length).ok().and_then(|it| from.checked_add(it));
                from = end.filter(|end| *end <= self.bytes.len()).unwrap_or(from);
            }
        }
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.skip_to(self.at + said(rest), visit)
    }

    /// An intact frame. Where the salt is unknown, the payload's own checksum proves it.
    fn frame(&mut self, here: &'a [u8]) -> Option<Frame<'a>> {
        let frame = if let Some(salt) = self.salt {
            Frame::decode(here, salt)?
        } else {
            self.tries += 1;
            let tried = FrameHeader::decode_any(here).filter(|_| self.tries <= SALT_TRIES_MAX);
            let (header, salt) = tried?;
            let frame = Frame::with_header(here, header).filter(|_| header.records > 0)?;
            frame.end()?;
            self.salt = Some(salt);
            frame
        };
        frame.end().map(|_| frame)
    }

    fn show(
        &mut self,
        frame: &Frame<'_>,
        visit: &mut dyn FnMut(Salvaged<'_>) -> Result<()>,
    ) -> Result<()> {
        let first = frame.header.sequence;
        if let Some(next) = self.next.filter(|next| *next < first) {
            visit(Salvaged::Missing(next..first))?;
        }
        for (bytes, sequence) in frame.records() {
            visit(Salvaged::Record(Record { sequence, bytes }))?;
        }
        self.next = frame.end().max(self.next);
        Ok(())
    }

    /// Shows what is passed over on the way to `at`.
    fn skip_to(&self, at: usize, visit: &mut dyn FnMut(Salvaged<'_>) -> Result<()>) -> Result<()> {
        if at <= self.at {
            return Ok(());
        }
        visit(Salvaged::Bytes { file: self.path, place: self.at as u64..at as u64 })
    }
}
