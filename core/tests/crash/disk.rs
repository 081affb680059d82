//! A disk that notes every operation, and can fail or forget to sync.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::ErrorKind;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard};

use seriatim::io::{AppendFile, Bytes, Directory, FileWriter, Lock};
use seriatim::{Error, Result};

/// A file, whatever its names.
pub(crate) type Inode = usize;
/// The files of a disk as they are found after a crash.
pub(crate) type Image = BTreeMap<String, Arc<Vec<u8>>>;

/// What was done to a disk.
#[derive(Clone, Debug)]
pub(crate) enum Operation {
    /// A name is given to a file.
    Link(String, Inode),
    Unlink(String),
    MakeFolder(String),
    Write {
        file: Inode,
        at: usize,
        bytes: Vec<u8>,
    },
    Truncate {
        file: Inode,
        length: usize,
    },
    SyncFile(Inode),
    /// The names in a folder and in those above it.
    SyncFolder(String),
    Note(Note),
}

/// What the program under test was told or has told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Note {
    /// A call began that would make so many things lasting.
    Begun(u64),
    /// So many things were acknowledged.
    Acknowledged(u64),
    /// A flush was acknowledged.
    Flushed,
}

/// Where a sync is called: the phase that the test names, what is synced, and the how manieth sync
/// of the call it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Site {
    pub(crate) phase: &'static str,
    pub(crate) what: String,
    pub(crate) nth: usize,
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.phase, self.what, self.nth)
    }
}

/// Which operations fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Never,
    /// That one alone.
    Once(usize),
    /// That one and all later ones.
    From(usize),
}

#[derive(Clone, Debug, Default)]
struct State {
    names: BTreeMap<String, Inode>,
    folders: BTreeSet<String>,
    contents: Vec<Vec<u8>>,
    /// What it was made from.
    initial: Image,
    operations: Vec<Operation>,
    locked: bool,
    phase: &'static str,
    syncs_of_phase: usize,
    sites: BTreeSet<Site>,
    forgotten: Option<Site>,
    /// After how many operations something was forgotten first.
    forgotten_at: Option<usize>,
    /// Calls that may fail.
    calls: usize,
    fault: Option<Fault>,
}

/// A disk of memory. Cloning shares it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Disk(Arc<Mutex<State>>);

impl Disk {
    pub(crate) fn new() -> Self {
        Disk::default()
    }

    /// A disk as a crash left it: all of it is lasting.
    pub(crate) fn from_image(image: &Image) -> Self {
        let disk = Disk::new();
        let mut state = disk.state();
        state.initial.clone_from(image);
        for (path, content) in image {
            let file = state.contents.len();
            state.contents.push(content.to_vec());
            state.names.insert(path.clone(), file);
            state.folders.extend(folders_of(path).map(str::to_owned));
        }
        drop(state);
        disk
    }

    /// The disk after the first operations, when the program is killed and the system goes on: all
    /// of it is seen, and what was not synced is still not lasting.
    pub(crate) fn after(&self, operations: usize) -> Self {
        let disk = Disk::from_image(&self.initial());
        let (from, mut to) = (self.state(), disk.state());
        for operation in &from.operations[..operations] {
            to.apply(operation.clone());
        }
        to.forgotten.clone_from(&from.forgotten);
        drop((from, to));
        disk
    }

    pub(crate) fn operations(&self) -> Vec<Operation> {
        self.state().operations.clone()
    }

    pub(crate) fn operation_count(&self) -> usize {
        self.state().operations.len()
    }

    /// From now on the site does not sync.
    pub(crate) fn forget(&self, site: Option<Site>) {
        self.state().forgotten = site;
    }

    /// After how many operations a sync was left out first.
    pub(crate) fn forgotten_at(&self) -> Option<usize> {
        self.state().forgotten_at
    }

    pub(crate) fn fail(&self, fault: Fault) {
        let mut state = self.state();
        state.fault = Some(fault);
        state.calls = 0;
    }

    pub(crate) fn calls(&self) -> usize {
        self.state().calls
    }

    pub(crate) fn sites(&self) -> BTreeSet<Site> {
        self.state().sites.clone()
    }

    pub(crate) fn note(&self, note: Note) {
        self.state().apply(Operation::Note(note));
    }

