//! Sums of digits by weight.

use super::scheme::digit;

/// Weights of the mod 11 scheme, from the right, before they begin anew.
const MOD11_WEIGHTS: [u32; 9] = [2, 3, 4, 5, 6, 7, 8, 9, 10];
/// Weights of the characters of a vehicle's number, without the check.
const VIN_WEIGHTS: [u32; 16] = [8, 7, 6, 5, 4, 3, 2, 10, 9, 8, 7, 6, 5, 4, 3, 2];

pub(super) fn luhn(digits: impl Iterator<Item = u8>) -> Option<u32> {
    alternating(digits, |digit| digit * 2 / 10 + digit * 2 % 10)
}

pub(super) fn gs1(digits: impl Iterator<Item = u8>) -> Option<u32> {
    alternating(digits, |digit| digit * 3)
}

/// What is missing to ten where the last digit, and from it every other one, is heavy.
fn alternating(digits: impl Iterator<Item = u8>, heavy: fn(u32) -> u32) -> Option<u32> {
    // The sums with the last digit heavy and with it light: the next digit swaps them.
    let (mut sum, mut other) = (0, 0);
    for byte in digits {
        let digit = digit(byte)?;
        (sum, other) = ((other + heavy(digit)) % 10, (sum + digit) % 10);
    }
    Some((10 - sum) % 10)
}

pub(super) fn mod11(digits: impl Iterator<Item = u8>) -> Option<u32> {
    // The sum for each weight that the last digit may have: the next digit moves them up by one.
    let mut sums = [0_u32; MOD11_WEIGHTS.len()];
    for byte in digits {
        let digit = digit(byte)?;
        sums.rotate_left(1);
        for (sum, weight) in sums.iter_mut().zip(MOD11_WEIGHTS) {
            *sum = (*sum + digit * weight) % 11;
        }
    }
    let [sum, ..] = sums;
    Some((11 - sum) % 11)
}

pub(super) fn vin(mut characters: impl Iterator<Item = u8>) -> Option<u32> {
    let mut sum = 0;
    for weight in VIN_WEIGHTS {
        sum += vin_value(characters.next()?)? * weight;
    }
    characters.next().is_none().then_some(sum % 11)
}

/// The value of a character, 49 CFR 565.15, table III: I, O and Q have none.
fn vin_value(byte: u8) -> Option<u32> {
    let value = match byte {
        b'A'..=b'H' => byte - b'A' + 1,
        b'J'..=b'N' => byte - b'J' + 1,
        b'P' => 7,
        b'R' => 9,
        b'S'..=b'Z' => byte - b'S' + 2,
        _ => return digit(byte),
    };
    Some(u32::from(value))
}
