//! What all handles of an opened index share: the newest snapshot, and the right to write.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, TryLockError, Weak};

use super::files::{Draft, PruneReport, prune, remove_orphans};
use super::ingest::{self, FoldReport};
use super::live::{Follower, LOG_FOLDER};
use super::manifest::{LogEntry, Manifest};
use super::snapshot::Snapshot;
use crate::error::{Error, ErrorKind, Result};
use crate::io::{Directory, Lock};
use crate::log::{Head, Log, LogOptions, Resume};

/// An opened index.
#[derive(Debug)]
pub(super) struct Handle {
    directory: Arc<dyn Directory>,
    snapshot: RwLock<Snapshot>,
    follower: Mutex<Option<Follower>>,
    /// The lock of the folder while anybody here writes.
    lock: Mutex<Weak<WriterLock>>,
    /// Held by the one who publishes.
    publishing: Mutex<()>,
    /// The log while a registrar writes it.
    log: Mutex<Weak<Log>>,
}

/// The lock of the folder.
#[derive(Debug)]
pub(super) struct WriterLock(Box<dyn Lock>);

impl WriterLock {
    /// Whether this process took it, and not the one that it was forked from.
    pub(super) fn is_ours(&self) -> bool {
        self.0.is_ours()
    }

    /// # Errors
    ///
    /// `conflict` in a child that was forked.
    pub(super) fn check(&self) -> Result<()> {
        if self.is_ours() { Ok(()) } else { Err(Error::forked()) }
    }
}

/// The right to write, shared by all in this process who write through one handle.
#[derive(Debug)]
pub(super) struct Writing {
    handle: Arc<Handle>,
    lock: Arc<WriterLock>,
}

impl Handle {
    pub(super) fn open(directory: Arc<dyn Directory>) -> Result<Self> {
        let mut follower = None;
        let snapshot = newest(&directory, None, &mut follower)?;
        Ok(Handle {
            directory,
            snapshot: RwLock::new(snapshot),
            follower: Mutex::new(follower),
            lock: Mutex::default(),
            publishing: Mutex::default(),
            log: Mutex::default(),
        })
    }

    pub(super) fn directory(&self) -> &Arc<dyn Directory> {
        &self.directory
    }

    /// The snapshot that was taken last.
    pub(super) fn snapshot(&self) -> Snapshot {
        self.snapshot.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes the newest snapshot.
    pub(super) fn newest(&self) -> Result<Snapshot> {
        let mut follower = locked(&self.follower);
        let newest = newest(&self.directory, Some(&self.snapshot()), &mut follower)?;
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = newest.clone();
        Ok(newest)
    }

    /// A version that is kept, with the records of the log before `recorded`; without that, those
    /// that were lasting when it was published.
    pub(super) fn at(&self, version: u64, recorded: Option<u64>) -> Result<Snapshot> {
        let directory = &self.directory;
        if !Manifest::numbers(&**directory)?.contains(&version) {
            return Err(Error::not_found(format!(
                "version {version} is not kept; `versions` tells which are"
            )));
        }
        let manifest = Manifest::read(&**directory, version)?;
        let snapshot = Snapshot::open(&**directory, manifest, Some(&self.snapshot()))?;
        let log = snapshot.manifest().log.clone();
        let (begins, lasting) = log.as_ref().map_or((0, 0), |it| (it.from, it.records));
        let recorded = recorded.unwrap_or(lasting.max(begins));
        let tail = match &log {
            Some(log) if recorded != begins => {
                Some(Follower::open(directory, log)?.tail(directory))
            }
            _ => None,
        };
        let ends = begins + tail.as_ref().map_or(0, |it| u64::from(it.rows.len()));
        if !(begins..=ends).contains(&recorded) {
            return Err(Error::not_found(format!(
                "version {version} can be shown with {begins} to {ends} registrations that came \
                 one by one, not with {recorded}"
            )));
        }
        let Some(tail) = tail else { return Ok(snapshot) };
        snapshot.with_tail(tail).with_records_before(recorded)
    }

    /// Becomes the one writer, or joins those here who are.
    pub(super) fn writing(handle: &Arc<Handle>) -> Result<Writing> {
        let mut slot = locked(&handle.lock);
        if let Some(lock) = slot.upgrade() {
            lock.check()?;
            return Ok(Writing { handle: Arc::clone(handle), lock });
        }
        let lock = Arc::new(WriterLock(handle.directory.lock()?));
        *slot = Arc::downgrade(&lock);
        Ok(Writing { handle: Arc::clone(handle), lock })
    }
}

impl Writing {
    /// # Errors
    ///
    /// `conflict` in a child that was forked from the process that may write.
    pub(super) fn check(&self) -> Result<()> {
        self.lock.check()
    }

