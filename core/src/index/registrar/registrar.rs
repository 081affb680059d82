//! The handle that takes registrations.

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock};

use hashbrown::HashMap;

use super::name::RegistrationName;
use super::options::RegistrarOptions;
use super::state::{Committer, Waiting, bytes_of};
use crate::calendar::Instant;
use crate::error::{Error, Result};
use crate::index::Index;
use crate::index::handle::Writing;
use crate::index::live::LOG_FOLDER;
use crate::index::manifest::LogEntry;
use crate::limits::{LOG_BATCH_BYTES_MAX, REQUEST_BYTES_MAX};
use crate::log::{Head, Log, Record as LogRecord, Resume};
use crate::registry::Entry;
use crate::schema::Record;
use crate::tail::{ContactWriter, TailRecord};

/// Takes registrations one by one: what it acknowledges survives a crash.
///
/// Any number of threads may call it; what waits while the disk is busy is written together. While
/// it is open, no other process can write, and loads go on through the same [`Index`]. What was
/// registered is seen in the snapshot that the next [`refresh`](Index::refresh) takes, in every
/// process.
///
/// A child that is forked cannot register with the registrar of its parent: every call is a
/// `conflict`.
///
/// A registration replaces an earlier one that has the same key, or, where it has no key, the same
/// unit and owner. One of a serial that no unit has waits for the unit.
///
/// # Examples
///
/// ```
/// use seriatim::io::MemoryDirectory;
/// use seriatim::{
///     Index, LoadOptions, Record, RegistrarOptions, RegistrationName, Schema, Units, Value,
/// };
///
/// let index = Index::create_in(MemoryDirectory::new(), Schema::new(vec![])?)?;
/// let units = (1..=9).map(|n| Record::of_serial(format!("A{n:03}")));
/// index.load_units(Units::records(units), LoadOptions::default())?;
///
/// let entropy = [7; 32]; // from the system's source of randomness
/// let registrar = index.registrar(&RegistrarOptions::new(entropy))?;
/// let owner = Record::of_serial("A003")
///     .with("owner", Value::Text("o-1".into()))
///     .with("email", Value::Text("o-1@example.org".into()));
/// let receipt = registrar.register(&owner)?;
/// registrar.end(&RegistrationName::of("A003", "o-1"), "2026-01-01T00:00:00Z".parse()?)?;
///
/// index.refresh()?;
/// let all = index.snapshot().all();
/// assert!(receipt.sequences().end <= index.snapshot().recorded());
/// assert_eq!(all.ownership("2025-06-01T00:00:00Z".parse()?)?.registered(), 1);
/// assert_eq!(all.ownership("2026-06-01T00:00:00Z".parse()?)?.registered(), 0);
/// registrar.close()?;
/// # Ok::<(), seriatim::Error>(())
/// ```
pub struct Registrar {
    pub(super) writing: Writing,
    log: Arc<Log>,
    committer: Committer,
    pub(super) keeps_contact_text: bool,
    /// Held by those who hand in, and alone by one who changes what was registered.
    admission: RwLock<()>,
}

/// What a registrar acknowledges.
///
/// # Examples
///
/// See [`Registrar`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub(super) sequences: Range<u64>,
    pub(super) repeated: bool,
}

impl Receipt {
    /// The numbers of what was recorded. A snapshot shows it once its
    /// [`recorded`](crate::Snapshot::recorded) is not below their end.
    pub fn sequences(&self) -> Range<u64> {
        self.sequences.clone()
    }

    /// Whether the request had been served before, so that nothing was recorded now.
    pub fn is_repeated(&self) -> bool {
        self.repeated
    }
}

impl Registrar {
    pub(in crate::index) fn open(index: &Index, options: &RegistrarOptions) -> Result<Self> {
        let writing = index.writing()?;
        writing.change_log(|log| match log {
            Some(_) => Ok(()),
            None => begin(&writing, options).map(|head| *log = Some(LogEntry::first(head))),
        })?;
        let mut requests = HashMap::new();
        let log = writing.begin_log(|| match &writing.newest()?.manifest().log {
            Some(entry) => resume(&writing, entry, (options, &mut requests)),
            None => Err(Error::corrupt("the index has lost its log")),
        })?;
        let contacts =
            ContactWriter::new(writing.directory(), options.secret(), options.room_bytes)?;
        let committer = Committer::new(Arc::clone(&log), contacts, requests);
        let keeps_contact_text = options.keeps_contact_text;
        Ok(Registrar { writing, log, committer, keeps_contact_text, admission: RwLock::new(()) })
    }

