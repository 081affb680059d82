//! A program, run to each of its crashes.

use std::collections::BTreeSet;

use seriatim::{ErrorKind, Index};

use crate::disk::{Disk, Fault, Image, Note, Operation, Site};
use crate::states::{Count, Crash, Crashes};

/// A program that acknowledges things, numbered from 1.
pub(crate) trait Subject {
    /// Runs from an empty disk to its end.
    fn run(&self, disk: &Disk) -> seriatim::Result<()>;

    /// Opens what it finds, notes what it sees as acknowledged, and adds something to it.
    fn recover(&self, disk: &Disk) -> seriatim::Result<()>;

    /// Opens a disk as a crash left it, and says what is wrong.
    fn check(&self, image: &Image, notes: &[Note]) -> Result<(), String>;
}

/// How much is tried.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    /// States of a place with many pending changes.
    pub(crate) samples: u64,
    /// States of such a place while recovering.
    pub(crate) nested_samples: u64,
    /// One of so many states is recovered and crashed again.
    pub(crate) nested_every: u64,
    /// After one of so many operations the program is killed, recovers and crashes.
    pub(crate) killed_every: usize,
}

impl Effort {
    pub(crate) const QUICK: Effort =
        Effort { samples: 64, nested_samples: 16, nested_every: 23, killed_every: 1 };
    pub(crate) const FULL: Effort =
        Effort { samples: 512, nested_samples: 32, nested_every: 101, killed_every: 1 };
}

/// How many states of a subject whoever runs the tests asks for.
#[expect(clippy::disallowed_methods, reason = "make says how much is tried")]
pub(crate) fn states_wanted(default: u64) -> u64 {
    std::env::var("SERIATIM_CRASH_STATES").map_or(default, |text| text.parse().unwrap())
}

/// How many operations there are for one that is tried: all of them where many states are asked for.
pub(crate) fn one_of(quick: usize) -> usize {
    if states_wanted(0) > 0 { 1 } else { quick }
}

/// What was tried.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tried {
    pub(crate) first: Count,
    pub(crate) nested: Count,
}

impl Tried {
    /// States that were opened; the same one is opened once.
    pub(crate) fn total(&self) -> u64 {
        self.first.opened + self.nested.opened
    }
}

impl std::ops::AddAssign for Tried {
    fn add_assign(&mut self, other: Self) {
        self.first += other.first;
        self.nested += other.nested;
    }
}

/// Crashes a subject everywhere: at every operation, with every mixture of what was not synced;
/// again while it recovers from that; and while it recovers from being killed.
pub(crate) fn crash(
    subject: &dyn Subject,
    effort: Effort,
    forgotten: Option<&Site>,
) -> Result<Tried, String> {
    let disk = Disk::new();
    disk.forget(forgotten.cloned());
    subject.run(&disk).map_err(|error| format!("the run: {error}"))?;
    // As long as nothing is forgotten, all is as it is without forgetting.
    let from = if forgotten.is_some() { disk.forgotten_at() } else { Some(0) };
    let mut tried = Tried::default();
    let mut images = Vec::new();
    if let Some(from) = from {
        let mut crashes = Crashes { from, ..Crashes::new(effort.samples) };
        let mut at = 0;
        tried.first += crashes.run(&disk, &mut |crash| {
            at += 1;
            if at % effort.nested_every == 0 {
                images.push((crash.image.clone(), crash.notes.to_vec()));
            }
            subject.check(crash.image, crash.notes)
        })?;
    }
    let cuts = (0..=disk.operation_count()).step_by(effort.killed_every);
    let killed = cuts.map(|cut| (disk.after(cut), cut));
    let crashed = images.iter().map(|(image, notes)| {
        let disk = Disk::from_image(image);
        disk.forget(forgotten.cloned());
        for note in notes {
            disk.note(*note);
        }
        (disk, notes.len())
    });
    for (disk, from) in killed.chain(crashed) {
        subject.recover(&disk).map_err(|error| format!("recovery: {error}"))?;
        let mut nested = Crashes { from, ..Crashes::new(effort.nested_samples) };
        let check = &mut |crash: Crash<'_>| subject.check(crash.image, crash.notes);
        let count = nested.run(&disk, check).map_err(|found| format!("recovery, {found}"))?;
        tried.nested += count;
    }
    Ok(tried)
}

