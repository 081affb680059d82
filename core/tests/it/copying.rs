//! An index whose files are read by copying: the same answers, and a file that is cut is an error.

use std::fs;
use std::io::Write;
use std::path::Path;

use seriatim::io::DiskDirectory;
use seriatim::{
    Column, ColumnType, ErrorKind, Index, LoadOptions, Purpose, Record, RegistrarOptions,
    RetireOptions, Schema, Snapshot, Units, Value,
};

const UNITS: u32 = 70_000;
const SCOPES: [&str; 6] = [
    "lot = 'L7'",
    "serial BETWEEN 'A0001000' AND 'A0002000' AND weight > 40.5",
    "NOT (lot IN ('L1', 'L2')) AND tested < '2025-02-01'",
    "SUBSTRING(serial FROM 6 FOR 2) = '42'",
    "note LIKE '%odd%' OR weight IS NULL",
    "note = 'note 17'",
];

fn build(folder: &Path) -> Index {
    let columns = [
        ("lot", ColumnType::Text),
        ("weight", ColumnType::Float),
        ("tested", ColumnType::Date),
        ("note", ColumnType::Text),
    ];
    let columns = columns.map(|(name, column_type)| Column::new(name, column_type).unwrap());
    let index = Index::create(folder, Schema::new(columns.to_vec()).unwrap()).unwrap();
    let unit = |n: u32| {
        let note = if n.is_multiple_of(1_000) { "an odd one".into() } else { format!("note {n}") };
        let unit = Record::of_serial(format!("A{n:07}"))
            .with("lot", Value::Text(format!("L{}", n / 900)))
            .with("tested", Value::Date(format!("2025-{:02}-01", n % 12 + 1).parse().unwrap()))
            .with("note", Value::Text(note));
        if n % 50 == 1 {
            unit
        } else {
            unit.with("weight", Value::Float(f64::from(n % 997) / 10.0))
        }
    };
    for units in [0..UNITS / 2, UNITS / 2..UNITS] {
        index.load_units(Units::records(units.map(unit)), LoadOptions::default()).unwrap();
    }
    let scrapped = (0..300).map(|n| Record::of_serial(format!("A{:07}", n * 7)));
    index.retire_units(Units::records(scrapped), RetireOptions::default()).unwrap();
    let registrar = index.registrar(&RegistrarOptions::new([7; 32])).unwrap();
    let owners = |numbers: std::ops::Range<u32>| {
        let owner = |n: u32| {
            Record::of_serial(format!("A{:07}", n * 5))
                .with("owner", Value::Text(format!("o-{}", n % 700)))
                .with("email", Value::Text(format!("o-{}@example.org", n % 700)))
        };
        registrar.register_many(&numbers.map(owner).collect::<Vec<_>>()).unwrap();
    };
    owners(0..2_000);
    index.fold().unwrap();
    owners(2_000..2_500);
    registrar.close().unwrap();
    index
}

fn copying(folder: &Path) -> seriatim::Result<Index> {
    Index::open_in(DiskDirectory::open(folder)?.copying())
}

/// What it answers.
fn told(snapshot: &Snapshot) -> seriatim::Result<Vec<String>> {
    let mut told = vec![snapshot.units().to_string(), snapshot.registrations()?.to_string()];
    for sql in SCOPES {
        let found = snapshot.select(&sql.parse()?)?;
        let own = found.affected.ownership("2026-01-01T00:00:00Z".parse()?)?;
        told.push(format!("{sql}: {:?}", found.undetermined.by_reason()?));
        for record in found.affected.records(&["lot", "weight", "tested", "note"])?.step_by(97) {
            told.push(format!("{:?}", record?));
        }
        for contact in own.contacts(Purpose::Safety)?.iter().step_by(13) {
            let contact = contact?;
            told.push(format!("{} {:?}", contact.owner, contact.contact.email));
        }
        told.push(format!("{} {}", found.affected.len(), own.registered()));
    }
    let serials: Vec<String> = (0..500).map(|n| format!("A{:07}", n * 211)).collect();
    told.push(format!("{:?}", snapshot.lookup(&serials)?.unknown));
    Ok(told)
}

#[test]
fn files_that_are_copied_give_the_same_answers() {
    let place = tempfile::tempdir().unwrap();
    let mapped = build(place.path());
    let expected = told(&mapped.snapshot()).unwrap();
    assert!(expected.len() > 100);
    let index = copying(place.path()).unwrap();
    let snapshot = index.snapshot();
    assert_eq!(told(&snapshot).unwrap(), expected);
    assert!(index.verify().unwrap().is_whole());

    // It writes as any other, and an open view keeps its files.
    drop(mapped);
    let scrapped = Units::records([Record::of_serial("A0069999")]);
    index.retire_units(scrapped, RetireOptions::default()).unwrap();
    index.compact(seriatim::CompactOptions::default()).unwrap();
    index.prune(1).unwrap();
    assert_eq!(index.snapshot().units(), snapshot.units() - 1);
    let before = Index::open_in(DiskDirectory::open(place.path()).unwrap().copying()).unwrap();
    assert_eq!(told(&before.snapshot()).unwrap(), told(&index.snapshot()).unwrap());
    assert_eq!(told(&snapshot).unwrap(), expected);
}

#[test]
fn a_file_that_is_cut_while_it_is_open_is_an_error() {
    let place = tempfile::tempdir().unwrap();
    drop(build(place.path()));
    let expected = told(&copying(place.path()).unwrap().snapshot()).unwrap();
    let files = ["units", "registrations", "contacts", "links"].map(|it| place.path().join(it));
    let files = files.iter().flat_map(|it| fs::read_dir(it).unwrap());
    let mut failed = 0;
    for path in files.map(|it| it.unwrap().path()) {
        let whole = fs::read(&path).unwrap();
        for length in [0, 1, whole.len() / 2, whole.len() - 1] {
            let snapshot = copying(place.path()).unwrap().snapshot();
            fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(length as u64).unwrap();
            match told(&snapshot) {
                Ok(told) => assert_eq!(told, expected, "{path:?}, {length} bytes"),
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::Corrupt, "{error}");
                    failed += 1;
                }
            }
            fs::OpenOptions::new().write(true).open(&path).unwrap().write_all(&whole).unwrap();
        }
    }
    assert!(failed >= 20, "{failed}");
}
