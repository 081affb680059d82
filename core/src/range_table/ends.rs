//! Reads single serials: as their family writes them, or as they are written.

use super::options::RangeTableOptions;
use super::reason::{Finding, RowReason};
use super::speller::{Coded, Respelling, Speller};
use super::{Assumption, span::shape};
use crate::serial::SerialKey;

/// A serial of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    Coded(Coded),
    /// It fits no family.
    Opaque(String),
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
        if text.contains(|it| self.options.mask_characters.contains(it)) {
            return Err(Finding::refuse(
                RowReason::BadMask,
                format!("`{text}` has masked characters; write the serials out"),
            ));
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
        self.opaque(text)
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
            End::Opaque(text) => text,
        }
    }

    pub(super) fn into_text(self) -> String {
        match self {
            End::Coded(coded) => coded.text,
            End::Opaque(text) => text,
        }
    }
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
