//! Opens an index with a file of it changed under right checksums, and asks it everything.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| seriatim::fuzzing::index_files(bytes));
