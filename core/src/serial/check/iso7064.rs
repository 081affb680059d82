//! The systems of ISO/IEC 7064. A value of none is a character that has none.

/// The check of a pure system of radix 2: twice the sum so far, modulo `modulus`, until the check
/// brings it to one.
pub(super) fn pure(values: impl Iterator<Item = Option<u32>>, modulus: u32) -> Option<u32> {
    let mut sum = 0;
    for value in values {
        sum = (sum + value?) * 2 % modulus;
    }
    Some((modulus + 1 - sum) % modulus)
}

/// The check of a hybrid system, modulo `modulus` and `modulus` + 1.
pub(super) fn hybrid(values: impl Iterator<Item = Option<u32>>, modulus: u32) -> Option<u32> {
    let mut product = modulus;
    for value in values {
        let sum = (product + value?) % modulus;
        product = if sum == 0 { modulus } else { sum } * 2 % (modulus + 1);
    }
    Some((modulus + 1 - product) % modulus)
}

/// The check of MOD 97-10: what brings the whole, read as a number, to one more than a multiple of
/// 97. A letter is two digits of it.
pub(super) fn mod97_10(values: impl Iterator<Item = Option<u32>>) -> Option<u32> {
    let mut rest = 0;
    for value in values {
        let value = value?;
        let shift = if value < 10 { 10 } else { 100 };
        rest = (rest * shift + value) % 97;
    }
    Some(98 - rest * 100 % 97)
}