    pub(super) fn directory(&self) -> Arc<dyn Directory> {
        Arc::clone(&self.handle.directory)
    }

    pub(super) fn snapshot(&self) -> Snapshot {
        self.handle.snapshot()
    }

    pub(super) fn newest(&self) -> Result<Snapshot> {
        self.handle.newest()
    }

    /// Becomes the one who publishes, and removes what an interrupted one left.
    ///
    /// # Errors
    ///
    /// `conflict` when another load is at work.
    pub(super) fn alone(&self) -> Result<MutexGuard<'_, ()>> {
        let alone = match self.handle.publishing.try_lock() {
            Ok(alone) => alone,
            Err(TryLockError::Poisoned(alone)) => alone.into_inner(),
            Err(TryLockError::WouldBlock) => {
                return Err(Error::conflict("another load of this index is at work; wait for it"));
            }
        };
        remove_orphans(&*self.handle.directory)?;
        Ok(alone)
    }

    /// The files of a load, which removes them unless it commits.
    pub(super) fn draft(&self) -> Draft {
        Draft::new(self.directory(), Arc::clone(&self.lock))
    }

    /// Publishes a next version of which only the entry of the log is another.
    pub(super) fn change_log(
        &self,
        change: impl FnOnce(&mut Option<LogEntry>) -> Result<()>,
    ) -> Result<()> {
        let _alone = locked(&self.handle.publishing);
        let mut manifest = self.newest()?.manifest().next()?;
        let before = manifest.log.clone();
        change(&mut manifest.log)?;
        if manifest.log != before {
            manifest.publish(&*self.handle.directory)?;
            self.newest()?;
        }
        Ok(())
    }

    /// Notes the log that a registrar writes.
    ///
    /// # Errors
    ///
    /// `conflict` when another one does.
    pub(super) fn begin_log(&self, open: impl FnOnce() -> Result<Log>) -> Result<Arc<Log>> {
        let mut slot = locked(&self.handle.log);
        if slot.upgrade().is_some() {
            return Err(Error::conflict("a registrar of this index is open; close it"));
        }
        let log = Arc::new(open()?);
        *slot = Arc::downgrade(&log);
        Ok(log)
    }

    /// Moves what stands in the log into a segment; the caller is the one who publishes.
    pub(super) fn fold(&self) -> Result<FoldReport> {
        let before = self.newest()?;
        let (Some(entry), Some(_)) = (&before.manifest().log, before.tail()) else {
            return Ok(FoldReport { version: before.version(), records: 0, registrations: 0 });
        };
        let (log, head) = self.settle(entry)?;
        let needed_before = self.log_needed_from(entry)?;
        let before = self.newest()?;
        let lasting = before.with_records_before(head.sequence())?;
        let (manifest, report) = ingest::fold(self.draft(), &lasting, head)?;
        self.newest()?;
        // As long as an earlier version needs the log from where it did, there is nothing to remove.
        if let Some(entry) = &manifest.log
            && self.log_needed_from(entry)? > needed_before
        {
            // What cannot be removed now is removed by the next pruning.
            drop(self.clear_log(entry, &log));
        }
        Ok(report)
    }

