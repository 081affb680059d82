//! Opens any bytes as a file of an index, as they are and with their checksums made right.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| seriatim::fuzzing::container(bytes));
