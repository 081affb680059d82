//! The program that is killed, and what it should leave.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use seriatim::{
    CompactOptions, DuplicatePolicy, Index, LoadOptions, Purpose, Record, Registrar,
    RegistrarOptions, RetireOptions, Schema, Units, Value,
};

/// How many steps the program has.
pub(crate) const STEPS: u32 = 24;
const MADE: u32 = 20;
const AS_OF: &str = "2026-01-01T00:00:00Z";

/// Where the program works, and where it writes down how far it came.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    pub(crate) folder: PathBuf,
    pub(crate) journal: PathBuf,
}

impl Places {
    pub(crate) fn within(place: &Path) -> Self {
        Places { folder: place.join("index"), journal: place.join("journal") }
    }

    /// How many steps were done, and how many were begun.
    pub(crate) fn progress(&self) -> (u32, u32) {
        let lines = std::fs::read_to_string(&self.journal).unwrap_or_default();
        let last = |word: &str| {
            let said = lines.lines().filter_map(|line| line.strip_prefix(word));
            said.filter_map(|number| number.parse().ok()).max().unwrap_or(0)
        };
        (last("done "), last("begun "))
    }
}

fn serial(number: u32) -> String {
    format!("A{number:05}")
}

fn owner(step: u32, number: u32) -> String {
    format!("o-{step}-{number}")
}

fn registration(step: u32, number: u32) -> Record {
    let owner = owner(step, number);
    Record::of_serial(serial(step + number))
        .with("owner", Value::Text(owner.clone()))
        .with("email", Value::Text(format!("{owner}@example.org")))
}

fn units(numbers: impl Iterator<Item = u32>, lot: Option<u32>) -> Units<'static> {
    let record = |number| {
        let record = Record::of_serial(serial(number));
        match lot {
            Some(lot) => record.with("lot", Value::Text(format!("L{lot}"))),
            None => record,
        }
    };
    Units::records(numbers.map(record).collect::<Vec<_>>())
}

/// Which units step `step` corrects or retires.
fn some_of(step: u32) -> impl Iterator<Item = u32> {
    let start = step / 8 * MADE;
    if step % 8 == 6 { start + 15..start + 18 } else { start + 3..start + 8 }
}

/// Goes on where the journal ends, to the last step.
pub(crate) fn run(places: &Places) -> seriatim::Result<()> {
    let mut journal = OpenOptions::new().create(true).append(true).open(&places.journal).unwrap();
    let index = match Index::open(&places.folder) {
        Err(error) if error.kind() == seriatim::ErrorKind::NotFound => {
            let columns = vec![seriatim::Column::new("lot", seriatim::ColumnType::Text)?];
            Index::create(&places.folder, Schema::new(columns)?)?
        }
        opened => opened?,
    };
    let (done, begun) = places.progress();
    let entropy = [u8::try_from(std::process::id() % 251).unwrap(); 32];
    let registrar = index.registrar(&RegistrarOptions::new(entropy))?;
    index.refresh()?;
    // What was begun may have been done, and is known by what it left.
    let repeats = begun > done && State::found(&index)? == State::after(done);
    let first = if repeats { done } else { begun };
    note(&mut journal, "done", first);
    for number in first..STEPS {
        note(&mut journal, "begun", number + 1);
        step(&index, &registrar, number)?;
        note(&mut journal, "done", number + 1);
    }
    registrar.close()
}

fn note(journal: &mut File, word: &str, step: u32) {
    journal.write_all(format!("{word} {step}\n").as_bytes()).unwrap();
}

fn step(index: &Index, registrar: &Registrar, step: u32) -> seriatim::Result<()> {
    let options = || LoadOptions::default().threads(1);
    match step % 8 {
        0 => {
            let start = step / 8 * MADE;
            index.load_units(units(start..start + MADE, Some(0)), options())?;
        }
        1 => _ = registrar.register(&registration(step, 0))?,
        2 => {
            let records: Vec<Record> = (0..3).map(|it| registration(step, it)).collect();
            registrar.register_many(&records)?;
        }
        3 => {
            let options = options().duplicates(DuplicatePolicy::Amend);
            index.load_units(units(some_of(step), Some(step)), options)?;
        }
        4 => _ = index.fold()?,
        5 => _ = registrar.register_once(&format!("r-{step}"), &registration(step, 0))?,
        6 => drop(index.retire_units(units(some_of(step), None), RetireOptions::default())?),
        _ => {
            index.compact(CompactOptions::default().threads(1))?;
            index.prune(2)?;
        }
    }
    Ok(())
}

/// What an index shows: the lot of each unit, and the owners of units with their mail addresses.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct State {
    lots: BTreeMap<String, String>,
    owners: BTreeSet<(String, String)>,
}

impl State {
    /// After so many steps.
    pub(crate) fn after(steps: u32) -> Self {
        let mut state = State::default();
        let mut registered: BTreeSet<(String, String)> = BTreeSet::new();
        for step in 0..steps {
            let mut set = |numbers: &mut dyn Iterator<Item = u32>, lot: u32| {
                state.lots.extend(numbers.map(|it| (serial(it), format!("L{lot}"))));
            };
            let start = step / 8 * MADE;
            match step % 8 {
                0 => set(&mut (start..start + MADE), 0),
                1 | 5 => _ = registered.insert((serial(step), owner(step, 0))),
                2 => registered.extend((0..3).map(|it| (serial(step + it), owner(step, it)))),
                3 => set(&mut some_of(step), step),
                6 => some_of(step).for_each(|it| drop(state.lots.remove(&serial(it)))),
                _ => {}
            }
        }
        let linked = registered.into_iter().filter(|it| state.lots.contains_key(&it.0));
        state.owners = linked.map(|it| (it.1.clone(), format!("{}@example.org", it.1))).collect();
        state
    }

    /// What there is.
    pub(crate) fn found(index: &Index) -> seriatim::Result<Self> {
        let snapshot = index.snapshot();
        let mut state = State::default();
        if snapshot.units() > 0 {
            for record in snapshot.all().records(&["lot"])? {
                let record = record?;
                let lot = match record.value("lot") {
                    Some(Value::Text(lot)) => lot.clone(),
                    _ => String::new(),
                };
                state.lots.insert(record.serial().unwrap_or_default().to_owned(), lot);
            }
        }
        let own = snapshot.all().ownership(AS_OF.parse()?)?;
        for contact in own.contacts(Purpose::Safety)?.iter() {
            let contact = contact?;
            state.owners.insert((contact.owner, contact.contact.email.unwrap_or_default()));
        }
        Ok(state)
    }
}
