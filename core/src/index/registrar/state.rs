//! Registrations that wait to be made lasting, and the one caller who does it for all.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};

use hashbrown::HashMap;

use crate::error::{Error, Result};
use crate::log::Log;
use crate::registry::Entry;
use crate::tail::{ContactWriter, TailRecord};

/// About how many bytes of records are written together, unless one batch is longer.
const GROUP_BYTES: usize = 4 << 20;

/// A registration on its way to the log.
pub(super) struct Waiting {
    pub(super) entry: Entry,
    pub(super) request: Option<Box<str>>,
}

/// Registrations that are lasting together or not at all.
struct Batch {
    entries: Vec<Waiting>,
    bytes: usize,
    end: u64,
}

/// Makes registrations lasting: contacts first, then the records that name them.
///
/// Who waits sleeps until what it waits for is lasting, or until it is its turn to write. So nobody is
/// woken to find that it must go on waiting, and those who are woken need not queue for the state.
pub(super) struct Committer {
    log: Arc<Log>,
    state: Mutex<State>,
    /// The sequence of the next registration to be lasting, for those who only want to know that.
    lasting: AtomicU64,
}

struct State {
    waiting: VecDeque<Batch>,
    /// The sequence of the next registration to be handed in, and of the next to be lasting.
    next: u64,
    lasting: u64,
    sleepers: Vec<Sleeper>,
    /// Away while one of the callers writes; gone for ever once a call to the disk has failed.
    contacts: Option<ContactWriter>,
    failure: Option<String>,
    /// The sequences that requests led to.
    requests: HashMap<Box<str>, u64>,
}

/// A caller that waits for the registrations before a sequence.
struct Sleeper {
    end: u64,
    thread: Thread,
}

impl State {
    /// Those who need not wait any longer, behind the one who is to write next.
    fn woken(&mut self) -> Vec<Thread> {
        let over = self.failure.is_some();
        let lasting = self.lasting;
        let (done, mut rest): (Vec<_>, Vec<_>) =
            self.sleepers.drain(..).partition(|it| over || it.end <= lasting);
        let next = rest.pop();
        self.sleepers = rest;
        next.into_iter().chain(done).map(|it| it.thread).collect()
    }

    fn check(&self) -> Result<()> {
        match &self.failure {
            None => Ok(()),
            Some(failure) => Err(Error::io(
                "register",
                std::io::Error::other(format!(
                    "the registrar failed before ({failure}); open another to find out what is \
                     lasting"
                )),
            )),
        }
    }
}

impl Committer {
    pub(super) fn new(
        log: Arc<Log>,
        contacts: ContactWriter,
        requests: HashMap<Box<str>, u64>,
    ) -> Self {
        let next = log.head().sequence();
        let state = State {
            waiting: VecDeque::new(),
            next,
            lasting: next,
            sleepers: Vec::new(),
            contacts: Some(contacts),
            failure: None,
            requests,
        };
        Committer { log, state: Mutex::new(state), lasting: AtomicU64::new(next) }
    }

    /// Hands in registrations that become lasting together, and gives their sequences. Where a
    /// request was handed in before, gives the sequence that it led to and hands in nothing.
    pub(super) fn submit(&self, entries: Vec<Waiting>) -> Result<(Range<u64>, bool)> {
        let mut state = self.state();
        state.check()?;
        let known = entries.iter().filter_map(|it| it.request.as_deref());
        if let Some(sequence) = known.filter_map(|it| state.requests.get(it)).copied().next() {
            return Ok((sequence..sequence + 1, true));
        }
        let start = state.next;
        let count = u64::try_from(entries.len()).unwrap_or(u64::MAX);
        let end = start.checked_add(count);
        let end = end.ok_or_else(|| Error::unsupported("the log is as long as it can be"))?;
        for (sequence, waiting) in (start..).zip(&entries) {
            if let Some(request) = &waiting.request {
                state.requests.insert(request.clone(), sequence);
            }
        }
        let bytes = entries.iter().map(|it| bytes_of(&it.entry)).sum();
        state.next = end;
        state.waiting.push_back(Batch { entries, bytes, end });
        Ok((start..end, false))
    }

    /// Returns once everything that was handed in is lasting.
    pub(super) fn settle(&self) -> Result<()> {
        let end = self.state().next;
        self.wait(end)
    }

    /// Returns once the registrations before a sequence are lasting.
    pub(super) fn wait(&self, end: u64) -> Result<()> {
        while self.lasting.load(Ordering::Acquire) < end {
            let mut state = self.state();
            if state.lasting >= end {
                break;
            }
            state.check()?;
            if let Some(contacts) = state.contacts.take() {
                self.write_group(state, contacts)?;
            } else {
                // Whoever writes now looks at the sleepers once it has written.
                state.sleepers.push(Sleeper { end, thread: thread::current() });
                drop(state);
                thread::park();
            }
        }
        Ok(())
    }

