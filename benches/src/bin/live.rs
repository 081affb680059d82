//! What it costs to take registrations one by one, and to answer while they are in the log.
//!
//!     live FOLDER UNITS TAIL [SECONDS]
//!
//! Makes an index of so many units in the folder, seven of ten registered, and prints a line a
//! measurement: registrations a second from one caller and from 256, opening with a tail of so many
//! in the log, ownership of all units over the tail and after the fold.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program speaks to people")]
#![expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant as Clock};

use seriatim::{
    Families, Index, Instant, LoadOptions, Purpose, Record, RegistrarOptions, RegistrationOptions,
    Registrations, Schema, SerialFamily, Units, Value,
};

type Fallible<T = ()> = Result<T, Box<dyn std::error::Error>>;

const CALLERS: usize = 256;
const BATCH: u64 = 1_000;
const RUNS: usize = 9;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("live: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Fallible {
    let [folder, units, tail, rest @ ..] = arguments else {
        return Err("usage: live FOLDER UNITS TAIL [SECONDS]".into());
    };
    let (units, tail): (u64, u64) = (units.parse()?, tail.parse()?);
    let seconds = rest.first().map_or(Ok(3), |it| it.parse())?;
    let folder = PathBuf::from(folder).join("live.seriatim");
    let index = load(&folder, units)?;
    println!("{:<44} {:>10.1} ms", "open, nothing in the log", opened(&folder)?);
    one_caller(&index, seconds)?;
    many_callers(&index, units, seconds)?;
    index.fold()?;
    fill(&index, units, tail)?;
    println!("{:<44} {:>10.1} ms", format!("open, {tail} in the log"), opened(&folder)?);
    over_the_tail(&index)
}

fn serial(number: u64) -> String {
    format!("AX25{number:010}")
}

fn owner(number: u64, owner: u64) -> Record {
    Record::of_serial(serial(number))
        .with("owner", Value::Text(format!("owner-{owner:09}")))
        .with("has_email", Value::Boolean(true))
        .with("consent_safety", Value::Boolean(!owner.is_multiple_of(3)))
        .with("country", Value::Text("SE".into()))
}

fn load(folder: &Path, units: u64) -> Fallible<Index> {
    let family = SerialFamily::new("unit", "AX25{n:D10}")?;
    let schema = Schema::new(vec![])?.with_families(Families::new(vec![family])?);
    let index = Index::create(folder, schema)?;
    let records = (0..units).map(|number| Record::of_serial(serial(number)));
    index.load_units(Units::records(records), LoadOptions::default())?;
    let registered = (0..units).filter(|it| it % 10 < 7).map(|it| owner(it, it));
    let options = RegistrationOptions::default().without_contact_text();
    index.load_registrations(Registrations::records(registered), options)?;
    Ok(index)
}

fn opened(folder: &Path) -> Fallible<f64> {
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let start = Clock::now();
        drop(Index::open(folder)?);
        times.push(start.elapsed());
    }
    Ok(median(times))
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times.get(times.len() / 2).map_or(0.0, |it| it.as_secs_f64() * 1_000.0)
}

fn options(entropy: u8, contacts: bool) -> RegistrarOptions {
    let options = RegistrarOptions::new([entropy; 32]);
    if contacts { options } else { options.without_contact_text() }
}

fn one_caller(index: &Index, seconds: u64) -> Fallible {
    for (entropy, contacts) in [(1, false), (2, true)] {
        let registrar = index.registrar(&options(entropy, contacts))?;
        let (start, mut done) = (Clock::now(), 0);
        while start.elapsed() < Duration::from_secs(seconds) {
            let mut record = owner(done, done + 1);
            if contacts {
                record = record.with("email", Value::Text(format!("owner-{done}@example.org")));
            }
            registrar.register(&record)?;
            done += 1;
        }
        let what = if contacts { "with a contact" } else { "without contacts" };
        report(&format!("durable, one caller, {what}"), done, start.elapsed());
        registrar.close()?;
    }
    Ok(())
}

fn many_callers(index: &Index, units: u64, seconds: u64) -> Fallible {
    let registrar = index.registrar(&options(3, false))?;
    let (start, done) = (Clock::now(), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for _ in 0..CALLERS {
            scope.spawn(|| {
                while start.elapsed() < Duration::from_secs(seconds) {
                    let number = done.fetch_add(1, Ordering::Relaxed);
                    if let Err(error) = registrar.register(&owner(number % units, number)) {
                        eprintln!("live: {error}");
                        return;
                    }
                }
            });
        }
    });
    report("durable, 256 callers, without contacts", done.into_inner(), start.elapsed());
    registrar.close()?;
    Ok(())
}

fn fill(index: &Index, units: u64, tail: u64) -> Fallible {
    let registrar = index.registrar(&options(4, false))?;
    let start = Clock::now();
    let mut next = 0;
    while next < tail {
        // Scattered over the units, so that the log is in no order.
        let numbers = next..tail.min(next + BATCH);
        let records: Vec<Record> =
            numbers.clone().map(|it| owner(it * 7_919 % units, it + 1)).collect();
        registrar.register_many(&records)?;
        next = numbers.end;
    }
    report("durable, batches of 1,000", tail, start.elapsed());
    registrar.close()?;
    Ok(())
}

fn report(what: &str, done: u64, took: Duration) {
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    let rate = done as f64 / took.as_secs_f64();
    println!("{what:<44} {rate:>10.0} a second");
}

fn over_the_tail(index: &Index) -> Fallible {
    let as_of: Instant = "2026-01-01T00:00:00Z".parse()?;
    let mut start = Clock::now();
    index.refresh()?;
    println!("{:<44} {:>10.1} ms", "refresh to all of it", start.elapsed().as_secs_f64() * 1e3);
    start = Clock::now();
    index.snapshot().all().ownership(as_of)?;
    println!("{:<44} {:>10.1} ms", "ownership, first time", start.elapsed().as_secs_f64() * 1e3);
    let over = asked(index, as_of)?;
    start = Clock::now();
    let report = index.fold()?;
    println!("{:<44} {:>10.1} ms", "fold", start.elapsed().as_secs_f64() * 1e3);
    let folded = asked(index, as_of)?;
    for ((what, over), (_, folded)) in over.iter().zip(&folded) {
        println!("{:<44} {over:>10.1} ms, folded {folded:.1} ms", format!("{what}, over the tail"));
    }
    println!("{:<44} {:>10}", "registrations folded", report.registrations);
    Ok(())
}

/// Medians of what is asked of all units.
fn asked(index: &Index, as_of: Instant) -> Fallible<Vec<(&'static str, f64)>> {
    let all = index.snapshot().all();
    let (mut joined, mut reached) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let start = Clock::now();
        let ownership = all.ownership(as_of)?;
        joined.push(start.elapsed());
        ownership.reach(Purpose::Safety)?;
        reached.push(start.elapsed());
    }
    Ok(vec![("ownership", median(joined)), ("ownership and reach", median(reached))])
}
