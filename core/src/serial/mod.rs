//! Serials: how makers write, order and range them, and the codes they become.

mod automaton;
mod check;
mod codec;
mod decoded;
mod families;
mod family;
mod field;
mod inference;
mod key;
mod known;
mod layout;
mod lengths;
mod misreading;
mod normaliser;
mod overlap;
mod prefix;
mod proposal;
mod range;
mod resemblance;
mod shapes;
mod tail;
#[cfg(test)]
mod tests;
mod texts;
mod window;

pub(crate) use automaton::Class;
pub(crate) use check::gs1_check_digit;
pub use decoded::{FieldValue, SerialField};
pub(crate) use families::check_serial;
pub use families::{Families, FamilyId};
pub use family::{CheckPolicy, SerialFamily};
pub use inference::{Conflict, Inference, InferredFamily, Inferrer, OpaqueShapes};
pub use key::SerialKey;
pub(crate) use key::opaque_order;
pub use normaliser::Normaliser;
pub use range::{KeyRange, SerialRange};
pub(crate) use tail::Tail;
pub(crate) use texts::SerialTexts;
pub(crate) use window::{
    Case, CheckReader, CheckSums, Condition, Letters, MadeIn, NearCondition, Reading, Shape, Slot,
    Stretch,
};
