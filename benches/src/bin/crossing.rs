//! The Rust side of `bindings-python/bench/crossing.py`: the same calls, without Python around them.
//!
//!     crossing load --data FOLDER --store FOLDER
//!     crossing ask  --store FOLDER --scope SQL --serials FILE --as-of INSTANT
//!
//! Prints what each took in seconds, as JSON: every run of it.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program speaks to people")]
#![expect(clippy::disallowed_methods, reason = "it measures time, and makes its own folder")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use seriatim::{Index, LoadOptions, Purpose, Schema, Scope, Units};

type Fallible<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// Runs of what takes microseconds, and of what takes seconds.
const SELECTS: usize = 300;
const STREAMS: usize = 3;
/// Rows of a batch of contacts, as in the binding.
const BATCH_ROWS: usize = 16_384;

fn main() -> ExitCode {
    match run() {
        Ok(told) => {
            println!("{told}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("crossing: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Fallible<serde_json::Value> {
    let mut given = std::env::args().skip(1);
    let phase = given.next().unwrap_or_default();
    let mut options = BTreeMap::new();
    while let (Some(name), Some(value)) = (given.next(), given.next()) {
        options.insert(name, value);
    }
    let option = |name: &str| options.get(name).ok_or_else(|| format!("{name} is missing"));
    match phase.as_str() {
        "load" => load(Path::new(option("--data")?), Path::new(option("--store")?)),
        "ask" => {
            let index = Index::open(option("--store")?)?;
            let serials = fs::read_to_string(option("--serials")?)?;
            ask(&index, option("--scope")?, &serials, option("--as-of")?)
        }
        _ => Err("usage: crossing load|ask --store FOLDER ...".into()),
    }
}

/// Loads the Parquet files of units into a new index.
fn load(data: &Path, store: &Path) -> Fallible<serde_json::Value> {
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(data)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|it| it.to_str()).unwrap_or_default();
        if name.starts_with("units-") {
            files.push(path);
        }
    }
    files.sort();
    if store.exists() {
        fs::remove_dir_all(store)?;
    }
    let index = Index::create(store, Schema::default())?;
    let begun = Instant::now();
    let loaded = index.load_units(Units::parquet(files), LoadOptions::default())?.loaded;
    let seconds = begun.elapsed().as_secs_f64();
    Ok(serde_json::json!({"load": [seconds], "units": loaded}))
}

fn ask(index: &Index, scope: &str, serials: &str, as_of: &str) -> Fallible<serde_json::Value> {
    let scope: Scope = scope.parse()?;
    let found = index.snapshot().select(&scope)?;
    let selects = timed(SELECTS, || Ok(index.snapshot().select(&scope)?.affected.len()))?;

    let serials: Vec<&str> = serials.lines().collect();
    let verdicts = timed(STREAMS, || {
        let mut codes: Vec<u8> = Vec::with_capacity(serials.len());
        for serial in &serials {
            codes.push(found.status(serial)?.code().as_bytes().first().copied().unwrap_or(0));
        }
        Ok(codes.len() as u64)
    })?;

    let owners = index.snapshot().all().ownership(as_of.parse()?)?;
    let mut contacts = 0;
    let streams = timed(STREAMS, || {
        contacts = 0;
        for batch in owners.contacts(Purpose::Safety)?.batches(BATCH_ROWS) {
            contacts += batch?.num_rows() as u64;
        }
        Ok(contacts)
    })?;
    Ok(serde_json::json!({
        "select": selects,
        "status": verdicts,
        "contacts": streams,
        "affected": found.affected.len(),
        "rows": contacts,
    }))
}

/// What each of so many runs took, after one to warm up.
fn timed(runs: usize, mut run: impl FnMut() -> Fallible<u64>) -> Fallible<Vec<f64>> {
    let answer = run()?;
    let mut seconds = Vec::with_capacity(runs);
    for _ in 0..runs {
        let begun = Instant::now();
        if run()? != answer {
            return Err("two runs of one question answer differently".into());
        }
        seconds.push(begun.elapsed().as_secs_f64());
    }
    Ok(seconds)
}
