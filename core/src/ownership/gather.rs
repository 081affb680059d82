//! Fields of registrations of several segments, in the order in which they are wanted.

use std::sync::OnceLock;

use super::join::{Pair, permissions_of, role_of};
use crate::calendar::Instant;
use crate::error::{Error, Result};
use crate::index::{RegistrationSource, Snapshot};
use crate::query::Placed;
use crate::registry::{ContactText, Permissions, Registration, RegistrationField as Field, Role};
use crate::segment::TextBuffer;
use crate::serial::SerialTexts;

/// A registration, and its unit among those of a batch.
#[derive(Clone, Copy, Debug)]
pub(super) struct Joined {
    pub(super) unit: usize,
    pub(super) pair: Pair,
}

/// Registrations of which fields are wanted, in order.
pub(super) struct Gather<'g> {
    snapshot: &'g Snapshot,
    units: &'g [Placed],
    rows: &'g [Joined],
    parts: Vec<Part<'g>>,
    /// For each registration its place among what is read; none where they are read in order.
    places: Option<Vec<u32>>,
    permissions: OnceLock<Vec<Permissions>>,
}

/// What is read of one source at a time.
struct Part<'g> {
    source: RegistrationSource<'g>,
    rows: Vec<u32>,
}

/// Rows of a run, on average, from which reading run by run is better than putting rows in order.
const RUN_ROWS: usize = 64;

impl<'g> Gather<'g> {
    /// Registrations of units of a snapshot.
    pub(super) fn new(
        snapshot: &'g Snapshot,
        units: &'g [Placed],
        rows: &'g [Joined],
    ) -> Result<Self> {
        // Rows of one facility or one load make few runs in which they are of one source and ascend.
        let runs = rows.chunk_by(|a, b| a.pair.source == b.pair.source && a.pair.row <= b.pair.row);
        let few = rows.len() / RUN_ROWS + 1;
        if runs.clone().take(few + 1).count() <= few {
            let part = |run: &[Joined]| {
                let source = run.first().map_or(0, |it| it.pair.source);
                Part::of(snapshot, source, run.iter().map(|it| it.pair.row).collect())
            };
            let parts = runs.map(part).collect::<Result<_>>()?;
            let permissions = OnceLock::new();
            return Ok(Gather { snapshot, units, rows, parts, places: None, permissions });
        }
        let mut order: Vec<(usize, u32, usize)> =
            rows.iter().enumerate().map(|(at, it)| (it.pair.source, it.pair.row, at)).collect();
        order.sort_unstable();
        let mut places = vec![0; rows.len()];
        for (place, (.., at)) in (0u32..).zip(&order) {
            if let Some(slot) = places.get_mut(*at) {
                *slot = place;
            }
        }
        let part = |same: &[(usize, u32, usize)]| {
            let source = same.first().map_or(0, |it| it.0);
            Part::of(snapshot, source, same.iter().map(|it| it.1).collect())
        };
        let parts = order.chunk_by(|a, b| a.0 == b.0).map(part).collect::<Result<_>>()?;
        let (places, permissions) = (Some(places), OnceLock::new());
        Ok(Gather { snapshot, units, rows, parts, places, permissions })
    }

    /// Values of each row, read source by source.
    pub(super) fn each_source<T: Clone>(
        &self,
        read: impl Fn(RegistrationSource<'_>, &[u32]) -> Result<Vec<T>>,
    ) -> Result<Vec<T>> {
        let mut values = Vec::with_capacity(self.rows.len());
        for part in &self.parts {
            values.append(&mut read(part.source, &part.rows)?);
        }
        let Some(places) = &self.places else { return Ok(values) };
        Ok(places.iter().filter_map(|place| values.get(*place as usize).cloned()).collect())
    }

    /// The text of a field of each row.
    pub(super) fn text_buffer(&self, field: Field) -> Result<TextBuffer> {
        let mut texts = TextBuffer::with_capacity(self.rows.len());
        for part in &self.parts {
            part.source.texts_into(field, &part.rows, &mut texts)?;
        }
        Ok(self.in_order(texts))
    }

    /// The text of a field of the contact of each row; `tails` are those of
    /// [`tail_contacts`](Gather::tail_contacts).
    pub(super) fn contact_buffer(
        &self,
        field: Field,
        tails: &[Option<Vec<ContactText>>],
    ) -> Result<TextBuffer> {
        let mut texts = TextBuffer::with_capacity(self.rows.len());
        for (part, tail) in self.parts.iter().zip(tails) {
            match tail {
                Some(contacts) => {
                    for contact in contacts {
                        texts.push(contact.field(field).map(str::as_bytes));
                    }
                }
                None => part.source.texts_into(field, &part.rows, &mut texts)?,
            }
        }
        Ok(self.in_order(texts))
    }

    /// The contacts of each part that is read from the tail, where a contact lies in one piece.
    pub(super) fn tail_contacts(&self) -> Result<Vec<Option<Vec<ContactText>>>> {
        let read = |part: &Part<'_>| match part.source {
            RegistrationSource::Segment(_) => Ok(None),
            RegistrationSource::Tail(_) => part.source.contact_texts(&part.rows).map(Some),
        };
        self.parts.iter().map(read).collect()
    }

