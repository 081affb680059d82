//! Registrations that wait to be made lasting, and the one caller who does it for all.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

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
pub(super) struct Committer {
    log: Arc<Log>,
    state: Mutex<State>,
    done: Condvar,
}

struct State {
    waiting: VecDeque<Batch>,
    /// The sequence of the next registration to be handed in, and of the next to be lasting.
    next: u64,
    lasting: u64,
    /// Away while one of the callers writes; gone for ever once a call to the disk has failed.
    contacts: Option<ContactWriter>,
    failure: Option<String>,
    /// The sequences that requests led to.
    requests: HashMap<Box<str>, u64>,
}

impl State {
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
            contacts: Some(contacts),
            failure: None,
            requests,
        };
        Committer { log, state: Mutex::new(state), done: Condvar::new() }
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
        let mut state = self.state();
        while state.lasting < end {
            state.check()?;
            let Some(mut contacts) = state.contacts.take() else {
                state = self.done.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
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
            state = self.state();
            match written {
                Ok(()) => {
                    state.contacts = Some(contacts);
                    state.lasting = lasting;
                }
                Err(error) => {
                    state.failure = Some(error.to_string());
                    self.done.notify_all();
                    return Err(error);
                }
            }
            self.done.notify_all();
        }
        Ok(())
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
