//! Counts of ordinals, taken from the codes of a chunk.

use super::encode::place_bits;
use super::ordinals::{Body, Ordinals, Reading, unlisted};
use crate::bitmap::Mask;
use crate::error::Result;

/// Codes a chunk may have for its rows to be counted by code.
const CODES_MAX: u64 = 1 << 16;

/// The ordinals that the codes of one chunk stand for, ascending.
///
/// Not all of them need to occur.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LocalValues {
    /// These.
    Listed(Vec<u64>),
    /// So many, from the first on, at equal distances.
    Stepped {
        /// The ordinal of code 0.
        first: u64,
        /// From one ordinal to the next.
        step: u64,
        /// How many.
        count: usize,
    },
}

impl LocalValues {
    /// How many codes there are.
    pub(crate) fn len(&self) -> usize {
        match self {
            LocalValues::Listed(ordinals) => ordinals.len(),
            LocalValues::Stepped { count, .. } => *count,
        }
    }

    /// The code of an ordinal; none where it is not one of them.
    fn code(&self, ordinal: u64) -> Option<u16> {
        let code = match self {
            LocalValues::Listed(ordinals) => ordinals.binary_search(&ordinal).ok()?,
            LocalValues::Stepped { first, step, count } => {
                let code = ordinal.wrapping_sub(*first) / step;
                usize::try_from(code).ok().filter(|code| code < count)?
            }
        };
        u16::try_from(code).ok()
    }

    /// The ordinal of a code; none past the last.
    pub(crate) fn ordinal(&self, code: u16) -> Option<u64> {
        match self {
            LocalValues::Listed(ordinals) => ordinals.get(usize::from(code)).copied(),
            LocalValues::Stepped { first, step, count } => (usize::from(code) < *count)
                .then(|| first.wrapping_add(step.wrapping_mul(u64::from(code)))),
        }
    }
}

impl Ordinals<'_> {
    /// What the codes stand for; none where there may be more than 65,536.
    pub(super) fn local_values(&self) -> Option<LocalValues> {
        match &self.body {
            Body::Constant => Some(LocalValues::Listed(vec![self.zone.0])),
            Body::Runs { codes, .. } => {
                let mut listed: Vec<u64> = codes.iter().map(|code| self.ordinal(code)).collect();
                listed.sort_unstable();
                listed.dedup();
                Some(LocalValues::Listed(listed))
            }
            Body::Dictionary { listed, .. } => {
                Some(LocalValues::Listed(listed.iter().map(|code| self.ordinal(code)).collect()))
            }
            Body::Frame { .. } | Body::Blocks(_) => {
                let count = self.code_most().saturating_add(1);
                let count = usize::try_from(count).ok().filter(|_| count <= CODES_MAX)?;
                Some(LocalValues::Stepped { first: self.zone.0, step: self.step(), count })
            }
        }
    }

    /// The code of every row of a mask, in place of what `out` holds; those of other rows mean
    /// nothing.
    ///
    /// # Errors
    ///
    /// `corrupt` where a row has a code that stands for nothing in `values`, which must be those of
    /// this chunk.
    pub(super) fn local_codes_into(
        &self,
        values: &LocalValues,
        mask: &Mask,
        out: &mut Vec<u16>,
    ) -> Result<()> {
        match (&self.body, values) {
            (Body::Constant, _) => {
                out.clear();
                out.resize(self.rows, 0);
            }
            (Body::Runs { .. }, LocalValues::Listed(listed)) => {
                out.clear();
                out.resize(self.rows, 0);
                self.each_run(|rows, code| {
                    let place = listed.partition_point(|it| *it < self.ordinal(code));
                    let rows = out.get_mut(rows).unwrap_or_default();
                    rows.fill(u16::try_from(place).unwrap_or(u16::MAX));
                });
            }
            (Body::Dictionary { places: codes, .. } | Body::Frame { codes }, _)
                if codes.width() <= 16 =>
            {
                let words = mask.words();
                codes.codes_within(|at| words.get(at).is_none_or(|word| *word != 0), out);
            }
            _ => {
                let mut ordinals = Vec::new();
                self.read_into(&mut ordinals)?;
                out.clear();
                for ordinal in ordinals {
                    let code = ordinal.wrapping_sub(self.zone.0) / self.step();
                    out.push(u16::try_from(code).map_err(|_| unlisted())?);
                }
            }
        }
        let most = out.iter().copied().max().map_or(0, usize::from);
        if most < values.len() { Ok(()) } else { Err(unlisted()) }
    }

    /// The code of each of `rows` in turn, in place of what `out` holds.
    ///
    /// # Errors
    ///
    /// As [`local_codes_into`](Self::local_codes_into), and where a row is past the last.
    pub(super) fn local_codes_of(
        &self,
        values: &LocalValues,
        rows: &[u16],
        out: &mut Vec<u16>,
    ) -> Result<()> {
        out.clear();
        out.reserve(rows.len());
        let planes = match &self.body {
            Body::Dictionary { places: codes, .. } | Body::Frame { codes } => Some(codes),
            Body::Constant | Body::Runs { .. } | Body::Blocks(_) => None,
        };
        let mut reading = Reading::new(self);
        for row in rows {
            let row = usize::from(*row);
            let code = match planes {
                Some(codes) if row < self.rows => {
                    u16::try_from(codes.at(row)).ok().filter(|it| usize::from(*it) < values.len())
                }
                _ => values.code(reading.at(row)?),
            };
            out.push(code.ok_or_else(unlisted)?);
        }
        Ok(())
    }

    /// Tells how many rows of `mask` have each ordinal, ascending, and each ordinal once.
    pub(super) fn count_into(&self, mask: &Mask, mut tell: impl FnMut(u64, u64)) -> Result<()> {
        if matches!(self.body, Body::Constant) {
            let rows = u64::from(mask.count_range(0..u32::try_from(self.rows).unwrap_or(0)));
            if rows > 0 {
                tell(self.zone.0, rows);
            }
            return Ok(());
        }
        // A table of the codes has to be passed over once more in the end.
        let selected = mask.count() as usize;
        let values = self.local_values().filter(|it| it.len() <= selected.max(4096) * 4);
        let Some(values) = values else { return self.sort_into(mask, tell) };
        let mut counts = vec![0_u64; values.len()];
        if matches!(self.body, Body::Runs { .. }) {
            self.count_runs(mask, &values, &mut counts);
        } else {
            let mut codes = Vec::new();
            self.local_codes_into(&values, mask, &mut codes)?;
            count_codes(&codes, mask, &mut counts);
        }
        for (code, count) in (0..=u16::MAX).zip(counts) {
            if let Some(ordinal) = values.ordinal(code).filter(|_| count > 0) {
                tell(ordinal, count);
            }
        }
        Ok(())
    }

    fn count_runs(&self, mask: &Mask, values: &LocalValues, counts: &mut [u64]) {
        let LocalValues::Listed(listed) = values else { return };
        self.each_run(|rows, code| {
            let place = listed.partition_point(|it| *it < self.ordinal(code));
            let ends = (u32::try_from(rows.start), u32::try_from(rows.end));
            if let (Some(count), (Ok(start), Ok(end))) = (counts.get_mut(place), ends) {
                *count += u64::from(mask.count_range(start..end));
            }
        });
    }

    fn sort_into(&self, mask: &Mask, tell: impl FnMut(u64, u64)) -> Result<()> {
        let mut ordinals = Vec::new();
        self.read_into(&mut ordinals)?;
        let selected = mask.iter().filter_map(|row| ordinals.get(usize::from(row)).copied());
        tell_sorted(selected.collect(), tell);
        Ok(())
    }
}

