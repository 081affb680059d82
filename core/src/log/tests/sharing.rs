//! Many callers, a reader beside them, and a disk that fails.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::*;
use crate::error::{Error, ErrorKind};
use crate::io::{AppendFile, Bytes, FileWriter, Lock};
use crate::limits::LOG_BATCH_BYTES_MAX;

#[test]
fn many_callers_are_written_together_and_each_is_acknowledged() {
    const CALLERS: u64 = 16;
    const EACH: u64 = 200;
    let folder = MemoryDirectory::new();
    let log = create(&folder, 60_000);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reading = scope.spawn(|| {
            let (mut reader, mut seen) = read(&folder, Resume::default()).unwrap();
            while !done.load(Ordering::Relaxed) {
                reader
                    .refresh(&mut |it| {
                        assert_eq!(it.sequence, seen.len() as u64);
                        seen.push(it.bytes.to_vec());
                        Ok(())
                    })
                    .unwrap();
            }
        });
        let callers: Vec<_> = (0..CALLERS)
            .map(|caller| {
                let log = &log;
                scope.spawn(move || {
                    for at in 0..EACH {
                        let record = caller << 32 | at;
                        let place = log.append(&[record.to_le_bytes()]).unwrap();
                        assert!(log.head().sequence() >= place.end);
                    }
                })
            })
            .collect();
        for caller in callers {
            caller.join().unwrap();
        }
        done.store(true, Ordering::Relaxed);
        reading.join().unwrap();
    });
    let head = log.close().unwrap();
    let (_, _, found) = open(&folder, Resume::default().with_floor(head)).unwrap();
    let mut next = [0; 16];
    for record in &found {
        let record = u64::from_le_bytes(record[..].try_into().unwrap());
        let caller = usize::try_from(record >> 32).unwrap();
        assert_eq!(record & 0xFFFF_FFFF, next[caller], "the order of one caller is kept");
        next[caller] += 1;
    }
    assert_eq!(next, [EACH; 16]);
}

#[test]
fn what_is_handed_in_is_bounded() {
    let folder = MemoryDirectory::new();
    let log = create(&folder, 900);
    for refused in [vec![], vec![vec![0; LOG_BATCH_BYTES_MAX - 9]]] {
        assert_eq!(log.submit(&refused).unwrap_err().kind(), ErrorKind::InvalidArgument);
    }
    // Nobody waits, so whoever hands in too much writes.
    let megabyte = vec![7; 1 << 20];
    let tickets: Vec<_> = (0..20).map(|_| log.submit(&[&megabyte]).unwrap()).collect();
    assert!(log.head().sequence() > 10);
    log.wait(&tickets[19]).unwrap();
    drop(log);
    let (_, _, found) = open(&folder, Resume::from(19)).unwrap();
    assert_eq!(found, [megabyte]);
}

#[test]
fn a_second_log_is_a_conflict_and_none_is_not_found() {
    let folder = MemoryDirectory::new();
    assert_eq!(open(&folder, Resume::default()).unwrap_err().kind(), ErrorKind::NotFound);
    drop(create(&folder, 900));
    let again = Log::create(Arc::new(folder), FOLDER, ID, options(900));
    assert_eq!(again.unwrap_err().kind(), ErrorKind::Conflict);
}

#[test]
fn records_that_are_needed_and_gone_are_corruption() {
    let folder = MemoryDirectory::new();
    let log = create(&folder, 900);
    for at in 0..20_u8 {
        log.append(&[[at; 100]]).unwrap();
    }
    log.remove_before(10).unwrap();
    log.close().unwrap();
    assert_eq!(open(&folder, Resume::default()).unwrap_err().kind(), ErrorKind::Corrupt);
    assert_eq!(open(&folder, Resume::from(10)).unwrap().2.len(), 10);
}

