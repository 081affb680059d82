//! Reads any first line as a layout, and the other lines as serials of it.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| seriatim::fuzzing::layout(bytes));
