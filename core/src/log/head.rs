//! How far a log goes, and what it is asked to hold.

use std::fmt;

use crate::bytes::Hash;

/// How far a log goes: the next record's sequence, and a hash of everything before.
///
/// Kept outside the log, it tells later whether the log still holds all that it held.
///
/// # Examples
///
/// ```
/// use seriatim::io::MemoryDirectory;
/// use seriatim::log::{Log, LogId, LogOptions, Resume};
///
/// let folder = std::sync::Arc::new(MemoryDirectory::new());
/// let options = LogOptions::new([7; 16]); // 16 bytes from the system's source of randomness
/// let log = Log::create(folder.clone(), "log", LogId([1; 16]), options)?;
/// log.append(&[b"a registration"])?;
/// let head = log.head();
/// assert_eq!(head.sequence(), 1);
/// log.close()?;
///
/// let resume = Resume::default().with_floor(head);
/// let (log, recovery) = Log::open(folder, "log", LogOptions::new([8; 16]), resume, &mut |_| Ok(()))?;
/// assert!(recovery.sealed());
/// # Ok::<(), seriatim::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Head {
    pub(super) sequence: u64,
    pub(super) hash: Hash,
}

impl Head {
    /// The head that a log had once, from what was kept of it.
    pub fn new(sequence: u64, hash: [u8; 32]) -> Self {
        Head { sequence, hash: Hash(hash) }
    }

    /// The sequence of the next record: as many records as were ever appended.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// The hash of the last frame, which holds that of the frame before, and so on.
    pub fn hash(&self) -> [u8; 32] {
        self.hash.0
    }

    /// The head after a frame or a file's header.
    pub(super) fn after(sequence: u64, whole: &[u8]) -> Self {
        Head { sequence, hash: Hash::of(whole) }
    }
}

impl fmt::Debug for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Head({}, {})", self.sequence, self.hash)
    }
}

/// From where a log is read, and what it must hold.
///
/// # Examples
///
/// ```
/// use seriatim::log::{Head, Resume};
///
/// // Records before 5,000 are in segments already, and 6,000 were acknowledged.
/// let resume = Resume::from(5_000).with_floor(Head::new(6_000, [0xA5; 32]));
/// assert_eq!(resume, Resume::from(5_000).with_floor(Head::new(6_000, [0xA5; 32])));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resume {
    pub(super) from: u64,
    pub(super) floor: Option<Head>,
}

impl Resume {
    /// From the record of this sequence; the default is the first one.
    pub fn from(sequence: u64) -> Self {
        Resume { from: sequence, floor: None }
    }

    /// The log must have had this head, which somebody was told.
    #[must_use]
    pub fn with_floor(self, head: Head) -> Self {
        Resume { floor: Some(head), ..self }
    }
}
