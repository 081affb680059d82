//! Families proposed from a sample of serials.

use serde::{Deserialize, Serialize};

use super::automaton::Automaton;
use super::families::check_serial;
use super::proposal::{Proposal, propose};
use super::shapes::Shapes;
use super::{Families, SerialFamily, opaque_order};
use crate::limits::FAMILIES_MAX;

/// Families that one inference proposes.
const PROPOSALS_MAX: usize = 64;
/// Examples of serials that no family is proposed for.
const EXAMPLES_MAX: usize = 10;

/// What a sample of serials looks like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Inference {
    /// The families proposed, in the order in which serials are to be tried against them.
    pub families: Vec<InferredFamily>,
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
    /// The families before it, existing ones among them, that fit some of its serials too, and so
    /// take them.
    pub conflicts: Vec<Conflict>,
}

/// A family that fits some serials of a later one, and so takes them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// The name of the earlier family.
    pub family: String,
    /// A serial, not of the sample, that fits both.
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
        let mut names: Vec<String> =
            self.existing.iter().map(|(_, it)| it.name().to_owned()).collect();
        let mut earlier: Vec<Earlier> = self.existing.iter().map(|(_, it)| it.into()).collect();
        let mut families = Vec::new();
        for Proposal { layout, name, tally, .. } in proposals {
            let name = unused(&name, &names);
            let Ok(family) = SerialFamily::new(&name, &layout) else {
                left.push(tally);
                continue;
            };
            let this = Earlier::from(&family);
            let conflicts = earlier.iter().filter_map(|it| it.conflict(&this)).collect();
            earlier.push(this);
            names.push(name);
            let example = tally.example.unwrap_or_default().into_string();
            families.push(InferredFamily { family, count: tally.count, example, conflicts });
        }
        let count = left.iter().map(|it| it.count).sum();
        let mut examples: Vec<String> =
            left.into_iter().filter_map(|it| it.example).map(String::from).collect();
        examples.sort_by(|a, b| opaque_order(a, b));
        examples.truncate(EXAMPLES_MAX);
        Inference { families, opaque: OpaqueShapes { count, examples } }
    }
}

/// A family that comes before others.
struct Earlier {
    name: String,
    lengths: (usize, usize),
    serials: Automaton,
}

impl From<&SerialFamily> for Earlier {
    fn from(family: &SerialFamily) -> Self {
        let (least, most) = family.codec().lengths();
        // What a normaliser leaves out makes serials longer.
        let most = if family.normaliser().leaves_out() { usize::MAX } else { most };
        let name = family.name().to_owned();
        Earlier { name, lengths: (least, most), serials: Automaton::of_family(family) }
    }
}

impl Earlier {
    fn conflict(&self, later: &Earlier) -> Option<Conflict> {
        let apart = self.lengths.1 < later.lengths.0 || later.lengths.1 < self.lengths.0;
        let shared = if apart { None } else { self.serials.shared_text(&later.serials) };
        shared.map(|example| Conflict { family: self.name.clone(), example })
    }
}

/// The name, or the first `name-2`, `name-3` ... that no family has.
fn unused(name: &str, names: &[String]) -> String {
    let further = (2_u32..).map(|it| format!("{name}-{it}"));
    let mut all = std::iter::once(name.to_owned()).chain(further);
    all.find(|it| !names.contains(it)).unwrap_or_default()
}
