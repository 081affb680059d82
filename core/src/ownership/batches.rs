//! Registrations and contacts as Arrow record batches.

use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::{
    Array, ArrayRef, BooleanArray, ListArray, RecordBatch, StringArray, TimestampMicrosecondArray,
    UInt8Array,
};
use arrow_buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{DataType, Field as ArrowField, Schema as ArrowSchema, SchemaRef, TimeUnit};

use super::contact_columns::{ContactColumns, FIELDS};
use super::contacts::Contacts;
use super::gather::Gather;
use super::owned::Ownership;
use super::registrations::Batches;
use crate::error::{Error, Result};
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
            let read = batches.as_mut()?.next(batch_units).and_then(|batch| {
                let (Some(batch), Some(batches)) = (batch, batches.as_ref()) else {
                    return Ok(None);
                };
                let gather = batch.gather(batches.snapshot())?;
                let columns = fields.iter().map(|field| array(&gather, *field));
                record_batch(&schema, columns.collect::<Result<_>>()?, batch.rows.len()).map(Some)
            });
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
    let (text, ends, there) = texts.into_parts()?;
    let there = there.map(NullBuffer::from);
    let array =
        StringArray::try_new(offsets_of(&ends)?, Buffer::from_vec(text.into_bytes()), there);
    let array =
        array.map_err(|source| Error::invalid("the texts make no array").caused_by(source))?;
    Ok(Arc::new(array))
}

fn offsets_of(ends: &[usize]) -> Result<OffsetBuffer<i32>> {
    let too_long = |_| Error::unsupported("the texts of a batch take 2 GiB; ask for fewer units");
    let mut offsets = Vec::with_capacity(ends.len() + 1);
    offsets.push(0);
    for end in ends {
        offsets.push(i32::try_from(*end).map_err(too_long)?);
    }
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
        let (contacts, step) = (self.clone(), batch_owners.max(1));
        let (mut start, mut read, mut given) = (0_usize, None::<RecordBatch>, 0);
        std::iter::from_fn(move || {
            loop {
                // Small batches are parts of a large one.
                if let Some(batch) = read.as_ref().filter(|it| given < it.num_rows()) {
                    let part = batch.slice(given, step.min(batch.num_rows() - given));
                    given += part.num_rows();
                    return Some(Ok(part));
                }
                let width = OWNERS_READ.div_ceil(step).saturating_mul(step);
                let places = start..contacts.len().min(start.saturating_add(width));
                if places.is_empty() {
                    return None;
                }
                start = places.end;
                match contacts.columns(places).and_then(|it| contacts.batch(it)) {
                    Ok(batch) => (read, given) = (Some(batch), 0),
                    Err(error) => {
                        (start, read) = (contacts.len(), None);
                        return Some(Err(error));
                    }
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
        self.columns(0..0).and_then(|it| self.batch(it)).map(|batch| batch.schema())
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

/// Lists of texts, by how many texts there are up to the end of each.
fn lists(ends: &[usize], texts: TextBuffer) -> Result<ArrayRef> {
    let item = Arc::new(ArrowField::new(LIST_ITEM, DataType::Utf8, true));
    let lists = ListArray::try_new(item, offsets_of(ends)?, texts_of(texts)?, None);
    let lists =
        lists.map_err(|source| Error::invalid("the texts make no lists").caused_by(source))?;
    Ok(Arc::new(lists))
}