    fn in_order(&self, texts: TextBuffer) -> TextBuffer {
        match &self.places {
            Some(places) => texts.taken(places),
            None => texts,
        }
    }

    pub(super) fn texts(&self, field: Field) -> Result<Vec<Option<String>>> {
        self.text_buffer(field)?.into_texts()
    }

    pub(super) fn numbers(&self, name: &str) -> Result<Vec<Option<i64>>> {
        self.each_source(|source, rows| source.numbers(name, rows))
    }

    /// What each row permits, which several fields tell parts of: read once.
    pub(super) fn permissions(&self) -> Result<&[Permissions]> {
        if let Some(known) = self.permissions.get() {
            return Ok(known);
        }
        let read = self.each_source(permissions_of)?;
        Ok(self.permissions.get_or_init(|| read))
    }

    pub(super) fn roles(&self) -> Result<Vec<Role>> {
        self.numbers("role")?.into_iter().map(role_of).collect()
    }

    /// How many of the fields that count are filled.
    pub(super) fn completeness(&self) -> Result<Vec<u8>> {
        let filled = self.numbers("filled")?;
        let count = |bits: Option<i64>| u8::try_from(bits.unwrap_or(0).count_ones()).unwrap_or(0);
        Ok(filled.into_iter().map(count).collect())
    }

    /// The serial of each row's unit.
    pub(super) fn serial_buffer(&self) -> Result<TextBuffer> {
        let mut texts = SerialTexts::new(self.snapshot.schema().families());
        let mut serials = TextBuffer::with_capacity(self.rows.len());
        let mut before = None;
        for row in self.rows {
            if before == Some(row.unit) {
                serials.repeat_last();
                continue;
            }
            before = Some(row.unit);
            serials.push(Some(texts.text(&self.unit(row)?.key)?));
        }
        Ok(serials)
    }

    /// The namespace of each row's unit.
    pub(super) fn namespaces(&self) -> Result<Vec<&str>> {
        self.rows.iter().map(|row| namespace_of(self.snapshot, self.unit(row)?)).collect()
    }

    fn unit(&self, row: &Joined) -> Result<&Placed> {
        self.units.get(row.unit).ok_or_else(|| Error::corrupt("a registration is of no unit"))
    }

    /// Everything of every row.
    pub(super) fn registrations(&self) -> Result<Vec<Registration>> {
        let instants = |name: &str| -> Result<Vec<Option<Instant>>> {
            let instant = |micros: Option<i64>| micros.map(Instant::from_micros).transpose();
            self.numbers(name)?.into_iter().map(instant).collect()
        };
        let mut found: Vec<Registration> = Vec::with_capacity(self.rows.len());
        for (serial, namespace) in
            self.serial_buffer()?.into_texts()?.into_iter().zip(self.namespaces()?)
        {
            let namespace = namespace.to_owned();
            let serial = serial.unwrap_or_default();
            found.push(Registration { namespace, serial, ..Registration::default() });
        }
        fill(&mut found, self.texts(Field::Key)?, |it, value| it.key = value);
        fill(&mut found, self.texts(Field::Owner)?, |it, owner| {
            it.owner = owner.unwrap_or_default();
        });
        fill(&mut found, self.roles()?, |it, value| it.role = value);
        fill(&mut found, instants("valid_from")?, |it, value| it.valid_from = value);
        fill(&mut found, instants("valid_to")?, |it, value| it.valid_to = value);
        fill(&mut found, instants("recorded_at")?, |it, value| it.recorded_at = value);
        fill(&mut found, self.permissions()?.to_vec(), |it, value| it.permissions = value);
        fill(&mut found, self.completeness()?, |it, value| it.completeness = value);
        fill(&mut found, self.texts(Field::Language)?, |it, value| it.language = value);
        fill(&mut found, self.texts(Field::Country)?, |it, value| it.country = value);
        fill(&mut found, self.contact_texts()?, |it, value| it.contact = value);
        Ok(found)
    }

    /// Name and contact of each row.
    pub(super) fn contact_texts(&self) -> Result<Vec<ContactText>> {
        self.each_source(|source, rows| source.contact_texts(rows))
    }
}

fn fill<R, T>(rows: &mut [R], values: Vec<T>, set: impl Fn(&mut R, T)) {
    for (row, value) in rows.iter_mut().zip(values) {
        set(row, value);
    }
}

impl<'g> Part<'g> {
    fn of(snapshot: &'g Snapshot, source: usize, rows: Vec<u32>) -> Result<Self> {
        let source = snapshot.registration_source(source);
        let source = source.ok_or_else(|| Error::corrupt("there are no such registrations"))?;
        Ok(Part { source, rows })
    }
}

/// The namespace of a unit.
pub(super) fn namespace_of<'s>(snapshot: &'s Snapshot, unit: &Placed) -> Result<&'s str> {
    let segment = snapshot.segments().get(unit.segment);
    let names = segment.map(|it| it.units.namespaces()).unwrap_or_default();
    let name = names.get(usize::try_from(unit.namespace).unwrap_or(usize::MAX));
    name.map(String::as_str).ok_or_else(|| Error::corrupt("a unit is of no namespace"))
}
