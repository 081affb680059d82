//! Links between units and registrations: which serials of a segment of registrations are those of
//! units, derived by merging the two, and never changed: when either side changes, other links take
//! their place.

mod ambiguity;
mod build;
mod derive;
mod live;
mod matches;

pub(super) use derive::{Derived, derive};
pub(crate) use live::LiveRegistrations;
pub(super) use matches::{Side, each_match};
