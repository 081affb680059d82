//! Families proposed from a sample of serials.

use serde::{Deserialize, Serialize};

use super::families::check_serial;
use super::proposal::{Finer, Proposal, propose};
use super::shapes::{Shapes, Tally};
use super::{Families, SerialFamily, opaque_order};
use crate::limits::FAMILIES_MAX;

/// Families that one inference proposes.
const PROPOSALS_MAX: usize = 64;
/// Examples of serials that no family is proposed for.
const EXAMPLES_MAX: usize = 10;

/// What a sample of serials looks like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Inference {
    /// The families proposed, no two of which fit the same serial, nor one that exists.
    pub families: Vec<InferredFamily>,
    /// What was seen and is not proposed, as a family fits some of its serials already.
    pub conflicts: Vec<Conflict>,
    /// What is left to be opaque.
    pub opaque: OpaqueShapes,
}

/// A family proposed from a sample.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InferredFamily {
    /// The family.
    pub family: SerialFamily,
    /// How many serials of the sample it was read off.
    pub count: u64,
    /// One of them.
    pub example: String,
}

/// A layout that a sample shows and that is not proposed, as it shares serials with a family that
/// exists or that more of the sample speaks for. Its serials stay opaque until a family is declared
/// for them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// The layout.
    pub layout: String,
    /// How many serials of the sample it was read off.
    pub count: u64,
    /// The name of the family.
    pub family: String,
    /// A serial that both fit; it need not be in the sample.
    pub example: String,
}

/// The serials of a sample that no family was proposed for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct OpaqueShapes {
    /// How many there are.
    pub count: u64,
    /// Up to ten of them, of different shapes.
    pub examples: Vec<String>,
}

/// Reads serial families off a sample, in bounded memory; the order of the sample does not matter.
///
/// Serials with the same sequence of digit runs, letter runs and other characters make one family.
/// Other characters, and letters that never vary, become literals. A run of digits is always a
/// field, even where it never varies, so that next year's serials still fit: of one width where the
/// sample has one, or where a leading zero was seen (then a family for each width); else a number
/// of 1 to as many digits as were seen. Where the digits and letters of one length stand mixed in
/// many ways, as in hexadecimal or random serials, they become one field of digits and letters.
/// What is rare, and may be a slip of the pen, is left opaque.
///
/// # Examples
///
/// ```
/// use seriatim::{Families, Inferrer};
///
/// let mut inferrer = Inferrer::new(&Families::default());
/// for serial in ["AX21000000001", "HV25000000777", "LJ-9862", "LJ-10403"] {
///     inferrer.observe(serial);
/// }
/// let layouts = inferrer.finish().families.into_iter().map(|it| it.family.layout());
/// assert_eq!(layouts.collect::<Vec<_>>(), ["LJ-{n:D1..5}", "{a:A2}{n:D11}"]);
/// ```
#[derive(Clone, Debug)]
pub struct Inferrer {
    existing: Families,
    shapes: Shapes,
    /// Serials in the sample.
    sample: u64,
}

impl Inferrer {
    /// Starts with no serial seen, beside the families that exist.
    pub fn new(existing: &Families) -> Self {
        Inferrer { existing: existing.clone(), shapes: Shapes::default(), sample: 0 }
    }

    /// Takes a serial that fits no existing family into the sample. What is no serial at all, such
    /// as an empty text, is passed over.
    pub fn observe(&mut self, serial: &str) {
        if check_serial(serial).is_ok() {
            self.sample += 1;
            self.shapes.observe(serial);
        }
    }

    /// Counts serials that fit an existing family into the sample, so that what is rare beside them
    /// is known to be rare.
    pub fn observe_known(&mut self, count: u64) {
        self.sample = self.sample.saturating_add(count);
    }

    /// The families that the sample shows, and what is left. The families do not exist yet: they
    /// are [pushed](Families::push) by whoever accepts them.
    pub fn finish(self) -> Inference {
        let (mut proposals, mut left) = propose(&self.shapes, self.sample);
        let room = PROPOSALS_MAX.min(FAMILIES_MAX - self.existing.len());
        let beyond = proposals.split_off(room.min(proposals.len()));
        left.extend(beyond.into_iter().map(|it| it.tally));
        let earlier = self.existing.iter().map(|(_, it)| it.clone()).collect();
        let mut accepted = Accepted { earlier, room, ..Accepted::default() };
        for proposal in proposals {
            left.extend(accepted.take(proposal));
        }
        let count = left.iter().map(|it| it.count).sum();
        let mut examples: Vec<String> =
            left.into_iter().filter_map(|it| it.example).map(String::from).collect();
        examples.sort_by(|a, b| opaque_order(a, b));
        examples.truncate(EXAMPLES_MAX);
        let opaque = OpaqueShapes { count, examples };
        Inference { families: accepted.families, conflicts: accepted.conflicts, opaque }
    }
}

/// What is proposed so far.
#[derive(Default)]
struct Accepted {
    /// The families that exist, and those proposed.
    earlier: Vec<SerialFamily>,
    families: Vec<InferredFamily>,
    conflicts: Vec<Conflict>,
    /// How many families may be proposed.
    room: usize,
}

impl Accepted {
    /// Takes a proposal, or what it is made of, where that shares no serial with a family before
    /// it; gives what is left.
    fn take(&mut self, proposal: Proposal) -> Vec<Tally> {
        let Proposal { layout, name, tally, finer, .. } = proposal;
        let name = unused(&name, &self.earlier);
        let Ok(family) = SerialFamily::new(&name, &layout) else { return vec![tally] };
        if self.families.len() >= self.room {
            return vec![tally];
        }
        let mut before = self.earlier.iter();
        let Some((other, shared)) = before.find_map(|it| Some((it, it.shared_serial(&family)?)))
        else {
            self.earlier.push(family.clone());
            let example = tally.example.unwrap_or_default().into_string();
            self.families.push(InferredFamily { family, count: tally.count, example });
            return Vec::new();
        };
        if let Some(Finer { families, mut left }) = finer {
            for it in families {
                left.extend(self.take(it));
            }
            return left;
        }
        let family = other.name().to_owned();
        self.conflicts.push(Conflict { layout, count: tally.count, family, example: shared });
        vec![tally]
    }
}

/// The name, or the first `name-2`, `name-3` ... that no family has.
fn unused(name: &str, families: &[SerialFamily]) -> String {
    let further = (2_u32..).map(|it| format!("{name}-{it}"));
    let mut all = std::iter::once(name.to_owned()).chain(further);
    all.find(|it| families.iter().all(|family| family.name() != it)).unwrap_or_default()
}
