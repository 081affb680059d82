//! What a crash may leave of a disk: every mixture of what was not synced.
//!
//! Data reaches the disk in sectors of 512 bytes, in any order and apart from the length of its
//! file; names appear and vanish in any order. Syncing a file makes its data and length lasting,
//! syncing a folder the names in it.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use crate::disk::{Disk, Image, Inode, Note, Operation, folders_of, put};

const SECTOR: usize = 512;

/// How many states were made, and how many of them were different.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Count {
    pub(crate) made: u64,
    pub(crate) opened: u64,
}

impl std::ops::AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.made += other.made;
        self.opened += other.opened;
    }
}

/// A crash at one place of a run.
pub(crate) struct Crash<'a> {
    pub(crate) image: &'a Image,
    /// What was noted before.
    pub(crate) notes: &'a [Note],
}

/// Looks at a state, and says what is wrong with it.
type Visit<'v> = dyn FnMut(Crash<'_>) -> Result<(), String> + 'v;

/// A change that need not have reached the disk.
#[derive(Clone, Debug)]
enum Pending {
    Sector { file: Inode, at: usize, bytes: Vec<u8> },
    Grow { file: Inode, length: usize },
    Truncate { file: Inode, length: usize },
    Name(Operation),
}

impl Pending {
    fn file(&self) -> Option<Inode> {
        match self {
            Pending::Sector { file, .. }
            | Pending::Grow { file, .. }
            | Pending::Truncate { file, .. } => Some(*file),
            Pending::Name(_) => None,
        }
    }

    /// The folder whose syncing makes the change lasting.
    fn folder(&self) -> Option<&str> {
        let Pending::Name(
            Operation::Link(path, _) | Operation::Unlink(path) | Operation::MakeFolder(path),
        ) = self
        else {
            return None;
        };
        Some(path.rsplit_once('/').map_or("", |(folder, _)| folder))
    }
}

/// What is lasting.
#[derive(Clone, Debug, Default)]
struct Lasting {
    names: BTreeMap<String, Inode>,
    folders: BTreeSet<String>,
    files: BTreeMap<Inode, Content>,
}

#[derive(Clone, Debug, Default)]
struct Content {
    data: Arc<Vec<u8>>,
    length: usize,
}

impl Lasting {
    /// What a disk was made from is lasting.
    fn of(image: &Image) -> Self {
        let mut lasting = Lasting::default();
        for (file, (path, data)) in image.iter().enumerate() {
            lasting.folders.extend(folders_of(path).map(str::to_owned));
            lasting.names.insert(path.clone(), file);
            lasting.files.insert(file, Content { length: data.len(), data: Arc::clone(data) });
        }
        lasting
    }

    fn apply(&mut self, change: &Pending) {
        match change {
            Pending::Sector { file, at, bytes } => {
                put(Arc::make_mut(&mut self.files.entry(*file).or_default().data), *at, bytes);
            }
            Pending::Grow { file, length } => {
                let content = self.files.entry(*file).or_default();
                content.length = content.length.max(*length);
            }
            Pending::Truncate { file, length } => {
                let content = self.files.entry(*file).or_default();
                content.length = *length;
                Arc::make_mut(&mut content.data).truncate(*length);
            }
            Pending::Name(Operation::Link(path, file)) => {
                _ = self.names.insert(path.clone(), *file);
            }
            Pending::Name(Operation::Unlink(path)) => _ = self.names.remove(path),
            Pending::Name(Operation::MakeFolder(path)) => _ = self.folders.insert(path.clone()),
            Pending::Name(_) => {}
        }
    }

    fn image(&self) -> Image {
        let there = self
            .names
            .iter()
            .filter(|(path, _)| folders_of(path).all(|it| self.folders.contains(it)));
        there
            .map(|(path, file)| {
                let content = self.files.get(file).cloned().unwrap_or_default();
                let mut data = content.data;
                if data.len() != content.length {
                    Arc::make_mut(&mut data).resize(content.length, 0);
                }
                (path.clone(), data)
            })
            .collect()
    }
}

/// Numbers that look random and are the same in every run.
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

/// Shows the states in which a crash at one of the cuts may leave a disk. Where there are too many,
/// `samples` of them a cut: nothing, everything, all but one, only one, and mixtures.
pub(crate) struct Crashes {
    pub(crate) from: usize,
    pub(crate) samples: u64,
    pub(crate) seen: HashSet<u64>,
}

impl Crashes {
    pub(crate) fn new(samples: u64) -> Self {
        Crashes { from: 0, samples, seen: HashSet::new() }
    }

