//! Reads single serials: as their family writes them, or as they are written.

use super::Assumption;
use super::options::RangeTableOptions;
use super::reason::{Finding, RowReason};
use super::span::{Written, shape};
use super::speller::{Coded, Respelling, Speller};
use crate::serial::SerialKey;

/// A serial of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    Coded(Coded),
    /// It fits no family.
    Opaque(String),
    /// Each of the characters `free` stands for any one character.
    Masked {
        text: String,
        free: String,
    },
}

/// Reads the serials of one row, and notes what was changed to read them.
#[derive(Debug)]
pub(super) struct Ends<'r> {
    pub(super) speller: &'r Speller<'r>,
    pub(super) options: &'r RangeTableOptions,
    pub(super) findings: &'r mut Vec<Finding>,
}

impl Ends<'_> {
    pub(super) fn flag(&mut self, reason: RowReason, message: impl Into<String>) {
        let finding = Finding::flag(reason, message);
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }

    /// One serial, in whatever way it can be read.
    pub(super) fn read(&mut self, text: &str) -> Result<End, Finding> {
        if let Some(coded) = self.speller.fits(text) {
            return Ok(End::Coded(coded));
        }
        if let Some(rest) = self.without_number_sign(text) {
            let end = self.read(rest)?;
            self.flag(RowReason::Respelled, format!("`{text}` is read as `{}`", end.text()));
            return Ok(end);
        }
        if text.contains(|it| self.options.mask_characters.contains(it)) {
            let end = masked(text, self.options.mask_characters.clone())?;
            self.flag_length(&end);
            return Ok(end);
        }
        match self.speller.respelled(text) {
            Respelling::None => {}
            Respelling::One(coded) => {
                self.flag(RowReason::Respelled, format!("`{text}` is read as `{}`", coded.text));
                return Ok(End::Coded(coded));
            }
            Respelling::Several(one, other) => {
                return Err(Finding::refuse(
                    RowReason::Ambiguous,
                    format!("`{text}` may be `{one}` or `{other}`; write which"),
                ));
            }
        }
        if let Some(coded) = self.speller.with_zeros(text) {
            return self.restored(text, coded);
        }
        if let Some(mask) = letter_mask(text) {
            let end = masked(&mask, "*".to_owned())?;
            self.flag(
                RowReason::LetterMask,
                format!("the letters at the end of `{text}` are read as masked places"),
            );
            self.flag_length(&end);
            return Ok(end);
        }
        self.opaque(text)
    }

    /// A mask that is longer or shorter than all serials of the families covers none of them.
    fn flag_length(&mut self, mask: &End) {
        let (text, families) = (mask.text(), self.speller.families());
        let length = text.chars().count();
        if let Some(message) = families.misfit_of_length(&format!("`{text}`"), length) {
            self.flag(RowReason::MaskLength, message);
        }
    }

    /// What follows the sign for a number, which is also one of masks.
    fn without_number_sign<'t>(&self, text: &'t str) -> Option<&'t str> {
        let rest = text.strip_prefix('#')?;
        let masked = rest.contains(|it| self.options.mask_characters.contains(it));
        (!masked && !rest.is_empty()).then_some(rest)
    }

    fn restored(&mut self, text: &str, coded: Coded) -> Result<End, Finding> {
        if !self.options.assumes(Assumption::LostZerosAreRestored) {
            return Err(Finding::refuse(
                RowReason::LostZeros,
                format!(
                    "`{text}` fits no family, but `{}` does; write the zeros, or assume that they \
                     were lost",
                    coded.text
                ),
            ));
        }
        self.flag(RowReason::LostZeros, format!("`{text}` is read as `{}`", coded.text));
        Ok(End::Coded(coded))
    }

    /// A text that no family reads, where it can be a serial at all.
    fn opaque(&mut self, text: &str) -> Result<End, Finding> {
        if is_damaged(text) {
            return Err(Finding::refuse(
                RowReason::DamagedNumber,
                format!(
                    "`{text}` is what a spreadsheet makes of a long number, whose last digits are \
                     lost; take the serial from the source, as text"
                ),
            ));
        }
        let families = self.speller.families();
        if let Err(error) = families.classify(text) {
            return Err(Finding::refuse(RowReason::Prose, error.message()));
        }
        let way_out = if families.is_empty() {
            "write the serial alone, or declare a family that it fits"
        } else {
            "write the serial alone, as its family does"
        };
        if !text.contains(|it: char| it.is_ascii_digit()) {
            return Err(Finding::refuse(
                RowReason::Prose,
                format!("`{}` has no digit and is taken for words; {way_out}", shown(text)),
            ));
        }
        if text.contains(char::is_whitespace) {
            return Err(Finding::refuse(
                RowReason::Prose,
                format!("`{}` has a space in it and is taken for words; {way_out}", shown(text)),
            ));
        }
        if !families.is_empty() {
            self.flag(
                RowReason::NoFamily,
                format!("`{text}` fits no family and is compared as it is written"),
            );
        }
        Ok(End::Opaque(text.to_owned()))
    }

    /// What `last` stands for where it is the end of a serial like `first`.
    pub(super) fn expanded(&self, first: &End, last: &str) -> Option<End> {
        let whole = match first {
            End::Coded(coded) => coded.text.as_str(),
            End::Opaque(text) => text.as_str(),
            End::Masked { .. } => return None,
        };
        let tail = last.trim_start_matches([
            '-', '.', '\u{2010}', '\u{2011}', '\u{2013}', '\u{2014}', '\u{2026}',
        ]);
        [last, tail].into_iter().find_map(|tail| {
            let kept = whole.chars().count().checked_sub(tail.chars().count())?;
            if kept == 0 || tail.is_empty() {
                return None;
            }
            let text: String = whole.chars().take(kept).chain(tail.chars()).collect();
            match (first, self.speller.families().classify(&text).ok()?) {
                (End::Coded(coded), SerialKey::Coded { family, .. }) if coded.family == family => {
                    self.speller.fits(&text).map(End::Coded)
                }
                (End::Opaque(first), SerialKey::Opaque(_)) if shape(first) == shape(&text) => {
                    Some(End::Opaque(text))
                }
                _ => None,
            }
        })
    }
}

