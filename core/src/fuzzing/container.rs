//! Containers, the form of every file of an index.

use crate::bytes::Cursor;
use crate::error::Result;
use crate::format::{FileBuilder, FileId, FileKind, SealedFile, SectionId, reseal};
use crate::io::{Bytes, Directory, MemoryDirectory};

/// Any bytes as a container, and a container with a few bytes changed under right checksums.
///
/// For the second, the input is the number of changes, then for each its place and its new value,
/// then what the sections hold.
pub fn container(bytes: &[u8]) {
    read_container(bytes);
    if let Ok(mut changed) = changed_container(bytes) {
        read_container(&changed);
        let _sealed_or_not = reseal(&mut changed);
        read_container(&changed);
    }
}

fn changed_container(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut input = Cursor::new("input", bytes);
    let changes: Vec<_> = (0..input.u8()? % 8)
        .map(|_| Ok((usize::from(input.u16()?), input.u8()?)))
        .collect::<Result<_>>()?;
    let folder = MemoryDirectory::new();
    let mut file =
        FileBuilder::create(folder.create("a")?, FileKind::UnitSegment, FileId(input.take()?))?;
    for (kind, part) in (0..).zip(input.rest().chunks(100)) {
        file.section(SectionId { kind, column: kind / 2 }, part)?;
    }
    file.finish()?;
    let mut whole = folder.open("a")?.to_vec();
    for (at, value) in changes {
        // From the end, where the tables are.
        if let Some(byte) = whole.iter_mut().rev().nth(at) {
            *byte = value;
        }
    }
    Ok(whole)
}

fn read_container(bytes: &[u8]) {
    for kind in FileKind::ALL {
        let Ok(file) = SealedFile::open(Bytes::from(bytes.to_vec()), kind) else { continue };
        let whole = file.verify().is_ok();
        for (id, len) in file.sections() {
            let section = file.section(id).unwrap();
            let found = section.all().map(<[u8]>::len).ok();
            assert!(found == Some(len) || !whole);
        }
    }
}
