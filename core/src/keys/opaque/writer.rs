//! Writes texts.

use crate::bytes::PutBytes;

/// Texts of a block.
pub(super) const BLOCK_TEXTS: usize = 32;
/// Bytes of where a block begins.
pub(super) const START_BYTES: usize = 8;

/// Appends ascending texts; gives the number of blocks.
pub(in super::super) fn encode(texts: &[Box<str>], out: &mut Vec<u8>) -> u64 {
    let mut data = Vec::new();
    let blocks = texts.chunks(BLOCK_TEXTS);
    let count = blocks.len() as u64;
    for block in blocks {
        out.put_u64(data.len() as u64);
        let mut before: Option<&str> = None;
        for text in block {
            let shared = before.map_or(0, |before| shared(before, text));
            if before.is_some() {
                data.put_varint(shared as u64);
            }
            let rest = text.as_bytes().get(shared..).unwrap_or_default();
            data.put_varint(rest.len() as u64);
            data.extend_from_slice(rest);
            before = Some(text);
        }
    }
    out.append(&mut data);
    count
}

fn shared(a: &str, b: &str) -> usize {
    a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count()
}