/// Tells how often each ordinal is there, ascending.
pub(super) fn tell_sorted(mut ordinals: Vec<u64>, mut tell: impl FnMut(u64, u64)) {
    ordinals.sort_unstable();
    for same in ordinals.chunk_by(|a, b| a == b) {
        if let Some(ordinal) = same.first() {
            tell(*ordinal, same.len() as u64);
        }
    }
}

/// Counts the codes of the rows in `mask`; every code has a place in `counts`.
fn count_codes(codes: &[u16], mask: &Mask, counts: &mut [u64]) {
    // Neighbours with one code would wait for each other in one table: full words take four.
    let small = place_bits(counts.len()) <= 10;
    let mut tables = vec![[0_u32; 1024]; if small { 4 } else { 0 }];
    for (word, codes) in mask.words().iter().zip(codes.chunks(64)) {
        if let (u64::MAX, [a, b, c, d]) = (*word, tables.as_mut_slice()) {
            for four in codes.as_chunks::<4>().0 {
                for (table, code) in [&mut *a, &mut *b, &mut *c, &mut *d].into_iter().zip(four) {
                    if let Some(count) = table.get_mut(usize::from(*code)) {
                        *count += 1;
                    }
                }
            }
            let rest = codes.as_chunks::<4>().1;
            for code in rest {
                add_one(counts, *code);
            }
            continue;
        }
        let mut left = *word;
        while left != 0 {
            if let Some(code) = codes.get(left.trailing_zeros() as usize) {
                add_one(counts, *code);
            }
            left &= left - 1;
        }
    }
    for table in &tables {
        counts.iter_mut().zip(table).for_each(|(count, more)| *count += u64::from(*more));
    }
}

#[inline]
fn add_one(counts: &mut [u64], code: u16) {
    if let Some(count) = counts.get_mut(usize::from(code)) {
        *count += 1;
    }
}
