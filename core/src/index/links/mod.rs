//! Links between units and registrations: which serials of a segment of registrations are those of
//! units, derived by merging the two, and never changed: when either side changes, other links take
//! their place.

mod ambiguity;
mod build;
mod derive;
mod held;
mod linked;
mod live;
mod matches;
mod replaced;

pub(super) use derive::{Derived, derive};
pub(super) use held::Held;
pub(crate) use linked::{count_uneven, linked_rows};
pub(crate) use live::LiveRegistrations;
pub(super) use replaced::{replaced, rows_of_keys};
