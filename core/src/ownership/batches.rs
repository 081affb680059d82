//! Registrations and contacts as Arrow record batches.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::{
    Array, ArrayRef, BooleanArray, ListArray, RecordBatch, StringArray, TimestampMicrosecondArray,
    UInt8Array,
};
use arrow_buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{DataType, Field as ArrowField, Schema as ArrowSchema, SchemaRef, TimeUnit};
use rayon::prelude::*;

use super::contact_columns::{ContactColumns, FIELDS};
use super::contacts::Contacts;
use super::gather::Gather;
use super::owned::Ownership;
use super::registrations::{Batches, UNITS_MAX};
use crate::error::{Error, Result};
use crate::pool;
use crate::registry::{Channel, RegistrationField as Field, Role};
use crate::segment::TextBuffer;

const LIST_ITEM: &str = "item";
/// Owners read at a time, at least.
const OWNERS_READ: usize = 16_384;

impl Ownership {
    /// The registrations of [`registrations`](Ownership::registrations) as record batches of the
    /// fields asked for, each of the registrations of about `batch_units` units, 65,536 at most.
    ///
    /// Texts are `Utf8`, instants timestamps of microseconds in UTC, consents and channels booleans
    /// that are null where unknown, the list of channels a list of texts.
    ///
    /// # Errors
    ///
    /// `corrupt`; `io`.
    pub fn registration_batches(
        &self,
        fields: &[Field],
        batch_units: usize,
    ) -> Result<impl Iterator<Item = Result<RecordBatch>> + Send + use<>> {
        let mut batches = Some(Batches::new(&self.affected, self.as_of.micros())?);
        let (fields, schema) = (fields.to_vec(), Ownership::registration_schema(fields));
        Ok(std::iter::from_fn(move || {
            let read = read_batch(batches.as_mut()?, batch_units, &fields, &schema);
            if !matches!(read, Ok(Some(_))) {
                batches = None;
            }
            read.transpose()
        }))
    }

    /// The schema of the [`registration_batches`](Ownership::registration_batches) of these fields.
    pub fn registration_schema(fields: &[Field]) -> SchemaRef {
        Arc::new(ArrowSchema::new(fields.iter().map(|it| arrow_field(*it)).collect::<Vec<_>>()))
    }
}

/// Units whose registrations one thread reads at a time.
const STRIP_UNITS: usize = 4_096;

/// The registrations of the next units, none at the end: strips of them in parallel, where there
/// are several.
fn read_batch(
    batches: &mut Batches,
    units_max: usize,
    fields: &[Field],
    schema: &SchemaRef,
) -> Result<Option<RecordBatch>> {
    let (mut strips, mut left) = (Vec::new(), units_max.clamp(1, UNITS_MAX));
    while left > 0 {
        let Some(units) = batches.next_units(left.min(STRIP_UNITS))? else { break };
        left = left.saturating_sub(units.len());
        strips.push(units);
    }
    let read = |units| -> Result<(usize, Vec<ArrayRef>)> {
        let batch = batches.join(units)?;
        let gather = batch.gather(batches.snapshot())?;
        let columns = fields.iter().map(|field| array(&gather, *field));
        Ok((batch.rows.len(), columns.collect::<Result<_>>()?))
    };
    if strips.len() <= 1 {
        let Some((rows, columns)) = strips.pop().map(read).transpose()? else { return Ok(None) };
        return record_batch(schema, columns, rows).map(Some);
    }
    let (rows, columns) = pool::shared()?.install(|| {
        let strips = strips.into_par_iter().map(read).collect::<Result<Vec<_>>>()?;
        let rows = strips.iter().map(|(rows, _)| rows).sum();
        let column = |place: usize| {
            let parts: Vec<&dyn Array> =
                strips.iter().filter_map(|it| it.1.get(place)).map(|it| &**it).collect();
            joined(&parts)
        };
        let columns = (0..fields.len()).into_par_iter().map(column).collect::<Result<_>>()?;
        Ok::<_, Error>((rows, columns))
    })?;
    record_batch(schema, columns, rows).map(Some)
}

/// Parts of a column as one.
fn joined(parts: &[&dyn Array]) -> Result<ArrayRef> {
    let bytes =
        parts.iter().map(|it| it.as_string_opt::<i32>().map_or(0, |it| it.value_data().len()));
    if i32::try_from(bytes.sum::<usize>()).is_err() {
        return Err(too_long());
    }
    let joined = arrow_select::concat::concat(parts);
    joined.map_err(|source| Error::invalid("the parts make no column").caused_by(source))
}

fn too_long() -> Error {
    Error::unsupported("the texts of a batch take 2 GiB; ask for fewer units")
}

