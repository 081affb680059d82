//! What a segment of registrations, or a file of contacts, says of itself.

use serde::{Deserialize, Serialize};

use super::columns::StoredType;
use crate::error::{Error, Result};
use crate::limits::SEGMENT_ROWS_MAX;

/// The section kinds of both files; columns bring their own kinds.
pub(super) const META: u32 = 1;
/// The serials.
pub(super) const KEYS: u32 = 2;
/// The column number of the first registration of each serial.
pub(super) const FIRSTS: u32 = 0;
/// The column number of the first field; the others follow in order.
pub(super) const FIELDS: u32 = 1;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Meta {
    pub(super) rows: u64,
    /// Distinct serials; 0 in a file of contacts.
    pub(super) keys: u64,
    /// Ascending; a serial's namespace is a place in this list, or the place after its last for a
    /// serial that came without a namespace.
    pub(super) namespaces: Vec<String>,
    pub(super) columns: Vec<MetaColumn>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MetaColumn {
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) stored_type: StoredType,
}

impl Meta {
    pub(super) fn encode(&self) -> Result<Vec<u8>> {
        serde_json::to_vec(self).map_err(|source| {
            Error::invalid("registrations: cannot write the meta").caused_by(source)
        })
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self> {
        let meta: Meta = serde_json::from_slice(bytes)
            .map_err(|_| Error::corrupt("registrations: the meta is no document"))?;
        if meta.rows > SEGMENT_ROWS_MAX || meta.keys > meta.rows {
            return Err(Error::corrupt(format!(
                "registrations: {} rows of {} serials cannot be",
                meta.rows, meta.keys
            )));
        }
        if !meta.namespaces.is_sorted_by(|a, b| a < b) {
            return Err(Error::corrupt("registrations: the namespaces are out of order"));
        }
        Ok(meta)
    }
}
