//! Reads any text as data of GS1 and as a scan, and what is read again from every form.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| seriatim::fuzzing::gs1(text));