    /// Removes all versions but the newest, and what only they need; the caller is the one who
    /// publishes.
    pub(super) fn prune(&self, versions: u64) -> Result<PruneReport> {
        let report = prune(&*self.handle.directory, versions)?;
        if let Some(entry) = &self.newest()?.manifest().log {
            let (log, _) = self.settle(entry)?;
            // A version that is gone, but not for good, must not come back without its records.
            self.handle.directory.sync("")?;
            self.clear_log(entry, &log)?;
        }
        Ok(report)
    }

    /// From which record on some version that is kept needs the log, `entry` being the newest's.
    fn log_needed_from(&self, entry: &LogEntry) -> Result<u64> {
        let directory = &*self.handle.directory;
        let mut from = entry.kept_from;
        for number in Manifest::numbers(directory)? {
            let begins = Manifest::read(directory, number)?.log.map(|it| it.from);
            from = begins.map_or(from, |begins| from.min(begins));
        }
        Ok(from)
    }

    /// Removes what no version that is kept needs of the log and of its contacts.
    fn clear_log(&self, entry: &LogEntry, log: &Log) -> Result<()> {
        let (directory, from) = (&self.handle.directory, self.log_needed_from(entry)?);
        log.remove_before(from)?;
        let kept = LogEntry { from, ..entry.clone() };
        Follower::open(directory, &kept)?.tail(directory).remove_older_contacts()
    }

    /// Makes the log lasting as far as it can be read; says how far.
    fn settle(&self, entry: &LogEntry) -> Result<(Arc<Log>, Head)> {
        let slot = locked(&self.handle.log);
        if let Some(log) = slot.upgrade() {
            drop(slot);
            let head = log.flush()?;
            return Ok((log, head));
        }
        // A writer that was interrupted may have left what is not lasting yet. Nothing is appended,
        // so that no nonce is needed.
        let (options, resume) = (LogOptions::new([0; 16]), Resume::from(entry.from));
        let resume = resume.with_floor(entry.floor());
        let visit = &mut |_: crate::log::Record<'_>| Ok(());
        let (log, _) = Log::open(self.directory(), LOG_FOLDER, options, resume, visit)?;
        let head = log.head();
        Ok((Arc::new(log), head))
    }
}

/// Opens the newest version, with what the log has behind it. A writer may remove files between
/// reading a manifest and opening them; then there is a newer manifest to take.
fn newest(
    directory: &Arc<dyn Directory>,
    before: Option<&Snapshot>,
    follower: &mut Option<Follower>,
) -> Result<Snapshot> {
    loop {
        let number = Manifest::newest(&**directory)?
            .ok_or_else(|| Error::not_found("the folder holds no index; create one"))?;
        let opened = match before.filter(|it| it.version() == number) {
            Some(before) => Ok(before.clone()),
            None => Manifest::read(&**directory, number)
                .and_then(|manifest| Snapshot::open(&**directory, manifest, before)),
        };
        match opened.and_then(|opened| follow(directory, opened, follower)) {
            Err(error) if matches!(error.kind(), ErrorKind::Corrupt | ErrorKind::NotFound) => {
                *follower = None;
                if Manifest::newest(&**directory)? == Some(number) {
                    return Err(error);
                }
            }
            opened => return opened,
        }
    }
}

/// The same segments with what the log has behind them.
fn follow(
    directory: &Arc<dyn Directory>,
    opened: Snapshot,
    follower: &mut Option<Follower>,
) -> Result<Snapshot> {
    let Some(log) = &opened.manifest().log else { return Ok(opened) };
    let known = follower.take().map_or(Ok(None), |it| it.advance(log))?;
    let known = known.map_or_else(|| Follower::open(directory, log), Ok)?;
    let tail = known.tail(directory);
    *follower = Some(known);
    Ok(opened.with_tail(tail))
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What these guard is set as a whole, so that no panic leaves it half-changed.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
