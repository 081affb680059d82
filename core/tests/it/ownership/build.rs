//! Does to an index what is done to the lists, and compares the two at every step.

use std::collections::BTreeSet;

use seriatim::io::MemoryDirectory;
use seriatim::{
    CompactOptions, DuplicatePolicy, Families, FamilyChangeOptions, Index, LoadOptions, Purpose,
    Receipt, Record, Registrar, RegistrarOptions, RegistrationName, RegistrationOptions,
    Registrations, RetireOptions, Schema, SerialFamily, Snapshot, Units, Value,
};

use super::model::{Action, FAMILIES, Load, Model, NAMESPACES, instant, serial};

pub(super) fn build(loads: &[Load], keyed: bool, contact_text: bool) -> (Index, Model) {
    let directory = MemoryDirectory::new();
    let index = Index::create_in(directory.clone(), Schema::new(vec![]).unwrap()).unwrap();
    let reader = Index::open_in(directory.clone()).unwrap();
    let mut model = Model::default();
    let mut shown = Vec::new();
    for (step, load) in (0..).zip(loads) {
        apply(&index, &mut model, (step, load), (keyed, contact_text));
        model.load(load, keyed);
        index.refresh().unwrap();
        reader.refresh().unwrap();
        for index in [&index, &reader, &Index::open_in(directory.clone()).unwrap()] {
            let snapshot = index.snapshot();
            let (units, registrations, owned, _) = told(&snapshot);
            assert_eq!(units, model.units.len() as u64);
            assert_eq!(registrations, model.registrations.len() as u64);
            let live = model.live(&model.units, 9);
            let live: BTreeSet<_> = live.iter().filter(|it| it.1.owns()).map(|it| it.0).collect();
            assert_eq!(owned, live.len() as u64, "{load:?}");
        }
        let snapshot = index.snapshot();
        shown.push((snapshot.version(), snapshot.recorded(), told(&snapshot)));
    }
    let kept = index.versions().unwrap();
    for (version, recorded, before) in shown.into_iter().filter(|it| kept.contains(&it.0)) {
        let snapshot = index.snapshot_at(version, Some(recorded)).unwrap();
        assert_eq!(told(&snapshot), before, "version {version}, {recorded} recorded");
    }
    (reader, model)
}

/// Does to the index what a load says; the registrars of a step draw on its number.
fn apply(
    index: &Index,
    model: &mut Model,
    (step, load): (u8, &Load),
    (keyed, contact_text): (bool, bool),
) {
    match load {
        Load::Units(units) => {
            let options = LoadOptions::default().duplicates(DuplicatePolicy::LatestWins);
            index.load_units(records(units), options).unwrap();
        }
        Load::Amend(units) => {
            let there: BTreeSet<_> = units.iter().copied().collect();
            let there: Vec<_> = there.intersection(&model.units).copied().collect();
            let options = LoadOptions::default().duplicates(DuplicatePolicy::Amend);
            let report = index.load_units(records(&there), options).unwrap();
            assert_eq!(report.duplicates.against_index, there.len() as u64);
        }
        Load::Retire(units) => {
            let asked: BTreeSet<_> = units.iter().copied().collect();
            let there = asked.intersection(&model.units).count() as u64;
            let report = index.retire_units(records(units), RetireOptions::default()).unwrap();
            assert_eq!((report.read, report.retired), (units.len() as u64, there));
            assert_eq!(report.unknown, asked.len() as u64 - there);
        }
        Load::Compact(rows_max) => {
            let options = CompactOptions::default().segment_rows_max(*rows_max);
            index.compact(options).unwrap();
            index.prune(2).unwrap();
        }
        Load::Families(which) => change_families(index, FAMILIES[*which], contact_text),
        Load::Registrations(given, rows_max) => {
            let records: Vec<Record> = given.iter().map(|it| it.record(keyed)).collect();
            let mut options = RegistrationOptions::default().segment_rows_max(*rows_max);
            if !contact_text {
                options = options.without_contact_text();
            }
            let report =
                index.load_registrations(Registrations::records(records), options).unwrap();
            assert_eq!(report.read, given.len() as u64);
            assert_eq!(report.loaded + report.replaced_in_load, report.read);
        }
        Load::Live(actions, closes) => {
            let mut options = RegistrarOptions::new([step; 32]);
            if !contact_text {
                options = options.without_contact_text();
            }
            let registrar = index.registrar(&options).unwrap();
            for action in actions {
                take_in(&registrar, model, action, keyed);
            }
            if *closes {
                registrar.close().unwrap();
            }
        }
        Load::Fold => drop(index.fold().unwrap()),
    }
}

/// Does what an action says to the index and to the lists.
fn take_in(registrar: &Registrar, model: &mut Model, action: &Action, keyed: bool) {
    let receipt = act(registrar, model, action, keyed);
    let expected = model.after(action, keyed);
    let recorded = receipt.map_or(0, |it| it.sequences().count());
    assert_eq!(recorded, expected.len(), "{action:?}");
    for given in &expected {
        model.register(given, keyed);
    }
}

/// How many units, registrations, and units with an owner a snapshot has, and whom it reaches.
fn told(snapshot: &Snapshot) -> (u64, u64, u64, usize) {
    let own = snapshot.all().ownership(instant(9)).unwrap();
    let contacts = own.contacts(Purpose::Safety).unwrap().len();
    (snapshot.units(), snapshot.registrations().unwrap(), own.registered(), contacts)
}

fn records(units: &[(u8, u8)]) -> Units<'static> {
    let record = |(namespace, number): &(u8, u8)| {
        Record::of_serial(serial(*number)).in_namespace(NAMESPACES[usize::from(*namespace)])
    };
    Units::records(units.iter().map(record).collect::<Vec<_>>())
}

/// Does what an action says, if the registration that it picks is there.
fn act(registrar: &Registrar, model: &Model, action: &Action, keyed: bool) -> Option<Receipt> {
    let name = |which: &usize| {
        let given = model.picked(*which)?;
        let name = match (keyed, given.namespace) {
            (true, _) => RegistrationName::key(format!("k{}", given.key)),
            (false, None) => RegistrationName::of(serial(given.serial), given.owner()),
            (false, Some(namespace)) => RegistrationName::of(serial(given.serial), given.owner())
                .in_namespace(NAMESPACES[usize::from(namespace)]),
        };
        Some(name)
    };
    match action {
        Action::Register(given) => {
            let records: Vec<Record> = given.iter().map(|it| it.record(keyed)).collect();
            Some(registrar.register_many(&records).unwrap())
        }
        Action::Change(which, safe) => {
            let fields = Record::without_serial()
                .with("phone", Value::Text(String::new()))
                .with("consent_safety", Value::Boolean(*safe));
            Some(registrar.change(&name(which)?, &fields).unwrap())
        }
        Action::End(which, day) => registrar.end(&name(which)?, instant(*day)).ok(),
        Action::Transfer(which, day, next) => {
            registrar.transfer(&name(which)?, instant(*day), &next.record(keyed)).ok()
        }
    }
}

fn change_families(index: &Index, layouts: &[&str], contact_text: bool) {
    let family = |layout: &&str| SerialFamily::new(layout, layout).unwrap();
    let families = Families::new(layouts.iter().map(family).collect()).unwrap();
    let mut options = FamilyChangeOptions::default().segment_rows_max(3);
    if !contact_text {
        options = options.without_contact_text();
    }
    index.change_families(families, options).unwrap();
}
