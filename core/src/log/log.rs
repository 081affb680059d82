//! The writing handle, which many threads share.

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::file::{LogId, file_path};
use super::follow::{Follower, Last, Record, files};
use super::frame::{FrameHeader, put_record};
use super::head::{Head, Resume};
use super::options::LogOptions;
use super::writer::{Files, Writer};
use crate::bytes::Hash;
use crate::error::{Error, Result};
use crate::io::Directory;
use crate::limits::LOG_BATCH_BYTES_MAX;

/// How many bytes of records are gathered for one frame, unless one batch is longer.
const GROUP_BYTES: usize = 4 << 20;

/// A log that is open for writing: records that are lasting once they are acknowledged.
///
/// Records are appended in batches, of which all or none survives a crash. Any number of threads
/// may append: what waits while the disk is busy is written together, and made lasting once.
/// Nothing is written after the first failure: what the disk holds is unknown then, and opening the
/// log anew finds it out.
///
/// One `Log` at a time may be open for a folder: hold the [lock](Directory::lock) of the directory.
/// Dropping it writes nothing, so [close](Log::close) it.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
///
/// use seriatim::io::MemoryDirectory;
/// use seriatim::log::{Log, LogId, LogOptions, Resume};
///
/// let folder = Arc::new(MemoryDirectory::new());
/// let nonce = [7; 16]; // from the system's source of randomness
/// let log = Log::create(folder.clone(), "log", LogId([1; 16]), LogOptions::new(nonce))?;
/// assert_eq!(log.append(&[b"one", b"two"])?, 0..2);
/// assert_eq!(log.append(&[b"three"])?, 2..3);
/// log.close()?;
///
/// let mut read = Vec::new();
/// let (log, recovery) =
///     Log::open(folder, "log", LogOptions::new([8; 16]), Resume::default(), &mut |record| {
///         read.push(record.bytes.to_vec());
///         Ok(())
///     })?;
/// assert_eq!(read.len(), 3);
/// assert_eq!(recovery.torn_bytes(), 0);
/// # Ok::<(), seriatim::Error>(())
/// ```
pub struct Log {
    state: Mutex<State>,
    /// Wakes those whose records may have become lasting.
    done: Condvar,
    directory: Arc<dyn Directory>,
    folder: String,
}

/// The records that wait are somebody's data, so they are not shown.
impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Log({}, {:?})", self.folder, self.head())
    }
}

/// What opening a log found at its end.
///
/// # Examples
///
/// See [`Log`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recovery {
    torn_bytes: u64,
    sealed: bool,
}

impl Recovery {
    /// Bytes of a last frame that was never finished, and so never acknowledged; they were cut off.
    pub fn torn_bytes(&self) -> u64 {
        self.torn_bytes
    }

    /// Whether the log was flushed after its last record. If not, the writer was interrupted, and
    /// only a [floor](Resume::with_floor) can tell whether its last frame is still there.
    pub fn sealed(&self) -> bool {
        self.sealed
    }
}

/// Records that were handed in, to be waited for.
///
/// # Examples
///
/// ```
/// # use seriatim::io::MemoryDirectory;
/// # use seriatim::log::{Log, LogId, LogOptions};
/// # let folder = std::sync::Arc::new(MemoryDirectory::new());
/// let log = Log::create(folder, "log", LogId([1; 16]), LogOptions::new([7; 16]))?;
/// let tickets = [log.submit(&["one"])?, log.submit(&["two", "three"])?];
/// log.wait(&tickets[1])?; // and so the first one too
/// assert_eq!(tickets[1].sequences(), 1..3);
/// # Ok::<(), seriatim::Error>(())
/// ```
#[must_use = "nothing is acknowledged before it is waited for"]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    sequences: Range<u64>,
}

impl Ticket {
    /// The sequences of the records.
    pub fn sequences(&self) -> Range<u64> {
        self.sequences.clone()
    }
}

