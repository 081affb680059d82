//! A folder of the disk.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process;

use super::directory::{
    AppendFile, Directory, FileWriter, Lock, check_file, check_folder, is_our_name,
};
use super::mmap::Mapped;
use super::{Bytes, Content};
use crate::error::{Error, Result};

/// Held by the writer; its content means nothing.
const LOCK_FILE: &str = "writer.lock";
/// Small writes are gathered to this many bytes.
const BUFFER_BYTES: usize = 1 << 20;

/// A folder of the disk, whose files are mapped into memory when they are opened, unless they are to
/// be [copied](DiskDirectory::copying).
///
/// Publishing needs hard links, which every common local file system has.
///
/// # Examples
///
/// ```
/// use seriatim::io::{Directory, DiskDirectory};
///
/// # let place = tempfile::tempdir().unwrap();
/// # let path = place.path().join("plant.seriatim");
/// let folder = DiskDirectory::create(&path)?;
/// let lock = folder.lock()?;
/// assert_eq!(folder.lock().unwrap_err().kind(), seriatim::ErrorKind::Conflict);
/// # Ok::<(), seriatim::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct DiskDirectory {
    root: PathBuf,
    reads: Reads,
}

/// How files are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reads {
    Mapped,
    Copied,
}

impl DiskDirectory {
    /// A folder that exists. Writes nothing.
    ///
    /// # Errors
    ///
    /// `not_found` when there is no such folder.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let root = path.as_ref();
        match fs::metadata(root) {
            Ok(found) if found.is_dir() => {
                Ok(DiskDirectory { root: root.to_owned(), reads: Reads::Mapped })
            }
            Ok(_) => Err(Error::not_found(format!("`{}` is a file, not a folder", root.display()))),
            Err(source) => {
                Err(Error::from_system(format!("open the folder `{}`", root.display()), source))
            }
        }
    }

    /// A folder that is made, with those above it, where it does not exist yet.
    ///
    /// # Errors
    ///
    /// `io` when it cannot be made.
    pub fn create(path: impl AsRef<Path>) -> Result<Self> {
        let root = path.as_ref();
        make_folders(root).map_err(|source| {
            Error::from_system(format!("make the folder `{}`", root.display()), source)
        })?;
        DiskDirectory::open(root)
    }

    /// Reads files by copying, for folders into which others write or that are far away: a file that
    /// is cut or cannot be read is then an error, where one that is mapped ends the process.
    ///
    /// A section of a file is read when it is first asked for, and kept for as long as the file is
    /// open, in memory that no other process shares.
    ///
    /// # Examples
    ///
    /// ```
    /// use seriatim::io::DiskDirectory;
    /// use seriatim::{Index, Schema};
    ///
    /// # let place = tempfile::tempdir().unwrap();
    /// # let path = place.path().join("plant.seriatim");
    /// Index::create(&path, Schema::default())?;
    /// let index = Index::open_in(DiskDirectory::open(&path)?.copying())?;
    /// assert_eq!(index.snapshot().units(), 0);
    /// # Ok::<(), seriatim::Error>(())
    /// ```
    #[must_use]
    pub fn copying(self) -> Self {
        DiskDirectory { reads: Reads::Copied, ..self }
    }

    fn file(&self, path: &str) -> Result<PathBuf> {
        check_file(path)?;
        Ok(self.root.join(path))
    }

    /// Opens a file for reading; says how long it is.
    fn opened(&self, path: &str) -> Result<(File, u64)> {
        let what = || format!("open {path}");
        let file =
            File::open(self.file(path)?).map_err(|source| Error::from_system(what(), source))?;
        let found = file.metadata().map_err(|source| Error::from_system(what(), source))?;
        if !found.is_file() {
            return Err(Error::not_found(format!("{path} is no file")));
        }
        Ok((file, found.len()))
    }

    fn new_file(&self, path: &str) -> Result<PathBuf> {
        let file = self.file(path)?;
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).map_err(|source| {
                Error::from_system(format!("make the folder of {path}"), source)
            })?;
        }
        Ok(file)
    }
}

