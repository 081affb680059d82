//! The content of a file, in memory or read piece by piece.

use std::borrow::Cow;
use std::fmt;
use std::fs::File;
use std::ops::Range;
use std::sync::Arc;

use super::Bytes;
use crate::error::{Error, Result};

/// The content of a file that never changes: its bytes, or the open file, of which pieces are read
/// when they are asked for. Cloning shares it.
///
/// # Examples
///
/// ```
/// use seriatim::io::Content;
///
/// let content = Content::from(vec![1, 2, 3]);
/// assert_eq!(content.len(), 3);
/// assert_eq!(*content.read(1..3)?, [2, 3]);
/// assert_eq!(content.read(1..4).unwrap_err().kind(), seriatim::ErrorKind::Corrupt);
/// # Ok::<(), seriatim::Error>(())
/// ```
#[derive(Clone)]
pub struct Content(Source);

#[derive(Clone)]
enum Source {
    Bytes(Bytes),
    File(Arc<OpenFile>),
}

/// A file that is read by copying. It outlives its name.
struct OpenFile {
    file: File,
    length: usize,
    path: String,
}

impl Content {
    /// A file of the disk, which is read by copying.
    pub(super) fn of_file(file: File, length: u64, path: &str) -> Result<Self> {
        let length = usize::try_from(length)
            .map_err(|_| Error::unsupported(format!("{path} is too long for this system")))?;
        let file = OpenFile { file, length, path: path.to_owned() };
        Ok(Content(Source::File(Arc::new(file))))
    }

    /// How many bytes there are, or were when a file was opened.
    pub fn len(&self) -> usize {
        match &self.0 {
            Source::Bytes(bytes) => bytes.len(),
            Source::File(open) => open.length,
        }
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Some of the bytes: without copying where they are in memory.
    ///
    /// # Errors
    ///
    /// `corrupt` when there are not so many, or not any more; `io` when they cannot be read.
    pub fn read(&self, range: Range<usize>) -> Result<Cow<'_, [u8]>> {
        let Range { start, end } = range;
        let cut = || {
            let path = if let Source::File(open) = &self.0 { &open.path } else { "content" };
            Error::corrupt(format!(
                "{path}: there are no bytes {start} to {end}; the file is shorter than it was"
            ))
        };
        if start > end || end > self.len() {
            return Err(cut());
        }
        match &self.0 {
            Source::Bytes(bytes) => bytes.get(start..end).map(Cow::Borrowed).ok_or_else(cut),
            Source::File(open) => {
                let mut read = vec![0; end - start];
                match read_exact_at(&open.file, &mut read, start as u64) {
                    Ok(()) => Ok(Cow::Owned(read)),
                    Err(source) if source.kind() == std::io::ErrorKind::UnexpectedEof => Err(cut()),
                    Err(source) => Err(Error::io(format!("read {}", open.path), source)),
                }
            }
        }
    }

    /// All bytes, where they are in memory.
    pub(crate) fn in_memory(&self) -> Option<&[u8]> {
        match &self.0 {
            Source::Bytes(bytes) => Some(bytes),
            Source::File(_) => None,
        }
    }

    /// Asks the system to read both ends soon, without waiting for them.
    pub(crate) fn read_ends_ahead(&self) {
        if let Source::Bytes(bytes) = &self.0 {
            bytes.read_ends_ahead();
        }
    }
}

#[cfg(unix)]
fn read_exact_at(file: &File, into: &mut [u8], at: u64) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, into, at)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut into: &mut [u8], mut at: u64) -> std::io::Result<()> {
    while !into.is_empty() {
        let read = std::os::windows::fs::FileExt::seek_read(file, into, at)?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        into = into.get_mut(read..).unwrap_or_default();
        at += read as u64;
    }
    Ok(())
}

impl From<Bytes> for Content {
    fn from(bytes: Bytes) -> Self {
        Content(Source::Bytes(bytes))
    }
}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Content({})", self.len())
    }
}
