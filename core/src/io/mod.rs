//! Files: the one place that touches the operating system.
//!
//! An index reads and writes through a [`Directory`]: a folder of the disk ([`DiskDirectory`]) or of
//! memory ([`MemoryDirectory`]), or what a host brings. Its few promises are what every guarantee of
//! an index rests on: a file is new or refused, published whole or not at all, and lasting once it
//! and its folder are synced.

mod bytes;
mod content;
mod directory;
mod disk;
mod memory;
mod mmap;
#[cfg(test)]
mod tests;

pub use bytes::Bytes;
pub use content::Content;
pub use directory::{AppendFile, Directory, FileWriter, Lock};
pub use disk::DiskDirectory;
#[cfg(feature = "files")]
pub(crate) use disk::create_file;
pub use memory::MemoryDirectory;