/// Crashes a subject ever more thoroughly, until so many states were opened, or all there are.
pub(crate) fn crash_until(subject: &dyn Subject, mut effort: Effort, wanted: u64) -> Tried {
    let mut before = 0;
    loop {
        let tried = crash(subject, effort, None).unwrap();
        if tried.total() >= wanted || tried.total() == before {
            return tried;
        }
        before = tried.total();
        effort.samples *= 4;
        effort.nested_samples *= 2;
        effort.nested_every = effort.nested_every.div_ceil(4);
        effort.killed_every = effort.killed_every.div_ceil(2);
    }
}

#[expect(clippy::print_stderr, reason = "how much was tried is part of the answer")]
pub(crate) fn tell(name: &str, tried: Tried) {
    eprintln!(
        "{name}: {} states made, {} of them different and opened; while recovering {} and {}",
        tried.first.made, tried.first.opened, tried.nested.made, tried.nested.opened
    );
}

/// Every place where a subject syncs, in its run and when it recovers from being killed after one
/// of so many operations.
pub(crate) fn sites(subject: &dyn Subject, step: usize) -> BTreeSet<Site> {
    let disk = Disk::new();
    subject.run(&disk).unwrap();
    let mut sites = disk.sites();
    for cut in (0..=disk.operation_count()).step_by(step) {
        let killed = disk.after(cut);
        subject.recover(&killed).unwrap();
        sites.extend(killed.sites());
    }
    sites
}

/// Those of some sites without which nothing is lost.
pub(crate) fn not_needed(
    subject: &dyn Subject,
    effort: Effort,
    sites: impl IntoIterator<Item = Site>,
) -> Vec<String> {
    let kept = sites.into_iter().filter(|site| crash(subject, effort, Some(site)).is_ok());
    kept.map(|site| site.to_string()).collect()
}

/// Lets one of `step` operations fail, once or for ever; what was acknowledged is there afterwards.
/// Gives how many runs failed.
pub(crate) fn fail_everywhere(subject: &dyn Subject, step: usize) -> usize {
    let disk = Disk::new();
    disk.fail(Fault::Never);
    subject.run(&disk).unwrap();
    let calls = disk.calls();
    let mut failed = 0;
    for call in (0..calls).step_by(step) {
        for fault in [Fault::Once(call), Fault::From(call)] {
            let disk = Disk::new();
            disk.fail(fault);
            failed += usize::from(subject.run(&disk).is_err());
            disk.fail(Fault::Never);
            let notes: Vec<Note> = disk
                .operations()
                .into_iter()
                .filter_map(|it| match it {
                    Operation::Note(note) => Some(note),
                    _ => None,
                })
                .collect();
            let found = subject.check(&disk.image(), &notes);
            assert_eq!(found, Ok(()), "{fault:?}");
            subject.recover(&disk).unwrap_or_else(|error| panic!("{fault:?}: {error}"));
        }
    }
    failed
}

/// The greatest number that was acknowledged.
pub(crate) fn acknowledged(notes: &[Note]) -> Option<u64> {
    let numbers = notes.iter().filter_map(|note| match note {
        Note::Acknowledged(number) => Some(*number),
        _ => None,
    });
    numbers.max()
}

/// The index of a disk; none where there is not one yet, and nothing was acknowledged.
pub(crate) fn reopened(image: &Image, acknowledged: Option<u64>) -> Result<Option<Index>, String> {
    match Index::open_in(Disk::from_image(image)) {
        Err(error) if error.kind() == ErrorKind::NotFound && acknowledged.is_none() => Ok(None),
        opened => opened.map(Some).map_err(|it| format!("{acknowledged:?} acknowledged, but {it}")),
    }
}
