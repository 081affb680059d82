//! Files that are whole, damaged, cut, joined and made up.

use std::sync::Arc;

use proptest::prelude::*;

use super::layout::{ALIGN, HEADER_BYTES, Header, Layout, TRAILER_BYTES, Trailer};
use super::{FileBuilder, FileId, FileKind, FileSummary, SealedFile, SectionId, reseal};
use crate::bytes::{Hash, crc32c};
use crate::error::ErrorKind;
use crate::io::{Bytes, Directory, MemoryDirectory};
use crate::limits::BLOCK_BYTES;

const ID: FileId = FileId(*b"0123456789abcdef");
const KIND: FileKind = FileKind::UnitSegment;

fn section(kind: u32) -> SectionId {
    SectionId { kind, column: 7 }
}

fn build_with_summary(sections: &[Vec<u8>]) -> (Vec<u8>, FileSummary) {
    let directory = MemoryDirectory::new();
    let mut builder = FileBuilder::create(directory.create("a").unwrap(), KIND, ID).unwrap();
    for (kind, bytes) in (0..).zip(sections) {
        builder.section(section(kind), bytes).unwrap();
    }
    let summary = builder.finish().unwrap();
    (directory.open("a").unwrap().to_vec(), summary)
}

fn build(sections: &[Vec<u8>]) -> Vec<u8> {
    build_with_summary(sections).0
}

fn open(bytes: &[u8]) -> crate::Result<SealedFile> {
    SealedFile::open(Bytes::from(bytes.to_vec()), KIND)
}

/// Bytes that repeat at no power of two.
fn pattern(len: usize) -> Vec<u8> {
    (0..=250).cycle().take(len).collect()
}

/// Why a file is refused, by `open` or else by `verify`.
fn refusal(bytes: &[u8]) -> Option<crate::Error> {
    open(bytes).and_then(|file| file.verify()).err()
}

/// Changes the trailer and makes its checksum right.
fn with_trailer(bytes: &[u8], change: impl Fn(&mut Trailer)) -> Vec<u8> {
    let (rest, tail) = bytes.split_at(bytes.len() - TRAILER_BYTES);
    let mut trailer = Trailer::decode(tail).unwrap();
    change(&mut trailer);
    [rest, &trailer.encode()].concat()
}

#[test]
fn sections_come_back_as_they_were_written() {
    let sizes = [0, 1, 63, 64, 65, BLOCK_BYTES - 1, BLOCK_BYTES, 3 * BLOCK_BYTES + 17, 0];
    let sections: Vec<_> = sizes.into_iter().map(pattern).collect();
    let (bytes, summary) = build_with_summary(&sections);
    assert_eq!(summary, FileSummary { length: bytes.len() as u64, hash: Hash::of(&bytes) });

    let file = open(&bytes).unwrap();
    assert_eq!((file.id(), file.length()), (ID, summary.length));
    file.verify().unwrap();
    for (kind, expected) in (0..).zip(&sections) {
        let found = file.section(section(kind)).unwrap();
        assert_eq!(found.all().unwrap(), expected);
        assert_eq!(found.len(), expected.len());
    }
    let listed: Vec<_> = file.sections().map(|(id, len)| (id.kind, len)).collect();
    assert_eq!(listed, (0..).zip(sizes).collect::<Vec<_>>());
    assert!(file.has(section(0)) && !file.has(SectionId::of_file(0)));
}

#[test]
fn sections_begin_on_64_bytes_of_the_file() {
    let bytes = build(&[pattern(1), b"second".to_vec()]);
    assert_eq!(&bytes[2 * ALIGN..2 * ALIGN + 6], b"second");
    assert_eq!(bytes.len() % ALIGN, 0);
}

#[test]
fn a_file_without_sections_is_a_file() {
    let file = open(&build(&[])).unwrap();
    file.verify().unwrap();
    assert_eq!(file.sections().count(), 0);
    let missing = file.section(SectionId::of_file(3)).unwrap_err();
    assert_eq!(
        missing.to_string(),
        "unit segment 30313233343536373839616263646566: section 3 is missing"
    );
    assert_eq!(missing.kind(), ErrorKind::Corrupt);
}

#[test]
fn one_id_is_one_section() {
    let directory = MemoryDirectory::new();
    let mut builder = FileBuilder::create(directory.create("a").unwrap(), KIND, ID).unwrap();
    builder.section(section(1), b"one").unwrap();
    let error = builder.section(section(1), b"two").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert_eq!(error.to_string(), "section 1 of column 7 is written already");
}

