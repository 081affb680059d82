//! An index, crashed everywhere while registrations come one by one and are folded.

use std::collections::BTreeSet;

use seriatim::{ErrorKind, Index, Purpose, Record, Registrar, Value};

use crate::disk::{Disk, Image, Note};
use crate::registered::{UNITS, create, load, open};
use crate::suite::{
    Effort, Subject, acknowledged, crash_until, fail_everywhere, not_needed, one_of, reopened,
    sites, states_wanted, tell,
};

/// A program that registers owners. The owner and the unit of each follow from its number, and what
/// is noted is how many there are, plus one.
struct Registering {
    /// What is done, one after the other.
    steps: &'static [Step],
}

#[derive(Clone, Copy)]
enum Step {
    /// So many together.
    Register(u64),
    Fold,
    /// Closes the registrar and opens another.
    Close,
    /// Opens another without closing the first.
    Abandon,
    /// Keeps the newest version alone.
    Prune,
}

fn registration(number: u64) -> Record {
    let record = Record::of_serial(format!("A{}", number % UNITS))
        .with("owner", Value::Text(format!("o-{number}")));
    if mail_of(number).is_empty() {
        return record;
    }
    record.with("email", Value::Text(mail_of(number)))
}

/// One of three leaves no contact, the first one too.
fn mail_of(number: u64) -> String {
    if number.is_multiple_of(3) { String::new() } else { format!("o{number}@example.org") }
}

fn register(disk: &Disk, registrar: &Registrar, start: u64, count: u64) -> seriatim::Result<u64> {
    disk.phase("register");
    let end = start + count;
    disk.note(Note::Begun(end + 1));
    let records: Vec<Record> = (start..end).map(registration).collect();
    registrar.register_many(&records)?;
    disk.note(Note::Acknowledged(end + 1));
    Ok(end)
}

impl Subject for Registering {
    fn run(&self, disk: &Disk) -> seriatim::Result<()> {
        let index = create(disk)?;
        disk.note(Note::Acknowledged(1));
        let mut registrar = open(disk, &index, 1)?;
        let mut count = 0;
        for (step, entropy) in self.steps.iter().zip(2..) {
            match step {
                Step::Register(more) => count = register(disk, &registrar, count, *more)?,
                Step::Fold => {
                    disk.phase("fold");
                    index.fold()?;
                }
                Step::Prune => {
                    disk.phase("prune");
                    index.prune(1)?;
                }
                Step::Close => {
                    disk.phase("close");
                    registrar.close()?;
                    registrar = open(disk, &index, entropy)?;
                }
                Step::Abandon => {
                    drop(registrar);
                    registrar = open(disk, &index, entropy)?;
                }
            }
        }
        Ok(())
    }

    fn recover(&self, disk: &Disk) -> seriatim::Result<()> {
        disk.phase("recover");
        let index = match Index::open_in(disk.clone()) {
            Err(error) if error.kind() == ErrorKind::NotFound => create(disk)?,
            opened => opened?,
        };
        if index.snapshot().units() == 0 {
            load(&index)?;
        }
        let registrar = open(disk, &index, 99)?;
        index.refresh()?;
        let count = index.snapshot().recorded();
        disk.note(Note::Acknowledged(count + 1));
        let count = register(disk, &registrar, count, 1)?;
        disk.phase("fold");
        index.fold()?;
        register(disk, &registrar, count, 1).map(drop)
    }

    fn check(&self, image: &Image, notes: &[Note]) -> Result<(), String> {
        let acknowledged = acknowledged(notes);
        let Some(index) = reopened(image, acknowledged)? else { return Ok(()) };
        let count = index.snapshot().recorded();
        if Some(count + 1) < acknowledged {
            return Err(format!("{count} registrations of {acknowledged:?} less one"));
        }
        let begun = notes.contains(&Note::Begun(count + 1));
        if count > 0 && !begun && !notes.contains(&Note::Acknowledged(count + 1)) {
            return Err(format!("{count} registrations are half of a list"));
        }
        match wrong(&index, count) {
            Ok(None) => Ok(()),
            Ok(Some(wrong)) => Err(wrong),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// What is wrong with an index of so many registrations, if anything.
fn wrong(index: &Index, count: u64) -> seriatim::Result<Option<String>> {
    let snapshot = index.snapshot();
    let as_of = "2026-01-01T00:00:00Z".parse()?;
    for version in index.versions()? {
        let earlier = index.snapshot_at(version, None)?.all().ownership(as_of)?;
        if !earlier.has_contact_text()? {
            return Ok(Some(format!("version {version} has lost its contacts")));
        }
    }
    if snapshot.registrations()? != count {
        return Ok(Some(format!("{} registrations of {count}", snapshot.registrations()?)));
    }
    let ownership = snapshot.all().ownership(as_of)?;
    if ownership.registered() != count.min(snapshot.units()) {
        return Ok(Some(format!("{} units are registered", ownership.registered())));
    }
    for contact in ownership.contacts(Purpose::Safety)?.iter() {
        let contact = contact?;
        let expected = mail_of(contact.owner.trim_start_matches("o-").parse().unwrap());
        if contact.contact.email.unwrap_or_default() != expected {
            return Ok(Some("a contact is another".to_owned()));
        }
    }
    let whole = index.verify()?.is_whole();
    Ok((!whole).then(|| "a file is damaged".to_owned()))
}

const EFFORT: Effort = Effort { samples: 12, nested_samples: 4, nested_every: 97, killed_every: 7 };

const ALL: Registering = Registering {
    steps: &[
        Step::Register(1),
        Step::Register(3),
        Step::Fold,
        Step::Register(2),
        Step::Abandon,
        Step::Register(1),
        Step::Fold,
        Step::Close,
        Step::Prune,
        Step::Register(2),
        Step::Fold,
        Step::Prune,
    ],
};

#[test]
fn no_crash_loses_an_acknowledged_registration() {
    tell("live", crash_until(&ALL, EFFORT, states_wanted(10_000) / 10));
}

/// Every step.
const EACH: Registering = Registering {
    steps: &[
        Step::Register(1),
        Step::Register(2),
        Step::Close,
        Step::Fold,
        Step::Register(2),
        Step::Fold,
        Step::Prune,
        Step::Abandon,
        Step::Register(1),
    ],
};

/// A fold syncs the folder of its manifest, but what it moves is still in the log. A log that was just
/// made is opened as any other, which syncs it once more. What closing notes in the manifest is a guard
/// against damage, of which nothing is acknowledged.
const NOT_NEEDED: [&str; 6] = [
    "close: folder ``",
    "fold: folder ``",
    "open: folder ``",
    "open: folder `log`",
    "open: log/*.log ",
    "open: log/*.log.new LOG",
];

#[test]
fn every_sync_of_a_registrar_is_needed() {
    let ours = sites(&EACH, 50).into_iter().filter(|site| site.phase != "create");
    let effort = Effort { killed_every: 11, ..EFFORT };
    let kept = not_needed(&EACH, effort, ours);
    let kept: BTreeSet<&str> = kept.iter().filter_map(|it| Some(it.rsplit_once(" (")?.0)).collect();
    assert_eq!(kept, BTreeSet::from(NOT_NEEDED));
}

#[test]
fn registering_survives_every_failing_operation() {
    assert!(fail_everywhere(&ALL, one_of(3)) > 20);
}
