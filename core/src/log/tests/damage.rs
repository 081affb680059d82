//! Flipped, cut, extended, swapped and stale files: refused, or nothing is missing and it is said.

use super::*;
use crate::error::ErrorKind;
use crate::log::head::Head;
use crate::log::{Salvaged, salvage};

/// A closed log of several files, with its records and its head.
fn sample() -> (MemoryDirectory, Vec<Vec<u8>>, Head) {
    let folder = MemoryDirectory::new();
    let log = create(&folder, 900);
    let records: Vec<Vec<u8>> = (0..9_u8).map(|at| vec![at + 1; usize::from(at) * 40]).collect();
    for batch in records.chunks(2) {
        log.append(batch).unwrap();
    }
    let head = log.close().unwrap();
    assert_eq!(folder.list(FOLDER).unwrap().len(), 4);
    (folder, records, head)
}

/// What became of a damaged copy.
struct Found {
    refused: bool,
    salvaged: usize,
}

/// Opens a damaged copy: it is refused, or everything is there. Without a floor, what is missing at
/// the end shows in that the log is not sealed.
fn check(folder: &MemoryDirectory, records: &[Vec<u8>], head: Head) -> Found {
    let names = folder.list(FOLDER).unwrap();
    let before: Vec<_> = paths(folder).iter().map(|it| folder.open(it).unwrap()).collect();
    match open(&copy(folder), Resume::default().with_floor(head)) {
        Ok((_, recovery, found)) => {
            assert_eq!(found, records);
            assert!(recovery.sealed());
        }
        Err(error) => {
            let kinds = [ErrorKind::Corrupt, ErrorKind::NotFound, ErrorKind::Unsupported];
            assert!(kinds.contains(&error.kind()), "{error}");
        }
    }
    let opened = open(folder, Resume::default());
    let refused = opened.is_err();
    if let Ok((_, recovery, found)) = opened {
        assert!(found == records || !recovery.sealed(), "silent: {recovery:?}");
        assert_eq!(found[..], records[..found.len()]);
    } else {
        let after: Vec<_> = paths(folder).iter().map(|it| folder.open(it).unwrap()).collect();
        assert_eq!(folder.list(FOLDER).unwrap(), names);
        assert!(before.iter().map(|it| &**it).eq(after.iter().map(|it| &**it)), "was changed");
    }
    let mut salvaged = 0;
    salvage(folder, FOLDER, &mut |part| {
        if let Salvaged::Record(record) = part {
            let place = usize::try_from(record.sequence).unwrap();
            assert_eq!(record.bytes, records[place]);
            salvaged += 1;
        }
        Ok(())
    })
    .unwrap();
    Found { refused, salvaged }
}

fn replaced(folder: &MemoryDirectory, path: &str, bytes: &[u8]) -> MemoryDirectory {
    let other = copy(folder);
    other.remove(path).unwrap();
    put(&other, path, bytes);
    other
}

#[test]
fn every_flipped_bit_is_refused_or_harmless() {
    let (folder, records, head) = sample();
    let mut refused = 0;
    for path in paths(&folder) {
        let whole = folder.open(&path).unwrap().to_vec();
        for at in 0..whole.len() * 8 {
            let mut flipped = whole.clone();
            flipped[at / 8] ^= 1 << (at % 8);
            let found = check(&replaced(&folder, &path, &flipped), &records, head);
            refused += usize::from(found.refused);
            let lost = records.len() - found.salvaged;
            assert!(lost <= 2, "{lost} records lost by bit {at} of {path}, a frame has two");
        }
    }
    assert!(refused > 10_000, "{refused}");
}

#[test]
fn every_cut_is_refused_or_seen() {
    let (folder, records, head) = sample();
    for path in paths(&folder) {
        let whole = folder.open(&path).unwrap().to_vec();
        for length in 0..whole.len() {
            check(&replaced(&folder, &path, &whole[..length]), &records, head);
        }
    }
}

#[test]
fn what_is_put_behind_is_refused_or_cut_off() {
    let (folder, records, head) = sample();
    let all = paths(&folder);
    for path in &all {
        let whole = folder.open(path).unwrap().to_vec();
        let mut tails = vec![vec![0], vec![1], vec![0xFF; 700], vec![0; 700]];
        for other in &all {
            let other = folder.open(other).unwrap().to_vec();
            tails.extend([other[128..].to_vec(), other[128..200].to_vec(), other]);
        }
        for tail in tails {
            let extended = [&whole[..], &tail].concat();
            check(&replaced(&folder, path, &extended), &records, head);
        }
    }
}

