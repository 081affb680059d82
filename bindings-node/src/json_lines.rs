//! A record batch as lines of JSON.

use std::io::Write;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Float64Type, Int32Type, Int64Type, TimestampMicrosecondType, UInt8Type, UInt64Type,
};
use arrow_array::{
    Array, BooleanArray, Int32Array, ListArray, PrimitiveArray, RecordBatch, StringArray,
};
use arrow_schema::DataType;
use seriatim::{Date, Instant};

use crate::error::{OrThrow, coded};

/// An object a row, each followed by a line feed.
pub(crate) fn write(batch: &RecordBatch) -> napi::Result<Vec<u8>> {
    let schema = batch.schema();
    let mut columns = Vec::new();
    for (field, array) in schema.fields().iter().zip(batch.columns()) {
        let mut name = vec![if columns.is_empty() { b'{' } else { b',' }];
        string(&mut name, field.name())?;
        name.push(b':');
        columns.push((name, array.nulls(), Cells::of(array)?));
    }
    let sizes = columns.iter().zip(batch.columns()).map(|((name, ..), array)| {
        let values = array.to_data().get_slice_memory_size().unwrap_or(0);
        array.len() * (name.len() + 8) + values
    });
    let mut out = Vec::with_capacity(sizes.sum());
    for row in 0..batch.num_rows() {
        for (name, nulls, cells) in &columns {
            out.extend_from_slice(name);
            if nulls.is_some_and(|it| it.is_null(row)) {
                out.extend_from_slice(b"null");
            } else {
                cells.write(&mut out, row)?;
            }
        }
        out.extend_from_slice(if columns.is_empty() { b"{}\n" } else { b"}\n" });
    }
    Ok(out)
}

/// The values of a column.
enum Cells<'a> {
    Texts(Texts<'a>),
    Keys(&'a Int32Array, Texts<'a>),
    Lists(&'a ListArray, Texts<'a>),
    Signed(&'a PrimitiveArray<Int64Type>),
    Unsigned(&'a PrimitiveArray<UInt64Type>),
    Bytes(&'a PrimitiveArray<UInt8Type>),
    Floats(&'a PrimitiveArray<Float64Type>),
    Truths(&'a BooleanArray),
    Days(&'a PrimitiveArray<Date32Type>),
    Instants(&'a PrimitiveArray<TimestampMicrosecondType>),
}

impl<'a> Cells<'a> {
    fn of(array: &'a dyn Array) -> napi::Result<Self> {
        Ok(match array.data_type() {
            DataType::Utf8 => Cells::Texts(Texts::of(array)),
            DataType::Dictionary(..) => {
                let array = array.as_dictionary::<Int32Type>();
                Cells::Keys(array.keys(), Texts::of(array.values()))
            }
            DataType::List(_) => {
                let array = array.as_list::<i32>();
                Cells::Lists(array, Texts::of(array.values()))
            }
            DataType::Int64 => Cells::Signed(array.as_primitive()),
            DataType::UInt64 => Cells::Unsigned(array.as_primitive()),
            DataType::UInt8 => Cells::Bytes(array.as_primitive()),
            DataType::Float64 => Cells::Floats(array.as_primitive()),
            DataType::Boolean => Cells::Truths(array.as_boolean()),
            DataType::Date32 => Cells::Days(array.as_primitive()),
            DataType::Timestamp(..) => Cells::Instants(array.as_primitive()),
            other => {
                let told = format!("a value of Arrow type {other} has no row form");
                return Err(coded("unsupported", told));
            }
        })
    }

    /// Writes a value that is there.
    fn write(&self, out: &mut Vec<u8>, row: usize) -> napi::Result<()> {
        match self {
            Cells::Texts(texts) => texts.write(out, row),
            Cells::Keys(keys, texts) => {
                texts.write(out, usize::try_from(keys.value(row)).unwrap_or(usize::MAX))
            }
            Cells::Lists(lists, texts) => {
                let end = |at: usize| lists.value_offsets().get(at).copied().unwrap_or(0);
                let place = |at: usize| usize::try_from(end(at)).unwrap_or(0);
                let (start, end) = (place(row), place(row + 1));
                out.push(b'[');
                for at in start..end {
                    if at > start {
                        out.push(b',');
                    }
                    texts.write(out, at)?;
                }
                out.push(b']');
                Ok(())
            }
            Cells::Signed(values) => json(out, values.value(row)),
            Cells::Unsigned(values) => json(out, values.value(row)),
            Cells::Bytes(values) => json(out, values.value(row)),
            Cells::Floats(values) => json(out, values.value(row)),
            Cells::Truths(values) => json(out, values.value(row)),
            Cells::Days(values) => moment(out, Date::from_days(values.value(row)).or_throw()?),
            Cells::Instants(values) => {
                moment(out, Instant::from_micros(values.value(row)).or_throw()?)
            }
        }
    }
}

/// Texts, of which most have nothing in them that JSON writes otherwise.
struct Texts<'a> {
    texts: &'a StringArray,
    plain: bool,
}

impl<'a> Texts<'a> {
    fn of(array: &'a dyn Array) -> Self {
        let texts = array.as_string::<i32>();
        // The array may be a part of a longer one.
        let ends = texts.value_offsets();
        let place = |at: Option<&i32>| at.and_then(|it| usize::try_from(*it).ok()).unwrap_or(0);
        let bytes = texts.value_data().get(place(ends.first())..place(ends.last()));
        Texts { texts, plain: is_plain(bytes.unwrap_or_default()) }
    }

    fn write(&self, out: &mut Vec<u8>, at: usize) -> napi::Result<()> {
        if at >= self.texts.len() || self.texts.is_null(at) {
            out.extend_from_slice(b"null");
            return Ok(());
        }
        let text = self.texts.value(at);
        if self.plain {
            quoted(out, text);
            return Ok(());
        }
        string(out, text)
    }
}

/// Whether texts of these bytes are written as they are.
fn is_plain(bytes: &[u8]) -> bool {
    // Without a way out in the middle it looks at many bytes at a time.
    !bytes.iter().fold(false, |odd, it| odd | matches!(it, 0..=0x1f | b'"' | b'\\'))
}

fn quoted(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
}

fn string(out: &mut Vec<u8>, text: &str) -> napi::Result<()> {
    if is_plain(text.as_bytes()) {
        quoted(out, text);
        return Ok(());
    }
    json(out, text)
}

/// A value as JSON writes it.
fn json(out: &mut Vec<u8>, value: impl serde::Serialize) -> napi::Result<()> {
    serde_json::to_writer(out, &value).map_err(|error| coded("io", error.to_string()))
}

/// A day or a point in time: a text without anything to escape.
fn moment(out: &mut Vec<u8>, value: impl std::fmt::Display) -> napi::Result<()> {
    write!(out, "\"{value}\"").map_err(|error| coded("io", error.to_string()))
}
