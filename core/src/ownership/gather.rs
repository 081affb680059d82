//! Fields of registrations of several segments, in the order in which they are wanted.

use super::join::{Pair, permissions_of, role_of};
use crate::calendar::Instant;
use crate::error::{Error, Result};
use crate::index::{RegistrationSource, Snapshot};
use crate::query::Placed;
use crate::registry::{ContactText, Permissions, Registration, RegistrationField as Field, Role};

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

impl Gather<'_> {
    /// Values of each row, read source by source.
    fn each_source<T: Clone + Default>(
        &self,
        read: impl Fn(RegistrationSource<'_>, &[u32]) -> Result<Vec<T>>,
    ) -> Result<Vec<T>> {
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

    /// Calls back with the text of a field of each row.
    pub(super) fn each_text(
        &self,
        field: Field,
        mut call: impl FnMut(Option<&str>) -> Result<()>,
    ) -> Result<()> {
        // Rows of one source that ascend are read without a copy.
        let first = self.rows.first().map_or(0, |it| it.pair.source);
        if self.rows.iter().all(|it| it.pair.source == first)
            && self.rows.is_sorted_by_key(|it| it.pair.row)
            && let Some(source) = self.snapshot.registration_source(first)
        {
            let rows: Vec<u32> = self.rows.iter().map(|it| it.pair.row).collect();
            return source.each_text(field, &rows, call);
        }
        let texts = self.texts(field)?;
        texts.iter().try_for_each(|text| call(text.as_deref()))
    }

    pub(super) fn texts(&self, field: Field) -> Result<Vec<Option<String>>> {
        self.each_source(|source, rows| {
            let mut texts = Vec::with_capacity(rows.len());
            source.each_text(field, rows, |text| {
                texts.push(text.map(str::to_owned));
                Ok(())
            })?;
            Ok(texts)
        })
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
    pub(super) fn serials(&self) -> Result<Vec<String>> {
        let families = self.snapshot.schema().families();
        let mut serials: Vec<String> = Vec::with_capacity(self.rows.len());
        let mut before = None;
        for row in self.rows {
            let same = serials.last().filter(|_| before == Some(row.unit)).cloned();
            serials.push(match same {
                Some(same) => same,
                None => families.text(&self.unit(row)?.key)?,
            });
            before = Some(row.unit);
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
        for (serial, namespace) in self.serials()?.into_iter().zip(self.namespaces()?) {
            let namespace = namespace.to_owned();
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
