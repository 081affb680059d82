//! What a load did.

use crate::serial::Inference;

/// What a load did.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq)]
pub struct LoadReport {
    /// The version of the index that holds the units.
    pub version: u64,
    /// Rows read.
    pub read: u64,
    /// Units that the load put into the index.
    pub loaded: u64,
    /// Serials that came more than once or were there already; the latest won.
    pub duplicates: Duplicates,
    /// Rows left out.
    pub rejected: Rejected,
    /// How many units the load has of each serial family, in the order in which serials are tried
    /// against them, by name.
    pub families: Vec<(String, u64)>,
    /// How many units have a serial that fits no family.
    pub opaque: u64,
    /// The same for every identifier column.
    pub identifiers: Vec<IdentifierReport>,
    /// The serial families that the load inferred, with counts and examples of the sample they
    /// were read off; and what of the last sample stayed opaque.
    pub inference: Inference,
    /// Columns of the schema that the input did not have: missing for all its units, or, where the
    /// load amends them, as they were.
    pub absent_columns: Vec<String>,
}

/// What a load has in an identifier column.
#[non_exhaustive]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IdentifierReport {
    /// The name of the column.
    pub column: String,
    /// How many units have an identifier of each of its families, by name.
    pub families: Vec<(String, u64)>,
    /// How many units have one that fits no family.
    pub opaque: u64,
}

/// Serials that came more than once or were there already.
#[non_exhaustive]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Duplicates {
    /// Rows replaced by a later row of the same load.
    pub within_load: u64,
    /// Units of the index replaced or amended by the load.
    pub against_index: u64,
    /// The first few serials.
    pub examples: Vec<String>,
}

/// How many examples a report gives.
pub(super) const EXAMPLES_MAX: usize = 5;

impl Duplicates {
    pub(super) fn wants_example(&self) -> bool {
        self.examples.len() < EXAMPLES_MAX
    }
}

/// Rows left out because they could not be read.
#[non_exhaustive]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rejected {
    /// How many rows.
    pub rows: u64,
    /// Why, for the first few.
    pub examples: Vec<String>,
}
