//! Reads any bytes as a portable Roaring bitmap.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| seriatim::fuzzing::bitmap_view(bytes));