struct State {
    /// Room for a frame's header, and the records that wait.
    waiting: Vec<u8>,
    waiting_records: u32,
    /// The sequence of the next record to be handed in.
    next: u64,
    /// How far the log is lasting.
    head: Head,
    /// Away while one of the callers writes; gone for ever once a call to the disk has failed.
    writer: Option<Writer>,
    failure: Option<String>,
    spare: Vec<u8>,
}

impl State {
    fn check(&self) -> Result<()> {
        match &self.failure {
            None => Ok(()),
            Some(failure) => Err(Error::io(
                "append to the log",
                std::io::Error::other(format!(
                    "its writer failed before ({failure}); open the log anew to find out what is \
                     lasting"
                )),
            )),
        }
    }
}

impl Log {
    /// Begins a log in a folder of a directory.
    ///
    /// # Errors
    ///
    /// `conflict` when the folder holds a log already; `io`.
    pub fn create(
        directory: Arc<dyn Directory>,
        folder: &str,
        id: LogId,
        options: LogOptions,
    ) -> Result<Self> {
        if !files(&*directory, folder)?.is_empty() {
            return Err(Error::conflict(format!("there is a log in `{folder}` already; open it")));
        }
        let files = Files { directory, folder: folder.to_owned(), id, options };
        files.remove_drafts()?;
        let before = Head { sequence: 0, hash: Hash([0; Hash::BYTES]) };
        Ok(Log::new(files.begin(before)?))
    }

