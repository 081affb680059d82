//! Puts the questions of `benches/peers` to seriatim, on the same files, and checks every answer.
//!
//!     compare load  --data FOLDER --store FOLDER --result FILE [--threads N]
//!     compare query --data FOLDER --store FOLDER --result FILE [--only Q1,Q2] [--runs N]
//!
//! The folder of the data holds `units-*.parquet`, `registrations-*.parquet`, `params.json` and
//! `expected.json`. Loading and asking are runs of their own, so that peak memory is told apart.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program speaks to people")]

mod arguments;
mod ask;
mod digest;
mod feed;
mod load;
mod memory;
mod outcome;
mod pages;
mod questions;
mod timing;

use std::process::ExitCode;

use arguments::{Arguments, Phase};

type Fallible<T = ()> = Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("compare: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Fallible {
    let arguments = Arguments::read(std::env::args().skip(1))?;
    match arguments.phase {
        Phase::Load => load::run(&arguments),
        Phase::Query => ask::run(&arguments),
    }
}
