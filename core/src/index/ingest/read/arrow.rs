//! From an Arrow record batch to a block of rows.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, Float32Type, Float64Type, Int8Type, Int16Type,
    Int32Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Schema as ArrowSchema, TimeUnit};

use super::faults::Faults;
use super::texts::{each_text, is_text, texts};
use super::values::{instant, parse_numbers};
use crate::calendar::Date;
use crate::error::{Error, Result};
use crate::index::ingest::block::{Block, BlockColumn, BlockKeys, BlockTexts, Origin};
use crate::index::ingest::interner::MISSING;
use crate::index::ingest::shape::{InputColumn, Shape, ShapeColumn};
use crate::schema::ColumnType;

/// The columns of an Arrow schema, and the types their values would have in an index.
pub(super) fn input_columns(schema: &ArrowSchema) -> Vec<InputColumn> {
    let column = |field: &Arc<arrow_schema::Field>| InputColumn {
        name: field.name().clone(),
        column_type: column_type(field.data_type()),
    };
    schema.fields().iter().map(column).collect()
}

fn column_type(data_type: &DataType) -> Option<ColumnType> {
    Some(match data_type {
        text if is_text(text) => ColumnType::Text,
        integer if integer.is_integer() => ColumnType::Integer,
        DataType::Float32 | DataType::Float64 => ColumnType::Float,
        DataType::Date32 | DataType::Date64 => ColumnType::Date,
        DataType::Timestamp(..) => ColumnType::Timestamp,
        DataType::Boolean => ColumnType::Boolean,
        DataType::List(item) | DataType::LargeList(item) if is_text(item.data_type()) => {
            ColumnType::TextList
        }
        _ => return None,
    })
}

/// Checks and types the rows of a batch.
pub(super) fn block(batch: &RecordBatch, origin: &Origin, shape: &Shape) -> Result<Block> {
    let mut faults = Faults::new(origin, shape.collects);
    let find = |name: &str| {
        let missing = || Error::invalid(format!("{}: the column `{name}` is gone", origin.input));
        batch.column_by_name(name).ok_or_else(missing)
    };
    let within =
        |name: &str, error: Error| error.within(format!("{}, column `{name}`", origin.input));
    let serials = find(&shape.serial)?;
    let keys = keys(serials, shape, &mut faults).map_err(|it| within(&shape.serial, it))?;
    let namespaces = match &shape.namespace {
        None => None,
        Some(name) => {
            let texts = texts(find(name)?).map_err(|it| within(name, it))?;
            for (place, code) in (0u32..).zip(&texts.codes) {
                if *code == MISSING && !shape.namespace_optional {
                    faults.add(place, name, Error::invalid("the namespace is missing"));
                }
            }
            Some(texts)
        }
    };
    let column = |column: &ShapeColumn, faults: &mut Faults<'_>| match &column.input {
        None => Ok(BlockColumn::Absent),
        Some(name) => values(find(name)?, column, faults).map_err(|it| within(name, it)),
    };
    let columns =
        shape.columns.iter().map(|it| column(it, &mut faults)).collect::<Result<Vec<_>>>()?;
    let mut block =
        Block { rows: batch.num_rows(), keys, namespaces, columns, rejected: Vec::new() };
    faults.settle(&mut block, shape)?;
    Ok(block)
}

fn keys(serials: &ArrayRef, shape: &Shape, faults: &mut Faults<'_>) -> Result<BlockKeys> {
    if !is_text(serials.data_type()) {
        return Err(Error::invalid(format!(
            "serials are text, but the input has {}; a number has lost its leading zeros, so give \
             the serials as they are on the label",
            serials.data_type()
        )));
    }
    let mut keys = BlockKeys::default();
    let mut place = 0;
    each_text(serials, |serial| {
        let classified = serial
            .ok_or_else(|| Error::invalid("the serial is missing"))
            .and_then(|serial| shape.families.classify(serial));
        faults.key(place, &shape.serial, classified, &mut keys);
        place += 1;
        Ok(())
    })?;
    Ok(keys)
}

