//! Serials: how makers write, order and range them, and the codes they become.

mod families;
mod family;
mod inference;
mod key;
mod normaliser;
mod range;

pub use families::{Families, FamilyId};
pub use family::SerialFamily;
pub use inference::{Conflict, Inference, InferredFamily, Inferrer, OpaqueShapes};
pub use key::{SerialKey, opaque_order};
pub use normaliser::Normaliser;
pub use range::{KeyRange, SerialRange};
