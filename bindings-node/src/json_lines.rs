//! A record batch as lines of JSON.

use std::io::Write;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Float64Type, Int32Type, Int64Type, TimestampMicrosecondType, UInt8Type, UInt64Type,
};
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;
use seriatim::{Date, Instant};

use crate::error::{OrThrow, coded};

/// An object a row, each followed by a line feed.
pub(crate) fn write(batch: &RecordBatch) -> napi::Result<Vec<u8>> {
    let schema = batch.schema();
    let mut names = Vec::new();
    for (place, field) in schema.fields().iter().enumerate() {
        let mut name = vec![if place == 0 { b'{' } else { b',' }];
        string(&mut name, field.name())?;
        name.push(b':');
        names.push(name);
    }
    let mut out = Vec::with_capacity(batch.num_rows() * names.len() * 24);
    for row in 0..batch.num_rows() {
        for (name, array) in names.iter().zip(batch.columns()) {
            out.extend_from_slice(name);
            value(&mut out, array, row)?;
        }
        out.extend_from_slice(if names.is_empty() { b"{}\n" } else { b"}\n" });
    }
    Ok(out)
}

fn string(out: &mut Vec<u8>, text: &str) -> napi::Result<()> {
    let plain = |it: &u8| !matches!(it, 0..=0x1f | b'"' | b'\\');
    if text.as_bytes().iter().all(plain) {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
        return Ok(());
    }
    serde_json::to_writer(out, text).map_err(|error| coded("io", error.to_string()))
}

fn number(out: &mut Vec<u8>, number: impl std::fmt::Display) -> napi::Result<()> {
    write!(out, "{number}").map_err(|error| coded("io", error.to_string()))
}

fn value(out: &mut Vec<u8>, array: &dyn Array, row: usize) -> napi::Result<()> {
    if array.is_null(row) {
        out.extend_from_slice(b"null");
        return Ok(());
    }
    match array.data_type() {
        DataType::Utf8 => string(out, array.as_string::<i32>().value(row)),
        DataType::Dictionary(..) => {
            let array = array.as_dictionary::<Int32Type>();
            value(out, array.values(), array.key(row).unwrap_or_default())
        }
        DataType::Int64 => number(out, array.as_primitive::<Int64Type>().value(row)),
        DataType::UInt64 => number(out, array.as_primitive::<UInt64Type>().value(row)),
        DataType::UInt8 => number(out, array.as_primitive::<UInt8Type>().value(row)),
        DataType::Float64 => {
            let float = array.as_primitive::<Float64Type>().value(row);
            serde_json::to_writer(out, &float).map_err(|error| coded("io", error.to_string()))
        }
        DataType::Boolean => number(out, array.as_boolean().value(row)),
        DataType::Date32 => {
            let days = array.as_primitive::<Date32Type>().value(row);
            string(out, &Date::from_days(days).or_throw()?.to_string())
        }
        DataType::Timestamp(..) => {
            let micros = array.as_primitive::<TimestampMicrosecondType>().value(row);
            string(out, &Instant::from_micros(micros).or_throw()?.to_string())
        }
        DataType::List(_) => list(out, &array.as_list::<i32>().value(row)),
        other => {
            Err(coded("unsupported", format!("a value of Arrow type {other} has no row form")))
        }
    }
}

fn list(out: &mut Vec<u8>, values: &dyn Array) -> napi::Result<()> {
    out.push(b'[');
    for place in 0..values.len() {
        if place > 0 {
            out.push(b',');
        }
        value(out, values, place)?;
    }
    out.push(b']');
    Ok(())
}
