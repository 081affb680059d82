//! Units of a set, so many at a time.

use super::serial_column::{Output, SerialColumn};
use crate::error::{Error, Result};
use crate::index::Snapshot;
use crate::query::UnitSet;
use crate::query::order::{Placed, SerialOrder};
use crate::schema::Schema;
use crate::serial::SerialKey;

/// Takes the units of a set in serial order, a page at a time.
pub(super) struct Pages {
    snapshot: Snapshot,
    /// None once there are no more, or after an error.
    order: Option<SerialOrder>,
    units_max: usize,
}

/// Units in serial order, and where they are.
pub(super) struct Page {
    pub(super) units: Vec<Placed>,
    /// For each segment of the snapshot the rows that are of it, ascending, and their places in
    /// `units`.
    pub(super) rows: Vec<Vec<(u32, usize)>>,
}

impl Pages {
    /// Pages of at most `units_max` units, and of at least one.
    pub(super) fn new(set: &UnitSet, units_max: usize) -> Self {
        Pages {
            snapshot: set.snapshot().clone(),
            order: Some(SerialOrder::new(set.clone())),
            units_max: units_max.max(1),
        }
    }

    pub(super) fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The next page, as `make` has it. After an error there is none.
    pub(super) fn next_as<T>(
        &mut self,
        make: impl FnOnce(&Snapshot, &Page) -> Result<T>,
    ) -> Option<Result<T>> {
        let made = match self.page() {
            Ok(page) => make(&self.snapshot, &page?),
            Err(error) => Err(error),
        };
        if made.is_err() {
            self.order = None;
        }
        Some(made)
    }

    fn page(&mut self) -> Result<Option<Page>> {
        let Some(order) = &mut self.order else { return Ok(None) };
        let units = order.take_units(self.units_max)?;
        if units.is_empty() {
            self.order = None;
            return Ok(None);
        }
        let mut rows = vec![Vec::new(); self.snapshot.segments().len()];
        for (at, unit) in units.iter().enumerate() {
            if let Some(rows) = rows.get_mut(unit.segment) {
                rows.push((unit.row, at));
            }
        }
        Ok(Some(Page { units, rows }))
    }
}

/// Puts the text of a serial in the place of what `out` holds.
pub(super) fn read_serial(schema: &Schema, key: &SerialKey, out: &mut String) -> Result<()> {
    out.clear();
    match key {
        SerialKey::Opaque(text) => {
            out.push_str(text);
            Ok(())
        }
        SerialKey::Coded { family, code } => match schema.families().family(*family) {
            Some(family) => family.decode_into(*code, out),
            None => Err(Error::corrupt(format!("serial family {} is not declared", family.0))),
        },
    }
}

/// The name of a namespace of a segment.
pub(super) fn namespace(snapshot: &Snapshot, segment: usize, number: u64) -> Result<&str> {
    let segment = snapshot.segments().get(segment);
    let number = usize::try_from(number).ok();
    let name = segment.zip(number).and_then(|(it, number)| it.units.namespaces().get(number));
    name.map(String::as_str).ok_or_else(|| Error::corrupt("segment: a serial is of no namespace"))
}

/// The columns of these names: of the schema, or what serials say, such as `serial.plant`.
///
/// # Errors
///
/// `not_found` for a name that no column has; `invalid_argument` for a column named twice.
pub(super) fn outputs(schema: &Schema, names: &[&str]) -> Result<Vec<Output>> {
    let mut outputs = Vec::with_capacity(names.len());
    for name in names {
        let column = schema.position(name).map(Output::Column);
        let output = column.or_else(|| SerialColumn::find(schema, name).map(Output::Serial));
        let output =
            output.ok_or_else(|| Error::not_found(format!("there is no column `{name}`")))?;
        if outputs.contains(&output) {
            return Err(Error::invalid(format!("column `{name}` is named twice")));
        }
        outputs.push(output);
    }
    Ok(outputs)
}
