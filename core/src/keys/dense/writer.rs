//! Writes the dense form.

use super::super::layout::SAMPLE;
use super::shape::{ENTRY_BYTES, Kind, RANK_CODES, RANKS, UNIT_BYTES, WORDS};
use crate::bytes::PutBytes;
use crate::error::{Error, Result};

/// What codes are counted from, given the first.
pub(in super::super) fn base(first: u128) -> u128 {
    first & !0xffff
}

/// How many bytes ascending codes take, none where they span more than this form can count.
pub(in super::super) fn size_bytes(codes: &[u128]) -> Option<usize> {
    let (first, last) = (codes.first()?, codes.last()?);
    u64::try_from(last - base(*first)).ok()?;
    let mut chunks = 0_usize;
    let mut data = 0;
    for chunk in chunks_of(codes) {
        chunks += 1;
        data += kind_of(chunk).1;
    }
    Some(ENTRY_BYTES * (chunks + chunks.div_ceil(SAMPLE)) + data)
}

/// Appends strictly ascending codes; gives the number of chunks.
pub(in super::super) fn encode(codes: &[u128], out: &mut Vec<u8>) -> Result<u64> {
    let base = codes.first().map_or(0, |&first| base(first));
    let mut entries: Vec<[u8; ENTRY_BYTES]> = Vec::new();
    let mut data = Vec::new();
    let mut before = 0;
    for chunk in chunks_of(codes) {
        let number = chunk.first().map_or(0, |first| (first - base) >> 16);
        let (kind, _) = kind_of(chunk);
        let runs = if kind == Kind::Runs { runs_in(chunk) } else { 0 };
        entries.push(entry(number, kind, runs, before, data.len() / UNIT_BYTES)?);
        put_chunk(chunk, kind, &mut data);
        before += chunk.len();
    }
    out.extend(entries.iter().step_by(SAMPLE).flatten());
    out.extend_from_slice(entries.as_flattened());
    out.append(&mut data);
    Ok(entries.len() as u64)
}

fn entry(
    number: u128,
    kind: Kind,
    runs: usize,
    before: usize,
    unit: usize,
) -> Result<[u8; ENTRY_BYTES]> {
    let kind = match kind {
        Kind::Runs => 0,
        Kind::Array => 1,
        Kind::Bits => 2,
    };
    let head = u64::try_from(number << 16 | kind << 14 | runs as u128);
    match (head, u32::try_from(before), u32::try_from(unit)) {
        (Ok(head), Ok(before), Ok(unit)) => {
            Ok((u128::from(unit) << 96 | u128::from(before) << 64 | u128::from(head)).to_le_bytes())
        }
        _ => {
            Err(Error::invalid("the serials of a segment are too many; load fewer rows a segment"))
        }
    }
}

fn chunks_of(codes: &[u128]) -> impl Iterator<Item = &[u128]> {
    codes.chunk_by(|a, b| a >> 16 == b >> 16)
}

fn runs_of(chunk: &[u128]) -> impl Iterator<Item = &[u128]> {
    chunk.chunk_by(|a, b| a.wrapping_add(1) == *b)
}

fn runs_in(chunk: &[u128]) -> usize {
    let breaks = chunk.array_windows().filter(|[a, b]| a.wrapping_add(1) != *b).count();
    breaks + 1
}

/// The smallest form of a chunk, and how many bytes it takes.
fn kind_of(chunk: &[u128]) -> (Kind, usize) {
    let sizes = [
        (Kind::Runs, 4 * runs_in(chunk)),
        (Kind::Array, 2 * chunk.len()),
        (Kind::Bits, 2 * RANKS + 8 * WORDS),
    ];
    let [runs, rest @ ..] = sizes;
    rest.into_iter().fold(runs, |best, it| if it.1 < best.1 { it } else { best })
}

#[expect(clippy::cast_possible_truncation, reason = "the low half of a code is meant")]
fn low(code: u128) -> u16 {
    code as u16
}

fn put_chunk(chunk: &[u128], kind: Kind, out: &mut Vec<u8>) {
    match kind {
        Kind::Runs => {
            let mut ranks = Vec::new();
            let mut before = 0;
            for run in runs_of(chunk) {
                out.put_u16(run.first().map_or(0, |&first| low(first)));
                ranks.put_u16(low(before));
                before += run.len() as u128;
            }
            out.append(&mut ranks);
        }
        Kind::Array => chunk.iter().for_each(|&code| out.put_u16(low(code))),
        Kind::Bits => {
            let mut words = [0_u64; WORDS];
            for &code in chunk {
                if let Some(word) = words.get_mut(usize::from(low(code) >> 6)) {
                    *word |= 1 << (code & 63);
                }
            }
            let mut before = 0;
            for words in words.chunks(RANK_CODES / 64) {
                out.put_u16(low(before));
                before += words.iter().map(|word| u128::from(word.count_ones())).sum::<u128>();
            }
            for word in words {
                out.put_u64(word);
            }
        }
    }
}
