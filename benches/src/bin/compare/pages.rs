//! The page cache of files.

use std::path::Path;

use crate::Fallible;

/// Asks the kernel to forget the pages of a folder's files, so that opening reads the disk. The
/// pages of nobody else go.
#[cfg(target_os = "linux")]
pub(crate) fn evict(folder: &Path) -> Fallible {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            evict(&path)?;
        } else {
            let file = std::fs::File::open(path)?;
            rustix::fs::fsync(&file)?;
            rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed)?;
        }
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn evict(_: &Path) -> Fallible {
    Err("only Linux is asked to forget the pages of files".into())
}
