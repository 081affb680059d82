//! Reads any text as the SQL of a scope.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| seriatim::fuzzing::scope_sql(bytes));
