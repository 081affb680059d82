//! Reads a finished file.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::block::{Blocked, Blocks, Damage};
use super::layout::{
    CHECK_BYTES, Entry, HEADER_BYTES, Header, Layout, TRAILER_BYTES, Trailer, aligned,
};
use super::name::{FileId, FileKind, SectionId};
use crate::bytes::{Cursor, crc32c};
use crate::error::{Error, Result};
use crate::io::Bytes;

/// A finished file, open for reading. Cloning shares it.
#[derive(Clone)]
pub(crate) struct SealedFile(Arc<Inner>);

struct Inner {
    bytes: Bytes,
    header: Header,
    layout: Layout,
    blocks: Blocks,
    sections: BTreeMap<SectionId, Range<usize>>,
}

impl SealedFile {
    /// Opens a file of the kind expected.
    ///
    /// Checks header, trailer, directory and the place of every section, and no data: it takes as
    /// long for a large file as for a small one. Allocates in proportion to the sections, and a bit
    /// for each 64 KiB.
    ///
    /// # Errors
    ///
    /// `corrupt` when the bytes are not a whole file of this kind; `unsupported` when a newer
    /// release wrote it.
    pub(crate) fn open(bytes: Bytes, kind: FileKind) -> Result<Self> {
        let header = Header::decode(bytes.get(..HEADER_BYTES).unwrap_or_default())?;
        if header.kind != kind {
            return Err(Error::corrupt(format!("a {} where a {kind} is expected", header.kind)));
        }
        let (layout, sections) = open_tail(&bytes, &header).map_err(|error| header.name(error))?;
        let blocks = Blocks::new(&layout);
        Ok(SealedFile(Arc::new(Inner { bytes, header, layout, blocks, sections })))
    }

    pub(crate) fn id(&self) -> FileId {
        self.0.header.id
    }

    /// The bytes of the whole file.
    pub(crate) fn length(&self) -> u64 {
        self.0.bytes.len() as u64
    }

    pub(crate) fn has(&self, id: SectionId) -> bool {
        self.0.sections.contains_key(&id)
    }

    /// The sections there are, ascending, with their sizes in bytes.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn sections(&self) -> impl Iterator<Item = (SectionId, usize)> + '_ {
        self.0.sections.iter().map(|(id, place)| (*id, place.len()))
    }

    /// A section; `corrupt` when the file lacks it.
    pub(crate) fn section(&self, id: SectionId) -> Result<Section> {
        let place = self.0.sections.get(&id);
        let place =
            place.ok_or_else(|| self.0.named(Error::corrupt(format!("{id} is missing"))))?;
        Ok(Section { file: Arc::clone(&self.0), id, place: place.clone() })
    }

    /// Checks every byte of the file: the first bad block is named with its sections.
    ///
    /// Reads all of it, at some gigabytes a second.
    pub(crate) fn verify(&self) -> Result<()> {
        // The ends are read anew: they may have been damaged since the file was opened.
        let file = &*self.0;
        Header::decode(file.bytes.get(..HEADER_BYTES).unwrap_or_default())
            .and_then(|header| open_tail(&file.bytes, &header))
            .map_err(|error| file.named(error))?;
        file.blocked().verify().map_err(|damage| file.damaged(&damage))
    }
}

impl fmt::Debug for SealedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedFile({} {}, {} bytes)", self.0.header.kind, self.id(), self.length())
    }
}

impl Inner {
    fn blocked(&self) -> Blocked<'_> {
        Blocked { bytes: &self.bytes, layout: &self.layout }
    }

    fn named(&self, error: Error) -> Error {
        self.header.name(error)
    }

    /// Says which bytes are damaged, and which sections they belong to.
    fn damaged(&self, damage: &Damage) -> Error {
        let Range { start, end } = damage.place;
        let mut hit: Vec<_> = self
            .sections
            .iter()
            .filter(|(_, place)| place.start < end && start < place.end)
            .map(|(id, place)| (place.start, *id))
            .collect();
        hit.sort_unstable();
        let whose = match (hit.first(), hit.last()) {
            (Some((_, only)), Some((_, last))) if only == last => only.to_string(),
            (Some((_, first)), Some((_, last))) => format!("{first} to {last}"),
            _ if start >= self.layout.data_end => "the block table".to_owned(),
            _ => "the header".to_owned(),
        };
        self.named(Error::corrupt(format!(
            "{whose}: bytes {start} to {end} of the file fail their checksum; \
             restore the file from a copy"
        )))
    }
}