#[test]
fn ranges_outside_a_section_are_refused() {
    let file = open(&build(&[pattern(10), pattern(10)])).unwrap();
    let first = file.section(section(0)).unwrap();
    assert_eq!(first.bytes(4..7).unwrap(), [4, 5, 6]);
    assert!(first.bytes(10..10).unwrap().is_empty());
    let backwards = std::ops::Range { start: 5, end: 4 };
    for range in [0..11, 10..11, 11..11, backwards, usize::MAX - 1..usize::MAX] {
        let error = first.bytes(range.clone()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Corrupt, "{range:?}");
    }
}

#[test]
fn data_is_checked_when_it_is_touched_and_no_earlier() {
    let mut bytes = build(&[pattern(2 * BLOCK_BYTES), pattern(5 * BLOCK_BYTES)]);
    bytes[4 * BLOCK_BYTES + 5] ^= 0x10;
    let file = open(&bytes).unwrap();
    let (first, second) = (file.section(section(0)).unwrap(), file.section(section(1)).unwrap());
    first.all().unwrap();
    second.bytes(0..BLOCK_BYTES).unwrap();
    second.bytes(3 * BLOCK_BYTES..4 * BLOCK_BYTES).unwrap();
    for _ in 0..2 {
        let error = second.bytes(2 * BLOCK_BYTES..2 * BLOCK_BYTES + 1).unwrap_err();
        assert_eq!(
            error.to_string(),
            "unit segment 30313233343536373839616263646566: section 1 of column 7: bytes 262144 \
             to 327680 of the file fail their checksum; restore the file from a copy"
        );
        assert_eq!(error.kind(), ErrorKind::Corrupt);
    }
    assert_eq!(file.verify().unwrap_err().to_string(), second.all().unwrap_err().to_string());
}

#[test]
fn a_bad_block_names_every_section_in_it() {
    let mut bytes = build(&[pattern(10), pattern(10), pattern(10)]);
    bytes[HEADER_BYTES] ^= 1;
    let error = refusal(&bytes).unwrap().to_string();
    assert!(
        error.contains("section 0 of column 7 to section 2 of column 7: bytes 0 to"),
        "{error}"
    );
}

#[test]
fn a_bad_block_table_is_seen_at_first_touch() {
    let sections = [pattern(3 * BLOCK_BYTES)];
    let mut bytes = build(&sections);
    let table = HEADER_BYTES + 3 * BLOCK_BYTES;
    bytes[table] ^= 1;
    let file = open(&bytes).unwrap();
    let error = file.section(section(0)).unwrap().bytes(0..1).unwrap_err();
    assert!(error.to_string().contains("the block table: bytes 196672 to"), "{error}");
}

#[test]
fn every_byte_of_a_file_is_covered() {
    let bytes = build(&[pattern(100), Vec::new(), pattern(1), pattern(300)]);
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut bent = bytes.clone();
            bent[at] ^= 1 << bit;
            let error = refusal(&bent).unwrap_or_else(|| panic!("byte {at}, bit {bit}: silent"));
            assert_eq!(error.kind(), ErrorKind::Corrupt, "byte {at}, bit {bit}: {error}");
        }
    }
}

#[test]
fn every_truncation_and_extension_is_refused() {
    let bytes = build(&[pattern(100), pattern(300)]);
    for len in 0..bytes.len() {
        let error = open(&bytes[..len]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Corrupt, "{len} bytes: {error}");
    }
    for more in [1, ALIGN, TRAILER_BYTES, bytes.len()] {
        let zeros = [&bytes[..], &vec![0; more]].concat();
        let again = [&bytes[..], &bytes[bytes.len() - more..]].concat();
        for extended in [zeros, again] {
            let error = open(&extended).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Corrupt, "{more} more: {error}");
        }
    }
}

#[test]
fn files_are_told_apart() {
    let bytes = build(&[pattern(100)]);
    let error = SealedFile::open(Bytes::from(bytes), FileKind::Contacts).unwrap_err();
    assert_eq!(error.to_string(), "a unit segment where a contacts file is expected");
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    for text in [&b""[..], b"PK\x03\x04", &[b'x'; 1000]] {
        assert_eq!(open(text).unwrap_err().kind(), ErrorKind::Corrupt);
    }
}

#[test]
fn a_newer_format_is_unsupported_not_corrupt() {
    let mut bytes = build(&[pattern(100)]);
    bytes[8] = 1;
    reseal(&mut bytes).unwrap();
    let error = open(&bytes).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert_eq!(error.to_string(), "header: format 1, but this release reads format 0");
}

