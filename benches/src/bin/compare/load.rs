//! Makes the index and measures that.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};
use seriatim::{Index, LoadOptions, RegistrationOptions, Registrations, Schema, Units};

use crate::arguments::Arguments;
use crate::feed::Params;
use crate::memory::{self, AnonymousPeak};
use crate::outcome::Outcome;
use crate::timing::Watch;
use crate::{Fallible, feed};

/// What one of the two loads took.
struct Step {
    rows: u64,
    seconds: f64,
    cpu_seconds: f64,
    /// What it added to the folder.
    bytes: u64,
    peak_anonymous: u64,
}

pub(crate) fn run(arguments: &Arguments) -> Fallible {
    let params = Params::read(&arguments.data)?;
    let mut outcome = Outcome::open(&arguments.result, params.units)?;
    if arguments.store.exists() {
        fs::remove_dir_all(&arguments.store)?;
    }
    if let Some(parent) = arguments.store.parent() {
        fs::create_dir_all(parent)?;
    }
    let (data, threads) = (&arguments.data, arguments.threads);
    let units = feed::parquet(data, "units-")?;
    let registrations = feed::parquet(data, "registrations-")?;

    let index = Index::create(&arguments.store, Schema::new(vec![])?)?;
    let units = step(&arguments.store, || {
        let options = LoadOptions::default().threads(threads);
        Ok(index.load_units(Units::parquet(&units), options)?.loaded)
    })?;
    let registrations = step(&arguments.store, || {
        let options = RegistrationOptions::default().threads(threads);
        Ok(index.load_registrations(Registrations::parquet(&registrations), options)?.loaded)
    })?;
    outcome.save("load", report(&[("units", &units), ("registrations", &registrations)]))
}

/// Measures one load, which tells how many rows it took in.
fn step(store: &Path, load: impl FnOnce() -> Fallible<u64>) -> Fallible<Step> {
    let before = feed::size_bytes(store)?;
    let anonymous = AnonymousPeak::watch();
    let watch = Watch::start();
    let rows = load()?;
    let (seconds, cpu_seconds) = (watch.wall().as_secs_f64(), watch.cpu().as_secs_f64());
    let bytes = feed::size_bytes(store)?.saturating_sub(before);
    Ok(Step { rows, seconds, cpu_seconds, bytes, peak_anonymous: anonymous.bytes() })
}

/// The shape of `Load` in `benches/peers/common.py`, and each step by itself.
fn report(steps: &[(&str, &Step)]) -> Value {
    let mut parts = Map::new();
    for (name, step) in steps {
        let (rate, each) = (step.rows as f64 / step.seconds, step.bytes as f64 / step.rows as f64);
        println!(
            "  load {name}: {} rows in {:.2} s (cpu {:.2}), {:.2} M/s, {each:.2} bytes each, \
             {:.0} MiB anonymous at most",
            step.rows,
            step.seconds,
            step.cpu_seconds,
            rate / 1e6,
            step.peak_anonymous as f64 / f64::from(1 << 20),
        );
        let part = json!({
            "rows": step.rows,
            "seconds": step.seconds,
            "cpu_seconds": step.cpu_seconds,
            "rows_per_s": rate,
            "bytes": step.bytes,
            "bytes_each": each,
            "peak_anonymous": step.peak_anonymous,
        });
        parts.insert((*name).to_owned(), part);
    }
    let units = steps.first().map_or(0, |(_, step)| step.rows) as f64;
    let seconds: f64 = steps.iter().map(|(_, step)| step.seconds).sum();
    let cpu_seconds: f64 = steps.iter().map(|(_, step)| step.cpu_seconds).sum();
    let bytes: u64 = steps.iter().map(|(_, step)| step.bytes).sum();
    json!({
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "parts": parts,
        "rows_per_s": units / seconds,
        "bytes": bytes,
        "bytes_per_unit": bytes as f64 / units,
        "registrations_bytes": steps.get(1).map(|(_, step)| step.bytes),
        "peak_rss": memory::peak_bytes(),
        "peak_anonymous": steps.iter().map(|(_, step)| step.peak_anonymous).max(),
    })
}
