//! How fast an index answers: scopes of every kind, and serials.
#![expect(clippy::unwrap_used, reason = "a bench may panic")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use seriatim::io::MemoryDirectory;
use seriatim::{Index, LoadOptions, Schema, Scope, Snapshot, Units};
use seriatim_benches::{UNITS, serials, unit_batches};

fn index() -> Snapshot {
    let index = Index::create_in(MemoryDirectory::new(), Schema::new(vec![]).unwrap()).unwrap();
    let batches = unit_batches(UNITS).into_iter().map(Ok);
    index.load_units(Units::batches(batches), LoadOptions::default()).unwrap();
    index.snapshot()
}

/// A name, and a scope.
const SCOPES: [(&str, &str); 6] = [
    ("serial_range", "serial BETWEEN 'BK25000100000' AND 'BK25000105299'"),
    (
        "window_and_facility",
        "facility = 'Gdansk' AND model = 'M03' AND made_at >= '2025-03-01' AND made_at < '2025-04-15'",
    ),
    ("batches", "cell_batch IN ('CB01281', 'CB01282', 'CB01283') AND made_at >= '2025-02-01'"),
    ("unclustered_tail", "facility = 'Gdansk' AND torque > 4.7"),
    (
        "unclustered_wide",
        "market IN ('JP', 'CA', 'ES', 'PL') AND retailer IN ('R004', 'R014', 'R024')",
    ),
    ("wide", "model = 'M00' AND made_at >= '2025-01-01' AND made_at < '2025-07-01'"),
];

fn select(c: &mut Criterion) {
    let snapshot = index();
    let mut group = c.benchmark_group("select");
    for (name, text) in SCOPES {
        let scope: Scope = text.parse().unwrap();
        let found = snapshot.select(&scope).unwrap().affected.len();
        assert!(found > 0 && found < UNITS, "{name} finds {found} units");
        group.bench_function(name, |b| b.iter(|| snapshot.select(black_box(&scope)).unwrap()));
    }
    group.finish();
}

fn lookup(c: &mut Criterion) {
    let snapshot = index();
    let serials = serials(10_000);
    let mut group = c.benchmark_group("lookup");
    group.throughput(Throughput::Elements(serials.len() as u64));
    group.bench_function("many", |b| b.iter(|| snapshot.lookup(black_box(&serials)).unwrap()));
    group.throughput(Throughput::Elements(1));
    let selection = snapshot.select(&"facility = 'Gdansk'".parse().unwrap()).unwrap();
    let mut next = serials.iter().cycle();
    group.bench_function("one", |b| b.iter(|| selection.status(next.next().unwrap()).unwrap()));
    group.finish();
}

criterion_group!(benches, select, lookup);
criterion_main!(benches);