fn arrow_field(field: Field) -> ArrowField {
    let data_type = match field {
        Field::ValidFrom | Field::ValidTo | Field::RecordedAt => {
            DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
        }
        Field::Channels => list_type(),
        Field::HasChannel(_) | Field::Consent(_) | Field::ChannelConsent(_) => DataType::Boolean,
        _ => DataType::Utf8,
    };
    ArrowField::new(field.name(), data_type, true)
}

fn list_type() -> DataType {
    DataType::List(Arc::new(ArrowField::new(LIST_ITEM, DataType::Utf8, true)))
}

fn record_batch(schema: &SchemaRef, columns: Vec<ArrayRef>, rows: usize) -> Result<RecordBatch> {
    let options = arrow_array::RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options)
        .map_err(|source| Error::invalid("the columns make no record batch").caused_by(source))
}

fn array(gather: &Gather<'_>, field: Field) -> Result<ArrayRef> {
    Ok(match field {
        Field::Serial => texts_of(gather.serial_buffer()?)?,
        Field::Namespace => Arc::new(StringArray::from_iter_values(gather.namespaces()?)),
        Field::Role => {
            Arc::new(StringArray::from_iter_values(gather.roles()?.into_iter().map(Role::code)))
        }
        Field::ValidFrom | Field::ValidTo | Field::RecordedAt => {
            let instants = TimestampMicrosecondArray::from(gather.numbers(field.name())?);
            Arc::new(instants.with_timezone("UTC"))
        }
        Field::Channels => {
            let permissions = gather.permissions()?;
            let lists = permissions.iter().map(|permissions| {
                let usable = |channel: &Channel| permissions.has_channel(*channel);
                Channel::ALL.into_iter().filter(usable).map(Channel::code).collect()
            });
            lists_of(lists)
        }
        Field::HasChannel(channel) => {
            let permissions = gather.permissions()?;
            let usable = permissions.iter().map(|it| Some(it.has_channel(channel)));
            Arc::new(usable.collect::<BooleanArray>())
        }
        Field::Consent(purpose) => {
            let permissions = gather.permissions()?;
            let given = permissions.iter().map(|it| it.consent(purpose).given());
            Arc::new(given.collect::<BooleanArray>())
        }
        Field::ChannelConsent(channel) => {
            let permissions = gather.permissions()?;
            let given = permissions.iter().map(|it| it.channel_consent(channel).given());
            Arc::new(given.collect::<BooleanArray>())
        }
        _ => texts_of(gather.text_buffer(field)?)?,
    })
}

fn texts_of(texts: TextBuffer) -> Result<ArrayRef> {
    let (text, ends, there) = texts.into_unchecked();
    let there = there.map(NullBuffer::from);
    // Looks whether all is UTF-8, and that nothing ends within a character.
    let array = StringArray::try_new(offsets_of(&ends)?, Buffer::from_vec(text), there);
    let array = array
        .map_err(|source| Error::corrupt("registrations: a text is not UTF-8").caused_by(source))?;
    Ok(Arc::new(array))
}

/// Where texts begin and end that end there; ends ascend.
fn offsets_of(ends: &[usize]) -> Result<OffsetBuffer<i32>> {
    let last = ends.last().copied().unwrap_or(0);
    i32::try_from(last).map_err(|_| too_long())?;
    let offset = |end: &usize| i32::try_from(*end).unwrap_or(i32::MAX);
    let mut offsets = Vec::with_capacity(ends.len() + 1);
    offsets.push(0);
    offsets.extend(ends.iter().map(offset));
    Ok(OffsetBuffer::new(ScalarBuffer::from(offsets)))
}

fn lists_of<'t>(lists: impl Iterator<Item = Vec<&'t str>>) -> ArrayRef {
    let mut builder = ListBuilder::new(StringBuilder::new());
    for list in lists {
        for text in list {
            builder.values().append_value(text);
        }
        builder.append(true);
    }
    Arc::new(builder.finish())
}

impl Contacts {
    /// The owners in order as record batches of at most `batch_owners` rows, with the columns
    /// `owner`, `completeness`, `channels`, `name`, `email`, `phone`, `street`, `postal_code`,
    /// `city`, `language`, `country`, `namespaces` and `serials`, the last two a list of the owner's
    /// units each. The first error ends it.
    pub fn batches(
        &self,
        batch_owners: usize,
    ) -> impl Iterator<Item = Result<RecordBatch>> + Send + use<> {
        let step = batch_owners.max(1);
        let width = OWNERS_READ.div_ceil(step).saturating_mul(step);
        let mut reading = Reading { contacts: self.clone(), start: 0, width, ahead: None };
        let (mut read, mut given) = (None::<RecordBatch>, 0);
        std::iter::from_fn(move || {
            loop {
                // Small batches are parts of a large one.
                if let Some(batch) = read.as_ref().filter(|it| given < it.num_rows()) {
                    let part = batch.slice(given, step.min(batch.num_rows() - given));
                    given += part.num_rows();
                    return Some(Ok(part));
                }
                match reading.next()? {
                    Ok(batch) => (read, given) = (Some(batch), 0),
                    Err(error) => return Some(Err(error)),
                }
            }
        })
    }

