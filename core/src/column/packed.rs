//! Numbers of one width, packed one behind the other.

use crate::bytes::PutBytes;
use crate::error::{Error, Result};

/// How many bits hold every number up to `most`.
pub(super) fn bits_for(most: u64) -> u32 {
    u64::BITS - most.leading_zeros()
}

/// The number whose lowest `width` bits are set.
pub(super) fn low_bits(width: u32) -> u64 {
    if width == 0 { 0 } else { u64::MAX >> (u64::BITS - width.min(u64::BITS)) }
}

/// The bytes that `count` numbers of `width` bits take.
pub(super) fn packed_bytes(count: usize, width: u32) -> usize {
    count.saturating_mul(width as usize).div_ceil(8)
}

/// Appends numbers of at most `width` bits, the first in the lowest bits.
pub(super) fn pack(values: impl IntoIterator<Item = u64>, width: u32, out: &mut Vec<u8>) {
    let mut pending = 0_u128;
    let mut filled = 0;
    for value in values {
        pending |= u128::from(value) << filled;
        filled += width;
        if filled >= u64::BITS {
            out.put_u64(low_word(pending));
            pending >>= u64::BITS;
            filled -= u64::BITS;
        }
    }
    let rest = low_word(pending).to_le_bytes();
    out.extend_from_slice(rest.get(..filled.div_ceil(8) as usize).unwrap_or_default());
}

#[expect(clippy::cast_possible_truncation, reason = "the low half is meant")]
fn low_word(pair: u128) -> u64 {
    pair as u64
}

/// Packed numbers where they lie.
#[derive(Clone, Copy)]
pub(super) struct Packed<'a> {
    bytes: &'a [u8],
    count: usize,
    width: u32,
}

impl<'a> Packed<'a> {
    /// Takes `count` numbers of `width` bits off the front of `bytes` and gives back the rest.
    ///
    /// # Errors
    ///
    /// `corrupt` when the width is no width or the bytes are too few.
    pub(super) fn split(bytes: &'a [u8], count: usize, width: u32) -> Result<(Self, &'a [u8])> {
        if width > u64::BITS {
            return Err(Error::corrupt(format!("packed numbers of {width} bits")));
        }
        let (bytes, rest) = bytes
            .split_at_checked(packed_bytes(count, width))
            .ok_or_else(|| Error::corrupt("packed numbers are cut short"))?;
        Ok((Packed { bytes, count, width }, rest))
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// The number at `index`; 0 past the end.
    #[inline]
    pub(super) fn at(&self, index: usize) -> u64 {
        if index >= self.count {
            return 0;
        }
        let bit = index * self.width as usize;
        number_at(self.bytes.get(bit / 8..).unwrap_or_default(), bit % 8, self.width)
    }

    /// The numbers, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = u64> + use<'a> {
        let packed = *self;
        (0..packed.count).map(move |index| packed.at(index))
    }

    /// Reads the numbers, in place of what `out` holds.
    pub(super) fn read_into(&self, out: &mut Vec<u64>) {
        out.clear();
        // All but the last ones have eight bytes to be read from, where none lies across nine.
        let whole = match self.bytes.len().checked_sub(8) {
            Some(last) if (1..=56).contains(&self.width) => last * 8 / self.width as usize,
            _ => 0,
        };
        let (width, mask) = (self.width as usize, low_bits(self.width));
        out.extend((0..whole.min(self.count)).map(|index| {
            let bit = index * width;
            let word = self.bytes.get(bit / 8..).and_then(<[u8]>::first_chunk::<8>);
            word.map_or(0, |word| u64::from_le_bytes(*word) >> (bit % 8) & mask)
        }));
        out.extend((out.len()..self.count).map(|index| self.at(index)));
    }

