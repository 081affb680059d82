//! What is acknowledged survives every crash: each state that a crash may leave on the disk is
//! opened, and so is each that a crash of the recovery may leave.
//!
//! `SERIATIM_CRASH_STATES` says how many states of each subject are opened at least; `make test-deep`
//! asks for many.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod disk;
mod index;
mod log;
mod states;
mod suite;
