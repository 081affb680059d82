//! Files that a load wrote: kept when it commits, removed when it does not.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::handle::WriterLock;
use super::manifest::Manifest;
use crate::error::Result;
use crate::io::{Directory, FileWriter};
use crate::tail::ContactFolder;

/// The folders in which loads write.
const FOLDERS: [&str; 4] = ["units", "registrations", "contacts", "links"];

/// The files of a load that has not been committed. Dropping it removes them.
#[derive(Debug)]
pub(crate) struct Draft {
    directory: Arc<dyn Directory>,
    lock: Arc<WriterLock>,
    paths: Vec<String>,
}

impl Draft {
    pub(super) fn new(directory: Arc<dyn Directory>, lock: Arc<WriterLock>) -> Self {
        Draft { directory, lock, paths: Vec::new() }
    }

    pub(crate) fn directory(&self) -> &dyn Directory {
        &*self.directory
    }

    /// Begins a new file of the load.
    pub(crate) fn create(&mut self, path: &str) -> Result<Box<dyn FileWriter>> {
        self.lock.check()?;
        self.paths.push(path.to_owned());
        self.directory.create(path)
    }

    /// Removes files of the load that turned out not to be needed.
    pub(crate) fn discard(&mut self, paths: &[String]) -> Result<()> {
        self.paths.retain(|it| !paths.contains(it));
        paths.iter().try_for_each(|path| self.directory.remove(path))
    }

    /// Makes the names of the files lasting, and a manifest that has them the newest one; from then on
    /// they stay.
    ///
    /// They stay when that fails, too: the manifest may be there all the same, without being
    /// lasting. Where it is not, they are orphans.
    pub(crate) fn commit(mut self, manifest: &Manifest) -> Result<()> {
        self.lock.check()?;
        let paths = std::mem::take(&mut self.paths);
        let folders =
            paths.iter().filter_map(|path| path.rsplit_once('/')).map(|(folder, _)| folder);
        for folder in folders.collect::<BTreeSet<_>>() {
            self.directory.sync(folder)?;
        }
        manifest.publish(&*self.directory)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // A child that was forked while its parent loads leaves the load to its parent.
        let ours = if self.lock.is_ours() { self.paths.as_slice() } else { &[] };
        for path in ours {
            // What cannot be removed now is an orphan, removed by the next writer.
            let removed = self.directory.remove(path);
            drop(removed);
        }
    }
}

/// What was removed of earlier versions.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PruneReport {
    /// Versions that can be opened no more.
    pub versions_removed: u64,
    /// Files that only they named.
    pub files_removed: u64,
}

/// Removes the manifests of all but the newest versions, and the files that no other names. Only a
/// writer that holds the lock may call it.
///
/// Who has them open keeps what they say. A crash on the way leaves orphans at most: manifests go
/// first, the oldest first.
pub(super) fn prune(directory: &dyn Directory, versions: u64) -> Result<PruneReport> {
    let numbers = Manifest::numbers(directory)?;
    let kept = usize::try_from(versions).unwrap_or(usize::MAX);
    let old = numbers.len().saturating_sub(kept);
    for number in numbers.iter().take(old) {
        directory.remove(&Manifest::path(*number))?;
    }
    let versions_removed = u64::try_from(old).unwrap_or(u64::MAX);
    Ok(PruneReport { versions_removed, files_removed: remove_orphans(directory)? })
}

/// Removes what an interrupted writer left: files that no manifest names; gives how many. Only a
/// writer that holds the lock may call it.
pub(super) fn remove_orphans(directory: &dyn Directory) -> Result<u64> {
    let (mut orphans, mut named) = (Vec::new(), BTreeSet::new());
    for number in Manifest::numbers(directory)? {
        let manifest = Manifest::read(directory, number)?;
        named.extend(manifest.files().into_iter().map(|file| file.path.clone()));
    }
    for folder in FOLDERS {
        for name in directory.list(folder)? {
            let path = format!("{folder}/{name}");
            // What a registrar writes is named by the log, not by a manifest.
            if !named.contains(&path) && !ContactFolder::owns(&name) {
                orphans.push(path);
            }
        }
    }
    if !orphans.is_empty() {
        // A manifest that is gone, but not for good, must not come back without its files.
        directory.sync("")?;
    }
    orphans.iter().try_for_each(|path| directory.remove(path))?;
    Ok(u64::try_from(orphans.len()).unwrap_or(u64::MAX))
}
