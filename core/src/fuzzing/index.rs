//! Indexes with a file that was changed by someone who means harm.

use std::sync::{Arc, OnceLock};

use super::units::{schema, unit};
use crate::bytes::Cursor;
use crate::error::{ErrorKind, Result};
use crate::format;
use crate::index::{
    DuplicatePolicy, Index, LoadOptions, RegistrarOptions, RegistrationName, RegistrationOptions,
    Registrations, Units, reseal_manifest,
};
use crate::io::{Directory, MemoryDirectory};
use crate::log;
use crate::query::By;
use crate::registry::Purpose;
use crate::schema::{Record, Value};

/// A file of an index with a few bytes changed under right checksums: whatever it says, opening
/// and every question end, with an answer or with an error.
///
/// The input is the number of the file, the number of changes behind the first, then for each its
/// place and its new value, then what is appended.
pub fn index_files(bytes: &[u8]) {
    static FILES: OnceLock<Vec<(String, Vec<u8>)>> = OnceLock::new();
    let files = FILES.get_or_init(|| files().unwrap());
    let Ok((path, changed)) = changed(files, bytes) else { return };
    let folder = MemoryDirectory::new();
    for (it, whole) in files {
        let mut file = folder.create(it).unwrap();
        file.write(if *it == path { &changed } else { whole }).unwrap();
        file.sync().unwrap();
    }
    let asked = Index::open_in(folder).and_then(|index| ask(&index));
    if let Err(error) = asked
        && path.starts_with("units/")
    {
        assert!([ErrorKind::Corrupt, ErrorKind::Unsupported].contains(&error.kind()), "{error:?}");
    }
}

fn changed(files: &[(String, Vec<u8>)], bytes: &[u8]) -> Result<(String, Vec<u8>)> {
    let mut input = Cursor::new("input", bytes);
    let (path, whole) = &files[usize::from(input.u8()?) % files.len()];
    let mut changed = whole.clone();
    for _ in 0..=input.u8()? % 8 {
        let at = input.u32()? as usize % whole.len();
        changed[at] = input.u8()?;
    }
    changed.extend(input.rest());
    let (folder, _) = path.split_once('/').unwrap_or_default();
    match folder {
        "" => changed = reseal_manifest(&changed).unwrap_or(changed),
        "log" => changed = log::reseal(changed),
        _ => drop(format::reseal(&mut changed)),
    }
    Ok((path.clone(), changed))
}

/// Every file of an index that has been used: units of two loads, corrections, registrations that
/// were loaded, folded, and that stand in the log.
fn files() -> Result<Vec<(String, Vec<u8>)>> {
    let folder = Arc::new(MemoryDirectory::new());
    let index = Index::create_in(MemoryDirectory::clone(&folder), schema()?)?;
    let records: Vec<Record> = (0..90).map(unit).collect::<Result<_>>()?;
    for part in records.chunks(60) {
        index.load_units(Units::records(part.iter().cloned()), LoadOptions::default())?;
    }
    let amend = LoadOptions::default().duplicates(DuplicatePolicy::Amend);
    let corrected = records.iter().step_by(9).map(|it| Record::of_serial(it.serial().unwrap()));
    let moved = corrected.map(|it| it.with("t", Value::Text("Brno".into())));
    index.load_units(Units::records(moved), amend)?;
    let owners = records.iter().step_by(2).enumerate().map(|(at, it)| owner(it, at));
    index.load_registrations(Registrations::records(owners), RegistrationOptions::default())?;
    for round in 0..2 {
        let registrar = index.registrar(&RegistrarOptions::new([7 + round; 32]))?;
        for (at, it) in records.iter().enumerate().skip(3 + usize::from(round)).step_by(31) {
            registrar.register(&owner(it, 1_000 + at))?;
        }
        let name = RegistrationName::of(records[0].serial().unwrap(), "owner-0");
        registrar.change(
            &name,
            &Record::without_serial().with("consent_safety", Value::Boolean(true)),
        )?;
        registrar.close()?;
        if round == 0 {
            index.fold()?;
        }
    }
    index.prune(1)?;
    let mut files = Vec::new();
    for part in ["", "units", "registrations", "contacts", "sidecars", "links", "log"] {
        for name in folder.list(part)? {
            let path = if part.is_empty() { name } else { format!("{part}/{name}") };
            if let Ok(bytes) = folder.open(&path) {
                files.push((path, bytes.to_vec()));
            }
        }
    }
    files.retain(|(_, bytes)| !bytes.is_empty());
    Ok(files)
}

fn owner(unit: &Record, number: usize) -> Record {
    Record::of_serial(unit.serial().unwrap())
        .with("owner", Value::Text(format!("owner-{number}")))
        .with("email", Value::Text(format!("owner-{number}@example.org")))
        .with("consent_safety", Value::Boolean(number % 3 == 0))
}

const SCOPES: [&str; 6] = [
    "serial BETWEEN '00042500' AND '00042700' OR serial.yy = 25 AND t = 'Brno'",
    "f > 3.5 OR i IN (1, 2, 9) AND NOT v < '4.9'",
    "c = 'CB2' AND m BETWEEN '2025-03-01' AND '2025-03-09' OR d > '2025-03-01'",
    "serial LIKE '%9%' AND t LIKE '_r%' OR b IS NULL",
    "g BETWEEN 'T0100' AND 'T0900' OR g.n IN (5, 950)",
    "serial.made >= '2021-W05' AND SUBSTRING(serial FROM 4 FOR 2) > '20'",
];

/// Asks an index everything; what it says does not matter, only that it says something.
fn ask(index: &Index) -> Result<()> {
    let snapshot = index.snapshot();
    index.verify().map(drop)?;
    for scope in SCOPES {
        let found = snapshot.select(&scope.parse()?)?;
        found.undetermined.by_reason()?;
        found.status("00042505")?;
        found.affected.describe(4)?;
        found.affected.by(&[By::column("t"), By::month("m"), By::column("c")])?;
        let owned = found.affected.ownership("2025-06-01T00:00:00Z".parse()?)?;
        owned.by(&[By::column("t")])?;
        owned.reach(Purpose::Safety)?;
        owned.registrations()?.try_for_each(|it| it.map(drop))?;
        owned.contacts(Purpose::Safety)?.iter().try_for_each(|it| it.map(drop))?;
    }
    snapshot.all().iter().try_for_each(|unit| unit.map(drop))?;
    snapshot.lookup(&["00042505", "LJ-25B70", "odd 4"])?;
    snapshot.lookup_by("g", &["T0037", "nothing"])?;
    Ok(())
}
