//! Range tables in CSV.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use csv::{ByteRecord, ReaderBuilder};

use super::cells::Cells;
use super::header::Header;
use super::options::RangeTableOptions;
use super::table::RangeTable;
use crate::error::{Error, Result};
use crate::limits::RANGE_TABLE_BYTES_MAX;
use crate::schema::Schema;

impl RangeTable {
    /// Reads a file of CSV, as [`from_csv`](RangeTable::from_csv) does.
    ///
    /// # Errors
    ///
    /// `io` when the file cannot be read, and what `from_csv` says.
    pub fn open_csv(
        path: impl AsRef<Path>,
        schema: &Schema,
        options: &RangeTableOptions,
    ) -> Result<Self> {
        let path = path.as_ref();
        let failed = |source| Error::io(format!("read {}", path.display()), source);
        let file = File::open(path).map_err(failed)?;
        let mut bytes = Vec::new();
        // One byte more than allowed tells a file that is too long from one that just fits.
        file.take(RANGE_TABLE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
        RangeTable::from_csv(&bytes, schema, options).map_err(|error| error.within(path.display()))
    }

    /// Reads CSV with a header line, in UTF-8 with or without a byte order mark. Cells may be
    /// quoted and hold several lines. The columns are those that the options name, and otherwise
    /// known by words of their headers: model; start, first, from; end, last, to, through; or one
    /// column of serials. Columns of remarks flag the rows in which they say something; others are
    /// named in the report.
    ///
    /// # Errors
    ///
    /// `invalid_argument` when the text is too long, not UTF-8 or no CSV, when a column is missing
    /// or there may be two of it; and what [`from_rows`](RangeTable::from_rows) says.
    ///
    /// # Examples
    ///
    /// ```
    /// use seriatim::{Column, ColumnType, RangeTable, RangeTableOptions, Schema};
    ///
    /// let schema = Schema::new(vec![Column::new("model", ColumnType::Text)?])?;
    /// let text = "Model,Serial from,Serial to\nFAB38,VF52200000,VF54399999\n";
    /// let table = RangeTable::from_csv(text.as_bytes(), &schema, &RangeTableOptions::default())?;
    /// let sql = "model = 'FAB38' AND serial BETWEEN 'VF52200000' AND 'VF54399999'";
    /// assert_eq!(table.scope()?.to_sql(), sql);
    /// # Ok::<(), seriatim::Error>(())
    /// ```
    pub fn from_csv(bytes: &[u8], schema: &Schema, options: &RangeTableOptions) -> Result<Self> {
        if bytes.len() > RANGE_TABLE_BYTES_MAX {
            return Err(Error::invalid(format!(
                "the table has more than {RANGE_TABLE_BYTES_MAX} bytes; split it"
            )));
        }
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            return Err(Error::invalid("the table is in UTF-16; save it as UTF-8"));
        }
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut lines = Lines { bytes, counted: 0, line: 1 };
        let mut records = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(options.delimiter)
            .from_reader(bytes)
            .into_byte_records();
        let unreadable = |source| Error::invalid("the table is no CSV").caused_by(source);
        let Some(first) = records.next() else {
            return Err(Error::invalid("the table is empty"));
        };
        let first = first.map_err(unreadable)?;
        let titles = texts(&first, lines.of(&first))?;
        let titles: Vec<String> = titles.into_iter().map(|it| it.trim().to_owned()).collect();
        let header = Header::find(&titles, options)?;
        let ignored = header.ignored(&titles);
        let rows = records.map(|record| {
            let record = record.map_err(unreadable)?;
            let line = lines.of(&record);
            Ok(Cells { line, ..header.cells(&titles, texts(&record, line)?) })
        });
        RangeTable::read(rows, schema, options, ignored)
    }
}

/// The cells of a line as text.
fn texts(record: &ByteRecord, line: u64) -> Result<Vec<String>> {
    let text = |cell: &[u8]| {
        std::str::from_utf8(cell).map(str::to_owned).map_err(|_| {
            Error::invalid(format!("line {line} is not UTF-8; save the table as UTF-8"))
        })
    };
    record.iter().map(text).collect()
}

/// Counts lines. The reader's own count puts a record on the line before it where lines end in
/// two characters.
struct Lines<'b> {
    bytes: &'b [u8],
    counted: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line in which a record begins; records are asked for in their order.
    fn of(&mut self, record: &ByteRecord) -> u64 {
        let start = record.position().map_or(0, csv::Position::byte);
        let start = usize::try_from(start).unwrap_or(usize::MAX);
        let ends = |it: &&u8| matches!(it, b'\r' | b'\n');
        let skipped = self.bytes.iter().skip(start).take_while(ends).count();
        let passed = self.bytes.get(self.counted..start + skipped).unwrap_or_default();
        self.line += passed.iter().map(|it| u64::from(*it == b'\n')).sum::<u64>();
        self.counted = start + skipped;
        self.line
    }
}

impl Header {
    /// The cells of a row, without its line.
    fn cells(&self, titles: &[String], mut texts: Vec<String>) -> Cells {
        // Spreadsheets pad lines with empty cells.
        while texts.len() > titles.len() && texts.last().is_some_and(|it| it.trim().is_empty()) {
            texts.pop();
        }
        let misfit = (texts.len() != titles.len()).then(|| {
            format!(
                "the row has {} cells, but the header has {}; quote cells that have the delimiter \
                 in them",
                texts.len(),
                titles.len()
            )
        });
        let cell = |at: usize| texts.get(at).cloned().unwrap_or_default();
        let remarks = self
            .remarks
            .iter()
            .map(|at| (titles.get(*at).cloned().unwrap_or_default(), cell(*at).trim().to_owned()));
        Cells {
            model: self.model.map(cell),
            first: cell(self.first),
            last: self.last.map(cell),
            remarks: remarks.filter(|(_, remark)| !remark.is_empty()).collect(),
            misfit,
            ..Cells::default()
        }
    }
}