    /// Writes what waits, as far as it goes together, and wakes whom it concerns.
    fn write_group(
        &self,
        mut state: MutexGuard<'_, State>,
        mut contacts: ContactWriter,
    ) -> Result<()> {
        let (mut group, mut bytes, mut lasting) = (Vec::new(), 0, state.lasting);
        while let Some(batch) = state.waiting.front() {
            if !group.is_empty() && bytes + batch.bytes > GROUP_BYTES {
                break;
            }
            let Some(batch) = state.waiting.pop_front() else { break };
            bytes += batch.bytes;
            lasting = batch.end;
            group.extend(batch.entries);
        }
        drop(state);
        let written = self.write(&mut contacts, &group);
        let mut state = self.state();
        match &written {
            Ok(()) => {
                state.contacts = Some(contacts);
                state.lasting = lasting;
                self.lasting.store(lasting, Ordering::Release);
            }
            Err(error) => state.failure = Some(error.to_string()),
        }
        let woken = state.woken();
        drop(state);
        woken.iter().for_each(Thread::unpark);
        written
    }

    fn write(&self, contacts: &mut ContactWriter, group: &[Waiting]) -> Result<()> {
        let mut records = Vec::with_capacity(group.len());
        for Waiting { entry, request } in group {
            let place = contacts.add(&entry.contact)?;
            records.push(TailRecord::of(entry, request.as_deref(), place).encode());
        }
        contacts.commit()?;
        self.log.append(&records).map(drop)
    }

    /// The state, which no panic can leave half-changed: nothing between its changes can panic.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// About how many bytes a registration takes in the log and among the contacts.
pub(super) fn bytes_of(entry: &Entry) -> usize {
    let texts = [&entry.namespace, &entry.key, &entry.language, &entry.country];
    let contact = [
        &entry.contact.name,
        &entry.contact.email,
        &entry.contact.phone,
        &entry.contact.street,
        &entry.contact.postal_code,
        &entry.contact.city,
    ];
    let optional = texts.into_iter().chain(contact).flatten().map(|text| text.len() + 10);
    optional.sum::<usize>() + entry.serial.len() + entry.owner.len() + 200
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;
    use crate::io::{Directory, MemoryDirectory};
    use crate::log::{LogId, LogOptions};

    fn committer() -> (Committer, Arc<MemoryDirectory>) {
        let directory = Arc::new(MemoryDirectory::new());
        let options = LogOptions::new([7; 16]);
        let log =
            Log::create(Arc::<MemoryDirectory>::clone(&directory), "log", LogId([1; 16]), options)
                .unwrap();
        let contacts =
            ContactWriter::new(Arc::<MemoryDirectory>::clone(&directory), [7; 32], 64).unwrap();
        (Committer::new(Arc::new(log), contacts, HashMap::new()), directory)
    }

    fn registration(owner: usize) -> Waiting {
        let entry = Entry { serial: "A1".into(), owner: owner.to_string(), ..Entry::default() };
        Waiting { entry, request: None }
    }

    #[test]
    fn nobody_is_left_asleep() {
        let (committer, directory) = committer();
        thread::scope(|scope| {
            for caller in 0..24 {
                let committer = &committer;
                scope.spawn(move || {
                    for number in 0..150 {
                        let batch = (0..=number % 3).map(registration).collect();
                        let (sequences, _) = committer.submit(batch).unwrap();
                        // Some wait for what others handed in, and some do not wait.
                        if (caller + number) % 5 > 0 {
                            committer
                                .wait(sequences.end.saturating_sub(number as u64 % 2))
                                .unwrap();
                        }
                    }
                });
            }
        });
        committer.settle().unwrap();
        assert_eq!(committer.log.head().sequence(), 24 * 300);
        assert!(committer.state().sleepers.is_empty());
        assert_eq!(directory.list("contacts").unwrap(), [""; 0]);
    }

    #[test]
    fn a_failure_wakes_everybody() {
        let (committer, directory) = committer();
        let failed = AtomicUsize::new(0);
        thread::scope(|scope| {
            for caller in 0..16 {
                let (committer, directory, failed) = (&committer, &directory, &failed);
                scope.spawn(move || {
                    for number in 0.. {
                        let mut waiting = registration(number);
                        if caller == 0 && number == 20 {
                            // A contact cannot be written where somebody else wrote one.
                            directory.create("contacts/live-000001.txt").unwrap();
                            waiting.entry.contact.name = Some("N".into());
                        }
                        let waited = committer
                            .submit(vec![waiting])
                            .and_then(|(sequences, _)| committer.wait(sequences.end));
                        if waited.is_err() {
                            _ = failed.fetch_add(1, Ordering::Relaxed);
                            return;
                        }
                    }
                });
            }
        });
        assert_eq!(failed.into_inner(), 16);
    }
}
