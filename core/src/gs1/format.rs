//! What may stand behind an application identifier.

use crate::serial::gs1_check_digit;

/// The characters of a data field, GS1 General Specifications 7.11.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Charset {
    /// Digits.
    Digits,
    /// Character set 82.
    Any82,
    /// Character set 39.
    Upper39,
    /// Character set 64: base64 as URLs have it.
    Url64,
}

impl Charset {
    fn holds(self, it: char) -> bool {
        match self {
            Charset::Digits => it.is_ascii_digit(),
            Charset::Any82 => it.is_ascii_alphanumeric() || "!\"%&'()*+,-./:;<=>?_".contains(it),
            Charset::Upper39 => {
                it.is_ascii_digit() || it.is_ascii_uppercase() || "#-/".contains(it)
            }
            Charset::Url64 => it.is_ascii_alphanumeric() || "-_=".contains(it),
        }
    }

    fn noun(self) -> &'static str {
        match self {
            Charset::Digits => "digit",
            Charset::Any82 => "character of GS1 character set 82",
            Charset::Upper39 => "character of GS1 character set 39",
            Charset::Url64 => "character of GS1 character set 64",
        }
    }
}

/// A component of a data field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    charset: Charset,
    least: usize,
    most: usize,
    /// Whether it and all after it may be absent.
    optional: bool,
}

/// Exactly so many digits.
pub(super) const fn digits(width: usize) -> Part {
    Part { charset: Charset::Digits, least: width, most: width, optional: false }
}

/// Exactly so many characters of set 82.
pub(super) const fn characters(width: usize) -> Part {
    Part { charset: Charset::Any82, least: width, most: width, optional: false }
}

/// One to so many digits.
pub(super) const fn digits_up_to(most: usize) -> Part {
    up_to(Charset::Digits, most)
}

/// One to so many characters of set 82.
pub(super) const fn characters_up_to(most: usize) -> Part {
    up_to(Charset::Any82, most)
}

/// One to so many characters.
pub(super) const fn up_to(charset: Charset, most: usize) -> Part {
    Part { charset, least: 1, most, optional: false }
}

/// The same part, which may be absent.
pub(super) const fn optional(part: Part) -> Part {
    Part { optional: true, ..part }
}

/// Tells what keeps a value from being a data field of these parts, as the end of a sentence that
/// begins with the application identifier.
pub(super) fn fault(parts: &[Part], value: &str) -> Option<String> {
    let characters: Vec<char> = value.chars().collect();
    let mut rest = characters.as_slice();
    for part in parts {
        let at = characters.len() - rest.len();
        if rest.is_empty() && part.optional {
            return None;
        }
        let taken = rest.len().min(part.most);
        let (mine, later) = rest.split_at_checked(taken).unwrap_or((rest, &[]));
        if let Some(bad) = mine.iter().position(|it| !part.charset.holds(*it)) {
            let noun = part.charset.noun();
            return Some(format!("has no {noun} at its place {}", at + bad + 1));
        }
        if taken < part.least {
            return Some(lengths(parts, characters.len()));
        }
        rest = later;
    }
    (!rest.is_empty()).then(|| lengths(parts, characters.len()))
}

fn lengths(parts: &[Part], found: usize) -> String {
    let least: usize = parts.iter().filter(|it| !it.optional).map(|it| it.least).sum();
    let most: usize = parts.iter().map(|it| it.most).sum();
    let takes = if least == most { most.to_string() } else { format!("{least} to {most}") };
    format!("has {found} characters where it takes {takes}")
}

/// The length of a data field that has one length only.
pub(super) fn only_length(parts: &[Part]) -> Option<usize> {
    let fixed = parts.iter().all(|it| it.least == it.most && !it.optional);
    fixed.then(|| parts.iter().map(|it| it.most).sum())
}

/// Tells a wrong check digit at the end of the first `key_digits` of a value.
pub(super) fn check_digit_fault(value: &str, key_digits: usize) -> Option<String> {
    let (others, rest) = value.split_at_checked(key_digits.checked_sub(1)?)?;
    let found = rest.chars().next()?;
    let right = gs1_check_digit(others)?;
    (found != right)
        .then(|| format!("has the check digit {found} where its other digits give {right}"))
}
