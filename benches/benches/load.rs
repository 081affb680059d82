//! How fast units get in, and how fast an index opens.
#![expect(clippy::unwrap_used, reason = "a bench may panic")]

use arrow_array::RecordBatch;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use seriatim::io::MemoryDirectory;
use seriatim::{
    CompactOptions, Index, LoadOptions, RegistrationOptions, Registrations, Schema, Units,
};
use seriatim_benches::{UNITS, records, registrations, unit_batches};

fn empty() -> Index {
    Index::create_in(MemoryDirectory::new(), Schema::new(vec![]).unwrap()).unwrap()
}

/// The batches in an order in which those that follow one another are far apart.
fn mixed(batches: &[RecordBatch]) -> Vec<RecordBatch> {
    const APART: usize = 8;
    let lanes = (0..APART).flat_map(|lane| batches.iter().skip(lane).step_by(APART));
    lanes.cloned().collect()
}

fn load(c: &mut Criterion) {
    let mut group = c.benchmark_group("load");
    group.sample_size(10);

    let few: Vec<_> = records(UNITS / 8).collect();
    group.throughput(Throughput::Elements(UNITS / 8));
    group.bench_function("records", |b| {
        b.iter_batched(
            || (empty(), few.clone()),
            |(index, few)| index.load_units(Units::records(few), LoadOptions::default()).unwrap(),
            BatchSize::PerIteration,
        );
    });

    let batches = unit_batches(UNITS);
    group.throughput(Throughput::Elements(UNITS));
    group.bench_function("batches", |b| {
        b.iter_batched(
            || (empty(), batches.clone().into_iter().map(Ok)),
            |(index, batches)| {
                index.load_units(Units::batches(batches), LoadOptions::default()).unwrap()
            },
            BatchSize::PerIteration,
        );
    });

    // Within a budget of several segments, each of which would span everything.
    let mixed = mixed(&batches);
    let small = || LoadOptions::default().memory_bytes_max(32 << 20);
    group.bench_function("batches_unordered", |b| {
        b.iter_batched(
            || (empty(), mixed.clone().into_iter().map(Ok)),
            |(index, batches)| index.load_units(Units::batches(batches), small()).unwrap(),
            BatchSize::PerIteration,
        );
    });

    group.bench_function("compact", |b| {
        b.iter_batched(
            || {
                let index = empty();
                for part in mixed.chunks(mixed.len() / 4) {
                    let part = part.iter().cloned().map(Ok);
                    index.load_units(Units::batches(part), LoadOptions::default()).unwrap();
                }
                index
            },
            |index| index.compact(CompactOptions::default()).unwrap(),
            BatchSize::PerIteration,
        );
    });

    let registrations = registrations(UNITS / 4);
    group.throughput(Throughput::Elements(registrations.num_rows() as u64));
    group.bench_function("registrations", |b| {
        b.iter_batched(
            || {
                let index = empty();
                let units = unit_batches(UNITS / 4).into_iter().map(Ok);
                index.load_units(Units::batches(units), LoadOptions::default()).unwrap();
                (index, Registrations::batches([Ok(registrations.clone())]))
            },
            |(index, rows)| index.load_registrations(rows, RegistrationOptions::default()).unwrap(),
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

fn open(c: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let index = Index::create(folder.path(), Schema::new(vec![]).unwrap()).unwrap();
    let batches = unit_batches(UNITS).into_iter().map(Ok);
    index.load_units(Units::batches(batches), LoadOptions::default()).unwrap();
    c.bench_function("open", |b| b.iter(|| Index::open(folder.path()).unwrap()));
}

criterion_group!(benches, load, open);
criterion_main!(benches);
