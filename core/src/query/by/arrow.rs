//! Groups as an Arrow record batch.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray, UInt64Array,
};
use arrow_schema::{Field, Schema};

use super::group_key::GroupKey;
use super::groups::{Groups, KeyType};
use crate::error::{Error, Result};
use crate::schema::Value;

impl Groups {
    /// The groups as one record batch: a column a key, then a `uint64` column a count.
    ///
    /// Texts and versions are `utf8`, integers `int64`, floats `float64`, dates `date32`,
    /// timestamps `timestamp(us)` with the zone of their column, and a period is the `date32` of
    /// its first day. What is missing is null; an empty list is an empty text.
    ///
    /// # Errors
    ///
    /// `invalid_argument` when the batch cannot be made.
    ///
    /// # Examples
    ///
    /// ```
    /// use seriatim::io::MemoryDirectory;
    /// use seriatim::{By, Index, LoadOptions, Record, Schema, Units};
    ///
    /// let index = Index::create_in(MemoryDirectory::new(), Schema::new(vec![])?)?;
    /// index.load_units(Units::records([Record::of_serial("A1")]), LoadOptions::default())?;
    ///
    /// let batch = index.snapshot().all().by(&[By::namespace()])?.to_batch()?;
    /// assert_eq!((batch.num_columns(), batch.num_rows()), (2, 1));
    /// # Ok::<(), seriatim::Error>(())
    /// ```
    pub fn to_batch(&self) -> Result<RecordBatch> {
        let mut fields = Vec::new();
        let mut arrays = Vec::new();
        for (at, (name, key_type)) in self.key_names().zip(self.key_types()).enumerate() {
            let array = self.array(at, key_type);
            fields.push(Field::new(name, array.data_type().clone(), true));
            arrays.push(array);
        }
        for (at, name) in self.count_names().enumerate() {
            let counts = self.iter().filter_map(|group| group.counts().get(at).copied());
            let array: ArrayRef = Arc::new(UInt64Array::from_iter_values(counts));
            fields.push(Field::new(name, array.data_type().clone(), false));
            arrays.push(array);
        }
        RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
            .map_err(|source| Error::invalid("the groups make no record batch").caused_by(source))
    }

    fn array(&self, at: usize, key_type: &KeyType) -> ArrayRef {
        match key_type {
            KeyType::Text | KeyType::TextList | KeyType::Version => {
                Arc::new(self.keys_at(at, text).collect::<StringArray>())
            }
            KeyType::Integer => Arc::new(
                self.keys_at(at, |key| match key.value() {
                    Some(Value::Integer(number)) => Some(*number),
                    _ => None,
                })
                .collect::<Int64Array>(),
            ),
            KeyType::Float => Arc::new(
                self.keys_at(at, |key| match key.value() {
                    Some(Value::Float(number)) => Some(*number),
                    _ => None,
                })
                .collect::<Float64Array>(),
            ),
            KeyType::Boolean => Arc::new(
                self.keys_at(at, |key| match key.value() {
                    Some(Value::Boolean(truth)) => Some(*truth),
                    _ => None,
                })
                .collect::<BooleanArray>(),
            ),
            KeyType::Timestamp(zone) => {
                let micros = self.keys_at(at, |key| match key.value() {
                    Some(Value::Timestamp(at)) => Some(at.micros()),
                    _ => None,
                });
                let array: TimestampMicrosecondArray = micros.collect();
                Arc::new(array.with_timezone(zone.as_str()))
            }
            KeyType::Date | KeyType::Period(_) => {
                let days = self.keys_at(at, |key| match (key.value(), key.period()) {
                    (Some(Value::Date(day)), _) => Some(day.days()),
                    (_, Some(period)) => Some(period.first_day().days()),
                    _ => None,
                });
                Arc::new(days.collect::<Date32Array>())
            }
        }
    }

    /// What `read` makes of the keys of one term.
    fn keys_at<'a, T>(
        &'a self,
        at: usize,
        read: impl Fn(&'a GroupKey) -> Option<T> + 'a,
    ) -> impl Iterator<Item = Option<T>> + 'a {
        self.iter().map(move |group| group.keys().get(at)?.as_ref().and_then(&read))
    }
}

fn text(key: &GroupKey) -> Option<&str> {
    match key {
        GroupKey::EmptyList => Some(""),
        GroupKey::Value(Value::Text(text)) => Some(text),
        GroupKey::Value(Value::Version(version)) => Some(version.as_str()),
        GroupKey::Value(_) | GroupKey::Period(_) => None,
    }
}