#[test]
fn a_floor_before_the_records_that_are_left_is_no_reason_to_refuse() {
    let folder = MemoryDirectory::new();
    let log = create(&folder, 900);
    let mut heads = vec![log.head()];
    for at in 0..20_u8 {
        log.append(&[[at; 100]]).unwrap();
        heads.extend([log.head(), log.flush().unwrap()]);
    }
    for from in 0..=20 {
        log.remove_before(from).unwrap();
        for head in &heads {
            let found = open(&copy(&folder), Resume::from(from).with_floor(*head)).unwrap().2;
            assert_eq!(found.len() as u64, 20 - from);
        }
    }
}

/// A directory whose appends fail from the `n`th sync on, and that counts them.
#[derive(Debug)]
struct Failing {
    inner: MemoryDirectory,
    syncs: Arc<AtomicU64>,
    fails_at: u64,
}

#[derive(Debug)]
struct FailingFile {
    inner: Box<dyn AppendFile>,
    syncs: Arc<AtomicU64>,
    fails_at: u64,
}

impl AppendFile for FailingFile {
    fn write_at(&mut self, at: u64, bytes: &[u8]) -> Result<()> {
        self.inner.write_at(at, bytes)
    }

    fn truncate(&mut self, length: u64) -> Result<()> {
        self.inner.truncate(length)
    }

    fn sync(&mut self) -> Result<()> {
        if self.syncs.fetch_add(1, Ordering::Relaxed) == self.fails_at {
            let full = std::io::ErrorKind::StorageFull;
            return Err(Error::from_system("sync", full.into()));
        }
        self.inner.sync()
    }
}

impl Directory for Failing {
    fn open(&self, path: &str) -> Result<Bytes> {
        self.inner.open(path)
    }

    fn read(&self, path: &str, range: Range<u64>) -> Result<Vec<u8>> {
        self.inner.read(path, range)
    }

    fn append(&self, path: &str) -> Result<Box<dyn AppendFile>> {
        let inner = self.inner.append(path)?;
        let syncs = Arc::clone(&self.syncs);
        Ok(Box::new(FailingFile { inner, syncs, fails_at: self.fails_at }))
    }

    fn create(&self, path: &str) -> Result<Box<dyn FileWriter>> {
        self.inner.create(path)
    }

    fn publish(&self, from: &str, to: &str) -> Result<()> {
        self.inner.publish(from, to)
    }

    fn remove(&self, path: &str) -> Result<()> {
        self.inner.remove(path)
    }

    fn list(&self, folder: &str) -> Result<Vec<String>> {
        self.inner.list(folder)
    }

    fn sync(&self, folder: &str) -> Result<()> {
        self.inner.sync(folder)
    }

    fn lock(&self) -> Result<Box<dyn Lock>> {
        self.inner.lock()
    }
}

#[test]
fn after_one_failure_nothing_is_written_and_no_sync_is_tried_again() {
    let syncs = Arc::new(AtomicU64::new(0));
    let inner = MemoryDirectory::new();
    let failing = Failing { inner: inner.clone(), syncs: Arc::clone(&syncs), fails_at: 2 };
    let log = Log::create(Arc::new(failing), FOLDER, ID, options(1 << 20)).unwrap();
    log.append(&[b"one"]).unwrap();
    let first = log.submit(&[b"two"]).unwrap();
    log.wait(&first).unwrap();
    let lasting = log.head();
    assert_eq!(log.append(&[b"lost"]).unwrap_err().kind(), ErrorKind::Io);
    let before = inner.open(&paths(&inner)[0]).unwrap();
    for _ in 0..3 {
        let error = log.append(&[b"four"]).unwrap_err();
        assert!(error.to_string().contains("storage full") || error.to_string().contains("space"));
        assert_eq!(log.flush().unwrap_err().kind(), ErrorKind::Io);
    }
    // What was lasting before is acknowledged all the same.
    log.wait(&first).unwrap();
    assert_eq!(log.head(), lasting);
    assert_eq!(syncs.load(Ordering::Relaxed), 3);
    assert_eq!(*inner.open(&paths(&inner)[0]).unwrap(), *before);
}