    /// Registers an owner of a unit; lasting when it returns. Fields and what they may hold are
    /// those of [`RegistrationField`](crate::RegistrationField), as for
    /// [`Registrations::records`](crate::Registrations::records).
    ///
    /// A channel is usable when the contact it needs is there and the record does not say
    /// otherwise. Where no contact text is kept, and the record has none, the record says it.
    ///
    /// # Errors
    ///
    /// `invalid_argument` with the field, never with what stands there; `io` when the disk refuses,
    /// now or at an earlier call: whether it is registered is unknown until another registrar is
    /// opened.
    pub fn register(&self, record: &Record) -> Result<Receipt> {
        self.register_many(std::slice::from_ref(record))
    }

    /// Registers several owners: all of them are lasting when it returns, or none is.
    ///
    /// # Errors
    ///
    /// As [`register`](Registrar::register), with the place of the record in the list;
    /// `invalid_argument` when there is none, or they are more than 64 MiB.
    pub fn register_many(&self, records: &[Record]) -> Result<Receipt> {
        let receipt = self.submit(records, None)?;
        self.wait(&receipt)?;
        Ok(receipt)
    }

    /// Hands in registrations without waiting for the disk, as [`register_many`] or, with the name
    /// of a request, as [`register_once`] take them. Nothing is acknowledged before it is
    /// [waited](Registrar::wait) for: a host with many callers and few threads hands in what all of
    /// them have, and waits once.
    ///
    /// [`register_many`]: Registrar::register_many
    /// [`register_once`]: Registrar::register_once
    ///
    /// # Errors
    ///
    /// As [`register_many`] and [`register_once`].
    pub fn submit(&self, records: &[Record], request: Option<&str>) -> Result<Receipt> {
        if let Some(request) = request.filter(|it| it.is_empty() || it.len() > REQUEST_BYTES_MAX) {
            return Err(Error::invalid(format!(
                "the name of a request has 1 to {REQUEST_BYTES_MAX} bytes, not {}",
                request.len()
            )));
        }
        self.writing.check()?;
        let entry = |(place, record): (usize, &Record)| {
            let several = records.len() > 1;
            self.entry(record).map_err(|error| {
                if several { error.within(format!("record {}", place + 1)) } else { error }
            })
        };
        let entries = records.iter().enumerate().map(entry).collect::<Result<Vec<_>>>()?;
        let _admitted = self.admission.read().unwrap_or_else(PoisonError::into_inner);
        self.hand_in(entries, request)
    }

    /// Returns once what a receipt is for is lasting.
    ///
    /// # Errors
    ///
    /// `io` when the disk refuses, now or at an earlier call.
    pub fn wait(&self, receipt: &Receipt) -> Result<()> {
        self.writing.check()?;
        self.committer.wait(receipt.sequences.end)
    }

    /// Registers an owner once: a request of the same name that comes again is acknowledged, and
    /// nothing is recorded. Requests are remembered at least until the registrations have been
    /// folded twice; see [`Index::fold`]. Who needs them known for longer gives the record a key:
    /// what comes again with it takes the place of what came before.
    ///
    /// # Errors
    ///
    /// As [`register`](Registrar::register); `invalid_argument` for a name that is empty or over 256
    /// bytes.
    pub fn register_once(&self, request: &str, record: &Record) -> Result<Receipt> {
        let receipt = self.submit(std::slice::from_ref(record), Some(request))?;
        self.wait(&receipt)?;
        Ok(receipt)
    }

    /// Changes fields of a registration: those that `fields` has; an empty text takes one away. The
    /// serial of the record is not looked at.
    ///
    /// # Errors
    ///
    /// `not_found` when there is no such registration; `conflict` when there are several, so that
    /// they must be called by their keys; `invalid_argument` when the key would change, or the owner
    /// of a registration without one: [`transfer`](Registrar::transfer) it; `corrupt`; `io`.
    pub fn change(&self, name: &RegistrationName, fields: &Record) -> Result<Receipt> {
        self.alone(|| {
            let entry = self.current(name)?;
            let (key, owner) = (entry.key.clone(), entry.owner.clone());
            let changed = entry.changed(fields, self.keeps_contact_text)?;
            if changed.key != key {
                return Err(Error::invalid("the key of a registration does not change"));
            }
            if key.is_none() && changed.owner != owner {
                return Err(Error::invalid(
                    "a registration without a key is another one for another owner; transfer it",
                ));
            }
            Ok(vec![changed])
        })
    }

    /// Ends a registration: from `at` on it holds no more.
    ///
    /// # Errors
    ///
    /// As [`change`](Registrar::change); `invalid_argument` when it would end before it begins.
    pub fn end(&self, name: &RegistrationName, at: Instant) -> Result<Receipt> {
        self.alone(|| self.current(name).and_then(|entry| Ok(vec![ended(entry, at)?])))
    }