    /// The schema of every one of these [`batches`](Contacts::batches).
    ///
    /// # Errors
    ///
    /// `invalid_argument` when the columns make no record batch.
    pub fn batch_schema(&self) -> Result<SchemaRef> {
        self.read_batch(0..0).map(|batch| batch.schema())
    }

    fn read_batch(&self, places: Range<usize>) -> Result<RecordBatch> {
        self.columns(places).and_then(|it| self.batch(it))
    }

    fn batch(&self, columns: ContactColumns) -> Result<RecordBatch> {
        let rows = columns.completeness.len();
        let (mut channels, mut channel_ends) = (TextBuffer::default(), Vec::with_capacity(rows));
        for access in columns.access {
            self.channels(access).for_each(|it| channels.push(Some(it.code().as_bytes())));
            channel_ends.push(channels.len());
        }
        let unit_ends = columns.unit_ends;
        let completeness: ArrayRef = Arc::new(UInt8Array::from(columns.completeness));
        let mut arrays: Vec<(&str, ArrayRef)> = vec![
            ("owner", texts_of(columns.owners)?),
            ("completeness", completeness),
            ("channels", lists(&channel_ends, channels)?),
        ];
        for (field, texts) in FIELDS.iter().zip(columns.fields) {
            arrays.push((field.name(), texts_of(texts)?));
        }
        arrays.push(("namespaces", lists(&unit_ends, columns.namespaces)?));
        arrays.push(("serials", lists(&unit_ends, columns.serials)?));
        let field = |(name, array): &(&str, ArrayRef)| {
            ArrowField::new(*name, array.data_type().clone(), true)
        };
        let schema = Arc::new(ArrowSchema::new(arrays.iter().map(field).collect::<Vec<_>>()));
        record_batch(&schema, arrays.into_iter().map(|(_, array)| array).collect(), rows)
    }
}

/// Contacts on their way out: while a batch is used, the next one is read.
struct Reading {
    contacts: Contacts,
    /// The place of the first owner that is not given yet.
    start: usize,
    /// Owners of a batch.
    width: usize,
    /// The batch that begins there, and the process in which it is read.
    ahead: Option<(u32, Receiver<Result<RecordBatch>>)>,
}

impl Reading {
    fn next(&mut self) -> Option<Result<RecordBatch>> {
        let places = self.places();
        if places.is_empty() {
            return None;
        }
        let read = match self.ahead.take() {
            Some((process, ahead)) if process == std::process::id() => ahead
                .recv()
                .unwrap_or_else(|_| Err(Error::corrupt("reading contacts ended before its end"))),
            // After a fork nobody reads ahead in the child.
            _ => self.contacts.read_batch(places.clone()),
        };
        self.start = if read.is_ok() { places.end } else { self.contacts.len() };
        self.read_ahead();
        Some(read)
    }

    fn places(&self) -> Range<usize> {
        self.start..self.contacts.len().min(self.start.saturating_add(self.width))
    }

    fn read_ahead(&mut self) {
        let (contacts, places) = (self.contacts.clone(), self.places());
        // Without threads the next batch is read when it is asked for.
        let Some(pool) = pool::shared().ok().filter(|_| !places.is_empty()) else { return };
        let (give, take) = mpsc::sync_channel(1);
        pool.spawn(move || {
            // A panic ends the channel, and with it the reading.
            let read = catch_unwind(AssertUnwindSafe(|| contacts.read_batch(places)));
            // Nobody may wait for it any more.
            if let Ok(read) = read {
                drop(give.send(read));
            }
        });
        self.ahead = Some((std::process::id(), take));
    }
}

