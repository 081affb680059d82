//! How a range table is to be read.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// What may be assumed of a row that does not say it. Without it such a row is refused; with it the
/// row is used, and flagged.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assumption {
    /// A range whose first end comes after its last was written the wrong way round. Do not assume
    /// it of serials that count in an order which no family declares, or that begin anew: week and
    /// year, a year of one digit.
    ReversedEndsAreSwapped,
    /// `-0538` after `560-0001` stands for `560-0538`.
    AbbreviatedEndsAreExpanded,
    /// A spreadsheet took the zeros off the front of a serial of digits.
    LostZerosAreRestored,
    /// A range with one end has no other.
    EmptyEndsAreOpen,
    /// A range with a first end only is that one serial. Not together with
    /// [`EmptyEndsAreOpen`](Assumption::EmptyEndsAreOpen).
    EmptyEndsAreOneSerial,
    /// A model without serials stands for all its serials.
    NoRangeIsWholeModel,
    /// A row without a model has that of the row above it.
    BlankModelsRepeat,
}

/// How a range table is to be read: which columns it has, and what may be assumed.
///
/// # Examples
///
/// ```
/// use seriatim::{Assumption, RangeTableOptions};
///
/// let options = RangeTableOptions::default()
///     .delimiter(b';')
///     .model_from("Modell")
///     .first_from("von")
///     .last_from("bis")
///     .assume(Assumption::AbbreviatedEndsAreExpanded);
/// # drop(options);
/// ```
#[derive(Clone, Debug)]
pub struct RangeTableOptions {
    pub(super) model_from: Option<String>,
    pub(super) first_from: Option<String>,
    pub(super) last_from: Option<String>,
    pub(super) model_column: String,
    pub(super) mask_characters: String,
    #[cfg(feature = "files")]
    pub(super) delimiter: u8,
    assumptions: BTreeSet<Assumption>,
}

impl Default for RangeTableOptions {
    /// Columns recognised by their header; the schema's column `model`; masks of `*` and `#`;
    /// commas between cells; nothing assumed.
    fn default() -> Self {
        RangeTableOptions {
            model_from: None,
            first_from: None,
            last_from: None,
            model_column: "model".into(),
            mask_characters: "*#".into(),
            #[cfg(feature = "files")]
            delimiter: b',',
            assumptions: BTreeSet::new(),
        }
    }
}

impl RangeTableOptions {
    /// The header of the column that holds the models.
    #[must_use]
    pub fn model_from(mut self, header: impl Into<String>) -> Self {
        self.model_from = Some(header.into());
        self
    }

    /// The header of the column that holds the first serials, or whole ranges.
    #[must_use]
    pub fn first_from(mut self, header: impl Into<String>) -> Self {
        self.first_from = Some(header.into());
        self
    }

    /// The header of the column that holds the last serials.
    #[must_use]
    pub fn last_from(mut self, header: impl Into<String>) -> Self {
        self.last_from = Some(header.into());
        self
    }

    /// The column of the schema with which models are compared; `model` unless said otherwise.
    #[must_use]
    pub fn model_column(mut self, name: impl Into<String>) -> Self {
        self.model_column = name.into();
        self
    }

    /// The characters that stand for any one character in a serial; `*` and `#` unless said
    /// otherwise.
    #[must_use]
    pub fn mask_characters(mut self, characters: impl Into<String>) -> Self {
        self.mask_characters = characters.into();
        self
    }

    /// The byte between two cells of a line; a comma unless said otherwise.
    #[cfg(feature = "files")]
    #[must_use]
    pub fn delimiter(mut self, delimiter: u8) -> Self {
        self.delimiter = delimiter;
        self
    }

    /// Allows an assumption.
    #[must_use]
    pub fn assume(mut self, assumption: Assumption) -> Self {
        self.assumptions.insert(assumption);
        self
    }

    pub(super) fn assumes(&self, assumption: Assumption) -> bool {
        self.assumptions.contains(&assumption)
    }

    pub(super) fn check(&self) -> Result<()> {
        if self.assumes(Assumption::EmptyEndsAreOpen)
            && self.assumes(Assumption::EmptyEndsAreOneSerial)
        {
            return Err(Error::invalid(
                "empty ends are assumed to be open, and to be one serial; choose one",
            ));
        }
        let mask = &self.mask_characters;
        if mask.is_empty() || !mask.bytes().all(|it| it.is_ascii_graphic()) {
            return Err(Error::invalid(format!(
                "the mask characters {mask:?} are not printable characters of ASCII"
            )));
        }
        Ok(())
    }
}