    /// Ends a registration and registers the next owner of its unit from then on, both or none. The
    /// serial of the record is not looked at.
    ///
    /// # Errors
    ///
    /// As [`end`](Registrar::end) and [`register`](Registrar::register); `invalid_argument` when the
    /// next registration would take the place of the one that ends.
    pub fn transfer(&self, name: &RegistrationName, at: Instant, next: &Record) -> Result<Receipt> {
        self.alone(|| {
            let before = ended(self.current(name)?, at)?;
            let unit = Entry {
                serial: before.serial.clone(),
                namespace: before.namespace.clone(),
                valid_from: Some(at),
                ..Entry::default()
            };
            let next = unit.changed(next, self.keeps_contact_text)?;
            if next.owner.is_empty() {
                return Err(Error::invalid("the next registration needs an owner"));
            }
            let replaces = match &next.key {
                Some(key) => before.key.as_ref() == Some(key),
                None => next.owner == before.owner,
            };
            if replaces {
                return Err(Error::invalid(
                    "the next registration would replace the one that ends; give it another owner \
                     or key",
                ));
            }
            Ok(vec![before, next])
        })
    }

    /// Makes lasting what was handed in, and closes the log with a seal, after which damage to its end cannot be taken for a crash, and
    /// notes in the index how far it goes. Dropping a registrar loses nothing that was acknowledged,
    /// but does not do this.
    ///
    /// # Errors
    ///
    /// `io`.
    pub fn close(self) -> Result<()> {
        self.writing.check()?;
        self.committer.settle()?;
        let head = self.log.flush()?;
        self.writing.change_log(|log| {
            *log = log.as_ref().map(|it| it.with_floor(head));
            Ok(())
        })
    }

    fn entry(&self, record: &Record) -> Result<Entry> {
        let entry = Entry::new(record, self.keeps_contact_text)?;
        self.writing.snapshot().schema().families().classify(&entry.serial)?;
        Ok(entry)
    }

    fn hand_in(&self, entries: Vec<Entry>, request: Option<&str>) -> Result<Receipt> {
        let bytes: usize = entries.iter().map(bytes_of).sum();
        if entries.is_empty() || bytes > LOG_BATCH_BYTES_MAX {
            return Err(Error::invalid(format!(
                "{} registrations of about {bytes} bytes; there must be one or more, of up to \
                 {LOG_BATCH_BYTES_MAX} bytes",
                entries.len()
            )));
        }
        let waiting = |entry| Waiting { entry, request: request.map(Box::from) };
        let (sequences, repeated) =
            self.committer.submit(entries.into_iter().map(waiting).collect())?;
        Ok(Receipt { sequences, repeated })
    }

    /// Records what follows from what is registered, while nobody else registers.
    fn alone(&self, call: impl FnOnce() -> Result<Vec<Entry>>) -> Result<Receipt> {
        self.writing.check()?;
        let _alone = self.admission.write().unwrap_or_else(PoisonError::into_inner);
        self.committer.settle()?;
        let receipt = self.hand_in(call()?, None)?;
        self.wait(&receipt)?;
        Ok(receipt)
    }
}

/// Begins the log of an index that has none.
fn begin(writing: &Writing, options: &RegistrarOptions) -> Result<Head> {
    let directory = writing.directory();
    // Nothing was acknowledged that stands in a log which the index does not name.
    for name in directory.list(LOG_FOLDER)? {
        directory.remove(&format!("{LOG_FOLDER}/{name}"))?;
    }
    Log::create(directory, LOG_FOLDER, options.log_id(), options.log_options()?)?.close()
}

/// Opens the log of an index, and finds the requests in it.
fn resume(
    writing: &Writing,
    entry: &LogEntry,
    (options, requests): (&RegistrarOptions, &mut HashMap<Box<str>, u64>),
) -> Result<Log> {
    let mut visit = |record: LogRecord<'_>| {
        if let Some(request) = TailRecord::decode(record.bytes)?.request {
            requests.insert(Box::from(request), record.sequence);
        }
        Ok(())
    };
    let resume = Resume::from(entry.kept_from).with_floor(entry.floor());
    let options = options.log_options()?;
    let (log, _) = Log::open(writing.directory(), LOG_FOLDER, options, resume, &mut visit)?;
    Ok(log)
}

fn ended(mut entry: Entry, at: Instant) -> Result<Entry> {
    if entry.valid_from.is_some_and(|from| from > at) {
        return Err(Error::invalid("the registration would end before it begins"));
    }
    entry.valid_to = Some(at);
    Ok(entry)
}

impl fmt::Debug for Registrar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Registrar({:?})", self.log.head())
    }
}
