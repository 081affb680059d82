//! What a segment of units says of itself: a JSON document in a section of its own.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::limits::{COLUMNS_MAX, SEGMENT_ROWS_MAX};
use crate::schema::ColumnType;

/// The section kinds of a unit segment; columns bring their own kinds.
pub(crate) const META: u32 = 1;
/// The serials; of a column, its identifiers.
pub(crate) const KEYS: u32 = 2;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Meta {
    pub(crate) rows: u64,
    /// Ascending; a row's namespace is a place in this list.
    pub(crate) namespaces: Vec<String>,
    /// Column numbers of the file are places in this list.
    pub(crate) columns: Vec<MetaColumn>,
    /// Ascending by column.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) margins: Vec<MetaMargin>,
}

/// The rows that miss the value of one column, with what all columns have in them kept apart once
/// more, so that a question whose answer they may be reads no others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MetaMargin {
    /// The number of the column.
    pub(crate) column: u32,
    pub(crate) rows: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MetaColumn {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) column_type: ColumnType,
    /// Of an identifier column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) identifiers: Option<MetaIdentifiers>,
}

/// The identifiers of a column. What finds their rows are two integer columns of the file, numbered
/// on after those of the units: for the first identifier column the two next ones, and so on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MetaIdentifiers {
    /// How many different ones there are.
    pub(crate) distinct: u64,
    /// How many rows have one.
    pub(crate) rows: u64,
}

impl Meta {
    /// The first of the two columns that find the rows of each column's identifiers.
    pub(crate) fn finders(&self) -> impl Iterator<Item = Option<(MetaIdentifiers, u32)>> {
        let mut next = u32::try_from(self.columns.len()).unwrap_or(u32::MAX);
        self.columns.iter().map(move |column| {
            let identifiers = column.identifiers?;
            let first = next;
            next = next.saturating_add(2);
            Some((identifiers, first))
        })
    }

    pub(crate) fn encode(&self) -> Result<Vec<u8>> {
        serde_json::to_vec(self)
            .map_err(|source| Error::invalid("segment: cannot write its meta").caused_by(source))
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self> {
        let meta: Meta = serde_json::from_slice(bytes).map_err(|source| {
            Error::corrupt("segment: its meta is no document").caused_by(source)
        })?;
        if meta.rows > SEGMENT_ROWS_MAX {
            return Err(Error::corrupt(format!("segment: {} rows are too many", meta.rows)));
        }
        if meta.columns.len() > COLUMNS_MAX {
            return Err(Error::corrupt("segment: too many columns"));
        }
        let margins =
            meta.margins.iter().map(|it| usize::try_from(it.column).unwrap_or(usize::MAX));
        if !margins.clone().is_sorted_by(|a, b| a < b)
            || margins.max().is_some_and(|last| last >= meta.columns.len())
            || meta.margins.iter().any(|it| it.rows == 0 || it.rows > meta.rows)
        {
            return Err(Error::corrupt("segment: its margins are not those of its columns"));
        }
        let identifiers = meta.columns.iter().filter_map(|it| it.identifiers);
        if identifiers.into_iter().any(|it| it.distinct > it.rows || it.rows > meta.rows) {
            return Err(Error::corrupt("segment: it has more identifiers than rows"));
        }
        if !meta.namespaces.is_sorted_by(|a, b| a < b) {
            return Err(Error::corrupt("segment: its namespaces are out of order"));
        }
        Ok(meta)
    }
}
