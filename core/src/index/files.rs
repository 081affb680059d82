//! Files that a load wrote: kept when it commits, removed when it does not.

use std::collections::BTreeSet;
use std::sync::Arc;

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
    paths: Vec<String>,
}

impl Draft {
    pub(crate) fn new(directory: Arc<dyn Directory>) -> Self {
        Draft { directory, paths: Vec::new() }
    }

    pub(crate) fn directory(&self) -> &dyn Directory {
        &*self.directory
    }

    /// Begins a new file of the load.
    pub(crate) fn create(&mut self, path: &str) -> Result<Box<dyn FileWriter>> {
        self.paths.push(path.to_owned());
        self.directory.create(path)
    }

    /// Makes a manifest that names the files the newest one; from then on they stay.
    ///
    /// They stay when that fails, too: the manifest may be there all the same, without being
    /// lasting. Where it is not, they are orphans.
    pub(crate) fn commit(mut self, manifest: &Manifest) -> Result<()> {
        self.paths.clear();
        manifest.publish(&*self.directory)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        for path in &self.paths {
            // What cannot be removed now is an orphan, removed by the next writer.
            let removed = self.directory.remove(path);
            drop(removed);
        }
    }
}

/// Removes what an interrupted writer left: files that no manifest names. Only a writer that holds
/// the lock may call it.
pub(super) fn remove_orphans(directory: &dyn Directory) -> Result<()> {
    let mut named = BTreeSet::new();
    for path in directory.list("")? {
        if let Some(number) = Manifest::number_of(&path) {
            let manifest = Manifest::read(directory, number)?;
            named.extend(manifest.files().into_iter().map(|file| file.path.clone()));
        }
    }
    for folder in FOLDERS {
        for name in directory.list(folder)? {
            let path = format!("{folder}/{name}");
            // What a registrar writes is named by the log, not by a manifest.
            if !named.contains(&path) && !ContactFolder::owns(&name) {
                directory.remove(&path)?;
            }
        }
    }
    Ok(())
}
