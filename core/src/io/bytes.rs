//! The content of a file.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::mmap::Mapped;

/// The content of a file: mapped from the disk or held in memory. Cloning shares it.
///
/// # Examples
///
/// ```
/// use seriatim::io::Bytes;
///
/// let bytes = Bytes::from(vec![1, 2, 3]);
/// assert_eq!(bytes.len(), 3);
/// assert_eq!(bytes.clone().first(), Some(&1));
/// ```
#[derive(Clone)]
pub struct Bytes(Source);

#[derive(Clone)]
enum Source {
    Mapped(Arc<Mapped>),
    Memory(Arc<[u8]>),
}

impl Bytes {
    pub(super) fn mapped(mapped: Mapped) -> Self {
        Bytes(Source::Mapped(Arc::new(mapped)))
    }

    /// Asks the system to read both ends soon, without waiting for them.
    pub(crate) fn read_ends_ahead(&self) {
        if let Source::Mapped(mapped) = &self.0 {
            let length = self.len().min(END_BYTES);
            mapped.will_need(0, length);
            mapped.will_need(self.len() - length, length);
        }
    }
}

/// What is read ahead at each end of a file: its header and first sections, and what tells where
/// sections and their checksums are.
const END_BYTES: usize = 128 << 10;

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &self.0 {
            Source::Mapped(mapped) => mapped.bytes(),
            Source::Memory(bytes) => bytes,
        }
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes(Source::Memory(bytes.into()))
    }
}

impl From<Arc<[u8]>> for Bytes {
    fn from(bytes: Arc<[u8]>) -> Self {
        Bytes(Source::Memory(bytes))
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bytes({})", self.len())
    }
}
