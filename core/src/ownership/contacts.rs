//! The owners who can be reached, each once.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::gather::{Gather, Joined, namespace_of};
use super::join::access_of;
use super::owned::Ownership;
use super::registrations::Batches;
use crate::error::{Error, Result};
use crate::index::Snapshot;
use crate::query::Placed;
use crate::registry::{Access, Channel, ContactText, Purpose, RegistrationField as Field};

/// An owner who can be reached, with all their units. Shows no name and no contact with `{:?}`.
#[derive(Clone, PartialEq, Eq)]
pub struct Contact {
    /// The token of the owner.
    pub owner: String,
    /// The channels that are permitted by any of the owner's registrations.
    pub channels: Vec<Channel>,
    /// How many of the eight fields of name, contact, language and country the fullest registration
    /// fills.
    pub completeness: u8,
    /// The language of that registration.
    pub language: Option<String>,
    /// The country of that registration.
    pub country: Option<String>,
    /// The name and contact of that registration; empty where the index is open without them.
    pub contact: ContactText,
    /// Namespace and serial of each unit, in serial order.
    pub units: Vec<(String, String)>,
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contact")
            .field("channels", &self.channels)
            .field("completeness", &self.completeness)
            .field("units", &self.units.len())
            .finish_non_exhaustive()
    }
}

/// The owners who can be reached for a purpose: each once, the fullest registrations first, then by
/// owner token. Holds a few words for each of their registrations, which clones share, and reads the
/// rest as it goes.
///
/// # Examples
///
/// ```
/// use seriatim::io::MemoryDirectory;
/// use seriatim::{Index, Purpose, Schema};
///
/// let index = Index::create_in(MemoryDirectory::new(), Schema::new(vec![])?)?;
/// let nobody = index.snapshot().all().ownership("2025-06-01T00:00:00Z".parse()?)?;
/// assert!(nobody.contacts(Purpose::Safety)?.is_empty());
/// # Ok::<(), seriatim::Error>(())
/// ```
#[derive(Clone)]
pub struct Contacts {
    snapshot: Snapshot,
    purpose: Purpose,
    units: Arc<[Placed]>,
    /// One for each registration: those of an owner next to each other, in serial order.
    rows: Arc<[Reached]>,
    /// The places of each owner's rows, in priority order.
    owners: Arc<[Range<usize>]>,
}

/// A registration that reaches its owner.
struct Reached {
    owner: Box<str>,
    completeness: u8,
    access: Access,
    joined: Joined,
}

/// Units of which registrations are read at a time.
const STRIDE: usize = 1 << 14;
/// Owners read at a time.
const OWNERS: usize = 4_096;

impl Ownership {
    /// The owners who can be reached for a purpose, each once with all their units of the set,
    /// ranked by how much of their fullest registration is filled, then by token.
    ///
    /// # Errors
    ///
    /// `corrupt`; `io`.
    pub fn contacts(&self, purpose: Purpose) -> Result<Contacts> {
        let mut batches = Batches::new(self.registered_units(), self.as_of.micros())?;
        let (mut units, mut rows) = (Vec::new(), Vec::new());
        while let Some(mut batch) = batches.next(STRIDE)? {
            batch.retain(self.snapshot(), |snapshot, source, rows| {
                let from = snapshot.registration_source(source);
                let from = from.ok_or_else(|| Error::corrupt("there are no such registrations"))?;
                let access = access_of(from, rows)?.into_iter();
                Ok(access.map(|it| it.is_some_and(|it| it.is_reachable(purpose))).collect())
            })?;
            let gather = batch.gather(self.snapshot());
            let completeness = gather.completeness()?;
            let permissions = gather.permissions()?;
            let mut fields = completeness.into_iter().zip(permissions).zip(&batch.rows);
            let before = units.len();
            gather.each_text(Field::Owner, |owner| {
                rows.extend(fields.next().map(|((completeness, permissions), joined)| Reached {
                    owner: owner.unwrap_or_default().into(),
                    completeness,
                    access: Access::of(&permissions),
                    joined: Joined { unit: before + joined.unit, pair: joined.pair },
                }));
                Ok(())
            })?;
            units.append(&mut batch.units);
        }
        Ok(Contacts::rank(self.snapshot().clone(), purpose, units, rows))
    }
}