    /// How many numbers, which must ascend, come before the first for which `before` fails.
    pub(super) fn partition_point(&self, mut before: impl FnMut(u64) -> bool) -> usize {
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = low.midpoint(high);
            if before(self.at(middle)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }
}

/// The number of `width` bits that starts `shift` bits, at most 7, into `from`.
#[inline]
pub(super) fn number_at(from: &[u8], shift: usize, width: u32) -> u64 {
    let value = match from.first_chunk::<8>() {
        Some(word) if width <= 56 => u64::from_le_bytes(*word) >> shift,
        _ => wide(from, shift),
    };
    value & low_bits(width)
}

/// A number near the end of the bytes, or one that may lie across nine of them.
#[cold]
fn wide(from: &[u8], shift: usize) -> u64 {
    let mut word = [0; 16];
    word.iter_mut().zip(from).for_each(|(to, byte)| *to = *byte);
    low_word(u128::from_le_bytes(word) >> shift)
}

/// Unpacks 64 numbers of `width` bits out of the `width` words they fill.
pub(super) fn unpack_64(words: &[[u8; 8]], width: u32, out: &mut [u64; 64]) {
    let mut words = words.iter().map(|word| u64::from_le_bytes(*word));
    let mask = low_bits(width);
    let mut pending = 0_u128;
    let mut filled = 0;
    for value in out {
        if filled < width {
            pending |= u128::from(words.next().unwrap_or(0)) << filled;
            filled += u64::BITS;
        }
        *value = low_word(pending) & mask;
        pending >>= width;
        filled -= width;
    }
}

/// The sum of the first `count` of numbers of `width` bits; it wraps.
pub(super) fn sum_of_first(words: &[[u8; 8]], width: u32, count: usize) -> u64 {
    // Every other bit, every fourth, every eighth: of numbers whose width divides a word, all bits
    // of one weight are counted at once.
    let lowest: u64 = match width {
        0 => return 0,
        1 => u64::MAX,
        2 => 0x5555_5555_5555_5555,
        4 => 0x1111_1111_1111_1111,
        8 => 0x0101_0101_0101_0101,
        _ => return sum_of_unpacked(words, width, count),
    };
    let bits = count * width as usize;
    let mut words = words.iter().map(|word| u64::from_le_bytes(*word));
    let sum = |word: u64| -> u64 {
        (0..width).map(|bit| u64::from((word >> bit & lowest).count_ones()) << bit).sum()
    };
    let whole: u64 = words.by_ref().take(bits / 64).map(sum).sum();
    let rest = u32::try_from(bits % 64).unwrap_or(0);
    whole + words.next().map_or(0, |word| sum(word & low_bits(rest)))
}

fn sum_of_unpacked(words: &[[u8; 8]], width: u32, count: usize) -> u64 {
    let (mut sum, mut left, mut unpacked) = (0_u64, count, [0; 64]);
    for words in words.chunks(width as usize) {
        if left == 0 {
            break;
        }
        unpack_64(words, width, &mut unpacked);
        sum = unpacked.iter().take(left).fold(sum, |sum, number| sum.wrapping_add(*number));
        left = left.saturating_sub(64);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_come_back(values in prop::collection::vec(any::<u64>(), 0..200), width in 0_u32..=64, whole: bool) {
            let mut values: Vec<u64> = values.into_iter().map(|it| it & low_bits(width)).collect();
            // Some fill whole words, as blocks do.
            if whole { values.resize(values.len().next_multiple_of(64), 0); }
            let mut bytes = Vec::new();
            pack(values.iter().copied(), width, &mut bytes);
            prop_assert_eq!(bytes.len(), packed_bytes(values.len(), width));
            let (packed, rest) = Packed::split(&bytes, values.len(), width).unwrap();
            prop_assert!(rest.is_empty());
            prop_assert_eq!(packed.iter().collect::<Vec<_>>(), values.clone());
            let mut read = vec![7];
            packed.read_into(&mut read);
            prop_assert_eq!(&read, &values);
            prop_assert_eq!(packed.at(values.len()), 0);
            prop_assert!(Packed::split(&bytes, values.len() + 9, width.max(1)).is_err());
            let (words, rest) = bytes.as_chunks();
            for count in [0, 1, values.len() / 3, values.len()] {
                let sum = values.iter().take(count).fold(0_u64, |sum, it| sum.wrapping_add(*it));
                prop_assert!(!rest.is_empty() || sum_of_first(words, width, count) == sum);
            }
            if let Some(first) = values.first_chunk::<64>() {
                let mut out = [0; 64];
                unpack_64(bytes.as_chunks().0, width, &mut out);
                prop_assert_eq!(&out, first);
            }
        }
    }
}
