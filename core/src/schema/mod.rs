//! What an index knows of its units: columns, their types, and the serial families.

mod column;
mod record;
mod value;
mod version;

pub use column::{Column, ColumnType, Schema};
pub use record::Record;
pub use value::Value;
pub use version::Version;
