use proptest::collection::vec;
use proptest::prelude::*;

use super::Op;
use super::dispatch::Kernels;
use super::portable;

/// Every set of loops this processor can run, the portable one first, then the one chosen for use.
fn all() -> Vec<(&'static str, Kernels)> {
    let chosen = Kernels {
        combine_words: super::combine_words,
        combine_bytes: super::combine_bytes,
        count_words: super::count_words,
        count_bytes: super::count_bytes,
        count_common_words: super::count_common_words,
        count_common_bytes: super::count_common_bytes,
        count_runs: super::count_runs,
        scan_u8: super::scan_u8,
        scan_u16: super::scan_u16,
        scan_set_u8: super::scan_set_u8,
        range_of_planes: super::range_of_planes,
    };
    let mut all = vec![("portable", portable::KERNELS), ("chosen", chosen)];
    #[cfg(target_arch = "x86_64")]
    {
        all.extend(super::avx2::detect().map(|it| ("avx2", it)));
        all.extend(super::avx512::detect().map(|it| ("avx512", it)));
    }
    all
}

#[test]
fn a_wide_processor_takes_a_wide_path() {
    #[cfg(target_arch = "x86_64")]
    assert_eq!(is_x86_feature_detected!("avx2"), all().iter().any(|(name, _)| *name == "avx2"));
    assert_eq!(all()[0].0, "portable");
}

fn bits_of<T>(values: &[T], words: usize, within: impl Fn(&T) -> bool) -> Vec<u64> {
    let mut out = vec![0; words];
    for (at, value) in values.iter().enumerate().filter(|(at, _)| at / 64 < words) {
        out[at / 64] |= u64::from(within(value)) << (at % 64);
    }
    out
}

/// Bounds at and next to the edges of the type as often as anywhere.
fn edgy<T: Arbitrary + Clone + 'static>(low: T, middle: T, high: T) -> BoxedStrategy<T>
where
    T::Strategy: 'static,
{
    prop_oneof![Just(low), Just(middle), Just(high), any::<T>()].boxed()
}

