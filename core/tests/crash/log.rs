//! The log, crashed everywhere.

use std::collections::BTreeSet;
use std::sync::Arc;

use seriatim::ErrorKind;
use seriatim::log::{Log, LogId, LogOptions, Reader, Resume};

use crate::disk::{Disk, Image, Note};
use crate::states::Numbers;
use crate::suite::{
    Effort, Subject, Tried, acknowledged, crash, fail_everywhere, sites, states_wanted, tell,
};

const FOLDER: &str = "log";
const ID: LogId = LogId([3; 16]);

/// A program that appends batches, flushes and opens again, as a seed says.
struct Batches {
    seed: u64,
}

impl Batches {
    fn options(&self) -> LogOptions {
        let options = LogOptions::new([9; 16]).with_file_bytes(4_000).unwrap();
        let room_bytes = if self.seed.is_multiple_of(2) { 1 } else { 1_500 };
        options.with_room_bytes(room_bytes).unwrap()
    }

    /// Opens the log; the records found.
    fn open(&self, disk: &Disk) -> seriatim::Result<(Log, u64, bool)> {
        let mut count = 0;
        let mut strange = None;
        let directory = Arc::new(disk.clone());
        let (log, recovery) =
            Log::open(directory, FOLDER, self.options(), Resume::default(), &mut |it| {
                if it.sequence != count || it.bytes != record(count) {
                    strange.get_or_insert(count);
                }
                count += 1;
                Ok(())
            })?;
        assert_eq!(strange, None, "not the record that was appended");
        Ok((log, count, recovery.sealed()))
    }

    fn create(&self, disk: &Disk) -> seriatim::Result<Log> {
        disk.phase("create");
        let log = Log::create(Arc::new(disk.clone()), FOLDER, ID, self.options())?;
        disk.note(Note::Acknowledged(0));
        Ok(log)
    }
}

/// What is appended as the record of a sequence: from nothing to several sectors.
fn record(sequence: u64) -> Vec<u8> {
    let length = [40, 0, 700, 3, 260, 90, 1_700][usize::try_from(sequence % 7).unwrap()];
    (0..length).map(|at: u64| (at * 31 + sequence * 7 + 1).to_le_bytes()[0]).collect()
}

fn append(disk: &Disk, log: &Log, records: u64) -> seriatim::Result<()> {
    let first = log.head().sequence();
    disk.note(Note::Begun(first + records));
    let batch: Vec<_> = (first..first + records).map(record).collect();
    disk.phase("append");
    log.append(&batch)?;
    disk.note(Note::Acknowledged(first + records));
    Ok(())
}

impl Subject for Batches {
    fn run(&self, disk: &Disk) -> seriatim::Result<()> {
        let mut log = self.create(disk)?;
        let mut numbers = Numbers(self.seed);
        for step in 0..10 {
            match (self.seed + step + numbers.next() % 2) % 5 {
                0 => {
                    disk.phase("flush");
                    log.flush()?;
                    disk.note(Note::Flushed);
                }
                1 => {
                    drop(log);
                    disk.phase("open");
                    log = self.open(disk)?.0;
                }
                _ => append(disk, &log, 1 + numbers.next() % 4)?,
            }
        }
        disk.phase("flush");
        log.close()?;
        disk.note(Note::Flushed);
        Ok(())
    }

    fn recover(&self, disk: &Disk) -> seriatim::Result<()> {
        disk.phase("open");
        let log = match self.open(disk) {
            Ok((log, count, _)) => {
                disk.note(Note::Acknowledged(count));
                log
            }
            Err(error) if error.kind() == ErrorKind::NotFound => self.create(disk)?,
            Err(error) => return Err(error),
        };
        append(disk, &log, 1)?;
        append(disk, &log, 2)
    }

    fn check(&self, image: &Image, notes: &[Note]) -> Result<(), String> {
        let acknowledged = acknowledged(notes);
        let disk = Disk::from_image(image);
        let (log, count, sealed) = match self.open(&disk) {
            Ok(opened) => opened,
            Err(error) if error.kind() == ErrorKind::NotFound && acknowledged.is_none() => {
                return Ok(());
            }
            Err(error) => return Err(format!("{acknowledged:?} acknowledged, but {error}")),
        };
        if Some(count) < acknowledged {
            return Err(format!("{count} of {acknowledged:?} acknowledged records"));
        }
        if count > 0 && !notes.contains(&Note::Begun(count)) {
            return Err(format!("{count} records are part of a batch"));
        }
        if notes.last() == Some(&Note::Flushed) && !sealed {
            return Err("the seal is lost".to_owned());
        }
        log.append(&[record(count)]).map_err(|error| format!("not writable: {error}"))?;
        let mut again = 0;
        let reader = Reader::open(Arc::new(disk), FOLDER, Resume::default(), &mut |_| {
            again += 1;
            Ok(())
        });
        let head = reader.map_err(|error| format!("not readable again: {error}"))?.head();
        if (again, head) == (count + 1, log.head()) { Ok(()) } else { Err("other records".into()) }
    }
}

#[test]
fn no_crash_loses_an_acknowledged_record() {
    let wanted = states_wanted(20_000);
    let mut tried = Tried::default();
    for seed in 0.. {
        tried += crash(&Batches { seed }, Effort::FULL, None).unwrap();
        if tried.total() >= wanted {
            break;
        }
    }
    tell("log", tried);
}

#[test]
fn every_sync_of_the_log_is_needed() {
    let subjects = [0, 1].map(|seed| Batches { seed });
    for site in subjects.iter().flat_map(|it| sites(it, 1)).collect::<BTreeSet<_>>() {
        let lost = subjects.iter().any(|it| crash(it, Effort::QUICK, Some(&site)).is_err());
        assert!(lost, "without this sync nothing is lost: {site}");
    }
}

#[test]
fn the_log_survives_every_failing_operation() {
    for seed in 0..4 {
        assert!(fail_everywhere(&Batches { seed }, 1) > 50);
    }
}
