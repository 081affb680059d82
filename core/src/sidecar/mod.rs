//! Files that amend a segment after it was written.

mod retired;

pub(crate) use retired::{read_retired, write_retired};
