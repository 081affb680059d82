//! How fast counts by group come, and what is known of owners.
#![expect(clippy::unwrap_used, reason = "a bench may panic")]

use criterion::{Criterion, criterion_group, criterion_main};
use seriatim::io::MemoryDirectory;
use seriatim::{
    By, Index, Instant, LoadOptions, Purpose, RegistrationField, RegistrationOptions,
    Registrations, Schema, Snapshot, Units,
};
use seriatim_benches::{UNITS, registrations, unit_batches};

fn index() -> Snapshot {
    let index = Index::create_in(MemoryDirectory::new(), Schema::new(vec![]).unwrap()).unwrap();
    let batches = unit_batches(UNITS).into_iter().map(Ok);
    index.load_units(Units::batches(batches), LoadOptions::default()).unwrap();
    let registrations = Registrations::batches([Ok(registrations(UNITS))]);
    index.load_registrations(registrations, RegistrationOptions::default()).unwrap();
    index.snapshot()
}

/// A few units of one run, and a tenth of all.
const SETS: [(&str, &str); 2] = [
    ("narrow", "facility = 'Gdansk' AND made_at >= '2025-03-01' AND made_at < '2025-03-15'"),
    ("wide", "market = 'DE'"),
];

fn groups(c: &mut Criterion, snapshot: &Snapshot) {
    let mut group = c.benchmark_group("groups");
    let market = [By::column("market")];
    let month_and_market = [By::month("made_at"), By::column("market")];
    for (name, scope) in SETS {
        let units = snapshot.select(&scope.parse().unwrap()).unwrap().affected;
        group.bench_function(format!("{name}_by_market"), |b| {
            b.iter(|| units.by(&market).unwrap());
        });
        group.bench_function(format!("{name}_by_month_and_market"), |b| {
            b.iter(|| units.by(&month_and_market).unwrap());
        });
    }
    group.finish();
}

fn ownership(c: &mut Criterion, snapshot: &Snapshot) {
    let as_of: Instant = "2026-01-01T00:00:00Z".parse().unwrap();
    let fields = [RegistrationField::Serial, RegistrationField::Name, RegistrationField::Email];
    let mut group = c.benchmark_group("ownership");
    for (name, scope) in SETS {
        let units = snapshot.select(&scope.parse().unwrap()).unwrap().affected;
        group.bench_function(format!("{name}_counts"), |b| {
            b.iter(|| units.ownership(as_of).unwrap().registered());
        });
        let ownership = units.ownership(as_of).unwrap();
        assert!(ownership.registered() > 0 && ownership.gap() > 0, "{name}");
        group.bench_function(format!("{name}_registrations"), |b| {
            b.iter(|| {
                let batches = ownership.registration_batches(&fields, 65_536).unwrap();
                batches.map(|batch| batch.unwrap().num_rows()).sum::<usize>()
            });
        });
        group.bench_function(format!("{name}_contacts"), |b| {
            b.iter(|| ownership.contacts(Purpose::Safety).unwrap().len());
        });
    }
    group.finish();
}

fn all(c: &mut Criterion) {
    let snapshot = index();
    groups(c, &snapshot);
    ownership(c, &snapshot);
}

criterion_group!(benches, all);
criterion_main!(benches);