#[test]
fn ends_of_two_files_make_none() {
    let mut bytes = build(&[pattern(100)]);
    let other = Header { kind: KIND, id: FileId([9; 16]) }.encode();
    bytes[..HEADER_BYTES].copy_from_slice(&other);
    assert!(open(&bytes).unwrap_err().to_string().contains("of two files"));
}

/// A trailer whose checksum is right and whose counts are not.
#[test]
fn made_up_counts_are_refused_before_they_are_used() {
    let bytes = build(&[pattern(100), pattern(200)]);
    let huge = [0, 1, 63, 64, 1 << 20, 1 << 40, u64::MAX - 63, u64::MAX];
    let change = |field: usize, value: u64| {
        with_trailer(&bytes, |trailer| match field {
            0 => trailer.length = value,
            1 => trailer.data_end = value,
            _ => trailer.sections = u32::try_from(value).unwrap_or(u32::MAX),
        })
    };
    for field in 0..3 {
        for value in huge {
            let error = open(&change(field, value)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Corrupt, "field {field}, {value}: {error}");
        }
    }
}

/// Section entries whose checksum is right and whose places are not.
#[test]
fn made_up_places_are_refused() {
    let bytes = build(&[pattern(100), pattern(200)]);
    let layout = Layout::new(HEADER_BYTES + 128 + 256, 2).unwrap();
    let entries = layout.directory.start + 4;
    for field in [0, 8, 16] {
        for entry in 0..2 {
            for value in [0_u64, 1, 64, 1 << 32, u64::MAX] {
                let at = entries + entry * 24 + field;
                let mut bent = bytes.clone();
                bent[at..at + 8].copy_from_slice(&value.to_le_bytes());
                reseal(&mut bent).unwrap();
                // Another id or length may make a file of its own; it must stay inside itself.
                if let Ok(file) = open(&bent) {
                    let ids: Vec<_> = file.sections().map(|(id, _)| id).collect();
                    assert!(ids.iter().all(|id| file.section(*id).unwrap().all().is_ok()));
                    assert!(field != 8 || bent == bytes, "entry {entry} begins at {value}");
                }
            }
        }
    }
    let mut twice = bytes;
    twice.copy_within(entries..entries + 8, entries + 24);
    reseal(&mut twice).unwrap();
    assert!(open(&twice).unwrap_err().to_string().contains("is there twice"));
}

/// What is reserved stays zero, so that a later version may give it a meaning.
#[test]
fn reserved_bytes_are_zero() {
    let bytes = build(&[pattern(100), pattern(200)]);
    let entries_end = HEADER_BYTES + 128 + 256 + 64 + 4 + 2 * 24;
    for at in [32, 59, entries_end, bytes.len() - 24, bytes.len() - 13] {
        let mut bent = bytes.clone();
        bent[at] = 1;
        reseal(&mut bent).unwrap();
        let error = open(&bent).unwrap_err().to_string();
        assert!(error.ends_with("reserved bytes are not zero"), "byte {at}: {error}");
    }
}

#[test]
fn threads_share_a_file() {
    let sections = [pattern(40 * BLOCK_BYTES)];
    let file = open(&build(&sections)).unwrap();
    let expected = Arc::new(sections);
    std::thread::scope(|scope| {
        for step in 1..5 {
            let (file, expected) = (file.clone(), Arc::clone(&expected));
            scope.spawn(move || {
                let found = file.section(section(0)).unwrap();
                for at in (0..found.len()).step_by(step * 1000) {
                    assert_eq!(found.bytes(at..at + 1).unwrap(), &expected[0][at..=at]);
                }
            });
        }
    });
}

/// From 1 GiB on the block table has more than one page.
#[test]
fn a_large_layout_has_pages() {
    let gib = 1 << 30;
    for (data_end, blocks, pages) in
        [(64, 1, 1), (gib, 16_384, 1), (gib + 64, 16_385, 2), (5 * gib, 81_920, 5)]
    {
        let layout = Layout::new(data_end, 3).unwrap();
        assert_eq!((layout.blocks(), layout.pages()), (blocks, pages));
        assert_eq!(layout.block_table, data_end..data_end + (4 * blocks).next_multiple_of(64));
        let directory = (4 * pages + 3 * 24).next_multiple_of(64);
        assert_eq!(layout.directory, layout.block_table.end..layout.block_table.end + directory);
        assert_eq!(layout.length, layout.directory.end + 64);
    }
    assert_eq!(Layout::new(usize::MAX - 63, 0), None);
    assert_eq!(Layout::new(64, usize::MAX / 8), None);
}

