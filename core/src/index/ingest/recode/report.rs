//! What a change of families did.

use crate::index::ingest::report::EXAMPLES_MAX;

/// What a change of families did.
#[non_exhaustive]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FamilyChangeReport {
    /// The version of the index in which the families are in force.
    pub version: u64,
    /// The version of the families: one more than before.
    pub families_version: u64,
    /// Units that were written anew.
    pub recoded: u64,
    /// Units of segments in which no serial changes, and which stay as they are.
    pub unchanged: u64,
    /// Units whose serial fitted no family and fits one now.
    pub now_coded: u64,
    /// Units whose serial fitted a family and fits none now.
    pub now_opaque: u64,
    /// The first few serials that fit no family now.
    pub now_opaque_examples: Vec<String>,
    /// Registrations that were written anew.
    pub registrations_recoded: u64,
    /// How many units each serial family has, by name.
    pub families: Vec<(String, u64)>,
    /// How many units have a serial that fits no family.
    pub opaque: u64,
}

/// What the new families change in some rows.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub(super) now_coded: u64,
    pub(super) now_opaque: u64,
    pub(super) examples: Vec<String>,
}

impl Tally {
    pub(super) fn opaque(&mut self, text: &str) {
        self.now_opaque += 1;
        if self.examples.len() < EXAMPLES_MAX {
            self.examples.push(text.to_owned());
        }
    }
}

impl FamilyChangeReport {
    pub(super) fn add(&mut self, tally: Tally) {
        self.now_coded += tally.now_coded;
        self.now_opaque += tally.now_opaque;
        let room = EXAMPLES_MAX.saturating_sub(self.now_opaque_examples.len());
        self.now_opaque_examples.extend(tally.examples.into_iter().take(room));
    }
}