proptest! {
    #[test]
    fn bytes_in_bounds_are_found(
        values in vec(edgy(0_u8, 0x80, 0xff), 0..400),
        low in edgy(0_u8, 0x7f, 0xff),
        high in edgy(0_u8, 0x80, 0xff),
        surplus in 0_usize..3,
    ) {
        let words = values.len().div_ceil(64) + surplus;
        let expected = bits_of(&values, words, |it| (low..=high).contains(it));
        for (name, kernels) in all() {
            let mut found = vec![u64::MAX; words];
            (kernels.scan_u8)(&values, low, high, &mut found);
            prop_assert_eq!(&found, &expected, "{}", name);
        }
    }

    #[test]
    fn values_of_sixteen_bits_in_bounds_are_found(
        values in vec(edgy(0_u16, 0x8000, 0xffff), 0..400),
        low in edgy(0_u16, 0x7fff, 0xffff),
        high in edgy(0_u16, 0x8000, 0xffff),
        surplus in 0_usize..3,
    ) {
        let words = values.len().div_ceil(64) + surplus;
        let expected = bits_of(&values, words, |it| (low..=high).contains(it));
        for (name, kernels) in all() {
            let mut found = vec![u64::MAX; words];
            (kernels.scan_u16)(&values, low, high, &mut found);
            prop_assert_eq!(&found, &expected, "{}", name);
        }
    }

    #[test]
    fn bytes_of_a_set_are_found(
        values in vec(any::<u8>(), 0..400),
        set in any::<[u64; 4]>(),
        surplus in 0_usize..3,
    ) {
        let words = values.len().div_ceil(64) + surplus;
        let held = |it: &u8| set[usize::from(*it) / 64] >> (it % 64) & 1 == 1;
        let expected = bits_of(&values, words, held);
        for (name, kernels) in all() {
            let mut found = vec![u64::MAX; words];
            (kernels.scan_set_u8)(&values, &set, &mut found);
            prop_assert_eq!(&found, &expected, "{}", name);
        }
    }

    #[test]
    fn codes_in_planes_are_found(
        codes in vec(0_u64..128, 0..900),
        width in 1_usize..8,
        ends in (0_u64..140, 0_u64..140),
    ) {
        let (first, last) = (ends.0.min(ends.1), ends.0.max(ends.1));
        let codes: Vec<u64> = codes.iter().map(|code| code & ((1 << width) - 1)).collect();
        let last = last.min((1 << width) - 1);
        prop_assume!(first <= last);
        let plane = |bit: usize| bits_of(&codes, codes.len().div_ceil(64), |it| it >> bit & 1 == 1);
        let planes: Vec<Vec<[u8; 8]>> = (0..width)
            .rev()
            .map(|bit| plane(bit).into_iter().map(u64::to_le_bytes).collect())
            .collect();
        let planes: Vec<&[[u8; 8]]> = planes.iter().map(Vec::as_slice).collect();
        for (name, kernels) in all() {
            let found = (kernels.range_of_planes)(&planes, (first, last));
            for (row, code) in codes.iter().enumerate() {
                let is_in = found[row / 64] >> (row % 64) & 1 == 1;
                prop_assert_eq!(is_in, (first..=last).contains(code), "{} row {}", name, row);
            }
        }
    }

    #[test]
    fn a_short_mask_is_filled_and_no_more(values in vec(any::<u8>(), 64..400), words in 0_usize..6) {
        for (name, kernels) in all() {
            let mut found = vec![u64::MAX; words];
            (kernels.scan_u8)(&values, 10, 99, &mut found);
            let fitting = &values[..values.len().min(64 * words)];
            let expected = bits_of(fitting, words, |it| (10..=99).contains(it));
            prop_assert_eq!(&found, &expected, "{}", name);
        }
    }

    #[test]
    fn words_are_combined_and_counted(pairs in vec(any::<(u64, u64)>(), 0..150)) {
        let (left, right): (Vec<u64>, Vec<u64>) = pairs.iter().copied().unzip();
        let bytes: Vec<[u8; 8]> = right.iter().map(|word| word.to_le_bytes()).collect();
        let combined = |op: Op| -> Vec<u64> {
            let one = |&(a, b): &(u64, u64)| match op {
                Op::And => a & b,
                Op::Or => a | b,
                Op::AndNot => a & !b,
                Op::Xor => a ^ b,
            };
            pairs.iter().map(one).collect()
        };
        let ones = |words: &[u64]| -> u32 { words.iter().map(|word| word.count_ones()).sum() };
        let bits = left.iter().flat_map(|word| (0..64).map(move |at| word >> at & 1 == 1));
        let before = std::iter::once(false).chain(bits.clone());
        let runs = u32::try_from(before.zip(bits).filter(|pair| *pair == (false, true)).count());
        let runs = runs.unwrap();
        for (name, kernels) in all() {
            for op in [Op::And, Op::Or, Op::AndNot, Op::Xor] {
                let mut found = left.clone();
                (kernels.combine_words)(op, &mut found, &right);
                prop_assert_eq!(&found, &combined(op), "{} {:?}", name, op);
                let mut found = left.clone();
                (kernels.combine_bytes)(op, &mut found, &bytes);
                prop_assert_eq!(&found, &combined(op), "{} {:?} of bytes", name, op);
            }
            let common = ones(&combined(Op::And));
            prop_assert_eq!((kernels.count_words)(&left), ones(&left), "{}", name);
            prop_assert_eq!((kernels.count_runs)(&left), runs, "{}", name);
            prop_assert_eq!((kernels.count_bytes)(&bytes), ones(&right), "{}", name);
            prop_assert_eq!((kernels.count_common_words)(&left, &right), common, "{}", name);
            prop_assert_eq!((kernels.count_common_bytes)(&left, &bytes), common, "{}", name);
        }
    }
}
