//! Segments of registrations written again, part by part.

use std::ops::Range;
use std::vec;

use super::choice::{Candidate, Size, mixed, worn};
use super::parts::{Part, Parts, Sorted};
use super::registrations::{RegistrationPart, bytes_of_registration, write_registration_part};
use crate::error::Result;
use crate::index::files::Draft;
use crate::index::links::LiveRegistrations;
use crate::index::manifest::RegistrationEntry;
use crate::keys::Keys;
use crate::pool::Halt;
use crate::serial::Families;

/// Segments of registrations that are written again, in the order of their serials.
pub(in crate::index::ingest) struct RegistrationRewrite {
    sources: Vec<LiveRegistrations>,
    families: Families,
    parts: vec::IntoIter<Part>,
}

impl RegistrationRewrite {
    /// Those of some segments that have many serials between those of the others; by their places.
    pub(in crate::index::ingest) fn mixed(segments: &[LiveRegistrations]) -> Result<Vec<bool>> {
        mixed(&parts(segments), &candidates(segments))
    }

    /// Those of some segments that are better written again; by their places.
    pub(in crate::index::ingest) fn worn(
        segments: &[LiveRegistrations],
        entries: &[RegistrationEntry],
        size: Size,
    ) -> Result<Vec<bool>> {
        worn(&parts(segments), &candidates(segments), size.rows(bytes_each(entries)))
    }

    /// Writes the live registrations of some segments again, in segments of this size. Of one
    /// serial, they stay in the order of the segments.
    pub(in crate::index::ingest) fn new(
        sources: Vec<LiveRegistrations>,
        entries: &[RegistrationEntry],
        (size, families): (Size, &Families),
    ) -> Result<Self> {
        let parts = parts(&sources).cut(size.rows(bytes_each(entries)))?.into_iter();
        Ok(RegistrationRewrite { sources, families: families.clone(), parts })
    }

    /// Writes the next segment, whose name `salt` tells from every other; none where all are written.
    pub(in crate::index::ingest) fn step(
        &mut self,
        draft: &mut Draft,
        salt: u64,
        halt: &Halt,
    ) -> Result<Option<RegistrationEntry>> {
        for part in self.parts.by_ref() {
            let of = |(live, serials)| part_of(live, serials);
            let part: Vec<RegistrationPart<'_>> = self.sources.iter().zip(part).map(of).collect();
            let families = &self.families;
            let read = |keys: &Keys, places: &Range<u64>| {
                RegistrationPart::serials_now(families, keys, places)
            };
            if let Some(entry) = write_registration_part(draft, &part, &read, (salt, halt))? {
                return Ok(Some(entry));
            }
        }
        Ok(None)
    }
}

fn part_of(live: &LiveRegistrations, serials: Range<u64>) -> RegistrationPart<'_> {
    RegistrationPart {
        segment: &live.segment,
        contacts: live.contacts.as_deref(),
        retired: &live.amendment.retired,
        serials,
    }
}

fn bytes_each(entries: &[RegistrationEntry]) -> u64 {
    let bytes = |it: &RegistrationEntry| {
        it.file.size_bytes + it.contacts.as_ref().map_or(0, |contacts| contacts.size_bytes)
    };
    let rows = entries.iter().map(|it| it.rows).sum();
    bytes_of_registration(entries.iter().map(bytes).sum(), rows)
}

fn parts(segments: &[LiveRegistrations]) -> Parts<'_> {
    let sorted = segments.iter().map(|it| Sorted::new(it.segment.keys(), it.segment.namespaces()));
    Parts::new(sorted.collect())
}

/// In serials: what lies between two serials is a stretch of those.
fn candidates(segments: &[LiveRegistrations]) -> Vec<Candidate> {
    let candidate = |it: &LiveRegistrations| Candidate {
        rows: it.segment.keys().rows(),
        retired: it.amendment.retired.len(),
    };
    segments.iter().map(candidate).collect()
}