impl End {
    pub(super) fn text(&self) -> &str {
        match self {
            End::Coded(coded) => &coded.text,
            End::Opaque(text) | End::Masked { text, .. } => text,
        }
    }

    pub(super) fn written(&self) -> Written {
        match self {
            End::Coded(Coded { text, .. }) | End::Opaque(text) => Written::Plain(text.clone()),
            End::Masked { text, free } => {
                Written::Masked { text: text.clone(), free: free.clone() }
            }
        }
    }
}

/// A masked serial, which has some places that are not masked.
fn masked(text: &str, free: String) -> Result<End, Finding> {
    let kept = text.chars().any(|it| it.is_ascii_digit() && !free.contains(it));
    if !kept || text.contains(char::is_whitespace) {
        return Err(Finding::refuse(
            RowReason::BadMask,
            format!(
                "`{}` is no masked serial: it has a space in it, or no digit that is not masked",
                shown(text)
            ),
        ));
    }
    // One spelling of a mask, so that rows that say the same are the same.
    if !free.contains('*') && text.contains('*') {
        return Ok(End::Masked { text: text.to_owned(), free });
    }
    let text = text.chars().map(|it| if free.contains(it) { '*' } else { it }).collect();
    Ok(End::Masked { text, free: "*".to_owned() })
}

/// A text that ends in two letters x or more, or three X, with these masked.
fn letter_mask(text: &str) -> Option<String> {
    let masked = |letter: char, least: usize| {
        let kept = text.trim_end_matches(letter);
        let run = text.len() - kept.len();
        let plain = !kept.contains('*');
        (run >= least && plain).then(|| format!("{kept}{}", "*".repeat(run)))
    };
    masked('x', 2).or_else(|| masked('X', 3))
}

/// The beginning of a text, for a message.
pub(super) fn shown(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((at, _)) => format!("{}...", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Whether a text is a number as spreadsheets write long ones: `1.23457E+14`, `42500.0`.
fn is_damaged(text: &str) -> bool {
    let digits = |it: &str| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_digit());
    let decimal = |it: &str| {
        it.split_once(['.', ',']).map_or(digits(it), |(whole, part)| digits(whole) && digits(part))
    };
    if let Some((mantissa, exponent)) = text.split_once(['E', 'e']) {
        return exponent.strip_prefix('+').is_some_and(digits) && decimal(mantissa);
    }
    text.split_once('.').is_some_and(|(whole, part)| {
        digits(whole) && !part.is_empty() && part.bytes().all(|byte| byte == b'0')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_spreadsheets_are_told() {
        for text in ["1.23457E+14", "1,23457E+14", "2E+11", "42500.0", "42500.00"] {
            assert!(is_damaged(text), "{text}");
        }
        for text in ["12E7", "A.0", "1.5", "42500", "E+1", "607KM.0", "12E+7A"] {
            assert!(!is_damaged(text), "{text}");
        }
    }
}
