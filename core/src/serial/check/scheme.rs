//! The schemes by name, and what each computes.

use super::{iso7064, permuted, weighted};

/// How the check characters of a serial follow from its other characters.
///
/// The others are its digits and capital letters as the family writes them, from left to right,
/// without the check characters themselves: a check that stands in the middle leaves no gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::serial) enum CheckScheme {
    /// ISO/IEC 7812-1: from the right every other digit is doubled, and the sum of all digits
    /// is brought to a multiple of ten. IMEI, payment cards.
    Luhn,
    /// Weights 2, 3 to 10 and then 2 again, from the right, brought to a multiple of eleven; `X`
    /// stands for ten. ISBN-10 (ISO 2108:1992) and ISSN (ISO 3297) up to nine digits; beyond them
    /// the weights begin anew, as a weight of 11 would let every error pass.
    Mod11,
    /// ISO/IEC 7064, the hybrid system MOD 11,10 over digits.
    Iso7064Mod11_10,
    /// ISO/IEC 7064, the pure system MOD 11-2 over digits; `X` stands for ten. ORCID, ISNI.
    Iso7064Mod11_2,
    /// ISO/IEC 7064, the pure system MOD 37-2 over digits and letters; `*` stands for 36. ISBT 128.
    Iso7064Mod37_2,
    /// ISO/IEC 7064, the hybrid system MOD 37,36 over digits and letters. Global release identifiers.
    Iso7064Mod37_36,
    /// ISO/IEC 7064, the pure system MOD 97-10: two check digits, `02` to `98`. Over digits, and
    /// over letters written as 10 to 35, as ISO 17442 (LEI) and ISO 13616 (IBAN) have it.
    Iso7064Mod97_10,
    /// J. Verhoeff, Error Detecting Decimal Codes (1969): the dihedral group of order ten.
    Verhoeff,
    /// H. M. Damm, Total anti-symmetrische Quasigruppen (2004): the quasigroup of order ten.
    Damm,
    /// GS1 General Specifications 7.9.1: weights 3 and 1 in turn from the right, brought to a
    /// multiple of ten. GTIN, SSCC.
    Gs1Mod10,
    /// 49 CFR 565.15(c), for vehicles of ISO 3779: the 16 other characters by value and weight,
    /// modulo 11; `X` stands for ten. Only North America asks for it, so any character of a
    /// vehicle's number may stand in its place.
    Vin,
}

/// Every scheme and the name a layout has for it.
const NAMES: [(CheckScheme, &str); 11] = [
    (CheckScheme::Luhn, "luhn"),
    (CheckScheme::Mod11, "mod11"),
    (CheckScheme::Iso7064Mod11_10, "iso7064_mod11_10"),
    (CheckScheme::Iso7064Mod11_2, "iso7064_mod11_2"),
    (CheckScheme::Iso7064Mod37_2, "iso7064_mod37_2"),
    (CheckScheme::Iso7064Mod37_36, "iso7064_mod37_36"),
    (CheckScheme::Iso7064Mod97_10, "iso7064_mod97_10"),
    (CheckScheme::Verhoeff, "verhoeff"),
    (CheckScheme::Damm, "damm"),
    (CheckScheme::Gs1Mod10, "gs1_mod10"),
    (CheckScheme::Vin, "vin"),
];

/// Digits, letters and `*`, each at its value.
const SYMBOLS: &[u8; 37] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*";
/// What a vehicle's number is made of, ISO 3779: I, O and Q could be taken for digits.
const VIN_SYMBOLS: &[u8; 33] = b"0123456789ABCDEFGHJKLMNPRSTUVWXYZ";
/// Digits and the `X` for ten, each at its value.
const DIGITS_AND_X: &[u8; 11] = b"0123456789X";

impl CheckScheme {
    /// Every scheme.
    pub(in crate::serial) fn all() -> impl Iterator<Item = CheckScheme> {
        NAMES.into_iter().map(|(scheme, _)| scheme)
    }

    /// The scheme of this name.
    pub(in crate::serial) fn parse(name: &str) -> Option<Self> {
        NAMES.into_iter().find(|(_, it)| *it == name).map(|(scheme, _)| scheme)
    }

