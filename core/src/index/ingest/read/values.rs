//! Columns of a block, filled row by row.

use super::faults::Faults;
use crate::calendar::{Date, Instant};
use crate::error::{Error, Result};
use crate::index::ingest::block::{BlockColumn, BlockTexts, usize_of};
use crate::index::ingest::interner::{Interner, MISSING};
use crate::index::ingest::shape::ShapeColumn;
use crate::schema::{ColumnType, Value};

/// Fills a column of a block row by row.
pub(super) enum ColumnFiller {
    Texts { texts: Interner, codes: Vec<u32> },
    Numbers { values: Vec<i64>, missing: Vec<u32> },
    Floats { values: Vec<f64>, missing: Vec<u32> },
    Lists { texts: Interner, ends: Vec<u32>, codes: Vec<u32>, missing: Vec<u32> },
}

impl ColumnFiller {
    pub(super) fn new(column_type: ColumnType) -> Self {
        match column_type {
            ColumnType::Text | ColumnType::Version => {
                ColumnFiller::Texts { texts: Interner::default(), codes: Vec::new() }
            }
            ColumnType::Float => ColumnFiller::Floats { values: Vec::new(), missing: Vec::new() },
            ColumnType::TextList => ColumnFiller::Lists {
                texts: Interner::default(),
                ends: Vec::new(),
                codes: Vec::new(),
                missing: Vec::new(),
            },
            ColumnType::Integer
            | ColumnType::Date
            | ColumnType::Timestamp
            | ColumnType::Boolean => {
                ColumnFiller::Numbers { values: Vec::new(), missing: Vec::new() }
            }
        }
    }

    /// Adds a row. One whose value is of another type stays missing, with the error.
    pub(super) fn push(&mut self, value: Option<&Value>) -> Result<()> {
        let place = u32::try_from(self.len()).map_err(|_| Error::unsupported("too many rows"))?;
        let refused = match (&mut *self, value) {
            (ColumnFiller::Texts { texts, codes }, Some(Value::Text(text))) => {
                codes.push(texts.number(text)?);
                return Ok(());
            }
            (ColumnFiller::Texts { texts, codes }, Some(Value::Version(version))) => {
                codes.push(texts.number(version.as_str())?);
                return Ok(());
            }
            (ColumnFiller::Numbers { values, .. }, Some(value)) if number(value).is_some() => {
                values.extend(number(value));
                return Ok(());
            }
            (ColumnFiller::Floats { values, .. }, Some(Value::Float(value))) if !value.is_nan() => {
                values.push(*value);
                return Ok(());
            }
            (ColumnFiller::Lists { texts, ends, codes, .. }, Some(Value::TextList(list))) => {
                for text in list {
                    codes.push(texts.number(text)?);
                }
                ends.push(u32::try_from(codes.len()).map_err(|_| {
                    Error::unsupported("too many list entries in one block of rows")
                })?);
                return Ok(());
            }
            (ColumnFiller::Floats { .. }, Some(Value::Float(_))) => None,
            (_, value) => value,
        };
        self.push_missing(place);
        match refused {
            None => Ok(()),
            Some(value) => Err(Error::invalid(format!(
                "a {} value is not of the type of the column",
                value.column_type().name()
            ))),
        }
    }

    fn push_missing(&mut self, place: u32) {
        match self {
            ColumnFiller::Texts { codes, .. } => codes.push(MISSING),
            ColumnFiller::Numbers { values, missing } => {
                values.push(0);
                missing.push(place);
            }
            ColumnFiller::Floats { values, missing } => {
                values.push(0.0);
                missing.push(place);
            }
            ColumnFiller::Lists { ends, missing, .. } => {
                ends.push(ends.last().copied().unwrap_or(0));
                missing.push(place);
            }
        }
    }

    fn len(&self) -> usize {
        match self {
            ColumnFiller::Texts { codes, .. } => codes.len(),
            ColumnFiller::Numbers { values, .. } => values.len(),
            ColumnFiller::Floats { values, .. } => values.len(),
            ColumnFiller::Lists { ends, .. } => ends.len(),
        }
    }

    pub(super) fn finish(self) -> BlockColumn {
        match self {
            ColumnFiller::Texts { texts, codes } => {
                BlockColumn::Texts(BlockTexts { distinct: texts.into_texts(), codes })
            }
            ColumnFiller::Numbers { values, missing } => BlockColumn::Numbers { values, missing },
            ColumnFiller::Floats { values, missing } => BlockColumn::Floats { values, missing },
            ColumnFiller::Lists { texts, ends, codes, missing } => {
                BlockColumn::Lists { distinct: texts.into_texts(), ends, codes, missing }
            }
        }
    }
}

fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Integer(number) => Some(*number),
        Value::Date(date) => Some(i64::from(date.days())),
        Value::Timestamp(at) => Some(at.micros()),
        Value::Boolean(truth) => Some(i64::from(*truth)),
        _ => None,
    }
}

/// Reads the text of one value as the type of a column.
pub(super) fn parse(text: &str, column: &ShapeColumn) -> Result<Value> {
    Ok(match column.column_type {
        ColumnType::Text => Value::Text(text.to_owned()),
        ColumnType::Version => Value::Version(text.into()),
        ColumnType::Integer => Value::Integer(
            text.parse().map_err(|_| Error::invalid(format!("`{text}` is not a whole number")))?,
        ),
        ColumnType::Float => Value::Float(
            text.parse().map_err(|_| Error::invalid(format!("`{text}` is not a number")))?,
        ),
        ColumnType::Date => Value::Date(text.parse::<Date>()?),
        ColumnType::Timestamp if text.parse::<Date>().is_ok() => {
            return Err(Error::invalid(format!(
                "`{text}` is a day, but the column holds timestamps; give the time too"
            )));
        }
        ColumnType::Timestamp => Value::Timestamp(column.zone.instant(text)?),
        ColumnType::Boolean => match text {
            "true" | "TRUE" | "True" | "1" => Value::Boolean(true),
            "false" | "FALSE" | "False" | "0" => Value::Boolean(false),
            _ => return Err(Error::invalid(format!("`{text}` is neither true nor false"))),
        },
        ColumnType::TextList => {
            return Err(Error::invalid("a column of lists cannot be read from one text"));
        }
    })
}

/// Reads distinct texts as numbers of a column, and gives each row its number.
pub(super) fn parse_numbers(
    texts: &BlockTexts,
    column: &ShapeColumn,
    faults: &mut Faults<'_>,
) -> BlockColumn {
    let parsed: Vec<Result<Value>> = texts.distinct.iter().map(|it| parse(it, column)).collect();
    let mut filler = ColumnFiller::new(column.column_type);
    for (place, code) in (0u32..).zip(&texts.codes) {
        let value = match parsed.get(usize_of(*code)) {
            Some(Ok(value)) => Some(value),
            Some(Err(error)) => {
                let told = column.told(Error::invalid(error.message()));
                faults.add(place, column.name(), told);
                None
            }
            None => None,
        };
        if let Err(error) = filler.push(value) {
            faults.add(place, column.name(), column.told(error));
        }
    }
    filler.finish()
}

/// Checks that an instant lies in the years that an index knows.
pub(super) fn instant(micros: i64) -> Result<i64> {
    Instant::from_micros(micros).map(Instant::micros)
}
