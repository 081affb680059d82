//! Days, instants and time zones, without a clock.
//!
//! Whatever a calendar knows (leap years, ISO weeks, daylight saving time) comes from the `jiff`
//! crate with its bundled zone data; nothing here asks the machine what time it is or where it is.

mod date;
mod instant;
mod zone;

pub use date::Date;
pub use instant::Instant;
pub use zone::Zone;
