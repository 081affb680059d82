//! Units described one by one.

use std::sync::Arc;

use super::faults::Faults;
use super::reader::{Job, Reader};
use super::values::ColumnFiller;
use crate::error::{Error, Result};
use crate::index::ingest::block::{Block, BlockKeys, BlockTexts, Origin};
use crate::index::ingest::interner::Interner;
use crate::index::ingest::shape::{InputColumn, Shape};
use crate::schema::{Record, Schema, Value};

/// Rows of a block.
const BLOCK_ROWS: usize = 16_384;

/// Reads records. Their serial and namespace are the columns `serial` and `namespace`.
pub(super) struct Records<'a> {
    input: Box<dyn Iterator<Item = Result<Record>> + 'a>,
    /// The first block, once its columns were looked at.
    first: Vec<Record>,
    next_row: u64,
}

impl<'a> Records<'a> {
    pub(super) fn new(records: Box<dyn Iterator<Item = Result<Record>> + 'a>) -> Self {
        Records { input: records, first: Vec::new(), next_row: 1 }
    }
}

impl Reader for Records<'_> {
    fn columns(&mut self, schema: &Schema) -> Result<Vec<InputColumn>> {
        let mut columns = ["serial", "namespace"]
            .map(|name| InputColumn { name: name.into(), column_type: None })
            .to_vec();
        columns.extend(schema.columns().iter().map(|column| InputColumn {
            name: column.name().to_owned(),
            column_type: Some(column.column_type()),
        }));
        self.first = self.input.by_ref().take(BLOCK_ROWS).collect::<Result<_>>()?;
        // With a schema, a column that it does not know is a fault of the row that has it.
        let seen = if schema.columns().is_empty() { BLOCK_ROWS } else { 1 };
        for (name, value) in self.first.iter().take(seen).flat_map(Record::values) {
            if columns.iter().all(|it| it.name != name) {
                let column_type = Some(value.column_type());
                columns.push(InputColumn { name: name.to_owned(), column_type });
            }
        }
        Ok(columns)
    }

    fn rows_vary(&self) -> bool {
        true
    }

    fn sample(&mut self, _shape: &Shape) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    fn jobs(&mut self, count: usize) -> Result<Vec<Job<'static>>> {
        let mut jobs: Vec<Job<'static>> = Vec::new();
        while jobs.len() < count {
            let mut records = std::mem::take(&mut self.first);
            if records.is_empty() {
                records = self.input.by_ref().take(BLOCK_ROWS).collect::<Result<_>>()?;
            }
            if records.is_empty() {
                break;
            }
            let origin = Origin { input: Arc::from("records"), first_row: self.next_row };
            self.next_row += u64::try_from(records.len()).unwrap_or(0);
            jobs.push(Box::new(move |shape, _| Ok(vec![block(&records, &origin, shape)?])));
        }
        Ok(jobs)
    }

    fn rows_total(&self) -> Option<u64> {
        None
    }
}

fn block(records: &[Record], origin: &Origin, shape: &Shape) -> Result<Block> {
    let mut faults = Faults::new(origin, shape.collects);
    let mut keys = BlockKeys::default();
    let (mut namespaces, mut namespace_codes) = (Interner::default(), Vec::new());
    for (place, record) in (0u32..).zip(records) {
        let classified = record
            .serial()
            .ok_or_else(|| Error::invalid("the serial is missing"))
            .and_then(|serial| shape.families.classify(serial));
        faults.key(place, &shape.serial, classified, &mut keys);
        namespace_codes.push(namespaces.number(record.namespace())?);
        let known = |name: &str| {
            shape.columns.iter().any(|it| it.input.as_deref() == Some(name))
                || shape.ignored.iter().any(|it| it == name)
        };
        if let Some((name, _)) = record.values().find(|(name, _)| !known(name)) {
            let reason = Error::invalid("the schema has no such column; declare it");
            faults.add(place, name, reason);
        }
    }
    let mut columns = Vec::new();
    for column in &shape.columns {
        let mut filler = ColumnFiller::new(column.column_type);
        for (place, record) in (0u32..).zip(records) {
            let value: Option<&Value> = column.input.as_deref().and_then(|it| record.value(it));
            let typed = match value {
                Some(value) if value.column_type() != column.column_type => {
                    let reason = format!(
                        "a {} value, but the column holds {} values",
                        value.column_type().name(),
                        column.column_type.name()
                    );
                    faults.add(place, column.name(), Error::invalid(reason));
                    None
                }
                value => value,
            };
            filler.push(typed)?;
        }
        columns.push(filler.finish());
    }
    let namespaces = BlockTexts { distinct: namespaces.into_texts(), codes: namespace_codes };
    let mut block = Block {
        rows: records.len(),
        keys,
        namespaces: shape.namespace.is_some().then_some(namespaces),
        columns,
        rejected: Vec::new(),
    };
    faults.settle(&mut block, shape)?;
    Ok(block)
}