#[test]
fn swapped_stale_and_foreign_files_are_refused() {
    let (folder, records, head) = sample();
    let all = paths(&folder);
    let stale = MemoryDirectory::new();
    let log = create(&stale, 900);
    for batch in records.chunks(2).take(4) {
        log.append(batch).unwrap();
    }
    log.close().unwrap();
    let other = MemoryDirectory::new();
    let log = Log::create(Arc::new(other.clone()), FOLDER, LogId([4; 16]), options(900)).unwrap();
    for batch in records.chunks(2) {
        log.append(batch).unwrap();
    }
    log.close().unwrap();
    for path in &all {
        for from in [&folder, &stale, &other] {
            for source in paths(from) {
                let bytes = from.open(&source).unwrap().to_vec();
                if bytes == *folder.open(path).unwrap() {
                    continue;
                }
                let changed = replaced(&folder, path, &bytes);
                assert!(open(&changed, Resume::default().with_floor(head)).is_err());
            }
        }
        let gone = copy(&folder);
        gone.remove(path).unwrap();
        assert!(open(&gone, Resume::default().with_floor(head)).is_err());
        assert_eq!(open(&gone, Resume::default()).is_err(), path != all.last().unwrap());
    }
}

#[test]
fn a_frame_in_a_record_is_no_frame() {
    // Somebody registers what looks like a frame; then the next append is torn.
    let folder = MemoryDirectory::new();
    let log = create(&folder, 1 << 20);
    log.append(&[b"first"]).unwrap();
    let path = &paths(&folder)[0];
    let copied = folder.open(path).unwrap().to_vec();
    log.append(&[&copied[..], b"and more"]).unwrap();
    let head = log.head();
    drop(log);
    let whole = folder.open(path).unwrap().to_vec();
    let end = crate::log::scan::said(&whole);
    for cut in 128 + 64 + 6..end {
        let (_, recovery, found) =
            open(&replaced(&folder, path, &whole[..cut]), Resume::default()).unwrap();
        assert_eq!((found.len(), recovery.sealed()), (1, false));
        let torn = crate::log::scan::said(&whole[128 + 64 + 6..cut]);
        assert_eq!(recovery.torn_bytes(), torn as u64);
    }
    assert!(open(&folder, Resume::default().with_floor(head)).is_ok());
}

#[test]
fn salvage_needs_no_header() {
    let (folder, records, _) = sample();
    let path = &paths(&folder)[1];
    let mut bytes = folder.open(path).unwrap().to_vec();
    bytes[..128].fill(0xEE);
    let damaged = replaced(&folder, path, &bytes);
    let mut parts = Vec::new();
    salvage(&damaged, FOLDER, &mut |part| {
        match part {
            Salvaged::Record(record) => parts.push(record.bytes.to_vec()),
            Salvaged::Bytes { file, place } => assert_eq!((file, place), (path.as_str(), 0..128)),
            Salvaged::Missing(records) => panic!("{records:?}"),
        }
        Ok(())
    })
    .unwrap();
    assert_eq!(parts, records);
}

#[test]
fn a_newer_format_is_unsupported() {
    let (folder, ..) = sample();
    let path = &paths(&folder)[2];
    let mut bytes = folder.open(path).unwrap().to_vec();
    bytes[8] = 1;
    let check = crate::bytes::crc32c(&bytes[..124]);
    bytes[124..128].copy_from_slice(&check.to_le_bytes());
    let newer = replaced(&folder, path, &bytes);
    assert_eq!(open(&newer, Resume::default()).unwrap_err().kind(), ErrorKind::Unsupported);
}

#[test]
fn no_error_and_no_debug_text_holds_what_was_appended() {
    let folder = MemoryDirectory::new();
    let log = create(&folder, 1 << 20);
    log.append(&[b"canary one", b"canary two"]).unwrap();
    let ticket = log.submit(&[b"canary four"]).unwrap();
    let mut shown = vec![format!("{log:?} {ticket:?}")];
    log.append(&[b"canary three"]).unwrap();
    log.close().unwrap();
    let path = &paths(&folder)[0];
    let mut bytes = folder.open(path).unwrap().to_vec();
    bytes[200] ^= 1;
    let damaged = replaced(&folder, path, &bytes);
    shown.push(format!("{:?} {damaged:?}", open(&damaged, Resume::default()).unwrap_err()));
    salvage(&damaged, FOLDER, &mut |part| {
        shown.push(format!("{part:?}"));
        Ok(())
    })
    .unwrap();
    let (reader, _) = read(&folder, Resume::default()).unwrap();
    shown.push(format!("{reader:?}"));
    let shown = shown.concat();
    let canary: Vec<String> = b"canary".iter().map(u8::to_string).collect();
    assert!(!shown.contains("canary") && !shown.contains(&canary.join(", ")), "{shown}");
}
