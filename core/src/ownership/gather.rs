//! Fields of registrations of several segments, in the order in which they are wanted.

use super::join::{Pair, permissions_of, role_of};
use crate::calendar::Instant;
use crate::error::{Error, Result};
use crate::index::{RegistrationSource, Snapshot};
use crate::query::Placed;
use crate::registry::{ContactText, Permissions, Registration, RegistrationField as Field, Role};
use crate::segment::TextBuffer;

/// A registration, and its unit among those of a batch.
#[derive(Clone, Copy, Debug)]
pub(super) struct Joined {
    pub(super) unit: usize,
    pub(super) pair: Pair,
}

/// Registrations of which fields are wanted, in order.
pub(super) struct Gather<'g> {
    pub(super) snapshot: &'g Snapshot,
    pub(super) units: &'g [Placed],
    pub(super) rows: &'g [Joined],
}

/// Rows of a run, on average, from which reading run by run is better than putting rows in order.
const RUN_ROWS: usize = 64;

impl Gather<'_> {
    /// The rows in their order, cut where they are of another source or go back. Rows of one facility
    /// or one load make few such runs.
    fn runs(&self) -> impl Iterator<Item = &[Joined]> {
        self.rows.chunk_by(|a, b| a.pair.source == b.pair.source && a.pair.row <= b.pair.row)
    }

    /// Whether the runs are long.
    fn is_orderly(&self) -> bool {
        self.runs().take(self.rows.len() / RUN_ROWS + 2).count() <= self.rows.len() / RUN_ROWS + 1
    }

    /// Calls back with the source of each run and its rows there.
    fn each_run(
        &self,
        mut call: impl FnMut(RegistrationSource<'_>, &[u32]) -> Result<()>,
    ) -> Result<()> {
        let mut rows = Vec::new();
        for run in self.runs() {
            let source =
                run.first().and_then(|it| self.snapshot.registration_source(it.pair.source));
            let source = source.ok_or_else(|| Error::corrupt("there are no such registrations"))?;
            rows.clear();
            rows.extend(run.iter().map(|it| it.pair.row));
            call(source, &rows)?;
        }
        Ok(())
    }

    /// Values of each row, read source by source.
    fn each_source<T: Clone + Default>(
        &self,
        read: impl Fn(RegistrationSource<'_>, &[u32]) -> Result<Vec<T>>,
    ) -> Result<Vec<T>> {
        if self.is_orderly() {
            let mut values = Vec::with_capacity(self.rows.len());
            self.each_run(|source, rows| {
                values.append(&mut read(source, rows)?);
                Ok(())
            })?;
            return Ok(values);
        }
        let mut values = vec![T::default(); self.rows.len()];
        for (source, from) in self.snapshot.registration_sources().enumerate() {
            let ours = self.rows.iter().enumerate().filter(|(_, it)| it.pair.source == source);
            // A column reads rows that ascend much faster than any others.
            let mut ours: Vec<(u32, usize)> = ours.map(|(at, it)| (it.pair.row, at)).collect();
            ours.sort_unstable();
            let rows: Vec<u32> = ours.iter().map(|it| it.0).collect();
            for ((_, place), value) in ours.iter().zip(read(from, &rows)?) {
                if let Some(slot) = values.get_mut(*place) {
                    *slot = value;
                }
            }
        }
        Ok(values)
    }

    /// The text of a field of each row.
    pub(super) fn text_buffer(&self, field: Field) -> Result<TextBuffer> {
        let mut texts = TextBuffer::with_capacity(self.rows.len());
        if self.is_orderly() {
            self.each_run(|source, rows| source.texts_into(field, rows, &mut texts))?;
            return Ok(texts);
        }
        let read = self.each_source(|source, rows| {
            let mut texts = TextBuffer::with_capacity(rows.len());
            source.texts_into(field, rows, &mut texts)?;
            texts.into_texts()
        })?;
        for text in read {
            texts.push(text.as_deref().map(str::as_bytes));
        }
        Ok(texts)
    }

    /// Calls back with the text of a field of each row.
    pub(super) fn each_text(
        &self,
        field: Field,
        mut call: impl FnMut(Option<&str>) -> Result<()>,
    ) -> Result<()> {
        // Rows that ascend are read without a copy.
        if self.is_orderly() {
            return self.each_run(|source, rows| source.each_text(field, rows, &mut call));
        }
        let texts = self.texts(field)?;
        texts.iter().try_for_each(|text| call(text.as_deref()))
    }

    pub(super) fn texts(&self, field: Field) -> Result<Vec<Option<String>>> {
        self.text_buffer(field)?.into_texts()
    }

    pub(super) fn numbers(&self, name: &str) -> Result<Vec<Option<i64>>> {
        self.each_source(|source, rows| source.numbers(name, rows))
    }

    pub(super) fn permissions(&self) -> Result<Vec<Permissions>> {
        self.each_source(permissions_of)
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
        let families = self.snapshot.schema().families();
        let mut serials = TextBuffer::with_capacity(self.rows.len());
        let (mut before, mut text) = (None, String::new());
        for row in self.rows {
            if before == Some(row.unit) {
                serials.repeat_last();
                continue;
            }
            before = Some(row.unit);
            text.clear();
            families.text_into(&self.unit(row)?.key, &mut text)?;
            serials.push(Some(text.as_bytes()));
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
        fill(&mut found, self.permissions()?, |it, value| it.permissions = value);
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

/// The namespace of a unit.
pub(super) fn namespace_of<'s>(snapshot: &'s Snapshot, unit: &Placed) -> Result<&'s str> {
    let segment = snapshot.segments().get(unit.segment);
    let names = segment.map(|it| it.units.namespaces()).unwrap_or_default();
    let name = names.get(usize::try_from(unit.namespace).unwrap_or(usize::MAX));
    name.map(String::as_str).ok_or_else(|| Error::corrupt("a unit is of no namespace"))
}