    /// Ends with the first state in which something is wrong.
    pub(crate) fn run(&mut self, disk: &Disk, visit: &mut Visit<'_>) -> Result<Count, String> {
        let operations = disk.operations();
        let mut lasting = Lasting::of(&disk.initial());
        let (mut pending, mut lengths, mut notes) = (Vec::new(), BTreeMap::new(), Vec::new());
        for (file, content) in &lasting.files {
            lengths.insert(*file, content.length);
        }
        let mut count = Count::default();
        let mut numbers = Numbers(1);
        for cut in 0..=operations.len() {
            if cut >= self.from {
                count += self.at(cut, (&lasting, &pending, &notes), &mut numbers, visit)?;
            }
            let Some(operation) = operations.get(cut) else { break };
            take(operation, (&mut lasting, &mut pending, &mut notes), &mut lengths);
        }
        Ok(count)
    }

    fn at(
        &mut self,
        cut: usize,
        (lasting, pending, notes): (&Lasting, &[Pending], &[Note]),
        numbers: &mut Numbers,
        visit: &mut Visit<'_>,
    ) -> Result<Count, String> {
        // Every mixture where there are few.
        let all = u32::try_from(pending.len()).ok().and_then(|len| 1_u64.checked_shl(len));
        let exhaustive = all.is_some_and(|all| all <= self.samples);
        let total = all.map_or(self.samples, |all| all.min(self.samples));
        let mut count = Count::default();
        for state in 0..total {
            let mut found = lasting.clone();
            let chosen = mixture(state, pending.len(), exhaustive, numbers);
            for (change, _) in pending.iter().zip(chosen).filter(|(_, chosen)| *chosen) {
                found.apply(change);
            }
            let image = found.image();
            count.made += 1;
            let mut hasher = DefaultHasher::new();
            image.hash(&mut hasher);
            notes.len().hash(&mut hasher);
            if self.seen.insert(hasher.finish()) {
                count.opened += 1;
                visit(Crash { image: &image, notes })
                    .map_err(|found| format!("crash after {cut} operations: {found}"))?;
            }
        }
        Ok(count)
    }
}

/// Which of the pending changes reached the disk in one state.
fn mixture(state: u64, pending: usize, exhaustive: bool, numbers: &mut Numbers) -> Vec<bool> {
    let one = usize::try_from(numbers.next() % (pending.max(1) as u64)).unwrap();
    (0..pending)
        .map(|at| match (state, state % 4) {
            _ if exhaustive => state >> at & 1 == 1,
            (0, _) => false,
            (1, _) => true,
            (_, 0) => at != one,
            (_, 1) => at == one,
            // All up to one, and a few more lost.
            (_, 2) => at <= one && !numbers.next().is_multiple_of(8),
            _ => numbers.next().is_multiple_of(2),
        })
        .collect()
}

fn take(
    operation: &Operation,
    (lasting, pending, notes): (&mut Lasting, &mut Vec<Pending>, &mut Vec<Note>),
    lengths: &mut BTreeMap<Inode, usize>,
) {
    match operation {
        Operation::Note(note) => notes.push(*note),
        Operation::Link(..) | Operation::Unlink(_) | Operation::MakeFolder(_) => {
            pending.push(Pending::Name(operation.clone()));
        }
        Operation::Write { file, at, bytes } => {
            let length = lengths.entry(*file).or_default();
            if at + bytes.len() > *length {
                *length = at + bytes.len();
                pending.push(Pending::Grow { file: *file, length: *length });
            }
            pending.extend(sectors(*file, *at, bytes));
        }
        Operation::Truncate { file, length } => {
            lengths.insert(*file, *length);
            pending.push(Pending::Truncate { file: *file, length: *length });
        }
        Operation::SyncFile(file) => settle(lasting, pending, |it| it.file() == Some(*file)),
        Operation::SyncFolder(folder) => settle(lasting, pending, |it| {
            it.folder().is_some_and(|above| {
                above.is_empty() || above == folder || folder.starts_with(&format!("{above}/"))
            })
        }),
    }
}

fn settle(lasting: &mut Lasting, pending: &mut Vec<Pending>, settled: impl Fn(&Pending) -> bool) {
    pending.retain(|change| {
        let settles = settled(change);
        if settles {
            lasting.apply(change);
        }
        !settles
    });
}

fn sectors(file: Inode, at: usize, bytes: &[u8]) -> Vec<Pending> {
    let mut found = Vec::new();
    let (mut at, mut rest) = (at, bytes);
    while !rest.is_empty() {
        let (sector, later) = rest.split_at(rest.len().min(SECTOR - at % SECTOR));
        found.push(Pending::Sector { file, at, bytes: sector.to_vec() });
        at += sector.len();
        rest = later;
    }
    found
}
