//! What an index asks of the place it is kept in.

use std::fmt::Debug;
use std::ops::Range;

use super::{Bytes, Content};
use crate::error::{Error, Result};

/// A folder of files that are written once, published whole and never changed.
///
/// Logs alone grow after they are published: they are written through
/// [`append`](Directory::append), and read by copying with [`read`](Directory::read), never mapped.
///
/// Paths are relative, with `/` between names, and `""` is the folder itself. Names are made by the
/// library, never taken from input: lower-case ASCII letters, digits, `-`, `_` and `.`, and no dot
/// in front. Everything else is refused with `invalid_argument`.
///
/// Nothing is lasting until the file's writer and then [`sync`](Directory::sync) of its folder have
/// returned. A reader needs [`open`](Directory::open) and [`list`](Directory::list) only.
///
/// # Examples
///
/// ```
/// use seriatim::io::{Directory, MemoryDirectory};
///
/// let folder = MemoryDirectory::new();
/// let mut file = folder.create("units/new.tmp")?;
/// file.write(b"whole")?;
/// file.sync()?;
/// folder.publish("units/new.tmp", "units/0001.seg")?;
/// folder.sync("units")?;
///
/// assert_eq!(&*folder.open("units/0001.seg")?, b"whole");
/// assert_eq!(folder.list("units")?, ["0001.seg"]);
/// # Ok::<(), seriatim::Error>(())
/// ```
pub trait Directory: Debug + Send + Sync {
    /// The content of a file, all of it.
    ///
    /// A file on disk may be mapped rather than read: whoever shortens or rewrites it in place while
    /// it is open breaks the reading process. Removing it or replacing its name does not.
    ///
    /// # Errors
    ///
    /// `not_found` when there is no such file; `io` when it cannot be read.
    fn open(&self, path: &str) -> Result<Bytes>;

    /// The content of a file that may be read piece by piece, when it is asked for. Unless a
    /// directory does it otherwise, it is what [`open`](Directory::open) gives.
    ///
    /// # Errors
    ///
    /// As [`open`](Directory::open).
    fn content(&self, path: &str) -> Result<Content> {
        self.open(path).map(Content::from)
    }

    /// A copy of some bytes of a file, fewer of them where the file ends before: for files that
    /// still grow.
    ///
    /// # Errors
    ///
    /// `not_found` when there is no such file; `io` when it cannot be read.
    fn read(&self, path: &str, range: Range<u64>) -> Result<Vec<u8>>;

    /// Opens a file that exists, to let it grow. Only the one writer may.
    ///
    /// # Errors
    ///
    /// `not_found` when there is no such file; `io` when it cannot be opened for writing.
    fn append(&self, path: &str) -> Result<Box<dyn AppendFile>>;

    /// Begins a new file, with the folders above it where they are missing.
    ///
    /// # Errors
    ///
    /// `conflict` when the path is taken; `io` when the file cannot be made.
    fn create(&self, path: &str) -> Result<Box<dyn FileWriter>>;

    /// Gives a finished file its lasting name, all at once, and removes the first name.
    ///
    /// Of several callers that publish to one name, exactly one succeeds. Sync the file before, and
    /// the folder after.
    ///
    /// # Errors
    ///
    /// `conflict` when `to` exists, and nothing is changed; `not_found` when `from` does not; `io`
    /// when the disk refuses, as one without hard links does.
    fn publish(&self, from: &str, to: &str) -> Result<()>;

    /// Removes a file's name. Whoever has the file open keeps its content.
    ///
    /// # Errors
    ///
    /// `not_found` when there is no such file; `io` when it cannot be removed.
    fn remove(&self, path: &str) -> Result<()>;

    /// The names of the files in a folder, ascending; none where there is no such folder.
    ///
    /// Folders, and files whose names the library would not give, are left out.
    ///
    /// # Errors
    ///
    /// `io` when the folder cannot be read.
    fn list(&self, folder: &str) -> Result<Vec<String>>;

    /// Makes the names in a folder, and the folder itself, lasting.
    ///
    /// # Errors
    ///
    /// `not_found` when there is no such folder; `io` when the disk refuses; what is lasting is
    /// unknown then, so do not acknowledge anything.
    fn sync(&self, folder: &str) -> Result<()>;

    /// Becomes the one writer, until the lock is dropped.
    ///
    /// # Errors
    ///
    /// `conflict` when there is a writer already, in this process or another.
    fn lock(&self) -> Result<Box<dyn Lock>>;
}

/// A file being written, from its start to its end.
///
/// After a failed call every later call fails: what the disk holds is unknown then. Make the file
/// anew under another name.
pub trait FileWriter: Send {
    /// Appends bytes, which may be held back until [`sync`](FileWriter::sync).
    ///
    /// # Errors
    ///
    /// `io` when the disk refuses, now or at an earlier call.
    fn write(&mut self, bytes: &[u8]) -> Result<()>;

    /// Makes everything written so far lasting; a file that is dropped without it has no promise.
    ///
    /// # Errors
    ///
    /// `io` when the disk refuses, now or at an earlier call; it must not be tried again.
    fn sync(&mut self) -> Result<()>;
}

/// A file that grows.
///
/// After a failed call every later call fails: what the disk holds is unknown then. A child that was
/// forked meanwhile cannot write to it: `conflict`.
pub trait AppendFile: Debug + Send {
    /// Writes bytes at a place at or before the end; what goes past the end makes the file longer.
    ///
    /// # Errors
    ///
    /// `io` when the disk refuses, now or at an earlier call.
    fn write_at(&mut self, at: u64, bytes: &[u8]) -> Result<()>;

    /// Cuts the file to a length.
    ///
    /// # Errors
    ///
    /// `io` when the disk refuses, now or at an earlier call.
    fn truncate(&mut self, length: u64) -> Result<()>;

    /// Makes the content and the length lasting.
    ///
    /// # Errors
    ///
    /// `io` when the disk refuses, now or at an earlier call; it must not be tried again.
    fn sync(&mut self) -> Result<()>;
}

/// The right to write, given back when it is dropped.
pub trait Lock: Debug + Send + Sync {
    /// Whether this process took it. A child that was forked meanwhile has a copy, which gives it no
    /// right to write.
    fn is_ours(&self) -> bool {
        true
    }
}

/// Refuses a path the library would not make; `""`, the folder itself, passes.
pub(super) fn check_folder(path: &str) -> Result<()> {
    if path.is_empty() || path.split('/').all(is_our_name) {
        return Ok(());
    }
    Err(Error::invalid(format!(
        "`{path}` is not a path of an index; names have lower-case letters, digits, `-`, `_`, `.`"
    )))
}

/// Refuses a path the library would not make for a file.
pub(super) fn check_file(path: &str) -> Result<()> {
    if path.is_empty() {
        return Err(Error::invalid("a file needs a name"));
    }
    check_folder(path)
}

/// Whether the library gives such names.
pub(super) fn is_our_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('.')
        && name.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte)
        })
}
