//! Files that amend a segment after it was written.

mod amendment;
mod links;
mod retired;
mod stored_rows;

pub(crate) use amendment::Amendment;
pub(crate) use links::{LaneRows, LinkRows, Links, links_id};
pub(crate) use retired::{read_retired, write_retired};