/// Begins a new file at a path that the caller chose, outside any index.
///
/// # Errors
///
/// `conflict` when the path is taken; `io` when the file cannot be made.
#[cfg(feature = "files")]
pub(crate) fn create_file(path: &Path) -> Result<Box<dyn FileWriter>> {
    let shown = path.display().to_string();
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .map_err(|source| Error::from_system(format!("create `{shown}`"), source))?;
    Ok(Box::new(DiskWriter { file: DiskFile::new(file, shown), buffer: Vec::new() }))
}

impl Directory for DiskDirectory {
    fn open(&self, path: &str) -> Result<Bytes> {
        let (file, length) = self.opened(path)?;
        if length == 0 {
            return Ok(Bytes::from(Vec::new()));
        }
        match self.reads {
            Reads::Mapped => Mapped::new(&file, path).map(Bytes::mapped),
            Reads::Copied => {
                let content = Content::of_file(file, length, path)?;
                let all = content.read(0..content.len())?;
                Ok(Bytes::from(all.into_owned()))
            }
        }
    }

    fn content(&self, path: &str) -> Result<Content> {
        if self.reads == Reads::Mapped {
            return self.open(path).map(Content::from);
        }
        let (file, length) = self.opened(path)?;
        Content::of_file(file, length, path)
    }

