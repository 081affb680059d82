//! Writes the ordinals of one chunk in the encoding that measures smallest.

use super::layout::{Encoding, NO_ZONE};
use super::packed::{bits_for, pack, packed_bytes};
use super::planes::{plane_bytes, put_planes};
use super::survey::{Scratch, Survey};
use crate::bytes::PutBytes;

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) encoding: Encoding,
    /// Least and greatest ordinal.
    pub(super) zone: (u64, u64),
    pub(super) len: usize,
}

/// Appends the ordinals of at most 65,536 rows.
///
/// Blocks and short runs are read a row at a time where the others are read 64 rows at a time: they
/// have to save an eighth and a quarter.
pub(super) fn encode_ordinals(ordinals: &[u64], scratch: &mut Scratch, out: &mut Vec<u8>) -> Piece {
    let start = out.len();
    let (least, most) = match ordinals.split_first() {
        None => return Piece { encoding: Encoding::Empty, zone: NO_ZONE, len: 0 },
        Some((first, rest)) => {
            rest.iter().fold((*first, *first), |(a, b), it| (a.min(*it), b.max(*it)))
        }
    };
    if least == most {
        return Piece { encoding: Encoding::Constant, zone: (least, most), len: 0 };
    }
    let survey = scratch.survey(ordinals, least, most);
    let encoding = choose(&survey, scratch, out);
    Piece { encoding, zone: (least, most), len: out.len() - start }
}

fn choose(survey: &Survey, scratch: &mut Scratch, out: &mut Vec<u8>) -> Encoding {
    let rows = scratch.codes.len();
    let frame = plane_bytes(rows, survey.width);
    let runs = 2 * (survey.runs - 1) + packed_bytes(survey.runs, survey.width);
    let dictionary = if survey.width > 1 && runs > frame / 8 {
        scratch.count_distinct(survey).map_or(usize::MAX, |distinct| {
            packed_bytes(distinct, survey.width) + plane_bytes(rows, place_bits(distinct))
        })
    } else {
        usize::MAX
    };
    let runs = runs + if survey.runs > rows / 64 { runs / 3 } else { 0 };
    let quick = frame.min(runs).min(dictionary);
    let (blocks, each) = if survey.width > 4 {
        scratch.measure_blocks(survey, survey.ascending)
    } else {
        (usize::MAX, 0)
    };
    if blocks < quick - quick / 8 {
        put_blocks(survey, scratch, each, out);
        return if survey.ascending { Encoding::Ascending } else { Encoding::Blocks };
    }
    if quick == frame {
        put_header(survey.step, [survey.width, 0], 0, out);
        put_planes(&scratch.codes, survey.width, out);
        return Encoding::Frame;
    }
    if quick == runs {
        put_runs(survey, scratch, out);
        return Encoding::Runs;
    }
    scratch.place_codes();
    let distinct = &scratch.distinct;
    let width = place_bits(distinct.len());
    put_header(survey.step, [width, survey.width], distinct.len(), out);
    pack(distinct.iter().copied(), survey.width, out);
    put_planes(&scratch.places, width, out);
    Encoding::Dictionary
}

/// The bits of a place among so many.
pub(super) fn place_bits(count: usize) -> u32 {
    bits_for((count as u64).saturating_sub(1))
}

/// Step, bits of a code and of a listed number, how many are listed: 16 bytes before the body of
/// every encoding but `Empty` and `Constant`, which have none.
fn put_header(step: u64, widths: [u32; 2], count: usize, out: &mut Vec<u8>) {
    out.put_u64(step);
    out.extend(widths.map(|width| u8::try_from(width).unwrap_or(u8::MAX)));
    out.put_u16(0);
    out.put_u32(u32::try_from(count).unwrap_or(u32::MAX));
}

fn put_runs(survey: &Survey, scratch: &Scratch, out: &mut Vec<u8>) {
    put_header(survey.step, [0, survey.width], survey.runs, out);
    let codes = &scratch.codes;
    for (end, pair) in (1_u16..=u16::MAX).zip(codes.windows(2)) {
        if let [a, b] = pair
            && a != b
        {
            out.put_u16(end);
        }
    }
    let runs = codes.chunk_by(|a, b| a == b);
    pack(runs.filter_map(|run| run.first().copied()), survey.width, out);
}

/// Blocks of `each` rows; with ascending rows, of distances from the row before.
fn put_blocks(survey: &Survey, scratch: &Scratch, each: usize, out: &mut Vec<u8>) {
    put_header(survey.step, [0, survey.width], each, out);
    let blocks = || scratch.codes.chunks(each);
    let base = |block: &[u64]| block.iter().copied().min().unwrap_or(0);
    pack(blocks().map(base), survey.width, out);
    let mut data = Vec::new();
    let mut numbers = vec![0; each];
    for block in blocks() {
        let units = data.len() / (each / 8);
        out.put_u16(u16::try_from(units).unwrap_or(u16::MAX));
        let mut before = base(block);
        numbers.fill(0);
        for (number, code) in numbers.iter_mut().zip(block) {
            *number = code - before;
            if survey.ascending {
                before = *code;
            }
        }
        let most = numbers.iter().copied().max().unwrap_or(0);
        pack(numbers.iter().copied(), bits_for(most), &mut data);
    }
    out.append(&mut data);
}
