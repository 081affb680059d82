//! Reads a finished file.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::block::{Blocked, Blocks, Fault};
use super::layout::{
    CHECK_BYTES, Entry, HEADER_BYTES, Header, Layout, TRAILER_BYTES, Trailer, aligned,
};
use super::name::{FileId, FileKind, SectionId};
use crate::bytes::{Cursor, crc32c};
use crate::error::{Error, Result};
use crate::io::Content;

/// A finished file, open for reading. Cloning shares it.
#[derive(Clone)]
pub(crate) struct SealedFile(Arc<Inner>);

struct Inner {
    content: Content,
    header: Header,
    layout: Layout,
    blocks: Blocks,
    sections: BTreeMap<SectionId, Place>,
}

/// Where a section is, and its bytes where the file is not in memory: read when they are first asked
/// for.
#[derive(Clone)]
struct Place {
    range: Range<usize>,
    loaded: Arc<OnceLock<Vec<u8>>>,
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
    pub(crate) fn open(content: impl Into<Content>, kind: FileKind) -> Result<Self> {
        let content = content.into();
        let header = read_header(&content)?;
        if header.kind != kind {
            return Err(Error::corrupt(format!("a {} where a {kind} is expected", header.kind)));
        }
        let (layout, sections) =
            open_tail(&content, &header).map_err(|error| header.name(error))?;
        let blocks = Blocks::new(&layout);
        let place = |(id, range)| (id, Place { range, loaded: Arc::default() });
        let sections = sections.into_iter().map(place).collect();
        Ok(SealedFile(Arc::new(Inner { content, header, layout, blocks, sections })))
    }

    pub(crate) fn id(&self) -> FileId {
        self.0.header.id
    }

    /// The bytes of the whole file.
    pub(crate) fn length(&self) -> u64 {
        self.0.content.len() as u64
    }

    pub(crate) fn has(&self, id: SectionId) -> bool {
        self.0.sections.contains_key(&id)
    }

    /// The sections there are, ascending, with their sizes in bytes.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn sections(&self) -> impl Iterator<Item = (SectionId, usize)> + '_ {
        self.0.sections.iter().map(|(id, place)| (*id, place.range.len()))
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
        read_header(&file.content)
            .and_then(|header| open_tail(&file.content, &header))
            .map_err(|error| file.named(error))?;
        file.blocked().verify().map_err(|fault| file.failed(fault))
    }
}

impl fmt::Debug for SealedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedFile({} {}, {} bytes)", self.0.header.kind, self.id(), self.length())
    }
}

impl Inner {
    fn blocked(&self) -> Blocked<'_> {
        Blocked { content: &self.content, layout: &self.layout }
    }

    fn named(&self, error: Error) -> Error {
        self.header.name(error)
    }

    #[cold]
    fn failed(&self, fault: Fault) -> Error {
        match fault {
            Fault::Damaged(place) => self.damaged(&place),
            Fault::Unread(error) => self.named(error),
        }
    }

    /// Says which bytes are damaged, and which sections they belong to.
    fn damaged(&self, place: &Range<usize>) -> Error {
        let Range { start, end } = *place;
        let mut hit: Vec<_> = self
            .sections
            .iter()
            .filter(|(_, place)| place.range.start < end && start < place.range.end)
            .map(|(id, place)| (place.range.start, *id))
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

fn read_header(content: &Content) -> Result<Header> {
    Header::decode(&content.read(0..HEADER_BYTES.min(content.len()))?)
}

/// Reads trailer and directory, which everything else in the file is found by.
fn open_tail(
    content: &Content,
    header: &Header,
) -> Result<(Layout, BTreeMap<SectionId, Range<usize>>)> {
    let length = content.len();
    let trailer = match length.checked_sub(TRAILER_BYTES) {
        Some(at) => Trailer::decode(&content.read(at..length)?)?,
        None => Trailer::decode(&[])?,
    };
    if trailer.id != header.id {
        return Err(Error::corrupt("header and trailer are of two files"));
    }
    let layout = layout_of(&trailer)
        .filter(|layout| layout.length == length && trailer.length == length as u64)
        .ok_or_else(|| Error::corrupt("the file is longer or shorter than it was written"))?;
    let directory = content.read(layout.directory.clone())?;
    if crc32c(&directory) != trailer.directory_check {
        return Err(Error::corrupt(
            "section table: fails its checksum; restore the file from a copy",
        ));
    }
    let sections = read_entries(&directory, &layout, trailer.sections)?;
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
    place: Place,
}

impl Section {
    pub(crate) fn len(&self) -> usize {
        self.place.range.len()
    }

    /// The bytes of a range, each of whose blocks is checked once in the life of the file.
    ///
    /// # Errors
    ///
    /// `corrupt` when the range lies outside the section, as a place read from the file may, or
    /// when a block fails its checksum; `io`.
    #[inline]
    pub(crate) fn bytes(&self, range: Range<usize>) -> Result<&[u8]> {
        let file = &*self.file;
        let Some(all) = file.content.in_memory() else {
            return self.loaded()?.get(range.clone()).ok_or_else(|| self.outside(&range));
        };
        let place = self.within(&range).ok_or_else(|| self.outside(&range))?;
        file.blocks.touch(file.blocked(), &place).map_err(|fault| file.failed(fault))?;
        all.get(place).ok_or_else(|| self.outside(&range))
    }

    /// The whole section of a file that is not in memory, all its blocks checked.
    fn loaded(&self) -> Result<&[u8]> {
        let Place { range, loaded } = &self.place;
        if let Some(loaded) = loaded.get() {
            return Ok(loaded);
        }
        let file = &*self.file;
        let read = file.blocks.load(file.blocked(), range).map_err(|fault| file.failed(fault))?;
        Ok(loaded.get_or_init(|| read))
    }

    /// The whole section, all its blocks checked.
    pub(crate) fn all(&self) -> Result<&[u8]> {
        self.bytes(0..self.len())
    }

    /// The whole section, no block of which is checked: what is used of it must be read again by
    /// [`bytes`](Section::bytes).
    pub(crate) fn unchecked(&self) -> Result<&[u8]> {
        match self.file.content.in_memory() {
            Some(all) => Ok(all.get(self.place.range.clone()).unwrap_or_default()),
            None => self.loaded(),
        }
    }

    /// An error of kind `corrupt` that names the file and the section.
    #[cold]
    pub(crate) fn corrupt(&self, found: impl fmt::Display) -> Error {
        self.file.named(Error::corrupt(format!("{}: {found}", self.id)))
    }

    fn within(&self, range: &Range<usize>) -> Option<Range<usize>> {
        if range.start > range.end || range.end > self.len() {
            return None;
        }
        let start = self.place.range.start;
        Some(start + range.start..start + range.end)
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
