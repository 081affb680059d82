//! A record batch as typed arrays and long texts, from which JavaScript makes objects: far quicker
//! than making objects here, one property at a time.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Float64Type, Int32Type, Int64Type, TimestampMicrosecondType, UInt8Type, UInt64Type,
};
use arrow_array::{Array, RecordBatch, StringArray};
use arrow_schema::DataType;
use hashbrown::HashMap;
use napi::bindgen_prelude::{Float64Array, Int32Array, Uint8Array, Uint32Array};
use napi_derive::napi;
use seriatim::{Date, Instant};

use crate::error::{OrThrow, coded};

/// The rows of a batch, column by column.
#[napi(object)]
pub struct Columns {
    pub rows: u32,
    pub columns: Vec<Values>,
}

/// The values of a column. What is there tells how to read them: `lib/rows.ts` does.
#[napi(object)]
#[derive(Default)]
pub struct Values {
    pub name: String,
    /// Numbers.
    pub numbers: Option<Float64Array>,
    /// Truths, as 0 and 1.
    pub truths: Option<Uint8Array>,
    /// All texts, one behind the other.
    pub text: Option<String>,
    /// Where each text ends, in UTF-16 code units.
    pub ends: Option<Uint32Array>,
    /// For each row, or each entry of a list, which of the texts it has.
    pub keys: Option<Int32Array>,
    /// For each row, how many texts there are up to the end of its list.
    pub list_ends: Option<Uint32Array>,
    /// Which rows have a value, as 0 and 1; all of them where it is absent.
    pub valid: Option<Uint8Array>,
}

/// The largest number up to which JavaScript tells whole numbers apart.
const SAFE_MAX: u64 = (1 << 53) - 1;

pub(crate) fn columns_of(batch: &RecordBatch) -> napi::Result<Columns> {
    let schema = batch.schema();
    let columns = schema.fields().iter().zip(batch.columns());
    let columns = columns.map(|(field, array)| {
        let values = values(field.name(), array)?;
        Ok(Values { name: field.name().clone(), valid: valid(array), ..values })
    });
    let rows = u32::try_from(batch.num_rows()).map_err(|_| too_many())?;
    Ok(Columns { rows, columns: columns.collect::<napi::Result<_>>()? })
}

fn too_many() -> napi::Error {
    coded("unsupported", "a batch has too many rows or texts; read smaller batches")
}

fn valid(array: &dyn Array) -> Option<Uint8Array> {
    if array.null_count() == 0 {
        return None;
    }
    let valid: Vec<u8> = (0..array.len()).map(|row| u8::from(array.is_valid(row))).collect();
    Some(valid.into())
}

fn values(name: &str, array: &dyn Array) -> napi::Result<Values> {
    match array.data_type() {
        DataType::Utf8 => repeated(array.as_string::<i32>()),
        DataType::Dictionary(..) => {
            let array = array.as_dictionary::<Int32Type>();
            let keys = array.keys().iter().map(Option::unwrap_or_default).collect::<Vec<_>>();
            let values =
                texts(array.values().as_string::<i32>().iter().map(Option::unwrap_or_default))?;
            Ok(Values { keys: Some(keys.into()), ..values })
        }
        DataType::List(_) => {
            let array = array.as_list::<i32>();
            // The array may be a part of a longer one.
            let place = |at: i32| usize::try_from(at).unwrap_or(0);
            let (first, last) = (place(array.offsets().first()), place(array.offsets().last()));
            let ends = array.offsets().iter().skip(1).map(|it| u32::try_from(place(*it) - first));
            let ends = ends.collect::<Result<Vec<_>, _>>().map_err(|_| too_many())?;
            let entries = array.values().slice(first, last - first);
            let values = repeated(entries.as_string::<i32>())?;
            Ok(Values { list_ends: Some(ends.into()), ..values })
        }
        DataType::Int64 => {
            let whole = array.as_primitive::<Int64Type>().values().iter();
            numbers(name, whole.map(|it| (it.unsigned_abs(), *it as f64)))
        }
        DataType::UInt64 => {
            let whole = array.as_primitive::<UInt64Type>().values().iter();
            numbers(name, whole.map(|it| (*it, *it as f64)))
        }
        DataType::UInt8 => {
            let whole = array.as_primitive::<UInt8Type>().values().iter();
            numbers(name, whole.map(|it| (0, f64::from(*it))))
        }
        DataType::Float64 => {
            let floats = array.as_primitive::<Float64Type>().values().iter();
            numbers(name, floats.map(|it| (0, *it)))
        }
        DataType::Boolean => {
            let truths = array.as_boolean().values().iter().map(u8::from).collect::<Vec<_>>();
            Ok(Values { truths: Some(truths.into()), ..Values::default() })
        }
        DataType::Date32 => {
            let days = array.as_primitive::<Date32Type>();
            moments(days, |it| Date::from_days(it).map(|it| it.to_string()))
        }
        DataType::Timestamp(..) => {
            let micros = array.as_primitive::<TimestampMicrosecondType>();
            moments(micros, |it| Instant::from_micros(it).map(|it| it.to_string()))
        }
        other => {
            Err(coded("unsupported", format!("a value of Arrow type {other} has no row form")))
        }
    }
}

