//! Asks an index any text as the SQL of a scope, and compares with the decision of each unit.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| seriatim::fuzzing::selection(bytes));
