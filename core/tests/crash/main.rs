//! What is acknowledged survives every crash: each state that a crash may leave on the disk is
//! opened, and so is each that a crash of the recovery may leave.
//!
//! `SERIATIM_CRASH_STATES` says how many states of a log are opened at least, and a tenth as many of an
//! index in each of three programs; `make test-deep` asks for many.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod changes;
mod disk;
mod index;
mod live;
mod log;
mod registered;
mod states;
mod suite;