fn some_sections() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let size = prop_oneof![0_usize..300, 0..2 * BLOCK_BYTES + 100];
    proptest::collection::vec(size.prop_map(pattern), 0..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_flipped_byte_is_silent(sections in some_sections(), at: prop::sample::Index, flip in 1_u8..) {
        let mut bytes = build(&sections);
        prop_assert!(refusal(&bytes).is_none());
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        let error = refusal(&bytes);
        prop_assert!(error.is_some_and(|error| error.kind() == ErrorKind::Corrupt), "byte {}", at);
    }

    #[test]
    fn no_flipped_byte_reaches_a_reader(
        sections in some_sections(), at: prop::sample::Index, flip in 1_u8..,
    ) {
        let mut bytes = build(&sections);
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        if let Ok(file) = open(&bytes) {
            for (kind, expected) in (0..).zip(&sections) {
                if let Ok(found) = file.section(section(kind)).unwrap().all() {
                    prop_assert_eq!(found, expected);
                }
            }
        }
    }

    #[test]
    fn no_change_under_right_checksums_makes_it_panic(
        sections in proptest::collection::vec((0_usize..300).prop_map(pattern), 0..6),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = build(&sections);
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        let _sealed_or_not = reseal(&mut bytes);
        if let Ok(file) = open(&bytes) {
            let whole = file.verify().is_ok();
            for (id, len) in file.sections() {
                let found = file.section(id).unwrap().all().map(<[u8]>::len).ok();
                prop_assert!(found == Some(len) || !whole, "{}", id);
            }
        }
    }

    #[test]
    fn no_cut_opens(sections in some_sections(), len: prop::sample::Index) {
        let bytes = build(&sections);
        prop_assert!(open(&bytes[..len.index(bytes.len())]).is_err());
    }

    #[test]
    fn no_bytes_make_it_panic(
        kind in 0_u32..6,
        body in proptest::collection::vec(any::<u8>(), 0..400),
        length: u64, data_end in prop_oneof![any::<u64>(), 0_u64..600], sections in 0_u32..9,
    ) {
        let kind = FileKind::from_number(kind).unwrap_or(KIND);
        let trailer = Trailer { length, data_end, sections, directory_check: crc32c(&body), id: ID };
        let bytes = [Header { kind, id: ID }.encode(), body, trailer.encode()].concat();
        let _refused_or_not = open(&bytes).and_then(|file| file.verify());
    }
}

/// Opens bytes as a file of the disk that is read by copying.
fn copied(place: &std::path::Path, bytes: &[u8]) -> crate::Result<SealedFile> {
    let folder = crate::io::DiskDirectory::open(place).unwrap().copying();
    if folder.remove("a").is_err() {
        assert!(folder.list("").unwrap().is_empty());
    }
    let mut file = folder.create("a").unwrap();
    file.write(bytes).unwrap();
    file.sync().unwrap();
    SealedFile::open(folder.content("a")?, KIND)
}

#[test]
fn a_file_that_is_copied_reads_and_fails_as_one_in_memory() {
    let place = tempfile::tempdir().unwrap();
    let sizes = [0, 1, 65, BLOCK_BYTES - 1, 3 * BLOCK_BYTES + 17, 0, 40];
    let sections: Vec<_> = sizes.into_iter().map(pattern).collect();
    let whole = build(&sections);
    let file = copied(place.path(), &whole).unwrap();
    file.verify().unwrap();
    for (kind, bytes) in (0..).zip(&sections) {
        let section = file.section(section(kind)).unwrap();
        assert_eq!(section.all().unwrap(), bytes);
        assert_eq!(section.unchecked().unwrap(), bytes);
        assert_eq!(section.bytes(bytes.len() / 3..bytes.len()).unwrap(), &bytes[bytes.len() / 3..]);
        assert!(section.bytes(0..bytes.len() + 1).is_err());
    }
    for at in (0..whole.len()).step_by(8_191).chain([64, whole.len() - 1]) {
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        let said = |file: crate::Result<SealedFile>| {
            let file = file.map_err(|it| it.to_string())?;
            let read = |kind| file.section(section(kind)).and_then(|it| it.all().map(<[u8]>::len));
            let read = (0..7).map(|kind| read(kind).map_err(|it| it.to_string()));
            let read: Vec<_> = read.collect();
            Ok::<_, String>((read, file.verify().map_err(|it| it.to_string())))
        };
        assert_eq!(said(copied(place.path(), &damaged)), said(open(&damaged)), "byte {at}");
    }
}
