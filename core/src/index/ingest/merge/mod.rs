//! Several sorted segments read as one, part by part: what sorts a load that came unordered, and
//! what makes few segments of many.
//!
//! Segments are in the order of their serials, so that the serials from one to another are a stretch
//! of rows in each. `Parts` cuts them into stretches that fit in memory together, and what comes of
//! a part is one segment: [`UnitRewrite`] and [`RegistrationRewrite`] write them, one after the
//! other.

mod choice;
mod parts;
mod registration_rewrite;
mod registrations;
mod rewrite;
mod units;

pub(super) use choice::Size;
pub(super) use registration_rewrite::RegistrationRewrite;
pub(super) use registrations::{RegistrationPart, write_registration_part};
pub(super) use rewrite::UnitRewrite;
pub(super) use units::each_block;