    /// The name that a layout has for it.
    pub(in crate::serial) fn name(self) -> &'static str {
        NAMES.into_iter().find(|(it, _)| *it == self).map_or("", |(_, name)| name)
    }

    /// How many check characters there are.
    pub(in crate::serial) fn width(self) -> usize {
        if self == CheckScheme::Iso7064Mod97_10 { 2 } else { 1 }
    }

    /// What may stand in the place of a check character, in its order.
    pub(in crate::serial) fn symbols(self) -> &'static [u8] {
        match self {
            CheckScheme::Vin => VIN_SYMBOLS,
            _ => self.checks(),
        }
    }

    /// By what its values are counted, where every character adds to the value by itself, whatever
    /// the others are.
    pub(in crate::serial) fn modulus(self) -> Option<u32> {
        match self {
            CheckScheme::Luhn | CheckScheme::Gs1Mod10 => Some(10),
            CheckScheme::Mod11 | CheckScheme::Iso7064Mod11_2 | CheckScheme::Vin => Some(11),
            CheckScheme::Iso7064Mod37_2 => Some(37),
            CheckScheme::Iso7064Mod11_10
            | CheckScheme::Iso7064Mod37_36
            | CheckScheme::Iso7064Mod97_10
            | CheckScheme::Verhoeff
            | CheckScheme::Damm => None,
        }
    }

    /// What a right check character may be, each at its value.
    pub(in crate::serial) fn checks(self) -> &'static [u8] {
        match self {
            CheckScheme::Mod11 | CheckScheme::Iso7064Mod11_2 | CheckScheme::Vin => DIGITS_AND_X,
            CheckScheme::Iso7064Mod37_2 => SYMBOLS,
            CheckScheme::Iso7064Mod37_36 => SYMBOLS.split_at(36).0,
            _ => SYMBOLS.split_at(10).0,
        }
    }

    /// The check characters of the other characters; none where one of them has no value in this
    /// scheme, or a vehicle has not 16 of them.
    pub(in crate::serial) fn compute(
        self,
        others: impl Iterator<Item = u8>,
    ) -> Option<CheckCharacters> {
        let value = match self {
            CheckScheme::Luhn => weighted::luhn(others),
            CheckScheme::Mod11 => weighted::mod11(others),
            CheckScheme::Iso7064Mod11_10 => iso7064::hybrid(others.map(digit), 10),
            CheckScheme::Iso7064Mod11_2 => iso7064::pure(others.map(digit), 11),
            CheckScheme::Iso7064Mod37_2 => iso7064::pure(others.map(digit_or_letter), 37),
            CheckScheme::Iso7064Mod37_36 => iso7064::hybrid(others.map(digit_or_letter), 36),
            CheckScheme::Iso7064Mod97_10 => iso7064::mod97_10(others.map(digit_or_letter)),
            CheckScheme::Verhoeff => permuted::verhoeff(others.map(digit)),
            CheckScheme::Damm => permuted::damm(others.map(digit)),
            CheckScheme::Gs1Mod10 => weighted::gs1(others),
            CheckScheme::Vin => weighted::vin(others),
        }?;
        let symbol = |value: u32| self.checks().get(usize::try_from(value).ok()?).copied();
        let characters = match self.width() {
            1 => [symbol(value)?, 0],
            _ => [symbol(value / 10)?, symbol(value % 10)?],
        };
        Some(CheckCharacters { characters, width: self.width() })
    }
}

/// One or two check characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::serial) struct CheckCharacters {
    characters: [u8; 2],
    width: usize,
}

impl CheckCharacters {
    /// They themselves, in ASCII.
    pub(in crate::serial) fn as_bytes(&self) -> &[u8] {
        self.characters.get(..self.width).unwrap_or_default()
    }
}

/// The digit that makes the key of GS1, such as a GTIN, whole; none where there are other
/// characters than digits.
pub(crate) fn gs1_check_digit(others: &str) -> Option<char> {
    let found = CheckScheme::Gs1Mod10.compute(others.bytes())?;
    found.as_bytes().first().copied().map(char::from)
}

/// The value of a digit.
pub(super) fn digit(byte: u8) -> Option<u32> {
    char::from(byte).to_digit(10)
}

/// The value of a digit, or 10 to 35 for the letters A to Z.
fn digit_or_letter(byte: u8) -> Option<u32> {
    if byte.is_ascii_lowercase() { None } else { char::from(byte).to_digit(36) }
}
