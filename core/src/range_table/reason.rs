//! Why a row of a range table needs a look, or cannot be used.

use std::fmt;

use serde::Serialize;

/// Why a row of a range table needs a look, or cannot be used.
///
/// The [`code`](RowReason::code) is the same text in every language.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RowReason {
    /// The row has more or fewer cells than the header line.
    WrongCells,
    /// A cell is longer than a cell may be.
    TooLong,
    /// The row says no model, in a table of models.
    NoModel,
    /// The row says a model and no serials.
    NoRange,
    /// One end of the range is empty.
    EmptyEnd,
    /// The cells of the two ends hold different numbers of serials.
    UnevenCells,
    /// A cell is words, not serials.
    Prose,
    /// A spreadsheet turned the serial into a number and lost a part of it.
    DamagedNumber,
    /// A serial fits a family only with zeros in front.
    LostZeros,
    /// The last end is written without its beginning.
    AbbreviatedEnd,
    /// The ends are of two families, or of two shapes.
    TwoFormats,
    /// The ends fit no family and are not of one length.
    DifferentLengths,
    /// The first end comes after the last in the order of their family.
    Reversed,
    /// A range of serials that fit no family has serials of a family between its ends.
    MixedRange,
    /// A cell can be read in several ways.
    Ambiguous,
    /// A masked serial, or a range of masked serials, is none.
    BadMask,
    /// A masked serial has a length that no family's serials have.
    MaskLength,
    /// A serial was read in another spelling: its own fits no family.
    Respelled,
    /// The letters x at the end of a serial were read as masked characters.
    LetterMask,
    /// Two serials with a dash between them were read as a range.
    DashRange,
    /// A serial fits none of the families and is compared as it is written.
    NoFamily,
    /// The range has one end, as words say.
    OpenEnd,
    /// Words take serials out of the range.
    Exception,
    /// Every serial of the model is meant.
    WholeModel,
    /// The serials of every model are meant.
    EveryModel,
    /// The cell names several models.
    SeveralModels,
    /// The model is a pattern.
    ModelPattern,
    /// The model is that of the row above.
    ModelRepeated,
    /// Another row says the same.
    Duplicate,
    /// Another row says some of the same serials.
    Overlap,
    /// A column of remarks says something of the row.
    Remark,
}

impl RowReason {
    /// The stable code of this reason, such as `"abbreviated_end"`.
    pub fn code(self) -> &'static str {
        match self {
            RowReason::WrongCells => "wrong_cells",
            RowReason::TooLong => "too_long",
            RowReason::NoModel => "no_model",
            RowReason::NoRange => "no_range",
            RowReason::EmptyEnd => "empty_end",
            RowReason::UnevenCells => "uneven_cells",
            RowReason::Prose => "prose",
            RowReason::DamagedNumber => "damaged_number",
            RowReason::LostZeros => "lost_zeros",
            RowReason::AbbreviatedEnd => "abbreviated_end",
            RowReason::TwoFormats => "two_formats",
            RowReason::DifferentLengths => "different_lengths",
            RowReason::Reversed => "reversed",
            RowReason::MixedRange => "mixed_range",
            RowReason::Ambiguous => "ambiguous",
            RowReason::BadMask => "bad_mask",
            RowReason::MaskLength => "mask_length",
            RowReason::Respelled => "respelled",
            RowReason::LetterMask => "letter_mask",
            RowReason::DashRange => "dash_range",
            RowReason::NoFamily => "no_family",
            RowReason::OpenEnd => "open_end",
            RowReason::Exception => "exception",
            RowReason::WholeModel => "whole_model",
            RowReason::EveryModel => "every_model",
            RowReason::SeveralModels => "several_models",
            RowReason::ModelPattern => "model_pattern",
            RowReason::ModelRepeated => "model_repeated",
            RowReason::Duplicate => "duplicate",
            RowReason::Overlap => "overlap",
            RowReason::Remark => "remark",
        }
    }
}

impl fmt::Display for RowReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// What becomes of a row of a range table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RowOutcome {
    /// It is part of the scope as it is written.
    Accepted,
    /// It is part of the scope, but somebody should look at how it was read.
    Flagged,
    /// It is not part of the scope.
    Refused,
}

impl RowOutcome {
    /// The stable code of this outcome, such as `"flagged"`.
    pub fn code(self) -> &'static str {
        match self {
            RowOutcome::Accepted => "accepted",
            RowOutcome::Flagged => "flagged",
            RowOutcome::Refused => "refused",
        }
    }
}

/// One thing that was found in a row of a range table.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Why the row needs a look, or cannot be used.
    pub reason: RowReason,
    /// Whether the row cannot be used for it.
    pub refused: bool,
    /// What was found; where the row is refused, also the way out.
    pub message: String,
}

impl Finding {
    pub(super) fn flag(reason: RowReason, message: impl Into<String>) -> Self {
        Finding { reason, refused: false, message: message.into() }
    }

    pub(super) fn refuse(reason: RowReason, message: impl Into<String>) -> Self {
        Finding { reason, refused: true, message: message.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_documents() {
        for reason in [RowReason::WrongCells, RowReason::BadMask, RowReason::Remark] {
            let written = serde_json::to_value(reason).unwrap();
            assert_eq!(written, reason.code());
        }
        let written = serde_json::to_value(RowOutcome::Flagged).unwrap();
        assert_eq!(written, RowOutcome::Flagged.code());
    }
}
