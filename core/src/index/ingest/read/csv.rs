//! Units in CSV files.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use csv::{Reader as CsvReader, ReaderBuilder, StringRecord};

use super::faults::Faults;
use super::reader::{Job, Reader};
use super::values::parse_numbers;
use crate::calendar::{Date, Zone};
use crate::error::{Error, Result};
use crate::index::ingest::block::{Block, BlockColumn, BlockKeys, BlockTexts, Origin};
use crate::index::ingest::interner::{Interner, MISSING};
use crate::index::ingest::shape::{InputColumn, Shape, ShapeColumn};
use crate::schema::{ColumnType, Schema};

/// Rows of a block.
const BLOCK_ROWS: usize = 16_384;
/// Rows of the first file from which types are inferred.
const INFERRED_ROWS: usize = 1_000;

/// Reads CSV files of one header.
pub(super) struct CsvFiles {
    paths: Vec<PathBuf>,
    header: Arc<StringRecord>,
    next: usize,
    open: Option<Open>,
}

struct Open {
    reader: CsvReader<File>,
    name: Arc<str>,
    next_row: u64,
}

impl CsvFiles {
    pub(super) fn open(paths: Vec<PathBuf>) -> Result<Self> {
        let first = paths.first().ok_or_else(|| Error::invalid("there is no file to load"))?;
        let header = Open::new(first)?.header()?;
        for (at, name) in header.iter().enumerate() {
            if header.iter().take(at).any(|it| it == name) {
                return Err(Error::invalid(format!(
                    "{} has two columns `{name}`",
                    first.display()
                )));
            }
        }
        for path in paths.iter().skip(1) {
            if Open::new(path)?.header()? != header {
                return Err(Error::invalid(format!(
                    "{} and {} have different columns; load them apart",
                    first.display(),
                    path.display()
                )));
            }
        }
        Ok(CsvFiles { paths, header: Arc::new(header), next: 0, open: None })
    }
}

impl Reader for CsvFiles {
    fn columns(&mut self, schema: &Schema) -> Result<Vec<InputColumn>> {
        let mut types = vec![None; self.header.len()];
        if schema.columns().is_empty()
            && let Some(path) = self.paths.first()
        {
            let mut file = Open::new(path)?;
            file.header()?;
            let rows = file.records(INFERRED_ROWS)?;
            types = (0..self.header.len())
                .map(|at| Some(infer(&rows.iter().filter_map(|row| row.get(at)))))
                .collect();
        }
        let column = |(name, column_type): (&str, Option<ColumnType>)| InputColumn {
            name: name.to_owned(),
            column_type,
        };
        Ok(self.header.iter().zip(types).map(column).collect())
    }

    fn sample(&mut self, shape: &Shape) -> Result<Vec<String>> {
        let mut serials = Vec::new();
        let place = self.header.iter().position(|it| it == shape.serial);
        for path in &self.paths {
            let mut file = Open::new(path)?;
            file.header()?;
            let rows = file.records(INFERRED_ROWS)?;
            let found = rows.iter().filter_map(|row| place.and_then(|at| row.get(at)));
            serials.extend(found.filter(|it| !it.is_empty()).map(str::to_owned));
        }
        Ok(serials)
    }

    fn jobs(&mut self, count: usize) -> Result<Vec<Job<'static>>> {
        let mut jobs: Vec<Job<'static>> = Vec::new();
        while jobs.len() < count {
            let Some(file) = &mut self.open else {
                let Some(path) = self.paths.get(self.next) else { break };
                let mut file = Open::new(path)?;
                file.header()?;
                self.open = Some(file);
                self.next += 1;
                continue;
            };
            let first_row = file.next_row;
            let records = file.records(BLOCK_ROWS)?;
            if records.is_empty() {
                self.open = None;
                continue;
            }
            let origin = Origin { input: Arc::clone(&file.name), first_row };
            let header = Arc::clone(&self.header);
            jobs.push(Box::new(move |shape, _| {
                Ok(vec![block(&records, &header, &origin, shape)?])
            }));
        }
        Ok(jobs)
    }

    fn rows_total(&self) -> Option<u64> {
        None
    }
}

impl Open {
    fn new(path: &Path) -> Result<Self> {
        let name: Arc<str> = path.display().to_string().into();
        let file = File::open(path).map_err(|source| Error::io(format!("open {name}"), source))?;
        // Rows of another length than the header are told with their place, not by the reader.
        let reader = ReaderBuilder::new().flexible(true).from_reader(file);
        Ok(Open { reader, name, next_row: 1 })
    }

    fn header(&mut self) -> Result<StringRecord> {
        let name = Arc::clone(&self.name);
        let header = self.reader.headers().map_err(|source| unreadable(&name, source))?;
        Ok(header.clone())
    }

    /// The next rows, at most so many.
    fn records(&mut self, rows_max: usize) -> Result<Vec<StringRecord>> {
        let mut records = Vec::new();
        while records.len() < rows_max {
            let mut record = StringRecord::new();
            let more = self.reader.read_record(&mut record);
            if !more.map_err(|source| unreadable(&self.name, source))? {
                break;
            }
            records.push(record);
            self.next_row += 1;
        }
        Ok(records)
    }
}

