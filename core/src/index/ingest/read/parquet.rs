//! Units in Parquet files.

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{DataType, Field, Schema as ArrowSchema};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
    ParquetRecordBatchReaderBuilder,
};
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};

use super::arrow::{block, input_columns};
use super::reader::{Job, Reader};
use super::texts::each_text;
use crate::error::{Error, Result};
use crate::index::ingest::block::{Block, Origin};
use crate::index::ingest::shape::{InputColumn, Shape};
use crate::pool::Halt;
use crate::schema::Schema;

/// Rows of a block.
const BLOCK_ROWS: usize = 131_072;
/// Row groups up to this size are read by a job each; larger ones block by block, so that the
/// memory of a load does not grow with them.
const JOB_ROWS_MAX: usize = 1 << 20;
/// Row groups of a file, evenly spread, whose first serials are looked at beforehand.
const SAMPLED_GROUPS: usize = 8;
/// Serials to look at in each.
const SAMPLED_ROWS: usize = 256;

/// Reads Parquet files of one schema.
pub(super) struct ParquetFiles {
    files: Vec<ParquetFile>,
    /// The next row group: of which file, and which of its groups.
    next: (usize, usize),
    /// A large row group that is being read.
    large: Option<Large>,
}

#[derive(Clone)]
struct ParquetFile {
    path: PathBuf,
    name: Arc<str>,
    metadata: ArrowReaderMetadata,
}

struct Large {
    reader: ParquetRecordBatchReader,
    name: Arc<str>,
    next_row: u64,
}

impl ParquetFiles {
    pub(super) fn open(paths: Vec<PathBuf>) -> Result<Self> {
        let files = paths.into_iter().map(ParquetFile::open).collect::<Result<Vec<_>>>()?;
        if let Some((first, others)) = files.split_first() {
            let fields = |file: &ParquetFile| -> Vec<(String, DataType)> {
                let fields = file.metadata.schema().fields().iter();
                fields.map(|it| (it.name().clone(), plain(it.data_type()))).collect()
            };
            let expected = fields(first);
            if let Some(other) = others.iter().find(|it| fields(it) != expected) {
                return Err(Error::invalid(format!(
                    "{} and {} have different columns; load them apart",
                    first.name, other.name
                )));
            }
        }
        if files.is_empty() {
            return Err(Error::invalid("there is no file to load"));
        }
        Ok(ParquetFiles { files, next: (0, 0), large: None })
    }

    /// The next row group, with the number of its first row.
    fn next_group(&mut self) -> Option<(ParquetFile, usize, u64)> {
        loop {
            let (file_number, group) = self.next;
            let file = self.files.get(file_number)?;
            if group >= file.metadata.metadata().num_row_groups() {
                self.next = (file_number + 1, 0);
                continue;
            }
            self.next = (file_number, group + 1);
            let before: usize = (0..group).map(|it| rows_of(file.metadata.metadata(), it)).sum();
            let first_row = u64::try_from(before).unwrap_or(u64::MAX).saturating_add(1);
            return Some((file.clone(), group, first_row));
        }
    }
}

impl Reader for ParquetFiles {
    fn columns(&mut self, _schema: &Schema) -> Result<Vec<InputColumn>> {
        Ok(self.files.first().map(|file| input_columns(file.metadata.schema())).unwrap_or_default())
    }

    fn sample(&mut self, shape: &Shape) -> Result<Vec<String>> {
        let mut serials = Vec::new();
        for file in &self.files {
            let groups = file.metadata.metadata().num_row_groups();
            let step = groups.div_ceil(SAMPLED_GROUPS).max(1);
            for group in (0..groups).step_by(step) {
                file.sample(group, &shape.serial, &mut serials)?;
            }
        }
        Ok(serials)
    }

    fn jobs(&mut self, count: usize) -> Result<Vec<Job<'static>>> {
        let mut jobs: Vec<Job<'static>> = Vec::new();
        while jobs.len() < count {
            if let Some(large) = &mut self.large {
                match large.job()? {
                    Some(job) => jobs.push(job),
                    None => self.large = None,
                }
                continue;
            }
            let Some((file, group, first_row)) = self.next_group() else { break };
            if rows_of(file.metadata.metadata(), group) > JOB_ROWS_MAX {
                let name = Arc::clone(&file.name);
                self.large = Some(Large { reader: file.group(group)?, name, next_row: first_row });
            } else {
                jobs.push(Box::new(move |shape, halt| file.blocks(group, first_row, shape, halt)));
            }
        }
        Ok(jobs)
    }

    fn rows_total(&self) -> Option<u64> {
        let rows = |it: &ParquetFile| it.metadata.metadata().file_metadata().num_rows();
        self.files.iter().map(|file| u64::try_from(rows(file)).ok()).sum()
    }
}

