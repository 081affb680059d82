//! Any sequence of calls against a list of records.

use proptest::prelude::*;

use super::*;
use crate::log::head::Head;

#[derive(Clone, Debug)]
enum Step {
    /// Batches that are handed in together.
    Append(Vec<Vec<Vec<u8>>>),
    Flush,
    /// Closed, or dropped as by a program that ends.
    Reopen {
        closed: bool,
    },
    /// The last file ends in so many bytes of something unfinished.
    Tear(usize),
    Refresh,
    RemoveBefore(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let record = proptest::collection::vec(any::<u8>(), 0..200);
    let batch = proptest::collection::vec(record, 1..5);
    prop_oneof![
        6 => proptest::collection::vec(batch, 1..4).prop_map(Step::Append),
        1 => Just(Step::Flush),
        2 => any::<bool>().prop_map(|closed| Step::Reopen { closed }),
        1 => (1_usize..300).prop_map(Step::Tear),
        2 => Just(Step::Refresh),
        1 => any::<usize>().prop_map(Step::RemoveBefore),
    ]
}

/// The log under test, and what it must hold.
struct Run {
    folder: MemoryDirectory,
    log: Option<Log>,
    records: Vec<Vec<u8>>,
    /// Whether there is a seal behind the last record.
    sealed: bool,
    heads: Vec<Head>,
    reader: Reader,
    seen: Vec<Vec<u8>>,
    removed_before: usize,
}

impl Run {
    fn log(&self) -> &Log {
        self.log.as_ref().unwrap()
    }

    fn apply(&mut self, step: Step) {
        match step {
            Step::Append(batches) => self.append(batches),
            Step::Flush => {
                self.heads.push(self.log().flush().unwrap());
                self.sealed = true;
            }
            Step::Reopen { closed } => {
                let log = self.log.take().unwrap();
                if closed {
                    self.heads.push(log.close().unwrap());
                    self.sealed = true;
                }
                self.reopen(0);
            }
            Step::Tear(bytes) => {
                self.log = None;
                let path = paths(&self.folder).pop().unwrap();
                let (reader, _) =
                    read(&self.folder, Resume::from(self.removed_before as u64)).unwrap();
                let end = reader.follower.place.position;
                self.folder.append(&path).unwrap().write_at(end, &vec![0x89; bytes]).unwrap();
                self.reopen(bytes as u64);
            }
            Step::Refresh => {
                let seen = &mut self.seen;
                let shown = self.reader.refresh(&mut |it| {
                    seen.push(it.bytes.to_vec());
                    Ok(())
                });
                shown.unwrap();
                assert_eq!(self.seen, self.records);
                assert_eq!(self.reader.head(), self.log().head());
            }
            Step::RemoveBefore(at) => {
                // A reader that is behind would lose its file.
                self.apply(Step::Refresh);
                self.removed_before = self.removed_before.max(at % (self.records.len() + 1));
                self.log().remove_before(self.removed_before as u64).unwrap();
            }
        }
    }

    fn append(&mut self, batches: Vec<Vec<Vec<u8>>>) {
        let mut tickets = Vec::new();
        for batch in batches {
            let ticket = self.log().submit(&batch).unwrap();
            assert_eq!(ticket.sequences().start, self.records.len() as u64);
            self.records.extend(batch);
            assert_eq!(ticket.sequences().end, self.records.len() as u64);
            tickets.push(ticket);
        }
        for ticket in &tickets {
            self.log().wait(ticket).unwrap();
        }
        self.heads.push(self.log().head());
        self.sealed = false;
    }

    fn reopen(&mut self, torn: u64) {
        let floor = self.heads.last().copied();
        let resume = Resume { floor, ..Resume::from(self.removed_before as u64) };
        let (log, recovery, found) = open(&self.folder, resume).unwrap();
        assert_eq!(found, self.records[self.removed_before..]);
        assert_eq!(log.head().sequence(), self.records.len() as u64);
        assert_eq!(recovery.torn_bytes(), torn);
        assert_eq!(recovery.sealed(), self.sealed);
        self.sealed = true;
        self.log = Some(log);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_log_is_a_list(steps in proptest::collection::vec(step(), 1..30)) {
        let folder = MemoryDirectory::new();
        let log = create(&folder, 900);
        let (reader, seen) = read(&folder, Resume::default()).unwrap();
        let (heads, records) = (vec![log.head()], Vec::new());
        let mut run = Run {
            log: Some(log), folder, records, sealed: false, heads, reader, seen, removed_before: 0,
        };
        for step in steps {
            run.apply(step);
        }
        run.apply(Step::Reopen { closed: false });
        run.apply(Step::Refresh);
    }
}