/// Reads trailer and directory, which everything else in the file is found by.
fn open_tail(bytes: &[u8], header: &Header) -> Result<(Layout, BTreeMap<SectionId, Range<usize>>)> {
    let tail = bytes.len().checked_sub(TRAILER_BYTES).and_then(|at| bytes.get(at..));
    let trailer = Trailer::decode(tail.unwrap_or_default())?;
    if trailer.id != header.id {
        return Err(Error::corrupt("header and trailer are of two files"));
    }
    let layout = layout_of(&trailer)
        .filter(|layout| layout.length == bytes.len() && trailer.length == bytes.len() as u64)
        .ok_or_else(|| Error::corrupt("the file is longer or shorter than it was written"))?;
    let directory = bytes.get(layout.directory.clone()).unwrap_or_default();
    if crc32c(directory) != trailer.directory_check {
        return Err(Error::corrupt(
            "section table: fails its checksum; restore the file from a copy",
        ));
    }
    let sections = read_entries(directory, &layout, trailer.sections)?;
    Ok((layout, sections))
}

fn layout_of(trailer: &Trailer) -> Option<Layout> {
    let data_end = usize::try_from(trailer.data_end).ok()?;
    let sections = usize::try_from(trailer.sections).ok()?;
    let whole = data_end >= HEADER_BYTES && aligned(data_end) == Some(data_end);
    Layout::new(data_end, sections).filter(|_| whole)
}

/// Reads the section entries: they follow one another and fill the data, so that no byte of it
/// belongs to two sections or is out of sight.
fn read_entries(
    directory: &[u8],
    layout: &Layout,
    sections: u32,
) -> Result<BTreeMap<SectionId, Range<usize>>> {
    let mut cursor = Cursor::new("section table", directory);
    cursor.slice(layout.pages() * CHECK_BYTES)?;
    let mut found = BTreeMap::new();
    let mut free = Some(HEADER_BYTES);
    for _ in 0..sections {
        let start = free.ok_or_else(|| cursor.corrupt("a section ends outside the file"))?;
        let Entry { id, place } = Entry::decode(&mut cursor, start)?;
        free = aligned(place.end).filter(|end| *end <= layout.data_end);
        if found.insert(id, place).is_some() {
            return Err(cursor.corrupt(format!("{id} is there twice")));
        }
    }
    if free != Some(layout.data_end) {
        return Err(cursor.corrupt("the sections do not end where the data does"));
    }
    if cursor.rest().iter().any(|byte| *byte != 0) {
        return Err(cursor.corrupt("reserved bytes are not zero"));
    }
    Ok(found)
}

/// A part of a [`SealedFile`], whose blocks are checked when they are first touched.
///
/// Cloning shares the file. Offsets are from the start of the section.
#[derive(Clone)]
pub(crate) struct Section {
    file: Arc<Inner>,
    id: SectionId,
    place: Range<usize>,
}

impl Section {
    pub(crate) fn len(&self) -> usize {
        self.place.len()
    }

    /// The bytes of a range, each of whose blocks is checked once in the life of the file.
    ///
    /// # Errors
    ///
    /// `corrupt` when the range lies outside the section, as a place read from the file may, or
    /// when a block fails its checksum.
    #[inline]
    pub(crate) fn bytes(&self, range: Range<usize>) -> Result<&[u8]> {
        let file = &*self.file;
        let place = self.within(&range).ok_or_else(|| self.outside(&range))?;
        file.blocks.touch(file.blocked(), &place).map_err(|damage| file.damaged(&damage))?;
        file.bytes.get(place).ok_or_else(|| self.outside(&range))
    }

    /// The whole section, all its blocks checked.
    pub(crate) fn all(&self) -> Result<&[u8]> {
        self.bytes(0..self.len())
    }

    /// The whole section, no block of which is checked: what is used of it must be read again by
    /// [`bytes`](Section::bytes).
    pub(crate) fn unchecked(&self) -> &[u8] {
        self.file.bytes.get(self.place.clone()).unwrap_or_default()
    }

    /// An error of kind `corrupt` that names the file and the section.
    #[cold]
    pub(crate) fn corrupt(&self, found: impl fmt::Display) -> Error {
        self.file.named(Error::corrupt(format!("{}: {found}", self.id)))
    }

    fn within(&self, range: &Range<usize>) -> Option<Range<usize>> {
        if range.start > range.end || range.end > self.place.len() {
            return None;
        }
        Some(self.place.start + range.start..self.place.start + range.end)
    }

    #[cold]
    fn outside(&self, range: &Range<usize>) -> Error {
        let (Range { start, end }, len) = (range, self.len());
        self.corrupt(format!("bytes {start} to {end} are asked for, but it has {len}"))
    }
}

impl fmt::Debug for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Section({} of {}, {} bytes)", self.id, self.file.header.id, self.len())
    }
}
