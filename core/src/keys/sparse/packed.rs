//! Numbers of up to 128 bits side by side.

pub(super) const CODE_BITS: usize = 128;
/// Codes of a block.
pub(super) const BLOCK_CODES: usize = 64;
/// What a distance of one bit takes in a block.
pub(super) const UNIT_BYTES: usize = BLOCK_CODES / 8;

/// Numbers of `width` bits, lowest bit first; as many words of 64 bits as a number has bits.
#[derive(Clone, Copy)]
pub(super) struct Packed<'a> {
    words: &'a [[u8; 8]],
}

impl<'a> Packed<'a> {
    /// The width is the number of words, none where it is more than a code has.
    pub(super) fn new(words: &'a [[u8; 8]]) -> Option<Self> {
        (words.len() <= CODE_BITS).then_some(Packed { words })
    }

    fn word(self, at: usize) -> u64 {
        self.words.get(at).map_or(0, |&word| u64::from_le_bytes(word))
    }

    /// The `index`-th of the 64 numbers.
    #[inline]
    pub(super) fn at(self, index: usize) -> u128 {
        let width = self.words.len();
        let (at, shift) = (index * width / 64, index * width % 64);
        if width <= 64 {
            let low = self.word(at) >> shift;
            // In two steps, since a shift by 64 is none.
            let high = if shift + width > 64 { self.word(at + 1) << 1 << (63 - shift) } else { 0 };
            let mask = if width == 0 { 0 } else { u64::MAX >> (64 - width) };
            return u128::from((low | high) & mask);
        }
        let low = (u128::from(self.word(at)) | u128::from(self.word(at + 1)) << 64) >> shift;
        let high =
            if shift + width > 128 { u128::from(self.word(at + 2)) << (128 - shift) } else { 0 };
        (low | high) & u128::MAX >> (128 - width)
    }

    /// How many of the first `count` numbers, which ascend, are before `wanted`.
    pub(super) fn rank(self, count: usize, wanted: u128) -> usize {
        let (mut low, mut high) = (0, count);
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.at(middle) < wanted { low = middle + 1 } else { high = middle }
        }
        low
    }
}

/// Appends up to 64 numbers, each of which fits `width` bits.
#[expect(clippy::cast_possible_truncation, reason = "128 bits are cut into words")]
pub(super) fn pack(numbers: impl Iterator<Item = u128>, width: usize, out: &mut Vec<u8>) {
    let mut words = [0_u64; CODE_BITS + 2];
    for (index, number) in numbers.enumerate() {
        let (at, shift) = (index * width / 64, index * width % 64);
        let low = number << shift;
        let high = if shift == 0 { 0 } else { number >> (128 - shift) };
        let parts = [low as u64, (low >> 64) as u64, high as u64];
        words.iter_mut().skip(at).zip(parts).for_each(|(word, part)| *word |= part);
    }
    words.iter().take(width).for_each(|word| out.extend_from_slice(&word.to_le_bytes()));
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_go_there_and_back(numbers in vec(any::<u128>(), 1..=64), width in 0_usize..=128) {
            let mask = if width == 0 { 0 } else { u128::MAX >> (128 - width) };
            let mut numbers: Vec<u128> = numbers.into_iter().map(|it| it & mask).collect();
            numbers.sort_unstable();
            let mut bytes = Vec::new();
            pack(numbers.iter().copied(), width, &mut bytes);
            prop_assert_eq!(bytes.len(), 8 * width);
            let packed = Packed::new(bytes.as_chunks().0).unwrap();
            for (index, &number) in numbers.iter().enumerate() {
                prop_assert_eq!(packed.at(index), number);
                let before = numbers.partition_point(|&it| it < number);
                prop_assert_eq!(packed.rank(numbers.len(), number), before);
            }
        }
    }
}
