//! An index, crashed everywhere while it is made and loaded.

use std::collections::{BTreeMap, BTreeSet};

use seriatim::{
    CompactOptions, DuplicatePolicy, ErrorKind, Families, FamilyChangeOptions, Index, LoadOptions,
    Purpose, Record, RegistrationOptions, Registrations, RetireOptions, Schema, SerialFamily,
    Snapshot, Units, Value,
};

use crate::disk::{Disk, Image, Note};
use crate::suite::{
    Effort, Subject, acknowledged, crash_until, fail_everywhere, not_needed, one_of, reopened,
    sites, states_wanted, tell,
};

/// A program that makes an index and loads into it. What a version holds follows from its number.
struct Loads {
    versions: u64,
}

fn unit(number: u64) -> Record {
    unit_of(number, ["Leipzig", "Brno"][usize::from(number.is_multiple_of(3))])
}

fn unit_of(number: u64, facility: &str) -> Record {
    Record::of_serial(serial(number)).with("facility", Value::Text(facility.into()))
}

fn serial(number: u64) -> String {
    format!("A{number:05}")
}

fn registration(number: u64) -> Record {
    Record::of_serial(serial(number))
        .with("owner", Value::Text(format!("o-{}", number % 3)))
        .with("email", Value::Text(format!("o{}@example.org", number % 3)))
}

/// What makes a version.
#[derive(Clone, Copy, Debug)]
enum Call {
    Create,
    Units(u64, u64),
    Registrations(u64, u64),
    /// Moves units to Prague.
    Amend(u64, u64),
    Retire(u64, u64),
    ChangeFamilies,
    Compact,
}

impl Call {
    fn of(version: u64) -> Self {
        match version {
            1 => Call::Create,
            2 => Call::Units(0, 12),
            3 => Call::Registrations(4, 9),
            4 => Call::Units(6, 18),
            5 => Call::Registrations(7, 13),
            6 | 12 => Call::Compact,
            8 => Call::Amend(3, 7),
            9 => Call::Retire(5, 8),
            10 => Call::ChangeFamilies,
            later => Call::Units(later * 4 - 10, later * 4 - 6),
        }
    }

    fn phase(self) -> &'static str {
        match self {
            Call::Create => "create",
            Call::Units(..) => "units",
            Call::Registrations(..) => "registrations",
            Call::Amend(..) => "amend",
            Call::Retire(..) => "retire",
            Call::ChangeFamilies => "change families",
            Call::Compact => "compact",
        }
    }

    fn make(self, index: &Index) -> seriatim::Result<()> {
        let units = |policy| LoadOptions::default().duplicates(policy).threads(1);
        match self {
            Call::Create => unreachable!("an index is made once"),
            Call::Units(start, end) => {
                let records = Units::records((start..end).map(unit));
                index.load_units(records, units(DuplicatePolicy::LatestWins)).map(drop)
            }
            Call::Registrations(start, end) => {
                let records = Registrations::records((start..end).map(registration));
                let options = RegistrationOptions::default().threads(1);
                index.load_registrations(records, options).map(drop)
            }
            Call::Amend(start, end) => {
                let records = Units::records((start..end).map(|it| unit_of(it, "Prague")));
                index.load_units(records, units(DuplicatePolicy::Amend)).map(drop)
            }
            Call::Retire(start, end) => {
                let records = Units::records((start..end).map(|it| Record::of_serial(serial(it))));
                let report = index.retire_units(records, RetireOptions::default())?;
                assert_eq!((report.retired, report.unknown), (end - start, 0));
                Ok(())
            }
            Call::ChangeFamilies => {
                let families = Families::new(vec![SerialFamily::new("shorter", "A0{n:D4}")?])?;
                let report = index.change_families(families, FamilyChangeOptions::default())?;
                assert!(report.recoded > 0);
                Ok(())
            }
            Call::Compact => index.compact(CompactOptions::default().threads(1)).map(drop),
        }
    }
}

/// What an index should hold: where each unit was made, and which serials are registered.
#[derive(Default)]
struct Expected {
    units: BTreeMap<u64, &'static str>,
    registrations: BTreeSet<u64>,
}

impl Expected {
    fn of(version: u64) -> Self {
        let mut expected = Expected::default();
        for version in 1..=version {
            match Call::of(version) {
                Call::Units(start, end) => {
                    let facility = |it: u64| if it.is_multiple_of(3) { "Brno" } else { "Leipzig" };
                    expected.units.extend((start..end).map(|it| (it, facility(it))));
                }
                Call::Registrations(start, end) => expected.registrations.extend(start..end),
                Call::Amend(start, end) => {
                    expected.units.extend((start..end).map(|it| (it, "Prague")));
                }
                Call::Retire(start, end) => {
                    expected.units.retain(|it, _| !(start..end).contains(it));
                }
                Call::Create | Call::ChangeFamilies | Call::Compact => {}
            }
        }
        expected
    }

    fn in_facility(&self, facility: &str) -> u64 {
        self.units.values().filter(|it| **it == facility).count() as u64
    }

    /// Units that are registered, and their owners.
    fn registered(&self) -> (u64, u64) {
        let registered = self.registrations.iter().filter(|it| self.units.contains_key(it));
        let owners: BTreeSet<u64> = registered.clone().map(|it| it % 3).collect();
        (registered.count() as u64, owners.len() as u64)
    }
}

