//! A folder of memory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Bytes;
use super::directory::{Directory, FileWriter, Lock, check_file, check_folder};
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
    files: BTreeMap<String, Bytes>,
    folders: BTreeSet<String>,
    locked: bool,
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
    fn insert_new(&mut self, path: &str, bytes: Bytes) -> Result<()> {
        if self.files.contains_key(path) {
            return Err(Error::conflict(format!("{path} exists already")));
        }
        let slashes = path.match_indices('/');
        self.folders.extend(slashes.filter_map(|(at, _)| path.get(..at)).map(str::to_owned));
        self.files.insert(path.to_owned(), bytes);
        Ok(())
    }

    fn found(&self, path: &str) -> Result<&Bytes> {
        self.files.get(path).ok_or_else(|| Error::not_found(format!("there is no {path}")))
    }
}

impl Directory for MemoryDirectory {
    fn open(&self, path: &str) -> Result<Bytes> {
        check_file(path)?;
        self.state().found(path).cloned()
    }

    fn create(&self, path: &str) -> Result<Box<dyn FileWriter>> {
        check_file(path)?;
        self.state().insert_new(path, Bytes::from(Vec::new()))?;
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
        let bytes = state.found(from)?.clone();
        state.insert_new(to, bytes)?;
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
            *file = bytes;
        }
        Ok(())
    }
}