impl Contacts {
    fn rank(
        snapshot: Snapshot,
        purpose: Purpose,
        units: Vec<Placed>,
        mut rows: Vec<Reached>,
    ) -> Self {
        // Stable: the rows of an owner stay in serial order.
        rows.sort_by(|a, b| a.owner.cmp(&b.owner));
        let mut owners = Vec::new();
        let mut start = 0;
        for same in rows.chunk_by(|a, b| a.owner == b.owner) {
            owners.push(start..start + same.len());
            start += same.len();
        }
        let fullest = |owner: &Range<usize>| {
            let rows = rows.get(owner.clone()).unwrap_or_default();
            rows.iter().map(|it| it.completeness).max()
        };
        owners.sort_by_cached_key(|it| std::cmp::Reverse(fullest(it)));
        Contacts {
            snapshot,
            purpose,
            units: units.into(),
            rows: rows.into(),
            owners: owners.into(),
        }
    }

    /// How many owners there are.
    pub fn len(&self) -> usize {
        self.owners.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.owners.is_empty()
    }

    /// What the message is for.
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// The owners in order, read some thousands at a time; the first error ends it.
    pub fn iter(&self) -> impl Iterator<Item = Result<Contact>> + '_ {
        let batches = self.owners.chunks(OWNERS).map(|owners| self.read_owners(owners));
        let mut failed = false;
        batches.take_while(move |read| !std::mem::replace(&mut failed, read.is_err())).flat_map(
            |read| match read {
                Ok(contacts) => contacts.into_iter().map(Ok).collect::<Vec<_>>(),
                Err(error) => vec![Err(error)],
            },
        )
    }

    /// Reads some owners, by their places.
    pub(super) fn read(&self, places: Range<usize>) -> Result<Vec<Contact>> {
        self.read_owners(self.owners.get(places).unwrap_or_default())
    }

    fn read_owners(&self, owners: &[Range<usize>]) -> Result<Vec<Contact>> {
        let rows_of = |owner: &Range<usize>| self.rows.get(owner.clone()).unwrap_or_default();
        let fullest = |owner: &Range<usize>| {
            let rows = rows_of(owner).iter();
            rows.rev().max_by_key(|it| it.completeness).map(|it| it.joined)
        };
        let rows: Vec<Joined> = owners.iter().filter_map(fullest).collect();
        let gather = Gather { snapshot: &self.snapshot, units: &self.units, rows: &rows };
        let texts = gather.contact_texts()?.into_iter();
        let languages = gather.texts(Field::Language)?.into_iter();
        let countries = gather.texts(Field::Country)?.into_iter();
        let mut contacts = Vec::with_capacity(owners.len());
        for (((owner, contact), language), country) in
            owners.iter().zip(texts).zip(languages).zip(countries)
        {
            let rows = rows_of(owner);
            let access = rows.iter().fold(Access::default(), |joined, it| joined.union(it.access));
            let reaches = |it: &Channel| access.reaches(self.purpose, *it);
            contacts.push(Contact {
                owner: rows.first().map(|it| it.owner.to_string()).unwrap_or_default(),
                channels: Channel::ALL.into_iter().filter(reaches).collect(),
                completeness: rows.iter().map(|it| it.completeness).max().unwrap_or(0),
                language,
                country,
                contact,
                units: self.units_of(rows)?,
            });
        }
        Ok(contacts)
    }

    fn units_of(&self, rows: &[Reached]) -> Result<Vec<(String, String)>> {
        let mut units: Vec<usize> = rows.iter().map(|it| it.joined.unit).collect();
        units.dedup();
        let name = |unit: usize| {
            let unit = self.units.get(unit);
            let unit = unit.ok_or_else(|| Error::corrupt("a contact is of no unit"))?;
            let serial = self.snapshot.schema().families().text(&unit.key)?;
            Ok((namespace_of(&self.snapshot, unit)?.to_owned(), serial))
        };
        units.into_iter().map(name).collect()
    }
}

impl fmt::Debug for Contacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Contacts({} owners)", self.owners.len())
    }
}
