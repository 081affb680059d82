//! What the fuzz targets call: any bytes in, no panic and no contradiction out.
//!
//! Only there when the crate is built for fuzzing, with `--cfg fuzzing`.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a fuzz target tells by panicking"
)]

mod bitmap;
mod container;
mod gs1;
mod index;
mod layout;
mod log;
mod range_table;
mod scope;
mod selection;
mod units;

pub use bitmap::bitmap_view;
pub use container::container;
pub use gs1::gs1;
pub use index::index_files;
pub use layout::layout;
pub use log::log_recover;
pub use range_table::range_table;
pub use scope::{scope_json, scope_sql};
pub use selection::selection;
