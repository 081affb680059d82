//! A segment of registrations, written anew in the order of its serials' new codes.

use super::keys::Change;
use super::report::Tally;
use crate::bitmap::RowSet;
use crate::error::{Error, Result};
use crate::index::files::Draft;
use crate::index::ingest::merge::{RegistrationPart, write_registration_part};
use crate::index::links::LiveRegistrations;
use crate::index::manifest::RegistrationEntry;
use crate::keys::Keys;
use crate::pool::Halt;

/// How registrations are written anew.
pub(super) struct How<'h> {
    /// What tells the name of the segment from every other.
    pub(super) salt: u64,
    pub(super) keeps_contact_text: bool,
    pub(super) halt: &'h Halt,
}

/// Writes the live registrations of a segment anew; none where none is live.
pub(super) fn recode(
    draft: &mut Draft,
    live: &LiveRegistrations,
    entry: &RegistrationEntry,
    change: &Change,
    how: &How<'_>,
) -> Result<Option<RegistrationEntry>> {
    let keeps_contacts = entry.contacts.is_some() && how.keeps_contact_text;
    if keeps_contacts && live.contacts.is_none() {
        return Err(Error::not_found(
            "the names and contacts of the registrations are not here, so that they cannot be put \
             in their new order; put the files back, or change the families without contact text",
        ));
    }
    let part = RegistrationPart {
        segment: &live.segment,
        contacts: live.contacts.as_deref().filter(|_| keeps_contacts),
        retired: &live.amendment.retired,
        serials: 0..live.segment.keys().rows(),
    };
    let read = |keys: &Keys, places: &std::ops::Range<u64>| {
        let mut serials = Vec::new();
        let mut tally = Tally::default();
        change.each_key(keys, (places, &RowSet::new()), &mut tally, |_, namespace, key| {
            serials.push((namespace, key));
        })?;
        Ok(serials)
    };
    write_registration_part(draft, &[part], &read, (how.salt, how.halt))
}