fn values(array: &ArrayRef, column: &ShapeColumn, faults: &mut Faults<'_>) -> Result<BlockColumn> {
    let data_type = array.data_type();
    if is_text(data_type) && column.column_type != ColumnType::TextList {
        let texts = texts(array)?;
        return Ok(match column.column_type {
            ColumnType::Text | ColumnType::Version => BlockColumn::Texts(texts),
            _ => parse_numbers(&texts, column, faults),
        });
    }
    match (column.column_type, data_type) {
        (ColumnType::Integer, _) if data_type.is_integer() => integers(array, column, faults),
        (ColumnType::Float, _) => floats(array),
        (ColumnType::Date, DataType::Date32) => {
            Ok(numbers::<Date32Type>(array, column, faults, |days| {
                Date::from_days(days).map(|date| i64::from(date.days()))
            }))
        }
        (ColumnType::Date, DataType::Date64) => {
            Ok(numbers::<Date64Type>(array, column, faults, whole_day))
        }
        (ColumnType::Timestamp, DataType::Timestamp(unit, zone)) => {
            Ok(timestamps(array, (*unit, zone.is_some()), column, faults))
        }
        (ColumnType::Boolean, DataType::Boolean) => Ok(booleans(array)),
        (ColumnType::TextList, DataType::List(_) | DataType::LargeList(_)) => {
            lists(array, column, faults)
        }
        (column_type, _) => Err(Error::invalid(format!(
            "the column holds {} values, but the input has {data_type}; cast it, or declare another type",
            column_type.name()
        ))),
    }
}

/// The values of a primitive array; one that does not fit is a fault of its row.
fn numbers<T: ArrowPrimitiveType>(
    array: &ArrayRef,
    column: &ShapeColumn,
    faults: &mut Faults<'_>,
    fit: impl Fn(T::Native) -> Result<i64>,
) -> BlockColumn {
    let array = array.as_primitive::<T>();
    let mut values = Vec::with_capacity(array.len());
    for (place, value) in (0u32..).zip(array.values()) {
        values.push(match fit(*value) {
            Ok(value) => value,
            Err(_) if array.is_null(values.len()) => 0,
            Err(error) => {
                faults.add(place, column.name(), column.told(error));
                0
            }
        });
    }
    BlockColumn::Numbers { values, missing: missing(array) }
}

fn integers(
    array: &ArrayRef,
    column: &ShapeColumn,
    faults: &mut Faults<'_>,
) -> Result<BlockColumn> {
    let too_large =
        |value| Error::invalid(format!("{value} does not fit in a signed 64-bit number"));
    Ok(match array.data_type() {
        DataType::Int8 => numbers::<Int8Type>(array, column, faults, |it| Ok(it.into())),
        DataType::Int16 => numbers::<Int16Type>(array, column, faults, |it| Ok(it.into())),
        DataType::Int32 => numbers::<Int32Type>(array, column, faults, |it| Ok(it.into())),
        DataType::Int64 => numbers::<Int64Type>(array, column, faults, Ok),
        DataType::UInt8 => numbers::<UInt8Type>(array, column, faults, |it| Ok(it.into())),
        DataType::UInt16 => numbers::<UInt16Type>(array, column, faults, |it| Ok(it.into())),
        DataType::UInt32 => numbers::<UInt32Type>(array, column, faults, |it| Ok(it.into())),
        DataType::UInt64 => numbers::<UInt64Type>(array, column, faults, |it| {
            i64::try_from(it).map_err(|_| too_large(it))
        }),
        other => return Err(Error::invalid(format!("{other} values are not whole numbers"))),
    })
}

fn floats(array: &ArrayRef) -> Result<BlockColumn> {
    let values: Vec<f64> = match array.data_type() {
        DataType::Float32 => {
            array.as_primitive::<Float32Type>().values().iter().map(|it| f64::from(*it)).collect()
        }
        DataType::Float64 => array.as_primitive::<Float64Type>().values().to_vec(),
        other => {
            return Err(Error::invalid(format!(
                "the column holds float values, but the input has {other}; cast it"
            )));
        }
    };
    let places = (0u32..).zip(&values);
    let gone = |place: u32| array.is_null(usize::try_from(place).unwrap_or(usize::MAX));
    let missing = if array.null_count() == 0 {
        places.filter(|(_, value)| value.is_nan()).map(|(place, _)| place).collect()
    } else {
        places.filter(|(at, value)| value.is_nan() || gone(*at)).map(|(place, _)| place).collect()
    };
    Ok(BlockColumn::Floats { values, missing })
}

