//! A frame: some records under checksums, bound to all that came before.

use crate::bytes::{Cursor, Hash, PutBytes, crc32c};

/// Not text, so that no transfer in text mode leaves it whole.
pub(super) const FRAME_MAGIC: [u8; 8] = [0x89, b'F', b'R', b'M', 0x0D, 0x0A, 0x1A, 0x0A];
const CHECKED_BYTES: usize = FrameHeader::BYTES - size_of::<u32>();

/// What the checksums of headers and footers in one file are mixed with, so that bytes which
/// somebody had recorded never pass for a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Salt(u32);

impl Salt {
    pub(super) fn of(nonce: &[u8]) -> Self {
        Salt(crc32c(nonce))
    }

    /// The salt with which `checked` has the checksum `check`.
    pub(super) fn between(checked: &[u8], check: u32) -> Self {
        Salt(crc32c(checked) ^ check)
    }

    pub(super) fn check(self, checked: &[u8]) -> u32 {
        crc32c(checked) ^ self.0
    }
}

/// What stands before the records of a frame. One without records is a seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FrameHeader {
    /// Bytes of the payload.
    pub(super) length: u32,
    pub(super) records: u32,
    /// The sequence of the first record; of a seal, that of the next record to come.
    pub(super) sequence: u64,
    /// The hash of the frame before, or of the file's header.
    pub(super) previous: Hash,
    pub(super) payload_check: u32,
}

impl FrameHeader {
    pub(super) const BYTES: usize = 64;

    pub(super) fn encode(&self, salt: Salt) -> Vec<u8> {
        let mut out = Vec::with_capacity(FrameHeader::BYTES);
        out.extend(FRAME_MAGIC);
        out.put_u32(self.length);
        out.put_u32(self.records);
        out.put_u64(self.sequence);
        out.extend(self.previous.0);
        out.put_u32(self.payload_check);
        out.put_u32(salt.check(&out));
        out
    }

    /// The header that `bytes` begin with, if there is one and it is intact.
    pub(super) fn decode(bytes: &[u8], salt: Salt) -> Option<Self> {
        let (header, check) = FrameHeader::read(bytes)?;
        (salt.check(bytes.get(..CHECKED_BYTES)?) == check).then_some(header)
    }

    /// The header that `bytes` begin with, and the salt with which it is intact.
    pub(super) fn decode_any(bytes: &[u8]) -> Option<(Self, Salt)> {
        let (header, check) = FrameHeader::read(bytes)?;
        Some((header, Salt::between(bytes.get(..CHECKED_BYTES)?, check)))
    }

    fn read(bytes: &[u8]) -> Option<(Self, u32)> {
        let mut cursor = Cursor::new("frame", bytes);
        if cursor.take().ok()? != FRAME_MAGIC {
            return None;
        }
        let header = FrameHeader {
            length: cursor.u32().ok()?,
            records: cursor.u32().ok()?,
            sequence: cursor.u64().ok()?,
            previous: Hash(cursor.take().ok()?),
            payload_check: cursor.u32().ok()?,
        };
        Some((header, cursor.u32().ok()?))
    }
}

/// A frame that passes its checksums.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame<'a> {
    pub(super) header: FrameHeader,
    /// All of it, the header included.
    pub(super) whole: &'a [u8],
}

impl<'a> Frame<'a> {
    /// The frame that `bytes` begin with, if its header and its payload are intact.
    pub(super) fn decode(bytes: &'a [u8], salt: Salt) -> Option<Self> {
        Frame::with_header(bytes, FrameHeader::decode(bytes, salt)?)
    }

    pub(super) fn with_header(bytes: &'a [u8], header: FrameHeader) -> Option<Self> {
        let length = usize::try_from(header.length).ok()?;
        let whole = bytes.get(..FrameHeader::BYTES.checked_add(length)?)?;
        let frame = Frame { header, whole };
        (crc32c(frame.payload()) == header.payload_check).then_some(frame)
    }

    fn payload(&self) -> &'a [u8] {
        self.whole.get(FrameHeader::BYTES..).unwrap_or_default()
    }

    /// The sequence of the record after its last; none where its records are not as many as it
    /// says, or there are more than can be counted.
    pub(super) fn end(&self) -> Option<u64> {
        let mut cursor = Cursor::new("frame", self.payload());
        for _ in 0..self.header.records {
            take_record(&mut cursor)?;
        }
        cursor.finish().ok()?;
        self.header.sequence.checked_add(u64::from(self.header.records))
    }

    /// Its records, each with its sequence.
    pub(super) fn records(&self) -> impl Iterator<Item = (&'a [u8], u64)> + use<'a> {
        let mut cursor = Cursor::new("frame", self.payload());
        let records = std::iter::from_fn(move || take_record(&mut cursor));
        // In this order no number past the last one is counted.
        records.zip(self.header.sequence..)
    }
}

/// Appends a record to the payload of a frame.
pub(super) fn put_record(payload: &mut Vec<u8>, record: &[u8]) {
    payload.put_varint(record.len() as u64);
    payload.extend_from_slice(record);
}

fn take_record<'a>(cursor: &mut Cursor<'a>) -> Option<&'a [u8]> {
    let length = cursor.varint().ok()?;
    cursor.slice(usize::try_from(length).ok()?).ok()
}