/// Lists of texts, by how many texts there are up to the end of each.
fn lists(ends: &[usize], texts: TextBuffer) -> Result<ArrayRef> {
    let item = Arc::new(ArrowField::new(LIST_ITEM, DataType::Utf8, true));
    let lists = ListArray::try_new(item, offsets_of(ends)?, texts_of(texts)?, None);
    let lists =
        lists.map_err(|source| Error::invalid("the texts make no lists").caused_by(source))?;
    Ok(Arc::new(lists))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::{Index, LoadOptions, RegistrationOptions, Registrations, Units};
    use crate::io::MemoryDirectory;
    use crate::registry::Purpose;
    use crate::schema::{Record, Schema, Value};

    #[test]
    fn registrations_are_the_same_row_by_row_and_in_batches_of_any_size() {
        let index = Index::create_in(MemoryDirectory::new(), Schema::new(vec![]).unwrap()).unwrap();
        // Segments that follow one another, and segments that overlap.
        let loads: [Vec<u32>; 4] = [
            (0..14_000).collect(),
            (14_000..24_000).step_by(2).collect(),
            (14_001..24_000).step_by(2).collect(),
            (24_000..30_000).collect(),
        ];
        for load in &loads {
            let units = load.iter().map(|n| Record::of_serial(format!("A{n:06}")));
            index.load_units(Units::records(units), LoadOptions::default()).unwrap();
        }
        // In another order than the units; some units have two, some none.
        let registrations = (0..30_000_u32).map(|n| n * 7_919 % 30_000).filter(|n| n % 5 != 0);
        let registrations = registrations.flat_map(|n| {
            let record = |key: &str| {
                Record::of_serial(format!("A{n:06}"))
                    .with("key", Value::Text(format!("{key}-{n}")))
                    .with("owner", Value::Text(format!("o-{}", n / 2)))
                    .with("email", Value::Text(format!("{n}@example.org")))
            };
            [Some(record("a")), (n % 7 == 0).then(|| record("b"))].into_iter().flatten()
        });
        let options = RegistrationOptions::default();
        index.load_registrations(Registrations::records(registrations), options).unwrap();
        let own =
            index.snapshot().all().ownership("2025-06-01T00:00:00Z".parse().unwrap()).unwrap();
        let row = |it: crate::registry::Registration| {
            let email = it.permissions.has_channel(Channel::Email);
            (it.serial, it.key, it.contact.email, email)
        };
        let expected: Vec<_> = own.registrations().unwrap().map(|it| row(it.unwrap())).collect();
        assert!(expected.is_sorted() && expected.len() > 27_000);
        let fields = [Field::Serial, Field::Key, Field::Email, Field::HasChannel(Channel::Email)];
        for size in [1_000, 4_096, 10_000, 70_000] {
            let mut found = Vec::new();
            for batch in own.registration_batches(&fields, size).unwrap() {
                let batch = batch.unwrap();
                let text = |column: usize, row: usize| {
                    let texts = batch.column(column).as_string::<i32>();
                    texts.is_valid(row).then(|| texts.value(row).to_owned())
                };
                for row in 0..batch.num_rows() {
                    let email = batch.column(3).as_boolean().value(row);
                    found.push((text(0, row).unwrap(), text(1, row), text(2, row), email));
                }
            }
            assert_eq!(found, expected, "in batches of {size}");
        }
    }

    #[test]
    fn contacts_are_the_same_row_by_row_and_in_batches_of_any_size() {
        let index = Index::create_in(MemoryDirectory::new(), Schema::new(vec![]).unwrap()).unwrap();
        let serials = || (0..36_000).map(|n| format!("A{n:06}"));
        index
            .load_units(Units::records(serials().map(Record::of_serial)), LoadOptions::default())
            .unwrap();
        // In another order than the serials; some have two units, some no post.
        let registrations = serials().enumerate().map(|(n, serial)| {
            let owner = n * 7_919 % 35_500;
            let record = Record::of_serial(serial)
                .with("owner", Value::Text(format!("o-{owner}")))
                .with("email", Value::Text(format!("{owner}@example.org")));
            if n % 3 == 0 { record } else { record.with("city", Value::Text("Brno".into())) }
        });
        let options = RegistrationOptions::default();
        index.load_registrations(Registrations::records(registrations), options).unwrap();
        let all = index.snapshot().all();
        let own = all.ownership("2025-06-01T00:00:00Z".parse().unwrap()).unwrap();
        let contacts = own.contacts(Purpose::Safety).unwrap();
        let expected: Vec<(String, Option<String>, usize)> = contacts
            .iter()
            .map(|it| it.map(|it| (it.owner, it.contact.city, it.units.len())).unwrap())
            .collect();
        assert_eq!((contacts.len(), expected.len()), (35_500, 35_500));
        for size in [1_000, 16_384, 20_000, 50_000] {
            let mut found = Vec::new();
            for batch in contacts.batches(size) {
                let batch = batch.unwrap();
                assert!(batch.num_rows() <= size);
                let texts = |name: &str| batch.column_by_name(name).unwrap().as_string::<i32>();
                let units = batch.column_by_name("serials").unwrap().as_list::<i32>();
                for row in 0..batch.num_rows() {
                    let city = texts("city");
                    let city = city.is_valid(row).then(|| city.value(row).to_owned());
                    let length = units.value(row).len();
                    found.push((texts("owner").value(row).to_owned(), city, length));
                }
            }
            assert_eq!(found, expected, "in batches of {size}");
        }
        // Who stops early waits for nothing.
        assert_eq!(contacts.batches(10).next().unwrap().unwrap().num_rows(), 10);
    }
}
