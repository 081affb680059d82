//! Opens any bytes as the files of a log, as they are and with their checksums made right.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| seriatim::fuzzing::log_recover(bytes));
