//! The units of a set as Arrow record batches.

use std::fmt;
use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, DictionaryArray, Float64Array, Int32Array, Int64Array,
    RecordBatch, StringArray, TimestampMicrosecondArray,
};
use arrow_schema::{DataType, Field, Schema as ArrowSchema, SchemaRef, TimeUnit};

use super::cells::Cells;
use super::pages::{Page, Pages, namespace, outputs, read_serial};
use super::serial_column::{Output, SerialColumn};
use crate::column::ordinal_number;
use crate::error::{Error, Result};
use crate::index::Snapshot;
use crate::query::UnitSet;
use crate::schema::{Column, ColumnType, Value};

/// Units that a batch has, at most.
const BATCH_UNITS_MAX: usize = 65_536;

/// The units of a [`UnitSet`] as record batches, in serial order. Made by [`UnitSet::batches`].
///
/// # Examples
///
/// ```
/// use seriatim::io::MemoryDirectory;
/// use seriatim::{Column, ColumnType, Index, Schema};
///
/// let schema = Schema::new(vec![Column::new("lot", ColumnType::Text)?])?;
/// let index = Index::create_in(MemoryDirectory::new(), schema)?;
/// let mut batches = index.snapshot().all().batches(&["lot"], 1_000)?;
/// assert_eq!(batches.schema().field(1).name(), "lot");
/// assert!(batches.next().is_none());
/// # Ok::<(), seriatim::Error>(())
/// ```
pub struct UnitBatches {
    pages: Pages,
    with_namespace: bool,
    columns: Vec<Output>,
    schema: SchemaRef,
}

impl UnitSet {
    /// The units in serial order, as record batches of their serials and of these columns.
    /// `serial.plant` is a field of the serial, a whole number or a text; `serial.made` is when it
    /// says that it was made, a text as in a scope: `2018-03-15`, `2018-W07`, `2018-03`.
    ///
    /// The first column is `serial`, of `utf8`, as no two are the same; where the index has a
    /// namespace that is not empty, `namespace` is next. Texts, versions and namespaces are
    /// `dictionary(int32, utf8)`, each batch with a dictionary of the texts it has; many texts a
    /// unit are `list(utf8)`, integers `int64`, floats `float64`, days `date32`, instants
    /// `timestamp(us)` with the zone of their column, truths `boolean`. What is missing is null.
    ///
    /// A batch has `batch_units` units, at least 1 and at most 65,536; the last may have fewer.
    /// Reads as it goes, so that memory is bounded by a batch; the first error ends it.
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
    /// let units = (1..=5).map(|n| Record::of_serial(format!("A{n}")));
    /// index.load_units(Units::records(units), LoadOptions::default())?;
    ///
    /// let batches = index.snapshot().all().batches(&["lot"], 2)?;
    /// let rows = batches.map(|batch| Ok(batch?.num_rows()));
    /// assert_eq!(rows.collect::<Result<Vec<_>, seriatim::Error>>()?, [2, 2, 1]);
    /// # Ok::<(), seriatim::Error>(())
    /// ```
    pub fn batches(&self, columns: &[&str], batch_units: usize) -> Result<UnitBatches> {
        let snapshot = self.snapshot();
        let columns = outputs(snapshot.schema(), columns)?;
        let mut names = snapshot.segments().iter().flat_map(|it| it.units.namespaces());
        let with_namespace = names.any(|name| !name.is_empty());
        let mut fields = vec![Field::new("serial", DataType::Utf8, false)];
        if with_namespace {
            fields.push(Field::new("namespace", dictionary_type(), false));
        }
        for output in &columns {
            match output {
                Output::Serial(column) if column.has_numbers() => {
                    fields.push(Field::new(column.name(), DataType::Int64, true));
                }
                Output::Serial(column) => {
                    fields.push(Field::new(column.name(), dictionary_type(), true));
                }
                Output::Column(place) => {
                    if let Some(column) = snapshot.schema().columns().get(*place) {
                        fields.push(Field::new(column.name(), data_type(column)?, true));
                    }
                }
            }
        }
        Ok(UnitBatches {
            pages: Pages::new(self, batch_units.min(BATCH_UNITS_MAX)),
            with_namespace,
            columns,
            schema: Arc::new(ArrowSchema::new(fields)),
        })
    }
}

impl UnitBatches {
    /// The schema of every batch.
    pub fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }
}

impl Iterator for UnitBatches {
    type Item = Result<RecordBatch>;

    fn next(&mut self) -> Option<Result<RecordBatch>> {
        let UnitBatches { pages, with_namespace, columns, schema } = self;
        pages.next_as(|snapshot, page| {
            let mut arrays = vec![serials(snapshot, page)?];
            if *with_namespace {
                arrays.push(namespaces(snapshot, page)?);
            }
            for output in columns.iter() {
                arrays.push(match output {
                    Output::Serial(column) => of_serials(snapshot, page, column)?,
                    Output::Column(place) => array(&Cells::read(snapshot, page, *place)?)?,
                });
            }
            RecordBatch::try_new(Arc::clone(schema), arrays).map_err(|source| {
                Error::invalid("the columns make no record batch").caused_by(source)
            })
        })
    }
}

impl fmt::Debug for UnitBatches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UnitBatches({:?})", self.pages.snapshot())
    }
}

fn dictionary_type() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

