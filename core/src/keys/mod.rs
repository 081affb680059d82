//! The serials of a segment: which row a serial has, and which serial a row has.
//!
//! Rows are in order of namespace, then family, then code; serials that fit no family come last in
//! their namespace, shortest first and then by byte. Each namespace and family is a *group* with
//! rows of its own, kept in the form that is smallest for it:
//!
//! - [`dense`], for codes that lie close together, as a production counter gives them: a set over
//!   the code space with the rank of every part, so that a look-up is a rank;
//! - [`sparse`], for codes far apart: blocks of 64, each the distances from its first code;
//! - [`opaque`], for texts: blocks of 32, each text without what it shares with the one before.
//!
//! The section begins with a table of the groups ([`layout`]); no group is touched before it is
//! asked for.

mod dense;
mod group;
mod layout;
mod lookup;
mod opaque;
mod part;
mod reader;
mod sparse;
#[cfg(test)]
mod tests;
mod writer;

pub(crate) use group::{CodeRun, GroupInfo};
pub(crate) use group::{GroupKeys, KeyGroup};
pub(crate) use lookup::Lookup;
pub(crate) use reader::Keys;
pub(crate) use writer::encode_keys;
