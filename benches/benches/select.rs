//! How fast an index answers: scopes of every kind, and serials.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a bench may panic, and its numbers are small"
)]

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
const SCOPES: [(&str, &str); 12] = [
    ("serial_first_places", "SUBSTRING(serial FROM 1 FOR 2) IN ('BK', 'HV')"),
    ("serial_last_places", "RIGHT(serial, 4) BETWEEN '0100' AND '0199'"),
    ("serial_middle_places", "SUBSTRING(serial FROM 10 FOR 2) = '07'"),
    ("serial_suffix", "serial LIKE '%123'"),
    ("serial_mask", "serial BETWEEN MASK('B*25000010000') AND MASK('B*25000020000')"),
    ("time_of_day", "CAST(made_at AS TIME) BETWEEN '15:00' AND '24:00'"),
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

/// As many rows as a long notice has: a model and a range of serials each.
fn table(c: &mut Criterion) {
    const ROWS: u64 = 5_000;
    let snapshot = index();
    let row = |row: u64| {
        let (plant, model) = (["AX", "BK", "GT", "HV"][(row % 4) as usize], row % 40);
        let first = row * 100 % 500_000;
        let last = first + 60 + row % 300;
        format!(
            "model = 'M{model:02}' AND serial BETWEEN '{plant}25{first:09}' AND '{plant}25{last:09}'"
        )
    };
    let scope: Scope = (0..ROWS).map(row).collect::<Vec<_>>().join(" OR ").parse().unwrap();
    assert!(!snapshot.select(&scope).unwrap().affected.is_empty());
    c.bench_function("table_of_5000_rows", |b| {
        b.iter(|| snapshot.select(black_box(&scope)).unwrap());
    });
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

/// The kernels on chunks of every form: of few rows, of many, of runs.
fn sets(c: &mut Criterion) {
    let snapshot = index();
    let select = |text: &str| snapshot.select(&text.parse().unwrap()).unwrap().affected;
    let forms = [
        ("array", select("retailer IN ('R004', 'R014')")),
        ("bits", select("market IN ('US', 'JP', 'ES', 'PL')")),
        ("runs", select("serial BETWEEN 'AX25000000007' AND 'HV25000300000'")),
    ];
    let other = select("market IN ('US', 'DE', 'GB', 'FR') OR retailer = 'R014'");
    let mut group = c.benchmark_group("sets");
    group.throughput(Throughput::Elements(UNITS));
    for (form, set) in &forms {
        assert!(!set.is_empty(), "{form}");
        let ours = black_box(set);
        group.bench_function(format!("{form}_and_bits"), |b| {
            b.iter(|| ours.intersection(&other).unwrap().len());
        });
        group.bench_function(format!("{form}_or_bits"), |b| {
            b.iter(|| ours.union(&other).unwrap().len());
        });
        group.bench_function(format!("{form}_without_bits"), |b| {
            b.iter(|| ours.difference(&other).unwrap().len());
        });
    }
    group.finish();
}

criterion_group!(benches, select, table, lookup, sets);
criterion_main!(benches);