fn data_type(column: &Column) -> Result<DataType> {
    Ok(match column.column_type() {
        ColumnType::Text | ColumnType::Version => dictionary_type(),
        ColumnType::Integer => DataType::Int64,
        ColumnType::Float => DataType::Float64,
        ColumnType::Date => DataType::Date32,
        ColumnType::Timestamp => {
            DataType::Timestamp(TimeUnit::Microsecond, Some(column.zone()?.name().into()))
        }
        ColumnType::Boolean => DataType::Boolean,
        ColumnType::TextList => DataType::List(Arc::new(Field::new("item", DataType::Utf8, true))),
    })
}

fn serials(snapshot: &Snapshot, page: &Page) -> Result<ArrayRef> {
    let mut serials = StringBuilder::new();
    let mut serial = String::new();
    for unit in &page.units {
        read_serial(snapshot.schema(), &unit.key, &mut serial)?;
        serials.append_value(&serial);
    }
    Ok(Arc::new(serials.finish()))
}

fn namespaces(snapshot: &Snapshot, page: &Page) -> Result<ArrayRef> {
    let cells = page.units.iter().map(|unit| Some((unit.segment, u64::from(unit.namespace))));
    texts(cells, |segment, number| namespace(snapshot, segment, number))
}

/// What the serials of a page say.
fn of_serials(snapshot: &Snapshot, page: &Page, column: &SerialColumn) -> Result<ArrayRef> {
    let values: Vec<Option<Value>> =
        page.units.iter().map(|unit| column.value(snapshot.schema(), &unit.key)).collect();
    if column.has_numbers() {
        let number = |value: &Option<Value>| match value {
            Some(Value::Integer(number)) => Some(*number),
            _ => None,
        };
        return Ok(Arc::new(values.iter().map(number).collect::<Int64Array>()));
    }
    let text = |value: &Option<Value>| match value {
        Some(Value::Text(text)) => Some(text.clone()),
        _ => None,
    };
    let listed: Vec<Option<String>> = values.iter().map(text).collect();
    let cells = listed.iter().enumerate().map(|(at, it)| it.as_ref().map(|_| (0, at as u64)));
    texts(cells, |_, at| {
        let text = usize::try_from(at).ok().and_then(|at| listed.get(at)?.as_deref());
        text.ok_or_else(|| Error::corrupt("a serial is not where it was"))
    })
}

fn array(cells: &Cells<'_>) -> Result<ArrayRef> {
    let column = cells.column()?;
    let numbers = || cells.ordinals().map(|cell| cell.map(|(_, it)| ordinal_number(it)));
    Ok(match column.column_type() {
        ColumnType::Text | ColumnType::Version => texts(cells.ordinals(), |segment, ordinal| {
            cells.reader(segment).and_then(|reader| reader.text(ordinal))
        })?,
        ColumnType::Integer => Arc::new(numbers().collect::<Int64Array>()),
        ColumnType::Float => {
            let float = |(segment, ordinal)| match cells.reader(segment)?.value_of(ordinal)? {
                Value::Float(float) => Ok(float),
                _ => Err(Error::corrupt("a column of floats has another value")),
            };
            let floats = cells.ordinals().map(|cell| cell.map(float).transpose());
            Arc::new(floats.collect::<Result<Float64Array>>()?)
        }
        ColumnType::Date => {
            let day = |number| {
                i32::try_from(number)
                    .map_err(|_| Error::corrupt("a column has a value outside the calendar"))
            };
            let days = numbers().map(|number| number.map(day).transpose());
            Arc::new(days.collect::<Result<Date32Array>>()?)
        }
        ColumnType::Timestamp => {
            let instants: TimestampMicrosecondArray = numbers().collect();
            Arc::new(instants.with_timezone(column.zone()?.name()))
        }
        ColumnType::Boolean => {
            let truths = cells.ordinals().map(|cell| cell.map(|(_, it)| it != 0));
            Arc::new(truths.collect::<BooleanArray>())
        }
        ColumnType::TextList => lists(cells)?,
    })
}

/// Texts of a page with a dictionary of them, which ascends; `text` reads one of a segment.
fn texts<'a>(
    cells: impl Iterator<Item = Option<(usize, u64)>>,
    text: impl Fn(usize, u64) -> Result<&'a str>,
) -> Result<ArrayRef> {
    let cells: Vec<Option<(usize, u64)>> = cells.collect();
    let mut distinct: Vec<(usize, u64)> = cells.iter().copied().flatten().collect();
    distinct.sort_unstable();
    distinct.dedup();
    let read = distinct.iter().map(|(segment, ordinal)| text(*segment, *ordinal));
    let read = read.collect::<Result<Vec<&str>>>()?;
    let mut dictionary = read.clone();
    dictionary.sort_unstable();
    dictionary.dedup();
    let key = |cell: (usize, u64)| {
        let text = distinct.binary_search(&cell).ok().and_then(|at| read.get(at))?;
        dictionary.binary_search(text).ok().and_then(|at| i32::try_from(at).ok())
    };
    let keys: Int32Array = cells.into_iter().map(|cell| cell.and_then(key)).collect();
    let values = Arc::new(StringArray::from_iter_values(dictionary));
    let array = DictionaryArray::<Int32Type>::try_new(keys, values)
        .map_err(|source| Error::invalid("the texts make no dictionary").caused_by(source))?;
    Ok(Arc::new(array))
}

fn lists(cells: &Cells<'_>) -> Result<ArrayRef> {
    let mut lists = ListBuilder::new(StringBuilder::new());
    for list in cells.lists() {
        if let Some((segment, codes)) = list {
            let reader = cells.reader(segment)?;
            for code in codes {
                lists.values().append_value(reader.text(u64::from(*code))?);
            }
        }
        lists.append(list.is_some());
    }
    Ok(Arc::new(lists.finish()))
}
