//! The files of a log: their names, what each begins with, and what a full one ends with.

use std::fmt;

use super::frame::Salt;
use crate::bytes::{Cursor, Hash, PutBytes, crc32c, write_hex};
use crate::error::{Error, Result};

/// The version this release writes, and the only one it reads.
const FORMAT_VERSION: u32 = 0;
const HEADER_MAGIC: [u8; 8] = [0x89, b'L', b'O', b'G', 0x0D, 0x0A, 0x1A, 0x0A];
pub(super) const FOOTER_MAGIC: [u8; 8] = [0x89, b'F', b'U', b'L', 0x0D, 0x0A, 0x1A, 0x0A];
const SUFFIX: &str = ".log";
const DIGITS: usize = 20;

/// What a log is named by; its text is 32 lower-case hexadecimal digits.
///
/// # Examples
///
/// ```
/// use seriatim::log::LogId;
///
/// assert_eq!(LogId([0xA5; 16]).to_string(), "a5".repeat(16));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogId(pub [u8; LogId::BYTES]);

impl LogId {
    /// The bytes of an id.
    pub const BYTES: usize = 16;
}

impl fmt::Display for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(f, &self.0)
    }
}

impl fmt::Debug for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The place of a log that the file beginning with the record `first` has.
pub(super) fn file_path(folder: &str, first: u64) -> String {
    format!("{folder}/{first:0DIGITS$}{SUFFIX}")
}

/// The first record of a file, by its name; none where it is no file of a log.
pub(super) fn first_of(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(SUFFIX)?;
    let first = digits.parse().ok()?;
    (format!("{first:0DIGITS$}") == digits).then_some(first)
}

/// What a file of a log begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FileHeader {
    pub(super) id: LogId,
    /// The sequence of its first record.
    pub(super) first: u64,
    /// The head of the file before; zeros in the first file of a log.
    pub(super) previous: Hash,
    pub(super) nonce: [u8; FileHeader::NONCE_BYTES],
}

impl FileHeader {
    pub(super) const BYTES: usize = 128;
    pub(super) const NONCE_BYTES: usize = 16;
    const ZEROS: usize = 36;

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(FileHeader::BYTES);
        out.extend(HEADER_MAGIC);
        out.put_u32(FORMAT_VERSION);
        out.put_u32(0);
        out.extend(self.id.0);
        out.put_u64(self.first);
        out.extend(self.previous.0);
        out.extend(self.nonce);
        out.extend([0; FileHeader::ZEROS]);
        out.put_u32(crc32c(&out));
        out
    }

    /// Reads the header of a file of any version far enough to tell damage from novelty.
    pub(super) fn decode(bytes: &[u8]) -> Result<Self> {
        let mut whole = Cursor::new("log header", bytes);
        let said = whole.slice(FileHeader::BYTES - size_of::<u32>())?;
        let mut cursor = Cursor::new("log header", said);
        if cursor.take()? != HEADER_MAGIC {
            return Err(cursor.corrupt("not a file of a log"));
        }
        if crc32c(said) != whole.u32()? {
            return Err(cursor.corrupt("fails its checksum"));
        }
        let version = cursor.u32()?;
        if version != FORMAT_VERSION {
            return Err(Error::unsupported(format!(
                "log header: format {version}, but this release reads format {FORMAT_VERSION}"
            )));
        }
        let reserved = cursor.u32()?;
        let header = FileHeader {
            id: LogId(cursor.take()?),
            first: cursor.u64()?,
            previous: Hash(cursor.take()?),
            nonce: cursor.take()?,
        };
        if reserved != 0 || cursor.rest().iter().any(|byte| *byte != 0) {
            return Err(cursor.corrupt("reserved bytes are not zero"));
        }
        Ok(header)
    }

    pub(super) fn salt(&self) -> Salt {
        Salt::of(&self.nonce)
    }
}

/// What a full file ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Footer {
    /// The sequence of the first record of the next file.
    pub(super) next: u64,
    /// The hash of the last frame.
    pub(super) head: Hash,
    /// Where it stands in the file.
    pub(super) position: u64,
}

impl Footer {
    pub(super) const BYTES: usize = 64;
    const CHECKED_BYTES: usize = Footer::BYTES - size_of::<u32>();

    pub(super) fn encode(&self, salt: Salt) -> Vec<u8> {
        let mut out = Vec::with_capacity(Footer::BYTES);
        out.extend(FOOTER_MAGIC);
        out.put_u64(self.next);
        out.extend(self.head.0);
        out.put_u64(self.position);
        out.put_u32(0);
        out.put_u32(salt.check(&out));
        out
    }

    /// The footer that `bytes` begin with, if there is one and it is intact.
    pub(super) fn decode(bytes: &[u8], salt: Salt) -> Option<Self> {
        let mut cursor = Cursor::new("log footer", bytes);
        if cursor.take().ok()? != FOOTER_MAGIC {
            return None;
        }
        let footer = Footer {
            next: cursor.u64().ok()?,
            head: Hash(cursor.take().ok()?),
            position: cursor.u64().ok()?,
        };
        let reserved = cursor.u32().ok()?;
        let checked = bytes.get(..Footer::CHECKED_BYTES)?;
        (salt.check(checked) == cursor.u32().ok()? && reserved == 0).then_some(footer)
    }
}
