//! The Rust side of `bindings-python/bench/crossing.py` and `bindings-node/bench/crossing.mjs`: the
//! same calls, without another language around them.
//!
//!     crossing load --data FOLDER --store FOLDER
//!     crossing ask  --store FOLDER --scope SQL --serials FILE --as-of INSTANT [--owners SQL]
//!
//! Contacts are those of the units that `--owners` covers, or of all.
//!
//! Prints what each took in seconds, as JSON: every run of it.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program speaks to people")]
#![expect(clippy::disallowed_methods, reason = "it measures time, and makes its own folder")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use seriatim::{Index, LoadOptions, Ownership, Purpose, Schema, Scope, Units, Verdict};

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
            let snapshot = index.snapshot();
            let owned = match options.get("--owners") {
                Some(scope) => snapshot.select(&scope.parse()?)?.affected,
                None => snapshot.all(),
            };
            let owners = owned.ownership(option("--as-of")?.parse()?)?;
            ask(&index, option("--scope")?, &serials, &owners)
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

fn ask(
    index: &Index,
    scope: &str,
    serials: &str,
    owners: &Ownership,
) -> Fallible<serde_json::Value> {
    let scope: Scope = scope.parse()?;
    let found = index.snapshot().select(&scope)?;
    let selects = timed(SELECTS, || Ok(index.snapshot().select(&scope)?.affected.len()))?;

    let serials: Vec<&str> = serials.lines().collect();
    let one_by_one = timed(STREAMS, || {
        let mut affected = 0;
        for serial in &serials {
            affected += u64::from(found.status(serial)? == Verdict::Affected);
        }
        Ok(affected)
    })?;
    let verdicts = timed(STREAMS, || Ok(found.status_many(&serials)?.len() as u64))?;

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
        "status": one_by_one,
        "status_many": verdicts,
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