    fn read(&self, path: &str, range: Range<u64>) -> Result<Vec<u8>> {
        let what = || format!("read {path}");
        let mut file =
            File::open(self.file(path)?).map_err(|source| Error::from_system(what(), source))?;
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(range.start))
            .and_then(|_| file.take(range.end.saturating_sub(range.start)).read_to_end(&mut bytes))
            .map_err(|source| Error::from_system(what(), source))?;
        Ok(bytes)
    }

    fn append(&self, path: &str) -> Result<Box<dyn AppendFile>> {
        let file = OpenOptions::new()
            .write(true)
            .open(self.file(path)?)
            .map_err(|source| Error::from_system(format!("open {path} for writing"), source))?;
        Ok(Box::new(DiskFile::new(file, path.to_owned())))
    }

    fn create(&self, path: &str) -> Result<Box<dyn FileWriter>> {
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(self.new_file(path)?)
            .map_err(|source| Error::from_system(format!("create {path}"), source))?;
        Ok(Box::new(DiskWriter { file: DiskFile::new(file, path.to_owned()), buffer: Vec::new() }))
    }

    fn publish(&self, from: &str, to: &str) -> Result<()> {
        let source = self.file(from)?;
        fs::hard_link(&source, self.new_file(to)?)
            .map_err(|source| Error::from_system(format!("publish {to}"), source))?;
        // The file is published, whatever becomes of its first name.
        let _left_behind = fs::remove_file(source);
        Ok(())
    }

    fn remove(&self, path: &str) -> Result<()> {
        fs::remove_file(self.file(path)?)
            .map_err(|source| Error::from_system(format!("remove {path}"), source))
    }

    fn list(&self, folder: &str) -> Result<Vec<String>> {
        check_folder(folder)?;
        let failed = |source| Error::from_system(format!("list the folder `{folder}`"), source);
        let entries = match fs::read_dir(self.root.join(folder)) {
            Ok(entries) => entries,
            Err(source) if source.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(failed(source)),
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(failed)?;
            if let Ok(name) = entry.file_name().into_string()
                && is_our_name(&name)
                && name != LOCK_FILE
                && entry.file_type().map_err(failed)?.is_file()
            {
                names.push(name);
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    fn sync(&self, folder: &str) -> Result<()> {
        check_folder(folder)?;
        // A folder may be as new as its files, so those above it are synced too, the lowest first.
        let mut at = folder;
        loop {
            sync_folder(&self.root.join(at))
                .map_err(|source| Error::from_system(format!("sync the folder `{at}`"), source))?;
            if at.is_empty() {
                return Ok(());
            }
            at = at.rsplit_once('/').map_or("", |(above, _)| above);
        }
    }

    fn lock(&self) -> Result<Box<dyn Lock>> {
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(self.root.join(LOCK_FILE))
            .map_err(|source| Error::from_system("open the writer's lock", source))?;
        match file.try_lock() {
            Ok(()) => Ok(Box::new(DiskLock { _file: file, process: process::id() })),
            Err(TryLockError::WouldBlock) => {
                Err(Error::conflict("there is a writer already; close it first"))
            }
            Err(TryLockError::Error(source)) => Err(Error::io("take the writer's lock", source)),
        }
    }
}

/// The system gives the lock back when the last handle is closed.
#[derive(Debug)]
struct DiskLock {
    _file: File,
    process: u32,
}

impl Lock for DiskLock {
    fn is_ours(&self) -> bool {
        self.process == process::id()
    }
}

/// Without a file once a call has failed.
#[derive(Debug)]
struct DiskFile {
    file: Option<File>,
    path: String,
    /// The process that opened it. A child that was forked shares the place where the next byte goes,
    /// and knows nothing of what its parent writes.
    process: u32,
}

impl DiskFile {
    fn new(file: File, path: String) -> Self {
        DiskFile { file: Some(file), path, process: process::id() }
    }

    /// Does one thing to the file; a failure is for good.
    fn attempt(&mut self, what: &str, act: impl FnOnce(&mut File) -> io::Result<()>) -> Result<()> {
        if self.process != process::id() {
            return Err(Error::forked());
        }
        let Some(file) = &mut self.file else {
            let earlier = io::Error::other("an earlier write to it failed");
            return Err(Error::io(format!("{what} {}", self.path), earlier));
        };
        act(file).map_err(|source| {
            self.file = None;
            Error::from_system(format!("{what} {}", self.path), source)
        })
    }
}

impl AppendFile for DiskFile {
    fn write_at(&mut self, at: u64, bytes: &[u8]) -> Result<()> {
        self.attempt("write", |file| {
            file.seek(SeekFrom::Start(at))?;
            file.write_all(bytes)
        })
    }

    fn truncate(&mut self, length: u64) -> Result<()> {
        self.attempt("truncate", |file| file.set_len(length))
    }

    fn sync(&mut self) -> Result<()> {
        self.attempt("sync", |file| file.sync_data())
    }
}

/// Gathers small writes.
struct DiskWriter {
    file: DiskFile,
    buffer: Vec<u8>,
}

impl DiskWriter {
    fn flush(&mut self) -> Result<()> {
        let buffer = std::mem::take(&mut self.buffer);
        self.file.attempt("write", |file| file.write_all(&buffer))?;
        self.buffer = buffer;
        self.buffer.clear();
        Ok(())
    }
}

impl FileWriter for DiskWriter {
    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        if self.buffer.len() + bytes.len() > BUFFER_BYTES {
            self.flush()?;
        }
        if bytes.len() >= BUFFER_BYTES {
            return self.file.attempt("write", |file| file.write_all(bytes));
        }
        self.buffer.extend_from_slice(bytes);
        Ok(())
    }

    fn sync(&mut self) -> Result<()> {
        self.flush()?;
        self.file.attempt("sync", |file| file.sync_all())
    }
}

/// Makes a folder and those above it, each of them lasting.
fn make_folders(folder: &Path) -> io::Result<()> {
    if folder.as_os_str().is_empty() || folder.is_dir() {
        return Ok(());
    }
    let above = folder.parent().unwrap_or(Path::new(""));
    make_folders(above)?;
    match fs::create_dir(folder) {
        Err(source) if source.kind() != ErrorKind::AlreadyExists => return Err(source),
        _ => {}
    }
    sync_folder(if above.as_os_str().is_empty() { Path::new(".") } else { above })
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Other systems journal their folders and cannot open them as files.
#[cfg(not(unix))]
fn sync_folder(folder: &Path) -> io::Result<()> {
    fs::metadata(folder).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn what_another_process_opened_is_not_written() {
        let place = tempfile::tempdir().unwrap();
        let folder = DiskDirectory::open(place.path()).unwrap();
        folder.create("a").unwrap().sync().unwrap();
        let path = place.path().join("a");
        let file = OpenOptions::new().write(true).open(&path).unwrap();
        let mut parents = DiskFile { process: 1, ..DiskFile::new(file, "a".to_owned()) };
        let failed =
            [parents.write_at(0, b"b"), parents.truncate(9), AppendFile::sync(&mut parents)];
        for failed in failed {
            assert_eq!(failed.unwrap_err().kind(), ErrorKind::Conflict);
        }
        assert_eq!(fs::read(&path).unwrap(), b"");
        let file = File::open(&path).unwrap();
        assert!(!DiskLock { process: 1, _file: file }.is_ours());
        assert!(folder.lock().unwrap().is_ours());
    }
}
