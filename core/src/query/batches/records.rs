//! The units of a set as records.

use std::fmt;
use std::vec;

use super::cells::Cells;
use super::pages::{Page, Pages, namespace, outputs, read_serial};
use super::serial_column::Output;
use crate::error::Result;
use crate::index::Snapshot;
use crate::query::UnitSet;
use crate::schema::{Record, Value};

/// Units that are read at a time.
const PAGE_UNITS: usize = 4096;

/// The units of a [`UnitSet`] as records, in serial order. Made by [`UnitSet::records`].
///
/// # Examples
///
/// ```
/// use seriatim::io::MemoryDirectory;
/// use seriatim::{Index, Schema};
///
/// let index = Index::create_in(MemoryDirectory::new(), Schema::new(vec![])?)?;
/// assert!(index.snapshot().all().records(&[])?.next().is_none());
/// # Ok::<(), seriatim::Error>(())
/// ```
pub struct RecordIter {
    pages: Pages,
    columns: Vec<Output>,
    ready: vec::IntoIter<Record>,
}

impl UnitSet {
    /// The units in serial order, with what is known of these columns. `serial.plant` is a field of
    /// the serial, and `serial.made` when it says that it was made, as a scope writes that:
    /// `2018-03-15`, `2018-W07`, `2018-03`.
    ///
    /// Reads as it goes; the first error ends it.
    ///
    /// # Errors
    ///
    /// `not_found` when there is no such column; `invalid_argument` when one is named twice. While
    /// it is read, `corrupt` and `io`.
    ///
    /// # Examples
    ///
    /// ```
    /// use seriatim::io::MemoryDirectory;
    /// use seriatim::{Column, ColumnType, Index, LoadOptions, Record, Schema, Units, Value};
    ///
    /// let schema = Schema::new(vec![Column::new("lot", ColumnType::Text)?])?;
    /// let index = Index::create_in(MemoryDirectory::new(), schema)?;
    /// let units = ["A2", "A1"].map(|serial| {
    ///     Record::of_serial(serial).with("lot", Value::Text(format!("lot of {serial}")))
    /// });
    /// index.load_units(Units::records(units.clone()), LoadOptions::default())?;
    ///
    /// let mut records = index.snapshot().all().records(&["lot"])?;
    /// assert_eq!(records.next().transpose()?.as_ref(), Some(&units[1]));
    /// assert_eq!(records.next().transpose()?.as_ref(), Some(&units[0]));
    /// # Ok::<(), seriatim::Error>(())
    /// ```
    pub fn records(&self, columns: &[&str]) -> Result<RecordIter> {
        let columns = outputs(self.snapshot().schema(), columns)?;
        let pages = Pages::new(self, PAGE_UNITS);
        Ok(RecordIter { pages, columns, ready: Vec::new().into_iter() })
    }
}

impl Iterator for RecordIter {
    type Item = Result<Record>;

    fn next(&mut self) -> Option<Result<Record>> {
        if let Some(record) = self.ready.next() {
            return Some(Ok(record));
        }
        let columns = &self.columns;
        match self.pages.next_as(|snapshot, page| records(snapshot, page, columns))? {
            Ok(records) => {
                self.ready = records.into_iter();
                self.ready.next().map(Ok)
            }
            Err(error) => Some(Err(error)),
        }
    }
}

fn records(snapshot: &Snapshot, page: &Page, columns: &[Output]) -> Result<Vec<Record>> {
    let mut records = Vec::with_capacity(page.units.len());
    for unit in &page.units {
        let mut serial = String::new();
        read_serial(snapshot.schema(), &unit.key, &mut serial)?;
        let namespace = namespace(snapshot, unit.segment, u64::from(unit.namespace))?;
        records.push(Record::of_serial(serial).in_namespace(namespace));
    }
    let schema = snapshot.schema();
    for output in columns {
        let mut put = |at: usize, name: &str, value: Option<Value>| {
            if let Some((record, value)) = records.get_mut(at).zip(value) {
                *record = std::mem::take(record).with(name, value);
            }
        };
        match output {
            Output::Serial(column) => {
                for (at, unit) in page.units.iter().enumerate() {
                    put(at, column.name(), column.value(schema, &unit.key));
                }
            }
            Output::Column(place) => {
                let Some(column) = schema.columns().get(*place) else { continue };
                let cells = Cells::read(snapshot, page, *place)?;
                for at in 0..page.units.len() {
                    put(at, column.name(), cells.value(at)?);
                }
            }
        }
    }
    Ok(records)
}

impl fmt::Debug for RecordIter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordIter({:?})", self.pages.snapshot())
    }
}
