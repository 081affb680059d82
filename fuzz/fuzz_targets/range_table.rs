//! Reads any text as a table of ranges.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| seriatim::fuzzing::range_table(text));