fn numbers(name: &str, values: impl Iterator<Item = (u64, f64)>) -> napi::Result<Values> {
    let safe = |(size, number): (u64, f64)| (size <= SAFE_MAX).then_some(number);
    let numbers: Option<Vec<f64>> = values.map(safe).collect();
    let numbers = numbers.ok_or_else(|| {
        let told = format!(
            "column `{name}` has a whole number beyond 2^53, which a number of JavaScript cannot \
             hold; read the table with toArrowIPC() or as lines of JSON"
        );
        coded("unsupported", told)
    })?;
    Ok(Values { numbers: Some(numbers.into()), ..Values::default() })
}

/// Days and points in time, as texts.
fn moments<T: arrow_array::types::ArrowPrimitiveType>(
    array: &arrow_array::PrimitiveArray<T>,
    text: impl Fn(T::Native) -> seriatim::Result<String>,
) -> napi::Result<Values> {
    let moments: seriatim::Result<Vec<Option<String>>> =
        array.iter().map(|it| it.map(&text).transpose()).collect();
    texts(moments.or_throw()?.iter().map(|it| it.as_deref().unwrap_or_default()))
}

/// Rows that are looked at before texts are known to repeat.
const LOOKED_AT: usize = 64;

/// Texts, each once where they repeat: JavaScript then makes each of them once.
fn repeated(array: &StringArray) -> napi::Result<Values> {
    // The empty text stands first without being looked up: most texts of it are missing ones.
    let (mut distinct, mut numbers) = (vec![""], HashMap::new());
    let mut keys = Vec::with_capacity(array.len());
    for (row, text) in array.iter().map(Option::unwrap_or_default).enumerate() {
        if text.is_empty() {
            keys.push(0);
            continue;
        }
        let next = i32::try_from(distinct.len()).map_err(|_| too_many())?;
        let key = *numbers.entry(text).or_insert(next);
        if key == next {
            distinct.push(text);
        }
        if row >= LOOKED_AT && distinct.len() > row / 2 {
            return each(array);
        }
        keys.push(key);
    }
    Ok(Values { keys: Some(keys.into()), ..texts(distinct.into_iter())? })
}

/// Texts that do not repeat: as they lie where they are ASCII.
fn each(array: &StringArray) -> napi::Result<Values> {
    let place = |at: i32| usize::try_from(at).unwrap_or(0);
    let first = place(array.offsets().first());
    let bytes = array.value_data().get(first..place(array.offsets().last()));
    let plain = bytes.filter(|it| it.is_ascii()).and_then(|it| str::from_utf8(it).ok());
    let Some(text) = plain else { return texts(array.iter().map(Option::unwrap_or_default)) };
    let ends = array.offsets().iter().skip(1).map(|it| u32::try_from(place(*it) - first));
    let ends = ends.collect::<Result<Vec<_>, _>>().map_err(|_| too_many())?;
    Ok(Values { text: Some(text.to_owned()), ends: Some(ends.into()), ..Values::default() })
}

fn texts<'t>(texts: impl Iterator<Item = &'t str>) -> napi::Result<Values> {
    let (mut text, mut ends, mut end) = (String::new(), Vec::new(), 0_usize);
    for it in texts {
        text.push_str(it);
        end += if it.is_ascii() { it.len() } else { it.encode_utf16().count() };
        ends.push(u32::try_from(end).map_err(|_| too_many())?);
    }
    Ok(Values { text: Some(text), ends: Some(ends.into()), ..Values::default() })
}
