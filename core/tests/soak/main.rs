//! A folder of the disk in use: units come, change and go, owners register, everything is folded,
//! compacted and pruned, and readers ask, all at once. At the end it equals a model.
//!
//! `SERIATIM_SOAK_SECONDS` says how long; `make test-deep` asks for minutes.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod model;

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use seriatim::{
    CompactOptions, DuplicatePolicy, ErrorKind, Index, LoadOptions, Purpose, Record, Registrar,
    RegistrarOptions, RetireOptions, Units, Value,
};

use model::{Model, Step, record, schema};

/// How long a thread waits before it tries again, so that none keeps the others out.
const PAUSE: Duration = Duration::from_millis(1);
/// Owners that one thread registers.
const OWNERS: u32 = 4_000;
const AS_OF: &str = "2026-01-01T00:00:00Z";

/// What all threads share.
struct Soak<'f> {
    folder: &'f Path,
    index: Index,
    registrar: Registrar,
    over: AtomicBool,
    /// Registrations that were acknowledged, and how many of them are of another owner than any before.
    acknowledged: AtomicU64,
    owners: AtomicU64,
    /// What each kind of thread did.
    asked: AtomicU64,
    tended: AtomicU64,
}

impl Soak<'_> {
    fn goes_on(&self) -> bool {
        !self.over.load(Ordering::Relaxed)
    }

    /// Loads, corrects and retires units until the time is over.
    #[expect(clippy::disallowed_methods, reason = "how long it runs is what the test is told")]
    #[expect(clippy::print_stdout, reason = "make test-deep shows what it takes")]
    fn load(&self, time: Duration) -> Model {
        let mut model = Model::default();
        let (begun, mut told) = (Instant::now(), 0);
        while begun.elapsed() < time {
            if begun.elapsed().as_secs() / 60 > told {
                told += 1;
                println!("after {told} minutes {} kB of memory", anonymous_kilobytes());
            }
            let step = model.next();
            alone(|| self.take_in(&step));
            model.take_in(step);
            thread::sleep(PAUSE * 10);
        }
        self.over.store(true, Ordering::Relaxed);
        model
    }

    fn take_in(&self, step: &Step) -> seriatim::Result<()> {
        let records = |them: &[(u32, Option<u32>, Option<i64>)]| {
            Units::records(them.iter().map(|it| record(*it)).collect::<Vec<_>>())
        };
        match step {
            Step::Made(units) => {
                let report = self.index.load_units(records(units), LoadOptions::default())?;
                assert_eq!(report.loaded, units.len() as u64);
            }
            Step::Corrected(units) => {
                let options = LoadOptions::default().duplicates(DuplicatePolicy::Amend);
                let report = self.index.load_units(records(units), options)?;
                assert_eq!(report.duplicates.against_index, units.len() as u64);
            }
            Step::Scrapped(units) => {
                let report = self.index.retire_units(records(units), RetireOptions::default())?;
                assert_eq!((report.retired, report.unknown), (units.len() as u64, 0));
            }
        }
        Ok(())
    }

    /// Registers owners, and after some time the same ones again.
    fn register(&self, thread: u32) {
        for number in 0.. {
            if !self.goes_on() {
                return;
            }
            let again = number % OWNERS;
            let owner = Record::of_serial(model::serial((again * 7 + thread) % 5_000))
                .with("owner", Value::Text(format!("o-{thread}-{again}")))
                .with("email", Value::Text(format!("o-{thread}-{again}@example.org")));
            self.registrar.register(&owner).unwrap();
            self.acknowledged.fetch_add(1, Ordering::SeqCst);
            self.owners.fetch_add(u64::from(number < OWNERS), Ordering::SeqCst);
            thread::sleep(PAUSE);
        }
    }

    /// Keeps the folder small.
    fn tend(&self) {
        while self.goes_on() {
            alone(|| self.index.fold());
            thread::sleep(PAUSE * 10);
            alone(|| self.index.compact(CompactOptions::default().threads(1)));
            thread::sleep(PAUSE * 10);
            alone(|| self.index.prune(3));
            thread::sleep(PAUSE * 10);
            self.tended.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Asks from a handle of its own, as another process would.
    fn ask(&self) {
        let index = Index::open(self.folder).unwrap();
        let (mut version, mut recorded) = (0, 0);
        while self.goes_on() {
            let acknowledged = self.acknowledged.load(Ordering::SeqCst);
            index.refresh().unwrap();
            let snapshot = index.snapshot();
            assert!(snapshot.recorded() >= acknowledged, "an acknowledged registration is hidden");
            assert!((snapshot.version(), snapshot.recorded()) >= (version, recorded));
            (version, recorded) = (snapshot.version(), snapshot.recorded());
            let sizes = |sql: &str| {
                let found = snapshot.select(&sql.parse().unwrap()).unwrap();
                (found.affected.len(), found.undetermined.len())
            };
            let (low, unknown) = sizes("firmware < 500");
            let (high, same) = sizes("firmware >= 500");
            assert_eq!((low + high + unknown, unknown), (snapshot.units(), same));
            let own = snapshot.all().ownership(AS_OF.parse().unwrap()).unwrap();
            assert_eq!(own.registered() + own.gap(), snapshot.units());
            assert!(own.has_contact_text().unwrap());
            self.asked.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Does what only one at a time may do, as soon as nobody else does.
fn alone<T>(call: impl Fn() -> seriatim::Result<T>) -> T {
    loop {
        match call() {
            Ok(done) => return done,
            Err(error) if error.kind() == ErrorKind::Conflict => thread::sleep(PAUSE),
            Err(error) => panic!("{error}"),
        }
    }
}

/// What the process takes for itself, without mapped files; 0 where the system does not tell.
fn anonymous_kilobytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let said = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    said.and_then(|it| it.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}

/// How long whoever runs the tests wants it.
#[expect(clippy::disallowed_methods, reason = "make says how long")]
fn time_wanted() -> Duration {
    let seconds = std::env::var("SERIATIM_SOAK_SECONDS");
    Duration::from_secs(seconds.map_or(2, |it| it.parse().unwrap()))
}

#[test]
#[expect(clippy::print_stdout, reason = "make test-deep shows what was done")]
fn an_index_in_use_stays_what_it_should_be() {
    let time = time_wanted();
    let folder = tempfile::tempdir().unwrap();
    let index = Index::create(folder.path(), schema()).unwrap();
    let registrar = index.registrar(&RegistrarOptions::new([7; 32])).unwrap();
    let soak = Soak {
        folder: folder.path(),
        index,
        registrar,
        over: AtomicBool::new(false),
        acknowledged: AtomicU64::new(0),
        owners: AtomicU64::new(0),
        asked: AtomicU64::new(0),
        tended: AtomicU64::new(0),
    };
    let model = thread::scope(|scope| {
        let soak = &soak;
        for thread in 0..3 {
            scope.spawn(move || soak.register(thread));
        }
        scope.spawn(|| soak.tend());
        scope.spawn(|| soak.ask());
        scope.spawn(|| soak.ask());
        scope.spawn(|| soak.load(time)).join().unwrap()
    });
    let (asked, tended) = (soak.asked.into_inner(), soak.tended.into_inner());
    assert!(asked > 0 && tended > 0 && !model.units.is_empty());
    let acknowledged = soak.acknowledged.into_inner();
    soak.registrar.close().unwrap();
    drop(soak.index);

    let index = Index::open(folder.path()).unwrap();
    assert!(index.verify().unwrap().is_whole());
    let snapshot = index.snapshot();
    assert_eq!(snapshot.registrations().unwrap(), soak.owners.into_inner());
    assert_eq!(model::units_of(&snapshot), model.units);
    let own = snapshot.all().ownership(AS_OF.parse().unwrap()).unwrap();
    for contact in own.contacts(Purpose::Safety).unwrap().iter() {
        let contact = contact.unwrap();
        assert_eq!(contact.contact.email, Some(format!("{}@example.org", contact.owner)));
    }
    println!("{time:?}: {acknowledged} registered, {asked} asked, {tended} times tended");
}