    /// Names what the program does next.
    pub(crate) fn phase(&self, phase: &'static str) {
        let mut state = self.state();
        state.phase = phase;
        state.syncs_of_phase = 0;
    }

    /// What the disk was made from.
    pub(crate) fn initial(&self) -> Image {
        self.state().initial.clone()
    }

    /// What a program sees.
    pub(crate) fn image(&self) -> Image {
        let state = self.state();
        let names = state.names.iter();
        names.map(|(path, file)| (path.clone(), Arc::new(state.contents[*file].clone()))).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

impl State {
    fn apply(&mut self, operation: Operation) {
        match &operation {
            Operation::Link(path, file) => {
                self.contents.resize(self.contents.len().max(file + 1), Vec::new());
                self.names.insert(path.clone(), *file);
            }
            Operation::Unlink(path) => _ = self.names.remove(path),
            Operation::MakeFolder(path) => _ = self.folders.insert(path.clone()),
            Operation::Write { file, at, bytes } => put(&mut self.contents[*file], *at, bytes),
            Operation::Truncate { file, length } => self.contents[*file].truncate(*length),
            Operation::SyncFile(_) | Operation::SyncFolder(_) | Operation::Note(_) => {}
        }
        self.operations.push(operation);
    }

    /// Fails where the test says so.
    fn call(&mut self) -> Result<()> {
        let call = self.calls;
        self.calls += 1;
        let fails = match self.fault {
            None | Some(Fault::Never) => false,
            Some(Fault::Once(at)) => call == at,
            Some(Fault::From(at)) => call >= at,
        };
        if fails { Err(error(ErrorKind::StorageFull, "planned")) } else { Ok(()) }
    }

    fn found(&self, path: &str) -> Result<Inode> {
        self.names.get(path).copied().ok_or_else(|| error(ErrorKind::NotFound, path))
    }

    fn link(&mut self, path: &str, file: Inode) -> Result<()> {
        if self.names.contains_key(path) {
            return Err(error(ErrorKind::AlreadyExists, path));
        }
        for folder in folders_of(path) {
            if !self.folders.contains(folder) {
                self.apply(Operation::MakeFolder(folder.to_owned()));
            }
        }
        self.apply(Operation::Link(path.to_owned(), file));
        Ok(())
    }

    fn sync(&mut self, what: &str, operation: Operation) {
        let site = Site { phase: self.phase, what: what.to_owned(), nth: self.syncs_of_phase };
        self.syncs_of_phase += 1;
        if self.forgotten.as_ref() == Some(&site) {
            self.forgotten_at.get_or_insert(self.operations.len());
        } else {
            self.apply(operation);
        }
        self.sites.insert(site);
    }
}

fn error(kind: ErrorKind, what: &str) -> Error {
    Error::from_system(what, kind.into())
}

/// The folders above a file, the topmost first.
pub(crate) fn folders_of(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(at, _)| &path[..at])
}

pub(crate) fn put(content: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let end = at + bytes.len();
    content.resize(content.len().max(end), 0);
    content[at..end].copy_from_slice(bytes);
}

/// What a file is in the eyes of a reader of the list of syncs.
fn kind_of(path: &str) -> String {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let kind = name.split_once('.').map_or(name, |(_, kind)| kind);
    if folder.is_empty() { format!("*.{kind}") } else { format!("{folder}/*.{kind}") }
}

impl Directory for Disk {
    fn open(&self, path: &str) -> Result<Bytes> {
        let mut state = self.state();
        state.call()?;
        let file = state.found(path)?;
        Ok(Bytes::from(state.contents[file].clone()))
    }

    fn read(&self, path: &str, range: Range<u64>) -> Result<Vec<u8>> {
        let mut state = self.state();
        state.call()?;
        let content = &state.contents[state.found(path)?];
        let place = |at: u64| usize::try_from(at).unwrap().min(content.len());
        Ok(content[place(range.start)..place(range.end)].to_vec())
    }

    fn append(&self, path: &str) -> Result<Box<dyn AppendFile>> {
        let mut state = self.state();
        state.call()?;
        let file = state.found(path)?;
        Ok(Box::new(OpenFile::new(self, path, file)))
    }