fn create(disk: &Disk) -> seriatim::Result<Index> {
    disk.phase("create");
    disk.note(Note::Begun(1));
    let families = Families::new(vec![SerialFamily::new("it", "A{n:D5}")?])?;
    let index = Index::create_in(disk.clone(), Schema::default().with_families(families))?;
    disk.note(Note::Acknowledged(1));
    Ok(index)
}

/// Makes the next version.
fn load(disk: &Disk, index: &Index) -> seriatim::Result<()> {
    let version = index.snapshot().version() + 1;
    let call = Call::of(version);
    disk.note(Note::Begun(version));
    disk.phase(call.phase());
    call.make(index)?;
    disk.note(Note::Acknowledged(version));
    if matches!(call, Call::Compact) {
        disk.phase("prune");
        index.prune(3)?;
    }
    Ok(())
}

/// What is wrong with a version, if anything.
fn wrong(snapshot: &Snapshot) -> seriatim::Result<Option<String>> {
    let version = snapshot.version();
    let expected = Expected::of(version);
    let mut found = vec![
        (snapshot.units(), expected.units.len() as u64),
        (snapshot.registrations()?, expected.registrations.len() as u64),
    ];
    if version > 1 {
        for facility in ["Leipzig", "Brno", "Prague"] {
            let affected = snapshot.select(&format!("facility = '{facility}'").parse()?)?.affected;
            found.push((affected.len(), expected.in_facility(facility)));
        }
        let (registered, owners) = expected.registered();
        let ownership = snapshot.all().ownership("2026-01-01T00:00:00Z".parse()?)?;
        let contacts = ownership.contacts(Purpose::Safety)?;
        let contacts: Vec<_> = contacts.iter().collect::<seriatim::Result<_>>()?;
        let known = contacts.iter().filter(|it| it.contact.email.is_some()).count();
        found.extend([(ownership.registered(), registered), (known as u64, owners)]);
    }
    let wrong = found.iter().any(|(found, expected)| found != expected);
    Ok(wrong.then(|| format!("version {version} has {found:?}, found and expected")))
}

/// What is wrong with any version that can be opened.
fn every_wrong(index: &Index, newest: &Snapshot) -> seriatim::Result<Option<String>> {
    for version in index.versions()? {
        if version < newest.version() {
            let earlier = index.snapshot_at(version, None)?;
            let units = Expected::of(version).units.len() as u64;
            if earlier.units() != units {
                return Ok(Some(format!("version {version} has {} units", earlier.units())));
            }
        }
    }
    wrong(newest)
}

impl Subject for Loads {
    fn run(&self, disk: &Disk) -> seriatim::Result<()> {
        let index = create(disk)?;
        (1..self.versions).try_for_each(|_| load(disk, &index))
    }

    fn recover(&self, disk: &Disk) -> seriatim::Result<()> {
        disk.phase("open");
        let index = match Index::open_in(disk.clone()) {
            Err(error) if error.kind() == ErrorKind::NotFound => create(disk)?,
            opened => opened?,
        };
        load(disk, &index)
    }

    fn check(&self, image: &Image, notes: &[Note]) -> Result<(), String> {
        let acknowledged = acknowledged(notes);
        let Some(index) = reopened(image, acknowledged)? else { return Ok(()) };
        let snapshot = index.snapshot();
        if Some(snapshot.version()) < acknowledged {
            return Err(format!("version {} of {acknowledged:?}", snapshot.version()));
        }
        if !notes.contains(&Note::Begun(snapshot.version())) {
            return Err(format!("version {} was never begun", snapshot.version()));
        }
        if let Some(wrong) = every_wrong(&index, &snapshot).map_err(|error| error.to_string())? {
            return Err(wrong);
        }
        let verified = index.verify().map_err(|error| error.to_string())?;
        if verified.is_whole() { Ok(()) } else { Err("a file is damaged".to_owned()) }
    }
}

/// Loads take longer than records of a log, so a tenth as many states are opened.
const EFFORT: Effort = Effort { samples: 12, nested_samples: 4, nested_every: 97, killed_every: 7 };

/// Every call of a writer.
const ALL: Loads = Loads { versions: 12 };

#[test]
fn no_crash_loses_an_acknowledged_load() {
    tell("index", crash_until(&ALL, EFFORT, states_wanted(10_000) / 10));
}

#[test]
fn every_sync_of_the_index_is_needed() {
    let mut kept = Vec::new();
    for (version, phases) in [
        (1, &["create"][..]),
        (2, &["units"]),
        (3, &["registrations"]),
        (6, &["compact", "prune"]),
        (8, &["amend"]),
        (9, &["retire"]),
        (10, &["change families"]),
    ] {
        let subject = Loads { versions: version };
        let ours = sites(&subject, 1_000).into_iter().filter(|it| phases.contains(&it.phase));
        kept.extend(not_needed(&subject, EFFORT, ours));
    }
    assert_eq!(kept, [""; 0]);
}

#[test]
fn the_index_survives_every_failing_operation() {
    assert!(fail_everywhere(&ALL, one_of(9)) > 20);
}
