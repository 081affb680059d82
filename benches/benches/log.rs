//! How fast records are lasting: one caller alone, and 256 at once; and how fast a log opens.
//!
//! `benches/peers/log_sqlite.py` does the first with `SQLite` in the same folder.
#![expect(clippy::unwrap_used, reason = "a bench may panic")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use seriatim::io::{Directory, DiskDirectory};
use seriatim::log::{Log, LogId, LogOptions, Resume};

const CALLERS: u64 = 256;
const RECORDS: u64 = 1_000_000;
const RECORD_BYTES: usize = 100;

fn folder() -> (tempfile::TempDir, Arc<dyn Directory>) {
    let place = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let directory = Arc::new(DiskDirectory::open(place.path()).unwrap());
    (place, directory)
}

fn create(directory: &Arc<dyn Directory>) -> Log {
    let options = LogOptions::new([7; 16]);
    Log::create(Arc::clone(directory), "log", LogId([1; 16]), options).unwrap()
}

fn append(c: &mut Criterion) {
    let mut group = c.benchmark_group("log");
    group.sample_size(10);
    let record = [0xA5_u8; RECORD_BYTES];

    let (_place, directory) = folder();
    let log = create(&directory);
    group.throughput(Throughput::Elements(1));
    group.bench_function("append alone", |b| b.iter(|| log.append(&[&record]).unwrap()));
    drop(log);

    let (_place, directory) = folder();
    let log = create(&directory);
    group.throughput(Throughput::Elements(CALLERS));
    group.bench_function("append by 256 callers", |b| {
        b.iter_custom(|rounds| {
            let begun = AtomicU64::new(0);
            let clock = criterion::measurement::WallTime;
            let start = criterion::measurement::Measurement::start(&clock);
            std::thread::scope(|scope| {
                for _ in 0..CALLERS {
                    scope.spawn(|| {
                        while begun.fetch_add(1, Ordering::Relaxed) < rounds * CALLERS {
                            log.append(&[&record]).unwrap();
                        }
                    });
                }
            });
            criterion::measurement::Measurement::end(&clock, start)
        });
    });
    group.finish();
}

fn open(c: &mut Criterion) {
    let mut group = c.benchmark_group("log");
    group.sample_size(10);
    for per_frame in [1, 1_000] {
        let (_place, directory) = folder();
        let memory = Arc::new(seriatim::io::MemoryDirectory::new());
        let log = create(&(Arc::clone(&memory) as Arc<dyn Directory>));
        let batch = vec![[0xA5_u8; RECORD_BYTES]; per_frame];
        for _ in 0..RECORDS / per_frame as u64 {
            log.append(&batch).unwrap();
        }
        log.close().unwrap();
        for name in memory.list("log").unwrap() {
            let path = format!("log/{name}");
            let mut file = directory.create(&path).unwrap();
            file.write(&memory.open(&path).unwrap()).unwrap();
            file.sync().unwrap();
        }
        group.throughput(Throughput::Elements(RECORDS));
        group.bench_function(format!("open 1m records, {per_frame} a frame"), |b| {
            b.iter(|| {
                let mut bytes = 0;
                let options = LogOptions::new([8; 16]);
                let directory = Arc::clone(&directory);
                Log::open(directory, "log", options, Resume::default(), &mut |it| {
                    bytes += it.bytes.len();
                    Ok(())
                })
                .unwrap();
                assert_eq!(bytes as u64, RECORDS * RECORD_BYTES as u64);
            });
        });
    }
    group.finish();
}

criterion_group!(benches, append, open);
criterion_main!(benches);
