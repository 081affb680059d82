//! What comes one by one: registrations that are lasting in the log, joined with what is in
//! segments already.
//!
//! A snapshot shows the [`Tail`] of the log behind its segments. What the tail changes of each
//! segment is derived when it is first asked for: an [`Overlay`], which goes over what links tell.

mod follow;
mod matching;
mod overlay;
mod retired;
mod source;

pub(super) use follow::{Follower, LOG_FOLDER};
pub(super) use overlay::Overlay;
pub(super) use retired::Replacing;
pub(crate) use source::{RegistrationSource, Tail};
