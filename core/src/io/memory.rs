//! A folder of memory.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Bytes;
use super::directory::{AppendFile, Directory, FileWriter, Lock, check_file, check_folder};
use crate::error::{Error, Result};

/// A folder that lives in memory, for tests and short-lived indexes. Cloning shares it.
///
/// Cloning a [`Bytes`] of it costs nothing; what a writer has not synced is not there.
///
/// # Examples
///
/// ```
/// use seriatim::io::{Directory, MemoryDirectory};
///
/// let folder = MemoryDirectory::new();
/// folder.create("manifest")?.sync()?;
/// assert_eq!(folder.clone().list("")?, ["manifest"]);
/// # Ok::<(), seriatim::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct MemoryDirectory {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    files: BTreeMap<String, Content>,
    folders: BTreeSet<String>,
    locked: bool,
}

#[derive(Clone)]
enum Content {
    Whole(Bytes),
    Growing(Arc<Mutex<Vec<u8>>>),
}

impl Content {
    fn bytes(&self) -> Bytes {
        match self {
            Content::Whole(bytes) => bytes.clone(),
            Content::Growing(bytes) => Bytes::from(grown(bytes).clone()),
        }
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.bytes().fmt(f)
    }
}

/// The bytes, which no panic can leave half-changed.
fn grown(bytes: &Mutex<Vec<u8>>) -> MutexGuard<'_, Vec<u8>> {
    bytes.lock().unwrap_or_else(PoisonError::into_inner)
}

impl MemoryDirectory {
    /// An empty folder.
    pub fn new() -> Self {
        MemoryDirectory::default()
    }

    /// The state, which no panic can leave half-changed: every change is one insertion or removal.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn insert_new(&mut self, path: &str, content: Content) -> Result<()> {
        if self.files.contains_key(path) {
            return Err(Error::conflict(format!("{path} exists already")));
        }
        let slashes = path.match_indices('/');
        self.folders.extend(slashes.filter_map(|(at, _)| path.get(..at)).map(str::to_owned));
        self.files.insert(path.to_owned(), content);
        Ok(())
    }

    fn found(&mut self, path: &str) -> Result<&mut Content> {
        self.files.get_mut(path).ok_or_else(|| Error::not_found(format!("there is no {path}")))
    }
}

impl Directory for MemoryDirectory {
    fn open(&self, path: &str) -> Result<Bytes> {
        check_file(path)?;
        Ok(self.state().found(path)?.bytes())
    }

    fn read(&self, path: &str, range: Range<u64>) -> Result<Vec<u8>> {
        check_file(path)?;
        let cut = |bytes: &[u8]| {
            let place = |at: u64| usize::try_from(at).map_or(bytes.len(), |at| at.min(bytes.len()));
            bytes.get(place(range.start)..place(range.end)).unwrap_or_default().to_vec()
        };
        Ok(match self.state().found(path)? {
            Content::Whole(bytes) => cut(bytes),
            Content::Growing(bytes) => cut(&grown(bytes)),
        })
    }

    fn append(&self, path: &str) -> Result<Box<dyn AppendFile>> {
        check_file(path)?;
        let mut state = self.state();
        let content = state.found(path)?;
        let bytes = match content {
            Content::Whole(bytes) => Arc::new(Mutex::new(bytes.to_vec())),
            Content::Growing(bytes) => Arc::clone(bytes),
        };
        *content = Content::Growing(Arc::clone(&bytes));
        Ok(Box::new(MemoryAppend { bytes }))
    }

    fn create(&self, path: &str) -> Result<Box<dyn FileWriter>> {
        check_file(path)?;
        self.state().insert_new(path, Content::Whole(Bytes::from(Vec::new())))?;
        Ok(Box::new(MemoryWriter {
            directory: self.clone(),
            path: path.to_owned(),
            written: Vec::new(),
        }))
    }

    fn publish(&self, from: &str, to: &str) -> Result<()> {
        check_file(from)?;
        check_file(to)?;
        let mut state = self.state();
        let content = state.found(from)?.clone();
        state.insert_new(to, content)?;
        state.files.remove(from);
        Ok(())
    }

    fn remove(&self, path: &str) -> Result<()> {
        check_file(path)?;
        let mut state = self.state();
        state.found(path)?;
        state.files.remove(path);
        Ok(())
    }

    fn list(&self, folder: &str) -> Result<Vec<String>> {
        check_folder(folder)?;
        let inside = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let state = self.state();
        let names = state.files.keys().filter_map(|path| path.strip_prefix(&inside));
        Ok(names.filter(|name| !name.contains('/')).map(str::to_owned).collect())
    }

    fn sync(&self, folder: &str) -> Result<()> {
        check_folder(folder)?;
        if folder.is_empty() || self.state().folders.contains(folder) {
            return Ok(());
        }
        Err(Error::not_found(format!("there is no folder `{folder}`")))
    }

    fn lock(&self) -> Result<Box<dyn Lock>> {
        let mut state = self.state();
        if state.locked {
            return Err(Error::conflict("there is a writer already; close it first"));
        }
        state.locked = true;
        Ok(Box::new(MemoryLock { directory: self.clone() }))
    }
}

#[derive(Debug)]
struct MemoryLock {
    directory: MemoryDirectory,
}

impl Lock for MemoryLock {}

impl Drop for MemoryLock {
    fn drop(&mut self) {
        self.directory.state().locked = false;
    }
}

struct MemoryWriter {
    directory: MemoryDirectory,
    path: String,
    written: Vec<u8>,
}

impl FileWriter for MemoryWriter {
    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.written.extend_from_slice(bytes);
        Ok(())
    }

    fn sync(&mut self) -> Result<()> {
        let bytes = Bytes::from(Arc::<[u8]>::from(self.written.as_slice()));
        // Like a file of the disk, one that has lost its name is written all the same.
        if let Some(file) = self.directory.state().files.get_mut(&self.path) {
            *file = Content::Whole(bytes);
        }
        Ok(())
    }
}

/// A file that grows; like one of the disk, its bytes are seen before they are synced.
struct MemoryAppend {
    bytes: Arc<Mutex<Vec<u8>>>,
}

impl fmt::Debug for MemoryAppend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemoryAppend({})", grown(&self.bytes).len())
    }
}

impl AppendFile for MemoryAppend {
    fn write_at(&mut self, at: u64, bytes: &[u8]) -> Result<()> {
        let mut all = grown(&self.bytes);
        let place = usize::try_from(at).ok().filter(|at| *at <= all.len());
        let place = place.ok_or_else(|| Error::invalid("a write past the end of a file"))?;
        let over = bytes.len().min(all.len() - place);
        let (inside, past) = bytes.split_at(over);
        if let Some(slot) = all.get_mut(place..place + over) {
            slot.copy_from_slice(inside);
        }
        all.extend_from_slice(past);
        Ok(())
    }

    fn truncate(&mut self, length: u64) -> Result<()> {
        let mut all = grown(&self.bytes);
        if let Ok(length) = usize::try_from(length) {
            all.truncate(length);
        }
        Ok(())
    }

    fn sync(&mut self) -> Result<()> {
        Ok(())
    }
}
