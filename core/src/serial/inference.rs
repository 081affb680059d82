//! Families proposed from a sample of serials.

use serde::Serialize;

use super::{Families, SerialFamily};

/// What a sample of serials looks like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Inference {
    /// The families proposed, in the order in which serials are to be tried against them.
    pub families: Vec<InferredFamily>,
    /// What is left to be opaque.
    pub opaque: OpaqueShapes,
}

/// A family proposed from a sample.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InferredFamily {
    /// The family.
    pub family: SerialFamily,
    /// How many serials of the sample it was read off.
    pub count: u64,
    /// One of them.
    pub example: String,
    /// Earlier families that also fit some of its serials.
    pub conflicts: Vec<Conflict>,
}

/// An earlier family that fits some serials of a later one, and so takes them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Conflict {
    /// The name of the earlier family.
    pub family: String,
    /// A serial that fits both.
    pub example: String,
}

/// The serials of a sample that no family was proposed for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct OpaqueShapes {
    /// How many there are.
    pub count: u64,
    /// Some of them, of different shapes where there are several.
    pub examples: Vec<String>,
}

/// Reads families off a sample of serials.
#[derive(Clone, Debug)]
pub struct Inferrer {
    existing: Families,
    known: u64,
}

impl Inferrer {
    /// Starts with no serial seen, beside the families that exist.
    pub fn new(existing: &Families) -> Self {
        Inferrer { existing: existing.clone(), known: 0 }
    }

    /// Takes a serial that fits no existing family into the sample.
    pub fn observe(&mut self, _serial: &str) {}

    /// Counts serials that fit an existing family, so that shares are of the whole sample.
    pub fn observe_known(&mut self, count: u64) {
        self.known += count;
    }

    /// What was seen.
    pub fn finish(self) -> Inference {
        let _ = (self.existing.len(), self.known);
        Inference::default()
    }
}
