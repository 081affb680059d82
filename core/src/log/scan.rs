//! What stands at a place of a file: a frame, the end, a torn tail or damage.

use super::file::{FOOTER_MAGIC, Footer};
use super::frame::{FRAME_MAGIC, Frame, FrameHeader, Salt};
use super::head::Head;

/// What stands at a place where a frame or a footer may begin.
#[derive(Debug)]
pub(super) enum Found<'a> {
    /// The frame that follows, and the head after it.
    Frame(Frame<'a>, Head),
    /// The footer of a full file.
    Footer,
    /// Nothing yet.
    End,
    /// The bytes of a last frame that was never finished.
    Torn(u64),
    /// What no crash leaves behind.
    Damaged(Damage),
}

/// Why a file is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Damage {
    /// What stands here fails its checksum, and an intact header follows after so many bytes.
    BeforeIntact(usize),
    /// An intact frame or footer that does not follow what was before.
    OutOfOrder,
    /// An intact frame whose records are not what its header says.
    Records,
    /// Something behind the footer.
    BehindFooter,
}

/// A place in a file, with what is known of all before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) salt: Salt,
    /// Bytes from the start of the file.
    pub(super) position: u64,
    pub(super) head: Head,
}

impl Place {
    /// What the rest of the file, which begins here, begins with.
    pub(super) fn find<'a>(&self, rest: &'a [u8]) -> Found<'a> {
        if let Some(frame) = Frame::decode(rest, self.salt) {
            return self.follow(frame);
        }
        if let Some(footer) = Footer::decode(rest, self.salt) {
            let expected =
                Footer { next: self.head.sequence, head: self.head.hash, position: self.position };
            let behind = rest.get(Footer::BYTES..).unwrap_or_default();
            return match () {
                () if footer != expected => Found::Damaged(Damage::OutOfOrder),
                () if said(behind) > 0 => Found::Damaged(Damage::BehindFooter),
                () => Found::Footer,
            };
        }
        match said(rest) {
            0 => Found::End,
            torn => match self.next_intact(rest) {
                Some(after) => Found::Damaged(Damage::BeforeIntact(after)),
                None => Found::Torn(torn as u64),
            },
        }
    }

    fn follow<'a>(&self, frame: Frame<'a>) -> Found<'a> {
        let header = frame.header;
        if header.sequence != self.head.sequence || header.previous != self.head.hash {
            return Found::Damaged(Damage::OutOfOrder);
        }
        match frame.end() {
            Some(end) => Found::Frame(frame, Head::after(end, frame.whole)),
            None => Found::Damaged(Damage::Records),
        }
    }

    /// Where behind a bad frame an intact header or footer begins.
    ///
    /// One group of records is written at a time, so a crash leaves at most the last frame bad, and
    /// nothing behind it. Records may hold copies of old frames, never of later ones.
    fn next_intact(&self, rest: &[u8]) -> Option<usize> {
        candidates(rest).find(|at| {
            let here = rest.get(*at..).unwrap_or_default();
            let frame = FrameHeader::decode(here, self.salt).map(|it| it.sequence);
            let later = frame.or_else(|| Footer::decode(here, self.salt).map(|it| it.next));
            *at > 0 && later.is_some_and(|sequence| sequence >= self.head.sequence)
        })
    }
}

/// Where the magic of a frame or a footer stands.
pub(super) fn candidates(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let [first, ..] = FRAME_MAGIC;
    let starts = bytes.iter().enumerate().filter(move |(_, byte)| **byte == first);
    starts.map(|(at, _)| at).filter(|at| {
        let magic = bytes.get(*at..).and_then(|rest| rest.first_chunk());
        magic.is_some_and(|magic| [FRAME_MAGIC, FOOTER_MAGIC].contains(magic))
    })
}

/// How many bytes there are without the zeros at the end, which are room for frames to come.
pub(super) fn said(bytes: &[u8]) -> usize {
    bytes.iter().rposition(|byte| *byte != 0).map_or(0, |at| at + 1)
}