impl Large {
    fn job(&mut self) -> Result<Option<Job<'static>>> {
        let Some(batch) = self.reader.next() else { return Ok(None) };
        let batch = batch.map_err(|source| unreadable(&self.name, source))?;
        let origin = Origin { input: Arc::clone(&self.name), first_row: self.next_row };
        self.next_row += rows(&batch);
        Ok(Some(Box::new(move |shape, _| Ok(vec![block(&batch, &origin, shape)?]))))
    }
}

impl ParquetFile {
    fn open(path: PathBuf) -> Result<Self> {
        let name: Arc<str> = path.display().to_string().into();
        let file = File::open(&path).map_err(|source| Error::io(format!("open {name}"), source))?;
        let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new())
            .map_err(|source| unreadable(&name, source))?;
        let schema = with_dictionaries(metadata.schema(), metadata.metadata());
        let options = ArrowReaderOptions::new().with_schema(Arc::new(schema));
        let metadata = ArrowReaderMetadata::try_new(Arc::clone(metadata.metadata()), options)
            .map_err(|source| unreadable(&name, source))?;
        Ok(ParquetFile { path, name, metadata })
    }

    fn builder(&self) -> Result<ParquetRecordBatchReaderBuilder<File>> {
        let file = File::open(&self.path)
            .map_err(|source| Error::io(format!("open {}", self.name), source))?;
        Ok(ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone()))
    }

    fn group(&self, group: usize) -> Result<ParquetRecordBatchReader> {
        let builder = self.builder()?.with_row_groups(vec![group]).with_batch_size(BLOCK_ROWS);
        builder.build().map_err(|source| unreadable(&self.name, source))
    }

    fn blocks(
        &self,
        group: usize,
        first_row: u64,
        shape: &Shape,
        halt: &Halt,
    ) -> Result<Vec<Block>> {
        let mut origin = Origin { input: Arc::clone(&self.name), first_row };
        let mut blocks = Vec::new();
        for batch in self.group(group)? {
            halt.check()?;
            let batch = batch.map_err(|source| unreadable(&self.name, source))?;
            blocks.push(block(&batch, &origin, shape)?);
            origin.first_row += rows(&batch);
        }
        Ok(blocks)
    }

    /// Adds the first serials of a row group.
    fn sample(&self, group: usize, serial: &str, serials: &mut Vec<String>) -> Result<()> {
        let builder = self.builder()?;
        let mask = ProjectionMask::columns(builder.parquet_schema(), [serial]);
        let reader = builder
            .with_row_groups(vec![group])
            .with_projection(mask)
            .with_batch_size(SAMPLED_ROWS)
            .with_limit(SAMPLED_ROWS)
            .build()
            .map_err(|source| unreadable(&self.name, source))?;
        for batch in reader {
            let batch = batch.map_err(|source| unreadable(&self.name, source))?;
            for column in batch.columns() {
                each_text(column, |text| {
                    serials.extend(text.map(str::to_owned));
                    Ok(())
                })?;
            }
        }
        Ok(())
    }
}

fn rows(batch: &RecordBatch) -> u64 {
    u64::try_from(batch.num_rows()).unwrap_or(u64::MAX)
}

fn rows_of(metadata: &ParquetMetaData, group: usize) -> usize {
    let rows = metadata.row_groups().get(group).map_or(0, RowGroupMetaData::num_rows);
    usize::try_from(rows).unwrap_or(0)
}

/// The same schema, but texts that the file holds as dictionaries are read as dictionaries: each
/// distinct text is looked at once a row group instead of once a row.
fn with_dictionaries(schema: &ArrowSchema, metadata: &ParquetMetaData) -> ArrowSchema {
    let has_dictionary = |name: &str| {
        let chunks =
            metadata.row_groups().first().map(RowGroupMetaData::columns).unwrap_or_default();
        let mut chunks = chunks.iter().filter(|it| it.column_path().string() == name);
        chunks.any(|it| it.dictionary_page_offset().is_some())
    };
    let field = |field: &Arc<Field>| {
        if *field.data_type() == DataType::Utf8 && has_dictionary(field.name()) {
            let dictionary =
                DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
            return Arc::new(field.as_ref().clone().with_data_type(dictionary));
        }
        Arc::clone(field)
    };
    let fields: Vec<_> = schema.fields().iter().map(field).collect();
    ArrowSchema::new_with_metadata(fields, schema.metadata().clone())
}

/// The type of a column, whether or not it is read as a dictionary.
fn plain(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Dictionary(_, values) => values.as_ref().clone(),
        other => other.clone(),
    }
}

fn unreadable(name: &str, source: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::invalid(format!("{name} cannot be read as Parquet")).caused_by(source)
}