    /// Opens a log to go on with it, and shows every record from where `resume` says. What was
    /// shown is lasting when it returns.
    ///
    /// A last frame that was never finished is cut off; [`Recovery`] says so. Takes time in
    /// proportion to the bytes after `resume`.
    ///
    /// # Errors
    ///
    /// `not_found` when there is no log; `corrupt`, with nothing changed, when something is damaged
    /// that no crash damages, or what `resume` asks for is missing; `unsupported` when a newer
    /// release wrote it; `io`; what `visit` returns.
    pub fn open(
        directory: Arc<dyn Directory>,
        folder: &str,
        options: LogOptions,
        resume: Resume,
        visit: &mut dyn FnMut(Record<'_>) -> Result<()>,
    ) -> Result<(Self, Recovery)> {
        let mut log = Follower::start(directory, folder, resume)?;
        let rest = log.run(visit)?;
        let recovery = Recovery { torn_bytes: rest.torn, sealed: log.last == Last::Seal };
        Ok((Log::new(Writer::resume(log, rest, options)?), recovery))
    }

    fn new(writer: Writer) -> Self {
        let head = writer.head();
        Log {
            directory: Arc::clone(&writer.files().directory),
            folder: writer.files().folder.clone(),
            state: Mutex::new(State {
                waiting: vec![0; FrameHeader::BYTES],
                waiting_records: 0,
                next: head.sequence,
                head,
                writer: Some(writer),
                failure: None,
                spare: vec![0; FrameHeader::BYTES],
            }),
            done: Condvar::new(),
        }
    }

    /// Appends a batch of records, and returns their sequences once they are lasting.
    ///
    /// # Errors
    ///
    /// `invalid_argument` for a batch that is empty or over 64 MiB; `io` when the disk refuses, now
    /// or at an earlier call: whether the batch is there is unknown until the log is opened anew.
    pub fn append<B: AsRef<[u8]>>(&self, records: &[B]) -> Result<Range<u64>> {
        let ticket = self.submit(records)?;
        self.wait(&ticket)?;
        Ok(ticket.sequences)
    }

    /// Hands in a batch without waiting for the disk, unless much is waiting already.
    ///
    /// # Errors
    ///
    /// As [`append`](Log::append).
    pub fn submit<B: AsRef<[u8]>>(&self, records: &[B]) -> Result<Ticket> {
        // Ten bytes are the most that a length takes.
        let bytes: usize = records.iter().map(|it| it.as_ref().len().saturating_add(10)).sum();
        let count = u32::try_from(records.len()).ok().filter(|count| *count > 0);
        let (Some(count), true) = (count, bytes <= LOG_BATCH_BYTES_MAX) else {
            return Err(Error::invalid(format!(
                "a batch of {} records and up to {bytes} bytes; a log takes 1 record or more and up \
                 to {LOG_BATCH_BYTES_MAX} bytes",
                records.len()
            )));
        };
        let mut state = self.state();
        while state.waiting_records > 0 && state.waiting.len() + bytes > GROUP_BYTES {
            state = self.step(state)?;
        }
        state.check()?;
        let first = state.next;
        let full = || Error::unsupported("the log has as many records as a number can count");
        state.next = first.checked_add(u64::from(count)).ok_or_else(full)?;
        state.waiting_records += count;
        for record in records {
            put_record(&mut state.waiting, record.as_ref());
        }
        Ok(Ticket { sequences: first..state.next })
    }

    /// Returns once the records of a ticket are lasting.
    ///
    /// # Errors
    ///
    /// `io` when the disk refuses, now or at an earlier call.
    pub fn wait(&self, ticket: &Ticket) -> Result<()> {
        let mut state = self.state();
        while state.head.sequence < ticket.sequences.end {
            state = self.step(state)?;
        }
        Ok(())
    }

    /// Makes everything lasting that was handed in, and closes it with a seal, after which damage to
    /// it can no longer be taken for a crash. Returns the head to be kept elsewhere.
    ///
    /// # Errors
    ///
    /// `io` when the disk refuses, now or at an earlier call.
    pub fn flush(&self) -> Result<Head> {
        let mut state = self.state();
        loop {
            if state.waiting_records == 0
                && let Some(writer) = state.writer.take()
            {
                return self.settle(state, writer.seal()).map(|state| state.head);
            }
            state = self.step(state)?;
        }
    }

    /// Flushes, and ends the writing.
    ///
    /// # Errors
    ///
    /// As [`flush`](Log::flush).
    pub fn close(self) -> Result<Head> {
        self.flush()
    }

    /// How far the log is lasting.
    pub fn head(&self) -> Head {
        self.state().head
    }

    /// Removes the files that have no record of this sequence or a later one.
    ///
    /// # Errors
    ///
    /// `io` when one cannot be removed.
    pub fn remove_before(&self, sequence: u64) -> Result<()> {
        let files = files(&*self.directory, &self.folder)?;
        for (first, next) in files.iter().zip(files.iter().skip(1)) {
            if *next <= sequence {
                self.directory.remove(&file_path(&self.folder, *first))?;
            }
        }
        Ok(())
    }

    /// Writes what waits, or waits for the one who is writing.
    fn step<'a>(&'a self, mut state: MutexGuard<'a, State>) -> Result<MutexGuard<'a, State>> {
        state.check()?;
        let Some(writer) = state.writer.take() else {
            return Ok(self.done.wait(state).unwrap_or_else(PoisonError::into_inner));
        };
        let spare = std::mem::take(&mut state.spare);
        let mut frame = std::mem::replace(&mut state.waiting, spare);
        let records = std::mem::take(&mut state.waiting_records);
        drop(state);
        let written = writer.commit(&mut frame, records);
        frame.truncate(FrameHeader::BYTES);
        let mut state = self.state();
        state.spare = frame;
        self.settle(state, written)
    }

    /// Takes the writer back, or notes why it is gone.
    fn settle<'a>(
        &'a self,
        mut state: MutexGuard<'a, State>,
        written: Result<Writer>,
    ) -> Result<MutexGuard<'a, State>> {
        self.done.notify_all();
        match written {
            Ok(writer) => {
                state.head = writer.head();
                state.writer = Some(writer);
                Ok(state)
            }
            Err(error) => {
                state.failure = Some(error.to_string());
                Err(error)
            }
        }
    }

    /// The state, which no panic can leave half-changed: nothing between its changes can panic.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
