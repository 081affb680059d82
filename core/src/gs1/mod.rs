//! What a scanner reads: GS1 element strings, Digital Links and SGTINs, and plain serials.

mod application;
mod bracketed;
mod digital_link;
mod element_string;
mod format;
mod link_keys;
mod percent;
mod raw;
mod scanned;
mod sgtin;
#[cfg(test)]
mod tests;

pub use element_string::ElementString;
pub use scanned::Scanned;
