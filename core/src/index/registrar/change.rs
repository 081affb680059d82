//! A registration as it stands, to be changed.

use super::name::{Named, RegistrationName};
use super::registrar::Registrar;
use crate::calendar::Instant;
use crate::error::{Error, Result};
use crate::index::links::{Held, LiveRegistrations};
use crate::index::live::{RegistrationSource, Replacing, Tail};
use crate::index::snapshot::Snapshot;
use crate::registry::{Entry, RegistrationField as Field};
use crate::serial::SerialKey;

/// Where a registration stands: the place of its source, and the row there.
type Standing = (usize, u32);

impl Registrar {
    /// The registration of a name. Nobody else may register meanwhile.
    pub(super) fn current(&self, name: &RegistrationName) -> Result<Entry> {
        let snapshot = self.writing.newest()?;
        let found = find(&snapshot, &name.0)?;
        match found.as_slice() {
            [] => Err(Error::not_found("there is no such registration")),
            [standing] => read(&snapshot, *standing),
            several => Err(Error::conflict(format!(
                "{} registrations are of this unit and owner; name one by its key",
                several.len()
            ))),
        }
    }
}

/// Every registration of a name.
fn find(snapshot: &Snapshot, name: &Named) -> Result<Vec<Standing>> {
    let families = snapshot.schema().families();
    let serial = match name {
        Named::Key(_) => None,
        Named::Owner { serial, .. } => Some(families.classify(serial)?),
    };
    let replacing = match (name, &serial) {
        (Named::Owner { namespace, owner, .. }, Some(serial)) => {
            Replacing::owner((namespace.as_deref(), serial, owner))
        }
        (Named::Key(key), _) => Replacing::key(key),
        (Named::Owner { .. }, None) => Replacing::default(),
    };
    let overlay = snapshot.overlay()?;
    let mut found = Vec::new();
    for (place, live) in snapshot.registration_segments().iter().enumerate() {
        let mut rows = replacing.in_segment(live, families)?.difference(&live.amendment.retired);
        if let Some(retired) = overlay.and_then(|it| it.retired(place)) {
            rows = rows.difference(retired);
        }
        found.extend(rows.iter().map(|row| (place, row)));
    }
    if let (Some(tail), Some(overlay)) = (snapshot.tail(), overlay) {
        let rows = rows_of_tail(snapshot, tail, (name, serial.as_ref()))?;
        let place = snapshot.registration_segments().len();
        let live = rows.into_iter().filter(|row| !overlay.superseded().contains(*row));
        found.extend(live.map(|row| (place, row)));
    }
    Ok(found)
}

fn rows_of_tail(
    snapshot: &Snapshot,
    tail: &Tail,
    (name, serial): (&Named, Option<&SerialKey>),
) -> Result<Vec<u32>> {
    snapshot.with_identities(|identities| {
        Ok(match (name, serial) {
            (Named::Key(key), _) => identities.of_key(&tail.rows, key).into_iter().collect(),
            (Named::Owner { namespace, owner, .. }, Some(serial)) => {
                identities.of_owner(&tail.rows, (namespace.as_deref(), serial, owner))
            }
            (Named::Owner { .. }, None) => Vec::new(),
        })
    })
}

/// Reads everything of a registration.
fn read(snapshot: &Snapshot, (place, row): Standing) -> Result<Entry> {
    let source = snapshot.registration_source(place);
    let source = source.ok_or_else(|| Error::corrupt("there are no such registrations"))?;
    let mut entry = match source {
        RegistrationSource::Tail(tail) => tail.rows.record(row)?.entry(),
        RegistrationSource::Segment(live) => stored(snapshot, live, row)?,
    };
    let contact = source.contact_texts(&[row])?.pop().unwrap_or_default();
    let left_out = match source {
        RegistrationSource::Tail(tail) => {
            let place = tail.rows.record(row)?.contact;
            place.is_some() && contact == crate::registry::ContactText::default()
        }
        RegistrationSource::Segment(live) => {
            let manifest = snapshot.manifest().registrations.get(place);
            manifest.is_some_and(|it| it.contacts.is_some()) && live.contacts.is_none()
        }
    };
    if left_out {
        return Err(Error::not_found(
            "the names and contacts of the registration are not here, so that a change would lose \
             them; put the files back",
        ));
    }
    entry.contact = contact;
    Ok(entry)
}

/// A registration of a segment, without its contact text.
fn stored(snapshot: &Snapshot, live: &LiveRegistrations, row: u32) -> Result<Entry> {
    let source = RegistrationSource::Segment(live);
    let segment = &live.segment;
    let (number, serial) = segment.keys().key_at(segment.position_of(row)?)?;
    let text = |field: Field| -> Result<Option<String>> {
        let mut found = None;
        source.each_text(field, &[row], |text| {
            found = text.map(str::to_owned);
            Ok(())
        })?;
        Ok(found)
    };
    let number_of =
        |name: &str| -> Result<Option<i64>> { Ok(source.numbers(name, &[row])?.pop().flatten()) };
    let instant = |name: &str| number_of(name)?.map(Instant::from_micros).transpose();
    let held = Held::read(|name| source.numbers(name, &[row]))?.pop();
    let held = held.ok_or_else(|| Error::corrupt("a registration cannot be read"))?;
    Ok(Entry {
        serial: snapshot.schema().families().text(&serial)?,
        namespace: segment.namespace(number).map(str::to_owned),
        key: text(Field::Key)?,
        owner: text(Field::Owner)?.unwrap_or_default(),
        role: held.role,
        valid_from: instant("valid_from")?,
        valid_to: instant("valid_to")?,
        recorded_at: instant("recorded_at")?,
        permissions: held.permissions,
        filled: u8::try_from(number_of("filled")?.unwrap_or(0)).unwrap_or(u8::MAX),
        language: text(Field::Language)?,
        country: text(Field::Country)?,
        ..Entry::default()
    })
}