fn whole_day(millis: i64) -> Result<i64> {
    const DAY: i64 = 86_400_000;
    let days = i32::try_from(millis.div_euclid(DAY)).ok().filter(|_| millis.rem_euclid(DAY) == 0);
    let days =
        days.ok_or_else(|| Error::invalid("a date with a time of day; declare a timestamp"))?;
    Date::from_days(days).map(|date| i64::from(date.days()))
}

fn timestamps(
    array: &ArrayRef,
    (unit, has_zone): (TimeUnit, bool),
    column: &ShapeColumn,
    faults: &mut Faults<'_>,
) -> BlockColumn {
    // Without a zone of its own, a timestamp is local time of the column's zone.
    let settle = |micros: i64| {
        if has_zone || column.zone.is_utc() {
            instant(micros)
        } else {
            column.zone.local(micros).map(crate::calendar::Instant::micros)
        }
    };
    let scaled = |value: i64, factor: i64| {
        let micros = value.checked_mul(factor);
        settle(micros.ok_or_else(|| Error::invalid("the instant is too far away"))?)
    };
    match unit {
        TimeUnit::Second => {
            numbers::<TimestampSecondType>(array, column, faults, |it| scaled(it, 1_000_000))
        }
        TimeUnit::Millisecond => {
            numbers::<TimestampMillisecondType>(array, column, faults, |it| scaled(it, 1_000))
        }
        TimeUnit::Microsecond => {
            numbers::<TimestampMicrosecondType>(array, column, faults, |it| scaled(it, 1))
        }
        TimeUnit::Nanosecond => numbers::<TimestampNanosecondType>(array, column, faults, |it| {
            if it % 1_000 == 0 {
                scaled(it / 1_000, 1)
            } else {
                Err(Error::invalid("the instant is finer than a microsecond"))
            }
        }),
    }
}

fn booleans(array: &ArrayRef) -> BlockColumn {
    let array = array.as_boolean();
    let values = array.values().iter().map(i64::from).collect();
    BlockColumn::Numbers { values, missing: missing(array) }
}

fn lists(array: &ArrayRef, column: &ShapeColumn, faults: &mut Faults<'_>) -> Result<BlockColumn> {
    let (offsets, values): (Vec<usize>, &ArrayRef) = if let Some(list) = array.as_list_opt::<i32>()
    {
        (list.offsets().iter().filter_map(|it| usize::try_from(*it).ok()).collect(), list.values())
    } else {
        let list = array.as_list::<i64>();
        (list.offsets().iter().filter_map(|it| usize::try_from(*it).ok()).collect(), list.values())
    };
    let items: BlockTexts = texts(values)?;
    let (mut ends, mut codes) = (Vec::with_capacity(array.len()), Vec::new());
    for (place, bounds) in (0u32..).zip(offsets.windows(2)) {
        let &[start, end] = bounds else { continue };
        let row = items.codes.get(start..end).unwrap_or_default();
        let gone = array.is_null(ends.len());
        if !gone && row.contains(&MISSING) {
            faults.add(place, column.name(), Error::invalid("a text of the list is missing"));
        } else if !gone {
            codes.extend_from_slice(row);
        }
        let end = u32::try_from(codes.len());
        ends.push(end.map_err(|_| Error::unsupported("too many list entries in one batch"))?);
    }
    Ok(BlockColumn::Lists { distinct: items.distinct, ends, codes, missing: missing(array) })
}

/// The places of nulls, ascending.
fn missing(array: &dyn Array) -> Vec<u32> {
    if array.null_count() == 0 {
        return Vec::new();
    }
    let gone = |place: &u32| array.is_null(usize::try_from(*place).unwrap_or(usize::MAX));
    (0u32..).take(array.len()).filter(gone).collect()
}
