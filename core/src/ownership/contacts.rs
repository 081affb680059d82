//! The owners who can be reached, each once.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::contact_columns::{ContactColumns, FIELDS};
use super::owned::Ownership;
use super::ranked::Ranked;
use crate::error::Result;
use crate::index::Snapshot;
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
    ranked: Arc<Ranked>,
}

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
        let ranked = Arc::new(Ranked::of(self, purpose)?);
        Ok(Contacts { snapshot: self.snapshot().clone(), purpose, ranked })
    }
}

impl Contacts {
    /// How many owners there are.
    pub fn len(&self) -> usize {
        self.ranked.owners.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ranked.owners.is_empty()
    }

    /// What the message is for.
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// The owners in order, read some thousands at a time; the first error ends it.
    pub fn iter(&self) -> impl Iterator<Item = Result<Contact>> + '_ {
        let starts = (0..self.len()).step_by(OWNERS);
        let batches = starts.map(|start| self.read(start..self.len().min(start + OWNERS)));
        let mut failed = false;
        batches.take_while(move |read| !std::mem::replace(&mut failed, read.is_err())).flat_map(
            |read| match read {
                Ok(contacts) => contacts.into_iter().map(Ok).collect::<Vec<_>>(),
                Err(error) => vec![Err(error)],
            },
        )
    }

    /// Some owners column by column, by their places.
    pub(super) fn columns(&self, places: Range<usize>) -> Result<ContactColumns> {
        let owners = self.ranked.owners.get(places).unwrap_or_default();
        ContactColumns::read(&self.snapshot, &self.ranked, owners)
    }

    /// The channels that are permitted.
    pub(super) fn channels(&self, access: Access) -> impl Iterator<Item = Channel> + use<> {
        let purpose = self.purpose;
        Channel::ALL.into_iter().filter(move |it| access.reaches(purpose, *it))
    }

    fn read(&self, places: Range<usize>) -> Result<Vec<Contact>> {
        let columns = self.columns(places)?;
        let mut namespaces = columns.namespaces.into_texts()?.into_iter().flatten();
        let mut serials = columns.serials.into_texts()?.into_iter().flatten();
        let (mut contacts, mut start) = (Vec::with_capacity(columns.completeness.len()), 0);
        for (((owner, completeness), access), end) in columns
            .owners
            .into_texts()?
            .into_iter()
            .zip(columns.completeness)
            .zip(columns.access)
            .zip(columns.unit_ends)
        {
            contacts.push(Contact {
                owner: owner.unwrap_or_default(),
                channels: self.channels(access).collect(),
                completeness,
                language: None,
                country: None,
                contact: ContactText::default(),
                units: namespaces.by_ref().zip(serials.by_ref()).take(end - start).collect(),
            });
            start = end;
        }
        for (field, texts) in FIELDS.into_iter().zip(columns.fields) {
            for (contact, text) in contacts.iter_mut().zip(texts.into_texts()?) {
                match field {
                    Field::Language => contact.language = text,
                    Field::Country => contact.country = text,
                    _ => contact.contact.set(field, text),
                }
            }
        }
        Ok(contacts)
    }
}

impl fmt::Debug for Contacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Contacts({} owners)", self.ranked.owners.len())
    }
}
