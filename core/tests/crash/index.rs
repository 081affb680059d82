//! An index, crashed everywhere while it is made and loaded.

use seriatim::{
    CompactOptions, DuplicatePolicy, ErrorKind, Families, Index, LoadOptions, Purpose, Record,
    RegistrationOptions, Registrations, Schema, SerialFamily, Snapshot, Units, Value,
};

use crate::disk::{Disk, Image, Note};
use crate::suite::{Effort, Subject, Tried, crash, fail_everywhere, sites, states_wanted, tell};

/// A program that makes an index and loads into it. What a version holds follows from its number.
struct Loads {
    versions: u64,
}

fn unit(number: u64) -> Record {
    let facility = ["Leipzig", "Brno"][usize::from(number.is_multiple_of(3))];
    Record::of_serial(format!("A{number:05}")).with("facility", Value::Text(facility.into()))
}

fn registration(number: u64) -> Record {
    Record::of_serial(format!("A{number:05}"))
        .with("owner", Value::Text(format!("o-{}", number % 3)))
        .with("email", Value::Text(format!("o{}@example.org", number % 3)))
}

/// Units and registrations of a version.
fn expected(version: u64) -> (u64, u64) {
    match version {
        1 => (0, 0),
        2 => (12, 0),
        3 => (12, 5),
        4 => (18, 5),
        5 | 6 => (18, 9),
        later => (18 + 4 * (later - 6), 9),
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
    disk.note(Note::Begun(version));
    disk.phase(match version {
        3 | 5 => "registrations",
        6 => "compact",
        _ => "units",
    });
    match version {
        3 | 5 => {
            let numbers = if version == 3 { 4..9 } else { 7..13 };
            let options = RegistrationOptions::default().threads(1);
            index.load_registrations(Registrations::records(numbers.map(registration)), options)?;
        }
        6 => {
            index.compact(CompactOptions::default().threads(1))?;
            index.prune(3)?;
        }
        _ => {
            let numbers = match version {
                2 => 0..12,
                4 => 6..18,
                later => later * 4 - 10..later * 4 - 6,
            };
            let options = LoadOptions::default().duplicates(DuplicatePolicy::LatestWins).threads(1);
            index.load_units(Units::records(numbers.map(unit)), options)?;
        }
    }
    disk.note(Note::Acknowledged(version));
    Ok(())
}

/// What is wrong with a version, if anything.
fn wrong(snapshot: &Snapshot) -> seriatim::Result<Option<String>> {
    let version = snapshot.version();
    let (units, registrations) = expected(version);
    let mut found =
        vec![(snapshot.units(), units), (snapshot.registrations().unwrap(), registrations)];
    if version > 1 {
        let affected = snapshot.select(&"facility IN ('Leipzig', 'Brno')".parse()?)?.affected;
        let ownership = affected.ownership("2026-01-01T00:00:00Z".parse()?)?;
        found.extend([(affected.len(), units), (ownership.registered(), registrations)]);
        let contacts = ownership.contacts(Purpose::Safety)?;
        let contacts: Vec<_> = contacts.iter().collect::<seriatim::Result<_>>()?;
        let known = contacts.iter().filter(|it| it.contact.email.is_some()).count();
        found.push((known as u64, registrations.min(3)));
    }
    let wrong = found.iter().any(|(found, expected)| found != expected);
    Ok(wrong.then(|| format!("version {version} has {found:?}, found and expected")))
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
        let acknowledged = notes.iter().filter_map(|note| match note {
            Note::Acknowledged(version) => Some(*version),
            _ => None,
        });
        let acknowledged = acknowledged.max();
        let index = match Index::open_in(Disk::from_image(image)) {
            Err(error) if error.kind() == ErrorKind::NotFound && acknowledged.is_none() => {
                return Ok(());
            }
            opened => opened.map_err(|it| format!("{acknowledged:?} acknowledged, but {it}"))?,
        };
        let snapshot = index.snapshot();
        if Some(snapshot.version()) < acknowledged {
            return Err(format!("version {} of {acknowledged:?}", snapshot.version()));
        }
        if !notes.contains(&Note::Begun(snapshot.version())) {
            return Err(format!("version {} was never begun", snapshot.version()));
        }
        if let Some(wrong) = wrong(&snapshot).map_err(|error| error.to_string())? {
            return Err(wrong);
        }
        let verified = index.verify().map_err(|error| error.to_string())?;
        if verified.is_whole() { Ok(()) } else { Err("a file is damaged".to_owned()) }
    }
}

/// Loads take longer than records of a log, so a tenth as many states are opened.
const EFFORT: Effort = Effort { samples: 12, nested_samples: 4, nested_every: 97, killed_every: 7 };

#[test]
fn no_crash_loses_an_acknowledged_load() {
    let wanted = states_wanted(10_000) / 10;
    let mut tried = Tried::default();
    let mut effort = EFFORT;
    while tried.total() < wanted {
        tried = crash(&Loads { versions: 7 }, effort, None).unwrap();
        effort.samples *= 4;
        effort.nested_samples *= 2;
    }
    tell("index", tried);
}

/// A load of registrations changes nothing in the folder of units, but syncs every folder that its
/// manifest names: which of them changed is not worth knowing.
const NOT_NEEDED: [&str; 1] = ["registrations: folder `units` (7)"];

#[test]
fn every_sync_of_the_index_is_needed() {
    let subject = Loads { versions: 3 };
    let all = sites(&subject, 100);
    assert_eq!(all.len(), 15);
    for site in all {
        let lost = crash(&subject, EFFORT, Some(&site)).is_err();
        assert_eq!(!lost, NOT_NEEDED.contains(&&*site.to_string()), "{site}");
    }
}

#[test]
fn the_index_survives_every_failing_operation() {
    assert!(fail_everywhere(&Loads { versions: 5 }) > 50);
}