fn unreadable(name: &str, source: csv::Error) -> Error {
    Error::invalid(format!("{name} cannot be read as CSV")).caused_by(source)
}

/// The narrowest type that all these texts have; empty ones are missing.
fn infer<'t>(texts: &(impl Iterator<Item = &'t str> + Clone)) -> ColumnType {
    let known = || texts.clone().filter(|it| !it.is_empty());
    let leading_zero = |text: &str| {
        let digits = text.trim_start_matches('-');
        digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.")
    };
    let plain = |text: &str| {
        text.bytes().all(|it| it.is_ascii_digit() || b"+-.eE".contains(&it)) && !leading_zero(text)
    };
    if known().next().is_none() {
        return ColumnType::Text;
    }
    if known().all(|it| plain(it) && !it.starts_with('+') && it.parse::<i64>().is_ok()) {
        return ColumnType::Integer;
    }
    // More digits than an integer holds are no number: a float would lose the last of them.
    let float = |it: &str| it.parse::<i64>().is_ok() || it.contains(['.', 'e', 'E']);
    if known().all(|it| plain(it) && float(it) && it.parse::<f64>().is_ok()) {
        return ColumnType::Float;
    }
    if known().all(|it| it.parse::<Date>().is_ok()) {
        return ColumnType::Date;
    }
    let utc = Zone::utc();
    if known().all(|it| it.parse::<Date>().is_err() && utc.instant(it).is_ok()) {
        return ColumnType::Timestamp;
    }
    if known().all(|it| ["true", "false", "TRUE", "FALSE", "True", "False"].contains(&it)) {
        return ColumnType::Boolean;
    }
    ColumnType::Text
}

fn block(
    records: &[StringRecord],
    header: &StringRecord,
    origin: &Origin,
    shape: &Shape,
) -> Result<Block> {
    let mut faults = Faults::new(origin, shape.collects);
    for (place, record) in (0u32..).zip(records) {
        if record.len() != header.len() {
            let found = format!("{} fields, but the header has {}", record.len(), header.len());
            faults.add(place, header.iter().next_back().unwrap_or_default(), Error::invalid(found));
        }
    }
    let field = |name: &str| {
        let place = header.iter().position(|it| it == name);
        records
            .iter()
            .map(move |record| place.and_then(|at| record.get(at)).filter(|text| !text.is_empty()))
    };
    let mut keys = BlockKeys::default();
    for (place, serial) in (0u32..).zip(field(&shape.serial)) {
        let classified = serial
            .ok_or_else(|| Error::invalid("the serial is missing"))
            .and_then(|serial| shape.families.classify(serial));
        faults.key(place, &shape.serial, classified, &mut keys);
    }
    let mut namespaces = None;
    if let Some(name) = &shape.namespace {
        let texts = distinct(field(name))?;
        for (place, code) in (0u32..).zip(&texts.codes) {
            if *code == MISSING && !shape.namespace_optional {
                faults.add(place, name, Error::invalid("the namespace is missing"));
            }
        }
        namespaces = Some(texts);
    }
    let mut columns = Vec::new();
    for column in &shape.columns {
        columns.push(match &column.input {
            None => BlockColumn::Absent,
            Some(name) => values(distinct(field(name))?, column, &mut faults),
        });
    }
    let mut block = Block { rows: records.len(), keys, namespaces, columns, rejected: Vec::new() };
    faults.settle(&mut block, shape)?;
    Ok(block)
}

fn distinct<'t>(texts: impl Iterator<Item = Option<&'t str>>) -> Result<BlockTexts> {
    let mut interner = Interner::default();
    let number = |text: Option<&str>| text.map_or(Ok(MISSING), |it| interner.number(it));
    let codes = texts.map(number).collect::<Result<_>>()?;
    Ok(BlockTexts { distinct: interner.into_texts(), codes })
}

fn values(texts: BlockTexts, column: &ShapeColumn, faults: &mut Faults<'_>) -> BlockColumn {
    match column.column_type {
        ColumnType::Text | ColumnType::Version => BlockColumn::Texts(texts),
        _ => parse_numbers(&texts, column, faults),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(texts: &[&str], expected: ColumnType) {
        assert_eq!(infer(&texts.iter().copied()), expected, "{texts:?}");
    }

    #[test]
    fn types_are_inferred_without_losing_anything() {
        check(&["1", "-2", ""], ColumnType::Integer);
        check(&["1", "007"], ColumnType::Text);
        check(&["1", "2.5", "1e3"], ColumnType::Float);
        check(&["nan"], ColumnType::Text);
        check(&["2025-01-31"], ColumnType::Date);
        check(&["2025-01-31T10:00:00Z", "2025-01-31 11:00:00"], ColumnType::Timestamp);
        check(&["2025-01-31", "2025-01-31T10:00:00Z"], ColumnType::Text);
        check(&["true", "FALSE"], ColumnType::Boolean);
        check(&["", ""], ColumnType::Text);
        check(&["99999999999999999999"], ColumnType::Text);
    }
}