    fn create(&self, path: &str) -> Result<Box<dyn FileWriter>> {
        let mut state = self.state();
        state.call()?;
        let file = state.contents.len();
        state.link(path, file)?;
        drop(state);
        Ok(Box::new(OpenFile::new(self, path, file)))
    }

    fn publish(&self, from: &str, to: &str) -> Result<()> {
        let mut state = self.state();
        state.call()?;
        let file = state.found(from)?;
        state.link(to, file)?;
        state.apply(Operation::Unlink(from.to_owned()));
        Ok(())
    }

    fn remove(&self, path: &str) -> Result<()> {
        let mut state = self.state();
        state.call()?;
        state.found(path)?;
        state.apply(Operation::Unlink(path.to_owned()));
        Ok(())
    }

    fn list(&self, folder: &str) -> Result<Vec<String>> {
        let mut state = self.state();
        state.call()?;
        let inside = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let names = state.names.keys().filter_map(|path| path.strip_prefix(&inside));
        Ok(names.filter(|name| !name.contains('/')).map(str::to_owned).collect())
    }

    fn sync(&self, folder: &str) -> Result<()> {
        let mut state = self.state();
        state.call()?;
        let what = format!("folder `{folder}`");
        state.sync(&what, Operation::SyncFolder(folder.to_owned()));
        Ok(())
    }

    fn lock(&self) -> Result<Box<dyn Lock>> {
        let mut state = self.state();
        if state.locked {
            return Err(error(ErrorKind::AlreadyExists, "lock"));
        }
        state.locked = true;
        Ok(Box::new(DiskLock(self.clone())))
    }
}

#[derive(Debug)]
struct DiskLock(Disk);

impl Lock for DiskLock {}

impl Drop for DiskLock {
    fn drop(&mut self) {
        self.0.state().locked = false;
    }
}

/// A file open for writing. As on a real disk, a failure is for good, and small writes to a new
/// file are gathered until it is synced.
#[derive(Debug)]
struct OpenFile {
    disk: Disk,
    /// What it is in the list of syncs.
    kind: String,
    /// What was written last, if it has a magic.
    magic: String,
    file: Inode,
    gathered: Vec<u8>,
    written: usize,
    failed: bool,
}

impl OpenFile {
    fn new(disk: &Disk, path: &str, file: Inode) -> Self {
        let disk = disk.clone();
        OpenFile {
            disk,
            kind: kind_of(path),
            magic: String::new(),
            file,
            gathered: Vec::new(),
            written: 0,
            failed: false,
        }
    }

    fn call(&mut self, act: impl FnOnce(&mut State)) -> Result<()> {
        let mut state = self.disk.state();
        let done = if self.failed { Err(error(ErrorKind::Other, "earlier")) } else { state.call() };
        self.failed = done.is_err();
        done.map(|()| act(&mut state))
    }
}

impl FileWriter for OpenFile {
    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.gathered.extend_from_slice(bytes);
        self.call(|_| ())
    }

    fn sync(&mut self) -> Result<()> {
        let bytes = std::mem::take(&mut self.gathered);
        let at = self.written;
        self.written += bytes.len();
        AppendFile::write_at(self, at as u64, &bytes)?;
        AppendFile::sync(self)
    }
}

impl AppendFile for OpenFile {
    fn write_at(&mut self, at: u64, bytes: &[u8]) -> Result<()> {
        let at = usize::try_from(at).unwrap();
        self.magic = bytes.strip_prefix(&[0x89]).map_or(String::new(), |magic| {
            let letters = magic.iter().take_while(|it| it.is_ascii_uppercase());
            letters.map(|it| char::from(*it)).collect()
        });
        let write = Operation::Write { file: self.file, at, bytes: bytes.to_vec() };
        self.call(|state| {
            if let Operation::Write { bytes, .. } = &write
                && !bytes.is_empty()
            {
                state.apply(write);
            }
        })
    }

    fn truncate(&mut self, length: u64) -> Result<()> {
        let length = usize::try_from(length).unwrap();
        let file = self.file;
        self.call(|state| state.apply(Operation::Truncate { file, length }))
    }

    fn sync(&mut self) -> Result<()> {
        let (file, kind) = (self.file, format!("{} {}", self.kind, self.magic));
        self.call(|state| state.sync(&kind, Operation::SyncFile(file)))
    }
}
